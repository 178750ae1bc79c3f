"""DuckDB connections that can compute and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def locked_connection(
    threads: int = 1,
    memory_limit_mb: int | None = None,
    spill_folder: str | Path | None = None,
    *,
    preserve_insertion_order: bool = True,
    errors_as_json: bool = False,
    max_expression_depth: int = 1000,
) -> "duckdb.DuckDBPyConnection":
    """Open an in-memory DuckDB in UTC that reaches no file, network, extension or Python variable.

    Registered Arrow tables and readers can be read (`con.register`). The configuration is locked,
    so no statement can open any of this again.

    Args:
        threads: Threads of this instance, the caller's included.
        memory_limit_mb: Megabytes for DuckDB's buffers; None leaves DuckDB's own limit. It does
            not bound one huge value: the guard refuses the functions that build one.
        spill_folder: Where blocking queries spill. DuckDB lets SQL read and write inside this one
            folder even with external access off, so it must be private to the run and hold
            nothing else. None: no spilling.
        preserve_insertion_order: False lets DuckDB reorder rows of queries without ORDER BY.
        errors_as_json: Give messages as JSON, with positions.
        max_expression_depth: Levels of nesting the parser takes.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "preserve_insertion_order": str(preserve_insertion_order).lower(),
        "errors_as_json": str(errors_as_json).lower(),
        "max_expression_depth": max_expression_depth,
        # An empty folder name switches spilling off; the default would be the working folder.
        "temp_directory": str(spill_folder) if spill_folder else "",
    }
    if memory_limit_mb is not None:
        config["memory_limit"] = f"{memory_limit_mb}MB"
    con = duckdb.connect(":memory:", config=config)
    try:
        # TimeZone belongs to the ICU extension, which is not there yet while connecting. It holds
        # for the cursors of the connection as well.
        con.execute("SET GLOBAL TimeZone = 'UTC'")
        # In a notebook or a shell DuckDB would draw a bar of its own over ours.
        con.execute("SET enable_progress_bar = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con

"""The commands of `summit`, by name; their modules are imported when they are called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its module is `summit_studio.cli.commands.MODULE`.

    Args:
        keywords: What else people may call it: an unknown command is answered by them.
    """

    name: str
    help: str
    module: str
    keywords: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What a search for it looks at, the most telling first."""
        return (self.name, *self.keywords)


COMMANDS = (
    Command("run", "Run a pipeline.", "run", ("execute", "start")),
    Command(
        "validate",
        "Say what is wrong with a pipeline, without running it.",
        "validate",
        ("check", "lint", "verify", "test"),
    ),
    Command(
        "preview",
        "Show the first rows of a node's port.",
        "preview",
        ("show", "head", "view", "sample"),
    ),
    Command(
        "lineage",
        "Say where a column comes from and where it goes.",
        "lineage",
        ("trace", "column", "columns", "impact", "depends", "origin"),
    ),
    Command("nodes", "List the node types.", "nodes", ("list", "types", "components", "catalogue")),
    Command(
        "describe",
        "Explain a node type: params, ports, examples.",
        "describe",
        ("help", "explain", "info", "man", "schema"),
    ),
    Command(
        "export",
        "Write a folder that runs a pipeline on its own.",
        "export",
        ("deploy", "bundle", "build", "package"),
    ),
    Command("runs", "List past runs, or show one.", "runs", ("history", "log", "status", "ledger")),
    Command(
        "checkpoints",
        "Show how far the targets of a pipeline are, or forget it.",
        "checkpoints",
        ("resume", "progress", "unfinished", "epochs"),
    ),
    Command(
        "watermarks",
        "Show how far incremental loads have come, or set where the next one begins.",
        "watermarks",
        ("cursor", "since", "high water mark", "incremental"),
    ),
    Command(
        "rehearse",
        "Kill a pipeline at every step in a sandbox, and see whether it loses or doubles a row.",
        "rehearse",
        ("crash", "chaos", "drill", "kill", "prove", "exactly once"),
    ),
    Command(
        "dead-letters",
        "Look at rejected rows that were kept, mend them, and retry them.",
        "dead_letters",
        ("rejects", "rejected", "dlq", "retry", "errors", "failed rows"),
    ),
    Command(
        "prune",
        "List what nobody needs any more of the run history, and drop it.",
        "prune",
        ("clean", "tidy", "purge", "gc", "retention", "delete"),
    ),
    Command(
        "connections",
        "List the connections of a workspace, or test one.",
        "connections",
        ("databases",),
    ),
    Command(
        "cdc",
        "Make, drop and watch the slots through which changes are read from PostgreSQL.",
        "cdc",
        ("replication", "slot", "slots", "publication", "wal", "logical decoding"),
    ),
    Command(
        "secrets",
        "Keep passwords in the system's secret store.",
        "secrets",
        ("password", "keyring"),
    ),
    Command("diff", "Say what changed between two pipelines.", "diff", ("compare", "changes")),
    Command("trust", "Trust a folder to run code and write outside itself.", "trust", ("allow",)),
)

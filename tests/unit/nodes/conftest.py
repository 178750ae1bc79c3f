"""Runs one relational node for real, over rows given as SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Problem
from summit_studio.core.schema import Schema, from_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, Input, NodeType, Outputs
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

Given = Mapping[str, str | list[str]]


@dataclass
class Runner:
    """Binds, checks and executes node types. `given` holds a SELECT by input port."""

    catalogue: Catalogue
    context: DesignContext
    threads: int = 2

    def bind(self, type_id: str, **params: Any) -> NodeType[Any]:
        return self.catalogue.bind(Node("n", type_id, params))

    def infer(self, node: NodeType[Any], given: Given) -> Outputs:
        return node.infer(self._schemas(given), self.context)

    def problems(self, node: NodeType[Any], given: Given) -> list[Problem]:
        return list(node.check(self._schemas(given), self.context))

    def error(self, node: NodeType[Any], given: Given) -> SummitError:
        with pytest.raises(SummitError) as caught:
            self.infer(node, given)
        return caught.value

    def tables(
        self, node: NodeType[Any], given: Given, *, fast: bool = False
    ) -> dict[str, pa.Table]:
        """Return what each port gives; with `fast`, the fast query's rows under `fast`."""
        self.infer(node, given)
        with locked_connection(self.threads) as con:
            inputs: dict[str, tuple[Input, ...]] = {}
            for port, queries in given.items():
                group = []
                for index, query in enumerate(_listed(queries)):
                    table = con.sql(query).to_arrow_table()
                    con.register(f"{port}_{index}", table)
                    group.append(Input(f'"{port}_{index}"', from_arrow(table.schema)))
                inputs[port] = tuple(group)
            relation = node.relation(inputs)
            wanted = {"fast": relation.fast} if fast else relation.ports
            for name, query in relation.built.items():
                con.execute(f"CREATE TABLE {name} AS {query}")
            found = {port: con.sql(query).to_arrow_table() for port, query in wanted.items()}
        kept = set(relation.measures.values())
        return {port: _shown(table, kept) for port, table in found.items()}

    def rows(self, node: NodeType[Any], given: Given) -> dict[str, list[tuple[Any, ...]]]:
        return {
            port: list(zip(*(c.to_pylist() for c in table.columns), strict=True))
            for port, table in self.tables(node, given).items()
        }

    def _schemas(self, given: Given) -> dict[str, tuple[Schema, ...]]:
        with locked_connection() as con:
            return {
                port: tuple(from_arrow(con.sql(q).to_arrow_table().schema) for q in _listed(qs))
                for port, qs in given.items()
            }


def _shown(table: pa.Table, kept: set[str]) -> pa.Table:
    """Return rows without the sizes of groups, which only the engine reads."""
    names = table.column_names
    return table.select([n for n in names if n in kept or not n.startswith("__summit_")])


def _listed(queries: str | list[str]) -> list[str]:
    return [queries] if isinstance(queries, str) else queries


@pytest.fixture(scope="session")
def _catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def runner(tmp_path: Path, _catalogue: Catalogue) -> Iterator[Runner]:
    with Binder() as binder:
        context = DesignContext(Workspace(tmp_path, trusted=True), binder, SecretStore(tmp_path))
        yield Runner(_catalogue, context)

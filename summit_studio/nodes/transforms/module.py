"""Module: a saved graph that stands as one node."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic_core import PydanticUndefined

from summit_studio.document.model import Parameter
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Inputs,
    NodeType,
    Outputs,
    Port,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.module_file import read_module

if TYPE_CHECKING:
    from summit_studio.document.modules import Module
    from summit_studio.workspace.workspace import Workspace

_EXAMPLE = """{
  "format": 2,
  "name": "Two orders",
  "mode": "etl",
  "parameters": {"least": {"type": "integer", "default": 2}},
  "nodes": {
    "orders": {"type": "sample_source", "params": {"rows": 4}},
    "large": {"type": "filter", "params": {"condition": "order_id >= ${least}"}}
  },
  "edges": ["orders.rows -> large.rows"],
  "ports": {"outputs": {"rows": "large.kept"}}
}
"""

_KINDS: Mapping[str, tuple[Any, Editor]] = {
    "integer": (int, Editor.NUMBER),
    "number": (float, Editor.NUMBER),
    "boolean": (bool, Editor.TOGGLE),
    "path": (str, Editor.FILE_IN),
}


class ModuleParams(Params):
    """Params of `module`; the parameters of the module stand beside them."""

    path: str = param(
        doc="The module's file, relative to the pipeline's folder.",
        editor=Editor.FILE_IN,
        placeholder="clean.module.json",
        keywords=("file", "module", "subgraph", "subflow"),
    )
    hash: str = param(
        "",
        doc="What the module held when it was accepted; a run refuses it once it holds something "
        "else. Empty takes whatever it holds.",
        keywords=("pin", "version", "digest"),
        advanced=True,
    )


class ModuleNode(NodeType[ModuleParams]):
    """Put a saved graph in as one node, with ports and parameters of its own."""

    id = "module"
    title = "Module"
    category = Category.TRANSFORM
    icon = "module"
    keywords = (
        "subgraph", "sub-pipeline", "subflow", "component", "group", "reuse", "macro", "metanode",
        "include", "template",
    )  # fmt: skip
    params_class = ModuleParams
    inputs = ()
    outputs = ()
    accepted: ClassVar[str] = ""
    """Of the type of a module's nodes, the hash of what the module holds."""
    examples = (
        Example(
            "Take the rows of a module, with a parameter at its default",
            {"path": "large.module.json"},
            files={"large.module.json": _EXAMPLE},
        ),
    )

    @classmethod
    def shaped(cls, params: Mapping[str, Any], workspace: "Workspace") -> type[NodeType[Any]]:
        """Return the type with the module's ports, and with its parameters as fields.

        Raises:
            SummitError: The module cannot be read.
        """
        path = params.get("path")
        if not isinstance(path, str) or not path.strip():
            return cls
        return cls.of(read_module(path, workspace))

    @classmethod
    def of(cls, module: "Module") -> type["ModuleNode"]:
        """Return the type of nodes that stand for a module."""
        from pydantic import create_model

        fields: dict[str, Any] = {n: _field(p) for n, p in module.document.parameters.items()}
        shape: dict[str, Any] = {
            "accepted": module.hash,
            "__doc__": module.description or cls.__doc__,
            "title": module.document.name,
            "params_class": create_model("ModuleParams", __base__=ModuleParams, **fields),
            "inputs": tuple(Port(name, required=False) for name in module.inputs),
            "outputs": tuple(Port(name, required=False) for name in module.outputs),
        }
        return type(cls.__name__, (cls,), shape)

    def summary(self) -> str:
        """Return the file, and the parameters that have a value here."""
        own = self.params.model_dump(exclude={*ModuleParams.model_fields}, exclude_unset=True)
        told = ", ".join(f"{name} {value}" for name, value in own.items())
        return " ".join((told or self.params.path).split())

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return nothing: planning puts the module's nodes in this one's place."""
        del inputs, context
        return {}


def _field(parameter: Parameter) -> tuple[Any, Any]:
    kind, editor = _KINDS.get(parameter.type, (str, Editor.TEXT))
    told = parameter.doc.strip().rstrip(".") or f"The module's parameter {parameter.name}"
    default = PydanticUndefined if parameter.default is None else parameter.default
    return kind, param(default, doc=f"{told}.", editor=editor)

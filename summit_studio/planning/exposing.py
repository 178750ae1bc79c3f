"""The edit that makes a parameter of a field's value, so that each run, or each use, may set it."""

from summit_studio.core.errors import InvalidDocument, Where
from summit_studio.core.ids import unique_id
from summit_studio.document.edits import Compound, SetParams, SetProperties
from summit_studio.document.model import Document, Parameter
from summit_studio.document.modules import RESERVED, is_module


def exposed(
    document: Document, node_id: str, name: str, title: str, *, path: bool = False
) -> tuple[Compound, str]:
    """Return the edit that puts a parameter in the place of a field's text, and its name.

    The text becomes the parameter's default, so that nothing else changes.

    Args:
        document: The pipeline or module.
        node_id: The node.
        name: The field.
        title: What people call the field.
        path: The field holds a path.

    Raises:
        InvalidDocument: The field holds no text of its own.
    """
    node = document.nodes[node_id]
    value = node.params.get(name)
    if not isinstance(value, str) or not value or "${" in value:
        spoken = isinstance(value, str) and "${" in value
        raise InvalidDocument(
            f"Cannot make a parameter of {title}",
            why="it speaks of a parameter already" if spoken else "it holds no text",
            do="change that parameter" if spoken else "fill in a text first",
            code="not_exposable",
            where=Where(node_id=node_id, node_title=node.title, param=name),
        )
    stem = f"{node_id}_{name}".replace("-", "_") if name in RESERVED else name
    taken = {*document.parameters, *(RESERVED if is_module(document) else ())}
    made = unique_id(stem, taken)
    parameter = Parameter(made, "path" if path else "text", value, f"{title} of {node_id}")
    steps = (
        SetProperties(parameters={**document.parameters, made: parameter}),
        SetParams(node_id, {**node.params, name: f"${{{made}}}"}),
    )
    return Compound(f"Make a parameter of {title}", steps), made

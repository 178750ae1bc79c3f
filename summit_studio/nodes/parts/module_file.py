"""The file that a `module` node names: read where it may be, and refused with its place."""

from summit_studio.core.errors import InvalidDocument, ReadFailed, SummitError, Untrusted, Where
from summit_studio.document.files import load
from summit_studio.document.modules import MODULE_SUFFIX, Module, module_of
from summit_studio.nodes.params import Params
from summit_studio.workspace.workspace import Workspace


def read_module(path: str, workspace: Workspace) -> Module:
    """Return the module in a file.

    Args:
        path: Relative to the workspace, as a node says it.
        workspace: Outside of it nothing is read unless it is trusted.

    Raises:
        SummitError: It may not or cannot be read, or holds no module; `where.file` names it.
    """
    file = workspace.path(path)
    if not workspace.trusted and not workspace.inside(file):
        raise Untrusted(
            f"Cannot read the module {path}",
            why="it lies outside the workspace, which is not trusted",
            do=f"copy it into {workspace.root}, or trust the workspace",
            where=Where(param="path", file=str(file)),
        )
    if not file.is_file():
        raise ReadFailed(
            f"Cannot find the module {path}",
            why=f"there is no file {file}",
            do=f"put it there, or choose another file whose name ends in {MODULE_SUFFIX}",
            code="module_missing",
            where=Where(param="path", file=str(file)),
        )
    try:
        found = module_of(load(file).to_run())
        _refuse_names(found)
    except SummitError as error:
        raise error.at(file=str(file)) from None
    return found


def _refuse_names(module: Module) -> None:
    """Refuse names of parameters that no field can have."""
    for name in module.document.parameters:
        if name.startswith("_") or hasattr(Params, name):
            raise InvalidDocument(
                "Cannot use the module",
                why=f"no parameter of a module can be called '{name}'",
                do="give the parameter another name",
                code="module_malformed",
            )

"""Where the files that come with Summit Studio are: icons, themes, examples."""

from pathlib import Path

from summit_studio.core.suggest import did_you_mean


def resource(path: str) -> Path:
    """Return the place of a resource: `resource("icons/csv.svg")`.

    An installed wheel carries them inside the package, a checkout beside it.

    Args:
        path: Relative, with forward slashes.

    Raises:
        FileNotFoundError: There is no such resource.
    """
    package = Path(__file__).resolve().parents[1]
    roots = (package / "resources", package.parent / "resources")
    for root in roots:
        found = root / path
        if found.exists():
            return found
    raise FileNotFoundError(_missing(path, roots))


def _missing(path: str, roots: tuple[Path, ...]) -> str:
    folder, _, name = path.rpartition("/")
    known = [p.name for root in roots for p in (root / folder).glob("*")]
    near = did_you_mean(name, known)
    return f"No resource '{path}'." + (f" Did you mean '{near}'?" if near else "")

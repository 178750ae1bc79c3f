"""`env:NAME`: a variable of the process's environment."""

from collections.abc import Mapping

from summit_studio.secrets.reference import absent
from summit_studio.secrets.secret import Secret


def from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    """Return the variable's value.

    Raises:
        SecretMissing: It is not set.
    """
    value = environ.get(name)
    if value is None:
        raise absent(
            f"env:{name}", f"the variable {name} is not set", f"set {name} before starting"
        )
    return Secret(value)

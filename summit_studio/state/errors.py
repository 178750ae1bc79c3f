"""The one error of the state database."""

from summit_studio.core.errors import SummitError


class StateUnavailable(SummitError):
    """The state database cannot be used; runs go on without history."""

    code = "state_unavailable"

"""Parameters: `${name}` in params stands for a value that the run chooses."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real
from pathlib import PurePath
from typing import Any

from summit_studio.core.bound import LAST_WATERMARK, BoundSql, DateText, TimestampText
from summit_studio.core.errors import SummitError
from summit_studio.core.sql import quote_text
from summit_studio.core.suggest import did_you_mean, elided, listing
from summit_studio.document.model import Document, Node, Parameter
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.parts.fields import at_field

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOO_FINE = re.compile(r"\.\d{6}\d*[1-9]")
"""Digits of a second behind those that a moment has."""


class InvalidParameter(SummitError):
    """A run was given a parameter that does not exist or does not fit, or lacks one."""

    code = "parameter_invalid"


def values_for(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every parameter of a document.

    Args:
        document: The pipeline.
        given: Values chosen for this run; texts are read as the parameter's type.

    Raises:
        InvalidParameter: A value does not fit, is missing, or names no parameter.
    """
    for name in given:
        if name not in document.parameters:
            near = did_you_mean(name, document.parameters)
            known = listing(document.parameters) or "no parameters"
            raise InvalidParameter(
                f"Cannot set parameter '{name}'",
                why=f"the pipeline has {known}",
                do=f"did you mean '{near}'?" if near else "take it out",
            )
    return {
        name: value_of(parameter, given.get(name, parameter.default))
        for name, parameter in document.parameters.items()
    }


def values_fitting(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the given values that name a parameter of a document and fit its type."""
    fitting: dict[str, Any] = {}
    for name, value in given.items():
        parameter = document.parameters.get(name)
        if parameter is not None:
            with suppress(InvalidParameter):
                fitting[name] = value_of(parameter, value)
    return fitting


def names_without_value(document: Document, given: Mapping[str, Any]) -> list[str]:
    """Return the parameters of a document that have neither a fitting given value nor a default."""
    fitting = values_fitting(document, given)
    return [n for n, p in document.parameters.items() if n not in fitting and p.default is None]


def value_of(parameter: Parameter, value: Any) -> Any:
    """Return a value as the type of a parameter; texts are read.

    Raises:
        InvalidParameter: It does not fit, or is None.
    """
    if value is None:
        raise InvalidParameter(
            f"Parameter '{parameter.name}' has no value",
            why="it has no default",
            do=f"give it one, such as --param {parameter.name}=...",
        )
    reader: Callable[[Any], Any] = _READERS.get(parameter.type, _text)
    try:
        return reader(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidParameter(
            f"Parameter '{parameter.name}' cannot be '{elided(str(value))}'",
            why=f"its type is {parameter.type}",
            do="correct the value",
        ) from None


def fill_node(node: Node, values: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Return a node's params with `${name}` replaced, or its value beside SQL that binds it.

    Raises:
        InvalidParameter: A placeholder names no parameter.
        InvalidParams: One in such SQL does, or stands in quotes; names the field.
    """
    bound = _bound_fields(node, catalogue)
    filled: dict[str, Any] = {}
    for name, value in node.params.items():
        if name in bound and isinstance(value, str):
            with at_field(name):
                filled[name] = (
                    value if isinstance(value, BoundSql) else BoundSql.filled(value, values)
                )
        else:
            filled[name] = fill_in(value, values)
    return filled


def write_out(node: Node, values: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Return a node's params with `${name}` replaced for good: by literals in SQL that binds.

    Raises:
        InvalidParameter: A placeholder names no parameter.
    """
    bound = _bound_fields(node, catalogue)
    literals = {name: _literal(value) for name, value in values.items()}
    literals[LAST_WATERMARK] = f"${{{LAST_WATERMARK}}}"
    return {
        name: fill_in(value, literals if name in bound else values)
        for name, value in node.params.items()
    }


def _literal(value: Any) -> str:
    """Return a value as SQL has it; a placeholder of the pipeline around stays one."""
    if isinstance(value, str) and not _PLACEHOLDER.fullmatch(value):
        return quote_text(value)
    return _as_text(value)


def _bound_fields(node: Node, catalogue: Catalogue) -> frozenset[str]:
    if node.type not in catalogue:
        return frozenset()
    fields = catalogue.get(node.type).params_class.model_fields
    return frozenset(name for name, field in fields.items() if field.annotation is BoundSql)


def fill_in(params: Any, values: Mapping[str, Any]) -> Any:
    """Return JSON params with `${name}` replaced; a field that is one placeholder keeps its type.

    Raises:
        InvalidParameter: A placeholder names no parameter.
    """
    if isinstance(params, Mapping):
        return {key: fill_in(value, values) for key, value in params.items()}
    if isinstance(params, list | tuple):
        return [fill_in(value, values) for value in params]
    if not isinstance(params, str) or "${" not in params:
        return params
    whole = _PLACEHOLDER.fullmatch(params)
    if whole:
        return _known(whole[1], values)
    return _PLACEHOLDER.sub(lambda match: _as_text(_known(match[1], values)), params)


def placeholders(params: Any) -> Iterator[str]:
    """Yield the names of the parameters that params speak of."""
    if isinstance(params, Mapping):
        for value in params.values():
            yield from placeholders(value)
    elif isinstance(params, list | tuple):
        for value in params:
            yield from placeholders(value)
    elif isinstance(params, str):
        yield from _PLACEHOLDER.findall(params)


def _known(name: str, values: Mapping[str, Any]) -> Any:
    if name in values:
        return values[name]
    near = did_you_mean(name, values)
    raise InvalidParameter(
        f"Cannot fill in ${{{name}}}",
        why=f"the pipeline has {listing(values) or 'no parameters'}",
        do=f"did you mean '{near}'?" if near else "declare the parameter in the pipeline",
    )


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).casefold() not in words:
        raise ValueError(value)
    return words[str(value).casefold()]


def _integer(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or (isinstance(value, Real) and number != value):
        raise ValueError(value)
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError(value)
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str | PurePath | Real | Decimal | date | time):
        raise TypeError(value)
    return _as_text(value)


def _date(value: Any) -> str:
    return DateText(date.fromisoformat(str(value)).isoformat())


def _timestamp(value: Any) -> str:
    text = str(value).strip()
    if _TOO_FINE.search(text):
        raise ValueError(value)
    return TimestampText(datetime.fromisoformat(text).isoformat(" "))


_READERS: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}

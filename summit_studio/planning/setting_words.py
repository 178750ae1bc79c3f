"""What there is to say of each setting, read from the model that declares it.

The editor's page, `summit describe settings` and the documentation all say these words.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from summit_studio.planning.settings import Settings

GENERAL = "General"
"""The group of settings that belong to no part."""

_WIDTH = 100
_INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class SettingWords:
    """One setting.

    Args:
        path: Its keys, from the outside in.
        title: What people call it.
        doc: What it does.
        cost: What one gives for a value, this way and that.
        unit: Of its number, or empty.
        default: Its value where the file says nothing; None where that is no single value.
        unset: What holds where the file says nothing, in words, if the default does not say it.
        choices: The values of a choice.
        parts: What its value consists of, by key, where that is more than one.
    """

    path: tuple[str, ...]
    title: str
    doc: str
    cost: str
    unit: str
    default: Any
    unset: str
    choices: tuple[Any, ...]
    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its path as a file's messages write it: `performance.batch_rows`."""
        return ".".join(self.path)

    @property
    def by_default(self) -> str:
        """What holds where the file says nothing."""
        if self.unset or self.default is None:
            return self.unset
        if isinstance(self.default, bool):
            return "on" if self.default else "off"
        if isinstance(self.default, str):
            return self.default
        number = f"{self.default:,g}" if isinstance(self.default, float) else f"{self.default:,}"
        return f"{number} {self.unit.removesuffix('s') if self.default == 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Settings that belong together: a part of the model.

    Args:
        path: The keys of the part; empty for what belongs to none.
        title: What people call it.
        doc: What it is about.
        settings: In declared order.
    """

    path: tuple[str, ...]
    title: str
    doc: str
    settings: tuple[SettingWords, ...]


def setting_groups(model: type[BaseModel] = Settings) -> tuple[SettingGroup, ...]:
    """Return all settings of a model in groups, parts of parts after what they belong to."""
    return tuple(group for group in _groups(model, ()) if group.settings)


def setting_lines() -> Iterator[str]:
    """Yield all there is to say of the settings as text for a terminal."""
    for group in setting_groups():
        yield f"{'.'.join(group.path) or 'settings'}: {group.doc}"
        yield ""
        for setting in group.settings:
            yield from _lines(setting)
            yield ""


def settings_described() -> list[dict[str, Any]]:
    """Return all there is to say of the settings as JSON values."""
    return [
        {
            "name": setting.name,
            "title": setting.title,
            "doc": setting.doc,
            "cost": setting.cost,
            "unit": setting.unit,
            "default": setting.default if setting.default != () else [],
            "by_default": setting.by_default,
            "choices": list(setting.choices),
            "parts": dict(setting.parts),
        }
        for group in setting_groups()
        for setting in group.settings
    ]


def _part(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a part of the settings, where a field is one."""
    kinds = [a for a in _inner(annotation) if a is not type(None)]
    (kind,) = kinds if len(kinds) == 1 else (None,)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _groups(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[SettingGroup]:
    parts: dict[str, type[BaseModel]] = {}
    settings: list[SettingWords] = []
    for name, info in model.model_fields.items():
        part = _part(info.annotation)
        if part is not None and not getattr(part, "one_value", False):
            parts[name] = part
        else:
            settings.append(_words(name, info, path))
    own = "" if model.__doc__ == BaseModel.__doc__ else inspect.getdoc(model) or ""
    title = _in_words(path[-1]) if path else GENERAL
    doc = own.partition("\n")[0] if path else "What a run promises."
    yield SettingGroup(path, title, doc, tuple(settings))
    for name, part in parts.items():
        yield from _groups(part, (*path, name))


def _words(name: str, info: FieldInfo, path: tuple[str, ...]) -> SettingWords:
    extra = info.json_schema_extra
    said = extra if isinstance(extra, Mapping) else {}
    kinds = [a for a in _inner(info.annotation) if a is not type(None)]
    choices = get_args(kinds[0]) if len(kinds) == 1 and get_origin(kinds[0]) is Literal else ()
    return SettingWords(
        (*path, name),
        info.title or _in_words(name),
        info.description or "",
        str(said.get("cost", "")),
        str(said.get("unit", "")),
        None if info.default_factory is not None or info.is_required() else info.default,
        str(said.get("unset", "")),
        choices,
        _parts(kinds),
    )


def _parts(kinds: list[Any]) -> dict[str, str]:
    """Return what each key does of a value that is an object, or a list of objects."""
    for kind in [*kinds, *(a for k in kinds for a in get_args(k))]:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return {n: f.description or "" for n, f in kind.model_fields.items()}
    return {}


def _lines(setting: SettingWords) -> Iterator[str]:
    choices = f" ({', '.join(map(str, setting.choices))})" if setting.choices else ""
    unit = f" [{setting.unit}]" if setting.unit else ""
    yield f"  {setting.name}{unit}: {setting.title}{choices}"
    texts = [setting.doc, f"Cost: {setting.cost}", f"Default: {setting.by_default}."]
    texts += [f"{name}: {doc}" for name, doc in setting.parts.items()]
    for text in texts:
        yield from wrap(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _in_words(name: str) -> str:
    """Return a key as a title: `on_error` gives `On error`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _inner(annotation: Any) -> Iterator[Any]:
    union = get_origin(annotation) in {Union, UnionType}
    yield from get_args(annotation) if union else (annotation,)

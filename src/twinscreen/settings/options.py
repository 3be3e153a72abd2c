"""The options of a verb: their flags, and their values from a file and from flags."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

from twinscreen.settings.configuration import Configuration
from twinscreen.settings.section import Section
from twinscreen.settings.stages import taken_by


class _Taken(Section):
    """A section made of fields that have their texts: none is looked for in the source."""

    model_config = ConfigDict(use_attribute_docstrings=False)


@dataclass(frozen=True)
class Option:
    """One option as a verb takes it.

    `path` leads to it in the configuration: `("twin", "min_cells")`; `flag` is its flag.
    """

    path: tuple[str, ...]
    flag: str
    field: FieldInfo

    @property
    def meaning(self) -> str:
        """What the option means, in one line; of numbers by name, which names there are."""
        if self.is_table:
            about = str(self.field.annotation.__doc__).rstrip(".")
            return f"{about}: numbers of {', '.join(self.names)}."
        return " ".join((self.field.description or "").split())

    @property
    def is_table(self) -> bool:
        """Whether it holds numbers by name."""
        return bool(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its numbers, where it holds such."""
        kind = self.field.annotation
        is_section = isinstance(kind, type) and issubclass(kind, Section)
        return tuple(kind.model_fields) if is_section else ()  # type: ignore[union-attr]

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return get_origin(self.field.annotation) is tuple

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The values that it may have, where they are few."""
        kind = self.field.annotation
        return get_args(kind) if get_origin(kind) is Literal else None

    @property
    def default(self) -> str:
        """The default as text; "" where there is none, or where it is nothing."""
        if self.field.is_required() or self.is_table or self.field.default in ((), ""):
            return ""
        text = str(self.field.default)
        return text.lower() if isinstance(self.field.default, bool) else text


def options_of(verb: str) -> list[Option]:
    """List the options of a verb.

    A flag is the name of its option with dashes. Where two options of a verb have one name, the
    name of the section goes before it, except for the section that is called as the verb.
    """
    paths = [
        (section, name) if isinstance(below, dict) else (section,)
        for section, below in taken_by(verb, _fields()).items()
        for name in (below if isinstance(below, dict) else [section])
    ]
    names = [path[-1] for path in paths]
    found = []
    for path in paths:
        plain = names.count(path[-1]) == 1 or path[0] == verb.replace("-", "_")
        flag = "--" + "-".join(path[-1:] if plain else path).replace("_", "-")
        field = _fields()[path[0]]
        found.append(Option(path, flag, field[path[1]] if len(path) > 1 else field))
    return found


def settings_for(verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the options of a verb, and fill in the defaults of those not given.

    Parameters
    ----------
    verb
        As on the command line.
    given
        Options by section, some of those of the verb; texts may stand for numbers.

    Returns
    -------
    All options of the verb by section, as the classes of the sections take them.

    Raises
    ------
    pydantic.ValidationError
        An option has a value that it can't have, is unknown, or has no default.
    """
    declared = taken_by(verb, _fields())
    sections: dict[str, Any] = {name: {} for name in declared if isinstance(declared[name], dict)}
    return _model_of(verb).model_validate(sections | dict(given)).model_dump()


@cache
def _fields() -> dict[str, Any]:
    """Return what each section declares: fields by section and name."""
    found: dict[str, Any] = {}
    for name, field in Configuration.model_fields.items():
        kind = field.annotation
        is_section = isinstance(kind, type) and issubclass(kind, Section)
        found[name] = dict(kind.model_fields) if is_section else field  # type: ignore[union-attr]
    return found


@cache
def _model_of(verb: str) -> type[BaseModel]:
    """Make the class of the options of a verb."""
    parts: dict[str, Any] = {}
    for section, below in taken_by(verb, _fields()).items():
        if isinstance(below, dict):
            fields: dict[str, Any] = {name: (one.annotation, one) for name, one in below.items()}
            kind = create_model(section, __base__=_Taken, **fields)
            parts[section] = (kind, ...)
        else:
            parts[section] = (below.annotation, below)
    return create_model(verb, __base__=_Taken, **parts)

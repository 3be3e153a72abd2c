"""Options and knowledge given in Python; options are checked as those of a configuration are."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from twinscreen.files import InputError
from twinscreen.kb import Knowledge
from twinscreen.settings.section import Section

Kind = TypeVar("Kind", bound=Section)


def section(kind: type[Kind], given: Mapping[str, Any], *, of: str) -> Kind:
    """Make the options of a section from keywords, with defaults for the others.

    Parameters
    ----------
    kind
        The section.
    given
        Options by name.
    of
        The function they were given to.

    Raises
    ------
    InputError
        There is no such option, or it may not be so.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(map(str, fault["loc"]))
        unknown = fault["type"] == "extra_forbidden"
        raise InputError(
            file=of,
            place=name,
            found="an option that is not known" if unknown else repr(fault["input"]),
            expected="one of " + ", ".join(kind.model_fields) if unknown else fault["msg"],
            remedy="correct the name" if unknown else "see the options in config/README.md",
        ) from error


def check_knowledge(given: object, *, of: str) -> None:
    """Check that an argument is knowledge.

    Raises
    ------
    InputError
        It is another kind of object.
    """
    if not isinstance(given, Knowledge):
        raise InputError(
            file=f"{of}, kb",
            found=f"an object of the kind {type(given).__name__}",
            expected="knowledge",
            remedy="read it first: kb.read(folder)",
        )

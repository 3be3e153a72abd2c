"""The options of a verb on the command line: from a file, from flags, or their defaults."""

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from twinscreen.settings.options import Option


def add_options(add: Callable[..., argparse.Action], verb: str) -> None:
    """Describe `--settings`, and a flag for each option of a verb."""
    from twinscreen.settings.options import options_of

    add(
        "--settings",
        metavar="FILE",
        help="options of this verb by section (json), as the workflow writes them; flags go before"
        " it, and what neither gives has its default",
    )
    for option in options_of(verb):
        kind = _kind(option)
        shown = f"{option.meaning} Default: {option.default}." if option.default else option.meaning
        add(option.flag, dest=".".join(option.path), help=shown.replace("%", "%%"), **kind)


def options_from(given: argparse.Namespace) -> dict[str, Any]:
    """Collect the options of the verb that is run.

    Returns
    -------
    All options of the verb by section.

    Raises
    ------
    InputError
        The file is missing or is none of options, or an option has a value that it can't have.
    """
    from pydantic import ValidationError

    from twinscreen.files.errors import InputError
    from twinscreen.settings.options import options_of, settings_for

    values = _read(given.settings) if given.settings else {}
    options = options_of(given.verb)
    for option in options:
        flagged = getattr(given, ".".join(option.path))
        if flagged is not None:
            *outer, name = option.path
            part = values.setdefault(outer[0], {}) if outer else values
            part[name] = part.get(name, {}) | dict(flagged) if option.is_table else flagged
    try:
        return settings_for(given.verb, values)
    except ValidationError as error:
        fault = error.errors()[0]
        known = {option.path: option for option in options}
        option = known.get(tuple(map(str, fault["loc"][:2])))
        raise InputError(
            file=given.settings or "command line",
            place=f"{'.'.join(map(str, fault['loc']))}{f' ({option.flag})' if option else ''}",
            found=_found(fault),
            expected=_expected(fault, option, options),
            remedy=f"correct it; {option.meaning}"
            if option
            else "correct the name, or leave it out",
        ) from None


def _kind(option: "Option") -> dict[str, Any]:
    """Describe how the flag of an option takes its value."""
    if option.is_table:
        return {"nargs": "*", "type": _named_number, "metavar": "NAME=NUMBER"}
    if option.is_list:
        return {"nargs": "*", "metavar": "TEXT"}
    if option.choices:
        return {"choices": option.choices}
    return {"metavar": option.path[-1].rpartition("_")[2].upper()}


def _named_number(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=NUMBER")
    return name, number


def _read(path: str) -> dict[str, Any]:
    """Read a file of options."""
    import json

    from twinscreen.files.errors import InputError

    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except FileNotFoundError:
        values = "no such file"
    except ValueError as error:
        values = f"no JSON: {error}"
    if isinstance(values, dict):
        return values
    raise InputError(
        file=path,
        found=str(values),
        expected="options by section (json)",
        remedy="leave --settings out, or name a file below settings/ of the workflow's output",
    )


def _found(fault: "ErrorDetails") -> str:
    """Say what stands in the place of a fault."""
    if fault["type"] == "missing":
        return "nothing"
    if fault["type"] == "extra_forbidden":
        return f"unknown name {fault['loc'][-1]!r}"
    return repr(fault["input"])


def _expected(fault: "ErrorDetails", option: "Option | None", options: Iterable["Option"]) -> str:
    """Say what should stand in the place of a fault."""
    if fault["type"] == "missing":
        return "a value, as it has no default"
    if fault["type"] == "extra_forbidden":
        if option is not None and option.is_table:
            return f"one of {', '.join(option.names)}"
        return f"one of {', '.join('.'.join(one.path) for one in options)}"
    message: str = fault["msg"]
    return message.removeprefix("Input should be ").strip()

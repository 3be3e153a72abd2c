"""The options of a verb on the command line: from a file, from flags, or their defaults."""

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from twinscreen.cli.arguments import read_json

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

    values = read_json(given.settings) if given.settings else {}
    options = {option.path: option for option in options_of(given.verb)}
    flagged = {path: getattr(given, ".".join(path)) for path in options}
    for path, value in flagged.items():
        if value is not None:
            part = values.setdefault(path[0], {}) if len(path) > 1 else values
            is_table = options[path].is_table
            part[path[-1]] = part.get(path[-1], {}) | dict(value) if is_table else value
    try:
        return settings_for(given.verb, values)
    except ValidationError as error:
        fault = error.errors()[0]
        option = options.get(tuple(map(str, fault["loc"][:2])))
        by_flag = option is not None and (flagged[option.path] is not None or not given.settings)
        key = ".".join(map(str, fault["loc"]))
        raise InputError(
            file="command line" if by_flag else given.settings or "command line",
            place=option.flag if option and by_flag else key,
            found=_found(fault),
            expected=_expected(fault, option, options.values()),
            remedy=f"correct it; {option.meaning}" if option else f"correct or leave out {key}",
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


def _found(fault: "ErrorDetails") -> str:
    """Say what stands in the place of a fault."""
    if fault["type"] == "missing":
        return "nothing"
    if fault["type"] == "extra_forbidden":
        return f"unknown name {fault['loc'][-1]!r}"
    if fault["type"] == "value_error":
        return fault["msg"].removeprefix("Value error, ")
    return repr(fault["input"])


def _expected(fault: "ErrorDetails", option: "Option | None", options: Iterable["Option"]) -> str:
    """Say what should stand in the place of a fault."""
    if fault["type"] == "missing":
        return "a value, as it has no default"
    if option is not None and option.is_table and len(fault["loc"]) < 3:
        return f"numbers of {', '.join(option.names)}"
    if fault["type"] == "extra_forbidden":
        if option is not None and option.is_table:
            return f"one of {', '.join(option.names)}"
        return f"one of {', '.join('.'.join(one.path) for one in options)}"
    message: str = fault["msg"]
    return message.removeprefix("Input should be ").strip()

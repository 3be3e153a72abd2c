"""What is written from the options: the JSON schema, and the tables of the documentation."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from twinscreen.settings.configuration import Configuration

#: The first line of the table of all options.
HEADER = "| Key | Default | Meaning |"

_ORDER = (
    *("type", "enum", "items", "minLength", "minimum", "exclusiveMinimum", "maximum"),
    *("exclusiveMaximum", "default", "description"),
)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration, without references."""
    made = Configuration.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of a cohort",
        "description": made["description"],
        **_section(made, made["$defs"]),
    }


def schema_text() -> str:
    """Write the JSON schema as text, with one line for each option."""
    return "\n".join(_lines(json_schema(), "")) + "\n"


def options_table() -> str:
    """Write the table of all options for people, in Markdown."""
    return _table(_options(json_schema()))


def options_by_section() -> str:
    """Write a heading and a table of options for each section, in Markdown."""
    properties = json_schema()["properties"]
    single = {name: one for name, one in properties.items() if "properties" not in one}
    parts = ["## General\n\n" + _table(_options({"properties": single}))]
    for name, one in properties.items():
        if "properties" in one:
            parts.append(f"## {name}\n\n" + _table(_options(one, f"{name}.")))
    return "\n".join(parts)


def with_table(text: str) -> str:
    """Put the table of the options in the place of the one that stands in a text."""
    before, header, after = text.partition(HEADER)
    if not header:
        raise ValueError(f"no table with the header {HEADER!r}")
    lines = after.splitlines(keepends=True)[1:]
    rest = next((number for number, line in enumerate(lines) if line[:1] != "|"), len(lines))
    return before + options_table() + "".join(lines[rest:])


def _table(options: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Write options as a table, in Markdown."""
    rows = [HEADER, "|---|---|---|"]
    for key, option in options:
        shown = "none: must be given"
        if "default" in option:
            shown = f"`{_shown(option['default'])}`"
        meaning = option["description"]
        if "enum" in option:
            meaning += f" One of {', '.join(f'`{value}`' for value in option['enum'])}."
        rows.append(f"| `{key}` | {shown} | {meaning} |")
    return "\n".join(rows) + "\n"


def _section(part: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Write a section with the sections in it in place."""
    properties = {}
    for name, option in part["properties"].items():
        if "$ref" in option:
            properties[name] = _section(known[option["$ref"].rpartition("/")[2]], known)
        else:
            option = {key: option[key] for key in _ORDER if key in option}
            properties[name] = option | {"description": " ".join(option["description"].split())}
    required = {"required": part["required"]} if "required" in part else {}
    return {"type": "object", "additionalProperties": False, **required, "properties": properties}


def _options(part: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """List all options of a section, and of those in it, by key."""
    for name, option in part["properties"].items():
        if "properties" in option:
            yield from _options(option, f"{path}{name}.")
        else:
            yield f"{path}{name}", option


def _lines(part: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Write a section as lines of JSON."""
    yield "{"
    for key, value in part.items():
        if key != "properties":
            yield f"{indent}  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},"
    yield f'{indent}  "properties": {{'
    names = list(part["properties"])
    for name, option in part["properties"].items():
        comma = "," if name != names[-1] else ""
        if "properties" in option:
            first, *others = _lines(option, f"{indent}    ")
            yield f"{indent}    {json.dumps(name)}: {first}"
            yield from others[:-1]
            yield others[-1] + comma
        else:
            text = json.dumps(option, ensure_ascii=False)
            yield f"{indent}    {json.dumps(name)}: {text}{comma}"
    yield f"{indent}  }}"
    yield f"{indent}}}"


def _shown(default: Any) -> str:
    """Write a default as YAML does."""
    if isinstance(default, str):
        return default or "''"
    return json.dumps(default)

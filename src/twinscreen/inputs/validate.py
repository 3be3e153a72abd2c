"""Configuration and sample sheets: read, checked against their schemas, and against each other.

The schemas in data/schemas say what may stand in each and hold the defaults. The workflow
reads through this module when it starts, and `twinscreen check` does so alone.
"""

import difflib
import json
import os
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from twinscreen.data import SCHEMAS
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.text_table import read_text_table, require_seen
from twinscreen.files.text_table.keys import load_yaml
from twinscreen.files.words.look_alike import as_seen, by_letter, strangers
from twinscreen.files.words.missing import is_missing
from twinscreen.inputs.sheet_columns import FINDING_FILES
from twinscreen.settings.foreign_kinds import foreign_kinds


def read_yaml(path: FilePath) -> dict[str, Any]:
    """Read a configuration.

    Raises
    ------
    InputError
        The file is missing, is not YAML, is not a mapping, or has a key twice.
    """
    import yaml

    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected="a configuration", remedy="correct the path"
        )
    try:
        values = load_yaml(Path(path).read_text(encoding="utf-8"), path)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            file=path,
            place=f"line {mark.line + 1}, column {mark.column + 1}" if mark else "",
            found=getattr(error, "problem", None) or str(error),
            expected="YAML in UTF-8",
            remedy="correct the syntax there or just before: brackets, quotes, and spaces (no tabs)"
            " that line up",
        ) from error
    if not isinstance(values, dict):
        raise InputError(
            file=path,
            found="nothing" if values is None else f"a {type(values).__name__}",
            expected="keys and values",
            remedy="write one by `twinscreen init`, which explains all keys",
        )
    return values


def read_schema(path: FilePath) -> dict[str, Any]:
    """Read a JSON schema."""
    with open(path, encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def with_defaults(values: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the defaults of a schema, at every level."""
    filled = dict(values)
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "object" and isinstance(filled.get(name, {}), Mapping):
            filled[name] = with_defaults(filled.get(name) or {}, part)
        elif "default" in part:
            filled.setdefault(name, part["default"])
    return filled


#: Where all keys are explained, also without a clone of the repository.
_KEYS = "`twinscreen init` writes a configuration that explains all keys"

#: Keys of version 0.1 that have another name now, by section.
RENAMED = {
    ("twin", "copies"): "bootstrap_replicates",
    ("twin", "null_copies"): "null_replicates",
}


def check_config(config: Mapping[str, Any], *, file: FilePath) -> dict[str, Any]:
    """Check a configuration and fill in its defaults.

    Raises
    ------
    InputError
        A key is unknown, missing, or has a value that the schema doesn't allow.
    """
    _refuse_renamed(config, file=file)
    _refuse_look_alikes(config, "", file=file)
    rules = _with_foreign_kinds(read_schema(SCHEMAS / "config.schema.json"))
    sections = [n for n, part in rules["properties"].items() if part.get("type") == "object"]
    # a section whose keys are all commented out
    config = {n: {} if part is None and n in sections else part for n, part in config.items()}
    _validate(config, rules, file=file, place="")
    _refuse_no_number(config, "", file=file)
    return with_defaults(config, rules)


def _refuse_look_alikes(part: Any, key: str, *, file: FilePath) -> None:
    """Refuse keys, and values that are no paths, with letters that look like Latin ones."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            below = f"{key}.{name}" if key else str(name)
            _refuse_look_alikes(f"{name}", below, file=file)
            _refuse_look_alikes(value, below, file=file)
    elif isinstance(part, list):
        for value in part:
            _refuse_look_alikes(value, key, file=file)
    elif isinstance(part, str) and strangers(part) and not {"/", "."} & {*part}:
        raise InputError(
            file=file,
            place=f"key {as_seen(key)}",
            found=by_letter(part),
            expected="Latin letters, which these only look like",
            remedy=f"type {as_seen(part)!r} anew on a Latin keyboard",
        )


def _refuse_no_number(part: Any, key: str, *, file: FilePath) -> None:
    """Refuse numbers that are none or have no end, which fit every bound."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            _refuse_no_number(value, f"{key}.{name}" if key else str(name), file=file)
    elif isinstance(part, float) and not isfinite(part):
        raise InputError(
            file=file,
            place=f"key {key}",
            found=str(part),
            expected="a finite number",
            remedy=f"correct it; {_KEYS}",
        )


def _with_foreign_kinds(schema: dict[str, Any]) -> dict[str, Any]:
    """Let kinds of evidence of other packages have weights, too; they have their own defaults."""
    screen = schema["properties"].get("screen", {}).get("properties", {})
    for section in ("weights", "own_weights"):
        for kind in foreign_kinds():
            names = screen[section]["properties"]
            names.setdefault(kind.name, {"type": "number", "minimum": 0})
    return schema


def _refuse_renamed(config: Mapping[str, Any], *, file: FilePath) -> None:
    """Refuse the name that a key had in an earlier version, with its name of today."""
    for (section, old), new in RENAMED.items():
        part = config.get(section)
        if isinstance(part, Mapping) and old in part:
            raise InputError(
                file=file,
                place=f"{section}.{old}",
                found="the name of this key in version 0.1",
                expected=f"its name since version 0.2: {section}.{new}",
                remedy=f"write {new} for {old}; its meaning is the same",
            )


#: How identifiers of diseases and of terms begin.
_IDENTIFIER = re.compile(r"(MONDO|EFO|DOID|MESH|OMIM|ORPHA|Orphanet|HP)[:_]\w", re.IGNORECASE)

#: Columns with names of files, and of what is in them: these are as they are.
_PATHS = {"cells", "annotation", "select", "deviations", "variant_sample", *FINDING_FILES}

#: How the names of files end that are read of patients.
_FILE = re.compile(r"\.(vcf|json|ya?ml|tsv|csv|txt)(\.gz)?$", re.IGNORECASE)


def read_sheet(path: FilePath, schema: Path, *, key: str) -> dict[str, dict[str, str]]:
    """Read a tab-separated sheet and check every row against its schema."""
    rules = read_schema(schema)
    table = read_text_table(
        path,
        content=f"a tab-separated sheet with the columns {', '.join(rules['required'])}",
        required=rules["required"],
        typed=False,
        remedy="correct the path in the configuration, or write a sheet by `twinscreen init`",
    )
    require_seen(path, "names", table.columns, places=[1] * len(table.columns))
    _check_header(path, table.columns, rules)
    table.require_seen([name for name in table.columns if name not in _PATHS])
    rows: dict[str, dict[str, str]] = {}
    seen: dict[str, str] = {}
    for line, row in table.records():
        for name, part in rules["properties"].items():
            given = row.get(name, "")
            if given and is_missing(given) and name in rules["required"]:
                raise _word_for_nothing(path, f"line {line}, column {name}", given)
            row[name] = part.get("default", "") if is_missing(given) else given
        _validate(row, rules, file=path, place=f"line {line}")
        _check_strange(row, rules, file=path, line=line)
        other = seen.setdefault(row[key].casefold(), row[key])
        if row[key] in rows or other != row[key]:
            alike = "" if other == row[key] else f": but for its capitals it is {other!r}"
            raise InputError(
                file=path,
                place=f"line {line}, column {key}",
                found=f"{row[key]!r} a second time{alike}",
                expected=f"each {key} once, as some disks take capitals and small letters for one",
                remedy=f"give every {key} an id of its own",
            )
        rows[row[key]] = row
    return rows


def _word_for_nothing(path: FilePath, place: str, given: str) -> InputError:
    return InputError(
        file=path,
        place=place,
        found=f"{given!r}, a word for nothing",
        expected="a value",
        remedy="fill it in, or leave the line out",
    )


def _check_strange(
    row: Mapping[str, str], rules: Mapping[str, Any], *, file: FilePath, line: int
) -> None:
    """Refuse a file, or the identifier of a disease, in a column that is shown and not read."""
    for name, text in row.items():
        if name in rules["properties"] or not text:
            continue
        near = difflib.get_close_matches(name.lower(), rules["properties"], n=1, cutoff=0.85)
        is_file = os.path.isfile(text) or (near and _FILE.search(text))
        if is_file or (near and _IDENTIFIER.match(text)):
            raise InputError(
                file=file,
                place=f"line {line}, column {name}",
                found="a file" if is_file else "the identifier of a disease or term",
                expected="a text to show, in a column of your own: nothing is read by it",
                remedy=f"rename the column, perhaps to {near[0] if near else 'variants'!r}, or"
                " leave it out",
            )


def _check_header(path: FilePath, header: Sequence[str], rules: Mapping[str, Any]) -> None:
    """Refuse columns of which it is not clear what they mean."""
    reserved = rules.get("reserved", [])
    if odd := [name for name in header if "/" in name or name in reserved]:
        raise InputError(
            file=path,
            place="line 1",
            found=f"the column {odd[0]!r}",
            expected="columns without / in their name"
            + "".join(f", and none called {name}" for name in reserved),
            remedy="rename the column",
        )
    known = list(rules["properties"])
    strange = [name for name in header if name and name not in known]
    meant = [n for n in strange if re.sub(r"[\s-]", "_", n.lower()) in known]
    if strange and (meant or not rules.get("open", False)):
        strange = meant or strange
        near = difflib.get_close_matches(strange[0].lower(), known, n=1)
        raise InputError(
            file=path,
            place="line 1",
            found=f"the column {strange[0]!r}",
            expected=f"columns among {', '.join(known)}",
            remedy=f"write {near[0]!r}" if near else "remove it",
        )


def _validate(
    values: Mapping[str, Any],
    rules: Mapping[str, Any],
    *,
    file: FilePath,
    place: str,
) -> None:
    """Check values against a JSON schema; the first fault is told as an InputError."""
    from jsonschema import Draft202012Validator

    faults = sorted(
        Draft202012Validator(rules).iter_errors(values), key=lambda e: [str(p) for p in e.path]
    )
    if not faults:
        return
    fault = faults[0]
    key = ".".join(map(str, fault.absolute_path))
    kind = "column" if place else "key"
    where = ", ".join(filter(None, [place, f"{kind} {key}" if key else ""]))
    described = fault.schema.get("description", "") if isinstance(fault.schema, dict) else ""
    remedy = f"correct it; {described}" if described else f"correct it; {_KEYS}"
    known = fault.schema.get("properties", {}) if isinstance(fault.schema, dict) else {}
    if fault.validator == "additionalProperties":
        unknown = next(name for name in fault.instance if name not in known)
        found, expected = f"unknown key {unknown!r}", f"only {', '.join(known)}"
        near = difflib.get_close_matches(str(unknown), known, n=1)
        remedy = f"write {near[0]!r}" if near else "remove it"
        remedy += f"; {_KEYS}"
    elif fault.validator == "required":
        lacking = [name for name in fault.validator_value if name not in fault.instance]
        found, expected = f"no key {', '.join(lacking)}", "the key, which has no default"
        remedy = f"add it; {_KEYS}"
    else:
        found = "nothing" if fault.instance is None else repr(fault.instance)
        expected = _expected(fault.validator, fault.validator_value)
    raise InputError(file=file, place=where, found=found, expected=expected, remedy=remedy)


#: What a value of a type is, for people who write YAML.
_TYPES = {
    "object": "a section: keys and values below it, further to the right",
    "array": "a list, as [one, other]",
    "string": "a text; yes, no, dates and numbers are one between quotation marks alone",
    "number": "a number, with a point: 0.001 or 1.0e-3, not 1e-3",
    "integer": "a whole number, without quotation marks",
    "boolean": "true or false",
}


def _expected(rule: str, value: Any) -> str:
    """Say in words what a rule of a JSON schema wants."""
    words = {
        "enum": "one of {}",
        "minimum": "at least {}",
        "maximum": "at most {}",
        "exclusiveMinimum": "more than {}",
        "minLength": "a text, not nothing",
        "pattern": "a text that fits {}",
        "not": "any other text than {}",
    }
    if rule == "type" and isinstance(value, str):
        return _TYPES.get(value, f"a value of type {value}")
    value = value.get("enum", value) if isinstance(value, dict) else value
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words.get(rule, rule + " {}").format(shown)

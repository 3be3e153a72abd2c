"""Try a case of the catalogue, and say what came of it."""

import traceback
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from catalogue import LETTERS, REFUSED, SAME, TABLES, Case
from shapes import Shape

from twinscreen.files import InputError


def outcome_of(case: Case, folder: Path) -> tuple[str, str]:
    """Read the table of a case in a folder: what came of it, and what was said."""
    table = TABLES[case.table]
    wrong, right = folder / "wrong" / "table.tsv", folder / "right" / "table.tsv"
    for path, content in ((wrong, case.content), (right, table.text.encode())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        found = table.read(wrong)
    except InputError as error:
        said = str(error)
        lacks = [word for word in (wrong.name, "found", "expected", "remedy") if word not in said]
        return (f"a message without {', '.join(lacks)}" if lacks else REFUSED), said
    except Exception:
        return "a traceback", traceback.format_exc()
    told, expected = repr(plain(found)), repr(plain(table.read(right)))
    if told == expected:
        return SAME, ""
    kept = all(field in told for field in table.rows[2] if field in expected)
    letters = [field for field in ('"', "x" * 1000) if field.encode() in case.content]
    if kept and any(field in told for field in letters):
        return LETTERS, ""
    return "read, and not the same", told[:500]


def fault_of(shape: Shape, folder: Path) -> str:
    """Read an odd file in a folder: what is not as it must be, or nothing."""
    try:
        found = shape.attempt(folder)
    except InputError as error:
        said = " ".join(str(error).split())
        lacks = [word for word in ("found:", "expected:", "remedy:") if word not in said]
        told = shape.outcome.removeprefix("found ").removeprefix("remedy ")
        if lacks or told not in said:
            return f"must say {shape.outcome!r}, and says: {said}"
        return ""
    except Exception:
        return traceback.format_exc()
    return "" if found == shape.outcome else f"must be {shape.outcome!r}, and is {found!r}"


def plain(value: object) -> object:
    """Take a result apart into what can be compared."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.to_json(), list(map(str, value.index))
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.name
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(one) for one in (sorted(value) if isinstance(value, set) else value)]
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return repr(value).replace("/wrong/", "/").replace("/right/", "/")

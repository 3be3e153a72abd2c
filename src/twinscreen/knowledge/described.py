"""Lists of sources in YAML: read, and checked against their schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from twinscreen.files import FilePath, InputError
from twinscreen.knowledge.delimited import require_file


def read_described(path: FilePath, schema: Mapping[str, Any], *, content: str) -> dict[str, Any]:
    """Read a list that describes sources, by name.

    Parameters
    ----------
    path
        YAML in UTF-8.
    schema
        JSON schema that the list must fit.
    content
        What the list is, for messages.

    Raises
    ------
    InputError
        The file is missing, isn't YAML, or an entry lacks a field or has one of another shape.
    """
    require_file(path, content=f"{content} (YAML)")
    try:
        described = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(
            file=path,
            found=" ".join(str(error).split()),
            expected="YAML in UTF-8",
            remedy="mend the file, or take the package's own",
        ) from error
    fault = next(jsonschema.Draft202012Validator(schema).iter_errors(described), None)
    if fault is not None:
        raise InputError(
            file=path,
            place=".".join(str(part) for part in fault.absolute_path),
            found=fault.message,
            expected=f"{fault.validator}: {fault.validator_value}",
            remedy="compare with the head of the package's own list, which explains each field",
        )
    return dict(described)

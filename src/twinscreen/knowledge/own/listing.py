"""Which tables of knowledge a group brought, by checksum."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from twinscreen.files import sha256


def list_own_tables(sections: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """List the files that sections of the configuration name.

    Parameters
    ----------
    sections
        Files by section and key: a path, or several.

    Returns
    -------
    One row per file: `key` of the configuration, `file`, its name, and `sha256`; folders are
    listed file by file.
    """
    rows = [
        (key, file.name, sha256(file))
        for key, path in _named(sections)
        for file in ([path] if path.is_file() else sorted(filter(Path.is_file, path.iterdir())))
    ]
    return pd.DataFrame(rows, columns=["key", "file", "sha256"])


def _named(sections: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Path]]:
    for section, keys in sections.items():
        for key, given in keys.items():
            for path in [given] if isinstance(given, str) else given:
                if path:
                    yield f"{section}.{key}", Path(path)

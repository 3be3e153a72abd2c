"""Provenance: what a result was computed from."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twinscreen import __version__
from twinscreen.files.paths import FilePath, once


def sha256(path: FilePath) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


#: As `sha256`, which stages of one process need not take again.
_known_sha256 = once(kept=1000)(sha256)


def sources(paths: Iterable[FilePath]) -> pd.DataFrame:
    """Record what files hold: a table with the columns `file` and `sha256`.

    Files go by their name alone, so a result does not depend on the folder it was computed in.
    A path that leads to no file is left out.
    """
    files = [(Path(path).name, _known_sha256(path)) for path in paths if Path(path).is_file()]
    return pd.DataFrame(files, columns=["file", "sha256"], dtype=str)


def sources_by_kind(paths: Mapping[str, FilePath]) -> pd.DataFrame:
    """Record what files hold, each by what it is: `kind`, `file`, `sha256`."""
    table = sources(paths.values())
    table.insert(0, "kind", list(paths))
    return table


def provenance(
    *, parameters: Mapping[str, Any], inputs: Iterable[FilePath] | pd.DataFrame = ()
) -> dict[str, Any]:
    """Record the version, the parameters and the inputs of a result.

    Dates, user and machine are left out: the same inputs give the same bytes.

    Parameters
    ----------
    parameters
        By name; those that are None are left out.
    inputs
        Files, or what `sources` recorded of them.

    Returns
    -------
    A dictionary for `AnnData.uns`: `version`, `parameters`, and `inputs`, a table with the
    columns `file` and `sha256`.
    """
    return {
        "version": __version__,
        "parameters": {
            name: value for name, value in sorted(parameters.items()) if value is not None
        },
        "inputs": inputs if isinstance(inputs, pd.DataFrame) else sources(inputs),
    }


def generator(seed: int, *unit: str) -> np.random.Generator:
    """Give the source of randomness of one unit of work.

    It depends on the configured seed and the unit's name alone, so the order of jobs, their
    number and the number of threads never change a result.
    """
    digest = hashlib.sha256("\0".join(unit).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype="<u4").tolist()])

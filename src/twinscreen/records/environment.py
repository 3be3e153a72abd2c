"""The packages that decide figures, and the lock of the release."""

import json
import platform
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from twinscreen import __version__
from twinscreen.data import SOURCES
from twinscreen.files.provenance import sha256
from twinscreen.processor import pinned
from twinscreen.records.record import Record

#: Packages whose version can change a figure, or the bytes that it is written in.
PACKAGES = (
    *("anndata", "gseapy", "h5py", "igraph", "llvmlite", "networkx", "numba", "numpy", "pandas"),
    *("pyarrow", "pydeseq2", "scanpy", "scikit-learn", "scipy"),
)


@cache
def environment() -> dict[str, Any]:
    """Name what a result is made with, beside code and inputs.

    Returns
    -------
    `twinscreen` and `python`, their versions; `packages`, those of the packages that are there;
    `lock`, the SHA-256 of the list that pins them all, which a release is tested with; `processor`,
    whose instructions are taken.
    """
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    # an installed package has it beside its data, a clone at its root
    places = [folder / "requirements.lock" for folder in (SOURCES.parent, SOURCES.parents[3])]
    file = next(filter(Path.is_file, places), None)
    return {
        "twinscreen": __version__,
        "python": platform.python_version(),
        "packages": versions,
        "lock": sha256(file) if file else "",
        "processor": "any with AVX2" if pinned() else f"{platform.machine()}, as it is",
    }


def packages_in_words(output: str) -> list[str]:
    """Say which packages are others than those that the results of a run were made with."""
    known = {json.dumps(record.environment): record for record in _of_the_cohort(Path(output))}
    now = environment()
    differ = {
        f"{name} {before.get(name, 'none')}, now {now['packages'].get(name, 'none')}"
        for record in known.values()
        for before in [record.environment["packages"]]
        for name in {*before, *now["packages"]}
        if before.get(name) != now["packages"].get(name)
    }
    if not differ:
        return []
    return [
        f"Results were made with other packages: {'; '.join(sorted(differ))}. What is there stays;"
        " `--forceall` makes all of it anew."
    ]


def _of_the_cohort(output: Path) -> Iterator[Record]:
    """Read the records of jobs that are about no single patient."""
    for path in sorted((output / "records").glob("*.json")):
        if record := Record.read(path):
            yield record

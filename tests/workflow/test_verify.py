"""Whether a run is what its records say: `twinscreen verify`, on copies of the tiny cohort."""

import os
import shutil

import h5py
import pytest

from tiny_cohort import Study
from twinscreen.cli import main
from twinscreen.files import sha256
from twinscreen.records.chain import Chain
from twinscreen.records.record import outside


@pytest.fixture
def copy(study, tmp_path, monkeypatch):
    """A copy of the finished run, from whose folder the verb is called."""
    folder = tmp_path / "copy"
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns(".snakemake", ".cache"))
    monkeypatch.chdir(folder)
    return Study(folder, study.cache)


@pytest.fixture
def verify(twinscreen):
    return lambda *arguments: twinscreen("verify", "output", *arguments)


def test_a_run_that_nobody_changed_passes(copy, verify):
    assert verify() == (0, "")


def test_one_changed_value_of_a_twin_is_named_before_what_rests_on_it(copy, verify):
    path = copy.output / "twins" / "P2.h5ad"
    with h5py.File(path, "r+") as file:
        effects = file["X"][:]
        effects[0, 0] = 7.5
        file["X"][:] = effects
    code, message = verify()
    assert code == 2
    assert "first of 1 difference, twins/P2.h5ad" in message
    assert "those that twin/P2 wrote" in message


def test_one_changed_parameter_is_named(copy, verify):
    told = Chain(copy.output).records["twin/P1"].asked["options"]
    path = outside(told, copy.output)
    path.write_text(path.read_text().replace('"random_sets": 50', '"random_sets": 51'))
    code, message = verify()
    assert code == 2
    assert f"settings/{path.name}" in message
    assert "found:    changed parameters" in message


def test_one_option_other_than_configured_is_named_with_both_values(copy, verify):
    config = copy.configure("other", screen={"random_seeds": 50})
    code, message = verify("--configfile", str(config))
    assert code == 2
    assert "first of 1 difference, option screen.random_seeds" in message
    assert "found:    50 in the configuration" in message
    assert "expected: 100, with which screen/P1 was made" in message
    assert verify("--configfile", str(copy.configure())) == (0, "")


@pytest.mark.parametrize("source", ["output/knowledge/sources/hgnc", "P1_T0.h5ad"])
def test_one_changed_source_is_named(copy, verify, source):
    path = copy.folder / source
    time = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    os.utime(path, ns=(time, time))
    code, message = verify()
    assert code == 2
    assert f"1 difference, {source.removeprefix('output/')}\n" in message


def test_a_result_with_its_record_from_another_run_does_not_fit(copy, verify):
    """Each is sound, but what was made of it was made of another."""
    made, record = copy.output / "twins" / "P3.h5ad", copy.output / "records" / "twin" / "P3.json"
    before = sha256(made)
    with h5py.File(made, "r+") as file:
        file.attrs["other"] = 1
    record.write_text(record.read_text().replace(before, sha256(made)))
    code, message = verify()
    assert code == 2
    assert "found:    made by twin/P3 with other bytes" in message


def test_a_patient_who_is_computed_again_has_the_same_bytes_where_nobody_changed_them(copy, capsys):
    """A file and its record were changed alike, which only another computation finds."""
    paths, record = copy.output / "reports/P2.graphml", copy.output / "records/report/P2.json"
    before = sha256(paths)
    paths.write_text(paths.read_text() + " ")
    record.write_text(record.read_text().replace(before, sha256(paths)))
    assert main(["verify", "output", "--recompute", "P2"]) == 2
    said = capsys.readouterr()
    for file in ("observations/P2_T0.h5ad", "twins/P2.h5ad", "screens/P2.ranking.tsv"):
        assert f"{file}: the same bytes" in said.out
    assert [line for line in said.out.splitlines() if "OTHER" in line] == [
        "reports/P2.graphml: OTHER bytes"
    ]
    assert "other bytes when it is computed again" in said.err


def test_whom_to_compute_again_must_be_of_the_run(copy, verify):
    code, message = verify("--recompute", "P9")
    assert code == 2
    assert "no twin of 'P9'" in message
    assert "expected: one of P1, P2, P3" in message


def test_files_of_nobody_and_lost_ones_are_named(copy, verify):
    shutil.copy(copy.output / "screens" / "P1.h5ad", copy.output / "screens" / "P9.h5ad")
    (copy.output / "reports" / "P1.html").unlink()
    code, message = verify()
    assert code == 2
    assert "first of 2 differences, reports/P1.html" in message
    (copy.output / "screens" / "P9.h5ad").unlink()
    shutil.rmtree(copy.output / "records")
    code, message = verify()
    assert code == 2
    assert "no record of a run" in message

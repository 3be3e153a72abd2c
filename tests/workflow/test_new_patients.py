"""All stages of a new patient are one job and one process; what is made later, stage by stage."""

from pathlib import Path

import pytest

from tiny_cohort import KEPT, Study, files_below, jobs_in

COHORT_JOBS = {"cohort", "similarity", "trial", "cohort_report", "scored", "costs"}


@pytest.fixture
def without_p2(study: Study) -> Study:
    """A finished study to which the patient P2 comes anew."""
    other = study.finished()
    for path in sorted(other.output.rglob("P2*")):
        if "settings" not in path.parts:
            path.unlink()
    return other


def test_a_new_patient_is_one_job_but_for_what_is_asked_alone(without_p2):
    config = without_p2.configure()
    assert without_p2.planned(config) == {"patient P2", *COHORT_JOBS}
    alone = without_p2.run(config, "output/screens/P2.h5ad", "--dry-run")
    assert jobs_in(alone) == {"observe P2_T0", "twin P2", "screen P2"}


def test_at_once_and_stage_by_stage_give_the_same_files(study, without_p2):
    """The tiny cohort was made at once; here every stage is a job of its own."""
    config = without_p2.configure()
    without_p2.run(config, "output/reports/P2.html")
    assert (study.output / "logs" / "patient" / "P2.log").is_file()
    assert not (without_p2.output / "logs" / "patient").exists()
    for part in KEPT:
        made = [name for name in files_below(without_p2.output / part) if "P2" in name]
        assert made == [name for name in files_below(study.output / part) if "P2" in name]
        for name in made:
            file = Path(part, name)
            assert (without_p2.output / file).read_bytes() == (study.output / file).read_bytes()


def test_a_patient_whose_process_was_killed_is_taken_up_where_it_ended(without_p2, tmp_path):
    fault = """
        import twinscreen.screen.screen
        twinscreen.screen.screen.gather = lambda *_, **__: os.kill(os.getpid(), 9)
    """
    config = without_p2.configure()
    failed = without_p2.with_fault(tmp_path, fault).snakemake(config, "--retries", "0")
    assert failed.returncode == 1
    assert "failed: P2 (no twin)" in failed.stdout
    assert (without_p2.output / "observations" / "P2_T0.h5ad").is_file()
    assert without_p2.planned(config) == {"twin P2", "screen P2", "report P2", *COHORT_JOBS}

"""Runs by the profile for Slurm, and what goes wrong in them."""

import shutil
import signal
from pathlib import Path

import pytest
from on_slurm import SHORT, OnSlurm
from slurm_daemons import wait_for

from tiny_cohort import KEPT, ROOT, Study, files_below

#: What stands when the patients of the tiny cohort have yet to be done.
BEFORE_PATIENTS = ("knowledge", "observations", "reference")

#: The first time that the screen of P2 is asked for, it hangs until its job is cancelled.
HANGS = """
    import pathlib, time
    if sys.argv[1] == "screen" and "P2.h5ad" in sys.argv[2]:
        hanging = pathlib.Path("hanging")
        if not hanging.exists():
            hanging.touch()
            time.sleep(300)
"""


def same(one: Path, other: Path) -> bool:
    """Say whether two output folders hold the same results byte for byte, and name what differs."""
    names = [Path(part, name) for part in KEPT for name in files_below(one / part)]
    assert [Path(part, name) for part in KEPT for name in files_below(other / part)] == names
    differing = [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()]
    return not differing or pytest.fail(f"differ: {', '.join(map(str, differing))}")


@pytest.fixture
def patients(local, slurm) -> OnSlurm:
    """The tiny cohort, whose patients have yet to be done."""
    return OnSlurm(local.finished(*BEFORE_PATIENTS), slurm)


def test_the_slice_of_the_demonstration_has_the_bytes_of_a_local_run(slurm, cache_folder, tmp_path):
    studies = [Study(tmp_path / name, cache_folder) for name in ("local", "cluster")]
    for study in studies:
        shutil.copytree(ROOT / "config", study.folder / "config")
    given = ("--config", "only=['HGR0000079','HGR0000089']", f"cache={cache_folder}")
    config = Path("config/config.yaml")
    studies[0].run(config, *given)
    run = OnSlurm(studies[1], slurm)
    code, printed = run.run(config, *given)
    assert code == 0, printed
    assert same(studies[0].output, studies[1].output)
    asked = run.asked()
    assert not [job for job in asked if "fetch" in job.name]
    assert {job.state for job in asked} == {"COMPLETED"}


def test_a_job_over_its_memory_is_tried_again_with_more(patients, local, tmp_path):
    fault = """
        import time
        if sys.argv[1] == "cohort-report":
            taken = b"1" * (900 << 20)
            time.sleep(5)
    """
    run = OnSlurm(patients.study.with_fault(tmp_path, fault), patients.slurm)
    code, printed = run.run(run.study.configure(**SHORT))
    assert code == 0, printed
    tries = [(job.memory, job.state) for job in run.asked() if "cohort_report" in job.name]
    assert tries == [("1000M", "FAILED"), ("2000M", "COMPLETED")]
    assert same(local.output, run.study.output)


def test_a_job_that_is_cancelled_while_it_waits_is_tried_again(patients, local):
    slurm = patients.slurm
    slurm.ask("scontrol", "update", "partition=main", "state=down")
    try:
        running = patients.start(patients.study.configure(**SHORT))
        wait_for(lambda: slurm.jobs("PENDING"), 60, "a job that waits")
        slurm.ask("scancel", *slurm.jobs("PENDING"))
    finally:
        slurm.ask("scontrol", "update", "partition=main", "state=up")
    assert running.wait(600) == 0, patients.printed()
    assert patients.asked()[0].state == "CANCELLED"
    assert same(local.output, patients.study.output)


def test_a_job_that_is_cancelled_while_it_runs_is_tried_again(patients, local, tmp_path):
    run = OnSlurm(patients.study.with_fault(tmp_path, HANGS), patients.slurm)
    running = run.start(run.study.configure(**SHORT))
    wait_for((run.study.folder / "hanging").exists, 300, "the screen of P2")
    run.slurm.ask("scancel", *run.slurm.jobs("RUNNING"))
    assert running.wait(600) == 0, run.printed()
    assert "CANCELLED" in {job.state for job in run.asked()}
    assert same(local.output, run.study.output)


def test_a_run_whose_snakemake_was_killed_is_taken_up_again(patients, local, tmp_path):
    run = OnSlurm(patients.study.with_fault(tmp_path, HANGS), patients.slurm)
    config = run.study.configure(**SHORT)
    running = run.start(config)
    wait_for((run.study.folder / "hanging").exists, 300, "the screen of P2")
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = run.slurm.jobs()
    assert left  # the jobs that were out don't end with it
    code, printed = run.run(config)
    assert code == 1
    assert "LockException" in printed
    # As docs/clusters.md says: cancel what is still out, unlock, start again.
    run.slurm.ask("scancel", *left)
    wait_for(lambda: not run.slurm.jobs(), 60, "jobs to end")
    code, printed = run.run(config, "--unlock")
    assert code == 0, printed
    code, printed = run.run(config)
    assert code == 0, printed
    assert same(local.output, run.study.output)
    temporary = [name for name in files_below(run.study.output) if Path(name).name.startswith(".")]
    assert temporary == []


def test_a_patient_that_fails_each_time_leaves_the_others_done(patients, local, tmp_path):
    fault = """
        import signal
        if sys.argv[1] == "twin" and any("patients/P2." in one for one in sys.argv):
            os.kill(os.getpid(), signal.SIGKILL)
    """
    run = OnSlurm(patients.study.with_fault(tmp_path, fault), patients.slurm)
    config = run.study.configure(**SHORT)
    code, printed = run.run(config)
    assert code == 1, printed
    pages = files_below(run.study.output / "reports")
    assert pages == ["P1.html", "P3.html"]
    # The fault mended, the rest is done.
    code, printed = patients.run(config)
    assert code == 0, printed
    assert same(local.output, run.study.output)

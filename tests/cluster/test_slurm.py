"""Runs by the profile for Slurm, and what goes wrong in them."""

import shutil
import signal
from pathlib import Path

import pytest
from on_slurm import LONGEST, SHORT, OnSlurm
from slurm_daemons import wait_for

from tiny_cohort import KEPT, ROOT, Study, files_below

#: What stands when the patients of the tiny cohort have yet to be done.
BEFORE_PATIENTS = ("knowledge", "observations", "reference")

#: The page of one patient, whose chain is one job.
PAGE = "output/reports/P2.html"

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
    """Say whether a run has the bytes of another in all it made, and name what differs."""
    made = [Path(part, name) for part in KEPT for name in files_below(other / part)]
    differing = [name for name in made if (one / name).read_bytes() != (other / name).read_bytes()]
    return not differing or pytest.fail(f"differ: {', '.join(map(str, differing))}")


@pytest.fixture
def patients(local, slurm) -> OnSlurm:
    """The tiny cohort, whose patients have yet to be done."""
    return OnSlurm(local.finished(*BEFORE_PATIENTS), slurm)


def test_the_slice_of_the_demonstration_has_the_bytes_of_a_local_run(slurm, cache_folder, tmp_path):
    on_machine, on_cluster = (Study(tmp_path / name, cache_folder) for name in ("local", "cluster"))
    for study in (on_machine, on_cluster):
        shutil.copytree(ROOT / "config", study.folder / "config")
    given = ("--config", "only=['HGR0000079','HGR0000089']", f"cache={cache_folder}")
    config = Path("config/config.yaml")
    on_machine.run(config, *given)
    run = OnSlurm(on_cluster, slurm)
    code, printed = run.run(config, *given)
    assert code == 0, printed
    for part in KEPT:
        assert files_below(on_cluster.output / part) == files_below(on_machine.output / part)
    assert same(on_machine.output, on_cluster.output)
    asked = run.asked()
    assert {job.state for job in asked} == {"COMPLETED"}
    assert {job.cores for job in asked} == {1}
    assert not [job for job in asked if "fetch" in job.name]
    assert len([job for job in asked if "_knowledge_" in job.name]) == 1
    (patients,) = [job for job in asked if "_patient_" in job.name]
    # Three samples; findings, twin, screen and page of two patients, one after another.
    assert (patients.memory, patients.minutes) == (2000, 3 * 5 + 2 * (5 + 10 + 10 + 5))


def test_a_job_over_its_memory_is_tried_again_with_more(patients, local, tmp_path):
    fault = """
        import time
        if sys.argv[1] == "report":
            taken = b"1" * (1700 << 20)
            time.sleep(5)
    """
    run = OnSlurm(patients.study.with_fault(tmp_path, fault), patients.slurm)
    code, printed = run.run(run.study.configure(**SHORT), PAGE)
    assert code == 0, printed
    first, second = run.asked()
    assert (first.state, second.state) == ("FAILED", "COMPLETED")
    assert (first.memory, second.memory) == (2000, 4000)
    assert second.minutes == 2 * first.minutes
    assert same(local.output, run.study.output)


def test_a_job_that_is_cancelled_while_it_waits_is_tried_again(patients, local):
    slurm = patients.slurm
    slurm.ask("scontrol", "update", "partition=main", "state=down")
    try:
        running = patients.start(patients.study.configure(**SHORT), PAGE)
        wait_for(lambda: slurm.jobs("PENDING"), LONGEST, "a job that waits")
        slurm.ask("scancel", *slurm.jobs("PENDING"))
    finally:
        slurm.ask("scontrol", "update", "partition=main", "state=up")
    assert running.wait(LONGEST) == 0, patients.printed()
    assert [job.state for job in patients.asked()] == ["CANCELLED", "COMPLETED"]
    assert same(local.output, patients.study.output)


def test_a_job_that_is_cancelled_while_it_runs_is_tried_again(patients, local, tmp_path):
    run = OnSlurm(patients.study.with_fault(tmp_path, HANGS), patients.slurm)
    running = run.start(run.study.configure(**SHORT), PAGE)
    wait_for((run.study.folder / "hanging").exists, LONGEST, "the screen of P2")
    run.slurm.ask("scancel", *run.slurm.jobs("RUNNING"))
    assert running.wait(LONGEST) == 0, run.printed()
    assert [job.state for job in run.asked()] == ["CANCELLED", "COMPLETED"]
    assert same(local.output, run.study.output)


def test_a_run_whose_snakemake_was_killed_is_taken_up_again(patients, local, tmp_path):
    run = OnSlurm(patients.study.with_fault(tmp_path, HANGS), patients.slurm)
    config = run.study.configure(**SHORT)
    running = run.start(config, PAGE)
    wait_for((run.study.folder / "hanging").exists, LONGEST, "the screen of P2")
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = run.slurm.jobs("RUNNING")
    assert len(left) == 1  # the job that was out does not end with it
    # As docs/clusters.md says: cancel it, unlock, start again.
    run.slurm.ask("scancel", *left)
    code, printed = run.run(config, PAGE)
    assert code == 1
    assert "LockException" in printed
    code, printed = run.run(config, "--unlock")
    assert code == 0, printed
    code, printed = run.run(config, PAGE)
    assert code == 0, printed
    assert same(local.output, run.study.output)
    made = files_below(run.study.output)
    assert not [name for name in made if Path(name).name.startswith((".", "tmp"))]


def test_a_patient_that_fails_each_time_leaves_those_of_other_jobs_done(patients, local, tmp_path):
    fault = """
        import signal
        if sys.argv[1] == "twin" and any("patients/P2." in one for one in sys.argv):
            os.kill(os.getpid(), signal.SIGKILL)
    """
    run = OnSlurm(patients.study.with_fault(tmp_path, fault), patients.slurm)
    pages = ("output/reports/P1.html", PAGE)
    code, printed = run.run(run.study.configure(**SHORT), *pages, "--group-components", "patient=1")
    assert code == 1, printed
    assert printed.count("Trying to restart job") == 2
    assert {Path(name).stem for name in files_below(run.study.output / "reports")} == {"P1"}
    assert same(local.output, run.study.output)

"""What a run that was cut short, or a file that was lost, makes run again."""

from pathlib import Path

import pytest

from tiny_cohort import KEPT, PATIENTS, SAMPLES, files_below
from twinscreen.files import COHORT_PATIENTS, SCREEN, TWIN, read_anndata, read_table

COHORT_JOBS = {"cohort", "similarity", "trial", "cohort_report", "scored", "costs"}
CHAIN = {"twin P2", "screen P2", "report P2"}


def test_an_update_whose_worker_was_killed_is_made_good_by_the_next_run(study, tmp_path):
    row = "P2_T0 P2 ill blood T0 two"
    changed = SAMPLES.replace(row, row.replace("T0 two", "T3 two"))
    undisturbed, other = study.finished(), study.finished()
    undisturbed.run(undisturbed.configure(samples=changed))
    config = other.configure(samples=changed)
    killed = "if sys.argv[1] == 'observe': os.kill(os.getpid(), 9)"  # as for want of memory
    failed = other.with_fault(tmp_path, killed).snakemake(config)
    assert failed.returncode == 1
    assert "3 patients: " in failed.stdout
    assert "0 not scored, 1 failed" in failed.stdout
    assert "failed: P2 (no observation of P2_T0)" in failed.stdout
    assert not (other.output / "observations" / "P2_T0.h5ad").exists()
    assert other.planned(config) == {"observe P2_T0", *CHAIN, *COHORT_JOBS}
    other.run(config)
    for part in KEPT:
        expected = files_below(undisturbed.output / part)
        assert files_below(other.output / part) == expected
        for name in expected:
            file = Path(part, name)
            assert (other.output / file).read_bytes() == (undisturbed.output / file).read_bytes(), (
                file
            )
    assert "Nothing to be done" in other.run(config)


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("knowledge/sources/reactome", {"fetch reactome"}),
        ("knowledge/pathways.parquet", {"pathways"}),
        ("observations/P2_T0.h5ad", {"observe P2_T0"}),
        ("reference/reference.h5ad", {"reference"}),
        ("twins/P2.h5ad", CHAIN),
        ("replicates/P2.h5ad", CHAIN),
        ("screens/P2.ranking.tsv", {"screen P2", "report P2"}),
        ("cohort/percentiles.tsv", {"cohort"}),
        ("cohort/clusters.tsv", {"similarity"}),
    ],
)
def test_a_file_that_was_deleted_is_made_again(study, file, again):
    other = study.finished()
    config = other.configure()
    (other.output / file).unlink()
    assert again <= other.planned(config)


def test_a_screen_that_was_deleted_is_made_again_from_the_twin_and_replicates_there(study):
    other = study.finished()
    (other.output / "screens" / "P2.h5ad").unlink()
    again = {"screen P2", "report P2"} | COHORT_JOBS - {"similarity"}  # which is of twins alone
    assert other.planned(other.configure()) == again


def test_a_fault_of_ours_costs_one_patient_and_not_the_cohort(study, tmp_path):
    other = study.finished()
    fault = """
        import twinscreen.screen.screen, twinscreen.twin.build
        def fail(*_, **__):
            raise ZeroDivisionError("Jane Doe")
        if sys.argv[1] == "twin" and any("patients/P2." in one for one in sys.argv):
            twinscreen.twin.build.compare_with_reference = fail
        if sys.argv[1] == "screen" and "P3.h5ad" in sys.argv[2]:
            twinscreen.screen.screen.gather = fail
    """
    changed = PATIENTS.replace("P2 55", "P2 56").replace("P3 65", "P3 66")
    other.with_fault(tmp_path, fault).run(other.configure(patients=changed))
    told = "a fault of TwinScreen: ZeroDivisionError in twinscreen."
    twins = [read_anndata(other.output / "twins" / f"{p}.h5ad", TWIN) for p in ("P2", "P3")]
    assert twins[0].uns["unscorable"].startswith(f"{told}twin.build")
    assert twins[1].uns["unscorable"] == ""
    for patient in ("P2", "P3"):
        screen = read_anndata(other.output / "screens" / f"{patient}.h5ad", SCREEN)
        assert screen.uns["unscorable"].startswith(told)
        page = (other.output / "reports" / f"{patient}.html").read_text(encoding="utf-8")
        assert "This patient could not be scored" in page
        assert told in page
        assert "Jane Doe" not in page
    patients = read_table(other.output / "cohort" / "patients.parquet", COHORT_PATIENTS)
    assert patients["status"].tolist() == ["scored", "unscorable", "unscorable"]
    log = (other.output / "logs" / "twin" / "P2.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    (other.output / "twins" / "P2.h5ad").unlink()
    assert other.planned(other.configure(patients=changed)) == {*CHAIN, *COHORT_JOBS}

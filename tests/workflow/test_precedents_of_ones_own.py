"""States of one's own and treated patients in the workflow: what depends on them, and what not."""

import pytest

from tiny_cohort import INTERFERON, PATIENTS, SAMPLES, Study
from twinscreen.files import PRECEDENTS, SCREEN, read_anndata

#: P1 was treated between two samples and responded; of P2 and P3 a table says what came after.
TREATED = SAMPLES.replace("cells select\n", "cells select treatment\n").replace(
    "P1_T1.h5ad\n", "P1_T1.h5ad  ruxolitinib\n"
)
RESPONSES = PATIENTS.replace("group\n", "group response\n").replace("45 trial\n", "45 trial yes\n")
OUTCOMES = (
    "state\tdrug\thelped\nP2\ttofacitinib\tno\nP3\truxolitinib\tyes\nflare\tanifrolumab\tyes\n"
)


def configured(study: Study, **changes):
    (study.folder / "flare.gmt").write_text("\t".join(["flare_UP", "na", *INTERFERON]) + "\n")
    section = {"cohort": True, "states": ["flare.gmt"], "outcomes": "outcomes.tsv"} | changes
    return study.configure(
        samples=TREATED,
        patients=RESPONSES,
        precedent=section,
        trial={"responses": "response"},
        screen={"pairs": 0},
    )


def test_treated_patients_are_precedents_of_the_others(study, tmp_path):
    own = study.beside(tmp_path / "own", "knowledge", "observations", "reference")
    (own.folder / "outcomes.tsv").write_text(OUTCOMES)
    config = configured(own)
    screens = {name: f"output/screens/{name}.h5ad" for name in ("P1", "P2", "P3")}
    told = own.run(config, *screens.values())
    assert "precedent: 1 reference state of your own (flare)" in told
    known = read_anndata(own.output / "cohort" / "precedents.h5ad", PRECEDENTS)
    of_cohort = known.obs["origin"] == "cohort"
    assert known.obs_names[of_cohort].tolist() == ["P1", "P2", "P3"]
    assert known.obs.loc["flare", "origin"] == "own"
    outcomes = known.uns["outcomes"].set_index("state")["helped"]
    assert outcomes.loc[["P1", "P2", "P3", "flare"]].tolist() == [True, False, True, True]
    for name, path in screens.items():
        states = read_anndata(own.folder / path, SCREEN).uns["states"].set_index("state")
        left_out = states.loc[states["left_out"] != "", "left_out"]
        assert left_out.to_dict() == {name: name}
        # everybody's monocytes respond to an interferon
        assert states.loc[["P1", "P2", "P3"], "similarity"].drop(name).min() > 0.1
        assert states.loc["flare", "similarity"] > 0.2

    before = own.planned(config)
    assert not {"precedents", "treated_patients", *(f"screen {name}" for name in screens)} & before
    (own.folder / "outcomes.tsv").write_text(OUTCOMES.replace("yes\nflare", "no\nflare"))
    again = own.planned(config) - before
    assert again == {"precedents", "treated_patients", *(f"screen {name}" for name in screens)}


@pytest.mark.parametrize(
    ("changes", "outcomes", "fault"),
    [
        ({}, OUTCOMES + "P9\tiron\tyes\n", "line 5, column state"),
        ({"cohort": False}, OUTCOMES, "line 2, column state"),
        ({"states": ["nowhere.gmt"]}, OUTCOMES, "precedent.states.0"),
    ],
)
def test_a_fault_ends_the_run_before_its_first_job(
    tmp_path, cache_folder, changes, outcomes, fault
):
    study = Study(tmp_path, cache_folder)
    (tmp_path / "outcomes.tsv").write_text(outcomes)
    ran = study.snakemake(configured(study, **changes), "--dry-run")
    assert ran.returncode == 2, ran.stdout
    assert fault in ran.stdout


def test_without_treated_patients_screens_take_the_library_alone(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    assert "treated_patients" not in study.planned(study.configure())

"""What a cohort's files hold, what a change makes run again, and that results repeat."""

import os
import re
import shutil
import zipfile
from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import io, sparse

from tiny_cohort import CONFIG, INTERFERON, PATIENTS, SAMPLES, Study, files_below
from twinscreen.files import (
    COHORT_PATIENTS,
    COHORT_RANKS,
    COHORT_SAMPLES,
    OBSERVATION,
    REFERENCE,
    SCREEN,
    TWIN,
    read_anndata,
    read_table,
)
from twinscreen.observe.cells.order import order_of_cells

PATIENT_IDS = ["P1", "P2", "P3"]
PAGE_JOBS = {"cohort_report", "scored", "costs"}
COHORT_JOBS = {"cohort", "similarity", "trial", *PAGE_JOBS}
FOLDERS = ["observations", "reference", "twins", "replicates", "screens", "reports", "cohort"]


def chain(patient: str) -> set[str]:
    return {f"{rule} {patient}" for rule in ("twin", "screen", "report")}


def ranking(study: Study, patient: str) -> pd.DataFrame:
    return pd.read_csv(study.output / "screens" / f"{patient}.ranking.tsv", sep="\t")


# --- what is there ------------------------------------------------------------------------


def test_every_file_is_there_and_nothing_half_written(study):
    below = {name: files_below(study.output / name) for name in FOLDERS}
    samples = [line.split()[0] for line in SAMPLES.splitlines()[1:]]
    assert below == {
        "observations": sorted(f"{sample}.h5ad" for sample in samples),
        "reference": ["reference.h5ad"],
        "twins": [f"{patient}.h5ad" for patient in PATIENT_IDS],
        "replicates": [f"{patient}.h5ad" for patient in PATIENT_IDS],
        "screens": sorted(f"{p}.{kind}" for p in PATIENT_IDS for kind in ("h5ad", "ranking.tsv")),
        "reports": [
            *(f"{p}.{kind}" for p in PATIENT_IDS for kind in ("graphml", "html", "json")),
            "cohort.html",
        ],
        "cohort": [
            "cluster_numbers.parquet",
            "clusters.parquet",
            "clusters.tsv",
            "nearest.parquet",
            "neighbours.parquet",
            "patients.parquet",
            "patients.tsv",
            "percentiles.tsv",
            "ranks.parquet",
            "samples.parquet",
            "samples.tsv",
            "scored.txt",
            "similarity.parquet",
            "trial.parquet",
            "trial.tsv",
            "trial_drugs.parquet",
            "trial_drugs.tsv",
            "trial_features.parquet",
            "trial_features.tsv",
            "twinscreen_patients_mqc.json",
            "twinscreen_samples_mqc.json",
        ],
    }


def test_the_cohort_knows_the_quality_of_every_sample(study):
    samples = read_table(study.output / "cohort" / "samples.parquet", COHORT_SAMPLES)
    assert set(samples["patient"]) == set(PATIENT_IDS)
    for row in samples.to_dict("records"):
        path = study.output / "observations" / f"{row['sample']}.h5ad"
        observation = read_anndata(path, OBSERVATION)
        assert row["n_cells"] == observation.n_obs
        lost = sum(int(part.split()[-1]) for part in row["left_out"].split(", ") if part)
        assert row["n_cells_found"] - row["n_cells"] == lost


def test_an_observation_holds_its_own_cells_and_proteins_apart(study):
    whole = read_anndata(study.output / "observations" / "P3_T0.h5ad", OBSERVATION)
    assert whole.uns["unscorable"] == ""
    assert whole.n_obs == 70
    assert dict(whole.uns["sample"]) == {
        "sample": "P3_T0",
        "patient": "P3",
        "condition": "ill",
        "tissue": "blood",
        "time": "T0",
        "batch": "two",
    }
    assert whole.obsm["protein"].shape == (70, 6)
    assert not whole.var_names.str.endswith("_protein").any()
    without = read_anndata(study.output / "observations" / "P2_T0.h5ad", OBSERVATION)
    assert "protein" not in without.obsm


def test_the_reference_has_one_row_per_cell_type_and_donor(study):
    reference = read_anndata(study.output / "reference" / "reference.h5ad", REFERENCE)
    assert sorted(reference.obs_names) == sorted(
        f"{kind}|blood|D{donor}" for kind in ("B", "CD14 Mono", "CD4 T") for donor in (1, 2, 3, 4)
    )
    assert len(reference.uns["unused"]) == 0


def test_a_twin_has_a_row_per_compartment_and_says_which_are_compared(study):
    twin = read_anndata(study.output / "twins" / "P1.h5ad", TWIN)
    assert sorted(twin.obs_names) == sorted(
        f"{kind}|blood|{time}" for kind in ("B", "CD14 Mono", "CD4 T") for time in ("T0", "T1")
    )
    assert set(twin.obs_names[twin.obs["latest"]]) == {
        f"{kind}|blood|T1" for kind in ("B", "CD14 Mono", "CD4 T")
    }
    few = read_anndata(study.output / "twins" / "P2.h5ad", TWIN).obs
    assert few["scorable"].to_dict() == {
        "B|blood|T0": False,
        "CD14 Mono|blood|T0": True,
        "CD4 T|blood|T0": True,
    }
    assert few.loc["B|blood|T0", "flags"] == "too_few_cells"


def test_what_persists_is_followed_over_time_and_has_its_pathways(study):
    twin = read_anndata(study.output / "twins" / "P1.h5ad", TWIN)
    course = twin.uns["course"]
    # so many raised genes take a share of the counts: others may look lowered, none raised
    assert set(course.loc[course["sign"] > 0, "gene"]) <= set(INTERFERON)
    assert set(course["cell_type"]) == {"CD14 Mono"}
    assert (course["status"] == "persisting").mean() > 0.5
    overlap = twin.uns["module_overlap"].set_index("cell_type")
    assert overlap.loc["CD14 Mono", "pvalue"] < 0.001
    before, after = twin.obs_names.get_indexer(["CD14 Mono|blood|T0", "CD14 Mono|blood|T1"])
    assert twin.obsp["time"][before, after] == overlap.loc["CD14 Mono", "jaccard"]
    pathways = twin.uns["pathways"].query("compartment == 'CD14 Mono|blood|T1'")
    assert "Interferon alpha/beta signaling" in pathways["pathway"].head(5).tolist()
    single = read_anndata(study.output / "twins" / "P2.h5ad", TWIN)
    assert len(single.uns["course"]) == 0
    assert len(single.uns["pathways"]) > 0


def test_the_first_drugs_have_a_rank_at_each_time_point(study):
    screen = read_anndata(study.output / "screens" / "P1.h5ad", SCREEN)
    course = screen.uns["ranking_course"]
    assert set(course["time"]) == {"T0", "T1"}
    ranked = screen[screen.obs["status"] == "ranked"]
    for time, rows in course.groupby("time"):  # each by itself: Stouffer over its compartments
        parts = ranked[:, ranked.var["time"] == time].layers["score"]
        score = np.nansum(parts, axis=1) / np.sqrt(np.isfinite(parts).sum(axis=1))
        expected = pd.Series(score, index=ranked.obs_names)
        found = rows.set_index("drug_id")["score"]
        assert found.to_numpy() == pytest.approx(expected[found.index], abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("patient", PATIENT_IDS)
def test_the_raised_genes_deviate_where_they_were_raised(study, patient):
    twin = read_anndata(study.output / "twins" / f"{patient}.h5ad", TWIN)
    raised = twin.var_names.isin(INTERFERON)
    monocytes = twin.obs["cell_type"] == "CD14 Mono"
    assert raised.sum() == len(INTERFERON)
    for effect in np.asarray(twin.X)[monocytes]:
        assert np.nanmedian(effect[raised]) > 4
        assert abs(np.nanmedian(effect[~raised])) < 1
    for effect in np.asarray(twin.X)[~monocytes & twin.obs["scorable"].to_numpy(bool)]:
        assert abs(np.nanmedian(effect[raised])) < 1


def test_interferon_is_near_the_module_of_the_raised_genes(study):
    """Its receptors signal to STAT1 and its like; the layer is there whatever ranks the drugs."""
    screen = read_anndata(study.output / "screens" / "P1.h5ad", SCREEN)
    names = screen.obs["name"].astype(str).to_numpy()
    near = screen[:, "CD14 Mono|blood|T1"].layers["proximity"][:, 0]
    assert near[names == "ruxolitinib"][0] < -1
    assert 0.8 < np.isfinite(near).mean() <= 1
    evidence = screen.uns["proximity_evidence"]
    assert set(evidence["drug_id"]) <= set(screen.obs_names[:25])


@pytest.mark.parametrize("patient", PATIENT_IDS)
def test_a_drug_against_the_planted_signal_is_among_the_first(study, patient):
    """Interferon acts through JAK1, JAK2 and TYK2, which ruxolitinib inhibits.

    It was planted in the monocytes alone: there the whole score finds it, and over all cell types,
    of which the others show nothing, the causal evidence does. The genes of the targets themselves
    were left alone, so counteraction speaks at random.
    """
    screen = read_anndata(study.output / "screens" / f"{patient}.h5ad", SCREEN)
    drugs = screen.obs["name"].astype(str).to_numpy()
    monocytes = (screen.var["cell_type"] == "CD14 Mono") & screen.var["latest"]
    within = screen[:, monocytes.to_numpy()].layers["score"][:, 0]
    for figure in (within, screen.obs["causal_z"].to_numpy()):
        percentile = pd.Series(figure, index=drugs).rank(ascending=False, pct=True)
        assert percentile["ruxolitinib"] < 0.05


@pytest.mark.parametrize("patient", PATIENT_IDS)
def test_ranking_and_screen_say_the_same(study, patient):
    screen = read_anndata(study.output / "screens" / f"{patient}.h5ad", SCREEN)
    table = ranking(study, patient)
    assert table["drug_id"].tolist() == screen.obs_names.tolist()
    ranked = table[table["status"] == "ranked"]
    assert len(ranked) > 500
    assert ranked["score"].is_monotonic_decreasing
    expected = screen.obs["score"].rank(ascending=False, method="min")
    assert ranked["rank"].tolist() == expected[ranked["drug_id"]].tolist()
    assert table["rank"].notna().tolist() == (table["status"] == "ranked").tolist()


@pytest.mark.parametrize("patient", PATIENT_IDS)
def test_the_report_names_the_first_drug(study, patient):
    page = (study.output / "reports" / f"{patient}.html").read_text(encoding="utf-8")
    answer = re.search(r'id="answer".*?</section>', page, re.DOTALL)
    assert answer
    assert ranking(study, patient)["drug"].iloc[0].casefold() in answer[0].casefold()


def test_the_cohort_has_every_patient_and_every_ranked_drug(study):
    patients = read_table(study.output / "cohort" / "patients.parquet", COHORT_PATIENTS)
    assert patients["patient"].tolist() == PATIENT_IDS
    assert patients["status"].tolist() == ["scored"] * 3
    assert patients["n_cells"].tolist() == [140, 59, 70]
    ranks = read_table(study.output / "cohort" / "ranks.parquet", COHORT_RANKS)
    for patient in PATIENT_IDS:
        assert (
            patients.set_index("patient")["first_drug"][patient]
            == (ranking(study, patient)["drug"].iloc[0])
        )
        assert (ranks["patient"] == patient).sum() == ranking(study, patient)["rank"].count()
    page = (study.output / "reports" / "cohort.html").read_text(encoding="utf-8")
    for patient in PATIENT_IDS:
        assert f'href="{patient}.html"' in page


def test_files_between_stages_name_no_folder_and_no_date(study):
    """Nothing of the machine or the day is in a result, so it can be shared and compared."""
    for path in [*study.output.glob("[ort]*/*.h5ad"), *study.output.glob("reports/*.html")]:
        assert str(study.folder).encode() not in path.read_bytes(), path
    with h5py.File(study.output / "twins" / "P1.h5ad") as twin:
        inputs = [name.decode() for name in twin["uns/provenance/inputs/file"][:]]
    assert "reference.h5ad" in inputs
    assert not any("/" in name for name in inputs)


# --- what runs again ----------------------------------------------------------------------


def test_a_second_run_does_nothing(study):
    before = {path: path.stat().st_mtime_ns for path in study.output.rglob("*")}
    assert "Nothing to be done" in study.run(study.folder / "study.yaml")
    assert {path: path.stat().st_mtime_ns for path in study.output.rglob("*")} == before


def test_a_cohort_that_is_moved_to_a_deeper_folder_is_up_to_date(study, tmp_path):
    folder = tmp_path / "far" / "down" / "below"
    shutil.copytree(study.folder, folder, copy_function=os.link)
    moved = Study(folder, study.cache)
    assert moved.planned(folder / "study.yaml") == set()


def test_another_batch_of_a_sample_runs_that_patient_again(study):
    row = "P1_T0 P1 ill blood T0 one"
    config = study.configure("batch", samples=SAMPLES.replace(row, row.replace("one", "three")))
    assert study.planned(config) == {"observe P1_T0", *chain("P1"), *COHORT_JOBS}


def test_another_value_in_the_patient_sheet_runs_that_patient_again(study):
    config = study.configure("age", patients=PATIENTS.replace("P2 55", "P2 56"))
    assert study.planned(config) == {*chain("P2"), *COHORT_JOBS}


def test_a_new_time_point_runs_that_patient_again(study):
    config = study.configure("time", samples=SAMPLES + "P2_T1 P2 ill blood T1 two P2_T1.h5ad\n")
    assert study.planned(config) == {"observe P2_T1", *chain("P2"), *COHORT_JOBS}


def test_a_treatment_between_two_samples_runs_that_patient_alone(study):
    """What was given is no property of the cells: the observation stays as it is."""
    head, *rows = SAMPLES.splitlines()
    given = [f"{row}  ruxolitinib" if row.startswith("P1_T1") else row for row in rows]
    samples = [f"{head} treatment", *given]
    config = study.configure("given", samples="\n".join(samples) + "\n")
    assert study.planned(config) == {*chain("P1"), *COHORT_JOBS}


def test_a_new_donor_runs_every_patient_again(study):
    config = study.configure(
        "donor",
        samples=SAMPLES + "D5 D5 healthy blood T0 two D5.h5ad\n",
        patients=PATIENTS + "D5 30 donor\n",
    )
    everyone = set().union(*map(chain, PATIENT_IDS))
    assert study.planned(config) == {"observe D5", "reference", *everyone, *COHORT_JOBS}


@pytest.mark.parametrize(
    "screen",
    [{"preset": "proximity"}, {"weights": {"origin": 0.5}}, {"max_pvalue": 0.05}],
    ids=lambda screen: next(iter(screen)),
)
def test_another_preset_or_weight_screens_again_without_new_twins(study, screen):
    config = study.configure("another", screen=screen)
    again = {f"{rule} {patient}" for rule in ("screen", "report") for patient in PATIENT_IDS}
    assert study.planned(config) == again | COHORT_JOBS - {"similarity"}  # which is of twins alone


def test_the_reference_method_needs_new_twins_since_they_compare_single_cells(study):
    config = study.configure("scdrugprio", screen={"preset": "scdrugprio"})
    everyone = set().union(*map(chain, PATIENT_IDS))
    assert study.planned(config) == {*everyone, *COHORT_JOBS}


def test_not_to_keep_replicates_any_longer_runs_nothing_again(study):
    config = study.configure("dropping", keep_replicates=False)
    assert study.planned(config) == set()


@pytest.mark.parametrize(
    ("changes", "jobs"),
    [
        ({"trial": {"drugs": ["ruxolitinib"]}}, {"trial", *PAGE_JOBS}),
        ({"knowledge": {"ligand_receptor": "cellphonedb"}}, {"ligand_receptor"}),
        ({"twin": {**CONFIG["twin"], "growth_pvalue": 0.02}}, COHORT_JOBS),
        ({"evaluation": {"draws": 200}}, set()),  # no known answers are named
    ],
)
def test_another_option_runs_what_takes_it(study, changes, jobs):
    everyone = set().union(*map(chain, PATIENT_IDS)) if jobs - {"trial", *PAGE_JOBS} else set()
    more = COHORT_JOBS if everyone else set()
    assert study.planned(study.configure("option", **changes)) == jobs | everyone | more


def test_files_of_options_that_were_touched_run_nothing(study):
    for path in (study.output / "settings").rglob("*.json"):
        path.touch()
    assert study.planned(study.folder / "study.yaml") == set()


def test_command_lines_tell_nothing_of_a_patient(study):
    """They can be read by whoever is on the same machine."""
    config = study.configure("told", patients=PATIENTS.replace("P1 45 trial", "P1 45 confided"))
    printed = study.run(config, "--dry-run", "--forceall", "--printshellcmds")
    assert "twinscreen twin" in printed
    told = ("confided", "=45", "donor=D", "visit=T0", "=ill")
    assert [text for text in told if text in printed] == []


# --- other ways to run --------------------------------------------------------------------


def test_one_patient_alone_gives_the_same_bytes_in_another_folder(study, tmp_path):
    """Neither the folder, nor the other patients, nor the order of jobs change a result."""
    other = study.beside(tmp_path / "elsewhere", "knowledge")
    printed = other.run(other.configure(only=["P1"]))
    assert files_below(other.output / "twins") == ["P1.h5ad"]
    reports = [*(f"P1.{kind}" for kind in ("graphml", "html", "json")), "cohort.html"]
    assert files_below(other.output / "reports") == reports
    same = [
        *(f"observations/{name}.h5ad" for name in ("D1", "D4", "P1_T0", "P1_T1")),
        "reference/reference.h5ad",
        "twins/P1.h5ad",
        "replicates/P1.h5ad",
        "screens/P1.h5ad",
        "screens/P1.ranking.tsv",
        "reports/P1.html",
    ]
    changed = [
        name
        for name in same
        if (study.output / name).read_bytes() != (other.output / name).read_bytes()
    ]
    assert changed == []
    ranks = [
        read_table(s.output / "cohort" / "ranks.parquet", COHORT_RANKS) for s in (study, other)
    ]
    pd.testing.assert_frame_equal(
        ranks[0][ranks[0]["patient"] == "P1"].reset_index(drop=True), ranks[1]
    )
    # the console tells of each patient, and of all at the end
    lines = printed.splitlines()
    [of_patient] = [line for line in lines if line.startswith("P1: scored, ")]
    assert of_patient.endswith("; output/reports/P1.html")
    [of_all] = [line for line in lines if line.startswith("1 patient: 1 scored, ")]
    assert of_all.endswith("0 not scored, 0 failed")
    assert "pages: output/reports/cohort.html, output/reports/P1.html ..." in lines


def test_what_each_job_took_is_told_beside_the_results(study):
    table = pd.read_csv(study.output / "benchmarks" / "costs.tsv", sep="\t", dtype={"of": str})
    own = table[table["patient"].notna()].groupby("patient")["stage"].agg(sorted)
    assert own.to_dict() == {
        "P1": ["observe", "observe", "report", "screen", "twin"],
        **{name: ["observe", "report", "screen", "twin"] for name in ("P2", "P3")},
    }
    shared = table[table["patient"].isna()]
    assert (shared["stage"] == "observe").sum() == 4
    assert {"fetch", "genes", "reference", "similarity", "cohort_report"} <= set(shared["stage"])
    assert (table["seconds"] > 0).all()
    page = (study.output / "benchmarks" / "costs.html").read_text(encoding="utf-8")
    assert "P1.html" in page
    assert 'href="../benchmarks/costs.html"' in (
        study.output / "reports" / "cohort.html"
    ).read_text(encoding="utf-8")


def test_the_paired_design_and_the_whole_library(study, tmp_path):
    """Each patient against a control sample of their own; no healthy donors are needed."""
    samples = (
        "sample patient condition time cells\n"
        "P1_before P1 healthy T0 D4.h5ad\nP1_after P1 ill T0 P1_T0.h5ad\n"
    )
    other = study.beside(tmp_path / "paired", "knowledge")
    config = other.configure(
        samples=samples,
        keep_replicates=False,
        twin={"design": "paired"},
        screen={"library": "all"},
    )
    other.run(config, "output/reports/P1.html")
    assert files_below(other.output / "replicates") == []
    assert not (other.output / "reference").exists()
    twin = read_anndata(other.output / "twins" / "P1.h5ad", TWIN)
    assert set(twin.obs["method"]) == {"paired"}
    assert set(twin.obs["n_reference_donors"]) == {1}
    monocytes = np.asarray(twin["CD14 Mono|blood|T0"].X)[0]
    assert np.nanmedian(monocytes[twin.var_names.isin(INTERFERON)]) > 4
    every, approved = ranking(other, "P1"), ranking(study, "P1")
    assert approved["approved"].all()
    assert set(approved["drug_id"]) < set(every["drug_id"])
    assert len(every) > 4 * len(approved)


#: Two healthy donors, two patients, and three people who are one or the other.
FEW = SAMPLES.replace("D3 healthy", "D3 {0}").replace("D4 healthy", "D4 {0}")
FEW += "D5 D5 {0} blood T0 two D5.h5ad\n"


@pytest.mark.parametrize(
    ("condition", "reference", "says"),
    [
        ("ill", {"donors": "patients"}, "other patients of the cohort. What all patients have in"),
        ("public", {"public": "public"}, "2 healthy donors. How much people differ is told by 3"),
    ],
)
def test_two_healthy_donors_from_the_sheet_to_the_page(
    study, tmp_path, twinscreen, monkeypatch, condition, reference, says
):
    """They are too few for a reference: other patients, or donors of another study, stand in."""
    other = study.beside(tmp_path / condition, "knowledge")
    monkeypatch.chdir(other.folder)
    sheets = {"samples": FEW.format(condition), "patients": PATIENTS + "D5 30 donor\n"}
    code, message = twinscreen("check", other.configure("two", **sheets))
    assert code == 2
    assert "at least 3 are needed" in message
    config = other.configure(only=["P1"], reference={"control": "healthy", **reference}, **sheets)
    assert twinscreen("check", config)[0] == 0
    other.run(config)
    twin = read_anndata(other.output / "twins" / "P1.h5ad", TWIN)
    late = twin["CD14 Mono|blood|T1"]
    raised = twin.var_names.isin(INTERFERON)
    found = read_anndata(other.output / "reference" / "reference.h5ad", REFERENCE)
    page = (other.output / "reports" / "P1.html").read_text(encoding="utf-8")
    assert says in page
    if condition == "ill":
        assert set(found.obs["donor"]) == {"D3", "D4", "D5", "P1", "P2", "P3"}
        assert late.obs["n_reference_donors"].item() == 5
        said = page.partition('id="provenance"')[0]  # which lists all parameters
        assert "healthy" not in said.lower()
    else:
        assert set(found.obs.loc[found.obs["base"], "donor"]) == {"D1", "D2"}
        assert late.obs["n_reference_donors"].item() == 2
        assert np.nanmedian(np.asarray(late.X)[0, raised]) > 3
    assert (other.output / "cohort" / "scored.txt").read_text() == "1 of 1 patient scored\n"


def test_the_reference_method_against_the_cells_of_healthy_donors(study, tmp_path):
    other = study.beside(tmp_path / "reference_method", "knowledge")
    config = other.configure(only=["P1"], screen={"preset": "scdrugprio"})
    other.run(config, "output/reports/P1.html")
    twin = read_anndata(other.output / "twins" / "P1.h5ad", TWIN)
    assert "cell_pvalue" not in read_anndata(study.output / "twins" / "P1.h5ad", TWIN).layers
    pvalue = twin["CD14 Mono|blood|T1"].layers["cell_pvalue"][0]
    raised = twin.var_names.isin(INTERFERON)
    assert np.nanmedian(pvalue[raised]) < 1e-6
    assert np.nanmedian(pvalue[~raised]) > 0.01
    inputs = list(twin.uns["provenance"]["inputs"]["file"])
    assert [f"D{donor}.h5ad" for donor in range(1, 5) if f"D{donor}.h5ad" in inputs] == [
        f"D{donor}.h5ad" for donor in range(1, 5)
    ]
    table = ranking(other, "P1")
    assert set(table["preset"]) == {"scdrugprio"}
    screen = read_anndata(other.output / "screens" / "P1.h5ad", SCREEN)
    assert (screen.obs["score"] > 0).sum() == (screen.obs["status"] == "ranked").sum()
    page = (other.output / "reports" / "P1.html").read_text(encoding="utf-8")
    assert "scDrugPrio score" in page


def test_the_group_design_makes_one_twin_of_all_patients(study, tmp_path):
    """Cohort against cohort: no twin of a single patient, no reference, the same stages."""
    other = study.beside(tmp_path / "group", "knowledge")
    config = other.configure(twin={**CONFIG["twin"], "design": "group", "bootstrap_replicates": 20})
    planned = other.planned(config)
    assert {job for job in planned if job.startswith("patient")} == {"patient ill"}
    assert "reference" not in planned
    other.run(config)
    twin = read_anndata(other.output / "twins" / "ill.h5ad", TWIN)
    assert twin.uns["patient"] == {"patient": "ill", "condition": "ill"}
    assert twin.obs["method"].unique().tolist() == ["group"]
    # At T0 three patients stand against four donors; five B cells of P2 are too few, and so is
    # P1, the only one at T1.
    assert twin.obs["scorable"].to_dict() == {
        f"{kind}|blood|{time}": time == "T0" and kind != "B"
        for time in ("T0", "T1")
        for kind in ("B", "CD14 Mono", "CD4 T")
    }
    assert twin.obs.loc["CD14 Mono|blood|T0", ["n_cells", "n_reference_donors"]].tolist() == [90, 4]
    monocytes = np.asarray(twin["CD14 Mono|blood|T0"].X)[0]
    assert np.nanmedian(monocytes[twin.var_names.isin(INTERFERON)]) > 4
    # The genes of its targets were left alone, so the causal evidence has to find it: over both
    # cell types, of which T cells show nothing, and in the monocytes.
    screen = read_anndata(other.output / "screens" / "ill.h5ad", SCREEN)
    planted = screen[:, "CD14 Mono|blood|T0"].layers["causal_z"][:, 0]
    for figure in (screen.obs["causal_z"].to_numpy(), planted):
        percentile = pd.Series(figure, screen.obs["name"]).rank(ascending=False, pct=True)
        assert percentile["ruxolitinib"] < 0.05
    patients = read_table(other.output / "cohort" / "patients.parquet", COHORT_PATIENTS)
    assert patients["patient"].tolist() == ["ill"]
    assert (other.output / "reports" / "ill.html").exists()
    assert "Nothing to be done" in other.run(config)


@pytest.mark.parametrize("patient", PATIENT_IDS)
def test_intervals_hold_the_scores_and_ranks(study, patient):
    screen = read_anndata(study.output / "screens" / f"{patient}.h5ad", SCREEN)
    ranked = screen.obs[screen.obs["status"] == "ranked"]
    assert (ranked["score_low"] <= ranked["score"]).all()
    assert (ranked["score"] <= ranked["score_high"]).all()
    assert ranked["rank_low"].between(1, len(ranked)).all()
    assert (ranked["rank_low"] <= ranked["rank_high"]).all()
    assert screen.obs.loc[screen.obs["status"] != "ranked", "rank_low"].isna().all()
    twin = read_anndata(study.output / "twins" / f"{patient}.h5ad", TWIN)
    monocytes = twin[twin.obs["cell_type"] == "CD14 Mono"]
    raised = monocytes.var_names.isin(INTERFERON)
    support = monocytes.layers["module_support"]
    assert np.nanmedian(support[:, raised]) > 0.7
    assert np.nanmean(support[:, ~raised]) < 0.05
    compared = np.isfinite(monocytes.X)
    assert (monocytes.layers["effect_low"] <= monocytes.layers["effect_high"])[compared].all()


def given_table(twin: ad.AnnData, time: str) -> pd.DataFrame:
    """Write the compartments of a twin as a group writes differential expression of its own."""
    rows = []
    for name, facts in twin.obs[twin.obs["time"] == time].iterrows():
        one = twin[name]
        tested = np.isfinite(one.layers["pvalue"][0])
        rows.append(
            pd.DataFrame(
                {
                    "cell_type": facts["cell_type"],
                    "gene": twin.var_names[tested],
                    "logfc": one.layers["logfc"][0][tested],
                    "pvalue": one.layers["pvalue"][0][tested],
                    "time": time,
                }
            )
        )
    return pd.concat(rows)


def test_patients_with_deviations_computed_elsewhere(study, tmp_path):
    """One with a table alone, one with samples and a table, one where the two clash."""
    other = study.beside(tmp_path / "given", "knowledge", "observations", "reference")
    twin = read_anndata(study.output / "twins" / "P1.h5ad", TWIN)
    given_table(twin, "T1").to_csv(other.folder / "alone.tsv", sep="\t", index=False)
    later = given_table(twin, "T1").assign(time="T5")
    later.to_csv(other.folder / "later.csv", index=False)
    given_table(twin, "T0").to_csv(other.folder / "clash.tsv", sep="\t", index=False)
    (other.folder / "bad.tsv").write_text("gene\tp\nSTAT1\t0.1\n", encoding="utf-8")
    patients = "patient age deviations\n" + "".join(
        f"{line} {table}\n"
        for line, table in (
            *((f"D{n} 40", "") for n in (1, 2, 3, 4)),
            *(("P1 45", "clash.tsv"), ("P2 55", "bad.tsv"), ("P3 65", "later.csv")),
            ("G1 30", "alone.tsv"),
        )
    )
    other.run(other.configure(patients=patients))
    twins = {
        name: read_anndata(other.output / "twins" / f"{name}.h5ad", TWIN)
        for name in ("G1", "P1", "P2", "P3")
    }
    alone = twins["G1"]
    assert alone.uns["unscorable"] == ""
    assert set(alone.obs["method"]) == {"given"}
    assert alone.obs["latest"].all()
    measured = twin[alone.obs_names]
    np.testing.assert_allclose(alone.layers["pvalue"], measured.layers["pvalue"], rtol=1e-5)
    # q is over the genes of the table, which the interactome has; a gene more or less may follow
    modules = [np.asarray(one.layers["module"]) == 1 for one in (alone, measured)]
    assert (modules[0] & modules[1]).sum() > 0.9 * (modules[0] | modules[1]).sum() > 0
    assert ranking(other, "G1").set_index("drug").loc["ruxolitinib", "percentile"] < 0.05
    page = (other.output / "reports" / "G1.html").read_text(encoding="utf-8")
    assert "alone.tsv" not in page
    assert set(twins["P3"].obs["method"]) == {"reference", "given"}
    assert set(twins["P3"].obs.loc[twins["P3"].obs["latest"], "time"]) == {"T5"}
    assert "come of samples too" in twins["P1"].uns["unscorable"]
    [lost] = twins["P2"].uns["not_used"].to_dict("records")
    assert (lost["what"], lost["kind"]) == ("deviations", "unusable")
    assert "found no column cell_type, logfc, pvalue" in lost["reason"]
    assert twins["P2"].uns["unscorable"] == ""


def test_other_formats_and_marker_genes(study, tmp_path):
    """A 10x folder, a table and marker genes instead of a column, through the whole workflow."""
    other = study.beside(tmp_path / "formats", "knowledge")
    cells = ad.read_h5ad(other.folder / "P1_T0.h5ad")
    genes = cells[:, cells.var["feature_types"] == "Gene Expression"]
    genes.to_df().astype(int).to_csv(other.folder / "P1_T0.csv")
    folder = other.folder / "P1_T1"
    folder.mkdir()
    later = ad.read_h5ad(other.folder / "P1_T1.h5ad")
    io.mmwrite(folder / "matrix.mtx", sparse.coo_matrix(later.X.T.astype(int)))
    later.obs_names.to_frame().to_csv(folder / "barcodes.tsv", header=False, index=False)
    features = later.var.reset_index().assign(symbol=later.var_names)
    features[["symbol", "index", "feature_types"]].to_csv(
        folder / "features.tsv", sep="\t", header=False, index=False
    )
    samples = (
        "sample patient condition time cells annotation\n"
        "P1_before P1 healthy T0 D4.h5ad \nP1_T0 P1 ill T0 P1_T0.csv \nP1_T1 P1 ill T1 P1_T1 \n"
    )
    level = (
        pd.DataFrame(np.log1p(genes.to_df())).groupby(cells.obs["cell_type"], observed=True).mean()
    )
    best = (level - level.mean()).drop(columns=INTERFERON, errors="ignore")
    markers = [
        f"{kind}\t{gene}" for kind in best.index for gene in best.loc[kind].nlargest(20).index
    ]
    (other.folder / "markers.tsv").write_text(
        "cell_type\tgene\n" + "\n".join(markers) + "\n", encoding="utf-8"
    )
    config = other.configure(
        samples=samples, twin={"design": "paired"}, observe={"markers": "markers.tsv"}
    )
    other.run(config, "output/twins/P1.h5ad")
    for name, truth in (("P1_T0", cells), ("P1_T1", later)):
        found = read_anndata(other.output / "observations" / f"{name}.h5ad", OBSERVATION)
        assert found.uns["quality"]["cell_types_by"] == "marker genes of 3 types"
        shared = found.var_names.intersection(truth.var_names)
        types = [
            one.obs["cell_type"].to_numpy()[order_of_cells(sparse.csr_array(one.X), shared)]
            for one in (found[:, shared], truth[:, shared])
        ]
        same = types[0] == types[1]
        assert same.mean() > 0.95
    twin = read_anndata(other.output / "twins" / "P1.h5ad", TWIN)
    assert twin.n_obs == 6


def test_the_report_of_snakemake_says_where_links_work_and_has_every_page(study, tmp_path):
    packed = tmp_path / "run.zip"
    study.run(study.folder / "study.yaml", "--report", str(packed))
    with zipfile.ZipFile(packed) as parts:
        names = parts.namelist()
        front = next(name for name in names if name.endswith("report.html"))
        said = parts.read(front).decode()
    pages = {Path(name).name for name in names if "/data/raw/" in name}
    assert {"cohort.html", *(f"{patient}.html" for patient in PATIENT_IDS)} <= pages
    assert "Links from one page to another work among the files of the folder" in said

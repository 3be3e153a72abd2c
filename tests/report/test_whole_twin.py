"""What a patient's page says of time, communication, findings, pathways and intervals."""

import re

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, section

from twinscreen.report.figures.module_layout import graph_of, grow, largest_component, stress_layout

MONO, BCELL = "CD14 monocytes|blood|day 3", "B cells|blood|day 3"
NOTHING = float("nan")


def test_what_persists_and_what_resolved(over_time):
    since = section(over_time.render().read_text(encoding="utf-8"), 'id="course"', 'id="drivers"')
    assert "Of 5 deviations over day 0 and day 3" in since
    assert "2 persist and 2 resolved ; 1 is new." in since
    assert "Persisting (2 genes): ISG15&nbsp;↑ MX1&nbsp;↑" in since
    assert "Resolved (1 gene): CCL2&nbsp;↓&nbsp;×2" in since


def test_the_strip_shows_the_counts_of_the_twin(over_time):
    source = over_time.render().read_text(encoding="utf-8")
    row = re.search(
        r"<tr><th scope=\"row\">CD14 monocytes</th><td class=\"strip\">.*?</tr>", source
    )
    # in the order of the page: persisting, new, returned, reversed, resolved, unknown
    assert re.findall(r'<td class="number">(\d+)</td>', row[0]) == ["2", "0", "0", "0", "1", "0"]
    assert re.findall(r"flex-grow:(\d+)", row[0]) == ["2", "1"]


def test_one_time_point_has_no_course(case):
    since = section(case.render().read_text(encoding="utf-8"), 'id="course"', 'id="drivers"')
    assert "Not known: the patient was measured at one time point (day 3)" in since


def test_what_treatment_did(over_time):
    over_time.screen.uns["treatment_course"] = pd.DataFrame(
        {
            "treatment": ["baricitinib", "water"],
            "drug_id": ["D2", ""],
            "tissue": "blood",
            "earlier": "day 0",
            "later": "day 3",
            "cell_type": "all",
            "n_genes": [9, 0],
            "correlation": [0.31, NOTHING],
            "percentile": [0.04, NOTHING],
            "beyond_recovery": [-0.1, NOTHING],
            "beyond_recovery_percentile": [0.6, NOTHING],
            "n_drugs": [200, 0],
            "note": ["", "not a drug of the library"],
        }
    )
    text = Page(over_time.render()).text
    assert "Between day 0 and day 3 the patient received baricitinib." in text
    assert "to +0.31 (correlation over genes; 1 is full agreement), and 4 % of 200 other" in text
    assert "the agreement is −0.10, and 60 % of the other drugs agree better" in text
    assert "received water; not judged: not a drug of the library." in text


def test_ranks_at_each_time_point(over_time, called):
    over_time.screen.uns["preset"] = "causal"
    over_time.screen.uns["ranking_course"] = pd.DataFrame(
        {
            "drug_id": ["D1", "D1", "D2", "D2"],
            "name": ["ruxolitinib"] * 2 + ["baricitinib"] * 2,
            "time": ["day 0", "day 3"] * 2,
            "score": 1.0,
            "rank": [7.0, 3.0, 7.0, 3.0],
            "n_ranked": 4,
        }
    )
    text = Page(over_time.render()).text
    # The rank is that of the ranking, whatever single cell types add up to at the screened time.
    assert "Ruxolitinib ranks 1–2 of 4 for the screened state (day 3). By the scores of" in text
    assert "it would rank 7 at day 0 and 3 at day 3, of 4." in text
    assert "another figure" not in text  # the causal score is the sum over cell types
    over_time.screen.uns["preset"] = "calibrated"
    text = Page(over_time.render()).text
    assert "not with the ranking, which rests on another figure: each kind of evidence over" in text
    assert "Drug Rank day 0 day 3 ruxolitinib 1–2 7 3" in text


def test_who_drives_whom(talking):
    drivers = section(talking.render().read_text(encoding="utf-8"), 'id="drivers"', 'id="origin"')
    # centralities 0.4, 1.0 and 0.2; platelets have too few cells
    assert "CD4 T cells drives the others most" in drivers
    assert "behind it CD14 monocytes (0.40) and B cells (0.20)" in drivers
    assert "1 ligand–receptor link is cell-type specific or changed, 1 of them" in drivers
    assert "Strongest between two cell types: CD14 monocytes to CD4 T cells (8.5)." in drivers
    assert "CD14 monocytes CD4 T cells CXCL10 → IL10RA/IL10RB 8.5 0.004 +2.0 (q 0.01)" in drivers
    assert (
        "CXCL10 explains most: its targets are over-represented in the modules of 2 of" in drivers
    )
    assert "CXCL10 2 of 3 5 +1.5 CD14 monocytes CD4 T cells and B cells" in drivers


def test_the_heat_map_is_the_twin(talking):
    source = talking.render().read_text(encoding="utf-8")
    heat = re.search(r'<table class="heat">.*?</table>', source, flags=re.DOTALL)[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', heat)
    cells = {name: re.findall(r">([^<]*)</td>", row) for name, row in rows}
    # most central first: T cells, monocytes, B cells
    assert cells == {
        "CD4 T cells": ["·", "·", "·"],
        "CD14 monocytes": ["8.5", "·", "·"],
        "B cells": ["4.2", "·", "·"],
    }
    assert "rgba(11,90,107,0.3)" in heat  # half the weight, half the depth


def test_drivers_that_tell_of_handling_or_sex_are_marked(case):
    names = np.asarray(case.screen.uns["regulators"]).astype(object)
    case.screen.uns["regulators"] = np.where(names == "JAK1", "DDX3Y", names)
    drivers = section(case.render().read_text(encoding="utf-8"), 'id="drivers"', 'id="origin"')
    assert "DDX3Y (sex-linked) looks most over-active" in drivers
    assert "DDX3Y (sex-linked) +" in drivers


def test_no_communication_is_told(case):
    case.twin.obs["communication_centrality"] = NOTHING
    drivers = section(case.render().read_text(encoding="utf-8"), 'id="drivers"', 'id="origin"')
    assert "Not known: no cell type of the latest state has enough cells" in drivers
    assert "No ligand is significantly raised" in drivers


def test_simulated_findings_are_marked_wherever_they_show(with_findings):
    source = with_findings.render().read_text(encoding="utf-8")
    assert "simulated The variants of this patient are simulated" in section(
        source, "<h1", "</header"
    )
    goes_back = section(source, 'id="origin"', 'id="pathways"')
    assert "The only chain simulated : variant in IRF7" in goes_back
    assert "Variants simulated : IRF7 rs1 (heterozygous)" in goes_back
    assert "Genes of diseases : lupus (80 genes known)" in goes_back
    assert "IRF7 (variant) simulated its neighbour STAT1&nbsp;↑ in CD14 monocytes" in goes_back
    assert "simulated Measure the protein of STAT1" in section(source, 'id="next"', "</section>")


def test_missing_findings_are_told(with_findings, case):
    goes_back = section(
        with_findings.render().read_text(encoding="utf-8"), 'id="origin"', 'id="pathways"'
    )
    assert "Missing: the protein." in goes_back
    assert "Not given: symptoms, exposures and medication." in goes_back
    case.twin.uns["findings"] = case.twin.uns["findings"].iloc[:0]
    page = Page(case.render())
    assert "Not known: no variants, symptoms, exposures, medication or diagnosis" in page.text
    assert "are simulated" not in page.text


def test_pathways_of_the_modules(case):
    case.twin.uns["pathways"] = pd.DataFrame(
        {
            "compartment": [MONO, BCELL],
            "pathway": ["Interferon signalling", "Metabolism"],
            "overlap": [4, 2],
            "n_up": [4, 1],
            "module_size": 6,
            "size": [5, 9],
            "pvalue": [0.0001, 0.2],
            "qvalue": [0.001, 0.4],
            "genes": ["ISG15|MX1|IFIT1|STAT1", "CCL2|IRF7"],
            "also": ["Interferon alpha/beta signalling", ""],
        }
    )
    found = section(case.render().read_text(encoding="utf-8"), 'id="pathways"', 'id="measured"')
    assert "1 pathway is over-represented in the modules of CD14 monocytes" in found
    assert "4 of its 5 genes compared, 4 of them higher" in found
    assert "Metabolism" not in found
    case.twin.uns["pathways"]["genes"] = ["HBB|MX1|XIST|STAT1", "CCL2|IRF7"]
    found = section(case.render().read_text(encoding="utf-8"), 'id="pathways"', 'id="measured"')
    assert "HBB (haemoglobin), MX1, XIST (sex-linked) and STAT1" in found
    case.twin.uns["pathways"]["qvalue"] = [0.3, 0.4]
    assert "No pathway is over-represented" in Page(case.render()).text


def test_the_heading_says_how_sure(case):
    page = Page(case.render())
    assert "it stays at rank 1 (score 5.9 to 7.9; 90 % of bootstrap replicates)" in page.text
    case.screen.obs.loc["D1", "rank_high"] = 3.0
    answer = section(Page(case.render()).source, 'id="answer"', "</section>")
    assert "Highest score: ruxolitinib, but its rank is uncertain" in answer
    assert "its rank lies between 1 and 3 of 4, beyond the first 5 %" in answer
    targets = [list(case.twin.var_names).index(gene) for gene in ("JAK1", "JAK2")]
    case.twin.X[:, targets] = np.nan
    answer = section(Page(case.render()).source, 'id="answer"', "</section>")
    assert "but its targets were not measured and its rank is uncertain" in answer
    case.twin.obs["lcc_p"] = [0.2, 0.06, 0.9, NOTHING]
    case.screen.obs.loc["D1", "rank_high"] = 1.0
    answer = section(Page(case.render()).source, 'id="answer"', "</section>")
    assert "but its targets were not measured and no module is beyond chance" in answer


def test_without_bootstrap_replicates_there_is_no_interval(case):
    case.screen.obs[["rank_low", "rank_high", "score_low", "score_high"]] = NOTHING
    page = Page(case.render())
    assert (
        "The twin was not resampled, so neither the rank nor the score has an interval" in page.text
    )
    assert "but its rank is uncertain" not in page.text


def test_where_genes_deviate_and_how_sure(case):
    case.twin.layers["module_support"][1, :6] = [0.9, 0.8, 0.7, 1.0, 0.6, 0.5]
    case.twin.layers["effect_low"][1, 3], case.twin.layers["effect_high"][1, 3] = 2.0, 5.0
    where = section(case.render().read_text(encoding="utf-8"), 'id="deviates"', 'id="module"')
    assert "in 3 of 3 cell types compared, most in" in where
    assert "CD4 T cells : 6 genes of 10, 5 of them higher" in where  # of most cells
    assert "STAT1 +3.0 (+2.0 to +5.0)" in where


def test_a_patient_in_whom_nothing_deviates(case):
    case.twin.layers["qvalue"][:3] = 0.5
    page = Page(case.render())
    assert "Nothing deviates clearly, so no drug is put first" in page.text
    assert "ruxolitinib would rank first of 4 drugs" in page.text
    case.screen.obs["status"] = "no path to transcription"
    case.screen.obs[["score", "rank"]] = NOTHING
    case.screen.uns["evidence"] = case.screen.uns["evidence"].iloc[:0]
    page = Page(case.render())
    assert "No drug was ranked, because nothing deviates." in page.text
    assert "no path to transcription" not in page.text


@pytest.mark.parametrize("preset", ["proximity", "scdrugprio"])
def test_other_presets_ask_for_no_activity(case, preset):
    case.screen.uns["preset"] = preset
    measure = section(Page(case.render()).source, 'id="next"', "</section>")
    assert "Activity of" not in measure
    assert "The effect of ruxolitinib:" in measure


def test_an_unscorable_patient_is_told_what_to_do(unscorable):
    reason = "no usable compartment; s1: found log values, expected counts"
    for stage in (unscorable.twin, unscorable.screen):
        stage.uns["unscorable"], stage.uns["remedies"] = reason, ["give raw.X", "name the column"]
    page = Page(unscorable.render())
    assert "Why: no usable compartment; s1: found log values, expected counts" in page.text
    assert "What to do Give raw.X. Name the column." in page.text


def test_how_cell_types_came_about(case):
    samples = pd.DataFrame(case.twin.uns["samples"])
    samples["cell_types_by"] = ["column cell_type", ""]
    case.twin.uns["samples"] = samples
    text = Page(case.render()).text
    assert "Cell types: column cell_type." in text
    assert "Doublets: it is not recorded." in text


def test_what_was_lost_of_a_sample_is_on_the_page(case):
    samples = pd.DataFrame(case.twin.uns["samples"])
    samples["lost"] = ["3 of 9 features, with 7.0% of the counts, mean no human gene: A, B", ""]
    case.twin.uns["samples"] = samples
    text = Page(case.render()).text
    assert f"Not used of {samples['sample'][0]}: 3 of 9 features, with 7.0% of the counts" in text
    assert text.count("Not used of") == 1


def test_one_donor_is_one_donor(case):
    case.twin.obs["n_reference_donors"] = 1
    case.twin.obs["flags"] = ["few_donors", "", "", ""]
    text = Page(case.render()).text
    assert "each compared with 1 healthy donor." in text
    assert "1 of 3 cell types is compared with only 1 healthy donor (CD14 monocytes)." in text


def test_the_drawn_part_is_the_largest_component():
    edges = pd.DataFrame([("a", "b"), ("b", "c"), ("d", "e"), ("c", "c")])
    edges.columns = ["source", "target"]
    graph = largest_component(graph_of(list("abcdef"), edges))
    assert graph.names == ("a", "b", "c")
    assert graph.pairs.tolist() == [[0, 1], [1, 2]]
    # b is the most important, then a; c comes too late
    assert grow(graph, np.array([2.0, 3.0, 1.0]), 2).names == ("a", "b")


def test_the_layout_keeps_the_distances_of_a_path():
    edges = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
    places = stress_layout(graph_of(list("abcd"), edges), steps=2000)
    gap = np.linalg.norm(places[:, None] - places[None, :], axis=2)
    assert np.allclose(gap, np.abs(np.subtract.outer(range(4), range(4))), atol=0.02)


def test_a_cell_type_that_healthy_donors_lack_is_named_and_described(case):
    columns = ["compartment", "n_cells", "share", "gene", "detected", "elsewhere", "logfc"]
    case.twin.uns["lacking"] = pd.DataFrame(
        [
            ("Platelets|blood|day 3", 400, 0.28, "PPBP", 0.9, 0.02, 5.0),
            ("Platelets|blood|day 3", 400, 0.28, "PF4", 0.8, 0.01, 4.0),
        ],
        columns=columns,
    )
    assert (
        "Platelets is a cell type that too few healthy donors have to compare it with (400 cells,"
        " 28 % of the patient's): no drug is scored on it. What sets it apart from the patient's"
        " other cells: PPBP (in 90 % of them, and 2.0 % of the others) and PF4"
    ) in Page(case.render()).text


def test_genes_that_may_deviate_for_other_reasons_are_marked_wherever_they_stand(called):
    names = ["HBB", "MX1", "FOS", *called.twin.var_names[3:]]
    called.twin.var_names = names
    for table in ("evidence", "paths"):
        rows = called.screen.uns[table]
        for name in rows.columns.intersection(["genes", "gene", "path"]):
            rows[name] = rows[name].str.replace("ISG15", "HBB")
    page = Page(called.render())
    why = (
        "HBB (haemoglobin: of red cells or their ambient RNA, which depends on how blood was"
        " prepared)"
    )
    said = f"May deviate for other reasons than the disease: {why}"
    deviates = section(page.source, 'id="deviates"', "</details>")
    assert f"{said}; FOS (dissociation: turned on within minutes" in deviates
    assert "HBB (haemoglobin) +8.0" in deviates
    assert said in section(page.source, 'id="paths"', "</figure>")
    assert "It shows most clearly in HBB (haemoglobin) ↑" in page.text

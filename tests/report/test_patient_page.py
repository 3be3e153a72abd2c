"""What a patient's page says."""

import re

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, section

from twinscreen.files import InputError
from verbs import run_verb


def module_figure(source):
    return section(source[source.index('id="module"') :], "<figure>", "</figure>")


def test_first_paragraph_names_the_drug_why_and_how_sure(case):
    page = Page(case.render())
    answer = section(page.source, 'id="answer"', "</section>")
    assert "Highest score: ruxolitinib" in answer
    assert "first of 4 drugs, with a causal score of" in answer
    assert page.facts["score"] == "6.9"
    assert "inhibits JAK1, which looks over-active in 2 of 3 cell types" in answer
    assert "looks over-active in 2 of 3 cell types and JAK2 (1 of 3)." in answer
    assert "time point day 3, blood; 3 cell types" in answer
    assert "5 to 8 healthy donors" in answer
    assert "This preset makes no calls" in answer
    assert page.text.count("This score has no null model") == 1


def test_genes_that_carry_the_evidence_have_arrows(case):
    source = case.render().read_text(encoding="utf-8")
    assert '<span class="up">ISG15&nbsp;↑</span>' in source
    assert '<span class="down">CCL2&nbsp;↓</span>' in source


def test_order_of_the_page(case):
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", case.render().read_text(encoding="utf-8"))
    assert headings == [
        "Highest score: ruxolitinib",
        "Why ruxolitinib comes first",
        "Safety of ruxolitinib and of drugs with the same targets",
        "The first drugs",
        "Two drugs together",
        "What deviates, and where",
        "Which known states this patient's cells resemble",
        "Since when",
        "What drives it",
        "Link to the patient's own variants and symptoms",
        "Pathways",
        "What was measured",
        "What was not known",
        "What the numbers mean",
        "What it was computed from",
    ]


def test_drugs_with_the_same_targets_share_a_row(case):
    page = Page(case.render())
    drugs = section(page.source, 'id="drugs"', 'id="deviates"')
    assert "1–2 (1 in all replicates) ruxolitinib same targets: baricitinib (approved)" in drugs
    assert "Evidence for baricitinib" not in drugs
    assert page.text.count("cannot tell it from 1 drug with the same targets: baricitinib") == 1


def test_what_speaks_against_the_first_drug(case):
    case.screen.uns["evidence"].loc[1, ["z", "contribution"]] = [-2.5, -1.8]
    case.screen.obs.loc["D1", ["n_targets", "approved"]] = [3, False]
    against = section(Page(case.render()).source, 'id="against"', "</section>")
    assert "also inhibits JAK2, whose activity points the other way (z −2.5)" in against
    assert "lowers the causal score by 1.8" in against
    assert "below 0 in 1 of 3 cell types: B cells (−0.5)" in against
    assert "1 of its 3 targets with a known action has no path" in against
    assert "not an approved medicine" in against
    assert "no better connected than random genes: B cells" in against


def test_targets_whose_genes_were_not_measured_are_told(case):
    case.twin.X[:, list(case.twin.var_names).index("JAK2")] = np.nan
    page = Page(case.render())
    assert "1 of its 2 targets is not among the genes measured" in page.text
    assert "Presence of JAK2, as transcript or protein" in page.text


def test_cell_types_in_which_nothing_deviates_are_told(case):
    case.twin.layers["qvalue"][2] = 0.5
    page = Page(case.render())
    assert "In 1 of 3 cell types no gene deviates with q < 0.05" in page.text
    assert "faint differences there: B cells." in page.text


def test_condition_of_the_samples_stands_in(case):
    del case.twin.uns["patient"]["condition"]
    assert "Condition case Samples" in Page(case.render()).text


def test_proximity_stands_with_the_evidence_and_has_no_direction(case):
    place = list(case.screen.obs_names).index("D1"), 1
    for name, value in [("proximity", -2.1), ("proximity_p", 0.012), ("proximity_q", 0.31)]:
        case.screen.layers[name][place] = value
    text = Page(case.render()).text
    line = "Proximity, which has no direction: nearest in CD4 T cells (z −2.1, p 0.012, q 0.31): "
    assert line + "JAK2 in the module; JAK1 1 step away." in text


def test_the_preset_says_what_ranks_the_drugs(case):
    case.screen.uns["preset"] = "proximity"
    page = Page(case.render())
    answer = section(page.source, 'id="answer"', "</section>")
    assert "with a proximity score of 6.9" in answer
    assert "It is nearest in CD4 T cells (z −1.0, p 0.2, q 0.6): JAK2 in the module" in answer
    assert "Proximity has no direction: a drug that makes the state worse" in answer
    assert "Not in this score, but along signed paths: it inhibits JAK1" in answer
    assert "Causal score" not in page.text


def test_the_reference_method_names_where_a_drug_is_a_candidate(case):
    case.screen.uns["preset"] = "scdrugprio"
    answer = section(Page(case.render()).source, 'id="answer"', "</section>")
    assert "with a scDrugPrio score of 6.9" in answer
    assert "It is a candidate in CD14 monocytes and CD4 T cells." in answer


def test_what_to_measure_next(case):
    measure = section(Page(case.render()).source, 'id="next"', "</section>")
    assert "Activity of JAK1 and JAK2 in CD14 monocytes" in measure
    assert "Protein of JAK1 and JAK2: only the transcript was measured" in measure
    assert "Activity of NR3C1, to tell ruxolitinib from old-steroid" in measure
    assert "Platelets (4)" in measure


def test_measured_surface_protein_of_a_target_is_told(case):
    case.twin.layers["protein"][0, list(case.twin.var_names).index("JAK1")] = -3.2
    measure = section(Page(case.render()).source, 'id="next"', "</section>")
    assert "Surface protein already measured: JAK1 (strongest deviation −3.2)" in measure


def test_over_active_proteins(case):
    drivers = section(Page(case.render()).source, 'id="drivers"', 'id="origin"')
    # mean of 6, 4, -1 is 3.0; above 2 in two of three
    assert "JAK1 +3.0 2 of 3 CD14 monocytes +6.0 ruxolitinib" in drivers
    assert "TYK2" not in drivers
    # under-active: mean of -1.5, -1, 0.1 is -0.8; nowhere below -2
    assert "NR3C1 −0.8 0 of 3 CD14 monocytes −1.5 old-steroid" in drivers


def test_proteins_with_the_same_activity_everywhere_share_a_row(case):
    case.screen.varm["regulators"][:, 1] = case.screen.varm["regulators"][:, 0]
    drivers = section(Page(case.render()).source, 'id="drivers"', 'id="origin"')
    assert "JAK1 and JAK2 +3.0" in drivers


def test_only_screened_compartments_count(case):
    case.screen.var["weight"] = [1.0, 0.0, 0.0]
    answer = section(Page(case.render()).source, 'id="answer"', "</section>")
    assert "over-active in 1 of 1 cell type" in answer


def test_module_is_drawn_with_its_targets(case):
    page = Page(case.render())
    figure = module_figure(page.source)
    for name in ("STAT1", "IRF7", "CCL2", "JAK1", "JAK2"):
        assert name in figure
    assert "CD8A" not in figure
    assert "5 of the drawn genes are higher" in figure
    assert "and 1 lower" in figure
    assert "the most central are STAT1, IRF7" in figure
    assert "JAK1 and JAK2 are not in the module" in figure
    labelled = [values["aria-labelledby"] for tag, values in page.elements if tag == "svg"]
    assert "network-says" in labelled
    assert set(labelled) <= set(page.attributes("id"))


def test_largest_part_alone_is_drawn_and_no_more_than_sixty_genes(case):
    # a star of 99 genes around HUB, and a pair apart from it
    genes = ["HUB", *(f"G{i:02}" for i in range(98)), "LONE1", "LONE2"]
    wide = case.twin[:, :0].copy()
    twin = type(wide)(
        np.full((4, len(genes)), 3.0, dtype=np.float32),
        obs=wide.obs,
        var=pd.DataFrame({"degree": 1, **dict.fromkeys(wide.var, np.nan)}, index=genes),
        uns=wide.uns,
        layers={name: np.full((4, len(genes)), np.nan) for name in wide.layers},
        obsp=wide.obsp,
    )
    twin.layers["module"][:3] = 1
    case.twin = twin
    case.edges = [("HUB", gene) for gene in genes[1:99]] + [("LONE1", "LONE2")]
    figure = module_figure(case.render().read_text(encoding="utf-8"))
    assert "The figure shows the 60 most central and most deviating of 99 connected genes" in figure
    assert "HUB" in figure
    assert "LONE1" not in figure


def test_module_without_connections_is_not_drawn(case):
    case.edges = [("JAK1", "JAK2")]
    page = Page(case.render())
    assert 'class="network"' not in page.source
    assert "No module is drawn" in page.text


def test_quality_and_reasons(case):
    page = Page(case.render())
    assert "no: found no cells" in page.text
    assert "3 of 4 cell types could be compared; not compared: Platelets" in page.text
    assert "too few cells" in page.text
    assert "1 drug not ranked: unknown action" in page.text
    told = "Sample s2 could not be used: found no cells (remedy: sequence more)."
    assert page.text.count(told) == 1
    assert "Side effects and doses were not considered" in page.text


def test_missing_is_a_dash_never_nan_or_zero(case):
    page = Page(case.render())
    assert not re.search(r"\b(nan|NaN|None|NaT)\b", page.text)
    rows = re.findall(r"<tr>.*?</tr>", page.source, flags=re.DOTALL)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", next(row for row in rows if ">s2<" in row))
    assert cells[3:7] == ["–", "–", "–", "–"]
    lost = next(row for row in rows if "Platelets" in row)
    cells = re.findall(r'<td class="number">(.*?)</td>', lost)
    assert cells == ["4", "1", "–", "–", "–", "–", "–", "–"]


def test_provenance_is_complete(case):
    page = Page(case.render())
    assert "TwinScreen 9.9.9" in page.text
    assert "ab" * 32 in page.text
    for word in ("reference.h5ad", "influence.h5ad", "interactome.parquet", "seed", "limit"):
        assert word in page.text


def test_limits_are_those_that_were_used(case):
    limits = {"max_qvalue": 0.1, "min_fold_change": 2.0, "max_genes": 300}
    case.twin.uns["settings"] |= limits
    assert "q < 0.1 and at least 2.0 times up or down, at most 300." in Page(case.render()).text


def test_unscorable_patient(unscorable):
    page = Page(unscorable.render())
    assert "This patient could not be scored" in page.text
    assert "found 4 cells, expected at least 50" in page.text
    assert "What to do" in page.text
    assert "found no cells" in page.text
    assert "reference.h5ad" in page.text
    assert "Highest score" not in page.text


def test_no_drug_opposes(case):
    case.screen.obs["score"] = -case.screen.obs["score"].abs()
    page = Page(case.render())
    assert "No drug opposes this patient's state" in page.text
    assert "Highest score:" not in page.text


def test_no_drug_ranked(case):
    case.screen.obs["status"] = "no path to transcription"
    case.screen.obs[["score", "rank"]] = np.nan
    case.screen.uns["evidence"] = case.screen.uns["evidence"].iloc[:0]
    page = Page(case.render())
    assert "No drug could be ranked" in page.text
    assert "6 drugs not ranked: no path to transcription" in page.text


def test_several_times_and_tissues_are_named(case):
    case.twin.obs["time"] = ["day 3", "day 3", "day 0", "day 0"]
    case.twin.obs["latest"] = [True, True, False, False]
    case.twin.obs_names = [
        f"{row.cell_type}|blood|{row.time}" for row in case.twin.obs.itertuples()
    ]
    case.screen = case.screen[:, :2].copy()
    page = Page(case.render())
    assert "over-active in 2 of 2 cell types" in page.text
    assert "3 of 4 compartments could be compared" in page.text
    assert "CD14 monocytes (day 3)" in page.text
    assert "earlier time point" in page.text


def test_everything_is_escaped(case):
    evil = "<script>alert(1)</script>"
    case.screen.obs.loc["D1", "name"] = evil
    case.twin.uns["patient"]["condition"] = '"><img src=x>'
    case.twin.uns["not_used"]["reason"] = evil
    page = Page(case.render())
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "form"}
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert evil in page.text


def test_names_beyond_ascii(case):
    page = Page(case.render())
    assert "IFN-α2" in page.text
    assert "JAK1/JAK2 complex" in page.text


def test_the_page_of_files_says_what_the_page_in_memory_says(case):
    memory, files = Page(case.render("memory.html")), Page(case.render_files("files.html"))
    cut = "What it was computed from"
    assert memory.text.rpartition(cut)[0] == files.text.rpartition(cut)[0]


def test_same_input_same_bytes(case):
    first = case.render("one.html").read_bytes()
    assert first == case.render("two.html").read_bytes()
    assert b"\r" not in first


def test_nothing_is_loaded_from_outside(case, unscorable):
    for page in (Page(case.render("a.html")), Page(unscorable.render("b.html"))):
        assert all(link.startswith(("#", "data:")) for link in page.loaded), page.loaded
        links = page.attributes("href")
        assert "default-src 'none'" in (page.attributes("content")[0])
        identifiers = page.attributes("id")
        assert len(identifiers) == len(set(identifiers))
        assert all(link[1:] in identifiers for link in links if link.startswith("#"))
        assert page.open == []


def test_the_screen_of_another_patient_is_refused(case):
    case.screen.uns["patient"] = {"patient": "P2", "condition": "lupus"}
    with pytest.raises(InputError, match=r"the screen of P2\n.*the screen of P1"):
        case.render_files("never.html")
    assert not (case.folder / "never.html").exists()


def test_another_shape_of_file_is_refused(case):
    case.render_files()
    with pytest.raises(InputError, match="a screen"):
        run_verb(
            *("report", case.folder / "twin.h5ad", case.folder / "twin.h5ad"),
            *("--interactome", case.folder / "interactome.parquet"),
            *("--output", case.folder / "never.html"),
        )
    assert not (case.folder / "never.html").exists()

"""What the page of a patient says of the call, the evidence, safety, and pairs."""

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, answer, section

from twinscreen.files.contracts.patient import BATCH
from twinscreen.files.contracts.screen import SUPPORTS, HeldBack
from twinscreen.files.contracts.screen_tables import REACTIONS
from twinscreen.files.contracts.twin import PatientFlag
from twinscreen.inputs.prospects import CALLING
from twinscreen.report import words
from twinscreen.report.patient.answer.call import call_in_words
from twinscreen.report.patient.answer.certainty import how_to_read_z
from twinscreen.report.patient.drugs.kinds import kinds_of
from twinscreen.report.patient.drugs.pairs import pairs_of
from twinscreen.report.patient.drugs.wording import WORDINGS
from twinscreen.report.patient.safety.section import safety
from twinscreen.report.standard import standard_of
from twinscreen.screen.evidence.registry import OURS
from twinscreen.screen.rank.presets import PRESETS


def test_a_call_says_what_how_much_where_and_against_what(called):
    page = Page(called.render())
    said = answer(page)
    assert said.startswith('id="answer">Call: JAK1/2 inhibitor Ruxolitinib (approved)')
    shown = {"benefit": "6.9 %", "rank": "1–2", "pvalue": "0.002", "fit_pvalue": "0.004"}
    assert page.facts.items() >= shown.items()
    assert called.call.made
    assert called.call.null == "healthy donors analysed as patients"
    assert (called.call.n_null, called.call.max_pvalue, called.call.why) == (14, 0.01, ())
    assert called.first.outlook.interval == "5.9 to 7.9 %"
    assert called.first.rank_interval == "1 in all replicates"
    assert "Next, measure : activity of JAK1 and JAK2 in CD14 monocytes." in said
    assert "tied with baricitinib" in said
    assert said.count("baricitinib") == 1
    assert "do not act on it" not in page.text.lower()


def test_more_deviation_is_said_to_be_more(called):
    called.screen.obs.loc["D1", ["benefit", "benefit_low", "benefit_high"]] = [-0.2, -0.25, -0.1]
    page = Page(called.render())
    assert called.first.outlook.effect == "20 % more deviation"
    assert (
        page.text.count("20 % more deviation from healthy") == 2
    )  # how to read it; what is against


def test_no_benefit_to_speak_of_is_shown_without_an_interval_of_zeros(called):
    figures = ["benefit", "benefit_low", "benefit_high"]
    called.screen.obs.loc["D1", figures] = [0.0003, 0.0001, 0.0004]
    text = Page(called.render()).text
    assert "< 0.1 %" in text
    assert "0.0 % (0.0 to 0.0)" not in text


def test_benefit_that_is_not_known_is_no_number(called):
    called.screen.obs.loc["D1", ["benefit", "benefit_low", "benefit_high"]] = np.nan
    assert Page(called.render()).facts["benefit"] == "–"
    assert called.first.outlook.effect == "not known what it would change"


def test_without_a_call_nothing_is_recommended(uncalled):
    page = Page(uncalled.render())
    said = answer(page)
    assert said.startswith('id="answer">No call No drug is recommended.')
    (why,) = uncalled.call.why
    assert "the best drugs of healthy donors analysed as patients score about as high" in why
    assert "(p = 0.23, 14 null replicates; a call needs p < 0.01)" in why
    assert why in page.text
    assert uncalled.call.as_healthy
    assert uncalled.call.deviation in page.text
    assert page.source.count('<p class="caution">') == 3  # why, drugs, pairs
    assert "Call: " not in page.text
    assert not {"pvalue", "benefit"} & page.facts.keys()
    assert page.source.index('id="next"') < page.source.index('id="against"')


def test_without_a_call_a_sample_of_the_active_disease_is_asked_for(uncalled):
    asked = section(Page(uncalled.render()).source, 'id="next"', "</section>")
    assert "A sample taken while the disease is active" in asked
    assert "Platelets (4)" in asked
    assert "Further findings of the patient (variants" in asked


def test_without_a_call_few_donors_are_named_and_earlier_times_do_not_count(uncalled):
    uncalled.twin.obs.loc[uncalled.twin.obs_names[:2], "flags"] = "all_batches"
    uncalled.twin.obs["latest"] = [True, False, True, True]
    asked = section(Page(uncalled.render()).source, 'id="next"', "</section>")
    assert "More healthy donors of the patient&#39;s own batch, for 1 of 2 cell types" in asked


def test_a_state_that_no_drug_opposes_is_told_from_a_healthy_one(uncalled):
    uncalled.screen.uns["spread"]["patient"] = 1.5
    page = Page(uncalled.render())
    assert not uncalled.call.as_healthy
    assert "deviates more than healthy donors analysed as patients" in uncalled.call.deviation
    assert "Something deviates, but no drug clearly opposes it." in answer(page)
    assert "while the disease is active" not in page.text


def test_without_null_replicates_there_is_nothing_to_compare_a_drug_with(uncalled):
    uncalled.screen.uns["call"] |= {"pvalue": np.nan, "n_null": 1}
    uncalled.screen.uns["spread"] = {"patient": 1.0, "null": np.array([1.0])}
    page = Page(uncalled.render())
    assert "1 null replicate, where at least 3 are needed" in uncalled.call.why[0]
    assert uncalled.call.why[0] in page.text
    assert "More healthy donors, or control cells" in page.text
    assert uncalled.call.deviation == ""


def test_a_deviation_that_no_drug_fits_is_told_from_one_like_the_null_replicates(uncalled):
    uncalled.screen.uns["call"] |= {"pvalue": 0.0001, "fit_pvalue": 0.3}
    (why,) = uncalled.call.why
    assert "the patient deviates more than healthy donors analysed as patients" in why
    assert "it fits no better than the best of 4 drugs would by chance (p = 0.3;" in why
    assert "null replicate" not in why
    assert why in Page(uncalled.render()).text


def test_nothing_that_deviates_is_said_with_no_call(uncalled):
    uncalled.twin.layers["qvalue"][:] = 0.5
    _, second = uncalled.call.why
    assert "No gene deviates with q < 0.05" in second
    assert second in Page(uncalled.render()).text


def test_bare_presets_make_no_calls(case):
    for preset in ("causal", "origin", "proximity", "scdrugprio"):
        case.screen.uns["preset"] = preset
        page = Page(case.render())
        assert (case.call.makes, case.call.made) == (False, False)
        assert "This preset makes no calls" in answer(page)
        assert 'class="caution"' not in page.source


def test_every_preset_has_words_and_says_whether_it_calls(case):
    assert WORDINGS.keys() == PRESETS.keys()
    makes = {name for name, wording in WORDINGS.items() if wording.calls}
    assert makes == {"calibrated", "weighted"} == set(CALLING)
    for name, wording in WORDINGS.items():
        call = call_in_words(
            case.screen,
            wording,
            "x",
            4,
            standard=standard_of(case.twin.uns["settings"]),
            nothing_deviates=False,
        )
        assert call.makes == (name in makes)
        assert not call.made


def test_kinds_that_are_not_in_the_score_are_told_apart(called):
    z = {"causal": 4.1, "counteraction": 0.1, "proximity": 3.0, "origin": 2.0, "centrality": 1.7}
    for kind, value in z.items():
        called.screen.obs[f"{kind}_z"] = value
    outlook = called.first.outlook
    assert outlook.supports == ("causal 4.1", "origin 2.0")
    assert outlook.others == ("proximity 3.0", "centrality 1.7")
    text = Page(called.render()).text
    assert outlook.support_in_words(scored=True) in text
    assert "Not in the score: proximity 3.0 and centrality 1.7." in text  # in the table of drugs
    for kind in ("causal", "origin", "centrality"):
        called.screen.obs[f"{kind}_z"] = 0.0
    said = called.first.outlook.support_in_words(scored=True)
    assert "No kind of evidence in the score supports it by itself. Supported outside" in said


def test_the_page_says_what_z_chance_gives_and_which_kinds_are_ranks(called):
    kinds = kinds_of(called.screen, "D1")
    assert [kind.name for kind in kinds if kind.relative] == ["centrality", "communication"]
    assert how_to_read_z(kinds).endswith(
        "A z above 1.64 happens by chance for 1 drug in 20. Centrality and communication are only"
        " ranks among drugs: 1 in 20 exceeds 1.64 in every patient."
    )
    assert how_to_read_z(kinds) in Page(called.render()).text
    # As it is shown, with two digits, a z is above 1.64 just where it counts as support.
    assert words.signed(SUPPORTS, 2) == "+1.65"
    assert words.signed(SUPPORTS - 0.0001, 2) == "+1.64"


def test_kinds_of_evidence_are_those_of_the_screen(called):
    assert [kind.name for kind in kinds_of(called.screen, "D1")] == [kind.name for kind in OURS]


def test_each_kind_says_what_it_means_and_against_what_it_was_held(called):
    kinds = {kind.name: kind for kind in kinds_of(called.screen, "D1")}
    assert [kind.weight > 0 for kind in kinds.values()] == [one.weight > 0 for one in OURS]
    assert "back towards the reference" in kinds["causal"].meaning
    assert kinds["causal"].compared_with.startswith("networks with the signalling rewired and ")
    assert "already deviate in the direction in which it pushes" in kinds["counteraction"].meaning
    assert kinds["counteraction"].compared_with.endswith("of like degree and the other drugs")
    assert "no nearer to the modules" in kinds["proximity"].meaning
    assert "No link between cell types" in kinds["communication"].meaning
    # bars: half of the width is the greatest |z|, here 4.1
    assert kinds["causal"].width == 50
    assert kinds["counteraction"].width == pytest.approx(50 * 2.2 / 4.1)
    assert (kinds["causal"].side, kinds["counteraction"].side) == ("for", "against")
    why = section(Page(called.render()).source, 'id="why"', 'id="safety"')
    assert "Causal +4.10 Along signed paths" in why
    assert "Communication – No link between cell types on which it acts has changed. " in why


def test_kinds_that_speak_against_a_drug_are_told(called):
    against = section(Page(called.render()).source, 'id="against"', "</section>")
    assert "in the direction in which it pushes (counteraction, z −2.2)." in against


def test_paths_are_drawn_with_the_sources_of_their_edges(called):
    page = Page(called.render())
    why = section(page.source, 'id="why"', 'id="safety"')
    assert "What to see: ruxolitinib inhibits JAK1 and JAK2" in why
    assert "JAK1 activates STAT1 SIGNOR and KEGG 2" in why
    assert "IRF7 activates MX1 DoRothEA 3" in why
    assert "STAT1 activates IRF7 KEGG none: doubtful" in why
    ids = page.attributes("id")
    assert {"paths1-says", "paths2-says"} <= set(ids)  # the second entry is the steroid
    assert "How old-steroid reaches the genes" in why


def test_layers_say_for_against_and_neither(called):
    why = section(Page(called.render()).source, 'id="why"', 'id="safety"')
    assert "Transcript for it JAK1 is raised, effect 2.5 (CD14 monocytes)" in why
    assert "Surface protein against it JAK2 is lowered, z -3.0 (CD14 monocytes)" in why
    assert "Relevance no direction JAK1 is 3.5 times as relevant (CD14 monocytes)" in why


def test_concerns_have_severity_penalty_and_a_mark_if_simulated(warned):
    page = Page(warned.render())
    assert (page.facts["safety"], page.facts["adjusted_rank"]) == ("2 concerns", "2")
    assert "boxed warning: infections" in answer(page)
    told = section(page.source, 'id="safety"', 'id="drugs"')
    assert "Of drugs with these targets, baricitinib has least against them" in told
    caution = "With caution : boxed warning, interaction and not all was checked"
    assert (
        f"ruxolitinib {caution} 1–2 2 Boxed warning: infections Serious infections (penalty 0.20"
        in told
    )
    assert "Interaction: dexamethasone 6 mg (moderate) simulated it is slowed down" in told
    unknown = (
        "contraindications by what the patient has, interactions with what the patient takes and"
        " genotypes that bear on it."
    )
    assert (
        "list) Not assessed: contraindications by what the patient has and genotypes that bear on"
        " it. CYP3A4 baricitinib With caution : not all was checked 1–2 1 Checked, and nothing"
        f" found: boxed warnings (own list). Not assessed: {unknown} –" in told
    )
    assert "simulated marks what rests on simulated findings" in told
    against = section(page.source, 'id="against"', "</section>")
    assert "Interaction: dexamethasone 6 mg (moderate) simulated" in against
    assert "genotype of CYP3A4" in section(page.source, 'id="next"', "</section>")
    assert "with concerns 2" in section(page.source, 'id="drugs"', 'id="pairs"')


def test_adverse_reactions_are_listed_at_the_drug_and_said_to_change_no_rank(warned):
    page = section(Page(warned.render()).source, 'id="safety"', 'id="drugs"')
    assert "Adverse reactions of" not in page
    assert "Doses and side effects were not considered." in page
    rows = [("D1", "Anaemia", "", "SIDER 4.1"), ("D1", "Cough", "reported 9 times", "openFDA")]
    warned.screen.uns["reactions"] = pd.DataFrame(rows, columns=REACTIONS.names)
    page = section(Page(warned.render()).source, 'id="safety"', 'id="drugs"')
    assert "Adverse reactions of ruxolitinib that tables name: 2" in page
    assert "SIDER 4.1: Anaemia." in page
    assert "openFDA: Cough (reported 9 times)." in page
    assert "Doses were not considered, and adverse reactions change no rank." in page


def test_the_first_drugs_count_concerns_as_facts_whatever_their_text_holds(warned):
    warned.screen.uns["concerns"].loc[0, "subject"] = "infections; sepsis"
    drugs = section(Page(warned.render()).source, 'id="drugs"', 'id="pairs"')
    assert "2 concerns: boxed warning: infections; sepsis …" in drugs


def test_unknown_safety_is_not_none(called):
    page = Page(called.render())
    assert page.facts["safety"] == "Not assessed"
    known = safety(called.screen, called.first)
    assert known.headline == "not assessed"
    assert known.not_known == ("Boxed warnings are not known: no table has any.",)
    said = section(page.source, 'id="safety"', 'id="drugs"')
    assert "Nothing could be assessed, so nothing is said of safety." in said
    assert "What could not be assessed Boxed warnings are not known" in said


@pytest.mark.parametrize(
    ("outcome", "headline", "summary"),
    [
        ("none found", "None found", "All was checked, and nothing was found."),
        ("not assessed", "Not assessed", "Nothing could be assessed, so nothing is said"),
        ("", "None found where checked", "Nothing was found in what could be checked; the rest"),
    ],
)
def test_nothing_found_is_only_said_where_it_was_looked_for(called, outcome, headline, summary):
    kinds = ["contraindication", "boxed_warning", "interaction", "pharmacogenomic"]
    called.screen.obs[kinds] = outcome or "not assessed"
    if not outcome:
        called.screen.obs["contraindication"] = "none found"
    page = Page(called.render())
    assert page.facts["safety"] == headline
    assert summary in section(page.source, 'id="safety"', 'id="drugs"')
    against = section(page.source, 'id="against"', "</section>")
    assert ("Not assessed: " in against) == (outcome != "none found")
    assert "no concern" not in page.text.lower()


def test_a_drug_that_a_table_lacks_is_told_from_a_patient_who_is_not_known(called):
    called.screen.uns["looked_up"] = pd.DataFrame(
        [("contraindication", "MeDIC 2025")], columns=["kind", "source"]
    )
    about = "labels of FDA, EMA and PMDA, read automatically and checked by people"
    for of_d3, told in (("none found", " (not in MeDIC 2025), boxed"), ("not assessed", ", boxed")):
        called.screen.obs.loc["D3", "contraindication"] = of_d3
        said = section(Page(called.render()).source, 'id="safety"', 'id="drugs"')
        assert f"Not assessed: contraindications by what the patient has{told}" in said
        assert about in said


def test_pairs_say_gain_interaction_and_what_separation_is_worth(called):
    pairs = section(Page(called.render()).source, 'id="pairs"', 'id="deviates"')
    assert "ruxolitinib + old-steroid 10 % 3.1 % (2.0 to 4.0) 1.0 % +0.40 complementary" in pairs
    assert "major; both warn of infections" in pairs
    assert "none listed (not the same as none)" in pairs
    found = pairs_of(called.screen)
    assert (found.beyond, len(found.pairs)) == (1, 2)
    assert found.against_dose in pairs
    assert "tested combinations support neither of them" in pairs


def test_interactions_that_were_not_looked_up_are_told(called):
    called.screen.uns["combinations"]["interaction"] = "not looked up"
    assert "Interactions between drugs were not looked up" in Page(called.render()).text


def test_table_of_drugs_has_benefit_p_and_evidence(called):
    drugs = section(Page(called.render()).source, 'id="drugs"', 'id="pairs"')
    assert "6.9 % (5.9 to 7.9) 6.9 &lt; 0.001 (0.03)" in drugs
    assert "Inhibits JAK1 and JAK2. causal 4.1 origin 2.0 JAK1 looks over-active" in drugs


def test_a_kind_that_hardly_stands_out_says_how_much_it_counts(called):
    assert "of its weight" not in Page(called.render()).source
    table = called.screen.uns["kinds"]
    table["score_weight"] = np.where(table["kind"] == "causal", 0.3, table["weight"])
    table["share"] = np.where(table["kind"] == "causal", 0.3, 1.0)
    why = section(Page(called.render()).source, 'id="why"', 'id="safety"')
    assert why.count("It counts for 30 % of its weight") == 1


def test_a_weighted_ranking_says_what_it_hangs_on(called):
    called.screen.uns["preset"] = "weighted"
    called.screen.uns["kinds"]["score_weight"] = [2.0, 0, 0, 0, 1, 0, 0]
    called.screen.uns["stability"] = pd.DataFrame(
        {
            "kind": ["causal", "proximity"],
            "weight": [2.0, 1.0],
            "correlation": [0.31, np.nan],
            "top_kept": [0.2, np.nan],
            "largest_move": [233.0, np.nan],
        }
    )
    page = Page(called.render())
    why = section(page.source, 'id="why"', 'id="safety"')
    assert "Causal 2.0 0.31 20 % 233" in why
    assert "Proximity 1.0 – – –" in why
    assert why.index("Proximity +0.40") < why.index("Not in the score") < why.index("Origin +2.00")
    assert "The weights are the user's choice, not an estimate." in page.text


def test_nothing_comes_from_outside(warned, tmp_path):
    page = Page(warned.render())
    assert not {tag for tag, _ in page.elements} & {"img", "iframe", "object"}
    assert all(link.startswith(("#", "data:")) for link in page.loaded)
    links = page.attributes("href")
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert all(link[1:] in ids for link in links if link.startswith("#"))
    assert page.open == []


@pytest.mark.parametrize("kind", ["called", "uncalled"])
def test_controls_that_are_not_healthy_are_called_by_their_name(request, kind):
    """Every sentence of the page, whatever it says of the call."""
    case = request.getfixturevalue(kind)
    case.twin.uns["settings"] |= {"control": "osteoarthritis"}
    text = Page(case.render()).text
    assert "healthy" not in text.lower()
    assert "each compared with 5 to 8 osteoarthritis donors" in text
    assert "deviation from osteoarthritis" in text
    assert "osteoarthritis donors analysed as patients" in text


def test_other_patients_are_called_so_and_never_healthy(uncalled):
    uncalled.twin.uns["settings"] |= {"donors": "patients"}
    text = Page(uncalled.render()).text
    assert "healthy" not in text.lower()
    assert "each compared with 5 to 8 other patients of the cohort" in text
    assert "What all patients have in common, perhaps most of the disease, does not show." in text
    assert "Donors without the disease, or a control sample of the patient's own" in text
    assert "the best drugs of the other patients analysed likewise score about as high" in text
    assert "deviation from the other patients" in text


@pytest.mark.parametrize("reason", sorted({*HeldBack} - {HeldBack.BENEFIT}))
def test_a_call_that_is_withheld_says_why(uncalled, reason):
    uncalled.screen.uns["call"] |= {"pvalue": 0.001, "held_back": str(reason)}
    (why,) = uncalled.call.why
    assert "More donors without the disease" in Page(uncalled.render()).text
    assert "of the patient's own study" in why
    assert not uncalled.call.made


def test_donors_of_another_study_are_named_with_what_sets_them_apart(called):
    called.twin.uns["settings"] |= {"public": "public_blood"}
    called.twin.uns["batch"] = BATCH.of([("T", "blood", 2, 8, 0.4, 0.05, 0.06, 3.0, 1.1, 1.2)])
    called.twin.uns["flags"] = np.array([PatientFlag.BATCH], dtype=object)
    text = Page(called.render()).text
    assert "told by 8 donors of another study (public blood), which a batch sets apart" in text
    assert "Donors of another study (public blood) say how much people differ" in text
    assert "a batch sets the two apart (p < 0.05 in 40 % of genes of own donors" in text
    called.twin.uns["batch"] = BATCH.empty()
    called.twin.uns["flags"] = np.array([PatientFlag.PUBLIC_ALONE], dtype=object)
    text = Page(called.render()).text
    assert "Compared with donors of another study alone (public blood)" in text
    assert "5 to 8 public blood donors. All are of another study" in text

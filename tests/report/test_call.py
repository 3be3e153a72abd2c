"""What the page of a patient says of the call, the evidence, safety, and pairs."""

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, section

from twinscreen.report.patient.drugs.call import call_in_words
from twinscreen.report.patient.drugs.kinds import KINDS, NULLS, SUPPORTS, kinds_of
from twinscreen.report.patient.drugs.wording import WORDINGS
from twinscreen.screen.layout import SUPPORTS as SUPPORTS_OF_SCREEN
from twinscreen.screen.layout import WHOLE
from twinscreen.screen.rank.presets import PRESETS


def answer(page):
    return section(page.source, 'id="answer"', "</section>")


def test_a_call_says_what_how_much_where_and_against_what(called):
    page = Page(called.render())
    said = answer(page)
    assert said.startswith('id="answer">Call: ruxolitinib')
    assert "the model predicts 6.9 % less deviation from healthy in the disease modules" in said
    assert "(range 5.9 to 7.9 %)" in said
    assert "1–2 of 4; in another sample 1" in said
    assert "p 0.002 against 14 copies in which nothing is wrong (healthy donors treated" in said
    assert "of the fit 0.004; called below 0.01" in said
    assert "Next, measure: activity of JAK1 and JAK2 in CD14 monocytes ( why" in said
    assert said.count("baricitinib") == 1
    assert "not to be acted on" not in page.text


def test_more_deviation_is_said_to_be_more(called):
    called.screen.obs.loc["D1", ["benefit", "benefit_low", "benefit_high"]] = [-0.2, -0.25, -0.1]
    page = Page(called.render())
    assert "the model predicts 20 % more deviation from healthy" in answer(page)
    assert "it does more harm than good: 20 % more deviation from healthy." in page.text


def test_benefit_that_is_not_known_is_no_number(called):
    called.screen.obs.loc["D1", ["benefit", "benefit_low", "benefit_high"]] = np.nan
    assert "Predicted benefit – not known what it would change" in answer(Page(called.render()))


def test_without_a_call_nothing_is_recommended(uncalled):
    page = Page(uncalled.render())
    said = answer(page)
    assert said.startswith('id="answer">No call No drug is recommended.')
    assert "p 0.23 against 14 copies: healthy donors treated as patients" in said
    assert "A call needs p below 0.01" in said
    assert "What would help to tell: a sample while the disease is active, or of the" in said
    assert "deviates no farther than copies in which nothing is wrong" in said
    assert page.text.count("No call: for research, not to be acted on.") == 3  # why, drugs, pairs
    assert "Call: " not in page.text
    assert page.source.index('id="next"') < page.source.index('id="against"')


def test_without_a_call_a_sample_of_the_active_disease_is_asked_for(uncalled):
    asked = section(Page(uncalled.render()).source, 'id="next"', "</section>")
    assert "A sample while the disease is active" in asked
    assert "Platelets (4)" in asked
    assert "What else is known of the patient (variants" in asked


def test_without_a_call_few_donors_are_named_and_earlier_times_do_not_count(uncalled):
    uncalled.twin.obs.loc[uncalled.twin.obs_names[:2], "flags"] = "donors of all batches"
    uncalled.twin.obs["latest"] = [True, False, True, True]
    asked = section(Page(uncalled.render()).source, 'id="next"', "</section>")
    assert "More healthy donors of the patient&#39;s own batch, for 1 of 2 cell types" in asked


def test_a_state_that_no_drug_opposes_is_told_from_a_healthy_one(uncalled):
    uncalled.screen.uns["spread"]["patient"] = 1.5
    page = Page(uncalled.render())
    assert "deviates farther than copies" in answer(page)
    assert "So something deviates, but no drug clearly opposes it." in answer(page)
    assert "while the disease is active" not in page.text


def test_without_copies_there_is_nothing_to_hold_a_drug_against(uncalled):
    uncalled.screen.uns["call"] |= {"pvalue": np.nan, "n_null": 1}
    uncalled.screen.uns["spread"] = {"patient": 1.0, "null": np.array([1.0])}
    page = Page(uncalled.render())
    assert "1 copy in which nothing is wrong, where at least 3 are needed" in answer(page)
    assert "More healthy donors, or control cells" in page.text
    assert "root mean square" not in answer(page)


def test_a_deviation_that_no_drug_fits_is_told_from_one_within_the_copies(uncalled):
    uncalled.screen.uns["call"] |= {"pvalue": 0.0001, "fit_pvalue": 0.3}
    page = Page(uncalled.render())
    assert "deviates more than where nothing is wrong" in answer(page)
    assert "fits no better than the best of so many does by chance (p 0.3" in answer(page)
    assert "is not clearly stronger" not in answer(page)


def test_nothing_that_deviates_is_said_with_no_call(uncalled):
    uncalled.twin.layers["qvalue"][:] = 0.5
    assert "Not one gene deviates with q < 0.05" in Page(uncalled.render()).text


def test_bare_presets_make_no_calls(case):
    for preset in ("causal", "origin", "proximity", "scdrugprio"):
        case.screen.uns["preset"] = preset
        page = Page(case.render())
        assert "This preset makes no calls" in answer(page)
        assert "not to be acted on" not in answer(page)


def test_every_preset_has_words_and_says_whether_it_calls(case):
    assert WORDINGS.keys() == PRESETS.keys()
    makes = {name for name, wording in WORDINGS.items() if wording.calls}
    assert makes == {"calibrated", "weighted"}
    for name, wording in WORDINGS.items():
        call = call_in_words(case.screen, wording, "x", 4, nothing_deviates=False)
        assert call.makes == (name in makes)
        assert not call.made


def test_kinds_that_are_not_in_the_score_stand_beside_it(called):
    z = {"causal": 4.1, "counteraction": 0.1, "proximity": 3.0, "origin": 2.0, "centrality": 1.7}
    for kind, value in z.items():
        called.screen.obs[f"{kind}_z"] = value
    text = Page(called.render()).text
    assert (
        "Supported by 2 kinds of evidence in the score, with the z of each: causal 4.1 and"
        " origin 2.0. Beside the score, and not in it, 2 kinds of evidence speak for it:"
        " proximity 3.0 and centrality 1.7." in text
    )
    assert (
        "A z of 1.6 is one in twenty by chance, but of centrality and communication one drug in"
        " twenty has it in any patient: they are ranks among the drugs." in text
    )
    assert "Not in the score: proximity 3.0 and centrality 1.7." in text  # in the table of drugs
    for kind in ("causal", "origin", "centrality"):
        called.screen.obs[f"{kind}_z"] = 0.0
    text = Page(called.render()).text
    assert "No kind of evidence in the score supports it by itself. Beside the score" in text
    assert "1 kind of evidence speaks for it: proximity 3.0." in text


def test_kinds_of_evidence_are_those_of_the_screen():
    assert tuple(KINDS) == WHOLE
    assert SUPPORTS == SUPPORTS_OF_SCREEN


def test_each_kind_says_what_it_means_and_against_what_it_was_held(called):
    kinds = {kind.name: kind for kind in kinds_of(called.screen, "D1")}
    assert [kind.weight > 0 for kind in kinds.values()] == [True] * 3 + [False] * 3
    assert "back towards healthy" in kinds["causal"].meaning
    assert kinds["causal"].held == NULLS["rewired signalling"]
    assert "already deviate in the direction in which it pushes" in kinds["counteraction"].meaning
    assert kinds["counteraction"].held.endswith("of like degree and the other drugs")
    assert "no nearer to the modules" in kinds["proximity"].meaning
    assert "No link between cell types" in kinds["communication"].meaning
    # bars: half of the width is the greatest |z|, here 4.1
    assert kinds["causal"].width == 50
    assert kinds["counteraction"].width == pytest.approx(50 * 2.2 / 4.1)
    assert (kinds["causal"].side, kinds["counteraction"].side) == ("for", "against")
    why = section(Page(called.render()).source, 'id="why"', 'id="safety"')
    assert "Causal +4.1 Along signed paths" in why
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
    assert "STAT1 activates IRF7 KEGG –" in why
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
    assert "2 concerns boxed warning: infections; rank 2 with what speaks against it" in answer(
        page
    )
    assert "Of drugs with these targets, baricitinib has least against it" in answer(page)
    safety = section(page.source, 'id="safety"', 'id="drugs"')
    assert "ruxolitinib 1–2 2 Boxed warning: infections Serious infections (penalty 0.20" in safety
    assert "Interaction: dexamethasone 6 mg (moderate) simulated it is slowed down" in safety
    assert "list) CYP3A4 baricitinib 1–2 1 – –" in safety
    assert "simulated marks what rests on findings that are made up" in safety
    against = section(page.source, 'id="against"', "</section>")
    assert "Interaction: dexamethasone 6 mg (moderate) simulated" in against
    assert "genotype of CYP3A4" in section(page.source, 'id="next"', "</section>")
    assert "with concerns 2" in section(page.source, 'id="drugs"', 'id="pairs"')


def test_unknown_safety_is_not_none(called):
    page = Page(called.render())
    assert "Not known much of its safety is not known , which is not “none”" in answer(page)
    safety = section(page.source, 'id="safety"', 'id="drugs"')
    assert "No concern is known." in safety
    assert "Not known, which is not the same as none Boxed warnings are not known" in safety


def test_concerns_of_other_drugs_show_that_there_was_where_to_look(warned):
    table = warned.screen.uns["concerns"].assign(drug_id="D3")
    warned.screen.uns["concerns"] = table
    assert "None found what could be looked up is clear" in answer(Page(warned.render()))


def test_pairs_say_gain_interaction_and_what_separation_is_worth(called):
    pairs = section(Page(called.render()).source, 'id="pairs"', 'id="deviates"')
    assert "ruxolitinib + old-steroid 10 % 3.1 % (2.0 to 4.0) 1.0 % +0.40 complementary" in pairs
    assert "major; both warn of infections" in pairs
    assert "none listed, which is not none" in pairs
    assert "1 of the 2 shown do better than twice the dose" in pairs
    assert "combinations that were tested bear out neither" in pairs


def test_interactions_that_were_not_looked_up_are_told(called):
    called.screen.uns["combinations"]["interaction"] = "not looked up"
    assert "Interactions between drugs were not looked up" in Page(called.render()).text


def test_table_of_drugs_has_benefit_p_and_evidence(called):
    drugs = section(Page(called.render()).source, 'id="drugs"', 'id="pairs"')
    assert "6.9 % (5.9 to 7.9) 6.9 &lt; 0.001 (0.03)" in drugs
    assert "Inhibits JAK1 and JAK2. causal 4.1 origin 2.0 JAK1 looks over-active" in drugs


def test_a_weighted_ranking_says_what_it_hangs_on(called):
    called.screen.uns["preset"] = "weighted"
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
    assert why.index("Proximity +0.4") < why.index("Stands beside it") < why.index("Origin +2.0")
    assert "The weights are the user&#39;s choice, not an estimate." in answer(page)


def test_nothing_needs_a_script_or_comes_from_outside(warned, tmp_path):
    page = Page(warned.render())
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object"}
    links = [*page.attributes("href"), *page.attributes("src")]
    assert all(link.startswith(("#", "data:")) for link in links)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert all(link[1:] in ids for link in links if link.startswith("#"))
    assert page.open == []

"""What a patient's page says of known states: which are alike, and what helped there."""

import html
import re

import anndata as ad
import matplotlib as mpl
import numpy as np
import pytest
from page_reader import Page, section
from screen_parts import compare_with_states

from twinscreen import pl
from twinscreen.files import SCREEN, InputError
from twinscreen.report.states import known_states
from whole_tables import complete


def told(case, start="states", end="course"):
    """Return the text of a part of the page, from one identifier to another."""
    source = html.unescape(case.render().read_text(encoding="utf-8"))
    return section(source, f'id="{start}"', f'id="{end}"').replace("\N{NO-BREAK SPACE}", " ")


def test_the_most_similar_state_comes_first_beside_null_replicates(resembling):
    text = told(resembling)
    assert "resemble psoriasis most: r 0.39; null replicates: −0.03 to 0.04." in text
    # asthma (0.03 of 0.05) is within the range, gout below it
    assert "2 of 4 states lie above the range of the null replicates" in text
    assert "Psoriasis shows most in CD14 monocytes (r 0.49) and least in CD4 T cells" in text


def test_states_of_the_patients_own_disease_are_named_with_the_reason(resembling):
    text = told(resembling)
    assert (
        "Left out are systemic lupus erythematosus and discoid lupus because the patient is known"
        " to have lupus (MONDO:1)." in text
    )
    assert "systemic lupus erythematosus left out – – – –" in text


def test_the_page_says_what_the_states_are_and_what_they_are_not(resembling):
    text = told(resembling)
    assert "The known states are 6 diseases from public arrays of bulk tissue." in text
    assert "Measured in both the patient and a state: 8,300 to 9,100 genes." in text
    assert "Resemblance is no diagnosis: infection and interferon look like lupus." in text
    resembling.screen.uns["states"].loc[[2, 3], "origin"] = ["own", "cohort"]
    assert "1 state of your own and 1 patient of this cohort whose response" in told(resembling)


def test_a_state_within_the_range_of_the_null_replicates_is_no_resemblance(resembling):
    states = resembling.screen.uns["states"]
    states["null_high"] = [0.4, 0.3, 0.3, 0.3, np.nan, np.nan]
    text = told(resembling)
    assert "No known state lies above the range of the null replicates." in text
    assert "The most similar is psoriasis (r 0.39; null replicates: −0.03 to 0.40)." in text
    assert "lie above" not in text
    resembling.screen.uns["states"].loc[1, "null_high"] = 0.1
    text = told(resembling)
    assert "psoriasis (r 0.39; null replicates: −0.03 to 0.40), is within the range" in text
    assert "Above it the first is Crohn's disease (r 0.23; null replicates: −0.03 to 0.10)" in text


def test_without_null_replicates_nothing_is_said_of_chance(resembling):
    resembling.screen.uns["states"][["null_low", "null_high"]] = np.nan
    text = told(resembling)
    assert (
        "The most similar known state is psoriasis (r 0.39). There are no null replicates" in text
    )
    assert "5 to 95 %" not in text


def test_without_a_library_there_is_one_sentence(case, unscorable):
    said = "Not known: there was no library of known states to compare the patient's cells with."
    assert said in told(case)
    assert '<svg class="resemblance"' not in case.render().read_text(encoding="utf-8")
    assert "Nor could the patient's cells be compared with known" in Page(unscorable.render()).text


def test_states_of_too_few_common_genes_are_told(resembling):
    resembling.screen.uns["states"].loc[3, "similarity"] = np.nan
    assert "Too few genes were measured in both to compare gout." in told(resembling)
    resembling.screen.uns["states"]["similarity"] = np.nan
    assert "Not known: none of 6 known states could be compared." in told(resembling)


def test_the_figure_shows_what_the_table_holds(resembling):
    source = resembling.render().read_text(encoding="utf-8")
    figure = re.search(r'<svg class="resemblance".*?</svg>', source, flags=re.DOTALL)[0]
    shown = re.findall(r">([^<>]+)</text>", figure)
    names = ["psoriasis", "Crohn's disease", "asthma", "gout"]
    assert [text for text in shown if text in names] == names
    assert [text for text in ("0.39", "0.23", "0.03", "−0.21") if text in shown] == [
        *("0.39", "0.23", "0.03", "−0.21")
    ]
    table = re.search(r"by cell type</summary>.*?</table>", source, flags=re.DOTALL)[0]
    row = re.search(r'<th scope="row">Crohn.*?</tr>', table, flags=re.DOTALL)[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row)
    assert cells == ["0.23", "−0.03 to 0.04", "8,300", "2", "0.33", "0.08", "0.23"]


def test_precedents_are_among_the_reasons_of_the_first_drug(resembling):
    why = told(resembling, "precedents", "paths")
    assert (
        "The patient resembles Crohn's disease (r 0.23; null replicates: −0.03 to 0.04), which it,"
        " or a drug with the same targets, modifies. Shared: ISG15 ↑ CCL2 ↓" in why
    )
    assert (
        "The patient resembles psoriasis (r 0.39; null replicates: −0.03 to 0.04), in which"
        " tofacitinib, which shares its targets, is known to help. Shared: MX1 ↑" in why
    )
    assert (
        "1 more known state Against it: The patient is farther from gout (r −0.21; null replicates:"
        " −0.04 to 0.04), which it, or a drug with the same targets, modifies, than from known"
        " states on average. The other way there: IRF7 ↑" in why
    )


def test_precedents_are_among_the_reasons_of_every_drug(resembling):
    drugs = told(resembling, "drugs", "deviates")
    assert "The patient resembles Crohn's disease (r 0.23), which it" in drugs  # in the row itself
    assert "Against it: The patient resembles psoriasis (r 0.39; null" in drugs
    assert "in which it did not help." in drugs
    assert "The patient resembles psoriasis (r 0.39), in" not in drugs  # against: not in the row


def test_a_nearer_state_within_the_null_replicates_is_not_called_alike(resembling):
    resembling.screen.uns["states"].loc[1, "null_high"] = 0.3
    why = told(resembling, "precedents", "paths")
    assert "nearer to Crohn's disease (r 0.23; null replicates: −0.03 to 0.30), which it" in why
    assert "modifies, than to known states on average." in why
    assert "resembles Crohn's disease" not in why


def test_a_drug_that_others_did_not_make_better_inherits_that(resembling):
    rows = resembling.screen.uns["precedents"]
    rows.loc[1, ["contribution", "through"]] = [-0.05, "tofacitinib|upadacitinib"]
    why = told(resembling, "precedents", "paths")
    assert (
        "in which tofacitinib and upadacitinib, which share its targets, are known not to help"
        in why
    )


def test_compartments_that_were_not_screened_take_no_part(resembling):
    resembling.screen.var["weight"] = [0.0, 1.0, 1.0]
    [first, *_] = known_states(resembling.screen)
    assert first.parts == pytest.approx((0.243, 0.393))


def test_the_figure_is_drawn_on_axes(resembling):
    axes = mpl.figure.Figure().subplots()
    screen = complete(resembling.screen, SCREEN)
    assert pl.states(screen, n=3, ax=axes) is axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["psoriasis", "Crohn's disease", "asthma"]
    dots = axes.collections[-1]
    np.testing.assert_allclose(dots.get_offsets()[:, 0], [0.393, 0.228, 0.029])
    white = (dots.get_facecolors() == 1).all(axis=1)
    assert white.tolist() == [False, False, True]  # asthma is within the range
    bands = [(round(band.get_x(), 3), round(band.get_width(), 3)) for band in axes.patches]
    assert bands[0] == (-0.032, 0.073)


def test_a_screen_without_states_is_not_drawn(case):
    with pytest.raises(InputError, match="no known state"):
        pl.states(complete(case.screen, SCREEN))


def test_the_table_of_a_cohort_names_the_most_similar_state(render_cohort):
    drugs = {"aspirin": 2.0, "ibuprofen": 1.0}
    page = render_cohort({"P1": drugs, "P2": drugs}, {"P9": "no cells"}, similar={"P1": "gout"})
    rows = re.findall(
        r'<tr id="patient-(P\d)">.*?<td>([^<]*)</td><td data-v="[^"]*">([^<]*)</td><td>lupus</td>',
        page.read_text(encoding="utf-8"),
    )
    assert rows == [("P1", "gout", "0.23"), ("P2", "–", "–"), ("P9", "–", "–")]


def test_a_screen_read_from_its_file_has_its_states(resembling, tmp_path):
    """An empty text becomes what HDF5 makes of it, and a state left out stays so."""
    screen = complete(resembling.screen, SCREEN)
    screen.write_h5ad(tmp_path / "screen.h5ad")
    assert known_states(ad.read_h5ad(tmp_path / "screen.h5ad"))[1] == known_states(screen)[1]
    compare_with_states(screen)
    assert [state.left_out for state in known_states(screen)][3:] == ["", *["lupus (MONDO:1)"] * 2]

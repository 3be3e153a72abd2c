"""Whether what drugs act on is in the cells: found, circulating, absent or not judged."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.presence import (
    ALPHA,
    EVERY,
    LEAST_CELLS,
    NOISE,
    WHOLE,
    Circulation,
    beyond_noise,
    found_in,
    presence_of_genes,
    presence_of_targets,
    presence_table,
)

NAN = np.nan
GENES = pd.Index(["JAK2", "IL12B", "IL12RB1", "HCRTR1", "F2"])


def twin(detected, *, n_cells=(500, 1500), n_coding=(12_000, 12_000), protein=NAN, latest=True):
    """Two compartments, B and T, and the share of their cells with each of GENES."""
    detected = np.array(detected, dtype=float)
    obs = pd.DataFrame(
        {"n_cells": n_cells, "n_coding": n_coding, "latest": latest}, index=["B", "T"]
    )
    layers = {
        "detected": detected,
        "level": detected * 10,
        "protein": np.full(detected.shape, protein),
    }
    return ad.AnnData(detected, obs=obs, var=pd.DataFrame(index=GENES), layers=layers)


ORDINARY = [[0.3, 0, 0, 0, 0], [0.1, 0, 0.2, 0, 0]]


def cells(detected=ORDINARY, **facts):
    return presence_of_genes(twin(detected, **facts), GENES, screened=["B", "T"])


def status(drug, of, *, secreted=("F2", "IL12B"), receptors=("IL12RB1",)):
    """Status of one drug with targets as in "JAK2 -" or "JAK2|F2 +"."""
    rows = [
        ("d", target[:-2], gene, {"-": -1, "+": 1, "?": 0}[target[-1]])
        for target in drug
        for gene in target[:-2].split("|")
    ]
    table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
    targets = target_sets(pd.DataFrame({"drug_id": ["d"]}), table, GENES)
    pairs = pd.DataFrame({"ligand": "IL12B", "receptor": list(receptors), "secreted": True})
    return presence_of_targets(targets, table, of, Circulation.of(secreted, pairs))[0]


def test_a_target_with_counts_in_a_cell_type_is_found():
    assert status(["JAK2 -"], cells()) == "found"


def test_a_target_without_a_count_in_a_whole_transcriptome_is_absent():
    assert status(["HCRTR1 -"], cells()) == "absent"


def test_one_target_found_is_enough_and_a_complex_is_there_with_one_gene():
    assert status(["HCRTR1 -", "JAK2 -"], cells()) == "found"
    assert status(["HCRTR1|JAK2 -"], cells()) == "found"


def test_targets_of_which_the_action_is_not_known_do_not_count():
    assert status(["HCRTR1 -", "JAK2 ?"], cells()) == "absent"
    assert status(["JAK2 ?"], cells()) == "not judged"


def test_stray_molecules_are_no_presence():
    few, more = [[0, 0, 0, 0, 0], [0, 0, 0, 2 / 1500, 0]], [[0] * 5, [0, 0, 0, 0.01, 0]]
    assert status(["HCRTR1 -"], cells(few)) == "absent"
    assert status(["HCRTR1 -"], cells(more)) == "found"


@pytest.mark.parametrize("n", [30, 100, 300, 1000, 3000])
def test_the_fewest_cells_beyond_noise_are_those_of_the_binomial(n):
    count = np.arange(n + 1)
    expected = (stats.binom.sf(count - 1, n, NOISE) < ALPHA) & (count > 0)
    assert beyond_noise(count, np.full(n + 1, n)).tolist() == expected.tolist()
    assert expected.argmax() >= 2  # a single cell is never enough


def test_what_all_cells_have_together_is_found_though_no_cell_type_has_enough_of_it():
    """Four of 1,000 in each of six cell types are within noise there; 24 of 6,000 are not."""
    detected = np.zeros((6, 1)) + 0.004
    obs = pd.DataFrame({"n_cells": 1000, "n_coding": 12_000, "latest": True}, index=list("abcdef"))
    layers = {"detected": detected, "level": detected, "protein": detected * NAN}
    one = ad.AnnData(detected, obs=obs, var=pd.DataFrame(index=["JAK2"]), layers=layers)
    found = presence_of_genes(one, pd.Index(["JAK2"]), screened=list("abcdef"))
    assert not found.found.any()
    assert found.anywhere.all()


@pytest.mark.parametrize(
    "facts",
    [
        {"n_coding": (WHOLE - 1, WHOLE - 1)},  # variable genes or a panel
        {"n_coding": (12_000, 1_000)},  # of one of the samples
        {"n_cells": (50, LEAST_CELLS - 51)},
        {"protein": 0.3},  # its surface protein was measured
    ],
)
def test_absence_is_not_judged_where_it_cannot_be_known(facts):
    assert status(["HCRTR1 -"], cells(**facts)) == "not judged"
    assert status(["JAK2 -"], cells(**facts)) == "found"


def test_a_gene_not_listed_is_absent_only_where_genes_without_counts_were_left_out():
    unlisted = [[0.3, 0, 0, NAN, 0], [0.1, 0, 0.2, NAN, 0]]
    assert status(["HCRTR1 -"], cells(unlisted)) == "absent"
    assert status(["HCRTR1 -"], cells(unlisted, n_coding=(EVERY, EVERY))) == "not judged"
    assert status(["ORPHAN -"], cells()) == "not judged"  # on no interactome


def test_a_released_protein_may_come_from_elsewhere_if_the_cells_have_its_receptor():
    assert status(["IL12B -"], cells()) == "circulating"
    assert status(["F2 -"], cells()) == "circulating"  # no receptor is known: met in the blood
    assert status(["IL12B -"], cells(), receptors=("IL12RB1_HCRTR1",)) == "absent"
    assert status(["IL12B -"], cells(), receptors=("HCRTR1", "IL12RB1")) == "circulating"


def test_a_receptor_of_which_something_is_shed_does_not_come_from_elsewhere():
    pairs = pd.DataFrame(
        {"ligand": ["FGFR3", "FGF1", "TNF"], "receptor": ["X", "FGFR3", "X"]}
    ).assign(secreted=[True, None, True])
    assert Circulation.of(["F2"], pairs).released == {"F2", "TNF"}


def test_cells_too_few_to_be_compared_count_and_those_of_earlier_times_do_not():
    detected = [[0, 0, 0, 0.2, 0], [0.3, 0, 0, 0, 0]]
    of_rare = presence_of_genes(twin(detected), GENES, screened=["T"])
    assert status(["HCRTR1 -"], of_rare) == "found"
    earlier = presence_of_genes(twin(detected, latest=[False, True]), GENES, screened=["T"])
    assert status(["HCRTR1 -"], earlier) == "absent"


def test_the_table_and_the_names_of_where_targets_are_found():
    of = cells()
    table = presence_table(of, ["JAK2"])
    assert table["compartment"].tolist() == ["B", "T"]
    assert table["detected"].tolist() == [0.3, 0.1]
    assert table["found"].all()
    rows = pd.DataFrame(
        {"drug_id": ["a", "b"], "target": ["JAK2", "F2"], "gene": ["JAK2", "F2"], "sign": -1}
    )
    targets = target_sets(pd.DataFrame({"drug_id": ["a", "b"]}), rows, GENES)
    assert found_in(targets, rows, of) == ["B|T", ""]

"""Paths from drugs to genes on a network small enough to work out by hand.

A -> T, A -| U; B -> T; T -> G, T -> H; U -> G. Signalling steps pass on one half. So F of A and G
is 1/2 * 1/2 * 1/2 (over T) - 1/2 * 1/2 * 1 (over U) = -1/8, that of A and H +1/8, and that of B
and G 1/2 * 1/2 = 1/4.
"""

import numpy as np
import pandas as pd
import pytest

from twinscreen.files import INTERACTOME, write_table
from twinscreen.files.contracts.screen_tables import PATHS
from twinscreen.kb.wiring import read_wiring
from twinscreen.knowledge.signalling.wiring import build_wiring
from twinscreen.screen.reasons.paths import paths_table

EDGES = [
    ("PT", "A", "T", 1, "x;y", "x:1;y:1;y:2"),
    ("PT", "A", "U", -1, "x", ""),
    ("PT", "B", "T", 1, "y", "y:7"),
    ("TR", "T", "G", 1, "z", "z:3"),
    ("TR", "T", "H", 1, "z", ""),
    ("TR", "U", "G", 1, "z;w", "z:4;w:5"),
    ("PT", "B", "U", None, "v", ""),  # of unknown sign: no path
]


@pytest.fixture
def network(tmp_path):
    interactome = pd.DataFrame(EDGES, columns=INTERACTOME.schema.names).astype({"sign": "Int8"})
    write_table(interactome, tmp_path / "interactome.parquet", INTERACTOME)
    build_wiring(
        interactome=tmp_path / "interactome.parquet",
        damping=0.5,
        steps=3,
        rewirings=1,
        seed=0,
        output=tmp_path / "wiring.npz",
    )
    return read_wiring(tmp_path / "wiring.npz"), interactome


def evidence(*rows):
    columns = ["drug_id", "target", "sign", "genes", "effects"]
    return pd.DataFrame(rows, columns=columns).assign(compartment="c|blood|0")


def test_the_paths_of_an_inhibitor(network):
    table = paths_table(evidence(("D", "A", -1, "G|H", "2.50|3.00")), *network)
    assert table.columns.tolist() == PATHS.names
    assert table["path"].tolist() == ["A > U > G", "A > T > G", "A > T > H"]
    assert table["signs"].tolist() == ["-+", "++", "++"]
    assert table["share"].tolist() == pytest.approx([2, -1, 1])
    assert table["expected"].tolist() == [1, 1, -1]  # G rises: less of A, more of U
    assert table["effect"].tolist() == [2.5, 2.5, 3.0]
    assert table["agrees"].tolist() == [False, False, True]
    assert table["sources"].tolist() == ["x > z;w", "x;y > z", "x;y > z"]
    assert table["references"].tolist() == ["0 > 2", "2 > 1", "2 > 0"]


def test_a_complex_has_the_mean_influence_of_its_members(network):
    """F of A|B and G is (-1/8 + 1/4) / 2 = 1/16; X is on no network and does not count."""
    table = paths_table(evidence(("D", "A|B|X", 1, "G", "-1.00")), *network)
    assert dict(zip(table["path"], table["share"], strict=True)) == pytest.approx(
        {"A > U > G": -2, "B > T > G": 2, "A > T > G": 1}
    )
    assert (table["expected"] == 1).all()
    assert table["agrees"].all()


def test_a_transcription_factor_is_its_own_path(network):
    table = paths_table(evidence(("D", "T", 1, "H", "-2.00")), *network)
    row = table.iloc[0]
    assert (row["path"], row["signs"], row["share"]) == ("T > H", "+", 1)
    assert row["agrees"]


def test_targets_off_the_network_and_without_genes_have_no_paths(network):
    rows = [("D", "X", -1, "G", "1.00"), ("D", "B", -1, "", ""), ("D", "H", 1, "G", "1.00")]
    table = paths_table(evidence(*rows), *network)
    assert table.empty
    assert table.dtypes.equals(PATHS.empty().dtypes)
    assert paths_table(evidence(), *network).empty


def test_shares_are_of_the_influence_that_scores(network):
    """Every share times F is the product of the edges' weights, worked out from the table."""
    wiring, interactome = network
    table = paths_table(evidence(("D", "A", -1, "G|H", "1|1"), ("D", "B", 1, "G", "1")), *network)
    signed = interactome.dropna(subset="sign")
    outdegree = signed.groupby(["layer", "source"]).size()
    row = wiring.proteins.get_indexer(table["target"])
    column = wiring.proteins.get_indexer(table["gene"])
    influence = wiring.network.influence_of(row)[np.arange(len(table)), column]
    for path, signs, share, whole in zip(
        table["path"], table["signs"], table["share"], influence, strict=True
    ):
        *proteins, _ = path.split(" > ")
        part = np.prod([1 if sign == "+" else -1 for sign in signs]) / outdegree["TR", proteins[-1]]
        for protein in proteins[:-1]:
            part *= 0.5 / outdegree["PT", protein]
        assert share * whole == pytest.approx(part)

"""A whole patient whose cells lack the target of the best drug: shown, explained, not called."""

import pytest

from twinscreen import datasets, tl
from twinscreen.files.contracts.screen import may_be_called
from twinscreen.screen import presence
from twinscreen.screen.rank.ranking import ranking_table

#: The receptor that the first drug of the toy inhibits.
RECEPTOR = "G298"


@pytest.fixture(scope="module")
def twin():
    """All that the receptor turns on is raised, and the receptor has no count in any cell."""
    cells = datasets.toy()
    counts = cells.X.tolil()
    counts[:, list(cells.var_names).index(RECEPTOR)] = 0
    cells.X = counts.tocsr()
    return tl.twin(
        cells,
        datasets.toy_knowledge(),
        patient="P1",
        control="healthy",
        bootstrap_replicates=0,
        null_replicates=20,
        random_sets=20,
    )


def screened(twin):
    return tl.screen(twin, datasets.toy_knowledge(), pairs=0)


def test_in_a_panel_the_drug_is_called_though_its_target_is_not_seen(twin):
    screen = screened(twin)
    assert set(screen.obs["presence"]) <= {"found", "not judged"}
    assert screen.obs.loc["toy:1", "presence"] == "not judged"
    assert screen.uns["call"]["called"]
    assert screen.uns["call"]["mechanism"] == "toy:1"


def test_in_a_whole_transcriptome_it_keeps_its_rank_and_is_not_called(twin, monkeypatch):
    panel = screened(twin)
    monkeypatch.setattr(presence, "WHOLE", 100)
    monkeypatch.setattr(presence, "LEAST_CELLS", 100)
    screen = screened(twin)
    assert screen.obs.loc["toy:1", "presence"] == "absent"
    assert screen.obs.loc["toy:1", "found_in"] == ""
    assert screen.obs["rank"].equals(panel.obs["rank"])
    assert screen.obs["pvalue"].equals(panel.obs["pvalue"])
    call = screen.uns["call"]
    assert call["mechanism"] == screen.obs[may_be_called(screen.obs)]["mechanism"].iloc[0]
    assert call["mechanism"] != "toy:1"
    assert call["n_absent"] == 1
    assert not call["called"]  # no other drug is on the way to what is raised
    told = ranking_table(screen).set_index("drug_id")
    assert told.loc["toy:1", ["call", "presence"]].tolist() == ["", "absent"]

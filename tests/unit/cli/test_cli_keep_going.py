"""`--keep-going` writes an unscorable result wherever the computation of one patient fails."""

import pytest

import twinscreen as ts
from twinscreen.files import OBSERVATION, REFERENCE, SCREEN, TWIN, read_anndata, write_anndata
from twinscreen.screen import screen as screening
from twinscreen.screen.rank import ranking
from twinscreen.twin.designs import compare
from verbs import run_verb

REASON = "a fault of TwinScreen: "


@pytest.fixture
def knowledge(monkeypatch):
    """Have the verbs take the made-up knowledge, whatever files they are given."""
    made_up = ts.datasets.toy_knowledge()
    monkeypatch.setattr("twinscreen.kb.Knowledge", lambda *_, **__: made_up)


def flags(*names):
    return [part for name in names for part in (f"--{name}", "made-up")]


@pytest.fixture
def twin_verb(knowledge, tmp_path):
    """Arguments that build the twin of a patient, with replicates."""
    observations = ts.pp.observe(ts.datasets.toy(), ts.datasets.toy_knowledge())
    healthy = [one for one in observations if one.uns["sample"]["condition"] == "healthy"]
    [own] = [one for one in observations if one.uns["sample"]["patient"] == "P1"]
    write_anndata(ts.tl.reference(healthy), tmp_path / "reference.h5ad", REFERENCE)
    write_anndata(own, tmp_path / "own.h5ad", OBSERVATION)
    return [
        *("twin", tmp_path / "own.h5ad", "--patient", "P1", "--control", "healthy"),
        *("--reference", tmp_path / "reference.h5ad"),
        *flags("genes", "interactome", "ligand-receptor", "influence", "pathways"),
        *("--bootstrap-replicates", 2, "--null-replicates", 2, "--random-sets", 20),
        *("--output", tmp_path / "twin.h5ad"),
        *("--replicates-output", tmp_path / "replicates.h5ad"),
    ]


def fail(*_, **__):
    raise KeyError("a donor")


def test_a_fault_of_null_replicates_costs_the_twin_alone(twin_verb, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "donors_as_patients", fail)
    run_verb(*twin_verb, "--keep-going")
    assert read_anndata(tmp_path / "twin.h5ad", TWIN).uns["unscorable"].startswith(REASON)
    assert (tmp_path / "replicates.h5ad").exists()


def test_a_fault_of_null_replicates_is_raised_unless_asked_otherwise(
    twin_verb, tmp_path, monkeypatch
):
    monkeypatch.setattr(compare, "donors_as_patients", fail)
    with pytest.raises(KeyError):
        run_verb(*twin_verb)
    assert not (tmp_path / "twin.h5ad").exists()


def without_a_column(monkeypatch):
    """Have a stage forget a column of its result."""
    made = screening._screen

    def forgetful(*given):
        result = made(*given)
        del result.obs["harm"]
        return result

    monkeypatch.setattr(screening, "_screen", forgetful)


def failing_ranking(monkeypatch):
    """Have the ranking of a screen fail that has drugs."""
    table = ranking.ranking_table
    monkeypatch.setattr(
        ranking, "ranking_table", lambda screen: fail() if screen.n_obs else table(screen)
    )


@pytest.mark.parametrize("break_it", [failing_ranking, without_a_column])
def test_a_fault_of_ranking_or_contract_costs_the_screen_alone(
    knowledge, tmp_path, monkeypatch, break_it
):
    twin = ts.datasets.toy_twin()
    del twin.uns["replicates"]
    write_anndata(twin, tmp_path / "twin.h5ad", TWIN)
    break_it(monkeypatch)
    run_verb(
        *("screen", tmp_path / "twin.h5ad", "--keep-going", "--pairs", 0),
        *flags("influence", "wiring", "genes", "interactome", "drugs", "targets"),
        *flags("ligand-receptor"),
        *("--screen", tmp_path / "screen.h5ad", "--ranking", tmp_path / "ranking.tsv"),
    )
    screen = read_anndata(tmp_path / "screen.h5ad", SCREEN)
    assert screen.n_obs == 0
    assert screen.uns["unscorable"].startswith(REASON)
    assert (tmp_path / "ranking.tsv").exists()

"""Which cells are left out, by which rule; doublets that were made; types that are known."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from small_tables import write_gene_names
from twinscreen.files import GeneNames, InputError
from twinscreen.observe.cells.cell_types import (
    from_celltypist,
    from_column,
    from_markers,
    read_markers,
)
from twinscreen.observe.cells.quality import (
    Kept,
    Measures,
    leave_out_doublets,
    leave_out_outliers,
    measure,
    within_limits,
)
from twinscreen.settings.observe import ObserveSettings


def limits(**changes):
    given = {"min_counts": 0, "min_genes": 0, "max_mitochondrial": 1.0, "mad": 5}
    return ObserveSettings(**{**given, **changes})


def test_each_cell_counts_at_the_first_rule_that_takes_it():
    counts = sparse.csr_array(np.array([[1, 0], [9, 0], [2, 8], [0, 9], [6, 6]]))
    found = measure(counts, np.array(["CD4", "MT-CO1"]))
    assert found.counts.tolist() == [1, 9, 10, 9, 12]
    assert found.genes.tolist() == [1, 1, 2, 1, 2]
    assert found.mitochondrial.tolist() == [0, 0, 0.8, 1, 0.5]
    kept = within_limits(found, limits(min_counts=5, min_genes=2, max_mitochondrial=0.5))
    assert kept.cells.tolist() == [False, False, False, False, True]
    assert kept.removed == {"counts": 1, "genes": 2, "mitochondrial": 1}


def test_without_mitochondrial_genes_no_cell_goes_for_them():
    found = measure(sparse.csr_array(np.array([[3, 1]])), np.array(["CD4", "CD8A"]))
    assert np.isnan(found.mitochondrial).all()
    assert within_limits(found, limits(max_mitochondrial=0.0)).cells.all()


def test_outliers_are_those_of_their_own_type():
    random = np.random.default_rng(0)
    counts = np.round(np.concatenate([random.lognormal(7, 0.2, 100), random.lognormal(9, 0.2, 40)]))
    types = np.array(["small"] * 100 + ["large"] * 40)
    counts[0], counts[100] = 8000, 1100  # usual for the other type
    measures = Measures(counts, np.full(140, 900), np.full(140, 0.04))
    kept = Kept(np.ones(140, dtype=bool))
    said = leave_out_outliers(kept, measures, types, n_genes=20000, mad=8)
    assert np.flatnonzero(~kept.cells).tolist() == [0, 100]
    assert kept.removed == {"outlying counts": 2, "outlying genes": 0, "outlying mitochondrial": 0}
    assert "8 median absolute deviations" in said
    off = np.abs(np.log1p(counts[:100]) - np.median(np.log1p(counts[:100])))
    expected = off > 8 * stats.median_abs_deviation(np.log1p(counts[:100]))
    assert (~kept.cells[:100]).tolist() == expected.tolist()


def test_a_small_mitochondrial_share_is_never_held_against_a_cell():
    share = np.r_[np.linspace(0.001, 0.002, 60), 0.03, 0.2]
    kept = Kept(np.ones(62, dtype=bool))
    measures = Measures(np.full(62, 1000), np.full(62, 500), share)
    leave_out_outliers(kept, measures, np.full(62, "T"), n_genes=20000, mad=5)
    assert np.flatnonzero(~kept.cells).tolist() == [61]


@pytest.mark.parametrize(("n", "n_genes", "mad"), [(62, 1000, 5), (62, 20000, 0), (20, 20000, 5)])
def test_where_nothing_says_what_is_usual_all_are_kept(n, n_genes, mad):
    """A panel of genes, no limit wanted, or few cells of the type."""
    kept = Kept(np.ones(n, dtype=bool))
    measures = Measures(np.r_[np.arange(1000, 1000 + n - 1), 9e9], np.full(n, 500), np.zeros(n))
    leave_out_outliers(kept, measures, np.full(n, "T"), n_genes=n_genes, mad=mad)
    assert kept.cells.all()


@pytest.fixture(scope="module")
def two_types():
    """300 cells of two types, each marked by 60 of 400 genes, and 30 sums of one of either."""
    random = np.random.default_rng(3)
    level = np.tile(random.lognormal(-0.5, 0.5, 400), (2, 1))
    level[0, :60] *= 8
    level[1, 60:120] *= 8
    types = np.repeat([0, 1], 150)
    single = random.poisson(level[types])
    double = single[random.integers(0, 150, 30)] + single[random.integers(150, 300, 30)]
    return sparse.csr_array(np.vstack([single, double]).astype(float)), types


def test_doublets_that_were_made_are_found(two_types):
    counts, _ = two_types
    settings = limits(doublets="scrublet", doublet_rate=0.1)
    found = []
    for _ in range(2):
        kept = Kept(np.ones(330, dtype=bool))
        said = leave_out_doublets(kept, counts, settings, seed=1)
        found.append(kept.cells)
    assert said.startswith("Scrublet, score above")
    assert (~found[0][300:]).mean() > 0.7
    assert (~found[0][:300]).mean() < 0.1
    assert (found[0] == found[1]).all()
    assert kept.removed["doublet"] == (~found[0]).sum()


def test_doublets_are_not_looked_for_among_few_cells(two_types):
    kept = Kept(np.arange(330) < 99)
    said = leave_out_doublets(kept, two_types[0], limits(doublets="scrublet"), seed=1)
    assert "99 cells" in said
    assert kept.removed == {}


# --- cell types ---------------------------------------------------------------------------

SYMBOLS = np.array([f"G{n}" for n in range(400)])


@pytest.fixture
def known(tmp_path):
    return GeneNames(write_gene_names(tmp_path / "names.parquet", SYMBOLS))


def test_a_blank_type_is_none():
    table = pd.DataFrame({"type": pd.Categorical(["T", " ", None])})
    assert from_column(table, "type").names.tolist() == ["T", "", ""]


def marker_file(tmp_path, text):
    path = tmp_path / "markers.tsv"
    path.write_text(text.replace(" ", "\t"), encoding="utf-8")
    return path


def test_markers_find_the_types(tmp_path, known, two_types):
    counts, types = two_types
    rows = [f"one G{n} +\none G{n + 60} -\ntwo G{n + 60} +" for n in range(5)]
    path = marker_file(tmp_path, "cell_type gene sign\n" + "\n".join(rows) + "\n")
    markers = read_markers(path, known)
    assert markers["sign"].tolist() == [1, -1, 1] * 5
    found = from_markers(counts[:300], SYMBOLS, markers, file=path, seed=1)
    assert (found.names == np.array(["one", "two"])[types]).mean() > 0.99
    assert found.origin == "marker genes of 2 types"


def test_cells_without_a_marker_have_no_type(tmp_path, known, two_types):
    counts = two_types[0][:300].toarray()
    counts[:20, :120] = 0  # so few cells that their neighbours are they themselves
    rows = [f"one G{n}\ntwo G{n + 60}" for n in range(30)]
    path = marker_file(tmp_path, "cell_type gene\n" + "\n".join(rows) + "\n")
    markers = read_markers(path, known)
    sample = sparse.csr_array(counts)
    found = from_markers(sample, SYMBOLS, markers, file=path, seed=1)
    assert (found.names[:20] == "").all()
    assert (found.names[20:] != "").all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cell_type gene\nT G1\n", "1 known genes that mark it"),
        ("cell_type gene sign\nT G1 +\nT G1 -\n", "both signs"),
        ("cell_type gene sign\nT G1 up\n", "'up'"),
        ("type gene\nT G1\n", "the columns type, gene"),
    ],
)
def test_a_fault_of_the_markers_is_said(tmp_path, known, text, said):
    with pytest.raises(InputError, match=said):
        read_markers(marker_file(tmp_path, text), known)


def test_markers_that_were_not_measured_type_nothing(tmp_path, known, two_types):
    path = marker_file(tmp_path, "cell_type gene\n" + "A G1\nA G2\nB G398\nB G399\n")
    markers = read_markers(path, known)
    with pytest.raises(InputError, match="1 cell type with at least 2 markers"):
        from_markers(two_types[0][:, :300], SYMBOLS[:300], markers, file=path, seed=1)


def test_a_celltypist_model_finds_the_types(tmp_path, known, two_types):
    """The model is written as CellTypist writes it; it has a third type, of doublets."""
    pytest.importorskip("celltypist", reason="the optional dependency celltypist is not installed")
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    counts, types = two_types
    labels = np.array(["one", "two", "both"])[np.r_[types, np.full(30, 2)]]
    level = np.log1p(counts.toarray() / counts.sum(axis=1)[:, None] * 1e4)
    scaler = StandardScaler().fit(level[::2])
    model = LogisticRegression(C=0.01).fit(scaler.transform(level[::2]), labels[::2])
    model.features = SYMBOLS
    written = {"Model": model, "Scaler_": scaler, "description": {}}
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(written))
    found = from_celltypist(counts[:300], SYMBOLS, tmp_path / "model.pkl", known)
    given = found.names != ""
    assert given.mean() > 0.5
    assert (found.names == labels[:300])[given].mean() > 0.99
    assert found.origin == "CellTypist model model.pkl"
    with pytest.raises(InputError, match="can't use it"):
        from_celltypist(counts, np.char.add("X", SYMBOLS), tmp_path / "model.pkl", known)


def test_a_model_that_is_not_there_is_not_downloaded(known, two_types):
    with pytest.raises(InputError, match="not downloaded"):
        from_celltypist(two_types[0], SYMBOLS, "Immune_All_Low.pkl", known)

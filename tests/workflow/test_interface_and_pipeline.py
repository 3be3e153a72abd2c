"""The same twin and the same screen from Python and from the workflow."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import twinscreen as ts
from tiny_cohort import CONFIG
from twinscreen.files import SCREEN, TWIN, read_anndata

BATCH = {"D1": "one", "D2": "one", "D3": "two", "D4": "two", "P3": "two"}
COLUMNS = {"tissue": "tissue", "time": "visit", "batch": "batch"}


@pytest.fixture(scope="module")
def cells(study):
    """Raw cells of the healthy donors and of one patient, in one AnnData."""
    files = [ad.read_h5ad(study.folder / f"{name}.h5ad") for name in ("joint", "D4")]
    joint = ad.concat(files, merge="same")
    donor = joint.obs["donor"].astype(str)
    joint.obs["condition"] = np.where(donor == "P3", "ill", "healthy")
    joint.obs["tissue"], joint.obs["batch"] = "blood", donor.map(BATCH)
    return joint


@pytest.fixture(scope="module")
def kb(study):
    return ts.kb.read(study.output / "knowledge")


def same(one, other):
    """Compare arrays of any kind, numbers but for their last digits.

    Jobs of the workflow are pinned to one kind of processor, a notebook is not.
    """
    one, other = (x.toarray() if sparse.issparse(x) else np.asarray(x) for x in (one, other))
    if one.dtype.kind == "f":
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-12)
    else:
        np.testing.assert_array_equal(one, other)


def same_tables(one, other):
    """Compare tables, whose texts a file may keep as categories.

    Numbers may differ in the last digit: sums depend on how many threads make them.
    """
    assert one.columns.tolist() == other.columns.tolist()
    for name in one:
        if pd.api.types.is_float_dtype(other[name]):
            # p rests on states of float32, and on sums whose order is that of the threads
            np.testing.assert_allclose(one[name], other[name], rtol=1e-7, err_msg=name)
        else:
            first, second = (table[name].astype(str).to_numpy() for table in (one, other))
            assert (first == second).all(), name


def test_observations_are_those_of_the_workflow(study, cells, kb):
    found = ts.pp.observe(cells, kb, **COLUMNS)
    assert len(found) == 5
    for one in found:
        donor = one.uns["sample"]["patient"]
        name = "P3_T0" if donor == "P3" else donor
        other = ad.read_h5ad(study.output / "observations" / f"{name}.h5ad")
        same(one.X, other.X)
        same(one.obsm["protein"], other.obsm["protein"])
        assert one.obs["cell_type"].tolist() == other.obs["cell_type"].tolist()
        assert one.var_names.tolist() == other.var_names.tolist()


def test_twin_and_screen_are_those_of_the_workflow(study, cells, kb):
    twin = ts.tl.twin(cells, kb, patient="P3", control="healthy", columns=COLUMNS, **CONFIG["twin"])
    other = read_anndata(study.output / "twins" / "P3.h5ad", TWIN)
    same(twin.X, other.X)
    assert twin.obs_names.tolist() == other.obs_names.tolist()
    for name in other.layers:
        same(twin.layers[name], other.layers[name])
    for name in other.obsp:
        same(twin.obsp[name], other.obsp[name])
    same_tables(twin.obs, other.obs)
    tables = [name for name in other.uns if isinstance(other.uns[name], pd.DataFrame)]
    for name in set(tables) - {"samples"}:  # which names the samples
        same_tables(twin.uns[name], other.uns[name])
    screen = ts.tl.screen(twin, kb)
    expected = read_anndata(study.output / "screens" / "P3.h5ad", SCREEN)
    assert screen.obs_names.tolist() == expected.obs_names.tolist()
    for name in expected.layers:
        same(screen.layers[name], expected.layers[name])
    same_tables(screen.obs, expected.obs)
    assert screen.uns["call"]["pvalue"] == pytest.approx(expected.uns["call"]["pvalue"])
    read = pd.read_csv(study.output / "screens" / "P3.ranking.tsv", sep="\t")
    assert read["drug"].tolist() == ts.get.ranking(screen)["drug"].tolist()

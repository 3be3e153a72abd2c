"""Two healthy donors of one's own beside those of another study: what held-out donors show."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twin_settings import GENERAL, changed
from twinscreen.files import OBSERVATION, read_anndata
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.reference import build_reference

SETTINGS = changed(GENERAL, min_genes=100, public="public")

#: Cell types of Kang et al., as the demonstration calls them.
CELL_TYPES = {
    "CD14 Mono": "Mono_Classical",
    "CD16 Mono": "Mono_Nonclassical",
    "NK": "NK",
    "CD8 T": "CD8_Mem",
    "B": "B_Naive",
    "CD4 Naive T": "CD4_Naive",
    "CD4 Memory T": "CD4_Mem",
}


def labelled(one: ad.AnnData, condition: str) -> ad.AnnData:
    """Give an observation another condition, and no batch, which would choose among donors."""
    one = one.copy()
    one.uns["sample"] = {**one.uns["sample"], "condition": condition, "batch": ""}
    return one


def held_out(
    own: Sequence[ad.AnnData], public: Sequence[ad.AnnData], others: Sequence[ad.AnnData]
) -> Iterator[float]:
    """Yield the share of genes with p < 0.05 in each of the others, compared as a patient is."""
    reference = build_reference(
        [*(labelled(one, "own") for one in own), *(labelled(one, "public") for one in public)],
        min_cells=10,
        min_donors=3,
        min_count=10,
        public="public",
    )
    for one in others:
        compared = compare_with_reference([labelled(one, "patient")], reference, SETTINGS)
        pvalues = [found.deviation.pvalue for found in compared if found.deviation is not None]
        if pvalues:
            yield float(np.mean([np.mean(p[np.isfinite(p)] < 0.05) for p in pvalues]))


@pytest.fixture(scope="module")
def demonstration(healthy_output):
    """Observations of the demonstration's 13 healthy donors."""
    paths = sorted((healthy_output / "observations").glob("*_HC.h5ad"))
    return [read_anndata(path, OBSERVATION) for path in paths]


def test_sites_of_one_study(demonstration):
    """Two donors of one of three sites are one's own, those of the other two public."""
    rows = []
    for site in ("B1", "B2", "B3"):
        here = [one for one in demonstration if one.uns["sample"]["batch"] == site]
        away = [one for one in demonstration if one.uns["sample"]["batch"] != site]
        for own in islice(combinations(here, 2), 6):
            rest = [one for one in here if not any(one is mine for mine in own)]
            for how, base, public in (
                ("beside own", own, away),
                ("as of one study", (), [*own, *away]),
                ("alone", (), away),
            ):
                rows += [(site, how, share) for share in held_out(base, public, rest)]
    table = pd.DataFrame(rows, columns=["site", "how", "share"])
    by_site = table.pivot_table(index="how", columns="site", values="share")
    mean = by_site.mean(axis=1)
    print(by_site.assign(mean=mean).round(4).to_string())
    assert 0.02 < mean["beside own"] < 0.06 < mean["alone"]


def test_another_study(demonstration, kang_observations):
    """Two untreated donors of Kang et al. are one's own, those of the demonstration public."""
    read = [read_anndata(path, OBSERVATION) for path in kang_observations]
    for one in read:
        one.obs["cell_type"] = one.obs["cell_type"].astype(str).replace(CELL_TYPES)
    by_condition = {
        name: [one for one in read if one.uns["sample"]["condition"] == name]
        for name in ("untreated", "stimulated")
    }
    untreated, rows = by_condition["untreated"], []
    for n_own in (0, 1, 2):
        for own in islice(combinations(untreated, n_own), 0, None, 4 if n_own == 2 else 1):
            donors = {one.uns["sample"]["patient"] for one in own}
            for condition, samples in by_condition.items():
                rest = [one for one in samples if one.uns["sample"]["patient"] not in donors]
                shares = held_out(own, demonstration, rest)
                rows += [(n_own, condition, share) for share in shares]
    table = pd.DataFrame(rows, columns=["n_own", "cells", "share"])
    mean = table.pivot_table(index="n_own", columns="cells", values="share")
    print(mean.round(4).to_string())
    assert mean.loc[0, "untreated"] > 0.25
    assert (mean.loc[[1, 2], "untreated"] < 0.09).all()
    assert (mean.loc[[1, 2], "stimulated"] > 0.15).all()

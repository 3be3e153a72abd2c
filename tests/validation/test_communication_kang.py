"""Cells that interferon beta stimulates talk in known ways: they must come out, for every donor.

Stimulated monocytes release CXCL10, CXCL11, CCL8, TRAIL (TNFSF10) and BAFF (TNFSF13B); BAFF
reaches B cells through TACI (TNFRSF13B).
"""

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from twinscreen.files import TWIN, read_anndata

ROOT = Path(__file__).resolve().parents[2]
DONORS = ["101", "107", "1015", "1016", "1039", "1244", "1256", "1488"]
RELEASED = {"CXCL10", "CXCL11", "CCL8", "TNFSF10", "TNFSF13B"}


@pytest.fixture(scope="module")
def twins(tmp_path_factory, data_folder, cache_folder):
    """Twins of all donors, each against the donor's own untreated cells."""
    folder = tmp_path_factory.mktemp("kang")
    subprocess.run(
        [
            "snakemake",
            *(f"output/twins/patient_{donor}.h5ad" for donor in DONORS),
            *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)),
            *("--configfile", str(ROOT / "tests/validation/kang/config.yaml")),
            *("--cores", "2", "--quiet", "all", "--config", "output=output"),
            f"cache={cache_folder}",
            f"sources={ROOT / 'resources/sources.yaml'}",
            f"samples={ROOT / 'tests/validation/kang/samples.tsv'}",
            f"patients={ROOT / 'tests/validation/kang/patients.tsv'}",
        ],
        check=True,
        env=os.environ | {"TWINSCREEN_DATA": str(data_folder)},
    )
    return {
        donor: read_anndata(folder / f"output/twins/patient_{donor}.h5ad", TWIN) for donor in DONORS
    }


def gained(twin, cell_type):
    """Links from a cell type that are significantly more than in the control."""
    links = twin.uns["communication"]
    sent = links["sender"].str.startswith(f"{cell_type}|")
    return links[sent & (links["gain"] > 0) & (links["gain_qvalue"] < 0.05)]


@pytest.mark.parametrize("donor", DONORS)
def test_what_stimulated_monocytes_gain_most(twins, donor):
    links = gained(twins[donor], "CD14 Mono")
    total = links.groupby("ligand")["gain"].sum().sort_values(ascending=False)
    print(f"donor {donor}: {total.head(10).round(2).to_dict()}")
    assert len(RELEASED & set(total.index[:10])) >= 3


def test_baff_of_monocytes_reaches_b_cells(twins):
    found = {}
    for donor, twin in twins.items():
        links = twin.uns["communication"]
        chosen = links["sender"].str.startswith("CD14 Mono|") & (links["ligand"] == "TNFSF13B")
        chosen &= links["receiver"].str.startswith("B|") & (links["receptor"] == "TNFRSF13B")
        if chosen.any():
            found[donor] = links[chosen].iloc[0]
    table = pd.DataFrame(found).T
    print(table[["gain", "gain_logfc", "gain_qvalue", "qvalue"]])
    assert len(table) >= 3  # the other donors have fewer than ten B cells
    assert (table["gain"] > 0).all()
    assert (table["qvalue"] < 0.05).all()
    assert (table["gain_qvalue"] < 0.05).sum() >= 3


@pytest.mark.parametrize("donor", DONORS)
def test_monocytes_drive(twins, donor):
    centrality = twins[donor].obs["communication_centrality"].dropna()
    print(centrality.sort_values(ascending=False).round(2).to_dict())
    assert centrality.idxmax() == "CD14 Mono|blood|6h"

"""Interferon-stimulated cells of eight donors: the known answer must come out, for each of them.

Interferon beta acts through JAK1 and TYK2. So in cells stimulated with it, against untreated
cells of the same donor, JAK inhibitors belong on top of the ranking and interferons at the end.
"""

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from twinscreen.files import SCREEN, TWIN, read_anndata

ROOT = Path(__file__).resolve().parents[2]
INHIBITORS = ["ruxolitinib", "tofacitinib", "baricitinib"]
INTERFERONS = ["IFN-α2", "peginterferon alfa-2b"]
DONORS = ["101", "107", "1015", "1016", "1039", "1244", "1256", "1488"]


@pytest.fixture(scope="module")
def results(tmp_path_factory, data_folder, cache_folder):
    """Screens that the workflow makes with the configuration beside this file."""
    folder = tmp_path_factory.mktemp("kang")
    subprocess.run(
        [
            "snakemake",
            *(f"output/screens/patient_{donor}.ranking.tsv" for donor in DONORS),
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
    return folder / "output"


@pytest.mark.parametrize("donor", DONORS)
def test_jak_inhibitors_lead_and_interferons_trail(results, donor):
    ranking = pd.read_csv(results / f"screens/patient_{donor}.ranking.tsv", sep="\t")
    ranked = ranking[ranking["status"] == "ranked"].set_index("drug")["rank"]
    share = ranked / len(ranked)
    print(f"donor {donor}: {len(ranked)} drugs ranked")
    print(share[INHIBITORS + INTERFERONS].round(4).to_string())
    assert len(ranked) > 700
    assert (share[INHIBITORS] <= 0.05).all()
    assert (share[INTERFERONS] > 0.90).all()


def test_drugs_without_a_path_have_no_score(results):
    screen = read_anndata(results / "screens/patient_101.h5ad", SCREEN)
    unscored = screen.obs[screen.obs["status"] != "ranked"]
    assert len(unscored) > 100
    assert unscored["score"].isna().all()
    assert unscored["rank"].isna().all()
    assert not (screen.obs["score"] == 0).any()


def test_interferon_response_genes_are_in_the_modules(results):
    twin = read_anndata(results / "twins/patient_1015.h5ad", TWIN)
    monocytes = twin["CD14 Mono|blood|6h"].to_df()
    qvalue = twin["CD14 Mono|blood|6h"].to_df("qvalue")
    for gene in ["ISG15", "IFIT1", "IFIT3", "MX1", "STAT1"]:
        assert monocytes[gene].item() > 0, gene
        assert qvalue[gene].item() < 0.01, gene

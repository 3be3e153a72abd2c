"""Interferon-stimulated cells of eight donors: the known answers must come out, for each of them.

Interferon beta acts through JAK1 and TYK2. So in cells stimulated with it, against untreated
cells of the same donor, JAK inhibitors belong on top of the ranking and interferons at the end, and
the first drug is called; where the labels of the cells are permuted there is no call. `make
validate` prints all figures on these cells. Stimulated monocytes release CXCL10, CXCL11, CCL8,
TRAIL (TNFSF10) and BAFF (TNFSF13B); BAFF reaches B cells through TACI (TNFRSF13B).
"""

from pathlib import Path

import pandas as pd
import pytest

from twinscreen.files import SCREEN, TWIN, read_anndata

BENCHMARKS = str(Path(__file__).resolve().parents[2] / "benchmarks")
INHIBITORS = ["ruxolitinib", "tofacitinib", "baricitinib"]
INTERFERONS = ["IFN-α2", "peginterferon alfa-2b"]
RELEASED = {"CXCL10", "CXCL11", "CCL8", "TNFSF10", "TNFSF13B"}
DONORS = ["101", "107", "1015", "1016", "1039", "1244", "1256", "1488"]


@pytest.fixture(scope="module")
def results(kang_output):
    """Twins and screens of all donors, each against the donor's own untreated cells."""
    return kang_output


@pytest.fixture(scope="module")
def twins(results):
    return {donor: read_anndata(results / f"twins/patient_{donor}.h5ad", TWIN) for donor in DONORS}


@pytest.fixture(scope="module")
def right_drugs(data_folder):
    """JAK inhibitors and the antibody to the receptor."""
    labels = pd.read_csv(data_folder / "kang2018/labels.tsv", sep="\t")
    return set(labels.loc[labels["label"] == "positive", "drug"])


@pytest.mark.parametrize("donor", DONORS)
def test_jak_inhibitors_lead_and_interferons_trail(results, donor):
    ranking = pd.read_csv(results / f"screens/patient_{donor}.ranking.tsv", sep="\t")
    ranked = ranking[ranking["status"] == "ranked"].set_index("drug")["rank"]
    share = ranked / len(ranked)
    print(f"donor {donor}: {len(ranked)} drugs ranked")
    print(share[INHIBITORS + INTERFERONS].round(4).to_string())
    assert len(ranked) > 700
    assert (share[INHIBITORS] <= 0.05).all()
    assert (share[INTERFERONS] > 0.95).all()


@pytest.mark.parametrize("donor", DONORS)
def test_the_first_drug_is_a_jak_inhibitor_and_is_called(results, right_drugs, donor):
    ranking = pd.read_csv(results / f"screens/patient_{donor}.ranking.tsv", sep="\t")
    first = ranking[ranking["rank"] == 1]
    call = read_anndata(results / f"screens/patient_{donor}.h5ad", SCREEN).uns["call"]
    print(f"donor {donor}: {first['drug'].tolist()}, p {call['pvalue']:.1e}")
    assert set(first["drug"]) <= right_drugs
    assert (first["call"] == "yes").all()
    assert call["called"]
    assert call["pvalue"] < 0.01


def test_there_is_no_call_where_labels_are_permuted(results, data_folder, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from validation.common import Places, library

    from validation import kang

    places = Places(data_folder, results, results)
    shared = kang.Shared.read(places, library(places))
    settings = kang.settings_of(
        read_anndata(results / "twins/patient_107.h5ad", TWIN), bootstrap_replicates=0
    )
    cells = kang.read_cells(places, "107")
    pair = kang.permuted_samples(*cells, "107, permutation 0")
    for one, other in zip(pair, cells, strict=True):
        assert (one.obs["cell_type"] == other.obs["cell_type"]).all()
    moved = [one.X.sum() for one in (*pair, *cells)]
    assert moved[0] + moved[1] == moved[2] + moved[3]
    assert moved[0] != moved[2]
    call = shared.combined(*kang.build(*pair, settings, shared.network)).call
    print(f"best {call.best:.2f}, threshold {call.threshold:.2f}, p {call.pvalue:.2f}")
    assert call.n_null == 100
    assert not call.called


def test_drugs_without_a_score_have_no_rank(results):
    screen = read_anndata(results / "screens/patient_101.h5ad", SCREEN)
    unscored = screen.obs[screen.obs["status"] != "ranked"]
    # without a precedent z is 0, so that only drugs of unknown action have no score
    assert len(unscored) > 5
    assert (unscored["status"] == "unknown action").all()
    assert unscored["score"].isna().all()
    assert unscored["rank"].isna().all()


def test_interferon_response_genes_are_in_the_modules(results):
    twin = read_anndata(results / "twins/patient_1015.h5ad", TWIN)
    monocytes = twin["CD14 Mono|blood|6h"].to_df()
    qvalue = twin["CD14 Mono|blood|6h"].to_df("qvalue")
    for gene in ["ISG15", "IFIT1", "IFIT3", "MX1", "STAT1"]:
        assert monocytes[gene].item() > 0, gene
        assert qvalue[gene].item() < 0.01, gene


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

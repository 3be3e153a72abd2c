"""A kind of evidence of another package goes from twin to page, as docs/evidence.md says."""

import os

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from foreign_kind import install
from twinscreen.screen.evidence.contract import rank_scores

DONE = ("knowledge", "findings", "observations", "reference", "twins", "replicates")


@pytest.fixture(scope="module")
def seen(study, tmp_path_factory):
    """Run the workflow with the package beside ours, from the twins on."""
    folder = tmp_path_factory.mktemp("foreign")
    other = study.beside(
        folder / "study", *(part for part in DONE if (study.output / part).is_dir())
    )
    ranked = pd.read_csv(study.output / "screens" / "P1.ranking.tsv", sep="\t")["drug"]
    labels = "".join(f"{drug}\tpositive\n" for drug in ranked[:3])
    (other.folder / "labels.tsv").write_text(f"drug\tlabel\n{labels}", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        paths = [str(install(folder / "installed")), os.environ.get("PYTHONPATH", "")]
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        other.run(other.configure(only=["P1"], evaluation={"labels": "labels.tsv"}))
    return other


def test_the_screen_has_its_column_its_layers_and_its_row(study, seen):
    screen = ad.read_h5ad(seen.output / "screens" / "P1.h5ad")
    assert {"relevance", "relevance_z", "relevance_p"} <= screen.layers.keys()
    treated = screen.var["weight"].to_numpy() > 0
    firsts = screen.obs_names == screen.obs["mechanism"]
    whole = screen.layers["relevance"][:, treated].mean(axis=1)[firsts]
    z = screen.obs["relevance_z"].to_numpy()[firsts]
    assert z == pytest.approx(rank_scores(whole), nan_ok=True, abs=0.02)  # layers are rounded
    row = screen.uns["kinds"].set_index("kind").loc["relevance"]
    assert (row["title"], row["package"], row["weight"]) == ("Relevance", "my-kinds 1.2", 0)

    # All else stays as it was.
    without = ad.read_h5ad(study.output / "screens" / "P1.h5ad")
    others = [name for name in without.obs if name != "evidence"]
    pd.testing.assert_frame_equal(screen.obs[others], without.obs[others])
    assert "relevance" not in set(without.uns["kinds"]["kind"])


def test_ranking_and_page_name_it_where_it_supports_a_drug(seen):
    screen = ad.read_h5ad(seen.output / "screens" / "P1.h5ad")
    ranking = pd.read_csv(seen.output / "screens" / "P1.ranking.tsv", sep="\t")
    supported = screen.obs["relevance_z"].reindex(ranking["drug_id"]).to_numpy() >= 1.645
    assert supported.any()
    said = ranking["evidence"].fillna("").str.contains("relevance ").to_numpy()
    np.testing.assert_array_equal(said, supported)
    page = (seen.output / "reports" / "P1.html").read_text(encoding="utf-8")
    assert "Relevance" in page
    assert "than those of other drugs." in page or "relevant to all layers together." in page


def test_the_evaluation_measures_it_alone(seen):
    table = pd.read_csv(seen.output / "cohort" / "evaluation.tsv", sep="\t")
    alone = table[table["kind"] == "evidence"].set_index(["method", "case"])
    assert 0 <= alone.loc[("relevance", "P1"), "auroc"] <= 1
    assert "relevance" in (seen.output / "reports" / "cohort.html").read_text(encoding="utf-8")

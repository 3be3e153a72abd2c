"""The tutorial runs as it stands, on fewer cells from where the run begins."""

from pathlib import Path

import anndata as ad
import pandas as pd
import pytest
import yaml

from pasted import Reader, blocks
from tiny_cohort import ROOT

PAGE = (ROOT / "docs" / "tutorial" / "own_cohort.md").read_text(encoding="utf-8")

#: Donors and patient that are kept, with so many cells of two types each.
KEPT = ("AA220014", "AA220534", "AA220907", "HDML", "HGR0000391")
MOST_CELLS = 25

#: What makes a run short.
SHORT = {
    "twin": {"random_sets": 20, "bootstrap_replicates": 5, "null_replicates": 5},
    "communication": {"permutations": 100},
    "screen": {"random_seeds": 20, "random_modules": 64, "pairs": 0},
}


def cut(folder: Path) -> None:
    """Keep few people and cells, in the file and in the sheets."""
    cells = ad.read_h5ad(folder / "mystudy.h5ad")
    obs = cells.obs[cells.obs["subject_code"].isin(KEPT)]
    obs = obs[obs["cluster_label"].isin(["Mono_Classical", "CD4_Mem"])]
    few = obs.groupby(["subject_code", "cluster_label"], observed=True).head(MOST_CELLS)
    cells[few.index].copy().write_h5ad(folder / "mystudy.h5ad")
    for name in ("samples", "patients"):
        path = folder / "mystudy" / f"{name}.tsv"
        rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        rows[rows["patient"].isin(KEPT)].to_csv(path, sep="\t", index=False)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_tutorial_runs_as_it_stands(study, cache_folder, tmp_path):
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "twinscreen").symlink_to(cache_folder)
    reader = Reader(tmp_path, study.variables())
    before, after = PAGE.split("## 4. Run")

    said = ""
    for language, block in blocks(before):
        if language == "text":
            assert block.strip() in said
        else:
            said = reader.paste(language, block)

    cut(tmp_path)
    short = SHORT | {"knowledge": {"folder": str(study.output / "knowledge")}}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(short), encoding="utf-8")
    pages = []
    for language, block in blocks(after):
        block = block.replace("mystudy/config.yaml", "mystudy/config.yaml short.yaml")
        reader.paste(language, block)
        pages.append({p: p.stat().st_mtime_ns for p in tmp_path.rglob("reports/*.html")})
    assert {page.stem for page in pages[-1]} == {"HGR0000391", "cohort"}
    assert pages[-1] == pages[1], "a second run of the same made pages anew"

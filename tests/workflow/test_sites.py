"""A finished run shares sums, which another site takes into its reference."""

import re

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest

from tiny_cohort import SAMPLES


@pytest.fixture
def sums(study, tmp_path, twinscreen):
    """What the tiny cohort shares, of groups of four."""
    arguments = ["share", study.output, "--to", tmp_path, "--site", "north", "--min-group", 4]
    assert twinscreen(*arguments, "--exact")[0] == 0
    return tmp_path


def test_three_files_hold_sums_and_nobody(sums):
    names = ["north.cohort.tsv", "north.drugs.tsv", "north.reference.h5ad"]
    assert sorted(path.name for path in sums.iterdir()) == names
    of_donors = ad.read_h5ad(sums / "north.reference.h5ad")
    assert of_donors.obs["n_donors"].tolist() == [4, 4, 4]
    assert pd.read_csv(sums / "north.drugs.tsv", sep="\t").empty  # of three patients
    counts = pd.read_csv(sums / "north.cohort.tsv", sep="\t")
    assert counts["n"].isna().all()
    texts = []

    def keep(_, one):
        if isinstance(one, h5py.Dataset):
            texts.append(str(np.asarray(one[()]).astype(str).tolist()))

    with h5py.File(sums / "north.reference.h5ad") as file:
        file.visititems(keep)
    texts += [(sums / name).read_text(encoding="utf-8") for name in names[:2]]
    people = re.compile(r"\b(D[1-4]|P[1-3])(_T[01])?\b(?!')")
    assert not people.findall(re.sub(r"'[A-Z0-9-]+'", "", "\n".join(texts)))


def test_a_configuration_names_what_other_sites_share(study, sums, tmp_path):
    """The check counts their donors, and the run makes reference and twins anew."""
    path = sums / "north.reference.h5ad"
    few = SAMPLES.replace("D3 D3 healthy", "D3 D3 convalescent")
    config = study.configure(
        "sites", samples=few, reference={"control": "healthy", "sites": [str(path)]}
    )
    printed = study.run(config, "--dry-run", "--printshellcmds")
    assert f"--sites {path}" in printed
    assert "and with those of other sites" in printed
    assert "Null replicates: 3 for each patient" in printed
    planned = study.planned(config)
    assert {"reference", "twin P1", "screen P1", "cohort"} <= planned
    assert "observe P1_T0" not in planned


def test_the_verb_builds_the_reference_of_both_sites(study, sums, tmp_path, twinscreen):
    """Two donors here and sums of four there are compared with as six."""
    files = [study.output / "observations" / f"{name}.h5ad" for name in ("D1", "D2", "D3")]
    others = sums / "north.reference.h5ad"
    made = tmp_path / "reference.h5ad"
    options = ("--output", made, "--min-cells", 20)
    code, said = twinscreen("reference", *files[:2], "--sites", others, *options)
    assert code == 0, said
    found = ad.read_h5ad(made)
    assert found.obs["donor"].nunique() == 2
    assert found.uns["elsewhere"]["n_donors"].tolist() == [4, 4, 4]
    assert others.name in set(found.uns["provenance"]["inputs"]["file"])
    # each of the two against the other and the four
    assert np.isfinite(found.layers["effect"]).any(axis=1).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--site", "a/b"], "letters, digits"),
        (["--site", "north", "--min-group", "2"], "at least 3"),
        (["--site", "north"], "at most 4 donors of a cell type"),
    ],
)
def test_what_cannot_be_shared_is_refused(study, tmp_path, twinscreen, arguments, said):
    code, told = twinscreen("share", study.output, "--to", tmp_path / "to", *arguments)
    assert code == 2
    assert said in told
    assert not (tmp_path / "to").exists()

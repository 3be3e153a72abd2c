"""A twin is read with the tools that people know, as docs/reading_a_twin.md shows."""

import re
import shutil
from pathlib import Path

import anndata as ad
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from tiny_cohort import PATIENTS, ROOT, SAMPLES, Study
from twinscreen.cli import main

PAGE = (ROOT / "docs" / "reading_a_twin.md").read_text(encoding="utf-8")

#: The patient of the page, whose simulated findings stand beside the demonstration.
PATIENT = "HGR0000051"


@pytest.fixture(scope="module")
def output(study: Study, tmp_path_factory) -> Path:
    """Output with a patient of whom there are two time points, a treatment and findings."""
    other = study.beside(
        tmp_path_factory.mktemp("reading") / "cohort", "knowledge", "observations", "reference"
    )
    found = "\t".join(
        [
            str(ROOT / "config" / "simulated" / f"{PATIENT}.vcf"),
            str(ROOT / "config" / "simulated" / f"{PATIENT}.phenopacket.json"),
            "MONDO:0100096",
            "yes",
        ]
    )
    head, *rows = PATIENTS.splitlines()
    rows = [f"{row} {found}" if row.startswith("P1") else row for row in rows]
    patients = "\n".join([f"{head} variants phenotypes disease simulated", *rows]) + "\n"
    head, *rows = SAMPLES.splitlines()
    rows = [f"{row}  ruxolitinib" if row.startswith("P1_T1") else row for row in rows]
    samples = "\n".join([f"{head} treatment", *rows]) + "\n"
    config = other.configure(patients=patients, samples=samples, only=["P1"])
    other.run(config, "output/screens/P1.h5ad")
    for kind in ("twins", "screens"):
        shutil.copy(other.output / kind / "P1.h5ad", other.output / kind / f"{PATIENT}.h5ad")
    return other.output


@pytest.fixture
def twin(output: Path) -> ad.AnnData:
    return ad.read_h5ad(output / "twins" / f"{PATIENT}.h5ad")


def test_every_block_of_the_page_runs_in_its_order(output, monkeypatch):
    mpl.use("Agg")
    monkeypatch.chdir(output.parent)
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 15
    for block in blocks:
        line = PAGE[: PAGE.index(block)].count("\n")
        exec(compile("\n" * line + block, "docs/reading_a_twin.md", "exec"), names)
    # what the page concludes on the way
    component, place, twin = names["component"], names["place"], names["twin"]
    assert len(component) == twin.obs.loc[place, "lcc_size"] > 1
    assert set(component) <= set(names["module"].index)
    assert names["talk"].number_of_edges() == np.count_nonzero(twin.obsp["communication"])
    assert (names["course"]["status"] == "persisting").any()
    assert len(names["chains"]) > 0


def test_a_treated_copy_is_read_as_the_twin_is(output, tmp_path, monkeypatch):
    """The page again, with the copy that a drug was given to in the twin's place."""
    mpl.use("Agg")
    copied, knowledge = tmp_path / "output", output / "knowledge"
    shutil.copytree(output, copied)
    flags = {
        "influence": knowledge / "influence.h5ad",
        "drugs": knowledge / "drugs.parquet",
        "targets": knowledge / "drug_targets.parquet",
        "output": copied / "twins" / f"{PATIENT}.h5ad",
    }
    given = [f"--{name}={path}" for name, path in flags.items()]
    untreated = output / "twins" / f"{PATIENT}.h5ad"
    assert main(["treat", str(untreated), *given, "--drug=ruxolitinib", "--beta=2"]) == 0
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        exec(compile(block, "docs/reading_a_twin.md", "exec"), names)
    treated, before = names["twin"], ad.read_h5ad(untreated)
    assert treated.uns["treatment"]["name"] == "ruxolitinib"
    latest = (before.obs["latest"] & before.obs["scorable"]).to_numpy()
    changed = (np.nan_to_num(treated.X) != np.nan_to_num(before.X)).any(axis=1)
    assert (changed == latest).all()


def test_a_twin_has_what_the_design_promises(twin):
    """The list of the design, written out; docs/contracts.md has the whole."""
    promised = {
        "obs": "n_cells n_reference_donors method module_size lcc_size lcc_z lcc_p"
        " communication_centrality flags",
        "var": "degree variant phenotype exposure disease",
        "layers": "logfc pvalue qvalue module centrality relevance protein",
        "obsp": "communication time",
        "uns": "provenance hypotheses flags",
    }
    for part, names in promised.items():
        assert set(names.split()) <= set(getattr(twin, part)), part
    where = twin.obs[["cell_type", "tissue", "time"]].astype(str).agg("|".join, axis=1)
    assert where.tolist() == twin.obs_names.tolist()
    provenance = twin.uns["provenance"]
    assert provenance["parameters"]["seed"] == 1
    assert provenance["inputs"]["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    links = pd.DataFrame(twin.uns["communication"]).query("qvalue < 0.05")
    total = links.groupby(["sender", "receiver"])["weight"].sum()
    for (sender, receiver), weight in total.items():
        place = twin.obs_names.get_indexer([sender, receiver])
        assert twin.obsp["communication"][place[0], place[1]] == pytest.approx(weight)


def test_what_was_not_measured_is_missing_and_never_0(output, twin):
    observation = ad.read_h5ad(output / "observations" / "P1_T0.h5ad", backed="r")
    measured = twin.var_names.isin(observation.var_names)
    assert 300 < measured.sum() < twin.n_vars / 10
    for name in ("X", *twin.layers):
        values = twin.X if name == "X" else twin.layers[name]
        if name == "protein":  # the antibodies' genes, of which the cohort counts no RNA
            antibodies = ["CD3E", "CD4", "CD14", "CD19", "CD38", "HLA-DRA"]
            found = twin.var_names[np.isfinite(values).any(axis=0)]
            assert sorted(found) == sorted(twin.var_names.intersection(antibodies))
            continue
        if name != "relevance":  # neighbours of what was measured are relevant, too
            assert np.isnan(values[:, ~measured]).all(), name
        assert np.isfinite(values[:, measured]).any(), name
    compared = np.isfinite(np.asarray(twin.X))
    for name in ("logfc", "pvalue", "qvalue", "module", "effect_low", "module_support"):
        assert (np.isfinite(twin.layers[name]) == compared).all(), name
    inside = np.isfinite(twin.layers["centrality"])
    assert (inside.sum(axis=1) == twin.obs["lcc_size"]).all()
    assert (np.asarray(twin.layers["module"])[inside] == 1).all()


def test_patient_layers_have_weights_where_something_was_found_and_nothing_elsewhere(twin):
    assert twin.var["variant"].dropna().between(0, 1, inclusive="right").all()
    # of six simulated variants one is rare; the others are common, and nobody says they matter
    assert twin.var_names[twin.var["variant"].notna()].tolist() == ["STAT1"]
    assert twin.var.loc["STAT1", "variant"] == 0.5 * 0.5  # a missense variant of one of two copies
    assert twin.var["exposure"].isna().all()  # no table of exposures was given
    assert (twin.var["disease"].dropna() > 0).all()
    assert twin.uns["findings"].query("kind == 'variant'")["simulated"].all()
    assert "simulated" in twin.uns["flags"]
    module = np.asarray(twin.layers["module"]) == 1
    assert module.any()
    assert (np.asarray(twin.layers["relevance"])[module] > 1).all()


@pytest.mark.parametrize("kind", ["twins", "screens"])
def test_written_and_read_again_it_is_the_same(output, kind, tmp_path):
    first = ad.read_h5ad(output / kind / f"{PATIENT}.h5ad")
    first.write_h5ad(tmp_path / "again.h5ad")
    again = ad.read_h5ad(tmp_path / "again.h5ad")
    pd.testing.assert_frame_equal(again.obs, first.obs)
    pd.testing.assert_frame_equal(again.var, first.var)
    for part in ("layers", "obsp", "varm"):
        one, other = getattr(first, part), getattr(again, part)
        assert set(one) == set(other)
        for name in one:
            np.testing.assert_array_equal(_dense(one[name]), _dense(other[name]))
    if first.X is not None:
        np.testing.assert_array_equal(again.X, first.X)
    _same(first.uns, again.uns)


def _dense(values):
    return values.toarray() if hasattr(values, "toarray") else np.asarray(values)


def _same(one, other):
    """Compare what stands in uns: tables, arrays, texts, and dictionaries of them."""
    assert type(one) is type(other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif hasattr(one, "keys"):
        assert set(one) == set(other)
        for name in one:
            _same(one[name], other[name])
    else:
        np.testing.assert_array_equal(one, other)

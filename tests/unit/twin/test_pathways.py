"""Pathways: read from files in the sources' shape, and tested against an independent formula."""

import subprocess
import sys

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.files import GENE_NAMES, PATHWAYS, InputError, read_table, write_table
from twinscreen.knowledge.pathways import build_pathways
from twinscreen.settings.twin import PathwaySettings
from twinscreen.twin.pathways import add_pathways, module_pathways

# Reactome's three tables, without header; the third pathway stands inside the second, and that
# inside the first; the last is another species'.
MEMBERS = """\
P1\tR-HSA-3\thttps://r/3\tInnermost\tTAS\tHomo sapiens
P2-2\tR-HSA-3\thttps://r/3\tInnermost\tIEA\tHomo sapiens
P3\tR-HSA-2\thttps://r/2\tInside\tTAS\tHomo sapiens
P3\tR-HSA-2\thttps://r/2\tInside\tIEA\tHomo sapiens
P9\tR-HSA-2\thttps://r/2\tInside\tTAS\tHomo sapiens
P1\tR-MMU-3\thttps://r/3\tInnermost\tIEA\tMus musculus
"""
HIERARCHY = "R-HSA-1\tR-HSA-2\nR-HSA-2\tR-HSA-3\nR-MMU-1\tR-MMU-3\n"
NAMES = """\
R-HSA-1\tOutermost \tHomo sapiens
R-HSA-2\tInside "quoted"\tHomo sapiens
R-HSA-3\tInnermost\tHomo sapiens
R-MMU-3\tInnermost\tMus musculus
"""


def build(folder, gmt=(), members=MEMBERS, names=NAMES):
    texts = {"members": members, "hierarchy": HIERARCHY, "names": names}
    for name, text in texts.items():
        (folder / name).write_text(text)
    symbols = {"P1": "GENE1", "P2-2": "GENE2", "P3": "GENE3", "GENE1": "GENE1", "OLD3": "GENE3"}
    write_table(
        pd.DataFrame(symbols.items(), columns=["name", "symbol"]).assign(kind="symbol"),
        folder / "names.parquet",
        GENE_NAMES,
    )
    build_pathways(
        *(folder / name for name in texts),
        names=folder / "names.parquet",
        gmt=gmt,
        output=folder / "pathways.parquet",
    )
    return read_table(folder / "pathways.parquet", PATHWAYS)


def members_of(table):
    return table.groupby(["source", "pathway_id"])["gene"].agg(" ".join).to_dict()


def test_a_pathway_has_the_genes_of_those_inside_it(tmp_path):
    table = build(tmp_path)
    assert members_of(table) == {
        ("Reactome", "R-HSA-1"): "GENE1 GENE2 GENE3",
        ("Reactome", "R-HSA-2"): "GENE1 GENE2 GENE3",
        ("Reactome", "R-HSA-3"): "GENE1 GENE2",
    }
    assert table.drop_duplicates("pathway_id")["pathway"].tolist() == [
        "Outermost",
        'Inside "quoted"',
        "Innermost",
    ]


def test_gene_sets_of_a_user_stand_beside_reactome(tmp_path):
    gmt = tmp_path / "mine.gmt"
    gmt.write_text("SET A\tof mine\tGENE1\tOLD3\tNOGENE\t\n\nSET B\t\tGENE1\n")
    found = members_of(build(tmp_path, gmt=[gmt]))
    assert found["mine", "SET A"] == "GENE1 GENE3"
    assert found["mine", "SET B"] == "GENE1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET A\tof mine\n", "line 1.*2 fields"),
        ("SET A\t\tGENE1\nSET A\t\tOLD3\n", "line 2.*a second time"),
        ("SET A\t\tNOGENE\n", "no human gene"),
    ],
)
def test_a_wrong_gmt_file_is_refused_with_its_line(tmp_path, text, message):
    gmt = tmp_path / "mine.gmt"
    gmt.write_text(text)
    with pytest.raises(InputError, match=f"(?s){message}"):
        build(tmp_path, gmt=[gmt])


def test_two_gmt_files_of_one_name_are_refused(tmp_path):
    paths = [tmp_path / folder / "mine.gmt" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("SET\t\tGENE1\n")
    with pytest.raises(InputError, match="a second source"):
        build(tmp_path, gmt=paths)


def test_files_of_another_shape_are_refused(tmp_path):
    with pytest.raises(InputError, match="2 columns"):
        build(tmp_path, members="P1\tR-HSA-3\n")
    with pytest.raises(InputError, match="no name of R-HSA-1"):
        build(tmp_path, names="R-HSA-3\tInnermost\tHomo sapiens\n")


GENES = [f"g{i:03d}" for i in range(300)]


def random_twin_and_sets():
    random = np.random.default_rng(3)
    module = (random.random((2, 300)) < 0.15).astype(float)
    module[0, 250:] = np.nan  # not compared in the first compartment
    degree = np.where(np.arange(300) % 10 == 0, 0, 2)
    module[:, degree == 0] = np.where(np.isnan(module[:, degree == 0]), np.nan, 0)
    twin = ad.AnnData(
        X=np.where(np.isnan(module), np.nan, random.normal(size=(2, 300))),
        obs=pd.DataFrame(index=["one", "two"]),
        var=pd.DataFrame({"degree": degree}, index=GENES),
        layers={"module": module},
    )
    planted = {"planted": [g for g, m in zip(GENES, module[1], strict=True) if m == 1][:15]}
    sets = {
        f"s{i:02d}": random.choice(GENES, random.integers(3, 60), replace=False) for i in range(40)
    }
    rows = [(name, name, g, "test") for name, gs in {**sets, **planted}.items() for g in sorted(gs)]
    rows.append(("s00", "s00", "a gene of no twin", "test"))
    return twin, pd.DataFrame(rows, columns=PATHWAYS.schema.names)


def test_p_is_the_hypergeometric_against_the_genes_compared():
    twin, sets = random_twin_and_sets()
    limits = PathwaySettings(min_genes=5, max_genes=40)
    table = module_pathways(twin, sets, limits, max_qvalue=1.1)  # all
    degree = twin.var["degree"].to_numpy()
    for row, compartment in enumerate(twin.obs_names):
        values = twin.layers["module"][row]
        background = {GENES[i] for i in range(300) if np.isfinite(values[i]) and degree[i] > 0}
        module = {GENES[i] for i in range(300) if values[i] == 1}
        expected = {}
        tested = 0
        for name, own in sets.groupby("pathway_id")["gene"]:
            inside = background & set(own)
            if not 5 <= len(inside) <= 40:
                continue
            tested += 1
            hits = inside & module
            if len(hits) >= 2 and len(hits) > len(inside) * len(module) / len(background):
                p = stats.hypergeom.sf(len(hits) - 1, len(background), len(inside), len(module))
                expected[name] = (len(hits), len(inside), pytest.approx(p), "|".join(sorted(hits)))
        own = table[table["compartment"] == compartment]
        columns = ["overlap", "size", "pvalue", "genes"]
        assert (
            dict(
                zip(own["pathway_id"], own[columns].itertuples(index=False, name=None), strict=True)
            )
            == expected
        )
        assert set(own["n_tested"]) == {len(background)}
        assert own["pvalue"].is_monotonic_increasing
        # pathways with less than expected, or one gene alone, count as tested, with p = 1
        padded = [*own["pvalue"], *[1.0] * (tested - len(own))]
        assert own["qvalue"].to_numpy() == pytest.approx(
            stats.false_discovery_control(padded)[: len(own)]
        )


def test_pathways_that_only_differ_in_genes_not_compared_are_one():
    twin, _ = random_twin_and_sets()
    twin.layers["module"][1, 1:9] = 1
    own = GENES[1:9]
    sets = {"wide": [*own, "x1", "x2"], "close": [*own, "x1"], "other": GENES[100:130]}
    rows = [(name, name.upper(), g, "test") for name, genes in sets.items() for g in genes]
    table = pd.DataFrame(rows, columns=PATHWAYS.schema.names)
    found = module_pathways(twin["two"].copy(), table, PathwaySettings(), max_qvalue=1.1)
    assert found.loc[0, ["pathway", "also"]].tolist() == ["CLOSE", "WIDE"]
    assert "wide" not in set(found["pathway_id"])


def test_the_planted_pathway_stands_out_and_at_most_ten_others_are_kept():
    twin, sets = random_twin_and_sets()
    table = module_pathways(twin, sets, PathwaySettings(), max_qvalue=0.05)
    second = table[table["compartment"] == "two"]
    assert second["pathway_id"].iloc[0] == "planted"
    assert second["qvalue"].iloc[0] < 1e-6
    assert len(second) == 10
    raised = twin.to_df().loc["two", second["genes"].iloc[0].split("|")] > 0
    assert second["n_up"].iloc[0] == raised.sum()


def test_a_twin_without_modules_has_an_empty_table_that_can_be_written(tmp_path):
    twin, sets = random_twin_and_sets()
    twin.layers["module"][:] = 0
    add_pathways(twin, sets, PathwaySettings(), max_qvalue=0.05)
    twin.write_h5ad(tmp_path / "twin.h5ad")
    assert len(ad.read_h5ad(tmp_path / "twin.h5ad").uns["pathways"]) == 0


def test_the_tests_of_gseapy_come_without_what_it_draws_with():
    code = (
        "import sys\nfrom twinscreen.twin.pathways import _gseapy_stats\n"
        "assert _gseapy_stats().calc_pvalues\nassert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

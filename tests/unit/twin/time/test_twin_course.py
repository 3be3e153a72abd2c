"""The course over time on twins small enough to follow by hand."""

import itertools

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.network import degree_bins, overlap_null
from twinscreen.twin.time.course import add_course, course_summary, gene_course
from twinscreen.twin.time.early_regulators import early_regulators
from twinscreen.twin.time.module_overlap import links, module_overlap
from twinscreen.twin.time.series import time_series

NAN = np.nan


def make_twin(rows, genes="abcdefgh"):
    """Build a twin: (cell type, time, effects or None if unscorable); |effect| >= 3 deviates."""
    effect = np.array([[NAN] * len(genes) if values is None else values for _, _, values in rows])
    obs = pd.DataFrame(
        {
            "cell_type": [kind for kind, _, _ in rows],
            "tissue": "blood",
            "time": [time for _, time, _ in rows],
            "scorable": [values is not None for _, _, values in rows],
        },
        index=[f"{kind}|blood|{time}" for kind, time, _ in rows],
    )
    obs["latest"] = obs["time"] == max(obs.loc[obs["scorable"], "time"], default="")
    deviates = np.where(np.isnan(effect), NAN, np.abs(effect) >= 3)
    return ad.AnnData(
        X=effect,
        obs=obs,
        var=pd.DataFrame({"degree": 3}, index=list(genes)),
        layers={"qvalue": np.where(deviates == 1, 0.01, 0.5), "module": deviates},
    )


THREE = make_twin(
    [
        ("T cell", "T0", [4, 4, 0, 5, 4, 4, NAN, 0]),
        ("T cell", "T1", [5, -4, 0, 1, NAN, 0, NAN, 0]),
        ("T cell", "T2", [3, -3, 6, 0, 5, 4, 9, 0]),
        ("B cell", "T0", [4, 0, 0, 0, 0, 0, 0, 0]),
        ("B cell", "T2", None),
    ]
)


def course(twin):
    table = gene_course(time_series(twin, max_qvalue=0.05), twin.var_names)
    return table.set_index(["cell_type", "gene"])


def test_what_became_of_each_gene():
    statuses = course(THREE)["status"]
    assert statuses["T cell"].to_dict() == {
        "a": "persisting",
        "b": "persisting",  # turned at T1, and stayed so
        "c": "new",
        "d": "resolved",
        "e": "persisting",  # not compared at T1: the comparison before was T0
        "f": "returned",
        "g": "unknown",  # compared at the latest time point only
    }
    assert statuses["B cell"].to_dict() == {"a": "unknown"}  # not scored at T2: not resolved


def test_a_gene_that_turns_at_the_latest_time_point_is_reversed():
    twin = make_twin([("T cell", "T0", [4.0]), ("T cell", "T1", [-4.0])], genes="a")
    row = course(twin).loc[("T cell", "a")]
    assert (row["status"], row["sign"], row["run"]) == ("reversed", -1, 1)


def test_onset_is_known_only_if_the_gene_was_compared_before():
    table = course(THREE).loc["T cell"]
    assert table["onset"].to_dict() == {
        **dict.fromkeys("abdef", "T0"),
        **dict.fromkeys("cg", "T2"),
    }
    assert table.index[table["onset_known"]].tolist() == ["c"]
    assert table["last"]["d"] == "T0"
    assert table["run"].to_dict() == {"a": 3, "b": 2, "c": 1, "d": 1, "e": 2, "f": 1, "g": 1}
    assert table["n_measured"].to_dict() == {**dict.fromkeys("abcdf", 3), "e": 2, "g": 1}
    assert table.loc["e", "times"] == "T0|T1|T2"
    assert table.loc["e", "effects"] == "4.00||5.00"


def test_the_summary_counts_the_genes_of_each_status():
    series = time_series(THREE, max_qvalue=0.05)
    summary = course_summary(gene_course(series, THREE.var_names), series).set_index("cell_type")
    assert summary.loc["T cell", ["n_times", "n_genes"]].tolist() == [3, 7]
    expected = {
        "persisting": 3,
        "reversed": 0,
        "returned": 1,
        "new": 1,
        "resolved": 1,
        "unknown": 1,
    }
    assert summary.loc["T cell", list(expected)].to_dict() == expected
    assert summary.loc["B cell", ["n_times", "unknown"]].tolist() == [1, 1]


def test_time_points_stand_in_their_order_not_that_of_the_rows():
    twin = make_twin([("T cell", "T10", [0.0]), ("T cell", "T2", [4.0])], genes="a")
    twin.obs["latest"] = [True, False]
    assert course(twin).loc[("T cell", "a"), ["status", "times"]].tolist() == ["resolved", "T2|T10"]


def test_one_time_point_has_no_course():
    twin = make_twin([("T cell", "T0", [4.0, 0, 0, 0, 0, 0, 0, 0])])
    empty = twin[:0].copy()
    for one in (twin, empty):
        add_course(one, edges=regulation([]), max_qvalue=0.05)
        for name in ("course", "course_summary", "module_overlap", "early_regulators"):
            assert len(one.uns[name]) == 0
        assert one.obsp["time"].shape == (one.n_obs, one.n_obs)
        assert one.obsp["time"].nnz == 0


def regulation(edges):
    table = pd.DataFrame(edges, columns=["source", "target", "sign"])
    return table.assign(layer="TR", sources="", references="")


def test_modules_are_compared_with_the_next_scored_time_point():
    series = time_series(THREE, max_qvalue=0.05)
    table = module_overlap(series, THREE.var["degree"].to_numpy())
    first, second = table.to_dict("records")  # the B cells were scored once
    # compared at both T0 and T1: a b c d f h; modules a b d f and a b, one of them turned
    assert [first[name] for name in ("n_tested", "n_earlier", "n_later", "overlap")] == [6, 4, 2, 2]
    assert first["same_sign"] == 1
    assert first["jaccard"] == 2 / 4
    assert first["expected"] == pytest.approx(4 * 2 / 6)
    # all 6 genes are one bin: the probability that both of 2 drawn are among the 4
    assert first["pvalue"] == pytest.approx(6 / 15)
    assert (second["earlier"], second["later"]) == ("T1", "T2")
    link = pd.DataFrame(links(table, THREE.obs).toarray(), THREE.obs_names, THREE.obs_names)
    assert link.loc["T cell|blood|T0", "T cell|blood|T1"] == 0.5
    assert (link == link.T).all(axis=None)
    assert (link.to_numpy() > 0).sum() == 4


def test_a_skipped_time_point_does_not_break_the_chain():
    rows = [("T cell", time, [4.0, 0, 0]) for time in ("T0", "T2")]
    twin = make_twin([*rows, ("T cell", "T1", None)], genes="abc")
    table = module_overlap(time_series(twin, max_qvalue=0.05), np.ones(3))
    assert table[["earlier", "later"]].to_numpy().tolist() == [["T0", "T2"]]


def in_bins(bins, *members):
    everyone = np.ones(len(bins), dtype=bool)
    return [np.bincount(bins[one], minlength=bins.max() + 1) for one in (everyone, *members)]


def test_the_null_of_the_overlap_is_exact():
    """Every pair of sets with the same number of members in each bin, one by one."""
    bins = np.array([0, 0, 0, 0, 1, 1, 1])
    first = np.array([1, 1, 0, 0, 1, 0, 0], dtype=bool)
    second = np.array([1, 1, 1, 0, 1, 1, 0], dtype=bool)
    overlaps = [
        len({0, 1} & set(low)) + len({4} & set(high))
        for low in itertools.combinations(range(4), 3)
        for high in itertools.combinations(range(4, 7), 2)
    ]
    expected, sd, pvalue = overlap_null(3, *in_bins(bins, first, second))
    assert expected == pytest.approx(np.mean(overlaps))
    assert sd == pytest.approx(np.std(overlaps))
    assert pvalue == pytest.approx(np.mean(np.array(overlaps) >= 3))


def test_hubs_overlap_by_chance_where_degree_is_not_heeded():
    """Modules made of hubs: significant against all genes, not against genes of like degree."""
    degree = np.array([d for _, d in nx.barabasi_albert_graph(600, 3, seed=1).degree()])
    hubs = np.argsort(-degree, kind="stable")[:100]
    random = np.random.default_rng(0)
    sets = np.zeros((2, 600), dtype=bool)
    for members in sets:
        members[random.choice(hubs, 50, replace=False)] = True
    shared = int(sets.all(axis=0).sum())
    *_, within = overlap_null(shared, *in_bins(degree_bins(degree), *sets))
    *_, overall = overlap_null(shared, *in_bins(np.zeros(600, dtype=int), *sets))
    assert overall < 1e-6
    assert within > 0.01


REGULATION = pd.DataFrame(
    [
        *(("a", target, 1) for target in "cde"),
        *(("b", target, -1) for target in "ci"),
        ("h", "d", 1),  # not in the module before
        ("a", "b", NAN),
    ],
    columns=["source", "target", "sign"],
).astype({"sign": "Int8"})


def regulators(twin, regulation):
    series = time_series(twin, max_qvalue=0.05)
    return early_regulators(series, twin.var_names, twin.var["degree"].to_numpy(), regulation)


def test_early_regulators_by_hand():
    genes = "abcdefghij"
    twin = make_twin(
        [
            ("T cell", "T0", [4, 4, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("T cell", "T1", [4, 0, 5, -5, 0, 0, 0, 0, 0, 0]),
        ],
        genes=genes,
    )
    # 4 genes are regulated and could be new (c, d, e, i); 2 are, both among a's three targets
    assert stats.hypergeom.sf(1, 4, 3, 2) == 0.5
    assert regulators(twin, REGULATION).empty  # p is not below 0.05


def test_a_regulator_counts_in_each_cell_type_where_its_targets_follow():
    genes = [f"g{i:02d}" for i in range(40)]
    before, after = np.zeros(40), np.zeros(40)
    before[0] = after[0] = 4
    after[[1, 2, 3]] = [5, 5, -5]
    rows = [(kind, time, x) for kind in ("B", "T") for time, x in (("T0", before), ("T1", after))]
    regulation = pd.DataFrame(
        [("g00", genes[i], 1 if i < 4 else NAN) for i in (1, 2, 3, 4)]
        + [("g01", genes[i], 1) for i in range(2, 38)],  # deviates no earlier than its targets
        columns=["source", "target", "sign"],
    ).astype({"sign": "Int8"})
    twin = make_twin(rows, genes=genes)
    twin.var.loc["g37", "degree"] = 0  # so it is in no module
    (row,) = regulators(twin, regulation).to_dict("records")
    assert row["regulator"] == "g00"
    assert (row["n_lists"], row["n_targets"]) == (2, 3)
    assert row["lists"] == "B, T0 > T1|T, T0 > T1"
    assert row["targets"] == "g01|g02|g03"
    assert (row["n_signed"], row["n_agreeing"]) == (6, 4)
    # 36 genes are regulated and could be new (g01 to g36), 3 are, all among 4 targets
    assert row["pvalue"] == pytest.approx(stats.hypergeom.sf(2, 36, 4, 3))
    assert row["qvalue"] == pytest.approx(row["pvalue"])


def test_the_course_survives_writing(tmp_path):
    twin = THREE.copy()
    add_course(twin, edges=regulation([("a", "b", 1)]), max_qvalue=0.05)
    twin.write_h5ad(tmp_path / "twin.h5ad")
    back = ad.read_h5ad(tmp_path / "twin.h5ad")
    assert back.uns["course"]["status"].tolist() == twin.uns["course"]["status"].tolist()
    assert (back.obsp["time"] != twin.obsp["time"]).nnz == 0

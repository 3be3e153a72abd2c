"""The drawing of a drug's paths: what is drawn, where it stands, and what is said of it."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import anndata as ad
import pandas as pd
import pytest

from twinscreen.report.figures.path_figure import MOST_NODES, draw_paths
from twinscreen.report.figures.path_layout import BOX, choose_paths, nodes_of, path_graph

MONO, TCELL = "CD14 monocytes|blood|day 3", "CD4 T cells|blood|day 3"
ROWS = [
    # target, sign, gene, compartment, path, signs, share, expected, effect, agrees
    ("JAK1", -1, "IFIT1", MONO, "JAK1 > IRF9 > IFIT1", "++", 0.7, -1, 8.0, True),
    ("JAK1", -1, "IFIT1", MONO, "JAK1 > IRF4 > IFIT1", "+-", -0.2, -1, 8.0, True),
    ("JAK1", -1, "MX1", MONO, "JAK1 > STAT1 > IRF9 > MX1", "+++", 0.5, -1, 4.0, True),
    ("STAT3", 1, "CCL2", TCELL, "STAT3 > CCL2", "-", 1.0, -1, -2.5, False),
    ("STAT3", 1, "IFIT1", TCELL, "STAT3 > IRF9 > IFIT1", "++", 0.9, 1, -3.0, True),
]
COLUMNS = [
    *("target", "sign", "gene", "compartment", "path", "signs", "share"),
    *("expected", "effect", "agrees"),
]


def paths(rows=ROWS, drug_id="D1"):
    table = pd.DataFrame(rows, columns=COLUMNS).assign(drug_id=drug_id, sources="")
    return table.assign(references=[" > ".join("1" for _ in signs) for signs in table["signs"]])


def screen(table):
    var = [name.split("|") for name in (MONO, TCELL)]
    return ad.AnnData(
        obs=pd.DataFrame({"name": ["ruxolitinib", "other"]}, index=["D1", "D2"]),
        var=pd.DataFrame(var, columns=["cell_type", "tissue", "time"], index=[MONO, TCELL]),
        uns={"paths": table},
    )


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_proteins_stand_between_the_targets_and_the_genes():
    graph = path_graph(paths())
    names = {node[0] if not node[1] else node: at for node, at in graph.column.items()}
    assert names == {
        "JAK1": 0,
        "STAT3": 0,
        "STAT1": 1,
        "IRF9": 2,
        "IRF4": 2,
        ("IFIT1", MONO): 3,
        ("MX1", MONO): 3,
        ("CCL2", TCELL): 3,
        ("IFIT1", TCELL): 3,
    }
    assert graph.factors == 2


def test_what_runs_along_an_edge_is_the_sum_of_its_paths():
    more = ("JAK1", -1, "MX1", MONO, "JAK1 > IRF9 > MX1", "++", 0.3, -1, 4.0, True)
    edges = path_graph(paths([*ROWS, more])).edges
    flow = {(edge.source[0], edge.target): (edge.sign, edge.flow, edge.against) for edge in edges}
    assert flow["JAK1", ("IRF9", "")] == (1, pytest.approx(0.7 + 0.3), False)
    assert flow["IRF9", ("MX1", MONO)] == (1, pytest.approx(0.5 + 0.3), False)
    assert flow["JAK1", ("IRF4", "")] == (1, pytest.approx(0.2), True)
    assert flow["IRF4", ("IFIT1", MONO)] == (-1, pytest.approx(0.2), True)
    assert flow["STAT1", ("IRF9", "")] == (1, pytest.approx(0.5), False)
    assert flow["STAT3", ("CCL2", TCELL)] == (-1, pytest.approx(1.0), False)
    assert len(flow) == 10


def test_an_edge_without_a_publication_is_doubtful():
    table = paths()
    table.loc[2, "references"] = "3 > 0 > 1"
    doubtful = [edge for edge in path_graph(table).edges if edge.doubtful]
    assert [(edge.source[0], edge.target[0]) for edge in doubtful] == [("STAT1", "IRF9")]
    drawing = draw_paths(screen(table), "D1")
    assert drawing.doubtful
    assert texts(drawing.svg).count("?") == 2  # the edge, and what the legend shows of such
    known = draw_paths(screen(paths()), "D1")
    assert not known.doubtful
    assert texts(known.svg).count("?") == 1


def test_boxes_do_not_overlap_and_genes_of_a_compartment_stand_together():
    graph = path_graph(paths())
    for at in range(graph.factors + 2):
        heights = sorted(y for node, y in graph.places.items() if graph.column[node] == at)
        gaps = [low - high for high, low in pairwise(heights)]
        assert all(gap > BOX - 1e-9 for gap in gaps)
        assert all(BOX / 2 - 1e-9 <= y <= graph.height - BOX / 2 + 1e-9 for y in heights)
    genes = sorted((y, node[1]) for node, y in graph.places.items() if node[1])
    where = [compartment for _, compartment in genes]
    assert where in ([MONO, MONO, TCELL, TCELL], [TCELL, TCELL, MONO, MONO])


def test_edges_that_could_run_without_crossing_do():
    rows = [
        (a, -1, g, MONO, f"{a} > {f} > {g}", "++", 1.0, -1, 3.0, True)
        for a, f, g in (("A", "Z", "K"), ("B", "Y", "M"), ("C", "X", "L"))
    ]
    graph = path_graph(paths(rows))
    down = sorted(graph.places, key=graph.places.__getitem__)
    order = [[node[0] for node in down if graph.column[node] == at] for at in range(3)]
    pairs = {"A": ("Z", "K"), "B": ("Y", "M"), "C": ("X", "L")}
    assert order[1] == [pairs[name][0] for name in order[0]]
    assert order[2] == [pairs[name][1] for name in order[0]]


def test_the_strongest_path_of_every_gene_comes_before_the_next():
    chosen = choose_paths(paths(), most_nodes=7, most_targets=5)
    assert chosen["path"].tolist() == [
        "JAK1 > IRF9 > IFIT1",
        "JAK1 > STAT1 > IRF9 > MX1",
        "STAT3 > CCL2",
    ]
    assert set(choose_paths(paths(), most_nodes=99, most_targets=1)["target"]) == {"JAK1"}
    assert len(choose_paths(paths(), most_nodes=99, most_targets=5)) == len(ROWS)


def test_never_more_than_so_many_nodes():
    rows = [
        (f"T{t}", -1, f"G{g}", MONO, f"T{t} > S{t} > F{g} > G{g}", "+++", 0.5, -1, 3.0, True)
        for t in range(9)
        for g in range(9)
    ]
    chosen = choose_paths(paths(rows), most_nodes=MOST_NODES, most_targets=5)
    nodes = {node for _, row in chosen.iterrows() for node in nodes_of(row)}
    assert 20 <= len(nodes) <= MOST_NODES


def test_a_drawing_names_all_and_says_what_to_see():
    drawing = draw_paths(screen(paths()), "D1")
    shown = texts(drawing.svg)
    for name in ("ruxolitinib", "JAK1", "STAT3", "STAT1", "IRF9", "IRF4", "CD14 monocytes"):
        assert shown.count(name) == 1
    for label in ("IFIT1  +8.0", "MX1  +4.0", "CCL2  −2.5", "IFIT1  −3.0"):
        assert label in shown
    assert shown.count("falls") == 3
    assert shown.count("rises") == 1
    assert (drawing.n_paths, drawing.n_all, drawing.astray) == (5, 5, ("CCL2",))
    assert drawing.factors[0] == "IRF9"
    # JAK1 to IFIT1 0.7 - 0.2, to MX1 0.5, STAT3 to CCL2 1.0, to IFIT1 0.9
    assert drawing.carried == pytest.approx((0.5 + 0.5 + 1.0 + 0.9) / 4)
    assert drawing.says == (
        "ruxolitinib inhibits JAK1 and activates STAT3, and its strongest paths lead, mostly"
        " through IRF9, to the 3 genes that speak most for it; CCL2 would move away from normal."
    )


def test_a_drug_without_paths_is_not_drawn():
    assert draw_paths(screen(paths()), "D2") is None


def test_two_drawings_of_a_page_share_no_identifier():
    found = [
        set(re.findall(r'id="([^"]+)"', draw_paths(screen(paths()), "D1", name=name).svg))
        for name in ("paths-1", "paths-2")
    ]
    assert found[0]
    assert not found[0] & found[1]


def test_the_same_bytes_whatever_the_order_of_sets():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_path_figure as t;"
        "sys.stdout.write(t.draw_paths(t.screen(t.paths()), 'D1').svg)"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1

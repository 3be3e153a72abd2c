"""What the boxes and lines of a drawing of paths mean, for who points at them."""

import pandas as pd

from twinscreen.files.contracts.screen_tables import THEN
from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.figures.path_layout import Edge, Node, PathGraph

#: So many genes are named of those that a protein leads to.
_NAMED = 5


def gid_of(graph: PathGraph, part: Node | Edge) -> str:
    """Name a box or a line in the file of the drawing."""
    if isinstance(part, Edge):
        return f"edge{graph.edges.index(part)}"
    return f"node{list(graph.column).index(part)}"


def path_tips(
    graph: PathGraph, paths: pd.DataFrame, drug: str, names: Naming
) -> dict[str, list[str]]:
    """Say of every box and line what it is, by its name in the file.

    Parameters
    ----------
    graph, paths
        What is drawn.
    drug
        Name of the drug.
    names
        Of the compartments.
    """
    way = paths["path"].astype(str).str.split(THEN, regex=False)
    told = {}
    for node, column in graph.column.items():
        said = _of_gene(node, paths, names) if node[1] else ""
        if not said:
            passing = paths["gene"][[node[0] in steps[:-1] for steps in way]]
            genes = list(dict.fromkeys(passing.astype(str)))
            what = f"target of {drug}, leads to" if column == 0 else "leads to"
            said = f"{node[0]}: {what} {words.listed(genes, most=_NAMED)}"
        told[gid_of(graph, node)] = [said]
    for edge in graph.edges:
        verb = "activates" if edge.sign > 0 else "inhibits"
        said = f"{edge.source[0]} {verb} {edge.target[0]}"
        said += "; against the rest" if edge.against else ""
        told[gid_of(graph, edge)] = [said + ("; no publication known" if edge.doubtful else "")]
    return told


def _of_gene(node: Node, paths: pd.DataFrame, names: Naming) -> str:
    """Say of a gene how far it deviates, and what the drug would do to it."""
    rows = paths[(paths["gene"] == node[0]) & (paths["compartment"] == node[1])]
    agrees = bool(rows["agrees"].all())
    return (
        f"{node[0]} in {names.of(node[1])}: effect {words.signed(rows['effect'].iloc[0])};"
        f" expected to move {'back' if agrees else 'away'}"
    )

"""Why a drug stands where it does: drawings of its paths, what the layers say of its targets."""

from dataclasses import dataclass
from itertools import pairwise

import anndata as ad
import pandas as pd

from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.figures.path_figure import Drawing, draw_paths
from twinscreen.report.figures.path_layout import THEN
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism
from twinscreen.report.tables import parts, table

#: Drugs whose paths are drawn, findings shown of a layer, and edges listed of a drawing.
DRAWN, FINDINGS, EDGES = 3, 2, 40

#: Layers and directions as people read them.
LAYERS = {
    "transcript": "Transcript",
    "protein": "Surface protein",
    "variant": "Variants",
    "phenotype": "Symptoms",
    "exposure": "Exposures",
    "disease": "Disease genes",
    "relevance": "Relevance",
    "communication": "Communication",
}
DIRECTIONS = {"for": "for it", "against": "against it", "either": "no direction"}


@dataclass(frozen=True)
class SourcedEdge:
    """An edge of a path and the databases that list it."""

    start: str
    end: str
    verb: str
    sources: str
    n_references: int


@dataclass(frozen=True)
class PathsOfDrug:
    """A drawing of the paths of one drug, with where its edges come from; `key` is in its ids."""

    key: str
    name: str
    drawing: Drawing
    edges: tuple[SourcedEdge, ...]
    n_edges: int


@dataclass(frozen=True)
class LayerSays:
    """What one layer says of a drug's targets, in one direction; `more` findings are not shown."""

    layer: str
    direction: str
    side: str
    findings: tuple[str, ...]
    more: int


def drawn_paths(screen: ad.AnnData, mechanisms: list[RankedMechanism]) -> list[PathsOfDrug]:
    """Draw the paths of the first mechanisms that have any."""
    found = []
    for place, mechanism in enumerate(mechanisms[:DRAWN], start=1):
        name = f"paths{place}"
        drawing = draw_paths(screen, mechanism.drug_id, name=name)
        if drawing is not None:
            edges = _edges(screen, mechanism.drug_id)
            found.append(PathsOfDrug(name, mechanism.name, drawing, edges[:EDGES], len(edges)))
    return found


def _edges(screen: ad.AnnData, drug_id: str) -> tuple[SourcedEdge, ...]:
    """List the edges of a drug's paths once each, those nearest to the targets first."""
    rows = table(screen, "paths", "drug_id")
    rows = rows[rows["drug_id"].astype(str) == drug_id]
    found: dict[tuple[str, str], tuple[int, SourcedEdge]] = {}
    for row in rows.to_dict(orient="records"):
        nodes = str(row["path"]).split(THEN)
        sources = [*_between(row["sources"]), *[""] * len(nodes)]
        references = [*_between(row["references"]), *["0"] * len(nodes)]
        for step, ends in enumerate(pairwise(nodes)):
            verb = "activates" if str(row["signs"])[step] == "+" else "inhibits"
            named = words.listed(parts(sources[step], ";"), most=4) or words.MISSING
            number = int(references[step]) if references[step].isdigit() else 0
            found.setdefault(ends, (step, SourcedEdge(*ends, verb, named, number)))
    return tuple(edge for _, edge in sorted(found.values(), key=lambda pair: pair[0]))


def _between(joined: object) -> list[str]:
    """Split what is said of the edges of a path, in their order."""
    if words.is_missing(joined):
        return []
    return [part.strip() for part in str(joined).split(THEN.strip())]


def layers_say(screen: ad.AnnData, drug_id: str, names: Naming) -> list[LayerSays]:
    """Group what the layers of the twin say of one drug's targets, what speaks for it first."""
    rows = table(screen, "support", "drug_id", "layer", "direction")
    rows = rows[rows["drug_id"].astype(str) == drug_id]
    found = []
    for side, direction in DIRECTIONS.items():
        for layer, title in LAYERS.items():
            own = rows[(rows["layer"] == layer) & (rows["direction"] == side)]
            if len(own):
                said = tuple(dict.fromkeys(_finding(row, names) for _, row in own.iterrows()))
                more = len(said) - FINDINGS
                found.append(LayerSays(title, direction, side, said[:FINDINGS], max(more, 0)))
    return found


def _finding(row: pd.Series, names: Naming) -> str:
    """Say one finding, and where it holds."""
    if words.is_missing(row["compartment"]):
        return str(row["detail"])
    return f"{row['detail']} ({names.of(str(row['compartment']))})"

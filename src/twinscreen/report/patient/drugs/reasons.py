"""Why a drug stands where it does: its paths drawn, what layers say, and its precedents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import THEN
from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.figures.path_figure import Drawing, draw_paths
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism
from twinscreen.report.patient.drugs.targets import Carrier
from twinscreen.report.states import KnownState, compared, correlation, known_states
from twinscreen.report.tables import parts, table

#: Drugs whose paths are drawn, findings shown of a layer, edges listed of a drawing, and genes
#: named of a precedent.
DRAWN, FINDINGS, EDGES, GENES = 3, 2, 40, 5

#: Publications to which an edge leads, by the ends of the edge; and so many of each are shown.
Publications = Mapping[tuple[str, str], tuple[str, ...]]
PUBLICATIONS = 3
_PUBMED = re.compile(r"[^;:]*:(\d+)")

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
    pubmed: tuple[str, ...]


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


@dataclass(frozen=True)
class Precedent:
    """What a known state says of a drug, that helped there or did not.

    `sentence` says it, `in_short` without null replicates; `speaks_for` is whether it is for the
    drug. `carriers` deviate most in both, the same way if `same_way`, else the opposite way.
    """

    sentence: str
    in_short: str
    speaks_for: bool
    resembled: bool
    carriers: tuple[Carrier, ...]
    same_way: bool


def precedents_of(
    screen: ad.AnnData, mechanisms: list[RankedMechanism]
) -> dict[str, tuple[Precedent, ...]]:
    """Say which known states speak for or against the mechanisms, the strongest first.

    Returns
    -------
    By `drug_id` of the first drug of each mechanism; one without precedents has none.
    """
    states = {state.key: state for state in known_states(screen)}
    usual = np.mean([state.similarity for state in compared(list(states.values()))] or [0.0])
    rows = table(screen, "precedents", "drug_id")
    drug_id = rows["drug_id"].astype(str)
    return {
        one.drug_id: tuple(
            _precedent(row, states[str(row["state"])], float(usual), several=bool(one.same))
            for _, row in rows[drug_id == one.drug_id].iterrows()
        )
        for one in mechanisms
    }


def _precedent(row: pd.Series, state: KnownState, usual: float, *, several: bool) -> Precedent:
    """Say one precedent; `usual` is the mean similarity of all states."""
    nearer = float(row["similarity"]) >= usual
    speaks_for = float(row["contribution"]) > 0
    known = (
        _known_itself(state, several=several, helped=row["helped"] == "yes")
        if row["helped"] in ("yes", "no")
        else _known_of_others(parts(row["through"]), helped=speaks_for == nearer)
    )
    start, end = _how_alike(state, nearer=nearer)
    genes = zip(parts(row["genes"]), parts(row["effects"]), strict=True)
    return Precedent(
        sentence=f"{start} {state.name} ({state.in_figures}), {known}{end}.",
        in_short=f"{start} {state.name} ({correlation(state.similarity)}), {known}{end}.",
        speaks_for=speaks_for,
        resembled=nearer and state.resembled,
        carriers=tuple(Carrier(gene, 1.0 if sign == "+" else -1.0) for gene, sign in genes)[:GENES],
        same_way=state.similarity >= 0,
    )


def _how_alike(state: KnownState, *, nearer: bool) -> tuple[str, str]:
    """Begin and end a sentence on how alike patient and state are, beside the other states."""
    if nearer and (state.resembled or (not state.null and state.similarity > 0)):
        return "The patient resembles", ""
    start = f"The patient is {'nearer to' if nearer else 'farther from'}"
    return start, f", than {'to' if nearer else 'from'} known states on average"


def _known_itself(state: KnownState, *, several: bool, helped: bool) -> str:
    """Say what is known of the drug in a state; `several` drugs share its targets."""
    which = "it, or a drug with the same targets," if several else "it"
    if state.origin == "library" and helped:
        return f"which {which} modifies"
    return f"in which {which} {'helped' if helped else 'did not help'}"


def _known_of_others(names: list[str], *, helped: bool) -> str:
    """Say what is known of drugs that share targets with it."""
    verbs = ("shares its targets", "is") if len(names) == 1 else ("share its targets", "are")
    drugs = f"{words.listed(names)}, which {verbs[0]}," if names else "drugs that share its targets"
    return f"in which {drugs} {verbs[1]} known {'to help' if helped else 'not to help'}"


def drawn_paths(
    screen: ad.AnnData, mechanisms: list[RankedMechanism], interactome: pd.DataFrame | None = None
) -> list[PathsOfDrug]:
    """Draw the paths of the first mechanisms that have any.

    Parameters
    ----------
    screen
        Drugs x compartments.
    mechanisms
        The first ones.
    interactome
        Interactions (contract INTERACTOME), which name the publications of the edges.
    """
    found = []
    steps = table(screen, "paths", "path")["path"].astype(str).str.split(THEN)
    publications = _publications(interactome, set(steps.explode()))
    for place, mechanism in enumerate(mechanisms[:DRAWN], start=1):
        name = f"paths{place}"
        drawing = draw_paths(screen, mechanism.drug_id, name=name)
        if drawing is not None:
            edges = _edges(screen, mechanism.drug_id, publications)
            found.append(PathsOfDrug(name, mechanism.name, drawing, edges[:EDGES], len(edges)))
    return found


def _publications(interactome: pd.DataFrame | None, genes: set[str]) -> Publications:
    """Find the PubMed ids of the interactions among some genes, by the ends of each."""
    if interactome is None:
        return {}
    among = interactome["source"].isin(genes) & interactome["target"].isin(genes)
    known = interactome[among & (interactome["references"] != "")]
    found: dict[tuple[str, str], dict[str, None]] = {}
    listed = zip(known["source"], known["target"], known["references"], strict=True)
    for source, target, references in listed:
        ids = dict.fromkeys(_PUBMED.findall(references))
        found.setdefault((source, target), {}).update(ids)
    return {ends: tuple(ids) for ends, ids in found.items()}


def _edges(screen: ad.AnnData, drug_id: str, publications: Publications) -> tuple[SourcedEdge, ...]:
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
            if ends not in found:
                pubmed = publications.get(ends, ())[:PUBLICATIONS]
                found[ends] = step, SourcedEdge(*ends, verb, named, number, pubmed)
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

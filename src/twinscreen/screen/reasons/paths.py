"""The paths on the network by which a drug reaches the genes that support it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import PATHS, THEN
from twinscreen.kb.wiring import Wiring
from twinscreen.network.signed.paths import SignedPath, strongest_paths

#: What is needed of the interactome.
EDGE_COLUMNS = ("layer", "source", "target", "sources", "references")

#: So many paths of a target and a gene are listed, the first in any case, others if they carry
#: at least this share of the influence.
MOST, LEAST_SHARE = 3, 0.05


@dataclass(frozen=True)
class _Reach:
    """How a target reaches a gene: F of both, and what the strongest paths add to it."""

    influence: float
    paths: tuple[SignedPath, ...]
    parts: tuple[float, ...]


def paths_table(evidence: pd.DataFrame, wiring: Wiring, interactome: pd.DataFrame) -> pd.DataFrame:
    """Find the strongest paths from the targets of the explained drugs to the genes that carry it.

    Parameters
    ----------
    evidence
        Targets of drugs, as `evidence_table` gives them: `drug_id, target, sign, compartment,
        genes, effects`; members of a complex, genes and effects are joined by "|".
    wiring
        The network that the influence of proteins on genes comes from.
    interactome
        Its edges: `EDGE_COLUMNS` of the contract INTERACTOME.

    Returns
    -------
    One row per drug, target, gene and path, in the order of the evidence, the strongest path first.
    `sign` is what the drug does to the target; `path` the proteins from the target to the
    transcription factor, and the gene, joined by " > "; `signs` + or - of each of its edges;
    `share`, the part of the target's influence on the gene that the path carries: below 0 if the
    path runs against it, and all paths together have 1. `expected` is the sign of the change of
    the gene that the drug brings about through this target, on all paths; `effect` the measured
    deviation; `agrees` whether the one opposes the other. `sources` of each edge are joined by ";"
    within the edge and " > " between edges; `references` counts the publications of each edge.
    """
    wanted = [
        (row, gene, float(effect))
        for row in evidence.to_dict("records")
        for gene, effect in zip(row["genes"].split("|"), row["effects"].split("|"), strict=True)
        if gene in wiring.proteins
    ]
    reached = _reach({(row["target"], gene) for row, gene, _ in wanted}, wiring)
    names = wiring.proteins.to_numpy(dtype=str)
    known = _edges(interactome, (path for one in reached.values() for path in one.paths), names)
    rows = []
    for row, gene, effect in wanted:
        found = reached.get((row["target"], gene))
        if found is None:
            continue
        expected = int(row["sign"] * np.sign(found.influence))
        for path, part in zip(found.paths, found.parts, strict=True):
            edges = [known[key] for key in _keys(path, names)]
            rows.append(
                (
                    *(row["drug_id"], row["target"], row["sign"], gene, row["compartment"]),
                    THEN.join([*names[list(path.proteins)], gene]),
                    "".join("+" if sign > 0 else "-" for sign in path.signs),
                    part / found.influence,
                    expected,
                    effect,
                    expected * effect < 0,
                    THEN.join(sources for sources, _ in edges),
                    THEN.join(str(number) for _, number in edges),
                )
            )
    return PATHS.of(rows)


def _reach(pairs: set[tuple[str, str]], wiring: Wiring) -> dict[tuple[str, str], _Reach]:
    """Find the strongest paths of each pair of target and gene; those without a path are left out.

    A complex has the mean influence of its members with a path to anything, and the strongest of
    their paths.
    """
    place = {str(name): number for number, name in enumerate(wiring.proteins)}
    names = sorted({name for target, _ in pairs for name in target.split("|")} & place.keys())
    influence = wiring.network.influence_of(np.array([place[one] for one in names], dtype=int))
    rows = {name: row for name, row in zip(names, influence, strict=True) if row.any()}
    listed = [
        (name, target, gene)
        for target, gene in sorted(pairs)
        for name in target.split("|")
        if name in rows
    ]
    sources, genes = (np.array([place[one[i]] for one in listed], dtype=int) for i in (0, 2))
    members: dict[tuple[str, str], list[tuple[str, list[SignedPath]]]] = {}
    paths = strongest_paths(wiring.network, sources, genes, most=MOST)
    for (name, target, gene), found in zip(listed, paths, strict=True):
        members.setdefault((target, gene), []).append((name, found))
    reached = {}
    for (target, gene), of in members.items():
        whole = float(np.mean([rows[name][place[gene]] for name, _ in of]))
        if whole != 0:
            reached[target, gene] = _strongest(whole, [found for _, found in of])
    return reached


def _strongest(influence: float, paths: Sequence[Sequence[SignedPath]]) -> _Reach:
    """Keep the paths that carry most, of those of all members."""
    ordered = sorted((path for one in paths for path in one), key=lambda path: -abs(path.part))
    parts = [path.part / len(paths) for path in ordered[:MOST]]
    kept = [i for i, part in enumerate(parts) if i == 0 or abs(part / influence) >= LEAST_SHARE]
    return _Reach(influence, tuple(ordered[i] for i in kept), tuple(parts[i] for i in kept))


def _keys(path: SignedPath, names: np.ndarray) -> list[tuple[str, str, str]]:
    """Name the edges of a path: layer, source and target."""
    proteins = [str(names[one]) for one in path.proteins]
    signalling = [("PT", *pair) for pair in pairwise(proteins)]
    return [*signalling, ("TR", proteins[-1], str(names[path.gene]))]


def _edges(
    interactome: pd.DataFrame, paths: Iterable[SignedPath], names: np.ndarray
) -> dict[tuple[str, str, str], tuple[str, int]]:
    """Look up the sources of the edges of paths, and how many publications each has."""
    keys = {key for path in paths for key in _keys(path, names)}
    near = interactome[interactome["source"].isin({source for _, source, _ in keys})]
    near = near[near["target"].isin({target for _, _, target in keys})]
    columns = (near[name] for name in EDGE_COLUMNS)
    return {
        (layer, source, target): (sources, len(_publications(references)))
        for layer, source, target, sources, references in zip(*columns, strict=True)
        if (layer, source, target) in keys
    }


def _publications(references: str) -> set[str]:
    """Tell publications from `source:publication`, joined by ";", each once."""
    return {one.rpartition(":")[2] for one in references.split(";") if one}

"""The first drugs of a screen, and the evidence for each, ready to be shown."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen import TargetPresence, may_be_called
from twinscreen.files.drug_names import IDENTIFIERS
from twinscreen.report import words
from twinscreen.report.compartments import Naming, screened
from twinscreen.report.known_genes import marked
from twinscreen.report.patient.drugs.in_cells import CellsOfPatient, InCells, not_there
from twinscreen.report.patient.drugs.kinds import weights_of
from twinscreen.report.patient.drugs.outlook import Outlook, concerns_of, outlook
from twinscreen.report.patient.drugs.targets import (
    VERBS,
    Activity,
    Carrier,
    Near,
    Target,
    TargetEvidence,
    class_of,
    targets_of,
)
from twinscreen.report.tables import parts, table

#: Names that are told of a drug, which may have dozens.
_MOST_NAMES = 5

_DISAGREE = "acts, and sources disagree in which direction, on"


@dataclass(frozen=True)
class SameTargets:
    """A drug that shares its targets and signs with the first of a mechanism."""

    drug_id: str
    name: str
    approved: bool

    @property
    def label(self) -> str:
        """Its name, and whether it is approved."""
        return f"{self.name} (approved)" if self.approved else self.name


@dataclass(frozen=True)
class RankedMechanism:
    """A drug of the ranking with all drugs that have the same targets and signs."""

    rank: str
    drug_id: str
    name: str
    score: float
    score_low: float
    score_high: float
    rank_low: float
    rank_high: float
    approved: bool
    withdrawn: bool
    kind: str
    approval: str
    called: str
    targets: tuple[Target, ...]
    n_targets: int
    n_scored: int
    same: tuple[SameTargets, ...]
    by_compartment: tuple[float, ...]
    evidence: tuple[TargetEvidence, ...] = field(default=())
    near: Near | None = None
    presence: TargetPresence = TargetPresence.NOT_JUDGED
    cells: tuple[InCells, ...] = ()
    outlook: Outlook = field(kw_only=True)

    @property
    def rank_interval(self) -> str:
        """The 5 % and 95 % points of its rank over bootstrap replicates, or nothing."""
        if words.is_missing(self.rank_high):
            return ""
        if self.rank_low == self.rank_high:
            return f"{words.whole(self.rank_low)} in all replicates"
        return words.between([self.rank_low, self.rank_high])

    @property
    def possible(self) -> bool:
        """Whether it may be called: what it acts on is not absent from the patient's cells."""
        return self.presence is not TargetPresence.ABSENT

    def where(self, target: Target) -> str:
        """Say in which cells a target is found."""
        return next((one.where for one in self.cells if one.name == target.name), words.MISSING)

    def not_there(self, noun: str) -> str:
        """Say that what it acts on is in none of the screened cells, or nothing."""
        return not_there(self.presence, self.cells, noun)

    @property
    def supporting(self) -> list[TargetEvidence]:
        """Targets that raise the score, strongest first."""
        return [row for row in self.evidence if row.contribution > 0 or row.agreeing]

    @property
    def action_in_words(self) -> str:
        """Say on which active targets it acts, and which genes show that; nothing without any."""
        if not self.supporting:
            return ""
        first, *others = self.supporting[:3]
        acts = [f"{first.target.verb} {first.target.name}, which {first.activity}"]
        for row in others:
            verb = "" if row.target.verb == first.target.verb else f"{row.target.verb} "
            acts.append(f"{verb}{row.target.name} ({row.agreeing} of {row.n_known})")
        said = f"It {words.listed(acts)}."
        if first.carriers:
            genes = [
                f"{marked(one.gene)}\N{NO-BREAK SPACE}{one.arrow}" for one in first.carriers[:4]
            ]
            said += f" It shows most clearly in {words.listed(genes)} in {first.compartment}."
        return said

    @property
    def opposing(self) -> list[TargetEvidence]:
        """Targets that lower the score."""
        return [row for row in self.evidence if row.contribution < 0]

    def candidate_in(self, compartments: list[str]) -> list[str]:
        """Name the screened compartments, given by name, in which its score is above 0."""
        pairs = zip(compartments, self.by_compartment, strict=True)
        return [name for name, part in pairs if part > 0]

    @property
    def kind_of_drug(self) -> str:
        """Its class by what it acts on: "JAK1/2/3 and TYK2 inhibitor"."""
        return class_of(self.targets)

    @property
    def actions(self) -> list[str]:
        """What it does, in words: "inhibits JAK1 and JAK2"."""
        done: dict[str, list[str]] = {verb: [] for verb in (*VERBS.values(), _DISAGREE)}
        for target in self.targets:
            verb = _DISAGREE if target.conflict else VERBS[target.sign]
            done[verb].append(target.name)
        return [f"{verb} {words.listed(names, most=6)}" for verb, names in done.items() if names]

    @property
    def told_by(self) -> str:
        """Who tells what it acts on."""
        return words.listed(dict.fromkeys(name for one in self.targets for name in one.sources))


def ranking(screen: ad.AnnData) -> pd.DataFrame:
    """Give the ranked drugs, best first; drugs that tie stay in the order of the screen."""
    drugs = screen.obs
    ranked = drugs[(drugs["status"].astype(str) == "ranked") & drugs["rank"].notna()]
    return ranked.sort_values("rank", kind="stable")


def _shown_ranks(ranked: pd.DataFrame) -> pd.Series:
    """Show ranks; drugs that tie share the ranks from the first to the last of them."""
    order = pd.Series(np.arange(1, len(ranked) + 1), index=ranked.index)
    places = order.groupby(ranked["rank"].to_numpy(dtype=float))
    low, high = places.transform("min"), places.transform("max")
    return low.astype(str).where(low == high, low.astype(str) + words.MISSING + high.astype(str))


def _others(ranked: pd.DataFrame, drug_ids: list[str]) -> tuple[SameTargets, ...]:
    """Take the drugs that share a mechanism with its first, approved ones before the others."""
    rows = ranked.loc[drug_ids]
    drugs = map(SameTargets, drug_ids, rows["name"].astype(str), rows["approved"].astype(bool))
    return tuple(sorted(drugs, key=lambda drug: not drug.approved))


def _called(row: Mapping[Hashable, Any]) -> str:
    """List other names of a drug, a few of many, and its identifiers elsewhere."""
    ids = [one for name in IDENTIFIERS for one in parts(row.get(name))]
    return words.listed([*parts(row.get("synonyms"))[:_MOST_NAMES], *ids])


def _carriers(genes: str, effects: str) -> tuple[Carrier, ...]:
    if words.is_missing(genes):
        return ()
    pairs = zip(genes.split("|"), effects.split("|"), strict=True)
    return tuple(Carrier(gene, float(effect)) for gene, effect in pairs if effect)


def _evidence(
    target: Target, row: pd.Series | None, activity: Activity, names: Naming
) -> TargetEvidence:
    z = activity.of(target.genes)
    known = int(np.isfinite(z).sum())
    nothing = float("nan")
    compartment = "" if row is None else str(row["compartment"])
    return TargetEvidence(
        target=target,
        z=nothing if row is None else float(row["z"]),
        contribution=nothing if row is None else float(row["contribution"]),
        compartment=names.of(compartment) if compartment else words.MISSING,
        compartment_z=nothing if row is None else float(row["compartment_z"]),
        carriers=() if row is None else _carriers(str(row["genes"]), str(row["effects"])),
        n_over=int(np.sum(z > words.ACTIVE)),
        n_under=int(np.sum(z < -words.ACTIVE)),
        n_known=known,
        places=names.count(known),
    )


def _explainer(
    screen: ad.AnnData, names: Naming
) -> Callable[[str, tuple[Target, ...]], tuple[TargetEvidence, ...]]:
    """Give a function that explains a drug by its targets, strongest contribution first."""
    activity = Activity.of_screen(screen)
    rows = pd.DataFrame(screen.uns["evidence"])
    known = {(str(row["drug_id"]), str(row["target"])): row for _, row in rows.iterrows()}

    def explain(drug_id: str, targets: tuple[Target, ...]) -> tuple[TargetEvidence, ...]:
        rows = [
            _evidence(target, known.get((drug_id, target.key)), activity, names)
            for target in targets
            if target.sign
        ]
        rows.sort(key=lambda row: (-np.nan_to_num(row.contribution), -row.agreeing))
        return tuple(rows)

    return explain


def _nearness(screen: ad.AnnData, names: Naming) -> dict[str, Near]:
    """Say of each explained drug with a target on the interactome where it is nearest."""
    found = {}
    nearest = pd.DataFrame(screen.uns["proximity_evidence"])
    for drug_id, rows in nearest.groupby("drug_id", sort=False, observed=True):
        key = str(rows["compartment"].iloc[0])
        at = screen.obs_names.get_loc(drug_id), screen.var_names.get_loc(key)
        layers = ("proximity", "proximity_p", "proximity_q")
        z, pvalue, qvalue = (float(screen.layers[name][at]) for name in layers)
        targets = zip(rows["gene"].astype(str), rows["distance"].astype(float), strict=True)
        found[str(drug_id)] = Near(names.of(key), z, pvalue, qvalue, tuple(targets))
    return found


def first_mechanisms(
    screen: ad.AnnData, names: Naming, *, number: int = 10
) -> list[RankedMechanism]:
    """Take the first drugs; those with the same targets and signs are one mechanism.

    Parameters
    ----------
    screen
        Drugs x compartments.
    names
        Names of the compartments.
    number
        Mechanisms wanted.

    Returns
    -------
    Mechanisms, best first; the first one that may be called is among them.
    """
    ranked = ranking(screen)
    ranks = _shown_ranks(ranked)
    explain = _explainer(screen, names)
    near = _nearness(screen, names)
    weights = weights_of(screen)
    concerns = concerns_of(screen)
    kinds = table(screen, "kinds", "kind")["kind"].astype(str).tolist()
    scores = np.asarray(screen.layers["score"], dtype=float)[:, screened(screen)]
    position = {name: i for i, name in enumerate(screen.obs_names)}
    rows = ranked.to_dict("index")
    known = targets_of(screen)
    groups: dict[frozenset[Target], list[str]] = {}
    for drug_id in rows:
        groups.setdefault(frozenset(known.get(str(drug_id), ())), []).append(str(drug_id))
    possible = set(ranked.index[may_be_called(ranked)].astype(str))
    shown = list(groups.values())[:number]
    if possible and not possible.intersection(one[0] for one in shown):
        shown.append(next(one for one in groups.values() if one[0] in possible))
    cells = CellsOfPatient(screen, names)
    mechanisms = []
    for drug_id, *others in shown:
        row = rows[drug_id]
        targets = known.get(drug_id, ())
        mechanisms.append(
            RankedMechanism(
                rank=str(ranks[drug_id]),
                drug_id=drug_id,
                name=str(row["name"]),
                score=float(row["score"]),
                score_low=float(row["score_low"]),
                score_high=float(row["score_high"]),
                rank_low=float(row["rank_low"]),
                rank_high=float(row["rank_high"]),
                approved=bool(row["approved"]),
                withdrawn=bool(row.get("withdrawn", False)),
                kind=str(row.get("kind", "")),
                approval=words.listed(parts(row.get("approval"))),
                called=_called(row),
                targets=targets,
                n_targets=int(row["n_targets"]),
                n_scored=int(row["n_scored"]),
                same=_others(ranked, others),
                by_compartment=tuple(scores[position[drug_id]]),
                evidence=explain(drug_id, targets),
                near=near.get(drug_id),
                presence=TargetPresence(str(row["presence"])),
                cells=tuple(cells.have(one.genes, one.name) for one in targets if one.sign),
                outlook=outlook(row, kinds, weights, concerns.get(drug_id, ())),
            )
        )
    return mechanisms

"""Targets tried or launched for an indication, held against origin evidence.

Minikel et al., Nature 2024;629:624: pairs of a target and an indication (MeSH) with the highest
phase that any drug reached. Each indication is a patient of whom nothing but the disease is known;
each target is scored as a mechanism of its own, whatever a drug would do to it. Positives are the
targets tried in people (Phase I or later); those in preclinical development alone take no part;
all other targets of the table are negatives. Half of the indications, by a hash of the
identifier, were looked at when the evidence was made; the other half was not.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, stats

from twinscreen.cohort.evaluation import metrics
from twinscreen.cohort.evaluation.resampling import beats
from twinscreen.files import (
    DISEASE_GENES,
    DISEASES,
    DRUG_TARGETS,
    GeneNames,
    generator,
    read_table,
)
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.network import Interactome
from twinscreen.observe.findings.disease_genes import DiseaseGenes
from twinscreen.observe.findings.symptom_network import spellings
from twinscreen.screen.evidence.origin import origin_evidence
from twinscreen.screen.evidence.targets import Targets
from validation.common import SEED, Figure, Places, at_least, at_most, reported
from validation.diseases import LAYERS, WALK

PART = "3"

#: Phases in their order; tried in people from the second on.
PHASES = ("Preclinical", "Phase I", "Phase II", "Phase III", "Launched")
TRIED, LAUNCHED = 1, 4

#: Redrawn sets of genes: half of what a screen has, for some hundred indications.
DRAWS = 50

#: An indication counts if so many of its targets are positives.
FEWEST = 3


@dataclass(frozen=True)
class Pairs:
    """The indications of whose disease genes are known, and the targets.

    `indications` (n,) are identifiers of MeSH, `phase` (n, t) the place in `PHASES` of each of the
    t targets, -1 where there is no pair. `weight` (n, proteins) has the disease genes.
    """

    indications: list[str]
    targets: pd.Index
    phase: np.ndarray
    weight: np.ndarray
    network: Interactome
    counts: dict[str, int]

    @property
    def place(self) -> np.ndarray:
        """Where the targets stand among the proteins, shape (t,)."""
        return pd.Index(self.network.names.astype(str)).get_indexer(self.targets)

    @property
    def degree(self) -> np.ndarray:
        """Log degree of the targets, shape (t,)."""
        return np.log1p(self.network.degree[self.place])

    @property
    def held_out(self) -> np.ndarray:
        """Which indications were not looked at when the evidence was made, shape (n,)."""
        digests = [hashlib.sha256(one.encode()).hexdigest() for one in self.indications]
        return np.array([int(digest, 16) % 2 == 1 for digest in digests])


def read_pairs(places: Places) -> Pairs:
    """Bring pairs, disease genes and the interactome together."""
    folder = places.output / "knowledge"
    network = Interactome.from_indices(
        *read_protein_edges(places.knowledge.genes, places.knowledge.interactome)
    )
    proteins = pd.Index(network.names.astype(str))
    names = GeneNames(folder / "gene_names.parquet")
    rows = pd.read_csv(
        places.data / "target_indication/target_indication_phase.tsv.gz", sep="\t", dtype=str
    )
    rows["phase"] = rows["ccat"].map({name: place for place, name in enumerate(PHASES)})
    rows["symbol"] = rows["gene"].map({gene: names.resolve(gene) for gene in rows["gene"].unique()})
    linked = proteins[network.degree > 0]
    druggable = read_table(places.knowledge.targets, DRUG_TARGETS)["gene"]
    targets = linked.intersection(pd.Index({*rows["symbol"].dropna(), *druggable}))
    known = DiseaseGenes(
        read_table(folder / "diseases.parquet", DISEASES),
        read_table(folder / "disease_genes.parquet", DISEASE_GENES),
    )
    called = rows.drop_duplicates("indication_mesh_id")
    called = called.set_index("indication_mesh_id")["indication_mesh_term"]
    weights = {id_: weights_of(known, id_, term, proteins) for id_, term in called.items()}
    known_genes = [
        str(one) for one, home in weights.items() if (home[network.degree > 0] > 0).any()
    ]
    best = rows.pivot_table("phase", "indication_mesh_id", "symbol", aggfunc="max")
    best = best.reindex(index=known_genes, columns=targets)
    kept = best.index[best.notna().sum(axis=1) >= FEWEST].tolist()
    phase = best.loc[kept].fillna(-1).to_numpy(dtype=int)
    counts = {
        "indications": len(called),
        "indications found in Mondo": sum(
            bool(known.find(f"MESH:{one}", *spellings(term))) for one, term in called.items()
        ),
        "indications with genes, their own or of diseases near them": len(known_genes),
        f"of these with {FEWEST} targets or more": len(kept),
        "pairs": len(rows),
        "pairs whose target has a neighbour": int(rows["symbol"].isin(linked).sum()),
    }
    weight = np.array([weights[one] for one in kept])
    return Pairs(kept, targets, phase, weight, network, counts)


def weights_of(known: DiseaseGenes, id_: str, term: str, proteins: pd.Index) -> np.ndarray:
    """Give the weight of each protein for an indication."""
    found = {one.gene: one.weight for one in known.weights(f"MESH:{id_}", *spellings(term))}
    return proteins.map(found).fillna(0).to_numpy(dtype=float)


def patient_of(weight: np.ndarray, network: Interactome) -> ad.AnnData:
    """Make a twin of whom nothing but disease genes is known."""
    var = pd.DataFrame(np.nan, index=network.names.astype(str), columns=[*LAYERS])
    var["disease"] = np.where(weight > 0, weight, np.nan)
    twin = ad.AnnData(sparse.csr_array((1, len(var))), var=var)
    twin.uns["settings"] = WALK
    return twin


def single_targets(pairs: Pairs) -> Targets:
    """Make a mechanism of each target; what it does to it is not said."""
    t = len(pairs.targets)
    table = pd.DataFrame({"drug": range(t), "target": pairs.targets, "sign": 0})
    member = sparse.csr_array(
        (np.ones(t), (np.arange(t), pairs.place)), shape=(t, len(pairs.network.names))
    )
    return Targets(table, member, t)


def origin_scores(pairs: Pairs) -> np.ndarray:
    """Score all targets for all indications by the weaker z of origin evidence, shape (n, t).

    What it says nothing of, for no walk reaches it, has 0, as in the score of a drug.
    """
    targets = single_targets(pairs)
    return np.array(
        [
            np.nan_to_num(
                origin_evidence(
                    patient_of(home, pairs.network),
                    pairs.network,
                    targets,
                    draws=DRAWS,
                    random=generator(SEED, "pairs", indication),
                ).weaker_z
            )
            for indication, home in zip(pairs.indications, pairs.weight, strict=True)
        ]
    )


def table_of(
    pairs: Pairs, scores: np.ndarray, *, least: int, among: np.ndarray, own: bool = True
) -> pd.DataFrame:
    """Measure one method on every indication with enough positives.

    Parameters
    ----------
    pairs
        The n indications and t targets.
    scores
        Shape (n, t).
    least
        Place in `PHASES` from which on a target is a positive.
    among
        Targets that take part, boolean, shape (t,).
    own
        Whether targets take part that are associated with the indication themselves.
    """
    degree = pairs.degree
    rows = []
    for case, phase in enumerate(pairs.phase):
        positive = phase >= least
        use = among & (positive | (phase < 0))
        if not own:
            use &= ~(pairs.weight[case, pairs.place] > 0)
        positive, mine = positive[use], scores[case, use]
        if positive.sum() < FEWEST:
            continue
        place = stats.rankdata(np.delete(scores[:, use], case, axis=0), axis=1)
        n = positive.sum()
        others = (place[:, positive].sum(axis=1) - n * (n + 1) / 2) / (n * (~positive).sum())
        auroc = metrics.auroc(mine, positive)
        tried = phase >= TRIED
        launched = (phase >= LAUNCHED)[tried]
        enough = min(launched.sum(), (~launched).sum()) >= 2
        rows.append(
            {
                "indication": pairs.indications[case],
                "held_out": pairs.held_out[case],
                "auroc": auroc,
                "dm60": metrics.dm_k(mine, positive, degree[use]),
                "own": auroc - others.mean(),
                "launched": metrics.auroc(scores[case, tried], launched) if enough else np.nan,
            }
        )
    return pd.DataFrame(rows).set_index("indication")


def popularity(pairs: Pairs) -> np.ndarray:
    """Count the other indications for which each target was tried, shape (n, t)."""
    tried = pairs.phase >= TRIED
    return tried.sum(axis=0)[None, :] - tried.astype(float)


def summary(table: pd.DataFrame, degree: pd.DataFrame) -> str:
    """Put the figures of a method on a line, with p against target degree."""
    medians = table.median(numeric_only=True)
    text = (
        f"{medians['auroc']:.3f} {medians['dm60']:.3f} {medians['own']:+.3f}"
        f" launched {medians['launched']:.3f} (n {len(table)})"
    )
    if table is degree:
        return text
    auroc, dm60 = (beats(table[name], degree[name]).pvalue for name in ("auroc", "dm60"))
    own = stats.wilcoxon(table["own"], alternative="greater").pvalue
    return f"{text}; p beyond degree {auroc:.1g}, DM60 {dm60:.1g}; own {own:.1g}"


def figures(places: Places) -> Iterator[Figure]:
    """Measure origin evidence, target degree and popularity."""
    tables = ("gene_names", "diseases", "disease_genes")
    places.kang(*(f"knowledge/{name}.parquet" for name in tables))
    pairs = read_pairs(places)
    for what, number in pairs.counts.items():
        yield reported(PART, what, number)
    n = len(pairs.indications)
    scores = {
        "origin": origin_scores(pairs),
        "target degree": np.tile(pairs.degree, (n, 1)),
        "popularity elsewhere": popularity(pairs),
    }
    in_table = (pairs.phase >= 0).any(axis=0)
    every = np.ones(len(pairs.targets), dtype=bool)
    columns = "AUROC, DM60, own minus other, launched of tried"
    for what, least, among, own in (
        ("tried", TRIED, in_table, True),
        ("tried, associated targets left out", TRIED, in_table, False),
        ("any phase", 0, in_table, True),
        ("launched", LAUNCHED, in_table, True),
        ("tried, of all targets of drugs", TRIED, every, True),
    ):
        measured = {
            name: table_of(pairs, values, least=least, among=among, own=own)
            for name, values in scores.items()
        }
        degree = measured["target degree"]
        for name, table in measured.items():
            yield reported(PART, f"{what}: {name}: {columns}", summary(table, degree))
        if what == "tried":
            yield from needed(measured["origin"], degree)
    yield calibration(pairs)


def needed(origin: pd.DataFrame, degree: pd.DataFrame) -> Iterator[Figure]:
    """Hold origin evidence against target degree, on all indications and on those kept aside."""
    for which, kept in (("all", slice(None)), ("kept aside", origin["held_out"])):
        mine, theirs = origin[kept], degree[kept]
        yield reported(PART, f"{which}: origin", summary(mine, theirs))
        yield reported(PART, f"{which}: target degree", summary(theirs, theirs))
        for name, what in (("auroc", "AUROC"), ("dm60", "DM60")):
            p = beats(mine[name], theirs[name]).pvalue
            yield at_most(PART, f"{which}: {what} beyond target degree, p", p, 0.01, digits=5)
        yield at_least(PART, f"{which}: own minus other, median", mine["own"].median(), 0.06)


def calibration(pairs: Pairs) -> Figure:
    """Say how often |z| is above 1.96 where the disease genes were dealt out at random."""
    random = generator(SEED, "calibration")
    targets = single_targets(pairs)
    linked = np.flatnonzero(pairs.network.degree > 0)
    beyond = []
    for weight in pairs.weight[:: max(len(pairs.weight) // 10, 1)]:
        dealt = np.zeros_like(weight)
        dealt[linked] = weight[random.permutation(linked)]
        twin = patient_of(dealt, pairs.network)
        found = origin_evidence(twin, pairs.network, targets, draws=DRAWS, random=random)
        beyond.append(np.mean(np.abs(found.z) > 1.96))
    return reported(PART, "genes dealt out: share of |z| above 1.96", float(np.mean(beyond)))

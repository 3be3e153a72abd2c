"""Both truths of the benchmark of alternatives, and how a ranking is measured on them."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from validation.common import SEED, SEEDS, Places, library
from validation.diseases import FEWEST, Cases, Drugs, disease_twin, drugcentral, symbols, table_of

from twinscreen.cohort.evaluation import metrics
from twinscreen.cohort.evaluation.labels import labels_of_drugs, read_labels
from twinscreen.files import DRUG_TARGETS, TWIN, read_anndata, read_table
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.network import Interactome
from twinscreen.screen.evidence.causal import standing_out
from twinscreen.screen.evidence.contract import mechanisms
from twinscreen.screen.evidence.origin import mean_of_targets
from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.rank.combine import stouffer
from validation.kang import DONORS, rank_of

from .kinds import Signals, by_rank, causal_z, counteraction_z, origin, signals
from .truth import Truth

KINDS = ("causal", "counteraction", "origin")
EQUAL = dict.fromkeys(KINDS, 1.0)

#: Held kinds by name, (e, k) each.
Kinds = dict[str, np.ndarray]

#: How much of its weight A has in each of k patients, (k,), from their kinds.
Share = Callable[[Kinds], np.ndarray]

#: What `Bench.judged` finds, by name.
Measures = dict[str, Any]


def say(what: str) -> None:
    """Tell how far it is."""
    print(f"{time.process_time():6.0f} CPU-s  {what}", file=sys.stderr, flush=True)


def only(name: str) -> dict[str, float]:
    """Weight one kind."""
    return dict.fromkeys(KINDS, 0.0) | {name: 1.0}


@dataclass(frozen=True)
class Donors:
    """Names of the d drugs that donors are screened with, and their labels, (d,) each."""

    drugs: pd.DataFrame
    labels: np.ndarray

    def judge(self, scores: np.ndarray) -> Measures:
        """Measure the scores of each donor, (k, d)."""
        taking = self.labels != "excluded"
        right, end = self.labels == "positive", self.labels == "bottom"
        rows, first = [], Counter[str]()
        for score in scores:
            if not np.isfinite(score).any():
                rows.append((np.nan, np.nan, np.nan))
                continue
            place = rank_of(score)
            used = np.where(taking, -place, np.nan)
            bottom = float(np.nanmin(place[end])) / np.isfinite(place).sum()
            rows.append(
                (metrics.auroc(used, right), metrics.average_precision(used, right), bottom)
            )
            first[str(self.drugs["name"].iloc[int(np.nanargmin(place))])] += 1
        auroc, precision, bottom = np.array(rows).T
        return {
            "kang": float(np.median(auroc)),
            "worst": float(auroc.min()),
            "AP": float(np.median(precision)),
            "interferons": float(bottom.min()),
            "first": first,
        }


@dataclass(frozen=True)
class Bench:
    """Both truths, their answers, and what the default says: kinds and signals of each."""

    places: Places
    network: Interactome
    wiring: Wiring
    truths: tuple[Truth, Truth]
    cases: Cases
    donors: Donors
    signals: tuple[Signals, Signals]
    kinds: tuple[Kinds, Kinds]
    degree: np.ndarray

    def scores(
        self, weaker_z: Sequence[Kinds], weights: Mapping[str, float], share: Share | None = None
    ) -> list[np.ndarray]:
        """Combine kinds for the drugs of both truths, (k, d) each; NaN where not ranked.

        `share` says how much of its weight A has in each patient, if not what the screen gives it.
        """
        found = []
        for truth, kinds in zip(self.truths, weaker_z, strict=True):
            of_causal = standing_out(kinds["causal"]) if share is None else share(kinds)
            used = [weights[name] * (of_causal if name == "causal" else 1.0) for name in KINDS]
            score = stouffer([kinds[name] for name in KINDS], used)
            found.append(np.where(truth.allowed[:, None], score, np.nan)[truth.mechanism].T)
        return found

    def measured(
        self,
        weights: Mapping[str, float] | None = None,
        share: Share | None = None,
        **changed: Sequence[np.ndarray],
    ) -> Measures:
        """Measure the default with other weights, or with other kinds for both truths."""
        weaker_z = [
            kinds | {name: values[i] for name, values in changed.items()}
            for i, kinds in enumerate(self.kinds)
        ]
        return self.judged(*self.scores(weaker_z, weights or EQUAL, share))

    def by_degree(self) -> list[np.ndarray]:
        """Mean log degree of the targets of the drugs of both truths, (k, d) each."""
        degree = np.log1p(self.network.degree)
        found = []
        for truth in self.truths:
            mean = mean_of_targets(truth.targets, degree[:, None], degree > 0)[:, 0]
            score = np.where(truth.allowed, mean, np.nan)[truth.mechanism]
            found.append(np.tile(score, (len(truth.twins), 1)))
        return found

    def judged(self, diseases: np.ndarray, donors: np.ndarray) -> Measures:
        """Measure scores on both truths."""
        table = table_of(self.cases, diseases)
        medians = table.median(numeric_only=True)
        own = table["own"].dropna().to_numpy()
        return {
            "each": table["auroc"].to_numpy(),
            "AUROC": medians["auroc"],
            "DM60": medians["dm60"],
            "own": medians["own"],
            "p": float(stats.wilcoxon(own, alternative="greater").pvalue) if own.any() else np.nan,
            "mechanisms": medians["mechanisms"],
            "mechanisms60": medians["mechanisms60"],
            "beats": float((table["auroc"].to_numpy() > self.degree).sum()),
            **self.donors.judge(donors),
        }


# --- reading -------------------------------------------------------------------------------------


def read_bench(places: Places) -> Bench:
    """Read both truths and compute the default."""
    files = places.knowledge
    network = Interactome.from_indices(*read_protein_edges(files.genes, files.interactome))
    wiring = read_wiring(files.wiring)
    symbol = symbols(places)
    known = drugcentral(places, symbol)
    ids, cases = answers(places, known, network)
    diseases = [disease_twin(places, one, network, symbol) for one in ids]
    labels = read_labels(places.data / "kang2018/labels.tsv").of([""])
    usual = set(library(places)["name"].str.casefold())
    drugs = library(places, [name for name in labels if name not in usual])
    twins = [read_anndata(places.output / f"twins/patient_{one}.h5ad", TWIN) for one in DONORS]
    twins = [twin[twin.obs["scorable"].to_numpy(dtype=bool)].copy() for twin in twins]
    both = []
    for table, targets, some in (
        (known.drugs, known.targets, diseases),
        (drugs, read_table(files.targets, DRUG_TARGETS), twins),
    ):
        names = pd.Index(network.names.astype(str))
        first, mechanism = mechanisms(target_sets(table, targets, names))
        sets = target_sets(table.iloc[first].reset_index(drop=True), targets, names)
        weights = [twin.obs["latest"].to_numpy(dtype=float) for twin in some]
        both.append(Truth.of(some, weights, network, sets, mechanism, wiring.proteins))
    one, two = both
    found = [signals(truth, wiring.network, wiring.rewired) for truth in both]
    say("signals")
    kinds = [
        {
            "causal": causal_z(truth, upstream),
            "counteraction": by_rank(counteraction_z(truth)),
            "origin": origin(truth, draws=SEEDS, seed=SEED)["held"],
        }
        for truth, upstream in zip(both, found, strict=True)
    ]
    say("default")
    cases = replace(cases, mechanism=one.mechanism)
    ranked = one.allowed[one.mechanism]
    degree = table_of(cases, np.tile(np.where(ranked, cases.covariate, np.nan), (len(ids), 1)))
    return Bench(
        places,
        network,
        wiring,
        (one, two),
        cases,
        Donors(drugs, labels_of_drugs(drugs.set_index("drug_id"), labels)),
        (found[0], found[1]),
        (kinds[0], kinds[1]),
        degree["auroc"].to_numpy(),
    )


def answers(places: Places, known: Drugs, network: Interactome) -> tuple[list[str], Cases]:
    """Diseases with enough drugs that modify them, and which these are."""
    labels = pd.read_csv(places.data / "drugs/pharmacotherapydb_indications.tsv", sep="\t")
    every = pd.read_csv(places.data / "disease_signatures/diseases.tsv", sep="\t")
    ids = known.drugs["drug_id"]

    def marked(doid: str, kind: str) -> np.ndarray:
        rows = labels[(labels["doid_id"] == doid) & (labels["category"] == kind)]
        return ids.isin(rows["drugbank_id"]).to_numpy()

    chosen = every[[marked(one, "DM").sum() >= FEWEST for one in every["doid"]]]
    degree = pd.Series(np.log1p(network.degree), index=network.names.astype(str))
    covariate = known.targets["gene"].map(degree).groupby(known.targets["drug_id"]).mean()
    positives = np.array([marked(one, "DM") for one in chosen["doid"]])
    symptoms = np.array([marked(one, "SYM") for one in chosen["doid"]])
    return chosen["doid"].tolist(), Cases(
        chosen["disease"].tolist(),
        positives,
        symptoms & ~positives,
        {},
        covariate.reindex(ids).to_numpy(),
        np.arange(len(ids)),
    )

"""What was tried to improve the ranking: each variant on both truths, with the controls.

Every variant changes one thing of the default. The truths are the diseases with known
disease-modifying drugs (validation/diseases.py) and interferon-stimulated cells
(validation/kang.py): what helps with one of them must not harm with the other. Needs what
`make validate` leaves in its output folder. The table is Markdown; docs/methods/benchmark.md reads
it.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from tried.bench import EQUAL, KINDS, Bench, Measures, only, read_bench, say
from tried.kinds import (
    ONE_BY_ONE,
    Signals,
    by_rank,
    causal_z,
    counteraction_z,
    influences,
    normed,
    origin,
    rewired_regulation,
    signals,
    with_own_activity,
    without_response,
)
from tried.patients import patient_variants
from tried.table import COLUMNS, check, line, mean_of
from tried.truth import Truth
from tried.wirings import Row, redone, tails, wiring_variants
from validation.common import ROOT, SEED, SEEDS, Places
from validation.diseases import symbols

from twinscreen.cohort.evaluation import metrics
from twinscreen.files import generator
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.counteraction import counteraction_evidence
from twinscreen.screen.evidence.screened_state import screened_state
from twinscreen.screen.evidence.targets import combine
from twinscreen.screen.rank.compartment_weights import compartment_weights

#: Weights of a kind that the learned ones are chosen from.
GRID = (0.0, 0.5, 1.0, 2.0)

#: Draws of the control of random labels, and rewired networks taken for the real one.
LABELS, WRONG = 10, 5


# --- variants ------------------------------------------------------------------------------------


def causal_variants(bench: Bench) -> Iterator[Row]:
    """Try evidence A in other ways."""
    net, drawn, truths = bench.wiring.network, bench.wiring.rewired, bench.truths
    pairs = list(zip(truths, bench.signals, strict=True))
    regulation = rewired_regulation(net, len(drawn), seed=SEED)
    both = [influences(truth, net, drawn, regulation) for truth in truths]
    for name in ("norm", "no norm"):
        causal = [
            causal_z(truth, found[name], scaled=name == "no norm")
            for truth, found in zip(truths, both, strict=True)
        ]
        what = f"A: factors singly, both layers rewired, {name} per target"
        yield what, bench.measured(causal=causal)
        yield f"{what}; A alone", bench.measured(only("causal"), causal=causal)
    say("both layers rewired")
    for ridge, name in ((1.0, "1"), (10.0, "10"), (ONE_BY_ONE, "infinite: factors singly")):
        yield f"A: ridge {name}", bench.measured(causal=redone(bench, ridge=ridge))
    for fewest in (1, 3, 10):
        what = f"A: factors with {fewest} measured genes or more"
        yield what, bench.measured(causal=redone(bench, fewest=fewest))
    added = [causal_z(truth, found, add_up=True) for truth, found in pairs]
    yield "A: targets added up", bench.measured(causal=added)
    free = [causal_z(truth, found, weaker_z=False) for truth, found in pairs]
    yield "A: not held by permuted genes", bench.measured(causal=free)
    own = [with_own_activity(truth, found) for truth, found in pairs]
    yield "A: the same, and a factor's own activity added", bench.measured(causal=own)
    over = [causal_z(truth, normed(truth, net, drawn, found)) for truth, found in pairs]
    yield "A: the same, over the norm on each rewired network", bench.measured(causal=over)
    for name, states in (
        ("effects as they are", [truth.of_effects() for truth in truths]),
        ("mean normal scores as they are", [truth.of_normal_scores() for truth in truths]),
        ("in the order of effects only", [truth.of_layers("X", "X") for truth in truths]),
        ("log fold changes only", [truth.of_layers("logfc", "logfc") for truth in truths]),
    ):
        yield f"A: {name}", bench.measured(causal=redone(bench, states=states))
    yield "without A", bench.measured(EQUAL | {"causal": 0.0})


def counteraction_variants(bench: Bench) -> Iterator[Row]:
    """Try evidence B in other ways."""
    truths = bench.truths
    for share in (0.0, 0.3, 0.7):
        found = [by_rank(counteraction_z(truth, share=share)) for truth in truths]
        yield f"B: neighbours {share}", bench.measured(counteraction=found)
    found = [by_rank(counteraction_z(one, states=one.of_normal_scores())) for one in truths]
    yield "B: mean normal scores as they are", bench.measured(counteraction=found)
    for name, layer in (("in the order of effects", "X"), ("log fold changes", "logfc")):
        found = [
            by_rank(counteraction_z(one, states=one.of_layers(layer, layer))) for one in truths
        ]
        yield f"B: {name} only", bench.measured(counteraction=found)
    found = [counteraction_z(truth) for truth in truths]
    yield "B: not held by the rank", bench.measured(counteraction=found)
    rest = [
        without_response(truth, bench.wiring.network, upstream)
        for truth, upstream in zip(truths, bench.signals, strict=True)
    ]
    found = [
        by_rank(counteraction_z(truth, states=states))
        for truth, states in zip(truths, rest, strict=True)
    ]
    what = "B: less what the strongest regulator explains"
    yield what, bench.measured(counteraction=found)
    yield "without B", bench.measured(EQUAL | {"counteraction": 0.0})


def origin_variants(bench: Bench) -> Iterator[Row]:
    """Try evidence C in other ways; donors have none."""
    diseases = bench.truths[0]
    nothing = bench.kinds[1]["origin"]
    found = origin(diseases, draws=SEEDS, seed=SEED)
    yield "C: not held by the rank", bench.measured(origin=(found["z"], nothing))
    yield "C: the rank alone", bench.measured(origin=(found["rank"], nothing))
    path = bench.places.data / "disease/gwas_gene_associations.tsv.gz"
    known = pd.read_csv(path, sep="\t", dtype=str)
    symbol = symbols(bench.places)

    def every(twin) -> None:  # type: ignore[no-untyped-def]
        doid = twin.uns["patient"]["patient"].replace("_", ":")
        genes = known.loc[known["doid_code"] == doid, "gene"].map(symbol)
        twin.var["disease"] = np.where(twin.var_names.isin(genes.dropna()), 1.0, np.nan)

    def by_degree(twin) -> None:  # type: ignore[no-untyped-def]
        degree = np.log1p(np.maximum(bench.network.degree, 1))
        twin.var["disease"] = twin.var["disease"].to_numpy() / degree

    for name, change in (
        ("all associations", every),
        ("disease genes weighted by 1 / log degree", by_degree),
    ):
        weaker_z = origin(diseases, draws=SEEDS, seed=SEED, change=change)["held"]
        yield f"C: {name}", bench.measured(origin=(weaker_z, nothing))
    yield "without C", bench.measured(EQUAL | {"origin": 0.0})


def combined_variants(bench: Bench) -> Iterator[Row]:
    """Weight the kinds in other ways."""
    for weight in (0.5, 2.0):
        yield f"weights: A times {weight}", bench.measured(EQUAL | {"causal": weight})
    for name in KINDS:
        yield f"{name} alone", bench.measured(only(name))
    loud = [
        {name: values * loudness(values) for name, values in kinds.items()} for kinds in bench.kinds
    ]
    size = [{n: np.isfinite(v) * loudness(v) for n, v in kinds.items()} for kinds in bench.kinds]
    scores = []
    for truth, kinds, sizes in zip(bench.truths, loud, size, strict=True):
        total = sum(np.nan_to_num(values) for values in kinds.values())
        norm = np.sqrt(sum(values**2 for values in sizes.values()))
        score = np.where(
            truth.allowed[:, None] & (norm > 0), total / np.maximum(norm, 1e-9), np.nan
        )
        scores.append(score[truth.mechanism].T)
    yield "weights: loudness of the kind in this patient", bench.judged(*scores)
    yield "weights: learned, without the disease in question", learned(bench)


def loudness(weaker_z: np.ndarray) -> np.ndarray:
    """How far the best entry of each patient is beyond the best of so many normal values, (k,)."""
    number = np.maximum(np.isfinite(weaker_z).sum(axis=0), 2)
    best = np.where(np.isfinite(weaker_z), weaker_z, 0).max(axis=0)
    return np.maximum(1.0, best / np.sqrt(2 * np.log(number)))


def learned(bench: Bench) -> Measures:
    """Choose weights by the median AUROC of the other diseases; those of all judge the donors.

    A disease of which some weights score no right drug has 1/2 there, so that it counts.
    """
    ways = [way for way in product(GRID, repeat=len(KINDS)) if any(way)]
    ways.sort(key=lambda way: sum((one - 1) ** 2 for one in way))
    scores = [bench.scores(bench.kinds, dict(zip(KINDS, way, strict=True))) for way in ways]
    cases = bench.cases
    auroc = np.array(
        [
            [
                metrics.auroc(np.where(cases.left_out[i], np.nan, row), cases.positives[i])
                for i, row in enumerate(diseases)
            ]
            for diseases, _ in scores
        ]
    )
    auroc = np.nan_to_num(auroc, nan=0.5)
    chosen = [
        int(np.median(np.delete(auroc, i, 1), axis=1).argmax()) for i in range(auroc.shape[1])
    ]
    best = int(np.median(auroc, axis=1).argmax())
    found = {ways[one]: chosen.count(one) for one in sorted(set(chosen))}
    say(f"weights (A, B, C) chosen without one disease: {found}; on all: {ways[best]}")
    say(f"weights chosen on all: median AUROC {np.median(auroc[best]):.3f} (not held out)")
    held_out = np.array([scores[way][0][i] for i, way in enumerate(chosen)])
    return bench.judged(held_out, scores[best][1])


def compartment_variants(bench: Bench) -> Iterator[Row]:
    """Put compartments together in other ways; a disease has only one."""
    donors = bench.truths[1]
    place, wiring = donors.place, bench.wiring
    causal, counter = [], []
    for state in donors.states:
        bare = np.zeros((donors.targets.drugs, len(state.parts)))
        one = causal_evidence(state, wiring, place, donors.targets, bare)
        two = counteraction_evidence(state, bench.network.adjacency, donors.targets)
        causal.append(combine(one.parts, state.weight))
        counter.append(combine(two.parts, state.weight))
    same = bench.kinds[0]
    yield (
        "compartments: together after the null models",
        bench.measured(
            causal=(same["causal"], np.column_stack(causal)),
            counteraction=(same["counteraction"], by_rank(np.column_stack(counter))),
        ),
    )
    states = [
        screened_state(twin, None, compartment_weights(twin, "communication")[0])
        for twin in donors.twins
    ]
    found = signals(donors, wiring.network, wiring.rewired, states=states)
    yield (
        "compartments: weighted by communication",
        bench.measured(
            causal=(same["causal"], causal_z(donors, found)),
            counteraction=(same["counteraction"], by_rank(counteraction_z(donors, states=states))),
        ),
    )


def instead_of_real(bench: Bench, truth: Truth, found: Signals, number: int) -> Signals:
    """Take one of the rewired networks for the real one."""
    net, wrong = (
        bench.wiring.network,
        replace(
            bench.wiring.network.signalling, target=bench.wiring.rewired[number].astype(np.int32)
        ),
    )
    there = signals(truth, replace(net, signalling=wrong), ())
    rest = np.delete(found.drawn, number, axis=0)
    return replace(there, drawn=rest)


def controls(bench: Bench) -> Iterator[Row]:
    """Try what has to lose what the default has."""
    rows, alone = [], []
    for number in range(WRONG):
        wrong = [
            instead_of_real(bench, truth, found, number)
            for truth, found in zip(bench.truths, bench.signals, strict=True)
        ]
        causal = [causal_z(*one) for one in zip(bench.truths, wrong, strict=True)]
        rows.append(bench.measured(causal=causal))
        alone.append(bench.measured(only("causal"), causal=causal))
    yield f"control: rewired signalling as the real one (mean of {WRONG})", mean_of(rows)
    yield f"control: the same, A alone (mean of {WRONG})", mean_of(alone)
    random, rows = generator(SEED, "labels"), []
    default = bench.scores(bench.kinds, EQUAL)
    for _ in range(LABELS):
        shuffled = []
        for scores in default:
            ranked = np.flatnonzero(np.isfinite(scores).all(axis=0))
            mixed = scores.copy()
            mixed[:, ranked] = scores[:, random.permutation(ranked)]
            shuffled.append(mixed)
        rows.append(bench.judged(*shuffled))
    yield f"control: labels of the drugs permuted (mean of {LABELS})", mean_of(rows)
    yield "baseline: mean log target degree", bench.judged(*bench.by_degree())


# --- the whole -----------------------------------------------------------------------------------


PARTS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "causal": causal_variants,
    "patients": patient_variants,
    "wiring": wiring_variants,
    "counteraction": counteraction_variants,
    "origin": origin_variants,
    "weights": combined_variants,
    "compartments": compartment_variants,
    "controls": controls,
    "tails": tails,
}


def main() -> None:
    """Print the table as its rows are found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which parts: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--data", default=os.environ.get("TWINSCREEN_DATA", "../shared/data"))
    parser.add_argument("--output", default=str(ROOT / "output" / "validation"))
    given = parser.parse_args()
    if unknown := sorted(set(given.parts) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    output = Path(given.output).resolve()
    places = Places(Path(given.data).resolve(), output, output / "scratch")
    places.scratch.mkdir(parents=True, exist_ok=True)
    bench = read_bench(places)
    check(bench)
    default = bench.measured()
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    print(line("**default**", default, default), flush=True)
    for part in given.parts or PARTS:
        for name, row in PARTS[part](bench):
            print(line(name, row, default), flush=True)
        say(part)


if __name__ == "__main__":
    main()

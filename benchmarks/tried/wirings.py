"""Evidence A on other rewired networks, on other edges, and with signals that run otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from validation.common import SEED

from twinscreen.files import INTERACTOME, read_table, write_table
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.knowledge.signalling.wiring import build_wiring
from twinscreen.network.signed.signed_walk import SignedEdges

from .bench import Bench, Measures, say
from .kinds import (
    Signals,
    by_rank,
    causal_z,
    influences,
    remedied,
    rewired_regulation,
    signals,
    with_null,
)
from .truth import Truth

#: Seeds of the rewiring, of which each makes as many networks as the default has.
WIRINGS = 6

#: Name in the interactome of each layer of the wiring.
LAYERS = {"signalling": "PT", "regulation": "TR"}

Row = tuple[str, Measures]


def listed(joined: pd.Series) -> pd.Series:
    """Count the distinct names in texts joined by ";"."""
    return joined.fillna("").str.split(";").map(lambda one: len(set(one) - {""}))


@dataclass(frozen=True)
class Weighed(SignedEdges):
    """Edges that count by `evidence`, shape (m,), of which each source shares out 1."""

    evidence: np.ndarray

    @classmethod
    def by_sources(
        cls, edges: SignedEdges, interactome: pd.DataFrame, proteins: pd.Index, layer: str
    ) -> "Weighed":
        """Weigh each edge of a layer by the number of sources that list it."""
        known = interactome[interactome["layer"] == LAYERS[layer]]
        number = listed(known["sources"])
        number.index = pd.MultiIndex.from_frame(known[["source", "target"]])
        key = pd.MultiIndex.from_arrays([proteins[edges.source], proteins[edges.target]])
        evidence = number.reindex(key).to_numpy(dtype=float)
        return cls(edges.start, edges.target, edges.sign, evidence)

    @cached_property
    def weight(self) -> np.ndarray:
        """Sign times share of the source's evidence, shape (m,), float32."""
        whole = np.bincount(self.source, self.evidence, minlength=len(self.start) - 1)
        weight: np.ndarray = (self.sign * self.evidence / whole[self.source]).astype(np.float32)
        return weight


def redone(bench: Bench, states: Sequence | None = None, network=None, rewired=None, **how):  # type: ignore[no-untyped-def]
    """Compute A for both truths in another way."""
    network = network or bench.wiring.network
    rewired = bench.wiring.rewired if rewired is None else rewired
    return [
        causal_z(truth, signals(truth, network, rewired, states=given, **how))
        for truth, given in zip(bench.truths, states or (None, None), strict=True)
    ]


def wiring_of(
    bench: Bench, name: str, edges: pd.DataFrame | None = None, seed: int = SEED
) -> Wiring:
    """Read the wiring of some edges or of another seed, made once."""
    folder = bench.places.scratch / "alternatives"
    folder.mkdir(parents=True, exist_ok=True)
    path, source = folder / f"{name}.npz", bench.places.knowledge.interactome
    if not path.is_file():
        if edges is not None:
            source = folder / f"{name}.parquet"
            write_table(edges, source, INTERACTOME)
        net = bench.wiring.network
        build_wiring(
            interactome=source,
            damping=net.damping,
            steps=net.steps,
            rewirings=bench.wiring.rewirings,
            seed=seed,
            output=path,
        )
    return read_wiring(path)


def by_seed(bench: Bench) -> dict[int, list[Signals]]:
    """Signals of both truths on networks rewired with each seed."""
    net, found = bench.wiring.network, {SEED: list(bench.signals)}
    for seed in range(SEED + 1, SEED + WIRINGS):
        drawn = wiring_of(bench, f"seed_{seed}", seed=seed).rewired
        found[seed] = [signals(truth, net, drawn) for truth in bench.truths]
    return found


def joint(found: Sequence[Signals]) -> Signals:
    """Put the rewired networks of several seeds together."""
    return replace(found[0], drawn=np.concatenate([one.drawn for one in found]))


def scored(bench: Bench, found: Sequence[Signals], *, tails: bool = False) -> list[np.ndarray]:
    """Hold both truths against rewired networks."""
    return [causal_z(*one, tails=tails) for one in zip(bench.truths, found, strict=True)]


def wiring_variants(bench: Bench) -> Iterator[Row]:
    """Try other seeds of the rewiring, more rewirings, and other ways for a signal."""
    found = by_seed(bench)
    rows = [bench.measured()]
    for seed, upstream in found.items():
        if seed != SEED:
            rows.append(bench.measured(causal=scored(bench, upstream)))
            yield f"A: rewired with seed {seed}", rows[-1]
    for name in ("AUROC", "DM60", "own", "mechanisms", "mechanisms60", "kang", "worst", "AP"):
        values = [row[name] for row in rows]
        say(f"{name} with {len(rows)} seeds: {min(values):.3f} to {max(values):.3f}")
    half = len(found) // 2
    for seeds in (list(found)[:half], list(found)[half:]):
        joined = [joint([found[seed][i] for seed in seeds]) for i in range(2)]
        what = f"seeds {seeds[0]} to {seeds[-1]} together"
        yield f"A: {what}", bench.measured(causal=scored(bench, joined))
        causal = scored(bench, joined, tails=True)
        yield f"A: {what}, tails by kurtosis", bench.measured(causal=causal)
    for seed in list(found)[:half]:
        causal = scored(bench, found[seed], tails=True)
        yield f"A: seed {seed}, tails by kurtosis", bench.measured(causal=causal)
    net = bench.wiring.network
    for name, other in (
        ("damping 0.3", replace(net, damping=0.3)),
        ("damping 0.8", replace(net, damping=0.8)),
        ("damping 0.8, 6 steps", replace(net, damping=0.8, steps=6)),
        ("6 steps", replace(net, steps=6)),
    ):
        yield f"signalling: {name}", bench.measured(causal=redone(bench, network=other))
    what = "signalling: only proteins measured in the state"
    yield what, bench.measured(causal=redone(bench, only_measured=True))
    edges = read_table(bench.places.knowledge.interactome, INTERACTOME)
    for layer in ("regulation", "signalling"):
        weighed = Weighed.by_sources(getattr(net, layer), edges, bench.wiring.proteins, layer)
        causal = redone(bench, network=replace(net, **{layer: weighed}))
        yield f"{layer}: each edge by its number of sources", bench.measured(causal=causal)
    references, sources = (listed(edges[column]) for column in ("references", "sources"))
    for name, what, fits in (
        ("two_references", "at least 2 references", references >= 2),
        ("two_sources", "at least 2 sources", sources >= 2),
        ("known", "a reference or 2 sources", (references >= 1) | (sources >= 2)),
    ):
        kept = edges[(edges["layer"] != "PT") | fits | edges["sign"].isna()]
        wiring = wiring_of(bench, name, kept)
        share = len(wiring.network.signalling.target) / len(net.signalling.target)
        causal = on_wiring(bench, wiring)
        what = f"signalling: {what} ({share:.0%} of the edges)"
        yield what, bench.measured(causal=causal)


def on_wiring(bench: Bench, wiring: Wiring) -> list[np.ndarray]:
    """Compute A for both truths on other edges."""
    found = []
    for truth in bench.truths:
        other = Truth.of(
            *(truth.twins, truth.weights, truth.network, truth.targets, truth.mechanism),
            wiring.proteins,
        )
        found.append(causal_z(other, signals(other, wiring.network, wiring.rewired)))
    return found


def tails(bench: Bench) -> Iterator[Row]:
    """Say how heavy the tails of nulls are beside the table, and try what might tame them."""
    donors, net = bench.truths[1], bench.wiring.network
    found = {SEED: list(bench.signals)} | {
        seed: [
            signals(truth, net, wiring_of(bench, f"seed_{seed}", seed=seed).rewired)
            for truth in bench.truths
        ]
        for seed in (SEED + 1, SEED + 2)
    }
    for name in ("gemcitabine", "anifrolumab", "ruxolitinib", "fedratinib"):
        number = int(np.flatnonzero(bench.donors.drugs["name"] == name)[0])
        for seed, (_, upstream) in found.items():
            score, null = (one[donors.mechanism[number]] for one in with_null(donors, upstream, 0))
            apart = (null - null.mean()) ** 2
            say(
                f"{name}, first donor, seed {seed}: z {shift(score, null):.1f}, reached on"
                f" {(np.abs(null) > 1e-9).sum()} networks, kurtosis"
                f" {stats.kurtosis(null, fisher=False):.0f}, one network has"
                f" {apart.max() / apart.sum():.0%} of the variance"
            )
    row = int(np.flatnonzero(bench.wiring.proteins[donors.rows] == "IFNAR1")[0])
    for seed in (SEED, SEED + 1):
        wiring = wiring_of(bench, f"seed_{seed}", seed=seed) if seed != SEED else bench.wiring
        regulation = rewired_regulation(net, wiring.rewirings, seed=seed)
        both = influences(donors, net, wiring.rewired, regulation)
        both = {f"both layers rewired, {name}": one for name, one in both.items()}
        for name, one in ({"signalling rewired": found[seed][1]} | both).items():
            drawn = one.drawn[:, row]
            z = [shift(*pair) for pair in zip(one.real[row], drawn.T, strict=True)]
            heavy = stats.kurtosis(drawn, axis=0, fisher=False)
            say(
                f"IFNAR1, seed {seed}, {name}: z by donor {np.round(z, 1).tolist()},"
                f" kurtosis of the null {heavy.min():.0f} to {heavy.max():.0f}"
            )
    for seed, upstreams in found.items():
        weaker_z = [by_rank(causal) for causal in scored(bench, upstreams)]
        yield f"A: seed {seed}, held by its rank", bench.measured(causal=weaker_z)
    pairs = list(zip(bench.truths, found[SEED + 1], strict=True))
    silent = [remedied(*pair, least=20) for pair in pairs]
    what = f"A: seed {SEED + 1}, silent if fewer than 20 networks reach it"
    yield what, bench.measured(causal=silent)
    median = [remedied(*pair, drawn=0.5) for pair in pairs]
    what = f"A: seed {SEED + 1}, variance half way to the median"
    yield what, bench.measured(causal=median)


def shift(value: np.floating, null: np.ndarray) -> float:
    """Distance from the null, in its standard deviations."""
    return float((value - null.mean()) / null.std(ddof=1))

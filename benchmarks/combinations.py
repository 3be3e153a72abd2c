"""Ask whether tested combinations of drugs stand out by how far apart their targets are.

Pairs that somebody tested, and pairs with a reported adverse interaction, against random pairs of
the same drugs: uniform ones, and ones in which each drug stands as often as in the pairs, which
alone can't be told apart by the drugs themselves. What one expects is that targets of a
combination are apart (s_AB at least 0: complementary exposure, Cheng et al., Nature Communications
2019;10:1197). The AUC is printed for that direction, and for its opposite, overlap.
"""

import argparse
import os
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import rankdata

from twinscreen.files import GENES, read_table
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.network import (
    Interactome,
    distance_to_modules,
    largest_component,
    membership,
    set_separation,
)

ROOT = Path(__file__).resolve().parents[1]
DATA = (ROOT / os.environ.get("TWINSCREEN_DATA", "../shared/data")).resolve()

#: Pairs to look at, and the table of each.
KINDS = {"tested": "experimental_combinations", "adverse": "clinical_drug_interactions"}

APART, OVERLAP = "targets apart (s_AB)", "targets overlap (-s_AB)"
COMMON, BEYOND = "share of targets in common", "overlap less targets in common"
SHARED = "a shared target"


def project_network(output: Path) -> Interactome:
    """Read the largest component of the interactome of an output folder."""
    files = (output / "knowledge/genes.parquet", output / "knowledge/interactome.parquet")
    return _largest(Interactome.from_indices(*read_protein_edges(*files)))


def literature_network(output: Path, data: Path = DATA) -> Interactome:
    """Read the literature interactome, with symbols in place of Entrez numbers."""
    genes = read_table(output / "knowledge/genes.parquet", GENES).dropna(subset="entrez_id")
    symbol = dict(zip(genes["entrez_id"], genes["symbol"], strict=True))
    edges = pd.read_csv(data / "interactomes/literature_ppi_entrez.tsv.gz", sep="\t", dtype=str)
    named = edges.apply(lambda column: column.map(symbol)).dropna()
    return _largest(Interactome.from_edges(named.itertuples(index=False, name=None)))


def _largest(whole: Interactome) -> Interactome:
    return whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))


def read_pairs(name: str, data: Path = DATA) -> list[tuple[str, str]]:
    """Read pairs of two different drugs, each once, sorted."""
    table = pd.read_csv(data / f"combinations/{name}.tsv.gz", sep="\t", header=None)
    return sorted({(min(a, b), max(a, b)) for a, b in table.to_numpy() if a != b})


def measures(network: Interactome, targets: sparse.csr_array) -> dict[str, np.ndarray]:
    """Measure all pairs of k drugs, greater = rather a combination, shape (k, k) each.

    Parameters
    ----------
    network
        Connected interactome of n proteins.
    targets
        Targets of each drug, shape (k, n), at least one each.
    """
    number = np.diff(targets.indptr)
    degree = (targets @ np.log(network.degree)) / number
    common = (targets @ targets.T).toarray()
    apart = set_separation(network, targets, targets)
    near = distance_to_modules(network, targets)
    own = np.split(targets.indices, targets.indptr[1:-1])
    smallest = np.array([near[members].min(axis=0) for members in own])
    return {
        APART: apart,
        OVERLAP: -apart,
        "smallest distance, near first": -smallest.astype(float),
        SHARED: (common > 0).astype(float),
        COMMON: common / (number[:, None] + number - common),
        "number of targets": np.log(number)[:, None] + np.log(number),
        "mean log degree of targets": degree[:, None] + degree,
    }


def random_pairs(
    pairs: np.ndarray, drugs: int, *, keep_degrees: bool, number: int, random: np.random.Generator
) -> np.ndarray:
    """Draw pairs of the drugs that stand in `pairs`, none of which is one of these.

    Parameters
    ----------
    pairs
        Pairs of drugs by number, shape (q, 2), the smaller first.
    drugs
        Number of drugs.
    keep_degrees
        Whether each drug is to stand as often as in `pairs`: partners are exchanged between pairs
        until 20 exchanges for each pair are made.
    number
        So many random pairs are drawn for each of `pairs`.
    random
        Source of randomness.
    """
    taken = set((pairs[:, 0] * drugs + pairs[:, 1]).tolist())
    used = np.unique(pairs)
    drawn = []
    for _ in range(number):
        if keep_degrees:
            drawn.append(_exchanged(pairs, drugs, random))
            continue
        both = np.sort(random.choice(used, (4 * len(pairs), 2)), axis=1)
        new = [a != b and a * drugs + b not in taken for a, b in both.tolist()]
        drawn.append(both[new][: len(pairs)])
    found = np.concatenate(drawn)
    # exchanging may bring back a pair of the list: it is no random one then
    return found[[code not in taken for code in (found[:, 0] * drugs + found[:, 1]).tolist()]]


def _exchanged(pairs: np.ndarray, drugs: int, random: np.random.Generator) -> np.ndarray:
    """Exchange partners between pairs: no pair twice, none of a drug with itself."""
    now = pairs.tolist()
    present = {a * drugs + b for a, b in now}
    chosen = random.integers(len(now), size=(20 * len(now), 2))
    flipped = random.random(len(chosen)) < 0.5
    for (i, j), flip in zip(chosen.tolist(), flipped.tolist(), strict=True):
        (a, b), (c, d) = now[i], now[j]
        if flip:
            c, d = d, c
        one, other = sorted((a, d)), sorted((c, b))
        codes = one[0] * drugs + one[1], other[0] * drugs + other[1]
        if a == d or c == b or codes[0] == codes[1] or present.intersection(codes):
            continue
        present -= {now[i][0] * drugs + now[i][1], now[j][0] * drugs + now[j][1]}
        present.update(codes)
        now[i], now[j] = one, other
    return np.array(now)


def auc(
    positive: np.ndarray, negative: np.ndarray, weights: tuple[np.ndarray, np.ndarray]
) -> float:
    """Chance that a positive is greater than a negative, ties half, under weights."""
    values = np.concatenate([positive, negative])
    place = rankdata(values, method="dense").astype(int) - 1
    one = np.bincount(place[: len(positive)], weights[0], place.max() + 1)
    other = np.bincount(place[len(positive) :], weights[1], place.max() + 1)
    below = np.cumsum(other) - other
    return float((one * (below + other / 2)).sum() / (one.sum() * other.sum()))


def compare(
    found: dict[str, np.ndarray],
    pairs: np.ndarray,
    others: np.ndarray,
    *,
    draws: int,
    random: np.random.Generator,
) -> dict[str, tuple[float, float, float]]:
    """AUC of each measure for some pairs against others, with 95 % over draws of drugs.

    Drugs are drawn with replacement, and a pair counts as often as both its drugs: pairs share
    drugs, so drawing pairs would make the interval too narrow.
    """
    drugs = len(next(iter(found.values())))
    times = random.multinomial(drugs, np.full(drugs, 1 / drugs), size=draws).astype(float)
    spread, value = {}, {}
    for name, values in found.items():
        one, other = values[tuple(pairs.T)], values[tuple(others.T)]
        spread[name] = np.array(
            [
                auc(one, other, tuple(t[p[:, 0]] * t[p[:, 1]] for p in (pairs, others)))
                for t in times
            ]
        )
        value[name] = auc(one, other, (np.ones(len(one)), np.ones(len(other))))
    value[BEYOND] = value[OVERLAP] - value[COMMON]
    spread[BEYOND] = spread[OVERLAP] - spread[COMMON]
    ends = {name: np.quantile(spread[name], [0.025, 0.975]) for name in value}
    return {name: (value[name], float(ends[name][0]), float(ends[name][1])) for name in value}


def figures(
    network: Interactome,
    *,
    number: int = 20,
    draws: int = 200,
    seed: int = 1,
    data: Path = DATA,
    kinds: Collection[str] = tuple(KINDS),
) -> dict[str, dict[str, object]]:
    """Compute all figures on one connected interactome, for all kinds of pairs or for some.

    Returns
    -------
    For each kind, `tested` and `adverse`: `pairs`, how many have targets on the network, of how
    many `drugs`; `separation`, the mean of s_AB, and `apart`, the share with s_AB of at least 0;
    `uniform` and `same drugs`, the AUC of each measure against either kind of random pairs, with
    its interval; `no shared target`, the latter over pairs that share none; `uniform, apart` and
    `same drugs, apart`, the share of random pairs with s_AB of at least 0.
    """
    table = pd.read_csv(data / "combinations/drug_protein.tsv.gz", sep="\t", header=None)
    sets, _ = membership(network, table.to_numpy().tolist())
    names = list(dict.fromkeys(table[0]))
    random = np.random.default_rng(seed)
    result: dict[str, dict[str, object]] = {}
    for kind in kinds:
        listed = read_pairs(KINDS[kind], data)
        row = {name: i for i, name in enumerate(names)}
        on = {d for pair in listed for d in pair if d in row and sets[[row[d]]].nnz}
        order = sorted(on)
        place = {name: i for i, name in enumerate(order)}
        pairs = np.array([(place[a], place[b]) for a, b in listed if a in on and b in on])
        found = measures(network, sets[[row[name] for name in order]])
        apart = found[APART][tuple(pairs.T)]
        result[kind] = {
            "listed": len(listed),
            "pairs": len(pairs),
            "drugs": len(order),
            "separation": float(apart.mean()),
            "apart": float((apart >= 0).mean()),
        }
        for against, keep in (("uniform", False), ("same drugs", True)):
            times = number if kind == "tested" else max(number // 10, 1)
            others = random_pairs(pairs, len(order), keep_degrees=keep, number=times, random=random)
            values = compare(found, pairs, others, draws=draws, random=random)
            result[kind][against] = values
            result[kind][f"{against}, apart"] = float((found[APART][tuple(others.T)] >= 0).mean())
        free = [p[found[SHARED][tuple(p.T)] == 0] for p in (pairs, others)]
        result[kind]["no shared target"] = compare(found, *free, draws=draws, random=random)
    return result


def main() -> None:
    """Print the figures on both interactomes."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--output", required=True, type=Path, help="output folder with knowledge/")
    given.add_argument("--draws", type=int, default=200, help="draws of drugs for the intervals")
    asked = given.parse_args()
    for title, read in (("project", project_network), ("literature", literature_network)):
        network = read(asked.output)
        size = f"{len(network.names)} proteins, {network.adjacency.nnz // 2} interactions"
        print(f"{title} interactome: {size}")
        for kind, found in figures(network, draws=asked.draws).items():
            print(
                f"  {kind}: {found['pairs']} of {found['listed']} pairs, {found['drugs']} drugs;"
                f" s_AB >= 0 in {found['apart']:.0%}, of uniform random pairs in"
                f" {found['uniform, apart']:.0%}, of those of the same drugs in"
                f" {found['same drugs, apart']:.0%}"
            )
            against = ("uniform", "same drugs", "no shared target")
            print(f"    {'AUC':32s}" + "".join(f"{name:26s}" for name in against))
            for name in found["uniform"]:
                cells = [found[kind_of_pair][name] for kind_of_pair in against]
                words = [f"{value:.3f} ({low:.3f} to {high:.3f})" for value, low, high in cells]
                print(f"    {name:32s}" + "".join(f"{word:26s}" for word in words))


if __name__ == "__main__":
    main()

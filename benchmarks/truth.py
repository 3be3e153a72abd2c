"""z and p of the engine against brute force that shares no code with it but the distances."""

import argparse

import guney
import numba
import numpy as np
from scipy import sparse

from twinscreen.network import degree_bins, distance_to_modules, proximity


@numba.njit(nogil=True)
def redraw(members, bins, pool, start, out):  # type: ignore[no-untyped-def]
    """Draw as many proteins of each bin as the members have, without replacement."""
    for i in range(len(members)):
        b = bins[members[i]]
        while True:
            candidate = pool[start[b] + np.random.randint(start[b + 1] - start[b])]  # noqa: NPY002
            new = True
            for j in range(i):
                new &= out[j] != candidate
            if new:
                break
        out[i] = candidate


@numba.njit(nogil=True)
def brute_force(hops, targets, module, bins, pool, start, draws, seed):  # type: ignore[no-untyped-def]
    """Sum of closest distances in each of many draws of both sets, by definition."""
    np.random.seed(seed)  # noqa: NPY002
    t, s = np.empty_like(targets), np.empty_like(module)
    sums = np.empty(draws, dtype=np.int64)
    for draw in range(draws):
        redraw(targets, bins, pool, start, t)
        redraw(module, bins, pool, start, s)
        total = 0
        for v in t:
            nearest = 255
            for w in s:
                nearest = min(nearest, hops[v, w])
            total += nearest
        sums[draw] = total
    return sums


def main() -> None:
    """Print all comparisons."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--pairs", type=int, default=150)
    given.add_argument("--draws", type=int, default=200_000)
    given.add_argument("--few", type=int, default=200)
    given.add_argument("--few-draws", type=int, default=100_000)
    asked = given.parse_args()
    network, degree = guney.network()
    n = len(degree)
    hops = distance_to_modules(network, sparse.csr_array(sparse.identity(n)))
    bins = degree_bins(degree)
    pool = np.argsort(bins, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(bins))])
    targets, modules = guney.sets(network, "drug_targets"), guney.sets(network, "disease_genes")
    modules = modules[np.diff(modules.indptr) >= 20]
    random = np.random.default_rng(4)
    found = proximity(
        network, targets, modules, degree=degree, below=np.inf, random=random, threads=2
    )

    def sums(drug: int, module: int, draws: int) -> np.ndarray:
        t, s = targets[[drug]].indices, modules[[module]].indices
        seed = int(random.integers(2**31))
        return brute_force(hops, t, s, bins, pool, start, draws, seed)

    number = np.diff(targets.indptr)
    errors = []
    for _ in range(asked.pairs):
        drug, module = random.choice(np.flatnonzero(number)), random.integers(modules.shape[0])
        drawn = sums(drug, module, asked.draws) / number[drug]
        z = (found.distance[drug, module] - drawn.mean()) / drawn.std()
        errors.append((z, found.z[drug, module]))
    z, ours = np.array(errors).T
    print(f"z, {asked.pairs} pairs, {asked.draws} draws:", end=" ")
    print(f"rms {np.sqrt(np.mean((z - ours) ** 2)):.4f},", end=" ")
    print(f"largest {np.abs(z - ours).max():.4f}, correlation {np.corrcoef(z, ours)[0, 1]:.6f}")

    beyond = []
    for i in range(asked.few):
        drug = random.choice(np.flatnonzero(number == 1 + i % 4))
        module = random.integers(modules.shape[0])
        total = np.rint(found.distance[drug, module] * number[drug])
        p = np.mean(sums(drug, module, asked.few_draws) <= total)
        ours_p = found.pvalue[drug, module]
        beyond.append((ours_p - p) / np.sqrt(max(ours_p * (1 - ours_p), 1e-9) / asked.few_draws))
    e = np.array(beyond)
    print(
        f"p, {asked.few} pairs of 1-4 targets, {asked.few_draws} draws: error / Monte-Carlo error:",
        end=" ",
    )
    print(
        f"sd {e.std():.2f}, largest {np.abs(e).max():.2f}, beyond 2: {np.mean(np.abs(e) > 2):.1%}"
    )


if __name__ == "__main__":
    main()

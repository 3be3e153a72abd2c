"""Share of p below 0.05 over random drugs and modules, for every number of targets."""

import argparse

import numpy as np
from apid import apid
from scipy import sparse

from twinscreen.network import degree_bins, proximity


def redrawn(
    bins: np.ndarray, like: np.ndarray, number: int, random: np.random.Generator
) -> sparse.csr_array:
    """Draw sets with as many proteins of each bin as `like` has."""
    pools = [np.flatnonzero(bins == b) for b in np.unique(bins[like])]
    wanted = np.unique(bins[like], return_counts=True)[1]
    columns = np.concatenate(
        [
            random.choice(pool, k, replace=False)
            for _ in range(number)
            for pool, k in zip(pools, wanted, strict=True)
        ]
    )
    rows = np.repeat(np.arange(number), len(like))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(number, len(bins)))


def main() -> None:
    """Draw drugs and modules from the null itself, and see how often they seem near."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--drugs", type=int, default=1000)
    given.add_argument("--modules", type=int, default=400)
    asked = given.parse_args()
    network = apid()
    bins, random = degree_bins(network.degree), np.random.default_rng(8)
    n = len(bins)
    modules = redrawn(bins, random.choice(n, 78, replace=False), asked.modules, random)
    print(f"APID, {asked.modules} random modules of 78, {asked.drugs} random drugs each:")
    for targets in (1, 2, 3, 5, 8, 12, 20):
        drugs = redrawn(bins, random.choice(n, targets, replace=False), asked.drugs, random)
        found = proximity(network, drugs, modules, below=np.inf, threads=2, random=random)
        # all have the same null, so P(D < d) is the p of those at the next smaller distance
        total = np.rint(found.distance * targets).astype(int)
        lower = np.zeros(total.shape)
        for k in np.unique(total)[1:]:
            if (total == k - 1).any():
                lower[total == k] = found.pvalue[total == k - 1].mean()
        smooth = lower + random.random(total.shape) * (found.pvalue - lower)
        print(
            f"{targets:3d} targets: p < 0.05 in {np.mean(found.pvalue < 0.05):.2%},"
            f" randomised within its atom in {np.mean(smooth < 0.05):.2%}"
        )


if __name__ == "__main__":
    main()

"""How long it takes to compare and group the twins of a cohort, and how much memory.

Made-up patients: 10 cell types with 3,000 genes measured, and 1,000 proteins of 6,000 with a
relevance above chance. Run: `python benchmarks/similarity.py 500`.
"""

import resource
import sys
import time
from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.spatial.distance import squareform

from twinscreen.cohort.similarity.clusters import find_clusters
from twinscreen.cohort.similarity.compare import compare
from twinscreen.cohort.similarity.profiles import Place

PLACES, MEASURED, RELEVANT, POOL, PROTEINS = 10, 3000, 1000, 6000, 16192


def rows(columns: np.ndarray, values: np.ndarray) -> sparse.csr_array:
    """Make a matrix of rows with equally many entries."""
    n, size = values.shape
    ends = np.arange(n + 1) * size
    shape = (n, PROTEINS)
    return sparse.csr_array((values.ravel(), columns.ravel().astype(np.int32), ends), shape=shape)


def places(n: int, rng: np.random.Generator) -> Iterator[Place]:
    """Make up the cell types, one after the other."""
    for _ in range(PLACES):
        genes = np.sort(rng.choice(PROTEINS, MEASURED, replace=False))
        effect = rng.normal(size=MEASURED) + rng.normal(size=(n, MEASURED))
        pool = rng.choice(PROTEINS, POOL, replace=False)
        proteins = np.array([np.sort(rng.choice(pool, RELEVANT, replace=False)) for _ in range(n)])
        relevance = rng.gamma(1, 20, size=(n, RELEVANT))
        yield Place(
            np.arange(n),
            rows(np.tile(genes, (n, 1)), effect.astype(np.float32)),
            rows(proteins, relevance.astype(np.float32)),
        )


def main() -> None:
    """Print the figures."""
    n, rng = int(sys.argv[1]), np.random.default_rng(1)
    start = time.process_time()
    compared = compare(places(n, rng), n)
    middle = time.process_time()
    find_clusters(squareform(compared.similarity, checks=False), rng=rng)
    end = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n:,} patients: compared in {middle - start:.0f} CPU-s (making them up included), "
        f"grouped in {end - middle:.0f} CPU-s, at most {memory:,.0f} MB"
    )


if __name__ == "__main__":
    main()

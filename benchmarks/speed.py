"""Time and memory of the engine on APID: distances and z, then p as well."""

import argparse
import resource
import time

import numpy as np
from apid import apid, drug_sizes, module_sizes, sets

from twinscreen.network import proximity


def main() -> None:
    """Run the case once to load the kernels, then measure."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--drugs", type=int, default=5000)
    given.add_argument("--modules", type=int, default=2000)
    given.add_argument("--draws", type=int, default=256)
    given.add_argument("--threads", type=int, default=2)
    asked = given.parse_args()
    random = np.random.default_rng(1)
    network = apid()
    targets = sets(network, drug_sizes(asked.drugs, random), random)
    modules = sets(network, module_sizes(asked.modules, random), random)
    proximity(network, targets[:5], modules[:5], draws=64, below=np.inf, random=random)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(network.names)} proteins, {network.adjacency.nnz // 2} interactions")
    print(f"{asked.drugs} drugs, mean {targets.sum() / asked.drugs:.2f} targets;", end=" ")
    print(f"{asked.modules} modules, mean size {modules.sum() / asked.modules:.1f}")
    print(f"{asked.draws} random modules each, {asked.threads} threads; {base:.2f} GiB before")
    for what, below in (("distance and z", -np.inf), ("and p where z < -1", -1.0)):
        wall, cpu = time.perf_counter(), time.process_time()
        found = proximity(
            network,
            targets,
            modules,
            draws=asked.draws,
            below=below,
            threads=asked.threads,
            random=np.random.default_rng(1),
        )
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        tails = np.count_nonzero(~np.isnan(found.pvalue))
        del found
        print(f"{what}: {cpu:.1f} CPU-s, {wall:.1f} s, peak {peak:.2f} GiB, {tails} p")


if __name__ == "__main__":
    main()

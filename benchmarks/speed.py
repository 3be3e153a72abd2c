"""Time and memory of the engine on APID: distances and z, then p as well, then of the verb."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from apid import apid, drug_sizes, module_sizes, sets
from scipy import sparse

from twinscreen.network import Interactome, proximity


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
    with tempfile.TemporaryDirectory() as folder:
        measure_verb(Path(folder), network, targets, modules, asked)


def measure_verb(
    folder: Path,
    network: Interactome,
    targets: sparse.csr_array,
    modules: sparse.csr_array,
    asked: argparse.Namespace,
) -> None:
    """Measure the verb, which reads and writes tables, for distance and z."""
    names = np.array(network.names)
    edges = sparse.triu(network.adjacency).nonzero()
    tables = {"network": pd.DataFrame({"a": names[edges[0]], "b": names[edges[1]]})}
    for kind, sets_ in (("drug", targets), ("module", modules)):
        row, member = sets_.nonzero()
        table = pd.DataFrame({kind: np.char.add(kind, row.astype(str)), "gene": names[member]})
        tables["targets" if kind == "drug" else "modules"] = table
    command = [sys.executable, "-m", "twinscreen", "proximity", "--pvalue-below=-inf"]
    command += [f"--draws={asked.draws}", f"--threads={asked.threads}"]
    for name, table in tables.items():
        path = folder / f"{name}.tsv"
        table.to_csv(path, sep="\t", index=False)
        command.append(f"--{name}={path}")
    for ending in ("parquet", "tsv"):
        process = subprocess.Popen(
            [*command, f"--output={folder}/pairs.{ending}"], stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20
        print(f"the verb, {ending}: {cpu:.1f} CPU-s, peak {peak:.2f} GiB, exit code {status}")


if __name__ == "__main__":
    main()

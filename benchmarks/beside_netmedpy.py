"""Beside NetMedPy: same network, same pairs, same number of draws; CPU per pair and the truth.

NetMedPy is installed into an environment of its own, given with --environment. It is spared its
own distances between all pairs of proteins: it gets ours, which are the same.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import guney
import numpy as np
from scipy import sparse
from truth import brute_force

from twinscreen.network import degree_bins, distance_to_modules, proximity

PEER = """
import json, random, sys, time, warnings
import networkx as nx, numpy as np, netmedpy
warnings.simplefilter("ignore")
case = np.load(sys.argv[1])
draws = int(sys.argv[2])
n = len(case["hops"])
graph = nx.Graph()
graph.add_nodes_from(range(n))
graph.add_edges_from(case["edges"].tolist())
nodes = list(range(n))
matrix = case["hops"].astype(np.float32)
distances = netmedpy.DistanceMatrix.from_components(nodes, {v: v for v in nodes}, matrix)
pools = [np.flatnonzero(case["bins"] == b).tolist() for b in range(case["bins"].max() + 1)]
bucket = {v: pools[b] for v, b in enumerate(case["bins"].tolist())}
random.seed(1)
found = {}
for null in ("custom", "log_binning", "degree_match"):
    began, z = time.process_time(), []
    for t, s in json.loads(sys.argv[3]):
        try:
            z.append(netmedpy.proximity(graph, t, s, distances, null_model=null,
                     node_bucket=bucket, n_iter=draws)["z_score"])
        except Exception:
            z.append(float("nan"))
    found[null] = [z, time.process_time() - began]
print(json.dumps(found))
"""


def main() -> None:
    """Print CPU per pair and distance to the truth of both."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--environment", default="build/netmedpy", type=Path)
    given.add_argument("--version", default="0.2.0.1")
    given.add_argument("--pairs", type=int, default=20)
    given.add_argument("--draws", type=int, default=256)
    given.add_argument("--truth-draws", type=int, default=20_000)
    asked = given.parse_args()
    python = asked.environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", asked.environment], check=True)
        install = [python, "-m", "pip", "install", "-q", f"netmedpy=={asked.version}"]
        subprocess.run(install, check=True)
    network, degree = guney.network()
    targets, modules = guney.sets(network, "drug_targets"), guney.sets(network, "disease_genes")
    modules = modules[np.diff(modules.indptr) >= 20]
    options = {"degree": degree, "draws": asked.draws, "below": -np.inf}
    proximity(network, targets[:9], modules[:9], random=np.random.default_rng(0), **options)
    began = time.process_time()
    found = proximity(network, targets, modules, random=np.random.default_rng(1), **options)
    number = np.count_nonzero(~np.isnan(found.distance))
    ours = (time.process_time() - began) / number

    random = np.random.default_rng(6)
    several = np.flatnonzero(np.diff(targets.indptr))
    pairs = [
        (random.choice(several), random.integers(len(modules.indptr) - 1))
        for _ in range(asked.pairs)
    ]
    sets = [(targets[[t]].indices, modules[[s]].indices) for t, s in pairs]
    hops = distance_to_modules(network, sparse.csr_array(sparse.identity(len(degree))))
    bins = degree_bins(degree)
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.npz"
        edges = np.stack(sparse.coo_array(sparse.triu(network.adjacency)).coords, axis=1)
        np.savez(case, hops=hops, edges=edges, bins=bins)
        listed = json.dumps([(t.tolist(), s.tolist()) for t, s in sets])
        run = subprocess.run(
            [python, "-c", PEER, case, str(asked.draws), listed],
            check=True,
            capture_output=True,
            text=True,
        )
    theirs = json.loads(run.stdout.splitlines()[-1])

    pool, start = (
        np.argsort(bins, kind="stable"),
        np.concatenate([[0], np.cumsum(np.bincount(bins))]),
    )
    truth = []
    for t, s in sets:
        seed = int(random.integers(2**31))
        drawn = brute_force(hops, t, s, bins, pool, start, asked.truth_draws, seed) / len(t)
        truth.append((hops[np.ix_(t, s)].min(axis=1).mean() - drawn.mean()) / drawn.std())

    def rms(z: list[float]) -> float:
        error = np.array(z) - np.array(truth)
        return float(np.sqrt(np.nanmean(error[np.isfinite(error)] ** 2)))

    mine = rms([found.z[pair] for pair in pairs])
    print(f"{asked.draws} draws; z against {asked.truth_draws} draws by brute force")
    print(f"twinscreen, {number} pairs: {ours * 1e6:.2f} CPU-microseconds a pair, rms {mine:.4f}")
    for null, (z, seconds) in theirs.items():
        each = seconds / asked.pairs
        print(
            f"NetMedPy {asked.version} {null}, {asked.pairs} of them: {each:.3f} CPU-s a pair,"
            f" {each / ours:,.0f} times ours; rms {rms(z):.4f}"
        )


if __name__ == "__main__":
    main()

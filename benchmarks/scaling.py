"""Time and memory against drugs, modules, proteins, interactions and draws, as a figure."""

import argparse
import json
import resource
import subprocess
import sys
import time

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
from apid import drug_sizes, module_sizes, sets

from twinscreen.network import Interactome, largest_component, proximity

#: What varies, about the middle; the mean degree stands for the interactions.
AXES = {
    "drugs": [500, 1000, 2000, 4000, 8000],
    "modules": [50, 100, 200, 400, 800],
    "proteins": [2500, 5000, 10000, 20000, 40000],
    "mean degree": [8, 16, 32, 64, 128],
    "draws": [64, 128, 256, 512, 1024],
}
MIDDLE = {"drugs": 2000, "modules": 200, "proteins": 10000, "mean degree": 32, "draws": 256}


def measure(case: dict[str, int]) -> None:
    """Print CPU seconds and bytes of one case, for the process that asked."""
    random = np.random.default_rng(1)
    graph = nx.barabasi_albert_graph(case["proteins"], case["mean degree"] // 2, seed=1)
    network = Interactome.from_networkx(graph)
    network = network.restrict(largest_component(network, np.ones(len(network.names), bool)))
    targets = sets(network, drug_sizes(case["drugs"], random), random)
    modules = sets(network, module_sizes(case["modules"], random), random)
    proximity(network, targets[:3], modules[:3], draws=64, below=np.inf, random=random)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    proximity(network, targets, modules, draws=case["draws"], below=-1, random=random)
    seconds = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([seconds, (after - before) / 2**20]))


def main() -> None:
    """Measure every case in a process of its own, and draw the figure."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--case", type=json.loads, help="one case, for the script itself")
    given.add_argument("--output", default="benchmarks/scaling.svg", help="figure to write")
    asked = given.parse_args()
    if asked.case:
        measure(asked.case)
        return
    figure, places = plt.subplots(1, len(AXES), figsize=(15, 3.2), sharey=True, layout="tight")
    for place, (name, values) in zip(places, AXES.items(), strict=True):
        found = []
        for value in values:
            case = json.dumps({**MIDDLE, name: value})
            run = subprocess.run(
                [sys.executable, __file__, "--case", case],
                check=True,
                capture_output=True,
                text=True,
            )
            found.append(json.loads(run.stdout))
        seconds, memory = np.array(found).T
        slope = np.polyfit(np.log(values), np.log(seconds), 1)[0]
        print(f"{name:12s} power {slope:5.2f}:", end="")
        for value, cpu, gib in zip(values, seconds, memory, strict=True):
            print(f" {value}: {cpu:.2f} CPU-s {gib:.2f} GiB;", end="")
        print()
        place.loglog(values, seconds, "o-", color="#0b6e75", label="CPU seconds")
        place.loglog(values, memory, "s--", color="#b4641e", label="GiB beyond the start")
        place.set_xlabel(name)
        place.set_title(f"time grows with power {slope:.2f}", fontsize=9)
    places[0].legend(fontsize=8)
    figure.savefig(asked.output, metadata={"Date": None})


if __name__ == "__main__":
    main()

"""z of shortest, kernel, centre and separation against the published ones, and what they cost."""

import argparse
import re
import time

import guney
import numpy as np
import pandas as pd
from apid import DATA
from scipy import sparse, stats

from twinscreen.network import Interactome, membership, proximity_by_draws

PUBLISHED = {
    "shortest": "shortest",
    "kernel": "kernel",
    "centre": "center",
    "separation": "separation",
}


def sets(network: Interactome, name: str, wanted: list[str]) -> sparse.csr_array:
    """Read the targets of some drugs or the genes of some diseases, in the order asked for."""
    table = pd.read_csv(DATA / f"proximity_reference/guney2016_{name}.tsv.gz", sep="\t", dtype=str)
    group = [re.sub("[^A-Za-z0-9]+", ".", value) for value in table.iloc[:, 0]]
    pairs = zip(group, table["entrez_id"], strict=True)
    # nothing is called "", so that sets keep the order asked for
    named = [(name, "") for name in wanted] + [pair for pair in pairs if pair[0] in set(wanted)]
    return membership(network, named)[0]


def main() -> None:
    """Print one line for each measure."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--draws", type=int, default=1000)
    asked = given.parse_args()
    network, degree = guney.network()
    for measure, name in PUBLISHED.items():
        table = pd.read_csv(
            DATA / f"proximity_reference/guney2016_published_{name}.tsv.gz", sep="\t"
        )
        drug, drugs = pd.factorize(table["group"])
        disease, diseases = pd.factorize(table["disease"])
        start = time.process_time()
        found = proximity_by_draws(
            network,
            sets(network, "drug_targets", list(drugs)),
            sets(network, "disease_genes", list(diseases)),
            measure=measure,  # type: ignore[arg-type]
            draws=asked.draws,
            degree=degree,
            threads=2,
            random=np.random.default_rng(1),
        )
        used = time.process_time() - start
        z, known = found.z[drug, disease], (table["flag"].astype(str) == "True").to_numpy()
        auc = [
            stats.mannwhitneyu(-x[known], -x[~known]).statistic / known.sum() / (~known).sum()
            for x in (z, table["z"].to_numpy())
        ]
        print(
            f"{measure}, {asked.draws} draws: correlation {np.corrcoef(z, table['z'])[0, 1]:.5f},"
            f" AUC {auc[0]:.4f} (published {auc[1]:.4f}), {used:.0f} CPU-s",
            flush=True,
        )


if __name__ == "__main__":
    main()

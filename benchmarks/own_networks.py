"""How far rankings depend on the network and on the drug table, both taken by configuration alone.

    TWINSCREEN_DATA=../shared/data python benchmarks/own_networks.py HGR0000079 HGR0000089

Patients of the demonstration are screened with three interactomes (the package's; the pairs of the
literature and of APID in its place) and two drug tables (the package's; DrugCentral's targets in
its place), in one output folder, where what does not depend on them is made once. Printed are
Spearman's correlation of the ranks of drugs that two rankings have in common, and how many of the
first ten of these are first ten in both.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]

#: Interactions beside the repository, and the names of their first two columns.
NETWORKS = {
    "literature": "interactomes/literature_ppi_entrez.tsv.gz",
    "APID": "interactomes/apid_entrez.txt.gz",
}
DRUGS = "drugs/drugcentral_target_interactions_2019.tsv.gz"
FIRST = 10

#: Drug tables, and rewired networks behind the causal evidence: a third of the default.
TABLES = ("package", "DrugCentral")
REWIRINGS = 100


def main() -> int:
    """Run every combination, and print how far the rankings agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="+", help="patients of the demonstration")
    parser.add_argument("--data", default=os.environ.get("TWINSCREEN_DATA", "../shared/data"))
    parser.add_argument("--output", type=Path, default=ROOT / "output" / "own_networks")
    parser.add_argument("--drug-tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    tables = given.output / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    made = {name: write_network(Path(given.data, path), tables) for name, path in NETWORKS.items()}
    drugs = write_drugs(Path(given.data, DRUGS), tables / "drugcentral.tsv")
    rankings: dict[tuple[str, str], dict[str, pd.Series]] = {}
    for network in ("package", *NETWORKS):
        for table in given.drug_tables:
            changes: dict[str, Any] = {"only": given.patients, "output": str(given.output / "run")}
            changes["knowledge"] = {"rewirings": REWIRINGS}
            if network != "package":
                changes["instead"] = {"interactions": [str(made[network])]}
            if table != "package":
                changes["screen"] = {"drugs": str(drugs), "drugs_mode": "replace"}
            kept = given.output / f"{network}.{table}"
            run(changes, given.patients, kept, cores=given.cores)
            rankings[network, table] = {name: ranks(kept, name) for name in given.patients}
    print(pd.DataFrame(agreement(rankings)).to_string(index=False, float_format="{:.2f}".format))
    return 0


def write_network(path: Path, folder: Path) -> Path:
    """Write the pairs of a network as a table of one's own: each pair once, no self-loops."""
    pairs = pd.read_csv(path, sep=r"\s+", dtype=str).set_axis(["source", "target"], axis=1)
    ordered = pd.DataFrame({"source": pairs.min(axis=1), "target": pairs.max(axis=1)})
    ordered = ordered[ordered["source"] != ordered["target"]].drop_duplicates()
    output = folder / f"{path.name.partition('.')[0]}.tsv"
    ordered.to_csv(output, sep="\t", index=False)
    return output


def write_drugs(path: Path, output: Path) -> Path:
    """Write DrugCentral's mechanisms of action as a table of one's own."""
    rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    rows = rows[(rows["MOA"] == "1") & (rows["ORGANISM"] == "Homo sapiens")]
    rows = rows.assign(target=rows["GENE"].str.split("|")).explode("target")
    table = pd.DataFrame(
        {
            "drug": rows["DRUG_NAME"],
            "target": rows["target"],
            "action": rows["ACTION_TYPE"].str.lower(),
            "approved": "yes",
        }
    )
    table = table[(table["target"] != "") & (table["action"] != "")]
    table.drop_duplicates(["drug", "target"]).to_csv(output, sep="\t", index=False)
    return output


def run(changes: dict[str, Any], patients: list[str], kept: Path, *, cores: int) -> None:
    """Run the demonstration with changed options, and keep its rankings."""
    if kept.is_dir():
        return
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8")) | changes
    path = kept.with_suffix(".yaml")
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    screens = Path(changes["output"], "screens")
    rankings = [screens / f"{name}.ranking.tsv" for name in patients]
    subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", *map(str, rankings), "--configfile", str(path)),
            *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(ROOT)),
            *("--cores", str(cores), "--quiet", "all", "--rerun-incomplete"),
        ],
        check=True,
    )
    kept.mkdir()
    for ranking in rankings:
        shutil.copy(ranking, kept)


def ranks(folder: Path, patient: str) -> pd.Series:
    """Read the ranks of a patient's drugs by their names in small letters."""
    table = pd.read_csv(folder / f"{patient}.ranking.tsv", sep="\t", comment="#")
    table = table.dropna(subset="rank")
    return table.assign(name=table["drug"].str.lower()).groupby("name")["rank"].min()


def agreement(
    rankings: dict[tuple[str, str], dict[str, pd.Series]],
) -> Iterator[dict[str, object]]:
    """Compare every two rankings of each patient with each other, as means over patients."""
    for (one, ours), (other, theirs) in combinations(rankings.items(), 2):
        rows = []
        for patient, mine in ours.items():
            both = pd.concat([mine, theirs[patient]], axis=1, join="inner").rank()
            first = [set(both.iloc[:, side].nsmallest(FIRST).index) for side in (0, 1)]
            spearman = both.iloc[:, 0].corr(both.iloc[:, 1], method="spearman")
            rows.append((len(both), spearman, len(first[0] & first[1])))
        common, spearman, shared = pd.DataFrame(rows).mean()
        yield {
            "network, drugs": ", ".join(one),
            "and": ", ".join(other),
            "drugs in common": int(common),
            "Spearman": spearman,
            f"of first {FIRST} shared": shared,
        }


if __name__ == "__main__":
    sys.exit(main())

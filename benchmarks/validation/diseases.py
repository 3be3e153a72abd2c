"""Long-standing diseases: arrays of patients and controls, known disease-modifying drugs.

Each disease is one patient with one compartment whose deviation was computed elsewhere, and with
the genes of its associations as disease layer; drugs and targets are DrugCentral's. Positives are
the drugs that modify the disease; those that only treat symptoms take no part; all others are
negatives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import stats

from twinscreen.cohort.evaluation import metrics
from twinscreen.cohort.evaluation.resampling import bootstrap_cases
from twinscreen.files import DRUG_TARGETS, DRUGS, GENES, generator, read_table, write_table
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.network import Interactome
from twinscreen.screen.evidence.contract import RANKED
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.assemble import assemble
from twinscreen.twin.designs.given import given_deviation
from twinscreen.twin.deviation.compartment import Compartment
from validation.common import SEED, Figure, Places, at_least, at_most, reported, screened

PART = "4"

#: A disease counts if the library has at least so many drugs that modify it.
FEWEST = 3

#: Words of DrugCentral's actions; others say nothing of the direction.
RAISES = {
    *("agonist", "positive allosteric modulator", "positive modulator", "opener", "activator"),
    *("partial agonist", "releasing agent"),
}
LOWERS = {
    *("inhibitor", "antagonist", "blocker", "negative allosteric modulator"),
    *("allosteric antagonist", "inverse agonist"),
}

SETTINGS = ComparisonSettings(
    control="healthy", bootstrap_replicates=0, null_replicates=0, random_sets=20, seed=SEED
)
LAYERS = ("variant", "phenotype", "exposure", "disease")
WALK = {"restart": 0.7, "jump": 0.5, "layer_weights": dict.fromkeys(LAYERS, 1.0)}


@dataclass(frozen=True)
class Drugs:
    """DrugCentral's drugs and targets as tables of the knowledge stage, and where they stand."""

    drugs: pd.DataFrame
    targets: pd.DataFrame
    files: dict[str, Path]


def symbols(places: Places) -> pd.Series:
    """Give the symbol of each Entrez identifier."""
    genes = read_table(places.knowledge.genes, GENES).dropna(subset="entrez_id")
    return genes.drop_duplicates("entrez_id").set_index("entrez_id")["symbol"]


def drugcentral(places: Places, symbol: pd.Series) -> Drugs:
    """Bring DrugCentral's rows to the tables of the knowledge stage."""
    rows = pd.read_csv(places.data / "drugs/drugcentral_targets.tsv.gz", sep="\t", dtype=str)
    rows["gene"] = rows["GeneID"].map(symbol)
    rows = rows.dropna(subset="gene").drop_duplicates(["drugbank_id", "gene"])
    words = rows["actions"].fillna("").str.split("|").map(set)
    up, down = words.map(bool_of(RAISES)), words.map(bool_of(LOWERS))
    targets = pd.DataFrame(
        {
            "drug_id": rows["drugbank_id"],
            "target": rows["gene"],
            "gene": rows["gene"],
            "sign": (up & ~down).astype("int8") - (down & ~up).astype("int8"),
            "action": rows["actions"].fillna(""),
            "primary": True,
            "affinity": np.nan,
        }
    ).sort_values(["drug_id", "target"])
    named = rows.drop_duplicates("drugbank_id").sort_values("drugbank_id")
    drugs = pd.DataFrame(
        {
            "drug_id": named["drugbank_id"],
            "name": named["drugbank_name"],
            "kind": "",
            "approved": True,
            "withdrawn": False,
            "labelled": False,
            "synonyms": None,
        }
    ).reset_index(drop=True)
    files = {"drugs": places.scratch / "dc_drugs.parquet"}
    files["targets"] = places.scratch / "dc_targets.parquet"
    write_table(drugs, files["drugs"], DRUGS)
    write_table(targets, files["targets"], DRUG_TARGETS)
    return Drugs(drugs, targets, files)


def bool_of(wanted: set[str]) -> Callable[[set[str]], bool]:
    """Give a function that says whether a set shares a word with `wanted`."""
    return lambda words: bool(words & wanted)


def disease_twin(places: Places, doid: str, network: Interactome, symbol: pd.Series) -> ad.AnnData:
    """Make the twin of one disease."""
    path = places.data / "disease_signatures" / f"{doid.replace(':', '_')}.tsv.gz"
    rows = pd.read_csv(path, sep="\t", dtype={"entrez_id": str})
    rows["gene"] = rows["entrez_id"].map(symbol)
    rows = rows.dropna(subset="gene").drop_duplicates("gene")
    here = Compartment("all", "tissue", "T0", 0, genes=pd.Index(rows["gene"]), method="given")
    here.deviation = given_deviation(rows["effect"].to_numpy(), rows["pvalue"].to_numpy())
    twin = assemble([here], network, doid, SETTINGS)
    known = pd.read_csv(
        places.data / "disease/gwas_gene_associations.tsv.gz", sep="\t", dtype=str
    ).query("doid_code == @doid and primary == '1'")
    for name in ("variant", "phenotype", "exposure"):
        twin.var[name] = np.nan
    associated = known["gene"].map(symbol).dropna()
    twin.var["disease"] = np.where(twin.var_names.isin(associated), 1.0, np.nan)
    twin.obs["communication_centrality"] = np.nan
    columns = ["gain_qvalue", "ligand", "receptor", "receiver", "gain"]
    twin.uns = {
        "patient": {"patient": doid.replace(":", "_")},
        "settings": WALK,
        "communication": pd.DataFrame(columns=columns).astype({"gain_qvalue": float}),
    }
    return twin


@dataclass(frozen=True)
class Cases:
    """Diseases by name: positives (n, d), drugs that take no part (n, d), and what ranks them.

    `scores` holds (n, d) by method; `covariate` (d,) the mean log degree of targets, `mechanism`
    (d,) the mechanism.
    """

    names: list[str]
    positives: np.ndarray
    left_out: np.ndarray
    scores: dict[str, np.ndarray]
    covariate: np.ndarray
    mechanism: np.ndarray


def collect(places: Places) -> Cases:
    """Screen all diseases, and put the baselines beside."""
    symbol = symbols(places)
    known = drugcentral(places, symbol)
    network = Interactome.from_indices(
        *read_protein_edges(places.knowledge.genes, places.knowledge.interactome)
    )
    labels = pd.read_csv(places.data / "drugs/pharmacotherapydb_indications.tsv", sep="\t")
    every = pd.read_csv(places.data / "disease_signatures/diseases.tsv", sep="\t")
    ids = known.drugs["drug_id"]
    marks = {
        (doid, kind): ids.isin(rows["drugbank_id"]).to_numpy()
        for (doid, kind), rows in labels.groupby(["doid_id", "category"])
    }
    none = np.zeros(len(ids), dtype=bool)
    chosen = every[every["doid"].map(lambda one: marks.get((one, "DM"), none).sum() >= FEWEST)]
    degree = pd.Series(np.log1p(network.degree), index=network.names.astype(str))
    by_drug = known.targets.assign(degree=known.targets["gene"].map(degree)).groupby("drug_id")
    covariate = by_drug["degree"].mean().reindex(ids).to_numpy()
    number = by_drug.size().reindex(ids).to_numpy(dtype=float)
    modified = labels[labels["category"] == "DM"].groupby("drugbank_id")["doid_id"].nunique()
    popular = modified.reindex(ids).fillna(0).to_numpy(dtype=float)
    scores: dict[str, list[np.ndarray]] = {}
    mechanism = np.arange(len(ids))
    for doid in chosen["doid"]:
        twin = disease_twin(places, doid, network, symbol)
        evidence, outcome = screened(twin, None, known.drugs, places, files=known.files)
        mechanism, ranked = evidence.mechanism, outcome.status == RANKED
        size = np.abs(twin.to_df().iloc[0])
        found = {"calibrated": outcome.score}
        for name in ("causal", "counteraction", "origin", "proximity", "centrality"):
            found[f"{name} alone"] = np.nan_to_num(evidence.kinds[name].weaker_z[mechanism])
        found["number of targets"] = number
        found["mean log target degree"] = covariate
        hit = known.targets.assign(size=known.targets["gene"].map(size)).groupby("drug_id")
        found["targets deviate"] = hit["size"].mean().reindex(ids).fillna(0).to_numpy()
        found["popularity elsewhere"] = popular - marks[doid, "DM"]
        for name, values in found.items():
            scores.setdefault(name, []).append(np.where(ranked, values, np.nan))
    return Cases(
        chosen["disease"].tolist(),
        np.array([marks[doid, "DM"] for doid in chosen["doid"]]),
        np.array([marks.get((doid, "SYM"), none) & ~marks[doid, "DM"] for doid in chosen["doid"]]),
        {name: np.array(values) for name, values in scores.items()},
        covariate,
        mechanism,
    )


def table_of(cases: Cases, scores: np.ndarray) -> pd.DataFrame:
    """Measure one method on every disease."""
    rows = []
    for case, name in enumerate(cases.names):
        used = ~cases.left_out[case]
        own = np.where(used, scores[case], np.nan)
        positive = cases.positives[case]
        others = [
            metrics.auroc(np.where(used, other, np.nan), positive)
            for row, other in enumerate(scores)
            if row != case
        ]
        kept = np.isfinite(own)
        mechanism = metrics.distinct_mechanisms(
            cases.mechanism[kept], positive[kept], own[kept], cases.covariate[kept]
        )
        auroc = metrics.auroc(own, positive)
        rows.append(
            {
                "disease": name,
                "positives": int((positive & kept).sum()),
                "auroc": auroc,
                "dm60": metrics.dm_k(own, positive, cases.covariate),
                "own": auroc - float(np.nanmean(others)),
                "mechanisms": metrics.auroc(mechanism[1], mechanism[0]),
                "mechanisms60": metrics.dm_k(mechanism[1], mechanism[0], mechanism[2]),
            }
        )
    return pd.DataFrame(rows)


def figures(places: Places) -> Iterator[Figure]:
    """Measure the default preset and all baselines."""
    places.kang(
        "knowledge/wiring.npz",
        "knowledge/drugs.parquet",
        "knowledge/influence.h5ad",
        "knowledge/ligand_receptor.parquet",
    )
    cases = collect(places)
    random = generator(SEED, "diseases")
    tables = {name: table_of(cases, scores) for name, scores in cases.scores.items()}
    own = tables["calibrated"]
    degree = tables["mean log target degree"]["auroc"]
    for name, table in tables.items():
        low, high = bootstrap_cases(table["auroc"].to_numpy(), rng=random)
        medians = table.median(numeric_only=True)
        yield reported(
            PART,
            f"{name}: AUROC [95 % over diseases], DM60, own, mechanisms (DM60)",
            f"{medians['auroc']:.3f} [{low:.2f}, {high:.2f}] {medians['dm60']:.3f}"
            f" {medians['own']:+.3f} {medians['mechanisms']:.3f} {medians['mechanisms60']:.3f}"
            f" beats degree {(table['auroc'] > degree).sum()}/{len(table)}",
        )
    for row in own.itertuples():
        yield reported(
            PART,
            f"{row.disease} ({row.positives} drugs): AUROC, DM60, own minus other",
            f"{row.auroc:.3f} {row.dm60:.3f} {row.own:+.3f}",
        )
    yield reported(PART, "diseases", len(own))
    yield at_least(PART, "calibrated: median AUROC", own["auroc"].median(), 0.73)
    yield at_least(PART, "calibrated: median DM60", own["dm60"].median(), 0.60)
    yield at_least(PART, "calibrated: median own minus other", own["own"].median(), 0.06)
    pvalue = stats.wilcoxon(own["own"], alternative="greater").pvalue
    yield at_most(PART, "calibrated: own minus other, Wilcoxon p", float(pvalue), 0.01, digits=4)
    yield at_least(PART, "calibrated: distinct mechanisms, AUROC", own["mechanisms"].median(), 0.68)
    yield at_least(
        PART, "calibrated: distinct mechanisms, DM60", own["mechanisms60"].median(), 0.60
    )
    beats = int((own["auroc"] > degree).sum())
    yield reported(PART, "diseases in which it beats log target degree", f"{beats} of {len(own)}")

"""Long-standing diseases: arrays of patients and controls, known disease-modifying drugs.

Each disease is one patient with one compartment whose deviation was computed elsewhere, and with
the genes of its associations as disease layer; drugs and targets are DrugCentral's. Positives are
the drugs that modify the disease; those that only treat symptoms take no part; all others are
negatives. Each disease is left out of the library of reference states that ranks for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from twinscreen.screen.evidence.contract import RANKED, Calibrated
from twinscreen.screen.rank.combine import stouffer
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.assemble import assemble
from twinscreen.twin.designs.given import given_deviation
from twinscreen.twin.deviation.compartment import Compartment
from validation.common import (
    SEED,
    WEIGHTS,
    Figure,
    Places,
    at_least,
    at_most,
    reported,
    screened,
)
from validation.relatives import Relatives, library_of_states

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
            "conflict": up & down,
            "sources": "DrugCentral",
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
    twin = assemble([here], network, SETTINGS)
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

    `scores` holds, by method, those of each disease's own data, (n, d), or (n, n, d) where they
    depend on the disease that is asked about, too: [asked, data]. `covariate` (d,) is the mean log
    degree of targets, `mechanism` (d,) the mechanism.
    """

    names: list[str]
    positives: np.ndarray
    left_out: np.ndarray
    scores: dict[str, np.ndarray]
    covariate: np.ndarray
    mechanism: np.ndarray


#: Most similar states that are left out, to see what precedent is worth without close relatives.
NEAREST = 3

#: Kinds of evidence that stand in the score beside precedent.
BESIDE = tuple(name for name, weight in WEIGHTS.items() if weight and name != "precedent")


def collect(places: Places, wiring: Path | None = None) -> Cases:
    """Screen all diseases, and put the baselines beside.

    Parameters
    ----------
    places
        Where data and knowledge are.
    wiring
        Rewired networks that take the place of the workflow's.
    """
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
    parts = known.files | {"precedents": library_of_states(symbol, labels)}
    parts |= {"wiring": wiring} if wiring else {}
    relatives: Relatives | None = None
    scores: dict[str, list[np.ndarray]] = {}
    beside: dict[str, list[Calibrated]] = {}
    mechanism, ranked = np.arange(len(ids)), none
    for doid in chosen["doid"]:
        twin = disease_twin(places, doid, network, symbol)
        evidence, outcome = screened(twin, None, known.drugs, places, parts=parts)
        mechanism, ranked = evidence.mechanism, outcome.status == RANKED
        relatives = relatives or Relatives.of(evidence.inputs)
        relatives.add(doid, evidence.inputs)
        beside[doid] = [evidence.kinds[name] for name in BESIDE]
        size = np.abs(twin.to_df().iloc[0])
        found = {
            f"{name} alone": np.nan_to_num(evidence.kinds[name].weaker_z[mechanism])
            for name in (*BESIDE, "proximity", "centrality")
        }
        found["without precedent"] = _together(beside[doid])[mechanism]
        found["number of targets"] = number
        found["mean log target degree"] = covariate
        hit = known.targets.assign(size=known.targets["gene"].map(size)).groupby("drug_id")
        found["targets deviate"] = hit["size"].mean().reindex(ids).fillna(0).to_numpy()
        for name, values in found.items():
            scores.setdefault(name, []).append(np.where(ranked, values, np.nan))
    assert relatives is not None
    of_mechanisms = _with_precedent(relatives, beside)
    return Cases(
        chosen["disease"].tolist(),
        np.array([marks[doid, "DM"] for doid in chosen["doid"]]),
        np.array([marks.get((doid, "SYM"), none) & ~marks[doid, "DM"] for doid in chosen["doid"]]),
        {
            **{
                name: np.where(ranked, values[..., mechanism], np.nan)
                for name, values in of_mechanisms.items()
            },
            **{name: np.array(values) for name, values in scores.items()},
        },
        covariate,
        mechanism,
    )


def _with_precedent(
    relatives: Relatives, beside: Mapping[str, Sequence[Calibrated]]
) -> dict[str, np.ndarray]:
    """Score mechanisms by what rests on precedent, shape (n, n, e): [asked, data]."""
    names = list(beside)

    def each(one: Callable[[str, set[str]], np.ndarray]) -> np.ndarray:
        return np.array([[one(data, {asked, data}) for data in names] for asked in names])

    def whole(data: str, without: set[str], nearest: int) -> np.ndarray:
        return _together(beside[data], relatives.held(data, without, nearest=nearest))

    nearest = f"without the {NEAREST} most similar states"
    return {
        "calibrated": each(lambda data, without: whole(data, without, 0)),
        f"calibrated, {nearest}": each(lambda data, without: whole(data, without, NEAREST)),
        "precedent alone": each(relatives.held),
        f"precedent alone, {nearest}": each(
            lambda data, without: relatives.held(data, without, nearest=NEAREST)
        ),
        "popularity elsewhere": each(lambda _, without: relatives.popularity(without)),
    }


def _together(kinds: Sequence[Calibrated], precedent: np.ndarray | None = None) -> np.ndarray:
    """Score mechanisms by some kinds of evidence, each with its weight in this patient."""
    values = [kind.weaker_z for kind in kinds]
    weights = [WEIGHTS[kind.name] * kind.share for kind in kinds]
    if precedent is not None:
        values, weights = [*values, precedent], [*weights, WEIGHTS["precedent"]]
    return stouffer(values, weights)


def table_of(cases: Cases, scores: np.ndarray) -> pd.DataFrame:
    """Measure one method, its scores as in `Cases`, on every disease."""
    rows = []
    for case, name in enumerate(cases.names):
        asked = scores[case] if scores.ndim == 3 else scores
        asked = np.where(cases.left_out[case], np.nan, asked)
        positive = cases.positives[case]
        of_drugs = [metrics.auroc(one, positive) for one in asked]
        distinct = [_distinct(cases, one, positive) for one in asked]
        of_mechanisms = [metrics.auroc(one[1], one[0]) for one in distinct]
        rows.append(
            {
                "disease": name,
                "positives": int((positive & np.isfinite(asked[case])).sum()),
                "auroc": of_drugs[case],
                "dm60": metrics.dm_k(asked[case], positive, cases.covariate),
                "own": of_drugs[case] - np.nanmean(np.delete(of_drugs, case)),
                "mechanisms": of_mechanisms[case],
                "mechanisms60": metrics.dm_k(*_by_degree(distinct[case])),
                "own_mechanisms": of_mechanisms[case] - np.nanmean(np.delete(of_mechanisms, case)),
            }
        )
    return pd.DataFrame(rows)


def _distinct(cases: Cases, score: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, ...]:
    """Count drugs of one mechanism once: right answers, scores, degrees."""
    kept = np.isfinite(score)
    return metrics.distinct_mechanisms(
        cases.mechanism[kept], positive[kept], score[kept], cases.covariate[kept]
    )


def _by_degree(distinct: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    positive, score, covariate = distinct
    return score, positive, covariate


def figures(places: Places) -> Iterator[Figure]:
    """Measure the default preset and all baselines."""
    places.kang()
    cases = collect(places)
    random = generator(SEED, "diseases")
    tables = {name: table_of(cases, scores) for name, scores in cases.scores.items()}
    degree = tables["mean log target degree"]["auroc"]
    for name, table in tables.items():
        low, high = bootstrap_cases(table["auroc"].to_numpy(), rng=random)
        medians = table.median(numeric_only=True)
        yield reported(
            PART,
            f"{name}: AUROC [95 % over diseases], DM60, own; mechanisms, DM60, own",
            f"{medians['auroc']:.3f} [{low:.2f}, {high:.2f}] {medians['dm60']:.3f}"
            f" {medians['own']:+.3f}; {medians['mechanisms']:.3f} {medians['mechanisms60']:.3f}"
            f" {medians['own_mechanisms']:+.3f};"
            f" beats degree {(table['auroc'] > degree).sum()}/{len(table)}",
        )
    for row in tables["calibrated"].itertuples():
        yield reported(
            PART,
            f"{row.disease} ({row.positives} drugs): AUROC, mechanisms, own",
            f"{row.auroc:.3f} {row.mechanisms:.3f} {row.own_mechanisms:+.3f}",
        )
    yield reported(PART, "diseases", len(cases.names))
    yield from needed(tables)
    yield from _permuted(cases)


def needed(tables: Mapping[str, pd.DataFrame]) -> Iterator[Figure]:
    """Hold the default against what is needed, with relatives and without."""
    nearest = f"calibrated, without the {NEAREST} most similar states"
    for name, auroc, mechanisms, own in (
        ("calibrated", 0.82, 0.80, 0.15),
        (nearest, 0.72, 0.74, 0.12),
    ):
        table = tables[name]
        yield at_least(PART, f"{name}: median AUROC", table["auroc"].median(), auroc)
        yield at_least(PART, f"{name}: mechanisms, AUROC", table["mechanisms"].median(), mechanisms)
        yield at_least(PART, f"{name}: own minus other", table["own"].median(), own)
        yield at_least(
            PART,
            f"{name}: mechanisms, own minus other",
            table["own_mechanisms"].median(),
            own,
        )
        pvalue = stats.wilcoxon(table["own_mechanisms"], alternative="greater").pvalue
        yield at_most(PART, f"{name}: the same, Wilcoxon p", float(pvalue), 1e-4, digits=6)
    table = tables["calibrated"]
    yield at_least(PART, "calibrated: mechanisms, DM60", table["mechanisms60"].median(), 0.78)
    beside = tables["popularity elsewhere"]["mechanisms"]
    pvalue = stats.wilcoxon(table["mechanisms"] - beside, alternative="greater").pvalue
    yield reported(
        PART,
        "mechanisms, calibrated less popularity: mean, diseases above, Wilcoxon p",
        f"{(table['mechanisms'] - beside).mean():+.3f}"
        f" {(table['mechanisms'] > beside).sum()}/{len(table)} {pvalue:.3f}",
    )


def _permuted(cases: Cases, times: int = 10) -> Iterator[Figure]:
    """Permute which mechanism has which score, in all diseases alike."""
    found = []
    for number in range(times):
        random = generator(SEED, "permuted drugs", str(number))
        scores = cases.scores["calibrated"]
        first = np.unique(cases.mechanism, return_index=True)[1]
        ranked = first[np.isfinite(scores[0, 0, first])]
        dealt = np.arange(len(cases.mechanism))
        dealt[ranked] = random.permutation(ranked)
        table = table_of(cases, scores[..., dealt[first][cases.mechanism]])
        found.append(table[["auroc", "mechanisms"]].median())
    mean = pd.DataFrame(found).mean()
    for name, value in mean.items():
        yield Figure(
            PART,
            f"labels permuted among mechanisms, mean of {times}: {name}",
            f"{value:.3f}",
            "0.47 to 0.53",
            0.47 <= value <= 0.53,
        )

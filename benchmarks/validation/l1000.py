"""What drugs do to cells, and whether causal evidence finds a drug's own target in it.

The consensus signature of a drug is taken as the state of a patient; the protein that the drug
acts on should look over-active where the drug raises it, and under-active where it lowers it.
Signed targets are DrugCentral's. Only 978 landmark genes were measured, in cell lines, of which
many lack the target. Half of the drugs, by a hash of their identifier, is for choosing, the other
half for reporting. Beside it stand what other drugs' signatures say of the same target, rewired
networks in place of the real one, and the target's degree and number of drugs.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.network import Interactome
from twinscreen.screen.evidence.contract import mechanisms
from twinscreen.screen.evidence.screened_state import deviation_scores
from twinscreen.screen.evidence.targets import target_sets

from .common import Figure, Places, reported
from .diseases import drugcentral, symbols
from .upstream import causal_z, overactivity, percentiles, rewired_as_real

FILE = "drug_signatures/l1000_consensus_drugbank.tsv.gz"

#: Rewired networks that take the place of the real one.
WRONG = 3

HALVES = ("half for choosing", "half for reporting")


@dataclass(frozen=True)
class Signatures:
    """Signatures of k drugs on n genes, and the rows of what is known of their targets.

    `z` (k, n); `half` (k,), 0 or 1; `strong` (k,) marks the signatures above the median size.
    `library` are all t proteins that any drug acts on in a known direction. Each pair of a drug
    with a signature and its target has a row in `pairs`: `drug`, `gene`, `sign`, and the numbers
    `column` of the signature and `row` in the library.
    """

    z: np.ndarray
    genes: pd.Index
    half: np.ndarray
    strong: np.ndarray
    library: pd.Index
    pairs: pd.DataFrame


def half_of(drug: str) -> int:
    """Say in which half a drug is: 0 for choosing, 1 for reporting."""
    return int(hashlib.sha256(drug.encode()).hexdigest(), 16) % 2


def read_signatures(places: Places, symbol: pd.Series, targets: pd.DataFrame) -> Signatures:
    """Read the signatures of all drugs, and the signed targets of those that have any."""
    table = pd.read_csv(places.data / FILE, sep="\t", index_col=0)
    genes = pd.Index(table.columns).map(symbol)
    kept = genes.notna() & ~genes.duplicated()
    z = table.to_numpy(dtype=float)[:, kept]
    size = np.sqrt((z**2).mean(axis=1))
    signed = targets[targets["sign"] != 0]
    library = pd.Index(np.unique(signed["gene"].to_numpy(dtype=str)))
    pairs = signed[signed["drug_id"].isin(table.index)]
    return Signatures(
        z,
        pd.Index(genes[kept]),
        np.array([half_of(drug) for drug in table.index]),
        size > np.median(size),
        library,
        pd.DataFrame(
            {
                "drug": pairs["drug_id"].to_numpy(),
                "gene": pairs["gene"].to_numpy(),
                "sign": pairs["sign"].to_numpy(dtype=int),
                "column": table.index.get_indexer(pd.Index(pairs["drug_id"])),
                "row": library.get_indexer(pd.Index(pairs["gene"])),
            }
        ),
    )


def found_targets(known: Signatures, z: np.ndarray) -> pd.DataFrame:
    """Say how high each drug's target stands among all by over-activity in its direction.

    Parameters
    ----------
    known
        Signatures and pairs.
    z
        Over-activity of the t proteins of the library in the k signatures.

    Returns
    -------
    The pairs whose target has a value, with `own`, its percentile in the drug's own signature, and
    `other`, the mean of the same over the signatures of the drugs of the same half.
    """
    pairs = known.pairs
    up = percentiles(z)
    sign = pairs["sign"].to_numpy()
    each = np.where(sign[:, None] > 0, up[pairs["row"]], 1 - up[pairs["row"]])
    half = known.half[pairs["column"]]
    kept = np.isfinite(each).all(axis=1)
    each, half = each[kept], half[kept]
    pairs = pairs[kept].assign(own=each[np.arange(len(each)), pairs["column"][kept]])
    means = [each[:, known.half == one].mean(axis=1) for one in (0, 1)]
    return pairs.assign(other=np.where(half == 0, *means))


def summary(found: pd.DataFrame) -> str:
    """Say it by drugs and by targets: numbers, median percentiles, own minus other and its p."""
    drugs = found.groupby("drug")[["own", "other"]].mean()
    targets = found.groupby(["gene", "sign"])[["own", "other"]].mean()
    more = targets["own"] - targets["other"]
    pvalue = stats.wilcoxon(more, alternative="greater").pvalue if len(more) else np.nan
    return (
        f"{len(drugs)} drugs {drugs['own'].median():.3f}, {len(targets)} targets"
        f" {targets['own'].median():.3f}, own {more.mean():+.3f} (p {pvalue:.2g})"
    )


def figures(places: Places) -> Iterator[Figure]:
    """Give percentiles of true targets by halves, and what else gives as much."""
    places.kang()
    wiring = read_wiring(places.knowledge.wiring)
    symbol = symbols(places)
    drugs = drugcentral(places, symbol)
    known = read_signatures(places, symbol, drugs.targets)
    states = deviation_scores(known.z, known.z)
    yield reported("L1000", f"signatures; genes in each: {len(known.genes)}", len(known.z))
    of_known = known.pairs["drug"].nunique()
    yield reported("L1000", f"with a signed target among {len(known.library)}", of_known)
    real = found_targets(known, overactivity(states, known.genes, wiring, known.library))
    wrong = []
    for number in range(WRONG):
        other = rewired_as_real(wiring, number)
        wrong.append(found_targets(known, overactivity(states, known.genes, other, known.library)))
    beside = by_number(places, known, drugs.targets)
    of_drugs = own_mechanism(known, states, wiring, drugs.drugs, drugs.targets)
    what = "true target: median percentile by drug, by target, own minus other"
    for half, name in enumerate(HALVES):
        mine = real[known.half[real["column"]] == half]
        yield reported("L1000", f"{name}: {what}", summary(mine))
        strong = mine[known.strong[mine["column"]]]
        yield reported("L1000", f"{name}: the same, signatures above the median", summary(strong))
        for number, one in enumerate(wrong, start=1):
            here = one[known.half[one["column"]] == half]
            yield reported("L1000", f"{name}: rewired network {number} as real", summary(here))
        for title, values in beside.items():
            standing = mine.assign(own=values[mine["row"]], other=values[mine["row"]])
            median = standing.groupby("drug")["own"].median().median()
            each = standing.drop_duplicates("gene")["own"].median()
            yield reported(
                "L1000", f"{name}: by {title} alone, by drug, by target", f"{median:.3f} {each:.3f}"
            )
        rows = of_drugs[(known.half == half) & np.isfinite(of_drugs)]
        what_drugs = f"{name}: the drug's own mechanism among all, median of {len(rows)}"
        yield reported("L1000", what_drugs, float(np.median(rows)))


def by_number(places: Places, known: Signatures, targets: pd.DataFrame) -> dict[str, np.ndarray]:
    """Percentiles of the library's proteins by what no signature plays a part in."""
    files = places.knowledge
    network = Interactome.from_indices(*read_protein_edges(files.genes, files.interactome))
    degree = pd.Series(network.degree, index=network.names.astype(str)).reindex(known.library)
    popular = targets[targets["sign"] != 0].groupby("gene")["drug_id"].nunique()
    return {
        name: percentiles(np.nan_to_num(values.to_numpy(dtype=float))[:, None])[:, 0]
        for name, values in (
            ("degree", degree),
            ("number of drugs", popular.reindex(known.library)),
        )
    }


def own_mechanism(
    known: Signatures,
    states: np.ndarray,
    wiring: Wiring,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
) -> np.ndarray:
    """Percentile of each drug's mechanism among all that act the way its signature goes, (k,).

    It should stand last among what would oppose the signature. NaN for drugs without one.
    """
    names = known.genes.append(wiring.proteins.difference(known.genes))
    first, mechanism = mechanisms(target_sets(drugs, targets, names))
    sets = target_sets(drugs.iloc[first].reset_index(drop=True), targets, names)
    along = percentiles(-causal_z(states, len(known.genes), names, wiring, sets))
    row = pd.Series(mechanism, index=drugs["drug_id"])
    of_drug = known.pairs.drop_duplicates("drug")
    found = np.full(len(states), np.nan)
    found[of_drug["column"]] = along[row[of_drug["drug"]], of_drug["column"]]
    return found

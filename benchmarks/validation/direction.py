"""Direction of action: by hand, and where the answer is not in doubt.

A drug that works against the deviation of its target must score above 0, and one that works with it
below 0. Sixteen drugs were counted by hand; the whole screen is asked of cells stimulated with an
interferon, of an interferon over-expressed in cell lines, and of a raised tumour necrosis factor.
"""

import re
from collections.abc import Iterator

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import DRUG_TARGETS, INFLUENCE, TWIN, generator, read_anndata, read_table
from twinscreen.screen.rank.scdrugprio import opposing_targets

from .common import SEED, Figure, Places, at_least, library, reported
from .kang import DONORS, Shared
from .overexpression import read_experiments

GOLD = "drugs/direction_gold_cluster1.tsv"

#: What the words of the table do to a target's activity, as its counts by hand take them.
WORDS = {
    **dict.fromkeys(("activator", "agonist", "ligand", "other/unknown, activation"), 1),
    **dict.fromkeys(("replacement", "substrate"), 1),
    **dict.fromkeys(("antagonist", "antibody", "blocker", "competitor", "inhibitor"), -1),
}

#: Drugs by the genes of all their signed targets, and the sign of the action on them.
ANTI_TNF = frozenset({"TNF"}), -1
INTERFERONS = frozenset({"IFNAR1", "IFNAR2"}), 1
JAK = frozenset({"JAK1", "JAK2", "JAK3", "TYK2"}), -1


def figures(places: Places) -> Iterator[Figure]:
    """Give the agreement with the table, then the signs of calibrated scores."""
    agreeing, different = counted_by_hand(places)
    yield at_least("sign", "drugs of 16 as counted by hand", agreeing, 15, digits=0)
    yield reported("sign", "counted otherwise (no action of the drug is given)", different)
    output = places.kang(
        *(f"twins/patient_{donor}.h5ad" for donor in DONORS),
    )
    drugs = library(places)
    targets = read_table(places.knowledge.targets, DRUG_TARGETS)
    groups = {
        "interferon agonists": acting_on(drugs, targets, *INTERFERONS),
        "JAK inhibitors": acting_on(drugs, targets, *JAK),
        "anti-TNF": acting_on(drugs, targets, *ANTI_TNF),
    }
    shared = Shared.read(places, drugs)

    def scores(twin: ad.AnnData) -> dict[str, np.ndarray]:
        score = shared.combined(twin, None).score[shared.mechanism]
        return {name: score[group] for name, group in groups.items()}

    files = [output / f"twins/patient_{donor}.h5ad" for donor in DONORS]
    twins = [read_anndata(path, TWIN) for path in files]
    found = [scores(twin) for twin in twins]
    yield from _signs("Kang, interferon response", "interferon agonists", found, below=True)
    yield from _signs("Kang, interferon response", "JAK inhibitors", found, below=False)
    yield from _signs("Kang, interferon response", "anti-TNF", found, below=None)
    raised = [scores(with_raised(twin, "TNF", places)) for twin in twins]
    yield from _signs("same donors, TNF raised instead", "anti-TNF", raised, below=False)
    yield from _signs("same donors, TNF raised instead", "interferon agonists", raised, below=None)
    lines = [scores(over_expressed(twins[0], "IFNA10", places))]
    yield from _signs(
        "IFNA10 over-expressed in cell lines", "interferon agonists", lines, below=None
    )
    yield from _signs("IFNA10 over-expressed in cell lines", "JAK inhibitors", lines, below=None)


def counted_by_hand(places: Places) -> tuple[int, str]:
    """Count opposing and agreeing targets of the sixteen drugs: how many drugs agree, which don't.

    Whether "down" is down in disease or in health would swap both counts of all drugs alike.
    """
    table = pd.read_csv(places.data / GOLD, sep="\t")
    different = []
    for _, row in table.iterrows():
        changed, actions = _listed(row["targeted_degs"]), _listed(row["pharmacological_effect"])
        direction = np.array([{"up": 1, "down": -1}[word] for word in changed.values()])
        sign = np.array([[float(WORDS.get(actions[gene], 0)) for gene in changed]])
        counts = opposing_targets(sparse.csr_array(sign), direction)[:, 0]
        by_hand = (
            row["n_drug_targets_counteracting_disease"],
            row["n_drug_targets_mimmicking_disease"],
        )
        if tuple(counts.tolist()) != by_hand:
            different.append(row["Drug_name"])
    return len(table) - len(different), ", ".join(different)


def _listed(text: str) -> dict[str, str]:
    """Read `TNF (antibody), LTA (activator)`."""
    return dict(re.findall(r"(\S+) \(([^)]*)\)", text))


def acting_on(
    drugs: pd.DataFrame, targets: pd.DataFrame, genes: frozenset[str], sign: int
) -> np.ndarray:
    """Find drugs whose signed targets are all among some genes, and all of one sign.

    Returns
    -------
    Boolean, shape (d,).
    """
    signed = targets[targets["sign"] != 0]
    other = set(signed.loc[~signed["gene"].isin(genes) | (signed["sign"] != sign), "drug_id"])
    chosen = drugs["drug_id"].isin(set(signed["drug_id"]) - other)
    return chosen.to_numpy(dtype=bool)


def with_raised(twin: ad.AnnData, gene: str, places: Places) -> ad.AnnData:
    """Give a copy of a twin in which the activity of one protein is all that is raised.

    Its values are dealt out anew: those genes that the protein lets rise most, by the influence,
    get the largest with a noise of equal size, and the protein's own gene the largest of all.
    """
    known = read_anndata(places.knowledge.influence, INFLUENCE)
    influence = pd.Series(np.asarray(known[gene].X).ravel(), index=known.var_names)
    expected = influence.reindex(twin.var_names, fill_value=0.0).to_numpy()
    random = generator(SEED, "raised", gene, str(twin.uns["patient"]["patient"]))
    result = twin.copy()
    for row in range(twin.n_obs):
        compared = np.isfinite(np.asarray(twin.X)[row])
        if not compared.any():
            continue
        signal = expected[compared] / max(float(expected[compared].std()), 1e-12)
        signal += random.standard_normal(len(signal))
        signal[twin.var_names[compared] == gene] = np.inf
        _deal(result, row, compared, signal)
    return result


def over_expressed(twin: ad.AnnData, gene: str, places: Places) -> ad.AnnData:
    """Give a twin of one compartment with the z of an over-expression, 0 where it has none."""
    found = read_experiments(places)
    z = pd.Series(found.z[found.raised == gene][0], index=found.genes)
    result = twin[np.flatnonzero(twin.obs["scorable"] & twin.obs["latest"])[:1]].copy()
    values = z.reindex(result.var_names).to_numpy(dtype=np.float32)[None]
    result.X = values
    result.layers["logfc"] = values.copy()
    result.layers["module"] = np.where(np.isfinite(values), (np.abs(values) > 0), np.nan)
    return result


def _deal(twin: ad.AnnData, row: int, compared: np.ndarray, signal: np.ndarray) -> None:
    """Deal a compartment's effects and fold changes out to its genes in the order of a signal."""
    order = np.empty(len(signal), dtype=int)
    order[np.argsort(signal, kind="stable")] = np.arange(len(signal))
    column = np.flatnonzero(compared)
    for values in (twin.X, twin.layers["logfc"]):
        values[row, column] = np.sort(values[row, column])[order]


def _signs(
    where: str, group: str, found: list[dict[str, np.ndarray]], *, below: bool | None
) -> Iterator[Figure]:
    """Count the scores of a group on the side where they belong; None: only report them."""
    values = np.concatenate([one[group] for one in found])
    values = values[np.isfinite(values)]
    what = f"{where}: {group}"
    if below is None or not len(values):
        words = f"mean {values.mean():.2f} ({len(values)} scores)" if len(values) else "no score"
        yield reported("sign", what, words)
        return
    right = values < 0 if below else values > 0
    side = "below" if below else "above"
    yield Figure(
        "sign",
        f"{what}, {side} 0 (mean {values.mean():.2f})",
        f"{right.sum()} of {len(values)}",
        "all",
        bool(right.all()),
    )

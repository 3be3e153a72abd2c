"""A made-up response of one cell type in a healthy donor: it must be called, and nothing else.

A hundred genes that interferon raises are raised in one cell type of a donor who is compared with
the others; everything else stays as it was. A JAK inhibitor or the antibody to the receptor belongs
among the first mechanisms, and the same donor as they are must get no call. Three cohorts:

- `drawn`: donors drawn from the cell types of Kang's untreated cells, six cell types with whole
  transcriptomes. Real donors of that kind are not at hand; these differ from each other by a fifth
  (standard deviation of log rates) in every gene of their own and in every gene of a cell type.
- `kang`: the untreated cells themselves. These donors have lupus, one of them an interferon
  response already, two to five cell types with enough cells, and five to seven others to compare
  with, so that only the places of drugs are asked for.
- `kang, one less`: the same without the donor who has an interferon response already.
- `demo`: healthy donors of the demonstration, measured in a thousand variable genes, of which 40
  are among the hundred: a panel in which the response is no longer focal.

Beside these the whole response: each donor's stimulated cells against the untreated cells of the
others, of all of them and of few, as a patient is who has few donors to be compared with.

What is counted in each null replicate as if it were the patient says whether p is uniform.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.cohort.evaluation.labels import labels_of_drugs, read_labels
from twinscreen.files import OBSERVATION, generator, read_anndata
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.assemble import assemble
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.replicates.collect import replicates_of

from .common import MAX_PVALUE, ROOT, Figure, Places, at_least, library, reported
from .kang import CONDITIONS, DONORS, Shared, rank_of

#: Genes raised, at most, and the factors that they are raised by.
RAISED, FACTORS = 100, (3.0, 8.0)

#: Choices were made on draws of seed 1; these are others.
SEED = 2

#: The donor whose untreated cells have an interferon response, and numbers of donors that are few.
RESPONDER, FEW_DONORS = "1016", (5, 4)

#: Cell types of Kang's cells that are drawn, some of them as one.
TYPES = {
    "CD14 Mono": "CD14 Mono",
    "CD16 Mono": "CD16 Mono",
    "CD4 Naive T": "CD4 T",
    "CD4 Memory T": "CD4 T",
    "CD8 T": "CD8 T",
    "B": "B",
    "NK": "NK",
}

#: Drawn donors, cells of a type, molecules of a cell, and how far donors differ.
DRAWN, CELLS, DEPTH, APART = 9, (50, 200), 3000, 0.2

#: Cell types of each donor that respond, one at a time, and null replicates that are left out.
EACH, LEFT_OUT = 2, 3

NEEDED_CALLED, NEEDED_SILENT = 0.9, 0.9

#: Intervals and modules are not looked at here.
SETTINGS = ComparisonSettings(control="healthy", bootstrap_replicates=0, seed=SEED).model_copy(
    update={"random_sets": 20}
)


def figures(places: Places) -> Iterator[Figure]:
    """Give calls and places of drugs in all cohorts."""
    names = [f"observations/patient_{donor}_{{}}.h5ad" for donor in DONORS]
    untreated, stimulated = ([one.format(how) for one in names] for how in reversed(CONDITIONS))
    kang = places.kang(*untreated, *stimulated)
    labels = read_labels(places.data / "kang2018/labels.tsv").of([""])
    known = set(library(places)["name"].str.casefold())
    drugs = library(places, [name for name in labels if name not in known])
    shared = Shared.read(places, drugs)
    right = np.zeros(shared.targets.drugs, dtype=bool)
    label = np.asarray(labels_of_drugs(drugs.set_index("drug_id"), labels))
    right[shared.mechanism[label == "positive"]] = True
    cells = [read_anndata(kang / name, OBSERVATION) for name in untreated]
    genes = response(places.data)
    sheet = pd.read_csv(ROOT / "config/samples.tsv", sep="\t", dtype=str, keep_default_na=False)
    healthy = [
        f"observations/{one}.h5ad" for one in sheet.query("condition == 'healthy'")["sample"]
    ]
    demo = places.demo(*healthy)
    cohorts = {
        "drawn": drawn_donors(cells),
        "kang": cells,
        "kang, one less": [one for one in cells if not name_of(one).endswith(RESPONDER)],
        "demo": [read_anndata(demo / name, OBSERVATION) for name in healthy],
    }
    for name, donors in cohorts.items():
        yield from _judged(name, [*outcomes(donors, genes, shared, right)])
    responding = [read_anndata(kang / name, OBSERVATION) for name in stimulated]
    for number in (len(cells) - 1, *FEW_DONORS):
        yield _whole(responding, cells, number, shared, right)


@dataclass(frozen=True)
class Screened:
    """What came of one donor: the cell type that responds (""), call, and place of what is right.

    `replicates` are the p of calls of its null replicates, each as if it were the patient.
    """

    donor: str
    cell_type: str
    called: bool
    pvalue: float
    place: float
    inhibitors: float
    replicates: Sequence[float]


def outcomes(
    donors: Sequence[ad.AnnData], genes: Sequence[str], shared: Shared, right: np.ndarray
) -> Iterator[Screened]:
    """Screen every donor against the others, as they are and with a response in some cell types.

    Parameters
    ----------
    donors
        Observations, one for each donor.
    genes
        Genes that respond, the most typical first.
    shared
        What all screens share.
    right
        Mechanisms that oppose the response, boolean, shape (e,).
    """
    for donor in donors:
        name = name_of(donor)
        reference = reference_of([one for one in donors if one is not donor])
        twin, replicates = against(reference, donor, shared)
        scorable = twin.obs[twin.obs["scorable"].to_numpy(dtype=bool)]
        if not len(scorable):
            continue
        yield _screened(name, "", twin, replicates, shared, right)
        responding = [one for one in genes if one in donor.var_names][:RAISED]
        types = scorable["cell_type"].astype(str).to_numpy()
        for cell_type in generator(SEED, "responds", name).permutation(types)[:EACH]:
            other = against(reference, raised(donor, cell_type, responding), shared)
            yield _screened(name, cell_type, *other, shared, right)


def name_of(donor: ad.AnnData) -> str:
    """Give the name of a donor."""
    return str(donor.uns["sample"]["patient"])


def reference_of(donors: Sequence[ad.AnnData]) -> ad.AnnData:
    """Build the reference of some donors."""
    return build_reference(
        donors,
        min_cells=SETTINGS.min_cells,
        min_donors=SETTINGS.min_donors,
        min_count=SETTINGS.min_count,
    )


def against(
    reference: ad.AnnData, donor: ad.AnnData, shared: Shared
) -> tuple[ad.AnnData, ad.AnnData]:
    """Build the twin of a donor and its null replicates, without what the score does not need."""
    name = name_of(donor)
    found = compare_with_reference([donor], reference, SETTINGS)
    twin = assemble(found, shared.network, SETTINGS)
    twin.uns["patient"] = {"patient": name}
    return twin, replicates_of(found, twin)


def _whole(
    responding: Sequence[ad.AnnData],
    untreated: Sequence[ad.AnnData],
    number: int,
    shared: Shared,
    right: np.ndarray,
) -> Figure:
    """Count the calls of what is right in donors whose cells all respond, against few others.

    Parameters
    ----------
    responding, untreated
        Cells of the same donors, stimulated and as they are.
    number
        How many others each is compared with: those with the most cells.
    shared
        What all screens share.
    right
        Mechanisms that oppose the response, boolean, shape (e,).
    """
    found = []
    for patient, own in zip(responding, untreated, strict=True):
        others = sorted((one for one in untreated if one is not own), key=lambda one: -one.n_obs)
        twin, replicates = against(reference_of(others[:number]), patient, shared)
        if twin.obs["scorable"].any():
            combined = shared.combined(twin, replicates)
            if np.isfinite(combined.call.pvalue):
                first = np.nanmin(rank_of(combined.score)[right]) == 1
                found.append(combined.call.called and first)
    what = f"stimulated cells against {number} other donors: called, a right mechanism first"
    return reported("focal", f"{what}, of {len(found)}", int(sum(found)))


def _screened(
    donor: str,
    cell_type: str,
    twin: ad.AnnData,
    replicates: ad.AnnData,
    shared: Shared,
    right: np.ndarray,
) -> Screened:
    found = shared.combined(twin, replicates)
    place = rank_of(found.score)[right]
    return Screened(
        donor,
        cell_type,
        found.call.called,
        max(found.call.pvalue, found.call.fit_pvalue),
        float(np.nanmin(place)),
        float(np.nanmedian(place)),
        [] if cell_type else left_out(donor, twin, replicates, shared),
    )


def left_out(donor: str, twin: ad.AnnData, replicates: ad.AnnData, shared: Shared) -> list[float]:
    """Give p of the best drug of some null replicates, each beside the others; none of less than 4.

    The replicate's deviation takes the place of the patient's: what only the patient's own decides
    (which targets count, and for how much) stays.
    """
    number = np.unique(replicates.obs["replicate"])
    if len(number) < 4:
        return []
    found = []
    for one in generator(SEED, "left out", donor).permutation(number)[:LEFT_OUT]:
        rows = (replicates.obs["replicate"] == one).to_numpy()
        mine, others = replicates[rows], replicates[~rows].copy()
        patient = twin[twin.obs_names.isin(mine.obs["compartment"])].copy()
        order = pd.Index(mine.obs["compartment"]).get_indexer(patient.obs_names)
        column = mine.var_names.get_indexer(patient.var_names)
        for values, given in (
            (patient.X, mine.X),
            (patient.layers["logfc"], mine.layers["logfc"]),
        ):
            values[:] = np.where(column >= 0, np.asarray(given)[order][:, column], np.nan)
        found.append(shared.combined(patient, others).call.pvalue)
    return [float(one) for one in found if np.isfinite(one)]


def _judged(name: str, found: Sequence[Screened]) -> Iterator[Figure]:
    """Count calls and places in one cohort."""
    able = [one for one in found if np.isfinite(one.pvalue)]
    focal, untouched = ([one for one in able if bool(one.cell_type) is i] for i in (True, False))
    three = [one.place <= 3 for one in found if one.cell_type]
    drawn = name == "drawn"
    what = f"{name}: a response of one cell type, called and right in the first three mechanisms"
    called = float(np.mean([one.called and one.place <= 3 for one in focal]))
    what = f"{what}, share of {len(focal)}"
    yield (
        at_least("focal", what, called, NEEDED_CALLED) if drawn else reported("focal", what, called)
    )
    what = f"{name}: right in the first three mechanisms, called or not, share of {len(three)}"
    yield (
        at_least("focal", what, float(np.mean(three)), NEEDED_CALLED)
        if drawn
        else reported("focal", what, float(np.mean(three)))
    )
    place = float(np.median([one.inhibitors for one in found if one.cell_type]))
    yield reported("focal", f"{name}: median place of JAK inhibitors and anifrolumab", place)
    silent = float(np.mean([not one.called for one in untouched]))
    what = f"{name}: the same donors as they are, no call, share of {len(untouched)}"
    yield at_least("focal", what, silent, NEEDED_SILENT)
    pvalues = np.concatenate([one.replicates for one in untouched])
    for limit in (MAX_PVALUE, 0.05, 0.5):
        share = float((pvalues < limit).mean()) if len(pvalues) else float("nan")
        what = f"{name}: null replicates as patients ({len(pvalues)}), p of the best < {limit}"
        yield reported("focal", what, share)


# --- what is made up -----------------------------------------------------------------------------


def response(data: Path) -> list[str]:
    """Name genes that interferon raises at least twofold, in the most cell types first."""
    tables = []
    for path in sorted((data / "kang2018").glob("published_de_*.tsv.gz")):
        table = pd.read_csv(path, sep="\t")
        table = table[(table["log2FoldChange"] > 1) & (table["padj"] < 0.05)]
        place = table["pvalue"].rank()
        tables.append(pd.DataFrame({"gene": table["featureData.symbol"], "place": place}))
    found = pd.concat(tables).groupby("gene")["place"].agg(["size", "mean"])
    found = found.sort_values(["size", "mean"], ascending=[False, True], kind="stable")
    return [str(one) for one in found.index[:RAISED]]


def raised(donor: ad.AnnData, cell_type: str, genes: Sequence[str]) -> ad.AnnData:
    """Raise genes in the cells of one type: each molecule is seen so many times, with its noise."""
    random = generator(SEED, "raised", name_of(donor), cell_type)
    factor = np.exp(random.uniform(*np.log(FACTORS), size=len(genes)))
    rows = np.flatnonzero((donor.obs["cell_type"].astype(str) == cell_type).to_numpy())
    column = donor.var_names.get_indexer(genes)
    counts = sparse.lil_matrix(donor.X)
    some = counts[rows].toarray()
    some[:, column] += random.poisson(some[:, column] * (factor - 1))
    counts[rows] = some
    result = donor.copy()
    result.X = sparse.csr_matrix(counts, dtype=donor.X.dtype)
    return result


def drawn_donors(cells: Sequence[ad.AnnData]) -> list[ad.AnnData]:
    """Draw donors from the rates of the cell types in all cells together."""
    counts: dict[str, np.ndarray] = {}
    for one in cells:
        types = one.obs["cell_type"].astype(str).map(TYPES)
        for cell_type in types.dropna().unique():
            mine = np.asarray(one.X[(types == cell_type).to_numpy()].sum(axis=0)).ravel()
            counts[cell_type] = counts.get(cell_type, 0) + mine
    every = np.sum(list(counts.values()), axis=0)
    rates = {
        name: (counts[name] + 20 * every / every.sum()) / (counts[name].sum() + 20)
        for name in sorted(counts)
    }
    return [_drawn(f"drawn_{number}", rates, cells[0]) for number in range(DRAWN)]


def _drawn(name: str, rates: Mapping[str, np.ndarray], like: ad.AnnData) -> ad.AnnData:
    """Draw the cells of one donor."""
    random = generator(SEED, "drawn", name)
    own = random.normal(0, APART, like.n_vars)
    blocks, types = [], []
    for cell_type, rate in rates.items():
        number = int(random.integers(*CELLS))
        mine = rate * np.exp(own + random.normal(0, APART, like.n_vars))
        depth = random.lognormal(np.log(DEPTH), 0.3, number)
        blocks.append(sparse.csr_matrix(random.poisson(np.outer(depth, mine / mine.sum()))))
        types += [cell_type] * number
    obs = pd.DataFrame({"cell_type": types}, index=[f"{name}_{i}" for i in range(len(types))])
    sample: dict[str, Any] = {**like.uns["sample"], "sample": name, "patient": name}
    found = ad.AnnData(sparse.vstack(blocks, format="csr"), obs=obs, var=like.var.copy())
    found.uns = {**like.uns, "sample": sample}
    return found

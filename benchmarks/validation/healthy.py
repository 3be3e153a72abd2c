"""Healthy donors as patients, who must not be treated; severe patients and their interferons.

Each healthy donor of the demonstration is compared with the others, from a reference made without
the donor. In severe patients, the place of JAK inhibitors must follow how strong the genes of the
interferon response are, and do so by the wiring of the real network.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import anndata as ad
import numpy as np
import pandas as pd
from scipy import stats

from twinscreen.files import (
    DRUG_TARGETS,
    OBSERVATION,
    PATHWAYS,
    REPLICATES,
    TWIN,
    read_anndata,
    read_table,
)
from twinscreen.kb import Knowledge
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.screen.evidence.causal import PermutedGenes, Upstream, against, standing_out
from twinscreen.screen.evidence.contract import Evidence, weaker
from twinscreen.screen.rank.combine import Call
from twinscreen.screen.rank.contract import Outcome
from twinscreen.screen.rank.presets import PRESETS
from twinscreen.settings.twin import (
    CommunicationSettings,
    ComparisonSettings,
    LayerSettings,
    PathwaySettings,
)
from twinscreen.twin.build import Healthy, Patient, Rules, build_twin
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.replicates.collect import replicates_of

from .common import ROOT, SEED, Figure, Places, at_least, library, reported, screened
from .direction import JAK, acting_on

#: Genes that interferons of type I raise.
RESPONSE = "Interferon alpha/beta signaling"

NEEDED_SILENT, NEEDED_CORRELATION, NEEDED_ABOVE = 0.90, 0.5, 0.95

#: Rewired networks that are taken for the real one.
REWIRINGS = 100

#: Of the donors' twins only effects are looked at: what is drawn at random behind their modules and
#: links may be little.
FEW = 10


def figures(places: Places) -> Iterator[Figure]:
    """Give the calls in healthy donors and severe patients, and what follows the interferons."""
    sheet = pd.read_csv(ROOT / "config/samples.tsv", sep="\t", dtype=str, keep_default_na=False)
    healthy = sheet["condition"] == "healthy"
    samples = sheet[healthy].groupby("patient")["sample"].agg(list).to_dict()
    severe = sorted(sheet.loc[~healthy, "patient"].unique())
    output = places.demo(
        "knowledge/pathways.parquet",
        *(f"{folder}/{name}.h5ad" for folder in ("twins", "replicates") for name in severe),
        *(f"observations/{name}.h5ad" for several in samples.values() for name in several),
    )
    there = replace(places, output=output)
    yield from donors(there, samples)
    yield from patients(there, severe)


# --- healthy donors ------------------------------------------------------------------------------


def donors(places: Places, samples: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Count the healthy donors without a call.

    Parameters
    ----------
    places
        Where the demonstration is.
    samples
        Samples of each donor.
    """
    drugs = library(places)
    calls: dict[str, Call] = {}
    for name in sorted(samples):
        twin, replicates = as_patient(name, samples, places)
        _, outcome = screened(twin, replicates, drugs, places)
        if outcome.call is not None and np.isfinite(outcome.call.pvalue):
            calls[name] = outcome.call
    yield from _strongest(calls, "healthy donors")
    silent = sum(not call.called for call in calls.values())
    yield at_least("healthy", "healthy donors judged", len(calls), len(samples), digits=0)
    what = f"healthy donors of {len(calls)} without a call: {silent}; share"
    yield at_least("healthy", what, silent / len(calls), NEEDED_SILENT)


def as_patient(
    name: str, samples: Mapping[str, Sequence[str]], places: Places
) -> tuple[ad.AnnData, ad.AnnData]:
    """Build the twin of a healthy donor, and null replicates, against the other donors."""
    settings = ComparisonSettings(control="healthy", bootstrap_replicates=0, seed=SEED)
    settings = settings.model_copy(update={"random_sets": FEW})
    own, others = [], []
    for donor, several in samples.items():
        files = [places.output / f"observations/{sample}.h5ad" for sample in several]
        (own if donor == name else others).extend(read_anndata(path, OBSERVATION) for path in files)
    for sample in own:  # a control would be no state
        sample.uns["sample"] = {**sample.uns["sample"], "condition": "taken for a patient"}
    reference = build_reference(
        others,
        min_cells=settings.min_cells,
        min_donors=settings.min_donors,
        min_count=settings.min_count,
    )
    pathways = places.output / "knowledge/pathways.parquet"
    twin, compartments = build_twin(
        Patient({"patient": name}, observations=own),
        Healthy(reference),
        Knowledge(vars(places.knowledge) | {"pathways": pathways}),
        Rules(
            settings,
            LayerSettings(),
            CommunicationSettings().model_copy(update={"permutations": FEW}),
            PathwaySettings(),
        ),
    )
    return twin, replicates_of(compartments, twin)


def _strongest(calls: Mapping[str, Call], who: str) -> Iterator[Figure]:
    """Report the smallest p of the best drug, and how far p reaches."""
    pvalue = pd.Series({name: call.pvalue for name, call in calls.items()}).sort_values()
    three = ", ".join(f"{name} {value:.2g}" for name, value in pvalue.head(3).items())
    yield reported("healthy", f"{who}, p of the best drug, smallest", three)
    yield reported("healthy", f"{who}, p of the best drug, median", float(pvalue.median()))


# --- severe patients -----------------------------------------------------------------------------


def patients(places: Places, names: Sequence[str]) -> Iterator[Figure]:
    """Report calls in severe patients; hold JAK inhibitors against the interferon response.

    Parameters
    ----------
    places
        Where the demonstration is.
    names
        Patients.
    """
    drugs = library(places)
    targets = read_table(places.knowledge.targets, DRUG_TARGETS)
    jak = acting_on(drugs, targets, *JAK)
    yield reported("healthy", "approved drugs that only inhibit JAK1-3, TYK2", int(jak.sum()))
    pathways = read_table(places.output / "knowledge/pathways.parquet", PATHWAYS)
    response = pd.Index(pathways.loc[pathways["pathway"] == RESPONSE, "gene"].unique())
    wiring = read_wiring(places.knowledge.wiring)
    calls: dict[str, Call] = {}
    rows, rewired = [], []
    for name in names:
        twin = read_anndata(places.output / f"twins/{name}.h5ad", TWIN)
        if twin.uns["unscorable"]:
            continue
        replicates = read_anndata(places.output / f"replicates/{name}.h5ad", REPLICATES)
        replicates = replicates[(replicates.obs["kind"] == "null").to_numpy()].copy()
        evidence, outcome = screened(twin, replicates, drugs, places)
        if outcome.call is not None:
            calls[name] = outcome.call
        bare = PRESETS["causal"](replace(evidence, replicates=None))
        places_of_jak = percentile(outcome, jak), percentile(bare, jak)
        rows.append((*signatures(evidence, response), *places_of_jak))
        drawn = on_rewired(evidence, wiring)
        rewired.append([percentile(one, jak) for one in drawn])
        measured = int(np.isin(twin.var_names[evidence.inputs.state.seen], response).sum())
    yield from _strongest(calls, "severe patients")
    called = sum(call.called for call in calls.values())
    yield reported("healthy", f"severe patients of {len(calls)} with a call", called)
    yield reported("healthy", f"genes of '{RESPONSE}' measured, of {len(response)}", measured)
    table = pd.DataFrame(rows, columns=["treated", "effect", "percentile", "bare"])
    yield reported("healthy", "JAK inhibitors, mean percentile", table["percentile"].mean())
    yield from _follows(table, np.array(rewired).T)


def _follows(table: pd.DataFrame, rewired: np.ndarray) -> Iterator[Figure]:
    """Correlate percentiles with the interferon response, on the real network and on r others.

    Parameters
    ----------
    table
        One row per patient: both signatures, the percentile of JAK inhibitors, and that by the
        preset `causal`.
    rewired
        Percentiles on rewired networks, shape (r, patients).
    """
    for column, words in (("treated", "deviation treated"), ("effect", "bare effects")):
        signature = table[column]
        value = float(stats.spearmanr(signature, table["percentile"]).statistic)
        drawn = np.array([stats.spearmanr(signature, one).statistic for one in rewired])
        above = float((value > drawn).mean())
        low, high = np.quantile(drawn, [0.05, 0.95])
        what = f"Spearman of JAK percentile with interferon response ({words})"
        exceeds = "share of rewired networks that it exceeds"
        if column == "treated":
            yield at_least("healthy", what, value, NEEDED_CORRELATION)
            yield at_least("healthy", exceeds, above, NEEDED_ABOVE)
        else:
            yield reported("healthy", what, value)
            yield reported("healthy", exceeds, above)
        yield reported("healthy", f"same, {len(drawn)} rewired", f"{low:.2f} to {high:.2f}")
    value = float(stats.spearmanr(table["treated"], table["bare"]).statistic)
    yield reported("healthy", "same, JAK percentile by the preset causal", value)


def signatures(evidence: Evidence, genes: pd.Index) -> tuple[float, float]:
    """How strong the response is: mean over its genes in the state that is treated.

    Returns
    -------
    Of the deviation that the screen treats, which tells how the genes stand among all genes of the
    patient; and of the bare effects over the compartments that are treated, which are small where a
    patient has few cells, and shift all together.
    """
    column = evidence.inputs.twin.var_names.get_indexer(genes)
    column = column[column >= 0]
    column = column[evidence.inputs.state.seen[column]]
    effect = np.asarray(evidence.inputs.twin.X)[evidence.inputs.weight > 0][:, column]
    return float(evidence.inputs.state.whole[column].mean()), float(np.nanmean(effect))


def percentile(outcome: Outcome, chosen: np.ndarray) -> float:
    """Mean percentile of chosen drugs, boolean (d,), among those with a score; 1 is the best."""
    rank = stats.rankdata(outcome.score, nan_policy="omit")
    return float(np.nanmean((rank[chosen] - 0.5) / np.isfinite(outcome.score).sum()))


def on_rewired(evidence: Evidence, wiring: Wiring) -> list[Outcome]:
    """Rank the drugs anew with each of some rewired signalling networks for the real one.

    The causal evidence on a rewired network is held against the other rewired ones, as that of the
    real network is against all of them, and against permuted genes; all other evidence stays.
    """
    twin = evidence.inputs.twin
    place = twin.var_names.get_indexer(wiring.proteins)
    upstream = Upstream.of(evidence.inputs.state.seen, wiring, place, evidence.inputs.targets)
    read = upstream.activities(evidence.inputs.state.whole[None])
    drawn = np.array([upstream.beyond(read, one) for one in wiring.rewired])

    def weaker_z(on: Upstream, found: np.ndarray, null: np.ndarray) -> np.ndarray:
        families = on.families(found[:, 0], null[:, :, 0])
        z, _, _ = against(families, found, null)
        return weaker(z, PermutedGenes.of(on, families).z(found, read))[:, 0]

    ours = weaker_z(upstream, upstream.beyond(read), drawn)
    same = np.isclose(ours, evidence.kinds["causal"].weaker_z, rtol=0, atol=1e-3, equal_nan=True)
    if same.mean() < 0.99:  # what cancels out in a sum may do so but for the last bit
        raise RuntimeError("the causal evidence on the real network is not that of the screen")
    state = replace(evidence.inputs.state, null_spread=np.empty(0))
    alone = replace(evidence, inputs=replace(evidence.inputs, state=state))
    without = {
        name: replace(kind, resampled=None, null=None) for name, kind in evidence.kinds.items()
    }

    def ranked(z: np.ndarray) -> Outcome:
        share = float(standing_out(z[:, None])[0])
        causal = replace(without["causal"], z=z, weaker_z=z, share=share)
        return PRESETS["calibrated"](replace(alone, kinds=without | {"causal": causal}))

    return [
        ranked(weaker_z(upstream.on(i), drawn[i], np.delete(drawn, i, axis=0)))
        for i in range(min(REWIRINGS, len(drawn)))
    ]

"""Interferon-stimulated cells of eight donors: JAK inhibitors lead, and noise gives no call.

Interferon beta acts through JAK1 and TYK2. So in stimulated cells, against untreated cells of the
same donor, JAK inhibitors and an antibody to the receptor belong on top and interferons at the end.
Where the labels of the cells are permuted there is nothing to find, and where a donor's cells are
split in halves both must say the same, as far as the intervals promise.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product, repeat
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.cohort.evaluation.cases import (
    BASELINE,
    DEGREE,
    DEVIATION,
    N_TARGETS,
    Case,
    make_case,
)
from twinscreen.cohort.evaluation.labels import labels_of_drugs, read_labels
from twinscreen.cohort.evaluation.metrics import (
    auroc,
    average_precision,
    distinct_mechanisms,
    dm_k,
    expected_auroc,
)
from twinscreen.files import (
    DRUG_TARGETS,
    OBSERVATION,
    PRECEDENTS,
    REPLICATES,
    TWIN,
    generator,
    read_anndata,
    read_table,
)
from twinscreen.kb.precedents import Library, Precedents
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.network import Interactome
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.contract import SCORE_DIGITS, Calibrated, mechanisms
from twinscreen.screen.evidence.counteraction import counteraction_evidence
from twinscreen.screen.evidence.precedent import precedent_evidence, similarity
from twinscreen.screen.evidence.screened_state import ScreenedState, screened_state
from twinscreen.screen.evidence.targets import Targets, target_sets
from twinscreen.screen.rank.combine import Combined, combine_kinds
from twinscreen.screen.rank.compartment_weights import compartment_weights
from twinscreen.screen.rank.intervals import replicate_intervals
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.assemble import assemble
from twinscreen.twin.designs.compare import compare_with_own_control

from .common import (
    MAX_PVALUE,
    SEED,
    WEIGHTS,
    Figure,
    Places,
    at_least,
    library,
    reported,
    screened,
)

DONORS = ("101", "107", "1015", "1016", "1039", "1244", "1256", "1488")
CONDITIONS = ("stimulated", "untreated")

#: The state of the library that interferon runs through.
LUPUS = "systemic lupus erythematosus"

#: Permutations of the labels of each donor.
PERMUTATIONS = 20

#: Of each kind of replicates, as the workflow's defaults have it.
REPLICATES_OF_A_TWIN = 100


def figures(places: Places) -> Iterator[Figure]:
    """Give all figures on these cells, as they are found."""
    made = [f"twins/patient_{donor}.h5ad" for donor in DONORS]
    made += [f"replicates/patient_{donor}.h5ad" for donor in DONORS]
    places.kang(*made)
    labels = read_labels(places.data / "kang2018/labels.tsv").of([""])
    known = set(library(places)["name"].str.casefold())
    drugs = library(places, [name for name in labels if name not in known])
    shared = Shared.read(places, drugs)
    yield from ranking(places, drugs, labels, shared)
    yield from permuted(places, shared)
    yield from dealt_out(places, shared)
    yield from coverage(places, shared)


# --- the same screen without what neither score nor call needs -----------------------------------


@dataclass(frozen=True)
class Shared:
    """What all screens of these cells share.

    `targets` are those of e entries over the proteins of `network`, `mechanism` (d,) that of each
    drug, `allowed` (e,) those with a known action, `place` (p,) the column of each protein of the
    wiring, `library` are the reference states.
    """

    network: Interactome
    wiring: Wiring
    place: np.ndarray
    targets: Targets
    mechanism: np.ndarray
    allowed: np.ndarray
    library: Library

    @classmethod
    def read(cls, places: Places, drugs: pd.DataFrame) -> "Shared":
        """Read knowledge, and lay out the targets of d drugs."""
        files = places.knowledge
        network = Interactome.from_indices(*read_protein_edges(files.genes, files.interactome))
        names = pd.Index(network.names.astype(str))
        table = read_table(files.targets, DRUG_TARGETS)
        first, mechanism = mechanisms(target_sets(drugs, table, names))
        targets = target_sets(drugs.iloc[first].reset_index(drop=True), table, names)
        directed = targets.table["drug"].to_numpy()[targets.table["sign"].to_numpy() != 0]
        wiring = read_wiring(files.wiring)
        return cls(
            network,
            wiring,
            names.get_indexer(wiring.proteins),
            targets,
            mechanism,
            np.bincount(directed, minlength=targets.drugs) > 0,
            Precedents.of(read_anndata(files.precedents, PRECEDENTS)).on(
                names, pd.Index(drugs["drug_id"]), mechanism, left_out={}
            ),
        )

    def combined(
        self, twin: ad.AnnData, replicates: ad.AnnData | None, weight: np.ndarray | None = None
    ) -> Combined:
        """Score the e entries on the scorable compartments of a twin without origin layers."""
        twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
        if weight is None:
            weight = twin.obs["latest"].to_numpy(dtype=float)
        state = screened_state(twin, replicates, weight)
        return self.combine(self.kinds(state), state)

    def kinds(self, state: ScreenedState) -> list[Calibrated]:
        """Measure the kinds of evidence that cells touch."""
        bare = np.full((self.targets.drugs, len(state.parts)), np.nan)
        return [
            causal_evidence(state, self.wiring, self.place, self.targets, bare),
            counteraction_evidence(state, self.network.adjacency, self.targets),
            precedent_evidence(state, self.library, self.targets),
        ]

    def combine(self, kinds: Sequence[Calibrated], state: ScreenedState) -> Combined:
        """Put kinds of evidence on a state together."""
        return combine_kinds(
            kinds,
            WEIGHTS,
            allowed=self.allowed,
            spread=state.spread,
            null_spread=state.null_spread,
            null="null replicates",
            max_pvalue=MAX_PVALUE,
        )


def read_twin(places: Places, donor: str) -> tuple[ad.AnnData, ad.AnnData]:
    """Read a donor's twin and replicates."""
    name = f"patient_{donor}.h5ad"
    return (
        read_anndata(places.output / "twins" / name, TWIN),
        read_anndata(places.output / "replicates" / name, REPLICATES),
    )


def read_cells(places: Places, donor: str) -> tuple[ad.AnnData, ad.AnnData]:
    """Read a donor's stimulated and untreated cells."""
    paths = [places.output / f"observations/patient_{donor}_{name}.h5ad" for name in CONDITIONS]
    stimulated, untreated = (read_anndata(path, OBSERVATION) for path in paths)
    return stimulated, untreated


def settings_of(twin: ad.AnnData, **other: Any) -> ComparisonSettings:
    """Take the settings that a twin was built with, some of them changed."""
    kept = twin.uns["provenance"]["parameters"]
    values = {name: kept[name] for name in ComparisonSettings.model_fields}
    return ComparisonSettings(**values | {"random_sets": 20, **other})


def build(
    states: ad.AnnData, controls: ad.AnnData, settings: ComparisonSettings, network: Interactome
) -> tuple[ad.AnnData, ad.AnnData]:
    """Build a twin of two samples of cells, with its replicates, as the workflow would.

    What the score doesn't need is left out: communication, pathways, intervals of the twin.
    """
    found = compare_with_own_control([states], [controls], settings)
    blocks = []
    for one in found:
        for kind, replicates in (
            ("bootstrap", one.replicates),
            ("null", one.null_replicates() if one.null_replicates else None),
        ):
            if replicates is not None:
                obs = pd.DataFrame(
                    {"compartment": one.name, "replicate": replicates.number, "kind": kind}
                )
                blocks.append((obs, replicates.effect, replicates.logfc))
        one.replicates = one.null_replicates = None
    twin = assemble(found, network, settings)
    obs = pd.concat([block[0] for block in blocks], ignore_index=True)
    obs.index = obs.index.astype(str)
    replicates = ad.AnnData(
        np.vstack([block[1] for block in blocks]),
        obs=obs,
        var=pd.DataFrame(index=found[0].genes),
        layers={"logfc": np.vstack([block[2] for block in blocks])},
    )
    return twin, replicates


def sample_of(cells: ad.AnnData, counts: sparse.csr_array, obs: pd.DataFrame, patient: str) -> Any:
    """Make a sample like another of other cells."""
    uns = {**cells.uns, "sample": {**cells.uns["sample"], "patient": patient}}
    return ad.AnnData(sparse.csr_matrix(counts), obs=obs, var=cells.var, uns=uns)


# --- ranking -------------------------------------------------------------------------------------


def ranking(
    places: Places, drugs: pd.DataFrame, labels: dict[str, str], shared: Shared
) -> Iterator[Figure]:
    """Show 1: what belongs on top leads, what belongs at the end trails, in each donor."""
    rows, firsts = [], {}
    for donor in DONORS:
        twin, replicates = read_twin(places, donor)
        case, outcome, ranked = case_of(twin, replicates, drugs, labels, places)
        row, first = judged(case), ranked.iloc[0]
        last = ranked[ranked["label"] == "bottom"]["rank"] / len(ranked)
        row["interferons"] = float(last.min())
        row["jak"] = float((ranked[ranked["label"] == "positive"]["rank"] / len(ranked)).median())
        scorable = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
        weight, _ = compartment_weights(scorable, "communication")
        other = shared.combined(twin, replicates, weight)
        row["communication"] = auroc_of(other.score[shared.mechanism], drugs, labels)
        rows.append(row)
        call = outcome.call
        assert call is not None
        firsts[donor] = call.called, str(first["label"]) == "positive"
        called = f"called, p {call.pvalue:.1e}" if call.called else f"no call, p {call.pvalue:.2f}"
        found = f"{first['name']} ({called})"
        yield reported("1", f"donor {donor}: first of {len(ranked)} drugs", found)
        figures_of = " ".join(f"{row[name]:.3f}" for name in ("AUROC", "AP", "DM60", "distinct"))
        yield reported("1", f"donor {donor}: AUROC, AP, DM60, distinct mechanisms", figures_of)
        if donor in DONORS[:2]:
            lean = shared.combined(twin, replicates)
            apart = np.nanmax(np.abs(lean.score[shared.mechanism] - outcome.score))
            same = lean.call == call and np.isfinite(lean.score[shared.mechanism]).sum() == len(
                ranked
            )
            yield Figure(
                "1",
                f"donor {donor}: the lean screen of parts 2 and 7 is the same; score apart",
                f"{apart:.1e}",
                "<= 1e-6, same call",
                bool(apart <= 1e-6 and same),
            )
    table = pd.DataFrame(rows, index=list(DONORS))
    yield at_least("1", "AUROC, median of donors", table["AUROC"].median(), 0.97)
    yield at_least("1", "AUROC, worst donor", table["AUROC"].min(), 0.93)
    yield at_least("1", "average precision, median", table["AP"].median(), 0.5)
    yield reported("1", "average precision, worst donor", float(table["AP"].min()))
    yield reported("1", "average precision of a random order", float(table["prevalence"].median()))
    what = "interferons: place from the top, the better of both, worst donor"
    yield at_least("1", what, table["interferons"].min(), 0.95)
    yield at_least("1", "degree-matched AUROC (DM60), median", table["DM60"].median(), 0.95)
    yield reported("1", "degree-matched AUROC (DM60), worst donor", float(table["DM60"].min()))
    yield reported("1", "distinct mechanisms: AUROC, median", float(table["distinct"].median()))
    yield reported("1", "distinct mechanisms: AUROC, worst donor", float(table["distinct"].min()))
    yield reported("1", "distinct mechanisms: DM60, median", float(table["distinct DM60"].median()))
    yield from baselines(table)
    what = "AUROC with compartments weighted by communication"
    yield reported("1", f"{what}, median", float(table["communication"].median()))
    yield reported("1", f"{what}, worst donor", float(table["communication"].min()))
    nearest = [nearest_state(places, shared, donor) for donor in DONORS]
    what = f"the most similar state is {LUPUS}"
    yield exactly("1", what, sum(name == LUPUS for name, _ in nearest), len(DONORS))
    yield reported("1", "its similarity, least of the donors", min(value for _, value in nearest))
    yield exactly("2", "as they are: a call", sum(one for one, _ in firsts.values()), len(DONORS))
    what = "as they are: a JAK inhibitor or anifrolumab first"
    yield exactly("2", what, sum(right for _, right in firsts.values()), len(DONORS))


def nearest_state(places: Places, shared: Shared, donor: str) -> tuple[str, float]:
    """Name the reference state that a donor's stimulated cells are most similar to."""
    twin, _ = read_twin(places, donor)
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    state = screened_state(twin, None, twin.obs["latest"].to_numpy(dtype=float))
    alike = similarity(state.whole[None, :], state.seen, shared.library.scores)[0]
    best = int(np.nanargmax(alike))
    return str(shared.library.states["name"].iloc[best]), float(alike[best])


def case_of(
    twin: ad.AnnData,
    replicates: ad.AnnData,
    drugs: pd.DataFrame,
    labels: dict[str, str],
    places: Places,
) -> tuple[Case, Any, pd.DataFrame]:
    """Screen a twin; give the case to judge, the outcome, and the drugs ranked, best first."""
    evidence, outcome = screened(twin, replicates, drugs, places)
    obs = drugs.set_index("drug_id")[["name"]].copy()
    obs["rank"] = rank_of(outcome.score)
    obs["n_targets"] = outcome.n_targets
    obs["mechanism"] = obs.index[evidence.inputs.first[evidence.mechanism]]
    kinds = ("causal", "counteraction", "proximity")
    for name in kinds:
        obs[f"{name}_z"] = evidence.kinds[name].z[evidence.mechanism]
    obs["label"] = labels_of_drugs(obs, labels)
    scorable = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    var = pd.DataFrame({"weight": evidence.inputs.weight}, index=scorable.obs_names)
    uns = {
        "patient": twin.uns["patient"],
        "targets": evidence.inputs.scored.targets.listed(),
        "kinds": pd.DataFrame({"kind": list(kinds)}),
    }
    screen = ad.AnnData(obs=obs, var=var, uns=uns)
    case = make_case({"calibrated": screen}, twin, labels=labels, elsewhere=None)
    return case, outcome, obs.dropna(subset="rank").sort_values("rank", kind="stable")


def rank_of(score: np.ndarray) -> np.ndarray:
    """Rank drugs, the best first, equal scores sharing the better rank; NaN stays NaN."""
    rank = pd.Series(score).round(SCORE_DIGITS).rank(ascending=False, method="min")
    return rank.to_numpy()


def auroc_of(score: np.ndarray, drugs: pd.DataFrame, labels: dict[str, str]) -> float:
    """AUROC of scores of d drugs by their labels."""
    label = labels_of_drugs(drugs.set_index("drug_id"), labels)
    kept = label != "excluded"
    return auroc(-rank_of(score)[kept], label[kept] == "positive")


def judged(case: Case) -> dict[str, float]:
    """Give every measure of a case, and the AUROC of every other method."""
    score = case.scores["preset", "calibrated"].to_numpy()
    right, one, degree = distinct_mechanisms(case.mechanisms, case.positives, score, case.degree)
    row = {
        "AUROC": auroc(score, case.positives),
        "AP": average_precision(score, case.positives),
        "DM60": dm_k(score, case.positives, case.degree, k=60),
        "distinct": auroc(one, right),
        "distinct DM60": dm_k(one, right, degree, k=60),
        "prevalence": float(case.positives.mean()),
        "random spread": expected_auroc(int(case.positives.sum()), int((~case.positives).sum()))[1],
    }
    for kind, method in case.methods:
        row[f"{kind} {method}"] = auroc(case.scores[kind, method].to_numpy(), case.positives)
    return row


def baselines(table: pd.DataFrame) -> Iterator[Figure]:
    """Hold the AUROC of each donor against that of every baseline and of each kind alone."""
    found, n = table["AUROC"], len(table)
    spread = float(table["random spread"].max())
    what = f"better than a random order (0.500, standard deviation {spread:.3f}): donors"
    yield exactly("1", what, int((found > 0.5).sum()), n)
    for name in (N_TARGETS, DEGREE, DEVIATION):
        other = table[f"{BASELINE} {name}"]
        what = f"better than {name} (median {other.median():.3f}): donors"
        yield exactly("1", what, int((found > other).sum()), n)
    yield reported("1", "popularity elsewhere", "undefined: one set of labels for all")
    for name in ("causal", "counteraction", "proximity"):
        other = table[f"evidence {name}"]
        what = f"{name} alone: AUROC, median, worst"
        yield reported("1", what, f"{other.median():.3f} {other.min():.3f}")


def exactly(part: str, what: str, found: int, wanted: int) -> Figure:
    """Give a count that must be that of all."""
    return Figure(part, what, f"{found} of {wanted}", f"{wanted}", found == wanted)


# --- permuted labels -----------------------------------------------------------------------------


def permuted(places: Places, shared: Shared) -> Iterator[Figure]:
    """Show 2: no call where the labels of the cells are permuted within cell type."""
    with ProcessPoolExecutor() as pool:
        donors = pool.map(permuted_pvalues, repeat(places), repeat(shared), DONORS)
        found = np.concatenate(list(donors))
    silent = int((found >= MAX_PVALUE).sum())
    yield Figure(
        "2",
        "labels permuted: no call",
        f"{silent} of {len(found)}",
        ">= 95 %",
        bool(silent >= 0.95 * len(found)),
    )
    yield reported(
        "2", "labels permuted: median p, the greater of a call's two", float(np.median(found))
    )
    yield reported("2", "labels permuted: share with p < 0.05", float((found < 0.05).mean()))
    yield reported("2", "labels permuted: least p", float(found.min()))


def permuted_pvalues(places: Places, shared: Shared, donor: str) -> np.ndarray:
    """Greater of a call's two p for each permutation of one donor's labels, (permutations,)."""
    began = time.process_time()
    twin, _ = read_twin(places, donor)
    settings = settings_of(twin, bootstrap_replicates=0, null_replicates=REPLICATES_OF_A_TWIN)
    cells = read_cells(places, donor)
    found = np.empty(PERMUTATIONS)
    for number in range(PERMUTATIONS):
        pair = permuted_samples(*cells, f"{donor}, permutation {number}")
        call = shared.combined(*build(*pair, settings, shared.network)).call
        found[number] = max(call.pvalue, call.fit_pvalue)
    calls, cost = (found < MAX_PVALUE).sum(), time.process_time() - began
    print(f"   donor {donor}: {calls} calls in {PERMUTATIONS}, {cost:.0f} CPU-s", flush=True)
    return found


def dealt_out(places: Places, shared: Shared) -> Iterator[Figure]:
    """Show 2: no call where each donor deviates as far, but in other genes.

    The deviations of the state are dealt out anew among genes measured in as many compartments.
    """
    calls, best = [], []
    for donor in DONORS:
        twin, replicates = read_twin(places, donor)
        twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
        weight = twin.obs["latest"].to_numpy(dtype=float)
        state = screened_state(twin, replicates, weight)
        random = generator(SEED, "dealt out", donor)
        number = state.measured[weight > 0].sum(axis=0)
        states = np.tile(state.whole, (PERMUTATIONS, 1))
        for row in states:
            for one in np.unique(number):
                place = np.flatnonzero(number == one)
                row[place] = row[random.permutation(place)]
        nothing = replace(state, null=np.vstack([states, state.null]))
        kinds = shared.kinds(nothing)
        for i in range(PERMUTATIONS):
            calls.append(shared.combine([_as_patient(kind, i) for kind in kinds], state).call)
        best.append(shared.combine([replace(k, null=None) for k in kinds], state).call.best)
    called = sum(call.called for call in calls)
    farther = sum(call.pvalue < MAX_PVALUE for call in calls)
    share = 1 - called / len(calls)
    yield at_least("2", f"deviations dealt out among genes ({len(calls)}): no call", share, 0.95)
    yield reported("2", "same, by the null replicates alone", 1 - farther / len(calls))
    tops = np.array([call.fit_pvalue for call in calls])
    yield reported("2", "same, share with p of the fit < 0.05", float((tops < 0.05).mean()))
    yield reported("2", "best score as it is, least of the donors", float(min(best)))


def _as_patient(kind: Calibrated, number: int) -> Calibrated:
    """Take one of the first `PERMUTATIONS` null replicates for the patient, and not the others."""
    assert kind.null is not None
    found = replace(kind, weaker_z=kind.null[:, number], null=kind.null[:, PERMUTATIONS:])
    share = kind.null_share
    if share is None:
        return found
    return replace(found, share=float(share[number]), null_share=share[PERMUTATIONS:])


def permuted_samples(
    stimulated: ad.AnnData, untreated: ad.AnnData, patient: str
) -> tuple[ad.AnnData, ad.AnnData]:
    """Permute which of two samples each cell is of, within cell types; their numbers stay.

    Parameters
    ----------
    stimulated, untreated
        The samples.
    patient
        Name of the patient that this makes, which names all randomness too.
    """
    random = generator(SEED, "permuted labels", patient)
    both = sparse.csr_array(sparse.vstack([stimulated.X, untreated.X], format="csr"))
    types = np.concatenate([one.obs["cell_type"].astype(str) for one in (stimulated, untreated)])
    order = np.arange(len(types))
    for cell_type in np.unique(types):
        place = np.flatnonzero(types == cell_type)
        order[place] = random.permutation(place)
    n = stimulated.n_obs
    return (
        sample_of(stimulated, both[order[:n]], stimulated.obs, patient),
        sample_of(untreated, both[order[n:]], untreated.obs, patient),
    )


# --- coverage of the intervals -------------------------------------------------------------------


def coverage(places: Places, shared: Shared) -> Iterator[Figure]:
    """Show 7: the rank in one half of a donor's cells lies in the interval of the other half.

    How intervals are made was chosen on the splits of the first seed; the second one's were not
    looked at before.
    """
    for seed in (SEED, SEED + 1):
        yield from _coverage(places, shared, seed)


def _coverage(places: Places, shared: Shared, seed: int) -> Iterator[Figure]:
    inside: list[np.ndarray] = []
    for donor in DONORS:
        twin, _ = read_twin(places, donor)
        settings = settings_of(twin, bootstrap_replicates=REPLICATES_OF_A_TWIN, null_replicates=0)
        found = []
        pair = halves(*read_cells(places, donor), donor, seed)
        built = [build(*half, settings, shared.network) for half in pair]
        scorable = [set(one.obs_names[one.obs["scorable"].to_numpy(bool)]) for one, _ in built]
        for one, replicates in built:
            # Of the same compartments: an interval says nothing of one that another sample lacks.
            weight = one.obs_names.isin(scorable[0] & scorable[1])[
                one.obs["scorable"].to_numpy(bool)
            ]
            result = shared.combined(one, replicates, weight.astype(float))
            score, copied = result.score[shared.mechanism], result.resampled[shared.mechanism]
            found.append((rank_of(score), replicate_intervals(score, copied)))
        weaker_z = [covered(one, other[0]) for one, other in (found, found[::-1])]
        inside += weaker_z
        width = np.nanmedian(found[0][1]["rank_high"] - found[0][1]["rank_low"])
        shares = " ".join(f"{share.mean():.3f}" for share in weaker_z)
        what = f"donor {donor}, split {seed}: ranks of one half in the intervals of the other"
        yield reported("7", what, f"{shares} (median width {width:.0f})")
    share = float(np.concatenate(inside).mean())
    what = f"split {seed}: ranks of one half in the 90 % intervals of the other, all"
    yield Figure("7", what, f"{share:.3f}", "0.80 to 0.97", 0.80 <= share <= 0.97)


def halves(
    stimulated: ad.AnnData, untreated: ad.AnnData, donor: str, seed: int
) -> Sequence[tuple[ad.AnnData, ad.AnnData]]:
    """Split both samples of a donor in two at random, within cell types."""
    parts: list[list[ad.AnnData]] = [[], []]
    for one, condition in zip((stimulated, untreated), CONDITIONS, strict=True):
        random = generator(seed, "halves", donor, condition)
        side = np.zeros(one.n_obs, dtype=int)
        for cell_type, half in product(one.obs["cell_type"].astype(str).unique(), (1,)):
            place = np.flatnonzero((one.obs["cell_type"].astype(str) == cell_type).to_numpy())
            side[random.permutation(place)[: len(place) // 2]] = half
        for half, part in enumerate(parts):
            rows = np.flatnonzero(side == half)
            name = f"{donor}, half {half}"
            part.append(sample_of(one, sparse.csr_array(one.X)[rows], one.obs.iloc[rows], name))
    return [(part[0], part[1]) for part in parts]


def covered(one: tuple[np.ndarray, dict[str, np.ndarray]], rank: np.ndarray) -> np.ndarray:
    """Say of each drug ranked in both whether a rank lies in the interval of another screen."""
    low, high = one[1]["rank_low"], one[1]["rank_high"]
    both = np.isfinite(rank) & np.isfinite(low)
    inside: np.ndarray = ((rank >= low) & (rank <= high))[both]
    return inside

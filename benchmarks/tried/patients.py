"""What of a patient tells whether evidence A belongs there, and how A counts by it."""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from twinscreen.screen.evidence import causal

from .bench import EQUAL, Bench, Kinds, only, say
from .truth import Truth
from .wirings import Row

#: Correlation of A and B over the mechanisms at which A has all of its weight, where it goes by it.
AGREED = 0.3


def patient_variants(bench: Bench) -> Iterator[Row]:
    """Weigh A by other figures of the patient, and take out what treatment leaves in the cells."""
    whole = bench.measured(share=everywhere)
    yield "A: all of its weight in everybody", whole
    for full in (1.25, 2.0):
        what = f"A: all of its weight at {full:g} times the best of noise"
        yield what, bench.measured(share=lambda kinds, full=full: by_best(kinds, full))
    yield "A: weight by its correlation with B", bench.measured(share=by_agreement)
    kept = [
        not_against(kinds["causal"], activates_factors(bench, truth))
        for truth, kinds in zip(bench.truths, bench.kinds, strict=True)
    ]
    what = "A: never against a drug that activates a transcription factor"
    yield f"{what}; all of its weight", bench.measured(share=everywhere, causal=kept)
    yield what, bench.measured(causal=kept)
    alone = bench.measured(only("causal"))["each"]
    gain = whole["each"] - bench.measured(EQUAL | {"causal": 0.0})["each"]
    for name, figure in (("best z of A", best), ("correlation of A and B", agreement)):
        diseases, donors = (figure(kinds) for kinds in bench.kinds)
        for against, values in (("AUROC of A alone", alone), ("what A adds", gain)):
            rho, pvalue = stats.spearmanr(diseases, values, nan_policy="omit")
            say(f"{name} and {against} over the diseases: Spearman {rho:+.2f} (p {pvalue:.2g})")
        say(
            f"{name}: {np.median(diseases):.2f} [{diseases.min():.2f}, {diseases.max():.2f}] in"
            f" diseases, {np.median(donors):.2f} [{donors.min():.2f}, {donors.max():.2f}] in donors"
        )


def everywhere(kinds: Kinds) -> np.ndarray:
    """Give A all of its weight."""
    return np.ones(kinds["causal"].shape[1])


def best(kinds: Kinds) -> np.ndarray:
    """Greatest z of A in each patient, (k,)."""
    found: np.ndarray = np.nanmax(kinds["causal"], axis=0)
    return found


def by_best(kinds: Kinds, full: float) -> np.ndarray:
    """Weigh A as the screen does, but in full at another multiple of the best of noise."""
    number = np.isfinite(kinds["causal"]).sum(axis=0)
    beyond = best(kinds) / np.sqrt(2 * np.log(number)) - 1
    return np.clip(beyond / (full - 1), causal.LEAST, 1)


def agreement(kinds: Kinds) -> np.ndarray:
    """Correlation of A and B over the mechanisms of which both say something, (k,)."""
    pairs = zip(kinds["causal"].T, kinds["counteraction"].T, strict=True)
    found = []
    for one, other in pairs:
        both = np.isfinite(one) & np.isfinite(other) & (one != 0)
        found.append(np.corrcoef(one[both], other[both])[0, 1])
    return np.array(found)


def by_agreement(kinds: Kinds) -> np.ndarray:
    """Weigh A by its correlation with B."""
    return np.clip(agreement(kinds) / AGREED, causal.LEAST, 1)


def activates_factors(bench: Bench, truth: Truth) -> np.ndarray:
    """Mark mechanisms all of whose known actions activate transcription factors, (e,)."""
    regulates = np.diff(bench.wiring.network.regulation.start) > 0
    table = truth.targets.table
    directed = table[table["sign"] != 0]
    fits = (directed["sign"] > 0) & directed["target"].isin(bench.wiring.proteins[regulates])
    marked = fits.groupby(directed["drug"]).all()
    result = np.zeros(truth.targets.drugs, dtype=bool)
    result[marked.index[marked]] = True
    return result


def not_against(z: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Raise z below 0 to 0 for the mechanisms marked."""
    return np.where(marked[:, None] & (z < 0), 0, z)

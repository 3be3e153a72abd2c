"""Transcription factors over-expressed in cell lines, to be found by the genes they regulate.

The LINCS consensus names the genes that change when one gene is over-expressed. What it does not
list did not pass its limit, so a gene has its z where it is listed and 0 elsewhere, over all genes
that are listed in any experiment.

A raised protein that is no factor can only be found from upstream, by its over-activity in causal
evidence as a whole: its place among all that are raised in any experiment, beside the same where
others were raised. What its own transcript says, which was raised, takes no part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from twinscreen.files import GENES, generator, read_table
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.network import activity
from twinscreen.network.signed.ridge_activity import FEWEST, factor_model
from twinscreen.network.signed.signed_walk import SignedEdges

from . import upstream
from .common import SEED, Figure, Places, at_least, at_most, reported

FILE = "overexpression/lincs_consensus_significant.tsv.gz"

#: Rewired networks of signalling that take the place of the real one.
WRONG = 3

#: Rewired networks of regulation.
REWIRINGS = 100

#: An experiment that lists fewer genes says little of any regulon.
ENOUGH = 10

#: The estimator of the screen, of which the figures are needed; the other stands beside it.
SHIPPED = "all factors at once"

NEEDED, NEEDED_REWIRED = 0.60, 0.52


@dataclass(frozen=True)
class Experiments:
    """z of g genes in k experiments, shape (k, g), and the gene that was over-expressed in each."""

    z: np.ndarray
    genes: pd.Index
    raised: np.ndarray


def read_experiments(places: Places) -> Experiments:
    """Read the over-expressions, with approved symbols for Entrez numbers."""
    table = pd.read_csv(places.data / FILE, sep="\t")
    genes = read_table(places.knowledge.genes, GENES).dropna(subset="entrez_id")
    symbol = pd.Series(genes["symbol"].to_numpy(), index=genes["entrez_id"].astype(int))
    symbol = symbol[~symbol.index.duplicated()]
    table["raised"] = table["overexpressed_entrez"].map(symbol)
    table["gene"] = table["entrez_id"].map(symbol)
    wide = table.dropna(subset=["raised", "gene"]).pivot_table(
        index="raised", columns="gene", values="z", fill_value=0.0
    )
    return Experiments(wide.to_numpy(), wide.columns, wide.index.to_numpy())


def percentiles(value: np.ndarray, raised: np.ndarray) -> np.ndarray:
    """Percentile of each experiment's own factor among all factors, ties half.

    Parameters
    ----------
    value
        Activity of f factors in k experiments, shape (f, k); NaN where a factor has none.
    raised
        Row of the over-expressed factor of each experiment, shape (k,).
    """
    rank = stats.rankdata(value, axis=0, nan_policy="omit")
    number = np.isfinite(value).sum(axis=0)
    own = rank[raised, np.arange(value.shape[1])]
    result: np.ndarray = (own - 0.5) / number
    return result


@dataclass(frozen=True)
class Factors:
    """Experiments in which one of f factors is raised.

    `place` (p,) is the measured gene of each protein of the wiring, -1 where there is none; `rows`
    (f,) the proteins that are factors with as many measured genes in their regulon as the screen
    asks for; `raised` (k,) the factor of each experiment; `z` (p, k) its genes, 0 where not
    measured.
    """

    place: np.ndarray
    rows: np.ndarray
    raised: np.ndarray
    z: np.ndarray

    @classmethod
    def of(cls, found: Experiments, wiring: Wiring) -> "Factors":
        """Keep the experiments with a factor that has enough measured genes in its regulon."""
        place = found.genes.get_indexer(wiring.proteins)
        regulated = wiring.network.regulation.transition() != 0
        rows = np.flatnonzero(regulated.astype(float) @ (place >= 0).astype(float) >= FEWEST)
        factor = pd.Index(wiring.proteins[rows]).get_indexer(pd.Index(found.raised))
        known = place >= 0
        values = np.zeros((len(place), int((factor >= 0).sum())))
        values[known] = found.z[factor >= 0][:, place[known]].T
        return cls(place, rows, factor[factor >= 0], values)

    def listed_of_own(self, regulons: sparse.csr_array) -> np.ndarray:
        """Mark the experiments that list any gene of the factor raised, boolean, shape (k,)."""
        regulated = regulons[self.rows[self.raised]].toarray() != 0
        found: np.ndarray = (regulated & (self.z.T != 0)).any(axis=1)
        return found

    def all_at_once(self, regulons: sparse.csr_array) -> np.ndarray:
        """Percentiles by the regression on all factors, shape (k,): what the screen uses."""
        model = factor_model(sparse.csr_array(regulons[self.rows]), self.place >= 0)
        value = model.activity(self.z)
        value[np.setdiff1d(np.arange(len(value)), model.rows)] = np.nan
        return percentiles(value, self.raised)

    def one_by_one(self, regulons: sparse.csr_array) -> np.ndarray:
        """Percentiles by the correlation with each factor's genes, shape (k,)."""
        matrix = np.asarray(regulons[self.rows].toarray(), dtype=float)
        measured = np.flatnonzero(self.place >= 0)
        effect = self.z[measured].T
        value = activity(matrix[:, measured], effect, np.arange(len(measured))).z
        return percentiles(value, self.raised)


def figures(places: Places) -> Iterator[Figure]:
    """Give the mean percentile of the raised factor by both estimators, and on rewired networks."""
    places.kang()
    wiring = read_wiring(places.knowledge.wiring)
    regulation = wiring.network.regulation
    found = read_experiments(places)
    factors = Factors.of(found, wiring)
    listed = (factors.z != 0).sum(axis=0)
    k, g = found.z.shape
    real = regulation.transition()
    of_own = int(factors.listed_of_own(real).sum())
    yield reported("LINCS", f"experiments; genes listed in any: {g}", k)
    yield reported(
        "LINCS",
        f"raising one of {len(factors.rows)} factors of {FEWEST} genes or more",
        len(factors.raised),
    )
    yield reported("LINCS", "of which list a gene that the factor regulates", of_own)
    yield reported("LINCS", "genes listed in these experiments, median", float(np.median(listed)))
    rewired = [_rewired(regulation, number) for number in range(REWIRINGS)]
    for name, estimate in (
        (SHIPPED, factors.all_at_once),
        ("factors one by one", factors.one_by_one),
    ):
        own, null = estimate(real), [estimate(one) for one in rewired]
        for which, kept in (("all", listed > 0), (f"{ENOUGH} genes or more", listed >= ENOUGH)):
            said = kept & np.isfinite(own)
            value = float(own[said].mean())
            drawn = np.array([np.nanmean(one[kept]) for one in null])
            what = f"{name}, {which} ({said.sum()}): mean percentile"
            beside = f"same, {REWIRINGS} rewired networks ({drawn.min():.2f}-{drawn.max():.2f})"
            if which == "all" and name == SHIPPED:
                yield at_least("LINCS", what, value, NEEDED)
                yield at_most("LINCS", beside, float(drawn.mean()), NEEDED_REWIRED)
            else:
                yield reported("LINCS", what, value)
                yield reported("LINCS", beside, float(drawn.mean()))
    yield from from_upstream(found, wiring)


def from_upstream(found: Experiments, wiring: Wiring) -> Iterator[Figure]:
    """Give the place of the raised protein by causal evidence, and by it on rewired networks."""
    what = "any protein raised, from upstream"
    networks = {what: wiring} | {
        f"same, rewired network {i + 1} as real": upstream.rewired_as_real(wiring, i)
        for i in range(WRONG)
    }
    for name, network in networks.items():
        place = standing(found, network)
        for which, kept in (
            ("all", place["listed"] > 0),
            (f"{ENOUGH} genes or more", place["listed"] >= ENOUGH),
        ):
            here = place[kept]
            more = here["own"] - here["other"]
            pvalue = stats.wilcoxon(more, alternative="greater").pvalue
            yield reported(
                "LINCS",
                f"{name}, {which} ({len(here)}): mean, median percentile, own",
                f"{here['own'].mean():.3f} {here['own'].median():.3f}"
                f" {more.mean():+.3f} (p {pvalue:.2g})",
            )


def standing(found: Experiments, wiring: Wiring) -> pd.DataFrame:
    """Say how high the raised protein of each experiment stands among all that are raised.

    Returns
    -------
    A row per experiment whose protein leads to a factor: `own`, its percentile by over-activity,
    `other`, the mean of the same in all experiments, and `listed`, genes that changed beside it.
    """
    z = found.z.copy()
    column = found.genes.get_indexer(pd.Index(found.raised))
    z[np.flatnonzero(column >= 0), column[column >= 0]] = 0
    spread = z.std(axis=1, keepdims=True)
    states = np.divide(z - z.mean(axis=1, keepdims=True), spread, out=0 * z, where=spread > 0)
    proteins = pd.Index(np.unique(found.raised.astype(str)))
    place = upstream.percentiles(upstream.overactivity(states, found.genes, wiring, proteins))
    row = proteins.get_indexer(pd.Index(found.raised.astype(str)))
    listed = (z != 0).sum(axis=1)
    own, said = place[row, np.arange(len(row))], listed > 0
    kept = said & np.isfinite(own)
    other = np.nanmean(place[:, said][row[kept]], axis=1)
    return pd.DataFrame({"own": own[kept], "other": other, "listed": listed[kept]})


def _rewired(regulation: SignedEdges, number: int) -> sparse.csr_array:
    """Rewire regulation: a factor keeps how many genes it raises and lowers, a gene its factors."""
    return regulation.transition(regulation.rewired(generator(SEED, "regulation", str(number))))

"""Effects and relevance of all twins, one cell type of one tissue after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError, Parts
from twinscreen.files.arrays import WaitingRows

#: Relevance that chance gives. What is not above it says nothing of a patient and counts as 0:
#: of the proteins some 6 % are above it, and hold 92 % of the sum.
CHANCE = 1.0

#: What is read of a twin.
OF_TWIN = Parts(
    obs=("latest", "scorable", "cell_type", "tissue"),
    layers=("relevance",),
    uns=("patient", "samples"),
    x=True,
)


@dataclass(frozen=True)
class Place:
    """The screened state of one cell type in one tissue, over the m patients who have it.

    `rows` are their places among all patients, shape (m,). `effect`, shape (m, g), stores what was
    measured, an effect of 0 too; `relevance`, shape (m, g), what is above chance, and
    nothing at all for a patient without relevance there.
    """

    rows: np.ndarray
    effect: sparse.csr_array
    relevance: sparse.csr_array
    name: str = ""


@dataclass(frozen=True)
class _Row:
    """A row of a sparse matrix: what is stored, and in which columns."""

    indices: np.ndarray
    data: np.ndarray

    @classmethod
    def of(cls, row: np.ndarray, kept: np.ndarray) -> _Row:
        """Copy of a dense row what is `kept`."""
        return cls(np.flatnonzero(kept).astype(np.int32), row[kept].astype(np.float32))


@dataclass(frozen=True)
class _Compartment:
    """The place of a treated compartment, its effects and its relevance."""

    place: str
    effect: _Row
    relevance: _Row


@dataclass(frozen=True)
class Told:
    """What is kept of one twin, which messages call `file`."""

    file: str
    patient: str
    genes: list[str]
    compartments: list[_Compartment]
    texts: dict[str, str]


class _Waiting:
    """One place: the numbers of its patients, as they came, and what waits of them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.effect, self.relevance = WaitingRows(), WaitingRows()

    def add(self, number: int, of: _Compartment) -> None:
        """Add a patient."""
        self.numbers.append(number)
        self.effect.add(of.effect.indices, of.effect.data)
        self.relevance.add(of.relevance.indices, of.relevance.data)

    def place(self, name: str, row: np.ndarray, n_genes: int) -> Place:
        """Put patients in order; `row` is that of each number, -1 for who is not asked for."""
        rows = row[self.numbers]
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        effect, relevance = (of.matrix(order, n_genes) for of in (self.effect, self.relevance))
        return Place(rows[order], effect, relevance, name)


@dataclass(frozen=True)
class Profiles:
    """Who was read, in order of their names, and what is told of each patient.

    `texts` are the columns of the patient sheet and the `batch` of the samples, by patient.
    """

    patients: tuple[str, ...]
    texts: dict[str, dict[str, str]]
    _waiting: dict[str, _Waiting]
    _rank: np.ndarray
    _n_genes: int

    def having_places(self) -> np.ndarray:
        """Give the numbers of the patients who have any place."""
        numbers = {number for place in self._waiting.values() for number in place.numbers}
        return np.sort(self._rank[sorted(numbers)])

    def places(self, of: np.ndarray | None = None) -> Iterator[Place]:
        """Give the places in order of their names `cell_type|tissue`.

        With `of`, m of the n patients, shape (m,): their parts of all places, rows from 0 to m - 1.
        """
        of = np.arange(len(self.patients)) if of is None else of
        row = np.full(len(self.patients), -1)
        row[of] = np.arange(len(of))
        for name in sorted(self._waiting):
            yield self._waiting[name].place(name, row[self._rank], self._n_genes)


def take(twin: ad.AnnData, *, file: str = "") -> Told:
    """Take of one twin no more than is compared."""
    patient = str(twin.uns["patient"]["patient"])
    genes = list(twin.var_names)
    return Told(file or f"twin of {patient}", patient, genes, _compartments(twin), _texts(twin))


def profiles_of(twins: Iterable[Told]) -> Profiles:
    """Collect the screened state of all twins: compartments that are latest and were compared.

    Parameters
    ----------
    twins
        What was taken of each. An unscorable one has no compartment; its patient is there all the
        same.

    Returns
    -------
    Patients in order of their names, so that no order of twins changes a result.

    Raises
    ------
    InputError
        A twin stands for a patient who was there before, or has other genes than the first.
    """
    texts: dict[str, dict[str, str]] = {}
    waiting: dict[str, _Waiting] = defaultdict(_Waiting)
    genes: list[str] = []
    for number, told in enumerate(twins):
        if told.patient in texts:
            raise InputError(
                file=told.file,
                found=f"a second twin of {told.patient}",
                expected="one twin for each patient",
                remedy="name each twin once",
            )
        genes = genes or told.genes
        if told.genes != genes:
            raise InputError(
                file=told.file,
                found="other genes than in the first twin",
                expected="twins on the same interactome",
                remedy="build all twins of the cohort with the same knowledge",
            )
        texts[told.patient] = told.texts
        for of in told.compartments:
            waiting[of.place].add(number, of)
    rank = np.argsort(np.argsort(np.array(list(texts), dtype=object)))
    return Profiles(tuple(sorted(texts)), texts, waiting, rank, len(genes))


def _texts(twin: ad.AnnData) -> dict[str, str]:
    """Give what is told of a patient; of several batches, all together."""
    told = {str(name): str(text).strip() for name, text in twin.uns["patient"].items()}
    del told["patient"]
    samples = pd.DataFrame(twin.uns["samples"])
    if "batch" in samples:
        told["batch"] = ", ".join(sorted(set(samples["batch"].astype(str).str.strip()) - {""}))
    return told


def _compartments(twin: ad.AnnData) -> list[_Compartment]:
    """Take each treated compartment."""
    treated = twin.obs["latest"].to_numpy(dtype=bool) & twin.obs["scorable"].to_numpy(dtype=bool)
    effect, relevance = np.asarray(twin.X), np.asarray(twin.layers["relevance"])
    names = twin.obs["cell_type"].astype(str) + "|" + twin.obs["tissue"].astype(str)
    return [
        _Compartment(
            names.iloc[row],
            _Row.of(effect[row], np.isfinite(effect[row])),
            _Row.of(relevance[row], relevance[row] > CHANCE),
        )
        for row in np.flatnonzero(treated)
    ]

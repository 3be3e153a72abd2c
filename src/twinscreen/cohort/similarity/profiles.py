"""Effects and relevance of all twins, one cell type of one tissue after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError, Parts

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
    """The treated state of one cell type in one tissue, over the m patients who have it.

    `rows` are their places among all patients, shape (m,). `effect`, shape (m, g), stores what was
    measured, an effect of 0 too; `relevance`, shape (m, g), what is above chance, and
    nothing at all for a patient without relevance there.
    """

    rows: np.ndarray
    effect: sparse.csr_array
    relevance: sparse.csr_array


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


@dataclass(frozen=True)
class Profiles:
    """Who was read, each place by its name `cell_type|tissue`, and what is told of each patient.

    `texts` are the columns of the patient sheet and the `batch` of the samples, by patient.
    """

    patients: tuple[str, ...]
    places: dict[str, Place]
    texts: dict[str, dict[str, str]]


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
    read: dict[str, list[_Compartment]] = {}
    texts: dict[str, dict[str, str]] = {}
    genes: list[str] = []
    for told in twins:
        if told.patient in read:
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
        read[told.patient] = told.compartments
        texts[told.patient] = told.texts
    return _together(read, texts, len(genes))


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


def _together(
    read: dict[str, list[_Compartment]],
    texts: dict[str, dict[str, str]],
    n_genes: int,
) -> Profiles:
    """Sort what was read by place."""
    rows: dict[str, list[int]] = defaultdict(list)
    effects: dict[str, list[_Row]] = defaultdict(list)
    relevances: dict[str, list[_Row]] = defaultdict(list)
    patients = tuple(sorted(read))
    for row, patient in enumerate(patients):
        for of in read.pop(patient):
            rows[of.place].append(row)
            effects[of.place].append(of.effect)
            relevances[of.place].append(of.relevance)
    places = {
        name: Place(
            np.array(rows[name]),
            _matrix(effects.pop(name), n_genes),
            _matrix(relevances.pop(name), n_genes),
        )
        for name in sorted(rows)
    }
    return Profiles(patients, places, texts)


def _matrix(rows: Sequence[_Row], n_columns: int) -> sparse.csr_array:
    """Put rows together."""
    ends = np.concatenate([[0], np.cumsum([len(row.indices) for row in rows])])
    data = np.concatenate([row.data for row in rows])
    indices = np.concatenate([row.indices for row in rows])
    return sparse.csr_array((data, indices, ends), shape=(len(rows), n_columns))

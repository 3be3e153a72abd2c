"""Effects and relevance of all twins, one cell type of one tissue after the other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import TWIN, FilePath, InputError, read_anndata

#: Relevance that chance gives. What is not above it says nothing of a patient and counts as 0:
#: of the proteins some 6 % are above it, and hold 92 % of the sum.
CHANCE = 1.0


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


@dataclass
class _Rows:
    """Rows of a sparse matrix while they come in."""

    indices: list[np.ndarray] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)

    def add(self, row: np.ndarray, kept: np.ndarray) -> None:
        """Take the next row; only what is `kept` is stored."""
        self.indices.append(np.flatnonzero(kept).astype(np.int32))
        self.values.append(row[kept].astype(np.float32))

    def matrix(self, n_columns: int) -> sparse.csr_array:
        """Put the rows together."""
        ends = np.concatenate([[0], np.cumsum([len(row) for row in self.indices])])
        shape = (len(self.indices), n_columns)
        return sparse.csr_array(
            (np.concatenate(self.values), np.concatenate(self.indices), ends), shape=shape
        )


@dataclass(frozen=True)
class Profiles:
    """Who was read, each place by its name `cell_type|tissue`, and what is told of each patient.

    `texts` are the columns of the patient sheet and the `batch` of the samples, by patient.
    """

    patients: tuple[str, ...]
    places: dict[str, Place]
    texts: dict[str, dict[str, str]]


def read_profiles(twins: Sequence[FilePath]) -> Profiles:
    """Read the treated state of all twins: compartments that are latest and were compared.

    Parameters
    ----------
    twins
        Files of twins. An unscorable one has no compartment; its patient is there all the same.

    Returns
    -------
    Patients in order of their names, so that no order of files changes a result.

    Raises
    ------
    InputError
        A file is no twin, stands for a patient who was read before, or has other genes than the
        first.
    """
    read: dict[str, list[tuple[str, np.ndarray, np.ndarray]]] = {}
    texts: dict[str, dict[str, str]] = {}
    genes: list[str] = []
    for path in twins:
        twin = read_anndata(path, TWIN)
        patient = str(twin.uns["patient"]["patient"])
        if patient in read:
            raise InputError(
                file=path,
                found=f"a second twin of {patient}",
                expected="one twin for each patient",
                remedy="name each twin once",
            )
        genes = genes or list(twin.var_names)
        if list(twin.var_names) != genes:
            raise InputError(
                file=path,
                found="other genes than in the first twin",
                expected="twins on the same interactome",
                remedy="build all twins of the cohort with the same knowledge",
            )
        read[patient] = _compartments(twin)
        texts[patient] = _texts(twin)
    return _together(read, texts, len(genes))


def _texts(twin: ad.AnnData) -> dict[str, str]:
    """Give what is told of a patient; of several batches, all together."""
    told = {str(name): str(text).strip() for name, text in twin.uns["patient"].items()}
    del told["patient"]
    samples = pd.DataFrame(twin.uns["samples"])
    if "batch" in samples:
        told["batch"] = ", ".join(sorted(set(samples["batch"].astype(str).str.strip()) - {""}))
    return told


def _compartments(twin: ad.AnnData) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Give the name, the effects and the relevance of each treated compartment."""
    treated = twin.obs["latest"].to_numpy(dtype=bool) & twin.obs["scorable"].to_numpy(dtype=bool)
    effect, relevance = np.asarray(twin.X), np.asarray(twin.layers["relevance"])
    names = twin.obs["cell_type"].astype(str) + "|" + twin.obs["tissue"].astype(str)
    return [(names.iloc[row], effect[row], relevance[row]) for row in np.flatnonzero(treated)]


def _together(
    read: dict[str, list[tuple[str, np.ndarray, np.ndarray]]],
    texts: dict[str, dict[str, str]],
    n_genes: int,
) -> Profiles:
    """Sort what was read by place."""
    rows: dict[str, list[int]] = defaultdict(list)
    effects: dict[str, _Rows] = defaultdict(_Rows)
    relevances: dict[str, _Rows] = defaultdict(_Rows)
    patients = tuple(sorted(read))
    for row, patient in enumerate(patients):
        for name, effect, relevance in read.pop(patient):
            rows[name].append(row)
            effects[name].add(effect, np.isfinite(effect))
            relevances[name].add(relevance, relevance > CHANCE)
    places = {
        name: Place(
            np.array(rows[name]), effects[name].matrix(n_genes), relevances[name].matrix(n_genes)
        )
        for name in sorted(rows)
    }
    return Profiles(patients, places, texts)

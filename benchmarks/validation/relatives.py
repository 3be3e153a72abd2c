"""Precedent in the benchmark of diseases: every disease left out of the library that ranks for it.

A disease is no precedent of itself: neither where its own data rank, nor where those of another
disease do, to see what is gained by the right data. Relatives (ulcerative colitis for Crohn's
disease) are what precedent rests on; how much is left without them is measured with the most
similar states left out, too.
"""

from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.data import TABLES
from twinscreen.files import GeneNames
from twinscreen.knowledge.precedents.library import read_library_diseases, read_library_states
from twinscreen.screen.evidence.contract import EvidenceInputs
from twinscreen.screen.evidence.precedent import after_both, dealt_out, precedents_of, similarity
from twinscreen.screen.evidence.targets import Targets


def library_of_states(symbol: pd.Series, indications: pd.DataFrame) -> ad.AnnData:
    """Read the reference states of the package, with outcomes by DrugBank identifier.

    Parameters
    ----------
    symbol
        Of each Entrez identifier.
    indications
        PharmacotherapyDB: `doid_id, drugbank_id, category`.
    """
    entrez = pd.DataFrame({"name": symbol.index, "symbol": symbol.to_numpy(), "kind": "entrez"})
    scores = read_library_states(TABLES / "precedent_states.tsv.gz", GeneNames(entrez))
    named = read_library_diseases(TABLES / "precedent_diseases.tsv").set_index("state")
    modify = indications[indications["category"] == "DM"]
    outcomes = pd.DataFrame(
        {"state": modify["doid_id"], "drug_id": modify["drugbank_id"], "helped": True}
    )
    return ad.AnnData(
        scores.to_numpy(dtype=np.float32),
        obs=named.reindex(scores.index).assign(origin="library", patient=""),
        var=pd.DataFrame(index=scores.columns.astype(str)),
        uns={"outcomes": outcomes},
    )


@dataclass
class Relatives:
    """What precedent says with some states left out, of e mechanisms.

    `names` are the R states, `helped`, shape (e, R), is as in a library of all of them, `targets`
    are those of the mechanisms; `alike` holds the similarities of patients to the states, shape
    (R,), by the patient's name.
    """

    names: list[str]
    helped: np.ndarray
    targets: Targets
    alike: dict[str, np.ndarray] = field(default_factory=dict)
    _weights: dict[bytes, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, inputs: EvidenceInputs) -> "Relatives":
        """Take the library of a screen from which no state was left out."""
        library = inputs.library
        if library is None or not library.kept.all():
            raise ValueError("a library with all its states is needed")
        return cls(library.states.index.tolist(), library.helped, inputs.targets)

    def add(self, patient: str, inputs: EvidenceInputs) -> None:
        """Compare a patient with all states."""
        state, library = inputs.state, inputs.library
        assert library is not None
        self.alike[patient] = similarity(state.whole[None, :], state.seen, library.scores)[0]

    def held(self, patient: str, without: set[str], *, nearest: int = 0) -> np.ndarray:
        """Return z of precedent after both nulls, shape (e,).

        Parameters
        ----------
        patient
            Whose similarities count.
        without
            States that are left out.
        nearest
            So many more are left out, those most similar to the patient.
        """
        kept = self._kept(patient, without, nearest)
        weights = self._of(kept)
        found: np.ndarray = after_both(
            dealt_out(self.alike[patient][kept][None, :], weights), weights
        )
        return found[:, 0]

    def popularity(self, without: set[str]) -> np.ndarray:
        """Return how much is known to help, whoever the patient is, shape (e,)."""
        total: np.ndarray = self._of(self._kept("", without, 0)).sum(axis=1)
        return total

    def _kept(self, patient: str, without: set[str], nearest: int) -> np.ndarray:
        kept = ~np.isin(self.names, list(without))
        if nearest:
            alike = np.where(kept, np.nan_to_num(self.alike[patient], nan=-2), -2)
            kept[np.argsort(-alike, kind="stable")[:nearest]] = False
        return kept

    def _of(self, kept: np.ndarray) -> np.ndarray:
        key = kept.tobytes()
        if key not in self._weights:
            self._weights[key] = precedents_of(self.helped[:, kept], self.targets)
        return self._weights[key]

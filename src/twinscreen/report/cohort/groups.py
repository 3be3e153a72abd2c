"""One name for one mechanism: drugs that score alike in every patient stand for each other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: So many drugs of a patient count as first ones, if they are within this share of all.
FIRST, HERE = 10, 0.05

#: A drug of the first ones that is far down in half of the patients is particular to this one.
ELSEWHERE = 0.25


@dataclass(frozen=True)
class Groups:
    """Drugs that score alike in every patient are one column.

    `percentiles` and `ranks` are patients x groups, named by the first drug of each group in the
    order of names, as patients' pages name a mechanism; `same` names the others, `head` has the
    group of every drug.
    """

    percentiles: pd.DataFrame
    ranks: pd.DataFrame
    names: dict[str, str]
    same: dict[str, tuple[str, ...]]
    head: dict[str, str]

    def label(self, drug_id: str) -> str:
        """Name a drug by its group: "ruxolitinib +2"."""
        head = self.head[drug_id]
        others = self.same[head]
        return self.names[head] + (f" +{len(others)}" if others else "")

    @property
    def labels(self) -> dict[str, str]:
        """The labels of drugs, by the drugs' own names."""
        return {name: self.label(drug_id) for drug_id, name in self.names.items()}

    @property
    def legend(self) -> dict[str, tuple[str, ...]]:
        """What each label with others stands for beside the drug that it names."""
        return {self.label(head): others for head, others in self.same.items() if others}

    def contrasts(self) -> dict[str, str]:
        """Name for each patient the first drug that stands farthest down in most of the others."""
        median = self.percentiles.median()
        found = {}
        first = ((self.ranks <= FIRST) & (self.percentiles <= HERE)).to_numpy()
        for (patient, ranks), among_first in zip(self.ranks.iterrows(), first, strict=True):
            elsewhere = median[among_first]
            if len(elsewhere) and elsewhere.max() > ELSEWHERE:
                drug_id = str(elsewhere.idxmax())
                found[str(patient)] = f"{self.label(drug_id)} (rank {ranks[drug_id]:.0f})"
        return found


def group_alike(ranks: pd.DataFrame) -> Groups:
    """Join the drugs that the scores cannot tell apart in any patient.

    Parameters
    ----------
    ranks
        The cohort's ranks, a row per patient and drug.
    """
    once = ranks.drop_duplicates("drug_id")
    names = dict(zip(once["drug_id"].astype(str), once["name"].astype(str), strict=True))

    patient, drug = (ranks[name].astype("category").cat for name in ("patient", "drug_id"))

    def table(values: str) -> pd.DataFrame:
        wide = np.full((len(patient.categories), len(drug.categories)), np.nan)
        wide[patient.codes, drug.codes] = ranks[values]
        return pd.DataFrame(wide, patient.categories, drug.categories)

    scores = table("score")
    found: dict[bytes, list[str]] = {}
    for drug_id in sorted(
        scores.columns.astype(str), key=lambda drug_id: (names[drug_id], drug_id)
    ):
        found.setdefault(np.round(scores[drug_id].to_numpy(), 9).tobytes(), []).append(drug_id)
    heads = [drug_ids[0] for drug_ids in found.values()]
    return Groups(
        percentiles=table("percentile")[heads],
        ranks=table("rank")[heads].rank(axis=1, method="min"),
        names=names,
        same={head: tuple(names[other] for other in others) for head, *others in found.values()},
        head={drug_id: drug_ids[0] for drug_ids in found.values() for drug_id in drug_ids},
    )

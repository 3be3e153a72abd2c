"""What is known of drugs beforehand: indications and popularity, and what these move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import anndata as ad

from twinscreen.report import words
from twinscreen.report.patient.drugs.first_drugs import SameTargets
from twinscreen.report.patient.safety.section import DrugSafety


@dataclass(frozen=True)
class Indication:
    """What a drug is indicated for and the patient has; whether that finding is simulated."""

    text: str
    simulated: bool


@dataclass(frozen=True)
class Indications:
    """The indicated drugs of a screen, and the share of the best score that they gain.

    `of` has the drugs that are indicated for what the patient has alone, by `drug_id`; `all`, in
    words, what any drug is indicated for, nearest to what the patient has first, where a table
    tells it, and `nearest` the nearest of these and how many there are. `prior` is 0 where it is
    off; it enters the adjusted rank and nothing else.
    """

    of: Mapping[str, Indication]
    all: Mapping[str, str]
    nearest: Mapping[str, tuple[str, int]]
    prior: float

    def said(self, drug_id: str) -> str:
        """Say what a drug is indicated for, or that no table tells."""
        if drug_id in self.all:
            return f"Indicated for {self.all[drug_id]}"
        return "What it is indicated for: not in the tables" if self.all else ""

    def standing(self, drug: DrugSafety) -> str:
        """Say whether a drug is approved, and for what: "approved, for psoriasis and 2 more"."""
        if drug.withdrawn or not drug.approved:
            return "withdrawn" if drug.withdrawn else "not approved"
        name, number = self.nearest.get(drug.drug_id, ("", 0))
        if not name:
            return "approved"
        return f"approved, for {words.listed([name, *[f'{number - 1:,} more'] * (number > 1)])}"

    def by_use(self, drugs: Iterable[DrugSafety]) -> list[DrugSafety]:
        """Order the drugs of a mechanism by use.

        Those indicated for what the patient has come first, then approved ones, then those with
        more indications; drugs alike in all this keep their order.
        """
        return sorted(
            drugs,
            key=lambda drug: (
                drug.drug_id not in self.of,
                drug.withdrawn or not drug.approved,
                -self.nearest.get(drug.drug_id, ("", 0))[1],
            ),
        )

    def move(self, drug_id: str) -> bool:
        """Whether the adjusted rank of a drug counts an indication."""
        return self.prior > 0 and drug_id in self.of

    def with_targets_of(self, same: Iterable[SameTargets]) -> list[str]:
        """Name the indicated ones of the drugs that share the targets of a mechanism's first."""
        return [drug.name for drug in same if drug.drug_id in self.of]

    def among(self, drugs: Iterable[DrugSafety]) -> list[tuple[Indication, list[str]]]:
        """Group some drugs by what they are indicated for; those without are left out."""
        groups: dict[Indication, list[str]] = {}
        for drug in drugs:
            if drug.drug_id in self.of:
                groups.setdefault(self.of[drug.drug_id], []).append(drug.name)
        return list(groups.items())


@dataclass(frozen=True)
class Popularity:
    """How popular drugs are, whoever the patient is, and what the most popular one gains.

    `of` is a share of the most popular drug's, by `drug_id`. `prior`, a share of the best score, is
    0 where it is off; it enters the adjusted rank and nothing else.
    """

    of: Mapping[str, float]
    prior: float

    def gain(self, drug_id: str) -> float:
        """Say what a drug gains, as a share of the best score."""
        return self.prior * self.of.get(drug_id, 0.0)

    def move(self, drug_id: str) -> bool:
        """Whether the adjusted rank of a drug counts its popularity."""
        return self.gain(drug_id) > 0


def popularity(screen: ad.AnnData) -> Popularity:
    """Read the popularity of the drugs of a screen."""
    known = screen.obs["popularity"].astype(float).dropna()
    return Popularity(
        of=dict(zip(map(str, known.index), map(float, known), strict=True)),
        prior=float(screen.uns["settings"]["popularity_prior"]),
    )


def indications(screen: ad.AnnData) -> Indications:
    """Read the indications of a screen."""
    told = screen.obs[screen.obs["indicated"].astype(str) != ""]
    known = screen.obs[screen.obs["n_indications"].astype(int) > 0]
    return Indications(
        of={
            str(drug_id): Indication(str(text), bool(simulated))
            for drug_id, text, simulated in zip(
                told.index, told["indicated"], told["indicated_simulated"], strict=True
            )
        },
        all={
            str(drug_id): _in_words(str(nearest).split("; "), int(number))
            for drug_id, nearest, number in zip(
                known.index, known["indications"], known["n_indications"], strict=True
            )
        },
        nearest={
            str(drug_id): (str(nearest).split("; ")[0], int(number))
            for drug_id, nearest, number in zip(
                known.index, known["indications"], known["n_indications"], strict=True
            )
        },
        prior=float(screen.uns["settings"]["indication_prior"]),
    )


def _in_words(names: list[str], number: int) -> str:
    """List the nearest diseases, and count the others."""
    more = [f"{number - len(names):,} more"] if number > len(names) else []
    return words.listed([*names, *more])

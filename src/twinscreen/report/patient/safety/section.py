"""What is known against the drugs of the first mechanism, and what is not known."""

from dataclasses import dataclass

import anndata as ad
import pandas as pd

from twinscreen.report import words
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism
from twinscreen.report.patient.safety.checks import Checks, about_sources, checks_of
from twinscreen.report.tables import table


@dataclass(frozen=True)
class Concern:
    """One thing that speaks against a drug; `penalty` is a share of the best drug's benefit."""

    kind: str
    subject: str
    detail: str
    severity: str
    penalty: float
    source: str
    simulated: bool


@dataclass(frozen=True)
class Reactions:
    """Adverse reactions of a drug that one source names, each as it says it."""

    source: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class DrugSafety:
    """What is known against one drug, gravest first, and what was checked.

    `reactions` are for reading: they have no penalty. `untested` names genes that bear on it and of
    which the patient's genotype is not known.
    """

    drug_id: str
    name: str
    approved: bool
    withdrawn: bool
    rank: str
    adjusted_rank: float
    harm: float
    concerns: tuple[Concern, ...]
    checks: Checks
    reactions: tuple[Reactions, ...]
    untested: str


@dataclass(frozen=True)
class SafetySection:
    """The drugs of the first mechanism, the one with the least against it first.

    `not_known`: in sentences, what could not be looked up. `sources`: what the tables are.
    """

    drugs: tuple[DrugSafety, ...]
    not_known: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def headline(self) -> str:
        """Sum up the first drug in a few words."""
        first = self.drugs[0]
        if first.concerns:
            return words.plural(len(first.concerns), "concern")
        return first.checks.headline

    @property
    def summary(self) -> str:
        """Say in a sentence or two what is known against the drugs."""
        if any(drug.concerns for drug in self.drugs):
            lead = f"{self.least} them. " if self.least else ""
            return (
                f"{lead}The penalty of a concern is a share of the best drug's benefit, set in the"
                " configuration: a convention, not an estimate."
            )
        if not any(drug.checks.none_found for drug in self.drugs):
            return "Nothing could be assessed, so nothing is said of safety."
        if any(drug.checks.not_assessed for drug in self.drugs):
            return "Nothing was found in what could be checked; the rest was not assessed."
        return "All was checked, and nothing was found."

    @property
    def not_considered(self) -> str:
        """Say what no table could tell of a drug."""
        if any(drug.reactions for drug in self.drugs):
            return "Doses were not considered, and adverse reactions change no rank."
        return "Doses and side effects were not considered."

    @property
    def simulated(self) -> bool:
        """Whether a concern rests on simulated findings."""
        return any(concern.simulated for drug in self.drugs for concern in drug.concerns)

    @property
    def least(self) -> str:
        """Say which drugs of the mechanism have least against them, if they differ."""
        harms = [drug.harm for drug in self.drugs]
        if max(harms) == min(harms):
            return ""
        best = [drug.name for drug in self.drugs if drug.harm == min(harms)]
        verb = "has" if len(best) == 1 else "have"
        return f"Of drugs with these targets, {words.listed(best, most=4)} {verb} least against"


def safety(screen: ad.AnnData, mechanism: RankedMechanism) -> SafetySection:
    """Collect what is known against the drugs of a mechanism.

    Parameters
    ----------
    screen
        Drugs x compartments.
    mechanism
        The mechanism; its first drug stays first, the others follow by what is against them.
    """
    concerns = table(screen, "concerns", "drug_id", "penalty")
    reactions = table(screen, "reactions", "drug_id", "reaction", "detail", "source")
    ids = screen.obs.index[
        screen.obs["mechanism"].astype(str) == str(screen.obs.loc[mechanism.drug_id, "mechanism"])
    ]
    drugs = []
    checks = checks_of(screen)
    for drug_id in ids:
        row = screen.obs.loc[drug_id]
        own = concerns[concerns["drug_id"].astype(str) == str(drug_id)]
        own = own.sort_values("penalty", ascending=False, kind="stable")
        drugs.append(
            (
                str(drug_id) != mechanism.drug_id,
                DrugSafety(
                    drug_id=str(drug_id),
                    name=str(row["name"]),
                    approved=bool(row["approved"]),
                    withdrawn=bool(row["withdrawn"]),
                    rank=mechanism.rank,
                    adjusted_rank=float(row["adjusted_rank"]),
                    harm=float(row["harm"]),
                    concerns=tuple(_concern(one) for one in own.to_dict(orient="records")),
                    checks=checks[str(drug_id)],
                    reactions=_reactions(reactions, str(drug_id)),
                    untested=str(row["untested"]),
                ),
            )
        )
    drugs.sort(key=lambda pair: (pair[0], pair[1].harm, not pair[1].approved, pair[1].name))
    return SafetySection(
        drugs=tuple(drug for _, drug in drugs),
        not_known=tuple(words.texts(screen.uns["not_known"])),
        sources=tuple(about_sources(screen)),
    )


def _reactions(rows: pd.DataFrame, drug_id: str) -> tuple[Reactions, ...]:
    """Collect what each source names of a drug."""
    mine = rows[rows["drug_id"].astype(str) == drug_id].astype(str)
    in_full = mine["reaction"] + " (" + mine["detail"] + ")"
    told = mine["reaction"].where(mine["detail"] == "", in_full)
    return tuple(
        Reactions(str(source), tuple(names)) for source, names in told.groupby(mine["source"])
    )


def _concern(row: dict) -> Concern:
    return Concern(
        kind=str(row["kind"]),
        subject="" if words.is_missing(row["subject"]) else str(row["subject"]),
        detail="" if words.is_missing(row["detail"]) else str(row["detail"]),
        severity="" if words.is_missing(row["severity"]) else str(row["severity"]),
        penalty=float(row["penalty"]),
        source="" if words.is_missing(row["source"]) else str(row["source"]),
        simulated=bool(row["simulated"]),
    )

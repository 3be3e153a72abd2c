"""All drugs of a screen in one table, ranked or not, to be searched, sorted and filtered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import anndata as ad
import numpy as np

from twinscreen.files.contracts.screen import CHECKS, Checked
from twinscreen.report import words
from twinscreen.report.links import of_identifier
from twinscreen.report.patient.drugs.outlook import checked_in_short, concerns_of
from twinscreen.report.patient.drugs.targets import VERBS, Activity, Target, targets_of
from twinscreen.report.tables import table

#: Columns of a screen that a row shows, apart from checks and evidence.
_SHOWN = (
    *("rank", "rank_low", "rank_high", "name", "score", "pvalue", "benefit", "withdrawn"),
    *("approved", "status", "indicated", "indications", "found_in"),
)

#: Where a drug stands, as the filter of the table names it.
APPROVED, WITHDRAWN, NOT_APPROVED = "approved", "withdrawn", "not approved"


@dataclass(frozen=True)
class DrugRow:
    """A drug as the table shows it.

    `z` are those of `AllDrugs.kinds`, in their order; `supports` names the kinds among them that
    support the drug. `does` says what it does to each of its targets, and in how many of the
    screened compartments the target is active in the direction that this opposes. `indicated` is
    what the patient has and the drug is indicated for, `indications` what it is indicated for at
    all, and `checked` what it is worth that it has no `concerns`.
    """

    rank: float
    rank_low: float
    rank_high: float
    name: str
    link: str
    score: float
    pvalue: float
    benefit: float
    z: tuple[float, ...]
    supports: tuple[str, ...]
    does: str
    status: str
    why_not: str
    indicated: str
    indications: str
    concerns: tuple[str, ...]
    checked: str
    found_in: str


@dataclass(frozen=True)
class AllDrugs:
    """The rows, best first and those without a rank last, and the kinds of evidence of `z`."""

    kinds: tuple[str, ...]
    rows: tuple[DrugRow, ...]

    @property
    def indicated(self) -> bool:
        """Whether it is known of any drug what it is indicated for."""
        return any(row.indicated or row.indications for row in self.rows)


def all_drugs(screen: ad.AnnData, supports: float) -> AllDrugs:
    """List all drugs of a screen.

    Parameters
    ----------
    screen
        Drugs x compartments.
    supports
        The least z with which a kind supports a drug.
    """
    kinds = tuple(table(screen, "kinds", "kind")["kind"].astype(str))
    activity = Activity.of_screen(screen)
    name = cache(lambda target: _active(target, activity))  # many drugs share a target
    targets = targets_of(screen)
    concerns = concerns_of(screen)
    obs = screen.obs.sort_values("rank", kind="stable", na_position="last")
    z = obs[[f"{kind}_z" for kind in kinds]].to_numpy(dtype=float)
    told = obs[[*_SHOWN, *CHECKS]].to_dict("records")
    rows = tuple(
        DrugRow(
            rank=float(row["rank"]),
            rank_low=float(row["rank_low"]),
            rank_high=float(row["rank_high"]),
            name=str(row["name"]),
            link=of_identifier(str(drug_id)),
            score=float(row["score"]),
            pvalue=float(row["pvalue"]),
            benefit=float(row["benefit"]),
            z=tuple(map(float, z_of)),
            supports=tuple(
                kind for kind, value in zip(kinds, z_of, strict=True) if value >= supports
            ),
            does=_does(targets.get(str(drug_id), ()), name),
            status=_status(withdrawn=bool(row["withdrawn"]), approved=bool(row["approved"])),
            why_not="" if str(row["status"]) == "ranked" else str(row["status"]),
            indicated=words.texts([row["indicated"]])[0] if row["indicated"] else "",
            indications=str(row["indications"]).replace("; ", ", "),
            concerns=concerns.get(str(drug_id), ()),
            checked=_checked(str(row[check]) for check in CHECKS),
            found_in=str(row["found_in"] or ""),
        )
        for drug_id, row, z_of in zip(obs.index, told, z, strict=True)
    )
    return AllDrugs(kinds, rows)


def _checked(outcomes: Iterable[str]) -> str:
    """Say what it is worth that no concern is known of a drug."""
    told = {*outcomes}
    return checked_in_short(
        none_found=Checked.NONE_FOUND in told, not_assessed=Checked.NOT_ASSESSED in told
    )


def _status(*, withdrawn: bool, approved: bool) -> str:
    """Say where a drug stands."""
    return WITHDRAWN if withdrawn else APPROVED if approved else NOT_APPROVED


def _does(targets: Sequence[Target], name: Callable[[Target], str]) -> str:
    """Say what a drug does: "inhibits JAK1 (over-active in 3 of 7) and JAK2"."""
    said = []
    for sign in VERBS:
        named = [name(target) for target in targets if target.sign == sign]
        if named:
            said.append(f"{VERBS[sign]} {words.listed(named, most=8)}")
    return "; ".join(said)


def _active(target: Target, activity: Activity) -> str:
    """Name a target, and say where it is active in the direction that the action opposes."""
    z = activity.of(target.genes) * -target.sign
    known, there = int(np.isfinite(z).sum()), int(np.sum(z > words.ACTIVE))
    if not there:
        return target.name
    kind = "over-active" if target.sign < 0 else "under-active"
    return f"{target.name} ({kind} in {there} of {known})"

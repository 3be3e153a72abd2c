"""The kinds of evidence on the first drug: z, what each means, and what it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anndata as ad

from twinscreen.files.contracts.screen import SUPPORTS
from twinscreen.report import words
from twinscreen.report.tables import table

#: What a screen tells of a kind, whatever the drug.
_TOLD = (
    *("compared_with", "relative"),
    *("says_supports", "says_undecided", "says_opposes", "says_silent"),
)


@dataclass(frozen=True)
class Kind:
    """One kind of evidence on one drug.

    `weight` is that in the score; 0: it is not in it. `share` is how much of its weight it has in
    this patient. `relative` says that it is compared with the other drugs alone, not with chance.
    """

    name: str
    title: str
    z: float
    weight: float
    share: float
    meaning: str
    compared_with: str
    relative: bool
    side: str
    width: float


def kinds_of(screen: ad.AnnData, drug_id: str) -> list[Kind]:
    """Read all kinds of evidence on a drug, those that enter the score first.

    Parameters
    ----------
    screen
        Drugs x compartments.
    drug_id
        One of its drugs.
    """
    row = screen.obs.loc[drug_id]
    rows = table(screen, "kinds", "kind", "title", "score_weight", "share", *_TOLD).to_dict(
        "records"
    )
    z = [float(row[f"{one['kind']}_z"]) for one in rows]
    known = [abs(value) for value in z if not words.is_missing(value)]
    most = max(4.0, *known) if known else 4.0
    found = [
        Kind(
            name=str(one["kind"]),
            title=str(one["title"]),
            z=value,
            weight=float(one["score_weight"]),
            share=float(one["share"]),
            meaning=_meaning({str(name): said for name, said in one.items()}, value),
            compared_with=str(one["compared_with"]),
            relative=bool(one["relative"]),
            side="for" if value > 0 else "against",
            width=0.0 if words.is_missing(value) else 50 * abs(value) / most,
        )
        for one, value in zip(rows, z, strict=True)
    ]
    return sorted(found, key=lambda kind: kind.weight == 0)


def weights_of(screen: ad.AnnData) -> dict[str, float]:
    """Give the weights of the kinds in the score, by name; 0 for those beside it."""
    rows = table(screen, "kinds", "kind", "score_weight")
    weights = rows["score_weight"].astype(float)
    return dict(zip(rows["kind"].astype(str), weights, strict=True))


def stability_of(screen: ad.AnnData) -> list[dict[str, Any]]:
    """Give what leaving out each kind changes in a weighted ranking; empty with other presets."""
    kinds = table(screen, "kinds", "kind", "title")
    titles = dict(zip(kinds["kind"].astype(str), kinds["title"].astype(str), strict=True))
    rows = table(screen, "stability", "kind", "weight")
    rows["title"] = [titles[str(kind)] for kind in rows["kind"]]
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def counter_evidence(kinds: list[Kind]) -> list[str]:
    """Say which kinds speak against a drug, as sentences, the strongest first."""
    rows = sorted(kinds, key=lambda kind: kind.z)
    return [
        f"{row.meaning[:-1]} ({row.name}, z {words.signed(row.z)}"
        f"{'' if row.weight else '; not in the score'})."
        for row in rows
        if row.z <= -SUPPORTS
    ]


def _meaning(said: Mapping[str, Any], z: float) -> str:
    """Choose what a kind says of a drug by its z."""
    if words.is_missing(z):
        return str(said["says_silent"])
    side = "supports" if z >= SUPPORTS else "opposes" if z <= -SUPPORTS else "undecided"
    return str(said[f"says_{side}"])

"""The kinds of evidence on the first drug: how strong, what each means, held against what."""

from dataclasses import dataclass
from typing import Any

import anndata as ad
import pandas as pd

from twinscreen.report import words
from twinscreen.report.tables import table

#: A kind supports a drug where its z is at least this: one in twenty by chance (screen.lay_out).
SUPPORTS = 1.645

#: Of each kind: the title, and what it means where its z supports a drug, says little, speaks
#: against it, or is missing.
KINDS = {
    "causal": (
        "Causal",
        "Along signed paths, the drug pushes the genes that deviate back towards healthy.",
        "Along signed paths, the drug pushes the genes that deviate neither clearly back towards"
        " healthy nor away from it.",
        "Along signed paths, the drug pushes the genes that deviate further from healthy.",
        "No signed path leads from its targets to the genes measured.",
    ),
    "counteraction": (
        "Counteraction",
        "It acts against the deviation of its targets themselves and of their neighbours.",
        "Its targets and their neighbours do not clearly deviate in the direction it opposes.",
        "Its targets and their neighbours already deviate in the direction in which it pushes.",
        "Neither its targets nor their neighbours were measured.",
    ),
    "origin": (
        "Origin",
        "Its targets lie near what the illness comes from: variants, symptoms, exposures and genes"
        " known for the disease.",
        "Its targets lie no nearer to what the illness comes from than others.",
        "Its targets lie farther from what the illness comes from than others.",
        "Its targets have no place on the network, or nothing is known of what the illness comes"
        " from.",
    ),
    "proximity": (
        "Proximity",
        "Its targets lie near the modules, whatever it does there.",
        "Its targets lie no nearer to the modules than chance.",
        "Its targets lie farther from the modules than chance.",
        "No target or no module on the network.",
    ),
    "centrality": (
        "Centrality",
        "Its targets are central in the modules, whatever it does there.",
        "Its targets are no more central in the modules than those of other drugs.",
        "Its targets are less central in the modules than those of other drugs.",
        "Its targets are in no module.",
    ),
    "communication": (
        "Communication",
        "It acts against links between cell types that have changed.",
        "It acts on no more changed links between cell types than other drugs.",
        "It acts along with links between cell types that have changed, not against them.",
        "No link between cell types on which it acts has changed.",
    ),
}

#: What the null models of a screen are, as they follow "held against".
NULLS = {
    "rewired signalling": "networks with the signalling rewired",
    "permuted genes": "deviations given to other genes",
    "permuted genes of like degree": "deviations given to other genes of like degree",
    "seeds of like degree": "walks from other genes of like degree",
    "redrawn targets and modules": "redrawn targets and modules",
    "rank among the drugs": "the other drugs",
}


@dataclass(frozen=True)
class Kind:
    """One kind of evidence on one drug.

    `weight` is that in the score; 0: it stands beside it. `relative` says that it is held against
    the other drugs alone, not against chance.
    """

    name: str
    title: str
    z: float
    weight: float
    meaning: str
    held: str
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
    weights = weights_of(screen)
    held = {
        str(one["kind"]): _held(one)
        for _, one in table(screen, "kinds", "kind", "null", "second_null").iterrows()
    }
    z = {name: float(row[f"{name}_z"]) for name in KINDS}
    known = [abs(value) for value in z.values() if not words.is_missing(value)]
    most = max(4.0, *known) if known else 4.0
    found = [
        Kind(
            name=name,
            title=said[0],
            z=z[name],
            weight=weights.get(name, 0.0),
            meaning=_meaning(said, z[name]),
            held=held.get(name, ""),
            relative=held.get(name) == NULLS["rank among the drugs"],
            side="for" if z[name] > 0 else "against",
            width=0.0 if words.is_missing(z[name]) else 50 * abs(z[name]) / most,
        )
        for name, said in KINDS.items()
    ]
    return sorted(found, key=lambda kind: kind.weight == 0)


def weights_of(screen: ad.AnnData) -> dict[str, float]:
    """Give the weights of the kinds in the score, by the preset; empty where the score is bare."""
    preset = str(screen.uns["preset"])
    if preset in ("origin", "proximity"):
        return {preset: 1.0}
    name = {"calibrated": "kinds", "weighted": "stability"}.get(preset)
    if name is None:
        return {}
    rows = table(screen, name, "kind", "weight")
    return dict(zip(rows["kind"].astype(str), rows["weight"].astype(float), strict=True))


def stability_of(screen: ad.AnnData) -> list[dict[str, Any]]:
    """Give what leaving out each kind changes in a weighted ranking; empty with other presets."""
    rows = table(screen, "stability", "kind", "weight")
    rows["title"] = [KINDS[str(kind)][0] for kind in rows["kind"]]
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


def _meaning(said: tuple[str, ...], z: float) -> str:
    if words.is_missing(z):
        return said[4]
    return said[1] if z >= SUPPORTS else said[3] if z <= -SUPPORTS else said[2]


def _held(row: pd.Series) -> str:
    """Name what a kind was held against, in words."""
    names = [str(row[name]) for name in ("null", "second_null") if not words.is_missing(row[name])]
    return words.listed(NULLS.get(name, name) for name in names)

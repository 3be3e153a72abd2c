"""The virtual trial: each drug in all twins, a section of the page of a cohort."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twinscreen.report.cohort.groups import Groups
from twinscreen.report.figures.svg import inline_svg, same_everywhere

#: Features are shown where their q is below this, up to so many of a drug.
MAX_QVALUE = 0.1
MOST_FEATURES = 8

#: Kinds of a feature, as people read them.
KINDS = {
    "module size": "Module size",
    "cells": "Share of cells",
    "regulator": "Activity of a regulator",
    "surface protein": "Surface protein",
    "variant": "Variant in",
    "phenotype": "Phenotype",
    "exposure": "Exposure",
    "medication": "Medication",
    "disease": "Disease",
    "batch": "Batch",
    "patient": "Patient sheet",
}
RESPONDER, POSITIVE, OTHER = "#0b5a6b", "#0b5a6b", "#8d99a6"
#: With more patients a line for each interval would hide the dots.
_MOST_INTERVALS = 60
_WIDTH = 9.6


@dataclass(frozen=True)
class TrialTables:
    """The tables of the virtual trial: contracts COHORT_TRIAL, _DRUGS and _FEATURES."""

    trial: pd.DataFrame
    drugs: pd.DataFrame
    features: pd.DataFrame


@dataclass(frozen=True)
class Feature:
    """What responders have more or less of than others."""

    kind: str
    name: str
    more: bool
    auc: float
    pvalue: float
    qvalue: float
    simulated: bool


@dataclass(frozen=True)
class TrialDrug:
    """One drug in all twins; `auc` and what follows are NaN without observed responses."""

    name: str
    n_first: int
    n_ranked: int
    n_called: int
    responders: tuple[str, ...]
    median: float
    lower: float
    upper: float
    n_observed: int
    auc: float
    auc_low: float
    auc_high: float
    pvalue: float
    qvalue: float
    features: tuple[Feature, ...]
    n_tested: int


@dataclass(frozen=True)
class TrialSection:
    """What the section says. `n_called`: patients with a call, of `n_screened`."""

    svg: str
    drugs: tuple[TrialDrug, ...]
    n_screened: int
    n_called: int
    n_observed: int
    n_observed_responders: int
    observed_features: tuple[Feature, ...]
    n_observed_tested: int
    max_qvalue: float
    n_without: int


def trial_section(tables: TrialTables | None, groups: Groups | None = None) -> TrialSection | None:
    """Sum up the virtual trial; None where no drug was given to anybody.

    Parameters
    ----------
    tables
        Of the trial.
    groups
        Names of mechanisms, for drugs that they have.
    """
    if tables is None:
        return None
    trial, drugs, features = tables.trial, _named(tables.drugs, groups), tables.features
    if not trial["benefit"].notna().any():
        return None
    people = trial.drop_duplicates("patient")
    screened = trial.loc[trial["benefit"].notna(), "patient"].unique()
    observed = features[features["outcome"] == "observed"]
    with same_everywhere("trial"):
        svg = _draw(trial, drugs)
    responses = people["observed"].dropna().astype(bool)
    return TrialSection(
        svg=svg,
        drugs=tuple(_drug(row, trial, features) for row in drugs.to_dict("records")),
        n_screened=len(screened),
        n_called=int(people["called"].sum()),
        n_observed=len(responses),
        n_observed_responders=int(responses.sum()),
        observed_features=_features(observed),
        n_observed_tested=len(observed),
        max_qvalue=MAX_QVALUE,
        n_without=len(people) - len(screened),
    )


def _named(drugs: pd.DataFrame, groups: Groups | None) -> pd.DataFrame:
    """Name each drug as the page names its mechanism, where it was ranked."""
    if groups is None:
        return drugs
    names = [
        groups.label(drug_id) if drug_id in groups.head else str(name)
        for drug_id, name in zip(drugs["drug_id"].astype(str), drugs["name"], strict=True)
    ]
    return drugs.assign(name=names)


def _drug(row: dict[Hashable, Any], trial: pd.DataFrame, features: pd.DataFrame) -> TrialDrug:
    """Sum up one drug."""
    of = pd.Series(row)
    given = trial[trial["drug_id"] == of["drug_id"]]
    tested = features[(features["outcome"] == "predicted") & (features["drug_id"] == of["drug_id"])]
    figures = ("auc", "auc_low", "auc_high", "pvalue", "qvalue")
    return TrialDrug(
        name=str(of["name"]),
        n_first=int(of["n_first"]),
        n_ranked=int(of["n_ranked"]),
        n_called=int(of["n_called"]),
        responders=tuple(given.loc[given["responder"].eq(True).fillna(False), "patient"]),
        median=float(of["median_benefit"]),
        lower=float(of["lower_quartile"]),
        upper=float(of["upper_quartile"]),
        n_observed=int(of["n_observed"]),
        features=_features(tested),
        n_tested=len(tested),
        **{name: float(of[name]) for name in figures},
    )


def _features(tested: pd.DataFrame) -> tuple[Feature, ...]:
    """List the features that hold, smallest p first."""
    held = tested[tested["qvalue"] < MAX_QVALUE].sort_values(["pvalue", "kind", "feature"])
    return tuple(
        Feature(
            kind=KINDS.get(str(row["kind"]), str(row["kind"])),
            name=str(row["feature"]),
            more=row["auc"] > 0.5,
            auc=float(row["auc"]),
            pvalue=float(row["pvalue"]),
            qvalue=float(row["qvalue"]),
            simulated=bool(row["simulated"]),
        )
        for row in held.head(MOST_FEATURES).to_dict("records")
    )


def _draw(trial: pd.DataFrame, drugs: pd.DataFrame) -> str:
    """Draw a row of dots for each drug: benefit from left to right, a dot for each patient."""
    rows = [
        trial[trial["drug_id"].eq(d) & trial["benefit"].notna()].copy() for d in drugs["drug_id"]
    ]
    names = [name if len(name) <= 26 else name[:25] + "…" for name in drugs["name"].astype(str)]
    lane = 0.95 if max(map(len, rows)) > 12 else 0.7
    height = lane * len(rows) + 0.75
    left = 0.3 + 0.08 * max(map(len, names))
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_axes(
        (left / _WIDTH, 0.6 / height, (_WIDTH - left - 0.3) / _WIDTH, lane * len(rows) / height)
    )
    axes.axvline(0, color="#1d2733", linewidth=1)
    per_cent = ["benefit", "benefit_low", "benefit_high"]
    for lane_number, given in enumerate(rows):
        given[per_cent] *= 100
        _strip(axes, lane_number, given.sort_values(["benefit", "patient"]))
    axes.set_yticks(range(len(rows)), names, fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("Predicted benefit, % (below 0: worse, above 0: better)", fontsize=9)
    axes.tick_params(axis="x", labelsize=8.5, color="#8d99a6")
    axes.tick_params(axis="y", length=0)
    for name, edge in axes.spines.items():
        edge.set_visible(name == "bottom")
        edge.set_color("#8d99a6")
    return inline_svg(figure, name="trial")


def _strip(axes: Axes, lane: int, given: pd.DataFrame) -> None:
    """Draw the patients of one drug, neighbours at different heights."""
    n = len(given)
    if not n:
        return
    benefit = given["benefit"].to_numpy(dtype=float)
    # The golden ratio spreads any number of neighbours evenly, and the same way each time.
    height = lane + (((np.arange(n) * 0.618034) % 1) - 0.5) * min(0.66, 0.12 * n)
    responder = given["responder"].eq(True).fillna(False).to_numpy(dtype=bool)
    above = (given["benefit_low"] > 0).to_numpy(dtype=bool) & ~responder
    if n <= _MOST_INTERVALS:
        axes.hlines(
            height, given["benefit_low"], given["benefit_high"], color="#c9d2da", linewidth=1
        )
    size = 34 if n <= _MOST_INTERVALS else 12
    for who, face, edge in (
        (~responder & ~above, OTHER, OTHER),
        (above, "white", POSITIVE),
        (responder, RESPONDER, RESPONDER),
    ):
        axes.scatter(
            benefit[who],
            height[who],
            s=size * (0.55 if face == OTHER else 1),
            facecolor=face,
            edgecolor=edge,
            linewidth=1.2,
            zorder=3,
        )
    axes.vlines(
        np.median(benefit), lane - 0.42, lane + 0.42, color="#c0631a", linewidth=2, zorder=2
    )

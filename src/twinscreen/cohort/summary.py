"""All patients of a cohort side by side: who was scored, and where every drug stands in each."""

from collections.abc import Iterable

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import Parts
from twinscreen.files.contracts.screen import may_be_called
from twinscreen.files.contracts.tier import tier_of

#: A module is called significant when its component's p is below this.
MODULE_LIMIT = 0.05

#: What the tables are made of.
OF_TWIN = Parts(
    obs=("scorable", "latest", "lcc_p", "n_reference_donors"),
    uns=("patient", "samples", "findings", "not_used", "unscorable"),
)
OF_SCREEN = Parts(
    obs=(*("name", "status", "score", "rank", "rank_high", "presence", "mechanism", "evidence"),),
    uns=("patient", "call", "kinds", "spread", "states", "unscorable"),
)


def take(twin: ad.AnnData, screen: ad.AnnData) -> tuple[dict[str, object], pd.DataFrame]:
    """Take of one patient the row of the patient table, and the ranked drugs."""
    return _patient(twin, screen), _ranks(screen)


def summarise(
    taken: Iterable[tuple[dict[str, object], pd.DataFrame]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put what was taken of the patients side by side.

    Parameters
    ----------
    taken
        Of each patient what `take` gave.

    Returns
    -------
    Patients and ranks, contracts COHORT_PATIENTS and COHORT_RANKS.
    """
    rows = [*taken]
    patients = pd.DataFrame([patient for patient, _ in rows])
    return patients, pd.concat([ranked for _, ranked in rows], ignore_index=True)


class Places:
    """The place of every drug in every patient, taken up patient by patient."""

    def __init__(self) -> None:
        self._row: dict[tuple[str, str], int] = {}
        self._of: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def add(self, patient: object, ranked: pd.DataFrame) -> None:
        """Take up the ranked drugs of a patient."""
        drugs = zip(ranked["drug_id"], ranked["name"], strict=True)
        rows = [self._row.setdefault(drug, len(self._row)) for drug in drugs]
        self._of[str(patient)] = (
            np.array(rows, dtype=int),
            ranked["percentile"].to_numpy(dtype=float),
        )

    def table(self) -> pd.DataFrame:
        """Lay them side by side, a column for each patient, best median first."""
        values = np.full((len(self._row), len(self._of)), np.nan)
        for column, (rows, percentile) in enumerate(self._of.values()):
            values[rows, column] = percentile
        drugs = pd.DataFrame(list(self._row), columns=["drug_id", "name"])
        wide = pd.DataFrame(values, columns=list(self._of))
        table = pd.concat(
            [drugs[["name", "drug_id"]], wide.median(axis=1).rename("median"), wide], axis=1
        )
        order = drugs.assign(median=table["median"]).sort_values(["median", "name", "drug_id"])
        return table.loc[order.index]


def _patient(twin: ad.AnnData, screen: ad.AnnData) -> dict[str, object]:
    """One row of the patient table."""
    reason = str(twin.uns["unscorable"]) or str(screen.uns["unscorable"])
    compared = twin.obs["scorable"].to_numpy(dtype=bool)
    samples = twin.uns["samples"]
    possible = screen.obs[may_be_called(screen.obs)]
    if reason:
        possible = possible.iloc[:0]
    heads = possible.drop_duplicates("mechanism")
    first = heads.iloc[0] if len(heads) else None
    findings = twin.uns["findings"]
    states = screen.uns["states"]
    alike = states.iloc[0] if len(states) and np.isfinite(states["similarity"].iloc[0]) else None
    screened = twin.obs[compared & twin.obs["latest"].to_numpy(dtype=bool)]
    donors = screened["n_reference_donors"].dropna()
    made_up = findings.loc[findings["simulated"].astype(bool), "kind"] if len(findings) else ()
    return {
        "patient": twin.uns["patient"]["patient"],
        "condition": twin.uns["patient"]["condition"],
        "status": "unscorable" if reason else "scored",
        "reason": reason,
        "n_samples": len(samples),
        "n_cells": int(pd.to_numeric(samples["n_cells"]).fillna(0).sum()),
        "n_compartments": int(compared.sum()),
        "n_significant_modules": int((twin.obs["lcc_p"][compared] < MODULE_LIMIT).sum()),
        "simulated": ", ".join(sorted(set(made_up))),
        "first_drug": None if first is None else first["name"],
        "first_score": None if first is None else float(first["score"]),
        "second_drug": heads["name"].iloc[1] if len(heads) > 1 else None,
        "called": bool(screen.uns["call"]["called"]),
        "tier": str(tier_of(screen)),
        "call_pvalue": _known(screen.uns["call"]["pvalue"]),
        "fit_pvalue": _known(screen.uns["call"]["fit_pvalue"]),
        "deviation": None if reason else _known(screen.uns["spread"]["patient"]),
        "n_donors": int(donors.min()) if len(donors) else None,
        "batches": ", ".join(sorted(set(samples["batch"].dropna().astype(str)) - {""})),
        "median_counts": _known(pd.to_numeric(samples["median_counts"]).median()),
        "not_used": "; ".join(
            f"{' '.join(filter(None, (what, name)))}: {reason}"
            for what, name, reason in _not_used(twin)
        ),
        "similar_state": None if alike is None else alike["name"],
        "state_similarity": None if alike is None else float(alike["similarity"]),
    }


def _not_used(twin: ad.AnnData) -> Iterable[tuple[str, str, str]]:
    """List what was given of a patient and could not be used: what it is, its name, and why."""
    table = twin.uns["not_used"]
    return zip(*(table[name].astype(str) for name in ("what", "name", "reason")), strict=True)


def _known(value: object) -> float | None:
    """Give a number, or nothing where it is NaN."""
    number = float(value)  # type: ignore[arg-type]
    return number if np.isfinite(number) else None


def _ranks(screen: ad.AnnData) -> pd.DataFrame:
    """Ranked drugs of one patient."""
    ranked = screen.obs[screen.obs["rank"].notna()]
    return pd.DataFrame(
        {
            "patient": screen.uns["patient"]["patient"],
            "drug_id": ranked.index.astype(str),
            "name": ranked["name"].astype(str),
            "score": ranked["score"].astype(float),
            "rank": ranked["rank"].astype(float),
            "percentile": (ranked["rank"].astype(float) - 1) / max(len(ranked) - 1, 1),
        }
    )

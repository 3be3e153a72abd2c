"""All patients of a cohort side by side: who was scored, and where every drug stands in each."""

from collections.abc import Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    COHORT_PATIENTS,
    COHORT_RANKS,
    FilePath,
    Parts,
    read_twins_and_screens,
    write_table,
    write_tsv,
)

#: A module is called significant when its component's p is below this.
MODULE_LIMIT = 0.05

#: What the tables are made of.
OF_TWIN = Parts(obs=("scorable", "lcc_p"), uns=("patient", "samples", "findings", "unscorable"))
OF_SCREEN = Parts(obs=("name", "status", "score", "rank"), uns=("patient", "call", "unscorable"))


def summarise_cohort(
    *, twins: Sequence[FilePath], screens: Sequence[FilePath], output: FilePath
) -> None:
    """Write `patients.parquet`, `ranks.parquet`, `patients.tsv` and `percentiles.tsv`.

    Parameters
    ----------
    twins, screens
        Files of the same patients in the same order.
    output
        Folder to write into.

    Raises
    ------
    InputError
        A file has another shape, or twins and screens are not of the same patients in one order.
    """
    folder = Path(output)
    rows = [*read_twins_and_screens(twins, screens, _rows, of_twin=OF_TWIN, of_screen=OF_SCREEN)]
    patients = pd.DataFrame([patient for patient, _ in rows])
    ranks = pd.concat([ranked for _, ranked in rows], ignore_index=True)
    write_table(patients, folder / "patients.parquet", COHORT_PATIENTS)
    write_table(ranks, folder / "ranks.parquet", COHORT_RANKS)
    write_tsv(patients, folder / "patients.tsv")
    wide = ranks.set_index(["drug_id", "name", "patient"])["percentile"].unstack("patient")  # noqa: PD010
    wide = wide.reindex(columns=patients["patient"]).assign(median=wide.median(axis=1))
    wide = wide.sort_values(["median", "name"]).reset_index()
    write_tsv(wide[["name", "drug_id", "median", *patients["patient"]]], folder / "percentiles.tsv")


def _rows(twin: ad.AnnData, screen: ad.AnnData) -> tuple[dict[str, object], pd.DataFrame]:
    """Take of one patient the row of the patient table, and the ranked drugs."""
    return _patient(twin, screen), _ranks(screen)


def _patient(twin: ad.AnnData, screen: ad.AnnData) -> dict[str, object]:
    """One row of the patient table."""
    reason = str(twin.uns["unscorable"]) or str(screen.uns["unscorable"])
    compared = twin.obs["scorable"].to_numpy(dtype=bool)
    samples = twin.uns["samples"]
    first = screen.obs.iloc[0] if not reason and screen.n_obs else None
    ranked = first is not None and first["status"] == "ranked"
    findings = twin.uns["findings"]
    pvalue = float(screen.uns["call"]["pvalue"])
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
        "first_drug": first["name"] if ranked and first is not None else None,
        "first_score": float(first["score"]) if ranked and first is not None else None,
        "called": bool(screen.uns["call"]["called"]),
        "call_pvalue": pvalue if np.isfinite(pvalue) else None,
    }


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

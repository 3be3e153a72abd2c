"""Whose samples form the reference, their roles, and which of them a patient is compared with."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import time_order
from twinscreen.twin.deviation.elsewhere import Elsewhere
from twinscreen.twin.deviation.statistics import Roles


def standing(observations: Sequence[ad.AnnData], donors: str) -> list[ad.AnnData]:
    """Choose the samples by which people stand in the reference.

    Parameters
    ----------
    observations
        Usable observations of those whom the reference is made of.
    donors
        Controls stand in it with all their samples, patients with those of their latest time
        point in each tissue: the state that is screened, so that like is compared with like.
    """
    if donors == "controls":
        return list(observations)
    latest: dict[tuple[str, str], str] = {}
    for one in observations:
        sample = one.uns["sample"]
        key = sample["patient"], sample["tissue"]
        latest[key] = max(latest.get(key, sample["time"]), sample["time"], key=time_order)
    return [
        one
        for one in observations
        if latest[one.uns["sample"]["patient"], one.uns["sample"]["tissue"]]
        == one.uns["sample"]["time"]
    ]


def gives_the_mean(obs: pd.DataFrame, public: str) -> np.ndarray:
    """Mark the donors whose mean is compared with, boolean, shape (rows of the reference,).

    Those are the donors of the cohort's own study, where a tissue has any: what sets another study
    apart is no deviation. Donors of another study then tell how much people differ, and no more.
    """
    own = (obs["condition"] != public).to_numpy()
    tissues = set(obs["tissue"][own])
    return own | ~obs["tissue"].isin(tissues).to_numpy()


def roles_of(rows: ad.AnnData, others: Sequence[Elsewhere] = ()) -> Roles:
    """Say what the donors of one compartment are used for, from the column `base`.

    Those of other sites come after them, and give the mean, too.
    """
    base = rows.obs["base"].to_numpy(dtype=bool)
    base = np.append(base, np.ones(sum(one.n for one in others), dtype=bool))
    return Roles(base, base.astype(int))


def enough(roles: Roles, min_donors: int) -> bool:
    """Whether there is a mean to compare with, and a variance of at least so many donors."""
    return bool(roles.base.any()) and roles.df >= min_donors - 1


def matching(
    reference: ad.AnnData,
    *,
    cell_type: str,
    tissue: str,
    batch: str,
    leave_out: str = "",
    min_matched: int = 5,
) -> tuple[ad.AnnData, bool]:
    """Choose the donors that one compartment is compared with.

    Parameters
    ----------
    reference
        The healthy reference.
    cell_type, tissue, batch
        Those of the compartment.
    leave_out
        A donor who is not compared with: the patient, where a control sample of the patient's
        own is part of the reference.
    min_matched
        Donors of the same batch are used alone where there are at least so many.

    Returns
    -------
    The donors' pseudobulks, and whether they are of the compartment's batch.
    """
    rows, use_batch = matching_rows(
        reference,
        cell_type=cell_type,
        tissue=tissue,
        batch=batch,
        leave_out=leave_out,
        min_matched=min_matched,
    )
    return reference[rows], use_batch


def matching_rows(
    reference: ad.AnnData,
    *,
    cell_type: str,
    tissue: str,
    batch: str,
    leave_out: str = "",
    min_matched: int = 5,
) -> tuple[np.ndarray, bool]:
    """Mark the rows of the donors that `matching` chooses, boolean."""
    obs = reference.obs
    same = (obs["cell_type"] == cell_type) & (obs["tissue"] == tissue)
    same &= obs["donor"] != leave_out
    matched = same & (obs["batch"] == batch)
    use_batch = bool(batch) and int(matched.sum()) >= min_matched
    return (matched if use_batch else same).to_numpy(), use_batch

"""Why a drug has its rank: its targets, where their activity looks abnormal, and by which genes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import EVIDENCE
from twinscreen.network import Activity
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import drug_scores


def evidence_table(scored: Scored, drugs: Sequence[int], *, most_genes: int = 5) -> pd.DataFrame:
    """Split the scores of some drugs over targets, compartments and genes.

    Parameters
    ----------
    scored
        What the scores came from.
    drugs
        Row numbers of the drugs to explain, in the order wanted.
    most_genes
        So many genes are named for each target.

    Returns
    -------
    One row per drug and target with a value, greatest contribution first: `z` over all treated
    compartments; `contribution`, the part of the drug's score (parts add up to the score);
    `compartment`, treated and with a value, where the target contributes most the way it does as a
    whole (for the drug or against it), and its z there; `genes`, those that carry most of it
    there, and `effects`, their deviations, both joined by "|".
    """
    parts = _contributions(scored)
    rows = []
    for drug in drugs:
        own = np.flatnonzero(scored.targets.table["drug"].to_numpy() == drug)
        own = own[np.any(parts[own] != 0, axis=1)]
        for target in own[np.argsort(-parts[own].sum(axis=1), kind="stable")]:
            rows.append(_explain(scored, int(target), parts[target], most_genes))
    return EVIDENCE.of(rows)


def _contributions(scored: Scored) -> np.ndarray:
    """Part of each target and compartment in the score of its drug, shape (t, c)."""
    sign = scored.targets.table["sign"].to_numpy(dtype=float)[:, None]
    drug = scored.targets.table["drug"].to_numpy()
    number = np.zeros((scored.targets.drugs, len(scored.weight)))
    np.add.at(number, drug, np.isfinite(scored.over) & (sign != 0))
    has_score = np.isfinite(drug_scores(scored.targets, scored.over))
    norm = np.sqrt(np.where(has_score, scored.weight**2, 0).sum(axis=1))
    scale = np.sqrt(number[drug]) * norm[drug][:, None]
    part = -sign * np.nan_to_num(scored.over) * scored.weight
    return np.divide(part, scale, out=np.zeros_like(part), where=scale > 0)


def _explain(scored: Scored, target: int, parts: np.ndarray, most_genes: int) -> tuple[object, ...]:
    """Explain one target: where it contributes most, and by which genes."""
    row = scored.targets.table.iloc[target]
    value = scored.over[target]
    used = np.isfinite(value) & (scored.weight > 0)
    whole = parts.sum()
    toward = parts * np.sign(whole) if whole else np.abs(parts)
    place = int(np.argmax(np.where(used, toward, -np.inf)))
    weight = scored.weight[used]
    members = scored.targets.members[[target]].indices
    members = members[np.isfinite(scored.activity.z[members, place])]
    carried = gene_parts(scored.activity, scored.influence, members, place)
    carried = carried * np.sign(value[place])
    top = np.argsort(-carried, kind="stable")[:most_genes]
    top = top[carried[top] > 0]
    effect = scored.activity.centred[place, top] + scored.activity.mean[place]
    return (
        row["drug_id"],
        row["target"],
        row["sign"],
        float((weight * value[used]).sum() / np.sqrt((weight**2).sum())),
        float(parts.sum()),
        scored.compartments[place],
        float(value[place]),
        "|".join(scored.genes[top]),
        "|".join(f"{x:.2f}" for x in effect),
    )


def gene_parts(
    found: Activity, influence: np.ndarray, proteins: np.ndarray, compartment: int
) -> np.ndarray:
    """Split the mean z of some proteins in one compartment over the regulated genes.

    Parameters
    ----------
    found
        Over-activity of p proteins.
    influence
        F it was computed from, shape (p, r).
    proteins
        Rows of the proteins, each with a z in the compartment.
    compartment
        Column of the compartment.

    Returns
    -------
    Parts, shape (r,); they add up to the mean of z over the proteins.
    """
    parts = influence[proteins] * found.centred[compartment]
    return (parts / found.scale[proteins, compartment][:, None]).mean(axis=0)

"""Which proteins look over-active or under-active: what may drive the patient's state."""

from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.patient.drugs.first_drugs import ranking
from twinscreen.report.patient.drugs.targets import Activity, targets_of


@dataclass(frozen=True)
class Regulator:
    """A protein that looks over-active or under-active over the screened compartments."""

    protein: str
    mean_z: float
    n_clear: int
    n_known: int
    strongest: str
    strongest_z: float
    opposed_by: str
    same: tuple[str, ...]


def regulators(
    screen: ad.AnnData, names: Naming, *, direction: int, number: int = 10
) -> list[Regulator]:
    """List the proteins with the greatest (direction +1) or least (-1) summed z.

    Proteins with the same z everywhere act through the same genes; they share a row.
    """
    activity = Activity.of_screen(screen)
    if not activity.z.size:
        return []
    z = direction * activity.z
    known = np.isfinite(z)
    total, rounded = np.where(known, z, 0).sum(axis=0), np.round(z, 4)
    proteins = list(activity.proteins)
    opposed = _opposed(screen, direction)
    groups: dict[bytes, list[int]] = {}
    candidates: list[int] = np.flatnonzero(total > 0).tolist()
    for column in sorted(candidates, key=lambda i: (-total[i], proteins[i])):
        alike = rounded[:, column].tobytes()
        if len(groups) < number or alike in groups:
            groups.setdefault(alike, []).append(column)
    rows = []
    for i, *others in groups.values():
        best = int(np.nanargmax(z[:, i]))
        drugs = [opposed[proteins[j]] for j in (i, *others) if proteins[j] in opposed]
        rows.append(
            Regulator(
                protein=proteins[i],
                mean_z=direction * total[i] / len(z),
                n_clear=int(np.sum(z[:, i] > words.ACTIVE)),
                n_known=int(known[:, i].sum()),
                strongest=names.of(activity.keys[best]),
                strongest_z=direction * z[best, i],
                opposed_by=min(drugs)[1] if drugs else "",
                same=tuple(proteins[j] for j in others),
            )
        )
    return rows


def _opposed(screen: ad.AnnData, direction: int) -> dict[str, tuple[int, str]]:
    """Find, for each protein, the best-ranked drug that opposes it: its place and its name."""
    found: dict[str, tuple[int, str]] = {}
    ranked, known = ranking(screen), targets_of(screen)
    for place, (drug_id, name) in enumerate(ranked["name"].items()):
        for target in known.get(str(drug_id), ()):
            if target.sign == -direction:
                for gene in target.genes:
                    found.setdefault(gene, (place, str(name)))
    return found

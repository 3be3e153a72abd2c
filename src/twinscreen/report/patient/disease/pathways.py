"""Which pathways the deviating genes of each compartment belong to."""

from dataclasses import dataclass

import anndata as ad

from twinscreen.report.compartments import Naming
from twinscreen.report.tables import parts, table


@dataclass(frozen=True)
class Pathway:
    """A pathway in the module of one compartment."""

    compartment: str
    name: str
    overlap: int
    n_up: int
    module_size: int
    size: int
    pvalue: float
    qvalue: float
    genes: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True)
class Pathways:
    """Pathways of the modules of the latest state, smallest q first."""

    tested: tuple[str, ...]
    significant: tuple[Pathway, ...]
    best: tuple[Pathway, ...]

    @property
    def places(self) -> list[str]:
        """Compartments with a significant pathway."""
        return list(dict.fromkeys(row.compartment for row in self.significant))


def pathways(twin: ad.AnnData, names: Naming, *, max_qvalue: float) -> Pathways:
    """Read the pathways of the latest state.

    Parameters
    ----------
    twin
        The patient's twin, with uns `pathways`, if known.
    names
        Names of the compartments of the latest time point.
    max_qvalue
        Pathways of smaller q are significant.
    """
    rows = table(twin, "pathways", "compartment", "qvalue", "pvalue")
    latest = set(twin.obs_names[twin.obs["latest"].astype(bool)].astype(str))
    rows = rows[rows["compartment"].astype(str).isin(latest)].sort_values(["qvalue", "pvalue"])
    found = [
        Pathway(
            compartment=names.of(str(row["compartment"])),
            name=str(row["pathway"]),
            overlap=int(row["overlap"]),
            n_up=int(row["n_up"]),
            module_size=int(row["module_size"]),
            size=int(row["size"]),
            pvalue=float(row["pvalue"]),
            qvalue=float(row["qvalue"]),
            genes=tuple(parts(row["genes"])),
            also=tuple(parts(row.get("also"))),
        )
        for row in rows.to_dict("records")
    ]
    first = {row.compartment: row for row in reversed(found)}
    return Pathways(
        tested=tuple(sorted(first)),
        significant=tuple(row for row in found if row.qvalue < max_qvalue),
        best=tuple(sorted(first.values(), key=lambda row: (row.qvalue, row.pvalue))),
    )

"""The reference: one pseudobulk per cell type, tissue and donor."""

import logging
from collections import defaultdict
from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import InputError, provenance
from twinscreen.files.errors import Loss
from twinscreen.files.words.counting import plural
from twinscreen.twin.deviation.batch import donor_in_place, measure_batch
from twinscreen.twin.deviation.donors import gives_the_mean, standing
from twinscreen.twin.deviation.observed import join_cells
from twinscreen.twin.deviation.sharing import add_elsewhere

log = logging.getLogger(__name__)


#: Sums of fewer counts may be alike by chance.
_FEWEST_COUNTS = 1000


def build_reference(
    observations: Sequence[ad.AnnData],
    *,
    min_cells: int,
    min_donors: int,
    min_count: float,
    donors: str = "controls",
    public: str = "",
    sites: Sequence[ad.AnnData] = (),
    sources: pd.DataFrame | None = None,
    file: str = "reference",
) -> ad.AnnData:
    """Sum the samples of the donors by cell type, tissue and donor.

    Parameters
    ----------
    observations
        Observations of the control samples, or of the patients.
    min_cells
        Fewest cells that make a pseudobulk.
    min_donors
        Fewest donors that make a reference.
    min_count
        Fewest counts of a gene to compare it, for the calibration.
    donors
        Whether these are controls, or patients, each of whom is left out where they themselves are
        compared.
    public
        The condition of donors of another study, if there are any.
    sites
        What other sites share of their references, contract SHARED.
    sources
        Files behind the observations, as `files.sources` records them.
    file
        What the reference is called in messages.

    Returns
    -------
    The reference, contract REFERENCE.

    Raises
    ------
    InputError
        Fewer usable donors than `min_donors`, or one of them twice.
    """
    unused = {
        one.uns["sample"]["sample"]: Loss(str(one.uns["unscorable"]), str(one.uns["remedy"]))
        for one in observations
        if one.uns["unscorable"]
    }
    usable = standing([one for one in observations if not one.uns["unscorable"]], donors)
    names = sorted({one.uns["sample"]["patient"] for one in usable})
    elsewhere = sum(int(one.obs["n_donors"].max()) for one in sites)
    if not names or len(names) + elsewhere < min_donors:
        raise InputError(
            file=file,
            place="reference of the cohort",
            found=f"{plural(len(names), 'usable reference donor')} ({', '.join(names) or 'none'})"
            + "".join(f"; {sample} unusable: {why}" for sample, why in unused.items()),
            expected=f"at least {min_donors}",
            remedy="add control samples of donors to the sample sheet, mend those that could not be"
            " used, or see docs/few_controls.md",
        )
    parts = [
        _pseudobulks([one for one in usable if one.uns["sample"]["tissue"] == tissue], tissue)
        for tissue in sorted({one.uns["sample"]["tissue"] for one in usable})
    ]
    for part in parts:
        _check_distinct(part, file=file)
    reference = parts[0]
    if len(parts) > 1:
        proteins = pd.concat([part.obsm.pop("protein") for part in parts])
        reference = ad.concat(parts, join="inner")
        reference.obsm["protein"] = proteins
        lost = max(part.n_vars for part in parts) - reference.n_vars
        log.info("%d genes that not all tissues have are left out", lost)
    reference = reference[reference.obs["n_cells"] >= min_cells].copy()
    reference.obs["base"] = gives_the_mean(reference.obs, public)
    reference = add_elsewhere(reference, sites, file=file)
    layers, significant = _each_donor(reference, min_donors=min_donors, min_count=min_count)
    reference.layers.update(layers)
    reference.uns |= {
        "unused": pd.DataFrame(
            {
                "sample": list(unused),
                "reason": [why.reason for why in unused.values()],
                "remedy": [why.remedy for why in unused.values()],
            },
            dtype=str,
        ),
        "calibration": _calibration(reference, significant),
        "batch": measure_batch(reference, significant, min_donors=min_donors, min_count=min_count),
        "provenance": provenance(
            parameters={
                "min_cells": min_cells,
                "min_donors": min_donors,
                "min_count": min_count,
                "donors": donors,
                "public": public,
            },
            inputs=() if sources is None else sources,
        ),
    }
    log.info("reference: %d donors, %d pseudobulks", len(names), reference.n_obs)
    for one in sites:
        lost = (~one.var_names.isin(reference.var_names)).mean()
        log.info("%s: %.1f %% of its genes are not in common", one.uns["site"], 100 * lost)
    return reference


def _pseudobulks(observations: list[ad.AnnData], tissue: str) -> ad.AnnData:
    """Sum one tissue's samples; surface proteins are averaged over cells."""
    batches: dict[str, set[str]] = defaultdict(set)
    for one in observations:
        batches[one.uns["sample"]["patient"]].add(one.uns["sample"]["batch"])
    batch = {donor: "/".join(sorted(names)) for donor, names in batches.items()}
    condition = {
        one.uns["sample"]["patient"]: one.uns["sample"]["condition"] for one in observations
    }
    cells = join_cells(observations, tag=True)
    sums = cells.summed()
    split = pd.Series(sums.index, dtype=str).str.split("|", n=1, expand=True)
    obs = pd.DataFrame(
        {
            "cell_type": split[1].to_numpy(),
            "tissue": tissue,
            "donor": split[0].to_numpy(),
            "condition": split[0].map(condition).to_numpy(),
            "batch": split[0].map(batch).to_numpy(),
            "n_cells": pd.Series(cells.cell_type).value_counts()[sums.index].to_numpy(),
        }
    )
    obs.index = pd.Index(obs["cell_type"] + "|" + tissue + "|" + obs["donor"])
    pseudobulks = ad.AnnData(
        X=sums.to_numpy(dtype=np.float64), obs=obs, var=pd.DataFrame(index=cells.genes)
    )
    pseudobulks.layers["share"] = cells.share().astype(np.float32)
    protein = cells.protein.groupby(cells.cell_type).mean().loc[sums.index]
    protein.index = obs.index
    pseudobulks.obsm["protein"] = protein
    return pseudobulks


def _check_distinct(pseudobulks: ad.AnnData, *, file: str) -> None:
    """Check that no donor stands there twice: then people would seem more alike than they are."""
    seen: dict[tuple[str, bytes], str] = {}
    rows = pseudobulks.obs[["cell_type", "donor"]].astype(str).itertuples(index=False)
    for (cell_type, donor), sums in zip(rows, np.asarray(pseudobulks.X), strict=True):
        if sums.sum() < _FEWEST_COUNTS:
            continue
        other = seen.setdefault((cell_type, sums.tobytes()), donor)
        if other != donor:
            raise InputError(
                file=file,
                place=f"donors {' and '.join(sorted([other, donor]))}",
                found=f"the same counts of every gene in their {cell_type} cells",
                expected="different cells of each donor",
                remedy="if they are one person, leave the samples of one of them out of the sample"
                " sheet; if not, correct its columns cells and select",
            )


def _each_donor(
    reference: ad.AnnData, *, min_donors: int, min_count: float
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Compare each donor with the others, as a patient would be.

    Returns
    -------
    Layers `effect` and `logfc` (log2 fold change), of the shape of the reference's X, float32; NaN
    where a gene was not compared, which is all of them where there are too few others. Number of
    genes with p < 0.05 in each row.
    """
    layers = {
        name: np.full(reference.shape, np.nan, dtype=np.float32) for name in ("effect", "logfc")
    }
    significant = np.zeros(reference.n_obs, dtype=int)
    for row in range(reference.n_obs):
        found = donor_in_place(reference, row, min_donors=min_donors, min_count=min_count)
        if found is not None:
            layers["effect"][row], layers["logfc"][row] = found.effect, found.logfc
            significant[row] = (found.pvalue < 0.05).sum()
    return layers, significant


def _calibration(reference: ad.AnnData, significant: np.ndarray) -> pd.DataFrame:
    """Sum up how often donors deviate, from what `_each_donor` gave.

    Returns
    -------
    One row per cell type and tissue with donors who could be compared: `cell_type, tissue,
    n_donors`, `n_tested`, the genes compared in all donors, and `share`, how many of them had
    p < 0.05: about 0.05 if p means what it says.
    """
    tested = np.isfinite(np.asarray(reference.layers["effect"])).sum(axis=1)
    groups = reference.obs.groupby(["cell_type", "tissue"], observed=True).indices
    rows = [
        (*place, len(own), int(tested[own].sum()), significant[own].sum() / tested[own].sum())
        for place, own in sorted(groups.items())
        if tested[own].any()
    ]
    columns = {"cell_type": str, "tissue": str, "n_donors": int, "n_tested": int, "share": float}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def calibration_of(reference: ad.AnnData, cell_type: str, tissue: str) -> float:
    """Share of genes with p < 0.05 among the donors of a cell type; NaN if they are few."""
    table = reference.uns["calibration"]
    share = table.loc[(table["cell_type"] == cell_type) & (table["tissue"] == tissue), "share"]
    return float(share.iloc[0]) if len(share) else np.nan

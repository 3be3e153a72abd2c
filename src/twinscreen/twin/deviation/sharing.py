"""What a site shares of its reference, and how another site takes it."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd
from scipy import linalg

from twinscreen.files import InputError, provenance
from twinscreen.files.contracts.patient import (
    ELSEWHERE,
    MOLECULES,
    SHARED_LAYERS,
    SHARED_PROTEIN,
)
from twinscreen.twin.deviation.pseudobulk import level, log_cpm

_PLACE = ["cell_type", "tissue"]


def share_reference(
    reference: ad.AnnData,
    *,
    site: str,
    min_donors: int = 5,
    exact: bool = False,
    sources: pd.DataFrame | None = None,
    file: str = "reference",
) -> ad.AnnData:
    """Add up the donors of a reference by cell type and tissue.

    Parameters
    ----------
    reference
        Contract REFERENCE; donors of other sites or of another study that it may have stay out.
    site
        What the site is called.
    min_donors
        Cell types with fewer donors in a tissue are left out, and surface proteins of fewer.
    exact
        Whether to share each donor's number of molecules in a cell type, too, without saying whose
        it is. Without it, fewer numbers that have the same moments stand for them.
    sources
        The file behind it, as `files.sources` records it.
    file
        What the reference is called in messages.

    Returns
    -------
    Contract SHARED: every number is a sum or a mean over at least `min_donors` donors, but for
    `molecules` where `exact` asks for those.

    Raises
    ------
    InputError
        No cell type has enough donors.
    """
    own = reference[reference.obs["base"].to_numpy(dtype=bool)]
    groups = own.obs.groupby(_PLACE, observed=True).indices
    kept = {place: rows for place, rows in sorted(groups.items()) if len(rows) >= min_donors}
    if not kept:
        most = max(map(len, groups.values()), default=0)
        raise InputError(
            file=file,
            found=f"at most {most} donors of a cell type and tissue",
            expected=f"at least {min_donors}",
            remedy="nothing can be shared of so few; add donors",
        )
    rows, molecules, proteins = [], [], []
    layers: dict[str, list[np.ndarray]] = {name: [] for name in SHARED_LAYERS}
    for place, number in kept.items():
        donors = own[number]
        counts = np.asarray(donors.X, dtype=float)
        library = counts.sum(axis=1)
        log = log_cpm(counts)
        rows.append((site, *place, len(number), int(donors.obs["n_cells"].sum()), library.sum()))
        layers["counts"].append(counts.sum(axis=0))
        layers["centre"].append(log.mean(axis=0))
        layers["squares"].append(((log - log.mean(axis=0)) ** 2).sum(axis=0))
        layers["level"].append(level(counts, library).mean(axis=0))
        layers["share"].append(np.asarray(donors.layers["share"], dtype=float).mean(axis=0))
        sizes = _sizes(library, len(number) if exact else (len(number) - 1) // 2)
        molecules += [(site, *place, *one) for one in sizes]
        proteins += _proteins(donors.obsm["protein"], min_donors, (site, *place))
    obs = ELSEWHERE.of(rows)
    obs.index = obs["cell_type"] + "|" + obs["tissue"]
    shared = ad.AnnData(obs=obs, var=pd.DataFrame(index=own.var_names.copy()))
    shared.layers.update({name: np.array(values) for name, values in layers.items()})
    shared.uns = {
        "site": site,
        "left_out": len(groups) - len(kept),
        MOLECULES.name: MOLECULES.of(molecules),
        SHARED_PROTEIN.name: SHARED_PROTEIN.of(proteins),
        "provenance": provenance(
            parameters={"site": site, "min_donors": min_donors, "exact": exact},
            inputs=() if sources is None else sources,
        ),
    }
    return shared


def unless_few_changed(
    shared: ad.AnnData, earlier: ad.AnnData, *, min_donors: int
) -> tuple[ad.AnnData, list[str]]:
    """Leave cell types as they were shared before where few donors came or went since.

    The difference of two sums is a sum, too: that of the donors who came in between.

    Parameters
    ----------
    shared
        What would be shared now, contract SHARED.
    earlier
        What was shared before.
    min_donors
        A cell type is shared anew where at least so many more or fewer donors are in it.

    Returns
    -------
    What may be shared, over the genes of both, and the rows that are as they were.
    """
    same = shared.obs_names[shared.obs_names.isin(earlier.obs_names)]
    change = shared.obs.loc[same, "n_donors"] - earlier.obs.loc[same, "n_donors"]
    kept = same[(change.abs() < min_donors).to_numpy()]
    if not len(kept):
        return shared, []
    genes = shared.var_names[shared.var_names.isin(earlier.var_names)]
    made = shared[:, genes].copy()
    rows = made.obs_names.get_indexer(kept)
    for name in SHARED_LAYERS:
        made.layers[name][rows] = np.asarray(earlier[kept, genes].layers[name])
    for column in ("n_donors", "n_cells", "library"):
        made.obs.loc[kept, column] = earlier.obs.loc[kept, column]
    for spec in (MOLECULES, SHARED_PROTEIN):
        now, before = (pd.DataFrame(one.uns[spec.name]) for one in (shared, earlier))
        parts = (now[~_of(now, kept)], before[_of(before, kept)])
        made.uns[spec.name] = spec.typed(pd.concat(parts, ignore_index=True))
    return made, list(kept)


def _of(table: pd.DataFrame, names: pd.Index) -> np.ndarray:
    """Mark the rows of some cell types and tissues."""
    place = table["cell_type"].astype(str) + "|" + table["tissue"].astype(str)
    return place.isin(names).to_numpy()


def _sizes(library: np.ndarray, k: int) -> list[tuple[float, float]]:
    """Give k libraries with weights that stand for those of n donors, k <= n.

    Their logarithms have the first 2 k - 1 moments of those of the donors' (a Gauss quadrature, by
    Lanczos' tridiagonal matrix): with k = n they are the donors', in order of size.
    """
    log = np.log(np.maximum(library, 1))
    if k >= len(log):
        return [(float(size), 1 / len(log)) for size in np.sort(library)]
    base = np.full((1, len(log)), len(log) ** -0.5)
    diagonal, beside = [], []
    for _ in range(k):
        ahead = log * base[-1]
        diagonal.append(float(ahead @ base[-1]))
        for _ in range(2):  # twice is enough to make it orthogonal to all before
            ahead = ahead - base.T @ (base @ ahead)
        length = float(np.linalg.norm(ahead))
        if length < 1e-9:  # fewer different libraries than that
            break
        beside.append(length)
        base = np.vstack([base, ahead / length])
    values, vectors = linalg.eigh_tridiagonal(diagonal, beside[: len(diagonal) - 1])
    return [(float(np.exp(v)), float(w)) for v, w in zip(values, vectors[0] ** 2, strict=True)]


def _proteins(
    levels: pd.DataFrame, min_donors: int, place: tuple[str, ...]
) -> list[tuple[object, ...]]:
    """Add up the donors' mean levels of surface proteins that enough donors have."""
    found = []
    for name in levels.columns:
        known = levels[name].dropna().to_numpy(dtype=float)
        if len(known) >= min_donors:
            squares = float(((known - known.mean()) ** 2).sum())
            found.append((*place, str(name), len(known), float(known.mean()), squares))
    return found


def add_elsewhere(
    reference: ad.AnnData, shared: Sequence[ad.AnnData], *, file: str = "reference"
) -> ad.AnnData:
    """Put the sums of other sites beside the donors of a reference, over the genes of all.

    Parameters
    ----------
    reference
        Pseudobulks of one's own donors.
    shared
        Contract SHARED, one per site.
    file
        What the reference is called in messages.

    Returns
    -------
    The reference with varm `elsewhere_...`, a column per row of uns `elsewhere`.

    Raises
    ------
    InputError
        A site stands there twice, or is one's own.
    """
    if not shared:
        return reference
    sites = [str(one.uns["site"]) for one in shared]
    own = {place: len(rows) for place, rows in reference.obs.groupby(_PLACE).indices.items()}
    for one, site in zip(shared, sites, strict=True):
        if sites.count(site) > 1 or _is_own(reference, one, own):
            raise InputError(
                file=file,
                place=f"site {site}",
                found="the same donors twice",
                expected="each site once, and not one's own, whose donors are there already",
                remedy="take the file out of reference.sites",
            )
    genes = reference.var_names
    for one in shared:
        genes = genes[genes.isin(one.var_names)]
    joined = reference[:, genes].copy()
    for name in SHARED_LAYERS:
        columns = [np.asarray(one[:, genes].layers[name], dtype=float) for one in shared]
        joined.varm[f"elsewhere_{name}"] = np.vstack(columns).T.copy()
    joined.uns["elsewhere"] = ELSEWHERE.typed(pd.concat([one.obs for one in shared])).reset_index(
        drop=True
    )
    for spec in (MOLECULES, SHARED_PROTEIN):
        tables = [spec.typed(pd.DataFrame(one.uns[spec.name])) for one in shared]
        joined.uns[spec.name] = pd.concat(tables, ignore_index=True)
    return joined


def _is_own(reference: ad.AnnData, shared: ad.AnnData, own: dict[tuple[str, str], int]) -> bool:
    """Whether the sums of a site are those of the reference's own donors."""
    for place, n in own.items():
        name = "|".join(place)
        if name in shared.obs_names and int(shared.obs.loc[name, "n_donors"]) == n:
            rows = (reference.obs[_PLACE] == list(place)).all(axis=1).to_numpy()
            genes = reference.var_names[reference.var_names.isin(shared.var_names)]
            theirs = np.asarray(shared[name, genes].layers["counts"]).ravel()
            ours = np.asarray(reference[rows, genes].X, dtype=float).sum(axis=0)
            if np.array_equal(ours, theirs):
                return True
    return False

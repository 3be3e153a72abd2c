"""The compartments of a patient in the order of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import anndata as ad
import numpy as np

from twinscreen.files import time_order


@dataclass(frozen=True)
class Series:
    """One cell type in one tissue over the t time points of the tissue, in order.

    `rows` are the rows of the twin, -1 where there is none that could be scored; all else has
    shape (t, g) over the genes: `effect` is NaN where a gene was not compared, `significant` and
    `module` are False there.
    """

    cell_type: str
    tissue: str
    times: list[str]
    rows: np.ndarray
    effect: np.ndarray
    significant: np.ndarray
    module: np.ndarray

    @property
    def measured(self) -> np.ndarray:
        """Whether a gene was compared, shape (t, g)."""
        return np.isfinite(self.effect)

    def adjacent(self) -> Iterator[tuple[int, int]]:
        """Give the positions of each scored time point and the next scored one."""
        yield from pairwise(np.flatnonzero(self.rows >= 0).tolist())


def time_series(twin: ad.AnnData, *, max_qvalue: float) -> list[Series]:
    """Put the compartments of each cell type and tissue in the order of time.

    Parameters
    ----------
    twin
        Compartments x genes; obs `cell_type, tissue, time, scorable, latest`, X (effect), layers
        `qvalue` and `module`.
    max_qvalue
        Genes of smaller q are significant.

    Returns
    -------
    The series of all tissues with at least two time points up to the latest, the state that is
    treated; a cell type that could not be scored at a time point has NaN there.
    """
    obs = twin.obs
    found = []
    for tissue in dict.fromkeys(obs["tissue"]):
        here = (obs["tissue"] == tissue).to_numpy()
        latest = obs.loc[here & obs["latest"].to_numpy(dtype=bool), "time"]
        times = sorted({*obs.loc[here, "time"]}, key=time_order)
        if len(latest) == 0:
            continue
        times = times[: times.index(latest.iloc[0]) + 1]
        if len(times) < 2:
            continue
        for cell_type in dict.fromkeys(obs.loc[here, "cell_type"]):
            own = here & (obs["cell_type"] == cell_type).to_numpy()
            own &= obs["scorable"].to_numpy(dtype=bool)
            row_of = dict(zip(obs["time"].to_numpy()[own], np.flatnonzero(own), strict=True))
            rows = np.array([row_of.get(time, -1) for time in times])
            found.append(_series(twin, cell_type, tissue, times, rows, max_qvalue))
    return found


def _series(
    twin: ad.AnnData,
    cell_type: str,
    tissue: str,
    times: list[str],
    rows: np.ndarray,
    max_qvalue: float,
) -> Series:
    """Take the rows of a series out of the layers of a twin."""
    absent = (rows < 0)[:, None]
    effect = np.where(absent, np.nan, np.asarray(twin.X)[rows])
    qvalue = np.where(absent, np.nan, np.asarray(twin.layers["qvalue"])[rows])
    module = np.where(absent, np.nan, np.asarray(twin.layers["module"])[rows])
    with np.errstate(invalid="ignore"):
        significant = qvalue < max_qvalue
    return Series(cell_type, tissue, times, rows, effect, significant, module == 1)

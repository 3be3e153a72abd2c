"""What is left of p-values when there are many of them."""

import numpy as np


def false_discovery_rate(pvalue: np.ndarray, axis: int = -1) -> np.ndarray:
    """Adjust p-values by the step-up procedure of Benjamini and Hochberg.

    Parameters
    ----------
    pvalue
        P-values of any shape; NaN where nothing was tested.
    axis
        Along which axis tests belong together.

    Returns
    -------
    q-values of the same shape, over the p-values that there are; NaN where there is none.

    References
    ----------
    Benjamini and Hochberg, J R Stat Soc B 1995;57:289.
    """
    values = np.moveaxis(np.asarray(pvalue, dtype=float), axis, -1)
    order = np.argsort(values, axis=-1)  # NaN comes last
    tested = np.isfinite(values).sum(axis=-1, keepdims=True)
    ranked = np.take_along_axis(values, order, axis=-1) * tested / np.arange(1, order.shape[-1] + 1)
    smallest = np.fmin.accumulate(ranked[..., ::-1], axis=-1)[..., ::-1]
    adjusted = np.empty(values.shape)
    np.put_along_axis(adjusted, order, smallest, axis=-1)
    return np.moveaxis(adjusted, -1, axis)

"""Random walk with restart over several layers that are copies of one interactome.

A walker on a layer goes back to a seed (probability r), else jumps to the same protein of another
layer (probability d), else goes to a neighbour. Because all L layers have the same edges, the
sum over layers is a walk on a single one, with restart r / (1 - (1 - r) d), from the weighted mean
of the layers' seeds; and what sets a layer apart from the mean of all follows another such
walk. So no matrix over L n nodes is needed, and by linearity the sum is made of one part per layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twinscreen.network.interactome import Interactome
from twinscreen.network.walks.random_walk import _steps, random_walk


@dataclass(frozen=True)
class MultiplexWalk:
    """Stationary probabilities of k walks over n proteins, summed over L layers.

    `parts` is what each layer's seeds bring to a protein, shape (L, n, k), zero where a layer is
    absent; `uniform` the probability if every protein were as likely a seed, shape (n, k).
    Columns where no layer has seeds are NaN.
    """

    parts: np.ndarray
    uniform: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """Sum over layers, shape (n, k); each column sums to 1."""
        total: np.ndarray = self.parts.sum(axis=0)
        return total

    @property
    def relevance(self) -> np.ndarray:
        """Probability over that of uniform seeds, shape (n, k): 1 is what chance gives."""
        return self.probability / self.uniform

    @property
    def shares(self) -> np.ndarray:
        """Share of each layer's seeds in the relevance of a protein, shape (L, n, k)."""
        with np.errstate(invalid="ignore"):
            return self.parts / self.probability


def multiplex_walk(
    network: Interactome,
    seeds: np.ndarray,
    *,
    layer_weight: np.ndarray,
    restart: float = 0.7,
    jump: float = 0.5,
) -> MultiplexWalk:
    """Walk over all layers from their seeds, all columns as one block.

    Parameters
    ----------
    network
        Undirected interactome of n proteins, the same in all layers.
    seeds
        Restart weights of each layer, shape (L, n, k), non-negative; scaled to sum 1 within a
        layer and column. A layer without weight in a column is absent from it.
    layer_weight
        Probability that a restart leads to a layer, shape (L,), non-negative; scaled to sum 1
        over the layers present. A layer of weight 0 is absent.
    restart
        Probability of going back to a seed, above 0 and at most 1.
    jump
        Probability that a step that is no restart leads to another layer (any, equally likely)
        rather than to a neighbour; at least 0 and below 1. Alone, a layer has no jumps.

    Returns
    -------
    The walk. A protein without neighbours keeps its share, as in `random_walk`.

    Raises
    ------
    ValueError
        `restart` or `jump` is out of range, a weight is negative, or shapes don't fit.

    References
    ----------
    Valdeolivas et al., Bioinformatics 2019;35:497.
    """
    share = _shares_of_layers(network, seeds, layer_weight, restart, jump)
    parts = np.zeros(seeds.shape)
    parts[:, :, share.sum(axis=0) == 0] = np.nan
    uniform = np.full(seeds.shape[1:], np.nan)
    present = (share > 0).sum(axis=0)
    for some, again in (
        (present == 1, restart),
        (present > 1, restart / (1 - (1 - restart) * jump)),
    ):
        if some.any():
            layer, column = np.nonzero((share > 0) & some)
            # many columns share the seeds of a layer: each distinct one is solved once
            rows = [*seeds[layer, :, column], np.ones(len(network.names))]
            number = {row.tobytes(): i for i, row in reversed(list(enumerate(rows)))}
            first = sorted(number.values())
            walk = random_walk(network, np.array([rows[i] for i in first]).T, restart=again)
            walk = walk[:, np.searchsorted(first, [number[row.tobytes()] for row in rows])]
            parts[layer, :, column] = (walk[:, :-1] * share[layer, column]).T
            uniform[:, some] = walk[:, -1:]
    return MultiplexWalk(parts, uniform)


def layer_probability(
    network: Interactome,
    seeds: np.ndarray,
    *,
    layer_weight: np.ndarray,
    restart: float = 0.7,
    jump: float = 0.5,
) -> np.ndarray:
    """Say on which layer the walker of `multiplex_walk` is: the stationary probability of each.

    With s the sum over L layers, x = p_l - s / L solves (1 + (1 - r) d / (L - 1)) x =
    r (restart of l - mean restart) + (1 - r) (1 - d) W x: the coupling of layers has the
    eigenvalue -1 / (L - 1) on whatever sums to zero over them.

    Parameters
    ----------
    network, seeds, layer_weight, restart, jump
        As in `multiplex_walk`.

    Returns
    -------
    Probability, shape (L, n, k); over layers it sums to `MultiplexWalk.probability`.
    """
    walk = multiplex_walk(network, seeds, layer_weight=layer_weight, restart=restart, jump=jump)
    share = _shares_of_layers(network, seeds, layer_weight, restart, jump)
    steps = _steps(network)
    result = np.zeros(seeds.shape)
    for column in range(seeds.shape[2]):
        layers = np.flatnonzero(share[:, column])
        if len(layers) < 2:
            result[:, :, column] = walk.parts[:, :, column]
            continue
        home = seeds[layers, :, column].T
        home = home / home.sum(axis=0) * share[layers, column]
        apart = restart * (home - home.mean(axis=1, keepdims=True))
        scale = 1 + (1 - restart) * jump / (len(layers) - 1)
        difference = np.zeros_like(apart)
        while True:
            new = (apart + (1 - restart) * (1 - jump) * (steps @ difference)) / scale
            if np.abs(new - difference).sum(axis=0).max() < 1e-12:
                break
            difference = new
        mean = walk.probability[:, [column]] / len(layers)
        result[layers, :, column] = (mean + new).T
    return result


def _shares_of_layers(
    network: Interactome,
    seeds: np.ndarray,
    layer_weight: np.ndarray,
    restart: float,
    jump: float,
) -> np.ndarray:
    """Give the probability that a restart leads to each layer, shape (L, k); 0 where absent."""
    if not 0 < restart <= 1:
        raise ValueError(f"restart {restart}: expected above 0 and at most 1")
    if not 0 <= jump < 1:
        raise ValueError(f"jump {jump}: expected at least 0 and below 1")
    weight = np.asarray(layer_weight, dtype=float)
    if seeds.ndim != 3 or seeds.shape[:2] != (len(weight), len(network.names)):
        raise ValueError(
            f"seeds of shape {seeds.shape}: expected {len(weight)} layers"
            f" x {len(network.names)} proteins x columns"
        )
    if (weight < 0).any() or (seeds < 0).any():
        raise ValueError("weights of layers and of seeds must not be negative")
    present = weight[:, None] * (seeds.sum(axis=1) > 0)
    total = present.sum(axis=0)
    return np.divide(present, total, out=np.zeros_like(present), where=total > 0)

"""Signed paths from every protein to genes, on the real network and on rewired ones.

`influence` writes out the whole matrix F. Where only F times a few vectors of genes is wanted, and
that on a hundred rewired networks, the sums are taken along the edges instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from twinscreen.network.signed.rewiring import rewire


@dataclass(frozen=True)
class SignedEdges:
    """m edges between n proteins, sorted by source: `start` (n + 1,), `target` and `sign` (m,)."""

    start: np.ndarray
    target: np.ndarray
    sign: np.ndarray

    @classmethod
    def of(cls, source: np.ndarray, target: np.ndarray, sign: np.ndarray, *, n: int) -> SignedEdges:
        """Sort edges, shape (m,) each, by source and target."""
        order = np.lexsort([target, source])
        start = np.searchsorted(source[order], np.arange(n + 1))
        return cls(start.astype(np.int32), target[order].astype(np.int32), sign[order])

    @property
    def source(self) -> np.ndarray:
        """Source of each edge, shape (m,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @cached_property
    def weight(self) -> np.ndarray:
        """Sign over outdegree of the source, of each edge, shape (m,), float32."""
        outdegree = np.repeat(np.diff(self.start), np.diff(self.start))
        weight: np.ndarray = (self.sign / outdegree).astype(np.float32)
        return weight

    def transition(self, target: np.ndarray | None = None) -> sparse.csr_array:
        """W_ij = sign_ij / outdegree_i, shape (n, n), float32; with other targets, if given."""
        n = len(self.start) - 1
        target = self.target if target is None else target.astype(np.int32)
        return sparse.csr_array((self.weight, target, self.start), shape=(n, n))

    def rewired(self, random: np.random.Generator) -> np.ndarray:
        """Targets after rewiring, shape (m,)."""
        return rewire(self.source, self.target, self.sign, random=random)


@dataclass(frozen=True)
class SignalNetwork:
    """Signalling (PT) and regulation (TR) between n proteins, and how a signal runs on them.

    F = [ sum over k = 0..steps of (damping W_PT)^k ] W_TR, as in `influence`.
    """

    signalling: SignedEdges
    regulation: SignedEdges
    damping: float
    steps: int

    def upstream(
        self,
        values: np.ndarray,
        signalling: np.ndarray | None = None,
        rows: np.ndarray | None = None,
    ) -> np.ndarray:
        """Carry values back along signalling: [ sum over k of (damping W_PT)^k ] values.

        Parameters
        ----------
        values
            Shape (n, k), float32.
        signalling
            Targets of the signalling edges on a rewired network, if not the real one.
        rows
            Proteins asked for, if not all.

        Returns
        -------
        Shape (n, k) or (rows, k), float32: what a rise of each protein's activity is worth
        downstream.
        """
        step = np.float32(self.damping) * self.signalling.transition(signalling)
        asked = np.arange(len(values)) if rows is None else rows
        if not self.steps:
            return values[asked]
        total = values
        for _ in range(self.steps - 1):
            total = step @ total
            total += values
        return (step if rows is None else step[asked]) @ total + values[asked]

    def change(self, values: np.ndarray) -> np.ndarray:
        """Give F times values of genes, shape (n, k), float32."""
        return self.upstream(self.regulation.transition() @ values)

    def influence_of(self, proteins: np.ndarray) -> np.ndarray:
        """Rows of F, shape (len(proteins), n), float32."""
        rows = np.zeros((len(proteins), len(self.signalling.start) - 1), dtype=np.float32)
        rows[np.arange(len(proteins)), proteins] = 1
        step = np.float32(self.damping) * self.signalling.transition()
        total = rows.copy()
        for _ in range(self.steps):
            rows = rows @ step
            total += rows
        return np.asarray(total @ self.regulation.transition())

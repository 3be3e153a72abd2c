"""Patients whose right drugs are known, with what all ways of scoring share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.network import Interactome
from twinscreen.screen.evidence.screened_state import (
    LIMIT,
    ScreenedState,
    loudness,
    normal_scores,
    screened_state,
    tails,
)
from twinscreen.screen.evidence.targets import Targets


@dataclass(frozen=True)
class Truth:
    """k patients whose right drugs are known, and d drugs of e entries.

    `weights` are those of the compartments of each twin. `targets` are those of the entries over
    the n proteins of the network, `mechanism` (d,) is that of each drug, and `allowed` (e,) says
    which have a target with a known action. Of the p proteins of the signed network, `place` (p,)
    is the column among the n, -1 where there is none; `rows` (t,) are those that are a target, and
    `members` that of the targets over these.
    """

    twins: Sequence[ad.AnnData]
    weights: Sequence[np.ndarray]
    states: Sequence[ScreenedState]
    network: Interactome
    targets: Targets
    mechanism: np.ndarray
    allowed: np.ndarray
    place: np.ndarray
    rows: np.ndarray
    members: sparse.csr_array

    @classmethod
    def of(
        cls,
        twins: Sequence[ad.AnnData],
        weights: Sequence[np.ndarray],
        network: Interactome,
        targets: Targets,
        mechanism: np.ndarray,
        proteins: pd.Index,
    ) -> "Truth":
        """Prepare states and targets."""
        names = pd.Index(network.names.astype(str))
        if not all(names.equals(twin.var_names) for twin in twins):
            raise ValueError("twins and interactome are of two releases: run `make validate` again")
        place = names.get_indexer(proteins)
        inside = np.flatnonzero(place >= 0)
        members = sparse.csc_array(targets.members[:, place[inside]])
        used = np.flatnonzero(np.diff(members.indptr) > 0)
        directed = targets.table["drug"].to_numpy()[targets.table["sign"].to_numpy() != 0]
        return cls(
            twins,
            weights,
            [screened_state(twin, None, one) for twin, one in zip(twins, weights, strict=True)],
            network,
            targets,
            mechanism,
            np.bincount(directed, minlength=targets.drugs) > 0,
            place,
            inside[used],
            sparse.csr_array(members[:, used]),
        )

    def of_layers(self, effect: str, logfc: str) -> list[ScreenedState]:
        """States in which one measure of deviation (`X` or a layer) takes the place of another."""
        found = []
        for twin, weight in zip(self.twins, self.weights, strict=True):
            one, other = (twin.X if name == "X" else twin.layers[name] for name in (effect, logfc))
            changed = twin.copy()
            changed.X, changed.layers["logfc"] = np.asarray(one), np.asarray(other)
            found.append(screened_state(changed, None, weight))
        return found

    def of_normal_scores(self) -> list[ScreenedState]:
        """States of mean normal scores as they are, without the size of the effects."""
        found = []
        for twin, weight, state in zip(self.twins, self.weights, self.states, strict=True):
            used = weight > 0
            parts = np.zeros(state.parts[used].shape)
            effects, changes = np.asarray(twin.X)[used], np.asarray(twin.layers["logfc"])[used]
            for row, (effect, logfc) in enumerate(zip(effects, changes, strict=True)):
                known = np.isfinite(effect) & np.isfinite(logfc)
                order = normal_scores(np.array([effect[known], logfc[known]])).sum(axis=0)
                parts[row, known] = (order - order.mean()) / order.std()
            loud = weight[used] * loudness(tails(effects), np.ones(used.sum()))
            found.append(replace(state, whole=loud @ parts / np.sqrt((loud**2).sum())))
        return found

    def of_effects(self) -> list[ScreenedState]:
        """States of effects as they are, cut at `LIMIT` and standardised, without normal scores."""
        found = []
        for twin, weight, state in zip(self.twins, self.weights, self.states, strict=True):
            values = np.clip(np.asarray(twin.X, dtype=float), -LIMIT, LIMIT)[weight > 0]
            values -= np.nanmean(values, axis=1, keepdims=True)
            values = np.nan_to_num(values / np.nanstd(values, axis=1, keepdims=True))
            used = weight[weight > 0]
            found.append(replace(state, whole=used @ values / np.sqrt((used**2).sum())))
        return found

    def genes(self, states: Sequence[ScreenedState]) -> tuple[np.ndarray, np.ndarray]:
        """Deviations over the p proteins, 0 where not measured, and where they are, (p, k) each."""
        known = self.place >= 0
        values, seen = np.zeros((2, len(self.place), len(states)))
        for column, state in enumerate(states):
            seen[known, column] = state.seen[self.place[known]]
            values[known, column] = state.whole[self.place[known]]
        return np.where(seen > 0, values, 0), seen > 0

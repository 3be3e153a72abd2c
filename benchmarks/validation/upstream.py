"""Whether causal evidence finds the protein that was acted on, by what it did to genes.

Each state is the change of genes after one protein was acted on in a known direction. Causal
evidence asks which drug would oppose it; so a made-up drug that lowers one protein alone has the
over-activity of that protein as its z, and the right one should stand high among all.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from twinscreen.kb.wiring import Wiring
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Targets, target_sets

#: So many states are carried over the networks at once.
BLOCK = 300


def overactivity(
    states: np.ndarray, genes: pd.Index, wiring: Wiring, proteins: pd.Index
) -> np.ndarray:
    """Give z of the over-activity of t proteins in k states, shape (t, k).

    Parameters
    ----------
    states
        Deviations, shape (k, n); every gene was measured in all.
    genes
        Their n genes.
    wiring
        Real and rewired networks.
    proteins
        The t proteins asked for; NaN for those that no signed path leads from.
    """
    names = genes.append(wiring.proteins.difference(genes))
    table = pd.DataFrame({"drug_id": proteins, "target": proteins, "gene": proteins, "sign": -1})
    targets = target_sets(pd.DataFrame({"drug_id": proteins}), table, names)
    return causal_z(states, len(genes), names, wiring, targets)


def causal_z(
    states: np.ndarray, measured: int, names: pd.Index, wiring: Wiring, targets: Targets
) -> np.ndarray:
    """Give causal evidence on e mechanisms in k states, shape (e, k), as the screen has it.

    Parameters
    ----------
    states
        Deviations of the first `measured` of the named genes, shape (k, measured).
    names
        All genes: those measured, then the other proteins of the networks.
    targets
        Of the mechanisms, over all of these genes. Those of several targets are weighted as in
        the first state of a block.
    """
    place = names.get_indexer(wiring.proteins)
    seen = np.arange(len(names)) < measured
    bare = np.full((targets.drugs, 1), np.nan)
    blocks = np.array_split(states, range(BLOCK, len(states), BLOCK))
    found = []
    for block in blocks:
        whole = np.zeros((len(block), len(names)), dtype=np.float32)
        whole[:, :measured] = block
        state = ScreenedState(
            parts=whole[:1],
            whole=whole[0],
            resampled=np.empty((0, len(names))),
            null=whole[1:],
            measured=seen[None],
            spread=1.0,
            null_spread=np.ones(len(block) - 1),
            weight=np.ones(1),
        )
        evidence = causal_evidence(state, wiring, place, targets, bare)
        null = np.empty((targets.drugs, 0)) if evidence.null is None else evidence.null
        found += [evidence.weaker_z[:, None], null]
    return np.hstack(found)


def rewired_as_real(wiring: Wiring, number: int) -> Wiring:
    """Take one of the rewired networks for the real one, and the others for its null."""
    target = wiring.rewired[number].astype(np.int32)
    network = replace(wiring.network, signalling=replace(wiring.network.signalling, target=target))
    return replace(wiring, network=network, rewired=np.delete(wiring.rewired, number, axis=0))


def percentiles(z: np.ndarray) -> np.ndarray:
    """Percentile of each row within each column, shape (t, k), ties half; NaN stays NaN."""
    rank = stats.rankdata(z, axis=0, nan_policy="omit")
    result: np.ndarray = (rank - 0.5) / np.isfinite(z).sum(axis=0)
    return result

"""Read the signed network and its rewired versions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen.files import FilePath
from twinscreen.files.arrays import read_arrays
from twinscreen.files.contracts.knowledge import WIRING
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges


@dataclass(frozen=True)
class Wiring:
    """The real network over n named proteins, and targets of signalling in r rewired ones."""

    proteins: pd.Index
    network: SignalNetwork
    rewired: np.ndarray

    @property
    def rewirings(self) -> int:
        """Number of rewired networks."""
        return len(self.rewired)

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> "Wiring":
        """Put the arrays of the contract WIRING together."""
        signalling, regulation = (
            SignedEdges(*(arrays[f"{name}_{part}"] for part in ("start", "target", "sign")))
            for name in ("signalling", "regulation")
        )
        damping, steps = float(arrays["damping"]), int(arrays["steps"])
        network = SignalNetwork(signalling, regulation, damping, steps)
        return cls(pd.Index(arrays["proteins"]), network, arrays["rewired"])


def read_wiring(path: FilePath) -> Wiring:
    """Read the networks that `build_wiring` wrote."""
    return Wiring.of(read_arrays(path, WIRING))

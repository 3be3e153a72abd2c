"""The signed network and its rewired versions, made once per knowledge release."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen.files import INTERACTOME, FilePath, generator, read_table
from twinscreen.files.arrays import ArraysContract, read_arrays, write_arrays
from twinscreen.network.signal import SignalNetwork, SignedEdges

log = logging.getLogger(__name__)

#: `proteins` names the n proteins; `signalling` and `regulation` are edges sorted by source:
#: `start` (n + 1,), `sign` (m,) and `target` (m,); `rewired`, shape (rewirings, m), the targets of
#: signalling on rewired networks; `damping` and `steps` say how a signal runs.
WIRING = ArraysContract(
    "wiring",
    (
        "proteins",
        *(f"signalling_{part}" for part in ("start", "sign", "target")),
        *(f"regulation_{part}" for part in ("start", "sign", "target")),
        "rewired",
        "damping",
        "steps",
    ),
)


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


def build_wiring(
    *,
    interactome: FilePath,
    damping: float,
    steps: int,
    rewirings: int,
    seed: int,
    output: FilePath,
) -> None:
    """Rewire the signed edges of signalling many times, and write the networks.

    Parameters
    ----------
    interactome
        Table of the knowledge stage.
    damping, steps
        As for `build_influence`.
    rewirings
        Number of rewired networks; each protein keeps how many edges of each sign go in and out.
    seed
        Configured seed.
    output
        npz to write (contract WIRING).
    """
    edges = read_table(interactome, INTERACTOME).dropna(subset="sign")
    proteins = np.array(sorted(set(edges["source"]) | set(edges["target"])), dtype=str)
    small = np.int16 if len(proteins) <= np.iinfo(np.int16).max else np.int32
    arrays: dict[str, np.ndarray] = {}
    for name, layer in (("signalling", "PT"), ("regulation", "TR")):
        rows = edges[edges["layer"] == layer]
        real = SignedEdges.of(
            np.searchsorted(proteins, rows["source"].to_numpy(dtype=str)),
            np.searchsorted(proteins, rows["target"].to_numpy(dtype=str)),
            rows["sign"].to_numpy(dtype=np.int8),
            n=len(proteins),
        )
        for part in ("start", "sign", "target"):
            arrays[f"{name}_{part}"] = getattr(real, part)
        if name == "signalling":
            drawn = [real.rewired(generator(seed, "wiring", str(i))) for i in range(rewirings)]
            arrays["rewired"] = np.array(drawn, dtype=small).reshape(rewirings, len(real.target))
    write_arrays(
        output,
        WIRING,
        proteins=proteins,
        damping=np.array(damping),
        steps=np.array(steps),
        **arrays,
    )
    log.info("%d rewired networks of %d proteins", rewirings, len(proteins))


def read_wiring(path: FilePath) -> Wiring:
    """Read the networks that `build_wiring` wrote."""
    held = read_arrays(path, WIRING)
    signalling, regulation = (
        SignedEdges(*(held[f"{name}_{part}"] for part in ("start", "target", "sign")))
        for name in ("signalling", "regulation")
    )
    network = SignalNetwork(signalling, regulation, float(held["damping"]), int(held["steps"]))
    return Wiring(pd.Index(held["proteins"]), network, held["rewired"])

"""The signed network and its rewired versions, made once per knowledge release."""

import logging

import numpy as np
import pandas as pd

from twinscreen.files import INTERACTOME, FilePath, generator, read_table
from twinscreen.files.arrays import write_arrays
from twinscreen.files.contracts.knowledge import WIRING
from twinscreen.network.signed.signed_walk import SignedEdges

log = logging.getLogger(__name__)


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
    edges = read_table(interactome, INTERACTOME)
    arrays = wiring_of(edges, damping=damping, steps=steps, rewirings=rewirings, seed=seed)
    write_arrays(output, WIRING, **arrays)
    log.info("%d rewired networks of %d proteins", rewirings, len(arrays["proteins"]))


def wiring_of(
    edges: pd.DataFrame, *, damping: float, steps: int, rewirings: int, seed: int
) -> dict[str, np.ndarray]:
    """Rewire interactions, contract INTERACTOME, into the arrays of the contract WIRING."""
    edges = edges.dropna(subset="sign")
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
    return arrays | {
        "proteins": proteins,
        "damping": np.array(damping),
        "steps": np.array(steps),
    }

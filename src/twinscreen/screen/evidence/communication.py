"""Communication: whether a drug works against links between cell types that have changed.

It has no null of its own: its z says how a drug stands among the others, and nothing of chance.
"""

import anndata as ad
import numpy as np
from scipy import sparse

from twinscreen.screen.evidence.contract import (
    OTHER_DRUGS,
    Calibrated,
    EvidenceInputs,
    Kind,
    Sentences,
    ranked_among_drugs,
)
from twinscreen.screen.evidence.targets import Targets, score_weights


def communication_evidence(twin: ad.AnnData, targets: Targets, weight: np.ndarray) -> Calibrated:
    """Take how much a drug works against links between cell types that have gained or lost.

    A link that gained is opposed by lowering its ligand or its receptor: per gene, the gains of the
    significant links it is part of, by compartment of the receiver.

    Parameters
    ----------
    twin
        c compartments x n proteins, with the table `communication`.
    targets
        Targets of e mechanisms over the n proteins.
    weight
        Weight of each compartment, shape (c,).
    """
    links = twin.uns["communication"]
    gained = np.zeros((twin.n_obs, twin.n_vars))
    use = links["gain_qvalue"].to_numpy(dtype=float) < 0.05
    for end in ("ligand", "receptor"):
        for receiver, names, gain in zip(
            links.loc[use, "receiver"], links.loc[use, end], links.loc[use, "gain"], strict=True
        ):
            row = twin.obs_names.get_indexer([receiver])[0]
            columns = twin.var_names.get_indexer(str(names).split("_"))
            if row >= 0:
                gained[row, columns[columns >= 0]] += gain
    weigh = score_weights(targets, targets.members, np.ones(twin.n_vars, dtype=bool))
    known = np.diff(weigh.indptr) > 0
    raw = np.where(known[:, None], weigh @ sparse.csr_array(gained.T).toarray(), np.nan)
    return ranked_among_drugs("communication", raw, weight)


def _measure(inputs: EvidenceInputs) -> Calibrated:
    return communication_evidence(inputs.twin, inputs.targets, inputs.weight)


COMMUNICATION = Kind(
    name="communication",
    title="Communication",
    about="links between cell types that gained",
    sentences=Sentences(
        supports="It acts against links between cell types that have changed.",
        undecided="It acts on no more changed links between cell types than other drugs.",
        opposes="It acts along with links between cell types that have changed, not against them.",
        silent="No link between cell types on which it acts has changed.",
    ),
    nulls=(OTHER_DRUGS,),
    measure=_measure,
)

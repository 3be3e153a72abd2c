"""The treated copy of a twin: again a twin, in the state predicted after the drug.

What treatment changes is the effect (X) of the treated compartments. Nobody measured the treated
state, so what only a measurement gives (fold changes, p, q, their intervals) is missing there. The
module stays that of the untreated twin: it is what the residual disease activity is measured over.
"""

import logging
import math
from collections.abc import Sequence
from difflib import get_close_matches

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import CELL_LAYERS, FilePath, InputError, provenance
from twinscreen.files.contracts.twin import Flag, PatientFlag
from twinscreen.kb import Knowledge
from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.treatment.benefit import (
    average,
    disease_activity,
    diseased_states,
    gene_influence,
    signed_members,
)
from twinscreen.screen.treatment.course import find_drug

log = logging.getLogger(__name__)

#: Parts of the knowledge that a copy is treated with.
KNOWLEDGE = ("influence", "drugs", "targets")

#: Layers that say something of a measurement; missing in compartments that were treated in silico.
MEASURED_LAYERS = ("logfc", "pvalue", "qvalue", "effect_low", "effect_high", *CELL_LAYERS)


def treat_twin(
    twin: ad.AnnData,
    kb: Knowledge,
    names: Sequence[str],
    *,
    screen: ad.AnnData | None = None,
    beta: float | None = None,
    of: str = "twin",
    sources: pd.DataFrame | None = None,
) -> ad.AnnData:
    """Treat a copy of a twin with a drug, or several together.

    Parameters
    ----------
    twin
        Twin of the patient.
    kb
        Knowledge, its parts `KNOWLEDGE`.
    names
        Drugs, each by its name, a synonym, or its id.
    screen
        Screen of the patient, which says how strongly drugs act and what is treated; or None.
    beta
        How strongly a drug acts, where there is no screen: all scorable compartments of the latest
        time point of each tissue are treated then, with equal weights.
    of
        What the twin is called: the name of its file.
    sources
        Files behind the copy, as `files.sources` records them.

    Returns
    -------
    The copy, contract TWIN.

    Raises
    ------
    InputError
        Neither or both of screen and beta are given, the patient can't be scored, a drug is not in
        the table, or acts on nothing that reaches a gene.
    """
    if twin.uns["unscorable"]:
        raise InputError(
            file=of,
            found=f"a patient who can't be scored: {twin.uns['unscorable']}",
            expected="a twin with a scorable compartment",
            remedy="mend what makes it unscorable, or choose another patient",
        )
    drug_effect, weight = _how_strongly(twin, screen, beta)
    chosen = _drugs(kb, names)
    moved = signed_members(target_sets(chosen, kb.targets, kb.influence.proteins))
    reaches = abs(moved).sum(axis=1) > 0
    if not reaches.all():
        raise InputError(
            file=kb.file("targets"),
            place=f"drug {chosen['name'].iloc[int(np.argmin(reaches))]}",
            found="no target with a known action and a path to transcription",
            expected="a drug whose effect on genes can be predicted",
            remedy="choose a drug that the screen ranks",
        )
    copy = treated_copy(
        twin,
        kb.influence.frame(),
        moved,
        weight=weight,
        beta=drug_effect,
        name=" and ".join(chosen["name"]),
    )
    drug_ids = "|".join(chosen["drug_id"])
    copy.uns["treatment"] |= {"drug_id": drug_ids, "of": of}
    before = twin.uns["provenance"]
    made = provenance(
        parameters={
            **before["parameters"],
            "treatment": {"drug_id": drug_ids, "beta": drug_effect},
        },
        inputs=() if sources is None else sources,
    )
    made["inputs"] = pd.concat([made["inputs"], before["inputs"]], ignore_index=True)
    copy.uns["provenance"] = made
    benefit = copy.uns["treatment"]["benefit"]
    log.info(
        "%s, treated with %s: benefit %.3f; the model predicts %.1f %% %s deviation from the"
        " reference",
        *(twin.uns["patient"]["patient"], copy.uns["treatment"]["name"], benefit),
        *(abs(100 * benefit), "less" if benefit >= 0 else "more"),
    )
    return copy


def treated_copy(
    twin: ad.AnnData,
    influence: pd.DataFrame,
    moved: sparse.csr_array,
    *,
    weight: np.ndarray,
    beta: float,
    name: str,
) -> ad.AnnData:
    """Treat a copy of a twin with all of some drugs at once.

    Parameters
    ----------
    twin
        c compartments, not changed.
    influence
        F, p proteins x genes.
    moved
        How much each of the drugs moves each protein, shape (drugs, p).
    weight
        How much each compartment counts, shape (c,); those above 0 are treated.
    beta
        How strongly a drug acts.
    name
        What the treatment is called.

    Returns
    -------
    The twin with another X in the treated compartments, where `MEASURED_LAYERS` are missing. obs
    `activity`, `activity_treated` and `benefit` (NaN where not treated) and uns `treatment` (with
    the benefit over all treated compartments) say what it brought; flags say that it is a copy.
    """
    copy = twin.copy()
    genes = twin.var_names.intersection(influence.columns, sort=False)
    columns = twin.var_names.get_indexer(genes)
    values = influence[genes].to_numpy(dtype=float)
    together = np.asarray(moved.sum(axis=0))
    used = np.flatnonzero(together)
    activity, treated = np.full((2, twin.n_obs), np.nan)
    for state in diseased_states(twin, weight, None):
        everywhere = np.flatnonzero(state.measured)
        change = together[used] @ gene_influence(values[used], state, columns, everywhere)
        after = np.full(twin.n_vars, np.nan)
        after[everywhere] = np.asarray(twin.X)[state.row, everywhere] + beta * change
        copy.X[state.row] = after
        for layer in set(MEASURED_LAYERS) & set(copy.layers):
            copy.layers[layer][state.row] = np.nan
        activity[state.row] = disease_activity(state.effect, state.gene_weight)
        treated[state.row] = disease_activity(after[state.genes], state.gene_weight)
    benefit = 1 - treated / activity
    copy.obs["activity"], copy.obs["activity_treated"] = activity, treated
    copy.obs["benefit"] = benefit
    done = np.isfinite(benefit)
    mark = np.where(done, str(Flag.TREATED_COPY), "")
    copy.obs["flags"] = [
        "|".join(filter(None, both)) for both in zip(twin.obs["flags"], mark, strict=True)
    ]
    flags = [str(PatientFlag.TREATED_COPY), *twin.uns["flags"]]
    copy.uns["flags"] = np.array(flags, dtype=object)
    whole = average(benefit[None], np.where(done, weight, 0))[0]
    copy.uns["treatment"] = {"name": name, "beta": beta, "benefit": float(whole)}
    return copy


def check_strength(screen: object | None, beta: float | None) -> None:
    """Check that either a screen or beta says how strongly a drug acts.

    Raises
    ------
    InputError
        Neither or both do, or beta is no positive number.
    """
    if (screen is None) == (beta is None):
        raise InputError(
            file="treatment of a copy",
            found="neither a screen nor beta" if screen is None else "both a screen and beta",
            expected="one of them: it says how strongly a drug acts",
            remedy="give the screen of the patient; beta is for trying other strengths",
        )
    if beta is not None and not (math.isfinite(beta) and beta > 0):
        raise InputError(
            file="treatment of a copy",
            place="beta",
            found=f"{beta:g}",
            expected="a finite number above 0",
            remedy="give a positive number: what a drug does, the signs of its targets say",
        )


def _how_strongly(
    twin: ad.AnnData, screen: ad.AnnData | None, beta: float | None
) -> tuple[float, np.ndarray]:
    """Return beta and the weight of each compartment, of the screen or as given."""
    check_strength(screen, beta)
    if screen is None:
        treated = twin.obs["latest"] & twin.obs["scorable"]
        return float(beta or 0), treated.to_numpy(dtype=float)
    weight = screen.var["weight"].reindex(twin.obs_names).fillna(0)
    return float(screen.uns["treatment"]["beta"]), weight.to_numpy(dtype=float)


def _drugs(kb: Knowledge, names: Sequence[str]) -> pd.DataFrame:
    """Find the drugs to give together, each once."""
    texts = [name for name in names if isinstance(name, str)]
    chosen = pd.DataFrame([_drug(kb.drugs, kb.file("drugs"), name) for name in texts])
    if not texts or len(texts) < len(names) or chosen["drug_id"].duplicated().any():
        raise InputError(
            file="treatment of a copy",
            found=", ".join(map(repr, names)) or "no drug",
            expected="one drug or several different ones, each by name, synonym or id",
            remedy='give names, each once: "methotrexate", "sulfasalazine"',
        )
    return chosen


def _drug(table: pd.DataFrame, file: FilePath, name: str) -> pd.Series:
    """Find a drug in the table."""
    row = find_drug(table, name)
    if row is None:
        near = get_close_matches(name, table["name"], n=3)
        raise InputError(
            file=file,
            found=f"no drug {name!r}",
            expected="the name, a synonym or the id of a drug",
            remedy="correct the name" + (f": near are {', '.join(near)}" if near else ""),
        )
    return table.iloc[row]

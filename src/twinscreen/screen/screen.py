"""Screen one twin with every drug, rank the drugs, and keep the reason for each rank."""

import logging
from dataclasses import asdict, replace

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import provenance
from twinscreen.files.contracts.screen import TargetPresence
from twinscreen.files.errors import Loss
from twinscreen.kb import Knowledge
from twinscreen.screen import empty
from twinscreen.screen import layout as lay_out
from twinscreen.screen.evidence.collect import gather
from twinscreen.screen.evidence.contract import Rules
from twinscreen.screen.evidence.registry import weights_in_score
from twinscreen.screen.left_out import states_left_out
from twinscreen.screen.library import Library
from twinscreen.screen.presence import presence_of
from twinscreen.screen.rank.compartment_weights import compartment_weights
from twinscreen.screen.rank.presets import PRESETS
from twinscreen.screen.rank.withheld import unless_batch
from twinscreen.screen.reasons.hypotheses import add_drugs
from twinscreen.screen.safety.concerns import assess
from twinscreen.settings.screen import ScreeningSettings

log = logging.getLogger(__name__)

#: Parts of the knowledge that a screen is made with, and those that tell what speaks against drugs.
KNOWLEDGE = (
    *("influence", "wiring", "genes", "interactome", "drugs", "targets", "ligand_receptor"),
    *("precedents", "diseases"),
)
SAFETY = ("warnings", "interactions", "pharmacogenomics", "terms")

#: What the null replicates of a design are, in words.
NULL_REPLICATES = {
    "reference": "donors of the reference analysed as patients",
    "paired": "cells with their conditions permuted",
    "group": "donors with their conditions permuted",
}


def screen_twin(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    kb: Knowledge,
    *,
    library: Library,
    settings: ScreeningSettings,
    sources: pd.DataFrame | None = None,
    loss: Loss | None = None,
) -> ad.AnnData:
    """Compare every drug with the compartments of a twin, and rank them.

    The latest time point of each tissue is the state that is screened; earlier ones are scored
    beside it.

    Parameters
    ----------
    twin
        Twin of the patient. One that is marked unscorable gives a screen without drugs.
    replicates
        Its replicates, for intervals and calls; without them these are missing.
    kb
        Knowledge, its parts `KNOWLEDGE` and, as far as there are any, `SAFETY`.
    library
        Which drugs to try.
    settings
        How to screen.
    sources
        Files behind it all, as `files.sources` records them.
    loss
        Why the patient can't be screened and what to do, where that is known beforehand.

    Returns
    -------
    The screen, contract SCREEN.

    Raises
    ------
    InputError
        A drug to include is not known, or twin and interactome are of two releases.
    """
    reason, remedies = str(twin.uns["unscorable"]), list(twin.uns["remedies"])
    if loss:
        reason, remedies = loss.reason, [loss.remedy]
    drugs = library.choose(kb.drugs)
    result = empty.empty_screen() if reason else _screen(twin, replicates, drugs, kb, settings)
    result.uns["hypotheses"] = add_drugs(twin.uns["hypotheses"], result.obs, kb.targets)
    result.uns["patient"] = twin.uns["patient"]
    result.uns["preset"] = settings.preset
    result.uns["unscorable"] = reason
    result.uns["remedies"] = np.array(remedies, dtype=object)
    result.uns["settings"] = {
        name: getattr(settings, name)
        for name in ("max_pvalue", "indication_prior", "popularity_prior")
    }
    result.uns["provenance"] = provenance(
        parameters={
            **asdict(library),
            "include": ", ".join(library.include),
            **settings.model_dump(exclude={*asdict(library), "library", "weights"}),
            "weights": _weights_used(settings),
        },
        inputs=() if sources is None else sources,
    )
    log.info(
        "%s: %d of %d drugs ranked by the preset %s; %s",
        twin.uns["patient"]["patient"],
        (result.obs["status"] == "ranked").sum(),
        result.n_obs,
        settings.preset,
        result.uns["call"]["reason"],
    )
    return result


def _weights_used(settings: ScreeningSettings) -> dict[str, float]:
    """Return the weights as given, and those that kinds of other packages bring themselves."""
    used = weights_in_score(dict(settings.weights))
    return {**dict(settings.weights), **{kind: weight for kind, weight in used.items() if weight}}


def _screen(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    drugs: pd.DataFrame,
    kb: Knowledge,
    settings: ScreeningSettings,
) -> ad.AnnData:
    """Collect all evidence on a scorable twin, rank the drugs by the preset, treat copies."""
    whole, twin = twin, twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    weight, other = compartment_weights(twin, settings.compartments)
    design = str(twin.uns["settings"]["design"])
    rules = Rules(
        weights=weights_in_score(dict(settings.weights)),
        own_weights=dict(settings.own_weights),
        max_pvalue=settings.max_pvalue,
        null=NULL_REPLICATES.get(design, "null replicates"),
        seed=settings.seed,
    )
    evidence = gather(
        twin,
        replicates,
        drugs,
        kb,
        weight=weight,
        random_modules=settings.random_modules,
        random_seeds=settings.random_seeds,
        rules=rules,
        left_out=states_left_out(kb, twin),
    )
    presence = presence_of(
        evidence.inputs.scored.targets, whole, kb, screened=twin.obs_names[weight > 0]
    )
    there = presence.of_drugs[evidence.inputs.first] != str(TargetPresence.ABSENT)
    evidence = replace(evidence, eligible=there)
    outcome = PRESETS[settings.preset](evidence)
    if outcome.call:
        call = unless_batch(outcome.call, twin, weight > 0)
        outcome = replace(outcome, call=call)
    tables = {name: getattr(kb, name) for name in SAFETY}
    safe = assess(
        drugs=drugs,
        drug_table=kb.drugs,
        findings=twin.uns["findings"],
        **tables,
        diseases=kb.ontology,
        penalties=dict(settings.penalties),
    )
    return lay_out.lay_out(
        evidence,
        outcome,
        drugs,
        safe,
        targets=kb.targets,
        interactome=kb.edges,
        tables=tables,
        penalties=dict(settings.penalties),
        indication_prior=settings.indication_prior,
        popularity_prior=settings.popularity_prior,
        pairs=settings.pairs,
        other_weight=other,
        presence=presence,
    )

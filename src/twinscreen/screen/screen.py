"""Screen one twin with every drug, rank the drugs, and keep the reason for each rank."""

import logging
from dataclasses import asdict, fields

import anndata as ad
import pandas as pd

from twinscreen.files import (
    DRUG_TARGETS,
    DRUGS,
    INTERACTOME,
    SCREEN,
    TWIN,
    FilePath,
    keeping_going,
    provenance,
    read_anndata,
    read_replicates_of,
    read_table,
    write_anndata,
    write_tsv,
)
from twinscreen.screen import empty
from twinscreen.screen import layout as lay_out
from twinscreen.screen.evidence.collect import Knowledge, gather
from twinscreen.screen.evidence.contract import Rules
from twinscreen.screen.library import Library
from twinscreen.screen.rank.compartment_weights import compartment_weights
from twinscreen.screen.rank.presets import PRESETS
from twinscreen.screen.rank.ranking import ranking_table
from twinscreen.screen.reasons.hypotheses import add_drugs
from twinscreen.screen.reasons.paths import EDGE_COLUMNS
from twinscreen.screen.safety.concerns import SafetyFiles, assess
from twinscreen.settings.screen import ScreeningSettings

log = logging.getLogger(__name__)

#: What the null replicates of a design are, in words.
NULL_REPLICATES = {
    "reference": "healthy donors treated as patients",
    "paired": "cells with their conditions permuted",
    "group": "donors with their conditions permuted",
}


def screen_twin(
    *,
    twin: FilePath,
    knowledge: Knowledge,
    safety: SafetyFiles,
    replicates: FilePath | None,
    library: Library,
    settings: ScreeningSettings,
    screen: FilePath,
    ranking: FilePath,
    keep_going: bool = False,
) -> None:
    """Hold every drug against the compartments of a twin, rank them, write screen and ranking.

    The latest time point of each tissue is the state that is treated; earlier ones are scored
    beside it.

    Parameters
    ----------
    twin
        Twin of the patient. One that is marked unscorable gives a screen without drugs.
    knowledge
        Files of the knowledge stage.
    safety
        Tables that tell what speaks against drugs.
    replicates
        Effects of its copies, for intervals and calls; without them these are missing.
    library
        Which drugs to try.
    settings
        How to screen.
    screen, ranking
        h5ad and tsv to write.
    keep_going
        Whatever goes wrong with the patient, write a screen marked unscorable, with the reason,
        instead of raising.

    Raises
    ------
    InputError
        A file is missing or has another shape, the copies are another patient's, or twin and
        interactome are of two releases.
    """
    patient = read_anndata(twin, TWIN)
    every = read_table(knowledge.drugs, DRUGS)
    table = library.choose(every)
    name, reason = patient.uns["patient"]["patient"], str(patient.uns["unscorable"])
    given = [getattr(safety, field.name) for field in fields(safety)]
    shared = [*asdict(knowledge).values(), *given]
    if not reason:
        with keeping_going(keep_going, of=name, shared=shared) as loss:
            drawn = read_replicates_of(patient, of=twin, path=replicates) if replicates else None
            result = _screen(patient, drawn, table, every, knowledge, safety, settings)
        reason = loss.reason
    if reason:
        result = empty.empty_screen()
    result.uns["hypotheses"] = add_drugs(
        patient.uns["hypotheses"], result.obs, read_table(knowledge.targets, DRUG_TARGETS)
    )
    result.uns["patient"] = patient.uns["patient"]
    result.uns["preset"] = settings.preset
    result.uns["unscorable"] = reason
    result.uns["provenance"] = provenance(
        parameters={
            **asdict(library),
            "include": ", ".join(library.include),
            **settings.model_dump(exclude={"library", "include", "withdrawn"}),
        },
        inputs=[twin, *filter(None, [replicates, *shared])],
    )
    write_tsv(ranking_table(result), ranking)
    write_anndata(result, screen, SCREEN, compress=False)  # a megabyte or two: not worth the time
    log.info(
        "%s: %d of %d drugs ranked by the preset %s; %s",
        name,
        (result.obs["status"] == "ranked").sum(),
        result.n_obs,
        settings.preset,
        result.uns["call"]["reason"],
    )


def _screen(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    drugs: pd.DataFrame,
    every: pd.DataFrame,
    knowledge: Knowledge,
    safety: SafetyFiles,
    settings: ScreeningSettings,
) -> ad.AnnData:
    """Collect all evidence on a scorable twin, rank the drugs by the preset, treat copies."""
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    weight, other = compartment_weights(twin, settings.compartments)
    design = str(twin.uns["provenance"]["parameters"].get("design", ""))
    rules = Rules(
        weights=dict(settings.weights),
        own_weights=dict(settings.own_weights),
        max_pvalue=settings.max_pvalue,
        null=NULL_REPLICATES.get(design, "copies in which nothing is wrong"),
        seed=settings.seed,
    )
    evidence = gather(
        twin,
        replicates,
        drugs,
        knowledge,
        weight=weight,
        random_modules=settings.random_modules,
        random_seeds=settings.random_seeds,
        rules=rules,
    )
    outcome = PRESETS[settings.preset](evidence)
    tables = safety.read()
    safe = assess(
        drugs=drugs,
        drug_table=every,
        findings=twin.uns["findings"],
        **tables,
        penalties=dict(settings.penalties),
    )
    return lay_out.lay_out(
        evidence,
        outcome,
        drugs,
        safe,
        targets=read_table(knowledge.targets, DRUG_TARGETS),
        interactome=read_table(knowledge.interactome, INTERACTOME, columns=EDGE_COLUMNS),
        tables=tables,
        penalties=dict(settings.penalties),
        indication_prior=settings.indication_prior,
        pairs=settings.pairs,
        other_weight=other,
    )

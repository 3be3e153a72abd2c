"""Screen one twin with every drug, rank the drugs, and keep the reason for each rank."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import InputError, provenance
from twinscreen.kb import Knowledge
from twinscreen.screen import empty
from twinscreen.screen import layout as lay_out
from twinscreen.screen.evidence.collect import gather
from twinscreen.screen.evidence.contract import Rules
from twinscreen.screen.evidence.registry import kinds, names
from twinscreen.screen.library import Library
from twinscreen.screen.rank.compartment_weights import compartment_weights
from twinscreen.screen.rank.presets import PRESETS
from twinscreen.screen.reasons.hypotheses import add_drugs
from twinscreen.screen.safety.concerns import PENALTIES, assess

log = logging.getLogger(__name__)

#: Parts of the knowledge that a screen is made with, and those that tell what speaks against drugs.
KNOWLEDGE = ("influence", "wiring", "genes", "interactome", "drugs", "targets", "ligand_receptor")
SAFETY = ("warnings", "interactions", "pharmacogenomics", "terms")

#: What the null replicates of a design are, in words.
NULL_REPLICATES = {
    "reference": "healthy donors treated as patients",
    "paired": "cells with their conditions permuted",
    "group": "donors with their conditions permuted",
}


@dataclass(frozen=True)
class Settings:
    """How to screen: what ranks, how much is drawn at random, when a call is made.

    `compartments` says how much each counts (`equal` or `communication`), `weights` how much each
    kind of evidence does in the preset `calibrated`, `own_weights` in the preset `weighted`,
    `penalties` what each kind of concern takes from the reward, `indication_prior` what a known
    indication adds in the adjusted ranks, `pairs` how many first drugs are tried in pairs. A kind
    of evidence that `weights` does not name has its own, one that `own_weights` does not name has
    none.

    Raises
    ------
    InputError
        A penalty is missing, a kind of evidence or of concern is not known, or a number is none
        that it may have.
    """

    preset: str
    compartments: str
    weights: Mapping[str, float]
    own_weights: Mapping[str, float]
    max_pvalue: float
    random_modules: int
    random_seeds: int
    pairs: int
    penalties: Mapping[str, float]
    indication_prior: float
    seed: int

    def __post_init__(self) -> None:
        """Refuse what would be ignored or fail in the middle of a screen."""
        _check_numbers("--weights", self.weights, known=names(in_score=True))
        _check_numbers("--own-weights", self.own_weights, known=names())
        _check_numbers("--penalties", self.penalties, known=PENALTIES, most=1)
        lacking = [name for name in PENALTIES if name not in self.penalties]
        if lacking:
            raise InputError(
                file="command line",
                place="--penalties",
                found=f"no penalty of {', '.join(lacking)}",
                expected=f"a penalty of each of {', '.join(PENALTIES)}",
                remedy="name what is missing, with 0 if it is to take nothing; the defaults stand"
                " under safety.penalties in config/README.md",
            )


def _check_numbers(
    flag: str, given: Mapping[str, float], *, known: Sequence[str], most: float = np.inf
) -> None:
    """Check that numbers are of known names, at least 0, and not above the most."""
    for name, value in given.items():
        if name in known and 0 <= value <= most and np.isfinite(value):
            continue
        bounds = "of at least 0" if most == np.inf else f"between 0 and {most:g}"
        raise InputError(
            file="command line",
            place=flag,
            found=f"{name}={value:g}",
            expected=f"numbers {bounds} of {', '.join(known)}",
            remedy="correct the number" if name in known else "correct the name, or leave it out",
        )


def screen_twin(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    kb: Knowledge,
    *,
    library: Library,
    settings: Settings,
    sources: pd.DataFrame | None = None,
    reason: str = "",
) -> ad.AnnData:
    """Hold every drug against the compartments of a twin, and rank them.

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
    reason
        Why the patient can't be screened, where that is known beforehand.

    Returns
    -------
    The screen, contract SCREEN.

    Raises
    ------
    InputError
        A drug to include is not known, or twin and interactome are of two releases.
    """
    reason = reason or str(twin.uns["unscorable"])
    drugs = library.choose(kb.drugs)
    result = empty.empty_screen() if reason else _screen(twin, replicates, drugs, kb, settings)
    result.uns["hypotheses"] = add_drugs(twin.uns["hypotheses"], result.obs, kb.targets)
    result.uns["patient"] = twin.uns["patient"]
    result.uns["preset"] = settings.preset
    result.uns["unscorable"] = reason
    result.uns["settings"] = {
        name: getattr(settings, name) for name in ("max_pvalue", "indication_prior")
    }
    result.uns["provenance"] = provenance(
        parameters={
            **asdict(library),
            "include": ", ".join(library.include),
            **{
                name: dict(v) if isinstance(v, Mapping) else v for name, v in vars(settings).items()
            },
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


def _screen(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    drugs: pd.DataFrame,
    kb: Knowledge,
    settings: Settings,
) -> ad.AnnData:
    """Collect all evidence on a scorable twin, rank the drugs by the preset, treat copies."""
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    weight, other = compartment_weights(twin, settings.compartments)
    design = str(twin.uns["settings"]["design"])
    rules = Rules(
        weights={kind.name: settings.weights.get(kind.name, kind.weight) for kind in kinds()},
        own_weights=settings.own_weights,
        max_pvalue=settings.max_pvalue,
        null=NULL_REPLICATES.get(design, "copies in which nothing is wrong"),
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
    )
    outcome = PRESETS[settings.preset](evidence)
    tables = {name: getattr(kb, name) for name in SAFETY}
    safe = assess(
        drugs=drugs,
        drug_table=kb.drugs,
        findings=twin.uns["findings"],
        **tables,
        penalties=settings.penalties,
    )
    return lay_out.lay_out(
        evidence,
        outcome,
        drugs,
        safe,
        targets=kb.targets,
        interactome=kb.edges,
        tables=tables,
        penalties=settings.penalties,
        indication_prior=settings.indication_prior,
        pairs=settings.pairs,
        other_weight=other,
    )

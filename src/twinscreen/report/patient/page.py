"""The page of one patient: which drug first, why, how sure, what against, what to measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen import __version__
from twinscreen.files import time_order
from twinscreen.files.contracts.screen import SUPPORTS
from twinscreen.report import flags, words
from twinscreen.report.compartments import (
    Compartment,
    Naming,
    compartments,
    naming,
    screened,
    state,
)
from twinscreen.report.figures.module_figure import Drawing, choose, draw_module
from twinscreen.report.figures.states_figure import MOST_STATES, draw_states
from twinscreen.report.html import render
from twinscreen.report.patient.answer.against import (
    Answer,
    Measurement,
    against,
    next_for_a_call,
    next_measurements,
)
from twinscreen.report.patient.answer.call import TWO_QUESTIONS, CallInWords, call_in_words
from twinscreen.report.patient.answer.certainty import how_to_read_z, nothing_deviates, verdict
from twinscreen.report.patient.answer.tier import LEGEND, evidence_for
from twinscreen.report.patient.disease.communication import talk
from twinscreen.report.patient.disease.course import STATUSES, course
from twinscreen.report.patient.disease.deviating import deviating
from twinscreen.report.patient.disease.genes import genes_of
from twinscreen.report.patient.disease.lacking import lacking
from twinscreen.report.patient.disease.origin import KINDS, Origin, origin, simulated_kinds
from twinscreen.report.patient.disease.pathways import pathways
from twinscreen.report.patient.disease.resemblance import Resemblance
from twinscreen.report.patient.drugs.all_drugs import all_drugs
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism, first_mechanisms, ranking
from twinscreen.report.patient.drugs.kinds import counter_evidence, kinds_of, stability_of
from twinscreen.report.patient.drugs.pairs import pairs_of
from twinscreen.report.patient.drugs.reasons import drawn_paths, layers_say, precedents_of
from twinscreen.report.patient.drugs.regulators import regulators
from twinscreen.report.patient.drugs.wording import WORDINGS
from twinscreen.report.patient.measured import (
    further_columns,
    not_ranked,
    own_knowledge,
    quality,
    samples,
    source,
    this_page,
    why_unscorable,
)
from twinscreen.report.patient.safety.indications import indications, popularity
from twinscreen.report.patient.safety.section import safety
from twinscreen.report.patient.safety.taken import taken
from twinscreen.report.patient.safety.triage import LEGEND as TRIAGE_LEGEND
from twinscreen.report.patient.safety.triage import triage
from twinscreen.report.standard import Standard, standard_of
from twinscreen.report.states import known_states


@dataclass(frozen=True)
class Cell:
    """A score in a table of scores, and its share of the greatest, which colours it (-1 to 1)."""

    score: float
    share: float


def _targets(mechanisms: list[RankedMechanism]) -> set[str]:
    """Name the genes that the first drugs act on."""
    return {gene for one in mechanisms for target in one.targets for gene in target.genes}


def _scores(mechanisms: list[RankedMechanism]) -> list[tuple[RankedMechanism, list[Cell]]]:
    """Return the scores of the first drugs in each screened compartment, scaled to the greatest."""
    values = np.array([mechanism.by_compartment for mechanism in mechanisms], dtype=float)
    known = np.abs(values[np.isfinite(values)])
    top = known.max() if known.size and known.max() > 0 else 1.0
    return [
        (mechanism, [Cell(score, float(np.nan_to_num(score / top))) for score in row])
        for mechanism, row in zip(mechanisms, values, strict=True)
    ]


def _drawing(
    twin: ad.AnnData,
    rows: list[Compartment],
    mechanisms: list[RankedMechanism],
    edges: pd.DataFrame | None,
) -> Drawing | None:
    chosen = choose(rows)
    if chosen is None or edges is None:
        return None
    edges = edges.loc[edges["layer"] == "PT", ["source", "target"]]
    targets = dict.fromkeys(
        gene
        for mechanism in mechanisms[:3]
        for row in mechanism.evidence[:4]
        for gene in row.target.genes
    )
    return draw_module(twin, chosen, edges, list(targets))


def _results(
    twin: ad.AnnData,
    screen: ad.AnnData,
    rows: list[Compartment],
    edges: pd.DataFrame | None,
    times: list[str],
) -> dict[str, Any]:
    """Collect what only a scored patient has."""
    names = naming(twin.obs[twin.obs["latest"].astype(bool)])
    wording = WORDINGS[str(screen.uns["preset"])]
    used = screened(screen)
    keys = list(screen.var_names[used].astype(str))
    mechanisms = first_mechanisms(screen, names)
    possible = [mechanism for mechanism in mechanisms if mechanism.possible]
    answer = Answer(possible, twin, rows, keys, names, wording) if possible else None
    first = answer.first if answer else None
    n_ranked = len(ranking(screen))
    goes_back = origin(twin, screen, names)
    silent = nothing_deviates(twin, keys)
    standard = standard_of(twin.uns["settings"], words.texts(twin.uns["flags"]))
    call = call_in_words(
        screen,
        wording,
        first.name if first else "",
        n_ranked,
        standard=standard,
        nothing_deviates=silent,
    )
    return {
        "names": names,
        "wording": wording,
        "n_ranked": n_ranked,
        "mechanisms": mechanisms,
        "possible": possible,
        "first": first,
        "call": call,
        "explained": TWO_QUESTIONS if first and first.outlook.benefit < 0 else "",
        "nothing_deviates": silent,
        "tiers": LEGEND,
        "tiered": evidence_for(call, first, n_ranked) if first else None,
        "top_score": max((mechanism.score for mechanism in mechanisms), default=0.0),
        "top_benefit": max((max(e.outlook.benefit, 0) for e in mechanisms), default=0.0),
        "screened": _screened(screen, rows, names, keys, standard, flags.of_comparison(twin)),
        "screened_names": [names.of(key) for key in keys],
        "scores": _scores(mechanisms),
        "every": all_drugs(screen, SUPPORTS),
        "indications": indications(screen),
        "popularity": popularity(screen),
        **_of_first(twin, screen, answer, called=call.made),
        "next": _next(answer, call, goes_back, standard),
        **_alike(screen),
        "precedents": precedents_of(screen, mechanisms),
        "paths": drawn_paths(screen, possible, edges),
        "stability": stability_of(screen),
        "pairs": pairs_of(screen),
        "basis": _basis(screen),
        "deviating": deviating(twin, rows),
        "genes": genes_of(twin, rows, names, _targets(mechanisms)),
        "lacking": lacking(twin, names, standard),
        "latest": [row for row in rows if row.latest],
        "course": course(
            twin, screen, times, {mechanism.drug_id: mechanism.rank for mechanism in mechanisms}
        ),
        "statuses": STATUSES,
        "talk": talk(twin, names, naming(twin.obs)),
        "origin": goes_back,
        "origin_kinds": KINDS,
        "pathways": pathways(twin, names, max_qvalue=float(twin.uns["settings"]["max_qvalue"])),
        "over": regulators(screen, names, direction=1),
        "under": regulators(screen, names, direction=-1),
        "drawing": _drawing(twin, rows, mechanisms, edges),
        "paired": any(row.method == "paired" for row in rows if row.key in keys),
    }


def _alike(screen: ad.AnnData) -> dict[str, Any]:
    """Collect what is said of known states, with a drawing of the most similar ones."""
    states = known_states(screen)
    alike = Resemblance(str(screen.uns["patient"]["patient"]), tuple(states))
    shown = alike.compared[:MOST_STATES]
    drawing = draw_states(shown) if shown else ""
    return {"alike": alike, "states_svg": drawing, "states_drawn": len(shown)}


def _of_first(
    twin: ad.AnnData, screen: ad.AnnData, answer: Answer | None, *, called: bool
) -> dict[str, Any]:
    """Collect what is said of the first drug alone."""
    if answer is None:
        return {"verdict": None, "kinds": [], "layers": [], "safety": None, "against": []}
    first = answer.first
    kinds = kinds_of(screen, first.drug_id)
    known = safety(screen, first)
    return {
        "verdict": verdict(first, len(ranking(screen)), answer.twin, answer.keys),
        "kinds": kinds,
        "how_to_read_z": how_to_read_z(kinds),
        "layers": layers_say(screen, first.drug_id, answer.names),
        "safety": known,
        "triaged": {
            drug.drug_id: triage(drug, called=called, present=first.possible)
            for drug in known.drugs
        },
        "triage_legend": TRIAGE_LEGEND,
        "against": [
            *taken(twin, screen, {one.drug_id: one.name for one in known.drugs}),
            *counter_evidence(kinds),
            *against(answer),
        ],
    }


def _next(
    answer: Answer | None, call: CallInWords, origin: Origin, standard: Standard
) -> list[Measurement]:
    """Choose what to measure next: what would test the call, or tell whether there is one."""
    if answer is None:
        return []
    if call.makes and not call.made:
        return next_for_a_call(call, answer.rows, answer.names, origin, standard)
    return next_measurements(answer, origin.chains)


def _basis(screen: ad.AnnData) -> str:
    """Say in what the benefit is measured."""
    basis = words.texts(screen.uns["treatment"].get("basis", []))
    if basis and "module" not in basis:
        return "in all genes measured"
    named = "in the disease module" + ("s" if basis.count("module") > 1 else "")
    if set(basis) <= {"module"}:
        return named
    return f"{named}, and in all genes measured where there is no module"


def _screened(
    screen: ad.AnnData,
    rows: list[Compartment],
    names: Naming,
    keys: list[str],
    standard: Standard,
    limits: str,
) -> str:
    """Say which state was screened, what it was compared with, and the `limits` of that."""
    used = [row for row in rows if row.key in keys]
    where = f"{state(screen.var.loc[keys])}; " if keys else ""
    donors = standard.between([row.n_reference_donors for row in used])
    control = (
        f"compared with {standard.own}"
        if any(row.method == "paired" for row in used)
        else f"each compared with {donors}"
    )
    where += names.count(len(keys))
    return f"Screened: the patient's latest state ({where}), {control}. {limits}".rstrip()


def facts_of(
    twin: ad.AnnData,
    screen: ad.AnnData,
    edges: pd.DataFrame | None = None,
    *,
    sources: pd.DataFrame | None = None,
    own_tables: pd.DataFrame | None = None,
    ways: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Collect all that the page of one patient says.

    Parameters
    ----------
    twin
        The patient's twin.
    screen
        The patient's screen.
    edges
        Interactions between genes (contract INTERACTOME), from which the drawn module takes its
        edges; without them none is drawn.
    sources
        Files behind the page: `kind, file, sha256`.
    own_tables
        Tables of knowledge of the group's own: `key, file, sha256`.
    ways
        Where else to go: what the link says, and the address seen from the page.

    Returns
    -------
    What the templates put in words, by name; `reason` is empty for a patient who was scored.
    """
    reason, remedies = why_unscorable(twin, screen)
    rows = compartments(twin, naming(twin.obs)) if twin.n_obs else []
    patient = {str(name): value for name, value in twin.uns["patient"].items()}
    sheet = samples(twin)
    conditions = words.listed(sorted({words.text(row["condition"]) for row in sheet}))
    times = sorted({words.text(row["time"]) for row in sheet}, key=time_order)
    facts: dict[str, Any] = {
        "ways": ways,
        "simulated": simulated_kinds(twin),
        "patient": str(patient["patient"]),
        "condition": words.text(patient.get("condition") or conditions),
        "further": further_columns(patient),
        "samples": sheet,
        "quality": quality(sheet),
        "n_usable": sum(words.is_missing(row["unscorable"]) for row in sheet),
        "tissues": sorted({words.text(row["tissue"]) for row in sheet}),
        "times": times,
        "n_cells": pd.to_numeric(pd.Series([row["n_cells"] for row in sheet])).sum(min_count=1),
        "compartments": rows,
        "noun": naming(twin.obs).noun,
        "flags": flags.of_patient(twin),
        "reason": reason,
        "remedies": remedies,
        "not_ranked": not_ranked(screen),
        "limits": dict(twin.uns["settings"]),
        "standard": standard_of(twin.uns["settings"], words.texts(twin.uns["flags"])),
        "n_drugs": screen.n_obs,
        "sources": [
            source("Twin", twin.uns["provenance"]),
            source("Screen", screen.uns["provenance"]),
            *([] if own_tables is None else [own_knowledge(__version__, own_tables)]),
            this_page(__version__, sources),
        ],
    }
    return facts if reason else facts | _results(twin, screen, rows, edges, times)


def patient_page(facts: Mapping[str, Any]) -> str:
    """Compose the page of one patient.

    Parameters
    ----------
    facts
        As `facts_of` gives them.

    Returns
    -------
    The page as HTML. It loads nothing from outside, and says all without its script.
    """
    return render("unscorable.html" if facts["reason"] else "patient.html", **facts)

"""The answer in words: what speaks against the first drug, and what to measure next."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.files.contracts.screen import LEAST_REPLICATES, HeldBack
from twinscreen.files.contracts.twin import Flag
from twinscreen.report import words
from twinscreen.report.compartments import Compartment, Naming
from twinscreen.report.flags import as_a_weakness
from twinscreen.report.patient.answer.call import CallInWords
from twinscreen.report.patient.answer.certainty import compared, measured
from twinscreen.report.patient.disease.origin import Chain, Origin
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism
from twinscreen.report.patient.drugs.wording import Wording
from twinscreen.report.standard import OTHER_PATIENTS, Standard, standard_of


@dataclass(frozen=True)
class Measurement:
    """What to measure, as a sentence; `simulated`: that rests on simulated findings."""

    text: str
    simulated: bool = False


@dataclass(frozen=True)
class Answer:
    """The drugs that may be called, best first, and what a page shows of the patient beside them.

    Attributes
    ----------
    mechanisms
        These drugs, one at least.
    twin
        Compartments x genes.
    rows
        The compartments of the twin, as shown.
    keys
        Compartments that were screened, in the order of a mechanism's `by_compartment`.
    names
        Names of the compartments.
    wording
        What to call the score, and what the rank rests on.
    """

    mechanisms: list[RankedMechanism]
    twin: ad.AnnData
    rows: list[Compartment]
    keys: list[str]
    names: Naming
    wording: Wording

    @property
    def first(self) -> RankedMechanism:
        """The first drug."""
        return self.mechanisms[0]


def against(answer: Answer) -> list[str]:
    """List what lowers the trust in the first drug, as sentences."""
    return [
        *_of_benefit(answer),
        *_of_targets(answer),
        *_of_score(answer),
        *_of_approval(answer.first),
        *_of_comparisons(answer),
        *_of_lead(answer.mechanisms),
    ]


def _of_benefit(answer: Answer) -> list[str]:
    """Say that the drug does harm in the model, and where its targets are active the other way."""
    first, twin = answer.first, answer.twin
    said = []
    if first.outlook.benefit < 0:
        said.append(
            f"On a copy of the twin it does more harm than good: {first.outlook.effect} from"
            f" {standard_of(twin.uns['settings'], words.texts(twin.uns['flags'])).norm}."
        )
    for row in first.opposing[:3]:
        said.append(
            f"It also {row.target.verb} {row.target.name}, whose activity points the other way"
            f" (z {words.signed(row.z)}); this lowers the causal score by"
            f" {words.decimal(-row.contribution)}."
        )
    return said


def _of_targets(answer: Answer) -> list[str]:
    """Say which targets the cells lack, or were not looked for."""
    first, names = answer.first, answer.names
    said = []
    if absent := first.not_there(names.noun):
        said.append(f"{absent[:1].upper()}{absent[1:]}.")
    genes = [row.target for row in first.evidence]
    few = [one.sentence for one in first.cells if one.measured and not one.places]
    if few and not absent:
        which = "Its target is" if len(genes) == 1 else f"Of its {len(genes)} targets, these are"
        said.append(f"{which} found in no screened {names.noun}: {words.listed(few, most=4)}.")
    told = {one.name for one in first.cells if one.measured}
    unseen = [
        target.name
        for target in genes
        if target.name not in told and not measured(answer.twin, answer.keys, target.genes)
    ]
    if unseen:
        said.append(
            f"{_missing_of(len(unseen), len(genes), 'target')} among the genes measured in the"
            f" screened {names.noun}s ({words.listed(unseen, most=5)}): these data do not tell"
            " whether the cells have what the drug acts on."
        )
    return said


def _of_score(answer: Answer) -> list[str]:
    """Say where the score is below 0, and which targets it does not count."""
    first, names = answer.first, answer.names
    said = []
    below = sorted(
        (score, names.of(key))
        for key, score in zip(answer.keys, first.by_compartment, strict=True)
        if score < 0
    )
    if below:
        worst = [f"{name} ({words.decimal(score)})" for score, name in below]
        said.append(
            f"Its score is below 0 in {len(below)} of {names.count(len(answer.keys))}:"
            f" {words.listed(worst, most=4)}."
        )
    if first.n_scored < first.n_targets:
        lacking = first.n_targets - first.n_scored
        said.append(
            f"{lacking} of its {words.plural(first.n_targets, 'target')} {answer.wording.targets}"
            f" {'has' if lacking == 1 else 'have'} {answer.wording.uncounted}."
        )
    return said


def _of_approval(first: RankedMechanism) -> list[str]:
    """Say that a drug is no medicine, or no longer."""
    if first.withdrawn:
        return ["It has been withdrawn from the market."]
    return [] if first.approved else ["It is not an approved medicine."]


def _of_comparisons(answer: Answer) -> list[str]:
    """Say in which screened compartments the score rests on little."""
    names = answer.names
    used = [row for row in answer.rows if row.key in set(answer.keys)]
    said = _weak_comparisons(used, names)
    silent = [names.of(row.key) for row in used if not row.n_deviating]
    if silent:
        said.append(
            f"In {len(silent)} of {names.count(len(used))} no gene deviates with q < 0.05, so the"
            f" score rests on faint differences there: {words.listed(silent, most=4)}."
        )
    weak = [names.of(row.key) for row in used if row.n_deviating and not row.significant]
    if weak:
        said.append(
            f"In {len(weak)} of {names.count(len(used))} the deviating genes are no better"
            f" connected than random genes: {words.listed(weak, most=4)}."
        )
    return said


def _of_lead(mechanisms: list[RankedMechanism]) -> list[str]:
    """Say that the second drug scores nearly as high."""
    score = mechanisms[0].score
    if len(mechanisms) > 1 and score > 0 and mechanisms[1].score > 0.9 * score:
        return [
            f"The lead is small: {mechanisms[1].name}, with other targets, scores"
            f" {words.decimal(mechanisms[1].score)}."
        ]
    return []


def _weak_comparisons(used: list[Compartment], names: Naming) -> list[str]:
    """Say how the comparison falls short, as sentences."""
    flagged: dict[str, list[str]] = {}
    for row in used:
        for flag, short in zip(row.flags, row.notes, strict=True):
            meaning = as_a_weakness(
                flag, n_donors=row.n_reference_donors, short=short, standard=row.standard
            )
            flagged.setdefault(meaning, []).append(names.of(row.key))
    return [
        f"{len(which)} of {names.count(len(used))} {'is' if len(which) == 1 else 'are'} {meaning}"
        f" ({words.listed(which, most=4)})."
        for meaning, which in flagged.items()
    ]


def _missing_of(part: int, whole: int, noun: str) -> str:
    """Begin a sentence: "Its target is not", "None of its 4 targets is", "2 of ... are not"."""
    if part == whole:
        return f"Its {noun} is not" if whole == 1 else f"None of its {whole} {noun}s is"
    return f"{part} of its {whole} {noun}s {'is' if part == 1 else 'are'} not"


def _protein_measured(twin: ad.AnnData, genes: tuple[str, ...]) -> list[str]:
    """Say where a surface protein of these genes was measured and what it showed."""
    found = []
    layer = np.asarray(twin.layers["protein"], dtype=float)
    for gene in genes:
        if gene in twin.var_names:
            column = layer[:, twin.var_names.get_loc(gene)]
            if np.isfinite(column).any():
                best = column[np.nanargmax(np.abs(column))]
                found.append(f"{gene} (strongest deviation {words.signed(best)})")
    return found


def _presence(targets: list[tuple[str, ...]], twin: ad.AnnData, keys: list[str]) -> list[str]:
    """Say what is known and not known of the presence of the targets themselves."""
    genes = tuple(dict.fromkeys(gene for target in targets for gene in target))
    said = []
    if proteins := _protein_measured(twin, genes):
        said.append(f"Surface protein already measured: {words.listed(proteins)}.")
    elif seen := [gene for gene in genes if compared(twin, keys, (gene,))]:
        said.append(f"Protein of {words.listed(seen)}: only the transcript was measured.")
    if lacking := [gene for gene in genes if not measured(twin, keys, (gene,))]:
        said.append(
            f"Presence of {words.listed(lacking, most=4)}, as transcript or protein, in the"
            " screened cells."
        )
    return said


def next_measurements(answer: Answer, chains: Sequence[Chain]) -> list[Measurement]:
    """List the measurements that would test the answer.

    Parameters
    ----------
    answer
        The answer.
    chains
        Hypotheses, the strongest first, each with the measurement that it lacks.
    """
    first, wording = answer.first, answer.wording
    causal = wording.reason in ("opposes", "evidence") and bool(first.supporting)
    said = _of_activity(first, answer.mechanisms, wording) if causal else _of_effect(first, wording)
    targets = [row.target for row in first.supporting] if causal else list(first.targets)
    said += _presence([target.genes for target in targets[:2]], answer.twin, answer.keys)
    if first.outlook.untested:
        said.append(f"The patient's genotype of {first.outlook.untested}: it bears on the drug.")
    rest = _more_cells(answer.rows, answer.names) + _second_time(answer.rows)
    return [*map(Measurement, said), *_of_chains(chains, most=3), *map(Measurement, rest)]


def next_for_a_call(
    call: CallInWords, rows: list[Compartment], names: Naming, origin: Origin, standard: Standard
) -> list[Measurement]:
    """List what would help to tell whether any drug stands out.

    Parameters
    ----------
    call
        Why there is no call.
    rows
        The compartments of the twin, as shown.
    names
        Names of the compartments.
    origin
        What is given of the patient, and hypotheses with the measurements that they lack.
    standard
        What to call those compared with.
    """
    said = []
    batch = call.held_back not in ("", HeldBack.BENEFIT)
    if batch:
        said.append(
            "More donors without the disease of the patient's own study, two at least: donors of"
            " another study can't tell a batch from a disease."
        )
    elif call.n_null < LEAST_REPLICATES:
        said.append(
            f"More {standard.donors}, or control cells of the patient: without them disease cannot"
            " be told from noise."
        )
    elif call.as_healthy and standard is OTHER_PATIENTS:
        said.append(
            "Donors without the disease, or a control sample of the patient's own: beside the other"
            " patients, what all of them have in common does not show."
        )
    elif call.as_healthy:
        said.append(
            "A sample taken while the disease is active, or from the affected tissue: this one"
            f" deviates no more than {call.null}."
        )
    used = [row for row in rows if row.latest and row.scorable]
    few = [row for row in used if {Flag.FEW_DONORS, Flag.ALL_BATCHES}.intersection(row.flags)]
    if few and not batch:
        said.append(
            f"More {standard.more} of the patient's own batch, for {len(few)} of"
            f" {names.count(len(used))}: the fewer there are, the less can be told from chance."
        )
    said += _more_cells(rows, names)
    if origin.absent:
        said.append(
            f"Further findings of the patient ({words.listed(origin.absent, most=4)}): the origin"
            " of the illness is evidence of its own."
        )
    said += _second_time(rows)
    return [*map(Measurement, said), *_of_chains(origin.chains, most=2)]


def _of_chains(chains: Sequence[Chain], *, most: int) -> list[Measurement]:
    """Ask for what the strongest hypotheses lack."""
    return [Measurement(chain.measure, chain.simulated) for chain in _distinct(chains, most=most)]


def _more_cells(rows: list[Compartment], names: Naming) -> list[str]:
    """Ask for cells of the kinds that were too few."""
    lost = [
        f"{names.of(row.key)} ({words.whole(row.n_cells)})"
        for row in rows
        if row.latest and not row.scorable
    ]
    if not lost:
        return []
    return [
        "More cells of the kinds that could not be compared (cells found):"
        f" {words.listed(lost, most=5)}."
    ]


def _second_time(rows: list[Compartment]) -> list[str]:
    """Ask for a second time point where there is one alone."""
    if len({row.time for row in rows}) > 1:
        return []
    return ["A second time point: it shows whether the state lasts."]


def _of_activity(
    mechanism: RankedMechanism, mechanisms: list[RankedMechanism], wording: Wording
) -> list[str]:
    """Say which activities to measure: those of the first drug's targets and of its rival's."""
    said = []
    strongest = mechanism.supporting[:2]
    if strongest:
        where = dict.fromkeys(
            row.compartment for row in strongest if row.compartment != words.MISSING
        )
        said.append(
            f"Activity of {words.listed(row.target.name for row in strongest)}"
            + (f" in {words.listed(where)}" if where else "")
            + f": {wording.test}."
        )
    rival = next((other for other in mechanisms[1:] if other.supporting), None)
    if rival:
        said.append(
            f"Activity of {rival.supporting[0].target.name}, to tell {mechanism.name} from"
            f" {rival.name}, the next drug with other targets."
        )
    return said


def _of_effect(mechanism: RankedMechanism, wording: Wording) -> list[str]:
    """Say what to measure where the score is not about activity: what the drug does."""
    return [f"The effect of {mechanism.name}: {wording.test}."]


def _distinct(chains: Sequence[Chain], most: int) -> list[Chain]:
    """Take the strongest chains that ask for different measurements."""
    found: dict[str, Chain] = {}
    for chain in chains:
        found.setdefault(chain.measure, chain)
    return list(found.values())[:most]

"""Symptoms of a patient: a phenopacket, or a list of terms of the Human Phenotype Ontology."""

import re

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.text_table import ANSWERS, read_lines
from twinscreen.files.words.counting import plural
from twinscreen.files.words.unseen import bare
from twinscreen.observe.findings.finding import Finding, Found, GeneWeight
from twinscreen.observe.findings.phenopacket import (
    Named,
    Phenopacket,
    is_packet,
    read_packet,
    spelled_term,
)
from twinscreen.observe.findings.phenotype_similarity import Phenotypes, phenotype_weight
from twinscreen.observe.findings.small_tables import read_rows

#: Symptoms stand below this term; what stands elsewhere (onset, course, inheritance) is no symptom.
ABNORMALITY = "HP:0000118"
_TERM = re.compile(r"HP:\d{7}")
_IDENTIFIER = re.compile(r"[A-Za-z]+[:_]\w+")
_SHOWN = 3


def read_phenotypes(path: FilePath) -> Phenopacket:
    """Read a phenopacket (JSON or YAML, schema 1.0 or 2), or a list of terms.

    A list is one identifier per line, or a table with the column hpo_id and, if wanted, excluded
    (yes or no) and label.

    Raises
    ------
    InputError
        The file is missing, or is none of these.
    """
    content = "a phenopacket (JSON or YAML) or a list of terms (HP:0000001)"
    lines = list(read_lines(path, content=content))
    text = "\n".join(line for _, line in lines).strip()
    if not text:
        raise InputError(
            file=path,
            found="an empty file",
            expected=content,
            remedy="write the terms, or leave the column `phenotypes` empty: not asked is not none",
        )
    if is_packet(text):
        found = read_packet(path, text)
        _check_once(path, found.phenotypes)
        return found
    if "hpo_id" in re.split(r"[\t,;]", text.partition("\n")[0]):
        rows = read_rows(
            path,
            required=["hpo_id"],
            optional=["label", "excluded"],
            not_for={"excluded": ("negated", "absent", "present", "observed", "status")},
            content="terms of a patient",
        )
        terms = [
            Named(spelled_term(row["hpo_id"]), row["label"], _yes(path, row["excluded"]))
            for row in rows
        ]
        _check_once(path, terms)
        return Phenopacket(terms)
    terms = []
    for number, line in lines:
        term = spelled_term(bare(line))
        if not term or term.startswith("#"):
            continue
        if not _TERM.fullmatch(term):
            raise InputError(
                file=path,
                place=f"line {number}",
                found="a line that is no term",
                expected="a term as HP:0001250, one per line, or a table with the column hpo_id",
                remedy="correct the line",
                detail=term[:40],
            )
        terms.append(Named(term, ""))
    return Phenopacket(terms)


def _check_once(path: FilePath, terms: list[Named]) -> None:
    """Check that no term is both there and excluded."""
    excluded = {term.id for term in terms if term.excluded}
    both = next((term for term in terms if term.id in excluded and not term.excluded), None)
    if both:
        raise InputError(
            file=path,
            found="a term both present and excluded",
            expected="each term either present or excluded",
            remedy="leave out one of the two; a packet that was taken at several times holds the"
            " last state of each term",
            detail=both.id,
        )


def match_phenotypes(
    given: list[Named], *, terms: pd.DataFrame, phenotypes: Phenotypes, file: FilePath
) -> Found:
    """Map a patient's terms to those in use, and weigh the genes whose phenotypes match.

    Terms that are excluded, that are no phenotypic abnormality, that another term of the patient
    implies, or that the ontology doesn't have (newer ones, those of other ontologies), are shown
    but not used.

    Parameters
    ----------
    given
        Terms of the patient.
    terms
        Contract PHENOTYPE_TERMS.
    phenotypes
        The same terms and the annotations, as matrices.
    file
        Where the terms stand, for messages.

    Raises
    ------
    InputError
        No term is known, or something is no identifier.
    """
    known = terms.set_index("id")
    former = known["alternatives"].dropna().str.split("|").explode()
    meaning = dict(zip(former, former.index, strict=True)) | {name: name for name in known.index}
    unknown = [one for one in given if one.id not in meaning]
    given = [one for one in given if one.id in meaning]
    if unknown and (not given or not all(_IDENTIFIER.fullmatch(one.id) for one in unknown)):
        raise InputError(
            file=file,
            found=f"{plural(len(unknown), 'term')} that the ontology doesn't have, or obsolete"
            " without a successor",
            expected="terms of the Human Phenotype Ontology",
            remedy="look the terms up at hpo.jax.org, and correct or remove them",
            detail=", ".join(one.id for one in unknown[:5]),
        )
    above = {one.id: set(known.loc[meaning[one.id], "ancestors"].split("|")) for one in given}
    present = {meaning[one.id] for one in given if not one.excluded}
    implied = {
        other
        for one in given
        if not one.excluded
        for other in above[one.id] & present - {meaning[one.id]}
    }
    found = Found()
    why = "no term of this release of the ontology, or obsolete without a successor"
    found.findings += [
        Finding("phenotype", one.id, one.label, False, why, one.status) for one in unknown
    ]
    for one in given:
        term = meaning[one.id]
        why = "information content " + f"{known.loc[term, 'information_content']:.2f}"
        used = False
        if one.excluded:
            why = "said to be absent"
        elif ABNORMALITY not in above[one.id] or term == ABNORMALITY:
            why = "not a phenotypic abnormality"
        elif term in implied:
            why = "implied by another term"
        else:
            used = True
        former_id = f"; given as {one.id}" if term != one.id else ""
        label = str(known.loc[term, "name"])
        found.findings.append(
            Finding("phenotype", term, label, used, f"{why}{former_id}", one.status)
        )
    # a term that is both present and excluded stands once, as what was said of it first
    found.findings = sorted({one.id: one for one in reversed(found.findings)}.values())
    used_terms = [one.id for one in found.findings if one.used]
    if used_terms:
        found.genes = _weigh(used_terms, known["name"], phenotypes)
    return found


def _weigh(used: list[str], labels: pd.Series, phenotypes: Phenotypes) -> list[GeneWeight]:
    score = phenotypes.best_match_average(used)
    weight = phenotype_weight(score, n_terms=phenotypes.effective_number(used))
    shown = ", ".join(labels[used[:_SHOWN]])
    more = f" and {len(used) - _SHOWN} more" if len(used) > _SHOWN else ""
    return [
        GeneWeight(
            str(phenotypes.genes[row]),
            float(weight[row]),
            0,
            f"similarity {score[row]:.2f} to {shown}{more}",
        )
        for row in weight.nonzero()[0]
    ]


def _yes(path: FilePath, text: str) -> bool:
    if text and text.lower() not in ANSWERS:
        raise _fault(path, "column excluded", repr(text), "yes or no")
    return bool(text) and ANSWERS[text.lower()]


def _fault(path: FilePath, place: str, found: str, expected: str) -> InputError:
    return InputError(
        file=path, place=place, found=found, expected=expected, remedy="correct the file"
    )

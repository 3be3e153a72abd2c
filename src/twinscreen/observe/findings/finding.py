"""What one kind of finding comes to: rows for the report, and weights of genes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from twinscreen.files.contracts.patient import FindingStatus


class Finding(NamedTuple):
    """A row of the contract FINDINGS, but for whether it is simulated."""

    kind: str
    id: str
    label: str
    used: bool
    detail: str
    status: FindingStatus = FindingStatus.PRESENT
    genotype: str = ""
    reference: str = ""
    remedy: str = ""


def of_file(kind: str, id: str, label: str, detail: str, remedy: str = "") -> Finding:
    """Say something of a whole file, of which no single finding is the subject."""
    return Finding(kind, id, label, False, detail, FindingStatus.OF_FILE, remedy=remedy)


class GeneWeight(NamedTuple):
    """A row of PATIENT_LAYERS, but for the layer; `expected` and `function` are 0 if unknown."""

    gene: str
    weight: float
    expected: int
    evidence: str
    function: int = 0


@dataclass
class Found:
    """Findings of one kind and the genes that they point to."""

    findings: list[Finding] = field(default_factory=list)
    genes: list[GeneWeight] = field(default_factory=list)


def strongest(weights: list[GeneWeight]) -> list[GeneWeight]:
    """Keep one row per gene, sorted by gene: its largest weight, with all its evidence.

    Evidence that points up and evidence that points down leave nothing to expect.
    """
    by_gene: dict[str, list[GeneWeight]] = {}
    for one in weights:
        by_gene.setdefault(one.gene, []).append(one)
    kept = []
    for gene in sorted(by_gene):
        rows = sorted(by_gene[gene], key=lambda one: (-one.weight, one.evidence))
        told = "; ".join(dict.fromkeys(one.evidence for one in rows))
        expected = _agreed(one.expected for one in rows)
        function = _agreed(one.function for one in rows)
        kept.append(GeneWeight(gene, rows[0].weight, expected, told, function))
    return kept


def _agreed(signs: Iterable[int]) -> int:
    """Give the sign that all known ones agree on, else 0."""
    known = {*signs} - {0}
    return known.pop() if len(known) == 1 else 0

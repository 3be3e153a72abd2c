"""What goes back to the patient's own variants and symptoms, and what to measure to find out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.files.errors import with_remedy
from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.tables import table

#: What the kinds of findings are called, and the layer that each enters.
KINDS = {
    "variant": "variants",
    "phenotype": "symptoms",
    "exposure": "exposures",
    "medication": "medication",
    "disease": "genes of diseases",
    "pharmacogenomic": "pharmacogenomic variants",
}
_MISSING = {
    "variant": "the variant",
    "impact": "the variant's impact",
    "expression": "the change of expression",
    "protein": "the protein",
    "drug": "a drug",
}


@dataclass(frozen=True)
class Finding:
    """One finding as a row of the table."""

    kind: str
    label: str
    id: str
    used: bool
    detail: str
    simulated: bool


@dataclass(frozen=True)
class Chain:
    """A chain from a variant, symptom or disease gene to a drug, and the link that it lacks."""

    gene: str
    start: str
    expression: str
    effect: float
    compartment: str
    n_compartments: int
    protein: str
    drug: str
    drug_rank: float
    drug_target: str
    missing: str
    evidence: str
    measure: str
    simulated: bool


@dataclass(frozen=True)
class Relevant:
    """A protein and what its relevance rests on."""

    gene: str
    relevance: float
    shares: tuple[tuple[str, float], ...]

    @property
    def rests_on(self) -> str:
        """The layers that make up most of its relevance, in words."""
        return words.listed(f"{name} ({100 * part:.0f} %)" for name, part in self.shares)


@dataclass(frozen=True)
class LayerLink:
    """How near two layers are to each other."""

    place: str
    first: str
    second: str
    overlap: float
    overlap_p: float
    distance: float
    distance_z: float
    distance_p: float


@dataclass(frozen=True)
class Origin:
    """All that a page says of the patient-level layers."""

    findings: tuple[Finding, ...]
    absent: tuple[str, ...]
    simulated: tuple[str, ...]
    chains: tuple[Chain, ...]
    n_chains: int
    relevant_in: str
    relevant: tuple[Relevant, ...]
    links: tuple[LayerLink, ...]

    @property
    def used(self) -> list[Finding]:
        """Findings that enter a layer, and the medication."""
        return [row for row in self.findings if row.used]

    @property
    def by_kind(self) -> list[tuple[str, bool, list[Finding]]]:
        """Findings used, by kind: what they are called, and whether they are simulated."""
        groups = [[row for row in self.used if row.kind == kind] for kind in KINDS]
        return [
            (KINDS[rows[0].kind], any(row.simulated for row in rows), rows)
            for rows in groups
            if rows
        ]

    @property
    def unused(self) -> list[Finding]:
        """Findings that do not."""
        return [row for row in self.findings if not row.used]

    @property
    def counted(self) -> str:
        """Count what was given, in words: "1 variant and 5 symptoms"."""
        nouns = {
            "variant": ("variant", ""),
            "phenotype": ("symptom", ""),
            "exposure": ("exposure", ""),
            "medication": ("drug taken", "drugs taken"),
            "disease": ("diagnosis", "diagnoses"),
        }
        counts = {kind: sum(row.kind == kind for row in self.used) for kind in KINDS}
        return words.listed(
            words.plural(count, *nouns[kind]) for kind, count in counts.items() if count
        )

    @property
    def nearer(self) -> list[LayerLink]:
        """Links between a layer of cells and one of the patient that are nearer than chance."""
        return [row for row in self.links if row.overlap_p < 0.05 or row.distance_p < 0.05]

    @property
    def links_in_words(self) -> str:
        """Count the pairs of layers that are closer than chance, and name the closest."""
        total, nearer = len(self.links), self.nearer
        pairs = f"of {words.plural(total, 'pair')} of layers"
        if not nearer:
            return f"None {pairs} is closer on the interactome than chance (p < 0.05)."
        closest = f"{nearer[0].first} and {nearer[0].second}"
        closest += f" ({nearer[0].place})" if nearer[0].place else ""
        return (
            f"{len(nearer)} {pairs} {'is' if len(nearer) == 1 else 'are'} closer on the interactome"
            f" than chance (p < 0.05; about {0.1 * total:.0f} expected by chance). The closest are"
            f" {closest}."
        )


def simulated_kinds(twin: ad.AnnData) -> tuple[str, ...]:
    """Name the kinds of findings that are simulated for a demonstration."""
    rows = table(twin, "findings", "kind", "simulated")
    made_up = rows.loc[rows["simulated"].astype(bool), "kind"].astype(str)
    return tuple(KINDS[kind] for kind in KINDS if kind in set(made_up))


def origin(twin: ad.AnnData, screen: ad.AnnData, names: Naming) -> Origin:
    """Read findings, chains, relevance and links of layers.

    Parameters
    ----------
    twin, screen
        Of one patient; the chains are the screen's, which name drugs.
    names
        Names of the compartments of the latest time point.
    """
    findings = [
        Finding(
            kind=str(row["kind"]),
            label=_label(row),
            id=str(row["id"]),
            used=bool(row["used"]) or _taken(row),
            detail=with_remedy(words.text(row["detail"]), str(row["remedy"])),
            simulated=bool(row["simulated"]),
        )
        for row in table(twin, "findings").to_dict("records")
    ]
    order = list(KINDS)
    findings.sort(key=lambda row: (order.index(row.kind), not row.used))
    made_up = {row.kind for row in findings if row.simulated}
    chains = table(screen, "hypotheses")
    place, relevant = _relevant(twin, names)
    return Origin(
        findings=tuple(findings),
        absent=tuple(
            noun
            for kind, noun in KINDS.items()
            # what bears on drugs comes with the variants, and is not given apart
            if kind != "pharmacogenomic" and not any(row.kind == kind for row in findings)
        ),
        simulated=simulated_kinds(twin),
        chains=tuple(_chain(row, names, made_up) for row in chains.head(20).to_dict("records")),
        n_chains=len(chains),
        relevant_in=place,
        relevant=relevant,
        links=_links(twin, names),
    )


def _taken(row: Mapping[Any, Any]) -> bool:
    """Whether a finding is a drug that the patient takes, which enters no layer."""
    return row["kind"] == "medication" and row["status"] == FindingStatus.PRESENT


def _label(row: Mapping[Any, Any]) -> str:
    """Name a finding; one that is a genotype with its alleles and that of the reference."""
    label = words.text(row["label"])
    if words.is_missing(row["genotype"]):
        return label
    return f"{label} {row['genotype']}, reference {row['reference']}"


def _chain(row: dict[Any, Any], names: Naming, made_up: set[str]) -> Chain:
    own = row["step"] == "own"
    deviates = row["expression_state"] == "deviates"
    gene = str(row["expression_gene"])
    return Chain(
        gene=str(row["gene"]),
        start=str(row["start"]),
        expression=(gene if own else f"its neighbour {gene}")
        if deviates
        else str(row["expression_state"]),
        effect=float(row["effect"]) if deviates else float("nan"),
        compartment=names.of(str(row["compartment"])) if row["compartment"] else "",
        n_compartments=int(row["compartments"]),
        protein=str(row["protein_state"]),
        drug=words.text(row["drug"]),
        drug_rank=float(row["drug_rank"]),
        drug_target=str(row["drug_target"]),
        missing=_MISSING.get(str(row["missing"]), "nothing"),
        evidence=re.sub(r"(?<=\s)-(?=\d)", words.MINUS, str(row["evidence"])),
        measure=str(row["measure"]),
        simulated=str(row["start"]) in made_up,
    )


def _relevant(twin: ad.AnnData, names: Naming) -> tuple[str, tuple[Relevant, ...]]:
    """Take the most relevant proteins where most genes deviate, else of the own layers alone."""
    rows = table(twin, "relevance", "compartment", "gene", "relevance")
    latest = twin.obs[twin.obs["latest"].astype(bool) & twin.obs["scorable"].astype(bool)]
    present = set(rows["compartment"].astype(str))
    size = latest["module_size"].astype(float)
    places = [key for key in size.sort_values(ascending=False).index if key in present]
    places += [""] if "" in present else []
    if not places:
        return "", ()
    chosen = rows[rows["compartment"].astype(str) == places[0]].head(10)
    found = []
    for row in chosen.to_dict("records"):
        shares = [
            (name, float(row[name])) for name in ("transcript", "protein", *LAYERS_OF_PATIENT)
        ]
        shares = sorted(
            ((name, part) for name, part in shares if part >= 0.05), key=lambda pair: -pair[1]
        )
        found.append(Relevant(str(row["gene"]), float(row["relevance"]), tuple(shares)))
    return names.of(places[0]) if places[0] else "the patient's own layers alone", tuple(found)


def _links(twin: ad.AnnData, names: Naming) -> tuple[LayerLink, ...]:
    """Take the links of the latest compartments, and of the own layers with each other."""
    rows = table(
        twin, "layer_links", "compartment", "layer_a", "layer_b", "overlap_p", "distance_p"
    )
    latest = set(twin.obs_names[twin.obs["latest"].astype(bool)].astype(str))
    rows = rows[rows["compartment"].astype(str).isin({*latest, ""})]
    own = rows["layer_a"].isin(LAYERS_OF_PATIENT) | rows["layer_b"].isin(LAYERS_OF_PATIENT)
    rows = rows[own].assign(
        smallest=lambda part: np.fmin(
            pd.to_numeric(part["overlap_p"]), pd.to_numeric(part["distance_p"])
        )
    )
    return tuple(
        LayerLink(
            place=names.of(str(row["compartment"])) if row["compartment"] else "patient as a whole",
            first=str(row["layer_a"]),
            second=str(row["layer_b"]),
            overlap=float(row["overlap"]),
            overlap_p=float(row["overlap_p"]),
            distance=float(row["distance"]),
            distance_z=float(row["distance_z"]),
            distance_p=float(row["distance_p"]),
        )
        for row in rows.sort_values("smallest", kind="stable").to_dict("records")
    )

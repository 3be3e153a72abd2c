"""Everything found of one patient beside cells, brought to genes."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass

import pandas as pd

from twinscreen.files import (
    DISEASE_GENES,
    DISEASES,
    FINDINGS,
    KNOWN_VARIANTS,
    PATIENT_LAYERS,
    PHARMACOGENOMICS,
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    FilePath,
    GeneNames,
    TableContract,
    keeping_going,
    read_table_once,
    write_table,
)
from twinscreen.files.contracts.patient import FILE
from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.files.errors import Loss
from twinscreen.files.words.counting import plural
from twinscreen.observe.findings.consequence import GenePositions
from twinscreen.observe.findings.disease_genes import DiseaseGenes, identifier_and_name
from twinscreen.observe.findings.exposures import ExposureGenes, read_exposures, read_medication
from twinscreen.observe.findings.finding import (
    Finding,
    Found,
    of_file,
    strongest,
)
from twinscreen.observe.findings.pharmacogenomics import Genotypes
from twinscreen.observe.findings.phenopacket import Named, Phenopacket
from twinscreen.observe.findings.phenotype_similarity import Phenotypes
from twinscreen.observe.findings.phenotypes import match_phenotypes, read_phenotypes
from twinscreen.observe.findings.star_alleles import read_star_alleles
from twinscreen.observe.findings.symptom_network import SymptomNetwork, suggest_diseases
from twinscreen.observe.findings.variants import KnownVariants, read_variants
from twinscreen.settings.observe import FindingSettings

#: Of the columns of the patient sheet, the kind of findings that each brings.
KINDS = {
    "phenotypes": "phenotype",
    "variants": "variant",
    "exposures": "exposure",
    "medication": "medication",
    "disease": "disease",
    "star_alleles": "pharmacogenomic",
}


@dataclass(frozen=True)
class Tables:
    """Knowledge that findings are read with; those that may be None are the user's own.

    Without `pharmacogenomics` no genotypes that bear on drugs are reported.
    """

    names: FilePath
    terms: FilePath
    annotations: FilePath
    disease_genes: FilePath
    diseases: FilePath
    known_variants: FilePath
    gene_positions: FilePath | None
    exposure_genes: FilePath | None
    symptom_network: FilePath | None
    pharmacogenomics: FilePath | None = None


def build_findings(
    *,
    row: Mapping[str, str],
    tables: Tables,
    settings: FindingSettings,
    layers: FilePath,
    findings: FilePath,
    keep_going: bool,
) -> None:
    """Read what the patient sheet names of one patient, and write findings and layers.

    Parameters
    ----------
    row
        `patient`, and of the sheet's columns variants, variant_sample, phenotypes, exposures,
        medication, star_alleles, disease, simulated those that say something.
    tables
        Knowledge.
    settings
        How variants are read.
    layers, findings
        Tables to write: contracts PATIENT_LAYERS and FINDINGS.
    keep_going
        Whatever goes wrong with a file, leave its layer out and say why in a finding with the
        identifier `file`, instead of raising.

    Raises
    ------
    InputError
        A table is at fault; without `keep_going`, also where a file of the patient is.
    """
    with keeping_going(keep_going, of=row["patient"], shared=astuple(tables)) as loss:
        rows, weights = _found(row, tables, settings, keep_going)
        _write(rows, findings, FINDINGS)
        _write(weights, layers, PATIENT_LAYERS)
    if loss.reason:
        lost = {kind: Found([_not_used(kind, loss)]) for key, kind in KINDS.items() if row.get(key)}
        _write(_rows(lost, simulated=False), findings, FINDINGS)
        _write([], layers, PATIENT_LAYERS)


def _found(
    row: Mapping[str, str], tables: Tables, settings: FindingSettings, keep_going: bool
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Find everything of a patient: the rows of the findings and of the layers."""
    found, packet = _read_files(row, tables, settings, keep_going)
    given = _named(row.get("disease", ""))
    known = _disease_genes(tables) if given or packet.diseases else None
    # what the sheet itself says is not made up, whatever the files are
    sheet = {"disease": _diseases(given, known)}
    found["disease"] = _diseases(packet.diseases, known)
    rows = _rows(sheet, simulated=False)
    rows += _rows(found, simulated=row.get("simulated") == "yes")
    found["disease"] = _joined(sheet["disease"], found["disease"])
    return rows, _layer_rows(found)


def _read_files(
    row: Mapping[str, str], tables: Tables, settings: FindingSettings, keep_going: bool
) -> tuple[dict[str, Found], Phenopacket]:
    """Read the files of a patient by kind; a phenopacket also holds diseases and drugs."""
    packet = Phenopacket()

    def given() -> list[Named]:
        return [*_named(row.get("disease", "")), *packet.diseases]

    def phenotypes() -> Found:
        nonlocal packet
        packet = read_phenotypes(row["phenotypes"])
        return _phenotypes(packet, given(), tables, row["phenotypes"])

    def variants() -> Found:
        diseases = {one.id for one in given() if one.id and not one.excluded}
        return _variants(row, diseases, tables, settings)

    readers: dict[str, Callable[[], Found]] = {
        "phenotypes": phenotypes,
        "variants": variants,
        "exposures": lambda: _exposures(row["exposures"], tables),
        "medication": lambda: Found(read_medication(row["medication"])),
        "star_alleles": lambda: Found(read_star_alleles(row["star_alleles"])),
    }
    found: dict[str, Found] = {}
    for column, read in readers.items():
        if not row.get(column):
            continue
        kind = KINDS[column]
        # knowledge and the tables of the configuration are every patient's
        with keeping_going(keep_going, of=row["patient"], shared=astuple(tables)) as loss:
            found[kind] = read()
        if loss.reason:
            found[kind] = Found([_not_used(kind, loss)])
    drugs = [Finding("medication", one.id, one.label, False, "") for one in packet.medication]
    found["medication"] = _joined(found.get("medication", Found()), Found(drugs))
    return found, packet


def _not_used(kind: str, loss: Loss) -> Finding:
    """Say that a whole file could not be used, and why."""
    return of_file(kind, FILE, "not used", loss.reason, loss.remedy)


def _phenotypes(
    packet: Phenopacket, diseases: list[Named], tables: Tables, file: FilePath
) -> Found:
    terms = read_table_once(tables.terms, PHENOTYPE_TERMS)
    matrices = Phenotypes(terms, read_table_once(tables.annotations, PHENOTYPE_GENES))
    found = match_phenotypes(packet.phenotypes, terms=terms, phenotypes=matrices, file=file)
    if not tables.symptom_network:
        return found
    suggested = suggest_diseases(
        {one.id for one in found.findings if one.used},
        terms=terms,
        network=SymptomNetwork(tables.symptom_network),
        disease_genes=read_table_once(tables.disease_genes, DISEASE_GENES),
        told={name for one in diseases for name in (one.id, one.label) if name},
    )
    return _joined(found, suggested)


def _variants(
    row: Mapping[str, str],
    diseases: set[str],
    tables: Tables,
    settings: FindingSettings,
) -> Found:
    names = GeneNames(tables.names)
    genotypes = None
    if tables.pharmacogenomics:
        table = read_table_once(tables.pharmacogenomics, PHARMACOGENOMICS)
        genotypes = Genotypes(table, assembly=settings.assembly)
    return read_variants(
        row["variants"],
        patient=row["patient"],
        sample=row.get("variant_sample", ""),
        settings=settings,
        names=names,
        known=KnownVariants(read_table_once(tables.known_variants, KNOWN_VARIANTS), diseases),
        positions=GenePositions(tables.gene_positions, names) if tables.gene_positions else None,
        genotypes=genotypes,
    )


def _exposures(path: FilePath, tables: Tables) -> Found:
    known = None
    if tables.exposure_genes:
        known = ExposureGenes(tables.exposure_genes, GeneNames(tables.names))
    return read_exposures(path, known)


def _named(text: str) -> list[Named]:
    """Read `MONDO:0100096 COVID-19|EFO:0003885|gout`: identifiers, names, or both of each."""
    return [Named(*identifier_and_name(part)) for part in text.split("|") if part.strip()]


def _disease_genes(tables: Tables) -> DiseaseGenes:
    return DiseaseGenes(
        read_table_once(tables.diseases, DISEASES),
        read_table_once(tables.disease_genes, DISEASE_GENES),
    )


def _diseases(given: list[Named], known: DiseaseGenes | None) -> Found:
    """Look up the genes of diseases; a disease without known genes is shown only."""
    found = Found()
    if known is None:
        return found
    for one in given:
        genes = known.weights(one.id, one.label)
        label = one.label or known.name(one.id)
        id_ = one.id or known.identifier(one.label) or one.label
        used = len(genes) > 0 and not one.excluded
        own = len(known.own(one.id, one.label)) or "none"
        detail = (
            f"{plural(len(genes), 'gene')} known, {own} of its own, the others of diseases near it"
        )
        if one.excluded:
            detail = "said to be absent"
        elif not genes:
            detail = "no genes known"
        found.findings.append(Finding("disease", id_, label, used, detail, one.status))
        if used:
            found.genes += genes
    found.genes = strongest(found.genes)
    return found


def _joined(one: Found, other: Found) -> Found:
    return Found([*one.findings, *other.findings], strongest([*one.genes, *other.genes]))


def _rows(found: Mapping[str, Found], *, simulated: bool) -> list[dict[str, object]]:
    return [
        {**finding._asdict(), "simulated": simulated}
        for kind in found
        for finding in found[kind].findings
    ]


def _layer_rows(found: Mapping[str, Found]) -> list[dict[str, object]]:
    return [
        {
            "layer": layer,
            **one._asdict(),
            "expected": one.expected or None,
            "function": one.function or None,
        }
        for layer in LAYERS_OF_PATIENT
        for one in found.get(layer, Found()).genes
    ]


def _write(rows: list[dict[str, object]], path: FilePath, contract: TableContract) -> None:
    table = pd.DataFrame(rows, columns=contract.schema.names)
    for name in {"expected", "function"} & set(table.columns):
        table[name] = table[name].astype("Int8")
    write_table(table.drop_duplicates(list(contract.key)), path, contract)

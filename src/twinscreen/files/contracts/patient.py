"""What is kept of one sample, one patient and the healthy reference."""

from enum import StrEnum

from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.hdf import AnnDataContract
from twinscreen.files.tables import TableContract, schema

#: Cells x genes, raw counts; surface proteins, if measured, as counts in obsm["protein"] with
#: their genes in uns["protein"]. uns["sample"] is the row of the sample sheet, uns["quality"]
#: what was kept and lost, uns["unscorable"] the reason why the sample can't be used, or "", and
#: uns["remedy"] what to do about it.
OBSERVATION = AnnDataContract(
    "observation",
    obs=("cell_type",),
    uns=("sample", "quality", "unscorable", "remedy", "provenance"),
)


#: Deviations of one patient computed elsewhere: compartments x genes, NaN where the table says
#: nothing. uns["quality"] is what was read and lost, uns["unscorable"] and uns["remedy"] are as in
#: an observation.
DEVIATIONS = AnnDataContract(
    "deviations",
    obs=("cell_type", "tissue", "time", "n_cells"),
    layers=("logfc", "pvalue"),
    uns=("quality", "unscorable", "remedy", "provenance"),
)


#: How far donors of the patients' own study stand from those of another study.
BATCH = TableSpec(
    "batch",
    "cell type and tissue with donors of both studies",
    {
        "cell_type": (str, "cell type"),
        "tissue": (str, "tissue"),
        "n_own": (int, "donors of the patients' own study, whose mean is compared with"),
        "n_public": (int, "donors of another study, who tell how much people differ"),
        "own_share": (float, "genes with p < 0.05 in own donors against public ones: the batch"),
        "public_share": (float, "the same in public donors, each against the others"),
        "left_share": (
            float,
            "the same in own donors as patients are compared: what is left of the batch; NaN of a"
            " single donor",
        ),
        "own_spread": (float, "root mean square effect of own donors against public ones"),
        "public_spread": (float, "of public donors, each against the others"),
        "left_spread": (float, "of own donors as patients are compared"),
    },
    key=("cell_type", "tissue"),
)


#: Donors of other sites by cell type and tissue, of whom sums alone are known.
ELSEWHERE = TableSpec(
    "elsewhere",
    "site, cell type and tissue with enough donors",
    {
        "site": (str, "what the site is called"),
        "cell_type": (str, "cell type"),
        "tissue": (str, "tissue"),
        "n_donors": (int, "donors who are added up"),
        "n_cells": (int, "their cells"),
        "library": (float, "their molecules, of all genes of the site"),
    },
    key=("site", "cell_type", "tissue"),
)

#: What stands for the numbers of molecules of these donors: how uncertain counting makes them.
MOLECULES = TableSpec(
    "elsewhere_molecules",
    "site, cell type, tissue and number that stands for the donors' numbers of molecules",
    {
        "site": (str, "what the site is called"),
        "cell_type": (str, "cell type"),
        "tissue": (str, "tissue"),
        "molecules": (float, "the number"),
        "weight": (float, "share of the donors that it stands for"),
    },
)

#: Surface proteins of these donors.
SHARED_PROTEIN = TableSpec(
    "elsewhere_protein",
    "site, cell type, tissue and surface protein that enough donors have",
    {
        "site": (str, "what the site is called"),
        "cell_type": (str, "cell type"),
        "tissue": (str, "tissue"),
        "gene": (str, "gene of the protein"),
        "n_donors": (int, "donors who have it"),
        "mean": (float, "mean of their mean levels"),
        "squares": (float, "sum of squares about it"),
    },
    key=("site", "cell_type", "tissue", "gene"),
)

#: What is known of such donors by gene: summed counts; mean of log2 counts per million, and sum of
#: squares about it; means of the level and of the share of cells that communication takes.
SHARED_LAYERS = ("counts", "centre", "squares", "level", "share")

#: What a site shares of its reference: cell types and tissues x genes. uns["left_out"] counts those
#: with too few donors.
SHARED = AnnDataContract(
    "shared reference",
    obs=tuple(ELSEWHERE.names),
    layers=SHARED_LAYERS,
    uns=("site", "left_out", MOLECULES.name, SHARED_PROTEIN.name, "provenance"),
    uns_tables=(MOLECULES, SHARED_PROTEIN),
    foreign=True,
)


#: Pseudobulks of the samples compared with: one row per cell type, tissue and donor; counts, and
#: the share of the cells that express each gene, and the effect and log2 fold change of each donor
#: against the others, as if it were a patient. `base` marks donors whose mean is compared with: all
#: but those of another study. uns["calibration"]: how often they deviate so by chance;
#: uns["batch"]: how far studies stand apart. Where other sites' sums are used, varm has them as
#: `elsewhere_...` (SHARED_LAYERS), a column per row of uns["elsewhere"].
REFERENCE = AnnDataContract(
    "reference",
    obs=("cell_type", "tissue", "donor", "condition", "base", "batch", "n_cells"),
    layers=("share", "effect", "logfc"),
    uns=("unused", "calibration", "provenance"),
    uns_tables=(BATCH, ELSEWHERE, MOLECULES, SHARED_PROTEIN),
)


#: Layers of one patient that hold for all compartments: `layer` is variant, phenotype, exposure or
#: disease; `weight` of the gene, above 0 and at most 1; `expected`, the sign (+1, -1) of the change
#: of expression that the evidence lets one expect, else missing; `evidence` in words.
PATIENT_LAYERS = TableContract(
    "patient layers",
    schema(
        layer="string",
        gene="string",
        weight="double",
        expected="int8?",
        evidence="string",
        function="int8?",
    ),
    key=("layer", "gene"),
)


#: Ligands measured outside of the cells of patients: `sign` +1 raised, -1 lowered; `time` is
#: missing where it holds for all time points.
OUTSIDE_LIGANDS = TableContract(
    "ligands measured outside of cells",
    schema(patient="string", ligand="string", time="string?", sign="int8", value="double?"),
)


#: The id of a finding that stands for a whole file that could not be used.
FILE = "file"


class FindingStatus(StrEnum):
    """Whether the patient has what a finding names."""

    PRESENT = "present"
    ABSENT = "absent"
    SUGGESTED = "suggested"
    """Alike by symptoms, but not diagnosed."""
    OF_FILE = ""
    """The row speaks of a whole file: how much was read, or why it could not be used."""


#: What was found of one patient beside cells.
FINDINGS_TABLE = TableSpec(
    "findings",
    "finding, what a file says as a whole among them",
    {
        "kind": (str, "variant, phenotype, exposure, medication, disease or pharmacogenomic"),
        "id": (
            str,
            "identifier; `all` counts what was read of a file, `file` says why one is not used",
        ),
        "label": (str, "its name"),
        "status": (str, "present, absent, suggested (not diagnosed), or empty of a whole file"),
        "used": (bool, "whether it enters a layer"),
        "detail": (str, "what it is, or why it is not used, for people"),
        "genotype": (
            str,
            "alleles of the copies in order of letters (`C/T`; `.` for one that is not known),"
            " where the kind is pharmacogenomic",
        ),
        "reference": (str, "the allele of the reference there"),
        "simulated": (bool, "whether it is made up for a demonstration"),
        "remedy": (str, "what to do about a file that is not used, else empty"),
    },
    key=("kind", "id"),
)
FINDINGS = TableContract("findings", FINDINGS_TABLE.schema(), key=FINDINGS_TABLE.key)

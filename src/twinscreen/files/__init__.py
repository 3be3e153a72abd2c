"""What passes between stages: atomic writes, table and AnnData contracts, provenance.

Every stage reads the files of earlier stages and writes its own through this package, so
that nothing half-written stands under a final name, every file has the shape its reader
expects, and each result names what it was computed from.
"""

from twinscreen.files.atomic import atomic, write_text
from twinscreen.files.contracts.cohort import (
    COHORT_CLUSTER_NUMBERS,
    COHORT_CLUSTERS,
    COHORT_EVALUATION,
    COHORT_NEAREST,
    COHORT_NEIGHBOURS,
    COHORT_PATIENTS,
    COHORT_RANKS,
    COHORT_SIMILARITY,
    COHORT_TRIAL,
    COHORT_TRIAL_DRUGS,
    COHORT_TRIAL_FEATURES,
)
from twinscreen.files.contracts.knowledge import (
    DISEASE_GENES,
    DISEASES,
    DRUG_INTERACTIONS,
    DRUG_TARGETS,
    DRUG_WARNINGS,
    DRUGS,
    GENE_NAMES,
    GENES,
    INFLUENCE,
    INTERACTOME,
    KNOWN_VARIANTS,
    LIGAND_RECEPTOR,
    PATHWAYS,
    PHARMACOGENOMICS,
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    PRECEDENTS,
)
from twinscreen.files.contracts.patient import (
    DEVIATIONS,
    FINDINGS,
    OBSERVATION,
    PATIENT_LAYERS,
    REFERENCE,
    SHARED,
)
from twinscreen.files.contracts.screen import SCREEN
from twinscreen.files.contracts.twin import CELL_LAYERS, GROWN_LAYER, REPLICATES, TWIN
from twinscreen.files.errors import InputError, SeveralFaultsError, keeping_going, needs_extra
from twinscreen.files.gene_names import GeneNames
from twinscreen.files.hdf import (
    AnnDataContract,
    Parts,
    check_anndata,
    check_kind,
    read_anndata,
    read_parts,
    write_anndata,
)
from twinscreen.files.pairing import (
    check_cohort,
    check_given,
    read_replicates_of,
    read_screen_of,
    read_twins_and_screens,
)
from twinscreen.files.paths import FilePath
from twinscreen.files.provenance import generator, provenance, sha256, sources, sources_by_kind
from twinscreen.files.tables import (
    TableContract,
    read_table,
    write_table,
    write_tsv,
    writing_table,
)
from twinscreen.files.times import check_states, time_order, time_scale

__all__ = [
    "CELL_LAYERS",
    "COHORT_CLUSTERS",
    "COHORT_CLUSTER_NUMBERS",
    "COHORT_EVALUATION",
    "COHORT_NEAREST",
    "COHORT_NEIGHBOURS",
    "COHORT_PATIENTS",
    "COHORT_RANKS",
    "COHORT_SIMILARITY",
    "COHORT_TRIAL",
    "COHORT_TRIAL_DRUGS",
    "COHORT_TRIAL_FEATURES",
    "DEVIATIONS",
    "DISEASES",
    "DISEASE_GENES",
    "DRUGS",
    "DRUG_INTERACTIONS",
    "DRUG_TARGETS",
    "DRUG_WARNINGS",
    "FINDINGS",
    "GENES",
    "GENE_NAMES",
    "GROWN_LAYER",
    "INFLUENCE",
    "INTERACTOME",
    "KNOWN_VARIANTS",
    "LIGAND_RECEPTOR",
    "OBSERVATION",
    "PATHWAYS",
    "PATIENT_LAYERS",
    "PHARMACOGENOMICS",
    "PHENOTYPE_GENES",
    "PHENOTYPE_TERMS",
    "PRECEDENTS",
    "REFERENCE",
    "REPLICATES",
    "SCREEN",
    "SHARED",
    "TWIN",
    "AnnDataContract",
    "FilePath",
    "GeneNames",
    "InputError",
    "Parts",
    "SeveralFaultsError",
    "TableContract",
    "atomic",
    "check_anndata",
    "check_cohort",
    "check_given",
    "check_kind",
    "check_states",
    "generator",
    "keeping_going",
    "needs_extra",
    "provenance",
    "read_anndata",
    "read_parts",
    "read_replicates_of",
    "read_screen_of",
    "read_table",
    "read_twins_and_screens",
    "sha256",
    "sources",
    "sources_by_kind",
    "time_order",
    "time_scale",
    "write_anndata",
    "write_table",
    "write_text",
    "write_tsv",
    "writing_table",
]

"""The twin of one patient, and its replicates."""

from enum import StrEnum

from twinscreen.files.contracts.twin_tables import TWIN_TABLES
from twinscreen.files.hdf import AnnDataContract

#: What later stages read of the settings that a twin was built with: the dictionary uns `settings`.
TWIN_SETTINGS = (
    *("design", "control", "donors", "public", "min_cells", "min_donors"),
    *("max_qvalue", "min_fold_change", "max_genes"),
    *("restart", "jump", "layer_weights"),
)


class Flag(StrEnum):
    """What a reader should know of a compartment, or why it could not be compared.

    Numbers that belong to a flag stand in columns of their own: `n_cells`, `n_reference_donors`,
    `calibration`, `control_times`.
    """

    TOO_FEW_CELLS = "too_few_cells"
    TOO_FEW_CONTROL_CELLS = "too_few_control_cells"
    TOO_FEW_DONORS = "too_few_donors"
    TOO_FEW_GENES = "too_few_genes"
    ALL_BATCHES = "all_batches"
    FEW_DONORS = "few_donors"
    NOT_CALIBRATED = "not_calibrated"
    CONTROL_OF_OTHER_TIME = "control_of_other_time"
    BATCH_NOT_A_COVARIATE = "batch_not_a_covariate"
    COMPUTED_ELSEWHERE = "computed_elsewhere"
    SIGNIFICANT_GENES_ALONE = "significant_genes_alone"
    TREATED_COPY = "treated_copy"


class PatientFlag(StrEnum):
    """What a reader should know of a twin as a whole: the list uns `flags`."""

    TREATED_COPY = "treated_copy"
    """A drug was given to it: uns `treatment`."""
    NOT_USED = "not_used"
    """Something that was given of the patient is not used: table `not_used`."""
    PUBLIC_ALONE = "public_alone"
    """It is compared with donors of another study alone: a batch can't be told from a disease."""
    BATCH = "batch"
    """Donors of its own study deviate from those of another: table `batch`."""
    SIMULATED = "simulated"
    """Findings are made up for a demonstration: table `findings`, column `simulated`."""


#: Layers of what the cells of a compartment have, compared with healthy or not.
PRESENCE_LAYERS = ("detected", "level")


#: One patient's compartments x genes: see docs/contracts.md.
TWIN = AnnDataContract(
    "twin",
    obs=(
        "cell_type",
        "tissue",
        "time",
        "n_cells",
        "n_reference_donors",
        "method",
        "n_tested",
        "n_genes",
        "n_coding",
        "scorable",
        "module_size",
        "lcc_size",
        "lcc_z",
        "lcc_p",
        "lcc_size_low",
        "lcc_size_high",
        "calibration",
        "latest",
        "flags",
        "control_times",
        "communication_centrality",
        "communication_eigenvector",
    ),
    var=(
        *("degree", "variant", "variant_expected", "function", "phenotype", "exposure"),
        *("disease", "relevance"),
    ),
    layers=(
        *("logfc", "pvalue", "qvalue", "module", "centrality", "protein", "relevance"),
        *("effect_low", "effect_high", "module_support", "centrality_low", "centrality_high"),
        *PRESENCE_LAYERS,
    ),
    obsp=("communication", "time"),
    uns=(
        "patient",
        "samples",
        "not_used",
        "lacking",
        "batch",
        "findings",
        "flags",
        "unscorable",
        "remedies",
        "settings",
        "relevance",
        "layer_links",
        "hypotheses",
        "communication",
        "upstream",
        "course",
        "course_summary",
        "module_overlap",
        "early_regulators",
        "pathways",
        "provenance",
    ),
    uns_tables=TWIN_TABLES,
)


#: Layers of a twin that are there only where single cells of both sides were compared: the paired
#: design, and the reference design if the reference's cells were given.
CELL_LAYERS = ("cell_logfc", "cell_pvalue", "cell_share")


#: The layer of a twin that is there only where modules grow: what growth added to the seeds.
GROWN_LAYER = "grown"


#: The effects (X) and log2 fold changes of replicates of the compartments that are screened, one
#: column per gene compared. `kind` is bootstrap, from which the screen takes the intervals of its
#: scores, or null: what they would be if nothing were wrong. One row per compartment and replicate;
#: those of one kind and number belong together. `patient` is that of the twin.
REPLICATES = AnnDataContract(
    "replicates", obs=("compartment", "replicate", "kind"), layers=("logfc",), uns=("patient",)
)


#: Layers that belong to the patient and not to one compartment: columns of var.
LAYERS_OF_PATIENT = ("variant", "phenotype", "exposure", "disease")


#: Intervals reach from the first of these quantiles over bootstrap replicates to the second.
LOWER, UPPER = 0.05, 0.95


def compartment_in_words(name: str) -> str:
    """Name a compartment in a sentence: `B|blood|6h` is "B (blood, 6h)"."""
    # tissues and times have no "|"; a cell type may
    cell_type, tissue, time = name.rsplit("|", 2)
    return f"{cell_type} ({tissue}, {time})"

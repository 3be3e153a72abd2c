"""The shape of every file that passes between stages."""

import pyarrow as pa

from twinscreen.files.hdf import AnnDataContract
from twinscreen.files.tables import TableContract


def _schema(**columns: str) -> pa.Schema:
    """Build a schema from `column="type"`; a type that ends with "?" may be missing."""
    return pa.schema(
        [
            pa.field(name, pa.type_for_alias(kind.rstrip("?")), nullable=kind.endswith("?"))
            for name, kind in columns.items()
        ]
    )


# --- knowledge ---------------------------------------------------------------------------

#: Approved human genes. Names of several values are joined by "|".
GENES = TableContract(
    "genes",
    _schema(
        symbol="string",
        hgnc_id="string",
        name="string",
        locus_type="string",
        protein_coding="bool",
        entrez_id="string?",
        ensembl_id="string?",
        uniprot_ids="string?",
        previous_symbols="string?",
        alias_symbols="string?",
    ),
    key=("symbol",),
)

#: Every name that means exactly one gene: approved symbol before Ensembl, UniProt and Entrez
#: identifier, before previous symbol, before alias; a name that means several genes is left out.
GENE_NAMES = TableContract(
    "gene names",
    _schema(name="string", symbol="string", kind="string"),
    key=("name",),
)

#: Directed interactions between genes. `layer` is PT (post-translational) or TR (transcription
#: factor to gene); `sign` is +1 or -1 where the consensus of the sources is exactly one sign,
#: else missing; `sources` and `references` are joined by ";".
INTERACTOME = TableContract(
    "interactome",
    _schema(
        layer="string",
        source="string",
        target="string",
        sign="int8?",
        sources="string",
        references="string",
    ),
    key=("layer", "source", "target"),
)

#: One row per drug.
DRUGS = TableContract(
    "drugs",
    _schema(
        drug_id="string",
        name="string",
        kind="string",
        approved="bool",
        withdrawn="bool",
        labelled="bool",
        synonyms="string?",
    ),
    key=("drug_id",),
)

#: One row per drug, target and gene of the target: a complex is one target with several genes.
#: `sign` is the effect on the target's activity, +1 or -1; 0 where the action is not known.
DRUG_TARGETS = TableContract(
    "drug targets",
    _schema(
        drug_id="string",
        target="string",
        gene="string",
        sign="int8",
        action="string",
        primary="bool",
        affinity="double?",
    ),
    key=("drug_id", "target", "gene"),
)

#: Ligand-receptor pairs; members of a complex are joined by "_". `secreted`: whether cells release
#: the ligand, so that it reaches other tissues; missing where that is not known.
LIGAND_RECEPTOR = TableContract(
    "ligand-receptor pairs",
    _schema(ligand="string", receptor="string", sources="string", secreted="bool?"),
    key=("ligand", "receptor"),
)

#: Genes of diseases: `score` above 0 and at most 1; `source` names the resource.
DISEASE_GENES = TableContract(
    "disease genes",
    _schema(disease_id="string", disease="string", gene="string", score="double", source="string"),
    key=("disease_id", "gene", "source"),
)

#: Pathways as sets of genes: one row per pathway and gene; `source` names the collection.
PATHWAYS = TableContract(
    "pathways",
    _schema(pathway_id="string", pathway="string", gene="string", source="string"),
    key=("source", "pathway_id", "gene"),
)

#: Terms of the Human Phenotype Ontology that are in use. `parents`, `ancestors` (the term itself
#: among them) and `alternatives` (former identifiers that now mean this term) and
#: exact `synonyms` are joined by "|";
#: `information_content` = -ln of the share of annotated diseases that have the term or a
#: descendant of it.
PHENOTYPE_TERMS = TableContract(
    "phenotype terms",
    _schema(
        id="string",
        name="string",
        parents="string?",
        ancestors="string",
        alternatives="string?",
        synonyms="string?",
        information_content="double",
    ),
    key=("id",),
)

#: Phenotypic abnormalities that variants of a gene cause, as annotated: ancestors are left out.
PHENOTYPE_GENES = TableContract(
    "phenotypes of genes", _schema(gene="string", term="string"), key=("gene", "term")
)

#: Variants that are known to matter: `kind` is clinvar (pathogenic), gwas (lead variant of a
#: disease) or eqtl (lead variant of a gene's expression). Either `chrom`, `pos`, `ref` and `alt`
#: (trimmed) or `rs_id` names the variant; `allele` is the allele that counts, where it is not
#: `alt`; `sign` the change of expression by one more copy of it.
KNOWN_VARIANTS = TableContract(
    "known variants",
    _schema(
        kind="string",
        gene="string",
        chrom="string?",
        pos="int64?",
        ref="string?",
        alt="string?",
        rs_id="string?",
        allele="string?",
        sign="int8?",
        disease_id="string?",
        detail="string",
    ),
)

#: What variants change in drugs, one row per annotation, drug, and genotype or star allele; see
#: docs/contracts.md. A row of a single variant has `rs_id`, and `genotype` if the source tells
#: genotypes apart; a row of a star allele has `haplotype`, and in `rs_id` and `allele` a
#: substitution that points to it, if one does. `chrom`, `pos`: place of a substitution in GRCh38.
#: `effect`: increased, decreased, mixed or "", of what `category` names.
PHARMACOGENOMICS = TableContract(
    "pharmacogenomics",
    _schema(
        drug_id="string",
        drug="string",
        gene="string",
        rs_id="string?",
        haplotype="string?",
        chrom="string?",
        pos="int64?",
        genotype="string?",
        allele="string?",
        function="string",
        level="string",
        category="string",
        effect="string",
        phenotypes="string",
        text="string",
        annotation="string",
        source="string",
    ),
)

#: Warnings of drugs: `kind` is boxed_warning, withdrawn or contraindication; `subject` of a
#: contraindication is a term (HP:0001250, MONDO:0005015) or its name, else what harm it is, or "".
DRUG_WARNINGS = TableContract(
    "drug warnings",
    _schema(drug_id="string", kind="string", subject="string", detail="string", source="string"),
    key=("drug_id", "kind", "subject", "detail", "source"),
)

#: Interactions of a drug with another, which may be none of the drug table: then `other_id` is
#: missing. `level` is major, moderate, minor or unknown. Two drugs of the table have two rows.
DRUG_INTERACTIONS = TableContract(
    "drug interactions",
    _schema(drug_id="string", other="string", other_id="string?", level="string", source="string"),
    key=("drug_id", "other", "source"),
)

#: Expected change of each gene (var) when the activity of a protein (obs) rises.
INFLUENCE = AnnDataContract("influence", uns=("provenance",))

# --- patients ----------------------------------------------------------------------------

#: Cells x genes, raw counts; surface proteins, if measured, as counts in obsm["protein"] with
#: their genes in uns["protein"]. uns["sample"] is the row of the sample sheet, uns["quality"]
#: what was kept and lost, uns["unscorable"] the reason why the sample can't be used, or "".
OBSERVATION = AnnDataContract(
    "observation", obs=("cell_type",), uns=("sample", "quality", "unscorable", "provenance")
)

#: Deviations of one patient computed elsewhere: compartments x genes, NaN where the table says
#: nothing. uns["quality"] is what was read and lost, uns["unscorable"] as in an observation.
DEVIATIONS = AnnDataContract(
    "deviations",
    obs=("cell_type", "tissue", "time", "n_cells"),
    layers=("logfc", "pvalue"),
    uns=("quality", "unscorable", "provenance"),
)

#: Pseudobulks of the control samples: one row per cell type, tissue and donor; counts, and the
#: share of the cells that express each gene, and the effect and log2 fold change of each donor
#: against the others, as if it were a patient. uns["calibration"]: how often they deviate so by
#: chance.
REFERENCE = AnnDataContract(
    "reference",
    obs=("cell_type", "tissue", "donor", "batch", "n_cells"),
    layers=("share", "effect", "logfc"),
    uns=("unused", "calibration", "provenance"),
)

#: Layers of one patient that hold for all compartments: `layer` is variant, phenotype, exposure or
#: disease; `weight` of the gene, above 0 and at most 1; `expected`, the sign (+1, -1) of the change
#: of expression that the evidence lets one expect, else missing; `evidence` in words.
PATIENT_LAYERS = TableContract(
    "patient layers",
    _schema(layer="string", gene="string", weight="double", expected="int8?", evidence="string"),
    key=("layer", "gene"),
)

#: What was found of one patient beside cells: `kind` is variant, phenotype, exposure, medication,
#: disease or pharmacogenomic; `used` says whether it enters a layer, `detail` what it is or why it
#: does not; `simulated` marks what was made up for a demonstration. The id of a pharmacogenomic
#: finding is rs number and genotype (`rs4149056 C/T`), and its label names the reference allele.
FINDINGS = TableContract(
    "findings",
    _schema(
        kind="string", id="string", label="string", used="bool", detail="string", simulated="bool"
    ),
    key=("kind", "id"),
)

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
        "communication_centrality",
        "communication_eigenvector",
    ),
    var=("degree", "variant", "variant_expected", "phenotype", "exposure", "disease", "relevance"),
    layers=(
        *("logfc", "pvalue", "qvalue", "module", "centrality", "protein", "relevance"),
        *("effect_low", "effect_high", "module_support", "centrality_low", "centrality_high"),
    ),
    obsp=("communication", "time"),
    uns=(
        "patient",
        "samples",
        "findings",
        "flags",
        "unscorable",
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
)

#: Layers of a twin that are there only where single cells of both sides were compared: the paired
#: design, and the reference design if the reference's cells were given.
CELL_LAYERS = ("cell_logfc", "cell_pvalue", "cell_share")

#: The layer of a twin that is there only where modules grow: what growth added to the seeds.
GROWN_LAYER = "grown"

#: The effects (X) and log2 fold changes of copies of the compartments that are treated, one column
#: per gene compared. `kind` is resampled, from which the screen takes the intervals of its scores,
#: or null: what they would be if nothing were wrong. One row per compartment and copy; those of one
#: kind and number belong together.
COPIES = AnnDataContract("copies", obs=("compartment", "copy", "kind"), layers=("logfc",))

#: One patient's drugs x compartments: see docs/contracts.md.
SCREEN = AnnDataContract(
    "screen",
    obs=(
        *("name", "kind", "approved", "withdrawn", "status", "score", "rank"),
        *("n_targets", "n_scored", "targets"),
        *("score_low", "score_high", "rank_low", "rank_high"),
        *("entry", "same", "pvalue", "qvalue", "evidence", "rank_other_weights"),
        *("causal_z", "counteraction_z", "origin_z"),
        *("proximity_z", "centrality_z", "communication_z"),
        *("benefit", "benefit_low", "benefit_high", "residual"),
        *("harm", "reward", "adjusted_rank", "concerns", "untested"),
    ),
    layers=(
        "score",
        *("causal", "causal_z", "causal_p"),
        *("counteraction", "counteraction_z", "counteraction_p"),
        *("origin", "origin_z", "origin_p"),
        *("proximity", "proximity_distance", "proximity_p", "proximity_q"),
        "centrality",
        "benefit",
    ),
    uns=(
        "patient",
        "preset",
        "call",
        "spread",
        "kinds",
        "regulators",
        "evidence",
        "paths",
        "support",
        "proximity_targets",
        "proximity_evidence",
        "hypotheses",
        "treatment",
        "combinations",
        "concerns",
        "not_known",
        "ranking_course",
        "treatment_course",
        "unscorable",
        "provenance",
    ),
)

# --- cohort ------------------------------------------------------------------------------

#: One row per patient, scored or not. `simulated` names the kinds of findings that are made up for
#: a demonstration, joined by ", ".
COHORT_PATIENTS = TableContract(
    "cohort patients",
    _schema(
        patient="string",
        condition="string",
        status="string",
        reason="string",
        n_samples="int64",
        n_cells="int64",
        n_compartments="int64",
        n_significant_modules="int64",
        simulated="string",
        first_drug="string?",
        first_score="double?",
        called="bool",
        call_pvalue="double?",
    ),
    key=("patient",),
)

#: Every ranked drug in every scored patient; `percentile` is 0 for the first drug, 1 for the last.
COHORT_RANKS = TableContract(
    "cohort ranks",
    _schema(
        patient="string",
        drug_id="string",
        name="string",
        score="double",
        rank="double",
        percentile="double",
    ),
    key=("patient", "drug_id"),
)

#: Every pair of patients once: mean correlation of effects and mean weighted Jaccard index of
#: relevance over the places (cell type and tissue) that both have; `similarity` is the mean of
#: both, each less what all pairs have on average in the same places, plus the average overall.
COHORT_SIMILARITY = TableContract(
    "cohort similarity",
    _schema(
        patient_a="string",
        patient_b="string",
        effect="double?",
        relevance="double?",
        similarity="double?",
        n_compartments="int64",
    ),
    key=("patient_a", "patient_b"),
)

#: Every patient: `place` in an order in which those alike stand together, from 0; `cluster`,
#: missing for a patient who can't be compared with anybody; `silhouette` where there are groups.
COHORT_CLUSTERS = TableContract(
    "cohort clusters",
    _schema(
        patient="string",
        place="int64",
        cluster="int64?",
        silhouette="double?",
        n_compartments="int64",
    ),
    key=("patient",),
)

#: Every number of groups that was tried; `limit` and `pvalue` are of the greatest silhouette.
COHORT_CLUSTER_NUMBERS = TableContract(
    "cohort cluster numbers",
    _schema(
        n_clusters="int64", silhouette="double", limit="double", pvalue="double", chosen="bool"
    ),
    key=("n_clusters",),
)

#: What patients have in common: mean similarity of pairs with the same value and of other pairs.
COHORT_LIKENESS = TableContract(
    "cohort likeness",
    _schema(
        feature="string",
        n_values="int64",
        n_patients="int64",
        same="double",
        others="double",
        pvalue="double",
        qvalue="double",
    ),
    key=("feature",),
)

#: The virtual trial: every drug of it in every patient. `status` as in the screen, or
#: "unscorable" or "not tried"; `responder` is missing where that can't be told; `observed` is what
#: happened, where that was given.
COHORT_TRIAL = TableContract(
    "cohort trial",
    _schema(
        drug_id="string",
        name="string",
        patient="string",
        status="string",
        benefit="double?",
        benefit_low="double?",
        benefit_high="double?",
        reward="double?",
        rank="double?",
        called="bool",
        responder="bool?",
        observed="bool?",
    ),
    key=("drug_id", "patient"),
)

#: Every drug of the trial: patients in whom it is first, was ranked, was ranked with a call, and is
#: predicted to work; median and quartiles of its benefit over patients; and how well that tells
#: observed responses, where some were given. `same` names drugs with the same targets, by "|".
COHORT_TRIAL_DRUGS = TableContract(
    "cohort trial drugs",
    _schema(
        drug_id="string",
        name="string",
        same="string",
        n_first="int64",
        n_ranked="int64",
        n_called="int64",
        n_responders="int64",
        median_benefit="double?",
        lower_quartile="double?",
        upper_quartile="double?",
        n_observed="int64",
        n_observed_responders="int64",
        auc="double?",
        auc_low="double?",
        auc_high="double?",
        pvalue="double?",
        qvalue="double?",
    ),
    key=("drug_id",),
)

#: Features that differ between responders and others. `outcome` is predicted (then `drug_id`
#: says of which drug) or observed (then `drug_id` is ""); `auc` is the share of pairs in which
#: the responder has more of the feature.
COHORT_TRIAL_FEATURES = TableContract(
    "cohort trial features",
    _schema(
        outcome="string",
        drug_id="string",
        name="string",
        kind="string",
        feature="string",
        n="int64",
        n_responders="int64",
        mean_responders="double",
        mean_others="double",
        auc="double",
        pvalue="double",
        qvalue="double",
        simulated="bool",
    ),
    key=("outcome", "drug_id", "kind", "feature"),
)

#: What the evaluation against known answers found: one row per method, case and metric. `kind` is
#: preset, evidence or baseline, or answers, which says what the cases consist of; `case` a patient,
#: or "all" for the median over the `n` cases that have the metric; of a patient `n` counts drugs.
#: `low` and `high` hold 95 % over cases, `low_mechanisms` and `high_mechanisms` over mechanisms.
#: Of the metrics "beats ..." `value` counts the cases won, of `n`. See docs/methods/evaluation.md.
COHORT_EVALUATION = TableContract(
    "cohort evaluation",
    _schema(
        kind="string",
        method="string",
        case="string",
        metric="string",
        value="double?",
        low="double?",
        high="double?",
        low_mechanisms="double?",
        high_mechanisms="double?",
        pvalue="double?",
        n="int64",
    ),
    key=("kind", "method", "case", "metric"),
)

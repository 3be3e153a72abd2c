"""The shape of every file that passes between stages, up to the screen of a patient."""

from twinscreen.files.hdf import AnnDataContract
from twinscreen.files.tables import TableContract, schema

# --- knowledge ---------------------------------------------------------------------------

#: Approved human genes. Names of several values are joined by "|".
GENES = TableContract(
    "genes",
    schema(
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
    schema(name="string", symbol="string", kind="string"),
    key=("name",),
)

#: Directed interactions between genes. `layer` is PT (post-translational) or TR (transcription
#: factor to gene); `sign` is +1 or -1 where the consensus of the sources is exactly one sign,
#: else missing; `sources` and `references` are joined by ";".
INTERACTOME = TableContract(
    "interactome",
    schema(
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
    schema(
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
    schema(
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
    schema(ligand="string", receptor="string", sources="string", secreted="bool?"),
    key=("ligand", "receptor"),
)

#: Genes of diseases: `score` above 0 and at most 1; `source` names the resource.
DISEASE_GENES = TableContract(
    "disease genes",
    schema(disease_id="string", disease="string", gene="string", score="double", source="string"),
    key=("disease_id", "gene", "source"),
)

#: Pathways as sets of genes: one row per pathway and gene; `source` names the collection.
PATHWAYS = TableContract(
    "pathways",
    schema(pathway_id="string", pathway="string", gene="string", source="string"),
    key=("source", "pathway_id", "gene"),
)

#: Terms of the Human Phenotype Ontology that are in use. `parents`, `ancestors` (the term itself
#: among them) and `alternatives` (former identifiers that now mean this term) and
#: exact `synonyms` are joined by "|";
#: `information_content` = -ln of the share of annotated diseases that have the term or a
#: descendant of it.
PHENOTYPE_TERMS = TableContract(
    "phenotype terms",
    schema(
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
    "phenotypes of genes", schema(gene="string", term="string"), key=("gene", "term")
)

#: Variants that are known to matter: `kind` is clinvar (pathogenic), gwas (lead variant of a
#: disease) or eqtl (lead variant of a gene's expression). Either `chrom`, `pos`, `ref` and `alt`
#: (trimmed) or `rs_id` names the variant; `allele` is the allele that counts, where it is not
#: `alt`; `sign` the change of expression by one more copy of it.
KNOWN_VARIANTS = TableContract(
    "known variants",
    schema(
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
    schema(
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

#: Warnings and indications of drugs: `kind` is boxed_warning, withdrawn, contraindication or
#: indication; `subject` of the last two is a term (HP:0001250, MONDO:0005015) or its name, else
#: what harm it is, or "".
DRUG_WARNINGS = TableContract(
    "drug warnings",
    schema(drug_id="string", kind="string", subject="string", detail="string", source="string"),
    key=("drug_id", "kind", "subject", "detail", "source"),
)

#: Interactions of a drug with another, which may be none of the drug table: then `other_id` is
#: missing. `level` is major, moderate, minor or unknown. Two drugs of the table have two rows.
DRUG_INTERACTIONS = TableContract(
    "drug interactions",
    schema(drug_id="string", other="string", other_id="string?", level="string", source="string"),
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
    schema(layer="string", gene="string", weight="double", expected="int8?", evidence="string"),
    key=("layer", "gene"),
)

#: What was found of one patient beside cells: `kind` is variant, phenotype, exposure, medication,
#: disease or pharmacogenomic; `used` says whether it enters a layer, `detail` what it is or why it
#: does not; `simulated` marks what was made up for a demonstration. The id of a pharmacogenomic
#: finding is rs number and genotype (`rs4149056 C/T`), and its label names the reference allele.
FINDINGS = TableContract(
    "findings",
    schema(
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
#: kind and number belong together. `patient` is that of the twin.
COPIES = AnnDataContract(
    "copies", obs=("compartment", "copy", "kind"), layers=("logfc",), uns=("patient",)
)

#: One patient's drugs x compartments: see docs/contracts.md.
SCREEN = AnnDataContract(
    "screen",
    obs=(
        *("name", "kind", "approved", "withdrawn", "status", "score", "rank"),
        *("n_targets", "n_scored", "targets"),
        *("score_low", "score_high", "rank_low", "rank_high"),
        *("entry", "same", "pvalue", "qvalue", "evidence"),
        *("rank_by_compartments", "rank_other_weights"),
        *("causal_z", "counteraction_z", "origin_z"),
        *("proximity_z", "centrality_z", "communication_z"),
        *("benefit", "benefit_low", "benefit_high", "residual"),
        *("harm", "reward", "adjusted_rank", "concerns", "untested", "indicated"),
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

"""What the knowledge stage writes: tables, the influence and the wiring."""

from twinscreen.files.arrays import ArraysContract
from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.hdf import AnnDataContract
from twinscreen.files.tables import TableContract, schema

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


#: One row per drug. `synonyms`, identifiers (`DB08877`, `CHEMBL1789941`, `CHEBI:66919`), ATC codes
#: and `sources` are joined by "|". `approval` says who tells of the approval, and of which date;
#: `use` what a drug that treats nothing serves for: diagnostic agent or allergen.
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
        drugbank="string?",
        chembl="string?",
        chebi="string?",
        atc="string?",
        approval="string?",
        sources="string?",
        use="string?",
    ),
    key=("drug_id",),
)


#: One row per drug, target and gene of the target: a complex is one target with several genes.
#: `sign` is the effect on the target's activity, +1 or -1; 0 where the action is not known, or
#: where `conflict`: some interactions say that it rises and others that it falls. `sources` of the
#: interactions are joined by "|".
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
        conflict="bool",
        sources="string",
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


#: Diseases of an ontology. `synonyms`, `xrefs` (identifiers elsewhere, PREFIX:NUMBER) and `parents`
#: are joined by "|".
DISEASES = TableContract(
    "diseases",
    schema(id="string", name="string", synonyms="string?", xrefs="string?", parents="string?"),
    key=("id",),
)


#: Genes of diseases: `score`, how sure it is that the gene is a cause, above 0 and at most 1;
#: `source` names the resource.
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


#: Warnings and indications of drugs: `kind` is boxed_warning, withdrawn, contraindication,
#: indication or adverse_reaction; `subject` of a contraindication or indication is a term
#: (HP:0001250, MONDO:0005015) or its name, else what harm it is, or "".
DRUG_WARNINGS = TableContract(
    "drug warnings",
    schema(drug_id="string", kind="string", subject="string", detail="string", source="string"),
    key=("drug_id", "kind", "subject", "detail", "source"),
)


#: Interactions of a drug with another, which may be none of the drug table: then `other_id` is
#: missing. `level` is major, moderate, minor or unknown. Two drugs of the table have two rows.
#: `through` is the class (ATC) by which the table names one of them, if it does.
DRUG_INTERACTIONS = TableContract(
    "drug interactions",
    schema(
        drug_id="string",
        other="string",
        other_id="string?",
        level="string",
        source="string",
        through="string?",
    ),
    key=("drug_id", "other", "source"),
)


#: Expected change of each gene (var) when the activity of a protein (obs) rises.
INFLUENCE = AnnDataContract("influence", uns=("provenance",))


#: What is known to have helped in a reference state, or not to.
OUTCOMES = TableSpec(
    "outcomes",
    "state and drug",
    {
        "state": (str, "the reference state"),
        "drug_id": (str, "the drug"),
        "helped": (bool, "whether it helped"),
    },
    key=("state", "drug_id"),
)


#: Reference states x genes: X has normal scores of their deviations, NaN where not measured.
#: `diseases` of a state are names and identifiers by which a patient may be known to have the
#: disease, joined by "|"; `origin` is library, own or cohort, `patient` whose state it is, if
#: anyone's.
PRECEDENTS = AnnDataContract(
    "precedents",
    obs=("name", "diseases", "origin", "patient"),
    uns=("outcomes",),
    uns_tables=(OUTCOMES,),
)


#: `proteins` names the n proteins; `signalling` and `regulation` are edges sorted by source:
#: `start` (n + 1,), `sign` (m,) and `target` (m,); `rewired`, shape (rewirings, m), the targets of
#: signalling on rewired networks; `damping` and `steps` say how a signal runs.
WIRING = ArraysContract(
    "wiring",
    (
        "proteins",
        *(f"signalling_{part}" for part in ("start", "sign", "target")),
        *(f"regulation_{part}" for part in ("start", "sign", "target")),
        "rewired",
        "damping",
        "steps",
    ),
)

rule genes:
    """Approved genes, and every name that means exactly one of them."""
    input:
        job=described("genes"),
        hgnc="<knowledge>/sources/hgnc",
    output:
        genes="<knowledge>/genes.parquet",
        names="<knowledge>/gene_names.parquet",
    log:
        "<logs>/genes.log",
    benchmark:
        "<benchmarks>/genes.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        code=code_identity("genes"),
    shell:
        "twinscreen genes {input.hgnc:q} --genes {output.genes:q} --names {output.names:q}"
        " --job {input.job:q} 2> {log:q}"


rule interactome:
    """Signed, directed interactions between genes, post-translational and transcriptional apart."""
    input:
        job=described("interactome"),
        omnipath="<knowledge>/sources/omnipath",
        names="<knowledge>/gene_names.parquet",
        own=own_tables("interactions", "regulons"),
    output:
        interactome="<knowledge>/interactome.parquet",
    log:
        "<logs>/interactome.log",
    benchmark:
        "<benchmarks>/interactome.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        tables=tables_of_package("interactome"),
        options=JOB_FILES.options("interactome"),
        code=code_identity("interactome"),
    shell:
        "twinscreen interactome {input.omnipath:q} --names {input.names:q}"
        " --settings {params.options:q} --output {output.interactome:q}"
        " --job {input.job:q} 2> {log:q}"


rule influence:
    """Expected change of each gene when a protein's activity rises."""
    input:
        job=described("influence"),
        interactome="<knowledge>/interactome.parquet",
    output:
        influence="<knowledge>/influence.h5ad",
    log:
        "<logs>/influence.log",
    benchmark:
        "<benchmarks>/influence.tsv"
    threads: 2
    resources:
        mem_mb=memory(4000),
        runtime=minutes(10),
    params:
        options=JOB_FILES.options("influence"),
        code=code_identity("influence"),
    shell:
        "twinscreen influence {input.interactome:q} --settings {params.options:q}"
        " --output {output.influence:q} --job {input.job:q} 2> {log:q}"


rule wiring:
    """The signed network, and rewired ones that keep every protein's edges by number and sign."""
    input:
        job=described("wiring"),
        interactome="<knowledge>/interactome.parquet",
    output:
        wiring="<knowledge>/wiring.npz",
    log:
        "<logs>/wiring.log",
    benchmark:
        "<benchmarks>/wiring.tsv"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(15),
    params:
        options=JOB_FILES.options("wiring"),
        code=code_identity("wiring"),
    shell:
        "twinscreen wiring {input.interactome:q} --settings {params.options:q}"
        " --output {output.wiring:q} --job {input.job:q} 2> {log:q}"


rule drugs:
    """Drugs and their targets with the sign of the action."""
    input:
        job=described("drugs"),
        names="<knowledge>/gene_names.parquet",
        own=named("screen", "drugs", "approvals"),
    output:
        drugs="<knowledge>/drugs.parquet",
        targets="<knowledge>/drug_targets.parquet",
    log:
        "<logs>/drugs.log",
    benchmark:
        "<benchmarks>/drugs.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        tables=tables_of_package("drugs"),
        options=JOB_FILES.options("drugs"),
        code=code_identity("drugs"),
    shell:
        "twinscreen drugs --settings {params.options:q} --names {input.names:q}"
        " --output {output.drugs:q} --targets {output.targets:q} --job {input.job:q} 2> {log:q}"


rule ligand_receptor:
    """Ligands and receptors through which cells talk."""
    input:
        job=described("ligand_receptor"),
        pairs="<knowledge>/sources/ligand_receptor",
        proteins="<knowledge>/sources/secreted_proteins",
        names="<knowledge>/gene_names.parquet",
        own=own_tables("ligand_receptor"),
    output:
        pairs="<knowledge>/ligand_receptor.parquet",
    log:
        "<logs>/ligand_receptor.log",
    benchmark:
        "<benchmarks>/ligand_receptor.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        options=JOB_FILES.options("ligand-receptor"),
        code=code_identity("ligand-receptor"),
    shell:
        "twinscreen ligand-receptor {input.pairs:q} --proteins {input.proteins:q}"
        " --settings {params.options:q} --names {input.names:q} --output {output.pairs:q} --job {input.job:q} 2> {log:q}"


rule precedents:
    """Reference states, and what is known to have helped in them."""
    input:
        job=described("precedents"),
        names="<knowledge>/gene_names.parquet",
        drugs="<knowledge>/drugs.parquet",
        own=named("precedent", "states", "outcomes"),
    output:
        precedents="<knowledge>/precedents.h5ad",
    log:
        "<logs>/precedents.log",
    benchmark:
        "<benchmarks>/precedents.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        tables=tables_of_package("precedents"),
        options=JOB_FILES.options("precedents"),
        code=code_identity("precedents"),
    shell:
        "twinscreen precedents --settings {params.options:q}"
        " --names {input.names:q} --drugs {input.drugs:q}"
        " --output {output.precedents:q} --job {input.job:q} 2> {log:q}"


rule pathways:
    """Pathways as sets of genes: Reactome, and sets of the user's own."""
    input:
        job=described("pathways"),
        members="<knowledge>/sources/reactome",
        hierarchy="<knowledge>/sources/reactome_hierarchy",
        pathway_names="<knowledge>/sources/reactome_names",
        names="<knowledge>/gene_names.parquet",
        gmt=named("pathways", "gmt"),
    output:
        pathways="<knowledge>/pathways.parquet",
    log:
        "<logs>/pathways.log",
    benchmark:
        "<benchmarks>/pathways.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        options=JOB_FILES.options("pathways"),
        code=code_identity("pathways"),
    shell:
        "twinscreen pathways {input.members:q} --hierarchy {input.hierarchy:q}"
        " --pathway-names {input.pathway_names:q} --names {input.names:q}"
        " --gmt {input.gmt:q} --settings {params.options:q}"
        " --output {output.pathways:q} --job {input.job:q} 2> {log:q}"


rule phenotypes:
    """Terms of the Human Phenotype Ontology, and the genes behind them."""
    input:
        job=described("phenotypes"),
        ontology="<knowledge>/sources/hpo",
        genes="<knowledge>/sources/hpo_genes",
        diseases="<knowledge>/sources/hpo_diseases",
        names="<knowledge>/gene_names.parquet",
    output:
        terms="<knowledge>/phenotype_terms.parquet",
        annotations="<knowledge>/phenotype_genes.parquet",
    log:
        "<logs>/phenotypes.log",
    benchmark:
        "<benchmarks>/phenotypes.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        code=code_identity("phenotypes"),
    shell:
        "twinscreen phenotypes {input.ontology:q} {input.genes:q} {input.diseases:q}"
        " --names {input.names:q} --terms {output.terms:q}"
        " --annotations {output.annotations:q} --job {input.job:q} 2> {log:q}"


rule disease_genes:
    """Diseases and what is above them, and their genes: associations and Mendelian diseases."""
    input:
        job=described("disease_genes"),
        ontology="<knowledge>/sources/mondo",
        mendelian="<knowledge>/sources/hpo_genes",
        catalogs=named("findings", "gwas_catalog"),
        names="<knowledge>/gene_names.parquet",
        own=own_tables("disease_genes"),
    output:
        genes="<knowledge>/disease_genes.parquet",
        diseases="<knowledge>/diseases.parquet",
    log:
        "<logs>/disease_genes.log",
    benchmark:
        "<benchmarks>/disease_genes.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        options=JOB_FILES.options("disease-genes"),
        tables=tables_of_package("disease-genes"),
        code=code_identity("disease-genes"),
    shell:
        "twinscreen disease-genes {input.ontology:q} {input.mendelian:q}"
        " --settings {params.options:q} --names {input.names:q}"
        " --diseases {output.diseases:q} --output {output.genes:q} --job {input.job:q} 2> {log:q}"


# They may be of whole genomes.
TABLES_OF_VARIANTS = named("findings", "clinvar", "gwas_catalog", "eqtl")


rule known_variants:
    """Variants that are known to matter, of the tables that the configuration names."""
    input:
        job=described("known_variants"),
        clinvar=named("findings", "clinvar"),
        catalogs=named("findings", "gwas_catalog"),
        eqtl=named("findings", "eqtl"),
        names="<knowledge>/gene_names.parquet",
    output:
        variants="<knowledge>/known_variants.parquet",
    log:
        "<logs>/known_variants.log",
    benchmark:
        "<benchmarks>/known_variants.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(4000 if TABLES_OF_VARIANTS else 1000),
        runtime=minutes(60 if TABLES_OF_VARIANTS else 5),
    params:
        options=JOB_FILES.options("known-variants"),
        code=code_identity("known-variants"),
    shell:
        "twinscreen known-variants --settings {params.options:q}"
        " --names {input.names:q} --output {output.variants:q} --job {input.job:q} 2> {log:q}"


rule pharmacogenomics:
    """What variants change in drugs."""
    input:
        job=described("pharmacogenomics"),
        clinpgx=named("safety", "clinpgx"),
        drugs="<knowledge>/drugs.parquet",
    output:
        pharmacogenomics="<knowledge>/pharmacogenomics.parquet",
    log:
        "<logs>/pharmacogenomics.log",
    benchmark:
        "<benchmarks>/pharmacogenomics.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        tables=tables_of_package("pharmacogenomics"),
        code=code_identity("pharmacogenomics"),
    shell:
        "twinscreen pharmacogenomics --clinpgx {input.clinpgx:q} --drugs {input.drugs:q}"
        " --output {output.pharmacogenomics:q} --job {input.job:q} 2> {log:q}"


rule drug_warnings:
    """Indications and contraindications of the package, and tables that the configuration names."""
    input:
        job=described("drug_warnings"),
        warnings=named("safety", "warnings"),
        molecules=named("safety", "molecules"),
        drugs="<knowledge>/drugs.parquet",
    output:
        warnings="<knowledge>/drug_warnings.parquet",
    log:
        "<logs>/drug_warnings.log",
    benchmark:
        "<benchmarks>/drug_warnings.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        molecules=(
            ["--molecules", config["safety"]["molecules"]]
            if config["safety"]["molecules"]
            else []
        ),
        options=JOB_FILES.options("drug-warnings"),
        tables=tables_of_package("drug-warnings"),
        code=code_identity("drug-warnings"),
    shell:
        "twinscreen drug-warnings {input.warnings:q} {params.molecules:q}"
        " --settings {params.options:q}"
        " --drugs {input.drugs:q} --output {output.warnings:q} --job {input.job:q} 2> {log:q}"


rule drug_interactions:
    """Interactions between drugs, where the configuration names tables."""
    input:
        job=described("drug_interactions"),
        interactions=named("safety", "interactions"),
        drugs="<knowledge>/drugs.parquet",
    output:
        interactions="<knowledge>/drug_interactions.parquet",
    log:
        "<logs>/drug_interactions.log",
    benchmark:
        "<benchmarks>/drug_interactions.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        code=code_identity("drug-interactions"),
    shell:
        "twinscreen drug-interactions {input.interactions:q} --drugs {input.drugs:q}"
        " --output {output.interactions:q} --job {input.job:q} 2> {log:q}"

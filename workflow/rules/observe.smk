rule observe:
    """Read, check and harmonise one sample; only its own cells are read."""
    input:
        job=described("observe"),
        cells=cells_of,
        annotation=lambda wildcards: there(
            COHORT.samples[wildcards.sample]["annotation"]
        ),
        typing=[
            there(file)
            for key in ("markers", "celltypist")
            if (file := config["observe"][key])
        ],
        names="<release>/gene_names.parquet",
    output:
        observation="<results>/observations/{sample}.h5ad",
    log:
        "<logs>/observe/{sample}.log",
    benchmark:
        "<benchmarks>/observe/{sample}.tsv"
    group:
        group_of_sample
    resources:
        mem_mb=memory(2000),
        runtime=minutes(5),
    params:
        cells=lambda wildcards, input: cells_path(wildcards),
        row=lambda wildcards: JOB_FILES.sample(wildcards.sample),
        options=JOB_FILES.options("observe"),
        code=code_identity("observe"),
    shell:
        "twinscreen observe {params.cells:q} --row {params.row:q} --names {input.names:q}"
        " --settings {params.options:q} --keep-going"
        " --output {output.observation:q} --job {input.job:q} 2> {log:q}"


rule findings:
    """Bring variants, phenotypes, exposures and diseases of one patient to genes."""
    input:
        job=described("findings"),
        files=finding_files,
        names="<release>/gene_names.parquet",
        terms="<release>/phenotype_terms.parquet",
        annotations="<release>/phenotype_genes.parquet",
        disease_genes="<release>/disease_genes.parquet",
        diseases="<release>/diseases.parquet",
        known_variants="<release>/known_variants.parquet",
        pharmacogenomics="<release>/pharmacogenomics.parquet",
        own=named("findings", "gene_positions", "exposure_genes", "symptom_network"),
    output:
        layers="<results>/findings/{patient}.layers.parquet",
        findings="<results>/findings/{patient}.parquet",
    log:
        "<logs>/findings/{patient}.log",
    benchmark:
        "<benchmarks>/findings/{patient}.tsv"
    group:
        "patient"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        row=lambda wildcards: JOB_FILES.findings(wildcards.patient),
        options=JOB_FILES.options("findings"),
        code=code_identity("findings"),
    shell:
        "twinscreen findings --row {params.row:q}"
        " --names {input.names:q} --terms {input.terms:q} --annotations {input.annotations:q}"
        " --disease-genes {input.disease_genes:q} --diseases {input.diseases:q}"
        " --known-variants {input.known_variants:q}"
        " --pharmacogenomics {input.pharmacogenomics:q}"
        " --settings {params.options:q} --keep-going"
        " --layers {output.layers:q} --findings {output.findings:q} --job {input.job:q} 2> {log:q}"


rule deviations:
    """Read and check the deviations of one patient that were computed elsewhere."""
    input:
        job=described("deviations"),
        table=lambda wildcards: there(COHORT.patients[wildcards.patient]["deviations"]),
        names="<release>/gene_names.parquet",
    output:
        deviations="<results>/deviations/{patient}.h5ad",
    log:
        "<logs>/deviations/{patient}.log",
    benchmark:
        "<benchmarks>/deviations/{patient}.tsv"
    group:
        "patient"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        table=lambda wildcards, input: (
            COHORT.patients[wildcards.patient]["deviations"]
        ),
        code=code_identity("deviations"),
    shell:
        "twinscreen deviations {params.table:q} --names {input.names:q} --keep-going"
        " --output {output.deviations:q} --job {input.job:q} 2> {log:q}"


rule ligands:
    """Ligands that were measured outside of the cells of patients."""
    input:
        job=described("ligands"),
        tables=named("own", "ligands"),
        names="<release>/gene_names.parquet",
    output:
        ligands="<results>/ligands/ligands.parquet",
    log:
        "<logs>/ligands.log",
    benchmark:
        "<benchmarks>/ligands.tsv"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        options=JOB_FILES.options("ligands"),
        code=code_identity("ligands"),
    shell:
        "twinscreen ligands --settings {params.options:q} --names {input.names:q}"
        " --output {output.ligands:q} --job {input.job:q} 2> {log:q}"

rule reference:
    """Pseudobulks of the healthy donors."""
    input:
        job=described("reference"),
        observations=expand(
            "<results>/observations/{sample}.h5ad", sample=COHORT.reference
        ),
        sites=named("reference", "sites"),
    output:
        reference="<results>/reference/reference.h5ad",
    log:
        "<logs>/reference.log",
    benchmark:
        "<benchmarks>/reference.tsv"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(15),
    params:
        sites=lambda wildcards, input: (
            ["--sites", *input.sites] if input.sites else []
        ),
        options=JOB_FILES.options("reference"),
        code=code_identity("reference"),
    shell:
        "twinscreen reference {input.observations:q} {params.sites:q}"
        " --settings {params.options:q}"
        " --output {output.reference:q} --job {input.job:q} 2> {log:q}"


rule twin:
    """Build the digital twin of one patient, or of a group, from all its samples."""
    input:
        job=described("twin"),
        observations=observations_of,
        deviations=deviations_of,
        reference=reference_of,
        reference_cells=reference_cells_of,
        layers=found_of("layers.parquet"),
        findings=found_of("parquet"),
        ligands=(
            "<results>/ligands/ligands.parquet" if config["own"]["ligands"] else []
        ),
        genes="<release>/genes.parquet",
        interactome="<release>/interactome.parquet",
        ligand_receptor="<release>/ligand_receptor.parquet",
        influence="<release>/influence.h5ad",
        pathways="<release>/pathways.parquet",
    output:
        twin="<results>/twins/{patient}.h5ad",
        replicates=replicates(),
    log:
        "<logs>/twin/{patient}.log",
    benchmark:
        "<benchmarks>/twin/{patient}.tsv"
    group:
        "patient"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        reference=lambda wildcards, input: (
            ["--reference", input.reference] if input.reference else []
        ),
        reference_cells=lambda wildcards, input: (
            ["--reference-cells", *input.reference_cells]
            if input.reference_cells
            else []
        ),
        found=lambda wildcards, input: (
            ["--layers", input.layers, "--findings", input.findings]
            if input.findings
            else []
        ),
        deviations=lambda wildcards, input: (
            ["--deviations", input.deviations] if input.deviations else []
        ),
        ligands=lambda wildcards, input: (
            ["--ligands", input.ligands] if input.ligands else []
        ),
        row=lambda wildcards: JOB_FILES.patient(wildcards.patient),
        options=JOB_FILES.options("twin"),
        code=code_identity("twin"),
    shell:
        "twinscreen twin {input.observations:q} --row {params.row:q} {params.reference:q}"
        " {params.reference_cells:q} {params.deviations:q} {params.found:q}"
        " {params.ligands:q}"
        " --genes {input.genes:q} --interactome {input.interactome:q}"
        " --ligand-receptor {input.ligand_receptor:q} --influence {input.influence:q}"
        " --pathways {input.pathways:q} --settings {params.options:q}"
        " --keep-going --output {output.twin:q}"
        " --replicates-output {output.replicates:q} --job {input.job:q} 2> {log:q}"

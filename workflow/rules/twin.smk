rule reference:
    """Pseudobulks of the healthy donors."""
    input:
        observations=expand(
            "<results>/observations/{sample}.h5ad", sample=COHORT.reference
        ),
    output:
        reference="<results>/reference/reference.h5ad",
    log:
        "<logs>/reference.log",
    benchmark:
        "<benchmarks>/reference.tsv"
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        min_cells=config["twin"]["min_cells"],
        min_donors=config["reference"]["min_donors"],
        min_count=config["twin"]["min_count"],
        code=code_id("twin", "network"),
    shell:
        "twinscreen reference {input.observations:q} --min-cells {params.min_cells}"
        " --min-donors {params.min_donors} --min-count {params.min_count}"
        " --output {output.reference:q} 2> {log:q}"


rule twin:
    """Build the digital twin of one patient, or of a group, from all its samples."""
    input:
        observations=observations_of,
        reference=reference_of,
        genes="<knowledge>/genes.parquet",
        interactome="<knowledge>/interactome.parquet",
    output:
        twin="<results>/twins/{patient}.h5ad",
        copies=temp("<results>/twins/{patient}.copies.h5ad"),
    log:
        "<logs>/twin/{patient}.log",
    benchmark:
        "<benchmarks>/twin/{patient}.tsv"
    group:
        "patient"
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        reference=lambda wildcards, input: (
            ["--reference", input.reference] if input.reference else []
        ),
        about=about,
        design=config["twin"]["design"],
        control=config["reference"]["control"],
        min_cells=config["twin"]["min_cells"],
        min_donors=config["reference"]["min_donors"],
        min_count=config["twin"]["min_count"],
        min_genes=config["twin"]["min_genes"],
        copies=config["twin"]["copies"],
        max_qvalue=config["twin"]["max_qvalue"],
        min_fold_change=config["twin"]["min_fold_change"],
        max_genes=config["twin"]["max_genes"],
        background=config["twin"]["background"],
        random_sets=config["twin"]["random_sets"],
        seed=config["seed"],
        code=code_id("twin", "network"),
    shell:
        "twinscreen twin {input.observations:q} --patient={wildcards.patient:q}"
        " --about {params.about:q} {params.reference:q} --genes {input.genes:q}"
        " --interactome {input.interactome:q} --design {params.design}"
        " --control={params.control:q} --min-cells {params.min_cells}"
        " --min-donors {params.min_donors} --min-count {params.min_count}"
        " --min-genes {params.min_genes} --copies {params.copies} --max-qvalue {params.max_qvalue}"
        " --min-fold-change {params.min_fold_change} --max-genes {params.max_genes}"
        " --background {params.background} --random-sets {params.random_sets}"
        " --seed {params.seed} --keep-going --output {output.twin:q}"
        " --copies-output {output.copies:q} 2> {log:q}"

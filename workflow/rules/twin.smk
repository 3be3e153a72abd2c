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
        code=code_identity("reference"),
    shell:
        "twinscreen reference {input.observations:q} --min-cells {params.min_cells}"
        " --min-donors {params.min_donors} --min-count {params.min_count}"
        " --output {output.reference:q} 2> {log:q}"


rule twin:
    """Build the digital twin of one patient, or of a group, from all its samples."""
    input:
        observations=observations_of,
        deviations=deviations_of,
        reference=reference_of,
        reference_cells=reference_cells_of,
        layers=found_of("layers.parquet"),
        findings=found_of("parquet"),
        genes="<knowledge>/genes.parquet",
        interactome="<knowledge>/interactome.parquet",
        ligand_receptor="<knowledge>/ligand_receptor.parquet",
        influence="<knowledge>/influence.h5ad",
        pathways="<knowledge>/pathways.parquet",
    output:
        twin="<results>/twins/{patient}.h5ad",
        replicates=(
            "<results>/replicates/{patient}.h5ad"
            if config["keep_replicates"]
            else temp("<results>/replicates/{patient}.h5ad")
        ),
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
        about=about,
        treatments=treatments,
        min_pathway_genes=config["pathways"]["min_genes"],
        max_pathway_genes=config["pathways"]["max_genes"],
        design=config["twin"]["design"],
        control=config["reference"]["control"],
        min_cells=config["twin"]["min_cells"],
        min_donors=config["reference"]["min_donors"],
        min_count=config["twin"]["min_count"],
        min_genes=config["twin"]["min_genes"],
        bootstrap_replicates=config["twin"]["bootstrap_replicates"],
        null_replicates=config["twin"]["null_replicates"],
        max_qvalue=config["twin"]["max_qvalue"],
        min_fold_change=config["twin"]["min_fold_change"],
        max_genes=config["twin"]["max_genes"],
        background=config["twin"]["background"],
        random_sets=config["twin"]["random_sets"],
        growth=config["twin"]["growth"],
        grown_genes=config["twin"]["grown_genes"],
        growth_pvalue=config["twin"]["growth_pvalue"],
        centrality=config["twin"]["centrality"],
        restart=config["layers"]["restart"],
        jump=config["layers"]["jump"],
        layer_genes=config["layers"]["max_genes"],
        layer_weights=[
            f"{name}={weight}" for name, weight in config["layers"]["weights"].items()
        ],
        min_share=config["communication"]["min_share"],
        permutations=config["communication"]["permutations"],
        max_link_qvalue=config["communication"]["max_qvalue"],
        regulator_targets=config["communication"]["targets"],
        seed=config["seed"],
        code=code_identity("twin"),
    shell:
        "twinscreen twin {input.observations:q} --patient={wildcards.patient:q}"
        " --about {params.about:q} --treatments {params.treatments:q} {params.reference:q}"
        " {params.reference_cells:q} {params.deviations:q} {params.found:q}"
        " --genes {input.genes:q} --interactome {input.interactome:q}"
        " --ligand-receptor {input.ligand_receptor:q} --influence {input.influence:q}"
        " --pathways {input.pathways:q} --min-pathway-genes {params.min_pathway_genes}"
        " --max-pathway-genes {params.max_pathway_genes} --design {params.design}"
        " --control={params.control:q} --min-cells {params.min_cells}"
        " --min-donors {params.min_donors} --min-count {params.min_count}"
        " --min-genes {params.min_genes}"
        " --bootstrap-replicates {params.bootstrap_replicates}"
        " --null-replicates {params.null_replicates} --max-qvalue {params.max_qvalue}"
        " --min-fold-change {params.min_fold_change} --max-genes {params.max_genes}"
        " --background {params.background} --random-sets {params.random_sets}"
        " --growth {params.growth} --grown-genes {params.grown_genes}"
        " --growth-pvalue {params.growth_pvalue} --centrality {params.centrality}"
        " --restart {params.restart} --jump {params.jump} --layer-genes {params.layer_genes}"
        " --layer-weights {params.layer_weights}"
        " --min-share {params.min_share} --permutations {params.permutations}"
        " --max-link-qvalue {params.max_link_qvalue}"
        " --regulator-targets {params.regulator_targets}"
        " --seed {params.seed} --keep-going --output {output.twin:q}"
        " --replicates-output {output.replicates:q} 2> {log:q}"

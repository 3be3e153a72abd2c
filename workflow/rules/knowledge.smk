rule fetch:
    """Bring one file of embedded knowledge from its pinned archive."""
    input:
        sources=config["sources"],
    output:
        file="<knowledge>/sources/{source}",
    log:
        "<logs>/fetch/{source}.log",
    benchmark:
        "<benchmarks>/fetch/{source}.tsv"
    resources:
        mem_mb=memory(500),
        runtime=30,
    params:
        cache=config["cache"],
    shell:
        "twinscreen fetch {input.sources:q} --name={wildcards.source:q}"
        " --cache {params.cache:q} --output {output.file:q} 2> {log:q}"


rule genes:
    """Approved genes, and every name that means exactly one of them."""
    input:
        hgnc="<knowledge>/sources/hgnc",
    output:
        genes="<knowledge>/genes.parquet",
        names="<knowledge>/gene_names.parquet",
    log:
        "<logs>/genes.log",
    benchmark:
        "<benchmarks>/genes.tsv"
    resources:
        mem_mb=memory(2000),
        runtime=15,
    params:
        code=code_id("knowledge"),
    shell:
        "twinscreen genes {input.hgnc:q} --genes {output.genes:q} --names {output.names:q}"
        " 2> {log:q}"


rule interactome:
    """Signed, directed interactions between genes, post-translational and transcriptional apart."""
    input:
        omnipath="<knowledge>/sources/omnipath",
        names="<knowledge>/gene_names.parquet",
    output:
        interactome="<knowledge>/interactome.parquet",
    log:
        "<logs>/interactome.log",
    benchmark:
        "<benchmarks>/interactome.tsv"
    resources:
        mem_mb=memory(2000),
        runtime=15,
    params:
        code=code_id("knowledge"),
    shell:
        "twinscreen interactome {input.omnipath:q} --names {input.names:q}"
        " --output {output.interactome:q} 2> {log:q}"


rule influence:
    """Expected change of each gene when a protein's activity rises."""
    input:
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
        runtime=15,
    params:
        damping=config["knowledge"]["damping"],
        steps=config["knowledge"]["steps"],
        code=code_id("screen", "network"),
    shell:
        "twinscreen influence {input.interactome:q} --damping {params.damping}"
        " --steps {params.steps} --output {output.influence:q} 2> {log:q}"


rule drugs:
    """Drugs and their targets with the sign of the action."""
    input:
        gtopdb=f"{RESOURCES}/gtopdb.tsv",
        actions=f"{RESOURCES}/actions.tsv",
        names="<knowledge>/gene_names.parquet",
    output:
        drugs="<knowledge>/drugs.parquet",
        targets="<knowledge>/drug_targets.parquet",
    log:
        "<logs>/drugs.log",
    benchmark:
        "<benchmarks>/drugs.tsv"
    resources:
        mem_mb=memory(1000),
        runtime=15,
    params:
        code=code_id("knowledge"),
    shell:
        "twinscreen drugs {input.gtopdb:q} --actions {input.actions:q} --names {input.names:q}"
        " --drugs {output.drugs:q} --targets {output.targets:q} 2> {log:q}"


rule ligand_receptor:
    """Ligands and receptors through which cells talk."""
    input:
        pairs="<knowledge>/sources/ligand_receptor",
        proteins="<knowledge>/sources/secreted_proteins",
        names="<knowledge>/gene_names.parquet",
    output:
        pairs="<knowledge>/ligand_receptor.parquet",
    log:
        "<logs>/ligand_receptor.log",
    benchmark:
        "<benchmarks>/ligand_receptor.tsv"
    resources:
        mem_mb=memory(1000),
        runtime=15,
    params:
        resource=config["knowledge"]["ligand_receptor"],
        code=code_id("knowledge"),
    shell:
        "twinscreen ligand-receptor {input.pairs:q} --proteins {input.proteins:q}"
        " --resource {params.resource:q} --names {input.names:q} --output {output.pairs:q} 2> {log:q}"


rule pathways:
    """Pathways as sets of genes: Reactome, and sets of the user's own."""
    input:
        members="<knowledge>/sources/reactome",
        hierarchy="<knowledge>/sources/reactome_hierarchy",
        pathway_names="<knowledge>/sources/reactome_names",
        names="<knowledge>/gene_names.parquet",
        gmt=config["pathways"]["gmt"],
    output:
        pathways="<knowledge>/pathways.parquet",
    log:
        "<logs>/pathways.log",
    benchmark:
        "<benchmarks>/pathways.tsv"
    resources:
        mem_mb=memory(1000),
        runtime=15,
    params:
        code=code_id("knowledge"),
    shell:
        "twinscreen pathways {input.members:q} --hierarchy {input.hierarchy:q}"
        " --pathway-names {input.pathway_names:q} --names {input.names:q}"
        " --gmt {input.gmt:q} --output {output.pathways:q} 2> {log:q}"

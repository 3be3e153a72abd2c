rule screen:
    """Treat copies of one twin with every drug."""
    input:
        twin="<results>/twins/{patient}.h5ad",
        copies="<results>/twins/{patient}.copies.h5ad",
        influence="<knowledge>/influence.h5ad",
        drugs="<knowledge>/drugs.parquet",
        targets="<knowledge>/drug_targets.parquet",
    output:
        screen="<results>/screens/{patient}.h5ad",
        ranking="<results>/screens/{patient}.ranking.tsv",
    log:
        "<logs>/screen/{patient}.log",
    benchmark:
        "<benchmarks>/screen/{patient}.tsv"
    group:
        "patient"
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        library=config["screen"]["library"],
        include=config["screen"]["include"],
        withdrawn=config["screen"]["withdrawn"],
        code=code_id("screen", "network"),
    shell:
        "twinscreen screen {input.twin:q} --copies {input.copies:q}"
        " --influence {input.influence:q}"
        " --drugs {input.drugs:q} --targets {input.targets:q} --library {params.library}"
        " --include {params.include:q} --withdrawn {params.withdrawn}"
        " --screen {output.screen:q} --ranking {output.ranking:q} 2> {log:q}"

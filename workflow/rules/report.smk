rule report:
    """Write the report of one patient."""
    input:
        job=described("report"),
        twin="<results>/twins/{patient}.h5ad",
        screen="<results>/screens/{patient}.h5ad",
        interactome="<release>/interactome.parquet",
        own="<knowledge>/own_tables.tsv" if all_own_tables() else [],
    output:
        page=report(
            "<reports>/{patient}.html",
            caption="../report/patient.rst",
            category="Patients",
            labels={"patient": "{patient}"},
        ),
        summary="<reports>/{patient}.json",
        network="<reports>/{patient}.graphml",
    log:
        "<logs>/report/{patient}.log",
    benchmark:
        "<benchmarks>/report/{patient}.tsv"
    group:
        group_of_screen
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        own=lambda wildcards, input: ["--own-tables", input.own] if input.own else [],
        code=code_identity("report"),
    shell:
        "twinscreen report {input.twin:q} {input.screen:q} --interactome {input.interactome:q}"
        " --cohort cohort.html --ranking ../screens/{wildcards.patient}.ranking.tsv"
        " --summary {output.summary:q} --network {output.network:q}"
        " {params.own:q} --output {output.page:q} --job {input.job:q} 2> {log:q}"

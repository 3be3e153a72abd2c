rule report:
    """Write the report of one patient."""
    input:
        job=described("report"),
        twin="<results>/twins/{patient}.h5ad",
        screen="<results>/screens/{patient}.h5ad",
        interactome="<knowledge>/interactome.parquet",
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
        code=code_identity("report"),
    shell:
        "twinscreen report {input.twin:q} {input.screen:q} --interactome {input.interactome:q}"
        " --cohort cohort.html --summary {output.summary:q} --network {output.network:q}"
        " --output {output.page:q} --job {input.job:q} 2> {log:q}"

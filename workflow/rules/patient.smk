rule patient:
    """Do all stages of a new patient at once, as the rules of the stages have them."""
    input:
        inputs_of_stages,
    output:
        twin=rules.twin.output.twin,
        replicates=replicates(),
        screen=rules.screen.output,
        page=rules.report.output,
    log:
        "<logs>/patient/{patient}.log",
    wildcard_constraints:
        patient="[A-Za-z0-9_-]+" if NEW or not workflow.is_main_process else "(?!)",
    group:
        "patient"
    resources:
        mem_mb=of_stages("mem_mb", max),
        runtime=of_stages("runtime", sum),
    params:
        stages=commands_of_stages,
        benchmarks=f"{OUTPUT}/benchmarks",
    shell:
        "twinscreen stages --benchmarks {params.benchmarks:q} 2> {log:q} <<'END'\n"
        "{params.stages}\n"
        "END"


ruleorder: patient > twin
ruleorder: patient > screen
ruleorder: patient > report

rule cohort:
    """Put all twins and screens side by side."""
    input:
        job=described("cohort"),
        twins=expand("<results>/twins/{patient}.h5ad", patient=COHORT.treated),
        screens=expand("<results>/screens/{patient}.h5ad", patient=COHORT.treated),
    output:
        patients="<results>/cohort/patients.parquet",
        ranks="<results>/cohort/ranks.parquet",
        samples="<results>/cohort/samples.parquet",
        patients_table="<results>/cohort/patients.tsv",
        samples_table="<results>/cohort/samples.tsv",
        percentiles="<results>/cohort/percentiles.tsv",
        multiqc=multiext(
            "<results>/cohort/twinscreen_", "patients_mqc.json", "samples_mqc.json"
        ),
    log:
        "<logs>/cohort.log",
    benchmark:
        "<benchmarks>/cohort.tsv"
    resources:
        mem_mb=memory(1000, each=0.1),
        runtime=minutes(10, each=0.01),
    params:
        folder=subpath(output.patients, parent=True),
        observations=f"{OUTPUT}/observations",  # no input: the twins are made of them
        code=code_identity("cohort"),
    shell:
        "twinscreen cohort --twins {input.twins:q} --screens {input.screens:q}"
        " --observations {params.observations:q}"
        " --output {params.folder:q} --job {input.job:q} 2> {log:q}"


rule evaluate:
    """Compare the rankings with known answers, where the configuration names some."""
    input:
        job=described("evaluate"),
        twins=expand("<results>/twins/{patient}.h5ad", patient=COHORT.treated),
        screens=expand("<results>/screens/{patient}.h5ad", patient=COHORT.treated),
        labels=named("evaluation", "labels"),
        diseases=named("evaluation", "diseases"),
    output:
        evaluation="<results>/cohort/evaluation.parquet",
        table="<results>/cohort/evaluation.tsv",
    log:
        "<logs>/evaluate.log",
    benchmark:
        "<benchmarks>/evaluate.tsv"
    resources:
        mem_mb=memory(1500, each=0.1),
        runtime=minutes(10, each=0.02),
    params:
        options=JOB_FILES.options("evaluate"),
        folder=subpath(output.evaluation, parent=True),
        code=code_identity("evaluate"),
    shell:
        "twinscreen evaluate --screens {input.screens:q} --twins {input.twins:q}"
        " --settings {params.options:q} --output {params.folder:q} --job {input.job:q} 2> {log:q}"


rule similarity:
    """Compare all twins, and find their groups."""
    input:
        job=described("similarity"),
        twins=expand("<results>/twins/{patient}.h5ad", patient=COHORT.treated),
    output:
        similarity="<results>/cohort/similarity.parquet",
        clusters="<results>/cohort/clusters.parquet",
        numbers="<results>/cohort/cluster_numbers.parquet",
        neighbours="<results>/cohort/neighbours.parquet",
        nearest="<results>/cohort/nearest.parquet",
        table="<results>/cohort/clusters.tsv",
    log:
        "<logs>/similarity.log",
    benchmark:
        "<benchmarks>/similarity.tsv"
    resources:
        mem_mb=memory(1500, each=0.1),
        runtime=minutes(10, each=0.03),
    params:
        options=JOB_FILES.options("similarity"),
        folder=subpath(output.similarity, parent=True),
        code=code_identity("similarity"),
    shell:
        "twinscreen similarity --twins {input.twins:q} --settings {params.options:q}"
        " --output {params.folder:q} --job {input.job:q} 2> {log:q}"


rule trial:
    """Give a drug to all twins, and ask who responds."""
    input:
        job=described("trial"),
        twins=expand("<results>/twins/{patient}.h5ad", patient=COHORT.treated),
        screens=expand("<results>/screens/{patient}.h5ad", patient=COHORT.treated),
        responses=there(config["trial"]["responses"]),
    output:
        trial="<results>/cohort/trial.parquet",
        drugs="<results>/cohort/trial_drugs.parquet",
        features="<results>/cohort/trial_features.parquet",
        tables=multiext("<results>/cohort/trial", ".tsv", "_drugs.tsv", "_features.tsv"),
    log:
        "<logs>/trial.log",
    benchmark:
        "<benchmarks>/trial.tsv"
    resources:
        mem_mb=memory(1000, each=0.1),
        runtime=minutes(10, each=0.01),
    params:
        options=JOB_FILES.options("trial"),
        folder=subpath(output.trial, parent=True),
        code=code_identity("trial"),
    shell:
        "twinscreen trial --twins {input.twins:q} --screens {input.screens:q}"
        " --settings {params.options:q} --output {params.folder:q} --job {input.job:q} 2> {log:q}"


rule cohort_report:
    """Write the page of the cohort."""
    input:
        job=described("cohort_report"),
        patients="<results>/cohort/patients.parquet",
        ranks="<results>/cohort/ranks.parquet",
        samples="<results>/cohort/samples.parquet",
        evaluation=evaluation_of,
        similarity="<results>/cohort/similarity.parquet",
        clusters="<results>/cohort/clusters.parquet",
        numbers="<results>/cohort/cluster_numbers.parquet",
        neighbours="<results>/cohort/neighbours.parquet",
        trial="<results>/cohort/trial.parquet",
        drugs="<results>/cohort/trial_drugs.parquet",
        features="<results>/cohort/trial_features.parquet",
    output:
        page=report(
            "<reports>/cohort.html",
            caption="../report/cohort.rst",
            category="Cohort",
            labels={"page": "all patients"},
        ),
    log:
        "<logs>/cohort_report.log",
    benchmark:
        "<benchmarks>/cohort_report.tsv"
    resources:
        mem_mb=memory(1000, each=0.1),
        runtime=minutes(10),
    params:
        evaluation=lambda wildcards, input: (
            ["--evaluation", input.evaluation] if input.evaluation else []
        ),
        code=code_identity("cohort-report"),
    shell:
        "twinscreen cohort-report --patients {input.patients:q} --ranks {input.ranks:q}"
        " --samples {input.samples:q}"
        " {params.evaluation:q} --similarity {input.similarity:q} --clusters {input.clusters:q}"
        " --cluster-numbers {input.numbers:q} --neighbours {input.neighbours:q} --trial {input.trial:q}"
        " --trial-drugs {input.drugs:q} --trial-features {input.features:q}"
        " --costs ../benchmarks/costs.html --output {output.page:q} --job {input.job:q} 2> {log:q}"


rule scored:
    """End the run with an error, its pages written, if not one patient could be scored."""
    input:
        job=described("scored"),
        patients="<results>/cohort/patients.parquet",
        pages=expand("<reports>/{patient}.html", patient=COHORT.treated),
        cohort_page="<reports>/cohort.html",
    output:
        "<results>/cohort/scored.txt",
    log:
        "<logs>/scored.log",
    benchmark:
        "<benchmarks>/scored.tsv"
    localrule: True
    resources:
        mem_mb=memory(500),
        runtime=minutes(5),
    params:
        code=code_identity("scored"),
    shell:
        "twinscreen scored {input.patients:q} --output {output:q} --job {input.job:q} 2> {log:q}"


rule costs:
    """Say what each job took: beside the results, since it differs from run to run."""
    input:
        job=described("costs"),
        pages=expand("<reports>/{patient}.html", patient=COHORT.treated),
        cohort_page="<reports>/cohort.html",
    output:
        table="<benchmarks>/costs.tsv",
        page="<benchmarks>/costs.html",
    log:
        "<logs>/costs.log",
    localrule: True
    resources:
        mem_mb=memory(500),
        runtime=minutes(5),
    params:
        folder=subpath(output.table, parent=True),
        of=JOB_FILES.costs(),
        code=code_identity("costs"),
    shell:
        "twinscreen costs {params.folder:q} --of {params.of:q}"
        " --output {output.table:q} --page {output.page:q} --job {input.job:q} 2> {log:q}"

rule treated_patients:
    """The reference states, with patients of the cohort who were treated among them."""
    input:
        job=described("treated_patients"),
        precedents="<release>/precedents.h5ad",
        twins=expand("<results>/twins/{patient}.h5ad", patient=treated_patients()),
        drugs="<release>/drugs.parquet",
        responses=there(config["trial"]["responses"]),
        outcomes=named("precedent", "outcomes"),
    output:
        precedents="<results>/cohort/precedents.h5ad",
    log:
        "<logs>/treated_patients.log",
    benchmark:
        "<benchmarks>/treated_patients.tsv"
    resources:
        mem_mb=memory(1500, each=0.2),
        runtime=minutes(10, each=0.01),
    params:
        options=JOB_FILES.options("treated-patients"),
        code=code_identity("treated-patients"),
    shell:
        "twinscreen treated-patients --precedents {input.precedents:q} --twins {input.twins:q}"
        " --drugs {input.drugs:q} --settings {params.options:q}"
        " --output {output.precedents:q} --job {input.job:q} 2> {log:q}"


rule screen:
    """Treat copies of one twin with every drug."""
    input:
        job=described("screen"),
        twin="<results>/twins/{patient}.h5ad",
        replicates="<results>/replicates/{patient}.h5ad",
        influence="<release>/influence.h5ad",
        wiring="<release>/wiring.npz",
        genes="<release>/genes.parquet",
        interactome="<release>/interactome.parquet",
        ligand_receptor="<release>/ligand_receptor.parquet",
        drugs="<release>/drugs.parquet",
        targets="<release>/drug_targets.parquet",
        pharmacogenomics="<release>/pharmacogenomics.parquet",
        precedents=(
            "<results>/cohort/precedents.h5ad"
            if config["precedent"]["cohort"]
            else "<release>/precedents.h5ad"
        ),
        diseases="<release>/diseases.parquet" if COHORT.with_findings else [],
        warnings="<release>/drug_warnings.parquet" if warned() else [],
        terms=(
            "<release>/phenotype_terms.parquet"
            if COHORT.with_findings and warned()
            else []
        ),
        interactions=(
            "<release>/drug_interactions.parquet"
            if config["safety"]["interactions"]
            else []
        ),
    output:
        screen="<results>/screens/{patient}.h5ad",
        ranking="<results>/screens/{patient}.ranking.tsv",
    log:
        "<logs>/screen/{patient}.log",
    benchmark:
        "<benchmarks>/screen/{patient}.tsv"
    group:
        group_of_screen
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        safety=lambda wildcards, input: [
            f"--{name}={input[name]}"
            for name in ("diseases", "warnings", "terms", "interactions")
            if input[name]
        ],
        options=JOB_FILES.options("screen"),
        code=[code_identity("screen"), *foreign_packages()],
    shell:
        "twinscreen screen {input.twin:q} --replicates {input.replicates:q}"
        " --influence {input.influence:q} --wiring {input.wiring:q}"
        " --genes {input.genes:q} --interactome {input.interactome:q}"
        " --ligand-receptor {input.ligand_receptor:q}"
        " --drugs {input.drugs:q} --targets {input.targets:q}"
        " --pharmacogenomics {input.pharmacogenomics:q} --precedents {input.precedents:q}"
        " {params.safety:q}"
        " --settings {params.options:q} --keep-going"
        " --screen {output.screen:q} --ranking {output.ranking:q} --job {input.job:q} 2> {log:q}"

rule fetch:
    """Bring one file of embedded knowledge from its pinned archive."""
    input:
        job=described("fetch"),
        sources=own(config["sources"]) if config["sources"] else [],
    output:
        file="<knowledge>/sources/{source}",
    log:
        "<logs>/fetch/{source}.log",
    benchmark:
        "<benchmarks>/fetch/{source}.tsv"
    wildcard_constraints:
        source=not_one_of(RELEASED.instead),
    localrule: True
    resources:
        mem_mb=memory(500),
        runtime=minutes(30),
    params:
        cache=lambda wildcards, output: config["cache"],  # from where changes nothing
        pinned=pinned,
    shell:
        "twinscreen fetch {input.sources:q} --name={wildcards.source:q}"
        " --cache {params.cache:q} --output {output.file:q} --job {input.job:q} 2> {log:q}"


rule fetch_instead:
    """Bring one file of an official release in place of the embedded one of the same shape."""
    input:
        job=described("fetch_instead"),
    output:
        file="<knowledge>/sources/{source}",
    log:
        "<logs>/fetch/{source}.log",
    benchmark:
        "<benchmarks>/fetch/{source}.tsv"
    wildcard_constraints:
        source="|".join(RELEASED.instead) or "none of them",
    localrule: True
    resources:
        mem_mb=memory(500),
        runtime=minutes(60),
    params:
        access=lambda wildcards, output: access(),
        release=lambda wildcards: RELEASED.instead[wildcards.source],
        pinned=lambda wildcards: pinned_release(RELEASED.instead[wildcards.source]),
    shell:
        "twinscreen official {params.release:q} --table {wildcards.source:q}"
        " --settings {params.access:q} --output {output.file:q} --job {input.job:q} 2> {log:q}"


rule official:
    """Fetch an official release that the configuration names, and read a table of it."""
    input:
        job=described("official"),
        names="<knowledge>/gene_names.parquet",
    output:
        table="<knowledge>/official/{release}.{table}.{ending}",
    log:
        "<logs>/official/{release}.{table}.{ending}.log",
    benchmark:
        "<benchmarks>/official/{release}.{table}.{ending}.tsv"
    wildcard_constraints:
        release="[a-z0-9_]+",
        table="[a-z_]+",
        ending=r"tsv\.gz|csv|vcf\.gz",
    localrule: True
    resources:
        mem_mb=memory(2000),
        runtime=minutes(240),
    params:
        access=lambda wildcards, output: access(),
        pinned=lambda wildcards: pinned_release(wildcards.release),
        code=code_identity("official"),
    shell:
        "twinscreen official {wildcards.release:q} --table {wildcards.table:q}"
        " --settings {params.access:q} --names {input.names:q} --output {output.table:q}"
        " --job {input.job:q} 2> {log:q}"


rule own_tables:
    """The tables of knowledge that the configuration names, by checksum."""
    input:
        job=described("own_tables"),
        files=all_own_tables(),
    output:
        tables="<knowledge>/own_tables.tsv",
    log:
        "<logs>/own_tables.log",
    benchmark:
        "<benchmarks>/own_tables.tsv"
    group:
        "knowledge"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
    params:
        options=JOB_FILES.options("own-tables"),
        code=code_identity("own-tables"),
    shell:
        "twinscreen own-tables --settings {params.options:q}"
        " --output {output.tables:q} --job {input.job:q} 2> {log:q}"

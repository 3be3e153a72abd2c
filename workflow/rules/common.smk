import os
import sys
from pathlib import Path

from twinscreen.files.code_identity import code_identity
from twinscreen.files.errors import InputError
from twinscreen.inputs.cohort import FINDING_COLUMNS, FINDING_FILES, read_cohort
from twinscreen.inputs.validate import check_config

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parents[1]
SCHEMAS = ROOT / "workflow" / "schemas"
# As seen from the working directory, which `snakemake --directory` may put elsewhere.
RESOURCES = os.path.relpath(ROOT / "resources")
CONFIG_FILE = ", ".join(map(str, workflow.configfiles)) or "--config"


def checked():
    """Check the configuration and the sheets before any job; a fault ends the run with exit code 2."""
    try:
        filled = check_config(
            config, file=CONFIG_FILE, schema=SCHEMAS / "config.schema.json"
        )
        if not Path(filled["sources"]).exists():  # the default, seen from elsewhere
            filled["sources"] = os.path.relpath(ROOT / filled["sources"])
        return filled, read_cohort(filled, file=CONFIG_FILE, schemas=SCHEMAS)
    except InputError as error:
        print(
            f"twinscreen: the input needs mending\n{error}", file=sys.stderr, flush=True
        )
        sys.exit(2)


config, COHORT = checked()


pathvars:
    results=config["output"],
    knowledge="<results>/knowledge",
    reports="<results>/reports",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


wildcard_constraints:
    patient="[A-Za-z0-9_-]+",
    sample="[A-Za-z0-9_-]+",
    source="[a-z0-9_]+",


def memory(mb):
    """Memory that doubles with each attempt."""
    return lambda wildcards, attempt: mb * 2 ** (attempt - 1)


def cells_of(wildcards):
    """Files with the cells of a sample, all of a 10x folder.

    Where one is missing the job runs without it and marks the sample unscorable: one missing file
    never stops the cohort.
    """
    path = Path(cells_path(wildcards))
    if path.is_dir():
        return sorted(str(file) for file in path.iterdir() if file.is_file())
    fetched = COHORT.samples[wildcards.sample]["cells"].startswith("source:")
    return str(path) if fetched else there(path)


def there(path):
    """The path if it is given and there, else nothing: whatever needs it says that it is missing."""
    return str(path) if str(path) and Path(path).exists() else []


def cells_path(wildcards):
    """Path of that file, there or not; `source:NAME` stands for a fetched source."""
    return cells_named(COHORT.samples[wildcards.sample]["cells"])


def cells_named(cells):
    """Path of the cells that the sample sheet names."""
    if cells.startswith("source:"):
        return f"{config['output']}/knowledge/sources/{cells.removeprefix('source:')}"
    return cells


def group_of_sample(wildcards):
    """Group of jobs of a sample: its patient's, unless it stands for others too.

    Controls of a reference serve all patients, and a group's samples are many: each of these is a
    job of its own.
    """
    shared = wildcards.sample in COHORT.reference or COHORT.grouped
    return None if shared else "patient"


def observations_of(wildcards):
    """Observations of all samples of a patient."""
    return expand(
        "<results>/observations/{sample}.h5ad",
        sample=COHORT.samples_of(wildcards.patient),
    )


def reference_of(wildcards):
    """The healthy reference, where the design has one and the patient has samples."""
    needed = COHORT.reference and COHORT.samples_of(wildcards.patient)
    return "<results>/reference/reference.h5ad" if needed else []


def deviations_of(wildcards):
    """Deviations computed elsewhere, where the patient has such a table."""
    path = f"<results>/deviations/{wildcards.patient}.h5ad"
    return path if wildcards.patient in COHORT.with_deviations else []


def reference_cells_of(wildcards):
    """Observations of the healthy donors, where the preset compares single cells with theirs."""
    needed = COHORT.samples_of(wildcards.patient)
    if config["screen"]["preset"] != "scdrugprio" or not needed:
        return []
    return expand("<results>/observations/{sample}.h5ad", sample=COHORT.reference)


def treatments(wildcards):
    """What a patient received before each sample, as sample=drugs."""
    rows = {name: COHORT.samples[name] for name in COHORT.samples_of(wildcards.patient)}
    return [
        f"{name}={row['treatment']}" for name, row in rows.items() if row["treatment"]
    ]


def found_of(kind):
    """Findings or layers of a patient, where the sheet names something beside cells."""
    path = f"<results>/findings/{{patient}}.{kind}"
    return lambda wildcards: path if wildcards.patient in COHORT.with_findings else []


def finding_files(wildcards):
    """Files of a patient that are there; the job says of the others that they are missing."""
    row = COHORT.patients[wildcards.patient]
    return [
        row[name] for name in FINDING_FILES if row[name] and Path(row[name]).exists()
    ]


def sheet_flags(wildcards):
    """What the patient sheet says of findings, as flags; of relative paths as they stand there."""
    row = COHORT.patients[wildcards.patient]
    return [
        f"--{name.replace('_', '-')}={row[name]}"
        for name in FINDING_COLUMNS
        if row[name]
    ]


def own_tables(*names):
    """Tables that the configuration names for findings, as flags; none where it doesn't."""
    flags = []
    for name in names:
        value = config["findings"][name]
        flag = "--catalogs" if name == "gwas_catalog" else f"--{name.replace('_', '-')}"
        if value:
            flags += [flag, *([value] if isinstance(value, str) else value)]
    return flags


def evaluation_of(wildcards):
    """What the evaluation against known answers found, where the configuration names answers."""
    asked = config["evaluation"]["labels"]
    return "<results>/cohort/evaluation.parquet" if asked else []


def about(wildcards):
    """Further columns of the patient's row, as key=value; a group has none."""
    row = COHORT.about(wildcards.patient)
    return [f"{name}={value}" for name, value in row.items()]


def kept_knowledge():
    """The knowledge that the configuration asks for, with the sources that it is made of."""
    made = [
        *(rules.genes, rules.interactome, rules.influence, rules.wiring, rules.drugs),
        *(rules.ligand_receptor, rules.pathways, rules.pharmacogenomics),
    ]
    if COHORT.with_findings or config["safety"]["warnings"]:
        made.append(rules.phenotypes)
    if COHORT.with_findings:
        made += [rules.disease_genes, rules.known_variants]
    if config["safety"]["warnings"]:
        made.append(rules.drug_warnings)
    if config["safety"]["interactions"]:
        made.append(rules.drug_interactions)
    cells = sorted({COHORT.samples[name]["cells"] for name in COHORT.observed})
    fetched = [cells_named(name) for name in cells if name.startswith("source:")]
    return [*fetched, *(path for rule in made for path in (*rule.input, *rule.output))]

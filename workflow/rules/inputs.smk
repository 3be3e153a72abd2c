# What the jobs of a patient, of knowledge and of the cohort read, by the configuration.

import json
from pathlib import Path

from twinscreen.data import OFFICIAL_SOURCES, TABLES
from twinscreen.files import sha256
from twinscreen.files.atomic import write_text
from twinscreen.inputs.release import TABLES_OF
from twinscreen.inputs.sheet_columns import FINDING_FILES
from twinscreen.knowledge.official.registry import read_official
from twinscreen.knowledge.precedents.own_outcomes import read_own_outcomes
from twinscreen.settings.stages import taken_by


def own(path):
    """A path of the user's own: it counts from the working directory, whatever the prefix.

    What the file holds decides what is due, not when it was copied or touched.
    """
    return ancient(str(Path(path).absolute() if PREFIX else path))


def there(path):
    """The path if it is given and there, else nothing: whatever needs it says that it is missing."""
    return own(path) if str(path) and Path(path).exists() else []


def named(section, *keys):
    """Files that a section of the configuration names."""
    values = [config[section][key] for key in keys]
    lists = [value if isinstance(value, list) else [value] for value in values if value]
    return [released(path) for paths in lists for path in paths]


def released(path):
    """The table of an official release as a rule makes it, or a path of the user's own."""
    made = RELEASED.tables.get(path)
    return f"<knowledge>/official/{made.file}" if made else own(path)


def own_tables(*names):
    """Tables of knowledge of the user's own, which add to the package's or replace them."""
    return [*named("own", *names), *named("instead", *names)]


def all_own_tables():
    """Every table of knowledge that the configuration names."""
    sections = taken_by("own-tables", config)
    return [path for name, keys in sections.items() for path in named(name, *keys)]


def cells_of(wildcards):
    """Files with the cells of a sample, all of a 10x folder.

    Where one is missing the job runs without it and marks the sample unscorable: one missing file
    never stops the cohort.
    """
    cells = COHORT.samples[wildcards.sample]["cells"]
    if cells.startswith("source:"):
        return f"<knowledge>/sources/{cells.removeprefix('source:')}"
    if Path(cells).is_dir():
        return sorted(own(file) for file in Path(cells).iterdir() if file.is_file())
    return there(cells)


def cells_path(wildcards):
    """Path of that file, there or not; `source:NAME` stands for a fetched source."""
    cells = COHORT.samples[wildcards.sample]["cells"]
    if cells.startswith("source:"):
        name = cells.removeprefix("source:")
        return f"{OUTPUT}/knowledge/sources/{name}"
    return cells


def observations_of(wildcards):
    """Observations of all samples of a patient."""
    samples = COHORT.samples_of(wildcards.patient)
    return [f"<results>/observations/{sample}.h5ad" for sample in samples]


def reference_of(wildcards):
    """The healthy reference, where the design has one and the patient has samples."""
    needed = COHORT.reference and COHORT.samples_of(wildcards.patient)
    return "<results>/reference/reference.h5ad" if needed else []


def deviations_of(wildcards):
    """Deviations computed elsewhere, where the patient has such a table."""
    path = f"<results>/deviations/{wildcards.patient}.h5ad"
    return path if wildcards.patient in WITH_DEVIATIONS else []


def reference_cells_of(wildcards):
    """Observations of the healthy donors, where the preset compares single cells with theirs."""
    needed = COHORT.samples_of(wildcards.patient)
    if config["screen"]["preset"] != "scdrugprio" or not needed:
        return []
    return expand("<results>/observations/{sample}.h5ad", sample=COHORT.reference)


def found_of(kind):
    """Findings or layers of a patient, where the sheet names something apart from cells."""
    path = f"<results>/findings/{{patient}}.{kind}"
    return lambda wildcards: path if wildcards.patient in WITH_FINDINGS else []


def finding_files(wildcards):
    """Files of a patient that are there; the job says of the others that they are missing."""
    row = COHORT.patients[wildcards.patient]
    return [path for name in FINDING_FILES if (path := there(row[name]))]


def evaluation_of(wildcards):
    """What the evaluation against known answers found, where the configuration names answers."""
    asked = config["evaluation"]["labels"]
    return "<results>/cohort/evaluation.parquet" if asked else []


def replicates():
    """Where the replicates of a twin are, for good unless the configuration drops them."""
    path = "<results>/replicates/{patient}.h5ad"
    return path if config["keep_replicates"] else temp(path)


def kept_replicates():
    """Replicates of all twins, unless the configuration drops them once a twin is screened."""
    if not config["keep_replicates"]:
        return []
    return expand(rules.twin.output.replicates, patient=COHORT.treated)


def treated_patients():
    """Patients of the cohort who may be reference states: of whom a treatment is known."""
    named = set(COHORT.medicated)
    if path := config["precedent"]["outcomes"]:
        named |= {*read_own_outcomes(path)["state"]}
    return [patient for patient in COHORT.treated if patient in named]


def knowledge_rules():
    """Rules that make the knowledge which the configuration asks for."""
    made = [
        *(rules.genes, rules.interactome, rules.influence, rules.wiring, rules.drugs),
        *(
            rules.ligand_receptor,
            rules.pathways,
            rules.pharmacogenomics,
            rules.precedents,
        ),
    ]
    if COHORT.with_findings:
        made += [rules.phenotypes, rules.disease_genes, rules.known_variants]
    if warned():
        made.append(rules.drug_warnings)
    if config["safety"]["interactions"]:
        made.append(rules.drug_interactions)
    return made


def kept_knowledge():
    """The knowledge that the configuration asks for, with the sources that it is made of."""
    made = [] if taken_release() else knowledge_rules()
    if all_own_tables():
        made.append(rules.own_tables)
    cells = {COHORT.samples[name]["cells"] for name in COHORT.observed}
    fetched = [name.split(":", 1)[1] for name in cells if name.startswith("source:")]
    files = expand("<knowledge>/sources/{source}", source=sorted(fetched))
    asked = (path for rule in made for path in (*rule.input, *rule.output))
    return [*files, *(path for path in asked if not callable(path))]


def warned():
    """Whether there are tables of indications and of warnings."""
    return config["safety"]["embedded"] or bool(config["safety"]["warnings"])


def access():
    """File that says how official releases are obtained; no result depends on it, so it has one name."""
    path = f"{OUTPUT}/settings/official.json"
    if workflow.is_main_process and (RELEASED.tables or RELEASED.instead):
        write_text(json.dumps(taken_by("official", config), indent=1) + "\n", path)
    return path


def pinned(wildcards):
    """What the list of sources pins of one of them: only another release is fetched anew."""
    described = DESCRIBED.get(wildcards.source) or {}
    return [described.get(key, "") for key in ("sha256", "member")]


def pinned_release(name):
    """What the list of official releases says of one: only another release is fetched anew."""
    source = read_official(config["official"]["list"] or OFFICIAL_SOURCES)[name]
    return [source.release, *((one.url, one.sha256) for one in source.files.values())]


def tables_of_package(verb):
    """Hashes of the tables that a verb takes from the package, whose place in no result matters."""
    return {name: sha256(TABLES / name) for name in TABLES_OF[verb]}


def not_one_of(names):
    """Pattern of the names of sources, but for some."""
    return f"(?!(?:{'|'.join(names)})$)[a-z0-9_]+" if names else "[a-z0-9_]+"

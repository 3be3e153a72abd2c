import gc
import json
import math
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from snakemake.settings.enums import RerunTrigger

from twinscreen.cli.looks import diseases_in_words, look_at_tables
from twinscreen.cli.runs import summary
from twinscreen.data import OFFICIAL_SOURCES, SOURCES, TABLES
from twinscreen.files import sha256
from twinscreen.files.atomic import write_text
from twinscreen.files.code_identity import code_identity
from twinscreen.files.errors import InputError
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.job_files import JobFiles
from twinscreen.inputs.prospects import check_design, in_words
from twinscreen.inputs.release import (
    TABLES_OF,
    check_release,
    knowledge_of,
    write_release,
)
from twinscreen.inputs.sheet_columns import FINDING_FILES
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.knowledge.official.named import with_official
from twinscreen.knowledge.official.registry import read_official
from twinscreen.knowledge.precedents.own_outcomes import read_own_outcomes
from twinscreen.records.environment import packages_in_words
from twinscreen.records.jobs import RuleJobs
from twinscreen.records.plan import Plan
from twinscreen.settings.foreign_kinds import foreign_packages
from twinscreen.settings.stages import taken_by

# A plan is millions of objects, hardly one of which is garbage: to look for it as often as Python
# does by itself, and in all that was imported, takes a fifth of the time.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

CONFIG_FILE = ", ".join(map(str, workflow.configfiles)) or "--config"
# Of a module with a prefix, which Snakemake puts before every relative path of its rules.
PREFIX = workflow.modifier.path_modifier.prefix or ""


def tables_in_words(filled, cohort):
    """Say what tables tell before a run; the first fault of any of them ends it."""
    told, faults = [], []
    if filled["precedent"]["states"] or filled["precedent"]["outcomes"]:
        # All who need them not are spared half a second.
        from twinscreen.knowledge.precedents.build import LibraryFiles
        from twinscreen.knowledge.precedents.look import look_at_precedents

        drugs = knowledge_of(filled) / "drugs.parquet"
        library = LibraryFiles.of(TABLES)
        told, faults = look_at_precedents(
            filled["precedent"], library, patients=cohort.treated, drugs=drugs
        )
    if faults := [*faults, *look_at_tables(filled, cohort, file=CONFIG_FILE)]:
        raise faults[0]
    return [*told, *diseases_in_words(filled, cohort)]


@contextmanager
def ending_on_faults():
    """End the run with exit code 2 where an input is at fault."""
    try:
        yield
    except InputError as error:
        print(f"twinscreen: invalid input\n{error}", file=sys.stderr, flush=True)
        sys.exit(2)


@ending_on_faults()
def checked():
    """Check the configuration and the sheets before any job."""
    if "samples" not in config and not workflow.configfiles:
        raise InputError(
            file="config/config.yaml",
            found="no such file in this folder, and no other is named",
            expected="a configuration",
            remedy="name one by --configfile, or write one by `twinscreen init FOLDER`",
        )
    # Snakemake has read them, but takes the last of keys that stand twice.
    for file in workflow.configfiles:
        read_yaml(file)
    filled = check_config(config, file=CONFIG_FILE)
    output = Path(filled["output"])
    if PREFIX and (output.is_absolute() or output.parts[:1] == ("..",)):
        # Snakemake would put the prefix before outputs, but not before all inputs.
        raise InputError(
            file=CONFIG_FILE,
            place="key output",
            found=f"{filled['output']!r} in a module with the prefix {PREFIX!r}",
            expected="a folder below the prefix",
            remedy="name a relative folder, or leave out the prefix of the module",
        )
    described = read_yaml(filled["sources"] or SOURCES)
    cohort = read_cohort(filled, file=CONFIG_FILE)
    check_design(cohort, filled)
    if workflow.is_main_process:  # jobs read this file, too
        told = tables_in_words(filled, cohort)
        told += packages_in_words(f"{PREFIX}{filled['output']}")
        print(*in_words(cohort, filled), *told, sep="\n", file=sys.stderr, flush=True)
    folder = f"{PREFIX}{filled['output']}/knowledge/official"
    released = with_official(
        filled, listed=OFFICIAL_SOURCES, folder=folder, file=CONFIG_FILE
    )
    return released, cohort, described, filled


def taken_release():
    """The folder of a release that was built before, where the configuration names one."""
    folder = config["knowledge"]["folder"]
    return str(Path(folder).absolute()) if folder else ""


RELEASED, COHORT, DESCRIBED, FILLED = checked()
config = RELEASED.config
# Where the rules write: below the prefix, in a module that has one.
OUTPUT = f"{PREFIX}{config['output']}"
JOB_FILES = JobFiles(f"{OUTPUT}/settings", config, COHORT)
JOBS = RuleJobs(
    OUTPUT,
    {
        "release": taken_release() or "<results>/knowledge",
        "knowledge": "<results>/knowledge",
        "results": config["output"],
    },
    lambda name: getattr(rules, name),
)
PLAN = Plan(OUTPUT, JOBS.making)
# Looked up for every job, of thousands.
REFERENCE = frozenset(COHORT.reference)
WITH_DEVIATIONS = frozenset(COHORT.with_deviations)
WITH_FINDINGS = frozenset(COHORT.with_findings)


pathvars:
    results=config["output"],
    knowledge="<results>/knowledge",
    release=taken_release() or "<results>/knowledge",
    reports="<results>/reports",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


wildcard_constraints:
    patient="[A-Za-z0-9_-]+",
    sample="[A-Za-z0-9_-]+",
    source="[a-z0-9_]+",


def described(rule):
    """Description of a job of a rule: its time says whether the job is due, see `PLAN`.

    It is the first input of every rule.
    """
    JOBS.add(rule)

    def path(wildcards):
        job = JOBS.job(rule, wildcards)
        # Snakemake also asks a rule about a file that in the end another one makes.
        decide = workflow.is_main_process and JOBS.making(job.outputs[0]) is job
        path = PLAN.describe(job, decide=decide)
        # Snakemake may have listed the folder before this file was written.
        workflow.iocache.exists_local[path] = True
        return path.removeprefix(PREFIX)

    return path


def end(failed):
    """Take note of the results of this run, and tell the end, unless a part went as it was asked."""
    if failed:
        tell_of_a_full_disk()
    PLAN.settle()
    if failed or not is_part():
        tell_the_end()


def tell_of_a_full_disk():
    """Say that there is little room left: on a full disk logs are empty, and say nothing."""
    free = shutil.disk_usage(OUTPUT).free >> 20 if Path(OUTPUT).is_dir() else math.inf
    if free < 100:
        print(
            f"twinscreen: the disk of {OUTPUT} is full ({free} MiB are free): make room, and run"
            " again; what is done stays",
            file=sys.stderr,
            flush=True,
        )


def sources_of_release():
    """What is pinned of each source, or the official release in its place."""
    official = {name: {"sha256": release} for name, release in RELEASED.instead.items()}
    return DESCRIBED | official


def is_part():
    """Whether this run was for some files alone, or not for all that records say is due."""
    asked = workflow.dag_settings
    left_out = (
        *(asked.until, asked.omit_from, asked.allowed_rules, asked.target_jobs),
        asked.batch,
        RerunTrigger.MTIME not in asked.rerun_triggers,
    )
    return any(left_out) or bool({*asked.targets} - {"all", "default"})


def is_whole():
    """Whether this run was for everything, at the end of which all knowledge is up to date."""
    return not (is_part() or PREFIX)


def describe_release():
    """Write what the knowledge was made from, after a whole run, for other runs to take it."""
    if is_whole() and not taken_release():
        folder = f"{OUTPUT}/knowledge"
        write_release(folder, files_of_release(), FILLED, sources_of_release())


def tell_the_end():
    """Say how many patients were scored and called, who failed, and where the pages are."""
    samples = {patient: COHORT.samples_of(patient) for patient in COHORT.treated}
    told = summary(config["output"], samples)
    print(*told, sep="\n", file=sys.stderr, flush=True)


def memory(mb, each=0):
    """Memory in MB, some of it for each patient of the cohort; it doubles with each attempt."""
    asked = math.ceil(mb + each * len(COHORT.treated))
    return lambda wildcards, attempt: asked * 2 ** (attempt - 1)


def minutes(time, each=0):
    """Time in minutes, some of it for each patient of the cohort; it doubles with each attempt."""
    asked = math.ceil(time + each * len(COHORT.treated))
    return lambda wildcards, attempt: asked * 2 ** (attempt - 1)


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


def not_one_of(names):
    """Pattern of the names of sources, but for some."""
    return f"(?!(?:{'|'.join(names)})$)[a-z0-9_]+" if names else "[a-z0-9_]+"


def access():
    """File that says how official releases are obtained; no result depends on it, so it has one name."""
    path = f"{OUTPUT}/settings/official.json"
    if workflow.is_main_process and (RELEASED.tables or RELEASED.instead):
        write_text(json.dumps(taken_by("official", config), indent=1) + "\n", path)
    return path


def own_tables(*names):
    """Tables of knowledge of the user's own, which add to the package's or replace them."""
    return [*named("own", *names), *named("instead", *names)]


def all_own_tables():
    """Every table of knowledge that the configuration names."""
    sections = taken_by("own-tables", config)
    return [path for name, keys in sections.items() for path in named(name, *keys)]


def cells_path(wildcards):
    """Path of that file, there or not; `source:NAME` stands for a fetched source."""
    cells = COHORT.samples[wildcards.sample]["cells"]
    if cells.startswith("source:"):
        name = cells.removeprefix("source:")
        return f"{OUTPUT}/knowledge/sources/{name}"
    return cells


def group_of_sample(wildcards):
    """Group of jobs of a sample: its patient's, unless it stands for others too.

    Controls of a reference serve all patients, and a group's samples are many: each of these is a
    job of its own.
    """
    return None if stands_for_others(wildcards.sample) else "patient"


def stands_for_others(sample):
    """Whether a sample is read for other patients than its own, too."""
    return sample in REFERENCE or COHORT.grouped


def group_of_screen(wildcards):
    """Group of jobs that follow the twin: its patient's, unless they wait for others' twins, too."""
    return None if config["precedent"]["cohort"] else "patient"


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


def treated_patients():
    """Patients of the cohort who may be reference states: of whom a treatment is known."""
    named = set(COHORT.medicated)
    if path := config["precedent"]["outcomes"]:
        named |= {*read_own_outcomes(path)["state"]}
    return [patient for patient in COHORT.treated if patient in named]


def replicates():
    """Where the replicates of a twin are, for good unless the configuration drops them."""
    path = "<results>/replicates/{patient}.h5ad"
    return path if config["keep_replicates"] else temp(path)


def kept_replicates():
    """Replicates of all twins, unless the configuration drops them once a twin is screened."""
    if not config["keep_replicates"]:
        return []
    return expand(rules.twin.output.replicates, patient=COHORT.treated)


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


def warned():
    """Whether there are tables of indications and of warnings."""
    return config["safety"]["embedded"] or bool(config["safety"]["warnings"])


@ending_on_faults()
def check_taken_release():
    """Check that a release which was built before is what this run would build."""
    if taken_release() and workflow.is_main_process:
        files = files_of_release()
        check_release(taken_release(), files, FILLED, sources_of_release())


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


def files_of_release():
    """Names of the files of a release that this run needs."""
    return [Path(str(file)).name for rule in knowledge_rules() for file in rule.output]


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

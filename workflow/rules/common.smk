import gc
import math
import sys
from contextlib import contextmanager
from pathlib import Path

from twinscreen.cli.looks import diseases_in_words, look_at_tables
from twinscreen.data import OFFICIAL_SOURCES, SOURCES, TABLES
from twinscreen.files.code_identity import code_identity
from twinscreen.files.errors import InputError
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.job_files import JobFiles
from twinscreen.inputs.prospects import check_design, in_words
from twinscreen.inputs.release import knowledge_of
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.knowledge.official.named import with_official
from twinscreen.records.environment import packages_in_words
from twinscreen.records.jobs import RuleJobs
from twinscreen.records.plan import Plan
from twinscreen.settings.foreign_kinds import foreign_packages

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


def memory(mb, each=0):
    """Memory in MB, some of it for each patient of the cohort; it doubles with each attempt."""
    asked = math.ceil(mb + each * len(COHORT.treated))
    return lambda wildcards, attempt: asked * 2 ** (attempt - 1)


def minutes(time, each=0):
    """Time in minutes, some of it for each patient of the cohort; it doubles with each attempt."""
    asked = math.ceil(time + each * len(COHORT.treated))
    return lambda wildcards, attempt: asked * 2 ** (attempt - 1)


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

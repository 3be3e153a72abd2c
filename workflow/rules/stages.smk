# All stages of a new patient are one job and one process, which starts Python and its packages once
# for all of them. What changes later is made by the rules of the stages: Snakemake removes all
# outputs of a job before it runs it, and only the stages that a change concerns may run.

from functools import cache

from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards
from snakemake.utils import format as formatted

from twinscreen.records.record import record_path


def stages_of(patient):
    """The jobs that are about a patient alone, in order: name of the rule, and wildcards."""
    for sample in COHORT.samples_of(patient):
        if not stands_for_others(sample):
            yield "observe", {"sample": sample}
    if patient in WITH_FINDINGS:
        yield "findings", {"patient": patient}
    if patient in WITH_DEVIATIONS:
        yield "deviations", {"patient": patient}
    for stage in ("twin", "screen", "report"):
        yield stage, {"patient": patient}


def is_new(patient):
    """Whether no job about a patient has ever ended well."""
    output = Path(OUTPUT)
    jobs = (
        f"{stage}/{name}" for stage, of in stages_of(patient) for name in of.values()
    )
    return not any(record_path(output, job).is_file() for job in jobs)


@cache
def patients_at_once():
    """Patients all of whose stages this run does at once.

    A run for some files or rules alone does them stage by stage. Jobs on a cluster do what the run
    has planned that submitted them.
    """
    if not workflow.is_main_process:
        name = rules.patient.rule.name
        asked = workflow.dag_settings.target_jobs
        return {job.wildcards_dict["patient"] for job in asked if job.rulename == name}
    return set() if is_part() else NEW


def stage_by_stage(name, units):
    """Results of the jobs of a rule about some samples or patients, but for those done at once."""

    def files(wildcards):
        done = {
            unit
            for patient in patients_at_once()
            for stage, of in stages_of(patient)
            if stage == name
            for unit in of.values()
        }
        left = [unit for unit in units if unit not in done]
        stage = getattr(rules, name)
        paths = [str(path).removeprefix(PREFIX) for path in stage.output]
        [wildcard] = stage.rule.wildcard_names
        return expand(paths, **{wildcard: left})

    return files


@cache
def at_once(patient):
    """What the stages of a patient read and do not make themselves; and their commands, a line each."""
    files, made, commands = {}, set(), []
    for name, of in stages_of(patient):
        stage = getattr(rules, name).rule
        inputs, outputs = stage.expand_input(of)[0], stage.expand_output(of)[0]
        for file in inputs:
            path = str(file).removeprefix(PREFIX)
            if file not in made:
                files[path] = ancient(path) if is_flagged(file, "ancient") else path
        made |= {*outputs}
        # As Snakemake itself fills in a command.
        command = formatted(
            stage.shellcmd,
            input=inputs,
            output=outputs,
            params=stage.expand_params(of, inputs, outputs, None)[0],
            wildcards=Wildcards(fromdict=of),
            log=stage.expand_log(of),
        )
        commands.append(command)
    return [*files.values()], "\n".join(commands)


def inputs_of_stages(wildcards):
    """What the stages of a new patient read and do not make themselves."""
    if wildcards.patient not in patients_at_once():
        # Snakemake then takes the rule of the stage.
        return "<results>/nothing"
    return at_once(wildcards.patient)[0]


def commands_of_stages(wildcards):
    """The commands of the stages of a patient, a line each."""
    return at_once(wildcards.patient)[1]


def of_stages(resource, total):
    """What the stages of a patient need of a resource, in total."""
    return lambda wildcards, attempt: total(
        getattr(rules, name)
        .rule.resources[resource]
        .evaluate(wildcards, attempt=attempt)
        .value
        for name, _ in stages_of(wildcards.patient)
    )


# With patients of the cohort among the reference states a screen waits for the twins of others.
NEW = (
    {patient for patient in COHORT.treated if is_new(patient)}
    if workflow.is_main_process and not config["precedent"]["cohort"]
    else set()
)

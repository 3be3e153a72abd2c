# The beginning and the end of a run: the release it takes, the one it leaves, and what it tells.

import shutil
import sys
from pathlib import Path

from snakemake.settings.enums import RerunTrigger

from twinscreen.cli.runs import summary
from twinscreen.inputs.release import check_release, write_release


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


def end(failed):
    """Take note of the results of this run, and tell the end, unless a part went as it was asked."""
    if failed:
        tell_of_a_full_disk()
    PLAN.settle()
    if failed or not is_part():
        tell_the_end()


def full_disk(path, least):
    """Say in a line that the disk of a path has fewer MiB free than that, or return nothing."""
    there = next(
        one for one in [Path(path), *Path(path).absolute().parents] if one.is_dir()
    )
    free = shutil.disk_usage(there).free >> 20
    if free >= least:
        return ""
    return (
        f"twinscreen: the disk of {path} is full ({free} MiB are free): make room, and run again;"
        " what is done stays"
    )


def tell_of_a_full_disk():
    """Say that there is little room left: on a full disk logs are empty, and say nothing."""
    if told := full_disk(OUTPUT, 100):
        print(told, file=sys.stderr, flush=True)


def check_room():
    """End a run where nothing at all can be written, before Snakemake or a job comes to that."""
    told = full_disk(OUTPUT, 1) or full_disk(".", 1)
    if told and workflow.is_main_process:
        print(told, file=sys.stderr, flush=True)
        sys.exit(1)


check_room()


def tell_the_end():
    """Say how many patients were scored and called, who failed, and where the pages are."""
    samples = {patient: COHORT.samples_of(patient) for patient in COHORT.treated}
    told = summary(config["output"], samples)
    print(*told, sep="\n", file=sys.stderr, flush=True)


def describe_release():
    """Write what the knowledge was made from, after a whole run, for other runs to take it."""
    if is_whole() and not taken_release():
        folder = f"{OUTPUT}/knowledge"
        write_release(folder, files_of_release(), FILLED, sources_of_release())


@ending_on_faults()
def check_taken_release():
    """Check that a release which was built before is what this run would build."""
    if taken_release() and workflow.is_main_process:
        files = files_of_release()
        check_release(taken_release(), files, FILLED, sources_of_release())


def sources_of_release():
    """What is pinned of each source, or the official release in its place."""
    official = {name: {"sha256": release} for name, release in RELEASED.instead.items()}
    return DESCRIBED | official


def files_of_release():
    """Names of the files of a release that this run needs."""
    return [Path(str(file)).name for rule in knowledge_rules() for file in rule.output]

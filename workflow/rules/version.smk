import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

# The version of the package that these rules are of: `twinscreen.__version__`.
RULES = "0.2.0"


def version_of_package():
    """Version of the package that the rules import, or nothing where there is none."""
    try:
        from twinscreen import __version__
    except ImportError:
        return ""
    return __version__


def version_of_verb():
    """Version of the verb that jobs call, where it is of another environment than Snakemake."""
    verb = shutil.which("twinscreen")
    if not verb or Path(verb).parent == Path(sysconfig.get_path("scripts")):
        return RULES
    told = subprocess.run([verb, "--version"], capture_output=True, text=True)
    return told.stdout.removeprefix("twinscreen").strip()


def check_version():
    """End the run with exit code 2 unless rules, package and verb are of one version.

    Nothing of the package is needed for it, which may be too old to have it.
    """
    package = version_of_package()
    verb = version_of_verb() if workflow.is_main_process else RULES
    if package == verb == RULES:
        return
    found = f"the package of {package}" if package else "no package twinscreen"
    if package == RULES:
        found = f"the verb twinscreen of {verb or 'an unknown version'} on the path"
    other = f", or take the rules of v{package}" if package not in ("", RULES) else ""
    print(
        "twinscreen: invalid input",
        "workflow",
        f"  found:    rules of version {RULES}, and {found}",
        "  expected: one version",
        f"  remedy:   install the package of version {RULES}{other}",
        sep="\n",
        file=sys.stderr,
        flush=True,
    )
    sys.exit(2)


check_version()

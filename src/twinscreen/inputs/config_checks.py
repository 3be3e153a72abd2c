"""What a configuration names, compared with the files that are there and with the sheets."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.settings.stages import OFFICIAL

#: Keys of the configuration that say where cell types come from, of which one is given.
TYPING = ("cell_type", "markers", "celltypist")


def check_typing(config: Mapping[str, Any], *, file: FilePath) -> None:
    """Check that cell types come from one place."""
    given = [key for key in TYPING if config["observe"][key]]
    if len(given) != 1:
        raise InputError(
            file=file,
            place="key observe",
            found=" and ".join(given) or f"none of {', '.join(TYPING)}",
            expected=f"exactly one of {', '.join(TYPING)}",
            remedy="say where cell types come from: a column, marker genes, or a CellTypist model",
        )


def check_output(output: str, *, file: FilePath) -> None:
    """Check that results can be written below a folder, and jobs be told of it.

    Raises
    ------
    InputError
        Its name has letters that mean something else on the way, or it can't be a folder.
    """
    odd = re.search(r"^[-~]|[{}$*?\x00-\x1f]", output)
    folders = (Path(output), *Path(output).parents)
    there = next((one for one in folders if os.path.exists(one)), Path())
    fault = ""
    if odd:
        fault = f"{output!r}, with {odd[0]!r}"
    elif not there.is_dir():
        fault = f"{output!r}, where {there} is a file"
    elif not os.access(there, os.W_OK | os.X_OK):
        fault = f"{output!r}, in {there}, which can't be written to"
    if fault:
        raise InputError(
            file=file,
            place="key output",
            found=fault,
            expected="a folder, or one that can be made; without {}$*?, and no - or ~ first",
            remedy="name another folder",
        )


def check_own_tables(config: Mapping[str, Any], *, file: FilePath) -> None:
    """Check that the files which the configuration names for all patients are there."""
    if not (config["pathways"]["reactome"] or config["pathways"]["gmt"]):
        raise InputError(
            file=file,
            place="pathways.reactome",
            found="false, and no gene sets by pathways.gmt",
            expected="gene sets of either",
            remedy="name gene sets by pathways.gmt, or leave pathways.reactome out",
        )
    own = ("clinvar", "gene_positions", "exposure_genes", "symptom_network")
    single = {"observe": TYPING[1:], "findings": own, "safety": ("molecules",)}
    single |= {"evaluation": ("labels", "diseases"), "precedent": ("outcomes",)}
    single |= {"screen": ("drugs", "approvals")}
    several = {
        "findings": ("gwas_catalog", "eqtl"),
        "pathways": ("gmt",),
        "precedent": ("states",),
        "reference": ("sites",),
        "safety": ("clinpgx", "warnings", "interactions"),
        "own": tuple(config["own"]),
        "instead": tuple(config["instead"]),
    }
    folders = ("safety.molecules", "safety.warnings")  # of Open Targets, in parts
    named = {f"{part}.{key}": config[part][key] for part in single for key in single[part]}
    for part, keys in several.items():
        for key in keys:
            named |= {f"{part}.{key}.{n}": path for n, path in enumerate(config[part][key])}
    for key, path in named.items():
        if str(path).startswith(OFFICIAL):
            continue  # made by the workflow
        there = Path(path).is_file() or (key.startswith(folders) and Path(path).is_dir())
        if path and not there:
            raise InputError(
                file=file,
                place=key,
                found=f"no file {path}",
                expected="a file",
                remedy="correct the path, or leave the key out",
            )


def check_control(
    samples: Mapping[str, Mapping[str, str]], config: Mapping[str, Any], *, file: FilePath
) -> None:
    """Check that conditions of those compared with are conditions that samples have.

    Where patients are compared with donors of another study, or with each other, there may be no
    sample of the control condition.
    """
    given, design = config["reference"], config["twin"]["design"]
    conditions = sorted({row["condition"] for row in samples.values()})
    for key in ("control", "public"):
        needed = given[key] and (key == "public" or not given["public"])
        if needed and given["donors"] == "controls" and given[key] not in conditions:
            raise InputError(
                file=file,
                place=f"reference.{key}",
                found=repr(given[key]),
                expected=f"a condition that a sample has: {', '.join(map(repr, conditions))}",
                remedy=f"name it as in the column condition of {config['samples']}",
            )
    usual = {"donors": "controls", "public": "", "sites": []}
    several = [name for name, other in usual.items() if given[name] != other]
    if several and (
        design != "reference" or len(several) > 1 or given["public"] == given["control"]
    ):
        raise InputError(
            file=file,
            place=" and ".join(f"reference.{name}" for name in several),
            found=f"{', '.join(repr(given[name]) for name in several)} with twin.design {design}",
            expected="one of donors: patients, public and sites, with the design reference; public"
            " a condition other than control",
            remedy="leave one out; docs/few_controls.md and docs/sites.md say what each is for",
        )

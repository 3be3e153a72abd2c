"""The recipes of containers take what their script needs; CI runs the script without them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "workflow" / "container"
SCRIPT = (RECIPES / "install.sh").read_text(encoding="utf-8")


def of_docker() -> set[str]:
    """Name what the image of Docker is made of."""
    lines = (RECIPES / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def of_apptainer() -> dict[str, str]:
    """Give what that of Apptainer is made of, and where it goes."""
    recipe = (RECIPES / "twinscreen.def").read_text(encoding="utf-8")
    section = re.search(r"%files\n(.*?)\n\n", recipe, re.DOTALL)
    assert section
    return dict(line.split() for line in section[1].splitlines())


def test_both_take_the_same_files_all_of_which_are_there():
    assert of_docker() == set(of_apptainer())
    assert all((ROOT / name).exists() for name in of_docker())
    assert {*of_apptainer().values()} == {f"/opt/source/{name}" for name in of_docker()}


def test_they_take_all_that_the_script_needs():
    parts = re.search(r"for part in (.*); do", SCRIPT)
    assert parts
    needed = {*parts[1].split(), ".ci/environment.py", "requirements.lock"}
    assert needed == of_docker()


def test_both_and_ci_run_the_one_script():
    for name in ("workflow/container/Dockerfile", "workflow/container/twinscreen.def", ".ci/run"):
        assert "sh " in (text := (ROOT / name).read_text(encoding="utf-8"))
        assert "workflow/container/install.sh" in text
        assert "pip install" not in text


def test_the_catalog_is_told_how_the_workflow_is_used():
    """What the Snakemake workflow catalog asks of a workflow for standardized usage."""
    told = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert set(told["usage"]) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert set(told["usage"]["mandatory-flags"]) == {"desc", "flags"}
    assert any(told["usage"]["software-stack-deployment"].values())
    for name in ("README.md", "LICENSE", "config/README.md", "config/config.yaml"):
        assert (ROOT / name).is_file()
    assert (ROOT / "workflow" / "Snakefile").is_file()

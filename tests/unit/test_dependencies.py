"""pyproject.toml, requirements.lock and environment.yml describe one environment."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import twinscreen

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

#: Packages that this project is bound to use.
FIXED = {"anndata", "gseapy", "networkx", "numpy", "pandas", "scanpy", "snakemake"}

#: Names of import that are not the name of the package.
IMPORT_NAMES = {"pydantic_core": "pydantic", "yaml": "pyyaml"}

OPTIONAL = PROJECT["optional-dependencies"]

#: Extras that the lock holds: those of `dev`, which names the others.
LOCKED = ("workflow", "slurm", "group", "docs", "dev")

DECLARED = [
    requirement
    for lines in (PROJECT["dependencies"], *(OPTIONAL[extra] for extra in LOCKED))
    for requirement in map(Requirement, lines)
    if requirement.name != "twinscreen"
]


def pins() -> dict[str, tuple[Requirement, list[str]]]:
    """Read the lock: for each package its requirement and the hashes of its files."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", LOCK))
    found = {}
    for line in joined.splitlines():
        requirement, *hashes = re.split(r"\s*--hash=sha256:", line)
        parsed = Requirement(requirement)
        assert canonicalize_name(parsed.name) not in found, f"{parsed.name}: pinned twice"
        found[canonicalize_name(parsed.name)] = (parsed, hashes)
    return found


PINS = pins()


def pinned_version(name: str) -> Version:
    (exact,) = PINS[canonicalize_name(name)][0].specifier
    assert exact.operator == "=="
    return Version(exact.version)


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_the_lock_satisfies_each_dependency(requirement):
    assert requirement.specifier.contains(pinned_version(requirement.name))


def test_the_lock_has_the_build_backend_and_the_installer():
    system = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    for requirement in map(Requirement, system["requires"]):
        assert requirement.specifier.contains(pinned_version(requirement.name))
    assert "uv" in PINS


def test_every_pin_is_exact_and_hashed():
    for name, (requirement, hashes) in PINS.items():
        assert [spec.operator for spec in requirement.specifier] == ["=="], name
        assert requirement.url is None, name
        assert hashes, name
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes), name


def test_the_lock_names_no_address_and_no_folder():
    lines = [line for line in LOCK.splitlines() if "--hash" not in line]
    assert not [line for line in lines if re.search(r"://|--|-[rce] |[ =]\.{0,2}/", line)]


def test_the_packages_we_are_bound_to_are_direct_dependencies():
    lines = [*PROJECT["dependencies"], *OPTIONAL["workflow"]]
    assert {canonicalize_name(Requirement(line).name) for line in lines} >= FIXED


def test_who_develops_has_all_extras_that_tests_and_site_need():
    (own,) = [
        requirement
        for requirement in map(Requirement, OPTIONAL["dev"])
        if requirement.name == PROJECT["name"]
    ]
    assert own.extras == {"workflow", "slurm", "group", "excel", "docs"}


def test_every_package_imported_is_a_direct_dependency():
    optional = [line for extra, lines in OPTIONAL.items() if extra != "dev" for line in lines]
    lines = [*PROJECT["dependencies"], *optional]
    names = {canonicalize_name(Requirement(line).name) for line in lines}
    imported = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.partition(".")[0])
    foreign = imported - sys.stdlib_module_names - {"twinscreen"}
    assert {IMPORT_NAMES.get(name, name) for name in foreign} <= names


def test_conda_gives_python_and_pip_and_the_lock_the_rest():
    given = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    assert [line.split()[0] for line in given] == ["python", "pip"]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    (rest,) = [line for line in CONDA["dependencies"] if isinstance(line, dict)]
    assert rest == {"pip": ["--requirement requirements.lock"]}


def test_all_name_the_same_oldest_python():
    oldest = "3.11"
    assert PROJECT["requires-python"] == f">={oldest}"
    python = next(line for line in CONDA["dependencies"] if line.startswith("python "))
    allowed = SpecifierSet(python.removeprefix("python "))
    assert allowed.contains(f"{oldest}.0")
    assert not allowed.contains("3.10.99")


def test_all_name_the_same_version_and_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"(?m)^## \[(\d.*?)\]", changelog)
    assert newest
    assert PROJECT["dynamic"] == ["version"]
    assert twinscreen.__version__ == citation["version"] == newest[1]
    rules = (ROOT / "workflow" / "rules" / "version.smk").read_text(encoding="utf-8")
    assert f'RULES = "{twinscreen.__version__}"' in rules
    told = re.findall(r"\bv(\d+\.\d+\.\d+)", (ROOT / "docs/reuse.md").read_text(encoding="utf-8"))
    assert {*told} == {twinscreen.__version__}
    assert PROJECT["license"] == citation["license"] == "BSD-3-Clause"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause License\n")

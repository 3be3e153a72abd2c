"""Which folder may import which: the arrows of the design, and no others; and no circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "twinscreen"

#: From each folder to those that it may import, besides itself; what a folder may import, the
#: folders in it may too. "" is the root, which has the version. `__init__` files pass on what
#: is in their folder.
ARROWS = {
    "": set(),
    "data": set(),
    "files": {"", "files/contracts", "files/intact", "files/words"},
    "files/intact": set(),
    "files/words": set(),
    "files/contracts": {"files"},
    "files/text_table": {"files", "files/intact", "files/words"},
    "files/own_tables": {"files", "files/text_table"},
    "settings": set(),
    "network": set(),
    "network/kernels": set(),
    "network/proximity": {"network", "network/kernels"},
    "network/modules": {"network", "network/kernels", "network/proximity"},
    "network/walks": {"network", "network/proximity"},
    "network/signed": {"network", "network/kernels"},
    "kb": {"data", "files", "network"},
    "knowledge": {"", "files", "settings", "knowledge/own"},
    "knowledge/drugs": {"knowledge"},
    "knowledge/precedents": set(),
    "knowledge/own": {"files"},
    "knowledge/signalling": {"network"},
    "knowledge/diseases": {"knowledge"},
    "knowledge/safety": {"knowledge", "knowledge/official/reading"},
    "knowledge/official": {
        "knowledge",
        *("knowledge/official/diseases", "knowledge/official/drugs"),
        *("knowledge/official/networks", "knowledge/official/reading"),
        "knowledge/official/safety",
    },
    "knowledge/official/reading": {"files"},
    "knowledge/official/diseases": {"knowledge/official/reading"},
    "knowledge/official/drugs": {"knowledge/official/reading"},
    "knowledge/official/networks": {"knowledge/official/reading"},
    "knowledge/official/safety": {"knowledge/official/reading"},
    "observe": {"", "files", "settings"},
    "observe/formats": set(),
    "observe/cells": {"observe/formats"},
    "observe/findings": set(),
    "inputs": {"data", "files", "observe", "settings"},
    "twin": {
        *("", "files", "network", "kb", "settings"),
        *("twin/communication", "twin/designs", "twin/deviation"),
        *("twin/layers", "twin/replicates", "twin/time"),
    },
    "twin/deviation": {"files", "network"},
    "twin/replicates": {"files", "network", "twin/deviation"},
    "twin/designs": {"files", "network", "twin/deviation", "twin/replicates"},
    "twin/communication": {"files", "network", "twin/deviation", "twin/designs"},
    "twin/layers": {"files", "network", "twin/deviation"},
    "twin/time": {"files", "network"},
    "screen": {
        *("", "files", "network", "kb", "settings"),
        *("screen/evidence", "screen/rank", "screen/reasons"),
        *("screen/safety", "screen/treatment"),
    },
    "screen/evidence": {"files", "network", "kb"},
    "screen/rank": {"files", "network", "screen/evidence"},
    "screen/reasons": {"files", "network", "kb", "screen/evidence"},
    "screen/safety": {"files", "kb"},
    "screen/treatment": {"files", "network", "screen/evidence"},
    "cohort": {"", "files", "network", "settings"},
    "cohort/evaluation": {"files", "network"},
    "cohort/similarity": {"files", "network"},
    "cohort/trial": {"files", "network", "cohort/evaluation"},
    "report": {"", "data", "files"},
    "report/figures": {"report"},
    "report/patient": {
        "kb",
        *("report", "report/figures", "report/patient/answer"),
        *("report/patient/disease", "report/patient/drugs"),
        "report/patient/safety",
    },
    "report/patient/disease": {"files", "report"},
    "report/patient/answer": {
        *("files", "report", "report/patient/disease", "report/patient/drugs"),
    },
    "report/patient/drugs": {"files", "report", "report/figures", "report/patient/disease"},
    "report/patient/safety": {"files", "report", "report/patient/drugs"},
    "report/cohort": {"report", "report/figures", "report/patient", "report/patient/answer"},
    "keywords": {"files", "kb", "settings"},
    "samples": {"files"},
    "export": {"files"},
    "pp": {"files", "kb", "keywords", "observe", "settings"},
    "tl": {"cohort", "files", "kb", "keywords", "pp", "samples", "screen", "settings", "twin"},
    "get": {"files", "screen"},
    "pl": {"files", "kb", "report", "screen"},
    "datasets": {"kb", "knowledge", "tl"},
    "__main__": {"cli"},
    "processor": set(),
    "records": {"", "data", "files", "processor", "settings"},
    "cli/network": {"cli"},
    "cli/sources": {"cli"},
    "cli/ways_out": {"cli"},
    "cli": {
        *("", "data", "files", "network", "kb", "knowledge", "observe", "inputs"),
        *("settings", "twin", "screen", "cohort", "report", "export", "records", "processor"),
    },
}

#: A folder answers one question; more modules than this are several.
MOST_MODULES = 14

#: Imported by everyone in science, and slow to import.
HEAVY = {"anndata", "h5py", "matplotlib", "numba", "numpy", "pandas", "pyarrow", "scanpy", "scipy"}


def ours(tree: ast.AST, package: list[str]) -> Iterator[tuple[ast.AST, str]]:
    """Give each import of ours in a module of `package`, and the module it leads to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *filter(None, [node.module])]
            targets = [".".join([*base, alias.name]) for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "__import__")
        ):
            targets = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
        else:
            continue
        for target in targets:
            top, _, rest = str(target).partition(".")
            if top == "twinscreen":
                yield node, rest


def folder_of(dotted: str) -> str:
    """Give the folder of what is imported: `network.signed.influence.F` is in network/signed."""
    parts = dotted.split(".")
    while parts and "/".join(parts) not in ARROWS:
        parts.pop()
    return "/".join(parts)


def allowed(room: str) -> set[str]:
    """Give the folders that a folder may import: its own arrows, and those of the one around it."""
    around = room.rpartition("/")[0]
    outer = (
        {one for one in allowed(around) if not one.startswith(f"{around}/")} if around else set()
    )
    return {room} | ARROWS[room] | outer - {around}


def follows(room: str, target: str, rooms: set[str]) -> bool:
    """Whether an arrow leads to a folder; to another package it leads to all that is in it."""
    top = target.partition("/")[0]
    return target in rooms or (top != room.partition("/")[0] and top in rooms)


def lazy(tree: ast.AST) -> set[ast.AST]:
    """Give the nodes that do not run when the module is imported."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    asleep: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, functions):
            asleep.update(ast.walk(node))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            asleep.update(inner for child in node.body for inner in ast.walk(child))
    return asleep


def faults(code: str, module: str) -> list[str]:
    """Name the imports of a module (`screen/rank/presets.py`) that follow no arrow."""
    path = Path(module)
    tree = ast.parse(code)
    room = path.parent.as_posix() if path.parent.parts else path.stem.removeprefix("__init__")
    if room not in ARROWS:
        return [f"{module}: a room without arrows; the design has no such package"]
    package = ["twinscreen", *path.parts[:-1]]
    asleep = lazy(tree)
    rooms = allowed(room)
    if path.stem == "__init__" and room:
        rooms = rooms | {one for one in ARROWS if one.startswith(f"{room}/")}
    found = []
    for node, dotted in ours(tree, package):
        target = folder_of(dotted)
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        if not follows(room, target, rooms):
            found.append(f"{where}: {room or 'the root'} imports {target or 'the root'}")
        elif room == "cli" and target.partition("/")[0] not in ("", "cli") and node not in asleep:
            found.append(f"{where}: cli imports {target} before a verb needs it")
    return found


def test_folders_import_each_other_in_no_circle():
    graph = nx.DiGraph((room, other) for room in ARROWS for other in ARROWS[room])
    graph.remove_edges_from([("files/contracts", "files")])  # the contracts are part of files
    assert list(nx.simple_cycles(graph)) == []


def test_modules_import_each_other_in_no_circle():
    paths = {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
        for path in SOURCE.rglob("*.py")
    }
    graph = nx.DiGraph()
    for name, path in paths.items():
        package = ["twinscreen", *path.relative_to(SOURCE).parts[:-1]]
        for _, dotted in ours(ast.parse(path.read_text(encoding="utf-8")), package):
            target = dotted if dotted in paths else dotted.rpartition(".")[0]
            if target in paths and target != name:
                graph.add_edge(name, target)
    assert list(nx.simple_cycles(graph)) == []


@pytest.mark.parametrize("room", sorted(ARROWS))
def test_a_folder_has_few_modules(room):
    modules = [path for path in (SOURCE / room).glob("*.py") if path.stem != "__init__"]
    assert len(modules) <= MOST_MODULES


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_imports_follow_the_arrows(path):
    assert faults(path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE))) == []


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("files/tables.py", "from twinscreen.network import distances"),
        ("settings/twin.py", "from twinscreen.files.errors import InputError"),
        ("network/degree_bins.py", "import twinscreen.files.tables"),
        ("network/degree_bins.py", "from twinscreen import __version__"),
        ("network/interactome.py", "from twinscreen.network.proximity.hops import UNREACHED"),
        ("network/kernels/bit_vectors.py", "from twinscreen.network.interactome import A"),
        ("network/signed/paths.py", "from twinscreen.network.proximity import tails"),
        ("observe/cells/quality.py", "from twinscreen import knowledge"),
        ("observe/formats/h5ad.py", "from twinscreen.observe.cells import quality"),
        ("knowledge/genes.py", "def read():\n    from twinscreen.observe.cells import check"),
        ("knowledge/genes.py", "from twinscreen.kb.wiring import Wiring"),
        ("twin/build.py", "from ..screen.evidence.causal import score"),
        ("twin/build.py", "from .. import screen"),
        ("twin/deviation/statistics.py", "from twinscreen.twin.replicates import null"),
        ("screen/screen.py", "import importlib\nimportlib.import_module('twinscreen.twin')"),
        ("screen/evidence/causal.py", "from twinscreen.screen.rank.combine import Call"),
        ("screen/rank/combine.py", "from twinscreen.screen.layout import lay_out"),
        ("report/html.py", "if TYPE_CHECKING:\n    from twinscreen.cohort import trial"),
        ("report/html.py", "from twinscreen.report.patient.page import patient_report"),
        ("report/patient/disease/origin.py", "from twinscreen.report.patient.drugs import call"),
        ("cohort/summary.py", "class A:\n    def b(self):\n        import twinscreen.twin.build"),
        ("cohort/summary.py", "from twinscreen.cohort.trial.run import trial"),
        ("report/cohort/page.py", "from twinscreen.cli import main"),
        ("__init__.py", "from twinscreen.files import atomic"),
        ("cli.py", "from twinscreen.files import InputError"),
        ("cli/twins.py", "try:\n    from twinscreen.twin.build import build\nexcept E: ..."),
        ("magic/wand.py", "x = 1"),
    ],
)
def test_a_wrong_import_is_seen(module, code):
    assert len(faults(code, module)) == 1


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("files/provenance.py", "from twinscreen import __version__"),
        ("network/modules/centrality.py", "from twinscreen.network.interactome import A"),
        ("network/modules/centrality.py", "from ..interactome import Interactome"),
        ("network/__init__.py", "from twinscreen.network.signed.influence import influence"),
        ("screen/screen.py", "from ..files.tables import read_table\nfrom ..network import bins"),
        ("screen/rank/combine.py", "from twinscreen.screen.evidence.contract import Scored"),
        ("screen/evidence/causal.py", "from twinscreen.network.signed.paths import paths"),
        ("twin/build.py", "from twinscreen.twin.time.course import add_course"),
        ("twin/deviation/modules.py", "from twinscreen.settings.twin import TwinSettings"),
        ("report/html.py", "import twinscreenings, numpy"),
        ("report/patient/answer/call.py", "from twinscreen.report import words"),
        ("cli/twins.py", "from twinscreen import __version__"),
        ("cli/cohort.py", "def verb():\n    from twinscreen.report.cohort.page import report"),
        ("cli/cohort.py", "if TYPE_CHECKING:\n    from twinscreen.inputs.cohort import Cohort"),
    ],
)
def test_a_right_import_passes(module, code):
    assert faults(code, module) == []


def test_the_command_line_wakes_nothing_heavy():
    code = "import sys, twinscreen.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    assert HEAVY & set(loaded.stdout.split()) == set()

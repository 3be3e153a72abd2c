"""Which package may import which: the arrows of the design, and no others."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "twinscreen"

#: From each room to those it may import, besides itself. "" is the root, which has the version.
ARROWS = {
    "": set(),
    "files": {""},
    "network": set(),
    "knowledge": {"", "files"},
    "observe": {"", "files"},
    "twin": {"", "files", "network"},
    "screen": {"", "files", "network"},
    "cohort": {"", "files", "network"},
    "report": {"", "files"},
    "__main__": {"cli"},
    "cli": {
        *("", "files", "network", "knowledge", "observe"),
        *("twin", "screen", "cohort", "report"),
    },
}

#: Imported by everyone in science, and slow to import.
HEAVY = {"anndata", "h5py", "matplotlib", "numba", "numpy", "pandas", "pyarrow", "scanpy", "scipy"}


def ours(tree: ast.AST, package: list[str]) -> Iterator[tuple[ast.AST, str]]:
    """Give each import of ours in a module of `package`, and the room it leads to."""
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
                name = rest.partition(".")[0]
                yield node, name if name in ARROWS else ""


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
    """Name the imports of a module (`screen/ranking.py`) that follow no arrow."""
    path = Path(module)
    tree = ast.parse(code)
    room = path.parts[0].removesuffix(".py").removeprefix("__init__")
    if room not in ARROWS:
        return [f"{module}: a room without arrows; the design has no such package"]
    package = ["twinscreen", *path.parts[:-1]]
    asleep = lazy(tree)
    found = []
    for node, target in ours(tree, package):
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        if target != room and target not in ARROWS[room]:
            found.append(f"{where}: {room or 'the root'} imports {target or 'the root'}")
        elif room == "cli" and target not in ("", "cli") and node not in asleep:
            found.append(f"{where}: cli imports {target} before a verb needs it")
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_imports_follow_the_arrows(path):
    assert faults(path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE))) == []


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("files/tables.py", "from twinscreen.network import distances"),
        ("network/bins.py", "import twinscreen.files.tables"),
        ("network/bins.py", "from twinscreen import __version__"),
        ("observe/cells.py", "from twinscreen import knowledge"),
        ("knowledge/genes.py", "def read():\n    from twinscreen.observe.cells import check"),
        ("twin/build.py", "from ..screen.causal import score"),
        ("twin/build.py", "from .. import screen"),
        ("screen/treat.py", "import importlib\nimportlib.import_module('twinscreen.twin')"),
        ("report/pages.py", "if TYPE_CHECKING:\n    from twinscreen.cohort import trial"),
        ("cohort/summary.py", "class A:\n    def b(self):\n        import twinscreen.twin.build"),
        ("report/cohort.py", "from twinscreen.cli import main"),
        ("__init__.py", "from twinscreen.files import atomic"),
        ("cli.py", "from twinscreen.files import InputError"),
        ("cli.py", "try:\n    from twinscreen.twin.build import build\nexcept ImportError: ..."),
        ("magic/wand.py", "x = 1"),
    ],
)
def test_a_wrong_import_is_seen(module, code):
    assert len(faults(code, module)) == 1


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("files/provenance.py", "from twinscreen import __version__"),
        ("network/centrality.py", "from twinscreen.network.interactome import Interactome"),
        ("network/centrality.py", "from .interactome import Interactome"),
        ("screen/treat.py", "from ..files.tables import read_table\nfrom ..network import bins"),
        ("report/pages.py", "import twinscreenings, numpy"),
        ("cli.py", "from twinscreen import __version__"),
        ("cli.py", "def verb():\n    from twinscreen.report.cohort import cohort_report"),
        ("cli.py", "if TYPE_CHECKING:\n    from twinscreen.observe.sheets import Cohort"),
    ],
)
def test_a_right_import_passes(module, code):
    assert faults(code, module) == []


def test_the_command_line_wakes_nothing_heavy():
    code = "import sys, twinscreen.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    assert HEAVY & set(loaded.stdout.split()) == set()

"""`twinscreen compile` makes the machine code of every kernel, and a screen needs no other."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import twinscreen
from twinscreen.cli.network.kernels import calls

PACKAGE = Path(twinscreen.__file__).parent

#: Calls as the library makes them, in a process that finds the machine code there already.
AGAIN = """
from twinscreen.cli.network.kernels import calls
for _, call in calls():
    call()
"""


def kernels() -> set[str]:
    """Name each compiled function of the package, as numba names the index of its machine code."""
    return {
        f"{file.stem}.{node.name}"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(one).startswith("compiled(") for one in node.decorator_list)
    }


def test_every_kernel_is_compiled_once(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "twinscreen", "compile"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    made = {file.name.rpartition("-")[0] for file in tmp_path.rglob("*.nbi")}
    assert made == kernels()
    code = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nbc")}

    pinned = "from twinscreen.processor import pin; pin()" + AGAIN
    subprocess.run([sys.executable, "-c", pinned], env=environment, check=True)
    assert code == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nbc")}, (
        "compiled again"
    )


def test_calls_are_named_for_whoever_waits():
    assert all(name for name, _ in calls())

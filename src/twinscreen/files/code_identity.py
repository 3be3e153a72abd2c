"""The identity of the code behind a verb, by which the workflow knows what to run again.

A result depends on the code that made it: the function of its verb and every module that this
imports, directly or not. The identity is a hash of their syntax trees without docstrings,
comments and layout, so that better words rerun nothing while another formula reruns all that
rests on it. Of an installed release the version says as much.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twinscreen import __version__

PACKAGE = Path(__file__).resolve().parents[1]


def code_identity(verb: str, package: Path = PACKAGE) -> str:
    """Return the identity of the code behind a verb of the command line.

    Parameters
    ----------
    verb
        As on the command line: `ligand-receptor`.
    package
        Folder of the package. Below `site-packages` it is a release, whose version is returned.

    Returns
    -------
    16 hexadecimal digits, or the version.

    Raises
    ------
    ValueError
        There is no such verb.
    """
    if "site-packages" in package.parts:
        return __version__
    digest = hashlib.sha256(_of_verb(verb, package).encode())
    for path in code_behind(verb, package):
        digest.update(f"\0{path.relative_to(package)}\0{_read(path).digest}".encode())
        for file in _data_beside(path):
            digest.update(f"\0{file.relative_to(package)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def code_behind(verb: str, package: Path = PACKAGE) -> list[Path]:
    """List the modules that a verb imports, directly or not, sorted by path."""
    found: set[Path] = set()
    todo = set(_resolved(_imports(_function(verb, package)), package))
    while todo:
        path = todo.pop()
        found.add(path)
        if path.name != "__init__.py":  # what a package passes on was resolved by name
            todo |= set(_resolved(_read(path).imports, package)) - found
    return sorted(found)


@dataclass(frozen=True)
class _Module:
    """One file of code: a hash of its syntax tree, and the names that it imports from ours."""

    digest: str
    imports: tuple[tuple[str, str], ...]


@cache
def _read(path: Path) -> _Module:
    """Read one file of code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return _Module(hashlib.sha256(_plain(tree).encode()).hexdigest(), _imports(tree))


def _plain(tree: ast.AST) -> str:
    """Write a syntax tree as text, without docstrings and without what it leaves empty."""
    parts: list[str] = []

    def write(node: object) -> None:
        if isinstance(node, ast.AST):
            parts.append(type(node).__name__ + "(")
            for name, value in ast.iter_fields(node):
                if isinstance(value, list):
                    value = [one for one in value if not _is_text(one)]
                if value is None or value == [] or name == "type_ignores":
                    continue
                parts.append(name + "=")
                write(value)
            parts.append(")")
        elif isinstance(node, list):
            for one in node:
                write(one)
                parts.append(",")
        else:
            parts.append(repr(node))

    write(tree)
    return "".join(parts)


def _is_text(node: object) -> bool:
    """Whether a statement is but a text: a docstring, also one below an attribute."""
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def _imports(tree: ast.AST) -> tuple[tuple[str, str], ...]:
    """List what is imported from ours anywhere in a tree, as module and name."""
    return tuple(
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if node.module.split(".")[0] == "twinscreen"
        for alias in node.names
    )


def _resolved(imports: tuple[tuple[str, str], ...], package: Path) -> Iterator[Path]:
    """Find the files that hold imported names, through the packages that pass them on."""
    for module, name in imports:
        path = package.joinpath(*module.split(".")[1:])
        if (submodule := path / f"{name}.py").is_file():
            yield submodule
        elif path.with_suffix(".py").is_file():
            yield path.with_suffix(".py")
        elif (path / "__init__.py").is_file() and path != package:
            passed = [
                (source, other)
                for source, other in _read(path / "__init__.py").imports
                if other == name
            ]
            if passed:
                yield from _resolved(tuple(passed), package)
            else:
                yield path / "__init__.py"
                yield from _resolved(_read(path / "__init__.py").imports, package)


def _data_beside(path: Path) -> list[Path]:
    """List the files without code in folders beside a module: templates.

    Not the tables of `data`: rules name those that they read.
    """
    if path.parent.name == "data":
        return []
    folders = [one for one in path.parent.iterdir() if one.is_dir() and not any(one.glob("*.py"))]
    return sorted(
        file
        for folder in folders
        if folder.name != "__pycache__"
        for file in folder.rglob("*")
        if file.is_file()
    )


def _function(verb: str, package: Path) -> ast.Module:
    """Return the function that runs a verb, with the functions of its module that it calls."""
    name = "_" + verb.replace("-", "_")
    for path in sorted((package / "cli").glob("*.py")):
        functions = {
            node.name: node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        if name in functions:
            return ast.Module([functions[one] for one in _called(name, functions)], [])
    raise ValueError(f"{verb}: no such verb")


def _called(name: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """Name a function and those of its module that it calls, directly or not."""
    found: list[str] = []
    todo = [name]
    while todo:
        one = todo.pop()
        if one in functions and one not in found:
            found.append(one)
            todo += [node.id for node in ast.walk(functions[one]) if isinstance(node, ast.Name)]
    return sorted(found)


def _of_verb(verb: str, package: Path) -> str:
    """Write the function of a verb as text."""
    return _plain(_function(verb, package))

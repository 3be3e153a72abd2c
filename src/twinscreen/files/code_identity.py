"""The identity of the code behind a verb, by which the workflow knows what to run again.

A result depends on the code that made it: the function of its verb, what this names in modules of
the command line, and every module that it imports, directly or not. The identity is a hash of
their syntax trees without docstrings, comments and layout, so that better words rerun nothing
while another formula reruns all that rests on it. Of an installed release the version says as much.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twinscreen import __version__

PACKAGE = Path(__file__).resolve().parents[1]
_CLI = "twinscreen.cli."
#: Where a statement, or a part of one, has statements.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


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
            for name in node._fields:  # as `ast.iter_fields`, which takes half as long again
                value = getattr(node, name, None)
                if type(value) is list:
                    value = [one for one in value if not _is_text(one)] or None
                if value is None or name == "type_ignores":
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
        for node in _statements(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if node.module.split(".")[0] == "twinscreen"
        for alias in node.names
    )


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through the statements of a tree, and not into their expressions."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        for name in node._fields:
            if name in _BLOCKS:
                todo += getattr(node, name)


@cache
def _resolved(imports: tuple[tuple[str, str], ...], package: Path) -> frozenset[Path]:
    """Find the files that hold imported names, through the packages that pass them on."""
    return frozenset(_files_of(imports, package))


def _files_of(imports: tuple[tuple[str, str], ...], package: Path) -> Iterator[Path]:
    """Find these files one after another."""
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
    """Return the function that runs a verb, with what it names of its module."""
    path, name = _place(verb, package)
    statements = _named(name, _defined(path)).values()
    return ast.Module([one for one in statements if not isinstance(one, ast.ImportFrom)], [])


def _place(verb: str, package: Path) -> tuple[Path, str]:
    """Find the function that runs a verb: its module and name."""
    name = "_" + verb.replace("-", "_")
    for path in sorted((package / "cli").rglob("*.py")):
        if isinstance(_defined(path).get(name), ast.FunctionDef):
            return path, name
    raise ValueError(f"{verb}: no such verb")


@cache
def _defined(path: Path) -> dict[str, ast.stmt]:
    """Return the statements of a module that say what its names are, by name."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                one = ast.ImportFrom(node.module, [alias], node.level)
                found[alias.asname or alias.name] = one
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {name: node for target in targets for name in _names(target)}
    return found


def _names(tree: ast.AST) -> list[str]:
    """List the names in a tree."""
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _named(name: str, defined: dict[str, ast.stmt]) -> dict[str, ast.stmt]:
    """Take a name and all that it names, directly or not, sorted by name."""
    found: dict[str, ast.stmt] = {}
    todo = [name]
    while todo:
        one = todo.pop()
        if one in defined and one not in found:
            found[one] = defined[one]
            todo += _names(defined[one])
    return dict(sorted(found.items()))


def _of_verb(verb: str, package: Path) -> str:
    """Write the function of a verb as text, with all that it names in modules of the command line.

    What helpers import from elsewhere is left out: they read options and rows, whose values the
    workflow knows by the names of their files.
    """
    found: dict[tuple[Path, str], ast.stmt] = {}
    todo = [_place(verb, package)]
    while todo:
        path, start = todo.pop()
        for name, node in _named(start, _defined(path)).items():
            if (path, name) in found:
                continue
            found[path, name] = node
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_CLI):
                below = (node.module or "").removeprefix(_CLI).split(".")
                module = package.joinpath("cli", *below).with_suffix(".py")
                todo.append((module, node.names[0].name))
    return _plain(ast.Module([found[key] for key in sorted(found)], []))

"""Make the virtual environment from requirements.lock, and the lock from pyproject.toml.

    python .ci/environment.py install .venv          what `make` does before anything else
    python .ci/environment.py lock [--upgrade]       what `make lock` does

Standard library only. Packages are put in place by uv, which takes seconds where pip takes
minutes; uv itself comes from the lock, checked by its hash like all others. uv does not read
the settings of pip, so they are handed to it; where it fails all the same, pip does the work.

The lock is made from the index alone: folders of packages that lie on this machine, and limits set
there, would leave out the files that other machines need. What it lacks for one of the platforms
below is named, and then the old lock stays.
"""

import argparse
import ast
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"

#: Settings of pip that say where packages come from, how uv calls them, and what joins a list.
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "proxy": ("ALL_PROXY", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
}

#: Variables of uv that name indexes, and those that tie a choice of versions to one machine.
INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
LOCAL = (
    *("UV_CONFIG_FILE", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_CONSTRAINT", "UV_BUILD_CONSTRAINT"),
    *("UV_OVERRIDE", "UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_RESOLUTION"),
    *("UV_NO_BINARY", "UV_ONLY_BINARY"),
)

#: Where the lock must install from wheels. On macOS with x86-64 some packages have none any more.
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin")

#: Packages without any wheel, whose source is Python alone and installs without a compiler.
FROM_SOURCE = {"connection-pool"}


def pip_settings(lines: Iterable[str]) -> dict[str, str]:
    """Read the output of `pip config list`: variables before [install] before [global]."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in lines:
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        if section in found:
            try:
                found[section][key] = str(ast.literal_eval(value))
            except (SyntaxError, ValueError):
                continue
    return {**found["global"], **found["install"], **found[":env:"]}


def uv_variables(settings: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """Say settings of pip as variables of uv; a variable that is already there stays."""
    # Every file must match the lock, so it does not matter which of several indexes gives it.
    variables = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for key, (variable, joint) in SETTINGS.items():
        if words := settings.get(key, "").split():
            variables[variable] = joint.join(words)
    return {name: value for name, value in variables.items() if name not in present}


def index_alone(variables: Mapping[str, str]) -> dict[str, str]:
    """Leave out what speaks of this machine's folders or limits versions; keep the indexes."""
    kept = {name: value for name, value in variables.items() if name not in LOCAL}
    for name in INDEXES:
        words = kept.pop(name, "").split()
        if words := [word for word in words if re.search(r"(^|=)https?://", word)]:
            kept[name] = " ".join(words)
    return kept


def hashes(lock: str) -> dict[str, set[str]]:
    """Read the hashes of each package of a lock."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in lock.splitlines():
        if pin := re.match(r"([\w.-]+)==", line):
            name = pin[1]
            found[name] = set()
        found.get(name, set()).update(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


def lacking(lock: str, resolved: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Name the packages that a lock does not let install from a wheel.

    Parameters
    ----------
    lock
        The lock.
    resolved
        By platform: the packages that it needs with the wheels that it can use, as a pylock.toml
        says it.
    """
    allowed = hashes(lock)
    return [
        f"{package['name']} {package['version']}: no wheel for {platform}"
        for platform, content in resolved.items()
        for package in content["packages"]
        if package["name"] not in FROM_SOURCE
        and not any(
            wheel["hashes"]["sha256"] in allowed.get(package["name"], set())
            for wheel in package.get("wheels", [])
        )
    ]


def pinned(lock: str, package: str) -> str:
    """Return the lines of a lock that pin one package."""
    lines = lock.splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = start
    while lines[end].rstrip().endswith("\\"):
        end += 1
    return "".join(lines[start : end + 1])


class Environment:
    """A virtual environment that is being made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        # The user's own packages and settings stay outside.
        self.variables = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "PYTHONNOUSERSITE": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_USER": "0",
            "VIRTUAL_ENV": str(folder),
        }

    def run(self, *command: str | Path, variables: Mapping[str, str] | None = None) -> None:
        """Run a command in the environment; raise if it fails."""
        subprocess.run(command, check=True, env=variables or self.variables, cwd=ROOT)  # noqa: S603  # a list of words, no shell

    def create(self) -> None:
        """Make an empty environment, whatever stood there before."""
        # Started from this very environment, Python must not clear the ground it stands on.
        base = getattr(sys, "_base_executable", sys.executable)
        self.run(base, "-m", "venv", "--clear", self.folder)

    def add_uv(self, requirement: str) -> None:
        """Install uv alone, by pip."""
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "uv.txt"
            file.write_text(requirement, encoding="utf-8")
            hashed = ["--require-hashes"] if "--hash" in requirement else []
            self.run(self.python, "-m", "pip", "install", "-q", "--no-deps", *hashed, "-r", file)

    def uv(self, *arguments: str | Path, local: bool = True) -> None:
        """Run uv with the settings of pip; without those of this machine alone if not `local`."""
        listed = subprocess.run(  # noqa: S603  # a list of words, no shell
            [self.python, "-m", "pip", "config", "list"],
            capture_output=True,
            text=True,
            check=False,
            env=self.variables,
        )
        settings = pip_settings(listed.stdout.splitlines())
        variables = {**self.variables, **uv_variables(settings, self.variables)}
        command = [self.folder / "bin" / "uv", *arguments]
        if local:
            self.run(*command, variables=variables)
        else:
            self.run(*command, "--no-config", variables=index_alone(variables))

    def add_by_uv(self) -> None:
        """Install what the lock names, by uv."""
        self.add_uv(pinned(LOCK.read_text(encoding="utf-8"), "uv"))
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        self.uv("pip", "install", *quiet, "--require-hashes", "-r", LOCK)

    def add_by_pip(self) -> None:
        """Install what the lock names, by pip."""
        self.run(
            self.python, "-m", "pip", "install", "--no-compile", "--require-hashes", "-r", LOCK
        )

    def compile(self) -> None:
        """Compile what was installed, all but its tests: an import is three times as fast."""
        packages = next(self.folder.glob("lib/python*/site-packages"))
        options = ["-qq", "-j", "0", "-x", "/tests?/"]
        command: list[str | Path] = [self.python, "-m", "compileall", *options, packages]
        # A file that does not compile is a template or meant for another version of Python.
        subprocess.run(command, check=False, env=self.variables)  # noqa: S603  # a list of words, no shell


def install(folder: Path, installer: str, *, compiled: bool = True) -> None:
    """Make the environment at `folder`; the file `.complete` in it comes last."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {text}", flush=True)

    environment = Environment(folder)
    version = ".".join(map(str, sys.version_info[:3]))
    say(f"{folder.name}: a new environment with Python {version}")
    if sys.version_info >= (3, 14):
        say("note: tried with Python 3.11 to 3.13; a newer one may need a C compiler here")
    environment.create()
    if installer == "uv":
        try:
            say(f"{folder.name}: packages of {LOCK.name}, by uv")
            environment.add_by_uv()
        except (subprocess.CalledProcessError, OSError) as error:
            reason = f"exit code {getattr(error, 'returncode', error)}"
            say(f"{folder.name}: uv did not manage ({reason}); pip takes two or three minutes")
            installer = "pip"
    if installer == "pip":
        say(f"{folder.name}: packages of {LOCK.name}, by pip")
        environment.add_by_pip()
    if compiled:
        say(f"{folder.name}: compiling them")
        environment.compile()
    (folder / ".complete").touch()
    say(f"{folder.name}: complete")


def lock(*, upgrade: bool) -> list[str]:
    """Make requirements.lock from pyproject.toml: one version of each package for all Pythons.

    Returns
    -------
    What it lacks on one of the platforms; if anything, the old lock stays.
    """
    with tempfile.TemporaryDirectory() as scratch:
        environment = Environment(Path(scratch) / "venv")
        environment.create()
        environment.add_uv("uv")
        made = Path(scratch) / LOCK.name
        # Versions that stand in the lock stay; hashes would stay too, and new files be left out.
        old = LOCK.read_text(encoding="utf-8")
        made.write_text(re.sub(r" \\\n +--hash=\S+", "", old), encoding="utf-8")
        environment.uv(
            *("pip", "compile", "pyproject.toml", "--output-file", made),
            *("--extra", "workflow", "--extra", "slurm", "--extra", "group"),
            *("--extra", "docs", "--extra", "dev"),
            *("--universal", "--fork-strategy", "fewest", "--python-version", PYTHONS[0]),
            *("--generate-hashes", "--no-header", "--quiet"),
            *(["--upgrade"] if upgrade else []),
            local=False,
        )
        new = made.read_text(encoding="utf-8")
        resolved = {}
        for python, platform in itertools.product(PYTHONS, PLATFORMS):
            file = Path(scratch) / f"pylock.{len(resolved)}.toml"
            environment.uv(
                *("pip", "compile", made, "--no-deps", "--quiet"),
                *("--format", "pylock.toml", "--output-file", file),
                *("--python-version", python, "--python-platform", platform),
                local=False,
            )
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            resolved[f"Python {python}, {platform}"] = content
    faults = lacking(new, resolved)
    if not faults:
        LOCK.write_text(new, encoding="utf-8")
    return faults


def main() -> int:
    """Run one of the two verbs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("install", help="make the virtual environment")
    verb.add_argument("folder", type=Path)
    verb.add_argument("--installer", choices=("uv", "pip"), default="uv")
    verb.add_argument("--uncompiled", action="store_true", help="leave compiling to the first use")
    verb = verbs.add_parser("lock", help="make requirements.lock")
    verb.add_argument("--upgrade", action="store_true", help="take the newest versions")
    arguments = parser.parse_args()
    try:
        if arguments.verb == "install":
            compiled = not arguments.uncompiled
            install(arguments.folder.absolute(), arguments.installer, compiled=compiled)
        elif faults := lock(upgrade=arguments.upgrade):
            print(f"{LOCK.name} stays as it was:", *faults, sep="\n  ", file=sys.stderr)
            return 1
    except subprocess.CalledProcessError as error:
        print(f"failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the next run begins anew", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

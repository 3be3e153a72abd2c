"""The rules of the workflow, as the jobs that they stand for.

What Snakemake tracks of a rule is what its jobs are asked: the parameters that depend on nothing
but wildcards, and the command. A parameter that takes `input` or `output` as well is the path of a
file, or follows from one, and is left out.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twinscreen.records.record import Job, inside

_WILDCARD = re.compile(r"\{(\w+)\}")


class RuleJobs:
    """The jobs of all rules that write below an output folder.

    Parameters
    ----------
    output
        The output folder, as rules name it.
    pathvars
        What stands for folders in the paths of rules, as `<results>` does.
    find
        Gives a rule by its name: what has `input`, `output` and `params`, and a `rule` with
        `output` and `shellcmd`, as Snakemake's `rules` do.
    """

    def __init__(
        self, output: str, pathvars: Mapping[str, str], find: Callable[[str], Any]
    ) -> None:
        self._output = output
        self._pathvars = pathvars
        self._find = find
        self._names: list[str] = []
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        self._jobs: dict[tuple[str, str], Job] = {}
        self._makers: dict[str, tuple[str, str] | None] = {}

    def add(self, name: str) -> None:
        """Say that there is a rule; it is looked at when all are there."""
        self._names.append(name)

    def job(self, name: str, wildcards: Any) -> Job:
        """Describe the job of a rule for some wildcards."""
        unit = next(iter(wildcards), "")
        if (name, unit) not in self._jobs:
            self._jobs[name, unit] = self._described(name, unit, wildcards)
        return self._jobs[name, unit]

    def making(self, path: str) -> Job | None:
        """Find the job that makes a file of the output folder, by its path in records."""
        maker = self._maker(path)
        return self.job(maker[0], _Wildcards(self._wildcard(maker[0]), maker[1])) if maker else None

    def _described(self, name: str, unit: str, wildcards: Any) -> Job:
        rule = self._find(name)
        inputs = {}
        for file in _files([*rule.input][1:], wildcards):  # the first is the description itself
            path = self._path(file, unit)
            maker = self._maker(path)
            inputs[path] = "/".join(filter(None, maker)) if maker else ""
        return Job(
            rule=name,
            unit=unit,
            asked=self._asked(rule, wildcards),
            inputs=inputs,
            outputs=tuple(self._path(file, unit) for file in rule.output),
            temporary=tuple(
                self._path(file, unit)
                for file, given in zip(rule.output, rule.rule.output, strict=True)
                if given.flags.get("temp")
            ),
            benchmark=self._path(rule.benchmark, unit) if rule.rule.benchmark else "",
        )

    def _asked(self, rule: Any, wildcards: Any) -> dict[str, Any]:
        """Evaluate the parameters that depend on wildcards alone."""
        asked: dict[str, Any] = {"shell": rule.rule.shellcmd}
        for name, value in rule.params.items():
            if callable(value):
                if [*inspect.signature(value).parameters] != ["wildcards"]:
                    continue
                value = value(wildcards)
            asked[name] = inside(value, self._output) if isinstance(value, str) else value
        return dict(json.loads(json.dumps(asked)))  # as records hold it

    def _path(self, pattern: Any, unit: str) -> str:
        """Write a path of a rule as records do, with the unit in the place of the wildcard."""
        path = _WILDCARD.sub(unit, str(pattern))
        for name, folder in self._pathvars.items():
            path = path.replace(f"<{name}>", folder)
        return inside(path, self._output)

    def _maker(self, path: str) -> tuple[str, str] | None:
        """Find which rule makes a file, and for which unit."""
        if path not in self._makers:
            if not self._patterns:
                # as for Snakemake, a path without a wildcard comes first
                self._patterns = sorted(self._all_patterns(), key=lambda one: one[0].groups)
            found = ((name, pattern.fullmatch(path)) for pattern, name in self._patterns)
            self._makers[path] = next(
                ((name, (*match.groups(), "")[0]) for name, match in found if match), None
            )
        return self._makers[path]

    def _all_patterns(self) -> Iterable[tuple[re.Pattern[str], str]]:
        for name in self._names:
            for file in self._find(name).output:
                path = re.escape(inside(str(file), self._output))
                yield re.compile(re.sub(r"\\\{\w+\\\}", "([A-Za-z0-9_-]+)", path)), name

    def _wildcard(self, name: str) -> str:
        found = _WILDCARD.search(str(self._find(name).output[0]))
        return found[1] if found else ""


class _Wildcards(tuple):
    """The wildcards of a job, of which there is one at most, as Snakemake gives them."""

    def __new__(cls, name: str, value: str) -> _Wildcards:
        made = super().__new__(cls, [value] if name else [])
        if name:
            setattr(made, name, value)
        return made


def _files(items: Iterable[Any], wildcards: Any) -> Iterable[str]:
    """Give the files that a rule names, by functions too."""
    for item in items:
        found = item(wildcards) if callable(item) else item
        yield from [found] if isinstance(found, str) else found

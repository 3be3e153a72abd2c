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
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

from snakemake.io import apply_wildcards, regex_from_filepattern

from twinscreen.records.record import Job, inside, job_name

_WILDCARD = re.compile(r"\{(\w+)\}")

#: A rule by its name, and the values of its wildcards.
_Maker = tuple[str, tuple[str, ...]]


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
        self._rules: dict[str, _Rule] = {}
        self._jobs: dict[_Maker, Job] = {}
        self._makers: dict[str, _Maker | None] = {}

    def add(self, name: str) -> None:
        """Say that there is a rule; it is looked at when all are there."""
        self._names.append(name)

    def job(self, name: str, wildcards: Any) -> Job:
        """Describe the job of a rule for some wildcards."""
        values = tuple(map(str, wildcards))
        if (name, values) not in self._jobs:
            self._jobs[name, values] = self._described(name, values, wildcards)
        return self._jobs[name, values]

    def making(self, path: str) -> Job | None:
        """Find the job that makes a file of the output folder, by its path in records."""
        maker = self._maker(path)
        if maker is None:
            return None
        name, values = maker
        return self._jobs.get(maker) or self.job(
            name, _Wildcards(zip(self._rule(name).wildcards, values, strict=True))
        )

    def _described(self, name: str, values: tuple[str, ...], wildcards: Any) -> Job:
        rule = self._rule(name)
        named = dict(zip(rule.wildcards, values, strict=True))
        inputs = {}
        for file in _files(rule.inputs, wildcards):
            path = _filled(self._path(file), named)
            maker = self._maker(path)
            inputs[path] = job_name(maker[0], _unit(maker[1])) if maker else ""
        asked = {
            key: self._told(value(wildcards)) if callable(value) else value
            for key, value in rule.asked.items()
        }
        return Job(
            rule=name,
            unit=_unit(values),
            asked=asked,
            inputs=inputs,
            outputs=tuple(_filled(path, named) for path in rule.outputs),
            temporary=tuple(_filled(path, named) for path in rule.temporary),
            benchmark=_filled(rule.benchmark, named),
        )

    def _rule(self, name: str) -> _Rule:
        """Look at a rule, once."""
        if name not in self._rules:
            found = self._find(name)
            outputs = tuple(map(self._path, found.output))
            temporary = (bool(given.flags.get("temp")) for given in found.rule.output)
            self._rules[name] = _Rule(
                inputs=(*found.input,)[1:],  # the first is the description itself
                outputs=outputs,
                temporary=tuple(compress(outputs, temporary)),
                benchmark=self._path(found.benchmark) if found.rule.benchmark else "",
                asked={"shell": found.rule.shellcmd}
                | {
                    key: value if callable(value) else self._told(value)
                    for key, value in found.params.items()
                    if _of_wildcards_alone(value)
                },
                wildcards=tuple(_WILDCARD.findall(outputs[0])),
            )
        return self._rules[name]

    def _told(self, value: Any) -> Any:
        """Write a parameter as records hold it."""
        if isinstance(value, str):
            return inside(value, self._output)
        return json.loads(json.dumps(value))

    def _path(self, pattern: Any) -> str:
        """Write a path of a rule as records do, with its wildcard."""
        path = str(pattern)
        if "<" in path:
            for name, folder in self._pathvars.items():
                path = path.replace(f"<{name}>", folder)
        return inside(path, self._output)

    def _maker(self, path: str) -> _Maker | None:
        """Find which rule makes a file, and for which wildcards."""
        if path not in self._makers:
            patterns = self._patterns.get(path.rpartition("/")[0], ())
            found = ((name, pattern.fullmatch(path)) for pattern, name in patterns)
            self._makers[path] = next(
                ((name, tuple(match.groupdict().values())) for name, match in found if match), None
            )
        return self._makers[path]

    @cached_property
    def _patterns(self) -> dict[str, list[tuple[re.Pattern[str], str]]]:
        """What outputs look like, and of which rule they are, by folder."""
        found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for name in self._names:
            constrained = map(self._path, self._find(name).rule.output)
            for path, pattern in zip(self._rule(name).outputs, constrained, strict=True):
                match = re.compile(regex_from_filepattern(pattern))
                found.setdefault(path.rpartition("/")[0], []).append((match, name))
        # as for Snakemake, a path without a wildcard comes first
        return {
            folder: sorted(patterns, key=lambda one: bool(one[0].groups))
            for folder, patterns in found.items()
        }


@dataclass(frozen=True)
class _Rule:
    """What is the same for all jobs of a rule; paths have their wildcard."""

    #: As the rule names them, by functions too.
    inputs: tuple[Any, ...]
    outputs: tuple[str, ...]
    temporary: tuple[str, ...]
    benchmark: str
    #: Values, or functions of the wildcards.
    asked: Mapping[str, Any]
    wildcards: tuple[str, ...]


class _Wildcards(tuple):
    """The wildcards of a job, as Snakemake gives them."""

    def __new__(cls, named: Iterable[tuple[str, str]]) -> _Wildcards:
        values = dict(named)
        made = super().__new__(cls, values.values())
        vars(made).update(values)
        return made


def _files(items: Iterable[Any], wildcards: Any) -> Iterable[str]:
    """Give the files that a rule names, by functions too."""
    for item in items:
        found = item(wildcards) if callable(item) else item
        yield from [found] if isinstance(found, str) else found


def _filled(path: str, wildcards: Mapping[str, str]) -> str:
    """Put values in the place of wildcards."""
    return apply_wildcards(path, wildcards) if "{" in path else path


def _unit(values: tuple[str, ...]) -> str:
    """Name what a job is about by the values of its wildcards."""
    return ".".join(values)


def _of_wildcards_alone(value: Any) -> bool:
    """Whether a parameter depends on nothing but wildcards, if on them."""
    return not callable(value) or [*inspect.signature(value).parameters] == ["wildcards"]

"""Runs of the tiny cohort through Slurm, by the profile."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slurm_daemons import Slurm, ends_with_parent

from tiny_cohort import Study

#: Options that make runs of the tiny cohort short.
SHORT: dict[str, Any] = {
    "knowledge": {"rewirings": 20},
    "twin": {"random_sets": 20, "bootstrap_replicates": 20, "null_replicates": 20},
    "communication": {"permutations": 100},
    "screen": {"random_seeds": 20, "random_modules": 64, "pairs": 0},
}

#: What docs/clusters.md says for a cluster without accounting, and what makes a test short.
FLAGS = (
    *("--workflow-profile", "slurm", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10"),
)

#: Seconds that a run takes at most. It ends a test that hangs: with nothing else on the machine the
#: longest takes a small part of it, where ten others compute 37 of its 56 steps took 900.
LONGEST = 3600


@dataclass(frozen=True)
class Asked:
    """What a job asked Slurm for (memory in MB), and what became of it."""

    name: str
    state: str
    cores: int
    memory: int
    minutes: int


@dataclass(frozen=True)
class OnSlurm:
    """A study that is run by the profile."""

    study: Study
    slurm: Slurm

    def start(self, config: Path, *arguments: str) -> subprocess.Popen[str]:
        """Start a run; what it prints goes to run.log in the folder of the study."""
        variables = self.study.variables()
        with open(self.log, "a", encoding="utf-8") as log:
            return subprocess.Popen(
                self.study.command(config, *arguments, *FLAGS),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                env={**variables, **self.slurm.variables(variables["PATH"])},
                preexec_fn=ends_with_parent,
            )

    def run(self, config: Path, *arguments: str) -> tuple[int, str]:
        """Run to the end; give the exit code and what was printed since the study began."""
        code = self.start(config, *arguments).wait(LONGEST)
        return code, self.printed()

    @property
    def log(self) -> Path:
        return self.study.folder / "run.log"

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def asked(self) -> list[Asked]:
        """List the jobs of this study, in the order in which they were submitted."""
        listed = self.slurm.ask(
            *("squeue", "-h", "-r", "-t", "all", "-S", "i", "-o", "%Z|%k|%T|%C|%m|%l"),
        )
        found = []
        for line in listed.splitlines():
            folder, name, state, cores, memory, limit = line.split("|")
            if folder == str(self.study.folder):
                found.append(
                    Asked(name, state, int(cores), int(memory.rstrip("M")), minutes(limit))
                )
        return found


def minutes(limit: str) -> int:
    """Read a limit of time as Slurm writes it, `days-hours:minutes:seconds`."""
    days, _, rest = limit.rpartition("-")
    parts = [int(part) for part in rest.split(":")]
    hours, whole, _ = [0] * (3 - len(parts)) + parts
    return (int(days or 0) * 24 + hours) * 60 + whole

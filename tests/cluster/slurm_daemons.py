"""A Slurm of one node on this machine, with daemons of its own that end with it."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: Programs that a Slurm consists of, and the packages of Debian that have them.
PROGRAMS = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "sbatch": "slurm-client",
}

#: Folders of daemons, which are not on everybody's path.
SBIN = ("/usr/sbin", "/usr/local/sbin", "/sbin")

SETTINGS = """\
ClusterName=twinscreen
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld_port}
SlurmdPort={slurmd_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
KillWait=5
MinJobAge=300
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory}
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def lacking() -> list[str]:
    """Name the packages whose programs are not here."""
    return sorted({package for name, package in PROGRAMS.items() if not _program(name)})


def _program(name: str) -> str:
    """Find a program on the path or where daemons are; empty if it is not there."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN])) or ""


def _ends_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def wait_for(fact: Callable[[], object], seconds: float, what: str, every: float = 0.2) -> None:
    """Wait until something is true; raise, and say what was waited for, if it is not in time."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds} s still waiting for {what}")
        time.sleep(every)


@dataclass
class Slurm:
    """Controller, node and key service on loopback, with all their files in one folder.

    There is no accounting, as on many small clusters. A job that takes more memory than it asked
    for is killed within some seconds.
    """

    folder: Path
    cores: int = 2
    daemons: dict[str, subprocess.Popen] = field(default_factory=dict)

    def variables(self, path: str = os.environ.get("PATH", "")) -> dict[str, str]:
        """Give the variables by which a client finds this Slurm and no other."""
        return {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(self.folder / "bin"), path]),
        }

    def start(self) -> None:
        """Start the daemons, and wait until the node takes jobs."""
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(mode=0o700, parents=True)
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        # Two free ports, kept until both are known.
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            two.bind(("127.0.0.1", 0))
            ports = one.getsockname()[1], two.getsockname()[1]
        settings = SETTINGS.format(
            host=socket.gethostname().split(".")[0],
            ctld_port=ports[0],
            slurmd_port=ports[1],
            user=pwd.getpwuid(os.getuid()).pw_name,
            folder=self.folder,
            cores=min(self.cores, os.cpu_count() or 1),
            memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        )
        (self.folder / "slurm.conf").write_text(settings, encoding="utf-8")
        munge = [
            f"--{name}-file={self.folder}/munge/{name}" for name in ("key", "pid", "log", "seed")
        ]
        self._start(
            "munged", "--foreground", "--force", f"--socket={self.folder}/munge/socket", *munge
        )
        wait_for((self.folder / "munge" / "socket").exists, 10, "munged")
        self._write_srun()
        self._start("slurmctld", "-D", "-f", str(self.folder / "slurm.conf"))
        self._start("slurmd", "-D", "-f", str(self.folder / "slurm.conf"))
        wait_for(lambda: self.ask("sinfo", "-h", "-o", "%t") == "idle", 30, "the node to be idle")

    def _write_srun(self) -> None:
        """Write an srun that knows this Slurm: steps of the plugin lose all variables SLURM_*."""
        program = self.folder / "bin" / "srun"
        program.parent.mkdir()
        conf = self.folder / "slurm.conf"
        program.write_text(
            f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)

    def _start(self, name: str, *arguments: str) -> None:
        """Start a daemon that ends with this process, however it ends."""
        with open(self.folder / f"{name}.log", "w", encoding="utf-8") as log:
            self.daemons[name] = subprocess.Popen(
                [_program(name), *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.variables()},
                preexec_fn=_ends_with_parent,
            )

    def ask(self, *command: str) -> str:
        """Run a client; give what it prints, nothing if it fails."""
        variables = {**os.environ, **self.variables()}
        ran = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        return ran.stdout.strip() if ran.returncode == 0 else ""

    def jobs(self, *states: str) -> list[str]:
        """Ids of the jobs in these states; of those that wait or run, if none is named."""
        listed = ",".join(states or ("PENDING", "RUNNING", "COMPLETING"))
        return self.ask("squeue", "-h", "-r", "-o", "%i", "-t", listed).split()

    def stop(self) -> None:
        """Cancel what runs, then end the daemons, the last that was started first."""
        self.ask("scancel", "--user", pwd.getpwuid(os.getuid()).pw_name)
        try:
            wait_for(lambda: not self.jobs(), 30, "jobs to end")
        finally:
            for daemon in reversed(self.daemons.values()):
                daemon.terminate()
                try:
                    daemon.wait(20)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()

"""A Slurm of one node on this machine, which ends with the process that started it."""

import ctypes
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
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

#: A numbering of processes of its own: when its first is killed, the kernel ends all the others.
ALONE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")

SETTINGS = """\
ClusterName=twinscreen
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld_port}
SlurmdPort={slurmd_port}
SlurmUser=root
SlurmdUser=root
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
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory}
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def lacking() -> str:
    """Say what is missing for a Slurm here; nothing if all is there."""
    packages = sorted({package for name, package in PROGRAMS.items() if not _program(name)})
    if packages:
        return f"install {', '.join(packages)} (packages of Debian)"
    if not shutil.which(ALONE[0]) or subprocess.run([*ALONE, "true"], check=False).returncode:
        return "they take root and `unshare --pid`, so that no daemon outlives them"
    return ""


def _program(name: str) -> str:
    """Find a program on the path or where daemons are; empty if it is not there."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN])) or ""


def ends_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def wait_for(fact: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something is true; raise, and say what was waited for, if it is not in time."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds} s still waiting for {what}")
        time.sleep(0.2)


@dataclass
class Slurm:
    """Controller, node and key service on loopback, with all their files in one folder.

    There is no accounting, as on many small clusters. A job that takes more memory than it asked
    for is killed within a second or two.
    """

    folder: Path
    cores: int = 2
    daemons: subprocess.Popen | None = None

    def variables(self, path: str = os.environ.get("PATH", "")) -> dict[str, str]:
        """Give the variables by which a client finds this Slurm and no other."""
        return {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(self.folder / "bin"), path]),
        }

    def start(self) -> None:
        """Start the daemons, and wait until the node takes jobs."""
        self._write_settings()
        self._write_srun()
        munge, conf = self.folder / "munge", str(self.folder / "slurm.conf")
        files = [f"--{name}-file={munge / name}" for name in ("key", "pid", "log", "seed")]
        commands = [
            ["munged", "--foreground", "--force", f"--socket={munge / 'socket'}", *files],
            ["slurmctld", "-D", "-f", conf],
            ["slurmd", "-D", "-f", conf],
        ]
        first, *others = (
            f"{shlex.join([_program(name), *arguments])} > {self.folder / name}.log 2>&1 &"
            for name, *arguments in commands
        )
        ready = f"while [ ! -S {munge / 'socket'} ]; do sleep 0.1; done"
        self.daemons = subprocess.Popen(
            [*ALONE, "sh", "-c", "\n".join([first, ready, *others, "wait"])],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.variables()},
            preexec_fn=ends_with_parent,
        )
        wait_for(lambda: self.ask("sinfo", "-h", "-o", "%t") == "idle", 60, "the node to be idle")

    def _write_settings(self) -> None:
        """Write the settings of Slurm and the key of munge."""
        for name in ("munge", "state", "spool", "bin"):
            (self.folder / name).mkdir(mode=0o755)
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
            folder=self.folder,
            cores=min(self.cores, os.cpu_count() or 1),
            memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        )
        (self.folder / "slurm.conf").write_text(settings, encoding="utf-8")

    def _write_srun(self) -> None:
        """Write an srun that knows this Slurm: the plugin takes SLURM_CONF from its steps."""
        program = self.folder / "bin" / "srun"
        conf = self.folder / "slurm.conf"
        program.write_text(
            f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)

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
        """End the daemons and every job."""
        if self.daemons:
            self.daemons.kill()
            self.daemons.wait()

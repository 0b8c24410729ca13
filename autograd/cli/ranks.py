"""Starting a program on several ranks, by MPI's launcher."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .parsing import CommandError

# Set on ranks whose launcher writes to a terminal.
TERMINAL = "CHALKGRAD_TERMINAL"
INSTALL = 'pip install "chalkgrad[mpi]"'
# Where launchers say the number of a rank on its machine, and how many there are on it.
LOCAL = (
    ("MPI_LOCALRANKID", "MPI_LOCALNRANKS"),
    ("OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"),
)
# Once a signal ended a process that it started, MPICH's launcher goes, and with it what is still to be said. So it
# starts a shell, which outlives the program.
OUTLIVED = 'trap "" USR1; "$@"; exit $?'


def start(ranks: int, arguments: Sequence[str]) -> None:
    """Run ``python -m autograd ...`` with these arguments on so many ranks, and exit as they do.

    They share the CPUs: each uses as many threads as there are for it, unless ``OMP_NUM_THREADS`` says how many.
    """
    from autograd.distributed.launched import has_mpi
    from autograd.distributed.watch import cpus

    if not has_mpi():
        raise CommandError(f"{ranks} ranks need mpi4py: {INSTALL}")
    program = launcher()
    if program is None:
        raise CommandError(f"found no mpiexec, which starts ranks: {INSTALL}")
    environment = {"OMP_NUM_THREADS": str(max(1, cpus() // ranks)), **os.environ}
    if sys.stderr.isatty():
        # Ranks write to the launcher, which passes it on to a terminal of this width.
        environment |= {TERMINAL: "1", "COLUMNS": str(shutil.get_terminal_size().columns)}
    sys.stdout.flush()
    sys.exit(subprocess.call([*command(program, ranks), sys.executable, "-m", "autograd", *arguments], env=environment))


def launcher() -> str | None:
    """The program that starts ranks: that of this environment, or else the system's."""
    beside = str(Path(sys.executable).parent)
    found = [shutil.which(name, path=path) for path in (beside, None) for name in ("mpiexec", "mpirun")]
    return next(filter(None, found), None)


def command(program: str, ranks: int) -> list[str]:
    """How ``program`` is told to start so many ranks, be there fewer CPUs, and to let those live that are left when
    one dies: they say who it was before they end."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    if "HYDRA" in version:
        return [program, "-disable-auto-cleanup", "-n", str(ranks), "sh", "-c", OUTLIVED, "sh"]
    return [program, *(["--oversubscribe"] if "Open MPI" in version else []), "-n", str(ranks)]


def is_rank() -> bool:
    """Whether this process is one of several that a launcher has started."""
    from autograd.distributed.launched import told

    return told()[1] > 1


def enter() -> None:
    """On a rank, be ready before the program is: whatever it raises is told to the others.

    It finds in the environment what PyTorch's launcher would have put there.
    """
    from autograd.distributed.launched import has_mpi, told

    rank, size = told()
    if size == 1 or not has_mpi():
        return
    from autograd.distributed.watch import watch

    local, beside = next((pair for pair in LOCAL if pair[0] in os.environ), ("", ""))
    variables = {
        "RANK": rank,
        "WORLD_SIZE": size,
        "LOCAL_RANK": os.environ.get(local, rank),
        "LOCAL_WORLD_SIZE": os.environ.get(beside, size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": 29500,
    }
    for name, value in variables.items():
        os.environ.setdefault(name, str(value))
    watch(over_mpi=True)

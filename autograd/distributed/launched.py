"""Whether MPI has started this process."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping

# What launchers tell a process of its number, and of how many there are: MPICH's and Intel's, Open MPI's, MVAPICH's.
TOLD = (
    ("PMI_RANK", "PMI_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
)
INSTALL = 'pip install "chalkgrad[mpi]"'


def told(environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """The number of this process and how many there are, by its launcher; 0 and 1 where none has started it.

    >>> told({"PMI_RANK": "2", "PMI_SIZE": "4"}), told({})
    ((2, 4), (0, 1))
    """
    for rank, size in TOLD:
        if rank in environment and size in environment:
            return int(environment[rank]), int(environment[size])
    return 0, 1


def has_mpi() -> bool:
    """Whether mpi4py is installed."""
    return importlib.util.find_spec("mpi4py") is not None

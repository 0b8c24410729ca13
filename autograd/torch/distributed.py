"""``torch.distributed``, which isn't available: there is one process."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from .names_only import Nothing


def is_available() -> bool:
    """False."""
    return False


is_initialized = is_nccl_available = is_gloo_available = is_mpi_available = is_torchelastic_launched = is_available
is_xccl_available = is_ucc_available = is_available


class ReduceOp(Enum):
    """How numbers of several processes become one."""

    SUM, AVG, PRODUCT, MIN, MAX = range(5)


class ProcessGroup(Nothing):
    """Processes that talk with each other."""


class Backend(str):
    """The name of a way in which processes talk."""

    UNDEFINED, GLOO, NCCL, MPI = "undefined", "gloo", "nccl", "mpi"


class Work(Nothing):
    """What processes are at."""


class group:
    """The groups that there are by name: none."""

    WORLD: Any = None
    NON_GROUP_MEMBER: Any = None


GroupMember = group


def absent(name: str) -> Callable[..., Any]:
    """The function ``name``, which asks other processes."""

    def ask(*args: Any, **options: Any) -> Any:
        raise RuntimeError(f"torch.distributed.{name}: there is one process; other backends are out of scope here")

    ask.__name__ = ask.__qualname__ = name
    return ask


TALKING = """all_gather all_gather_into_tensor all_gather_object all_reduce all_to_all all_to_all_single barrier
broadcast broadcast_object_list destroy_process_group gather gather_object get_backend get_global_rank
get_process_group_ranks get_rank get_world_size init_process_group irecv isend monitored_barrier new_group recv reduce
reduce_scatter reduce_scatter_tensor scatter scatter_object_list send"""
globals().update({name: absent(name) for name in TALKING.split()})

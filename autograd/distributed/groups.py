"""Which processes there are, and groups of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from .launched import INSTALL, has_mpi, told
from .watch import WatchOverMPI, waiting, watch
from .wires import Alone, Wire, mpi
from .work import ProcessGroup

default_pg_timeout = timedelta(minutes=30)
# Names of PyTorch's backends that scripts say, all of which are MPI here.
BACKENDS = ("mpi", "gloo")


class Backend(str):
    """The name of a way in which ranks talk."""

    UNDEFINED, GLOO, NCCL, MPI = "undefined", "gloo", "nccl", "mpi"


class group:
    """The group of all ranks, as ``group.WORLD``, and what `new_group` returns to ranks that are not in the group."""

    WORLD: ProcessGroup | None = None
    NON_GROUP_MEMBER: Any = -100


class GroupMember:
    """The same, by another name of PyTorch's."""

    WORLD = group.WORLD
    NON_GROUP_MEMBER = group.NON_GROUP_MEMBER


_made = 0


def is_available() -> bool:
    """True: without MPI, there is one process."""
    return True


def is_mpi_available() -> bool:
    """Whether mpi4py is installed, so that there can be several processes."""
    return has_mpi()


def is_gloo_available() -> bool:
    """True: it is a name for the same."""
    return True


def is_nccl_available() -> bool:
    """False: it is for GPUs."""
    return False


is_ucc_available = is_xccl_available = is_torchelastic_launched = is_nccl_available


def is_backend_available(backend: str) -> bool:
    """Whether `init_process_group` takes this name."""
    return backend.lower() in BACKENDS


def is_initialized() -> bool:
    """Whether `init_process_group` was called."""
    return group.WORLD is not None


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Join all ranks that ``mpiexec -n 4 python train.py`` or ``python -m autograd run --nproc 4 train.py`` started.

    A process that neither has started is alone: rank 0 of 1, and every call works.

    backend: "mpi", or "gloo", which means the same. timeout: how long any call waits for other ranks until it raises
    DistBackendError, which names them; half an hour if not given. world_size, rank: checked against what the launcher
    said. init_method, store, pg_options, device_id: ranks find each other by MPI.
    Raises ValueError where there is a group already, RuntimeError where the launcher started several ranks and mpi4py
    isn't installed.

    >>> autograd.distributed.init_process_group("mpi")
    >>> autograd.distributed.get_rank(), autograd.distributed.get_world_size()
    (0, 1)
    >>> autograd.distributed.destroy_process_group()
    """
    name = "mpi" if backend in (None, "undefined") else str(backend).lower().removeprefix("cpu:")
    if name not in BACKENDS:
        raise ValueError(f"init_process_group: backend {backend!r} isn't here; 'mpi' is, and 'gloo' as a name for it")
    if is_initialized():
        raise ValueError("trying to initialize the default process group twice!")
    seconds = in_seconds(timeout, default_pg_timeout.total_seconds())
    started = told()[1]
    check_launch(started, world_size, rank)
    watching = watch(over_mpi=started > 1)
    if isinstance(watching, WatchOverMPI):
        watching.meet(seconds)
        # Of a communicator of our own: a script may use MPI beside.
        wait = waiting(watching, "init_process_group", seconds, range(watching.size))
        world: Wire | Alone = Wire(mpi().COMM_WORLD).copy(wait)
        wires: list[Wire | Alone] = [world, *(world.copy(wait) for _ in range(3))]
    else:
        wires = [Alone()] * 4
    made = ProcessGroup(wires, range(watching.size), watching, seconds, group_name or "0", name)
    group.WORLD = GroupMember.WORLD = made


def in_seconds(timeout: timedelta | None, otherwise: float) -> float:
    """Seconds; TypeError for what is no time, ValueError unless there is some."""
    if timeout is None:
        return otherwise
    if not isinstance(timeout, timedelta):
        raise TypeError(f"Expected timeout argument to be of type datetime.timedelta, got {timeout}")
    if timeout <= timedelta(0):
        raise ValueError(f"timeout must be longer than no time, not {timeout}")
    return timeout.total_seconds()


def check_launch(started: int, world_size: int, rank: int) -> None:
    """Raise unless what the script expects is what was started."""
    number = told()[0]
    if started > 1 and not has_mpi():
        raise RuntimeError(f"init_process_group: {started} ranks were started, but mpi4py isn't installed: {INSTALL}")
    expected = world_size if world_size > 0 else int(os.environ.get("WORLD_SIZE", started))
    if expected != started:
        raise ValueError(
            f"init_process_group: world_size is {expected}, but {started} {'was' if started == 1 else 'were'} started; "
            f"start the script by `python -m autograd run --nproc {expected} ...` or `mpiexec -n {expected} python ...`"
        )
    if rank >= 0 and rank != number:
        raise ValueError(f"init_process_group: rank is {rank}, but the launcher made this rank {number}")


def destroy_process_group(group: ProcessGroup | None = None) -> None:
    """Leave ``group``, or all there are. MPI itself goes on until the program ends."""
    forget(group)


def forget(given: ProcessGroup | None) -> None:
    """Leave ``given``, or the group of all ranks."""
    world = current(None)
    if given is None or given is world:
        group.WORLD = GroupMember.WORLD = None


def current(given: Any) -> ProcessGroup:
    """The group that was given, or that of all ranks. ValueError where there is none yet."""
    if given is not None and given is not GroupMember.NON_GROUP_MEMBER:
        if not isinstance(given, ProcessGroup):
            raise TypeError(f"group: expected what new_group() returned, or None, not {type(given).__name__}")
        return given
    if group.WORLD is None:
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")
    return group.WORLD


def outside(given: Any, call: str) -> bool:
    """Whether this rank is not in the group that was given; then a warning says that ``call`` does nothing."""
    if given is not GroupMember.NON_GROUP_MEMBER:
        return False
    warnings.warn(f"Running {call} on global rank {get_rank()} which does not belong to the given group.", stacklevel=3)
    return True


def get_rank(group: ProcessGroup | None = None) -> int:
    """The number of this process in ``group``, or among all; -1 where it isn't in it."""
    return -1 if group is GroupMember.NON_GROUP_MEMBER else current(group).rank()


def get_world_size(group: ProcessGroup | None = None) -> int:
    """How many processes there are in ``group``, or in all; -1 where this one isn't in it."""
    return -1 if group is GroupMember.NON_GROUP_MEMBER else current(group).size()


def get_backend(group: ProcessGroup | None = None) -> str:
    """The name that was given to `init_process_group`."""
    return current(group).backend


def get_process_group_ranks(group: ProcessGroup | None) -> list[int]:
    """The numbers, among all, of the ranks in ``group``."""
    return list(current(group).ranks)


def get_group_rank(group: ProcessGroup, global_rank: int) -> int:
    """The number in ``group`` of the rank that has this one among all. ValueError where it isn't in it."""
    ranks = current(group).ranks
    if global_rank not in ranks:
        raise ValueError(f"Global rank {global_rank} is not part of group {ranks}")
    return ranks.index(global_rank)


def get_global_rank(group: ProcessGroup, group_rank: int) -> int:
    """The number among all of the rank that has this one in ``group``. ValueError where there is none."""
    ranks = current(group).ranks
    if not 0 <= group_rank < len(ranks):
        raise ValueError(f"Group rank {group_rank} is not part of group {ranks}")
    return ranks[group_rank]


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """The environment's ``LOCAL_RANK``, which `python -m autograd run` sets; RuntimeError where nothing has."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is not None:
        return int(fallback_rank)
    raise RuntimeError("LOCAL_RANK is not in the environment. Consider passing fallback_rank")


def new_group(
    ranks: Sequence[int] | None = None,
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    use_local_synchronization: bool = False,
    group_desc: str | None = None,
    device_id: Any = None,
    sort_ranks: bool = True,
) -> Any:
    """A group of these ranks, or of all. All ranks call this, those that are not in it too: they get a stand-in.

    sort_ranks: number them in the group as they are numbered among all, else as they are listed. timeout: as of
    `init_process_group`, whose is taken if none is given.
    """
    global _made
    world = current(None)
    members = list(range(world.size())) if ranks is None else list(ranks)
    if len(set(members)) < len(members):
        raise ValueError(f"new_group: a rank is listed twice in {members}")
    if not members or not set(members) <= set(range(world.size())):
        raise ValueError(f"new_group: {members} are not among the ranks 0 to {world.size() - 1}")
    members = sorted(members) if sort_ranks else members
    call = f"new_group of ranks {members}"
    seconds = in_seconds(timeout, world.timeout)
    # Once all have said that they make the call, they make it.
    world.start(call, iter(()))
    wire = world.wire.split(members)
    _made += 1
    if wire is None:
        return GroupMember.NON_GROUP_MEMBER
    wait = waiting(world.watch, call, seconds, members)
    wires = [wire, *(wire.copy(wait) for _ in range(3))]
    name = group_desc or str(_made)
    return ProcessGroup(wires, members, world.watch, seconds, name, backend or world.backend)

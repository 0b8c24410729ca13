"""What divides one model among processes in PyTorch, as names: libraries import it whether they use it or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# After how long a process gives up waiting for others.
default_pg_timeout = timedelta(minutes=30)
FUNCTIONS = """all_gather_tensor all_reduce all_to_all_single all_to_all_single_autograd always_wrap_policy
apply_activation_checkpointing async_save checkpoint_wrapper compute_local_shape_and_global_offset
consolidate_safetensors_files context_parallel dcp_to_torch_save default_auto_wrap_policy distribute_module
distribute_tensor enable_wrap fully_shard get_model_state_dict get_optimizer_state_dict get_state_dict
implicit_replication init_device_mesh lambda_auto_wrap_policy load load_sharded_optimizer_state_dict loss_parallel
parallelize_module pipeline pipe_split reduce_scatter_tensor register_fsdp_forward_method save set_model_state_dict
set_optimizer_state_dict set_rotate_method set_state_dict size_based_auto_wrap_policy torch_save_to_dcp
transformer_auto_wrap_policy wait_tensor wrap"""


def _refusing(name: str) -> Callable[..., Any]:
    """What stands for the function ``name``, and raises a RuntimeError when it is called."""

    def refuse(*args: Any, **options: Any) -> Any:
        raise RuntimeError(f"{name}: dividing one model among processes is out of scope here")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


globals().update({name: _refusing(name) for name in FUNCTIONS.split()})


class Placement:
    """How a Tensor would lie on several processes. Such plans can be made and compared, and nothing follows them."""


@dataclass(frozen=True)
class Shard(Placement):
    dim: int


@dataclass(frozen=True)
class _StridedShard(Placement):
    dim: int
    split_factor: int = 1


@dataclass(frozen=True)
class Replicate(Placement): ...


@dataclass(frozen=True)
class Partial(Placement):
    reduce_op: str = "sum"

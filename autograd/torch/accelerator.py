"""``torch.cuda`` and ``torch.mps``: there is nothing to wait for, no memory to tell of, and nothing to ask a device."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from .names_only import Nothing
from .version import VERSION


def nothing(*args: Any, **options: Any) -> None:
    """Nothing to do."""


def zero(*args: Any, **options: Any) -> int:
    """0."""
    return 0


def no(*args: Any, **options: Any) -> bool:
    """False."""
    return False


manual_seed = seed = seed_all = empty_cache = ipc_collect = init = _lazy_init = _lazy_call = nothing
reset_peak_memory_stats = reset_max_memory_allocated = reset_max_memory_cached = set_per_process_memory_fraction = (
    nothing
)
memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = memory_cached = zero
max_memory_cached = current_allocated_memory = driver_allocated_memory = zero
is_initialized = is_bf16_supported = is_current_stream_capturing = _is_in_bad_fork = is_built = no
default_generators: tuple[Any, ...] = ()
has_half = False


def absent(name: str) -> Callable[..., Any]:
    """A function that raises what PyTorch raises where it was built for the CPU alone."""

    def ask(*args: Any, **options: Any) -> Any:
        raise AssertionError(
            f"Torch not compiled with CUDA enabled: {name} asks a GPU, and {VERSION} has the CPU alone"
        )

    ask.__name__ = ask.__qualname__ = name
    return ask


ASKING = """current_device current_stream default_stream get_device_capability get_device_name get_device_properties
get_rng_state initial_seed mem_get_info memory_stats memory_summary set_device set_rng_state set_stream synchronize"""
globals().update({name: absent(name) for name in ASKING.split()})


def get_rng_state_all() -> list[Any]:
    """None: there is no device."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Nothing: there is no device."""


# Types of Tensors on a GPU, of which there are none.
TENSORS = ["Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short", "BFloat16"]
globals().update({f"{kind}Tensor": type(f"{kind}Tensor", (Nothing,), {"__module__": __name__}) for kind in TENSORS})


def current_accelerator(check_available: bool = False) -> None:
    """None."""


def get_arch_list() -> list[str]:
    """None."""
    return []


class OutOfMemoryError(RuntimeError):
    """Raised nowhere here: what the CPU has no memory for is Python's MemoryError."""


class Stream(Nothing):
    """A queue of a GPU's."""


class StreamContext(Nothing):
    """A block on a stream."""


class Event(Nothing):
    """A moment on a GPU."""


class graph(Nothing):
    """A block whose run on a GPU is recorded."""


class CUDAGraph(Nothing):
    """A recorded run of a GPU's."""


def stream(stream: Any) -> contextlib.AbstractContextManager[None]:
    """A block like any other: None is the one stream there can be."""
    return contextlib.nullcontext()


class device:
    """A block on a device. There is none but the CPU, which None and -1 leave as it is."""

    def __init__(self, device: Any) -> None:
        if device not in (None, -1):
            absent("device")()

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...

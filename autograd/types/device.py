"""The one device there is, and the names of others."""

from __future__ import annotations

from typing import Any

# What PyTorch knows by name.
TYPES = "cpu cuda ipu xpu mkldnn opengl opencl ideep hip ve fpga maia xla lazy vulkan mps meta hpu mtia privateuseone"


class device:
    """Where a Tensor lives: always the CPU. Other devices of PyTorch's can be named, and nothing can be moved there.

    RuntimeError for what isn't a device in PyTorch either.

    >>> import autograd
    >>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
    device(type='cpu')
    >>> autograd.device("cuda:1").index
    1
    """

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index if index is None else index
        name, colon, number = str(type).partition(":")
        if name not in TYPES.split() or (colon and not number.isdecimal()):
            raise RuntimeError(f"device: there is no device '{type}'; everything here runs on 'cpu'")
        if colon and index is not None:
            raise RuntimeError(f"device: type (string) must not include an index because index was passed: {type}")
        self.type = name
        self.index = int(number) if colon else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'{'' if self.index is None else f', index={self.index}'})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash(str(self))

    def __enter__(self) -> device:
        """Make Tensors there in the block, which is where they are made anyway. RuntimeError for what isn't the CPU."""
        only_cpu("device", self)
        return self

    def __exit__(self, *error: object) -> None: ...


def only_cpu(caller: str, wanted: Any) -> None:
    """Raise RuntimeError unless ``wanted`` is the CPU, as a name or a device."""
    name = wanted.type if isinstance(wanted, device) else wanted
    if name is not None and name not in ("cpu", "cpu:0"):
        raise RuntimeError(f"{caller}: there is no device '{wanted}'; everything here runs on 'cpu'")


CPU = device()

"""The one device there is."""

from __future__ import annotations

from typing import Any


class device:
    """Where a Tensor lives: always the CPU. RuntimeError for any other.

    >>> import autograd
    >>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
    device(type='cpu')
    """

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        only_cpu("device", type if index is None else f"{type}:{index}")
        self.type = "cpu"
        self.index = type.index if isinstance(type, device) else 0 if index == 0 or type == "cpu:0" else None

    def __repr__(self) -> str:
        return f"device(type='cpu'{'' if self.index is None else ', index=0'})"

    def __str__(self) -> str:
        return "cpu" if self.index is None else "cpu:0"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and self.index == other.index

    def __hash__(self) -> int:
        return hash(str(self))


def only_cpu(caller: str, wanted: Any) -> None:
    """Raise RuntimeError unless ``wanted`` is the CPU, as a name or a device."""
    if wanted is not None and not isinstance(wanted, device) and wanted not in ("cpu", "cpu:0"):
        raise RuntimeError(f"{caller}: there is no device {wanted!r}; everything here runs on 'cpu'")


CPU = device()

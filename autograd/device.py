"""The one device there is."""

from __future__ import annotations

from typing import Any


class device:
    """Where a Tensor lives: always the CPU. RuntimeError for any other.

    >>> import autograd
    >>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
    device(type='cpu')
    """

    type = "cpu"
    index = None

    def __init__(self, name: Any = "cpu") -> None:
        only_cpu("device", name)

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")


def only_cpu(caller: str, wanted: Any) -> None:
    """Raise RuntimeError unless ``wanted`` is the CPU, as a name or a device."""
    if wanted is not None and not isinstance(wanted, device) and wanted not in ("cpu", "cpu:0"):
        raise RuntimeError(f"{caller}: there is no device {wanted!r}; everything here runs on 'cpu'")


CPU = device()

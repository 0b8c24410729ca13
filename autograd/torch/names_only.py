"""Classes of PyTorch's that nothing here is an instance of: libraries ask ``isinstance``, and annotate with them."""

from __future__ import annotations

from typing import Any


class Nothing:
    """A class that can be named and never made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__} is a name without anything behind it here, where chalkgrad stands for torch"
        )

    def __class_getitem__(cls, item: Any) -> type[Nothing]:
        return cls


def __getattr__(name: str) -> Any:
    if not name.lstrip("_")[:1].isupper():
        raise AttributeError(name)
    globals()[name] = made = type(name, (Nothing,), {"__module__": __name__})
    return made

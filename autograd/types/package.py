"""The package that a program means when it names a dtype: this one, or after `autograd.as_torch` the one it imports."""

from __future__ import annotations

name = "autograd"


def qualified(last: str) -> str:
    """The full name of what the package has under the name ``last``.

    >>> autograd.float32
    autograd.float32
    >>> with autograd.as_torch():
    ...     print(autograd.float32, autograd.ones(1).type())
    torch.float32 torch.FloatTensor
    """
    return f"{name}.{last}"

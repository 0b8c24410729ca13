"""``torch.fft``: the names beside those of `autograd.fft`, of functions that take or give complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAMES = """fft fft2 fftfreq fftn hfft hfft2 hfftn ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2
rfftfreq rfftn"""


def refusing(name: str) -> Callable[..., Any]:
    """The function ``name``, which libraries import before they need it."""

    def refuse(*args: Any, **options: Any) -> Any:
        raise RuntimeError(f"torch.fft.{name}: complex numbers are out of scope here")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


globals().update({name: refusing(name) for name in NAMES.split()})

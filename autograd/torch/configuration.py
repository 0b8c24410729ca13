"""``torch.__config__``: how PyTorch was built, of which there is nothing here."""

from __future__ import annotations

from .version import VERSION


def show() -> str:
    """One line that says what stands for PyTorch."""
    return f"chalkgrad stands for PyTorch {VERSION}: NumPy and Numba, on the CPU"


def parallel_info() -> str:
    """The same line."""
    return show()

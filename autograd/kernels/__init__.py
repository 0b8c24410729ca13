"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin.

There is a file for each family, or a folder with a file for each algorithm. All of them may import from ``compiling``,
which makes kernels of Python functions, and from each other; none imports anything of autograd but kernels. ``KERNELS``
lists those of the files that were run so far, `all_kernels` all there are.
"""

from collections.abc import Callable
from typing import Any

from .compiling.gathering import import_files_later, run_files
from .compiling.jit import KERNELS

__all__ = ["KERNELS", "all_kernels"]

# Thousands of lines, of which a program needs few.
import_files_later(__name__, __path__[0])


def all_kernels() -> list[Callable[..., Any]]:
    """Every kernel there is, those too that nobody has asked for yet."""
    run_files()
    return KERNELS

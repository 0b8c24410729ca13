"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin.

There is a file for each family, or a folder with a file for each algorithm. All of them may import from ``compiling``,
which makes kernels of Python functions, and from each other; none imports anything of autograd but kernels. ``KERNELS``
lists all of them.
"""

from importlib import import_module
from pkgutil import walk_packages

from .compiling.jit import KERNELS

__all__ = ["KERNELS"]

# Importing a file registers its kernels and helpers, which Numba must know before it compiles the first kernel.
for _file in walk_packages(__path__, f"{__name__}."):
    if ".compiling" not in _file.name:
        import_module(_file.name)

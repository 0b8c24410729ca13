"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin.

There is a file for each family, or a folder with a file for each algorithm. All of them may import from ``compiling``,
which makes kernels of Python functions, and from each other; none imports anything of autograd but kernels. ``KERNELS``
lists all of them.
"""

from importlib import import_module
from pathlib import Path

from .compiling.jit import KERNELS

__all__ = ["KERNELS"]

# Importing a file registers its kernels and helpers, which Numba must know before it compiles the first kernel.
_HERE = Path(__file__).parent
for _file in sorted(_HERE.rglob("[!_]*.py")):
    _module = _file.relative_to(_HERE).with_suffix("").parts
    if _module[0] != "compiling":
        import_module(".".join((__name__, *_module)))

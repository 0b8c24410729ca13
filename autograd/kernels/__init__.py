"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin.

There is a file for each family, or a folder with a file for each algorithm. All of them may import from ``compiling``,
which makes kernels of Python functions, and from each other; none imports anything of autograd but kernels. ``KERNELS``
lists those of the files that are imported: ops import theirs, and optimizers.
"""

from .compiling.jit import KERNELS

__all__ = ["KERNELS"]

"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin."""

from . import conv, normalization, optimizers, pool

__all__ = ["conv", "normalization", "optimizers", "pool"]

"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin."""

from . import activation, columns, conv, direct, loss, normalization, optimizers, pool, winograd

__all__ = ["activation", "columns", "conv", "direct", "loss", "normalization", "optimizers", "pool", "winograd"]

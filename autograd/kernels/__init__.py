"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin."""

from . import activation, bands, conv, elementary, loss, normalization, optimizers, pool

__all__ = ["activation", "bands", "conv", "elementary", "loss", "normalization", "optimizers", "pool"]

"""The loops: functions over arrays that know nothing of Tensors. Each is jitted by Numba and has a NumPy twin."""

from . import (
    activation,
    bands,
    columns,
    conv,
    direct,
    elementary,
    elman,
    gru,
    loss,
    lstm,
    normalization,
    optimizers,
    pool,
    steps,
    winograd,
    winograd_weight,
)

__all__ = [
    "activation",
    "bands",
    "columns",
    "conv",
    "direct",
    "elementary",
    "elman",
    "gru",
    "loss",
    "lstm",
    "normalization",
    "optimizers",
    "pool",
    "steps",
    "winograd",
    "winograd_weight",
]

"""The one door from optimizers to the kernels of the engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.compiling.interrupts import uninterrupted
from autograd.kernels.compiling.many import Many, Table
from autograd.kernels.optimizers import (
    adadelta,
    adagrad,
    adam,
    adamax,
    amsgrad,
    asgd,
    momentum_sgd,
    nadam,
    radam,
    rmsprop,
    rprop,
    sgd,
)

__all__ = [
    "Many",
    "Table",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "amsgrad",
    "asgd",
    "momentum_sgd",
    "nadam",
    "radam",
    "rmsprop",
    "rprop",
    "sgd",
    "uninterrupted",
]

Array = np.ndarray[Any, Any]

"""Optimizers: what to do with gradients once they are known."""

from . import lr_scheduler, swa_utils
from .adam import Adam
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "lr_scheduler", "swa_utils"]


def __dir__() -> list[str]:
    return __all__

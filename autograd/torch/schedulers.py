"""``torch.optim.lr_scheduler``: names beside those of `optim.lr_scheduler`."""

from optim.lr_scheduler.scheduler import _LRScheduler
from optim.optimizer import Optimizer

__all__ = ["Optimizer", "_LRScheduler"]

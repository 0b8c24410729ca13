"""Networks that several processes train together."""

from ..wrappers import DataParallel
from .distributed import DistributedDataParallel

__all__ = ["DataParallel", "DistributedDataParallel"]

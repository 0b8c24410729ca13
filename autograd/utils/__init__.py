"""What training scripts need beside Tensors."""

from . import data

__all__ = ["data"]

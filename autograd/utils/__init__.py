"""What training scripts need beside Tensors."""

from . import checkpoint, data

__all__ = ["checkpoint", "data"]

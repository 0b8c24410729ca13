"""Where PyTorch's scripts look for what isn't in `nn` itself."""

from . import lazy, module

__all__ = ["lazy", "module"]

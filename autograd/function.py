"""Operations of one's own, as ``torch.autograd.function``."""

from .engine.custom import Context, Function, once_differentiable

__all__ = ["Context", "Function", "once_differentiable"]

"""What modules with parameters of unknown shapes are made of."""

from ..lazy import LazyModuleMixin

__all__ = ["LazyModuleMixin"]

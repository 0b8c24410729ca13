"""Classes that are built on the engine, for those who look at programs that use them.

Each is None until the package that defines it has been imported and has put it here.
"""

from __future__ import annotations

from typing import Any

Module: type[Any] | None = None
Parameter: type[Any] | None = None
UninitializedTensorMixin: type[Any] | None = None
Optimizer: type[Any] | None = None
OptimizedModule: type[Any] | None = None


def is_module(value: Any) -> bool:
    """Whether ``value`` is an `nn.Module`."""
    return Module is not None and isinstance(value, Module)


def is_parameter(value: Any) -> bool:
    """Whether ``value`` is an `nn.Parameter`."""
    return Parameter is not None and isinstance(value, Parameter)


def is_uninitialized(value: Any) -> bool:
    """Whether ``value`` is a parameter or buffer that has no array yet."""
    return UninitializedTensorMixin is not None and isinstance(value, UninitializedTensorMixin)

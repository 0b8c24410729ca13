"""The in-place forms that have no function beside them: ``zero_``, ``copy_``, ``x[i] = y``, ``squeeze_`` ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import views
from ..engine.grad_mode import recording
from ..engine.keys import stages
from ..engine.tensor import Tensor
from ..engine.writing import in_graph, put
from .memory import apply_, map2_, map_, resize_, resize_as_, set_


def reshaping(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method ``name_`` of a function that returns a view: the Tensor becomes that view of what it was."""
    text = f"In place: this Tensor becomes its own ``{name}``, on the same memory."
    name = f"{name}_"

    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        in_graph(name, self)
        # It has the same values, so it stays in its graph under no_grad() as well.
        with recording(True):
            view = function(self, *args, **kwargs)
        if self.node is not None and self.is_leaf:
            self.data = view
        else:
            views.turn_into_view(self, view)
        return self

    call.__name__ = call.__qualname__ = name
    call.__doc__ = text
    return call


def zero_(self: Tensor) -> Tensor:
    """In place: 0 everywhere."""
    return put("zero_", self, 0)


def fill_(self: Tensor, value: Any) -> Tensor:
    """In place: ``value``, a number or a Tensor without dimensions, everywhere."""
    if np.ndim(getattr(value, "array", value)):
        raise RuntimeError(
            f"fill_: only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions; use copy_()"
        )
    return put("fill_", self, value)


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """In place: the values of ``src``, which may have another dtype or broadcast to the shape."""
    return put("copy_", self, src)


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """``x[key] = value``."""
    put("__setitem__", self, value, stages(self.array.shape, key))


WRITING = {f.__name__: f for f in (zero_, fill_, copy_, apply_, map_, map2_, resize_, resize_as_, set_)}
RESHAPING = ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims")

# The in-place forms that are functions as well, as in ``autograd.sin_(x)``.
AS_FUNCTIONS = (
    "abs_", "acos_", "acosh_", "addmv_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_", "arctanh_",
    "asin_", "asinh_", "atan_", "atanh_", "ceil_", "clamp_", "clamp_max_", "clamp_min_", "clip_", "cos_",
    "cosh_", "deg2rad_", "erf_", "erfc_", "exp2_", "exp_", "expm1_", "fill_", "fix_", "floor_",
    "frac_", "gcd_", "i0_", "index_put_", "lcm_", "ldexp_", "log10_", "log1p_", "log2_", "log_", "logit_",
    "nan_to_num_", "neg_", "negative_", "rad2deg_", "reciprocal_", "relu_", "resize_as_", "round_", "rsqrt_",
    "sigmoid_", "sin_", "sinc_", "sinh_", "sqrt_", "square_", "tan_", "tanh_", "trunc_", "xlogy_", "zero_",
)  # fmt: skip

"""NumPy's protocols: ``np.sin(t)``, ``np.sum(t, axis=0)``, ``array * t`` give Tensors and record the graph.

What has a derivative goes through the ops. Everything else runs on the arrays, and its results become Tensors; if one
of the arguments requires grad it is refused, since the graph would end there without a word.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..types.dtypes import from_numpy_dtype, numpy_dtype
from .public import PUBLIC

# Our name of a ufunc, where NumPy's is not known here or means something else.
UFUNCS = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "degrees": "rad2deg",
    "divide": "div",
    "equal": "eq",
    "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift",
    "power": "pow",
    "radians": "deg2rad",
    "right_shift": "bitwise_right_shift",
    "rint": "round",
}
REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "amax",
    "minimum": "amin",
    "logical_and": "all",
    "logical_or": "any",
}
SCANS = {"add": "cumsum", "multiply": "cumprod"}


def array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
    """A ufunc of NumPy with a Tensor among its arguments."""
    name = ufunc.__name__
    if out is not None:
        return _into(out[0], _on_arrays(getattr(ufunc, method), inputs, kwargs, name))
    operands = [wrap(x, None) if isinstance(x, np.ndarray) else x for x in inputs]
    if method == "__call__" and not kwargs:
        function = PUBLIC.get(UFUNCS.get(name, name))
        if function is not None:
            return function(*operands)
    if method == "reduce" and name in REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
        return PUBLIC[REDUCTIONS[name]](operands[0], kwargs.get("axis", 0), kwargs.get("keepdims", False))
    if method == "accumulate" and name in SCANS and kwargs.keys() <= {"axis"}:
        return PUBLIC[SCANS[name]](operands[0], kwargs.get("axis", 0))
    return _on_arrays(getattr(ufunc, method), inputs, kwargs, name)


def array_function(self: Tensor, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """A function of NumPy with a Tensor among its arguments."""
    known = FUNCTIONS.get(function)
    if known is not None and _takes(known, args, kwargs):
        try:
            return known(*_tensors(args), **_tensors(kwargs))
        except _Unlike:
            pass
    return _on_arrays(function, args, kwargs, function.__name__)


def _takes(function: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """Whether ``function`` has parameters for these arguments."""
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return False
    return True


class _Unlike(Exception):
    """Raised where NumPy's function does what ours doesn't: the call goes to the arrays then."""


def _mapped(kind: type, convert: Callable[[Any], Any], value: Any) -> Any:
    """``value`` with ``convert`` applied to what is of ``kind``, in sequences and dictionaries as well."""
    if isinstance(value, kind):
        return convert(value)
    if type(value) in (list, tuple):
        return type(value)(_mapped(kind, convert, part) for part in value)
    return {key: _mapped(kind, convert, part) for key, part in value.items()} if type(value) is dict else value


def _tensors(value: Any) -> Any:
    return _mapped(np.ndarray, lambda array: wrap(array, None), value)


def _on_arrays(function: Callable[..., Any], args: Any, kwargs: Any, name: str) -> Any:
    """What NumPy makes of the arrays, as Tensors. TypeError if a gradient would get lost."""

    def array_of(x: Tensor) -> np.ndarray[Any, Any]:
        if x.node is not None:
            raise TypeError(
                f"np.{name} of a Tensor of shape {tuple(x.shape)} that requires grad has no derivative here; "
                "detach() it first, or use a function of autograd"
            )
        return x.array

    results = function(*_mapped(Tensor, array_of, args), **_mapped(Tensor, array_of, kwargs))
    if isinstance(results, np.generic):
        results = np.asarray(results)
    return _mapped(np.ndarray, lambda array: wrap(array, None), results)


def _into(target: Any, values: Any) -> Any:
    """``values`` written into an array or a Tensor given as ``out``, such as that of ``array += t``."""
    if isinstance(target, Tensor):
        return target.copy_(values)
    target[...] = values.array
    return target


def _reduction(name: str) -> Callable[..., Any]:
    def reduce(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        if dtype is None and name == "mean" and not a.is_floating_point():
            raise _Unlike
        return PUBLIC[name](a if dtype is None else a.to(_dtype(dtype)), axis, keepdims)

    return reduce


def _extreme(name: str) -> Callable[..., Any]:
    return lambda a, axis=None, keepdims=False: PUBLIC[name](a, axis, keepdims)


def _spread(name: str) -> Callable[..., Any]:
    """Standard deviation or variance, which NumPy takes of the population."""
    return lambda a, axis=None, ddof=0, keepdims=False: PUBLIC[name](a, axis, correction=ddof, keepdim=keepdims)


def _dtype(dtype: Any) -> Any:
    return from_numpy_dtype(numpy_dtype(dtype))


def _scan(name: str) -> Callable[..., Any]:
    """Along ``axis``, or over all elements if there is none."""
    return lambda a, axis=None: PUBLIC[name](a.reshape(-1), 0) if axis is None else PUBLIC[name](a, axis)


def _joined(name: str) -> Callable[..., Any]:
    def join(arrays: Any, axis: int = 0) -> Any:
        return PUBLIC[name]([x if isinstance(x, Tensor) else wrap(np.asarray(x), None) for x in arrays], axis)

    return join


def _dot(a: Any, b: Any) -> Any:
    if np.ndim(b) > 2 or not (np.ndim(a) and np.ndim(b)):
        raise _Unlike
    return PUBLIC["matmul"](a, b)


def _transposed(a: Any, axes: Any = None) -> Any:
    return a.permute(tuple(axes) if axes is not None else tuple(range(a.ndim))[::-1])


def _where(condition: Any, x: Any, y: Any) -> Any:
    return PUBLIC["where"](condition if isinstance(condition, Tensor) else wrap(np.asarray(condition), None), x, y)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda a: tuple(a.shape),
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.numel() if axis is None else a.size(axis),
    np.sum: _reduction("sum"),
    np.prod: _reduction("prod"),
    np.mean: _reduction("mean"),
    np.max: _extreme("amax"),
    np.min: _extreme("amin"),
    np.all: _extreme("all"),
    np.any: _extreme("any"),
    np.std: _spread("std"),
    np.var: _spread("var"),
    np.cumsum: _scan("cumsum"),
    np.cumprod: _scan("cumprod"),
    np.concatenate: _joined("cat"),
    np.stack: _joined("stack"),
    np.dot: _dot,
    np.transpose: _transposed,
    np.where: _where,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: a.reshape(-1),
    np.squeeze: lambda a, axis=None: a.squeeze(axis),
    np.expand_dims: lambda a, axis: a.unsqueeze(axis),
    np.swapaxes: lambda a, axis1, axis2: a.transpose(axis1, axis2),
    np.broadcast_to: lambda array, shape: array.expand(shape),
    np.clip: lambda a, a_min=None, a_max=None: a.clamp(a_min, a_max),
    np.copy: lambda a: a.clone(),
    np.zeros_like: lambda a: PUBLIC["zeros_like"](a),
    np.ones_like: lambda a: PUBLIC["ones_like"](a),
}

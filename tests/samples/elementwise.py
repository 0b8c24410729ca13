"""The samples that elementwise ops of one and of two arguments share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import BOOLS, INF, NAN, NAN_AND_ONE, SPECIAL, floats, gapped, integers, real
from .rows import Failure, Sample, edge, fails, not_in_torch, smooth, typed, value

WHOLE = ("int64", "int32", "uint8")


def unary(
    low: float = -2.0, high: float = 2.0, ints: str = "float32", bools: str = "float32", **params: Any
) -> list[Sample | Failure]:
    """Samples of an elementwise op that is smooth between ``low`` and ``high``.

    ints, bools: the dtype of the result of these; "same" as that of the argument, empty where PyTorch refuses them.
    """
    x = lambda *shape: real(*shape, low=low, high=high)
    calls: list[Sample | Failure] = [
        smooth(x(), **params),
        smooth(x(0, 3), **params),
        smooth(x(2, 3), **params),
        smooth(x(3, 2).T, **params),
        smooth(gapped(x(2, 3)), **params),
        smooth(np.flip(x(4)), **params),
        edge(SPECIAL, **params),
        value(NAN_AND_ONE, **params),
        fails(TypeError, "expected a Tensor", [1.0, 2.0], **params),
    ]
    if ints:
        calls += [typed(ints if ints != "same" else dtype, integers(0, 1, 3, dtype=dtype), **params) for dtype in WHOLE]
        calls += [typed(ints if ints != "same" else "int64", integers(-3, 2), **params)]
    if bools:
        calls += [typed(bools, BOOLS, **params)]
    return calls


def valued(calls: list[Any]) -> list[Any]:
    """The same calls, but of edges the value only."""
    return [replace(call, kind="value") if isinstance(call, Sample) and call.kind == "edge" else call for call in calls]


HALF = typed("float16", np.full(2, 0.5, "float16"))

SPECIAL_X = np.repeat(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)
SPECIAL_Y = np.tile(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)


def binary(
    low: float = -2.0, high: float = 2.0, ints: str = "same", floating: str = "same", numbers: bool = True
) -> list[Sample | Failure]:
    """Samples of an elementwise op of two numbers between ``low`` and ``high``; ``numbers``: one may be a Python one.

    ints, floating: the dtype of the result of integers and of floats, if it isn't that of the arguments; ints empty
    where PyTorch refuses them.
    """
    x = lambda *shape: real(*shape, low=low, high=high)
    y = lambda *shape: real(*shape, low=low, high=high, seed=1)
    gives = lambda dtype: (ints if dtype.startswith("int") else floating).replace("same", dtype)
    single = real(3, low=1.1, high=2).astype("float32")
    calls = [
        smooth(x(), y()),
        smooth(x(2, 3), y(2, 3)),
        smooth(x(2, 3), y(3)),
        smooth(x(3), y(2, 1)),
        smooth(x(2, 1), y(1, 3)),
        smooth(x(2, 1, 2), y(3, 1)),
        smooth(x(), y(2)),
        smooth(x(2, 2), y()),
        smooth(x(0, 3), y(1, 3)),
        smooth(x(1), y(0)),
        smooth(x(3, 2).T, y(2, 3)),
        smooth(gapped(x(2, 3)), np.flip(y(2, 3), 1)),
        edge(SPECIAL_X, SPECIAL_Y),
        typed(gives("int64"), integers(3, 4, 7), integers(1, 4, 2)),
        typed(gives("int32"), integers(3, 4, 7, dtype="int32"), np.array(2, "int32")),
        typed(gives("int32"), integers(3, 4, 7, dtype="int32"), np.array(2, "int64")),
        typed(gives("int64"), integers(3, 4, 7, dtype="uint8"), integers(2, 3, 1)),
        typed(gives("int64"), BOOLS, integers(2, 3, 1)),
        typed(gives("float64"), integers(3, 4, 7), floats(1.2, 0.7, 3.1)),
        typed(gives("float32"), single, np.array(1.3)),
        typed(gives("float32"), single, np.array(2)),
        typed(gives("float64"), single, floats(1.2, 0.7, 1.9)),
        fails(RuntimeError, "must match the size", real(2, 3), real(2, 4)),
        fails(TypeError, "expected a Tensor", real(2), [1.0, 2.0]),
    ]
    if numbers:
        calls += [
            smooth(x(2, 3), 1.7),
            smooth(1.7, y(2, 3)),
            smooth(x(2), 2),
            smooth(x(), 0.5),
            typed(gives("int64"), integers(3, 4, 7), 2),
            typed(gives("int32"), 2, integers(3, 4, 7, dtype="int32")),
            typed(gives("float32"), integers(3, 4, 7), 1.5),
            typed(gives("float32"), np.array(3), 1.5),
            typed(gives("int64"), BOOLS, 2),
        ]
    return [call for call in calls if isinstance(call, Failure) or call.gives != ""]


def infix(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator as ``torch=``: it takes numbers on either side, which PyTorch's function of the same name may not."""
    return lambda torch, x, y: function(x, y)


def tensor_first(name: str, **params: Any) -> Callable[..., Any]:
    """A function of PyTorch that takes no number in the first place: a 0-d Tensor of double precision does as well."""

    def call(torch: Any, x: Any, y: Any) -> Any:
        x = torch.tensor(x, dtype=torch.float64) if isinstance(x, float) else torch.as_tensor(x)
        return getattr(torch, name)(x, y, **params)

    return call


def alike(calls: list[Any]) -> list[Any]:
    """The same calls; those on two dtypes are not for PyTorch."""
    kinds = lambda call: {x.dtype for x in call.args if isinstance(x, np.ndarray)}
    return [not_in_torch(call) if isinstance(call, Sample) and len(kinds(call)) > 1 else call for call in calls]


def ordinary(calls: list[Any]) -> list[Any]:
    """The calls but for that on infinities."""
    return [call for call in calls if call.args[0] is not SPECIAL_X]


HALVES = typed("float16", np.full(2, 0.5, "float16"), np.full(2, 0.5, "float16"))
NO_INTEGERS = fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2))

"""What differs between two outcomes of a case, and how bad that is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.linalg import LinAlgError
from autograd.ops import OPS

from .calls import Outcome
from .cases import PUBLIC

# The worst first.
SEVERITIES = ("broken", "crash", "hang", "value", "gradient", "written", "kind", "exception", "refuses", "accepts")
REFUSALS = (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError, LinAlgError)
# What PyTorch raises of a padding_idx and of a norm_type.
ALSO_REFUSALS = (AssertionError, ZeroDivisionError)
# Of numbers that were added up or multiplied in another order.
TOLERANCE = {"float64": 1e-8, "float32": 1e-4, "float16": 5e-3}

# What draws random numbers of its own: shapes and dtypes are compared, numbers aren't.
RANDOM = {
    name
    for name in PUBLIC
    if any(word in name for word in ("dropout", "bernoulli", "multinomial", "rrelu", "gumbel", "fractional", "_like"))
    or name in ("normal", "poisson", "binomial")
}


def far_apart(one: Any, other: Any, truth: Any, pointwise: bool) -> bool:
    """Whether numbers disagree, and ours are further from the truth than PyTorch's."""
    if not isinstance(other, np.ndarray):
        return not (one == other or (one != one and other != other))
    if other.dtype.kind not in "fc":
        return not np.array_equal(one, other)
    tolerance = TOLERANCE.get(other.dtype.name, 1e-4)
    with np.errstate(all="ignore"):
        one, other = one.astype("complex128"), other.astype("complex128")
        size = np.abs(other[np.isfinite(other)])
        scale = min(1.0, size.max(initial=0.0)) if pointwise else max(1.0, size.max(initial=0.0))
        close = np.isclose(one, other, tolerance, tolerance * scale, equal_nan=True)
        if truth is not None and np.shape(truth) == one.shape:
            near = lambda x: np.where(x == truth, 0.0, np.abs(x - truth))
            close |= near(one) <= 4 * near(other)
            close |= np.isclose(one, truth, tolerance, tolerance * scale, equal_nan=True)
    return not close.all()


def huge(x: np.ndarray) -> bool:
    """Whether numbers are so large that what is left of them after adding and subtracting depends on the order."""
    return bool((np.abs(x[np.isfinite(x)].astype("float64")) > 1e6).any())


def short(x: Any) -> str:
    return " ".join(repr(x).split())[:150]


def differences(name: str, ours: Outcome, theirs: Outcome, wider: Callable[[], Outcome]) -> Iterator[tuple[str, str]]:
    """How bad each difference is, and what differs."""
    if ours.error is not None:
        if ours.error.kind not in (*REFUSALS, *ALSO_REFUSALS):
            yield "exception", str(ours.error)
        elif theirs.error is None:
            yield "refuses", f"{ours.error}; PyTorch gives {short(theirs.results)}"
        return
    if theirs.error is not None:
        yield "accepts", f"PyTorch raises {theirs.error}"
        return
    kinds = [
        [(x.dtype.name, x.shape) if isinstance(x, np.ndarray) else type(x) for x in o.results] for o in (ours, theirs)
    ]
    if kinds[0] != kinds[1]:
        yield "kind", f"{kinds[0]}, PyTorch {kinds[1]}"
        return
    pointwise = name in OPS and OPS[name].kind == "elementwise"
    compared = name not in RANDOM and (pointwise or not any(map(huge, ours.arrays)))
    truth = functools.cache(wider)
    wide = lambda what, i: (getattr(truth(), what) or [None] * (i + 1))[i]
    if compared:
        for i, (one, other) in enumerate(zip(ours.results, theirs.results)):
            if far_apart(one, other, None, pointwise) and far_apart(one, other, wide("results", i), pointwise):
                yield "value", f"result {i}: {short(one)}, PyTorch {short(other)}"
                return
    if compared:
        for one, other in zip(ours.arrays, theirs.arrays):
            if far_apart(one, other, None, pointwise):
                yield "written", f"an argument afterwards: {short(one)}, PyTorch {short(other)}"
    if ours.slope_error is not None:
        if ours.slope_error.kind not in REFUSALS:
            yield "exception", f"backward: {ours.slope_error}"
        elif theirs.slopes is not None:
            yield "refuses", f"backward: {ours.slope_error}"
    elif theirs.slope_error is not None:
        if ours.slopes is not None:
            yield "accepts", f"backward: PyTorch raises {theirs.slope_error}"
    elif (ours.slopes is None) != (theirs.slopes is None):
        yield "kind", f"has a gradient: {ours.slopes is not None}, PyTorch {theirs.slopes is not None}"
    elif ours.slopes is not None:
        for i, (one, other) in enumerate(zip(ours.slopes, theirs.slopes)):
            if (one.dtype, one.shape) != (other.dtype, other.shape):
                yield "kind", f"gradient {i}: {one.dtype}{one.shape}, PyTorch {other.dtype}{other.shape}"
            elif (
                compared
                and far_apart(one, other, None, pointwise)
                and far_apart(one, other, wide("slopes", i), pointwise)
            ):
                yield "gradient", f"of leaf {i}: {short(one)}, PyTorch {short(other)}"
                return


def on_its_own(ours: Outcome) -> Iterator[tuple[str, str]]:
    """What can be said of a call without PyTorch: refusals have the right types, gradients are floats."""
    for error in (ours.error, ours.slope_error):
        if error is not None and error.kind not in (*REFUSALS, *ALSO_REFUSALS):
            yield "exception", str(error)

"""``torch.testing``: whether two results are as good as the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..creation.data import asarray
from ..creation.random import rand, randint
from ..engine.tensor import Tensor
from ..types import dtypes

# By how much numbers may differ, relatively and absolutely.
TOLERANCES = {dtypes.float16: (1e-3, 1e-5), dtypes.float32: (1.3e-6, 1e-5), dtypes.float64: (1e-7, 1e-7)}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless ``actual`` and ``expected``, Tensors, numbers or containers of such, are close.

    Numbers are if they differ by no more than ``atol + rtol * abs(expected)``; without these, by what the dtype allows.

    >>> from autograd.torch.testing import assert_close
    >>> assert_close(autograd.tensor([1., 2.]), autograd.tensor([1., 2.000001]))
    >>> assert_close([1., 2.], [1., 3.])
    Traceback (most recent call last):
    AssertionError: Scalars are not close!
    <BLANKLINE>
    Expected 3.0 but got 2.0.
    The failure occurred for item [1]
    """
    if (rtol is None) != (atol is None):
        raise ValueError("assert_close: rtol and atol must both be given, or neither")
    same = {"shape": True, "dtype": check_dtype, "stride": check_stride}
    text = _difference(actual, expected, "", rtol, atol, equal_nan, same)
    if text:
        raise AssertionError(msg(text) if callable(msg) else msg or text)


def _difference(actual: Any, expected: Any, place: str, rtol: Any, atol: Any, nan: bool, same: dict[str, bool]) -> str:
    """What differs between two values; nothing if they are close."""
    where = f"\nThe failure occurred for item {place}" if place else ""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if actual.keys() != expected.keys():
            return f"The keys of the mappings do not match: {[*actual]} and {[*expected]}{where}"
        pairs = [(key, actual[key], expected[key]) for key in expected]
    elif _listed(actual) and _listed(expected):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{where}"
        pairs = list(zip(range(len(actual)), actual, expected))
    else:
        return _of_numbers(actual, expected, where, rtol, atol, nan, same)
    for key, one, other in pairs:
        if found := _difference(one, other, f"{place}[{key!r}]", rtol, atol, nan, same):
            return found
    return ""


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _of_numbers(actual: Any, expected: Any, where: str, rtol: Any, atol: Any, nan: bool, same: dict[str, bool]) -> str:
    tensors = isinstance(actual, Tensor) and isinstance(expected, Tensor)
    if isinstance(actual, Tensor) != isinstance(expected, Tensor):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")
    if not tensors and (actual is None or isinstance(actual, str)):
        return "" if actual == expected else f"{actual!r} is not {expected!r}{where}"
    one, other = (asarray(value).detach() for value in (actual, expected))
    for name, wanted in {"shape": one.shape == other.shape, "dtype": one.dtype is other.dtype}.items():
        if tensors and same[name] and not wanted:
            values = [getattr(value, name) for value in (one, other)]
            return f"The values for attribute '{name}' do not match: {values[0]} != {values[1]}.{where}"
    if same["stride"] and one.stride() != other.stride():
        return f"The values for attribute 'stride()' do not match: {one.stride()} != {other.stride()}.{where}"
    tolerances = [TOLERANCES.get(value.dtype, (0.0, 0.0)) for value in (one, other)]
    rtol, atol = (max(t) for t in zip(*tolerances)) if rtol is None else (rtol, atol)
    a, b = one.array.astype(np.float64), other.array.astype(np.float64)
    close = np.isclose(a, b, rtol, atol, nan)
    if close.all():
        return ""
    if not close.ndim:
        what = "Tensor-likes" if tensors else "Scalars"
        return f"{what} are not close!\n\nExpected {other.item()} but got {one.item()}.{where}"
    off = np.abs(a - b)
    with np.errstate(all="ignore"):
        relative = off / np.abs(b)
    at, worst = (np.unravel_index(np.argmax(np.where(close, -1, d)), d.shape) for d in (off, relative))
    bad = close.size - int(close.sum())
    return (
        f"Tensor-likes are not close!\n\nMismatched elements: {bad} / {close.size} ({bad / close.size:.1%})\n"
        f"Greatest absolute difference: {off[at]} at index {tuple(map(int, at))} (up to {atol} allowed)\n"
        f"Greatest relative difference: {relative[worst]} at index {tuple(map(int, worst))} (up to {rtol} allowed)"
        f"{where}"
    )


def assert_allclose(actual: Any, expected: Any, rtol: Any = None, atol: Any = None, equal_nan: bool = True) -> None:
    """The older `assert_close`, which looks at numbers alone."""
    assert_close(asarray(actual), asarray(expected), rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False)


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any = None,
    low: Any = None,
    high: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """A Tensor of random numbers between ``low`` and ``high``, by default from -9 to 9."""
    size = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    if dtype is dtypes.bool:
        return randint(0, 2, size).to(dtype)
    low, high = (-9 if low is None else low), (9 if high is None else high)
    if not dtype.is_floating_point:
        return randint(max(int(low), 0 if not dtype.is_signed else int(low)), int(high), size).to(dtype)
    return (rand(size, dtype=dtype) * (high - low) + low).detach().requires_grad_(requires_grad)

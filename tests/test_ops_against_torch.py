"""Every op on every sample of its row, against PyTorch: values, gradients, second derivatives, dtypes, exceptions."""

from __future__ import annotations

import functools
import itertools
import operator
from typing import Any

import numpy as np
import pytest
from checking import (
    TOLERANCE,
    Call,
    arrays_in,
    as_gradient,
    cases,
    close,
    copied,
    differentiable,
    mapped,
    named,
    random_like,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from samples import ROWS, Failure, Row, Sample
from samples.pooling import max_pool2d
from samples.rows import text
from test_ops_fuzz import convolutions, poolings

import autograd
import nn
from autograd.ops import OPS

torch = pytest.importorskip("torch")

# About variances of one number and targets that are broadcast: both of them samples here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

FLOATS = ("float32", "float64")


def known(pairs: list[tuple[Row, Any]]) -> dict[str, Any]:
    """Those of the calls that PyTorch has, too."""
    return named([(r, call) for r, call in pairs if r.name in OPS and r.torch is not None and call.in_torch])


every_sample = pytest.mark.parametrize("row, sample", **known(cases(("smooth", "edge", "value", "typed"))))
every_sample_with_slope = pytest.mark.parametrize("row, sample", **known(cases(("smooth", "edge", "typed"))))
every_smooth_sample = pytest.mark.parametrize("row, sample", **known(cases(("smooth",), differentiable)))
every_failure = pytest.mark.parametrize("row, failure", **known([(r, f) for r in ROWS.values() for f in r.failures]))


def tensor_on(x: np.ndarray) -> Any:
    """PyTorch's Tensor on a copy of ``x``. It has no negative strides; gaps and transposed layouts it has."""
    return torch.from_numpy(x.copy() if min(x.strides, default=0) < 0 else copied(x))


def function_of(row: Row) -> Any:
    if isinstance(row.torch, str):
        return operator.attrgetter(row.torch)(torch)
    return functools.partial(row.torch, torch)


class TorchCall:
    """A call of ours, made in PyTorch: ``inputs`` match those of ours."""

    def __init__(self, call: Call) -> None:
        self.function = function_of(call.row)
        tensors = {id(x): tensor_on(x) for x in arrays_in([call.args, call.params])}
        self.inputs = [tensors[id(x)].requires_grad_() for x in call.leaves]
        convert = lambda value: converted(value, tensors)
        self.args = [convert(value) for value in call.args]
        self.params = {key: convert(value) for key, value in call.params.items()}

    def __call__(self) -> Any:
        return self.function(*self.args, **self.params)

    def arrays(self) -> list[np.ndarray]:
        return [x.detach().numpy() for x in tensors_in([self.args, list(self.params.values())])]


def converted(value: Any, tensors: dict[int, Any]) -> Any:
    """An argument of ours as PyTorch takes it."""
    if isinstance(value, autograd.dtype):
        return getattr(torch, value.name)
    return mapped(lambda x: tensors[id(x)], value)


def tensors_in(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [x for part in value for x in tensors_in(part)]
    return [value] if isinstance(value, torch.Tensor) else []


def dtypes_of(sample: Sample) -> tuple[str | None, ...]:
    return (None,) if sample.kind == "typed" else FLOATS


@every_sample
def test_value_and_dtype(row: Row, sample: Sample) -> None:
    for dtype in dtypes_of(sample):
        call = Call(row, sample, dtype)
        theirs = TorchCall(call)
        found, expected = call(), theirs().detach()
        assert found.dtype.name == str(expected.dtype).removeprefix("torch.")
        close(found.array, expected.numpy(), what="value")
        for mine, other in zip(call.arrays(), theirs.arrays(), strict=True):
            close(mine, other, what="an argument afterwards")


@every_sample_with_slope
def test_gradient(row: Row, sample: Sample) -> None:
    for dtype in dtypes_of(sample):
        call = Call(row, sample, dtype)
        theirs = TorchCall(call)
        found, expected = call(), theirs()
        assert found.requires_grad == expected.requires_grad
        if not found.requires_grad:
            continue
        cotangent = random_like(found.array, 1)
        slopes = torch.autograd.grad(expected, theirs.inputs, torch.tensor(cotangent), materialize_grads=True)
        for position, (one, other) in enumerate(zip(call.gradients(cotangent), slopes, strict=True)):
            assert one.array.dtype == other.numpy().dtype
            # A float64 argument of a float32 result has a gradient in float64, computed in float32.
            close(one.array, other.numpy(), TOLERANCE[found.dtype.name], f"gradient of input {position}")


@every_smooth_sample
def test_second_derivative(row: Row, sample: Sample) -> None:
    call = Call(row, sample, "float64")
    theirs = TorchCall(call)
    found, expected = call(), theirs()
    cotangent = random_like(found.array, 1)
    directions = [random_like(x, 2 + i) for i, x in enumerate(call.leaves)]
    upstream, their_upstream = as_gradient(cotangent).requires_grad_(), torch.tensor(cotangent, requires_grad=True)
    slopes = autograd.grad(found, call.inputs, upstream, create_graph=True)
    second = autograd.grad(slopes, [*call.inputs, upstream], list(map(as_gradient, directions)), materialize_grads=True)
    their_slopes = torch.autograd.grad(
        expected, theirs.inputs, their_upstream, create_graph=True, materialize_grads=True
    )
    # PyTorch records no graph of a gradient that is constant; its derivative is 0.
    recorded = [(slope, torch.tensor(d)) for slope, d in zip(their_slopes, directions) if slope.requires_grad]
    sources = [*theirs.inputs, their_upstream]
    their_second = [torch.zeros_like(x) for x in sources]
    if recorded:
        weighed, weights = zip(*recorded)
        their_second = torch.autograd.grad(weighed, sources, weights, materialize_grads=True)
    for position, (one, other) in enumerate(zip(second, their_second, strict=True)):
        close(one.array, other.numpy(force=True), what=f"second derivative in {position}", least=1.0)


@every_failure
def test_same_exception(row: Row, failure: Failure) -> None:
    with pytest.raises(Exception) as caught:
        TorchCall(Call(row, failure))()
    assert type(caught.value) is failure.error


def same_results(ours: Any, arrays: list[np.ndarray], theirs: Any, **geometry: Any) -> None:
    """The value of a function of images and the gradients of its arguments, against PyTorch's function."""
    leaves = [autograd.tensor(x, requires_grad=True) for x in arrays]
    their_leaves = [torch.tensor(x, requires_grad=True) for x in arrays]
    found, expected = ours(*leaves, **geometry), theirs(*their_leaves, **geometry)
    close(found.array, expected.detach().numpy(), what="value")
    cotangent = random_like(found.array, 1)
    slopes = torch.autograd.grad(expected, their_leaves, torch.tensor(cotangent), materialize_grads=True)
    for position, (one, other) in enumerate(zip(autograd.grad(found, leaves, as_gradient(cotangent)), slopes)):
        close(one.array, other.numpy(), what=f"gradient of input {position}")


@given(convolutions(transposed=False) | convolutions(transposed=True))
def test_random_convolutions(case: Any) -> None:
    name, arrays, geometry = case
    same_results(getattr(autograd, name), arrays, getattr(torch, name), **geometry)


@given(poolings(dilated=True))
def test_random_max_pool2d(case: Any) -> None:
    x, geometry = case
    # A window that sees padding only has a gradient there, at whatever is in memory.
    assume(np.isfinite(max_pool2d(x, **geometry)).all())
    same_results(nn.functional.max_pool2d, [x], torch.nn.functional.max_pool2d, **geometry)


@given(poolings(dilated=False), st.booleans(), st.none() | st.integers(1, 5))
def test_random_avg_pool2d(case: Any, count_include_pad: bool, divisor: int | None) -> None:
    x, geometry = case
    geometry |= {"count_include_pad": count_include_pad, "divisor_override": divisor}
    same_results(nn.functional.avg_pool2d, [x], torch.nn.functional.avg_pool2d, **geometry)


DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def operands() -> list[Any]:
    """Ones of every dtype, with dimensions and without."""
    return [np.ones(shape, dtype) for dtype in DTYPES for shape in ((2,), ())]


PROMOTING = [
    name
    for name, op in OPS.items()
    if op.promotes and op.arity == 2 and op.kind == "elementwise" and ROWS[name].torch is not None
]


@pytest.mark.parametrize("name", PROMOTING)
def test_promotion(name: str) -> None:
    """The dtype of the result for every pair of operands; where PyTorch refuses one, we may do so too or not."""
    function = function_of(ROWS[name])
    for x, y in itertools.product(operands(), [*operands(), True, 2, 1.5]):
        try:
            expected = function(*(torch.from_numpy(v.copy()) if isinstance(v, np.ndarray) else v for v in (x, y)))
        except (RuntimeError, TypeError):
            continue
        found = OPS[name](*(autograd.from_numpy(v) if isinstance(v, np.ndarray) else v for v in (x, y)))
        assert str(expected.dtype) == f"torch.{found.dtype.name}", (name, text(x), text(y))


@pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.arity == 1 and op.promotes and op.level == "method"])
def test_promotion_of_one(name: str) -> None:
    function = function_of(ROWS[name])
    for dtype in DTYPES:
        x = np.ones(2, dtype)
        try:
            expected = function(torch.from_numpy(x.copy()))
        except (RuntimeError, TypeError):
            continue
        assert str(expected.dtype) == f"torch.{OPS[name](autograd.from_numpy(x)).dtype.name}", dtype

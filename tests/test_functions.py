"""Every composed function on every sample of its row: as for ops in test_ops.py, with any number of results."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from checking import LAYOUTS, TOLERANCE, arrays_in, as_gradient, close, copied, mapped, named, random_like, slopes
from samples import ROWS, Failure, Row, Sample

import autograd
from autograd import Tensor
from autograd.composed import FUNCTIONS
from autograd.ops import OPS

try:
    import torch
except ModuleNotFoundError:
    torch = None

# PyTorch's, about functions of its own that it would rather see replaced.
pytestmark = pytest.mark.filterwarnings("ignore:[\\s\\S]*deprecated:UserWarning")

FLOATS = ("float32", "float64")
# As in test_ops.py.
DIFFERENCES = 1e-6

# What PyTorch's core calls otherwise than nn.functional, and has the name of an op, is checked in test_older_forms.py.
COMPOSED = [row for row in ROWS.values() if row.name in FUNCTIONS and row.name not in OPS]


def cases(*kinds: str) -> dict[str, Any]:
    return named([(row, sample) for row in COMPOSED for sample in row.samples if sample.kind in kinds])


every_sample = pytest.mark.parametrize("row, sample", **cases("smooth", "edge", "value", "typed"))
every_smooth_sample = pytest.mark.parametrize("row, sample", **cases("smooth"))
every_failure = pytest.mark.parametrize("row, failure", **named([(r, f) for r in COMPOSED for f in r.failures]))


def listed(results: Any) -> list[Any]:
    """The results of a call, one or a tuple of them or of tuples, plain numbers as arrays."""
    return [r for part in results for r in listed(part)] if isinstance(results, (tuple, list)) else [results]


def array_of(result: Any) -> np.ndarray:
    return result.array if isinstance(result, Tensor) else np.asarray(result)


class Call:
    """A sample on copies of its arrays; gradients are asked of ``inputs``, whose arrays are ``leaves``."""

    def __init__(
        self,
        row: Row,
        sample: Sample | Failure,
        dtype: str | None,
        layout: Callable[[np.ndarray], np.ndarray] = lambda x: x,
    ) -> None:
        copy = lambda x: layout(copied(x, dtype))
        self.function = FUNCTIONS[row.name]
        self.args, self.params = mapped(copy, sample.args), mapped(copy, sample.params)
        self.tensors = {id(x): autograd.as_tensor(x) for x in arrays_in([self.args, self.params])}
        among = self.args if row.wrt is None else [self.args[i] for i in row.wrt if i < len(self.args)]
        wanted = arrays_in([among, self.params if row.wrt is None else {}])
        self.leaves = [x for x in wanted if x.dtype.kind == "f"] if isinstance(sample, Sample) else []
        self.inputs = [self.tensors[id(x)].requires_grad_() for x in self.leaves]

    def __call__(self) -> list[Any]:
        pick = lambda x: self.tensors[id(x)]
        return listed(self.function(*mapped(pick, self.args), **mapped(pick, self.params)))

    def weighed(self, seed: int = 1) -> list[tuple[Tensor, np.ndarray]]:
        """The results that have a gradient, with numbers to weigh their elements with."""
        results = [r for r in self() if isinstance(r, Tensor) and r.requires_grad]
        return [(r, random_like(r.array, seed + i)) for i, r in enumerate(results)]

    def gradients(self, create_graph: bool = False) -> list[Tensor]:
        weighed = self.weighed()
        if not weighed:
            return [autograd.zeros_like(x) for x in self.inputs]
        outputs, weights = zip(*weighed)
        upstream = list(map(as_gradient, weights))
        return list(autograd.grad(outputs, self.inputs, upstream, create_graph=create_graph, materialize_grads=True))


def dtypes_of(sample: Sample) -> tuple[str | None, ...]:
    return (None,) if sample.kind == "typed" else FLOATS


@every_sample
def test_value(row: Row, sample: Sample) -> None:
    for dtype in dtypes_of(sample):
        call = Call(row, sample, dtype)
        before = [x.copy() for x in arrays_in([call.args, call.params])]
        with np.errstate(all="ignore"):
            expected = listed(row.reference(*call.args, **call.params))
        found = call()
        assert len(found) == len(expected)
        for position, (one, other) in enumerate(zip(found, expected)):
            close(array_of(one), other, what=f"result {position}")
        if sample.gives or row.result:
            assert array_of(found[0]).dtype.name == (sample.gives or row.result)
        for mine, theirs in zip(arrays_in([call.args, call.params]), before):
            close(mine, theirs, 0.0, what="an argument afterwards")


LOOK_AT_MEMORY = ("as_strided", "as_strided_copy", "view_as", "view_copy")
LAID_OUT = [(r, s) for r in COMPOSED if r.name not in LOOK_AT_MEMORY for s in r.samples if s.kind == "smooth"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row, sample", **named(LAID_OUT))
def test_any_layout(row: Row, sample: Sample, layout: str) -> None:
    plain, laid = Call(row, sample, "float32"), Call(row, sample, "float32", LAYOUTS[layout])
    for position, (one, other) in enumerate(zip(laid(), plain(), strict=True)):
        close(array_of(one), array_of(other), TOLERANCE["float32"], f"result {position}")
    for position, (one, other) in enumerate(zip(laid.gradients(), plain.gradients(), strict=True)):
        close(one.array, other.array, TOLERANCE["float32"], f"gradient of input {position}")


@every_smooth_sample
def test_first_derivative(row: Row, sample: Sample) -> None:
    call = Call(row, sample, "float64")
    weights = [weight for _, weight in call.weighed()]
    with_gradient = [isinstance(r, Tensor) and r.requires_grad for r in call()]

    def value() -> float:
        results = [array_of(r) for r, wanted in zip(call(), with_gradient) if wanted]
        return sum(float(np.sum(r * weight)) for r, weight in zip(results, weights))

    for position, (found, numeric) in enumerate(zip(call.gradients(), slopes(value, call.leaves), strict=True)):
        least = max(1.0, np.abs(numeric).max(initial=0.0))
        close(found.array, numeric, DIFFERENCES, f"gradient of input {position}", least=least)


@every_smooth_sample
def test_second_derivative(row: Row, sample: Sample) -> None:
    call = Call(row, sample, "float64")
    directions = [random_like(x, 9 + i) for i, x in enumerate(call.leaves)]
    recorded = call.gradients(create_graph=True)
    with_graph = [(g, as_gradient(d)) for g, d in zip(recorded, directions) if g.requires_grad]
    if not with_graph:
        return
    outputs, weights = zip(*with_graph)
    found = autograd.grad(outputs, call.inputs, weights, materialize_grads=True)

    def value() -> float:
        return sum(float(np.sum(g.array * d)) for g, d in zip(call.gradients(), directions))

    for position, (gradient, numeric) in enumerate(zip(found, slopes(value, call.leaves), strict=True)):
        least = max(1.0, np.abs(numeric).max(initial=0.0))
        close(gradient.array, numeric, DIFFERENCES, f"second derivative in {position}", least=least)


@every_failure
def test_failure(row: Row, failure: Failure) -> None:
    with pytest.raises(failure.error) as caught:
        Call(row, failure, None)()
    assert type(caught.value) is failure.error
    assert failure.fragment in str(caught.value)
    assert row.name.rpartition(".")[2] in str(caught.value), "the message should name the function"


def torch_call(row: Row, call: Call) -> tuple[list[Any], list[Any]]:
    """The results of the same call in PyTorch, and the Tensors that match the inputs of ours."""
    function = (
        operator.attrgetter(row.torch)(torch) if isinstance(row.torch, str) else functools.partial(row.torch, torch)
    )
    tensors = {id(x): torch.from_numpy(np.array(x)) for x in arrays_in([call.args, call.params])}
    for x in call.leaves:
        tensors[id(x)].requires_grad_()

    def convert(value: Any) -> Any:
        if isinstance(value, autograd.dtype):
            return getattr(torch, value.name)
        if isinstance(value, (list, tuple)):
            return type(value)(map(convert, value))
        return tensors[id(value)] if isinstance(value, np.ndarray) else value

    results = function(*map(convert, call.args), **{key: convert(value) for key, value in call.params.items()})
    return listed(results), [tensors[id(x)] for x in call.leaves]


needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed")


@needs_torch
@every_sample
def test_value_and_gradient_are_pytorchs(row: Row, sample: Sample) -> None:
    if row.torch is None or not sample.in_torch:
        return
    for dtype in dtypes_of(sample):
        call = Call(row, sample, dtype)
        expected, sources = torch_call(row, call)
        found = call()
        assert len(found) == len(expected)
        for position, (one, other) in enumerate(zip(found, expected)):
            if isinstance(other, torch.Tensor):
                assert one.dtype.name == str(other.dtype).removeprefix("torch.")
                close(one.array, other.detach().numpy(), what=f"result {position}")
            else:
                assert one == other
        if sample.kind == "value":
            continue
        weighed = call.weighed()
        theirs = [r for r in expected if isinstance(r, torch.Tensor) and r.requires_grad]
        assert len(weighed) == len(theirs)
        if theirs:
            weights = [torch.tensor(weight) for _, weight in weighed]
            slopes = torch.autograd.grad(theirs, sources, weights, materialize_grads=True)
            # A float64 argument of a float32 result has a gradient in float64, computed in float32.
            tolerance = max(TOLERANCE[result.dtype.name] for result, _ in weighed)
            for position, (one, other) in enumerate(zip(call.gradients(), slopes)):
                close(one.array, other.detach().numpy(), tolerance, f"gradient of input {position}", least=1.0)


@needs_torch
@every_failure
def test_exception_is_pytorchs(row: Row, failure: Failure) -> None:
    if row.torch is None or not failure.in_torch:
        return
    with pytest.raises(Exception) as caught:
        torch_call(row, Call(row, failure, None))
    assert type(caught.value) is failure.error

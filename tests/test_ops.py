"""Every op on every sample of its row: values against NumPy, derivatives against finite differences, and manners."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from checking import LAYOUTS, TOLERANCE, Call, as_gradient, cases, close, differentiable, named, random_like, slopes
from samples import ROWS, Failure, Row, Sample

import autograd
from autograd import Tensor
from autograd.composed import FUNCTIONS
from autograd.ops import OPS
from autograd.surface.install import names_of
from autograd.surface.public import namespace

ALL = ("smooth", "edge", "value", "typed")
FLOATS = ("float32", "float64")

# Central differences with a step of 1e-5 are good to about 1e-10 times the third derivative, and to the rounding of the
# value divided by the step.
DIFFERENCES = 1e-6

every_sample = pytest.mark.parametrize("row, sample", **named(cases(ALL)))
every_float_sample = pytest.mark.parametrize("row, sample", **named(cases(("smooth", "edge", "value"))))
every_smooth_sample = pytest.mark.parametrize("row, sample", **named(cases(("smooth",), differentiable)))
every_failure = pytest.mark.parametrize(
    "row, failure", **named([(r, f) for r in ROWS.values() if r.name in OPS for f in r.failures])
)


def test_every_op_has_a_row() -> None:
    # Those with several results have the row of the function that gives them their names.
    alone = {name for name, op in OPS.items() if not op.several}
    assert sorted(alone - set(ROWS)) == [], "ops without a row in tests/samples/"


def test_every_row_has_an_op() -> None:
    assert sorted(set(ROWS) - set(OPS) - set(FUNCTIONS)) == [], "rows in tests/samples/ of what doesn't exist"


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_row_has_something_to_say(row: Row) -> None:
    kinds = {sample.kind for sample in row.samples}
    assert kinds, f"{row.name} has no samples"
    assert not differentiable(row) or "smooth" in kinds, f"{row.name} is differentiable, but has no smooth sample"


@pytest.mark.parametrize("name", OPS)
def test_every_public_name_leads_to_the_op(name: str) -> None:
    op = OPS[name]
    for alias in names_of(op):
        module, _, short = alias.rpartition(".")
        assert namespace(module)[short] is op.function
        if op.level == "method" and not module:
            assert getattr(Tensor, alias) is op.function


@every_sample
def test_value(row: Row, sample: Sample) -> None:
    for dtype in FLOATS if sample.kind != "typed" else (None,):
        call, reference = Call(row, sample, dtype), Call(row, sample, dtype)
        found, expected = call(), reference.by_reference()
        assert isinstance(found, Tensor)
        close(found.array, expected, what="value")
        for mine, theirs in zip(call.arrays(), reference.arrays(), strict=True):
            close(mine, theirs, what="an argument afterwards")


@every_float_sample
def test_arrays_in_arrays_out(row: Row, sample: Sample) -> None:
    for dtype in FLOATS:
        found, expected = Call(row, sample, dtype).on_arrays(), Call(row, sample, dtype)().array
        assert isinstance(found, (np.ndarray, np.generic))
        assert found.dtype == expected.dtype
        close(found, expected, 0.0)


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.name in OPS], ids=lambda row: row.name)
def test_arguments_by_name(row: Row) -> None:
    by_position, by_name = Call(row, row.samples[0]), Call(row, row.samples[0])
    close(by_name.by_name().array, by_position().array, 0.0)


@every_sample
def test_dtype(row: Row, sample: Sample) -> None:
    for dtype in FLOATS if sample.kind != "typed" else (None,):
        call = Call(row, sample, dtype)
        out = call()
        assert out.dtype.name == (sample.gives or row.result or dtype)
        if call.inputs and out.dtype.is_floating_point:
            for gradient, x in zip(call.gradients(np.ones_like(out.array)), call.leaves, strict=True):
                assert gradient.array.dtype == x.dtype
                assert gradient.array.shape == x.shape


@every_smooth_sample
def test_first_derivative(row: Row, sample: Sample) -> None:
    call = Call(row, sample, "float64")
    cotangent = random_like(call().array, 1)
    gradients = call.gradients(cotangent)
    expected = slopes(lambda: float(np.sum(call.on_arrays() * cotangent)), call.leaves)
    for position, (found, numeric) in enumerate(zip(gradients, expected, strict=True)):
        close(found.array, numeric, DIFFERENCES, f"gradient of input {position}", least=largest(numeric))


@every_smooth_sample
def test_second_derivative(row: Row, sample: Sample) -> None:
    """The gradient of ``Σ gradients·directions``, in the inputs and in the upstream gradient."""
    call = Call(row, sample, "float64")
    cotangent = random_like(call().array, 1)
    directions = [random_like(x, 2 + i) for i, x in enumerate(call.leaves)]
    upstream = autograd.from_numpy(cotangent).requires_grad_()
    recorded = autograd.grad(call(), call.inputs, upstream, create_graph=True)
    for found, plain in zip(recorded, call.gradients(cotangent), strict=True):
        close(found.array, plain.array, 1e-12, "the gradient with create_graph")
    sources = [*call.inputs, upstream]
    found = autograd.grad(recorded, sources, list(map(as_gradient, directions)), materialize_grads=True)

    def weighed_gradients() -> float:
        return sum(float(np.sum(g.array * d)) for g, d in zip(call.gradients(cotangent), directions, strict=True))

    expected = slopes(weighed_gradients, [*call.leaves, cotangent])
    for position, (gradient, numeric) in enumerate(zip(found, expected, strict=True)):
        close(gradient.array, numeric, DIFFERENCES, f"second derivative in {position}", least=largest(numeric))


@every_smooth_sample
def test_the_pullback_is_linear(row: Row, sample: Sample) -> None:
    """Its derivative in the upstream gradient is the same wherever that is, at 0 too: forward mode relies on it."""
    found = []
    for upstream in (random_like(Call(row, sample, "float64")().array, 1), None):
        call = Call(row, sample, "float64")
        out = call()
        cotangent = as_gradient(np.zeros_like(out.array) if upstream is None else upstream).requires_grad_()
        directions = [as_gradient(random_like(x, 2 + i)) for i, x in enumerate(call.leaves)]
        recorded = autograd.grad(out, call.inputs, cotangent, create_graph=True)
        found.append(autograd.grad(recorded, cotangent, directions, materialize_grads=True)[0].array)
    close(found[1], found[0], 1e-9, least=1.0)


def largest(x: np.ndarray) -> float:
    return max(1.0, np.abs(x).max(initial=0.0))


ALONE = [(r, s) for r, s in cases(("smooth", "edge"), differentiable) if len(Call(r, s).leaves) > 1]


@pytest.mark.parametrize("row, sample", **named(ALONE))
def test_gradient_of_one_argument_alone(row: Row, sample: Sample) -> None:
    """What is kept for the backward pass depends on which arguments need a gradient."""
    together = Call(row, sample, "float64")
    cotangent = random_like(together().array, 1)
    for position, expected in enumerate(together.gradients(cotangent)):
        (alone,) = Call(row, sample, "float64", only=position).gradients(cotangent)
        close(alone.array, expected.array, 0.0, f"gradient of input {position}")


FUSED = cases(("smooth",), lambda row: getattr(OPS.get(row.name), "reference", None) is not None)


@pytest.mark.parametrize("row, sample", **named(FUSED))
def test_fused_op_is_its_reference(row: Row, sample: Sample) -> None:
    for dtype in FLOATS:
        fused, composed = Call(row, sample, dtype), Call(row, sample, dtype)
        values = composed.op.complete(composed.args, composed.params)
        tensors = {id(x): tensor for x, tensor in zip(composed.leaves, composed.inputs, strict=True)}
        expected = composed.op.reference(*(tensors.get(id(value), value) for value in values))
        found = fused()
        close(found.array, expected.array)
        cotangent = random_like(found.array, 1)
        gradients = autograd.grad(expected, composed.inputs, as_gradient(cotangent))
        for position, (one, other) in enumerate(zip(fused.gradients(cotangent), gradients, strict=True)):
            close(one.array, other.array, what=f"gradient of input {position}")


# But for the one which looks at memory itself.
LAID_OUT = cases(("smooth", "edge", "value"), lambda row: row.name != "view")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row, sample", **named(LAID_OUT))
def test_any_layout(row: Row, sample: Sample, layout: str) -> None:
    plain, laid = Call(row, sample, "float32"), Call(row, sample, "float32", layout=LAYOUTS[layout])
    found, expected = laid().array, plain().array
    close(found, expected, TOLERANCE["float32"], "value")
    if sample.kind == "smooth" and plain.inputs:
        cotangent = random_like(expected, 1)
        gradients = laid.gradients(LAYOUTS[layout](cotangent)), plain.gradients(cotangent)
        for position, (one, other) in enumerate(zip(*gradients, strict=True)):
            close(one.array, other.array, TOLERANCE["float32"], f"gradient of input {position}")


@every_float_sample
def test_float32_is_near_float64(row: Row, sample: Sample) -> None:
    single, double = Call(row, sample, "float32"), Call(row, sample, "float64")
    found, expected = single().array, double().array
    close(found, expected, TOLERANCE["float32"], "value")
    if sample.kind == "smooth" and single.inputs:
        cotangent = random_like(found, 1, "float32")
        exact = double.gradients(cotangent.astype(expected.dtype))
        cotangent = cotangent.astype(found.dtype)
        for position, (one, other) in enumerate(zip(single.gradients(cotangent), exact, strict=True)):
            close(one.array, other.array, TOLERANCE["float32"], f"gradient of input {position}")


@every_smooth_sample
def test_backward_leaves_its_inputs_alone(row: Row, sample: Sample) -> None:
    call = Call(row, sample, "float64")
    out = call()
    before, result = call.arrays(), out.array.copy()
    cotangent = random_like(out.array, 1)
    upstream = as_gradient(cotangent)
    out.backward(upstream, retain_graph=True)
    once = [x.grad.array.copy() for x in call.inputs]
    out.backward(upstream, create_graph=True)
    for x, first in zip(call.inputs, once, strict=True):
        close(x.grad.array, 2 * first, 1e-12, "a gradient accumulated twice")
    for found, expected in zip([*call.arrays(), out.array, upstream.array], [*before, result, cotangent], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_window_without_pixels_passes_nothing_back() -> None:
    x = autograd.ones(1, 1, 1, 1, requires_grad=True)
    out = autograd.max_pool2d(x, (2, 1), padding=(1, 0), dilation=(2, 1))
    out.backward(autograd.ones(1, 1, 1, 1))
    assert (out.item(), x.grad.item()) == (-np.inf, 0)


@every_failure
def test_failure(row: Row, failure: Failure) -> None:
    with pytest.raises(failure.error) as caught:
        on_tensors(row, failure)
    assert type(caught.value) is failure.error
    assert row.name in str(caught.value)
    assert failure.fragment in str(caught.value)


def on_tensors(row: Row, failure: Failure) -> Any:
    """The call with a Tensor for each array among the op's own arguments."""
    op = OPS[row.name]
    own = 1 if op.variadic else op.arity
    wrap = lambda x: autograd.from_numpy(x) if isinstance(x, np.ndarray) else x
    args = [
        [wrap(part) for part in arg] if op.variadic and isinstance(arg, list) else wrap(arg) if i < own else arg
        for i, arg in enumerate(failure.args)
    ]
    return op.function(*args, **failure.params)

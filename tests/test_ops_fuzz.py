"""Ops on shapes, indices and geometries that nobody picked, values and gradients against NumPy.

A gradient g of a function f is right along a direction d if Σ g·d is the derivative of Σ f(x + t·d)·cotangent in t.
Where f is linear in x, that is Σ f(d)·cotangent.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from checking import as_gradient, close, mapped, random_like
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from samples.arrays import real
from samples.convolution import conv, conv_transpose
from samples.pooling import avg_pool2d, max_pool2d

import autograd
import nn
from autograd.ops import OPS

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
broadcastable = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=0)


def broadcast_to(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """``g`` summed to ``shape``: the gradient of what was broadcast from it."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


SLOPES = {
    "add": (lambda x, y: np.ones_like(x), lambda x, y: np.ones_like(x)),
    "sub": (lambda x, y: np.ones_like(x), lambda x, y: -np.ones_like(x)),
    "mul": (lambda x, y: y, lambda x, y: x),
    "div": (lambda x, y: 1 / y, lambda x, y: -x / y**2),
    "pow": (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
    "maximum": (lambda x, y: x > y, lambda x, y: x < y),
    "minimum": (lambda x, y: x < y, lambda x, y: x > y),
}
FORWARD = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
           "maximum": np.maximum, "minimum": np.minimum}  # fmt: skip


@pytest.mark.parametrize("name", SLOPES)
@given(broadcastable)
def test_broadcasting(name: str, both_shapes: Any) -> None:
    first, second = both_shapes.input_shapes
    x, y = real(*first, low=0.2, high=2.0), real(*second, low=0.2, high=2.0, seed=1)
    inputs = [autograd.tensor(x, requires_grad=True), autograd.tensor(y, requires_grad=True)]
    out = OPS[name](*inputs)
    close(out.array, FORWARD[name](x, y))
    cotangent = random_like(out.array, 1)
    gradients = autograd.grad(out, inputs, as_gradient(cotangent))
    wide = np.broadcast_arrays(x, y)
    for gradient, shape, slope in zip(gradients, (first, second), SLOPES[name], strict=True):
        close(gradient.array, broadcast_to(cotangent * slope(*wide), shape))


@given(broadcastable, st.integers(2, 4))
def test_shapes_that_do_not_broadcast(both_shapes: Any, size: int) -> None:
    first, second = both_shapes.input_shapes
    with pytest.raises(RuntimeError, match=rf"add: .* tensor a \({size}\) must match .* tensor b \({size + 1}\)"):
        autograd.zeros(*first, size) + autograd.zeros(*second, size + 1)


@st.composite
def reductions(draw: Any) -> tuple[tuple[int, ...], Any, bool]:
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=3))
    some = st.lists(st.sampled_from(range(len(shape))), min_size=1, unique=True) if shape else st.just([0])
    dims = draw(st.none() | some)
    negative = draw(st.booleans())
    if dims is not None and negative:
        dims = [dim - max(len(shape), 1) for dim in dims]
    return shape, dims, draw(st.booleans())


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "var", "std", "logsumexp"])
@given(reductions())
def test_reductions(name: str, case: tuple[tuple[int, ...], Any, bool]) -> None:
    shape, dims, keepdim = case
    x = real(*shape)
    axis = None if dims is None or not shape else tuple(dims)
    if name == "logsumexp":
        assume(dims is not None and shape)
    if name in ("var", "std"):
        assume(x.size > 1 and (axis is None or np.prod([shape[i] for i in axis]) > 1))
    forward = {
        "var": lambda v, **how: np.var(v, ddof=1, **how),
        "std": lambda v, **how: np.std(v, ddof=1, **how),
        "logsumexp": lambda v, axis, keepdims: np.log(np.exp(v).sum(axis=axis, keepdims=keepdims)),
    }.get(name) or getattr(np, name)
    leaf = autograd.tensor(x, requires_grad=True)
    out = OPS[name](leaf, dims, keepdim=keepdim)
    close(out.array, forward(x, axis=axis, keepdims=keepdim))
    cotangent = random_like(out.array, 1)
    (gradient,) = autograd.grad(out, leaf, as_gradient(cotangent))
    kept = forward(x, axis=axis, keepdims=True)
    g = cotangent.reshape(kept.shape)
    count = x.size / kept.size
    slope = {
        "sum": lambda: np.ones(shape),
        "mean": lambda: np.ones(shape) / count,
        "amax": lambda: x == kept,
        "amin": lambda: x == kept,
        "var": lambda: 2 * (x - x.mean(axis=axis, keepdims=True)) / (count - 1),
        "std": lambda: (x - x.mean(axis=axis, keepdims=True)) / (count - 1) / kept,
        "logsumexp": lambda: np.exp(x - kept),
    }[name]()
    close(gradient.array, g * slope)


@st.composite
def keys(draw: Any) -> tuple[tuple[int, ...], Any]:
    """A shape and a key into it, basic or advanced, that PyTorch takes as well: no steps backwards."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    advanced = draw(st.booleans())
    if not advanced:
        key = draw(hnp.basic_indices(shape, allow_newaxis=True))
        parts = key if isinstance(key, tuple) else (key,)
        assume(all(part.step is None or part.step > 0 for part in parts if isinstance(part, slice)))
        return shape, key
    picked = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3))
    count = draw(st.integers(1, len(shape)))
    start = draw(st.integers(0, len(shape) - count))
    parts: list[Any] = [slice(None)] * start
    for size in shape[start : start + count]:
        part = hnp.arrays("int64", picked, elements=st.integers(-size, size - 1))
        parts.append(draw(part | st.integers(-size, size - 1) | st.just(slice(0, size - 1))))
    return shape, tuple(parts)


@given(keys())
def test_indexing(case: tuple[tuple[int, ...], Any]) -> None:
    shape, key = case
    x = real(*shape)
    leaf = autograd.tensor(x, requires_grad=True)
    out = leaf[mapped(autograd.tensor, key)]
    close(out.array, x[key])
    cotangent = random_like(out.array, 1)
    expected = np.zeros(shape)
    np.add.at(expected, key, cotangent)
    (gradient,) = autograd.grad(out, leaf, as_gradient(cotangent))
    close(gradient.array, expected)


@given(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4), st.data())
def test_masks(shape: tuple[int, ...], data: Any) -> None:
    x = real(*shape)
    mask = data.draw(hnp.arrays(bool, shape[: data.draw(st.integers(1, len(shape)))]))
    leaf = autograd.tensor(x, requires_grad=True)
    out = leaf[autograd.tensor(mask)]
    close(out.array, x[mask])
    (gradient,) = autograd.grad(out.sum(), leaf)
    close(gradient.array, np.broadcast_to(mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim)), shape) * 1.0)


@given(broadcastable, st.data())
def test_shapes_of_matmul(batches: Any, data: Any) -> None:
    n, k, m = (data.draw(st.integers(1, 3)) for _ in range(3))
    first, second = batches.input_shapes
    x = real(*first, *([n] if first or data.draw(st.booleans()) else []), k)
    y = real(*second, k, *([m] if second or data.draw(st.booleans()) else []), seed=1)
    leaves = [autograd.tensor(x, requires_grad=True), autograd.tensor(y, requires_grad=True)]
    out = operator.matmul(*leaves)
    close(out.array, np.matmul(x, y))
    cotangent = random_like(out.array, 1)
    for position, gradient in enumerate(autograd.grad(out, leaves, as_gradient(cotangent))):
        # A product is linear in each factor: its derivative along a direction is the product with that direction.
        direction = random_like(leaves[position].array, 2)
        moved = np.matmul(direction, y) if position == 0 else np.matmul(x, direction)
        assert gradient.shape == leaves[position].shape
        close(np.sum(gradient.array * direction), np.sum(moved * cotangent), least=1.0)


pairs = lambda low, high: st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def convolutions(draw: Any, transposed: bool) -> tuple[str, list[np.ndarray], dict[str, Any]]:
    """The name of a convolution of one to three dimensions, images, weight and maybe bias, and a geometry."""
    n = draw(st.sampled_from((1, 2, 2, 3)))
    several = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(n))
    kernel, stride, dilation, padding = several(1, 3), several(1, 3), several(1, 2), several(0, 2)
    groups, per_group, filters = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    geometry: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    if transposed:
        extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
        geometry["output_padding"] = extra
        short = [2 * p + 1 - r - e for r, p, e in zip(reach, padding, extra, strict=True)]
        size = [max(0, -(-more // s)) + draw(st.integers(1, 3)) for more, s in zip(short, stride, strict=True)]
    else:
        size = [max(1, r - 2 * p) + draw(st.integers(0, 3)) for r, p in zip(reach, padding, strict=True)]
    ends = (groups * per_group, filters) if transposed else (groups * filters, per_group)
    arrays = [real(draw(st.integers(0, 2)), groups * per_group, *size), real(*ends, *kernel, seed=1)]
    if draw(st.booleans()):
        arrays.append(real(groups * filters, seed=2))
    return f"conv{'_transpose' * transposed}{n}d", arrays, geometry


@given(convolutions(transposed=False) | convolutions(transposed=True))
def test_convolutions(case: Any) -> None:
    name, arrays, geometry = case
    reference = conv_transpose if "transpose" in name else conv
    leaves = [autograd.tensor(array, requires_grad=True) for array in arrays]
    out = getattr(autograd, name)(*leaves, **geometry)
    close(out.array, reference(*arrays, **geometry))
    cotangent = random_like(out.array, 1)
    for position, gradient in enumerate(autograd.grad(out, leaves, as_gradient(cotangent))):
        direction = random_like(arrays[position], 2)
        moved = [direction if i == position else array for i, array in enumerate(arrays)]
        if position == 2:
            moved[0] = np.zeros_like(arrays[0])
        along = reference(*(moved[:2] if position < 2 else moved), **geometry)
        assert gradient.shape == arrays[position].shape
        close(np.sum(gradient.array * direction), np.sum(along * cotangent), least=1.0)


@st.composite
def poolings(draw: Any, dilated: bool) -> tuple[np.ndarray, dict[str, Any]]:
    kernel, stride = draw(pairs(1, 3)), draw(st.none() | pairs(1, 3))
    dilation = draw(pairs(1, 2)) if dilated else (1, 1)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    least = [max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding, strict=True)]
    size = [low + draw(st.integers(0, 3)) for low in least]
    batch = draw(st.sampled_from([(1,), (2,), (1, 1), (2, 2), (0, 1)]))
    geometry = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}
    return real(*batch, *size), geometry | ({"dilation": dilation} if dilated else {})


@given(poolings(dilated=True))
def test_max_pool2d(case: Any) -> None:
    x, geometry = case
    leaf = autograd.tensor(x, requires_grad=True)
    out = autograd.max_pool2d(leaf, **geometry)
    close(out.array, max_pool2d(x, **geometry))
    cotangent, direction = random_like(out.array, 1), random_like(x, 2)
    (gradient,) = autograd.grad(out, leaf, as_gradient(cotangent))
    # Piecewise linear, with no two pixels so near that a step this small would swap them.
    step = 1e-6
    assume(np.isfinite(out.array).all())
    moved = max_pool2d(x + step * direction, **geometry) - max_pool2d(x - step * direction, **geometry)
    close(np.sum(gradient.array * direction), np.sum(moved * cotangent) / (2 * step), 1e-8, least=1.0)


@given(poolings(dilated=False), st.booleans(), st.none() | st.integers(1, 5))
def test_avg_pool2d(case: Any, count_include_pad: bool, divisor: int | None) -> None:
    x, geometry = case
    geometry = {**geometry, "count_include_pad": count_include_pad, "divisor_override": divisor}
    leaf = autograd.tensor(x, requires_grad=True)
    out = nn.functional.avg_pool2d(leaf, **geometry)
    close(out.array, avg_pool2d(x, **geometry))
    cotangent, direction = random_like(out.array, 1), random_like(x, 2)
    (gradient,) = autograd.grad(out, leaf, as_gradient(cotangent))
    close(np.sum(gradient.array * direction), np.sum(avg_pool2d(direction, **geometry) * cotangent), least=1.0)

"""Products of matrices, convolutions, pooling and normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...kernels.pooling.windows import Windows
from ..calls import Value
from ..sides import Averages, Bands, Slides
from ..sizes import Size
from .registry import row


@row("matmul")
def matmul(g: Any, out: Value, x: Value, y: Value) -> str:
    return g.node("MatMul", g.operand(x, out.dtype), g.operand(y, out.dtype))


@row("linear")
def linear(g: Any, out: Value, x: Value, weight: Value, bias: Value | None) -> str:
    if x.ndim == 2 and weight.ndim == 2:
        return g.node("Gemm", x, weight, bias, transB=1)
    turned = g.node("Transpose", weight, perm=[1, 0]) if weight.ndim == 2 else weight
    made = g.node("MatMul", x, turned)
    return made if bias is None else g.node("Add", made, bias)


@row("convolution")
def convolution(
    g: Any, out: Value, x: Value, weight: Value, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> str:
    return g.node(
        "Conv", x, weight, bias, strides=list(stride), pads=[*padding, *padding], dilations=list(dilation),
        group=groups, kernel_shape=list(weight.array.shape[2:]),
    )  # fmt: skip


@row("transposed_convolution")
def transposed_convolution(
    g: Any,
    out: Value,
    x: Value,
    weight: Value,
    bias: Any,
    shape: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> str:
    # What the strides leave open at the end, the output padding, follows from the size of the result.
    kernel = weight.array.shape[2:]
    least = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1
        for n, s, p, d, k in zip(x.array.shape[2:], stride, padding, dilation, kernel)
    ]
    more = [size - base for size, base in zip(out.array.shape[2:], least)]
    return g.node(
        "ConvTranspose", x, weight, bias, strides=list(stride), pads=[*padding, *padding], dilations=list(dilation),
        group=groups, kernel_shape=list(kernel), output_padding=more,
    )  # fmt: skip


def with_channels(g: Any, out: Value, x: Value, dims: int, pool: Any) -> str:
    """What ``pool`` makes of ``x`` as (N, C, ...), whatever the dimensions ahead of the last ``dims``."""
    if x.ndim == dims + 2:
        return str(pool(x))
    ahead = g.reshape(
        x,
        [
            1,
            -1 if any(isinstance(n, Size) for n in x.shape[:-dims]) else int(np.prod(x.array.shape[:-dims])),
            *x.shape[-dims:],
        ],
    )
    return str(g.reshape(pool(ahead), out.shape))


@row("max_pool")
def max_pool(g: Any, out: Value, x: Value, windows: Slides | tuple[Windows, ...]) -> str:
    if not isinstance(windows, Slides):
        return largest_of_each(g, x, windows)

    def pool(value: Any) -> Any:
        return g.node("MaxPool", value, **windows.attributes())

    if x.dtype.kind == "f":
        return with_channels(g, out, x, len(windows.kernel), pool)
    raise g.refuse(f"max pooling of {x.dtype}")


@row("avg_pool", "resample")
def avg_pool(g: Any, out: Value, x: Value, bands: Averages | Bands) -> str:
    if isinstance(bands, Averages):
        dims = len(bands.kernel)
        if bands.whole:
            return g.reduce("ReduceMean", x, list(range(x.ndim - dims, x.ndim)), True)
        return with_channels(g, out, x, dims, lambda value: g.node("AveragePool", value, **bands.attributes()))
    # The weights of each dimension as a matrix.
    made: Any = x
    for position, matrix in enumerate(bands.matrices):
        axis = x.ndim - len(bands.matrices) + position
        if isinstance(x.shape[axis], Size):
            raise g.refuse("windows that adapt to a dynamic size")
        if matrix.shape[0] == matrix.shape[1] and np.array_equal(matrix, np.eye(len(matrix))):
            continue
        order = list(range(x.ndim))
        order[axis], order[-1] = order[-1], order[axis]
        last = axis == x.ndim - 1
        turned = made if last else g.node("Transpose", made, perm=order)
        turned = g.node("MatMul", turned, g.constant(np.ascontiguousarray(matrix.T).astype(x.dtype)))
        made = turned if last else g.node("Transpose", turned, perm=order)
    return g.name(made)


def largest_of_each(g: Any, x: Value, windows: tuple[Windows, ...]) -> str:
    """The largest of windows of several sizes: a slice for each, along one dimension after the other."""
    made: Any = x
    for position, one in enumerate(windows):
        axis = x.ndim - len(windows) + position
        if isinstance(x.shape[axis], Size) or one.dilation != 1 or one.empty is not None:
            raise g.refuse("windows that adapt to a dynamic size, or lie apart")
        parts = [
            g.node("Slice", made, g.ints(first), g.ints(last + 1), g.ints(axis))
            for first, last in zip(one.first, one.last)
        ]
        made = g.node("Concat", *[g.reduce("ReduceMax", part, [axis], True) for part in parts], axis=axis)
    return str(made)


@row("max_places")
def max_places(g: Any, out: Value, x: Value, windows: Slides | tuple[Windows, ...]) -> str:
    if not isinstance(windows, Slides):
        raise g.refuse("where the largest of windows of several sizes is")
    places = x.shape[x.ndim - len(windows.kernel) :]
    if any(isinstance(size, Size) for size in places):
        raise g.refuse("where the largest of a window is in a dynamic size")

    def pool(value: Any) -> Any:
        # ONNX counts on through channels and batch.
        found = g.node("MaxPool", value, outputs=2, **windows.attributes())[1]
        return g.node("Mod", found, g.number(int(np.prod(places)), np.int64))

    return with_channels(g, out, x, len(windows.kernel), pool)


@row("pick_from_boxes")
def pick_from_boxes(g: Any, out: Value, x: Value, places: Value, dims: int) -> str:
    ahead = list(x.shape[: x.ndim - dims])
    lines = [g.node("Flatten", one, axis=x.ndim - dims) for one in (x, places)]
    picked = g.reshape(g.node("GatherElements", *lines, axis=1), [*ahead, *out.shape[len(ahead) :]])
    if (places.array >= 0).all():
        return picked
    # A window that sees padding only gives 0.
    zero = g.number(0, np.int64)
    return g.node("Where", g.node("Less", places, zero), g.number(0, x.dtype), picked)


@row(
    "batch_norm",
    fits=lambda x, weight, bias, mean, var, training, momentum, eps: not training and x.dtype.kind == "f",
)
def batch_norm(
    g: Any,
    out: Value,
    x: Value,
    weight: Any,
    bias: Any,
    running_mean: Value,
    running_var: Value,
    training: bool,
    momentum: Any,
    eps: float,
) -> str:
    size = x.array.shape[1]
    scale = np.ones(size, x.dtype) if weight is None else weight
    shift = np.zeros(size, x.dtype) if bias is None else bias
    kept = None if momentum is None else 1 - momentum
    return g.node("BatchNormalization", x, scale, shift, running_mean, running_var, epsilon=eps, momentum=kept)


@row("layer_norm")
def layer_norm(g: Any, out: Value, x: Value, weight: Any, bias: Any, dims: int, eps: float) -> str:
    scale = np.ones(x.array.shape[x.ndim - dims :], x.dtype) if weight is None else weight
    return g.node("LayerNormalization", x, scale, bias, axis=-dims, epsilon=eps)


@row("group_norm", opset=21)
def group_norm(g: Any, out: Value, x: Value, weight: Any, bias: Any, groups: int, eps: float) -> str:
    size = x.array.shape[1]
    scale = np.ones(size, x.dtype) if weight is None else weight
    shift = np.zeros(size, x.dtype) if bias is None else bias
    return g.node("GroupNormalization", x, scale, shift, num_groups=groups, epsilon=eps)


@row("cdist", fits=lambda x1, x2, p, mode: p > 0)
def cdist(g: Any, out: Value, x1: Value, x2: Value, p: float, compute_mode: Any) -> str:
    apart = g.node("Sub", g.node("Unsqueeze", x1, g.ints(-2)), g.node("Unsqueeze", x2, g.ints(-3)))
    if p in (1, 2):
        return g.reduce(f"ReduceL{int(p)}", apart, [-1], False)
    if np.isinf(p):
        return g.reduce("ReduceMax", g.node("Abs", apart), [-1], False)
    total = g.reduce("ReduceSum", g.node("Pow", g.node("Abs", apart), g.number(p, x1.dtype)), [-1], False)
    return g.node("Pow", total, g.number(1 / p, x1.dtype))


@row("det")
def det(g: Any, out: Value, A: Value) -> str:
    return g.node("Det", A)


@row("im2col")
def im2col(
    g: Any, out: Value, x: Value, kernel_size: Any, stride: Any, padding: Any, dilation: Any, places: Any
) -> str:
    """The pixels of all windows, picked by their places in the image with its border."""
    if any(isinstance(size, Size) for size in (*x.shape[2:], *places)):
        raise g.refuse("windows of images are picked by fixed places, so height and width can't be dynamic")
    bordered = g.node("Pad", x, g.ints(0, 0, *padding, 0, 0, *padding), g.number(0, x.dtype))
    height, width = (size + 2 * border for size, border in zip(x.shape[2:], padding))
    rows, columns = (
        np.arange(taps)[:, None] * gap + np.arange(count) * step
        for taps, gap, count, step in zip(kernel_size, dilation, places, stride)
    )
    pixels = rows[:, None, :, None] * width + columns[None, :, None, :]
    flat = g.reshape(bordered, [*x.shape[:2], height * width])
    return g.reshape(g.node("Gather", flat, pixels.reshape(-1).astype(np.int64), axis=2), out.shape)


@row("col2im", opset=18)
def col2im(
    g: Any, out: Value, x: Value, size: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, places: Any
) -> str:
    return g.node(
        "Col2Im", x, g.ints(*size), g.ints(*kernel_size), strides=list(stride), pads=[*padding, *padding],
        dilations=list(dilation),
    )  # fmt: skip

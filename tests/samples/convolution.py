"""Rows of convolution and its transpose with PyTorch's signatures, and of fold and unfold."""

import math

import numpy as np

from .arrays import integers, real
from .conv import convolved, geometry_of, summed_columns, window_columns
from .rows import fails, row, smooth, typed


def conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`convolved` with PyTorch's ways to write the geometry, and images without a batch."""
    n = weight.ndim - 2
    if x.ndim == n + 1:
        return conv(x[None], weight, bias, stride, padding, dilation, groups)[0]
    stride, _, dilation, _ = geometry_of(n, stride, 0, dilation)
    if padding == "same":
        total = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:])]
        x = np.pad(x, [(0, 0), (0, 0), *((t // 2, t - t // 2) for t in total)])
    border = 0 if isinstance(padding, str) else padding
    return convolved(x, weight, bias, *geometry_of(n, stride, border, dilation, groups))


def conv_transpose(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Each pixel of ``x`` adds its filters, weighed, to what lies under them."""
    n = weight.ndim - 2
    if x.ndim == n + 1:
        return conv_transpose(x[None], weight, bias, stride, padding, output_padding, groups, dilation)[0]
    stride, padding, dilation, _ = geometry_of(n, stride, padding, dilation)
    (extra, *_) = geometry_of(n, output_padding)
    reach = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation)]
    whole = [(size - 1) * s + r + e for size, s, r, e in zip(x.shape[2:], stride, reach, extra)]
    per_group = weight.shape[1]
    out = np.zeros((len(x), per_group * groups, *whole), x.dtype)
    for c, *place in np.ndindex(*x.shape[1:]):
        first = c // (x.shape[1] // groups) * per_group
        window = tuple(slice(i * s, i * s + r, d) for i, s, r, d in zip(place, stride, reach, dilation))
        pixel = x[(slice(None), c, *place)].reshape(-1, *[1] * (n + 1))
        out[(slice(None), slice(first, first + per_group), *window)] += pixel * weight[c]
    out = out[(..., *(slice(p, size - p) for p, size in zip(padding, whole)))]
    return out if bias is None else out + bias.reshape(-1, *[1] * n)


ANY_CONVOLUTION = [
    fails(RuntimeError, "non-positive stride", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=(0, 1)),
    fails(RuntimeError, "dilation should be greater than zero", real(1, 1, 3, 3), real(1, 1, 2, 2), dilation=0),
    fails(RuntimeError, "negative padding", real(1, 1, 3, 3), real(1, 1, 2, 2), padding=(-1, 0)),
    fails(RuntimeError, "non-positive groups", real(1, 1, 3, 3), real(1, 1, 2, 2), groups=0),
    fails(RuntimeError, "divisible by 2 at dimension 0", real(1, 3, 3, 3), real(3, 3, 2, 2), groups=2),
    fails(RuntimeError, "a list of 2 values", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=(1, 1, 1)),
    fails(TypeError, "must be an int or a tuple of ints", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=1.5),
    fails(RuntimeError, "to be 1-dimensional with 1 elements", real(1, 1, 3, 3), real(1, 1, 2, 2), real(2)),
    fails(RuntimeError, "Expected 3D (unbatched) or 4D (batched)", real(3, 3), real(1, 1, 2, 2)),
    fails(RuntimeError, "4D weight", real(1, 1, 3, 3), real(1, 1, 2)),
    fails(RuntimeError, "kernel size should be greater than zero", real(1, 1, 3, 3), real(1, 1, 0, 2)),
    fails(RuntimeError, "to have 2 channels, but got 1", real(1, 1, 3, 3), real(2, 2, 2, 2)),
    fails(RuntimeError, "one dtype", real(1, 1, 3, 3).astype("float32"), real(1, 1, 2, 2)),
]
row(
    "conv2d", conv,
    smooth(real(1, 2, 3, 3), real(2, 2, 2, 2), real(2), padding=1),
    smooth(real(1, 3, 3), real(1, 1, 2, 2), padding="same"),
    smooth(real(1, 4, 3), real(2, 1, 3, 2), real(2), padding="same", dilation=(1, 2)),
    smooth(real(1, 1, 3, 3), real(1, 1, 2, 2), padding="valid"),
    smooth(real(1, 1, 3, 4), real(1, 1, 2, 2), None, (2, 1), [1, 0], 1, 1),
    smooth(real(0, 2, 3, 3), real(2, 2, 2, 2), real(2)),
    typed("int64", integers([[1, 2, 3]]), integers([[[1, 2]]])),
    *ANY_CONVOLUTION,
    fails(RuntimeError, "Kernel size can't be greater", real(1, 1, 2, 2), real(1, 1, 3, 3)),
    fails(RuntimeError, "Invalid padding string", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="full"),
    fails(RuntimeError, "strided", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="same", stride=2),
    fails(RuntimeError, "zero batch or zero channel", real(1, 1, 0, 3), real(1, 1, 2, 2), padding=2),
    torch="nn.functional.conv2d",
)  # fmt: skip
row(
    "conv1d", conv,
    smooth(real(2, 2, 4), real(2, 2, 3), real(2), 2, 1),
    smooth(real(2, 4), real(4, 1, 2), padding="same", groups=2),
    fails(RuntimeError, "Expected 2D (unbatched) or 3D (batched)", real(1, 1, 3, 3), real(1, 1, 2)),
    torch="nn.functional.conv1d",
)  # fmt: skip
row(
    "conv3d", conv,
    smooth(real(1, 1, 2, 3, 2), real(1, 1, 2, 2, 2), real(1), (1, 2, 1)),
    smooth(real(1, 2, 2, 3), real(1, 1, 2, 2, 2), padding="same"),
    fails(RuntimeError, "Expected 4D (unbatched) or 5D (batched)", real(1, 1, 3), real(1, 1, 2, 2, 2)),
    torch="nn.functional.conv3d",
)  # fmt: skip
row(
    "conv_transpose2d", conv_transpose,
    smooth(real(1, 2, 2, 2), real(2, 1, 2, 2), real(1)),
    smooth(real(2, 2, 2), real(2, 2, 2, 3), real(4), stride=(2, 1), padding=(0, 1), groups=2),
    smooth(real(1, 1, 2, 2), real(1, 1, 2, 2), stride=3, output_padding=(2, 1), dilation=2),
    smooth(real(1, 1, 2, 2), real(1, 1, 2, 3), None, (1, 2), (1, 2), (1, 0), 1, (2, 3)),
    smooth(real(0, 1, 2, 2), real(1, 2, 2, 2), real(2)),
    *ANY_CONVOLUTION,
    fails(RuntimeError, "negative output_padding", real(1, 1, 3, 3), real(1, 1, 2, 2), output_padding=-1),
    fails(RuntimeError, "must be smaller than either", real(1, 1, 3, 3), real(1, 1, 2, 2), output_padding=1),
    fails(RuntimeError, "Output size is too small", real(1, 1, 3, 3), real(1, 1, 2, 2), padding=3),
    fails(TypeError, "must be an int or a tuple of ints", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="same"),
    torch="nn.functional.conv_transpose2d",
)  # fmt: skip
row(
    "conv_transpose1d", conv_transpose,
    smooth(real(2, 2, 3), real(2, 1, 3), real(1), 2, 1, 1),
    fails(RuntimeError, "Expected 2D (unbatched) or 3D (batched)", real(1, 1, 3, 3), real(1, 1, 2)),
    torch="nn.functional.conv_transpose1d",
)  # fmt: skip
row(
    "conv_transpose3d", conv_transpose,
    smooth(real(1, 2, 1, 2), real(1, 1, 2, 1, 2), real(1), (2, 1, 1)),
    fails(RuntimeError, "Expected 4D (unbatched) or 5D (batched)", real(1, 1, 3), real(1, 1, 2, 2, 2)),
    torch="nn.functional.conv_transpose3d",
)  # fmt: skip


def windows_of(size, kernel_size, dilation=1, padding=0, stride=1):
    """The geometry as the ops take it."""
    kernel_size = geometry_of(2, kernel_size)[0]
    stride, padding, dilation, _ = geometry_of(2, stride, padding, dilation)
    places = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel_size, stride, padding, dilation)
    )  # fmt: skip
    return kernel_size, stride, padding, dilation, places


def unfold(x, *geometry, **named):
    batch = x if x.ndim == 4 else x[None]
    return window_columns(batch, *windows_of(x.shape[-2:], *geometry, **named)).reshape(
        *x.shape[:-3], -1, math.prod(windows_of(x.shape[-2:], *geometry, **named)[-1])
    )


def fold(columns, size, *geometry, **named):
    size = geometry_of(2, size)[0]
    batch = columns if columns.ndim == 3 else columns[None]
    found = summed_columns(batch, size, *windows_of(size, *geometry, **named))
    return found if columns.ndim == 3 else found[0]


WINDOW_FAILURES = [
    (RuntimeError, "kernel size should be greater than zero", {"kernel_size": 0}),
    (RuntimeError, "stride should be greater than zero", {"kernel_size": 2, "stride": (1, 0)}),
    (RuntimeError, "dilation should be greater than zero", {"kernel_size": 2, "dilation": 0}),
    (RuntimeError, "padding should be non-negative", {"kernel_size": 2, "padding": -1}),
]
row(
    "nn.functional.unfold", unfold,
    smooth(real(2, 1, 3, 3), 2),
    smooth(real(1, 3, 4), (2, 2), (1, 2), (1, 0), (2, 1)),
    fails(RuntimeError, "sliding blocks as (0, 0)", real(1, 1, 3, 3), 4),
    fails(RuntimeError, "Expected 3D or 4D", real(1, 1, 1, 3, 3), 2),
    *[fails(error, text, real(1, 1, 3, 3), **how) for error, text, how in WINDOW_FAILURES],
)  # fmt: skip
row(
    "nn.functional.fold", fold,
    smooth(real(2, 4, 4), 3, 2),
    smooth(real(4, 4), (3, 4), (2, 2), (1, 2), (1, 0), (2, 1)),
    fails(RuntimeError, "sliding blocks 2 * 2 = 4", real(1, 4, 5), (3, 3), 2),
    fails(RuntimeError, "divisible by the product of kernel_size", real(1, 5, 4), (3, 3), 2),
    fails(RuntimeError, "Expected 2D or 3D", real(4), (3, 3), 2),
    *[fails(error, text, real(1, 4, 4), (3, 3), **how) for error, text, how in WINDOW_FAILURES],
)  # fmt: skip

"""Rows of convolution and its adjoints, and of windows as columns."""

import math

import numpy as np

from .adjoints import adjoint, torch_adjoint
from .arrays import gapped, real
from .rows import fails, row, smooth


def convolved(x, weight, bias, stride, padding, dilation, groups):
    """Filter by filter and place by place, in any number of dimensions."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    filters, channels, *kernel = weight.shape
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    out = np.zeros((len(x), filters, *((size - r) // s + 1 for size, r, s in zip(x.shape[2:], reach, stride))), x.dtype)
    for o, *place in np.ndindex(*out.shape[1:]):
        first = o // (filters // groups) * channels
        window = tuple(slice(i * s, i * s + r, d) for i, s, r, d in zip(place, stride, reach, dilation))
        seen = x[(slice(None), slice(first, first + channels), *window)]
        out[(slice(None), o, *place)] = np.sum(seen * weight[o], axis=tuple(range(1, x.ndim)))
    return out if bias is None else out + bias.reshape(-1, *[1] * len(kernel))


def geometry_of(n, stride=1, padding=0, dilation=1, groups=1):
    """Stride, padding, dilation and groups in ``n`` dimensions."""
    every = lambda value: tuple(value) if isinstance(value, (tuple, list)) else (value,) * n
    return every(stride), every(padding), every(dilation), groups


CONVOLUTIONS = [
    (x, weight, geometry_of(weight.ndim - 2, **geometry))
    for x, weight, geometry in (
        (real(1, 1, 3, 3), real(1, 1, 2, 2), {}),
        (real(2, 2, 3, 3), real(2, 2, 2, 2), {"padding": (1, 0)}),
        (real(1, 2, 4, 3), real(2, 1, 2, 1), {"stride": (2, 1), "groups": 2}),
        (real(1, 1, 5, 4), real(2, 1, 2, 2), {"stride": (2, 3), "padding": 1, "dilation": (2, 1)}),
        (real(1, 3, 2, 2), real(3, 1, 3, 3), {"padding": 1, "groups": 3}),
        (real(1, 2, 2, 2), real(4, 1, 2, 2), {"padding": 2, "groups": 2}),
        (np.transpose(real(1, 4, 3, 2), (0, 3, 1, 2)), gapped(real(1, 2, 2, 2)), {}),
        (real(1, 1, 2, 2), real(1, 1, 1, 1), {"stride": 3}),
        (real(0, 1, 3, 3), real(1, 1, 2, 2), {}),
        (real(2, 2, 4), real(3, 2, 2), {"stride": 2, "padding": 1}),
        (real(1, 1, 5), real(1, 1, 3), {"dilation": 2, "padding": 3}),
        (real(1, 1, 2, 3, 2), real(2, 1, 2, 2, 1), {"stride": (1, 2, 1), "padding": (1, 0, 0)}),
        (real(1, 2, 3, 2, 2), real(2, 1, 2, 1, 2), {"stride": (2, 1, 2), "dilation": (2, 1, 1), "groups": 2}),
    )
]
row(
    "convolution", convolved,
    *[smooth(x, weight, None, *geometry) for x, weight, geometry in CONVOLUTIONS],
    *[smooth(x, weight, real(len(weight)), *geometry) for x, weight, geometry in CONVOLUTIONS[1:4]],
    fails(
        RuntimeError, "one dtype", real(1, 1, 3, 3).astype("float32"), real(1, 1, 2, 2), None, (1, 1), (0, 0), (1, 1), 1
    ),
    torch=lambda torch, x, weight, bias, stride, padding, dilation, groups: torch.convolution(
        x, weight, bias, stride, padding, dilation, False, (0,) * len(stride), groups
    ),
)  # fmt: skip
ADJOINT_CALLS = [
    (x, weight, convolved(x, weight, None, *geometry).shape, geometry) for x, weight, geometry in CONVOLUTIONS
]


def with_places(bias, n):
    """A bias that is added to images of ``n`` dimensions."""
    return 0 if bias is None else bias.reshape(-1, *[1] * n)


def torch_convolution(torch, x, weight, stride, padding, dilation, groups):
    return torch.convolution(x, weight, None, stride, padding, dilation, False, (0,) * len(stride), groups)


row(
    "convolution_input",
    lambda g, weight, shape, *geometry: adjoint(lambda x: convolved(x, weight, None, *geometry), shape, g),
    *[smooth(real(*out), weight, x.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, weight, shape, *geometry: torch_adjoint(
        torch, lambda x: torch_convolution(torch, x, weight, *geometry), shape, g
    ),
)  # fmt: skip
row(
    "transposed_convolution",
    lambda x, weight, bias, shape, *geometry: (
        adjoint(lambda y: convolved(y, weight, None, *geometry), shape, x) + with_places(bias, len(shape) - 2)
    ),
    *[smooth(real(*out), weight, None, x.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    *[smooth(real(*out), weight, real(x.shape[1]), x.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, x, weight, bias, shape, *geometry: (
        torch_adjoint(torch, lambda y: torch_convolution(torch, y, weight, *geometry), shape, x)
        + with_places(bias, len(shape) - 2)
    ),
)  # fmt: skip
row(
    "convolution_weight",
    lambda g, x, shape, *geometry: adjoint(lambda weight: convolved(x, weight, None, *geometry), shape, g),
    *[smooth(real(*out), x, weight.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, x, shape, *geometry: torch_adjoint(
        torch, lambda weight: torch_convolution(torch, x, weight, *geometry), shape, g
    ),
)  # fmt: skip


def window_columns(x, kernel_size, stride, padding, dilation, places):
    """Each window flattened, one after another."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    windows = [
        x[
            (..., *(slice(i * s, i * s + d * (k - 1) + 1, d) for i, s, d, k in zip(at, stride, dilation, kernel_size)))
        ].reshape(len(x), x.shape[1] * math.prod(kernel_size))
        for at in np.ndindex(*places)
    ]
    return np.stack(windows, axis=-1)


def summed_columns(columns, size, kernel_size, *geometry):
    shape = (len(columns), columns.shape[1] // math.prod(kernel_size), *size)
    return adjoint(lambda x: window_columns(x, kernel_size, *geometry), shape, columns)


WINDOWS = [
    (real(1, 2, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1), (2, 2)),
    (real(2, 1, 4, 3), (2, 1), (1, 2), (1, 0), (2, 1), (4, 2)),
    (real(0, 1, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1), (2, 2)),
]
torch_unfold = lambda torch, x, kernel_size, stride, padding, dilation, places: torch.nn.functional.unfold(
    x, kernel_size, dilation, padding, stride
)
torch_fold = lambda torch, x, size, kernel_size, stride, padding, dilation, places: torch.nn.functional.fold(
    x, size, kernel_size, dilation, padding, stride
)
row("im2col", window_columns, *[smooth(*call) for call in WINDOWS], torch=torch_unfold)
row(
    "col2im", summed_columns,
    *[smooth(real(*window_columns(*call).shape), call[0].shape[2:], *call[1:]) for call in WINDOWS],
    torch=torch_fold,
)  # fmt: skip

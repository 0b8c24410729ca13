"""Rows of pooling over one, two and three dimensions, and of its inverse."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import INF, NAN, floats, gapped, integers, real
from .rows import edge, fails, not_in_torch, row, smooth, typed, value


def pooled(x, kernel_size, stride, padding, dilation, ceil_mode, take):
    """``take(pixels of the window, how many places it has inside the padded image)`` for each window."""
    kernel_size, padding, dilation = (np.broadcast_to(value, 2) for value in (kernel_size, padding, dilation))
    stride = kernel_size if stride is None else np.broadcast_to(stride, 2)
    starts = []
    for size, k, s, p, d in zip(x.shape[-2:], kernel_size, stride, padding, dilation):
        places = (math.ceil if ceil_mode else math.floor)((size + 2 * p - d * (k - 1) - 1) / s) + 1
        starts.append([i * s - p for i in range(places) if not ceil_mode or i * s < size + p])
    out = np.zeros((*x.shape[:-2], *map(len, starts)), x.dtype)
    for p, q in np.ndindex(*out.shape[-2:]):
        taps = [
            [start + i * d for i in range(k)]
            for start, k, d in zip((starts[0][p], starts[1][q]), kernel_size, dilation)
        ]
        inside = [[i for i in line if 0 <= i < size] for line, size in zip(taps, x.shape[-2:])]
        area = math.prod(sum(i < n + pad for i in line) for line, n, pad in zip(taps, x.shape[-2:], padding))
        seen = x[..., inside[0], :][..., inside[1]]
        out[..., p, q] = take(seen.reshape(*x.shape[:-2], math.prod(map(len, inside))), area)
    return out


def largest_of(seen):
    """Where the last NaN is, or else the first of the largest."""
    last_nan = seen.shape[-1] - 1 - np.isnan(seen[..., ::-1]).argmax(-1)
    return np.where(np.isnan(seen).any(-1), last_nan, np.nan_to_num(seen, nan=-INF).argmax(-1))


def max_pool2d(x, kernel_size, stride=None, padding=(0, 0), dilation=(1, 1), ceil_mode=False, return_indices=False):
    if return_indices:
        where = np.broadcast_to(np.arange(math.prod(x.shape[-2:])).reshape(x.shape[-2:]), x.shape)
        best = lambda seen, at: np.take_along_axis(at, largest_of(seen)[..., None], -1)[..., 0]
        pairs = pooled(x + 1j * where, kernel_size, stride, padding, dilation, ceil_mode, lambda s, _: best(s.real, s))
        return pairs.real.astype(x.dtype), np.round(pairs.imag).astype(np.int64)
    largest = lambda seen, area: seen.max(axis=-1, initial=-INF if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
    return pooled(x, kernel_size, stride, padding, dilation, ceil_mode, largest)


def avg_pool2d(
    x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True, divisor_override=None
):
    def take(seen, area):
        return seen.sum(axis=-1) / (divisor_override or (area if count_include_pad else seen.shape[-1]))

    return pooled(x, kernel_size, stride, padding, (1, 1), ceil_mode, take)


POOLINGS = [
    smooth(real(1, 1, 4, 4), (2, 2)),
    smooth(real(2, 3, 4), (2, 2), (1, 2)),
    smooth(real(1, 2, 3, 3), (2, 3), stride=(1, 1), padding=(1, 1)),
    smooth(real(1, 1, 4, 5), 2, ceil_mode=True),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), padding=(1, 1), ceil_mode=True),
    smooth(np.transpose(real(4, 3, 2)), (2, 2)),
    smooth(gapped(real(1, 1, 3, 3)), (2, 2), 1),
    smooth(real(1, 1, 3, 7), 3, (1, 3), 1),
    smooth(real(0, 1, 3, 3), (2, 2)),
]
NOT_AN_IMAGE = fails(RuntimeError, "Expected 3D or 4D", real(3, 3), (2, 2))
POOLING_FAILURES = [
    fails(RuntimeError, "pad should be at most half of kernel size", real(1, 3, 3), (2, 2), padding=(2, 0)),
    fails(RuntimeError, "output size is too small", real(1, 2, 2), (3, 3)),
    fails(RuntimeError, "must be greater than zero", real(1, 3, 3), (0, 1)),
    fails(RuntimeError, "kernel_size must be an int or have 2", real(1, 3, 3), (1, 1, 1)),
    fails(RuntimeError, "optional 0 dim batch size", real(1, 0, 3, 3), 2),
]
row(
    "max_pool2d", max_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 5, 4), (2, 2), (1, 1), dilation=(2, 1)),
    smooth(real(1, 1, 5, 4), (2, 2), (2, 2), (1, 1), (1, 2), True),
    smooth(real(1, 1, 5, 4), 2, return_indices=True),
    edge(floats([[1, 1, 0], [1, 1, 2], [0, 2, 2]]), (2, 2), (1, 1)),
    edge(floats([[NAN, 1, -INF], [1, 1, -INF], [0, INF, -INF]]), (2, 2), (1, 1)),
    edge(floats([[NAN, 1, NAN], [1, NAN, 2], [0, NAN, 1]]), (3, 2), (1, 1), return_indices=True),
    edge(floats([[-INF, -INF], [-INF, -INF]]), (2, 2)),
    value(real(1, 1, 1), (2, 1), padding=(1, 0), dilation=(2, 1)),  # the window sees padding only
    typed("int64", integers([[[1, 5], [3, 2]]]), 2),
    *POOLING_FAILURES, NOT_AN_IMAGE,
    torch="nn.functional.max_pool2d",
)  # fmt: skip
row(
    "nn.functional.avg_pool2d", avg_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 3, 3), (2, 2), padding=(1, 1), count_include_pad=False),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), (1, 1), True, False),
    smooth(real(1, 1, 3, 3), (2, 2), (1, 1), divisor_override=3),
    edge(floats([[[INF, 1, 1, 1], [1, 1, 1, NAN]]]), 2),
    *POOLING_FAILURES,
    fails(RuntimeError, "divisor must be not zero", real(1, 3, 3), 2, divisor_override=0),
    not_in_torch(NOT_AN_IMAGE),  # IndexError there
)  # fmt: skip


def along_last(pool: Callable[..., Any]) -> Callable[..., Any]:
    """A pooling of images as one of signals (..., L)."""
    pair = lambda value: (1, np.ravel(value)[0])

    def pooled(x, kernel_size, stride=None, padding=0, *rest, **params):
        params = {k: pair(v) if k == "dilation" else v for k, v in params.items()}
        step = None if stride is None else pair(stride)
        found = pool(x[..., None, :], pair(kernel_size), step, (0, np.ravel(padding)[0]), *rest, **params)
        return tuple(f[..., 0, :] for f in found) if isinstance(found, tuple) else found[..., 0, :]

    return pooled


SIGNALS = [
    smooth(real(2, 3, 5), 2),
    smooth(real(2, 7), 3, 2, 1),
    smooth(real(2, 1, 4).T, (2,), 1),
    smooth(real(1, 1, 6), 3, 2, 1, ceil_mode=True),
    smooth(real(0, 2, 4), 2),
    fails(RuntimeError, "Expected 2D or 3D", real(3), 2, 1),
    fails(RuntimeError, "pad should be at most half", real(1, 5), 2, 1, 2),
    fails(RuntimeError, "output size is too small", real(1, 2), 3, 1),
]
row(
    "max_pool1d", along_last(max_pool2d),
    *SIGNALS, smooth(real(1, 2, 7), 3, 1, dilation=2), smooth(real(1, 2, 7), 3, return_indices=True),
    torch="nn.functional.max_pool1d",
)  # fmt: skip
row(
    "nn.functional.avg_pool1d", along_last(avg_pool2d),
    *SIGNALS, smooth(real(1, 1, 5), 3, 2, 1, count_include_pad=False),
)  # fmt: skip


def volumes(take: Callable[..., Any]) -> Callable[..., Any]:
    """``take`` of each box, without padding."""

    def pooled(x, kernel_size, stride=None, **params):
        size = np.broadcast_to(kernel_size, 3)
        step = size if stride is None else np.broadcast_to(stride, 3)
        view = np.lib.stride_tricks.sliding_window_view(x, size, (-3, -2, -1))
        view = view[..., :: step[0], :: step[1], :: step[2], :, :, :]
        return take(view.reshape(*view.shape[:-3], math.prod(size)))

    return pooled


VOLUMES = [
    smooth(real(1, 1, 2, 4, 3), 2),
    smooth(real(2, 3, 2, 3), (2, 1, 2), 1),
    smooth(real(0, 1, 2, 2, 2), 2),
    fails(RuntimeError, "Expected 4D or 5D", real(3, 3), 2, 1),
    fails(RuntimeError, "pad should be at most half", real(1, 2, 2, 2), 2, 1, 2),
]
row("max_pool3d", volumes(lambda boxes: boxes.max(-1)), *VOLUMES, torch="nn.functional.max_pool3d")
row("nn.functional.avg_pool3d", volumes(lambda boxes: boxes.mean(-1)), *VOLUMES)
for name, dims in (("1d", 1), ("2d", 2), ("3d", 3)):
    shape = (2, 2, 2, 4)[3 - dims :]

    def lp_pool(x, norm_type, kernel_size, stride=None, ceil_mode=False, dims=dims):
        sums = lambda boxes: (boxes**norm_type).sum(-1) ** (1 / norm_type)
        lead = (1,) * (3 - dims)
        spread = x.reshape(*x.shape[:-dims], *lead, *x.shape[-dims:])
        found = volumes(sums)(spread, (*lead, *np.broadcast_to(kernel_size, dims)), stride)
        return found.reshape(*x.shape[:-dims], *found.shape[found.ndim - dims :])

    row(
        f"nn.functional.lp_pool{name}", lp_pool,
        smooth(real(1, *shape, low=0.3), 2, 2),
        smooth(real(*shape, low=0.3), 3.0, 2),
        fails(RuntimeError, "output size is too small", real(*shape), 2, 5),
    )  # fmt: skip


def adaptive(take: Callable[..., Any]) -> Callable[..., Any]:
    def pooled(x, output_size, dims):
        sizes = np.broadcast_to(np.array(output_size, object), dims)
        wanted = [n if size is None else size for n, size in zip(x.shape[-dims:], sizes)]
        out = np.zeros((*x.shape[:-dims], *wanted), x.dtype)
        for place in np.ndindex(*wanted):
            box = [slice(i * n // k, -(-(i + 1) * n // k)) for i, n, k in zip(place, x.shape[-dims:], wanted)]
            seen = x[(..., *box)]
            out[(..., *place)] = take(seen.reshape(*seen.shape[:-dims], -1))
        return out

    return pooled


for name, take in (("avg", lambda seen: seen.mean(-1)), ("max", lambda seen: seen.max(-1))):
    for dims in (1, 2, 3):
        shape = (3, 2, 5)[3 - dims :]
        row(
            f"nn.functional.adaptive_{name}_pool{dims}d",
            lambda x, output_size, dims=dims, take=take: adaptive(take)(x, output_size, dims),
            smooth(real(1, 2, *shape), 2),
            smooth(real(2, *shape), 1),
            smooth(real(1, 1, *shape), (3, 1, 2)[:dims]),
            *([smooth(real(1, *shape), (None, 2, 1)[:dims])] if dims > 1 else []),
            fails(RuntimeError, f"Expected {dims + 1}D or {dims + 2}D", real(*shape[:1]), 2),
            fails(RuntimeError, "output_size must be", real(1, 1, *shape), (2,) * (dims + 1)),
            *([fails(ValueError, "should be at least", real(1, *shape), (2,) * (dims + 1))] if dims > 1 else []),
        )  # fmt: skip


def unpooled(x, indices, sizes):
    out = np.zeros((*x.shape[: x.ndim - len(sizes)], math.prod(sizes)), x.dtype)
    lead = x.shape[: x.ndim - len(sizes)]
    for place in np.ndindex(*lead):
        out[place][indices[place].ravel()] = x[place].ravel()
    return out.reshape(*lead, *sizes)


INDICES = integers([[[0, 3], [5, 7]]])
row(
    "nn.functional.max_unpool1d",
    lambda x, indices, kernel_size, stride=None, padding=0, output_size=None: unpooled(
        x, indices, (output_size or (6,))[-1:]
    ),
    smooth(real(1, 3), integers([0, 3, 5]), 2),
    smooth(real(1, 2, 3), integers([[0, 3, 5], [1, 2, 4]]), 2, output_size=(7,)),
    fails(ValueError, "invalid output_size", real(1, 3), integers([0, 3, 5]), 2, output_size=(9,)),
    fails(RuntimeError, "Expected shape of indices", real(1, 3), integers([0, 3]), 2),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.max_unpool2d",
    lambda x, indices, kernel_size, stride=None, padding=0, output_size=None: unpooled(
        x, indices, (output_size or (4, 4))[-2:]
    ),
    smooth(real(1, 2, 2), INDICES[0], 2),
    smooth(real(1, 1, 2, 2), INDICES, 2, output_size=(1, 1, 5, 4)),
    fails(RuntimeError, "invalid max index", real(1, 2, 2), INDICES[0] + 20, 2),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.max_unpool3d",
    lambda x, indices, kernel_size: unpooled(x, indices, (2, 4, 4)),
    smooth(real(1, 1, 2, 2), INDICES + 3, 2),
    smooth(real(1, 1, 1, 2, 2), INDICES[None], (2, 2, 2)),
    wrt=(0,),
)  # fmt: skip


def fractional(x, kernel_size, output_size=None, output_ratio=None, _random_samples=None):
    """Window by window, in each channel from where its random numbers say."""
    dims = _random_samples.shape[-1]
    sizes, windows = x.shape[-dims:], np.broadcast_to(kernel_size, dims)
    counts = [int(size * r) for size, r in zip(sizes, output_ratio or ())] or np.broadcast_to(output_size, dims)
    images = x.reshape(-1, *sizes)
    out = np.zeros((len(images), *counts), x.dtype)
    for image, drawn, made in zip(images, _random_samples.reshape(-1, dims), out):
        firsts = []
        for size, window, count, u in zip(sizes, windows, counts, drawn[::-1] if dims == 2 else drawn):
            step = (size - window) / max(count - 1, 1)
            firsts.append([int((i + u) * step) - int(u * step) for i in range(count - 1)] + [size - window])
        for place in np.ndindex(*counts):
            box = tuple(slice(line[i], line[i] + window) for line, i, window in zip(firsts, place, windows))
            made[place] = image[box].max()
    return out.reshape(*x.shape[:-dims], *counts)


row(
    "nn.functional.fractional_max_pool2d", fractional,
    smooth(real(2, 2, 5, 6), 2, (3, 4), _random_samples=real(2, 2, 2, low=0.05, high=0.95)),
    smooth(real(2, 7, 5), (3, 2), output_ratio=(0.5, 0.4), _random_samples=real(1, 2, 2, low=0.05, high=0.95)),
    smooth(real(1, 1, 4, 4), 4, 1, _random_samples=real(1, 1, 2, low=0.05, high=0.95)),
    fails(ValueError, "either an output_size or an output_ratio", real(1, 4, 4), 2),
    fails(RuntimeError, "do not fit", real(1, 4, 4), 3, 4),
    fails(RuntimeError, "of shape", real(1, 4, 4), 2, 2, _random_samples=real(1, 1, 3)),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.fractional_max_pool3d", fractional,
    smooth(real(1, 2, 4, 5, 6), 2, (2, 3, 4), _random_samples=real(1, 2, 3, low=0.05, high=0.95)),
    smooth(real(2, 6, 5, 7), (1, 2, 3), output_ratio=(0.5, 0.4, 0.7), _random_samples=real(1, 2, 3, low=0.1, high=0.9)),
    fails(RuntimeError, "do not fit", real(1, 4, 4, 4), 3, 4),
    wrt=(0,),
)  # fmt: skip

"""Pooling of images: windows slid over the last two dimensions."""

from __future__ import annotations

import math

import numpy as np

from .columns import each_tap
from .jit import kernel


def out_size(size, kernel_size, stride, padding, dilation, ceil_mode):
    """How many windows fit along one dimension; with ``ceil_mode``, a last one may hang over, but must start inside."""
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    places = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (places - 1) * stride >= size + padding:
        places -= 1
    return places


def out_sizes(shape, kernel_size, stride, padding, dilation, ceil_mode):
    """The height and width of the pooled image."""
    return tuple(out_size(*sizes, ceil_mode) for sizes in zip(shape[-2:], kernel_size, stride, padding, dilation))


def check_shapes(shape, kernel_size, stride, padding, dilation, ceil_mode):
    """Raise RuntimeError unless this makes a pooling."""
    if len(shape) not in (3, 4):
        raise RuntimeError(f"Expected 3D or 4D (batch mode) tensor, (C, H, W) or (N, C, H, W), but got {tuple(shape)}")
    if min(kernel_size) < 1 or min(stride) < 1 or min(dilation) < 1:
        raise RuntimeError(
            f"kernel size {kernel_size}, stride {stride} and dilation {dilation} must be greater than zero"
        )
    if any(p < 0 or 2 * p > k for p, k in zip(padding, kernel_size)):
        raise RuntimeError(f"pad should be at most half of kernel size, but got padding {padding} for {kernel_size}")
    sizes = out_sizes(shape, kernel_size, stride, padding, dilation, ceil_mode)
    if min(sizes) < 1:
        raise RuntimeError(
            f"Given input size {tuple(shape[-3:])}, calculated output size {sizes}: output size is too small"
        )


def planes(x):
    """``x`` as (planes, H, W), in rows."""
    return np.ascontiguousarray(x).reshape(math.prod(x.shape[:-2]), *x.shape[-2:])


def max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode):
    """The largest of each window, and its place in the flattened image; -inf and -1 for one that sees only padding."""
    sizes = out_sizes(x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    images = planes(x)
    out = np.full((len(images), *sizes), -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min, x.dtype)
    places = np.empty(out.shape, np.int64)
    pool_max(images, out, places, *kernel_size, *stride, *padding, *dilation)
    shape = (*x.shape[:-2], *sizes)
    return out.reshape(shape), places.reshape(shape)


def pool_max_numpy(x, out, places, kh, kw, *geometry):
    places[:] = -1
    pixel = np.arange(x.shape[1] * x.shape[2]).reshape(x.shape[1:])
    shape = (1, len(x), kh, kw, *out.shape[1:])
    for _, _, window, pixels in each_tap((1, *x.shape), shape, *geometry):
        seen = x[pixels]
        better = (places[window] < 0) | (seen > out[window]) | np.isnan(seen)
        out[window] = np.where(better, seen, out[window])
        places[window] = np.where(better, pixel[pixels], places[window])


@kernel(twin=pool_max_numpy)
def pool_max(x, out, places, kh, kw, sh, sw, ph, pw, dh, dw):
    """Fill ``out`` with the largest value of each window and ``places`` with where it was; NaN is larger than all.

    A window without pixels leaves ``out`` as it is, and its place is -1.
    """
    n, h, w = x.shape
    for b in range(n):
        for p in range(out.shape[1]):
            for q in range(out.shape[2]):
                place = -1
                best = out[b, p, q]
                for i in range(kh):
                    y = p * sh - ph + i * dh
                    if y < 0 or y >= h:
                        continue
                    for j in range(kw):
                        z = q * sw - pw + j * dw
                        if z < 0 or z >= w:
                            continue
                        value = x[b, y, z]
                        if place < 0 or value > best or value != value:
                            best = value
                            place = y * w + z
                out[b, p, q] = best
                places[b, p, q] = place


def put_in_planes(x, places, shape):
    """Zeros of ``shape`` with each element of ``x`` added at its place; nowhere if that is -1."""
    out = np.zeros((math.prod(shape[:-2]), shape[-2] * shape[-1]), x.dtype)
    picked = len(out), x.shape[-2] * x.shape[-1]
    add_at(out, np.ascontiguousarray(x).reshape(picked), places.reshape(picked))
    return out.reshape(shape)


def add_at_numpy(out, x, places):
    np.add.at(out, (np.arange(len(out))[:, None], np.maximum(places, 0)), np.where(places < 0, 0, x))


@kernel(twin=add_at_numpy)
def add_at(out, x, places):
    """``out[i, places[i, j]] += x[i, j]`` where the place isn't -1."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if places[i, j] >= 0:
                out[i, places[i, j]] += x[i, j]


def pick_from_planes(x, places):
    """The elements of ``x`` at these places; 0 for -1."""
    flat = x.reshape(math.prod(x.shape[:-2]), x.shape[-2] * x.shape[-1])
    picked = len(flat), places.shape[-2] * places.shape[-1]
    found = np.take_along_axis(flat, np.maximum(places, 0).reshape(picked), 1).reshape(places.shape)
    return np.where(places < 0, x.dtype.type(0), found)


def avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The mean of each window."""
    sizes = out_sizes(x.shape, kernel_size, stride, padding, (1, 1), ceil_mode)
    images = planes(x)
    out = np.zeros((len(images), *sizes), x.dtype)
    columns_shape = (1, len(images), *kernel_size, *sizes)
    for _, _, window, pixels in each_tap((1, *images.shape), columns_shape, *stride, *padding, 1, 1):
        out[window] += images[pixels]
    out /= divisors(x.shape, sizes, kernel_size, stride, padding, count_include_pad, divisor_override).astype(x.dtype)
    return out.reshape(*x.shape[:-2], *sizes)


def avg_pool2d_input(g, shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The adjoint of `avg_pool2d`, whose input has ``shape``."""
    sizes = g.shape[-2:]
    counts = divisors(shape, sizes, kernel_size, stride, padding, count_include_pad, divisor_override).astype(g.dtype)
    shares = planes(g) / counts
    out = np.zeros((len(shares), *shape[-2:]), g.dtype)
    columns_shape = (1, len(shares), *kernel_size, *sizes)
    for _, _, window, pixels in each_tap((1, *out.shape), columns_shape, *stride, *padding, 1, 1):
        out[pixels] += shares[window]
    return out.reshape(shape)


def divisors(shape, sizes, kernel_size, stride, padding, count_include_pad, divisor_override):
    """What the sum of each window is divided by: (H', W')."""
    if divisor_override:
        return np.full(sizes, divisor_override)
    counts = []
    for size, places, k, s, p in zip(shape[-2:], sizes, kernel_size, stride, padding):
        start = np.arange(places) * s - p
        end = np.minimum(start + k, size + p)
        counts.append(end - start if count_include_pad else np.minimum(end, size) - np.maximum(start, 0))
    return np.outer(*counts)

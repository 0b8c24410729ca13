"""Convolution of images: windows laid out as columns, then one matrix product for each image and group.

columns[c·kh·kw + i·kw + j, p] = x[c, window p, tap (i, j)]
out = W @ columns        ∂W = ∂out @ columnsᵀ        ∂columns = Wᵀ @ ∂out, added back where they came from
"""

from __future__ import annotations

import math

import numpy as np

from .jit import kernel


def out_sizes(sizes, kernel_sizes, stride, padding, dilation):
    """How many places a window has along each dimension."""
    return tuple(
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(sizes, kernel_sizes, stride, padding, dilation)
    )


def check_shapes(x, weight, bias, stride, padding, dilation, groups):
    """Raise RuntimeError unless these shapes make a convolution."""
    if len(x) != 4 or len(weight) != 4:
        raise RuntimeError(
            f"expected a 4D input (N, C, H, W) and a 4D weight (O, C/groups, kh, kw), got {x} and {weight}"
        )
    if min(stride) < 1 or min(dilation) < 1 or groups < 1:
        raise RuntimeError(f"stride {stride}, dilation {dilation} and groups {groups} must be positive")
    if min(padding) < 0:
        raise RuntimeError(f"negative padding is not supported, but got {padding}")
    if x[1] != weight[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(weight)}, expected input{list(x)} to have "
            f"{weight[1] * groups} channels, but got {x[1]} channels instead"
        )
    if weight[0] % groups:
        raise RuntimeError(f"expected the {weight[0]} filters to be divisible by groups={groups}")
    if bias is not None and bias != weight[:1]:
        raise RuntimeError(f"expected a bias of shape {weight[:1]}, one number a filter, but got {bias}")
    if min(out_sizes(x[2:], weight[2:], stride, padding, dilation)) < 1:
        padded = tuple(size + 2 * p for size, p in zip(x[2:], padding))
        reach = tuple(d * (k - 1) + 1 for k, d in zip(weight[2:], dilation))
        raise RuntimeError(
            f"Kernel size can't be greater than actual input size: {reach} over a padded input of {padded}"
        )


def conv2d(x, weight, bias, stride, padding, dilation, groups):
    """``out[n, o] = Σ_c weight[o, c] ⋆ x[n, c] + bias[o]``."""
    n, filters = x.shape[0], weight.shape[0]
    sizes = out_sizes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    columns = columns_of(x, weight.shape[2:], sizes, stride, padding, dilation)
    grouped = columns.reshape(n, groups, weight[0].size, sizes[0] * sizes[1])
    out = np.matmul(weight.reshape(groups, filters // groups, -1), grouped).reshape(n, filters, *sizes)
    if bias is not None:
        out += bias[:, None, None]
    return out


def conv2d_input(g, weight, shape, stride, padding, dilation, groups):
    """The adjoint of `conv2d` in x, of ``shape``."""
    n, filters = g.shape[:2]
    upstream = g.reshape(n, groups, filters // groups, g.shape[2] * g.shape[3])
    columns = np.matmul(weight.reshape(groups, filters // groups, -1).mT, upstream)
    columns = columns.reshape(n, shape[1], *weight.shape[2:], *g.shape[2:])
    out = np.zeros(shape, g.dtype)
    add_columns(out, columns, *stride, *padding, *dilation)
    return out


def conv2d_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of `conv2d` in weight, of ``shape``."""
    n, filters = g.shape[:2]
    columns = columns_of(x, shape[2:], g.shape[2:], stride, padding, dilation)
    grouped = columns.reshape(n, groups, math.prod(shape[1:]), g.shape[2] * g.shape[3])
    upstream = g.reshape(n, groups, filters // groups, g.shape[2] * g.shape[3])
    return np.add.reduce(np.matmul(upstream, grouped.mT)).reshape(shape)


def columns_of(x, kernel_sizes, sizes, stride, padding, dilation):
    """What each tap of the kernel sees at each place: (N, C, kh, kw, H', W')."""
    columns = np.empty((*x.shape[:2], *kernel_sizes, *sizes), x.dtype)
    copy_columns(np.ascontiguousarray(x), columns, *stride, *padding, *dilation)
    return columns


def tap_slices(tap, size, places, stride, padding, dilation):
    """Which places of a tap lie inside the image, and which pixels they meet."""
    offset = tap * dilation - padding
    first = max(0, -(offset // stride))
    last = min(places, (size - 1 - offset) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    return slice(first, last), slice(first * stride + offset, (last - 1) * stride + offset + 1, stride)


def each_tap(image_shape, columns_shape, sh, sw, ph, pw, dh, dw):
    """For each tap, ``(i, j, places, pixels)`` that lie inside the image."""
    for i in range(columns_shape[2]):
        rows, pixel_rows = tap_slices(i, image_shape[2], columns_shape[4], sh, ph, dh)
        for j in range(columns_shape[3]):
            cols, pixel_cols = tap_slices(j, image_shape[3], columns_shape[5], sw, pw, dw)
            yield i, j, (..., rows, cols), (..., pixel_rows, pixel_cols)


def copy_columns_numpy(x, columns, *geometry):
    columns[:] = 0
    for i, j, places, pixels in each_tap(x.shape, columns.shape, *geometry):
        columns[:, :, i, j][places] = x[pixels]


@kernel(twin=copy_columns_numpy)
def copy_columns(x, columns, sh, sw, ph, pw, dh, dw):
    """Fill ``columns`` with what each tap sees: pixels of ``x``, or 0 outside."""
    n, c, kh, kw, oh, ow = columns.shape
    h, w = x.shape[2:]
    for b in range(n):
        for k in range(c):
            for i in range(kh):
                for j in range(kw):
                    for p in range(oh):
                        y = p * sh - ph + i * dh
                        row = columns[b, k, i, j, p]
                        if y < 0 or y >= h:
                            row[:] = 0
                            continue
                        line = x[b, k, y]
                        left = j * dw - pw
                        for q in range(ow):
                            z = q * sw + left
                            row[q] = line[z] if 0 <= z < w else 0


def add_columns_numpy(x, columns, *geometry):
    for i, j, places, pixels in each_tap(x.shape, columns.shape, *geometry):
        x[pixels] += columns[:, :, i, j][places]


@kernel(twin=add_columns_numpy)
def add_columns(x, columns, sh, sw, ph, pw, dh, dw):
    """Add each column to the pixels of ``x`` it was copied from: the adjoint of `copy_columns`."""
    n, c, kh, kw, oh, ow = columns.shape
    h, w = x.shape[2:]
    for b in range(n):
        for k in range(c):
            for i in range(kh):
                for j in range(kw):
                    for p in range(oh):
                        y = p * sh - ph + i * dh
                        if y < 0 or y >= h:
                            continue
                        row = columns[b, k, i, j, p]
                        line = x[b, k, y]
                        left = j * dw - pw
                        for q in range(ow):
                            z = q * sw + left
                            if 0 <= z < w:
                                line[z] += row[q]

"""Windows of an image laid out as columns, and added back to where they came from."""

from __future__ import annotations

import itertools

import numpy as np


def im2col(x, kernel_size, stride, padding, dilation, places):
    """What the taps of a window see at each of the ``places`` (height, width): (N, C·kh·kw, L), 0 outside the image."""
    columns = np.zeros((*x.shape[:2], *kernel_size, *places), x.dtype)
    for tap, seen, pixels in each_tap(x.shape[2:], kernel_size, stride, padding, dilation, places):
        columns[:, :, *tap][seen] = x[pixels]
    return columns.reshape(len(x), x.shape[1] * kernel_size[0] * kernel_size[1], places[0] * places[1])


def col2im(columns, size, kernel_size, stride, padding, dilation, places):
    """The columns added up in images (N, C, *size): the adjoint of `im2col`. Those of float16 are added in float32."""
    if columns.dtype.char == "e":
        wide = columns.astype(np.float32)
        return col2im(wide, size, kernel_size, stride, padding, dilation, places).astype(columns.dtype)
    channels = columns.shape[1] // (kernel_size[0] * kernel_size[1])
    x = np.zeros((len(columns), channels, *size), columns.dtype)
    columns = columns.reshape(len(columns), channels, *kernel_size, *places)
    for tap, seen, pixels in each_tap(size, kernel_size, stride, padding, dilation, places):
        x[pixels] += columns[:, :, *tap][seen]
    return x


def tap_slices(tap, size, places, stride, padding, dilation):
    """Which places of a tap lie inside the image, and which pixels they meet."""
    offset = tap * dilation - padding
    first = max(0, -(offset // stride))
    last = min(places, (size - 1 - offset) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    return slice(first, last), slice(first * stride + offset, (last - 1) * stride + offset + 1, stride)


def each_tap(size, kernel_size, stride, padding, dilation, places):
    """Of each tap its number along each dimension, and the places and pixels, of any images, where it meets them."""
    dimensions = zip(kernel_size, zip(size, places, stride, padding, dilation))
    along = [[tap_slices(tap, *geometry) for tap in range(taps)] for taps, geometry in dimensions]
    for tap in itertools.product(*map(range, kernel_size)):
        met = [slices[i] for slices, i in zip(along, tap)]
        yield tap, (..., *[seen for seen, _ in met]), (..., *[pixels for _, pixels in met])

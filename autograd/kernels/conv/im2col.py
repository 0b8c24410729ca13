"""Windows of an image laid out as columns, and added back to where they came from."""

from __future__ import annotations

import numpy as np


def im2col(x, kernel_size, stride, padding, dilation, places):
    """What the taps of a window see at each of the ``places`` (height, width): (N, C·kh·kw, L), 0 outside the image."""
    columns = np.zeros((*x.shape[:2], *kernel_size, *places), x.dtype)
    for i, j, seen, pixels in each_tap(x.shape, columns.shape, *stride, *padding, *dilation):
        columns[:, :, i, j][seen] = x[pixels]
    return columns.reshape(len(x), x.shape[1] * kernel_size[0] * kernel_size[1], places[0] * places[1])


def col2im(columns, size, kernel_size, stride, padding, dilation, places):
    """The columns added up in images (N, C, *size): the adjoint of `im2col`. Those of float16 are added in float32."""
    if columns.dtype.char == "e":
        wide = columns.astype(np.float32)
        return col2im(wide, size, kernel_size, stride, padding, dilation, places).astype(columns.dtype)
    channels = columns.shape[1] // (kernel_size[0] * kernel_size[1])
    x = np.zeros((len(columns), channels, *size), columns.dtype)
    columns = columns.reshape(len(columns), channels, *kernel_size, *places)
    for i, j, seen, pixels in each_tap(x.shape, columns.shape, *stride, *padding, *dilation):
        x[pixels] += columns[:, :, i, j][seen]
    return x


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

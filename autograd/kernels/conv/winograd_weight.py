"""The gradient in the weight by Winograd's algorithm: the adjoint of `winograd` in the weight.

    ∂L/∂w = Gᵀ·[Σ (A·g·Aᵀ) ⊙ (Bᵀ·d·B)]·G

over tiles g of upstream gradients and the tiles d of 6x6 pixels that they come from. For each of the 36 places that
sum is a matrix product of filters x tiles and tiles x channels, of a quarter of the multiplications.

Here a vector is a pixel of several channels, which the pixels are transposed to first: the products add tile after
tile. Each tap in depth has a sum of its own, in which a tap has one slice for each depth of the result.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.memory import scratch
from ..compiling.require import require
from .microkernels.accumulate import FILTERS, PLACES, accumulate
from .microkernels.copies import transpose
from .winograd import MANY, first_within, require_tiles, seen_by_tiles, tiles_of, tiles_of_phase
from .winograd_filters import APART
from .winograd_transforms import WRITE, tile_back, tile_in

# Channels in a vector of float32. In one of float64, which the tests use, there are half as many.
LANES = VECTOR // 4


class View(NamedTuple):
    """What tiles see: images of as many ``planes`` of a size, with ``padding`` before, in tiles of ``reach`` pixels.

    deep: how many slices a plane has. slices: which of them is seen at each depth of the result, -1 for none.
    """

    planes: int
    deep: int
    slices: Any
    size: tuple[int, int]
    padding: tuple[int, int]
    reach: int


@helper
def rounded(planes, unit):
    """The least multiple of ``unit`` that is not less."""
    return (planes + unit - 1) // unit * unit


@helper
def together(tiling):
    """How many tiles are multiplied at a time: few stay in the cache, but more read and write large sums less often."""
    return 32 if tiling.channels * tiling.filters <= MANY else 192


@helper
def apart(planes, tiles):
    """From one of the 36 places to the next in transformed tiles: such that they don't share lines of the cache."""
    return rounded(planes, LANES) * tiles + APART


def workspace(tiling, dtype):
    """Memory for the transformed tiles of the image and of the upstream gradient, this thread's until its next call."""
    sizes = [36 * apart(planes, together(tiling)) for planes in (tiling.channels, tiling.filters)]
    return [scratch(name, dtype, size) for name, size in zip(("tiles", "upstream tiles"), sizes)]


def total_of(tiling, dtype):
    """Memory for the sums: [place, filter, channel], with filters for whole blocks and channels for whole vectors."""
    return scratch("total", dtype, 36 * rounded(tiling.filters, FILTERS) * rounded(tiling.channels, LANES))


def winograd_weight_numpy(source, g, total, tiling, tiles, upstream, start, stop):
    down, right = tiles_of(tiling)
    first, last = start // (down * right), -(-stop // (down * right))
    some = slice(start - first * down * right, stop - first * down * right)
    seen = seen_by_tiles(source, tiling, first, last)[..., some]
    step, (low, wide), (apart, beside) = tiling.step, tiles_of_phase(tiling), tiling.dilation
    made = g.reshape(-1, tiling.groups, tiling.filters, len(tiling.slices), *tiling.made)
    made = made[:, tiling.group].swapaxes(1, 2)
    padded = np.zeros((last - first, tiling.filters, step * down, step * right), g.dtype)
    padded[..., : tiling.made[0], : tiling.made[1]] = made.reshape(-1, tiling.filters, *tiling.made)[first:last]
    pulled = padded.reshape(-1, tiling.filters, low, step, apart, wide, step, beside).transpose(3, 6, 1, 0, 4, 2, 7, 5)
    pulled = (WRITE[step].T.astype(g.dtype) @ pulled.reshape(step * step, -1)).reshape(36, tiling.filters, -1)[
        ..., some
    ]
    total[:] = 0
    total.reshape(36, rounded(tiling.filters, FILTERS), -1)[:, : tiling.filters, : tiling.channels] = np.matmul(
        pulled, seen.mT
    )


@helper
def place(tile, end, view, tiling, lanes, runs, offsets):
    """Which ``runs`` of pixels the tiles from ``tile`` to ``end`` see, how many, and where each tile has its pixels.

    A run begins at a pixel of the group's first plane and has a length; copied, it begins at a place. What is outside
    of the image is at place 0. Rows of a phase that lie side by side are one run.
    """
    (height, width), (top, left), (apart, beside) = view.size, view.padding, tiling.dilation
    (low, wide), (down, right), reach, step = tiles_of_phase(tiling), tiles_of(tiling), view.reach, tiling.step
    row, last, count, y = tile // right, (end - 1) // right, 0, lanes
    while row <= last:
        item, i = divmod(row, down)
        image, depth = divmod(item, len(view.slices))
        phase, i = divmod(i, low)
        rows, slice = min(low - i, last - row + 1), view.slices[depth, 0]
        start = max(step * i, first_within(apart, phase, top))
        stop = max(start, min(step * (i + rows - 1) + reach, first_within(apart, phase, top + height)))
        if slice < 0:
            stop = start
        plane = (image * tiling.groups + tiling.group) * view.planes * view.deep + slice
        x = (plane * height + apart * start + phase - top) * width
        for _ in range(min(1, stop - start) if apart == 1 else stop - start):
            runs[count, 0], runs[count, 1], runs[count, 2] = x, (stop - start) * width if apart == 1 else width, y
            x, y, count = x + apart * width, y + runs[count, 1] * lanes, count + 1
        copy = y - (stop - start) * width * lanes
        for k in range(max(tile, row * right), min(end, (row + rows) * right)):
            below, column = divmod(k - row * right, right)
            shift, column = divmod(column, wide)
            u, v = step * (i + below), beside * step * column + shift - left
            for a in range(reach):
                line = (k - tile) * reach * reach + a * reach
                for b in range(reach):
                    right_of = v + beside * b
                    inside = start <= u + a < stop and 0 <= right_of < width
                    offsets[line + b] = copy + ((u + a - start) * width + right_of) * lanes if inside else 0
        row += rows
    return count


@helper
def rows_in(tiling, reach):
    """How many rows of pixels are copied at most."""
    return (together(tiling) // tiles_of(tiling)[1] + 2) * reach


@helper
def room(view, tiling, lanes):
    """How many numbers the copied runs are at most."""
    return (rows_in(tiling, view.reach) * view.size[1] + 1) * lanes


@helper
def copied(images, view, group, count, runs, pixels):
    """Transpose the runs of a group of channels, as many as a vector has, and zeros for those that there are not."""
    lanes = VECTOR // images.itemsize
    if view.planes < group + lanes:
        pixels[:] = 0
    size = view.deep * view.size[0] * view.size[1]
    for k in range(count):
        transpose(
            images, runs[k, 0] + group * size, size, min(lanes, view.planes - group), runs[k, 1],
            pixels, runs[k, 2], lanes,
        )  # fmt: skip


@kernel(twin=winograd_weight_numpy)
def winograd_weight(source, g, total, tiling, tiles, upstream, start, stop):
    """The sum above over the tiles from ``start`` to ``stop`` to ``total``; all arrays flat.

    total: `total_of`. tiles, upstream: the `workspace`, for [place, group of channels, tile, channel] and [place, block
    of filters, tile, filter].
    """
    lanes = VECTOR // source.itemsize
    step = tiling.step
    deep = len(tiling.slices)
    image = View(tiling.channels, tiling.deep, tiling.slices, tiling.size, tiling.padding, 6)
    slope = View(tiling.filters, deep, np.arange(deep).reshape(deep, 1), tiling.made, (0, 0), step)
    most, unit = together(tiling), PLACES * lanes
    tiles_apart, upstream_apart = apart(image.planes, most), apart(slope.planes, most)
    channels, filters = rounded(image.planes, lanes), rounded(slope.planes, FILTERS)
    row = rounded(channels, LANES)
    require_tiles(tiling, source, g, start, stop)
    require(tiling.slices.shape[1] == 1)
    require(total.size == 36 * filters * row)
    require(tiles.size >= 36 * tiles_apart and upstream.size >= 36 * upstream_apart)
    runs, offsets = np.empty((rows_in(tiling, 6), 3), np.int64), np.empty(36 * most, np.int64)
    pixels = np.zeros(max(room(image, tiling, lanes), room(slope, tiling, lanes)), source.dtype)
    nothing = np.zeros(filters, source.dtype)
    if start == stop:
        total[:] = 0
    for first in range(start, stop, most):
        end = min(first + most, stop)
        count = place(first, end, image, tiling, lanes, runs, offsets)
        for group in range(0, image.planes, lanes):
            copied(source, image, group, count, runs, pixels)
            begin = group // unit * unit
            width = min(unit, channels - begin)
            for tile in range(end - first):
                y = begin * most + tile * width + group - begin
                tile_in(pixels, offsets, 36 * tile, tiles, y, tiles_apart)
        count = place(first, end, slope, tiling, lanes, runs, offsets)
        for group in range(0, slope.planes, lanes):
            copied(g, slope, group, count, runs, pixels)
            for tile in range(end - first):
                y = group * most + tile * FILTERS
                tile_back(pixels, offsets, step * step * tile, step, upstream, y, most * FILTERS, upstream_apart)
        for k in range(36):
            for group in range(0, channels, unit):
                width = min(unit, channels - group)
                lines = np.arange(most) * width
                accumulate(
                    upstream, k * upstream_apart, FILTERS * most, filters // FILTERS,
                    tiles, k * tiles_apart + group * most, lines, 0, end - first, first == start, nothing, 0,
                    total, k * filters * row + group, row, width,
                )  # fmt: skip

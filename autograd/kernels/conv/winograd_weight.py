"""The gradient in the weight by Winograd's algorithm: the adjoint of `winograd` in the weight.

    ∂L/∂w = Gᵀ·[Σ (A·g·Aᵀ) ⊙ (Bᵀ·d·B)]·G

over tiles g of upstream gradients and the tiles d of 6x6 pixels that they come from. For each of the 36 places that
sum is a matrix product of filters x tiles and tiles x channels, of a quarter of the multiplications.

Here a vector is a pixel of several channels, which the pixels are transposed to first: the products add tile after
tile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.memory import scratch
from ..compiling.require import require
from .microkernels.accumulate import FILTERS, PLACES, accumulate
from .microkernels.copies import transpose
from .winograd import APART, MANY, require_tiles, seen_by_tiles, tiles_of
from .winograd_transforms import WRITE, tile_back, tile_in

# Channels in a vector of float32. In one of float64, which the tests use, there are half as many.
LANES = VECTOR // 4


class View(NamedTuple):
    """What tiles see: images of as many ``planes`` of a size, with ``padding`` before, in tiles of ``reach`` pixels."""

    planes: int
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
    step = tiling.step
    padded = np.zeros((last - first, tiling.filters, step * down, step * right), g.dtype)
    upstream = g.reshape(-1, tiling.groups, tiling.filters, *tiling.made)[first:last, tiling.group]
    padded[..., : tiling.made[0], : tiling.made[1]] = upstream
    pulled = padded.reshape(-1, tiling.filters, down, step, right, step).transpose(3, 5, 1, 0, 2, 4)
    pulled = (WRITE[step].T.astype(g.dtype) @ pulled.reshape(step * step, -1)).reshape(36, tiling.filters, -1)[
        ..., some
    ]
    total[:] = 0
    total.reshape(36, rounded(tiling.filters, FILTERS), -1)[:, : tiling.filters, : tiling.channels] = np.matmul(
        pulled, seen.mT
    )


@helper
def seen_rows(view, step, i, rows):
    """Which rows of an image the rows of tiles from ``i`` on see."""
    start = min(view.size[0], max(0, step * i - view.padding[0]))
    return start, max(start, min(view.size[0], step * (i + rows - 1) + view.reach - view.padding[0]))


@helper
def place(tile, end, view, tiling, lanes, runs, offsets):
    """Which ``runs`` of pixels the tiles from ``tile`` to ``end`` see, how many, and where each tile has its pixels.

    A run begins at a pixel of the group's first plane and has a length; copied, it begins at a place. What is outside
    of the image is at place 0.
    """
    (height, width), (top, left), reach, step = view.size, view.padding, view.reach, tiling.step
    down, right = tiles_of(tiling)
    row, last, count, y = tile // right, (end - 1) // right, 0, lanes
    while row <= last:
        image, i = divmod(row, down)
        rows = min(down - i, last - row + 1)
        start, stop = seen_rows(view, step, i, rows)
        plane = (image * tiling.groups + tiling.group) * view.planes
        runs[count, 0], runs[count, 1] = (plane * height + start) * width, (stop - start) * width
        runs[count, 2] = y
        for k in range(max(tile, row * right), min(end, (row + rows) * right)):
            u, v = step * (k // right - image * down) - top, step * (k % right) - left
            for a in range(reach):
                line = (k - tile) * reach * reach + a * reach
                for b in range(reach):
                    inside = 0 <= u + a < height and 0 <= v + b < width
                    offsets[line + b] = y + ((u + a - start) * width + v + b) * lanes if inside else 0
        y += (stop - start) * width * lanes
        row, count = row + rows, count + 1
    return count


@helper
def room(view, tiling, lanes):
    """How many numbers the copied runs are at most."""
    return ((together(tiling) // tiles_of(tiling)[1] + 2) * view.reach * view.size[1] + 1) * lanes


@helper
def copied(images, view, group, count, runs, pixels):
    """Transpose the runs of a group of channels, as many as a vector has, and zeros for those that there are not."""
    lanes = VECTOR // images.itemsize
    if view.planes < group + lanes:
        pixels[:] = 0
    size = view.size[0] * view.size[1]
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
    image = View(tiling.channels, tiling.size, tiling.padding, 6)
    slope = View(tiling.filters, tiling.made, (0, 0), step)
    most, unit = together(tiling), PLACES * lanes
    tiles_apart, upstream_apart = apart(image.planes, most), apart(slope.planes, most)
    channels, filters = rounded(image.planes, lanes), rounded(slope.planes, FILTERS)
    row = rounded(channels, LANES)
    require_tiles(tiling, source, g, start, stop)
    require(total.size == 36 * filters * row)
    require(tiles.size >= 36 * tiles_apart and upstream.size >= 36 * upstream_apart)
    runs, offsets = np.empty((most + 2, 3), np.int64), np.empty(36 * most, np.int64)
    pixels = np.zeros(max(room(image, tiling, lanes), room(slope, tiling, lanes)), source.dtype)
    nothing = np.zeros(FILTERS, source.dtype)
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
                for filter in range(0, filters, FILTERS):
                    accumulate(
                        upstream, k * upstream_apart + filter * most, tiles, k * tiles_apart + group * most,
                        lines, 0, end - first, first == start, nothing, 0,
                        total, (k * filters + filter) * row + group, row, width,
                    )  # fmt: skip

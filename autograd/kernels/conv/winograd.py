"""Convolution with a quarter of the multiplications: Winograd's F(4x4, 3x3), and F(2x2, 5x5), which has three eighths.

Tiles d of 6x6 pixels, a step of four or two apart, and filters w are transformed, multiplied place by place, and
transformed back into as many places of the result (Lavin and Gray, 2016):

    out = Aᵀ·[Σ_c (G·w·Gᵀ) ⊙ (Bᵀ·d·B)]·A

For each of the 36 places that sum is a matrix product of filters x channels and channels x tiles. A vector has a tile
in each lane, whichever rows and images they are from. The rows of pixels that some tiles see are copied between zeros
before, a channel at a time. float32 only: the result is right to about 1e-5 of its largest number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.memory import LINE, scratch
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require, require_range
from .microkernels.accumulate import FILTERS, PLACES, accumulate
from .microkernels.copies import copy_rows, copy_run
from .winograd_filters import filters_numpy, weighed
from .winograd_transforms import READ, WRITE, tiles_in, tiles_out

# How many tiles are multiplied at a time: more and their transforms leave the cache. They are whole blocks.
TILES = 48
# Numbers by which what is read at once is moved apart, so that it doesn't share lines of the cache.
APART = LINE // 4
# More filters times channels than this don't stay in the cache.
MANY = 1 << 14
# Of how many blocks filters are transformed at a time, if not ahead.
GROUP = 4


class Tiling(NamedTuple):
    """The sizes of a convolution, and in what parts it is computed.

    groups, group: how many there are in an image, and which of them this is of; each has its channels and filters.
    size, padding, made: (height, width) of the image, of the zeros around it, and of the result. blocks: for how many
    blocks of filters tiles are multiplied before they are transformed back. depth: how many channels are transformed
    and multiplied at a time. ahead: whether filters are transformed before, and not each time that they are multiplied.
    turned: whether they are for the gradient in the image. step: from one tile to the next; filters have so many taps
    more than 2 that both are 7.
    """

    groups: int
    group: int
    channels: int
    filters: int
    size: tuple[int, int]
    padding: tuple[int, int]
    made: tuple[int, int]
    blocks: int
    depth: int
    ahead: bool
    turned: bool
    step: int


def tiling_of(shape, made, padding, filters, taps, turned=False, groups=1):
    """The `Tiling` that makes ``made`` (height, width) of the first group of images of ``shape`` (N, C, height, width).

    filters: those of all groups.
    """
    channels, filters = shape[1] // groups, filters // groups
    blocks = -(-filters // FILTERS)
    # Transformed filters are four times as large. Where they don't stay in the cache, it is quicker to make them anew
    # for every few tiles, of as many channels at a time as leave room for the tiles.
    ahead = channels * filters <= MANY
    depth = channels if ahead else 64
    return Tiling(
        groups,
        0,
        channels,
        filters,
        shape[2:],
        padding,
        made,
        min(blocks, 2) if ahead else blocks,
        depth,
        ahead,
        turned,
        7 - taps,
    )


@helper
def tiles_of(tiling):
    """How many tiles there are down and across an image."""
    step = tiling.step
    return (tiling.made[0] + step - 1) // step, (tiling.made[1] + step - 1) // step


@helper
def apart(tiling):
    """From one of the 36 places to the next in the transformed tiles, in the sums, and in filters not made ahead.

    Such that places don't share lines of the cache.
    """
    depth = min(tiling.depth, tiling.channels)
    filters = 0 if tiling.ahead else min(GROUP, tiling.blocks) * FILTERS * depth + APART
    return depth * TILES + APART, tiling.blocks * FILTERS * TILES + APART, filters


def workspace(tiling, dtype):
    """Memory for the transformed tiles, the sums and filters, this thread's until its next call."""
    return [scratch(name, dtype, 36 * size) for name, size in zip(("tiles", "sums", "filters"), apart(tiling))]


def seen_by_tiles(source, tiling, first, last):
    """``Bᵀ·d·B`` of all tiles of the images from ``first`` to ``last``: (36, channels, tiles)."""
    (height, width), (top, left), (down, right) = tiling.size, tiling.padding, tiles_of(tiling)
    step, rest = tiling.step, 6 - tiling.step
    images = source.reshape(-1, tiling.groups, tiling.channels, height, width)[first:last, tiling.group]
    shape = max(step * down + rest, top + height), max(step * right + rest, left + width)
    padded = np.zeros((len(images), tiling.channels, *shape), source.dtype)
    padded[:, :, top : top + height, left : left + width] = images
    seen = np.lib.stride_tricks.sliding_window_view(padded, (6, 6), (2, 3))[:, :, ::step, ::step][:, :, :down, :right]
    seen = READ.astype(source.dtype) @ seen.reshape(len(images), tiling.channels, down * right, 36).mT
    return seen.transpose(2, 1, 0, 3).reshape(36, tiling.channels, -1)


def winograd_numpy(
    source, weights, bias, out, tiling, tiles, multiplied, filters, start, stop, first_block, last_block
):
    down, right = tiles_of(tiling)
    first, last = start // (down * right), -(-stop // (down * right))
    blocks = -(-tiling.filters // FILTERS)
    if not tiling.ahead:
        lines = np.empty(36 * blocks * tiling.channels * FILTERS, weights.dtype)
        filters_numpy(weights, lines, tiling.filters, tiling.channels, 7 - tiling.step, tiling.turned, 0, blocks)
        weights = lines
    lines = weights.reshape(36, blocks, tiling.channels, FILTERS).mT.reshape(36, blocks * FILTERS, tiling.channels)
    found = np.matmul(lines[:, : tiling.filters], seen_by_tiles(source, tiling, first, last))
    step = tiling.step
    result = (WRITE[step].astype(source.dtype) @ found.reshape(36, -1)).reshape(step, step, tiling.filters, -1)
    result += bias[tiling.group * tiling.filters :][: tiling.filters, None]
    target = out.reshape(-1, tiling.groups, tiling.filters, *tiling.made)[:, tiling.group]
    some = slice(first_block * FILTERS, last_block * FILTERS)
    for tile in range(start, stop):
        image, place = divmod(tile, down * right)
        row, column = divmod(place, right)
        pixels = target[image, some, step * row : step * row + step, step * column : step * column + step]
        made = result[..., some, tile - first * down * right].transpose(2, 0, 1)
        pixels[:] = made[:, : pixels.shape[1], : pixels.shape[2]]


@helper
def room(tiling):
    """How many pixels of a plane `stage` copies at most, and how many of them are a row."""
    across = tiling.step * tiles_of(tiling)[1] + 6 - tiling.step
    return (TILES // tiles_of(tiling)[1] + 2) * 6 * across + APART, across


@helper
def stage(source, channel, tile, end, tiling, pixels):
    """Copy the rows of a channel that the tiles from ``tile`` to ``end`` see, into zeros."""
    (height, width), (top, left) = tiling.size, tiling.padding
    down, right = tiles_of(tiling)
    across = room(tiling)[1]
    row, last, y = tile // right, (end - 1) // right, left
    while row <= last:
        image, i = divmod(row, down)
        rows = min(down - i, last - row + 1)
        start, stop = tiling.step * i - top, tiling.step * (i + rows - 1) + 6 - top
        first, final = min(max(start, 0), stop), max(min(stop, height), start)
        plane = (image * tiling.groups + tiling.group) * tiling.channels + channel
        x = (plane * height + first) * width
        count, above, below = max(0, final - first), (first - start) * across, (final - start) * across
        pixels[y : y + above] = 0
        copy_rows(source, x, width, 1, pixels, y + above, across, count, width)
        # The rows of the next channel, which will be copied soon.
        prefetch(source, x + height * width, count * width)
        y, below = y + (stop - start) * across, y + below
        pixels[below:y] = 0
        row += rows


@helper
def locate(tile, end, tiling, corners):
    """Where `stage` has the tiles from ``tile`` to ``end``."""
    down, right = tiles_of(tiling)
    across = room(tiling)[1]
    first, step = tile // right, tiling.step
    corners[:] = 0
    for k in range(end - tile):
        row, column = divmod(tile + k, right)
        # Rows of tiles of one image overlap.
        y = step * (row - first) + (6 - step) * (row // down - first // down)
        corners[k] = y * across + step * column


@helper
def multiply(
    weights, w, apart, between, blocks, tiles, tiles_apart, lines, count, filled, fresh, nothing, sums, y, below
):
    """For each of the 36 places some blocks of filters times ``filled`` tiles, summed over ``count`` channels.

    apart, between: from one place, and from one block, to the next in the weights. below: from one place in the sums.
    """
    unit = PLACES * (VECTOR // tiles.itemsize)
    for place in range(36):
        for p in range(0, filled, unit):
            for block in range(blocks):
                accumulate(
                    weights, w + place * apart + block * between, tiles, place * tiles_apart + p, lines, 0, count,
                    fresh, nothing, 0, sums, y + place * below + block * FILTERS * TILES + p, TILES,
                    min(unit, filled - p),
                )  # fmt: skip


@helper
def write(lines, tile, end, filter, out, tiling):
    """Copy the ``lines`` of a vector of tiles to where each row of tiles has its place in the result."""
    (height, width), step = tiling.made, tiling.step
    down, right = tiles_of(tiling)
    lanes = lines.size // 16
    lane, count = 0, min(lanes, end - tile)
    image, place = divmod(tile, down * right)
    row, column = divmod(place, right)
    while lane < count:
        run = min(count - lane, right - column)
        plane = ((image * tiling.groups + tiling.group) * tiling.filters + filter) * height
        for i in range(min(step, height - step * row)):
            y = (plane + step * row + i) * width + step * column
            pixels = min(step * run, width - step * column)
            copy_run(lines, step * (lanes * i + lane), 1, out, y, 1, pixels)
            prefetch_to_write(out, y + height * width, pixels)
        lane += run
        column, row = 0, row + 1
        if row == down:
            row, image = 0, image + 1


@helper
def require_tiles(tiling, source, result, start, stop):
    """Raise `Misfit` unless both arrays have the images of the tiles from ``start`` to ``stop``, in fitting sizes."""
    (height, width), (top, left), made = tiling.size, tiling.padding, tiling.made
    taps, (down, right) = 7 - tiling.step, tiles_of(tiling)
    require(made == (height + 2 * top - taps + 1, width + 2 * left - taps + 1))
    require(min(height, width, top, left, made[0], made[1]) >= 0)
    require_range(start, stop, stop)
    groups = (stop + down * right - 1) // max(1, down * right) * tiling.groups
    require_range(tiling.group, tiling.group + 1, tiling.groups)
    require(groups * tiling.channels * height * width <= source.size)
    require(groups * tiling.filters * made[0] * made[1] <= result.size)


@kernel(twin=winograd_numpy)
def winograd(source, weights, bias, out, tiling, tiles, multiplied, filters, start, stop, first_block, last_block):
    """The tiles from ``start`` to ``stop`` of the convolution with some blocks of filters; all arrays flat.

    weights: `transformed`, or as they are if ``tiling`` says so. tiles, multiplied, filters: the `workspace`.
    """
    lanes, channels = VECTOR // source.itemsize, tiling.channels
    tiles_apart, sums_apart, filters_apart = apart(tiling)
    blocks, taps = (tiling.filters + FILTERS - 1) // FILTERS, 7 - tiling.step
    require_tiles(tiling, source, out, start, stop)
    require_range(first_block, last_block, blocks)
    weighed_size = 36 * blocks * FILTERS if tiling.ahead else tiling.filters * taps * taps
    require(weights.size == weighed_size * channels and bias.size >= tiling.groups * tiling.filters)
    require(
        tiles.size >= 36 * tiles_apart and multiplied.size >= 36 * sums_apart and filters.size >= 36 * filters_apart
    )
    offsets, nothing, whole = np.arange(channels) * TILES, np.zeros(FILTERS, source.dtype), len(weights) // 36
    size, across = room(tiling)
    pixels, corners, made = np.zeros(size, source.dtype), np.zeros(TILES, np.int64), np.empty(16 * lanes, source.dtype)
    for first in range(start, stop, TILES):
        end = min(first + TILES, stop)
        locate(first, end, tiling, corners)
        for block in range(first_block, last_block, tiling.blocks):
            together = min(tiling.blocks, last_block - block)
            for base in range(0, channels, tiling.depth):
                depth = min(tiling.depth, channels - base)
                for channel in range(depth if block == first_block else 0):
                    stage(source, base + channel, first, end, tiling, pixels)
                    for p in range(0, end - first, lanes):
                        tiles_in(pixels, corners, p, across, tiles, channel * TILES + p, tiles_apart)
                # Filters made ahead are multiplied all at once, the others as many at a time as are transformed.
                for part in range(0, together, together if tiling.ahead else GROUP):
                    group = together if tiling.ahead else min(GROUP, together - part)
                    lines, y, between, places = weights, block * channels * FILTERS + base * FILTERS, channels, whole
                    if not tiling.ahead:
                        lines, y, between, places = filters, 0, depth, filters_apart
                        weighed(
                            weights, tiling.filters, channels, 7 - tiling.step, tiling.turned, block + part,
                            block + part + group, base, depth, filters, 0, filters_apart,
                        )  # fmt: skip
                    multiply(
                        lines, y, places, between * FILTERS, group, tiles, tiles_apart, offsets, depth, end - first,
                        base == 0, nothing, multiplied, part * FILTERS * TILES, sums_apart,
                    )  # fmt: skip
            for p in range(0, end - first, lanes):
                for filter in range(block * FILTERS, min((block + together) * FILTERS, tiling.filters)):
                    y, b = (filter - block * FILTERS) * TILES + p, tiling.group * tiling.filters + filter
                    tiles_out(multiplied, y, sums_apart, bias, b, tiling.step, made)
                    write(made, first + p, end, filter, out, tiling)

"""Convolution with a quarter of the multiplications: Winograd's F(4x4, 3x3), and F(2x2, 5x5), which has three eighths.

Tiles d of 6x6 pixels, a step of four or two apart, and filters w are transformed, multiplied place by place, and
transformed back into as many places of the result (Lavin and Gray, 2016):

    out = Aᵀ·[Σ_c (G·w·Gᵀ) ⊙ (Bᵀ·d·B)]·A

For each of the 36 places that sum is a matrix product of filters x channels and channels x tiles. A vector has a tile
in each lane, whichever rows and images they are from. The rows of pixels that some tiles see are copied between zeros
before, a channel at a time. float32 only: the result is right to about 1e-5 of its largest number.

A dilation of d deals pixels out to d phases along each dimension, as `plan` says, and each phase is an image with
filters of neighbouring taps. In three dimensions the taps in depth are further channels, each of another slice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.memory import scratch
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require, require_range
from .microkernels.accumulate import FILTERS, PLACES, accumulate
from .microkernels.copies import copy_rows, copy_run
from .packing import quotient
from .plan import slices_of
from .twins import taken
from .winograd_filters import APART, filters_numpy, size_ahead, weighed
from .winograd_transforms import READ, WRITE, tiles_in, tiles_out

# How many tiles are multiplied at a time: more and their transforms leave the cache. They are whole blocks.
TILES = 48
# More filters times channels than this don't stay in the cache.
MANY = 1 << 14
# Of how many blocks filters are transformed at a time, if not ahead.
GROUP = 4


class Tiling(NamedTuple):
    """The sizes of a convolution, and in what parts it is computed.

    groups, group: how many there are in an image, and which of them this is of; each has its channels and filters.
    channels: with a channel for each tap in depth. size, padding, made, dilation: (height, width) of the image, of the
    zeros around it, of the result, and of what is between taps. deep: how many slices an image has. slices[d, t]: which
    of them tap t meets at depth d of the result, -1 for none. blocks: for how many blocks of filters tiles are
    multiplied before they are transformed back. depth: how many channels are transformed and multiplied at a time.
    ahead: whether filters are transformed before, and not each time that they are multiplied. turned: whether they are
    for the gradient in the image. step: from one tile to the next; filters have so many taps more than 2 that both
    are 7.
    """

    groups: int
    group: int
    channels: int
    filters: int
    size: tuple[int, int]
    padding: tuple[int, int]
    made: tuple[int, int]
    dilation: tuple[int, int]
    deep: int
    slices: Any
    blocks: int
    depth: int
    ahead: bool
    turned: bool
    step: int


def tiling_of(sizes, made, channels, filters, taps, stride, padding, dilation, turned=False, groups=1):
    """The `Tiling` that makes ``made`` (depth, height, width) of ``sizes``, with ``taps`` in each of the three.

    channels, filters: of a group, of which this is for the first. turned: whether for the gradient in the image.
    """
    along = zip(taps[1:], padding[1:], dilation[1:])
    around = tuple(d * (k - 1) - p if turned else p for k, p, d in along)
    slices = slices_of(*(each[0] for each in (sizes, made, taps, stride, padding, dilation)), turned)
    channels, blocks = channels * taps[0], -(-filters // FILTERS)
    # Transformed filters are four times as large. Where they don't stay in the cache, it is quicker to make them anew
    # for every few tiles, of as many channels at a time as leave room for the tiles.
    ahead = channels * filters <= MANY
    depth = channels if ahead else 64
    return Tiling(
        groups, 0, channels, filters, sizes[1:], around, made[1:], dilation[1:], sizes[0], slices,
        min(blocks, 2) if ahead else blocks, depth, ahead, turned, 7 - taps[1],
    )  # fmt: skip


@helper
def tiles_of_phase(tiling):
    """How many tiles there are down and across each phase of an image."""
    (height, width), (down, right), step = tiling.made, tiling.dilation, tiling.step
    return (height + down * step - 1) // (down * step), (width + right * step - 1) // (right * step)


@helper
def tiles_of(tiling):
    """How many tiles there are down and across an image: phase after phase."""
    (low, wide), (down, right) = tiles_of_phase(tiling), tiling.dilation
    return down * low, right * wide


@helper
def first_within(along, phase, before):
    """The first pixel of a phase that has at least ``before`` others of any phase before it."""
    return -quotient(phase - before, along)


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
    """``Bᵀ·d·B`` of all tiles of the results in two dimensions from ``first`` to ``last``: (36, channels, tiles)."""
    (height, width), (top, left), (low, wide) = tiling.size, tiling.padding, tiles_of_phase(tiling)
    step, rest, (down, right), (_, taps) = tiling.step, 6 - tiling.step, tiling.dilation, tiling.slices.shape
    images = source.reshape(-1, tiling.groups, tiling.channels // taps, tiling.deep, height, width)[:, tiling.group]
    images = taken(images, 2, tiling.slices.ravel()).reshape(*images.shape[:2], *tiling.slices.shape, height, width)
    images = images.swapaxes(1, 2).reshape(-1, tiling.channels, height, width)[first:last]
    rows, columns = down * (step * low + rest), right * (step * wide + rest)
    padded = np.zeros((*images.shape[:2], max(rows, top + height), max(columns, left + width)), source.dtype)
    padded[:, :, top : top + height, left : left + width] = images
    phases = padded[:, :, :rows, :columns].reshape(*images.shape[:2], rows // down, down, columns // right, right)
    seen = np.lib.stride_tricks.sliding_window_view(phases, (6, 6), (2, 4))[:, :, ::step, :, ::step]
    seen = seen.transpose(6, 7, 1, 0, 3, 2, 5, 4).reshape(36, -1)
    return (READ.astype(source.dtype) @ seen).reshape(36, tiling.channels, -1)


def winograd_numpy(
    source, weights, bias, out, tiling, tiles, multiplied, filters, start, stop, first_block, last_block
):
    down, right = tiles_of(tiling)
    first, last = start // (down * right), -(-stop // (down * right))
    blocks = -(-tiling.filters // FILTERS)
    if not tiling.ahead:
        lines = np.empty(36 * size_ahead(tiling.filters, tiling.channels), weights.dtype)
        filters_numpy(weights, lines, tiling.filters, tiling.channels, 7 - tiling.step, tiling.turned, 0, blocks)
        weights = lines
    lines = weights.reshape(36, -1)[:, : blocks * tiling.channels * FILTERS]
    lines = lines.reshape(36, blocks, tiling.channels, FILTERS).mT.reshape(36, blocks * FILTERS, tiling.channels)
    found = np.matmul(lines[:, : tiling.filters], seen_by_tiles(source, tiling, first, last))
    step = tiling.step
    result = (WRITE[step].astype(source.dtype) @ found.reshape(36, -1)).reshape(step, step, tiling.filters, -1)
    result += bias[tiling.group * tiling.filters :][: tiling.filters, None]
    some = slice(first_block * FILTERS, last_block * FILTERS)
    target = out.reshape(-1, tiling.groups, tiling.filters, len(tiling.slices), *tiling.made)
    target = target[:, tiling.group].swapaxes(1, 2)
    for tile in range(start, stop):
        item, place = divmod(tile, down * right)
        pixels = target[divmod(item, len(tiling.slices))][some]
        # Along each dimension: the tile of the phase, and so the first pixel and those that follow.
        for axis, (i, count, apart) in enumerate(zip(divmod(place, right), tiles_of_phase(tiling), tiling.dilation), 1):
            phase, i = divmod(i, count)
            begin = phase + apart * step * i
            pixels = pixels[(slice(None),) * axis + (slice(begin, begin + apart * step, apart),)]
        made = result[..., some, tile - first * down * right].transpose(2, 0, 1)
        pixels[:] = made[:, : pixels.shape[1], : pixels.shape[2]]


@helper
def room(tiling):
    """How many pixels `stage` copies at most, how many of them are a row, and in how many sections."""
    (_, wide), (_, right) = tiles_of_phase(tiling), tiling.dilation
    across, rows = tiling.step * wide + 6 - tiling.step, TILES // (right * wide) + 2
    return rows * 6 * right * across + APART, across, rows * right


@helper
def locate(tile, end, tiling, corners, sections):
    """Where the pixels that the tiles from ``tile`` to ``end`` see are in a channel, and where their corners in a copy.

    A section is of rows of tiles one below the other in one phase of an image. Of each there is in ``sections``: the
    image and the depth of the result; the first pixel; how many rows and columns are copied; and where its copy begins,
    and where in it the rows that are in the image, the zeros below them, and the next section. How many there are.
    """
    (height, width), (top, left), (apart, beside) = tiling.size, tiling.padding, tiling.dilation
    (low, wide), (down, right), step = tiles_of_phase(tiling), tiles_of(tiling), tiling.step
    across = room(tiling)[1]
    row, last, y, count = tile // right, (end - 1) // right, 0, 0
    corners[:] = 0
    while row <= last:
        item, i = divmod(row, down)
        phase, i = divmod(i, low)
        rows = min(low - i, last - row + 1)
        start, stop = step * i, step * (i + rows - 1) + 6
        first = min(max(start, first_within(apart, phase, top)), stop)
        final = max(min(stop, first_within(apart, phase, top + height)), first)
        for k in range(max(tile, row * right), min(end, (row + rows) * right)):
            below, column = divmod(k - row * right, right)
            shift, column = divmod(column, wide)
            corners[k - tile] = y + (shift * (stop - start) + step * below) * across + step * column
        for shift in range(beside):
            begin, after = first_within(beside, shift, left), first_within(beside, shift, left + width)
            section = sections[count]
            section[0], section[1] = item // len(tiling.slices), item % len(tiling.slices)
            section[2] = (apart * first + phase - top) * width + beside * begin + shift - left
            section[3], section[4], section[5] = final - first, after - begin, y
            section[6] = y + (first - start) * across + begin
            section[7], section[8] = y + (final - start) * across, y + (stop - start) * across
            y, count = section[8], count + 1
        row += rows
    return count


@helper
def stage(source, channel, tiling, sections, count, pixels):
    """Copy the rows of a channel that are in some sections, into zeros."""
    (height, width), (apart, beside), taps = tiling.size, tiling.dilation, tiling.slices.shape[1]
    across, plane = room(tiling)[1], height * width
    tap = channel - quotient(channel, taps) * taps
    channel = quotient(channel, taps)
    for i in range(count):
        image, depth, x, rows, columns, y, inside, below, end = sections[i]
        slice = tiling.slices[depth, tap]
        # Where phases are not of one width, there may be more of another after a row.
        if slice < 0 or beside > 1:
            pixels[y:end] = 0
        if slice < 0:
            continue
        channels = (image * tiling.groups + tiling.group) * (tiling.channels // taps)
        x += ((channels + channel) * tiling.deep + slice) * plane
        pixels[y:inside] = 0
        copy_rows(source, x, apart * width, beside, pixels, inside, across, rows, columns)
        # The rows of the next channel, which will be copied soon.
        prefetch(source, x + plane, rows * apart * width)
        pixels[below:end] = 0


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
            accumulate(
                weights, w + place * apart, between, blocks, tiles, place * tiles_apart + p, lines, 0, count,
                fresh, nothing, 0, sums, y + place * below + p, TILES, min(unit, filled - p),
            )  # fmt: skip


@helper
def write(lines, tile, end, filter, out, tiling):
    """Copy the ``lines`` of a vector of tiles to where each row of tiles has its place in the result."""
    (height, width), (apart, beside), step = tiling.made, tiling.dilation, tiling.step
    (low, wide), (down, right), deep = tiles_of_phase(tiling), tiles_of(tiling), len(tiling.slices)
    lanes = lines.size // 16
    lane, count = 0, min(lanes, end - tile)
    item, place = divmod(tile, down * right)
    row, column = divmod(place, right)
    phase, shift = row // low if apart > 1 else 0, column // wide if beside > 1 else 0
    row, column = row - phase * low, column - shift * wide
    while lane < count:
        run = min(count - lane, wide - column)
        image = quotient(item, deep)
        plane = (image * tiling.groups + tiling.group) * tiling.filters + filter
        plane = (plane * deep + item - image * deep) * height
        pixels = min(step * run, first_within(beside, shift, width) - step * column)
        for i in range(min(step, first_within(apart, phase, height) - step * row)):
            y = (plane + apart * (step * row + i) + phase) * width + beside * step * column + shift
            copy_run(lines, step * (lanes * i + lane), 1, out, y, beside, pixels)
            prefetch_to_write(out, y + deep * height * width, pixels)
        lane += run
        column, shift = 0, shift + 1
        if shift == beside:
            row, shift = row + 1, 0
        if row == low:
            row, phase = 0, phase + 1
        if phase == apart:
            phase, item = 0, item + 1


@helper
def require_tiles(tiling, source, result, start, stop):
    """Raise `Misfit` unless both arrays have the images of the tiles from ``start`` to ``stop``, in fitting sizes."""
    (height, width), (top, left), made = tiling.size, tiling.padding, tiling.made
    (apart, beside), reach, (down, right) = tiling.dilation, 6 - tiling.step, tiles_of(tiling)
    deep, taps = tiling.slices.shape
    require(min(height, width, top, left, made[0], made[1]) >= 0 and min(apart, beside, deep, taps) > 0)
    require(made == (height + 2 * top - apart * reach, width + 2 * left - beside * reach))
    require(tiling.channels % taps == 0)
    for slices in tiling.slices:
        for slice in slices:
            require(slice < tiling.deep)
    require_range(start, stop, stop)
    groups = (stop + down * right * deep - 1) // max(1, down * right * deep) * tiling.groups
    require_range(tiling.group, tiling.group + 1, tiling.groups)
    require(groups * (tiling.channels // taps) * tiling.deep * height * width <= source.size)
    require(groups * tiling.filters * deep * made[0] * made[1] <= result.size)


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
    numbers = 36 * size_ahead(tiling.filters, channels) if tiling.ahead else tiling.filters * channels * taps * taps
    require(weights.size == numbers and bias.size >= tiling.groups * tiling.filters)
    require(
        tiles.size >= 36 * tiles_apart and multiplied.size >= 36 * sums_apart and filters.size >= 36 * filters_apart
    )
    offsets, nothing, whole = np.arange(channels) * TILES, np.zeros(blocks * FILTERS, source.dtype), len(weights) // 36
    size, across, most = room(tiling)
    pixels, made = np.zeros(size, source.dtype), np.empty(16 * lanes, source.dtype)
    corners, sections = np.zeros(TILES, np.int64), np.empty((most, 9), np.int64)
    for first in range(start, stop, TILES):
        end = min(first + TILES, stop)
        count = locate(first, end, tiling, corners, sections)
        for block in range(first_block, last_block, tiling.blocks):
            together = min(tiling.blocks, last_block - block)
            for base in range(0, channels, tiling.depth):
                depth = min(tiling.depth, channels - base)
                for channel in range(depth if block == first_block else 0):
                    stage(source, base + channel, tiling, sections, count, pixels)
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

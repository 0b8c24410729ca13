"""The geometry of a convolution, worked out once for the direct algorithms: where each tap finds its pixels.

A *tap* is one number of a filter, and a *place* a position of the filter over the image. Where every s-th pixel is
looked at (a stride) or made (its adjoint), pixels are dealt out to s *phases*, as cards are to s players. The *buffer*
holds a few rows (a *band*) of each phase, with the zeros of the padding around them.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from ..compiling.jit import helper
from ..compiling.machine import MACHINE, VECTOR
from ..compiling.require import require, require_range
from .microkernels.accumulate import FILTERS, PLACES
from .microkernels.correlate import TAPS
from .microkernels.depthwise import SINGLE_TAPS

# What the copies of a piece of the work may take in memory: less than the second level of the cache.
SCRATCH = 1 << 19
# The same for channels that filters look at one by one: they then stay in the first level.
NEAR = 1 << 15
# Up to how many terms a sum is short: filters are then taken one by one where they fill at most half a block.
FEW = 32
# The same where there are several groups, whose filters don't fill a block of places either.
FEW_GROUPED = 160
# Up to how many terms sums have places in the lanes where these are full: weights of more don't stay near.
LONG = 288 if MACHINE.registers >= 32 else 200
# How many terms a sum seems longer where filters are in the lanes, since the results are transposed.
TRANSPOSED = 5 if MACHINE.registers >= 32 else 3
# With how many filters a pixel that is copied takes as long as one that is multiplied.
COPIED = 5
# How many places in a row are so few that it is quicker to have groups in the lanes.
SHORT = 24
# How much longer sums of one vector of filters take than of one of several.
ALONE = 1 if MACHINE.registers >= 32 else 1.35
# How much longer sums take where a row of places is one vector: so few sums under way wait for those before.
NARROW = 1 if MACHINE.registers >= 32 else 1.8


class Along(NamedTuple):
    """The geometry along one dimension, the height or the width.

    size, made: how many pixels the source has, and the result. Pixel i of phase f in the buffer is pixel
    ``i·step + f - lead`` of the source, or 0 outside of it. The result is computed at ``places`` places: place i begins
    at pixel ``i·pace`` of the buffer, its last tap is ``margin`` pixels further, and in phase f of the result it is
    pixel ``i·spacing + f - trim``.
    """

    size: int
    step: int
    lead: int
    places: int
    pace: int
    margin: int
    made: int
    spacing: int
    trim: int


class Plan(NamedTuple):
    """All that depends on the geometry, and not on the numbers in the arrays.

    groups: how many; channels, filters: how many each group has.
    vectors: how many vectors of filters a block has, where filters are the lanes; 0 where places are.
    straight: whether places are because that is quicker, and not because filters are few.
    alone: whether filters are taken one by one. beside: whether the lanes are groups, of one channel and filter each.
    depth: of the source. slices[d, t]: which of its slices tap t meets at depth d of the result, -1 for none.
    rows, columns: the geometry along height and width.
    across: the width of a row in the buffer. band: how many rows of places are worked on at once. plane: how many
    numbers one phase of one channel takes in the buffer. bare: whether the source serves as the buffer, uncopied.
    row_phases, column_phases: the phases of the source that any tap looks at.
    phases: a line for each phase of the result: its row, its column, its first tap, and how many taps it has.
    ordered: whether taps come in the order of the weight: not where there are phases, each with its own, and another
    where filters are taken one by one.
    taps: a line for each tap: its place in the weight, its number in depth, the row phase and column phase of the
    source that it looks at, and how many rows and columns further it looks there.
    offsets: where each tap looks in the buffer, for each phase of the result and channel; the last is repeated, because
    whole blocks are read.
    table: all of it in one array, which is what kernels are given: Numba would take longer to take a plan apart than
    small images take to convolve. In a kernel `plan_in` gives the parts their names again.
    """

    groups: int
    channels: int
    filters: int
    vectors: int
    straight: bool
    alone: bool
    beside: bool
    depth: int
    slices: Any
    rows: Along
    columns: Along
    across: int
    band: int
    plane: int
    bare: bool
    row_phases: Any
    column_phases: Any
    phases: Any
    ordered: bool
    taps: Any
    offsets: Any
    table: Any


# How many numbers there are of a dimension, and how many stand in a table before the arrays.
ALONG = len(Along._fields)
NUMBERS = 18 + 2 * ALONG


@helper
def along_in(table, i):
    """The geometry along one dimension, from place ``i`` of a table on."""
    return Along(
        table[i], table[i + 1], table[i + 2], table[i + 3], table[i + 4], table[i + 5], table[i + 6], table[i + 7],
        table[i + 8],
    )  # fmt: skip


@helper
def plan_in(table):
    """The plan that has this `table`."""
    depths, taps_in_depth, row_phases, column_phases, taps = table[13], table[14], table[15], table[16], table[17]
    rows, columns = along_in(table, NUMBERS - 2 * ALONG), along_in(table, NUMBERS - ALONG)
    first_row = NUMBERS + depths * taps_in_depth
    first_column = first_row + row_phases
    first_phase = first_column + column_phases
    first_tap = first_phase + 4 * rows.spacing * columns.spacing
    first_offset = first_tap + 6 * taps
    return Plan(
        table[0], table[1], table[2], table[3], table[4] != 0, table[5] != 0, table[6] != 0, table[7],
        table[NUMBERS:first_row].reshape((depths, taps_in_depth)), rows, columns, table[8], table[9], table[10],
        table[11] != 0, table[first_row:first_column], table[first_column:first_phase],
        table[first_phase:first_tap].reshape((rows.spacing * columns.spacing, 4)), table[12] != 0,
        table[first_tap:first_offset].reshape((taps, 6)), table[first_offset:], table,
    )  # fmt: skip


def forward_along(size, made, k, stride, padding, dilation, dense):
    """The geometry along one dimension, and for each tap (phase of the result, phase of the source, shift).

    k: how many taps there are. dense: whether the pixels that neighbouring places see must lie side by side.
    """
    step, pace = (stride, 1) if dense else (1, stride)
    taps = [(0, *divmod(i * dilation, step)[::-1]) for i in range(k)]
    margin = max(shift for _, _, shift in taps)
    return Along(size, step, padding, made, pace, margin, made, 1, 0), taps


def adjoint_along(size, made, k, stride, padding, dilation, dense):
    """The same for the gradient in the image: ``size`` is that of the upstream gradient, ``made`` that of the image."""
    margin = (k - 1) * dilation // stride
    taps = [(i * dilation % stride, 0, margin - i * dilation // stride) for i in range(k)]
    first = padding // stride
    count = (made - 1 + padding) // stride + 1 - first
    return Along(size, 1, margin - first, count, 1, margin, made, stride, padding % stride), taps


def slices_of(size, made, k, stride, padding, dilation, adjoint):
    """Which slice each tap meets at each place, -1 for none."""
    place, tap = np.arange(made)[:, None], np.arange(k)[None] * dilation
    if adjoint:
        found = place + padding - tap
        met, inside = found // stride, found % stride == 0
    else:
        met, inside = place * stride + tap - padding, True
    return np.where(inside & (met >= 0) & (met < size), met, -1).astype(np.int64)


@helper
def seen_along(along, places):
    """How many pixels of the buffer that many places see."""
    return (places - 1) * along.pace + 1 + along.margin


def row_width(columns, phases):
    """The least width of a row in the buffer such that no tap that leaves it on the right meets anything but zeros.

    The zeros on the left of the next row serve as those on the right of this one.
    """
    reach = seen_along(columns, columns.places)
    leading = [max(0, -((f - columns.lead) // columns.step)) for f in phases]
    filled = [min(reach, -((f - columns.lead - columns.size) // columns.step)) for f in phases]
    return max(columns.places, max(filled), reach - min(leading))


def vectors_of(filters, itemsize):
    """How many vectors of filters a block has, or 0 where places had better be in the lanes.

    Measured: filters are faster even where a quarter of the lanes have none, by up to a half at strides and short rows,
    and in the gradient of the weight always. Two vectors share the pixels that they are multiplied by, and three as
    well; one alone has to have rows of its own that do, for which 16 registers are few.
    """
    lanes = VECTOR // itemsize
    vectors = -(-filters // lanes)
    if 4 * filters < 3 * vectors * lanes:
        return 0
    return min((2, 3, 1), key=lambda size: -(-vectors // size) * size * (ALONE if size == 1 else 1))


def places_beside(filters, count, width, copied, in_place, itemsize):
    """Whether places had better be in the lanes than filters, for sums of ``count`` terms at ``width`` places in a row.

    Lanes stay empty after the last place of a row, or after the last filter. copied: how many terms are of pixels that
    are copied for places only. in_place: whether places read the image itself, of however many channels.
    """
    lanes = VECTOR // itemsize
    vectors = vectors_of(filters, itemsize)
    if not vectors:
        return True
    if count > LONG and not in_place:
        return False
    in_a_row = -(-width // lanes)
    of_places = (count + copied * COPIED / filters) * in_a_row * lanes / width * -(-filters // FILTERS) * FILTERS
    if in_a_row == 1:
        of_places *= NARROW
    block = vectors * lanes * (ALONE if vectors == 1 else 1)
    return of_places <= (count + TRANSPOSED) * -(-filters // (vectors * lanes)) * block


def groups_beside(groups, sizes, made, stride, padding, dilation, itemsize, adjoint, over_places):
    """Whether groups of one channel and one filter had better be in the lanes than places.

    Measured: where sums are over places; where rows of places are short, or not long and their taps apart; and where a
    stride would have lanes gathered, or, in rows that aren't long, scattered without masks.
    """
    places = -(-made[2] // stride[2]) if adjoint else made[2]
    apart = stride[2] > 1 and (not adjoint if MACHINE.masks else places <= 2 * SHORT)
    apart = apart or (max(dilation[1:]) > 1 and 3 * places <= 4 * SHORT)
    largest = max(math.prod(size + 2 * p for size, p in zip(sizes, padding)), math.prod(made))
    quicker = over_places or places <= SHORT or apart
    return quicker and 2 * groups * itemsize >= VECTOR and largest * VECTOR <= 2 * SCRATCH


def is_bare(rows, columns, channels, itemsize):
    """Whether what the places meet is in the image, side by side, and may stay there.

    It is copied where it takes much of the cache, or where its channels would share lines of it: a copy is read faster.
    """
    along = (
        each.step == 1 and each.lead == 0 and seen_along(each, each.places) <= each.size for each in (rows, columns)
    )
    size = rows.size * columns.size * itemsize
    return all(along) and channels * size <= SCRATCH and size % 512 > 0


@functools.lru_cache(maxsize=1024)
def plan_of(
    sizes, made, kernel_sizes, stride, padding, dilation, groups, channels, filters, itemsize, adjoint, over_taps=False
):
    """The `Plan` that makes ``made`` (depth, height, width) of ``sizes``.

    over_taps: whether the sums are over taps: where those are short, filters may be taken one by one, or places be in
    the lanes. Otherwise they are over places. float64 takes the kernels for all shapes, with places in the lanes: it is
    for checks, and to compile the others for it took longer than they saved.
    """
    require(min(*kernel_sizes, *stride, *dilation, groups) > 0 and min(*sizes, *made, *padding, channels, filters) >= 0)
    # Distances that there are none of may be anything; the phases of a stride make room for them.
    places = sizes if adjoint else made
    stride = tuple(s if count > 1 else 1 for s, count in zip(stride, places))
    dilation = tuple(d if count > 1 else 1 for d, count in zip(dilation, kernel_sizes))
    along = adjoint_along if adjoint else forward_along
    geometry = list(zip(sizes, made, kernel_sizes, stride, padding, dilation))
    slices = slices_of(*geometry[0], adjoint)
    single = channels == filters == stride[0] == 1
    count = channels * math.prod(kernel_sizes)
    short = over_taps and count <= FEW
    few = short or (over_taps and groups > 1 and count <= FEW_GROUPED)
    # The kernels for particular shapes are compiled for float32 only.
    particular = itemsize == 4
    alone = particular and (filters == 1 or (few and 2 * filters <= FILTERS))
    # A row of places is a row of the result, or all rows where nothing is between them.
    dense = stride[1:] == (1, 1)
    width = made[2] * (made[1] if dense and tuple(kernel_sizes[1:]) == (1, 1) else 1)
    straight = over_taps and groups == 1 and not alone and (dense or not adjoint) and width > 0
    # Places of one tap are pixels, all those of an image in a row, of which the last block needs a whole one. But a
    # stride may have left pixels out, or more of a gradient than its one place meets.
    in_place = sizes == made and slices.size == 1 and kernel_sizes == (1, 1, 1) and dense and not any(padding)
    in_place = in_place and width * itemsize >= PLACES * VECTOR
    stays = not in_place and not any(padding) and sizes[0] == 1 and channels * math.prod(sizes) * itemsize <= SCRATCH
    copied = count if stays else 0
    straight = straight and (not particular or places_beside(filters, count, width, copied, in_place, itemsize))
    # Measured: where sums are short and rows long, to transpose what they give takes longer than empty lanes do.
    grouped = short and groups > 1 and stride == (1, 1, 1) and count > channels and made[2] >= 2 * VECTOR // itemsize
    vectors = vectors_of(filters, itemsize) if particular and not (alone or straight or grouped) else 0
    beside = (
        particular
        and single
        and groups_beside(groups, sizes, made, stride, padding, dilation, itemsize, adjoint, not over_taps)
    )
    (rows, row_taps), (columns, column_taps) = (
        along(*each, not beside and (not vectors or each[2] == 1)) for each in geometry[1:]
    )
    row_phases, column_phases = (sorted({f for _, f, _ in taps}) for taps in (row_taps, column_taps))
    images = kernel_sizes[0] * len(row_phases) * len(column_phases)
    across = row_width(columns, column_phases)
    if vectors:
        line, least = vectors * VECTOR // itemsize * rows.spacing * columns.made, 1
    else:
        line = 0 if straight else across * (1 if alone else -(-filters // FILTERS) * FILTERS)
        least = -(-PLACES * VECTOR // itemsize // across)
    budget = (NEAR if alone and channels <= FEW else SCRATCH) // itemsize - channels * images * seen_along(
        rows, 0
    ) * across
    most = max(budget // (channels * images * rows.pace * across + line), least, 1)
    if beside:
        most = max(rows.places, 1)
    band = -(-rows.places // -(-rows.places // most)) if rows.places else 1
    bare = straight and in_place
    if bare:
        across, band = columns.size, rows.places
    elif vectors and sizes[0] == slices.size == 1 and is_bare(rows, columns, channels, itemsize):
        bare, across = True, columns.size
    # Rows are copied in whole vectors, so the last one may reach a vector further.
    plane = rows.size * columns.size if bare else seen_along(rows, band) * across + VECTOR // itemsize
    taps, phases = [], []
    down_then = list(enumerate(row_taps))
    if alone:
        # `accumulate_rows` wants the taps of a column to look ever further, in the gradient in the image too.
        down_then.sort(key=lambda tap: tap[1][2])
    for row_phase in range(rows.spacing):
        for column_phase in range(columns.spacing):
            first = len(taps)
            for t in range(kernel_sizes[0]):
                for i, (r, row_f, down) in down_then:
                    for j, (q, column_f, right) in enumerate(column_taps):
                        if (r, q) == (row_phase, column_phase):
                            place = (t * kernel_sizes[1] + i) * kernel_sizes[2] + j
                            taps.append((place, t, row_f, column_f, down, right))
            phases.append((row_phase, column_phase, first, len(taps) - first))
    offsets = []
    for _, _, first, count in phases:
        for channel in range(channels):
            for _, t, row_f, column_f, down, right in taps[first : first + count]:
                image = (t * len(row_phases) + row_phases.index(row_f)) * len(column_phases)
                image += column_phases.index(column_f)
                offsets.append((channel * images + image) * plane + down * across + right)
    offsets += offsets[-1:] * (max(TAPS, SINGLE_TAPS) - 1)
    ordered = len(phases) == 1 and taps == sorted(taps)
    numbers = (
        groups, channels, filters, vectors, straight, alone, beside, sizes[0], across, band, plane, bare, ordered,
        *slices.shape, len(row_phases), len(column_phases), len(taps), *rows, *columns,
    )  # fmt: skip
    parts = numbers, slices, row_phases, column_phases, phases, taps, offsets
    plan = plan_in(np.concatenate([np.ravel(part) for part in parts]).astype(np.int64))
    # Python takes longer to compute with NumPy's numbers than with its own.
    return Plan(*[part.item() if isinstance(part, np.generic) else part for part in plan])


@helper
def block_of(plan, itemsize):
    """How many filters a block has, which are worked on at once."""
    if plan.vectors:
        return plan.vectors * (VECTOR // itemsize)
    return 1 if plan.alone else FILTERS


@helper
def length_of(plan):
    """How many numbers a channel takes in the buffer."""
    return len(plan.row_phases) * len(plan.column_phases) * plan.slices.shape[1] * plan.plane


@helper
def require_images(plan, source, result, start, stop):
    """Raise `Misfit` unless both arrays have the images from ``start`` to ``stop``, in the sizes of the plan."""
    rows, columns = plan.rows, plan.columns
    seen = plan.groups * plan.channels * plan.depth * rows.size * columns.size
    made = plan.groups * plan.filters * len(plan.slices) * rows.made * columns.made
    require_range(start, stop, stop)
    require(stop * seen <= source.size and stop * made <= result.size)
    if plan.bare:
        # What places see is read in the image itself, and not in a copy that has room for it.
        require(seen_along(rows, rows.places) <= rows.size and seen_along(columns, columns.places) <= columns.size)


@helper
def require_weights(plan, weights, bias):
    """Raise `Misfit` unless these are `packed` weights for the plan, and a bias that has a block more."""
    size = block_of(plan, weights.itemsize)
    blocks = (plan.filters + size - 1) // size
    require(weights.size >= plan.groups * blocks * size * plan.channels * len(plan.taps))
    require(bias.size >= plan.groups * plan.filters + size)

"""Each jitted loop against its NumPy twin, and what happens where Numba isn't."""

import inspect
import itertools
import os
import pickle
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import psi

from autograd.kernels import (
    activation,
    all_kernels,
    attention,
    banded_matrices,
    choice,
    cross_entropy,
    ctc,
    linear,
    losses,
    optimizers,
    pathwise,
    row_sums,
    samplers,
    softmax,
    twister,
)
from autograd.kernels import normal as normals
from autograd.kernels.compiling import many
from autograd.kernels.compiling.jit import numba_or_none
from autograd.kernels.compiling.machine import VECTOR
from autograd.kernels.compiling.memory import address, aligned, by_rows
from autograd.kernels.compiling.require import Misfit
from autograd.kernels.conv import (
    convolve,
    depthwise,
    direct,
    filters_in_lanes,
    groups_in_lanes,
    packing,
    winograd,
    winograd_filters,
    winograd_range,
    winograd_weight,
)
from autograd.kernels.conv.microkernels.accumulate import FILTERS
from autograd.kernels.conv.microkernels.filters_in_lanes import MOST
from autograd.kernels.conv.plan import plan_of
from autograd.kernels.interpolation import interpolating
from autograd.kernels.normalization.columns import normalize_columns, normalize_columns_backward
from autograd.kernels.normalization.lines import normalize_lines, normalize_lines_backward
from autograd.kernels.normalization.segments import normalize_segments, normalize_segments_backward
from autograd.kernels.pooling import max_pool, windows
from autograd.kernels.pooling.averages import averages
from autograd.kernels.products import matrices
from autograd.kernels.recurrent import elman, gru, lstm
from autograd.kernels.recurrent.steps import room_back, room_forward

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.standard_normal(shape)


def with_specials(*shape):
    x = normal(*shape)
    x.flat[:3] = np.nan, np.inf, -np.inf
    return x


def with_edges(*shape):
    """Numbers of all sizes, those at which formulas change, and special ones."""
    x = 5 * normal(*shape)
    x.flat[:12] = np.nan, np.inf, -np.inf, 0, 3, -3, 30, -30, 90, -90, 1e-4, -1e-4
    return x


def with_zeros(*shape):
    x = normal(*shape)
    x.flat[5:20] = 0
    return x


def steps(count=6.0):
    """How many steps an optimizer has made."""
    return one(count)


def one(number):
    """What an optimizer counts of a parameter."""
    return np.full(1, number, np.float32)


def sliding(size, kernel_size, stride, padding, dilation=1):
    return windows.sliding(size, kernel_size, stride, padding, dilation, False)


def pooling(x, sides):
    shape = (len(x), *map(len, sides))
    ranges = (part for side in sides for part in (side.first, side.last))
    return (x, np.zeros(shape), np.zeros(shape, np.int32), *ranges, *(side.dilation for side in sides))


def between(size, count, mode):
    return interpolating(size, count, mode, False, None, False)


def spellings():
    """Probabilities of 5 classes, likely, unlikely, some of them 0, and targets: long ones, none, one in no steps."""
    for steps, scale, lengths in ((5, 1, (5, 4, 2, 0)), (70, 5, (70, 69, 9, 20))):
        scores = scale * normal(steps, 4, 5)
        scores[:, 3, 4] = -np.inf
        scores -= np.logaddexp.reduce(scores, axis=2, keepdims=True)
        targets = RNG.integers(1, 5, (4, 6))
        targets[0] = 1, 1, 2, 1, 1, 2
        for sizes in ((3, 4, 0, 2), (2, 0, 6, 0)):
            yield scores, targets, np.array(lengths), np.array(sizes), 0
    yield scores, RNG.integers(0, 5, (4, 6)), np.array([70] * 4), np.array([6] * 4), 2


def banded(band):
    return band.starts, band.counts, band.weights


# With an option or not, backwards or not, and the sizes of the steps; the last are several blocks.
RECURRENT = [(True, False, 3, 3, 1), (False, True, 3, 2, 2), (False, False, *[50] * 9), (True, True, *[50] * 9)]


def recurrent_arguments():
    """For each kernel of a recurrent layer with 4 inputs and 40 features what makes its arguments."""
    features, size, projected = 4, 40, 3

    def spaces(*sizes, gates, output=size):
        bounds = np.cumsum((0, *sizes))
        rows, batch, columns = bounds[-1], sizes[0], gates * size
        w_ih, w_hh = normal(columns, features) * 0.3, normal(columns, output) * 0.3
        capacity = min(rows, 120)
        rooms = [
            np.zeros(max(room(*of, itemsize) for itemsize in (4, 8)))
            for room, of in (
                (room_forward, (features, output, columns)),
                (room_back, (features, output, columns, capacity)),
            )
        ]
        return bounds, rows, batch, columns, w_ih, w_hh, capacity, *rooms

    def elman_forward(option, reverse, *sizes, rectified=False):
        bounds, rows, batch, columns, w_ih, w_hh, capacity, room, _ = spaces(*sizes, gates=1)
        return (normal(rows, features), w_ih, normal(columns), normal(batch, size), w_hh, option, bounds, reverse,
                capacity, room, np.zeros((rows, size)), np.zeros((rows, size)))  # fmt: skip

    def slopes_into(rows, columns, output=size):
        """What the gradients of the input and the weights are added to, some of them not asked for."""
        return np.zeros((rows, features)), np.zeros((columns, features)), np.zeros((columns, output))

    def elman_backward(option, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, w_hh, capacity, _, room = spaces(*sizes, gates=1)
        return (normal(rows, size), normal(batch, size), np.tanh(normal(rows, size)), normal(rows, features),
                normal(rows, size), w_ih, w_hh, option, bounds, reverse, np.zeros((capacity, size)), np.zeros(size),
                room, *slopes_into(rows, columns), np.zeros(columns))  # fmt: skip

    def lstm_forward(option, reverse, *sizes):
        output = projected if option else size
        bounds, rows, batch, columns, w_ih, w_hh, capacity, room, _ = spaces(*sizes, gates=4, output=output)
        hidden, w_hr = np.zeros((rows, size)), normal(output, size) if option else np.zeros((0, 0))
        return (normal(rows, features), w_ih, normal(columns), normal(batch, output), normal(batch, size), w_hh, w_hr,
                bounds, reverse, capacity, room, np.zeros((rows, columns)),
                np.zeros((rows, output)) if option else hidden, hidden, np.zeros((rows, output)),
                np.zeros((rows, size)))  # fmt: skip

    def lstm_backward(option, reverse, *sizes):
        output = projected if option else size
        bounds, rows, batch, columns, w_ih, w_hh, capacity, _, room = spaces(*sizes, gates=4, output=output)
        w_hr = normal(output, size) if option else np.zeros((0, 0))
        gates = 1 / (1 + np.exp(-normal(rows, columns)))
        return (normal(rows, output), normal(batch, output), normal(batch, size), gates, normal(rows, size),
                normal(rows, features), normal(rows, output), normal(rows, size), w_ih, w_hh, w_hr, bounds, reverse,
                np.zeros((capacity, columns)), np.zeros(columns), room, np.zeros((batch, w_hr.shape[1])),
                *slopes_into(rows, columns, output), np.zeros_like(w_hr), np.zeros(columns))  # fmt: skip

    def gru_forward(option, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, w_hh, capacity, room, _ = spaces(*sizes, gates=3)
        return (normal(rows, features), w_ih, normal(columns), normal(batch, size), w_hh, normal(columns), bounds,
                reverse, capacity, room, np.zeros((rows, columns)), *[np.zeros((rows, size)) for _ in range(3)],
                np.zeros((batch, columns)))  # fmt: skip

    def gru_backward(option, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, w_hh, capacity, _, room = spaces(*sizes, gates=3)
        gates = 1 / (1 + np.exp(-normal(rows, columns)))
        return (normal(rows, size), normal(batch, size), gates, normal(rows, size), normal(rows, features),
                normal(rows, size), w_ih, w_hh, bounds, reverse, np.zeros((capacity, 4 * size)), np.zeros(4 * size),
                room, *slopes_into(rows, columns), np.zeros(4 * size))  # fmt: skip

    return {
        elman.forward: elman_forward,
        elman.backward: elman_backward,
        lstm.forward: lstm_forward,
        lstm.backward: lstm_backward,
        gru.forward: gru_forward,
        gru.backward: gru_backward,
    }


def twisters():
    """States of the generator: one that must turn at once, and one with a normal number that waits."""
    words = np.random.RandomState(0).get_state()[1]
    return [(words.copy(), np.array([place]), np.array([waiting])) for place, waiting in ((624, np.nan), (1, 0.5))]


# Whether causal, the queries, the keys, the shape of the mask, which gradients are asked for, and what is kept.
ATTENDING = [
    (False, 5, 17, None, (True, True, True), True),
    (True, 5, 7, (1, 1, 5, 7), (True, True, True), False),
    (True, 19, 18, None, (True, True, True), False),
    (True, 7, 5, (2, 4, 7, 1), (False, True, False), True),
    (False, 1, 7, (2, 1, 1, 7), (True, False, False), False),
]


def attending(causal, length, seen, mask_shape, needs, kept):
    """Arguments of the kernels of attention, forward and back: two heads of keys for four of queries."""
    q, k, v, g = normal(2, length, 4, 3), normal(2, 2, seen, 3), normal(2, 2, seen, 2), normal(2, 4, length, 2)
    q = np.swapaxes(q, 1, 2)
    mask, mask_steps = attention.laid_mask(None if mask_shape is None else with_far(*mask_shape), np.dtype(float))
    sizes = attention.sizes_of(q, k, v, causal)._replace(queries=2, keys=16)
    out, sums, powers = np.zeros(g.shape), np.zeros((8, length)), np.zeros(8 * length * attention.pitch_of(seen) * kept)
    steps = *map(attention.steps_of, (q, k, v)), mask_steps, attention.steps_of(out)
    flat = [attention.flat(x).copy() for x in (q, k, v)]
    forward = (*flat, mask, out.ravel(), sums, powers, steps, sizes, 0.6, causal, 1, 4)
    attention.attend.twin(*forward)
    made = [np.zeros(x.shape if needed else (0, 0, 0, 0)) for x, needed in zip((q, k, v), needs)]
    steps = *steps, *map(attention.steps_of, (g, *made))
    backward = (g.ravel(), *flat, mask, out.ravel(), sums, powers, *(x.ravel() for x in made), np.zeros(mask.size))
    return forward, (*backward, steps, sizes, 0.6, causal, 1, 4)


def with_far(*shape):
    """Numbers some of which are -inf: all of a row, where there is one."""
    x = normal(*shape)
    x[..., shape[2] // 2, :] = -np.inf
    x[..., 0, -1] = 0
    return x


# What Winograd's algorithm is told of the depth: the sizes of an image and a result, taps, stride, padding, dilation.
FLAT = (1, 1, 1, 1, 0, 1)


def tiling_of(groups, channels, filters, sizes, taps, dilation, in_depth, turned):
    """That of the last group of a convolution that leaves sizes as they are, but for the depth."""
    deep, made, *geometry = in_depth
    padding = (d * (taps // 2) for d in dilation)
    geometry = zip(geometry, ((taps,) * 2, (1, 1), padding, dilation))
    geometry = [(of_depth, *others) for of_depth, others in geometry]
    tiling = winograd.tiling_of((deep, *sizes), (made, *sizes), channels, filters, *geometry, turned, groups)
    return tiling._replace(group=groups - 1)


LABELS = np.array([0, 3, -100, 2])
# For the kernels of normalization: lines and their scales; an array, its scales, how many rows, whether they go across.
LINES = [(normal(6, 1100), normal(2, 1100)), (normal(150, 5) + 2, normal(1, 5))]
ROWS = [(normal(4, 3, 5), normal(3, 1), 3, True), (normal(4, 3, 5), normal(2, 3), 4, False)]
# Winograd's transforms multiply and cancel: less is left of float32.
TOLERANCES = {
    # The twin adds logarithms, which are in the hundreds.
    ctc.slopes_of_targets: 100.0,
    winograd.winograd: 10.0,
    winograd_weight.winograd_weight: 10.0,
}
ARGUMENTS = {
    activation.relu.kernel: lambda: [(with_specials(size), np.zeros(size)) for size in (20, 300)],
    activation.relu_slope.kernel: lambda: [(normal(size), with_specials(size), np.zeros(size)) for size in (20, 300)],
    direct.shifted: lambda: shifting(direct.shifted),
    filters_in_lanes.shifted_in_lanes: lambda: shifting(filters_in_lanes.shifted_in_lanes),
    depthwise.shifted_depthwise: lambda: shifting(depthwise.shifted_depthwise),
    groups_in_lanes.shifted_groups: lambda: shifting(groups_in_lanes.shifted_groups),
    direct.correlated: lambda: correlating(direct.correlated),
    packing.pack: lambda: [
        (weight, np.zeros(packed_single(weight, plan).size), plan.table, turned)
        for turned in (False, True)
        for plan in plans(turned)
        for weight in [normal(plan.groups * plan.filters * plan.channels * len(plan.taps))]
    ],
    filters_in_lanes.correlated_in_lanes: lambda: correlating(filters_in_lanes.correlated_in_lanes),
    depthwise.correlated_depthwise: lambda: correlating(depthwise.correlated_depthwise),
    groups_in_lanes.correlated_groups: lambda: correlating(groups_in_lanes.correlated_groups),
    winograd.winograd: lambda: [
        (
            normal(3 * groups * channels * tiling.deep * height * width),
            np.nan_to_num(winograd_filters.transformed(weight.astype("f"), False)).astype(float)
            if ahead
            else weight.ravel(),
            normal(groups * filters + 8),
            np.zeros(3 * groups * filters * len(tiling.slices) * height * width),
            tiling,
            *map(np.zeros_like, winograd.workspace(tiling, np.float64)),
            down * right - 1,
            3 * len(tiling.slices) * down * right,
            *some,
        )
        for groups, channels, filters, height, width, taps, blocks, depth, ahead, some, in_depth, dilation in (
            (1, 20, 12, 9, 14, 3, 1, 20, True, (0, 2), FLAT, (1, 1)),
            (1, 3, 40, 70, 5, 3, 3, 3, True, (1, 5), FLAT, (1, 1)),
            (1, 2, 3, 3, 2, 3, 1, 2, True, (0, 1), FLAT, (1, 1)),
            (1, 6, 44, 9, 6, 3, 6, 5, False, (1, 6), FLAT, (1, 1)),
            (1, 6, 44, 9, 6, 3, 6, 5, True, (0, 6), FLAT, (2, 1)),
            (1, 20, 12, 9, 14, 5, 1, 20, True, (0, 2), FLAT, (1, 3)),
            (1, 6, 44, 9, 7, 5, 6, 5, False, (1, 6), FLAT, (1, 1)),
            (1, 5, 12, 9, 14, 3, 1, 10, True, (0, 2), (4, 3, 2, 1, 1, 2), (1, 1)),
            (1, 3, 12, 9, 14, 3, 2, 9, False, (0, 2), (3, 3, 3, 1, 1, 1), (2, 3)),
            (3, 5, 10, 9, 6, 3, 1, 5, True, (0, 2), FLAT, (1, 1)),
            (2, 3, 10, 9, 6, 3, 1, 9, False, (0, 2), (3, 3, 3, 1, 1, 1), (1, 2)),
        )
        for weight in [normal(filters, channels * in_depth[2], taps, taps)]
        for tiling in [
            tiling_of(groups, channels, filters, (height, width), taps, dilation, in_depth, not ahead)._replace(
                blocks=blocks, depth=depth, ahead=ahead
            )
        ]
        for down, right in [winograd.tiles_of(tiling)]
    ],
    winograd_filters.winograd_filters: lambda: [
        (
            normal(taps * taps * filters * channels),
            np.zeros(36 * winograd_filters.size_ahead(filters, channels)),
            filters,
            channels,
            taps,
            turned,
            start,
            blocks,
        )
        for filters, channels, taps, turned, start in (
            (16, 4, 3, False, 0),
            (11, 5, 3, False, 1),
            (9, 3, 3, True, 0),
            (11, 5, 5, False, 1),
            (9, 3, 5, True, 0),
        )
        for blocks in [-(-filters // FILTERS)]
    ],
    winograd_range.is_ordinary: lambda: [
        (fill(normal(3 * 4 * 20) * size), groups, 4 // groups, 20)
        for groups in (1, 2)
        for size in (1, 0, 1e-32, 1e32)
        for fill in (lambda x: x, lambda x: with_specials(len(x)), lambda x: np.roll(with_specials(len(x)), 99))
    ],
    winograd_weight.winograd_weight: lambda: [
        (
            normal(3 * groups * channels * tiling.deep * height * width),
            normal(3 * groups * filters * len(tiling.slices) * height * width),
            np.zeros_like(winograd_weight.total_of(tiling, np.dtype(float))),
            tiling,
            *map(np.zeros_like, winograd_weight.workspace(tiling, np.dtype(float))),
            down * right - 1,
            3 * len(tiling.slices) * down * right,
        )
        for groups, channels, filters, height, width, taps, in_depth, dilation in (
            (1, 5, 4, 9, 14, 3, FLAT, (1, 1)),
            (1, 3, 2, 70, 53, 3, FLAT, (2, 5)),
            (1, 5, 4, 9, 15, 5, FLAT, (1, 1)),
            (1, 5, 4, 9, 14, 3, (4, 4, 1, 1, 1, 1), (1, 2)),
            (2, 5, 4, 9, 14, 3, FLAT, (1, 1)),
        )
        for tiling in [tiling_of(groups, channels, filters, (height, width), taps, dilation, in_depth, False)]
        for down, right in [winograd.tiles_of(tiling)]
    ],
    activation.within.kernel: lambda: [(normal(20), with_specials(20), np.zeros(20), -0.5, 0.7)],
    activation.beyond.kernel: lambda: [(normal(20), with_specials(20), np.zeros(20), 0.5)],
    activation.softshrink.kernel: lambda: [(with_specials(20), np.zeros(20), 0.5)],
    activation.leaky.kernel: lambda: [(normal(20), with_specials(20), np.zeros(20), 0.1)],
    **{
        kernel: lambda: [(with_edges(60), np.zeros(60))]
        for kernel in (
            activation.gelu.kernel,
            activation.gelu_tanh.kernel,
            activation.silu.kernel,
            activation.mish.kernel,
            activation.hardswish.kernel,
            activation.hardsigmoid.kernel,
            activation.sigmoid.kernel,
        )
    },
    **{
        kernel: lambda: [(normal(60), with_edges(60), np.zeros(60))]
        for kernel in (
            activation.gelu_slope.kernel,
            activation.gelu_tanh_slope.kernel,
            activation.silu_slope.kernel,
            activation.mish_slope.kernel,
            activation.hardswish_slope.kernel,
            activation.hardsigmoid_slope.kernel,
            activation.sigmoid_slope.kernel,
            activation.tanh_slope.kernel,
        )
    },
    activation.elu.kernel: lambda: [(with_edges(60), np.zeros(60), 1.5, 0.7, 0.5)],
    activation.elu_slope.kernel: lambda: [(normal(60), with_edges(60), np.zeros(60), 1.5, 0.7, 0.5)],
    activation.softplus.kernel: lambda: [(with_edges(60), np.zeros(60), 1.5, limit) for limit in (0.5, 20.0)],
    activation.softplus_slope.kernel: lambda: [(normal(60), with_edges(60), np.zeros(60), 1.5, 0.5)],
    max_pool.pool_max: lambda: [
        (*pooling(image(2, *lead, 6), sides), sides[2].stride, sides[2].padding, sides[2].taps, -np.inf)
        for lead, sides in (
            ((1, 7), (max_pool.NOT_POOLED, sliding(7, 3, 2, 1), sliding(6, 2, 1, 1))),
            ((1, 7), (max_pool.NOT_POOLED, sliding(7, 3, 1, 0, 2), sliding(6, 2, 2, 0, 3))),
            ((1, 7), (max_pool.NOT_POOLED, sliding(7, 2, 3, 0), sliding(6, 3, 4, 1))),
            ((7, 1), (sliding(7, 2, 1, 1), max_pool.NOT_POOLED, sliding(6, 3, 1, 1))),
        )
        for image in (normal, with_specials)
    ],
    max_pool.pool_max_anywhere: lambda: [
        pooling(image(2, 2, 7, 6), (windows.adaptive(2, 1), windows.adaptive(7, 3), windows.adaptive(6, 4)))
        for image in (normal, with_specials)
    ],
    max_pool.put_at: lambda: [(normal(2, 4), np.array([[0, 1, 1, 4], [2, -1, 2, 0]]), np.zeros((2, 5)))],
    banded_matrices.weigh: lambda: [
        (
            x,
            np.zeros((2, len(rows), len(columns) if across else 6)),
            *banded(rows),
            *banded(columns),
            across,
            *((columns.stride, columns.repeats) if across else (0, 0)),
        )
        for x in (normal(2, 7, 6), with_specials(2, 7, 6))
        for rows, columns in (
            (averages(7, 3, 2, 1, True, False, True), averages(6, 2, 1, 0, False, True, True)),
            (
                between(7, 9, "cubic"),
                between(6, 3, "linear"),
            ),
            (
                between(7, 3, "linear"),
                between(3, 6, "nearest").adjoint,
            ),
            *(
                (averages(7, 2, 2, 0, False, False, True), averages(6, taps, stride, 0, False, False, True))
                for taps, stride in ((2, 2), (3, 2), (3, 1), (2, 3), (1, 4))
            ),
            *(
                (
                    averages(14, 2, 2, 0, False, False, True).adjoint,
                    averages(size, taps, taps, 0, False, False, True).adjoint,
                )
                for size, taps in ((12, 2), (13, 2), (20, 3))
            ),
        )
        for across in (True, False)
    ],
    normalize_lines: lambda: [
        (x, np.zeros(x.shape), scale, scale + 1, np.zeros((3, len(x))), 1e-5, centered, start, len(x))
        for x, scale in LINES
        for centered, start in ((True, 0), (True, 1), (False, 0))
    ],
    normalize_lines_backward: lambda: [
        (
            normal(*x.shape),
            x,
            np.zeros(x.shape),
            scale,
            np.abs(normal(3, len(x))),
            np.zeros((2, *scale.shape)),
            centered,
            start,
            len(x),
        )
        for x, scale in LINES
        for centered, start in ((True, 0), (True, 1), (False, 0))
    ],
    normalize_segments: lambda: [
        (x, np.zeros(x.shape), scale, scale + 1, moments, 1e-5, across, not mine, 0, rows)
        for x, scale, rows, across in ROWS
        for mine in (True, False)
        for moments in [np.zeros((3, rows)) if mine else np.abs(normal(3, rows))]
    ],
    normalize_columns: lambda: [
        (x, np.zeros(x.shape), *affine, moments, 1e-5, not mine, start, 4)
        for x in (normal(3, 5, 1), normal(150, 5, 3) + 2)
        for affine in [(normal(5, 1), normal(5, 1))]
        for start, mine in ((0, True), (2, True), (1, False))
        for moments in [np.zeros((3, 5)) if mine else np.abs(normal(3, 5))]
    ],
    normalize_columns_backward: lambda: [
        (
            normal(*x.shape),
            x,
            np.zeros(x.shape),
            normal(5, 1),
            np.abs(normal(3, 5)),
            np.zeros((2, 5, 1)),
            given,
            start,
            4,
        )
        for x in (normal(3, 5, 1), normal(150, 5, 3) + 2)
        for start, given in ((0, False), (2, False), (1, True))
    ],
    normalize_segments_backward: lambda: [
        (
            normal(*x.shape),
            x,
            np.zeros(x.shape),
            scale,
            np.abs(normal(3, rows)),
            np.zeros((2, rows, x.shape[not across])),
            across,
            given,
            0,
            rows,
        )
        for x, scale, rows, across in ROWS
        for given in (True, False)
    ],
    **{
        kernel: lambda make=make: [make(option, reverse, *sizes) for option, reverse, *sizes in RECURRENT]
        for kernel, make in recurrent_arguments().items()
    },
    **{
        kernel: lambda size=size: [
            (x, np.zeros(size(count)), logarithm, start, len(x))
            for count in (3, 9)
            for x in (normal(*size(count)), with_specials(*size(count)))
            for logarithm, start in ((False, 0), (True, 0), (False, 1))
        ]
        for kernel, size in (
            (softmax.softmax_lines, lambda n: (n, 1100)),
            (softmax.softmax_columns, lambda n: (n, 70, 5)),
        )
    },
    **{
        kernel: lambda size=size: [
            (normal(*size), np.log(np.abs(normal(*size))), np.zeros(size), logarithm, start, size[0])
            for logarithm, start in ((False, 0), (True, 0), (False, 1))
        ]
        for kernel, size in (
            (softmax.softmax_lines_backward, (2, 1100)),
            (softmax.softmax_columns_backward, (3, 70, 5)),
        )
    },
    row_sums.sums_of_rows: lambda: [
        (normal(count, 3), places, np.zeros((7, 3)))
        for count in (5, 200)
        for places in (np.arange(count) % 7, np.arange(count) ** 2 % 5)
    ],
    cross_entropy.losses_of_samples: lambda: [
        (
            normal(*shape),
            labels,
            np.abs(normal(5)),
            -100,
            smoothing,
            np.zeros(4),
            np.zeros(4),
            np.zeros(2),
            mean,
            np.zeros(1),
        )
        for shape in ((4, 5, 1), (2, 5, 2))
        for smoothing, mean in ((0.0, True), (0.2, False))
        for labels in (LABELS, LABELS + 2)
    ],
    cross_entropy.slope_of_samples: lambda: [
        (
            -np.abs(normal(*shape)),
            LABELS,
            normal(5),
            normal(4) * (LABELS >= 0),
            -100,
            smoothing,
            scale,
            np.array([2.0, 3.0]),
            mean,
            np.zeros(shape),
        )
        for shape in ((4, 5, 1), (2, 5, 2))
        for smoothing, mean in ((0.0, True), (0.2, False))
        for scale in (normal(1), normal(4))
    ],
    cross_entropy.slope_of_picked: lambda: [
        (np.full(shape, np.nan), LABELS, normal(4), -100, scale, np.array([2.0, 3.0]), mean)
        for shape in ((4, 5, 1), (2, 5, 2))
        for scale, mean in ((normal(1), True), (normal(4), False))
    ],
    activation.gate: lambda: [(with_edges(120).reshape(3, 2, 20), np.zeros((3, 20)))],
    activation.gate_slope: lambda: [(normal(3, 20), with_edges(120).reshape(3, 2, 20), np.zeros((3, 2, 20)))],
    choice.choose_each: lambda: [
        (left, right, normal(60) > 0, np.zeros(60))
        for left in (normal(60), with_specials(60), normal(1))
        for right in (with_specials(60), normal(1))
    ],
    losses.bowl.kernel: lambda: [(with_edges(60), normal(60), np.zeros(60), 0.7, 2.0, 2.8)],
    losses.bowl_total.kernel: lambda: [(normal(1100), normal(1100), np.zeros(1), 0.7, 2.0, 2.8)],
    losses.bowl_slope.kernel: lambda: [(with_edges(60), normal(60), np.zeros(60), 0.7, 2.0, 2.8)],
    losses.logistic.kernel: lambda: [(with_edges(60), normal(60), normal(60), np.zeros(60))],
    losses.logistic_slope.kernel: lambda: [(normal(60), with_edges(60), normal(60), normal(60), np.zeros(60))],
    ctc.losses_of_targets: lambda: [
        (*spelled, np.zeros(4), *some) for spelled in spellings() for some in ((0, 4), (1, 3))
    ],
    ctc.slopes_of_targets: lambda: [
        (*spelled, forgiving, normal(4), normal(*spelled[0].shape), *some)
        for spelled in spellings()
        for forgiving, some in ((False, (0, 4)), (True, (0, 4)), (False, (1, 3)))
    ],
    pathwise.gamma_slope: lambda: [
        (alpha, x, psi(alpha + 1), np.zeros(alpha.size))
        for alpha in [np.array([0.01, 0.5, 1.0, 3.0, 40.0, 40.0, 2e6, -1.0, np.nan])]
        for x in [np.array([1e-20, 0.3, 8.0, 2.0, 30.0, 60.0, 2.001e6, 1.0, 1.0])]
    ],
    pathwise.beta_slope: lambda: [
        (alpha, total, x, psi(total) - psi(alpha + 1), np.zeros(alpha.size))
        for alpha in [np.array([0.01, 0.5, 1.0, 3.0, 40.0, 2.0, -1.0, np.nan])]
        for total in [np.array([0.5, 1.0, 1.5, 9.0, 90.0, 2.0, 1.0, 1.0])]
        for x in [np.array([1e-20, 0.9, 0.75, 0.25, 0.5, 0.5, 0.5, 0.5])]
    ],
    matrices.multiplied: lambda: [
        (
            normal(rows * depth),
            *((depth, 1) if lies else (1, rows)),
            depth,
            normal(depth * columns),
            *((columns, 1) if lies_too else (1, depth)),
            with_specials(columns) if biased else np.zeros(0),
            np.zeros((rows, columns)),
        )
        for rows, depth, columns in ((1, 1, 1), (7, 3, 5), (13, 300, 75), (6, 17, 64), (25, 256, 40))
        for lies, lies_too, biased in (
            (True, False, True),
            (True, True, False),
            (False, True, False),
            (False, False, True),
        )
    ],
    linear.affine: lambda: [(normal(7, 5), normal(3, 5), with_specials(3), np.zeros((7, 3)))],
    normals.box_muller: lambda: [(np.random.default_rng(0).integers(0, 2**24, 160) / 2**24, 0.5, 3.0)],
    normals.in_pairs: lambda: [(np.random.default_rng(0).integers(0, 2**24, 160) / 2**24,)],
    twister.uniform: lambda: [(np.zeros(1500), *state) for state in twisters()],
    twister.tossed: lambda: [(np.zeros(1500), 2**52 + 1, 1.25, *state) for state in twisters()],
    samplers.standard_gamma: lambda: [
        (np.repeat([0.0, 0.3, 1.0, 7.0, -1.0, np.nan], 40), np.zeros(240), *twister) for twister in twisters()
    ],
    samplers.poisson: lambda: [
        (np.repeat([0.0, 0.3, 9.5, 30.0, 1e5, np.inf], 40), np.zeros(240), *twister) for twister in twisters()
    ],
    samplers.binomial: lambda: [
        (
            np.repeat([0.0, 7.0, 50.0, 1e4, 9.0, np.nan], 40),
            np.tile([0.0, 0.1, 0.5, 0.97, 1.0], 48),
            np.zeros(240),
            *twister,
        )
        for twister in twisters()
    ],
    attention.attend: lambda: [attending(*case)[0] for case in ATTENDING],
    attention.attend_backward: lambda: [attending(*case)[1] for case in ATTENDING],
    optimizers.sgd: lambda: [
        (with_specials(99), normal(99), 0.1, decay, down) for decay, down in ((0.0, True), (0.2, False))
    ],
    optimizers.momentum_sgd: lambda: [
        (*normal(3, 99), 0.1, 0.9, 0.3, 0.2, nesterov, not nesterov) for nesterov in (True, False)
    ],
    optimizers.adam: lambda: [
        (*normal(3, 99), np.abs(normal(99)), steps(), 0.1, 0.9, 0.99, 1e-8, 0.2, decoupled, not decoupled)
        for decoupled in (True, False)
    ],
    optimizers.amsgrad: lambda: [
        (
            *normal(2, 99),
            normal(99),
            *np.abs([normal(99), with_specials(99)]),
            steps(),
            0.1,
            0.9,
            0.99,
            1e-8,
            0.2,
            *flags,
        )
        for flags in ((True, False), (False, True))
    ],
    optimizers.adagrad: lambda: [(*normal(2, 99), np.abs(normal(99)), steps(), 0.1, 0.5, 0.2, 1e-10, True)],
    optimizers.adadelta: lambda: [(*normal(2, 99), *np.abs(normal(2, 99)), steps(), 0.1, 0.9, 1e-6, 0.2, False)],
    optimizers.adamax: lambda: [
        (normal(99), with_specials(99), normal(99), np.abs(normal(99)), steps(), 0.1, 0.9, 0.99, 1e-8, 0.2, True)
    ],
    optimizers.nadam: lambda: [
        (*normal(3, 99), np.abs(normal(99)), steps(), one(0.5), 0.1, 0.9, 0.99, 1e-8, 0.2, 0.04, *flags)
        for flags in ((True, False), (False, True))
    ],
    optimizers.radam: lambda: [
        (*normal(3, 99), np.abs(normal(99)), steps(count), 0.1, 0.9, 0.99, 1e-8, 0.2, *flags)
        for count, flags in ((2.0, (True, False)), (20.0, (False, True)))
    ],
    optimizers.rmsprop: lambda: [
        (*normal(2, 99), np.abs(normal(99)) + 1, normal(99) * 0.1, normal(99), steps(), 0.1, 0.9, 1e-8, 0.2, *flags)
        for flags in ((0.0, False, True), (0.5, False, False), (0.0, True, False), (0.5, True, True))
    ],
    optimizers.rprop: lambda: [
        (normal(99), with_specials(99), with_zeros(99), np.abs(normal(99)), steps(), 0.5, 1.2, 0.1, 2.0, flag)
        for flag in (True, False)
    ],
    optimizers.asgd: lambda: [
        (*normal(3, 99), steps(), one(0.1), one(0.5), 0.1, 0.01, 0.75, t0, 0.2, flag)
        for t0, flag in ((1e6, True), (1.0, False))
    ],
}
# Arguments that are only space to work in.
SPACE = {"block", "filters", "row", "room", "dhidden", "recurrent", "tiles", "multiplied", "upstream"}


def plans(adjoint, few=False):
    """Of convolutions with several blocks of filters and places, bands, and phases; the last have filters in lanes."""
    for size, kernel_size, stride, padding, dilation, groups, channels, filters in (
        ((1, 7, 6), (1, 3, 2), (1, 1, 1), (0, 1, 1), (1, 1, 1), 2, 3, 10),
        ((1, 40, 70), (1, 3, 3), (1, 2, 3), (0, 2, 0), (1, 1, 2), 1, 20, 9),
        ((4, 9, 5), (2, 3, 1), (2, 1, 2), (1, 0, 1), (1, 2, 1), 1, 2, 3),
        ((1, 12, 30), (1, 3, 3), (1, 1, 1), (0, 1, 1), (1, 1, 1), 4, 1, 1),
        ((1, 12, 30), (1, 3, 3), (1, 1, 2), (0, 1, 1), (1, 1, 1), 3, 2, 2),
        ((1, 11, 70), (1, 5, 3), (1, 1, 1), (0, 2, 1), (1, 1, 2), 2, 2, 1),
        ((2, 12, 13), (2, 3, 3), (1, 2, 3), (1, 1, 1), (1, 1, 1), 2, 2, 1),
        ((1, 1, 300), (1, 1, 4), (1, 1, 2), (0, 0, 1), (1, 1, 1), 3, 1, 1),
        ((1, 7, 7), (1, 5, 5), (1, 1, 1), (0, 2, 2), (1, 1, 1), 21, 1, 1),
        ((1, 12, 19), (1, 3, 4), (1, 2, 3), (0, 2, 1), (1, 2, 1), 9, 1, 1),
        ((4, 6, 7), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 21, 1, 1),
        ((5, 6, 7), (2, 3, 2), (1, 2, 1), (2, 1, 0), (3, 1, 2), 9, 1, 1),
        ((1, 9, 30), (1, 3, 2), (1, 2, 1), (0, 1, 1), (1, 1, 1), 2, 3, 16),
        ((1, 40, 70), (1, 3, 3), (1, 2, 3), (0, 2, 0), (1, 1, 2), 1, 60, 45),
        ((4, 9, 5), (2, 3, 1), (2, 1, 2), (1, 0, 1), (1, 2, 1), 1, 2, 29),
    ):
        made = convolve.out_sizes(size, kernel_size, stride, padding, dilation)
        sizes = (made, size) if adjoint else (size, made)
        # As if float32 and float64 were of one size, so that both have these bands.
        yield plan_of(
            *sizes, kernel_size, stride, padding, dilation, groups, channels, filters, 4, adjoint, few
        )  # fmt: skip


def shifting(kernel):
    return [
        (
            normal(np.prod((3, plan.groups * plan.channels, plan.depth, plan.rows.size, plan.columns.size))),
            packed_single(normal(plan.groups, plan.filters, plan.channels, len(plan.taps)), plan),
            normal(plan.groups * plan.filters + MOST * VECTOR // 4),
            np.zeros(np.prod((3, plan.groups * plan.filters, len(plan.slices), plan.rows.made, plan.columns.made))),
            plan.table,
            1,
            3,
        )
        for adjoint, few in itertools.product((False, True), repeat=2)
        for plan in plans(adjoint, few)
        if convolve.shifted_for(plan) == kernel
    ]


def packed_single(weight, plan):
    """As float64, but in blocks of float32, which are no shorter."""
    return packing.packed(weight.astype(np.float32), plan).astype(float)


def correlating(kernel):
    return [
        (
            normal(np.prod((3, plan.groups * plan.channels, plan.depth, plan.rows.size, plan.columns.size))),
            normal(np.prod((3, plan.groups * plan.filters, len(plan.slices), plan.rows.made, plan.columns.made))),
            np.zeros(plan.groups * plan.filters * plan.channels * len(plan.taps)),
            plan.table,
            1,
            3,
        )
        for plan in plans(False)
        if convolve.correlated_for(plan) == kernel
    ]


# Sizes of the output, and stride, padding and dilation (height, width) that give them for 7x6 images and 3x2 windows.
GEOMETRIES = [
    ((5, 5), (1, 1, 0, 0, 1, 1)),
    ((4, 4), (2, 2, 1, 1, 1, 1)),
    ((3, 6), (1, 1, 0, 1, 2, 2)),
    ((2, 2), (3, 4, 0, 0, 1, 1)),
]


def test_every_kernel_has_arguments_here():
    assert set(all_kernels()) == set(ARGUMENTS)


def in_dtype(arguments, dtype):
    """Copies of the arguments with floats in ``dtype``; what is the same array twice stays one.

    What an optimizer counts, one number in an array, is float32 whatever else there is.
    """
    made = {}

    def converted(a):
        if isinstance(a, np.ndarray):
            counts = a.shape == (1,) and a.dtype == np.float32
            return made.setdefault(id(a), a.astype(dtype if a.dtype.kind == "f" and not counts else a.dtype))
        return dtype(a) if isinstance(a, (float, np.floating)) else a

    return [converted(a) for a in arguments]


def written_to(kernel, *calls):
    """The arrays of several calls that hold more than space after them, those at one place together."""
    names = inspect.signature(kernel).parameters
    return [same for name, *same in zip(names, *calls) if name not in SPACE and isinstance(same[0], np.ndarray)]


@pytest.mark.parametrize("kernel", ARGUMENTS, ids=lambda kernel: kernel.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_kernel_does_what_its_twin_does(kernel, dtype):
    if dtype is np.float32 and kernel in recurrent_arguments():
        pytest.skip("compared with float64 below")
    if dtype is np.float64 and VECTOR < FILTERS * 8 and kernel.__name__.startswith("winograd"):
        pytest.skip("Winograd's transforms want vectors of a block of filters; only float32 is computed by them")
    for arguments in ARGUMENTS[kernel]():
        ours, twins = in_dtype(arguments, dtype), in_dtype(arguments, dtype)
        result, expected = kernel(*ours), kernel.twin(*twins)
        assert result == expected
        if expected == -1 or expected is None:
            rtol, least = (1e-12, 1e-14) if dtype is np.float64 else (2e-5, 1e-6)
            for a, b in written_to(kernel, ours, twins):
                # The terms of a sum may cancel to far less than the largest sum.
                largest = np.abs(b[np.isfinite(b)]).max(initial=0.0)
                atol = least * max(1.0, largest) * TOLERANCES.get(kernel, 1.0)
                # Of a product or a sum over steps the small elements are as exact as the large ones.
                atol = max(atol, rtol * largest) if kernel in recurrent_arguments() else atol
                np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


@pytest.mark.parametrize("kernel", recurrent_arguments(), ids=lambda kernel: kernel.__module__ + kernel.__name__)
def test_steps_in_float32_stay_as_near_to_float64_as_their_twins(kernel):
    """Errors grow from step to step, by how much depends on the weights: the twin shows what float32 can do."""
    for arguments in ARGUMENTS[kernel]():
        narrow = in_dtype(arguments, np.float32)
        ours, twins, truth = in_dtype(narrow, np.float32), in_dtype(narrow, np.float32), in_dtype(narrow, np.float64)
        kernel(*ours)
        kernel.twin(*twins)
        kernel.twin(*truth)
        for a, b, exact in written_to(kernel, ours, twins, truth):
            if exact.size and exact.dtype.kind == "f":
                error, least = np.abs(b - exact).max(), np.finfo(np.float32).eps * np.abs(exact).max()
                # Measured: up to 2.5 times as much, since sums are in another order.
                assert np.abs(a - exact).max() <= 4 * (error + least)


compiled = pytest.mark.skipif(numba_or_none() is None, reason="nothing is compiled")


def single(arguments):
    """The arguments in float32."""
    cast = [a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == np.float64 else a for a in arguments]
    return tuple(np.float32(a) if isinstance(a, float) else a for a in cast)


def machine_code(dispatcher, signature, library):
    """What was compiled, or what was loaded in its place."""
    if library._compiled_object is not None:
        return library._compiled_object
    entry = dispatcher._cache.path(signature, library.codegen).read_bytes()
    (_, _, (found, _)), *_ = pickle.loads(entry[32:])
    return found


@compiled
@pytest.mark.skipif(sys.platform != "linux", reason="symbols of other systems are written differently")
@pytest.mark.parametrize("kernel", ARGUMENTS, ids=lambda kernel: kernel.__name__)
def test_all_that_a_kernel_calls_is_compiled_into_it_or_brought_along(kernel):
    """So that the process that compiles it and those that load it run the same instructions."""
    from autograd.kernels.compiling.compilers import PROVIDED

    kernel(*single(ARGUMENTS[kernel]()[0]))
    for signature, compiled in kernel.target.overloads.items():
        symbols = set(re.findall(rb"_ZN[\w$.]+", machine_code(kernel.target, signature, compiled.library)))
        functions = {name for name in symbols if not name.startswith(b"_ZN08NumbaEnv")}
        own = {compiled.fndesc.mangled_name, compiled.fndesc.llvm_cpython_wrapper_name}
        own.add(compiled.fndesc.llvm_cfunc_wrapper_name)
        others = functions - {name.encode() for name in own | PROVIDED}
        # Numba keeps some apart that compute a shape.
        assert all(name.startswith(b"_ZN5numba2np8arrayobj") for name in others)


@compiled
@pytest.mark.skipif(sys.platform != "linux", reason="it guards memory as Linux does")
@pytest.mark.parametrize("script", ["abused_kernels.py", "abused_ops.py"])
def test_no_process_dies_of_what_kernels_are_given(script):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", Path(__file__).parent / script], capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.endswith("all survived\n"), done.stdout[-300:] + done.stderr[-1000:]


@compiled
def test_a_misfit_says_what_the_kernel_was_given():
    p, few, numbers = np.ones(8, np.float32), np.ones(5, np.float32), [np.float32(0.1)] * 3
    with pytest.raises(Misfit, match=r"momentum_sgd can't work on float32\[8\], float32\[8\], float32\[5\], 0.1"):
        optimizers.momentum_sgd(p, p, few, *numbers, np.float32(0), True, False)
    # What can't be compiled for: a read-only array to write into, products of two dtypes, rows that are not flat.
    frozen = np.broadcast_to(np.float32(1), 8)
    with pytest.raises(Misfit, match=r"sgd can't work on read-only float32\[8\]"):
        optimizers.sgd(frozen, p, *numbers[:2], False)
    for i, change in ((1, np.float64), (4, np.float64), (0, np.int64)):
        arguments = list(single(ARGUMENTS[elman.forward]()[0]))
        arguments[i] = arguments[i].astype(change)
        with pytest.raises(Misfit, match="forward can't work on"):
            elman.forward(*arguments)
    arguments = list(single(ARGUMENTS[normalize_lines]()[0]))
    arguments[0] = np.asfortranarray(arguments[0])
    with pytest.raises(Misfit, match="normalize_lines can't work on"):
        normalize_lines(*arguments)


# What is no set of arrays for `adagrad`: the changed array, and what it is changed to.
FOUR = np.ones((2, 2), np.float32)
MISFITS = {
    "another shape": (2, np.ones((4, 1), np.float32)),
    "as many elements": (1, np.ones(4, np.float32)),
    "another dtype": (2, np.ones((2, 2))),
    "a gradient of another dtype": (1, np.ones((2, 2), np.int32)),
    "turned": (2, np.ones((2, 3), np.float32)[:, :2]),
    "read-only": (2, np.broadcast_to(np.ones(2, np.float32), (2, 2))),
    "big-endian": (2, np.ones((2, 2), ">f4")),
    "many counters": (3, np.zeros(2, np.float32)),
    "a counter of another dtype": (3, np.zeros(())),
    "a parameter of another dtype": (0, np.ones((2, 2))),
}


@pytest.mark.parametrize("jitted", [True, False])
@pytest.mark.parametrize(("place", "wrong"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_among_many_is_found_before_anything_is_written(place, wrong, jitted, monkeypatch):
    if not jitted:
        monkeypatch.setattr(many, "compiled_misfit", lambda: None)
    lists = [[FOUR.copy() for _ in range(3)] for _ in range(3)]
    lists.append([np.zeros((), np.float32) for _ in range(3)])
    table = many.Table()
    table.fill(lists)
    assert optimizers.adagrad.misfit(table) == -1
    lists[place] = [*lists[place][:2], wrong]
    table.fill(lists)
    assert optimizers.adagrad.misfit(table) == 2
    with pytest.raises(Misfit, match="adagrad can't work on"):
        optimizers.adagrad(*[arrays[2] for arrays in lists], 0.1, 0.0, 0.0, 1e-10, False)


def test_a_gradient_may_be_read_only_and_a_parameter_have_no_elements():
    p, empty = FOUR.copy(), np.empty((0, 2), np.float32)
    table = many.Table()
    table.fill([[p, empty], [np.frombuffer(FOUR.tobytes(), np.float32).reshape(2, 2), empty]])
    assert optimizers.sgd.misfit(table) == -1
    optimizers.sgd.many(table, 0.5, 0.0, False)
    assert p.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_a_table_keeps_its_arrays_and_looks_up_new_ones():
    a, b, c = (FOUR.copy() for _ in range(3))
    table = many.Table()
    assert table.fill([[a], [c]])
    assert not table.fill([[a], [c]])
    table.forget(1)
    assert not table.fill([[a], [b]])
    assert table.objects.tolist() == [[id(a)], [id(b)]] and table.lists == [[a], [b]]
    assert table.fill([[b], [c]])
    assert table.fill([[a, b], [c, c]])
    optimizers.sgd.many(table, 1.0, 0.0, False)
    assert a.tolist() == b.tolist() == [[0.0, 0.0]] * 2
    table.forget(1)
    for call in (optimizers.sgd.misfit, lambda table: optimizers.sgd.many(table, 1.0, 0.0, False)):
        with pytest.raises(Misfit, match="sgd takes a table that is filled with 2 lists"):
            call(table)
    for wrong in ([[a], [3.0]], [[a], [a[0, 0]]], [[a], [b, c]], [[a], []]):
        with pytest.raises(Misfit, match="a table has lists of 1 arrays"):
            table.fill(wrong)
    table.fill([[], []])
    optimizers.sgd.many(table, 1.0, 0.0, False)


def test_aligned_arrays_begin_with_a_cache_line():
    for dtype in (np.float32, np.float64):
        made = aligned(dtype, (3, 5), (7,), (0, 2))
        assert [a.shape for a in made] == [(3, 5), (7,), (0, 2)] and all(a.dtype == dtype for a in made)
        assert all(address(a) % 64 == 0 for a in made if a.size) and not np.shares_memory(made[0], made[1])
    shifted = aligned(np.float64, (9,))[0][1:]
    assert address(by_rows(shifted)) % 64 == 0 and by_rows(made[0]) is made[0]


FAULTS = """
import resource, sys
import numpy as np
if len(sys.argv) == 1:
    import autograd
count = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    before = count()
    step = [np.ones(1 << 18) for _ in range(8)]
    del step
    found = count() - before
print(found)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_memory_of_a_step_is_kept_for_the_next():
    kept, asked_again = (
        int(subprocess.run([sys.executable, "-c", FAULTS, *without], capture_output=True, check=True).stdout)
        for without in ([], ["without"])
    )
    assert kept < 100 < 2000 < asked_again


SCRIPT = """
import sys
if "--no-numba" in sys.argv:
    sys.modules["numba"] = None
import autograd, nn, optim
autograd.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3))
step = optim.Adam(net.parameters())
x, y = autograd.randn(4, 1, 8, 8), autograd.tensor([0, 1, 2, 0])
for _ in range(2):
    step.zero_grad()
    loss = nn.CrossEntropyLoss()(net(x), y)
    loss.backward()
    step.step()
print(f"{loss.item():.5f}")
"""


def run(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_training_without_numba_gives_the_same_loss(tmp_path):
    jitted = run()
    assert run(NUMBA_DISABLE_JIT="1") == jitted
    assert run("--no-numba") == jitted
    # A home that can't be written to costs the cache, not the result.
    blocked = tmp_path / "file"
    blocked.touch()
    assert run(XDG_CACHE_HOME=str(blocked)) == jitted


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows, depth, columns", [(64, 300, 128), (17, 1024, 130), (2048, 16, 64)])
def test_large_products_are_as_exact_as_sums_one_after_the_other(rows, depth, columns, dtype, monkeypatch):
    monkeypatch.setattr(matrices, "MANY_REGISTERS", True)
    x, y, bias = (normal(*shape).astype(dtype) for shape in ((rows, depth), (depth, columns), (columns,)))
    for a, b in itertools.product((x, np.asfortranarray(x)), (y, np.asfortranarray(y))):
        exact = a.astype(np.longdouble) @ b.astype(np.longdouble) + bias
        plain = np.cumsum(a[:, :, None] * b, axis=1)[:, -1] + bias
        assert np.abs(matrices.product(a, b, bias) - exact).max() <= 1.5 * np.abs(plain - exact).max()


def test_large_products_of_matrices_with_gaps_are_left_to_blas(monkeypatch):
    monkeypatch.setattr(matrices, "MANY_REGISTERS", True)
    x, same = normal(128, 512)[:, ::2], np.broadcast_to(normal(128), (256, 128))
    assert matrices.product(x, same) is None
    assert matrices.product(np.broadcast_to(1.0, (128, 256)), np.ascontiguousarray(same)) is None
    assert matrices.product(np.ascontiguousarray(x), np.ascontiguousarray(same)) is not None

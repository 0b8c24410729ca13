"""Normalization: rows brought to mean 0 and variance 1, then scaled and shifted. Batch, layer, group, instance and root
mean square normalization differ in what a row is, which a `Layout` says.

A row is either a line, ``x[row]``, with a scale and an offset for each element; or a number of segments, each with
one scale and one offset: ``x[row, segment]``, or ``x[segment, row]`` where a row goes ``across`` (a channel of a
batch). The elements of a segment lie side by side in memory. Several rows may share scales and offsets: of n lines of
those, row r has line ``r % n``.
"""

from __future__ import annotations

import functools

import numpy as np

from ..compiling.threads import divided
from .columns import normalize_columns, normalize_columns_backward
from .lines import normalize_lines, normalize_lines_backward
from .segments import normalize_segments, normalize_segments_backward


def normalize(x, layout, weight, bias, eps, given=None, centered=True):
    """``(x - μ)/√(σ² + eps)·weight + bias``, and (3, rows): μ, σ² and the inverse of the root.

    weight, bias: (n lines, 1 or segments or elements). given: μ and σ², if they are not the rows' own.
    Lines that are not ``centered`` have μ = 0, so that σ² is the mean square. float16 is computed in float32, and has
    moments of it: a variance may be too large for float16 where the numbers aren't.
    """
    if x.dtype.char == "e":
        made, moments = normalize(*in_single(x), layout, *in_single(weight, bias), eps, given, centered)
        return made.astype(x.dtype), moments
    made = np.empty(x.shape, x.dtype)
    rows, out = layout.view(x), made.reshape(layout.shape)
    moments = np.empty((3, layout.rows), x.dtype)
    if given is not None:
        moments[:2] = given
    if x.size:
        loop, how = normalize_segments, (layout.across, given is not None)
        if layout.lines:
            loop, how = normalize_lines, (centered,)
        elif layout.narrow:
            loop, how = normalize_columns, (given is not None,)
        work = functools.partial(loop, rows, out, weight, bias, moments, eps, *how)
        divided(layout.rows, work, nanoseconds=x.size)
    return made, moments


def normalize_backward(g, x, layout, weight, moments, given=False, centered=True):
    """The gradient of the input, and in float64 those of weight and bias, one array (2, *weight.shape)."""
    if x.dtype.char == "e":
        made, total = normalize_backward(*in_single(g, x), layout, *in_single(weight), moments, given, centered)
        return made.astype(x.dtype), total
    made = np.empty(x.shape, x.dtype)
    up, rows, dx = layout.view(g), layout.view(x), made.reshape(layout.shape)
    turns, columns = weight.shape
    loop, how, shape = normalize_segments_backward, (layout.across, given), (2, layout.rows, layout.segments)
    if layout.lines:
        loop, how, shape = normalize_lines_backward, (centered,), (2, turns, columns)
    elif layout.narrow:
        loop, how, shape = normalize_columns_backward, (given,), (2, layout.rows, 1)

    def work(start, stop):
        sums = np.zeros(shape)
        loop(up, rows, dx, weight, moments, sums, *how, start, stop)
        return sums

    if not x.size:
        return made, np.zeros((2, turns, columns))
    parts = divided(layout.rows, work, nanoseconds=2 * x.size)
    total = functools.reduce(np.add, parts)
    if not layout.lines:
        total = total if columns > 1 else total.sum(axis=2, keepdims=True)
        total = total.reshape(2, layout.rows // turns, turns, columns).sum(axis=1)
    return made, total


def in_single(*arrays):
    """These as float32."""
    return [array.astype(np.float32) for array in arrays]

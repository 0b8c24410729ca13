"""Max pooling: the largest of each window and where it was, over the last dimensions, at most three."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.require import require
from ..compiling.threads import divided
from .windows import Windows

# A dimension that is not pooled.
NOT_POOLED = Windows(1, np.zeros(1, np.int64), np.zeros(1, np.int64))


class Layout:
    """How the largest of ``windows`` are found in an array of ``shape``, whose last dimensions are boxes.

    boxes: that shape as (boxes, D, H, W). made: the shape of the result; found: that as boxes. places: the dtype of a
    place in a box. loop: the kernel, and what it gets besides arrays. empty: in ``found``, what sees only padding.
    """

    def __init__(self, shape, dtype, windows):
        dims = len(windows)
        lead, sizes = shape[: len(shape) - dims], shape[len(shape) - dims :]
        sides = (NOT_POOLED,) * (3 - dims) + windows
        self.boxes = (math.prod(lead), *(1,) * (3 - dims), *sizes)
        self.made, self.found = (*lead, *map(len, windows)), (self.boxes[0], *map(len, sides))
        self.places = np.int32 if math.prod(sizes) < 2**31 else np.int64
        self.lowest = dtype.type(-np.inf if dtype.kind == "f" else np.iinfo(dtype).min)
        last = sides[-1]
        even = (last.stride, last.padding, last.taps, self.lowest) if last.stride else ()
        self.loop = pool_max if last.stride else pool_max_anywhere
        ranges = [part for side in sides for part in (side.first, side.last)]
        self.arguments = *ranges, *(side.dilation for side in sides), *even
        across = [(slice(None),) * (i + 1) + (side.empty,) for i, side in enumerate(sides)]
        self.empty = [place for place, side in zip(across, sides) if side.empty is not None]
        taps = math.prod(side.taps for side in sides)
        self.nanoseconds = math.prod(self.boxes) + math.prod(self.found) * taps


layout_of = functools.lru_cache(256)(Layout)


def max_pool(x, windows):
    """The largest of each window, and its place in the flattened box; -inf and -1 for one that sees only padding."""
    layout = layout_of(x.shape, x.dtype, tuple(windows))
    best, where = np.empty(layout.made, x.dtype), np.empty(layout.made, layout.places)
    if best.size:
        x4, out, places = (
            np.ascontiguousarray(x).reshape(layout.boxes), best.reshape(layout.found), where.reshape(layout.found)
        )  # fmt: skip
        loop, arguments = layout.loop, layout.arguments
        divided(
            len(x4),
            lambda start, stop: loop(x4[start:stop], out[start:stop], places[start:stop], *arguments),
            layout.nanoseconds,
        )
        for nothing in layout.empty:
            out[nothing] = layout.lowest
            places[nothing] = -1
    return best, where


def pool_max_numpy(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw, *even):
    place = np.arange(x[0].size, dtype=places.dtype).reshape(x.shape[1:])
    sides = ((d0, d1, dd), (h0, h1, dh), (w0, w1, dw))
    taps = [range(0, (last - first).max() + 1, step) for first, last, step in sides]
    for tap in itertools.product(*taps):
        # Beyond its end a window sees its last element again.
        at = np.ix_(*(np.minimum(first + t, last) for (first, last, _), t in zip(sides, tap)))
        seen, where = x[(slice(None), *at)], place[at]
        better = (seen > out) | (seen != seen) | (tap == (0, 0, 0))
        out[:] = np.where(better, seen, out)
        places[:] = np.where(better, where, places)


@helper
def beats(value, where, best, place):
    """Whether ``value`` is larger, NaN being larger than all; of equals the first counts, of NaNs the last."""
    tie, nan = (value == best) & (where < place), value != value
    return (value > best) | tie | (nan & ((best == best) | (where > place)))


@helper
def take_better(seen, where, best, place, stride):
    """Replace what is less than what is ``seen`` at each ``stride``-th place.

    The strides are written out, as only those known to the compiler make vectors.
    """
    if stride == 1:
        for q in range(best.size):
            v, w, b, at = seen[q], where[q], best[q], place[q]
            better = beats(v, w, b, at)
            best[q] = v if better else b
            place[q] = w if better else at
    elif stride == 2:
        for q in range(best.size):
            v, w, b, at = seen[2 * q], where[2 * q], best[q], place[q]
            better = beats(v, w, b, at)
            best[q] = v if better else b
            place[q] = w if better else at
    else:
        for q in range(best.size):
            v, w, b, at = seen[stride * q], where[stride * q], best[q], place[q]
            better = beats(v, w, b, at)
            best[q] = v if better else b
            place[q] = w if better else at


@helper
def merge_rows(box, seen, where, d0, d1, dd, h0, h1, dh):
    """``seen`` = the largest of each column of the rows of a window, and ``where`` it was: rows lie side by side."""
    _, height, width = box.shape
    count, kind = seen.size, where.dtype.type
    fresh = True
    for a in range(d0, d1 + 1, dd):
        for y in range(h0, h1 + 1, dh):
            line = box[a, y]
            base = kind((a * height + y) * width)
            if fresh:
                for z in range(count):
                    seen[z] = line[z]
                    where[z] = base + kind(z)
                fresh = False
            else:
                for z in range(count):
                    better = (line[z] > seen[z]) | (line[z] != line[z])
                    seen[z] = line[z] if better else seen[z]
                    where[z] = base + kind(z) if better else where[z]


@helper
def require_windows(first, last, step, size, count):
    """Raise `Misfit` unless these are ``count`` windows inside of ``size``."""
    require(first.size == last.size == count and step > 0)
    for i in range(count):
        require(first[i] >= 0 and last[i] < size and first[i] < size)


@helper
def require_boxes(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw):
    """Raise `Misfit` unless ``out`` and ``places`` are for these windows of ``x``."""
    require(out.shape == places.shape and out.shape[0] == x.shape[0])
    require_windows(d0, d1, dd, x.shape[1], out.shape[1])
    require_windows(h0, h1, dh, x.shape[2], out.shape[2])
    require_windows(w0, w1, dw, x.shape[3], out.shape[3])


@kernel(twin=pool_max_numpy)
def pool_max(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw, stride, padding, taps, lowest):
    """Fill ``out`` with the largest value of each window and ``places`` with where it was.

    The last windows are ``stride`` apart, the first at ``-padding``. Rows first, which lie side by side, into one
    padded row for each row of ``out``; then along those as one long row: a few places too many for each row keep the
    distances even over its end.
    What windows without elements leave means nothing.
    """
    require_boxes(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw)
    n, width = x.shape[0], x.shape[3]
    # So that a padded row is about as long as the row and a window.
    reach = width + 2 * padding
    require(0 < stride <= reach + 1 and taps > 0 and (taps - 1) * dw <= reach + stride)
    require(0 <= 2 * padding <= (taps - 1) * dw + 1)
    many, wide = h0.size, w0.size
    pitch = wide - 1 + ((taps - 1) * dw + stride) // stride
    length = pitch * stride
    count = min(width, length - padding)
    nowhere = places.dtype.type(2**31 - 1)
    top = np.full(many * length + taps * dw, lowest, x.dtype)
    top_places = np.full(many * length + taps * dw, nowhere, places.dtype)
    best, place = np.empty(many * pitch, x.dtype), np.empty(many * pitch, places.dtype)
    for b in range(n):
        for o in range(d0.size):
            for p in range(many):
                start = p * length + padding
                seen, where = top[start : start + count], top_places[start : start + count]
                merge_rows(x[b], seen, where, d0[o], d1[o], dd, h0[p], h1[p], dh)
            best[:] = lowest
            place[:] = nowhere
            for j in range(taps):
                take_better(top[j * dw :], top_places[j * dw :], best, place, stride)
            for p in range(many):
                for q in range(wide):
                    out[b, o, p, q] = best[p * pitch + q]
                    places[b, o, p, q] = place[p * pitch + q]


@kernel(twin=pool_max_numpy)
def pool_max_anywhere(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw):
    """As `pool_max`, for windows of any sizes at any places: rows first, then one window after the other."""
    require_boxes(x, out, places, d0, d1, h0, h1, w0, w1, dd, dh, dw)
    n, width = x.shape[0], x.shape[3]
    seen, where = np.empty(width, x.dtype), np.empty(width, places.dtype)
    for b in range(n):
        for o in range(d0.size):
            for p in range(h0.size):
                merge_rows(x[b], seen, where, d0[o], d1[o], dd, h0[p], h1[p], dh)
                for q in range(w0.size):
                    best, place = seen[w0[q]], where[w0[q]]
                    for z in range(w0[q] + dw, w1[q] + 1, dw):
                        if beats(seen[z], where[z], best, place):
                            best, place = seen[z], where[z]
                    out[b, o, p, q] = best
                    places[b, o, p, q] = place


def put(x, places, shape, dims):
    """Zeros of ``shape`` with each element of ``x`` added at its place in its box; nowhere if that is -1."""
    if not x.size:
        return np.zeros(shape, x.dtype)
    made = np.empty(shape, x.dtype)
    lead = math.prod(shape[: len(shape) - dims])
    values, at, out = (v.reshape(lead, -1) for v in (np.ascontiguousarray(x), places, made))
    divided(lead, lambda start, stop: put_at(values[start:stop], at[start:stop], out[start:stop]), out.size)
    return made


def put_at_numpy(x, places, out):
    out[:] = 0
    np.add.at(out, (np.arange(len(out))[:, None], np.maximum(places, 0)), np.where(places < 0, 0, x))


@kernel(twin=put_at_numpy)
def put_at(x, places, out):
    """``out[i] = 0``, then ``out[i, places[i, j]] += x[i, j]`` where the place isn't -1."""
    require(places.shape == x.shape and out.shape[0] == x.shape[0])
    for i in range(x.shape[0]):
        row = out[i]
        row[:] = 0
        for j in range(x.shape[1]):
            require(places[i, j] < row.size)
            if places[i, j] >= 0:
                row[places[i, j]] += x[i, j]


def pick(x, places, dims):
    """The elements of ``x`` at these places of their boxes; 0 for -1."""
    lead = math.prod(x.shape[: x.ndim - dims])
    if not places.size:
        return np.zeros(places.shape, x.dtype)
    flat = x.reshape(lead, math.prod(x.shape[x.ndim - dims :]))
    found = np.take_along_axis(flat, np.maximum(places, 0).reshape(lead, -1), 1).reshape(places.shape)
    return np.where(places < 0, x.dtype.type(0), found)

"""Rows of the ops that poolings and interpolations are made of."""

import math

import numpy as np

from autograd.kernels.interpolation import interpolating
from autograd.kernels.pooling import windows as window_sides
from autograd.kernels.pooling.averages import averages

from .adjoints import adjoint, torch_adjoint
from .arrays import NAN, floats, gapped, integers, real
from .rows import row, smooth, value

PAIRS = window_sides.sliding(4, 2, 2, 0, 1, False)
OVERLAPPING = window_sides.sliding(5, 3, 2, 1, 1, False)
ADAPTED = window_sides.adaptive(5, 3)


def boxes_of(x, sides):
    """For each place of a pooling, the elements of its box and where they are, in the last dimensions flattened."""
    dims = len(sides)
    where = np.arange(math.prod(x.shape[x.ndim - dims :])).reshape(x.shape[x.ndim - dims :])
    for place in np.ndindex(*map(len, sides)):
        taps = [np.arange(side.first[i], side.last[i] + 1, side.dilation) for i, side in zip(place, sides)]
        seen = x[(..., *np.ix_(*taps))]
        yield place, seen.reshape(*x.shape[: x.ndim - dims], math.prod(map(len, taps))), where[np.ix_(*taps)].ravel()


def max_pool(x, sides):
    out = np.zeros((*x.shape[: x.ndim - len(sides)], *map(len, sides)), x.dtype)
    for place, seen, _ in boxes_of(x, sides):
        out[(..., *place)] = seen.max(-1)
    return out


def max_places(x, sides):
    out = np.zeros((*x.shape[: x.ndim - len(sides)], *map(len, sides)), np.int64)
    for place, seen, where in boxes_of(x, sides):
        out[(..., *place)] = where[seen.argmax(-1)]
    return out


BOXES = [
    (real(2, 4, 5), (PAIRS, OVERLAPPING)),
    (real(2, 5, 4).swapaxes(1, 2), (PAIRS, ADAPTED)),
    (gapped(real(2, 5)), (ADAPTED,)),
    (real(1, 4, 5, 4), (PAIRS, ADAPTED, PAIRS)),
    (real(0, 4), (PAIRS,)),
]
row("max_pool", max_pool, *[smooth(x, sides) for x, sides in BOXES], torch=None)
row(
    "max_places", max_places,
    *[value(x, sides) for x, sides in BOXES], value(floats([1, 1, NAN, 2]), (PAIRS,)),
    torch=None, result="int64",
)  # fmt: skip


def banded(x, bands):
    for axis, band in enumerate(bands, x.ndim - len(bands)):
        matrix = np.zeros((len(band), band.size))
        for i, (start, count) in enumerate(zip(band.starts, band.counts)):
            matrix[i, start : start + count] = band.weights[i, :count]
        x = np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis).astype(x.dtype)
    return x


MEANS = averages(5, 3, 2, 1, False, False, True)
LINEAR = interpolating(4, 7, "linear", False, None, False)
for name in ("avg_pool", "resample"):
    row(
        name, banded,
        smooth(real(2, 4, 5), (LINEAR, MEANS)),
        smooth(real(2, 5, 4).swapaxes(1, 2), (LINEAR.adjoint.adjoint, MEANS)),
        smooth(real(2, 7, 3), (LINEAR.adjoint, MEANS.adjoint)),
        smooth(gapped(real(2, 4)), (LINEAR,)),
        smooth(real(1, 4, 5, 4), (LINEAR, MEANS, LINEAR)),
        smooth(real(0, 4, 5), (LINEAR, MEANS)),
        torch=None,
    )  # fmt: skip
# In two boxes of 2×3, each with 2×2 elements picked; -1 picks nothing.
PLACES = integers([[0, 5], [5, 3]], [[1, -1], [1, 4]])


def picked(x, places, dims):
    if not len(x):
        return np.zeros(places.shape)
    return np.stack([np.where(at < 0, 0, plane.reshape(-1)[at]) for plane, at in zip(x, places)])


def torch_picked(torch, x, places, dims):
    found = x.flatten(-2).gather(-1, places.clamp(min=0).flatten(-2)).view(places.shape)
    return torch.where(places < 0, 0.0, found)


row(
    "pick_from_boxes", picked,
    smooth(real(2, 2, 3), PLACES, 2),
    smooth(np.transpose(real(3, 2, 2)), PLACES, 2),
    smooth(real(0, 2, 3), PLACES[:0], 2),
    torch=torch_picked,
)  # fmt: skip
row(
    "put_in_boxes", lambda x, places, shape, dims: adjoint(lambda y: picked(y, places, 2), shape, x),
    smooth(real(2, 2, 2), PLACES, (2, 2, 3), 2),
    smooth(np.transpose(real(2, 2, 2)), PLACES, (2, 2, 3), 2),
    smooth(real(0, 2, 2), PLACES[:0], (0, 2, 3), 2),
    torch=lambda torch, x, places, shape, dims: torch_adjoint(
        torch, lambda y: torch_picked(torch, y, places, 2), shape, x
    ),
)  # fmt: skip

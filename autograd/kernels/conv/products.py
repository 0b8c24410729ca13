"""Convolution by kernels of one tap: a matrix product for each image, of filters x channels and channels x places."""

from __future__ import annotations

import functools
import math

import numpy as np

from ..compiling.machine import MACHINE
from ..compiling.threads import divided
from .microkernels.accumulate import FILTERS

# How many times as many filters as places there are where BLAS is faster: it packs them sooner, but shares no pixels
# among as many sums as 32 registers hold.
FILTERS_FOR_PLACES = 8 if MACHINE.registers >= 32 else 2
# Up to how many channels the direct sums with places in the lanes are faster: BLAS adds no bias, and waits for memory.
CHANNELS = 128
# How many places are multiplied at a time, where images have fewer: then BLAS reads the weight less often.
PLACES = 784
# How many places those direct sums have at least: with few registers weights are read often.
LEAST_PLACES = 1 if MACHINE.registers >= 32 else PLACES


def suits_products(plan, weight, stride, padding):
    """Whether BLAS is faster, with ``weight`` the shape of the weight.

    Measured: it is where the image would be copied anyway, since BLAS copies parts that stay in the cache; where
    filters are so many for the places that to pack them takes long; and where they don't fill lanes.
    """
    if plan.groups > 1 or math.prod(weight[2:]) > 1 or any(padding):
        return False
    if FILTERS_FOR_PLACES * len(plan.slices) * plan.rows.places * plan.columns.places < max(weight[:2]):
        return True
    direct = plan.bare and plan.vectors
    if plan.straight:
        places = plan.rows.places * plan.columns.places
        direct = plan.channels <= CHANNELS and plan.filters >= FILTERS and places >= LEAST_PLACES
    return set(stride) == {1} and not direct


def as_products(x, weight, bias, out, stride, nanoseconds):
    """``out[n] = weight @ x[n] + bias``, of every ``stride``-th pixel."""
    filters, seen, made = weight.reshape(len(weight), -1), looked_at(x, stride), in_rows(out)

    def of_some(start, stop):
        for some in parts(start, stop, out):
            if len(made[some]) == 1:
                np.matmul(filters, side_by_side(seen[some]), out=made[some][0])
            else:
                made[some] = one_by_one(filters @ side_by_side(seen[some]), made[some].shape)
            if bias is not None:
                made[some] += bias[:, None]

    divided(len(x), of_some, nanoseconds)


def input_as_products(g, weight, out, stride, nanoseconds):
    """The adjoint in x: ``out[n] = weightᵀ @ g[n]``, and 0 where no filter looks."""
    filters, made = weight.reshape(len(weight), -1).T, looked_at(out, stride)
    if made.size < out.size:
        out[...] = 0

    def of_some(start, stop):
        for some in parts(start, stop, g):
            made[some] = one_by_one(filters @ side_by_side(g[some]), made[some].shape)

    divided(len(g), of_some, nanoseconds)


def weight_as_products(g, x, shape, stride, nanoseconds):
    """The adjoint in weight, of ``shape``: ``Σₙ g[n] @ x[n]ᵀ``."""
    seen = looked_at(x, stride)

    def of_some(start, stop):
        total = np.zeros(shape[:2], g.dtype)
        for some in parts(start, stop, g):
            total += side_by_side(g[some]) @ side_by_side(seen[some]).T
        return total

    return functools.reduce(np.add, divided(len(x), of_some, nanoseconds)).reshape(shape)


def parts(start, stop, images):
    """The images from ``start`` to ``stop``, as many at a time as have `PLACES`."""
    count = max(1, PLACES // max(1, math.prod(images.shape[2:])))
    return [slice(first, min(first + count, stop)) for first in range(start, stop, count)]


def side_by_side(images):
    """(channels, images · places), a copy unless it is one image that lies in memory so."""
    return images.swapaxes(0, 1).reshape(images.shape[1], len(images) * math.prod(images.shape[2:]))


def one_by_one(rows, shape):
    """Images of ``shape`` of what `side_by_side` makes of them, a view."""
    return rows.reshape(shape[1], shape[0], *shape[2:]).swapaxes(0, 1)


def looked_at(images, stride):
    """Every ``stride``-th pixel, a view."""
    return images[(..., *(slice(None, None, s) for s in stride))]


def in_rows(images):
    """(images, channels, places)."""
    return images.reshape(*images.shape[:2], math.prod(images.shape[2:]))

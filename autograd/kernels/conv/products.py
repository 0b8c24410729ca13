"""Convolution as matrix products by BLAS: of filters x terms by terms x places, a term for each channel and tap.

Where filters have one tap, images are such matrices as they are. Else what each tap meets is laid out before.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ..compiling.machine import MACHINE
from ..compiling.threads import divided
from .im2col import each_tap
from .microkernels.accumulate import FILTERS

# How many times as many filters as places there are where BLAS is faster: it packs them sooner, but shares no pixels
# among as many sums as 32 registers hold.
FILTERS_FOR_PLACES = 8 if MACHINE.registers >= 32 else 2
# Up to how many channels the direct sums with places in the lanes are faster where images have `PLACES` or fewer, and
# with more so many fewer: BLAS adds no bias and copies several small images, but with few registers these sums read
# much more often.
CHANNELS = 1 << 20 if MACHINE.registers >= 32 else 256
# How many places are multiplied at a time, where images have fewer: then BLAS reads the weight less often. And for how
# many filters of several taps may be worth it.
PLACES = 784
# From how many weights on: they don't stay in any near cache, and BLAS reads them once. And with how many filters, for
# each of which all that is laid out is multiplied.
DEEP, LEAST_FILTERS = 1 << 20, 32
# How many numbers may be laid out at a time.
LAID_OUT = 1 << 20


def suits_products(plan, images, weight, stride, padding):
    """Whether BLAS is faster for so many images, with ``weight`` the shape of the weight.

    Measured: it is where filters are so many for the places that to pack them takes long, unless images are read where
    they lie, and where they don't fill lanes; with few registers also where the image is copied anyway, since BLAS
    copies parts that stay in the cache.
    """
    if plan.groups > 1:
        return False
    places = len(plan.slices) * plan.rows.places * plan.columns.places
    if not is_one(weight[2:], padding):
        return math.prod(weight) >= DEEP and images * places <= PLACES
    if FILTERS_FOR_PLACES * places < max(weight[:2]) and not (plan.straight and plan.bare):
        return True
    if plan.straight:
        direct = plan.filters >= FILTERS and plan.channels * max(places, PLACES) <= CHANNELS * PLACES
    else:
        direct = plan.vectors and (plan.bare or MACHINE.registers >= 32)
    return set(stride) == {1} and not direct


def has_few_places(weight, made, groups):
    """Whether BLAS is faster since filters have far more taps than places over an image, or the only place is all."""
    places = math.prod(made)
    many = weight[0] >= LEAST_FILTERS and math.prod(weight[2:]) >= 2 * places
    return groups == 1 and (many or places == 1)


def as_products(x, weight, bias, out, stride, padding, dilation, nanoseconds):
    """``out[n] = weight @ x[n] + bias``, of what the taps meet."""
    filters, made = weight.reshape(len(weight), -1), in_rows(out)
    geometry = weight.shape[2:], stride, padding, dilation, out.shape[2:]

    def of_some(start, stop):
        for some in parts(start, stop, filters.shape[1], made):
            if len(made[some]) == 1:
                np.matmul(filters, laid_out(x[some], *geometry), out=made[some][0])
            else:
                made[some] = one_by_one(filters @ laid_out(x[some], *geometry), made[some].shape)
            if bias is not None:
                made[some] += bias[:, None]

    divided(len(x), of_some, nanoseconds)


def input_as_products(g, weight, out, stride, padding, dilation, nanoseconds):
    """The adjoint in x: ``out[n] = weightᵀ @ g[n]``, added up where the taps meet it, and 0 where none does."""
    filters = weight.reshape(len(weight), -1)
    geometry = weight.shape[2:], stride, padding, dilation, g.shape[2:]

    def of_some(start, stop):
        for some in parts(start, stop, filters.shape[1], g):
            put_back(filters, side_by_side(g[some]), out[some], *geometry)

    divided(len(g), of_some, nanoseconds)


def weight_as_products(g, x, shape, stride, padding, dilation, nanoseconds):
    """The adjoint in weight, of ``shape``: ``Σₙ g[n] @ x[n]ᵀ``."""
    geometry = shape[2:], stride, padding, dilation, g.shape[2:]

    def of_some(start, stop):
        found = (side_by_side(g[some]) @ laid_out(x[some], *geometry).T for some in parts(start, stop, terms, g))
        return functools.reduce(lambda total, more: np.add(total, more, out=total), found)

    terms = math.prod(shape[1:])
    return functools.reduce(np.add, divided(len(x), of_some, nanoseconds)).reshape(shape)


def parts(start, stop, terms, images):
    """The images from ``start`` to ``stop``, as many at a time as have `PLACES`, or fill what may be laid out."""
    places = max(1, math.prod(images.shape[2:]))
    count = max(1, min(PLACES, LAID_OUT // max(1, terms)) // places)
    return [slice(first, min(first + count, stop)) for first in range(start, max(stop, start + 1), count)]


def laid_out(images, taps, stride, padding, dilation, made):
    """(channels · taps, images · places) of what each tap meets at each of ``made`` places."""
    if is_one(taps, padding):
        return side_by_side(looked_at(images, stride))
    images, outer, inner, *geometry = by_fewer(images, taps, stride, padding, dilation, made)
    found = (np.zeros if any(padding) else np.empty)((len(images), *outer, images.shape[1], *inner), images.dtype)
    for each, seen, pixels in each_tap(images.shape[2:], outer, *geometry, inner):
        found[:, *each][seen] = images[pixels]
    found = found.reshape(len(images) * math.prod(outer), images.shape[1] * math.prod(inner))
    return found if outer == taps else found.T


def put_back(filters, upstream, images, taps, stride, padding, dilation, made):
    """Fill ``images`` with ``filtersᵀ @ upstream``, added up where the pixels were that are `laid_out`: the adjoint."""
    if is_one(taps, padding):
        if math.prod(made) < math.prod(images.shape[2:]):
            images[...] = 0
        target = looked_at(images, stride)
        target[...] = one_by_one(filters.T @ upstream, target.shape)
        return
    images[...] = 0
    images, outer, inner, *geometry = by_fewer(images, taps, stride, padding, dilation, made)
    found = filters.T @ upstream if outer == taps else upstream.T @ filters
    found = found.reshape(len(images), *outer, images.shape[1], *inner)
    for each, seen, pixels in each_tap(images.shape[2:], outer, *geometry, inner):
        images[pixels] += found[:, *each][seen]


def is_one(taps, padding):
    """Whether the only tap meets the images as they are."""
    return math.prod(taps) == 1 and not any(padding)


def by_fewer(images, taps, stride, padding, dilation, made):
    """The geometry, whether taps or places are what is gone through: the fewer. Pixels lie by both in the same way.

    Images have channels first where taps are.
    """
    if math.prod(taps) <= math.prod(made):
        return images.swapaxes(0, 1), taps, made, stride, padding, dilation
    return images, made, taps, dilation, padding, stride


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

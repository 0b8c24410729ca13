"""Convolution of images in one to three dimensions: which algorithm computes it, on how many cores.

Images are (N, C, sizes...), weights (O, C/groups, kernel sizes...); stride, padding and dilation have a number for each
dimension.
"""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np

from ..compiling.jit import compiled_for
from ..compiling.machine import VECTOR
from ..compiling.memory import empty, flat
from ..compiling.threads import divided
from .depthwise import correlated_depthwise, shifted_depthwise
from .direct import correlated, shifted
from .exactly import spread
from .filters_in_lanes import correlated_in_lanes, shifted_in_lanes
from .groups_in_lanes import correlated_groups, shifted_groups
from .microkernels.accumulate import FILTERS
from .microkernels.filters_in_lanes import MOST
from .packing import packed
from .plainly import convolve as convolve_numpy
from .plainly import convolve_weight as convolve_weight_numpy
from .plainly import twinned
from .plan import plan_of
from .products import as_products, has_few_places, input_as_products, suits_products, weight_as_products
from .winograd import MANY, TILES, tiles_of, tiling_of, winograd, workspace
from .winograd_filters import transformed, weight_from
from .winograd_range import is_ordinary
from .winograd_weight import total_of, winograd_weight
from .winograd_weight import workspace as workspace_of_weight

# How many times as many multiplications the direct algorithms must take as the products of the tiles.
WORTH = 1.5


class Way:
    """How a convolution of arrays of some shapes, or one of its gradients, is computed.

    of: what that gives, ``"out"``, ``"x"`` or ``"weight"``. made: the shape of the result of the convolution itself.
    tiles: whether it is tried by Winograd's products first. nanoseconds: about how many it takes one core.
    """

    def __init__(self, of, x, weight, char, stride, padding, dilation, groups):
        sizes = out_sizes(x[2:], weight[2:], stride, padding, dilation)
        self.of, self.x, self.weight, self.made, self.char = of, x, weight, (x[0], weight[0], *sizes), char
        self.geometry = stride, padding, dilation, groups
        self.few_places = has_few_places(weight, sizes, groups)
        self.tiles = not self.few_places and self.suits_tiles()
        self.nanoseconds = cost(x, self.made, weight)

    def suits_tiles(self):
        stride, padding, dilation, groups = self.geometry
        if self.of == "x" and any(p > d * (k - 1) for p, d, k in zip(padding, dilation, self.weight[2:])):
            return False
        suits = weight_suits_winograd if self.of == "weight" else suits_winograd
        return suits(self.x if self.of == "x" else self.made, self.char, self.weight, stride, dilation, groups)

    @functools.cached_property
    def plan(self):
        """The plan of the direct algorithm; None where BLAS is faster."""
        if self.few_places:
            return None
        ends = (self.made, self.x) if self.of == "x" else (self.x, self.made)
        plan = planned(*ends, self.weight, self.char, *self.geometry, self.of == "x", self.of != "weight")
        return None if suits_products(plan, self.x[0], self.weight, *self.geometry[:2]) else plan

    @functools.cached_property
    def kernel(self):
        """The kernel of the direct algorithm."""
        return compiled_for(self.char, (correlated_for if self.of == "weight" else shifted_for)(self.plan))


# By what it is made of, so that small arrays don't wait for what was worked out before.
way_of = functools.lru_cache(maxsize=1024)(Way)


def out_sizes(sizes, kernel_sizes, stride, padding, dilation):
    """How many places a window has along each dimension."""
    return tuple(
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(sizes, kernel_sizes, stride, padding, dilation)
    )


@twinned(convolve_numpy)
def convolve(x, weight, bias, stride, padding, dilation, groups):
    """``out[n, o] = Σ_c weight[o, c] ⋆ x[n, c] + bias[o]``."""
    if x.dtype.char == "e":
        return in_float32(convolve, x, weight, bias, stride, padding, dilation, groups)
    way = way_of("out", x.shape, weight.shape, x.dtype.char, stride, padding, dilation, groups)
    out = empty(way.made, x.dtype)
    if way.tiles:
        by_tiles(x, weight, bias, out, stride, padding, dilation, groups, False, way.nanoseconds)
        if not out.size or is_ordinary(out.reshape(-1), groups, len(weight) // groups, math.prod(out.shape[2:])):
            return out
    if way.plan is None:
        as_products(x, weight, bias, out, stride, padding, dilation, way.nanoseconds)
        return out
    by_images(x, weight, bias, out, way)
    return out


@twinned(spread)
def convolve_input(g, weight, shape, stride, padding, dilation, groups):
    """The adjoint of `convolve` in x, of ``shape``."""
    if g.dtype.char == "e":
        return in_float32(convolve_input, g, weight, shape, stride, padding, dilation, groups)
    way = way_of("x", shape, weight.shape, g.dtype.char, stride, padding, dilation, groups)
    out = empty(shape, g.dtype)
    if way.tiles:
        by_tiles(g, weight, None, out, stride, padding, dilation, groups, True, way.nanoseconds)
        if not out.size or is_ordinary(out.reshape(-1), groups, weight.shape[1], math.prod(shape[2:])):
            return out
    if way.plan is None:
        input_as_products(g, weight, out, stride, padding, dilation, way.nanoseconds)
        return out
    by_images(g, weight, None, out, way)
    # The zeros between and around the pixels of g were multiplied, and 0 times a NaN or an infinity of the weight is no
    # 0. The first image shows each of those as well as the weight itself.
    image = out[:1]
    telling = weight if weight.size <= image.size else image
    return out if is_finite(telling) else spread(g, weight, shape, stride, padding, dilation, groups)


@twinned(convolve_weight_numpy)
def convolve_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of `convolve` in weight, of ``shape``."""
    if g.dtype.char == "e":
        return in_float32(convolve_weight, g, x, shape, stride, padding, dilation, groups)
    way = way_of("weight", x.shape, shape, g.dtype.char, stride, padding, dilation, groups)
    if way.tiles:
        found = weight_by_tiles(g, x, shape, stride, padding, dilation, groups, way.nanoseconds)
        if is_ordinary(found.reshape(-1), 1, 1, found.size):
            return found
    if way.plan is None:
        return weight_as_products(g, x, shape, stride, padding, dilation, way.nanoseconds)
    images, upstream, table = flat(x), flat(g), way.plan.table

    def of_all(function):
        def of_some(start, stop):
            total = np.zeros(shape, g.dtype)
            function(images, upstream, total.reshape(-1), table, start, stop)
            return total

        return functools.reduce(np.add, divided(len(x), of_some, way.nanoseconds))

    found = of_all(way.kernel)
    # Vectors that go on after the last place multiply what is there by 0, which leaves a NaN or an infinity a NaN.
    return found if is_finite(found) else of_all(correlated_for(way.plan).twin)


def is_finite(x):
    """Whether no element is a NaN or an infinity. None is if the sum of squares is finite, which is soon found."""
    return math.isfinite(np.vdot(x, x)) or np.isfinite(x).all()


def in_float32(function, one, other, *more):
    """``function`` of float16 by way of float32, in which the sums are taken and the kernels are compiled."""
    wide = [value.astype("f") if isinstance(value, np.ndarray) else value for value in (one, other, *more)]
    return function(*wide).astype("e")


def suits_winograd(out, char, weight, stride, dilation, groups):
    """Whether transforming tiles of a result costs less than it saves, and that is right enough.

    out, weight: the shapes of the result and of the weight; char: of the dtype.
    """
    if char != "f" or weight[-2:] not in ((3, 3), (5, 5)) or stride[-2:] != (1, 1):
        return False
    # Measured: with few channels the transforms cost more than they save.
    if len(weight) == 3 or min(weight[0] // groups, weight[1]) < 16:
        return False
    # Tiles that are partly outside multiply what nobody wants, where phases of a dilation are small.
    tiles, images = tiles_over(out, weight, dilation), out[0] * math.prod(out[2:-2])
    if 36 * tiles * WORTH > images * math.prod(out[-2:]) * math.prod(weight[-2:]):
        return False
    # Measured: and with few tiles, to begin with each group does; fewer than lanes leave some empty.
    return tiles >= (VECTOR // 4 if groups == 1 else 2 * TILES)


def tiles_over(out, weight, dilation):
    """How many of Winograd's tiles cover a result of the shape ``out``, with all phases of the dilation."""
    across = math.prod(d * -(-size // (d * (7 - weight[-1]))) for size, d in zip(out[-2:], dilation[-2:]))
    return out[0] * math.prod(out[2:-2]) * across


def weight_suits_winograd(g, char, shape, stride, dilation, groups):
    """The same of the gradient in the weight, of ``shape``, by transforming tiles of ``g`` and the sums of them."""
    if not suits_winograd(g, char, shape, stride, dilation, groups):
        return False
    filters, channels = shape[0] // groups, shape[1]
    # Measured: for few tiles it takes too long to transform the sums, and for few channels those of 5x5.
    enough = tiles_over(g, shape, dilation) >= (48 if filters * channels <= MANY else 96)
    return enough and min(filters, channels) >= (16 if shape[-1] == 3 else 32)


def by_tiles(source, weight, bias, out, stride, padding, dilation, groups, turned, nanoseconds):
    """`winograd` for all groups, tiles and filters."""
    geometry = three(weight.shape[2:], 1), three(stride, 1), three(padding, 0), three(dilation, 1)
    sizes, made = three(source.shape[2:], 1), three(out.shape[2:], 1)
    tiling = tiling_of(sizes, made, source.shape[1] // groups, out.shape[1] // groups, *geometry, turned, groups)
    images, result, kernel = flat(source), out.reshape(-1), compiled_for(source.dtype.char, winograd)
    constant = with_block(bias, out)
    count = len(source) * len(tiling.slices) * math.prod(tiles_of(tiling))
    blocks = -(-tiling.filters // FILTERS)
    for group, lines in enumerate(np.split(weight, groups)):
        some = tiling._replace(group=group)
        # The taps in depth are channels. Where filters and channels swap their roles, they are still those.
        turned_in_depth = lines.swapaxes(1, 2) if turned and weight.ndim > 4 else lines
        ends = (-1, weight.shape[1]) if turned else (len(lines), -1)
        lines = turned_in_depth.reshape(*ends, *weight.shape[-2:])
        weights = transformed(lines, turned) if tiling.ahead else flat(lines)

        def of_some(tiles, filters, some=some, weights=weights):
            kernel(images, weights, constant, result, some, *workspace(some, out.dtype), *tiles, *filters)

        # What all pieces do anew is the filters, or, where there are few tiles, the tiles.
        if count > 8 * TILES:
            each = lambda start, stop: of_some((start * TILES, min(stop * TILES, count)), (0, blocks))
            divided(-(-count // TILES), each, nanoseconds / groups)
        else:
            divided(blocks, lambda start, stop: of_some((0, count), (start, stop)), nanoseconds / groups)


def weight_by_tiles(g, x, shape, stride, padding, dilation, groups, nanoseconds):
    """`winograd_weight` for all groups and tiles, one tap in depth after the other."""
    geometry = three(shape[2:], 1), three(stride, 1), three(padding, 0), three(dilation, 1)
    filters, channels = shape[0] // groups, shape[1]
    tiling = tiling_of(three(x.shape[2:], 1), three(g.shape[2:], 1), channels, filters, *geometry, groups=groups)
    images, upstream, kernel = flat(x), flat(g), compiled_for(g.dtype.char, winograd_weight)
    count, parts = len(x) * len(tiling.slices) * math.prod(tiles_of(tiling)), groups * tiling.slices.shape[1]
    found = np.empty((groups, filters, channels, tiling.slices.shape[1], *shape[-2:]), g.dtype)
    for group, tap in itertools.product(range(groups), range(tiling.slices.shape[1])):
        some = tiling._replace(group=group, channels=channels, slices=tiling.slices[:, tap : tap + 1].copy())

        def of_some(start, stop, some=some):
            total = total_of(some, g.dtype)
            kernel(images, upstream, total, some, *workspace_of_weight(some, g.dtype), start, stop)
            return weight_from(total, (filters, channels, *shape[-2:]))

        found[group, :, :, tap] = functools.reduce(np.add, divided(count, of_some, nanoseconds / parts))
    return found.reshape(shape)


def three(numbers, missing):
    """One of each of three dimensions: what fewer have, and ``missing`` before."""
    return (missing,) * (3 - len(numbers)) + tuple(numbers)


def with_block(bias, out):
    """The bias, or zeros, and a block of zeros after it, as the kernels read whole blocks."""
    constant = np.zeros(out.shape[1] + MOST * VECTOR // out.itemsize, out.dtype)
    if bias is not None:
        constant[: len(bias)] = bias
    return constant


def by_images(source, weight, bias, out, way):
    """One of the direct algorithms for all images."""
    images, result, weights = flat(source), out.reshape(-1), packed(weight, way.plan, way.of == "x")
    constant, kernel, table = with_block(bias, out), way.kernel, way.plan.table
    divided(
        len(source),
        lambda start, stop: kernel(images, weights, constant, result, table, start, stop),
        way.nanoseconds,
    )


def planned(source, made, weight, char, stride, padding, dilation, groups, adjoint, over_taps):
    """The plan of the direct algorithm: fewer than three dimensions become three, the others of length 1."""
    filters, channels = weight[0] // groups, weight[1]
    ends = (filters, channels) if adjoint else (channels, filters)
    sizes, made, kernel_sizes = three(source[2:], 1), three(made[2:], 1), three(weight[2:], 1)
    geometry = (sizes, made, kernel_sizes, three(stride, 1), three(padding, 0), three(dilation, 1))
    if sizes[2] == made[2] == kernel_sizes[2] == 1 and padding[-1] == 0:
        # A column lies in memory as a row does.
        geometry = tuple((depth, across, down) for depth, down, across in geometry)
    return plan_of(*geometry, groups, *ends, np.dtype(char).itemsize, adjoint, over_taps)


def cost(x, g, weight):
    """About how many nanoseconds one core takes to convolve images of the shape ``x`` to such of the shape ``g``."""
    return 0.3 * (math.prod(x) + math.prod(g)) + 0.013 * math.prod(g) * math.prod(weight[1:])


def shifted_for(plan):
    """The kernel that sums over taps: for filters side by side, for groups, for one filter a group, or for any."""
    if plan.beside:
        return shifted_groups
    return shifted_in_lanes if plan.vectors else shifted_depthwise if plan.alone else shifted


def correlated_for(plan):
    """The kernel that sums over places."""
    if plan.beside:
        return correlated_groups
    return correlated_in_lanes if plan.vectors else correlated_depthwise if plan.alone else correlated

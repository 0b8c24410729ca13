"""Convolution of images in one to three dimensions: which algorithm computes it, on how many cores.

Images are (N, C, sizes...), weights (O, C/groups, kernel sizes...); stride, padding and dilation have a number for each
dimension.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from .direct import correlated, packed, plan_of, shifted
from .threads import divided


def out_sizes(sizes, kernel_sizes, stride, padding, dilation):
    """How many places a window has along each dimension."""
    return tuple(
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(sizes, kernel_sizes, stride, padding, dilation)
    )


def convolve(x, weight, bias, stride, padding, dilation, groups):
    """``out[n, o] = Σ_c weight[o, c] ⋆ x[n, c] + bias[o]``."""
    sizes = out_sizes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    out = np.empty((len(x), len(weight), *sizes), x.dtype)
    plan = planned(x, sizes, weight.shape, stride, padding, dilation, groups, False)
    lines = weight.reshape(groups, plan.filters, plan.channels, -1)
    bias = np.zeros(len(weight), x.dtype) if bias is None else bias
    by_images(x, packed(lines, plan), bias, out, plan, cost(x, out, weight.shape))
    return out


def convolve_input(g, weight, shape, stride, padding, dilation, groups):
    """The adjoint of `convolve` in x, of ``shape``."""
    out = np.empty(shape, g.dtype)
    plan = planned(g, shape[2:], weight.shape, stride, padding, dilation, groups, True)
    lines = weight.reshape(groups, plan.channels, plan.filters, -1).transpose(0, 2, 1, 3)
    by_images(g, packed(lines, plan), np.zeros(shape[1], g.dtype), out, plan, cost(out, g, weight.shape))
    return out


def convolve_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of `convolve` in weight, of ``shape``."""
    plan = planned(x, g.shape[2:], shape, stride, padding, dilation, groups, False)
    images, upstream, kernel = flat(x), flat(g), compiled_for(g, correlated)

    def of_some(start, stop):
        total = np.zeros(math.prod(shape), g.dtype)
        kernel(images, upstream, total, plan, start, stop)
        return total

    parts = divided(len(x), of_some, cost(x, g, shape))
    return functools.reduce(np.add, parts).reshape(shape)


def by_images(source, weights, bias, out, plan, nanoseconds):
    """`shifted` for all images."""
    images, result, bias, kernel = flat(source), out.reshape(-1), flat(bias), compiled_for(source, shifted)
    divided(
        len(source), lambda start, stop: kernel(images, weights, bias, result, plan, start, stop), nanoseconds
    )  # fmt: skip


def planned(source, made, weight, stride, padding, dilation, groups, adjoint):
    """The plan of the direct algorithm, with lengths of 1 for the dimensions that there are not."""
    kernel_sizes = weight[2:]
    missing = 3 - len(kernel_sizes)
    ones, zeros = (1,) * missing, (0,) * missing
    filters, channels = weight[0] // groups, weight[1]
    ends = (filters, channels) if adjoint else (channels, filters)
    return plan_of(
        ones + source.shape[2:], ones + tuple(made), ones + tuple(kernel_sizes), ones + stride, zeros + padding,
        ones + dilation, groups, *ends, source.dtype.itemsize, adjoint,
    )  # fmt: skip


def cost(x, g, weight):
    """About how long a convolution of ``x`` that gives what ``g`` is like takes one core, in nanoseconds."""
    return 0.3 * (x.size + g.size) + 0.013 * g.size * math.prod(weight[1:])


def flat(x):
    """``x`` as the kernels take it: its elements in one row, and writable, since that is one type less to compile."""
    return np.require(x, requirements="CW").reshape(-1)


def compiled_for(x, function):
    """The kernel, or its twin for what Numba is not asked to compile it for."""
    return function if x.dtype.char in "fd" else function.twin

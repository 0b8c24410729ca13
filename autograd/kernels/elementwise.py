"""Kernels that compute each element of an array from those at the same place of others, made of a formula and its twin.

    @elementwise(lambda x: x * sigmoid_numpy(x), widest=True)
    def silu(x):
        return x / (type(x)(1) + exp(-x))

makes ``silu`` a function of arrays. Its kernel, ``silu.kernel``, is a loop that calls this formula for each element; in
NumPy, and for float16, the twin computes all elements at once.
"""

from __future__ import annotations

import functools
import inspect

import numpy as np

from .compiling import wide_vectors
from .compiling.jit import helper, kernel
from .compiling.threads import WORTHWHILE, divided


def each(work, arrays, numbers=()):
    """What ``work`` makes of the elements of these arrays, which have one shape, and of numbers."""
    out = np.empty(arrays[0].shape, arrays[0].dtype)
    flat = [x.ravel() for x in arrays]
    made = out.ravel()
    # An exponential takes about 1 ns, as does fetching two numbers and writing one.
    if out.size < WORTHWHILE:
        work(*flat, made, *numbers)
    else:
        some = lambda start, stop: work(*(x[start:stop] for x in flat), made[start:stop], *numbers)
        divided(out.size, some, nanoseconds=out.size)
    return out


def elementwise(twin, arrays=1, widest=False):
    """Make the decorated formula of numbers, which Numba compiles, a function of arrays; ``twin`` is the same in NumPy.

    arrays: how many arguments are arrays, of one shape and dtype. Those that follow are numbers, which the formula gets
    in that dtype. What else it computes with must have it too, or all becomes float64. widest: whether the formula is
    long enough to gain from the widest vectors.
    """

    def decorate(formula):
        names = list(inspect.signature(formula).parameters)
        written = functions_of(helper(formula), names[:arrays], names[arrays:], widest)

        def twin_into(*arguments):
            arguments[arrays][:] = twin(*arguments[:arrays], *arguments[arrays + 1 :])

        made = functools.wraps(formula)(written["of_arrays"])
        made.kernel = written["run"] = kernel(twin_into)(written[formula.__name__])
        return made

    return decorate


# What one would write by hand for each formula. Numba keeps on disk what it compiles, and so takes neither a loop that
# gets a formula as an argument nor one that has it in a closure.
SOURCE = """
def {name}({arrays}, made, {numbers}):
    {widest}
    for i in range(made.size):
        made[i] = formula({elements}, {numbers})

def of_arrays({arrays}, {numbers}):
    return each(run, ({arrays},), ({cast}))
"""


def functions_of(formula, arrays, numbers, widest):
    """The names that `SOURCE` defines: the loop, under the name of the formula, and ``of_arrays``, which calls it."""
    source = SOURCE.format(
        name=formula.__name__,
        arrays=", ".join(arrays),
        numbers=", ".join(numbers),
        elements=", ".join(f"{array}[i]" for array in arrays),
        cast="".join(f"{arrays[0]}.dtype.type({name}), " for name in numbers),
        widest="widest()" if widest else "",
    )
    names = {"formula": formula, "widest": wide_vectors.widest, "each": each, "__name__": formula.__module__}
    exec(source, names)
    return names

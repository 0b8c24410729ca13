"""Kernels that compute each element of an array from those at the same place of others, made of a formula and its twin.

    @elementwise(lambda x: x * sigmoid_numpy(x), widest=True)
    def silu(x):
        return x / (type(x)(1) + exp(-x))

makes ``silu`` a function of arrays. Its kernel, ``silu.kernel``, is a loop that calls this formula for each element; in
NumPy the twin computes all elements at once. float16 is computed in float32, and rounded once.
"""

from __future__ import annotations

import functools
from operator import methodcaller

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require
from .compiling.threads import WORTHWHILE, divided
from .compiling.widest_vectors import widest_vectors

RAVELED = methodcaller("ravel")


def each(work, arrays, numbers=()):
    """What ``work`` makes of the elements of these arrays, which have one shape, and of numbers."""
    dtype = arrays[0].dtype
    if dtype.char == "e":
        return each(work, [x.astype(np.float32) for x in arrays], numbers).astype(dtype)
    numbers = map(dtype.type, numbers)
    out = np.empty(arrays[0].shape, dtype)
    flat = map(RAVELED, arrays)
    made = out.ravel()
    # An exponential takes about 1 ns, as does fetching two numbers and writing one.
    if out.size < WORTHWHILE:
        work(*flat, made, *numbers)
    else:
        flat, numbers = list(flat), list(numbers)
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
        numbers = formula.__code__.co_argcount - arrays
        written = {"__name__": formula.__module__, "formula": helper(formula)}
        written |= {"each": each, "wide": widest_vectors, "require": require}
        exec(code_for(arrays, numbers, widest), written)
        loop = written["loop"]
        # The kernel is kept on disk under these names.
        loop.__name__, loop.__qualname__, loop.__doc__ = formula.__name__, formula.__qualname__, formula.__doc__

        def twin_into(*arguments):
            arguments[arrays][:] = twin(*arguments[:arrays], *arguments[arrays + 1 :])

        made = functools.update_wrapper(written["of_arrays"], formula)
        made.kernel = written["kernel"] = kernel(twin_into)(loop)
        made.twin = twin
        return made

    return decorate


# What one would write by hand for each formula. Numba keeps on disk what it compiles, and so takes neither a loop that
# gets a formula as an argument nor one that has it in a closure.
SOURCE = """
def loop({arrays}, made, {numbers}):
    require({sizes} == made.size)
    {wide}
    for i in range(made.size):
        made[i] = formula({elements}, {numbers})

def of_arrays({arrays}, {numbers}):
    return each(kernel, ({arrays},), ({given}))
"""


@functools.cache
def code_for(arrays, numbers, widest):
    """`SOURCE` for formulas of so many arrays and numbers, compiled to Python's bytecode."""
    arrays, numbers = [f"x{i}" for i in range(arrays)], [f"n{i}" for i in range(numbers)]
    source = SOURCE.format(
        arrays=", ".join(arrays),
        sizes=" == ".join(f"{array}.size" for array in arrays),
        numbers=", ".join(numbers),
        elements=", ".join(f"{array}[i]" for array in arrays),
        given="".join(f"{number}, " for number in numbers),
        wide="wide()" if widest else "",
    )
    return compile(source, __file__, "exec")

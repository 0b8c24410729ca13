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
# Of so many numbers sums are in their own dtype.
BLOCK = 1024


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
        made.formula = formula
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


def total_of(twin, arrays, formula):
    """The sum, in float64, of what the formula of a function that `elementwise` made gives, which isn't kept.

    Each block is summed in its own dtype. ``twin`` is the formula in NumPy.
    """

    def decorate(described):
        numbers = formula.__code__.co_argcount - arrays
        written = {"__name__": described.__module__, "formula": formula, "require": require, "BLOCK": BLOCK}
        exec(code_for(arrays, numbers, False, TOTAL), written)
        helper(written["of_block"])
        loop = written["loop"]
        loop.__name__, loop.__qualname__, loop.__doc__ = described.__name__, described.__qualname__, described.__doc__

        def twin_into(*arguments):
            total = twin(*arguments[:arrays], *arguments[arrays + 1 :]).sum(dtype=np.float64)
            arguments[arrays][0] = total

        work = kernel(twin_into)(loop)

        @functools.wraps(described)
        def made(*arguments):
            flat, numbers = list(map(RAVELED, arguments[:arrays])), arguments[arrays:]
            if flat[0].dtype.char == "e":
                flat = [x.astype(np.float32) for x in flat]
            numbers = list(map(flat[0].dtype.type, numbers))

            def some(start, stop):
                total = np.empty(1)
                work(*(x[start:stop] for x in flat), total, *numbers)
                return total

            return functools.reduce(np.add, divided(flat[0].size, some, nanoseconds=flat[0].size))

        made.kernel = work
        return made

    return decorate


TOTAL = """
def loop({arrays}, total, {numbers}):
    require({sizes} and total.size == 1)
    total[0] = 0
    for begin in range(0, x0.size, BLOCK):
        total[0] += of_block({blocks}, {numbers})

def of_block({arrays}, {numbers}):
    part = x0.dtype.type(0)
    for i in range(x0.size):
        part += formula({elements}, {numbers})
    return part
"""


@functools.cache
def code_for(arrays, numbers, widest, source=SOURCE):
    """``source`` for formulas of so many arrays and numbers, compiled to Python's bytecode."""
    arrays, numbers = [f"x{i}" for i in range(arrays)], [f"n{i}" for i in range(numbers)]
    source = source.format(
        arrays=", ".join(arrays),
        sizes=" == ".join(f"{array}.size" for array in arrays),
        numbers=", ".join(numbers),
        elements=", ".join(f"{array}[i]" for array in arrays),
        blocks=", ".join(f"{array}[begin : begin + BLOCK]" for array in arrays),
        given="".join(f"{number}, " for number in numbers),
        wide="wide()" if widest else "",
    )
    return compile(source, __file__, "exec")

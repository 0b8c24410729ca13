"""Letting a kernel compute with the widest vectors that the processor has."""

from __future__ import annotations

from .jit import teacher
from .machine import VECTOR


def widest_vectors():
    """Let the loops of the kernel that calls this compute with the widest vectors.

    LLVM prefers halves of them, for the sake of what else runs on processors that clock slower for those. Long formulas
    gain a quarter; what waits for memory loses.
    """


@teacher
def compile_widest_vectors():
    """Teach Numba what this is in a kernel: an attribute of the function that it is called in."""
    from numba import types
    from numba.extending import lower_builtin, type_callable

    type_callable(widest_vectors)(lambda context: lambda: types.none)

    @lower_builtin(widest_vectors)
    def prefer(context, builder, signature, arguments):
        # llvmlite lets only those attributes be added that it knows.
        set.add(builder.function.attributes, f'"prefer-vector-width"="{8 * VECTOR}"')
        return context.get_dummy_value()

"""What kernels that must give certain bits are written with, for numbers in a kernel and for arrays in its twin."""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit import teacher

# Half of the digits of a float64 are above this times it.
SPLITTER = 2.0**27 + 1


def multiply_add(a: Any, b: Any, c: Any) -> Any:
    """``a·b + c`` of floats of one dtype, rounded once; without Numba, in float64, nearly always so."""
    if np.result_type(a, b, c) == np.float32:
        # In float64 the product has all its digits. What the sum has lost of its own makes it odd, so that it never
        # seems to lie half way between two numbers of float32.
        total, lost = exact_sum(np.multiply(a, b, dtype=np.float64), np.float64(c))
        even = np.asarray(total).view(np.int64) & 1 == 0
        return np.where(even & (lost != 0), np.nextafter(total, np.copysign(np.inf, lost)), total).astype(np.float32)
    product = a * b
    (high_a, low_a), (high_b, low_b) = halves(a), halves(b)
    rest = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    total, lost = exact_sum(product, c)
    return total + (lost + rest)


def select(condition, a, b):
    """``a`` where the condition holds, else ``b``."""
    return np.where(condition, a, b)


def exact_sum(a, b):
    """``a + b``, and what rounding took from it (Knuth, 1969)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def halves(a):
    """Two numbers of few digits whose sum is ``a`` (Dekker, 1971)."""
    high = SPLITTER * a - (SPLITTER * a - a)
    return high, a - high


@teacher
def compile_these():
    """Teach Numba what these are in a kernel."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import lower_builtin, overload, type_callable

    from .compilers import FOR_HELPERS

    overload(select, jit_options=FOR_HELPERS)(lambda condition, a, b: lambda condition, a, b: a if condition else b)
    type_callable(multiply_add)(lambda context: lambda a, b, c: a if a == b == c else None)

    for kind, name in ((types.float32, "llvm.fma.f32"), (types.float64, "llvm.fma.f64")):

        @lower_builtin(multiply_add, kind, kind, kind)
        def instruction(context, builder, signature, arguments, name=name):
            one = context.get_value_type(signature.return_type)
            function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(one, [one] * 3), name)
            return builder.call(function, arguments)

"""Matrix products inside kernels, on parts of larger arrays: BLAS takes rows that lie apart, and adds to what is there.

Compiled, the product is SciPy's BLAS, through the address that Numba's own ``np.dot`` uses: unlike a pointer taken with
ctypes, it can be cached.

NumPy and SciPy bring a BLAS each, with threads that wait for work by spinning. Where kernels run on several threads,
those would take the cores from them; so SciPy's is put on one thread, and NumPy's is while pieces of work run.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np

from .require import require


def gemm(a, b, c, beta=0.0, transposed_a=False, transposed_b=False):
    """``c = a @ b + beta·c`` with either operand transposed; a ``beta`` of 0 leaves nothing of ``c``, NaN neither.

    All in one dtype, with the elements of a row side by side; the rows may be apart.
    """
    product = (a.T if transposed_a else a) @ (b.T if transposed_b else b)
    c[:] = product if beta == 0 else product + beta * c


def compile_gemm(numba: Any) -> None:
    """Teach Numba what `gemm` is in a kernel."""
    from numba.np.linalg import ensure_blas

    from .compilers import FOR_HELPERS

    ensure_blas()
    for library in libraries():
        if scipys_own(library):
            library.set_num_threads(1)
    types = numba.types
    number, pointer, letter = types.intp, types.voidptr, types.char
    xxgemm = types.ExternalFunction(
        "numba_xxgemm",
        types.intc(
            letter, letter, letter, number, number, number, pointer, pointer, number, pointer, number, pointer,
            pointer, number,
        ),
    )  # fmt: skip
    plain, turned = np.int8(ord("n")), np.int8(ord("t"))
    float_types = types.float32, types.float64

    def implementation(a, b, c, beta=0.0, transposed_a=False, transposed_b=False):
        if c.dtype not in float_types or not a.dtype == b.dtype == c.dtype:
            raise numba.core.errors.TypingError("gemm takes matrices of one dtype, float32 or float64")
        single = c.dtype == types.float32
        kind = np.int8(ord("s" if single else "d"))
        dtype, size = (np.float32, 4) if single else (np.float64, 8)

        # BLAS counts down the columns, so to it all are transposed: cᵀ = bᵀ @ aᵀ. The stride of a single row may be
        # anything, and BLAS wants at least the row.
        def product(a, b, c, beta=0.0, transposed_a=False, transposed_b=False):
            factors = np.empty(2, dtype)
            factors[0], factors[1] = 1, beta
            first = turned if transposed_b else plain
            second = turned if transposed_a else plain
            rows, inner = (a.shape[1], a.shape[0]) if transposed_a else a.shape
            depth, columns = (b.shape[1], b.shape[0]) if transposed_b else b.shape
            require(c.shape == (rows, columns) and depth == inner)
            # The strides of an array without elements, or along a dimension of one, may be anything.
            require(a.size == 0 or a.shape[1] == 1 or a.strides[1] == size)
            require(b.size == 0 or b.shape[1] == 1 or b.strides[1] == size)
            require(c.size == 0 or c.shape[1] == 1 or c.strides[1] == size)
            require(a.size == 0 or a.shape[0] == 1 or a.strides[0] >= a.shape[1] * size)
            require(b.size == 0 or b.shape[0] == 1 or b.strides[0] >= b.shape[1] * size)
            require(c.size == 0 or c.shape[0] == 1 or c.strides[0] >= c.shape[1] * size)
            xxgemm(
                kind, first, second, c.shape[1], c.shape[0], inner, factors.ctypes,
                b.ctypes, max(b.strides[0] // size, b.shape[1]), a.ctypes, max(a.strides[0] // size, a.shape[1]),
                factors[1:].ctypes, c.ctypes, max(c.strides[0] // size, c.shape[1]),
            )  # fmt: skip

        return product

    numba.extending.overload(gemm, jit_options=FOR_HELPERS)(implementation)


def libraries() -> list[Any]:
    """What can set the threads of each BLAS that is loaded. SciPy's is only after `compile_gemm`."""
    import threadpoolctl

    return threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers


def scipys_own(library: Any) -> bool:
    """Whether it came with SciPy, as it does with pip; conda's is NumPy's too."""
    from pathlib import Path

    return not {"scipy", "scipy.libs"}.isdisjoint(Path(library.filepath).parts)


class Limit:
    """``with limit:`` keeps NumPy's BLAS on one thread until the last thread that asked for it has left."""

    def __init__(self) -> None:
        self.depth = 0
        self.numbers: list[int] = []
        self.renew()

    @functools.cached_property
    def libraries(self) -> list[Any]:
        return [library for library in libraries() if not scipys_own(library)]

    def __enter__(self) -> None:
        with self.lock:
            self.depth += 1
            if self.depth == 1:
                self.numbers = [library.get_num_threads() for library in self.libraries]
                self.apply([1] * len(self.libraries))

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.depth -= 1
            if self.depth == 0:
                self.apply(self.numbers)

    def set(self, number: int) -> None:
        """Let NumPy's BLAS have that many threads, once nothing limits it."""
        with self.lock:
            self.numbers = [number] * len(self.libraries)
            if self.depth == 0:
                self.apply(self.numbers)

    def apply(self, numbers: list[int]) -> None:
        for library, number in zip(self.libraries, numbers):
            library.set_num_threads(number)

    def renew(self) -> None:
        """Forget the threads that asked: in a forked child they are no more."""
        self.lock = threading.Lock()
        if self.depth:
            self.depth = 0
            self.apply(self.numbers)


limit = Limit()

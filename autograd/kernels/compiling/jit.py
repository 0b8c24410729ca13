"""Compiling a kernel at its first call, and the NumPy twin that stands in where Numba can't.

Importing Numba takes a third of a second, so nothing here does it before a kernel is needed.
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .blas import compile_gemm
from .cache import KernelCache, cache_directory
from .forks import mind, new_lock
from .require import Misfit, require, require_range

KERNELS: list[Callable[..., Any]] = []
# Pieces of work on several threads may all be the first to call a kernel.
FIRST_CALL, TEACHING = new_lock(), new_lock()


def kernel(twin: Callable[..., Any], exact: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Jit the decorated loop at its first call; run ``twin``, the same in NumPy, where there is no Numba.

    exact: whether sums and products are computed and rounded as they are written, in no other order.

    The twin also takes float16, which Numba can't compute with. The first argument is an array. `Misfit` if the loop
    requires something else, or can't be compiled for such types.
    """

    def decorate(loop: Callable[..., Any]) -> Callable[..., Any]:
        target: Callable[..., Any] | None = None

        @functools.wraps(loop)
        def run(*args: Any) -> Any:
            nonlocal target
            if target is None:
                with FIRST_CALL:
                    target = target or compiled(loop, exact) or twin
                run.target = target  # type: ignore[attr-defined]
            try:
                return target(*args) if args[0].dtype.char != "e" else twin(*args)
            except Exception as error:
                # The last is what Numba's reshape of an array raises that is not one piece of memory.
                if type(error).__module__.startswith("numba.") or isinstance(error, (Misfit, NotImplementedError)):
                    raise Misfit(f"{loop.__qualname__} can't work on {', '.join(map(described, args))}") from error
                raise

        run.twin, run.target = twin, None  # type: ignore[attr-defined]
        KERNELS.append(run)
        return run

    return decorate


def compiled_for(char: str, kernel: Any) -> Any:
    """The kernel, or its twin for the dtypes that Numba is not asked to compile it for."""
    return kernel if char in "fd" else kernel.twin


def described(argument: Any) -> str:
    """An argument of a kernel, in an error."""
    if not isinstance(argument, np.ndarray):
        return str(argument)
    return f"{'' if argument.flags.writeable else 'read-only '}{argument.dtype}{list(argument.shape)}"


# What Numba doesn't know yet: functions of Python, and what teaches it functions that are not compiled from Python.
HELPERS: dict[Callable[..., Any], tuple[Callable[..., Any] | None, bool, bool]] = {}
TEACHERS: list[Callable[[], None]] = []


def helper(
    function: Any = None, *, single: Callable[..., Any] | None = None, exact: bool = False, apart: bool = False
) -> Any:
    """A function for kernels to call, compiled with those that do; in Python it is what it was.

    single: what is called in its place for a float32. exact: as of a kernel. apart: compiled once for all kernels that
    call it, and not written into each.
    """
    if function is None:
        return lambda function: helper(function, single=single, exact=exact, apart=apart)
    HELPERS[function] = single, exact, apart
    return function


helper(require)
helper(require_range)


def teacher(function: Callable[[], None]) -> Callable[[], None]:
    """A function that teaches Numba others, to be called before the next kernel is compiled."""
    TEACHERS.append(function)
    return function


def numba_or_none() -> Any:
    """Numba, knowing all helpers there are, `gemm` and blocks of vectors; None where it is missing or turned off."""
    numba = numba_alone()
    if numba is not None:
        with TEACHING:
            teach(numba)
    return numba


@functools.cache
def numba_alone() -> Any:
    """Numba, knowing `gemm`; None where it is missing or turned off."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return None
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    compile_gemm(numba)
    # A child forked while another thread compiles could never compile.
    mind(numba.core.compiler_lock.global_compiler_lock._lock)
    return numba


def at_work() -> bool:
    """Whether Numba has been imported for a kernel already, so that another costs little more than its own work."""
    return bool(numba_alone.cache_info().currsize)


def teach(numba: Any) -> None:
    """Teach Numba what it doesn't know yet: a file may be imported after the first kernel was compiled."""
    from .compilers import AS_WRITTEN, FOR_APART, FOR_HELPERS  # which need Numba

    while HELPERS:
        function, (single, exact, apart) = HELPERS.popitem()
        options = FOR_APART if apart else FOR_HELPERS
        if exact:
            options = options | AS_WRITTEN
        if single is None:
            numba.extending.register_jitable(**options)(function)
        else:
            choose = lambda x, double=function, single=single: single if x == numba.float32 else double
            numba.extending.overload(function, jit_options=options)(of_one_argument(choose))
    while TEACHERS:
        TEACHERS.pop()()


def of_one_argument(choose: Callable[..., Any]) -> Callable[..., Any]:
    """``choose`` without defaults, which Numba would take for arguments of what it chooses."""
    return lambda x: choose(x)


def compiled(loop: Callable[..., Any], exact: bool = False) -> Callable[..., Any] | None:
    """``loop``, to be compiled for the types it is called with; None where Numba is missing or turned off."""
    numba = numba_or_none()
    if numba is None:
        return None
    from .compilers import AS_WRITTEN, FOR_KERNELS

    dispatcher = numba.njit(**(FOR_KERNELS | AS_WRITTEN if exact else FOR_KERNELS))(loop)
    directory = cache_directory()
    if directory is not None:
        dispatcher._cache = KernelCache(loop, directory)
    return dispatcher

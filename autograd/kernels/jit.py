"""Compiling a kernel at its first call, and the NumPy twin that stands in where Numba can't.

Importing Numba takes a third of a second, so nothing here does it before a kernel is needed.
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .blas import compile_gemm

# Without nnan and ninf: NaN and inf must pass through. The NumPy error model lets loops with a division vectorise.
OPTIONS = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "arcp", "nsz", "afn"}, "nogil": True}


def kernel(twin: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Jit the decorated loop at its first call; run ``twin``, the same in NumPy, where there is no Numba.

    The twin also takes float16, which Numba can't compute with. The first argument is an array.
    """

    def decorate(loop: Callable[..., Any]) -> Callable[..., Any]:
        target: Callable[..., Any] | None = None

        @functools.wraps(loop)
        def run(*args: Any) -> Any:
            nonlocal target
            if target is None:
                target = compiled(loop) or twin
            return target(*args) if args[0].dtype.char != "e" else twin(*args)

        run.twin = twin  # type: ignore[attr-defined]
        return run

    return decorate


HELPERS: list[Callable[..., Any]] = []
# What teaches Numba functions that are not compiled from Python.
TEACHERS: list[Callable[[], None]] = []


def helper(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for kernels to call, compiled with those that do; in Python it is what it was."""
    HELPERS.append(function)
    return function


def teacher(function: Callable[[], None]) -> Callable[[], None]:
    """A function that teaches Numba others, to be called before the first kernel is compiled."""
    TEACHERS.append(function)
    return function


@functools.cache
def numba_or_none() -> Any:
    """Numba, knowing the helpers, `gemm` and blocks of vectors; None where it is missing or turned off."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return None
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    for function in HELPERS:
        numba.extending.register_jitable(**OPTIONS)(function)
    compile_gemm(numba)
    for teach in TEACHERS:
        teach()
    return numba


def compiled(loop: Callable[..., Any]) -> Callable[..., Any] | None:
    """``loop``, to be compiled for the types it is called with; None where Numba is missing or turned off."""
    numba = numba_or_none()
    if numba is None:
        return None
    directory = cache_directory()
    if directory is None:
        return numba.njit(**OPTIONS)(loop)
    # Numba looks up where to cache while it decorates; other code's setting is not ours to change.
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(directory)
    try:
        return numba.njit(cache=True, **OPTIONS)(loop)
    finally:
        numba.config.CACHE_DIR = before


@functools.cache
def cache_directory() -> Path | None:
    """A directory of this user for this version of the kernels; None if none can be written to.

    Numba notices an edit of a kernel's own file only, so the directory is named by a hash of all of them.
    """
    import hashlib  # not at the top: it takes as long to load as all the kernels

    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = root / "chalkgrad" / digest
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return directory if os.access(directory, os.W_OK) else None

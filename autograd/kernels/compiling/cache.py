"""Compiled kernels kept on disk, where the next process finds them.

Numba's own cache notices an edit of a kernel's own file only, raises when a file is cut short, and mixes up entries
that two processes write at once, because an index says which file is which. Here each compiled kernel is a file of its
own: its name says all that the machine code depends on, it begins with a checksum, and it is renamed when complete.
"""

from __future__ import annotations

import functools
import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

VERSIONS_KEPT = 8


class KernelCache:
    """What Numba asks of a dispatcher's cache, for one kernel."""

    def __init__(self, loop: Callable[..., Any], directory: Path) -> None:
        if loop.__closure__:
            raise TypeError(f"kernel {loop.__qualname__} must not be a closure: its name wouldn't tell it from another")
        kernels = __package__.rpartition(".")[0]
        self.name = f"{loop.__module__.removeprefix(kernels + '.')}.{loop.__qualname__}"
        self.cache_path = directory

    def path(self, sig: Any, codegen: Any) -> Path:
        """The file for the kernel compiled for these types on such a processor."""
        import llvmlite
        import numba

        versions = sys.implementation.cache_tag, numba.__version__, llvmlite.__version__
        key = digest(repr((versions, codegen.magic_tuple(), sig)).encode())
        return self.cache_path / f"{self.name}-{key.hex()[:16]}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel, or None where there is none or none that is whole."""
        from numba.core.compiler import CompileResult

        target_context.refresh()
        path = self.path(sig, target_context.codegen())
        try:
            content = path.read_bytes()
        except OSError:
            return None
        checksum, data = content[:32], content[32:]
        if digest(data) != checksum:
            warnings.warn(f"{path} is damaged; compiling the kernel anew", stacklevel=2)
            with suppress(OSError):
                path.unlink()
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(data))

    def save_overload(self, sig: Any, result: Any) -> None:
        """Keep the compiled kernel; where that can't be done, the next process will have to compile it too."""
        from numba.core.serialize import dumps

        path = self.path(sig, result.codegen)
        data = dumps(result._reduce())
        incomplete = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)  # another version may have cleaned up
            incomplete.write_bytes(digest(data) + data)
            os.replace(incomplete, path)
        except OSError as error:
            with suppress(OSError):
                incomplete.unlink()
            cannot_keep(self.cache_path, error)


@functools.cache
def cache_directory() -> Path | None:
    """A directory of this user for this version of the kernels, named by a hash of their sources.

    None if none can be written to, or if CHALKGRAD_NO_CACHE is set. Of other versions, the newest few stay.
    """
    if os.environ.get("CHALKGRAD_NO_CACHE", "0") not in ("", "0"):
        return None
    kernels = Path(__file__).parent.parent
    sources = sorted(kernels.rglob("*.py"))
    contents = [f"{source.relative_to(kernels).as_posix()}\0".encode() + source.read_bytes() for source in sources]
    version = digest(b"\0".join(contents)).hex()[:16]
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chalkgrad"
        directory = root / version
        if not directory.exists():
            directory.mkdir(parents=True, exist_ok=True)
            clean_up(root)
        os.utime(directory)
        if not os.access(directory, os.W_OK):
            raise PermissionError(f"Permission denied: {str(directory)!r}")
    except (OSError, RuntimeError) as error:  # RuntimeError: this user has no home
        cannot_keep("your directory for caches", error)
        return None
    return directory


def clean_up(root: Path) -> None:
    """Remove the versions that were not used for the longest time."""
    import shutil

    with suppress(OSError):  # another process may be cleaning up too
        for version in sorted(root.iterdir(), key=os.path.getmtime, reverse=True)[VERSIONS_KEPT:]:
            shutil.rmtree(version, ignore_errors=True)


def cannot_keep(place: object, error: Exception) -> None:
    """Warn; once, as warnings from one place do."""
    warnings.warn(
        f"compiled kernels can't be kept in {place} ({error}), so every process compiles its own. Set XDG_CACHE_HOME "
        "to another place for caches, or CHALKGRAD_NO_CACHE=1 to do without",
        stacklevel=2,
    )


def digest(data: bytes) -> bytes:
    """Its SHA-256."""
    import hashlib  # not at the top: it takes as long to load as all the kernels

    return hashlib.sha256(data).digest()

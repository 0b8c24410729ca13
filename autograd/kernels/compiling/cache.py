"""Compiled kernels kept on disk, where the next process finds them.

Numba's own cache notices an edit of a kernel's own file only, raises when a file is cut short, and mixes up entries
that two processes write at once, because an index says which file is which. Here each compiled kernel is a file of its
own: its name says all that the machine code depends on, it begins with a checksum, and it is renamed when complete.

An entry is run as it is, so whoever can write one can do all that this user can. Anybody can compute its name, and
XDG_CACHE_HOME may be shared: nothing is read, or kept, where others can write.
"""

from __future__ import annotations

import functools
import os
import pickle
import re
import stat
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path  # which takes longer to load than all that is imported here

from .machine import MACHINE

VERSIONS_KEPT = 8
# What the cache calls its own: the directory of a version, and in it the entries, those not yet complete too.
VERSION = re.compile(r"[0-9a-f]{16}")
ENTRY = re.compile(r"[A-Za-z_][\w.]*-[0-9a-f]{16}(\.\w+)?")
# The settings of Numba that change the machine code.
SETTINGS = (
    "OPT", "BOUNDSCHECK", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML", "DEBUGINFO_DEFAULT",
    "EXTEND_VARIABLE_LIFETIMES", "ENABLE_PROFILING", "DEBUG_NRT", "LLVM_REFPRUNE_PASS", "LLVM_REFPRUNE_FLAGS",
)  # fmt: skip


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
        settings = [getattr(numba.config, name, None) for name in SETTINGS]
        key = digest(repr((versions, settings, codegen.magic_tuple(), MACHINE, sig)).encode())
        return self.cache_path / f"{self.name}-{key.hex()[:16]}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel, or None where there is none or none that is whole and this user's own."""
        from numba.core.compiler import CompileResult

        target_context.refresh()
        path = self.path(sig, target_context.codegen())
        try:
            content = own_content(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            warnings.warn(f"a compiled kernel can't be read ({error}); compiling it anew", stacklevel=2)
            return None
        checksum, data = content[:32], content[32:]
        with suppress(Exception):  # anything can come of a file that is not what it seems to be
            if digest(data) == checksum:
                return CompileResult._rebuild(target_context, *pickle.loads(data))
        warnings.warn(f"{path} is damaged; compiling the kernel anew", stacklevel=2)
        with suppress(OSError):
            path.unlink()
        return None

    def save_overload(self, sig: Any, result: Any) -> None:
        """Keep the compiled kernel; where that can't be done, the next process will have to compile it too."""
        from numba.core.serialize import dumps

        path = self.path(sig, result.codegen)
        data = dumps(result._reduce())
        incomplete = None
        try:
            make_own(path.parent)  # another version may have cleaned up
            name = f"{path}.{os.urandom(4).hex()}"
            with open(name, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                incomplete = name
                file.write(digest(data) + data)
            os.replace(incomplete, path)
        except OSError as error:
            with suppress(OSError):
                if incomplete is not None:
                    os.unlink(incomplete)
            cannot_keep(self.cache_path, error)


@functools.cache
def cache_directory() -> Path | None:
    """A directory of this user for this version of the kernels, named by a hash of their sources.

    One that can't be written to is good for what it has. None if there is none and none can be made, if others can
    write to it, or if CHALKGRAD_NO_CACHE is set. Of other versions, the newest few stay.
    """
    if os.environ.get("CHALKGRAD_NO_CACHE", "0") not in ("", "0"):
        return None
    from pathlib import Path

    kernels = Path(__file__).parent.parent
    sources = sorted(kernels.rglob("*.py"))
    contents = [f"{source.relative_to(kernels).as_posix()}\0".encode() + source.read_bytes() for source in sources]
    version = digest(b"\0".join(contents)).hex()[:16]
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chalkgrad"
        directory = root / version
        if make_own(directory):
            clean_up(root)
    except (OSError, RuntimeError) as error:  # RuntimeError: this user has no home
        cannot_keep("your directory for caches", error)
        return None
    with suppress(OSError):
        os.utime(directory)
    return directory


def make_own(directory: Path) -> bool:
    """Make a version's directory, for this user only, and say whether there was none.

    PermissionError if it, or the one that it is in, is or may become somebody else's.
    """
    root = directory.parent
    root.parent.mkdir(parents=True, exist_ok=True)
    made = False
    for place in (root, directory):
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
            made = place == directory
        refuse_foreign(place, os.lstat(place))
        refuse_foreign(place, os.stat(place))
        if not place.is_dir():
            raise NotADirectoryError(f"Not a directory: {str(place)!r}")
    return made


def own_content(path: Path) -> bytes:
    """What is in a file of this user; OSError for what is no file, and what others can write to."""
    # To open a pipe would wait for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise PermissionError(f"{str(path)!r} is no file; remove it")
        refuse_foreign(path, about)
        return file.read()


def refuse_foreign(path: Path, about: os.stat_result) -> None:
    """Raise PermissionError unless it belongs to this user, and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return  # Windows has no such owners, and gives each user a home that is closed to others.
    if about.st_uid != os.getuid():
        raise PermissionError(f"{str(path)!r} belongs to another user; use a directory of your own")
    if about.st_mode & 0o022 and not stat.S_ISLNK(about.st_mode):
        raise PermissionError(f"others can write to {str(path)!r}; if you trust what is there: chmod go-w {path}")


def clean_up(root: Path) -> None:
    """Remove the versions that were not used for the longest time: what bears a name that the cache gives."""
    with suppress(OSError):  # another process may be cleaning up too
        versions = [each for each in os.scandir(root) if is_ours(each, VERSION, os.DirEntry.is_dir)]
        for version in sorted(versions, key=os.path.getmtime, reverse=True)[VERSIONS_KEPT:]:
            with suppress(OSError):  # there may be other files
                for entry in os.scandir(version):
                    if is_ours(entry, ENTRY, os.DirEntry.is_file):
                        os.unlink(entry)
                os.rmdir(version)


def is_ours(entry: os.DirEntry[str], names: re.Pattern[str], is_kind: Callable[..., bool]) -> bool:
    """Whether it is of this kind itself, not through a link, and has a name that the cache gives."""
    return names.fullmatch(entry.name) is not None and is_kind(entry, follow_symlinks=False)


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

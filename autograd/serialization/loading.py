"""Reading files, whichever format they are in."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Mapping
from contextlib import nullcontext
from typing import IO, Any

from ..types.device import device, only_cpu

File = str | os.PathLike[str] | IO[bytes]
# Whose file it is by its format, for errors.
WRITERS = {"chalkgrad": "autograd.save", "pt": "torch.save", "old pt": "torch.save", "safetensors": "safetensors"}


def load(
    f: File,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = True,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """What was written to the path or file ``f`` by `save`, or by PyTorch or another program as safetensors or with
    `torch.save`. The format is found in the file.

    map_location: where Tensors go, as PyTorch has it: a device, its name, or a dict of such by where Tensors were. All
    are on the CPU here, wherever they were: RuntimeError if they are sent elsewhere, and a function isn't asked.
    mmap: whether files of PyTorch and safetensors are mapped into memory, so that Tensors are read where they are used.
    weights_only: False for a file that you trust: if it holds more than Tensors and containers, such as a whole module,
    it is read by Python's pickle, which runs what the file says. Otherwise nothing in a file is ever run. The other
    arguments are PyTorch's and have no effect. Numbers of bfloat16 become float32, which holds each of them as it is.

    RuntimeError for a file that is damaged, EOFError for an empty one, `pickle.UnpicklingError` for one that is none of
    these, or that wanted to run something, which it names. Loading Tensors takes no more memory than they do.

    >>> file = io.BytesIO(); autograd.save([autograd.arange(3), "abc"], file)
    >>> _ = file.seek(0); autograd.load(file)
    [tensor([0, 1, 2]), 'abc']
    """
    # Imported for the first file that is read.
    import pickle

    from . import own, pytorch, safetensors

    if isinstance(map_location, (str, device)):
        only_cpu("load", map_location)
    if not isinstance(f, (str, os.PathLike)):
        if mmap:
            raise ValueError("load: only a file that is given by its path can be mapped into memory")
        if not f.seekable():
            f = io.BytesIO(f.read())
    with open(f, "rb") if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        start = file.tell()
        if not file.read(1):
            raise EOFError("load: the file is empty")
        file.seek(start)
        format, trusted = "chalkgrad", False
        try:
            format = _format_of(file)
            if format == "safetensors":
                if isinstance(f, (str, os.PathLike)):
                    return safetensors.load_file(f, mmap=bool(mmap))
                return safetensors.load(file.read())
            if format == "chalkgrad":
                return own.read(file)
            found, locations = pytorch.READERS[format](file, bool(mmap), False)
        except (MemoryError, ImportError):
            raise
        except Exception as error:
            if weights_only is False and format in pytorch.READERS:
                trusted = True
            elif isinstance(error, pickle.UnpicklingError) or (
                isinstance(error, OSError) and error.errno != errno.EINVAL
            ):
                raise
            else:
                # What is wrong in a file that was cut off or changed shows in many ways.
                raise _damaged(format, error) from None
        if trusted:
            file.seek(start)
            try:
                found, locations = pytorch.READERS[format](file, bool(mmap), True)
            except ValueError as error:
                raise _damaged(format, error) from None
    for location in locations:
        only_cpu("load", map_location.get(location) if isinstance(map_location, Mapping) else None)
    return found


def _damaged(format: str, error: Exception) -> RuntimeError:
    return RuntimeError(f"load: this is not a file that {WRITERS[format]} wrote: {error}")


def _format_of(file: IO[bytes]) -> str:
    """The format of a file, by how it begins. ValueError, saying how to read it, for one of NumPy; UnpicklingError for
    what begins as none does."""
    import pickle
    import zipfile

    from . import pytorch

    start = file.tell()
    head = file.read(16)
    file.seek(start)
    names: list[str] = []
    if head[:2] == b"PK":
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        file.seek(start)
    if pytorch.is_archive(names):
        return "pt"
    if head[:1] == b"\x80":
        return "old pt"
    if head[:6] == b"\x93NUMPY" or (names and all(name.endswith(".npy") for name in names)):
        raise ValueError("it holds arrays of NumPy: read it with numpy.load(path), and use autograd.from_numpy(array)")
    if head[8:9] == b"{":
        return "safetensors"
    if head[:2] == b"PK":
        return "chalkgrad"
    raise pickle.UnpicklingError(
        f"load: this is not a file that autograd.save, torch.save or safetensors wrote: it begins with {head!r}"
    )

"""Tensors, and what they are kept in, as files.

A file is a zip archive: ``object.json`` says how everything is nested, and the arrays lie beside it in NumPy's own
format. Nothing in it is ever run, so that a file from anyone can be loaded.
"""

from __future__ import annotations

import errno
import io
import math
import os
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from .creation import generator, layout
from .engine import above, tensor
from .engine.size import Size
from .engine.tensor import Tensor
from .types import device as devices
from .types import dtypes
from .types.device import device, only_cpu
from .types.dtypes import canonical
from .utils.files import replacing

if TYPE_CHECKING:
    import zipfile

INDEX = "object.json"
FORMAT = "chalkgrad 1"
File = str | os.PathLike[str] | IO[bytes]
# Containers by the tag they have in the file. Lists have none.
CONTAINERS: dict[str, Any] = {"tuple": tuple, "set": set, "size": Size}
MAPPINGS: dict[str, Any] = {"dict": dict, "ordered": OrderedDict}


def save(obj: Any, f: File) -> None:
    """Write ``obj`` to the path or file ``f``: Tensors, numbers, strings, None, and lists, tuples, sets and dicts of
    what can be saved; such as the ``state_dict()`` of a module or an optimizer.

    Tensors that share memory still do so when they are loaded; gradients are left behind. TypeError for anything else,
    before anything is written. A file that is there already is replaced once the new one is complete, and not before.

    >>> file = io.BytesIO()
    >>> autograd.save({"weight": autograd.ones(2), "step": 3}, file)
    >>> _ = file.seek(0); autograd.load(file)
    {'weight': tensor([1., 1.]), 'step': 3}
    """
    # These two take longer to import than most of this package.
    import json
    import zipfile

    writer = _Writer()
    encoded = writer.encoded(obj, "obj")
    tensors, arrays = writer.memory()
    text = json.dumps({"format": FORMAT, "object": encoded, "tensors": tensors})
    place = replacing(f) if isinstance(f, (str, os.PathLike)) else nullcontext(f)
    with place as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(INDEX), text)
        for position, array in enumerate(arrays):
            with archive.open(zipfile.ZipInfo(_member(position)), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load(f: File, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """What was written to the path or file ``f`` by `save`.

    ``map_location`` may name the CPU, and ``weights_only`` may be anything: no file can hold more than `save` writes.
    RuntimeError for a file that isn't of `save`, or not as `save` wrote it. Loading takes no more memory than the file
    is large.

    >>> file = io.BytesIO(); autograd.save([autograd.arange(3), "abc"], file)
    >>> _ = file.seek(0); autograd.load(file)
    [tensor([0, 1, 2]), 'abc']
    """
    import json
    import zipfile

    if isinstance(map_location, (str, device)):
        only_cpu("load", map_location)
    if not isinstance(f, (str, os.PathLike)) and not f.seekable():
        f = io.BytesIO(f.read())
    with open(f, "rb") if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        try:
            _refuse_others(file)
            with zipfile.ZipFile(file) as archive:
                _refuse_more_than_there_is(archive, file)
                index = json.loads(archive.read(INDEX))
                if index["format"] != FORMAT:
                    raise ValueError(f"it is of the format {index['format']!r}, not {FORMAT!r}")
                return _Reader(archive, index["tensors"]).decoded(index["object"])
        except MemoryError:
            raise
        except Exception as error:
            # What is wrong in a file that was cut off or changed shows in many ways; only of the disk it is another's.
            if isinstance(error, OSError) and error.errno != errno.EINVAL:
                raise
            raise RuntimeError(f"load: this is not a file that autograd.save wrote: {error}") from None


def _refuse_others(file: IO[bytes]) -> None:
    """Raise ValueError, saying how to read it, for a file of another kind that is known."""
    import zipfile

    start = file.tell()
    head = file.read(16)
    file.seek(start)
    names: list[str] = []
    if head[:2] == b"PK":
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        file.seek(start)
    if INDEX in names:
        return
    if head[:1] == b"\x80" or any(name.rpartition("/")[2] == "data.pkl" for name in names):
        raise ValueError(
            "it is a pickle, such as torch.save writes, which can run anything. Where PyTorch is installed, save the "
            "state dict as arrays, numpy.savez(path, **{name: x.numpy() for name, x in state_dict.items()})"
        )
    if head[:6] == b"\x93NUMPY" or (names and all(name.endswith(".npy") for name in names)):
        raise ValueError("it holds arrays of NumPy: read it with numpy.load(path), and use autograd.from_numpy(array)")
    if head[8:9] == b"{":
        raise ValueError(
            "it looks like a safetensors file: read it with safetensors.numpy.load_file(path), and use "
            "autograd.from_numpy(array)"
        )


def _refuse_more_than_there_is(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Raise ValueError for members that are compressed, which `save` writes none, or larger together than the file."""
    here = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(here)
    members = archive.infolist()
    if any(member.compress_type or member.compress_size != member.file_size for member in members):
        raise ValueError("a part of it is compressed")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its parts are larger than the whole")


def _member(position: int) -> str:
    return f"arrays/{position}.npy"


def _memory_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array whose memory ``array`` is a view of; itself where that is none of NumPy's own."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner if owner.base is None and owner.dtype == array.dtype else array


def _address(array: np.ndarray[Any, Any]) -> int:
    return int(array.__array_interface__["data"][0])


class _Writer:
    """Turns an object into JSON and gathers its Tensors."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.known: dict[int, int] = {}
        self.around: set[int] = set()

    def encoded(self, value: Any, place: str) -> Any:
        """``value`` as JSON; ``place`` is where it stands, for errors."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, Tensor):
            return {"tensor": self.tensor(value)}
        if isinstance(value, (np.ndarray, np.generic)):
            kind = "array" if isinstance(value, np.ndarray) else "scalar"
            return {kind: self.tensor(Tensor._wrap(canonical(np.asarray(value)), None))}
        if isinstance(value, dtypes.dtype):
            return {"dtype": value.name}
        if isinstance(value, device):
            return {"device": str(value)}
        if id(value) in self.around:
            raise TypeError(f"save: {place} contains itself")
        self.around.add(id(value))
        made = self.container(value, place)
        self.around.remove(id(value))
        return made

    def container(self, value: Any, place: str) -> Any:
        kind = type(value)
        if kind is list:
            return self.items(value, place)
        for tag, container in CONTAINERS.items():
            if kind is container:
                return {tag: self.items(value, place)}
        for tag, mapping in MAPPINGS.items():
            if kind is mapping:
                keys = self.items(value, f"a key of {place}")
                return {tag: [keys, [self.encoded(item, f"{place}[{key!r}]") for key, item in value.items()]]}
        advice = "of a module, save its state_dict()" if hasattr(value, "state_dict") else "save its parts"
        raise TypeError(
            f"save: {place} is a {kind.__name__}; what can be saved are Tensors, numbers, strings, None, and lists, "
            f"tuples, sets and dicts of them: {advice}"
        )

    def items(self, values: Iterable[Any], place: str) -> list[Any]:
        return [self.encoded(value, f"{place}[{position}]") for position, value in enumerate(values)]

    def tensor(self, x: Tensor) -> int:
        """The position of ``x`` among the Tensors of the file: one that is met again is there already."""
        if id(x) not in self.known:
            self.known[id(x)] = len(self.tensors)
            self.tensors.append(x)
        return self.known[id(x)]

    def memory(self) -> tuple[list[dict[str, Any]], list[np.ndarray[Any, Any]]]:
        """Each Tensor as a view of an array, and these arrays, flat.

        Of memory that only one Tensor sees, only the part that it sees is kept.
        """
        owners = [_memory_of(x.array) for x in self.tensors]
        seen = Counter(map(id, owners))
        entries: list[dict[str, Any]] = []
        arrays: dict[int, tuple[int, np.ndarray[Any, Any]]] = {}
        for x, owner in zip(self.tensors, owners):
            if id(owner) not in arrays:
                alone = owner.base is not None or (seen[id(owner)] == 1 and x.array.size <= owner.size)
                # In the same order, without what lies between its elements.
                stored = owner
                if alone:
                    stored = x.array if x.array.flags.forc else x.array.copy(order="K")
                arrays[id(owner)] = len(arrays), stored
            position, stored = arrays[id(owner)]
            view = x.array if stored is owner else stored
            entries.append(
                {
                    "array": position,
                    "start": (_address(view) - _address(stored)) // view.itemsize,
                    "shape": list(view.shape),
                    "strides": [stride // view.itemsize for stride in view.strides],
                    "requires_grad": x.requires_grad,
                    "kind": type(x).__name__,
                }
            )
        return entries, [stored.ravel(order="K") for _, stored in arrays.values()]


class _Reader:
    """Makes the object again from JSON and arrays."""

    def __init__(self, archive: zipfile.ZipFile, entries: list[dict[str, Any]]) -> None:
        self.archive, self.entries = archive, entries
        self.arrays: dict[int, np.ndarray[Any, Any]] = {}
        self.tensors: dict[int, Tensor] = {}

    def decoded(self, value: Any) -> Any:
        if isinstance(value, list):
            return list(map(self.decoded, value))
        if not isinstance(value, dict):
            return value
        ((tag, content),) = value.items()
        if tag in CONTAINERS:
            return CONTAINERS[tag](map(self.decoded, content))
        if tag in MAPPINGS:
            keys, values = content
            return MAPPINGS[tag](zip(map(self.decoded, keys), map(self.decoded, values), strict=True))
        decoders: dict[str, Callable[[Any], Any]] = {
            "tensor": self.tensor,
            "array": lambda position: self.tensor(position).array,
            "scalar": lambda position: self.tensor(position).array[()],
            "dtype": lambda name: dtypes.DTYPES[np.dtype(name)],
            "device": device,
        }
        return decoders[tag](content)

    def tensor(self, position: int) -> Tensor:
        if position not in self.tensors:
            entry = self.entries[position]
            flat = self.array(entry["array"])
            # NumPy refuses a view that leaves the buffer.
            start, strides = entry["start"] * flat.itemsize, [step * flat.itemsize for step in entry["strides"]]
            view = np.ndarray(entry["shape"], flat.dtype, flat, start, strides)
            # A Parameter is one where nn was imported.
            kind = above.Parameter if entry["kind"] == "Parameter" and above.Parameter is not None else Tensor
            made = kind._wrap(view, None)
            self.tensors[position] = made.requires_grad_() if entry["requires_grad"] else made
        return self.tensors[position]

    def array(self, position: int) -> np.ndarray[Any, Any]:
        if position not in self.arrays:
            with self.archive.open(_member(position)) as member:
                size = self.archive.getinfo(_member(position)).file_size
                self.arrays[position] = _array_in(member, size)
        return self.arrays[position]


def _array_in(member: IO[bytes], size: int) -> np.ndarray[Any, Any]:
    """The array, flat, in a file of NumPy's format that has so many bytes. ValueError if it says to have others."""
    version = np.lib.format.read_magic(member)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(member)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != size - member.tell():
        raise ValueError(f"an array of {dtype} in the shape {shape} is not what there is")
    flat = np.empty(math.prod(shape), dtype)
    memory, filled = flat.view(np.uint8), 0
    while filled < memory.size:
        part = member.read(min(memory.size - filled, 1 << 20))
        if not part:
            raise ValueError("an array ends too early")
        memory[filled : filled + len(part)] = np.frombuffer(part, np.uint8)
        filled += len(part)
    # At the end of what it reads, zipfile compares the checksum.
    member.read(1)
    return canonical(flat)


# Under these names pickles know the modules of what is in them that were written when the package was one folder.
for _name, _module in {
    "tensor": tensor,
    "dtypes": dtypes,
    "device": devices,
    "generator": generator,
    "layout": layout,
}.items():
    sys.modules[f"autograd.{_name}"] = _module

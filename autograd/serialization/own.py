"""Our own format: a zip archive in which ``object.json`` says how everything is nested, and the arrays lie beside it in
NumPy's own format.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ..engine.tensor import Tensor
from ..types import dtypes
from ..types.device import device
from ..types.dtypes import from_numpy_dtype
from .archive import refuse_more_than_there_is
from .encoding import CONTAINERS, MAPPINGS, Encoder
from .memory import as_kind, tensor_in, views_of
from .numbers import Array, read_numbers

if TYPE_CHECKING:
    import zipfile

INDEX = "object.json"
FORMAT = "chalkgrad 1"


def prepared(obj: Any) -> Callable[[IO[bytes]], None]:
    """What writes ``obj`` to a file. TypeError for what can't be written."""
    # These two take longer to import than most of this package.
    import json
    import zipfile

    encoder = Encoder()
    encoded = encoder.encoded(obj, "obj")
    views, arrays = views_of(encoder.tensors)
    entries = [view._asdict() for view in views]
    text = json.dumps({"format": FORMAT, "object": encoded, "tensors": entries})

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(zipfile.ZipInfo(INDEX), text)
            for position, array in enumerate(arrays):
                with archive.open(zipfile.ZipInfo(_member(position)), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)

    return write


def read(file: IO[bytes]) -> Any:
    """The object in a file that `prepared` wrote."""
    import json
    import zipfile

    with zipfile.ZipFile(file) as archive:
        refuse_more_than_there_is(archive, file)
        index = json.loads(archive.read(INDEX))
        if index["format"] != FORMAT:
            raise ValueError(f"it is of the format {index['format']!r}, not {FORMAT!r}")
        return _Reader(archive, index["tensors"]).decoded(index["object"])


def _member(position: int) -> str:
    return f"arrays/{position}.npy"


class _Reader:
    """Makes the object again from JSON and arrays."""

    def __init__(self, archive: zipfile.ZipFile, entries: list[dict[str, Any]]) -> None:
        self.archive, self.entries = archive, entries
        self.arrays: dict[int, Array] = {}
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
            view = tensor_in(self.array(entry["array"]), entry["start"], entry["shape"], entry["strides"])
            self.tensors[position] = as_kind(view, entry["kind"], entry["requires_grad"])
        return self.tensors[position]

    def array(self, position: int) -> Array:
        if position not in self.arrays:
            with self.archive.open(_member(position)) as member:
                size = self.archive.getinfo(_member(position)).file_size
                self.arrays[position] = _array_in(member, size)
        return self.arrays[position]


def _array_in(member: IO[bytes], size: int) -> Array:
    """The array, flat, in a file of NumPy's format that has so many bytes. ValueError if it says to have others."""
    version = np.lib.format.read_magic(member)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(member)
    name = from_numpy_dtype(dtype).name
    if math.prod(shape) * dtype.itemsize != size - member.tell():
        raise ValueError(f"an array of {dtype} in the shape {shape} is not what there is")
    flat = read_numbers(member.read, math.prod(shape), name)
    # At the end of what it reads, zipfile compares the checksum.
    member.read(1)
    return flat

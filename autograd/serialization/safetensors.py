"""State dicts as safetensors, the files that most models are published in: names, shapes, dtypes, and numbers.

They are read and written by the package of that name, an extra: ``pip install chalkgrad[safetensors]``. The functions
have the names of `safetensors.torch`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import IO, Any

import numpy as np

from ..engine.tensor import Tensor
from ..types.device import only_cpu
from ..types.dtypes import canonical
from ..utils.files import replacing
from .numbers import Array, mapped_numbers, numbers_of, stored_dtype

Path = str | os.PathLike[str]
TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}


def _package() -> ModuleType:
    try:
        import safetensors
    except ImportError:
        raise ImportError(
            "safetensors files are read and written by the package of that name: pip install safetensors"
        ) from None
    return safetensors


def save_file(tensors: Mapping[str, Tensor], filename: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write Tensors by their names, as a state dict has them, to the file ``filename``.

    metadata: texts to keep beside them; that its ``format`` is ``pt`` is added, by which others know whose names of
    parameters these are. Each Tensor is written by itself, in order and without gaps: those that share memory are
    written twice, and don't share it when they are loaded. TypeError for anything but Tensors and arrays, before
    anything is written. A file that is there already is replaced once the new one is complete.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "layer.safetensors")
    >>> save_file(nn.Linear(2, 1).state_dict(), path, {"epoch": "3"})
    >>> autograd.load(path)["weight"].shape
    autograd.Size([1, 2])
    >>> with safe_open(path) as file:
    ...     file.keys(), file.metadata()["epoch"], file.get_slice("weight")[:, 1:].shape
    (['bias', 'weight'], '3', autograd.Size([1, 1]))
    """
    write = prepared(tensors, metadata)
    with replacing(filename) as file:
        write(file)


def prepared(obj: Any, metadata: Mapping[str, str] | None = None) -> Callable[[IO[bytes]], object]:
    """What writes Tensors by their names to a file. TypeError for what can't be written."""
    package = _package()
    if not isinstance(obj, Mapping):
        raise TypeError(f"save: safetensors hold a dict of Tensors by their names, not a {type(obj).__name__}")
    arrays: dict[str, Array] = {}
    for name, value in obj.items():
        if not isinstance(name, str) or not isinstance(value, (Tensor, np.ndarray)):
            raise TypeError(
                f"save: safetensors hold Tensors by their names, not obj[{name!r}], a {type(value).__name__}: keep "
                "texts in metadata=, or save with format='chalkgrad' or 'pt'"
            )
        # The package takes memory as it lies.
        array = canonical(value.array if isinstance(value, Tensor) else value)
        arrays[name] = array if array.flags.c_contiguous else array.copy(order="C")
    given = {"format": "pt", **(metadata or {})}
    for key, text in given.items():
        if not isinstance(key, str) or not isinstance(text, str):
            raise TypeError(f"save: metadata is texts by their names, not {key!r}: {text!r}")
    specs = {
        name: package.TensorSpec(
            dtype=array.dtype.name, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes
        )
        for name, array in arrays.items()
    }
    content = package.serialize(specs, metadata=given)
    return lambda file: file.write(content)


def load_file(filename: Path, device: Any = "cpu", mmap: bool = False) -> dict[str, Tensor]:
    """The Tensors in the file ``filename``, by their names. RuntimeError if it isn't one of safetensors.

    Numbers of bfloat16 become float32, which holds each of them as it is. RuntimeError for other types that there are
    not here. With ``mmap`` Tensors are read where they are used.
    """
    with safe_open(filename, device=device) as file:
        parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
    return {name: part.mapped() if mmap else part[...] for name, part in parts.items()}


def load(data: bytes) -> dict[str, Tensor]:
    """The Tensors in the content of a file, as `load_file` reads them.

    >>> file = io.BytesIO(); autograd.save({"x": autograd.arange(3)}, file, format="safetensors")
    >>> load(file.getvalue())
    {'x': tensor([0, 1, 2])}
    """
    with _saying_what_it_is():
        return {
            name: Slice(np.frombuffer(spec["data"], np.uint8), spec["dtype"], spec["shape"]).mapped()
            for name, spec in _package().deserialize(data)
        }


class safe_open:
    """A file of which only the Tensors that are asked for are read, or parts of them; to be used with ``with``.

    framework: has no effect. RuntimeError if the file isn't one of safetensors.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "x.safetensors")
    >>> save_file({"x": autograd.arange(6).reshape(2, 3)}, path)
    >>> with safe_open(path) as file:
    ...     file.keys(), file.get_slice("x").get_shape(), file.get_slice("x")[:, 1]
    (['x'], [2, 3], tensor([1, 4]))
    """

    def __init__(self, filename: Path, framework: str = "pt", device: Any = "cpu") -> None:
        import json

        only_cpu("safe_open", device)
        with _saying_what_it_is(), _package().safe_open(filename, framework="np") as checked:
            self._metadata: dict[str, str] | None = checked.metadata()
        # The package found that all in the file is where its header says, and gives no numbers that NumPy has no name
        # for. What is written to memory that is mapped like this doesn't come into the file.
        self._memory: Array = np.asarray(np.memmap(filename, np.uint8, "c"))
        self._start = 8 + int.from_bytes(self._memory[:8].tobytes(), "little")
        self._header: dict[str, Any] = json.loads(self._memory[8 : self._start].tobytes())
        self._header.pop("__metadata__", None)

    def __enter__(self) -> safe_open:
        return self

    def __exit__(self, *error: object) -> None:
        del self._memory

    def keys(self) -> list[str]:
        """The names of the Tensors."""
        return sorted(self._header)

    def metadata(self) -> dict[str, str] | None:
        """The texts that were kept beside them."""
        return self._metadata

    def get_tensor(self, name: str) -> Tensor:
        """The Tensor of this name, in memory of its own. KeyError if there is none."""
        return self.get_slice(name)[...]

    def get_slice(self, name: str) -> Slice:
        """The Tensor of this name, of which nothing is read before a part of it is taken."""
        entry = self._header[name]
        start, end = (self._start + offset for offset in entry["data_offsets"])
        return Slice(self._memory[start:end], entry["dtype"], entry["shape"])


class Slice:
    """A Tensor in a file, parts of which are read by indexing it as one would a Tensor."""

    def __init__(self, stored: Array, kind: str, shape: list[int]) -> None:
        if kind not in TYPES:
            raise RuntimeError(f"load: the file has numbers of {kind}, a type that there is not here")
        self._stored = stored.view(stored_dtype(TYPES[kind])).reshape(shape)
        self._kind, self._shape = kind, shape

    def get_shape(self) -> list[int]:
        """The lengths of its dimensions."""
        return self._shape

    def get_dtype(self) -> str:
        """What its numbers are in the file, such as ``F32``."""
        return self._kind

    def __getitem__(self, index: Any) -> Tensor:
        # numbers_of makes memory of its own.
        return Tensor._wrap(canonical(numbers_of(np.asarray(self._stored[index]), TYPES[self._kind])), None)

    def mapped(self) -> Tensor:
        """The whole Tensor in the memory that the file is mapped to: it is read where it is used."""
        return Tensor._wrap(mapped_numbers(self._stored, TYPES[self._kind]), None)


@contextmanager
def _saying_what_it_is() -> Iterator[None]:
    """Turns what is raised for a file that isn't one of safetensors into RuntimeErrors."""
    package = _package()
    try:
        yield
    except (package.SafetensorError, ValueError) as error:
        raise RuntimeError(f"load: this is not a file of safetensors: {error}") from None

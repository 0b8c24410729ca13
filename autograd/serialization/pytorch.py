"""PyTorch's files, read and written without PyTorch.

A file of `torch.save` is a zip archive: ``data.pkl`` is a pickle of the object in which each Tensor says what part of
which storage it is, and ``data/0``, ``data/1`` ... are the storages. Files of before 2020 are pickles one after the
other and then the storages.
"""

from __future__ import annotations

import io
import os
import struct
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ..engine.size import Size
from ..engine.tensor import Tensor
from ..types.device import CPU
from ..types.dtypes import ABSENT, DTYPES, OLD_NAMES
from .archive import refuse_more_than_there_is
from .encoding import Encoder, Unencodable
from .memory import View, as_kind, tensor_in, views_of
from .numbers import NUMBERS, Array, Order, exactly, fill, mapped_numbers, read_numbers, stored_dtype
from .unpickling import Call, Hidden, Unpickler, counter, members, ordered, refuse

if TYPE_CHECKING:
    import zipfile

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
# How PyTorch names the storages of each type of numbers.
STORAGES = {str(dtype.dtype): f"{name}Storage" for dtype, name in OLD_NAMES.items()} | {"bfloat16": "BFloat16Storage"}
# What PyTorch may write and there is not here.
MISSING = {
    "torch._utils._rebuild_tensor_v3": "numbers of a type that there is not here, such as uint16 or float8",
    "torch._utils._rebuild_sparse_tensor": "a sparse tensor, which there is not here",
    "torch._utils._rebuild_qtensor": "a quantized tensor, which there is not here",
    "torch._utils._rebuild_nested_tensor": "a nested tensor, which there is not here",
    "torch._utils._rebuild_meta_tensor_no_storage": "a tensor without values",
}
# Storages begin at multiples of so many bytes, so that they can be mapped into memory.
ALIGNMENT = 64


class _Kind(Hidden):
    """The type of a storage, by the name of its numbers."""

    what = "the class of a storage"

    def __init__(self, name: str) -> None:
        self.name = name


class _Storage(Hidden):
    what = "a storage"

    def __init__(self, name: str, array: Array) -> None:
        self.name, self.array = name, array


def _tensor(storage: Any, start: int, shape: Any, strides: Any, *_: Any) -> Tensor:
    if not isinstance(storage, _Storage) or len(shape) != len(strides):
        raise ValueError("a Tensor is no view of a storage")
    if start < 0 or min(strides, default=0) < 0:
        raise ValueError("a Tensor goes backwards through its storage")
    return tensor_in(storage.array, start, shape, strides)


def _tensor_v2(storage: Any, start: int, shape: Any, strides: Any, requires_grad: bool, *_: Any) -> Tensor:
    return as_kind(_tensor(storage, start, shape, strides), "Tensor", requires_grad)


def _parameter(data: Tensor, requires_grad: bool = True, *_: Any) -> Tensor:
    return as_kind(data.detach(), "Parameter", requires_grad)


def _with_attributes(make: Any, kind: Any, given: Any, attributes: Any) -> Any:
    """A Tensor that someone gave attributes, which are left behind."""
    function = make.function if isinstance(make, Call) else make
    if function not in (_tensor_v2, _parameter):
        raise ValueError("a Tensor is made by something else")
    return function(*given)


@cache
def _names() -> dict[str, Any]:
    """What pickles of PyTorch may look up."""
    functions: dict[str, Callable[..., Any]] = {
        "collections OrderedDict": ordered,
        "collections Counter": counter,
        "builtins set": members,
        "__builtin__ set": members,
        "torch Size": Size,
        "torch device": lambda *given: CPU,
        "torch Tensor": _parameter,
        "torch._utils _rebuild_tensor": _tensor,
        "torch._utils _rebuild_tensor_v2": _tensor_v2,
        "torch._utils _rebuild_parameter": _parameter,
        "torch._utils _rebuild_parameter_with_state": _parameter,
        "torch.nn.parameter Parameter": _parameter,
        "torch.nn.parameter Buffer": _parameter,
        "torch._tensor _rebuild_from_type_v2": _with_attributes,
    }
    found: dict[str, Any] = {name: Call(name.replace(" ", "."), function) for name, function in functions.items()}
    found |= {f"torch {dtype.name}": dtype for dtype in DTYPES.values()}
    for module in ("torch", "torch.cuda"):
        found |= {f"{module} {kind}": _Kind(name) for name, kind in STORAGES.items()}
    return found


def _reader(file: Any, storages: Callable[[Any], Any], trusted: bool) -> Any:
    """What reads the pickles in ``file``: only what is in the table, or if they are ``trusted`` anything there is."""
    if not trusted:
        return Unpickler(file, _names(), _lost, storages)
    # Imported for the first such file.
    from .trusted import TrustingUnpickler

    return TrustingUnpickler(file, _names(), storages)


def _lost(name: str) -> Exception:
    module, _, attribute = name.rpartition(".")
    if name in MISSING:
        return refuse(name, f", for {MISSING[name]}")
    if module == "torch" and ABSENT.fullmatch(attribute):
        return refuse(name, ", a dtype that there is not here")
    if module in ("torch", "torch.cuda", "torch.storage") and attribute.endswith("Storage"):
        return refuse(name, ", for numbers of a type that there is not here")
    if module.startswith("__torch__"):
        return refuse(name, ", which is a program of TorchScript")
    return refuse(name)


def _storage_id(given: Any, parts: int) -> list[Any]:
    """The parts of what a pickle says of a storage: its type, key, location, number of elements ..."""
    if not isinstance(given, tuple) or len(given) < parts + 1 or given[0] != "storage":
        # Files of whole models name the classes of modules beside storages.
        raise ValueError(f"its pickle asks for {given[0] if isinstance(given, tuple) and given else given!r}")
    kind, _, _, count = given[1:5]
    if isinstance(kind, Call):
        raise _lost(kind.name)
    if not isinstance(kind, _Kind) or type(count) is not int or count < 0:
        raise ValueError("a storage has no type or no size")
    return [kind.name, *given[2 : parts + 1]]


def is_archive(names: list[str]) -> bool:
    """Whether a zip archive with members of these names is one of PyTorch's."""
    return any(name.rpartition("/")[2] == "data.pkl" for name in names)


def read_archive(file: IO[bytes], mmap: bool, trusted: bool) -> tuple[Any, set[str]]:
    """The object in a file of `torch.save`, and the names of the devices that its storages were on.

    With ``mmap`` the file is mapped into memory, and what is written to a Tensor doesn't come into it. What is in a
    ``trusted`` file is run.
    """
    import zipfile

    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        inside, _, _ = next(name for name in names if is_archive([name])).rpartition("data.pkl")
        if f"{inside}constants.pkl" in names:
            raise ValueError("it is a program of TorchScript, which torch.jit.save writes: save a state_dict()")
        refuse_more_than_there_is(archive, file)
        order = archive.read(f"{inside}byteorder") if f"{inside}byteorder" in names else b"little"
        storages = _Archived(archive, inside, ">" if order == b"big" else "<", mmap)
        pickle = io.BytesIO(archive.read(f"{inside}data.pkl"))
        return _reader(pickle, storages, trusted).load(), storages.locations


class _Archived:
    """The storages in an archive, by their ids; each is read once."""

    def __init__(self, archive: zipfile.ZipFile, inside: str, order: Order, mmap: bool) -> None:
        self.archive, self.inside, self.order = archive, inside, order
        self.known: dict[str, _Storage] = {}
        self.locations: set[str] = set()
        self.mapped = np.memmap(archive.fp, np.uint8, "c") if mmap and archive.fp is not None else None

    def __call__(self, given: Any) -> _Storage:
        name, key, location, count = _storage_id(given, 4)
        self.locations.add(str(location))
        if key not in self.known:
            self.known[key] = _Storage(name, self.numbers(f"{self.inside}data/{key}", count, name))
        storage = self.known[key]
        if (storage.name, storage.array.size) != (name, count):
            raise ValueError("a storage has two types or sizes")
        return storage

    def numbers(self, member: str, count: int, name: str) -> Array:
        info = self.archive.getinfo(member)
        if info.file_size != count * stored_dtype(name).itemsize:
            raise ValueError(f"a storage of {count} numbers of {name} has {info.file_size} bytes")
        if self.mapped is not None and self.order == "<":
            at = info.header_offset
            # Before its content, a member has its name and an extra field, after 30 bytes that end with their lengths.
            at += 30 + sum(struct.unpack("<HH", self.mapped[at + 26 : at + 30].tobytes()))
            content = np.asarray(self.mapped[at : at + info.file_size])
            if content.size < info.file_size:
                raise ValueError("it ends too early")
            return mapped_numbers(content.view(stored_dtype(name)), name)
        with self.archive.open(info) as stream:
            found = read_numbers(stream.read, count, name, self.order)
            # At the end of what it reads, zipfile compares the checksum.
            stream.read(1)
        return found


class _Bounded:
    """A file of which never more is asked than there is: room is made for what is asked."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.start = file, file.tell()
        self.size = file.seek(0, os.SEEK_END) - self.start
        file.seek(self.start)

    def tell(self) -> int:
        return self.file.tell() - self.start

    def read(self, size: int) -> bytes:
        return self.file.read(min(size, self.size - self.tell()))

    def readline(self) -> bytes:
        return self.file.readline()


def read_old(file: IO[bytes], mmap: bool, trusted: bool) -> tuple[Any, set[str]]:
    """The object in a file of `torch.save` of before 2020, and the devices that its storages were on."""
    bounded: Any = _Bounded(file)
    storages = _Following(bounded.size)
    unpickler = _reader(bounded, storages, trusted)
    if unpickler.load() != MAGIC or unpickler.load() != PROTOCOL:
        raise ValueError("it is a pickle that torch.save didn't write")
    # How large the types of C were where it was written, which nothing depends on.
    unpickler.load()
    found = unpickler.load()
    for key in unpickler.load():
        storage = storages.known.pop(key)
        if int.from_bytes(exactly(bounded.read, 8), "little") != storage.array.size:
            raise ValueError("a storage has two sizes")
        fill(storage.array, bounded.read, storage.name)
    if storages.known:
        raise ValueError("a storage is missing")
    return found, storages.locations


# How files of each format are read.
READERS = {"pt": read_archive, "old pt": read_old}


class _Following:
    """The storages that follow after the pickles, by their ids: there is room for them, and nothing in it yet."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.known: dict[str, _Storage] = {}
        self.locations: set[str] = set()

    def __call__(self, given: Any) -> _Storage:
        name, key, location, count, view = _storage_id(given, 5)
        self.locations.add(str(location))
        if key not in self.known:
            self.left -= count * stored_dtype(name).itemsize
            if self.left < 0:
                raise ValueError("its storages are larger than the whole")
            self.known[key] = _Storage(name, np.empty(count, NUMBERS[name]))
        storage = self.known[key]
        if (storage.name, storage.array.size) != (name, count):
            raise ValueError("a storage has two types or sizes")
        if view is None:
            return storage
        _, start, size = view
        if not 0 <= start <= start + size <= count:
            raise ValueError("a storage is no part of another")
        return _Storage(name, storage.array[start : start + size])


def prepared(obj: Any) -> Callable[[IO[bytes]], None]:
    """What writes ``obj`` to a file as `torch.save` does. TypeError for what can't be written."""
    encoder = Encoder()
    encoded = encoder.encoded(obj, "obj")
    views, arrays = views_of(encoder.tensors, backwards=False)
    return archived(_Pickler(views, arrays).pickled(encoded), arrays)


def archived(pickle: bytes, arrays: Sequence[Array] = ()) -> Callable[[IO[bytes]], None]:
    """What writes an archive of this pickle and these storages."""
    import zipfile

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in (("data.pkl", pickle), ("byteorder", sys.byteorder), ("version", "3\n")):
                archive.writestr(zipfile.ZipInfo(f"archive/{name}"), content)
            for position, array in enumerate(arrays):
                member = zipfile.ZipInfo(f"archive/data/{position}")
                # A field of 4 bytes and some more that mean nothing, after the one of 20 bytes for large members.
                rest = -(file.tell() + 30 + len(member.filename) + 20 + 4) % ALIGNMENT
                member.extra = struct.pack("<HH", 0x4246, rest) + bytes(rest)
                with archive.open(member, "w", force_zip64=True) as stream:
                    stream.write(array.view(np.uint8).data)

    return write


class _Pickler:
    """Writes what an `Encoder` made as a pickle of PyTorch's classes, in protocol 2."""

    def __init__(self, views: list[View], arrays: list[Array]) -> None:
        self.views, self.arrays = views, arrays
        # The Tensors that were written, each of which the pickle remembers by its number.
        self.written: set[int] = set()

    def pickled(self, encoded: Any) -> bytes:
        return b"\x80\x02" + self.value(encoded) + b"."

    def value(self, encoded: Any) -> bytes:
        if isinstance(encoded, list):
            return b"](" + b"".join(map(self.value, encoded)) + b"e"
        if not isinstance(encoded, dict):
            return _plain(encoded)
        ((tag, content),) = encoded.items()
        writers: dict[str, Callable[[Any], bytes]] = {
            "tensor": self.tensor,
            "tuple": lambda items: self.tuple(*map(self.value, items)),
            "set": lambda items: self.call("__builtin__ set", self.value(items)),
            "size": lambda items: self.call("torch Size", self.tuple(*map(self.value, items))),
            "dict": lambda pairs: b"}" + self.items(pairs),
            "ordered": lambda pairs: self.call("collections OrderedDict") + self.items(pairs),
            "dtype": lambda name: _global(f"torch {name}"),
            "device": lambda name: self.call("torch device", _plain(name)),
        }
        if tag not in writers:
            raise Unencodable(
                f"save: PyTorch's files hold no {tag} of NumPy: make a Tensor of it with autograd.as_tensor, or a "
                "number with .item(), or save with format='chalkgrad'"
            )
        return writers[tag](content)

    def tuple(self, *items: bytes) -> bytes:
        return b"(" + b"".join(items) + b"t"

    def call(self, name: str, *given: bytes) -> bytes:
        return _global(name) + self.tuple(*given) + b"R"

    def items(self, pairs: Any) -> bytes:
        keys, values = pairs
        return b"(" + b"".join(self.value(key) + self.value(value) for key, value in zip(keys, values)) + b"u"

    def tensor(self, position: int) -> bytes:
        number = struct.pack("<I", position)
        if position in self.written:
            return b"j" + number
        self.written.add(position)
        view = self.views[position]
        array = self.arrays[view.array]
        kind = _global(f"torch {STORAGES[array.dtype.name]}")
        key, location = _plain(str(view.array)), _plain("cpu")
        storage = self.tuple(_plain("storage"), kind, key, location, _plain(array.size)) + b"Q"
        shape, strides = (self.tuple(*map(_plain, numbers)) for numbers in (view.shape, view.strides))
        rest = _plain(view.requires_grad), self.call("collections OrderedDict")
        if view.kind == "Parameter":
            data = self.call(
                "torch._utils _rebuild_tensor_v2", storage, _plain(view.start), shape, strides, _plain(False), rest[1]
            )
            made = self.call("torch._utils _rebuild_parameter", data, *rest)
        else:
            made = self.call("torch._utils _rebuild_tensor_v2", storage, _plain(view.start), shape, strides, *rest)
        return made + b"r" + number


def _global(name: str) -> bytes:
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def _plain(value: Any) -> bytes:
    """The instructions that push None, a bool, a number or a string."""
    if value is None:
        return b"N"
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(text)) + text
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    # PyTorch reads numbers of up to 255 bytes.
    digits = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + struct.pack("<B", len(digits)) + digits

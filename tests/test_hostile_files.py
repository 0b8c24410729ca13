"""Files that were damaged or made to do harm: an error each, nothing run, and no more memory than the file is large."""

import io
import os
import pickle
import pickletools
import struct
import subprocess
import sys
import zipfile
from collections import Counter, OrderedDict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import autograd

ERRORS = (
    "RuntimeError: 'load: this is not a file",
    'RuntimeError: "load: this is not a file',
    "UnpicklingError: 'load: ",
    'UnpicklingError: "load: this is not a file',
)
# So many files of each format are changed.
MUTATIONS = 500


def outcomes(folder):
    """What loading each of the files in ``folder`` led to, in a process of its own."""
    program = Path(__file__).with_name("hostile_files.py")
    done = subprocess.run([sys.executable, program, folder], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


class Made:
    """A pickle of this calls a function, as one of a storage of PyTorch names its class."""

    def __init__(self, function, *given):
        self.function, self.given = function, given

    def __reduce__(self):
        return self.function, self.given


def named(module, name):
    """A stand-in for what has this name in PyTorch, which need not be there."""
    return type(name, (), {"__module__": module, "__qualname__": name})


class Pickler(pickle._Pickler):
    """Writes the names of what isn't there, and storages by their ids."""

    def save_global(self, obj, name=None):
        self.write(f"c{obj.__module__}\n{obj.__qualname__}\n".encode())

    dispatch = {**pickle._Pickler.dispatch, type: save_global}  # noqa: RUF012

    def persistent_id(self, obj):
        return obj.id if isinstance(obj, Storage) else None


class Storage:
    def __init__(self, count, key="0", kind="FloatStorage", view=None):
        self.id = ("storage", named("torch", kind), key, "cpu", count, view)


def pickled(obj, protocol=2):
    file = io.BytesIO()
    Pickler(file, protocol).dump(obj)
    return file.getvalue()


def tensor(storage, start=0, shape=(2,), strides=(1,)):
    return Made(named("torch._utils", "_rebuild_tensor_v2"), storage, start, shape, strides, False, OrderedDict())


def archive_of(program, storages=((b"0", bytes(16)),), compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", program)
        for key, content in storages:
            archive.writestr(f"archive/data/{key.decode()}", content)
    return file.getvalue()


def old_of(program, storages=((b"0", bytes(16)),)):
    start = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    keys = pickle.dumps([key.decode() for key, _ in storages], 2)
    return b"".join([*start, program, keys, *(struct.pack("<q", len(x) // 4) + x for _, x in storages)])


def safetensors_of(header, content=bytes(8)):
    return struct.pack("<Q", len(header)) + header + content


def harmless():
    x = autograd.arange(2000.0).reshape(40, 50)
    return OrderedDict(x=x, turned=x.t().contiguous(), mask=x > 3, step=autograd.tensor(3))


def whole_files(tmp_path):
    """A file of each format."""
    files = {}
    for name, format in (("own", "chalkgrad"), ("zip", "pt")):
        file = io.BytesIO()
        autograd.save(harmless(), file, format=format)
        files[name] = file.getvalue()
    program = OrderedDict(
        x=tensor(Storage(2000), shape=(40, 50), strides=(50, 1)),
        y=tensor(Storage(2000), shape=(50, 40), strides=(1, 50)),
    )
    files["old"] = old_of(pickled(program), [(b"0", bytes(8000))])
    if find_spec("safetensors"):
        file = io.BytesIO()
        autograd.save(harmless(), file, format="safetensors")
        files["safetensors"] = file.getvalue()
    return files


def mutated(content, rng):
    """``content`` cut off, or with bytes changed, gone or doubled, and seldom where it has only zeros."""
    changed = bytearray(content)
    said = [i for i in range(len(content)) if content[i]]
    for _ in range(rng.integers(1, 4)):
        at = int(rng.choice(said)) % len(changed)
        kind = rng.integers(6)
        if kind == 0:
            del changed[at:]
        elif kind == 1:
            changed[at] ^= 1 << int(rng.integers(8))
        elif kind == 2:
            changed[at : at + 8] = rng.bytes(8)
        elif kind == 3:
            del changed[at : at + int(rng.integers(1, 20))]
        elif kind == 4:
            changed[at:at] = changed[at : at + int(rng.integers(1, 200))]
        else:
            changed[at : at + 4] = b"\xff\xff\xff\x7f"
        if not changed:
            break
    return bytes(changed)


def test_files_that_were_changed(tmp_path):
    rng = np.random.default_rng(0)
    for name, content in whole_files(tmp_path).items():
        (tmp_path / f"whole {name}").write_bytes(content)
        for number in range(MUTATIONS):
            (tmp_path / f"{name} {number}").write_bytes(mutated(content, rng))
    found = outcomes(tmp_path)
    for name, outcome in found.items():
        # Numbers that are others are seen where there is a checksum; a file may be what it was, or mean the same.
        assert outcome.startswith(ERRORS) or outcome == "loaded", f"{name}: {outcome}"
        assert outcome == "loaded" or not name.startswith("whole")
    refused = Counter(name.split()[0] for name, outcome in found.items() if outcome != "loaded")
    assert all(refused[name] > MUTATIONS / 2 for name in whole_files(tmp_path)), refused


def bombs():
    """Files by name that must be refused."""
    run = Made(os.system, "touch it_ran")
    pairs = b"".join(b"M" + struct.pack("<H", number) + b"N" for number in range(2000))
    programs = {
        "system": pickled(run),
        "system in a dict": pickled({"x": tensor(Storage(4)), "y": [run]}),
        **{f"system {protocol}": pickle.dumps(run, protocol) for protocol in range(6)},
        "eval": b"\x80\x02c__builtin__\neval\nX\x04\0\0\x001+1\x85R.".replace(b"X\x04\0\0\x001+1", b"X\x03\0\0\x001+1"),
        "getattr": b"\x80\x02cbuiltins\ngetattr\n.",
        "dotted": b"\x80\x04\x8c\x05torch\x8c\x13_utils.os.system(1)\x93.",
        "an instance": b"(S'touch it_ran'\nios\nsystem\n.",
        "an object": b"(cos\nsystem\nS'touch it_ran'\no.",
        "an extension": b"\x80\x02\x82\x01.",
        "a name of text": b"\x80\x02Pmodule\n.",
        "a module": pickled(("module", named("torch.nn", "Linear"), "a", "b")).replace(b".", b"Q.")[:-2] + b"Q.",
        "calls a number": b"\x80\x02K\x01)R.",
        "calls what was called": b"\x80\x02ccollections\nOrderedDict\n)R)R.",
        "fills a tuple": b"\x80\x02)K\x01a.",
        "takes too much": b"\x80\x02a.",
        "no end": b"\x80\x02]",
        "an end before anything": b"\x80\x02.",
        "bytes of petabytes": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 50) + b"x.",
        "text of gigabytes": b"\x80\x02X\xff\xff\xff\xffx.",
        "a memo of gigabytes": b"\x80\x02]r\xff\xff\xff\xffh\x01.",
        "a number of many digits": b"L" + b"9" * 100_000 + b"L\n.",
        "a key to hash": b"\x80\x02})q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"K\x01s.",
        "a list as key": b"\x80\x02}(]K\x01u.",
        "half a pair": b"\x80\x02}(K\x01u.",
        "copies": b"\x80\x02ccollections\nCounter\nq\x00}(" + pairs + b"u\x85q\x01R" + b"h\x00h\x01R" * 3000 + b".",
        "terabytes": pickled(tensor(Storage(4), shape=(1 << 40,))),
        "terabytes twice": pickled(tensor(Storage(4), shape=(1 << 40, 1 << 40), strides=(0, 0))),
        "a storage of terabytes": pickled(tensor(Storage(1 << 40))),
        "a storage below 0": pickled(tensor(Storage(-1))),
        "a storage of a text": pickled(tensor(Storage("4"))),
        "a storage of complex": pickled(tensor(Storage(4, kind="ComplexFloatStorage"))),
        "a storage that is missing": pickled(tensor(Storage(4, key="1"))),
        "a storage elsewhere": pickled(tensor(Storage(4, key="../../../etc/passwd"))),
        "a storage from the root": pickled(tensor(Storage(4, key="/etc/passwd"))),
        "a storage of two types": pickled([tensor(Storage(4)), tensor(Storage(4, kind="IntStorage"))]),
        "a storage by itself": pickled([Storage(4)]),
        "before its storage": pickled(tensor(Storage(4), start=-1)),
        "behind its storage": pickled(tensor(Storage(4), start=3)),
        "backwards": pickled(tensor(Storage(4), start=3, strides=(-1,))),
        "strides of petabytes": pickled(tensor(Storage(4), strides=(1 << 50,))),
        "strides beyond": pickled(tensor(Storage(4), strides=(1 << 61,))),
        "without strides": pickled(tensor(Storage(4), strides=())),
        "a shape of text": pickled(tensor(Storage(4), shape=("2",))),
        "gradients of integers": pickled(
            Made(named("torch._utils", "_rebuild_tensor_v2"), Storage(4, kind="IntStorage"), 0, (2,), (1,), True, None)
        ),
        "made by another": pickled(
            Made(
                named("torch._tensor", "_rebuild_from_type_v2"), named("collections", "Counter"), None, ({},), {}
            )
        ),
    }  # fmt: skip
    files = {f"zip: {name}": archive_of(program) for name, program in programs.items()}
    files |= {f"old: {name}": old_of(program) for name, program in programs.items()}
    good = pickled(tensor(Storage(4)))
    files |= {
        "zip: good": archive_of(good),
        "old: good": old_of(good),
        "old: another size": old_of(good, [(b"0", bytes(12))]),
        "old: a view beyond": old_of(pickled(tensor(Storage(4, view=("1", 2, 4))))),
        "old: cut off": old_of(good)[:-1],
        "old: another magic number": pickle.dumps(0x1950A86A20F9469CFC6D, 2),
        "zip: another size": archive_of(good, [(b"0", bytes(12))]),
        "zip: a bomb": archive_of(good, [(b"0", bytes(50 << 20))], zipfile.ZIP_DEFLATED),
        "zip: a bomb of lists": archive_of(b"\x80\x02" + b"]" * (50 << 20), [], zipfile.ZIP_DEFLATED),
        "own: a bomb": bomb_of_our_own(),
        "own: the same again and again": overlapping(),
        "safetensors: a header of exabytes": struct.pack("<Q", 1 << 62) + b'{"x": 1}',
        "safetensors: a header beyond": struct.pack("<Q", 100) + b'{"x": 1}',
        "safetensors: no JSON": safetensors_of(b'{"x": '),
        "safetensors: deep": safetensors_of(b'{"x":' * 10_000),
        **{
            f"safetensors: {shape} {dtype} {places}": safetensors_of(
                f'{{"x": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": {places}}}}}'.encode()
            )
            for shape, dtype, places in (
                ([1 << 40], "F32", [0, 8]),
                ([1 << 40], "F32", [0, 1 << 42]),
                ([1 << 40, 1 << 40], "F32", [0, 8]),
                ([2], "F32", [8, 0]),
                ([2], "F32", [-8, 0]),
                ([1], "F32", [0, 4]),
                ([-2], "F32", [0, 8]),
                ([1], "C64", [0, 8]),
                ([4], "U16", [0, 8]),
                ([8], "F8_E4M3", [0, 8]),
                ([2], "F33", [0, 8]),
            )
        },
    }
    return files


def bomb_of_our_own():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("object.json", "[" + "0," * (20 << 20) + "0]")
    return file.getvalue()


def overlapping():
    """A directory in which a thousand names lead to the same megabyte."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickled([tensor(Storage(1 << 18, key=str(k))) for k in range(1000)]))
        archive.writestr("archive/data/0", bytes(1 << 20))
        first = archive.getinfo("archive/data/0")
        for key in range(1, 1000):
            twin = zipfile.ZipInfo(f"archive/data/{key}")
            twin.header_offset, twin.file_size, twin.compress_size = first.header_offset, 1 << 20, 1 << 20
            twin.CRC = first.CRC
            archive.filelist.append(twin)
    return file.getvalue()


def test_files_that_would_do_harm(tmp_path):
    whole = whole_files(tmp_path)
    for name, content in whole.items():
        (tmp_path / f"whole {name}").write_bytes(content)
    made = {}
    for number, (name, content) in enumerate(bombs().items()):
        if name.startswith("safetensors") and "safetensors" not in whole:
            continue
        made[f"{number:03}"] = name
        (tmp_path / f"{number:03}").write_bytes(content)
    found = {made.get(number, number): outcome for number, outcome in outcomes(tmp_path).items()}
    for name, outcome in found.items():
        if name.startswith("whole") or name.endswith("good"):
            assert outcome == "loaded", f"{name}: {outcome}"
        else:
            assert outcome.startswith(ERRORS), f"{name}: {outcome}"
    for name, outcome in found.items():
        if "system" in name:
            assert ".system" in outcome and outcome.startswith("UnpicklingError"), f"{name}: {outcome}"
    assert not Path("it_ran").exists() and not (tmp_path / "it_ran").exists()


@pytest.mark.parametrize("name", ["zip", "old"])
def test_a_pickle_of_each_instruction_is_read_or_refused(name):
    """Programs of one or two instructions, whatever they are."""
    make = {"zip": archive_of, "old": old_of}[name]
    for code in pickletools.opcodes:
        for before in (b"", b"K\x01", b"]", b"(", b"}", b"K\x01K\x02"):
            for after in (b"", b"\x01\n", b"\x01\0\0\0\x01", b"x\ny\n"):
                content = make(b"\x80\x02" + before + code.code.encode("latin-1") + after + b".")
                try:
                    autograd.load(io.BytesIO(content))
                except (RuntimeError, pickle.UnpicklingError) as error:
                    assert str(error).startswith("load: ")

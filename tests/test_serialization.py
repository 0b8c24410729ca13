"""Saving and loading: what is saved comes back as it was, and no file can do more than that."""

import base64
import io
import json
import pickle
import subprocess
import sys
import time
import zipfile
from collections import OrderedDict
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
import optim


def returned(obj):
    file = io.BytesIO()
    autograd.save(obj, file)
    file.seek(0)
    return autograd.load(file)


NESTED = {
    "numbers": [1, -(2**70), 2.5, float("inf"), True, None],
    "text": "∂L/∂x",
    7: ("tuple", [], {}, ()),
    (1, "a"): {1.5: "float", None: "none", False: "bool"},
    "ordered": OrderedDict([("b", 1), ("a", 2)]),
    "set": {1, 2},
    "size": autograd.Size([2, 3]),
    "dtype": autograd.float16,
    "device": autograd.device("cpu"),
    "scalar": np.float32(0.5),
}


def test_what_tensors_are_kept_in():
    found = returned(NESTED)
    assert found == NESTED
    assert list(found) == list(NESTED)
    for key, value in NESTED.items():
        assert type(found[key]) is type(value)
    assert type(found["numbers"][4]) is bool
    assert np.isnan(returned(float("nan")))
    assert returned(None) is None


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 0, 3)])
def test_tensors_of_every_dtype(dtype, shape):
    x = autograd.ones(shape, dtype=getattr(autograd, dtype))
    found = returned(x)
    assert found.equal(x)
    assert (found.dtype, found.shape, found.requires_grad) == (x.dtype, x.shape, False)
    # Ops compare dtypes by identity.
    assert found.array.dtype is x.array.dtype
    assert np.array_equal(returned(x.array), x.array)


def test_tensors_laid_out_otherwise():
    x = autograd.arange(24).reshape(2, 3, 4)
    for view in (x.permute(2, 0, 1), x[:, ::2], x[1, 2, 3], x[:, :1].expand(2, 5, 4), x.flip(1)):
        assert returned(view).equal(view)
        assert returned([x, view])[1].equal(view)
    by_channel = autograd.ones_like(autograd.ones(2, 3, 4, 5), memory_format=autograd.channels_last)
    assert returned([by_channel, by_channel[0]])[0].stride() == by_channel.stride()
    for view in (by_channel, x.permute(2, 0, 1), x[0].t()):
        assert returned(view).stride() == view.clone().stride()
    foreign = autograd.from_numpy(np.frombuffer(b"12345678", np.int16)[::2])
    assert returned([foreign, foreign])[1].equal(foreign)


def test_requires_grad_but_not_the_gradient():
    x = autograd.ones(2, requires_grad=True)
    (x * x).sum().backward()
    found, of_a_graph = returned([x, x * 2])
    assert found.requires_grad
    assert found.grad is None
    assert of_a_graph.requires_grad
    assert of_a_graph.is_leaf


def test_shared_memory_stays_shared():
    x = autograd.zeros(4)
    first, second, part, other = returned([x, x, x[2:], autograd.zeros(4)])
    assert first is second
    first.fill_(1)
    assert part.tolist() == [1, 1]
    assert other.tolist() == [0, 0, 0, 0]


def test_a_part_takes_no_more_room_than_it_is(tmp_path):
    autograd.save(autograd.zeros(100_000)[:3], tmp_path / "part")
    assert (tmp_path / "part").stat().st_size < 2000
    autograd.save(autograd.zeros(1).expand(100_000), tmp_path / "expanded")
    assert (tmp_path / "expanded").stat().st_size < 2000


def test_a_model_and_its_optimizer(tmp_path):
    def make():
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
        model[2].weight = model[0].weight = nn.Parameter(model[0].weight.detach()[:, :3])
        return model, optim.Adam(model.parameters(), lr=0.1)

    def train(model, optimizer):
        optimizer.zero_grad()
        model[0](autograd.ones(5, 3)).square().sum().backward()
        optimizer.step()

    model, optimizer = make()
    train(model, optimizer)
    autograd.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, str(tmp_path / "m"))
    found = autograd.load(tmp_path / "m", map_location="cpu", weights_only=True)
    assert list(found["model"]) == list(model.state_dict())
    assert np.shares_memory(found["model"]["0.weight"].array, found["model"]["2.weight"].array)
    other, its_optimizer = make()
    other.load_state_dict(found["model"])
    its_optimizer.load_state_dict(found["optimizer"])
    train(model, optimizer)
    train(other, its_optimizer)
    for one, two in zip(model.state_dict().values(), other.state_dict().values()):
        assert one.equal(two)


def test_parameters_come_back_as_such():
    found = returned(nn.Parameter(autograd.ones(2)))
    assert type(found) is nn.Parameter
    assert found.requires_grad
    assert not returned(nn.Parameter(autograd.ones(2), requires_grad=False)).requires_grad


LOOP: list = []
LOOP.append(LOOP)


class Net(nn.Module):
    """One whose class is where pickle finds it."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Linear(2, 3), nn.BatchNorm1d(3)
        self.again = self.first

    def forward(self, x):
        return self.norm(self.first(x))


@pytest.mark.parametrize("name", ["whole", "whole.pt"])
def test_what_is_more_than_tensors_is_read_from_files_that_are_trusted(name, tmp_path):
    model, x = Net().eval(), autograd.ones(2, 2)
    for obj in (model, {"model": model, "fraction": Fraction(1, 2), "numbers": np.ones(2)}):
        autograd.save(obj, tmp_path / name)
        for weights_only in (True, None):
            with pytest.raises(
                pickle.UnpicklingError, match=r"wants to run .*\.Net\. With weights_only=True .*=False if"
            ):
                autograd.load(tmp_path / name, weights_only=weights_only)
        found = autograd.load(tmp_path / name, weights_only=False)
        if obj is not model:
            assert found["fraction"] == Fraction(1, 2) and found["numbers"].tolist() == [1, 1]
            found = found["model"]
        assert type(found) is Net and found.again is found.first and not found.training
        assert found(x).equal(model(x))
        optim.SGD(found.parameters(), lr=0.1)
    autograd.save(LOOP, tmp_path / name)
    found = autograd.load(tmp_path / name, weights_only=False)
    assert found[0] is found


def test_a_file_of_tensors_runs_nothing_even_if_it_is_trusted(tmp_path, monkeypatch):
    autograd.save({"a": autograd.ones(2)}, tmp_path / "a.pt")
    monkeypatch.setattr(pickle, "Unpickler", None)
    monkeypatch.delitem(sys.modules, "autograd.serialization.trusted", raising=False)
    assert autograd.load(tmp_path / "a.pt", weights_only=False)["a"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("obj", "error", "message"),
    [
        (lambda x: x, (AttributeError, pickle.PicklingError), "lambda"),
        ({"a": [1, lambda: None]}, (AttributeError, pickle.PicklingError), "lambda"),
        (np.array(["text"]), TypeError, "can't make a Tensor of <U4"),
    ],
)
def test_what_cant_be_saved(obj, error, message, tmp_path):
    with pytest.raises(error, match=message):
        autograd.save(obj, tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("weights_only", [True, False])
def test_a_file_that_is_none(weights_only):
    """The types of the errors are PyTorch's."""
    read = lambda content: autograd.load(io.BytesIO(content), weights_only=weights_only)
    with pytest.raises(EOFError, match="the file is empty"):
        read(b"")
    for content in (b"garbage", b"x", bytes(100), b"\x89PNG" + bytes(30)):
        with pytest.raises(pickle.UnpicklingError, match=r"this is not a file that .* wrote: it begins with b'"):
            read(content)
    file = io.BytesIO()
    autograd.save([autograd.ones(3)], file, format="pt")
    whole = file.getvalue()
    for count in (4, 10, len(whole) // 2, len(whole) - 1):
        with pytest.raises(RuntimeError, match="load: this is not a file that"):
            read(whole[:count])


def edited(**changes):
    """A file of one Tensor whose entry was changed."""
    file = io.BytesIO()
    autograd.save(autograd.arange(4), file)
    with zipfile.ZipFile(file) as archive:
        index = json.loads(archive.read("object.json"))
        array = archive.read("arrays/0.npy")
    index["tensors"][0].update((k, v) for k, v in changes.items() if k in index["tensors"][0])
    index.update((k, v) for k, v in changes.items() if k in index)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("object.json", json.dumps(index))
        archive.writestr("arrays/0.npy", changes.get("bytes", array))
    file.seek(0)
    return file


class Marked:
    """What a pickle would run."""

    def __reduce__(self):
        return pytest.fail, ("a file ran code",)


def pickled_array():
    file = io.BytesIO()
    np.save(file, np.array([Marked()]), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [5]},
        {"shape": [-1]},
        {"start": 1},
        {"start": -1},
        {"strides": [2]},
        {"strides": [-1]},
        {"array": 3},
        {"array": "../secret"},
        {"format": "other"},
        {"object": {"tensor": 9}},
        {"object": {"eval": "1"}},
        {"object": {"tuple": 1, "set": 2}},
        {"object": {"dict": [[1], []]}},
        {"object": {"dict": [[{"dict": [[], []]}], [1]]}},
        {"bytes": b"nothing"},
        {"bytes": pickled_array()},
    ],
    ids=str,
)
def test_a_spoilt_file_is_refused(changes):
    assert autograd.load(edited()).tolist() == [0, 1, 2, 3]
    with pytest.raises(RuntimeError, match=r"load: this is not a file that autograd\.save wrote"):
        autograd.load(edited(**changes))


def test_a_file_that_was_cut_off_or_changed_is_refused_or_read_as_it_is():
    """Nothing but the errors that are documented, wherever the file ends and whichever of its bytes is another."""
    whole = edited().getvalue()
    spoilt = [whole[:size] for size in range(0, len(whole), 3)]
    rng = np.random.default_rng(0)
    for _ in range(400):
        changed = bytearray(whole)
        changed[rng.integers(len(whole))] ^= 1 << rng.integers(8)
        spoilt.append(bytes(changed))
    refused = 0
    for content in spoilt:
        try:
            autograd.load(io.BytesIO(content))
        except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
            kind = EOFError if not content else RuntimeError if content[:2] == b"PK" else pickle.UnpicklingError
            assert type(error) is kind
            assert str(error).startswith("load: this is not a file that autograd.save" if content else "load: ")
            refused += 1
    assert refused > len(spoilt) / 2


def archive(members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    file.seek(0)
    return file


def header_of(shape):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": "<f8"})
    return file.getvalue()


def index_of(value):
    entry = {"array": 0, "start": 0, "shape": [1], "strides": [1], "requires_grad": False, "kind": "Tensor"}
    return json.dumps({"format": "chalkgrad 1", "object": value, "tensors": [entry]})


ARRAY = index_of({"tensor": 0})


@pytest.mark.parametrize(
    "file, message",
    [
        (lambda: archive({"object.json": index_of(1)}, zipfile.ZIP_DEFLATED), "a part of it is compressed"),
        (lambda: archive({"object.json": "[" * 100_000}), "recursion"),
        (
            lambda: archive({"object.json": index_of({"tensor": 0}), "arrays/0.npy": header_of((10**15,))}),
            "not what there",
        ),
        (
            lambda: archive({"object.json": index_of({"tensor": 0}), "arrays/0.npy": header_of((10**30,))}),
            "not what there",
        ),
        (
            lambda: archive({"object.json": index_of({"tensor": 0}), "arrays/0.npy": header_of((-1,)) + bytes(8)}),
            "not what",
        ),
        (lambda: archive({"archive/data.pkl": b"x"}), r"not a file that torch\.save wrote"),
        (lambda: io.BytesIO(pickle.dumps(1)), r"it is a pickle that torch\.save didn't write"),
        (lambda: archive({"a.npy": header_of((0,))}), r"it holds arrays of NumPy: read it with numpy\.load\(path\)"),
        (lambda: io.BytesIO(header_of((0,))), "it holds arrays of NumPy"),
    ],
    ids=range(9),
)
def test_hostile_and_foreign_files_say_what_they_are(file, message):
    with pytest.raises(RuntimeError, match=message):
        autograd.load(file())


def test_more_is_never_read_than_there_is():
    """Entries of the directory that all lead to the same bytes: the parts are larger than the whole."""
    file = archive({"object.json": index_of(1), "arrays/0.npy": header_of((1000,)) + bytes(8000)})
    with zipfile.ZipFile(file, "a") as made:
        made.filelist += [made.getinfo("arrays/0.npy")] * 5
        made._didModify = True
    file.seek(0)
    with pytest.raises(RuntimeError, match="its parts are larger than the whole"):
        autograd.load(file)


def test_a_save_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint"
    autograd.save(1, path)
    path.chmod(0o640)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(np.lib.format, "write_array", full)
        with pytest.raises(OSError, match="No space left"):
            autograd.save(autograd.ones(3), path)
    assert autograd.load(path) == 1
    autograd.save(autograd.ones(3), path)
    assert autograd.load(path).tolist() == [1, 1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint"] and path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    autograd.save(1, target)
    link.symlink_to(target)
    autograd.save(2, link)
    assert link.is_symlink() and autograd.load(target) == 2
    autograd.save(3, "/dev/null")


@pytest.mark.parametrize("wait", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("name", ["checkpoint", "x.pt", "x.safetensors"])
def test_a_save_that_is_killed_leaves_what_was_there(name, wait, tmp_path):
    if name.endswith("safetensors"):
        pytest.importorskip("safetensors")
    path = tmp_path / name
    autograd.save({"x": autograd.ones(2)}, path)
    program = (
        "import autograd\nx = {'x': autograd.zeros(5_000_000)}\nprint(flush=True)\n"
        f"while True: autograd.save(x, {str(path)!r})"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        time.sleep(wait)
        child.kill()
    assert autograd.load(path)["x"].numel() in (2, 5_000_000)


def test_files_that_are_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        autograd.load(tmp_path / "missing")
    with pytest.raises(pickle.UnpicklingError, match=r"the file wants to run _pytest\.outcomes\."):
        autograd.load(io.BytesIO(pickle.dumps(Marked())))
    with pytest.raises(RuntimeError, match="no device 'cuda'"):
        autograd.load(edited(), map_location="cuda")


def test_a_file_that_can_only_be_read_through():
    class Stream(io.BytesIO):
        def seekable(self):
            return False

    assert autograd.load(Stream(edited().getvalue())).tolist() == [0, 1, 2, 3]


def test_pickles():
    g = autograd.Generator().manual_seed(3)
    autograd.randn(3, generator=g)
    twin = pickle.loads(pickle.dumps(g))
    assert autograd.randn(5, generator=twin).equal(autograd.randn(5, generator=g))
    for value in (autograd.float32, autograd.bool, autograd.channels_last, autograd.preserve_format):
        assert pickle.loads(pickle.dumps(value)) is value
    for value in (autograd.Size([2, 3]), autograd.device("cpu")):
        twin = pickle.loads(pickle.dumps(value))
        assert (twin, type(twin)) == (value, type(value))


# What pickle.dumps gave when the package was one folder.
BEFORE = (
    "gASV+gEAAAAAAAB9lCiMBndlaWdodJSMD2F1dG9ncmFkLnRlbnNvcpSMCV9yZXN0b3JlZJSTlIwMbm4ucGFyYW1ldGVylIwJUGFy"
    "YW1ldGVylJOUjBZudW1weS5fY29yZS5tdWx0aWFycmF5lIwMX3JlY29uc3RydWN0lJOUjAVudW1weZSMB25kYXJyYXmUk5RLAIWU"
    "QwFilIeUUpQoSwFLAoWUaAuMBWR0eXBllJOUjAJmNJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiUMIAACAPwAAAECU"
    "dJRiiIeUUpSMBWNvdW50lGgEaAKMBlRlbnNvcpSTlGgKaA1LAIWUaA+HlFKUKEsBKWgUjAJpOJSJiIeUUpQoSwNoGE5OTkr/////"
    "Sv////9LAHSUYolDCAMAAAAAAAAAlHSUYomHlFKUjARzaXpllGgCjARTaXpllJOUSwKFlIWUgZSMBWR0eXBllIwPYXV0b2dyYWQu"
    "ZHR5cGVzlIwIX2J5X25hbWWUk5SMB2Zsb2F0MTaUhZRSlIwGZGV2aWNllIwPYXV0b2dyYWQuZGV2aWNllGg5k5QpgZR9lCiMBHR5"
    "cGWUjANjcHWUjAVpbmRleJROdWKMBmZvcm1hdJSMD2F1dG9ncmFkLmxheW91dJSMDWNoYW5uZWxzX2xhc3SUk5R1Lg=="
)


def test_a_pickle_of_before_there_were_rooms():
    found = pickle.loads(base64.b64decode(BEFORE))
    assert type(found["weight"]) is nn.Parameter and found["weight"].tolist() == [1, 2]
    assert found["weight"].requires_grad and found["count"].item() == 3
    assert found["size"] == (2,) and type(found["size"]) is autograd.Size
    assert found["dtype"] is autograd.float16 and found["format"] is autograd.channels_last
    assert found["device"] == autograd.device("cpu")

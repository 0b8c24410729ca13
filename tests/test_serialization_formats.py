"""Files of PyTorch and of safetensors: read and written here, without PyTorch, as they are there."""

import base64
import io
import pickle
import warnings
import zipfile
import zlib
from collections import Counter, OrderedDict

import numpy as np
import pytest

import autograd
import nn

# The same object as PyTorch 2.13 wrote it, in the form of today and in that of before 2020.
TODAY = (
    "c-p0w&u`mg7{}lI4leW;uyzFsV{D|XOJgT#lC^7!87`99=sY2!NXT-Nw}~}3&SSsLw4ExUbZ}z`!L8!51AhTGhByNfmq|#R;4n=>+HqIj*G@9qSr"
    "=$u#c`ax-|zSHzVY)Un{p(IP%?>z#w40XnpJD+9lTW6h?Z_&HzaW!RefVGT&tOefonuJTQ>KRRmT>tU(#!Y1GJz(C{>A5vm01%Gzo-"
    "j#H5yKb(iRd&8ZgN+SQG^N^r|IEwv+X5J{yf397K^Os#<-"
    ">Pk4tFg0?`eUpP&B}C_BAYO^kbFIA#2{}$6c~wSoSdQ$&b8<uu?F08klTnNjcwT`QDs-"
    "u+tyu)dn>42xZN{4MrlXv=Du<{tybqJ~1vQv*mD2=XRNy5?+0=|}c-d9<s6+>gUmk#+aKLz&p|)WHvkp)fPRgM!%(<4Y5O`IA*PK-"
    "vShHHV4)cd>429KpFu@iFulJFi1OeV~6HfIK-ed`<-"
    "GsLYoKfKH=g!63w;`p#g0q4h&Atxr_*Y<>#(@5u<DG>?*ZX|WJI%b8T<;74UID?evk7iP)@S#j*=h{za*kaN^3*OwV42!2EVwoW0!0N%u8n>R!-"
    "bx~HG09piu*0DcHyD|Yn2$CRVO#w7|OkA+ic&La~!NYA8uiy+3@a0`JZ3d_;sWF=<#oVoVa~%A4F$Di*BP0@6}Y5Z7k7Ss><1z-"
    "lUg4h4&py4J54#8wz}|o8FWY$t#x+I`_i}v19YlDw#oN233;YHmx0vs2yzCv>GJwRG?U%GI$pC!=pbxV+iaxJZcUVo<#M^L)8qu(b~Z+B8l12X~S"
    "bV#{kMV;2~Wm3O^HI3Y7-"
    "{TQ><dS+Psv%29Ir!_WyaFk|Rm{QD$p74c^>jH5MQS6a$Q;)P=XxUPF;`m|0T^w^`vck7I3=F10nX6XmBBZwCLM7$)X{xcCO|8$RK{T2P>fYm~DM"
    "Ao`LOOV9X<7|JmzjnsZxm!-N(Bue)RX;;k5{pM>2qBjI<LRF(qwl|QB>IzclDKxP)mN*Do;Rat-"
    "+y3^UjGDI8Bh!=y>L{FEXR_6KWKbBdj0cAc+voz4Y0AL(++S;W52$tUYEr5{{+co@_D|L;fwjKkjdstnL@FUDe-x}kT3GZ0$(Z!IiZjj7-"
    "jY0x8J8IN6MiLG1vj8w_8pQkq7@r1l8UKIO9{EjiAH&YtY2o#O8b^cf2M;oipg;ZA4Q(pXn$XZh%3#w`+|1<ljV5pmzne-"
    "Y($RreXmtAJlrQ*RTCLs1<@*Z~ghTv+;m78`OHM#;^S<sLchn-"
    "ur&SpPN9zDhrCex8uA&*du;=p=`?W_+r1TBIgInvB3FW*gY4M{WcMII>uwpy>@@GV{unA=FE5J{tG*onM("
)
BEFORE = (
    "c-"
    "nQ7OK;Oa5Xb#W3JWdeRVeQ_DTPqGPMYvaDWwIOSKW&*mE}6y+Thw5ds75brCgF0J_84id<*yhz@3kPgv1dcabWytpe3yA_3nE1_n(=aZ3(Z5_v_8"
    "f&r?s|JsB>xgoj^6?AL%R7=s+gHNt=ecHo(-G>qK92ObTKe*ELPjCs_ge%-"
    "Zv5H<{gi|j>%nvwgGMj)<%R4{V57&$@6Ag2k2h%?t`kk=$biWz~w41Jo^Y@()(G9I-"
    "Vszl^*Sf?SaPrEiFz>Vm@7mPgacuw7Ahk;<TAheyL*<`L45i_KVP1mcNjQUX!nyU%{u~0DjVs*5%mMKW-"
    "7Bb@n7Mo8O3FM3cw5h7HT&~D+wX9TC74nIrcB6^D<sUKFF{g2wpotyWsfilj0rJX;ecHufw+{VDC=Cl^9B@$8k({2?Jx)p+oYQ!u2_4vr1BC8NY5"
    "N%*(BWW0b1ZKOhEiJQ_f+DzT<*Gl=#R*RQYy)EWkP|&C?cT9aN=?sj%a)vj-~>~7#!E(M3NPcTA@$taPmKi#Bi(?%4kU7)W1QY-"
    "gv2^sAF(C(>s&tosIR*rF!QXT+rd-Mlva^1NN7a=vJ)g8H{d?E(pACWS6%^ri_;qxRNOqGo`Ds(pah_Gf;FGPv8-"
    "w4N$khA7Ghv;iYZxl2TTojBp;|69^v}Nud=6RUNLSP%LS<p5f+kLf}SP5jWd#ONUxg==He#VKOsYiqEU861biGT%^p3U~0DZ?PJ_N&DOsE`21yPe"
    "Y6925(6I-"
    "9>KJ2n(+}Z*EdZPQ7r$v3ov8wXko#u)rNaI+>h_eLVQPi90}j6E`(kw6?>&Z>Q%crS`@g=)~aDQ*`3!uyx$!29G{K)vTvUIyQMqv!MBC)+sWU$dM"
    "wB"
)


@pytest.fixture(params=[TODAY, BEFORE], ids=["zip", "old"])
def written_by_torch(request, tmp_path):
    path = tmp_path / "state.pt"
    path.write_bytes(zlib.decompress(base64.b85decode(request.param)))
    return path


def check_what_torch_wrote(found):
    assert type(found) is OrderedDict
    assert found["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["part"].tolist() == [[1, 4], [2, 5]] and found["part"].stride() == (1, 3)
    # A view of the same storage.
    found["weight"][1, 2] = 50
    assert found["part"][1, 1].item() == 50
    # There is no bfloat16 here: its numbers are float32.
    assert found["half"].dtype is autograd.float32 and found["half"].tolist() == [0.5, -1.5]
    assert type(found["learned"]) is nn.Parameter and found["learned"].requires_grad
    assert found["mask"].tolist() == [True, False] and found["mask"].array.dtype is autograd.bool.dtype
    assert found["step"].item() == 7 and found["step"].dtype is autograd.int64
    assert found["size"] == (2, 3) and type(found["size"]) is autograd.Size
    assert found["dtype"] is autograd.float64
    assert found["betas"] == (0.9, 0.999) and found["names"] == {"a"}


def test_what_pytorch_wrote_is_read_without_it(written_by_torch):
    check_what_torch_wrote(autograd.load(written_by_torch))
    check_what_torch_wrote(autograd.load(io.BytesIO(written_by_torch.read_bytes())))
    with open(written_by_torch, "rb") as file:
        check_what_torch_wrote(autograd.load(file, "cpu", pickle, weights_only=False, encoding="latin1"))


def test_a_file_that_is_mapped_is_read_where_it_is_used(tmp_path):
    path = tmp_path / "state.pt"
    path.write_bytes(content := zlib.decompress(base64.b85decode(TODAY)))
    found = autograd.load(path, mmap=True)
    check_what_torch_wrote(found)
    assert isinstance(found["weight"].array.base, np.ndarray) and not found["weight"].array.flags.owndata
    # What was written to a Tensor is not in the file.
    assert path.read_bytes() == content
    with pytest.raises(ValueError, match="given by its path"):
        autograd.load(io.BytesIO(content), mmap=True)


@pytest.mark.parametrize(
    "place", ["cpu", autograd.device("cpu"), {"cpu": "cpu"}, {"cuda:0": "cuda:1"}, lambda storage, place: storage]
)
def test_where_tensors_go(written_by_torch, place):
    check_what_torch_wrote(autograd.load(written_by_torch, map_location=place))


@pytest.mark.parametrize("place", ["cuda", {"cpu": "cuda:0"}])
def test_where_they_cannot_go(written_by_torch, place):
    with pytest.raises(RuntimeError, match="there is no device 'cuda"):
        autograd.load(written_by_torch, map_location=place)


def everything():
    x = autograd.arange(12.0).reshape(3, 4)
    return {
        "x": x,
        "again": x,
        "columns": x.t(),
        "part": x[1:, ::2],
        "backwards": autograd.as_tensor(np.arange(4)[::-1]),
        "learned": nn.Parameter(autograd.ones(2)),
        "frozen": nn.Parameter(autograd.ones(2), requires_grad=False),
        "of a graph": autograd.ones(2, requires_grad=True) * 2,
        "empty": autograd.ones(0, 3),
        "number": autograd.tensor(True),
        "plain": [1, -(2**31), 2**31, -(2**70), 2.5, float("inf"), None, True, False, "∂L/∂x"],
        "tuple": ((), (1, [2])),
        "set": {1, "a"},
        "ordered": OrderedDict([("b", 1), ("a", {})]),
        (1, "key"): {None: 1, 2.5: 2, True: 3},
        "size": autograd.Size([2, 3]),
        "dtype": autograd.float16,
        "device": autograd.device("cpu"),
    }


DTYPES = ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["x.pt", "x.PTH", "x.safetensors", "x"])
@pytest.mark.parametrize("mmap", [False, True])
def test_tensors_of_every_dtype_come_back(dtype, name, mmap, tmp_path):
    if name.endswith("safetensors"):
        pytest.importorskip("safetensors")
    x = autograd.tensor([[0, 1, 2], [1, 0, 3]]).to(getattr(autograd, dtype))
    state = {"x": x, "turned": x.t(), "number": x[1, 2], "none": x[:0]}
    autograd.save(state, tmp_path / name)
    found = autograd.load(tmp_path / name, mmap=mmap)
    assert found.keys() == state.keys()
    for key, value in state.items():
        assert found[key].equal(value) and found[key].shape == value.shape
        assert found[key].array.dtype is value.array.dtype
    for x in found.values():
        x.fill_(1)


def check_everything(found, torch_like):
    wanted = everything()
    assert list(found) == list(wanted)
    for key, value in wanted.items():
        if isinstance(value, autograd.Tensor):
            assert found[key].tolist() == value.tolist()
            assert tuple(found[key].shape) == tuple(value.shape)
            assert found[key].requires_grad == value.requires_grad
            assert type(found[key]).__name__ == type(value).__name__
        elif key in ("dtype", "size", "device"):
            assert str(found[key]).replace("torch", "autograd") == str(value)
        else:
            assert found[key] == value and type(found[key]) is type(value)
    assert found["again"] is found["x"]
    found["x"][1, 2] = 50
    assert found["columns"][2, 1] == 50 and found["part"][0, 1] == 50


def test_what_is_written_for_pytorch_is_read_here(tmp_path):
    autograd.save(everything(), tmp_path / "all.pt")
    check_everything(autograd.load(tmp_path / "all.pt"), autograd)
    file = io.BytesIO()
    autograd.save(everything(), file, format="pt")
    file.seek(0)
    check_everything(autograd.load(file), autograd)


@pytest.mark.parametrize("mmap", [False, True])
def test_what_is_written_for_pytorch_is_read_there(mmap, tmp_path):
    torch = pytest.importorskip("torch")
    autograd.save(everything(), tmp_path / "all.pt")
    check_everything(torch.load(tmp_path / "all.pt", weights_only=True, mmap=mmap), torch)


def test_storages_begin_where_they_can_be_mapped(tmp_path):
    autograd.save([autograd.ones(3), autograd.zeros(5, dtype=autograd.float64)], tmp_path / "x.pt")
    found = autograd.load(tmp_path / "x.pt", mmap=True)
    assert all(x.array.__array_interface__["data"][0] % 64 == 0 for x in found)


def test_numbers_that_begin_with_their_highest_byte():
    file = io.BytesIO()
    autograd.save(autograd.arange(4.0), file, format="pt")
    turned = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(turned, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("byteorder"):
                content = b"big"
            if name.endswith("data/0"):
                content = np.frombuffer(content, "<f4").astype(">f4").tobytes()
            other.writestr(name, content)
    turned.seek(0)
    assert autograd.load(turned).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pytorch_files_of_every_protocol(protocol, old):
    torch = pytest.importorskip("torch")
    obj = {
        "x": torch.ones(2),
        "c": Counter("aab"),
        "u": "é",
        "l": [],
        "t": (1, 2, 3, 4),
        "b": torch.nn.Buffer(torch.ones(1)),
    }
    obj["x"].note = "left behind"
    file = io.BytesIO()
    torch.save(obj, file, pickle_protocol=protocol, _use_new_zipfile_serialization=not old)
    file.seek(0)
    found = autograd.load(file)
    assert found["x"].tolist() == [1, 1] and found["b"].tolist() == [1]
    assert {k: found[k] for k in "cult"} == {k: obj[k] for k in "cult"}


@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
@pytest.mark.parametrize(
    "make, message",
    [
        (lambda torch: torch.nn.Linear(1, 1), r"wants to run torch\.nn\.modules\.linear\.Linear.*save its state_dict"),
        (lambda torch: {"f": print}, r"wants to run (__builtin__|builtins)\.print"),
        (lambda torch: np.float32(1), r"wants to run numpy\._core\.multiarray\.scalar"),
        (lambda torch: torch.ones(1, dtype=torch.complex64), r"torch\.ComplexFloatStorage, for numbers of a type"),
        (lambda torch: torch.ones(1).to(torch.uint16), r"_rebuild_tensor_v3, for numbers of a type .* such as uint16"),
        (lambda torch: torch.ones(1).to_sparse(), r"_rebuild_sparse_tensor, for a sparse tensor"),
        (lambda torch: torch.ones(1, device="meta"), "a tensor without values"),
        (lambda torch: [torch.complex64], r"torch\.complex64, a dtype that there is not here"),
        (lambda torch: torch.ones(1).untyped_storage(), r"torch\.storage\.UntypedStorage"),
        (lambda torch: [OrderedDict], r"wants to run collections\.OrderedDict"),
        (lambda torch: [torch.FloatStorage], "the class of a storage stands by itself"),
    ],
)
def test_what_is_not_read_is_named(make, message, old):
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    torch.save(make(torch), file, _use_new_zipfile_serialization=not old)
    file.seek(0)
    with pytest.raises((pickle.UnpicklingError, RuntimeError), match=message):
        autograd.load(file)


@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
@pytest.mark.parametrize("kind", ["Sequential", "LSTM"])
def test_a_module_of_pytorch_is_one_of_ours_where_torch_means_this_package(kind, old, tmp_path):
    torch = pytest.importorskip("torch")
    layers = torch.nn
    model = layers.LSTM(2, 3, 2, bidirectional=True)
    if kind == "Sequential":
        model = layers.Sequential(layers.Linear(2, 3), layers.ReLU(), layers.BatchNorm1d(3)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(model, tmp_path / "model.pt", _use_new_zipfile_serialization=not old)
    refused = r"a torch\.nn\.\S+ of PyTorch, which is one of this package only after .*as_torch"
    with pytest.raises(pickle.UnpicklingError, match=refused):
        autograd.load(tmp_path / "model.pt", weights_only=False)
    with autograd.as_torch():
        found = autograd.load(tmp_path / "model.pt", weights_only=False)
    assert type(found) is getattr(nn, kind) and found.training == model.training
    assert list(found.state_dict()) == list(model.state_dict())
    x = np.ones((2, 2), np.float32)
    ours, theirs = found(autograd.tensor(x)), model(torch.tensor(x))
    ours, theirs = (made if kind == "Sequential" else made[0] for made in (ours, theirs))
    np.testing.assert_allclose(ours.detach(), theirs.detach(), rtol=1e-5, atol=1e-6)


def test_a_program_of_torchscript_is_none():
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    with pytest.warns(DeprecationWarning):
        torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), file)
    file.seek(0)
    with pytest.raises(RuntimeError, match="a program of TorchScript"):
        autograd.load(file)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"format": "zip"}, ValueError, "there is no format 'zip'; there are 'chalkgrad', 'pt', 'safetensors'"),
        ({"format": "pt", "metadata": {}}, ValueError, "metadata is for safetensors"),
        ({"obj": [lambda: 1], "format": "pt"}, (AttributeError, pickle.PicklingError), "lambda"),
        ({"obj": [1], "format": "safetensors"}, TypeError, "a dict of Tensors by their names, not a list"),
        ({"obj": {"a": 1}, "format": "safetensors"}, TypeError, r"not obj\['a'\], a int: keep texts in metadata="),
        ({"obj": {1: autograd.ones(1)}, "format": "safetensors"}, TypeError, r"not obj\[1\]"),
        ({"obj": {}, "format": "safetensors", "metadata": {"a": 1}}, TypeError, "metadata is texts by their names"),
    ],
    ids=range(7),
)
def test_what_cannot_be_written_leaves_what_was_there(arguments, error, message, tmp_path):
    if arguments["format"] == "safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / "checkpoint"
    autograd.save(1, path)
    with pytest.raises(error, match=message):
        autograd.save(f=path, **{"obj": {}, **arguments})
    assert autograd.load(path) == 1 and [p.name for p in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize("name", ["x.pt", "x.safetensors"])
def test_a_write_that_fails_leaves_what_was_there(name, tmp_path, monkeypatch):
    if name.endswith("safetensors"):
        pytest.importorskip("safetensors")
    path = tmp_path / name
    autograd.save({"x": autograd.ones(2)}, path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            autograd.save({"x": autograd.zeros(2)}, path)
    assert autograd.load(path)["x"].tolist() == [1, 1] and [p.name for p in tmp_path.iterdir()] == [name]


def test_safetensors_both_ways(tmp_path):
    pytest.importorskip("safetensors")
    other = pytest.importorskip("safetensors.numpy")
    from autograd.serialization import safetensors as ours

    path = tmp_path / "model.safetensors"
    state = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).state_dict()
    state["turned"] = state["0.weight"].t()
    autograd.save(state, path, metadata={"epoch": "3"})
    for found in (other.load_file(path), autograd.load(path), autograd.load(io.BytesIO(path.read_bytes()))):
        assert found.keys() == state.keys()
        assert all(np.array_equal(np.asarray(found[name]), value.numpy()) for name, value in state.items())
    with ours.safe_open(path) as file:
        assert file.metadata() == {"format": "pt", "epoch": "3"}
        part = file.get_slice("turned")
        assert part.get_shape() == [3, 2] and part.get_dtype() == "F32"
        assert part[1:, 0].equal(state["turned"][1:, 0])
        assert file.get_tensor("0.bias").equal(state["0.bias"])
        with pytest.raises(KeyError):
            file.get_tensor("2.bias")


def test_safetensors_of_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    other = pytest.importorskip("safetensors.torch")
    path = tmp_path / "x.safetensors"
    other.save_file({"half": torch.tensor([0.5, -1.5]).bfloat16(), "x": torch.ones(2)}, path)
    for found in (autograd.load(path), autograd.load(path, mmap=True), autograd.load(io.BytesIO(path.read_bytes()))):
        assert found["half"].tolist() == [0.5, -1.5] and found["half"].dtype is autograd.float32
    autograd.save({"x": autograd.ones(2, 3).t()}, path)
    assert other.load_file(path)["x"].tolist() == [[1, 1], [1, 1], [1, 1]]
    other.save_file({"x": torch.ones(1, dtype=torch.uint16)}, path)
    with pytest.raises(RuntimeError, match="numbers of U16, a type that there is not here"):
        autograd.load(path)

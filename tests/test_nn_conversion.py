"""Modules in other dtypes and layouts: the parameters stay the objects that an optimizer knows."""

import multiprocessing
import sys

import pytest

import autograd
import nn


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def model_of(nn):
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))
    model.register_buffer("mask", model[1].running_mean > 0)
    return model


@pytest.mark.parametrize(
    ("convert", "floats", "count"),
    [
        (lambda m, lib: m.half(), "float16", "int64"),
        (lambda m, lib: m.double(), "float64", "int64"),
        (lambda m, lib: m.double().float(), "float32", "int64"),
        (lambda m, lib: m.to(lib.float16), "float16", "int64"),
        (lambda m, lib: m.to("cpu", lib.float64, non_blocking=True), "float64", "int64"),
        (lambda m, lib: m.to(device="cpu"), "float32", "int64"),
        (lambda m, lib: m.to(lib.ones(1, dtype=lib.float64)), "float64", "int64"),
        (lambda m, lib: m.to(dtype=lib.float64).cpu(), "float64", "int64"),
        (lambda m, lib: m.type(lib.float64), "float64", "float64"),
        (lambda m, lib: m.to_empty(device="cpu"), "float32", "int64"),
    ],
)
def test_dtypes(package, convert, floats, count):
    lib, nn = package
    model = model_of(nn)
    model(lib.ones(2, 1, 1, 1)).sum().backward()
    before = list(model.parameters())
    assert convert(model, lib) is model
    assert all(a is b for a, b in zip(before, model.parameters()))
    state = model.state_dict()
    assert {str(p.dtype).split(".")[1] for p in model.parameters()} == {floats}
    assert {str(p.grad.dtype).split(".")[1] for p in model.parameters()} == {floats}
    assert str(state["1.running_var"].dtype).endswith(floats)
    assert str(state["1.num_batches_tracked"].dtype).endswith(count)
    assert str(state["mask"].dtype).endswith("bool" if count == "int64" else floats)


def test_layouts(package):
    lib, nn = package
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).to(memory_format=lib.channels_last)
    assert model[0].weight.stride() == (27, 1, 9, 3)
    model.to(lib.float64, memory_format=lib.contiguous_format)
    assert (model[0].weight.stride(), model[0].weight.dtype) == ((27, 9, 3, 1), lib.float64)


def test_only_what_is_its_own_is_emptied(package):
    _, nn = package
    model = nn.Sequential(nn.Linear(1, 1))
    before = model[0].weight.data_ptr()
    model.to_empty(device="cpu", recurse=False)
    assert model[0].weight.data_ptr() == before
    model.to_empty(device="cpu")
    assert model[0].weight.data_ptr() != before


def test_what_a_subclass_does_with_each_tensor(package):
    _, nn = package

    class Kept(nn.Linear):
        def _apply(self, fn, recurse=True):
            return self

    model = nn.Sequential(Kept(1, 1), nn.Linear(1, 1)).double()
    assert [str(layer.weight.dtype).split(".")[1] for layer in model] == ["float32", "float64"]


@pytest.mark.parametrize(
    ("convert", "error", "message"),
    [
        (lambda m: m.to(autograd.int64), TypeError, r"only accepts floating point dtypes, but got autograd\.int64"),
        (lambda m: m.bfloat16(), TypeError, "bfloat16: that dtype is not supported"),
        (lambda m: m.cuda(), RuntimeError, "cuda: there is no device"),
        (lambda m: m.to("cuda"), RuntimeError, "to: there is no device 'cuda'"),
        (lambda m: m.to_empty(device="meta"), RuntimeError, "to_empty: there is no device 'meta'"),
        (lambda m: m.type("float"), (TypeError, ValueError), "float"),
    ],
)
def test_what_there_is_not(convert, error, message):
    model = nn.Linear(1, 1)
    with pytest.raises(error, match=message):
        convert(model)
    assert model.weight.dtype is autograd.float32


def fill(model):
    with autograd.no_grad():
        model.weight.fill_(7)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere forking is not what processes do")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_processes_share_a_model():
    model = nn.Linear(2, 2).share_memory()
    before = model.weight.clone()
    process = multiprocessing.get_context("fork").Process(target=fill, args=(model,))
    assert model.weight.equal(before)
    process.start()
    process.join(60)
    assert model.weight.unique().tolist() == [7.0]

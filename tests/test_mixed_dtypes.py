"""Calls with Tensors of several dtypes: what comes out, or what is refused, as in PyTorch."""

import pytest

import autograd
import nn

ROWS = {
    'lib.einsum("i,j->ij", one(2), one(2).double())': "float64",
    'lib.einsum("i,i->i", one(2), one(2).long())': "float32",
    'lib.einsum("ij,j->ij", one(2, 2).half(), one(2))': "float32",
    'lib.einsum("ij,k->", one(2, 2), one(2).double())': "float64",
    'lib.einsum("ij,jk->ik", one(2, 3), one(3, 2).double())': RuntimeError,
    "nn.functional.bilinear(one(2, 3), one(2, 3).double(), one(1, 3, 3))": RuntimeError,
    "nn.functional.rms_norm(one(2, 3), (3,), one(3).double())": "float32",
    "nn.functional.rms_norm(one(2, 3), (3,), one(3).half())": "float32",
    "nn.functional.rms_norm(one(2, 3).double(), (3,), one(3))": "float64",
    "nn.functional.rms_norm(one(2, 3).half(), (3,), one(3))": "float16",
    "nn.functional.layer_norm(one(2, 3).half(), (3,), one(3), one(3))": "float16",
    "nn.functional.layer_norm(one(2, 3).half(), (3,), None, one(3))": "float16",
    "nn.functional.layer_norm(one(2, 3), (3,), one(3).double())": RuntimeError,
    "nn.functional.layer_norm(one(2, 3), (3,), one(3).half())": RuntimeError,
    "nn.functional.layer_norm(one(2, 3).half(), (3,), one(3), one(3).half())": RuntimeError,
    "nn.functional.batch_norm(one(2, 3).half(), one(3), one(3), one(3), one(3), True)": "float16",
    "nn.functional.group_norm(one(2, 4).half(), 2, one(4))": "float16",
    "nn.functional.group_norm(one(2, 4), 2, one(4).double())": RuntimeError,
    "nn.functional.instance_norm(one(2, 3, 4).half(), weight=one(3))": "float16",
    "nn.RNN(2, 3)(one(2, 1, 2), one(1, 1, 3).double())[0]": RuntimeError,
    "nn.LSTM(2, 3)(one(2, 1, 2).double())[0]": ValueError,
    "nn.GRUCell(2, 3)(one(1, 2), one(1, 3).double())": RuntimeError,
}


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", ROWS)
def test_the_dtype_of_the_result(package, call):
    lib, nn = package
    names, expected = {"lib": lib, "nn": nn, "one": lib.ones}, ROWS[call]
    if isinstance(expected, str):
        assert str(eval(call, names).dtype).rpartition(".")[2] == expected
    else:
        with pytest.raises(expected):
            eval(call, names)


def test_running_statistics_of_float32_follow_a_batch_of_float16(package):
    lib, nn = package
    mean, var, weight = lib.zeros(1), lib.ones(1), lib.ones(1, requires_grad=True)
    x = lib.tensor([[1.0], [3.0]]).half().requires_grad_()
    nn.functional.batch_norm(x, mean, var, weight, training=True, momentum=0.5).sum().backward()
    assert (mean.item(), var.item()) == (1.0, 1.5)
    assert (x.grad.dtype, weight.grad.dtype) == (lib.float16, lib.float32)

"""Making Tensors, converting them, and what is known of their dtypes: as in PyTorch, of which the text below is."""

import ast
import re

import numpy as np
import pytest

import autograd

try:
    import torch
except ModuleNotFoundError:
    torch = None

# An expression, of PyTorch or of ours as m, and what it prints.
TEXTS = {
    "m.full((2,), 2.7, dtype=m.int64)": "tensor([2, 2])",
    "m.full((2,), m.tensor(2.7))": "tensor([2.7000, 2.7000])",
    "m.full((), True)": "tensor(True)",
    "m.full_like(m.ones(2, dtype=m.int64), 2.5)": "tensor([2, 2])",
    "m.tensor([-1], dtype=m.uint8)": "tensor([255], dtype=autograd.uint8)",
    "m.tensor([2.7], dtype=m.int64)": "tensor([2])",
    "m.tensor(np.array([300]), dtype=m.uint8)": "tensor([44], dtype=autograd.uint8)",
    "m.tensor([1, 2.5, True]).dtype": "autograd.float32",
    "m.tensor([True, 2]).dtype": "autograd.int64",
    "m.tensor([[], []]).shape": "autograd.Size([2, 0])",
    "m.tensor([m.tensor(1), 2.5])": "tensor([1.0000, 2.5000])",
    "m.tensor([np.float32(1), np.float64(2)]).dtype": "autograd.float64",
    "m.tensor([np.int32(1)]).dtype": "autograd.int32",
    "m.tensor([np.ones(2), np.ones(2)]).dtype": "autograd.float64",
    "m.tensor(m.ones(2, requires_grad=True)).requires_grad": "False",
    "m.tensor(np.float16(1)).dtype": "autograd.float16",
    "m.tensor([1], dtype=float).dtype": "autograd.float64",
    "m.tensor([1], dtype=int).dtype": "autograd.int64",
    "m.tensor([1], dtype=bool).dtype": "autograd.bool",
    "m.zeros(2, dtype=float).dtype": "autograd.float64",
    "m.as_tensor([1, 2])": "tensor([1, 2])",
    "m.asarray([1, 2.0])": "tensor([1., 2.])",
    "m.asarray(np.ones(2), dtype=m.float32)": "tensor([1., 1.])",
    "m.asarray(m.ones(2, requires_grad=True)).requires_grad": "True",
    "m.asarray(m.ones(2, requires_grad=True), requires_grad=False).requires_grad": "False",
    "m.asarray(np.ones(2), copy=True)": "tensor([1., 1.], dtype=autograd.float64)",
    "m.asarray(5)": "tensor(5)",
    "m.zeros(2, layout=m.strided, pin_memory=False)": "tensor([0., 0.])",
    "m.ones_like(m.ones(1), layout=m.strided)": "tensor([1.])",
    "m.arange(2, layout=m.strided)": "tensor([0, 1])",
    "m.randn(1, generator=m.Generator(), layout=m.strided).shape": "autograd.Size([1])",
    "m.ones(1).new_full((2,), 3, layout=m.strided, pin_memory=False)": "tensor([3., 3.])",
    "m.scalar_tensor(3)": "tensor(3.)",
    "m.scalar_tensor(3, dtype=m.int64)": "tensor(3)",
    "m.arange(5, dtype=m.float16)": "tensor([0., 1., 2., 3., 4.], dtype=autograd.float16)",
    "m.arange(0, -5, -2)": "tensor([ 0, -2, -4])",
    "m.arange(start=1, end=4)": "tensor([1, 2, 3])",
    "m.arange(end=4)": "tensor([0, 1, 2, 3])",
    "m.arange(0.0, 5)": "tensor([0., 1., 2., 3., 4.])",
    "m.arange(m.tensor(3))": "tensor([0, 1, 2])",
    "m.arange(m.tensor(3.0))": "tensor([0., 1., 2.])",
    "m.arange(True)": "tensor([0])",
    "m.linspace(0, 1, 5, dtype=m.int64)": "tensor([0, 0, 0, 0, 1])",
    "m.linspace(0, 10, 4, dtype=m.int64)": "tensor([ 0,  3,  6, 10])",
    "m.linspace(-3, 7, 5, dtype=m.int64)": "tensor([-3,  0,  2,  4,  7])",
    "m.linspace(0, 1, 0)": "tensor([])",
    "m.linspace(0, 1, 1)": "tensor([0.])",
    "m.logspace(0, 2, 3)": "tensor([  1.,  10., 100.])",
    "m.logspace(0, 2, 3, base=2)": "tensor([1., 2., 4.])",
    "m.logspace(0, 2, 5, dtype=m.int64)": "tensor([  1,   3,  10,  31, 100])",
    "m.eye(2, 3, dtype=m.bool)": "tensor([[ True, False, False],\n        [False,  True, False]])",
    "m.zeros(())": "tensor(0.)",
    "m.zeros(size=(2,))": "tensor([0., 0.])",
    "m.zeros(m.tensor(2))": "tensor([0., 0.])",
    "m.empty_strided((2, 3), (1, 2)).stride()": "(1, 2)",
    "m.zeros_like(m.ones(2, 3).t()).stride()": "(1, 3)",
    "m.zeros_like(m.ones(4, 6)[::2, ::2]).stride()": "(3, 1)",
    "m.zeros_like(m.ones(1, 3).expand(2, 3)).stride()": "(3, 1)",
    "m.ones(2).new_tensor([1, 2])": "tensor([1., 2.])",
    "m.ones(2).new_tensor([1, 2], dtype=m.int64)": "tensor([1, 2])",
    "m.ones(2, dtype=m.int64).new_tensor([1.5])": "tensor([1])",
    "m.ones(2).new_full((2,), 3)": "tensor([3., 3.])",
    "m.ones(2).new_zeros(2, 3).shape": "autograd.Size([2, 3])",
    "m.ones(2).new_ones((2, 3), dtype=m.int32).dtype": "autograd.int32",
    "m.ones(2).new_ones(2, 3, dtype=m.int32).dtype": "autograd.int32",
    "m.ones(2).new_empty(()).shape": "autograd.Size([])",
    "m.tensor(range(3))": "tensor([0, 1, 2])",
    "m.LongTensor(2).shape": "autograd.Size([2])",
    "m.ones(2).type()": "'autograd.FloatTensor'",
    "m.ones(2).type(m.DoubleTensor).dtype": "autograd.float64",
    "m.iinfo(m.int8)": "iinfo(min=-128, max=127, dtype=int8)",
    "m.finfo(m.float16)": "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, "
    "smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)",
    "m.finfo().dtype, m.finfo(float).bits, m.finfo(m.float32).eps": "('float32', 64, 1.1920928955078125e-07)",
    "m.iinfo(m.uint8).bits, m.iinfo(m.uint8).max, m.iinfo(m.int8).min": "(8, 255, -128)",
    "[getattr(m.ones(1), name)().dtype for name in ('half', 'double')]": "[autograd.float16, autograd.float64]",
    "[getattr(m.ones(1), name)().dtype for name in ('byte', 'char', 'short')]": "[autograd.uint8, autograd.int8, "
    "autograd.int16]",
    "[getattr(m.ones(1), name)().dtype for name in ('int', 'long', 'bool')]": "[autograd.int32, autograd.int64, "
    "autograd.bool]",
    "m.promote_types(m.int32, m.uint8)": "autograd.int32",
    "m.promote_types(m.float16, m.int64)": "autograd.float16",
    "m.promote_types(m.uint8, m.int8)": "autograd.int16",
    "m.result_type(m.tensor([1]), 1.0)": "autograd.float32",
    "m.result_type(m.tensor([1], dtype=m.uint8), m.tensor(1))": "autograd.uint8",
    "m.result_type(1, 2.5)": "autograd.float32",
    "m.result_type(True, 2)": "autograd.int64",
    "m.can_cast(m.double, m.float)": "True",
    "m.can_cast(m.float, m.int)": "False",
    "m.can_cast(m.int, m.bool)": "False",
    "m.can_cast(m.bool, m.int)": "True",
    "m.can_cast(m.int, m.uint8)": "True",
    "m.is_nonzero(m.tensor([0.0]))": "False",
    "m.is_complex(m.ones(2))": "False",
    'm.ones(2).to("cpu", m.float64).dtype': "autograd.float64",
    "m.ones(2).to(m.float64, True, True).dtype": "autograd.float64",
    'm.ones(2).to(device="cpu", dtype=m.int32, copy=True).dtype': "autograd.int32",
    "m.ones(2).to()": "tensor([1., 1.])",
    "m.ones(2).to(float)": "tensor([1., 1.], dtype=autograd.float64)",
    'm.tensor([float("nan"), 0.0, 0.5]).bool()': "tensor([ True, False,  True])",
    "m.ones(2).float(memory_format=m.preserve_format)": "tensor([1., 1.])",
    "m.ones(2).cpu()": "tensor([1., 1.])",
    'm.ones(2, device=m.device("cpu", 0)).device': "device(type='cpu')",
    'm.device("cpu:0")': "device(type='cpu', index=0)",
    'm.device("cpu", 0)': "device(type='cpu', index=0)",
    'm.device("cpu").index': "None",
    'm.device(type="cpu")': "device(type='cpu')",
    'm.device("cpu:0") == m.device("cpu")': "False",
    "m.ones(2).get_device()": "-1",
    "m.ones(2).is_signed()": "True",
    "m.tensor([[1, 2], [3, 4]], dtype=m.float16)": "tensor([[1., 2.],\n        [3., 4.]], dtype=autograd.float16)",
    "m.tensor([np.float32(1), 2.5]).dtype": "autograd.float32",
    "m.tensor([1, np.float64(2)]).dtype": "autograd.float64",
    "m.tensor(np.arange(6).reshape(2, 3).T)": "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])",
    "m.as_tensor(np.arange(3), dtype=m.int32)": "tensor([0, 1, 2], dtype=autograd.int32)",
    "m.ones(2, 3, dtype=m.int8)": "tensor([[1, 1, 1],\n        [1, 1, 1]], dtype=autograd.int8)",
    "m.empty(0, 3)": "tensor([], size=(0, 3))",
    "m.zeros(size=(2,), dtype=m.bool)": "tensor([False, False])",
    "m.arange(1, 2.5, 0.5, dtype=m.float64)": "tensor([1.0000, 1.5000, 2.0000], dtype=autograd.float64)",
    "m.arange(5, 0, -2)": "tensor([5, 3, 1])",
    "m.arange(0, 1, 0.3)": "tensor([0.0000, 0.3000, 0.6000, 0.9000])",
    "m.arange(0)": "tensor([], dtype=autograd.int64)",
    "m.linspace(-1, 1, 4, dtype=m.float64)": "tensor([-1.0000, -0.3333,  0.3333,  1.0000], dtype=autograd.float64)",
    "m.linspace(3, -3, 7, dtype=m.int32)": "tensor([ 3,  2,  1,  0, -1, -2, -3], dtype=autograd.int32)",
    "m.linspace(m.tensor(1), m.tensor(2.0), 3)": "tensor([1.0000, 1.5000, 2.0000])",
    "m.logspace(-1, 1, 4)": "tensor([ 0.1000,  0.4642,  2.1544, 10.0000])",
    "m.logspace(0, 4, 5, base=2, dtype=m.int32)": "tensor([ 1,  2,  4,  8, 16], dtype=autograd.int32)",
    "m.logspace(m.tensor(0), 1, 2, base=0.5)": "tensor([1.0000, 0.5000])",
    "m.eye(0)": "tensor([], size=(0, 0))",
    "m.eye(2, 0)": "tensor([], size=(2, 0))",
    "m.ones_like(m.arange(2), dtype=m.float64)": "tensor([1., 1.], dtype=autograd.float64)",
    "m.empty_like(m.ones(2, 3, 4, 5), memory_format=m.channels_last).stride()": "(60, 1, 15, 3)",
    "m.zeros_like(m.ones(2, 3).t(), memory_format=m.contiguous_format).stride()": "(2, 1)",
    "m.tensor([1e+39])": "tensor([inf])",
    "m.result_type(m.tensor(1), 2.5)": "autograd.float32",
    "m.can_cast(m.bool, m.float)": "True",
    "m.tensor([1.9, -1.9]).to(m.int64)": "tensor([ 1, -1])",
    "m.ones(2, 3, 4, 5).to(memory_format=m.channels_last).stride()": "(60, 1, 15, 3)",
    "m.ones(2).to(m.float64, non_blocking=True, copy=True).dtype": "autograd.float64",
    "m.ones(2).to(m.tensor(1)).dtype": "autograd.int64",
    'm.ones(2).to("cpu", dtype=m.int16).dtype': "autograd.int16",
    "m.ones(2).to(dtype=m.int16).dtype": "autograd.int16",
    "m.ones(2).to(copy=True)": "tensor([1., 1.])",
    "m.ones(2).type_as(m.tensor(1)).dtype": "autograd.int64",
    "m.finfo(m.float64).tiny": "2.2250738585072014e-308",
    'm.device("cpu", 0) == m.device("cpu:0")': "True",
    "m.is_nonzero(m.tensor([2.0]))": "True",
    "m.tensor(3).is_nonzero()": "True",
    "m.BoolTensor([0, 2])": "tensor([False,  True])",
    "m.FloatTensor(2, 3).shape": "autograd.Size([2, 3])",
    "m.Tensor(np.int64(3)).shape": "autograd.Size([3])",
    "m.ones(2, dtype=m.int64).new(3).shape, m.ones(2).new().shape": "(autograd.Size([3]), autograd.Size([0]))",
    "m.ones(2).new([3]), m.ones(2).new(m.Size([1, 2])).shape": "(tensor([3.]), autograd.Size([1, 2]))",
    "(1,) + m.Size([2]), m.Size([2]) + (1,), m.Size([2])[:0]": (
        "(autograd.Size([1, 2]), autograd.Size([2, 1]), autograd.Size([]))"
    ),
    "m.Size([m.tensor(2), np.int64(3), True])": "autograd.Size([2, 3, 1])",
    "m.ones(2, 3, 4, 5).is_contiguous(memory_format=m.channels_last)": "False",
    "m.ones(2, 3, 4, 5).contiguous(memory_format=m.channels_last).is_contiguous(memory_format=m.channels_last)": "True",
    "m.ones(2, 3, 4, 5).contiguous(memory_format=m.channels_last).is_contiguous()": "False",
    "m.ones(2, 3, 4).is_contiguous(memory_format=m.channels_last)": "False",
    "m.ones(2).new_empty_strided((2, 3), (1, 2)).stride()": "(1, 2)",
    "m.ones(2).new_full((2,), 7, dtype=m.int64)": "tensor([7, 7])",
    "m.ones(2).new_zeros((2,), requires_grad=True).requires_grad": "True",
    "m.ones(2).new_tensor(m.tensor([1, 2]))": "tensor([1., 2.])",
    "m.iinfo(m.int64)": "iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)",
    'm.ones(2).type("torch.DoubleTensor").dtype': "autograd.float64",
}
ERRORS = {
    RuntimeError: [
        "m.full((2,), 300, dtype=m.uint8)",
        'm.full((2,), float("nan"), dtype=m.int64)',
        "m.full_like(m.ones(2, dtype=m.uint8), 300)",
        "m.tensor([300], dtype=m.uint8)",
        'm.tensor([float("inf")], dtype=m.int64)',
        "m.tensor(None)",
        "m.tensor([None])",
        "m.tensor({1})",
        "m.tensor([1, 2], requires_grad=True)",
        "m.zeros(2, dtype=m.int64, requires_grad=True)",
        "m.arange(0, 5, 0)",
        "m.arange(0, -5)",
        'm.arange(float("nan"))',
        'm.arange(float("inf"))',
        "m.linspace(0, 1, -1)",
        "m.linspace(m.tensor([1.0, 2.0]), 3, 3)",
        "m.logspace(0, 1, -1)",
        "m.eye(-1)",
        "m.eye(2, -1)",
        "m.zeros([2, -3])",
        "m.tensor((x for x in [1]))",
        "m.is_nonzero(m.ones(2))",
        "m.ones(2).to(5)",
        'm.ones(2).to("foo")',
        "m.device(0)",
        'm.device("foo")',
        "m.empty_like(m.ones(2, 3), memory_format=m.channels_last)",
        "m.empty_strided((2, 3), (1,))",
        "m.empty_strided((2,), (-1,))",
        "m.ones(2, 3).double(memory_format=m.channels_last)",
        "m.full((2,), 1e+39)",
    ],
    TypeError: [
        "m.full(2, 1)",
        'm.tensor("a")',
        "m.linspace(0, 1)",
        "m.linspace(0, 1, 2.5)",
        "m.eye(2.5)",
        "m.zeros(2, 3.0)",
        "m.zeros()",
        "m.zeros((2,), 3)",
        "m.Tensor(2.5)",
        "m.ones(2).new(2.5)",
        "m.Size([2.5])",
        'm.Size("a")',
        "m.Size(3)",
        "m.zeros([[2]])",
        "m.zeros(True)",
        'm.zeros("a")',
        "m.zeros_like([1])",
        "m.tensor(np.array([None]))",
        "m.iinfo(m.float32)",
        "m.finfo(m.int32)",
        "m.promote_types(1, 2)",
        "m.ones(2).to(m.float64, dtype=m.float32)",
        'm.result_type("a", 1)',
        "m.ones(2).to(m.float64, m.float32)",
    ],
    ValueError: [
        "m.tensor(2 ** 63)",
        "m.tensor([2 ** 70])",
        'm.tensor(["a"])',
        "m.asarray(np.ones(2), dtype=m.float32, copy=False)",
        "m.ones(2).type(float)",
        'm.ones(2).type("m.Nothing")',
    ],
    NotImplementedError: [
        "m.arange(0, 5, dtype=m.bool)",
    ],
}
FAILURES = [(error, call) for error, calls in ERRORS.items() for call in calls]
MODULES = [pytest.param(autograd, id="ours")] + [pytest.param(torch, id="torch")] * (torch is not None)


def value(module, call):
    return eval(call, {"m": module, "np": np})


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("call", TEXTS)
def test_text(module, call):
    assert repr(value(module, call)).replace("torch.", "autograd.") == TEXTS[call]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("error, call", FAILURES, ids=[call for _, call in FAILURES])
def test_error(module, error, call):
    if call == "m.device(0)" and module is torch and torch.version.cuda:
        pytest.skip("a PyTorch built for graphics cards knows them by number")
    with pytest.raises(error) as caught:
        value(module, call)
    assert type(caught.value) is error
    if module is autograd and "requires_grad" not in call:
        name = ast.parse(call, mode="eval").body.func.attr
        assert re.search(rf"\b{name}\b", str(caught.value), re.IGNORECASE), "the message should name the function"


def test_memory_is_shared_or_not():
    array = np.zeros(2, np.float32)
    shared, other = autograd.asarray(array), autograd.asarray(array, copy=True)
    array[0] = 5
    assert (shared.tolist(), other.tolist()) == ([5, 0], [0, 0])
    x = autograd.ones(2)
    assert autograd.as_tensor(x) is x is x.to("cpu") is x.to(x) is x.float() is x.cpu() is x.type_as(x)
    assert x.to(autograd.float32, copy=True).data_ptr() != x.data_ptr() == x.detach().data_ptr()
    assert x.to(memory_format=autograd.contiguous_format) is x


def test_conversions_pass_gradients_back():
    x = autograd.ones(2, requires_grad=True)
    for convert in (
        lambda x: x.double(),
        lambda x: x.half(),
        lambda x: x.to(autograd.float64, copy=True),
        lambda x: x.to(autograd.ones(1, dtype=autograd.float64)),
        lambda x: autograd.asarray(x, dtype=autograd.float64),
    ):
        (gradient,) = autograd.grad(convert(x).sum(), x)
        assert (gradient.tolist(), gradient.dtype) == ([1, 1], autograd.float32)
    assert not x.long().requires_grad
    image = autograd.ones(1, 2, 3, 4, requires_grad=True)
    (gradient,) = autograd.grad(image.to(memory_format=autograd.channels_last).sum(), image)
    assert gradient.shape == image.shape


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "complex64", "cfloat", "uint16", "quint8"])
def test_a_dtype_that_there_isnt(name):
    with pytest.raises(AttributeError, match=rf"no attribute '{name}': that dtype is not supported; the types are"):
        getattr(autograd, name)
    with pytest.raises(TypeError, match=f"{name} is not supported; the types are autograd.float16"):
        autograd.zeros(2, dtype=name)
    with pytest.raises(AttributeError, match=r"no attribute 'chalk'$"):
        autograd.chalk  # noqa: B018


def test_a_layout_that_there_isnt():
    with autograd.as_torch() as module, pytest.raises(RuntimeError, match=r"zeros\(\): Tensors are strided here"):
        autograd.zeros(2, layout=module.sparse_coo)


def test_what_is_a_type_of_tensors():
    x = autograd.ones(2)
    assert isinstance(x, autograd.FloatTensor)
    assert not isinstance(x.long(), autograd.FloatTensor)
    assert not isinstance(1.0, autograd.FloatTensor)
    assert (x.nbytes, x.itemsize, x.is_cuda, x.is_sparse, x.ndimension()) == (8, 4, False, False, 1)
    with pytest.raises(RuntimeError, match="cuda: there is no device 'cuda'"):
        x.cuda()


PRINTED = autograd.tensor([[1 / 3, -2000.0, 5.0], [1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"precision": 1}, "tensor([[ 3.3e-01, -2.0e+03,  5.0e+00],\n        [ 1.0e+00,  2.0e+00,  3.0e+00]])"),
        (
            {"sci_mode": False},
            "tensor([[    0.3333, -2000.0000,     5.0000],\n        [    1.0000,     2.0000,     3.0000]])",
        ),
        (
            {"profile": "short", "sci_mode": False, "precision": 0},
            "tensor([[    0, -2000,     5],\n        [    1,     2,     3]])",
        ),
        (
            {"threshold": 3, "edgeitems": 1, "sci_mode": False, "precision": 1},
            "tensor([[0.3,  ..., 5.0],\n        [1.0,  ..., 3.0]])",
        ),
        (
            {"linewidth": 20, "sci_mode": False, "precision": 0},
            "tensor([[    0,\n         -2000,\n             5],\n        [    1,\n             2,\n             3]])",
        ),
    ],
)
def test_print_options(options, text):
    try:
        autograd.set_printoptions(**options)
        assert repr(PRINTED) == text
        if torch is not None:
            torch.set_printoptions(**options)
            assert repr(torch.from_numpy(PRINTED.numpy())) == text
    finally:
        autograd.set_printoptions(profile="default")
        if torch is not None:
            torch.set_printoptions(profile="default")


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("length", range(3, 9))
def test_what_is_behind_the_values_has_a_line_of_its_own_where_pytorch_begins_one(length):
    for shape in ((length,), (1, length), (2, length)):
        ours, theirs = (repr(library.ones(shape).requires_grad_().exp()) for library in (autograd, torch))
        assert ours == theirs


def test_print_profiles():
    try:
        autograd.set_printoptions(profile="full")
        assert "..." not in repr(autograd.arange(5000))
        autograd.set_printoptions(profile="short")
        assert repr(autograd.arange(5000)) == "tensor([   0,    1,  ..., 4998, 4999])"
    finally:
        autograd.set_printoptions(profile="default")
    with pytest.raises(ValueError, match="the profiles are default, short, full; there is no 'long'"):
        autograd.set_printoptions(profile="long")


def test_an_array_with_its_bytes_in_the_other_order_is_refused():
    with pytest.raises(ValueError, match="byte order different from the native byte order"):
        autograd.from_numpy(np.arange(3).astype(np.dtype(np.int64).newbyteorder("S")))


def test_a_copy_of_a_tensor_is_advised_against():
    with pytest.warns(UserWarning, match=r"detach\(\).clone\(\)") as told:
        assert autograd.tensor(autograd.ones(2)).tolist() == [1, 1]
    assert told[0].filename == __file__


@pytest.mark.parametrize("shape", [(), (2,), (2, 3, 4)])
def test_the_transpose_of_what_is_no_matrix_is_deprecated(shape):
    with pytest.warns(UserWarning, match=f"T: reversing {len(shape)} dimensions") as told:
        assert autograd.ones(shape).T.shape == shape[::-1]
    assert told[0].filename == __file__

"""Making Tensors, their types, their text, their small methods."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import autograd


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.5, "float32"),
        (2, "int64"),
        (True, "bool"),
        ([1, 2.5], "float32"),
        ([[1, 2], [3, 4]], "int64"),
        ([True, False], "bool"),
        ([], "float32"),
        (np.zeros(2), "float64"),
        (np.float64(1.0), "float64"),
        ([np.float64(1.0)], "float64"),
        (np.arange(2, dtype="uint8"), "uint8"),
        (range(3), "int64"),
        ([autograd.tensor(1.0), autograd.tensor(2.0)], "float32"),
    ],
)
def test_the_dtype_of_data(data, dtype):
    assert autograd.tensor(data).dtype is getattr(autograd, dtype)


def test_the_default_dtype_can_be_set():
    autograd.set_default_dtype(autograd.float64)
    try:
        assert autograd.tensor(1.0).dtype is autograd.float64
        assert (autograd.tensor(1) / 2).dtype is autograd.float64
        assert autograd.rand(2).dtype is autograd.float64
    finally:
        autograd.set_default_dtype(autograd.float32)
    with pytest.raises(TypeError, match="only floating-point types"):
        autograd.set_default_dtype(autograd.int64)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: autograd.tensor([[1, 2], [3]]), ValueError, "sequences of equal lengths"),
        (lambda: autograd.tensor("chalk"), TypeError, "can't make numbers of str"),
        (lambda: autograd.tensor(None), RuntimeError, "can't make numbers of None"),
        (lambda: autograd.tensor(np.zeros(2, complex)), TypeError, "complex128"),
        (lambda: autograd.tensor([1j]), TypeError, "can't make numbers of complex"),
        (lambda: autograd.zeros(-1), RuntimeError, r"zeros: Trying to create tensor with negative dimension: \[-1\]"),
        (lambda: autograd.zeros(1.5), TypeError, r"zeros\(\): sizes must be ints, not float"),
        (lambda: autograd.from_numpy([1]), TypeError, "expected an np.ndarray, not list"),
        (lambda: autograd.arange(0, 5, 0), RuntimeError, "arange: step must be nonzero"),
        (lambda: autograd.linspace(0, 1, -1), RuntimeError, "linspace: number of steps must be non-negative"),
        (lambda: autograd.zeros(2, device="cuda"), RuntimeError, "no device 'cuda'"),
        (lambda: autograd.zeros(2).to("cuda"), RuntimeError, "no device 'cuda'"),
        (lambda: autograd.zeros(2).item(), RuntimeError, r"2 elements cannot be converted to Scalar \(shape \(2,\)\)"),
        (lambda: bool(autograd.zeros(2)), RuntimeError, "more than one value is ambiguous"),
        (lambda: bool(autograd.zeros(0)), RuntimeError, "no values is ambiguous"),
        (lambda: len(autograd.tensor(1.0)), TypeError, "0-d tensor"),
        (lambda: iter(autograd.tensor(1.0)), TypeError, "0-d tensor"),
        (lambda: [0, 1][autograd.tensor(1.0)], TypeError, "only integer tensors of a single element"),
        (lambda: autograd.ones(2, requires_grad=True).numpy(), RuntimeError, r"Use tensor\.detach\(\)\.numpy\(\)"),
        (
            lambda: autograd.ones(2) + [1.0, 2.0],
            TypeError,
            r"add\(\): expected a Tensor, .* not list; .*autograd\.tensor",
        ),
        (lambda: autograd.ones(2) + None, TypeError, r"add\(\): .* not NoneType"),
        (lambda: autograd.exp([1.0]), TypeError, r"exp\(\): .* not list"),
        (lambda: autograd.cat(autograd.ones(2)), TypeError, r"cat\(\): argument 'tensors' must be a list or tuple"),
        (lambda: autograd.ones(2).sum(5), IndexError, r"sum: Dimension out of range .*\[-1, 0\], but got 5"),
        (lambda: autograd.ones(2)[3], IndexError, r"getitem: index 3 is out of bounds .*\(shapes: \(2,\)\)"),
        (lambda: autograd.ones(2)["a"], IndexError, "not str"),
        (lambda: autograd.ones(2)[::-1], ValueError, "step must be greater than zero"),
        (lambda: autograd.ones(2, 3).sum(dimension=1), TypeError, r"unexpected keyword argument 'dimension'"),
        (lambda: autograd.ones(2, 3) @ autograd.ones(2, 3), RuntimeError, r"matmul: .*\(2x3 and 2x3\)"),
        (
            lambda: autograd.ones(2, 3) + autograd.ones(4),
            RuntimeError,
            r"add: The size of tensor a \(3\) must match the size of tensor b \(4\) at non-singleton dimension 1",
        ),
        (
            lambda: autograd.ones(2, 3) @ autograd.ones(3, dtype=autograd.float64),
            RuntimeError,
            r"matmul: expected Tensors of one dtype, but got autograd.float32 \(2, 3\) and autograd.float64 \(3,\)",
        ),
        (lambda: autograd.ones(2).view(3), RuntimeError, r"view: shape '\[3\]' is invalid for input of size 2"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


F32, F64, I32, I64, U8, B = "float32", "float64", "int32", "int64", "uint8", "bool"


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ((F32, 1), (F64, 1), F64),
        ((F32, 1), (F64, 0), F32),
        ((F32, 0), (F64, 1), F64),
        ((I64, 1), (F32, 0), F32),
        ((I32, 1), (I64, 0), I32),
        ((U8, 1), (I32, 1), I32),
        ((B, 1), (U8, 1), U8),
        ((I64, 1), (F32, 1), F32),
        ((F32, 1), 2.5, F32),
        ((F32, 1), 2, F32),
        ((I64, 1), 2.5, F32),
        ((I32, 1), 2, I32),
        ((B, 1), 2, I64),
        ((B, 1), 2.5, F32),
        ((B, 1), True, B),
        ((I32, 1), True, I32),
        ((F32, 1), np.float64(2.0), F32),
        (2.5, (F64, 1), F64),
    ],
)
def test_promotion(left, right, result):
    def operand(spec):
        return autograd.ones((2,) * spec[1], dtype=getattr(autograd, spec[0])) if isinstance(spec, tuple) else spec

    for op in (lambda a, b: a + b, lambda a, b: a * b):
        assert op(operand(left), operand(right)).dtype is getattr(autograd, result)


def test_gradients_come_back_in_the_dtype_of_their_leaf():
    x = autograd.ones(2, requires_grad=True)
    y = autograd.ones(2, dtype=autograd.float64, requires_grad=True)
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (autograd.float32, autograd.float64)


PRINTED = {
    "tensor(3)": lambda: autograd.tensor(3),
    "tensor(3.1416)": lambda: autograd.tensor(3.14159),
    "tensor([1., 2.])": lambda: autograd.tensor([1.0, 2.0]),
    "tensor([1.0000, 2.5000])": lambda: autograd.tensor([1.0, 2.5]),
    "tensor([ 1.0000, -2.5000])": lambda: autograd.tensor([1.0, -2.5]),
    "tensor([1.0000e-05, 1.0000e+00])": lambda: autograd.tensor([1e-5, 1.0]),
    "tensor([1., inf, nan])": lambda: autograd.tensor([1.0, float("inf"), float("nan")]),
    "tensor([ True, False])": lambda: autograd.tensor([True, False]),
    "tensor([])": lambda: autograd.tensor([]),
    "tensor([], size=(0, 3))": lambda: autograd.zeros(0, 3),
    "tensor([1, 2], dtype=autograd.int32)": lambda: autograd.tensor([1, 2], dtype=autograd.int32),
    "tensor([1.], dtype=autograd.float64)": lambda: autograd.ones(1, dtype=autograd.float64),
    "tensor([1.], requires_grad=True)": lambda: autograd.ones(1, requires_grad=True),
    "tensor([[1, 2],\n        [3, 4]])": lambda: autograd.tensor([[1, 2], [3, 4]]),
    "tensor([[[1]],\n\n        [[2]]])": lambda: autograd.tensor([[[1]], [[2]]]),
    "tensor([0, 1, 2,  ..., 1998, 1999, 2000])".replace("0, 1, 2", "   0,    1,    2"): lambda: autograd.arange(2001),
    "autograd.Size([2, 3])": lambda: autograd.ones(2, 3).shape,
    "autograd.float32": lambda: autograd.ones(1).dtype,
    "device(type='cpu')": lambda: autograd.ones(1).device,
}


@pytest.mark.parametrize("text", PRINTED)
def test_printing(text):
    assert repr(PRINTED[text]()) == text


def test_printing_is_pytorchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    samples = [
        rng.standard_normal(shape) * scale
        for shape in [(), (3,), (2, 3), (2, 2, 2), (30,), (40, 40), (2000,)]
        for scale in (1e-6, 1, 1e5)
    ]
    samples += [rng.integers(-5, 10**k, (4, 3)) for k in (1, 6)] + [
        np.array([0.0, 1e9]),
        np.array([np.nan, 1.5, -np.inf]),
    ]
    samples += [
        rng.standard_normal((1001, 2)),
        rng.standard_normal((3, 7, 100)),
        np.zeros((2, 0)),
        np.array([0.0, 0.0]),
    ]
    for sample in samples:
        for dtype in (sample.dtype, np.float32):
            array = sample.astype(dtype)
            assert repr(autograd.tensor(array)).replace("autograd.", "torch.") == repr(torch.tensor(array))


def test_printing_a_long_suffix_breaks_the_line():
    x = autograd.ones(9, dtype=autograd.float64, requires_grad=True)
    assert repr(x * 1.5).endswith(",\n       dtype=autograd.float64, grad_fn=<MulBackward0>)")


def test_memory_is_shared_where_it_should_be():
    array = np.zeros(2, np.float32)
    shared = autograd.from_numpy(array)
    array[0] = 5
    assert shared.tolist() == [5, 0]
    assert shared.numpy() is array
    copied = autograd.tensor(array)
    array[0] = 7
    assert copied.tolist() == [5, 0]
    assert np.asarray(shared).base is array or np.asarray(shared) is array


def test_indexing_is_a_view_and_assignment_writes():
    x = autograd.arange(6).reshape(2, 3)
    row = x[1]
    x[1, 0] = 30
    assert row.tolist() == [30, 4, 5]
    x[x > 20] = autograd.tensor(-1)
    assert x.tolist() == [[0, 1, 2], [-1, 4, 5]]
    with pytest.raises(RuntimeError, match="__setitem__"):
        x[0] = autograd.ones(5)


def test_in_place_forms():
    x = autograd.tensor([1.0, -2.0])
    assert x.add_(1).mul_(2).abs_() is x
    assert x.tolist() == [4.0, 2.0]
    x.fill_(3).clamp_(max=2)
    x[0] = 9
    x -= 1
    assert x.tolist() == [8.0, 1.0]
    with pytest.raises(RuntimeError, match=r"result type .* can't be cast"):
        autograd.tensor([1, 2]).add_(0.5)
    with pytest.raises(RuntimeError, match="output with shape"):
        autograd.ones(2).add_(autograd.ones(3, 2))


def test_requires_grad_can_be_changed_on_leaves_only():
    x = autograd.ones(2).requires_grad_()
    assert x.is_leaf
    assert x.requires_grad_(False).grad_fn is None
    x.requires_grad = True
    with pytest.raises(RuntimeError, match="leaf variables"):
        (x * 2).requires_grad_(False)


def test_the_gradient_can_be_assigned():
    x = autograd.ones(2, requires_grad=True)
    x.grad = autograd.zeros(2)
    assert x.grad.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match=r"gradient of shape \(3,\)"):
        x.grad = autograd.zeros(3)
    with pytest.raises(TypeError, match="not float"):
        x.grad = 1.0


def test_conversions():
    x = autograd.tensor([1.7, -2.2])
    assert x.long().tolist() == [1, -2]
    assert x.to(autograd.float64).dtype is autograd.float64
    assert x.to("cpu") is x.float() is x.contiguous() is x
    assert x.t().contiguous() is not x
    assert x.to(autograd.ones(1, dtype=autograd.float64)).dtype is autograd.float64
    assert x.bool().tolist() == [True, True]
    assert float(autograd.tensor(2.5)) == 2.5
    assert int(autograd.tensor(2.5)) == 2
    assert [10, 20][autograd.tensor(1)] == 20
    assert f"{autograd.tensor(2.345):.1f}" == "2.3"
    assert x.type(autograd.int64).tolist() == [1, -2]


def test_arguments_by_pytorchs_names():
    x, y = autograd.tensor([7.0, -7.0], requires_grad=True), autograd.tensor([2.0, 2.0])
    assert autograd.exp(input=y).equal(y.exp())
    assert x.detach().add(other=y, alpha=10).tolist() == [27.0, 13.0]
    assert autograd.sub(x, y, alpha=10).tolist() == [-13.0, -27.0]
    assert autograd.div(x, y, rounding_mode="floor").tolist() == [3.0, -4.0]
    assert x.div(y, rounding_mode="trunc").tolist() == [3.0, -3.0]
    assert autograd.tensor([7, -7, -8]).div(2, rounding_mode="trunc").tolist() == [3, -3, -4]
    autograd.add(y, x, alpha=3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    x.data.add_(x.grad, alpha=-2)
    assert x.tolist() == [1.0, -13.0]
    with pytest.raises(RuntimeError, match="rounding_mode must be None"):
        x.div(y, rounding_mode="up")
    with pytest.raises(TypeError, match=r"exp\(\) got an unexpected keyword argument 'beta'"):
        autograd.exp(y, beta=1)
    with pytest.raises(TypeError, match=r"add\(\) missing required argument 'y'"):
        autograd.add(input=y)


def test_nothing_is_equal_to_what_is_no_number():
    x = autograd.ones(2)
    assert (x == None, x != None, x == "a") == (False, True, False)  # noqa: E711
    assert x not in [None, "a"]


def test_copies_keep_strides_and_shared_memory():
    x = autograd.arange(6.0).reshape(2, 3)
    row, turned, wide = x[1], x.t(), autograd.ones(2).expand(3, 2)
    copied, copied_row, copied_turned, copied_wide = copy.deepcopy([x, row, turned, wide])
    copied_row[0] = 9.0
    assert copied[1, 0] == copied_turned[0, 1] == 9 and x[1, 0] == 3
    assert (copied_turned.stride(), copied_wide.stride()) == (turned.stride(), wide.stride())
    assert copied_turned.array.base is copied.array or copied_turned.array.base is copied.array.base
    frozen = autograd.ones(2, requires_grad=True)
    (frozen * 3).sum().backward()
    frozen.requires_grad_(False)
    twin = copy.deepcopy(frozen)
    assert not twin.requires_grad and twin.grad.tolist() == [3, 3] and twin.grad is not frozen.grad


def test_what_an_op_made_is_pickled_as_a_leaf():
    y = autograd.ones(2, requires_grad=True) * 2
    for again in (pickle.loads(pickle.dumps(y)), copy.copy(y)):
        assert again.is_leaf and again.requires_grad and again.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="deepcopy"):
        copy.deepcopy(y)


@pytest.mark.parametrize("freeze", [lambda x: x.requires_grad_(False), lambda x: x.detach_()])
def test_what_no_longer_requires_grad_gets_none_of_graphs_that_are_there(freeze):
    x = autograd.ones(2, requires_grad=True)
    before = (x * x).sum()
    freeze(x)
    before.backward(retain_graph=True)
    assert x.grad is None
    x.requires_grad_()
    before.backward()
    assert x.grad.tolist() == [2, 2]


def test_refused_gradients_and_data():
    x = autograd.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="its own grad"):
        x.grad = x
    with pytest.raises(RuntimeError, match="floating point"):
        x.data = autograd.ones(2, dtype=autograd.int64)
    for inputs in ([], ()):
        with pytest.raises(RuntimeError, match="cannot be empty"):
            autograd.grad(x.sum(), inputs)
        with pytest.raises(RuntimeError, match="cannot be empty"):
            x.sum().backward(inputs=inputs)
    with pytest.raises(ValueError, match="allow_unused"):
        autograd.grad(x.sum(), x, allow_unused=False, materialize_grads=True)
    for element in ("a", None, [1]):
        with pytest.raises(RuntimeError, match="only supports Tensor or scalar"):
            x.__contains__(element)
    assert x.grad is None and x.tolist() == [1, 1]


def test_copies_and_pickles():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    twin = copy.deepcopy(x)
    assert twin.requires_grad
    assert twin.grad.tolist() == [2.0, 4.0]
    assert twin.array is not x.array
    one, other = (pickle.loads(pickle.dumps(x)) for _ in range(2))
    assert (one + other).tolist() == [2.0, 4.0]
    assert one.array.dtype is x.array.dtype
    with pytest.raises(RuntimeError, match="deepcopy"):
        copy.deepcopy(x * 2)


def test_inf_and_nan_come_without_a_warning():
    code = "import autograd; x = autograd.tensor([0., -1., 1000.]); x.log(), x.sqrt(), x.exp(), 1 / x, x / 0"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_max_and_min_give_values_and_indices():
    x = autograd.tensor([[1.0, 5.0], [7.0, 2.0]], requires_grad=True)
    values, indices = x.max(1)
    assert (values.tolist(), indices.tolist()) == ([5.0, 7.0], [1, 0])
    values.sum().backward()
    assert x.grad.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert x.min(dim=0, keepdim=True).values.tolist() == [[1.0, 2.0]]
    assert x.max().item() == 7.0


def test_splitting():
    x = autograd.arange(7)
    assert [part.tolist() for part in x.split([1, 2, 4])] == [[0], [1, 2], [3, 4, 5, 6]]
    assert [len(part) for part in x.chunk(3)] == [3, 3, 1]
    with pytest.raises(RuntimeError, match="to sum exactly to 7"):
        x.split([1, 2])


def test_out_takes_the_result():
    x, out = autograd.tensor([1.0, 4.0]), autograd.zeros(2, dtype=autograd.float64)
    for call, expected in (
        (lambda: autograd.sqrt(x, out=out), [1.0, 2.0]),
        (lambda: autograd.add(x, x, alpha=2, out=out), [3.0, 12.0]),
        (lambda: autograd.cumsum(x, 0, out=out), [1.0, 5.0]),
        (lambda: autograd.cat([x[:1], x[:1]], out=out), [1.0, 1.0]),
    ):
        assert call() is out
        assert out.tolist() == expected
    assert out._version == 4
    empty = autograd.empty(0)
    assert autograd.exp(x * 0, out=empty).tolist() == [1.0, 1.0]
    with pytest.warns(UserWarning, match=r"resized since it had shape \[2\], .* required output shape \[\]"):
        autograd.sum(x, out=out)
    assert out.tolist() == 5.0


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda x: autograd.sqrt(x, out=autograd.zeros(2)), RuntimeError, "don't support automatic differentiation"),
        (lambda x: autograd.sqrt(x.detach(), out=x), RuntimeError, "don't support automatic differentiation"),
        (
            lambda x: autograd.sqrt(x.detach(), out=autograd.zeros(2, dtype=autograd.int64)),
            RuntimeError,
            "can't be cast",
        ),
        (lambda x: autograd.sqrt(x.detach(), out=[0.0]), TypeError, "'out' must be a Tensor, not list"),
    ],
)
def test_what_out_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call(autograd.ones(2, requires_grad=True))


def test_parts_sums_and_multiples_of_a_size_are_sizes():
    size = autograd.ones(2, 3, 4).shape
    made = [(size[1:], 12), (size[:0], 1), (size + size, 576), (size + (2,), 48), (size * 2, 576), (2 * size, 576)]
    for one, numel in made:
        assert type(one) is autograd.Size and one.numel() == numel
    assert size[-1] == 4 and type(size[0]) is int


def test_a_tensor_without_dimensions_is_formatted_as_a_number():
    loss = (autograd.tensor([2.0, 3.0], requires_grad=True) ** 2).mean()
    assert f"{loss:.3f} {loss.detach()}" == "6.500 6.5"
    assert f"{autograd.ones(2)}" == "tensor([1., 1.])"
    with pytest.raises(TypeError):
        format(autograd.ones(2), ".3f")


def test_a_leaf_that_rests_keeps_its_gradient_and_its_hooks():
    w, seen = autograd.ones(2, requires_grad=True), []
    w.register_hook(lambda g: seen.append(g.tolist()))
    (w * 3).sum().backward()
    w.requires_grad_(False)
    assert w.grad.tolist() == [3.0, 3.0] and not (w * 2).requires_grad
    w.requires_grad_()
    (w * 2).sum().backward()
    assert w.grad.tolist() == [5.0, 5.0] and seen == [[3.0, 3.0], [2.0, 2.0]]


def test_a_gradient_may_be_given_to_what_requires_none():
    x = autograd.zeros(2)
    assert x.grad is None
    x.grad = autograd.ones(2)
    assert x.grad.tolist() == [1.0, 1.0] and not x.requires_grad
    x.grad = None
    assert x.grad is None

"""NumPy's functions and operators on Tensors, and memory shared with other libraries."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from checking import close, slopes

import autograd
from autograd import Tensor

A = np.array([[0.3, -0.8, 1.2], [1.5, 0.7, -0.4]])
W = np.array([0.5, 2.0, -1.0])

DIFFERENTIABLE: dict[str, Callable[[Any], Any]] = {
    "sin": lambda t: np.sin(t),
    "exp": lambda t: np.exp(t),
    "power": lambda t: np.power(t, 2),
    "arctan": lambda t: np.tanh(t) + np.square(t),
    "array times": lambda t: W * t,
    "times array": lambda t: t * W,
    "array minus": lambda t: W - t,
    "array over": lambda t: W / (t * t + 1),
    "array @": lambda t: A.T @ t,
    "@ array": lambda t: t @ W,
    "number of NumPy": lambda t: np.float64(2.0) * t,
    "maximum": lambda t: np.maximum(t, W),
    "add.reduce": lambda t: np.add.reduce(t),
    "multiply.reduce": lambda t: np.add.reduce(t, axis=1, keepdims=True),
    "sum": lambda t: np.sum(t),
    "sum over an axis": lambda t: np.sum(t, axis=0),
    "sum keeping axes": lambda t: np.sum(t, axis=(0, 1), keepdims=True),
    "mean": lambda t: np.mean(t, axis=-1),
    "max": lambda t: np.max(t, axis=1),
    "min": lambda t: np.min(t),
    "std": lambda t: np.std(t, axis=0),
    "var": lambda t: np.var(t, ddof=1),
    "cumsum": lambda t: np.cumsum(t),
    "cumsum along": lambda t: np.cumsum(t, axis=1),
    "concatenate": lambda t: np.concatenate([t, A, t], axis=1),
    "stack": lambda t: np.stack([t, A]),
    "dot": lambda t: np.dot(t, W),
    "transpose": lambda t: np.transpose(t) * 2,
    "reshape": lambda t: np.reshape(t, (3, 2)) @ A,
    "ravel": lambda t: np.ravel(t) ** 2,
    "squeeze": lambda t: np.squeeze(np.expand_dims(t, 0)) * t,
    "swapaxes": lambda t: np.swapaxes(t, 0, 1) @ t,
    "broadcast": lambda t: np.broadcast_to(t[0], (4, 3)) * 2,
    "where": lambda t: np.where(A > 0, t, 2 * t),
    "clip": lambda t: np.clip(t, -0.5, 0.9),
    "copy": lambda t: np.copy(t) * t,
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_numpys_functions_record_the_graph(name: str) -> None:
    function = DIFFERENTIABLE[name]
    t = autograd.tensor(A, requires_grad=True)
    out = function(t)
    assert isinstance(out, Tensor)
    close(out.array, function(A), 1e-12)
    out.sum().backward()
    plain = A.copy()
    (slope,) = slopes(lambda: float(np.sum(function(plain))), [plain])
    close(t.grad.array, slope, 1e-8, least=1.0)


CONSTANT: dict[str, Callable[[Any], Any]] = {
    "isnan": lambda t: np.isnan(t),
    "comparison": lambda t: t < W,
    "equality": lambda t: t == W,
    "any": lambda t: np.any(t > 0, axis=0),
    "argmax": lambda t: np.argmax(t, axis=1),
    "argsort": lambda t: np.argsort(t),
    "median": lambda t: np.median(t),
    "percentile": lambda t: np.percentile(t, [10, 50]),
    "cbrt": lambda t: np.cbrt(t),
    "unique": lambda t: np.unique(t),
    "meshgrid": lambda t: np.meshgrid(t[0], W),
    "sum where": lambda t: np.sum(t, where=A > 0),
    "subtract.outer": lambda t: np.subtract.outer(t[0], W),
    "reduce over a part": lambda t: np.add.reduceat(t, [0, 1]),
    "rint": lambda t: np.rint(t),
    "mean of integers": lambda t: np.mean(t > 0),
}


@pytest.mark.parametrize("name", CONSTANT)
def test_everything_else_runs_on_the_arrays(name: str) -> None:
    function = CONSTANT[name]
    found, expected = function(autograd.tensor(A)), function(A)
    several = isinstance(expected, (tuple, list))
    for one, other in zip(found if several else [found], expected if several else [expected], strict=True):
        assert isinstance(one, Tensor)
        close(one.array, other)


@pytest.mark.parametrize("call", [np.cbrt, np.median, lambda t: np.sum(t, where=A > 0), lambda t: np.modf(t)])
def test_a_gradient_does_not_get_lost(call: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"requires grad has no derivative here; detach\(\) it first"):
        call(autograd.tensor(A, requires_grad=True))


def test_shapes_are_plain() -> None:
    t = autograd.tensor(A, requires_grad=True)
    assert (np.shape(t), np.ndim(t), np.size(t)) == ((2, 3), 2, 6)
    assert type(np.shape(t)) is tuple


def test_a_tensor_as_array() -> None:
    t = autograd.tensor([1.0, 2.0])
    assert np.asarray(t) is t.array
    assert np.asarray(t, dtype="float64").dtype == np.float64
    assert not np.shares_memory(np.array(t), t.array)
    assert np.shares_memory(np.array(t, copy=False), t.array)
    with pytest.raises(ValueError, match="copy"):
        np.array(t, dtype="float64", copy=False)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.asarray(t.requires_grad_())
    with autograd.no_grad():
        assert np.asarray(t) is t.numpy() is t.array
    np.testing.assert_allclose(autograd.ones(2), [1.0, 1.0])


def test_arrays_written_in_place() -> None:
    array = np.ones(3)
    array += autograd.tensor(W)
    assert isinstance(array, np.ndarray)
    close(array, 1 + W)
    with pytest.raises(TypeError, match="requires grad"):
        array *= autograd.tensor(W, requires_grad=True)
    t = autograd.zeros(3, dtype=autograd.float64)
    np.add(W, 1, out=np.zeros(3))
    assert np.multiply(autograd.tensor(W), 2, out=t) is t
    close(t.array, 2 * W)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"])
def test_memory_is_shared_by_dlpack(dtype: str) -> None:
    array = np.ones((2, 3), dtype)[:, ::2]
    t = autograd.from_dlpack(array)
    assert t.dtype.name == dtype
    assert np.shares_memory(t.array, array)
    assert np.shares_memory(np.from_dlpack(t), array)
    if not np.from_dlpack(array).flags.writeable:
        return  # NumPy before 2.2.5 takes no memory by DLPack that it may write to
    t[0, 0] = 0
    assert array[0, 0] == 0
    torch = pytest.importorskip("torch")
    theirs = torch.from_dlpack(t)
    theirs[1, 1] = 0
    assert array[1, 1] == 0
    ours = autograd.from_dlpack(theirs)
    ours[0, 1] = 0
    assert array.sum() == 1


def test_a_graph_is_not_exported() -> None:
    with pytest.raises(BufferError, match="require gradient"):
        autograd.ones(2, requires_grad=True).__dlpack__()


def test_python_protocols() -> None:
    i, x = autograd.tensor(2), autograd.tensor(2.5)
    assert list(range(5))[i] == 2 and [0, 1, 2][i] == 2 and operator.index(i) == 2
    assert (int(x), float(i), bool(x), complex(x)) == (2, 2.0, True, 2.5 + 0j)
    assert [row.tolist() for row in autograd.tensor([[1, 2], [3, 4]])] == [[1, 2], [3, 4]]
    assert autograd.tensor([[1.5, 2.0]]).tolist() == [[1.5, 2.0]]
    assert f"{x:.2f}" == "2.50"
    with pytest.raises(TypeError, match="index"):
        operator.index(x)
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(autograd.ones(2))
    leaf = autograd.ones(2, requires_grad=True)
    for again in (pickle.loads(pickle.dumps(leaf)), copy.deepcopy(leaf)):
        assert again.requires_grad and again.tolist() == [1.0, 1.0]
    assert (copy.copy(leaf).array is leaf.array) and copy.copy(leaf).requires_grad


class Foreign:
    """What knows the operators from the other side, as an array of another library does."""


REFLECTED = "radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor rlshift rrshift eq ne lt le gt ge"
for _name in REFLECTED.split():
    setattr(Foreign, f"__{_name}__", lambda self, other, name=_name: name)


@pytest.mark.parametrize("requires_grad", [False, True])
def test_an_operator_is_left_to_a_foreign_operand_that_knows_it(requires_grad: bool) -> None:
    x, other = autograd.ones(2, requires_grad=requires_grad), Foreign()
    made = [
        x + other,
        x - other,
        x * other,
        x / other,
        x // other,
        x % other,
        x**other,
        x @ other,
        x & other,
        x | other,
    ]
    made += [x ^ other, x << other, x >> other, x == other, x != other, x > other, x >= other, x < other, x <= other]
    assert made == REFLECTED.split()
    with pytest.raises(TypeError, match=r"mul\(\): expected a Tensor, an array or a number, not Foreign"):
        autograd.mul(x, other)


def test_an_operand_that_means_nothing_is_refused() -> None:
    x = autograd.ones(2)
    for compute in (lambda: x + [1, 1], lambda: x / None, lambda: x - "a", lambda: None - x, lambda: x & object()):
        with pytest.raises(TypeError, match=r"expected a Tensor, an array or a number, not"):
            compute()
    for compare in (lambda: x < None, lambda: x >= [1, 1], lambda: x > "a"):
        with pytest.raises(TypeError, match="not supported between instances"):
            compare()
    assert "ab" * autograd.tensor(2) == "abab" and autograd.tensor(2) * [0] == [0, 0]

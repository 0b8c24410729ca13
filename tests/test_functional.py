"""torch.autograd.functional, against closed formulas and PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from checking import close

import autograd
from autograd import Tensor
from autograd import functional as F

X = np.array([0.3, -0.7, 1.2])
V = np.array([1.0, 2.0, -1.0])


def tensor(x: Any, requires_grad: bool = False) -> Tensor:
    return autograd.tensor(x, dtype=autograd.float64, requires_grad=requires_grad)


def agree(found: Any, expected: Any) -> None:
    """Fail unless both are tuples alike, or agree in value."""
    if isinstance(expected, (tuple, list)):
        assert isinstance(found, tuple) and len(found) == len(expected)
        for one, other in zip(found, expected):
            agree(one, other)
    else:
        close(found.detach().numpy(), expected.detach().numpy() if hasattr(expected, "detach") else expected)


def squares(x: Any) -> Any:
    return x * x


def cubes(x: Any) -> Any:
    return (x**3).sum()


def mixed(x: Any, y: Any) -> Any:
    return (x * y.exp()).sum()


def two(x: Any, y: Any) -> Any:
    return x * y, x.sum()


def bilinear(x: Any, y: Any) -> Any:
    return (x * y).sum()


# The call, given the module and x and v; and what should come out.
FORMULAS: dict[str, tuple[Any, Any]] = {
    "vjp": (lambda F, x, v: F.vjp(squares, x, v), (X * X, 2 * X * V)),
    "vjp of a scalar": (lambda F, x, v: F.vjp(cubes, x), (sum(X**3), 3 * X**2)),
    "vjp of one element": (lambda F, x, v: F.vjp(lambda x: squares(x)[:1], x), (X[:1] ** 2, 2 * X * [1, 0, 0])),
    "vjp, one in a tuple": (lambda F, x, v: F.vjp(squares, (x,), v), (X * X, (2 * X * V,))),
    "vjp, two and two": (lambda F, x, v: F.vjp(two, (x, v), (v, x[0])),
                         ((X * V, sum(X)), (V * V + X[0], V * X))),
    "vjp of a constant": (lambda F, x, v: F.vjp(lambda x: v, x, v), (V, 0 * X)),
    "jvp": (lambda F, x, v: F.jvp(squares, x, v), (X * X, 2 * X * V)),
    "jvp at a scalar": (lambda F, x, v: F.jvp(squares, x[0]), (X[0] ** 2, 2 * X[0])),
    "jvp, two and two": (lambda F, x, v: F.jvp(two, (x, v), (v, x)),
                         ((X * V, sum(X)), (V * V + X * X, sum(V)))),
    "jvp of a constant": (lambda F, x, v: F.jvp(lambda x: v, x, v), (V, 0 * X)),
    "jacobian": (lambda F, x, v: F.jacobian(squares, x), np.diag(2 * X)),
    "jacobian, two and two": (lambda F, x, v: F.jacobian(two, (x, v)),
                              ((np.diag(V), np.diag(X)), (np.ones(3), np.zeros(3)))),
    "jacobian, one in a tuple": (lambda F, x, v: F.jacobian(lambda x: (squares(x),), (x,)), ((np.diag(2 * X),),)),
    "jacobian, columns": (lambda F, x, v: F.jacobian(two, (x, v), strategy="forward-mode", vectorize=True),
                          ((np.diag(V), np.diag(X)), (np.ones(3), np.zeros(3)))),
    "jacobian, vectorize": (lambda F, x, v: F.jacobian(squares, x, vectorize=True), np.diag(2 * X)),
    "jacobian of a constant": (lambda F, x, v: F.jacobian(lambda x: v, x), np.zeros((3, 3))),
    "hessian": (lambda F, x, v: F.hessian(cubes, x), np.diag(6 * X)),
    "hessian, two": (lambda F, x, v: F.hessian(mixed, (x, v)),
                     ((np.zeros((3, 3)), np.diag(np.exp(V))), (np.diag(np.exp(V)), np.diag(X * np.exp(V))))),
    "hessian, one in a tuple": (lambda F, x, v: F.hessian(cubes, (x,)), ((np.diag(6 * X),),)),
    "hessian, columns": (lambda F, x, v: F.hessian(cubes, x, outer_jacobian_strategy="forward-mode", vectorize=True),
                         np.diag(6 * X)),
    "hessian of a linear function": (lambda F, x, v: F.hessian(lambda x: x.sum(), x), np.zeros((3, 3))),
    "vhp": (lambda F, x, v: F.vhp(cubes, x, v), (sum(X**3), 6 * X * V)),
    "hvp": (lambda F, x, v: F.hvp(cubes, x, v), (sum(X**3), 6 * X * V)),
    "vhp, two": (lambda F, x, v: F.vhp(bilinear, (x, v), (v, x)), (sum(X * V), (X, V))),
    "hvp, two": (lambda F, x, v: F.hvp(bilinear, (x, v), (v, x)), (sum(X * V), (X, V))),
    "hvp at a scalar": (lambda F, x, v: F.hvp(cubes, x[0]), (X[0] ** 3, 6 * X[0])),
    "vhp of a linear function": (lambda F, x, v: F.vhp(lambda x: x.sum(), x, v), (sum(X), 0 * X)),
    "hvp of a linear function": (lambda F, x, v: F.hvp(lambda x: x.sum(), x, v), (sum(X), 0 * X)),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name: str) -> None:
    compute, expected = FORMULAS[name]
    found = compute(F, tensor(X), tensor(V))
    agree(found, expected)
    assert not any(t.requires_grad for t in flat(found))


@pytest.mark.parametrize("name", FORMULAS)
def test_against_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    compute, _ = FORMULAS[name]
    agree(compute(F, tensor(X), tensor(V)), compute(torch.autograd.functional, torch.tensor(X), torch.tensor(V)))


def flat(tree: Any) -> list[Tensor]:
    return [t for part in tree for t in flat(part)] if isinstance(tree, tuple) else [tree]


@pytest.mark.parametrize(
    "compute, expected",
    [
        (lambda x, v: F.vjp(cubes, x, create_graph=True)[1], (6 * X, None)),
        (lambda x, v: F.vjp(squares, x, v, create_graph=True)[1], (2 * V, 2 * X)),
        (lambda x, v: F.jvp(squares, x, v, create_graph=True)[1], (2 * V, 2 * X)),
        (lambda x, v: F.jacobian(squares, x, create_graph=True), (2 + 0 * X, None)),
        (lambda x, v: F.jacobian(squares, x, create_graph=True, strategy="forward-mode"), (2 + 0 * X, None)),
        (lambda x, v: F.hessian(cubes, x, create_graph=True), (6 + 0 * X, None)),
        (lambda x, v: F.vhp(cubes, x, v, create_graph=True)[1], (6 * V, 6 * X)),
        (lambda x, v: F.hvp(cubes, x, v, create_graph=True)[1], (6 * V, 6 * X)),
    ],
)
def test_create_graph(compute: Any, expected: Any) -> None:
    """The sum of the result, differentiated in x and in v."""
    x, v = tensor(X, True), tensor(V, True)
    for gradient, wanted in zip(autograd.grad(compute(x, v).sum(), (x, v), allow_unused=True), expected):
        if wanted is None:
            assert gradient is None
        else:
            assert gradient is not None
            close(gradient.array, wanted)


def test_under_no_grad() -> None:
    with autograd.no_grad():
        for name in ("vjp", "jvp", "jacobian", "hessian", "vhp", "hvp"):
            compute, expected = FORMULAS[name]
            agree(compute(F, tensor(X), tensor(V)), expected)


constant = lambda x: tensor(X, True).sum()
STRICT_ERRORS = {
    "vjp, no graph": lambda x, v: F.vjp(lambda x: v, x, v, strict=True),
    "vjp": lambda x, v: F.vjp(constant, x, strict=True),
    "jvp, no graph": lambda x, v: F.jvp(lambda x: v, x, v, strict=True),
    "jvp": lambda x, v: F.jvp(constant, x, v, strict=True),
    "jacobian, no graph": lambda x, v: F.jacobian(lambda x: v, x, strict=True),
    "jacobian": lambda x, v: F.jacobian(lambda x, y: squares(x), (x, v), strict=True),
    "jacobian of a linear function": lambda x, v: F.jacobian(lambda x: x.sum(), x, True, True),
    "vjp of a linear function": lambda x, v: F.vjp(lambda x: x.sum(), x, None, True, True),
    "hessian": lambda x, v: F.hessian(lambda x: x.sum(), x, strict=True),
    "hessian, constant": lambda x, v: F.hessian(constant, x, strict=True),
    "vhp": lambda x, v: F.vhp(lambda x: x.sum(), x, v, strict=True),
    "hvp": lambda x, v: F.hvp(lambda x: x.sum(), x, v, strict=True),
}


@pytest.mark.parametrize("name", STRICT_ERRORS)
def test_strict_refuses(name: str) -> None:
    with pytest.raises(RuntimeError, match="strict mode"):
        STRICT_ERRORS[name](tensor(X), tensor(V))


def test_strict_accepts() -> None:
    x, v = tensor(X, True), tensor(V)
    agree(F.vjp(squares, x, v, True, True)[1], 2 * X * V)
    agree(F.jvp(squares, x, v, True, True)[1], 2 * X * V)
    agree(F.jacobian(squares, x, True, True), np.diag(2 * X))
    agree(F.hessian(lambda x: (x**4).sum(), x, True, True), np.diag(12 * X * X))
    agree(F.vhp(lambda x: (x**4).sum(), x, v, True, True)[1], 12 * X * X * V)
    agree(F.hvp(lambda x: (x**4).sum(), x, v, True, True)[1], 12 * X * X * V)


ERRORS: list[tuple[Any, type[Exception], str]] = [
    (lambda x, v: F.vjp(squares, x), RuntimeError, "v can only be None"),
    (lambda x, v: F.jvp(squares, x), RuntimeError, "v can only be None"),
    (lambda x, v: F.vjp(squares, x, v[:2]), RuntimeError, "v has invalid size"),
    (lambda x, v: F.jvp(two, (x, v), (v, v[:2])), RuntimeError, "Entry 1 in v has invalid size"),
    (lambda x, v: F.jvp(two, (x, v), v), RuntimeError, "should be 2 but got 1"),
    (lambda x, v: F.vjp(squares, x, (v, v)), RuntimeError, "should contain a single Tensor"),
    (lambda x, v: F.vjp(squares, 3.0), TypeError, "given inputs has type <class 'float'>"),
    (lambda x, v: F.vjp(squares, (x, 3.0)), TypeError, "value at index 1"),
    (lambda x, v: F.jacobian(lambda x: 3.0, x), TypeError, "outputs of the user-provided function"),
    (lambda x, v: F.jacobian(squares, x, strategy="sideways"), AssertionError, "forward-mode"),
    (lambda x, v: F.hessian(cubes, x, outer_jacobian_strategy="sideways"), AssertionError, "forward-mode"),
    (lambda x, v: F.jacobian(squares, x, strict=True, strategy="forward-mode", vectorize=True), RuntimeError, "strict"),
    (lambda x, v: F.hessian(squares, x), RuntimeError, "single element"),
    (lambda x, v: F.vhp(lambda x: (cubes(x),), x, v), RuntimeError, "single Tensor"),
    (lambda x, v: F.hvp(squares, x, v), RuntimeError, "single element"),
]


@pytest.mark.parametrize("compute, error, text", ERRORS)
def test_error(compute: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        compute(tensor(X), tensor(V))

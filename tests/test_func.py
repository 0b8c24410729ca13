"""Derivatives as functions, nested to any depth, against closed formulas and PyTorch's torch.func."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from checking import close

import autograd
import nn
from autograd import Tensor
from autograd import func as F

X = np.array([0.3, -0.7, 1.2])
Y = np.array([[0.5, -1.0, 2.0], [1.5, 0.2, -0.4]])


def tensor(x: Any) -> Tensor:
    return autograd.tensor(x, dtype=autograd.float64)


def arrays(tree: Any) -> Any:
    """Tensors in ``tree`` as arrays; and none of them is part of a graph."""
    if isinstance(tree, Tensor):
        assert not tree.requires_grad
        return tree.array
    if isinstance(tree, dict):
        return {key: arrays(part) for key, part in tree.items()}
    return type(tree)(map(arrays, tree)) if isinstance(tree, (tuple, list)) else tree


def agree(found: Any, expected: Any) -> None:
    """Fail unless both trees are built alike and agree leaf by leaf."""
    if isinstance(expected, (tuple, list)):
        assert isinstance(found, (tuple, list)) and len(found) == len(expected)
        for one, other in zip(found, expected):
            agree(one, other)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            agree(found[key], expected[key])
    else:
        close(found, expected)


sin, cos = np.sin, np.cos
# What is computed, and what should come out.
FORMULAS: list[tuple[str, Any, Any]] = [
    ("grad", lambda x: F.grad(lambda x: x.sin().sum())(x), cos(X)),
    ("grad of grad", lambda x: F.grad(lambda x: F.grad(lambda x: x.sin().sum())(x).sum())(x), -sin(X)),
    ("third", lambda x: F.grad(F.grad(F.grad(autograd.sin)))(x[0]), -cos(X[0])),
    ("of something constant", lambda x: F.grad(lambda x: tensor(1.0))(x), 0 * X),
    ("of an argument not used", lambda x: F.grad(lambda x, y: x.sum(), 1)(x, x), 0 * X),
    ("argnums", lambda x: F.grad(lambda x, y: (x * x * y).sum(), (0, -1))(x, x + 1), (2 * X * (X + 1), X * X)),
    ("keywords", lambda x: F.grad(lambda x, *, k: (x**k).sum())(x, k=3), 3 * X**2),
    ("aux", lambda x: F.grad(lambda x: ((x * x).sum(), {"x": x * 2}), has_aux=True)(x), (2 * X, {"x": 2 * X})),
    ("grad_and_value", lambda x: F.grad_and_value(lambda x: (x * x).sum())(x), (2 * X, sum(X * X))),
    ("value_and_grad", lambda x: F.value_and_grad(lambda x: (x * x).sum())(x), (sum(X * X), 2 * X)),
    ("value, aux", lambda x: F.value_and_grad(lambda x: ((x * x).sum(), x), has_aux=True)(x), ((sum(X * X), X), 2 * X)),
    (
        "trees",
        lambda x: F.grad(lambda p: (p["w"] * p["b"][0] * x).sum() + p["b"][1])({"w": x, "b": (x + 1, x[0])}),
        {"w": (X + 1) * X, "b": (X * X, np.array(1.0))},
    ),
    # The inner derivative takes the outer x for a constant, though both are the same Tensor: d/dx Σ 3x·x².
    ("confusion", lambda x: F.grad(lambda x: F.grad(lambda y: (x * y**3).sum())(x).sum())(x), 9 * X**2),
    ("closure", lambda x: F.grad(lambda x: F.grad(lambda y: (x * y).sum())(tensor(Y[0])).sum())(x), np.ones(3)),
    ("vjp", lambda x: F.vjp(lambda x: x.sin(), x)[1](x), (cos(X) * X,)),
    ("vjp of two", lambda x: F.vjp(lambda x, y: (x * y, y.exp()), x, x)[1]((x, x)), (X * X, X * X + np.exp(X) * X)),
    ("vjp aux", lambda x: F.vjp(lambda x: (x * 2, x), x, has_aux=True)[::2], (2 * X, X)),
    ("jvp", lambda x: F.jvp(lambda x: x.sin(), (x,), (x * x,)), (sin(X), cos(X) * X * X)),
    ("jvp tree", lambda x: F.jvp(lambda d: {"p": d["a"] * d["b"]}, ({"a": x, "b": x},), ({"b": x, "a": x},)),
     ({"p": X * X}, {"p": 2 * X * X})),
    ("jvp aux", lambda x: F.jvp(lambda x: (x.sin(), x), (x,), (x,), has_aux=True), (sin(X), cos(X) * X, X)),
    ("jvp of a constant", lambda x: F.jvp(lambda x: (tensor(X), x > 0), (x,), (x,))[1], (0 * X, X < -9)),
    ("jvp of jvp", lambda x: F.jvp(lambda x: F.jvp(autograd.sin, (x,), (x,))[1], (x,), (x,))[1],
     X * cos(X) - X * X * sin(X)),
    ("jvp of grad", lambda x: F.jvp(F.grad(lambda x: (x**3).sum()), (x,), (x * x,))[1], 6 * X * X * X),
    ("grad of jvp", lambda x: F.grad(lambda x: F.jvp(autograd.sin, (x,), (x,))[1].sum())(x), cos(X) - X * sin(X)),
    ("linearize", lambda x: [F.linearize(autograd.sin, x)[1](t) for t in (x, x * x)], [cos(X) * X, cos(X) * X * X]),
    ("jacrev", lambda x: F.jacrev(lambda x: x[:2] * x[2])(x), np.array([[X[2], 0, X[0]], [0, X[2], X[1]]])),
    ("jacfwd", lambda x: F.jacfwd(lambda x: x[:2] * x[2])(x), np.array([[X[2], 0, X[0]], [0, X[2], X[1]]])),
    ("jacrev of a matrix", lambda x: F.jacrev(lambda y: y @ x)(tensor(Y)), np.einsum("ij,k->ijk", np.eye(2), X)),
    ("jacfwd of a matrix", lambda x: F.jacfwd(lambda y: y @ x)(tensor(Y)), np.einsum("ij,k->ijk", np.eye(2), X)),
    ("jacrev of nothing", lambda x: F.jacrev(lambda x: x[:0])(x), np.zeros((0, 3))),
    ("jacfwd of nothing", lambda x: F.jacfwd(lambda x: x * 2)(x[:0]), np.zeros((0, 0))),
    ("jacrev trees", lambda x: F.jacrev(lambda x, y: {"p": x * y, "s": y.sum()}, (0, 1))(x, x),
     {"p": (np.diag(X), np.diag(X)), "s": (0 * X, 1 + 0 * X)}),
    ("jacfwd trees", lambda x: F.jacfwd(lambda x, y: {"p": x * y, "s": y.sum()}, (0, 1))(x, x),
     {"p": (np.diag(X), np.diag(X)), "s": (0 * X, 1 + 0 * X)}),
    ("jacrev aux", lambda x: F.jacrev(lambda x: (x * x, x), has_aux=True)(x), (np.diag(2 * X), X)),
    ("jacfwd aux", lambda x: F.jacfwd(lambda x: (x * x, x), has_aux=True)(x), (np.diag(2 * X), X)),
    ("hessian", lambda x: F.hessian(lambda x: (x**3).sum())(x), np.diag(6 * X)),
    ("hessian argnums", lambda x: F.hessian(lambda x, y: (x * y).sum(), (0, 1))(x[0], x[1]),
     ((np.array(0.0), np.array(1.0)), (np.array(1.0), np.array(0.0)))),
    ("every order of both", lambda x: [F.grad(outer(inner(autograd.sin)))(x[0]) for outer in (F.jacrev, F.jacfwd)
                                       for inner in (F.jacrev, F.jacfwd)], [-cos(X[0])] * 4),
    ("vmap", lambda x: F.vmap(lambda y: y @ x)(tensor(Y)), Y @ X),
    ("vmap by columns", lambda x: F.vmap(lambda y: y * x[0], 1, 1)(tensor(Y)), Y * X[0]),
    ("vmap of a tree", lambda x: F.vmap(lambda d, k: {"r": d["a"] * d["b"] * k}, ({"a": 0, "b": None}, None))(
        {"a": tensor(Y), "b": x}, 2), {"r": Y * X * 2}),
    ("vmap keywords", lambda x: F.vmap(lambda a, b: a * b)(x, b=x), X * X),
    ("vmap of nothing", lambda x: F.vmap(lambda y: (y.sum(), y), out_dims=(0, -1))(tensor(Y[:0])),
     (np.zeros(0), np.zeros((3, 0)))),
    ("vmap, whole output", lambda x: F.vmap(lambda y: (y, x), out_dims=(-1, None))(tensor(Y)), (Y.T, X)),
    ("gradient of each example", lambda x: F.vmap(F.grad(lambda y, w: (y * w).sum().sin(), 1), (0, None))(tensor(Y), x),
     cos(Y @ X)[:, None] * Y),
    ("gradient through vmap", lambda x: F.grad(lambda x: F.vmap(lambda y: (y @ x) ** 2)(tensor(Y)).sum())(x),
     2 * (Y @ X) @ Y),
    ("vmap of vmap", lambda x: F.vmap(lambda a: F.vmap(lambda b: a * b)(x))(x), np.outer(X, X)),
    ("no_grad outside", lambda x: autograd.no_grad()(F.grad(lambda x: (x * x).sum()))(x), 2 * X),
    ("no_grad inside", lambda x: F.grad(lambda x: (x * autograd.no_grad()(autograd.sin)(x)).sum())(x), sin(X)),
]  # fmt: skip


@pytest.mark.parametrize("compute, expected", [case[1:] for case in FORMULAS], ids=[case[0] for case in FORMULAS])
def test_formula(compute: Any, expected: Any) -> None:
    agree(arrays(compute(tensor(X))), expected)


def test_results_are_part_of_the_graph_outside() -> None:
    x = tensor(X).requires_grad_()
    w = tensor(2.0).requires_grad_()
    for found in (
        F.grad(lambda x: (w * x**3).sum())(x),
        F.jacfwd(lambda x: w * x**3)(x).sum(0),
        F.jacrev(lambda x: w * x**3)(x).sum(0),
        F.jvp(lambda x: w * x**3, (x,), (autograd.ones_like(x),))[1],
        F.vjp(lambda x: w * x**3, x)[1](autograd.ones_like(x))[0],
    ):
        close(found.detach().array, 6 * X**2)
        dx, dw = autograd.grad(found.sum(), (x, w))
        close(dx.array, 12 * X)
        close(dw.array, np.array(3 * sum(X**2)))
    assert x.grad is None and w.grad is None


def test_what_depends_on_nothing_outside_is_no_part_of_a_graph() -> None:
    w = tensor(2.0).requires_grad_()
    gradient, (value, aux) = F.grad_and_value(lambda x: ((x * x).sum(), (x * w, x, 5)), has_aux=True)(tensor(X))
    assert not gradient.requires_grad and not value.requires_grad
    assert [t.requires_grad for t in aux[:2]] == [True, False] and aux[2] == 5


ERRORS: list[tuple[str, Any, type[Exception], str]] = [
    ("no scalar", lambda x: F.grad(lambda x: x)(x), RuntimeError, "to return a scalar Tensor, got tensor with 1 dims"),
    ("no Tensor returned", lambda x: F.grad(lambda x: 1.0)(x), RuntimeError, "float"),
    ("no Tensor given", lambda x: F.grad(lambda x: x)(1.0), ValueError, "must be Tensor, got <class 'float'>"),
    ("integers", lambda x: F.grad(lambda x: x.sum())(x.long()), RuntimeError, "floating point"),
    ("argnums too large", lambda x: F.grad(lambda x: x.sum(), 2)(x), RuntimeError, "Got argnum=2, but only 1"),
    ("argnums twice", lambda x: F.grad(lambda x, y: x.sum(), (0, 0))(x, x), RuntimeError, "must be unique"),
    ("argnums of a kind", lambda x: F.jacrev(lambda x: x, "x")(x), RuntimeError, "argnums must be int"),
    ("no aux", lambda x: F.grad(lambda x: x.sum(), has_aux=True)(x), RuntimeError, "should be a tuple: \\(output, aux"),
    ("cotangents", lambda x: F.vjp(lambda x: (x, x), x)[1](x), RuntimeError, r"\* is not built as \(\*, \*\)"),
    ("cotangent shape", lambda x: F.vjp(autograd.sin, x)[1](x[:2]), RuntimeError, "shape"),
    ("primals", lambda x: F.jvp(autograd.sin, x, x), RuntimeError, "Expected primals to be a tuple"),
    ("no primals", lambda x: F.jvp(lambda: x, (), ()), RuntimeError, "at least one Tensor"),
    ("tangents", lambda x: F.jvp(autograd.sin, (x,), (x, x)), RuntimeError, "is not built as"),
    ("tangents, no tuple", lambda x: F.jvp(autograd.sin, (x,), x), RuntimeError, "tangents to be a tuple"),
    ("tangent shape", lambda x: F.jvp(autograd.sin, (x,), (x[:2],)), RuntimeError, "shape"),
    ("strict", lambda x: F.jvp(lambda x: tensor(X), (x,), (x,), strict=True), RuntimeError, "independent"),
    ("in_dims None", lambda x: F.vmap(autograd.sin, None)(x), ValueError, "expected `in_dims` to be int"),
    ("in_dims of a kind", lambda x: F.vmap(autograd.sin, [0])(x), ValueError, "expected `in_dims` to be int"),
    ("in_dims too short", lambda x: F.vmap(autograd.mul, (0,))(x, x), ValueError, "in_dims is not compatible"),
    ("in_dims all None", lambda x: F.vmap(autograd.sin, (None,))(x), ValueError, "must be mapped over"),
    ("in_dim", lambda x: F.vmap(autograd.sin, 1)(x), ValueError, "dimensionality 1 so expected"),
    ("nothing to map", lambda x: F.vmap(autograd.sin)(x[0]), ValueError, "dimensionality 0"),
    ("no inputs", lambda x: F.vmap(lambda: x)(), ValueError, "got no inputs"),
    ("mapped number", lambda x: F.vmap(autograd.mul)(x, 2.0), ValueError, "please use None as the respective in_dim"),
    ("sizes", lambda x: F.vmap(autograd.mul)(x, x[:2]), ValueError, r"got sizes \[3, 2\]"),
    ("out_dims", lambda x: F.vmap(lambda x: (x, x), out_dims=(0,))(x), ValueError, "out_dims is not compatible"),
    ("out_dim", lambda x: F.vmap(autograd.sin, out_dims=3)(x), IndexError, "Dimension out of range"),
    ("out_dim None", lambda x: F.vmap(autograd.sin, out_dims=None)(x), ValueError, "must not differ"),
    ("number returned", lambda x: F.vmap(lambda x: 1.0)(x), ValueError, "must only return Tensors"),
    ("random", lambda x: F.vmap(lambda x: autograd.rand(2))(x), RuntimeError, "called random operation"),
    ("randomness", lambda x: F.vmap(autograd.sin, randomness="none"), RuntimeError, "Only allowed values"),
]  # fmt: skip


@pytest.mark.parametrize("compute, error, text", [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])
def test_error(compute: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        compute(tensor(X))


def test_randomness_of_vmap() -> None:
    noise = lambda mode: F.vmap(lambda x: x + autograd.rand(2), randomness=mode)(autograd.zeros(3)).array
    same, different = noise("same"), noise("different")
    assert (same[0] == same[1]).all() and (same[0] == same[2]).all()
    assert len(set(different.flat)) == 6


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
        self.body[2].weight = self.body[0].weight
        self.register_buffer("shift", autograd.ones(3))

    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        return self.body(x) * scale + self.shift


def test_a_module_as_a_function_of_its_parameters() -> None:
    module = Tied()
    before = dict(module.__dict__), {name: id(p) for name, p in module.named_parameters()}
    params = {name: p.detach() for name, p in module.named_parameters()}
    x = autograd.rand(4, 3)
    call = lambda params: F.functional_call(module, params, x, {"scale": 2.0}).sum()
    gradients = F.grad(call)(params)
    module(x, scale=2.0).sum().backward()
    assert gradients.keys() == dict(module.named_parameters()).keys()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None
        close(gradients[name].detach().array, parameter.grad.array)
    assert (dict(module.__dict__), {name: id(p) for name, p in module.named_parameters()}) == before


def test_functional_call() -> None:
    module, x = Tied(), autograd.ones(3)
    zeros = {name: autograd.zeros_like(p) for name, p in module.named_parameters()}
    close(F.functional_call(module, (zeros, {"shift": 2 * x}), x).array, np.full(3, 2, "float32"))
    close(F.functional_call(module, [zeros], (x, 5.0)).array, np.ones(3, "float32"))
    untied = F.functional_call(module, {"body.0.weight": zeros["body.0.weight"]}, x, tie_weights=False)
    tied = F.functional_call(module, {"body.0.weight": zeros["body.0.weight"]}, x)
    bias = module.body[2].bias
    assert bias is not None
    close(tied.detach().array, bias.detach().array + 1)
    assert not np.allclose(tied.detach().array, untied.detach().array)

    for given, strict, error, text in (
        ({"shift": x}, True, RuntimeError, "Missing key.*'body.0.weight'"),
        ({"shift": x, "what": x}, True, RuntimeError, "Unexpected key.*'what'"),
        ({"a.b": x}, False, AttributeError, "no attribute"),
        (({"shift": x}, {"shift": x}), False, ValueError, "multiple dictionaries"),
        (3, False, ValueError, "to be a dict"),
        ({"shift": 3}, False, TypeError, "must be a Tensor"),
    ):
        with pytest.raises(error, match=text):
            F.functional_call(module, given, x, strict=strict)
        assert module.shift.tolist() == [1, 1, 1]


def test_an_ensemble() -> None:
    models = [nn.Sequential(nn.Linear(3, 2), nn.Tanh()) for _ in range(4)]
    params, buffers = F.stack_module_state(models)
    x = autograd.rand(5, 3)
    call = lambda params, buffers, x: F.functional_call(models[0], (params, buffers), (x,))
    found = F.vmap(call, (0, 0, None))(params, buffers, x)
    close(found.detach().array, np.stack([model(x).detach().array for model in models]))
    assert all(value.requires_grad and value.is_leaf for value in params.values())
    for wrong, text in (
        ([], "at least one"),
        ([nn.Tanh(), nn.ReLU()], "same class"),
        ([models[0], models[1].eval()], "mode"),
    ):
        with pytest.raises(RuntimeError, match=text):
            F.stack_module_state(wrong)


AGAINST_TORCH: dict[str, Any] = {
    "hessian of a network": lambda F, t: F.hessian(lambda w: ((t(Y) @ w).tanh() ** 2).sum().exp())(t(X)),
    "jacfwd of jacfwd": lambda F, t: F.jacfwd(F.jacfwd(lambda x: x.softmax(0) * x))(t(X)),
    "jacrev of jacfwd of jacrev": lambda F, t: F.jacrev(F.jacfwd(F.jacrev(lambda x: (x[0] * x[1] * x[2]).sin())))(t(X)),
    "vmap of hessian": lambda F, t: F.vmap(F.hessian(lambda y: y[0] * y[1].exp() * y[2]))(t(Y)),
    "grad of vmap of jvp": lambda F, t: F.grad(
        lambda x: F.vmap(lambda y: F.jvp(lambda z: (z * x).sin(), (y,), (x,))[1])(t(Y)).sum())(t(X)),
    "vmap, in and out": lambda F, t: F.vmap(lambda y, x: (y * x, y.sum()), (-1, None), (1, 0))(t(Y), t(X[:2])),
    "jacobians in two": lambda F, t: F.jacrev(lambda x, y: (x @ y.T, [x.sum() * y]), (1, 0))(t(X), t(Y)),
    "nested vjp": lambda F, t: F.vjp(lambda x: F.vjp(lambda x: x.exp() * x, x)[1](x)[0], t(X))[1](t(X)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("name", AGAINST_TORCH)
def test_against_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    compute = AGAINST_TORCH[name]
    expected = compute(torch.func, lambda x: torch.tensor(x))
    to_array = lambda tree: torch.utils._pytree.tree_map(lambda x: x.numpy(), tree)
    agree(arrays(compute(F, tensor)), to_array(expected))

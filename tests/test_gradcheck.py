"""gradcheck accepts what is right, and says what is wrong."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import GradcheckError, Tensor, gradcheck, gradgradcheck


def leaf(*shape: int, seed: int = 0) -> Tensor:
    generator = autograd.Generator().manual_seed(seed)
    return autograd.randn(shape, generator=generator, dtype=autograd.float64, requires_grad=True)


def half_wrong(x: Tensor) -> Tensor:
    """The value of x², the gradient of x²/2."""
    return x * x.detach()


def tripled(x: Tensor) -> Tensor:
    """The value of 2x, the gradient of 6x in a hook."""
    y = x * 1
    y.register_hook(lambda gradient: 3 * gradient)
    return y * 2


RIGHT: dict[str, tuple[Any, Any]] = {
    "one": (lambda x: x.exp(), leaf(2, 3)),
    "a scalar": (lambda x: x.exp(), leaf()),
    "nothing": (lambda x: x * 2, leaf(0)),
    "two in, two out": (lambda x, y: (x @ y, (x * x).sum()), (leaf(2, 3), leaf(3, 2, seed=1))),
    "a list": (lambda x, y: [x * y], [leaf(2), leaf(2, seed=1)]),
    "an integer output": (lambda x: (x.exp(), x.argmax()), leaf(3)),
    "an input without a gradient": (lambda x, y, k: (x * y) ** k, (leaf(2), leaf(2).detach(), 2)),
    "an input that isn't used": (lambda x, y: x.sin(), (leaf(2), leaf(3))),
    "an output that depends on nothing": (lambda x: (x.sin(), autograd.ones(2)), leaf(2)),
    "not contiguous": (lambda x: (x * x).sin(), leaf(3, 2).detach().T.requires_grad_()),
    "a result in a graph": (lambda x: x.sin(), leaf(3) * 2),
}


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str, fast_mode: bool) -> None:
    func, inputs = RIGHT[name]
    tensors = [x for x in (inputs if isinstance(inputs, (tuple, list)) else [inputs]) if isinstance(x, Tensor)]
    before = [x.detach().clone() for x in tensors]
    assert gradcheck(func, inputs, fast_mode=fast_mode, check_grad_dtypes=True)
    if name != "an output that depends on nothing":
        assert gradgradcheck(func, inputs, fast_mode=fast_mode, gen_non_contig_grad_outputs=True)
    assert all((x == y).all() for x, y in zip(before, tensors))


def test_parameters_of_a_module() -> None:
    """The function may read its inputs by another way than its arguments."""
    module = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    x = leaf(4, 2).detach()
    assert gradcheck(lambda *parameters: module(x), tuple(module.parameters()))
    assert gradgradcheck(lambda *parameters: module(x), tuple(module.parameters()))


def unstable(x: Tensor) -> Tensor:
    calls = iter([1.0, 1.0 + 1e-7, 1.0, 1.0, 1.0])
    y = x * 1
    y.register_hook(lambda gradient: gradient * next(calls))
    return y


def of_zeros(x: Tensor) -> Tensor:
    """An upstream gradient of zeros becomes one of ones."""
    y = x * 1
    y.register_hook(lambda gradient: gradient if gradient.any() else gradient + 1)
    return y


def at(x: float) -> Tensor:
    return autograd.tensor([x], dtype=autograd.float64, requires_grad=True)


WRONG: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
    "a derivative": (
        half_wrong,
        at(3.0),
        {},
        r"output 0 .* input 0 .*\nnumerical: .*\[\[6\.0*\]\].*\n.*\[\[3\.\]\]",
    ),
    "a hook": (tripled, at(3.0), {}, r"numerical: tensor\(\[\[2\.0*\]\].*\nanalytical: tensor\(\[\[6\.\]\]"),
    "a projection": (half_wrong, leaf(3), {"fast_mode": True}, "random directions; fast_mode=False shows the whole"),
    "the second of two": (lambda x, y: (x * y, x.sin() + half_wrong(y)), (leaf(2), leaf(2)), {}, "output 1 .* input 1"),
    "a missing gradient": (lambda x: x.sin().detach(), leaf(2), {}, "Jacobian mismatch"),
    "two passes": (unstable, at(1.0), {}, "Backward is not reentrant"),
    "zeros": (of_zeros, at(1.0), {}, "Expected a gradient of zeros"),
    "a large step": (lambda x: x**3, at(1.0), {"eps": 0.5}, "Jacobian mismatch"),
    "a small tolerance": (lambda x: x**3, at(1.0), {"eps": 1e-2, "rtol": 0.0, "atol": 1e-6}, "Jacobian mismatch"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    func, inputs, options, text = WRONG[name]
    with pytest.raises(GradcheckError, match=text):
        gradcheck(func, inputs, **options)
    assert gradcheck(func, inputs, raise_exception=False, **options) is False


def test_tolerances_forgive() -> None:
    assert gradcheck(unstable, at(1.0), nondet_tol=1e-5)
    assert gradcheck(of_zeros, at(1.0), check_undefined_grad=False)
    assert gradcheck(half_wrong, at(3.0), rtol=2.0)
    assert gradcheck(half_wrong, at(3.0), atol=4.0)


def test_a_wrong_second_derivative() -> None:
    def cube(x: Tensor) -> Tensor:
        """x³, whose gradient 3x² has a graph that says x."""
        y = x * 1
        y.register_hook(lambda gradient: gradient * (3 * x * x.detach()))
        return y + (x**3 - x).detach()

    assert gradcheck(cube, at(2.0))
    with pytest.raises(GradcheckError, match=r"output 0 .*\nnumerical: .*12\.0*\]\].*\nanalytical: .*6\.\]\]"):
        gradgradcheck(cube, at(2.0), at(1.0))
    assert gradgradcheck(cube, at(2.0), raise_exception=False) is False


def test_given_upstream_gradients() -> None:
    x = leaf(3)
    assert gradgradcheck(lambda x: x.sin(), x, leaf(3, seed=1))
    assert gradgradcheck(lambda x: (x.sin(), x.sum()), (x,), (leaf(3, seed=1), leaf(seed=2)))
    assert gradgradcheck(lambda x: (x.sin(), x.sum()), x, [leaf(3, seed=1).detach(), leaf(seed=2)])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(lambda x: x, leaf(2).detach())
    with pytest.raises(RuntimeError, match="The 0th input has a dimension with stride 0"):
        gradcheck(lambda x: x * 2, leaf(1).expand(3))
    with pytest.raises(TypeError, match="should return Tensors, not float"):
        gradcheck(lambda x: 3.0, leaf(2))
    assert issubclass(GradcheckError, RuntimeError)


def test_float32_is_warned_of() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    with pytest.warns(UserWarning, match=re.escape("Input #1 requires gradient and is not a double precision")):
        assert gradcheck(lambda k, x: x * 2, (2, x), eps=1e-2, atol=1e-3)


def test_the_default_random_numbers_are_left_alone() -> None:
    before = autograd.manual_seed(3) and autograd.rand(1).item()
    autograd.manual_seed(3)
    gradcheck(lambda x: x.sin(), leaf(2), fast_mode=True)
    gradgradcheck(lambda x: x.sin(), leaf(2))
    assert autograd.rand(1).item() == before


def test_agrees_with_torch_on_the_layout_of_jacobians() -> None:
    torch = pytest.importorskip("torch")
    found = []
    for library, error in ((autograd, GradcheckError), (torch, torch.autograd.gradcheck.__globals__["GradcheckError"])):
        check = library.gradcheck if library is autograd else torch.autograd.gradcheck
        x = library.tensor([[1.0, 2.0]], dtype=library.float64, requires_grad=True)
        with pytest.raises(error) as caught:
            check(lambda x: (x * x.detach()).sum(1), x)
        numbers = re.findall(r"\d+\.\d*", str(caught.value))
        found.append(np.array(numbers, float))
    np.testing.assert_allclose(*found, rtol=1e-3)

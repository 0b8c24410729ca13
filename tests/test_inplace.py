"""Writes into memory that a graph knows: right gradients, or an error, never a wrong number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from checking import close, slopes

import autograd

try:
    import torch
except ModuleNotFoundError:
    torch = None

# Programs over the leaves x (2, 3) and y (3); they return what is summed up, with weights.


def on_the_whole(lib, x, y):
    z = x * 2
    z.add_(y)
    z *= y
    z.sub_(1).neg_()
    return z


def saved_before_it_is_overwritten(lib, x, y):
    z = x.sin()
    z.mul_(y)
    z.pow_(2)
    return z, z * x


def into_a_row(lib, x, y):
    z = x * x
    z[0] = y * 3
    return z * z


def into_elements_of_constants(lib, x, y):
    z = lib.zeros(3, 2, dtype=lib.float64)
    for i in range(3):
        z[i, 0] = x[0, i] * y[i]
        z[i, 1] = 1.0
    return z


def a_number_over_a_part(lib, x, y):
    z = x * y
    z[:, 1:] = 5.0
    z[0, 0] *= y[2]
    return z * z


def through_a_view(lib, x, y):
    z = x + 0
    row = z[1]
    row.mul_(y)
    return z * z, row


def through_a_view_of_a_view(lib, x, y):
    z = x.clone()
    z.t()[1:].t()[0].mul_(y[:2])
    return z.exp()


def views_follow_their_base(lib, x, y):
    z = x * 1
    first, column = z[0], z[:, 2]
    z.mul_(y)
    return first * first, column.exp()


def views_follow_each_other(lib, x, y):
    z = x * 1
    flat, row = z.view(6), z[1]
    flat[2:5] = y * y
    row += 1
    return flat * flat, row.sin(), z


def a_view_is_overwritten(lib, x, y):
    z = x * 1
    part = z[:, :2]
    part.copy_(y[:2])
    part.zero_()
    part.fill_(y[2])
    return z * z


def a_diagonal_is_filled(lib, x, y):
    z = x.t() * y[:2]
    z.fill_diagonal_(0.5)
    return z * z


def a_view_of_constants_becomes_part_of_the_graph(lib, x, y):
    z = lib.zeros(3, 3, dtype=lib.float64)
    z[:2].add_(x)
    z.diagonal().mul_(y)
    return z * z


def by_a_mask(lib, x, y):
    z = x * y
    z[x.detach() > 0] = 2.0
    z[0][y.detach() < 0] *= 3
    return z * z


def by_indices(lib, x, y):
    z = x * 2
    z[:, lib.tensor([2, 0])] = y[:2] * y[1:]
    z[lib.tensor([1]), lib.tensor([1])] += y[0]
    return z * z


def broadcast_into_place(lib, x, y):
    z = x * 2
    z[...] = y
    z[1, :2] = x[0, 2]
    return z * z


def expanded_and_copied(lib, x, y):
    z = y.expand(2, 3).contiguous()
    z[0] += x[1]
    return z * z


def a_transposed_write(lib, x, y):
    z = (x * 1).t()
    z[0] = x[:, 1] * x[:, 2]
    z.t().mul_(y)
    return z * z


def shapes_in_place(lib, x, y):
    z = x * 1
    row = z[0]
    z.unsqueeze_(0).transpose_(1, 2)
    z.mul_(2).squeeze_(0).t_()
    z += y
    return z * z, row * row


def under_no_grad_only_the_values_change(lib, x, y):
    z = x + y
    with lib.no_grad():
        z += 1
    return z * z


def the_argument_is_a_view_of_the_same(lib, x, y):
    z = x * 1
    z[0].add_(z[1] * 3).mul_(y)
    return z * z


def detached_memory(lib, x, y):
    z = x * 1
    z.detach().mul_(2)
    return z * z


def clamped_and_filled(lib, x, y):
    z = x * 3
    z.clamp_(-1, 1).masked_fill_(y.detach() > 0.5, 0.25)
    return z * z


def of_another_dtype(lib, x, y):
    z = (x * 1).float()
    z.add_(y.sum())
    z[0] = y
    return z.double() * x


PROGRAMS = [value for value in list(globals().values()) if getattr(value, "__module__", "") == __name__]
# Programs whose values depend on more than the graph knows.
UNKNOWN_TO_DIFFERENCES = (under_no_grad_only_the_values_change, detached_memory, by_a_mask, clamped_and_filled)
X = np.array([[0.3, -0.8, 1.2], [1.5, 0.7, -0.4]])
Y = np.array([0.9, -1.1, 0.6])


def total(program: Callable[..., Any], lib: Any, x: Any, y: Any) -> Any:
    results = program(lib, x, y)
    results = results if isinstance(results, tuple) else (results,)
    weigh = lambda z, i: (z * lib.linspace(0.5, 1.5 + i, z.numel(), dtype=lib.float64).reshape(z.shape)).sum()
    return sum(weigh(z, i) for i, z in enumerate(results))


every_program = pytest.mark.parametrize("program", PROGRAMS, ids=[p.__name__ for p in PROGRAMS])


@every_program
def test_gradients_are_those_of_the_plain_program(program: Callable[..., Any]) -> None:
    if program in UNKNOWN_TO_DIFFERENCES:
        return
    x, y = (autograd.tensor(v, requires_grad=True) for v in (X, Y))
    result = total(program, autograd, x, y)
    result.backward()
    plain = [X.copy(), Y.copy()]
    value = lambda: float(total(program, autograd, *map(autograd.tensor, plain)))
    close(result.array, value(), 1e-12)
    # A float32 in between leaves seven digits.
    single = program is of_another_dtype
    for leaf, slope in zip((x, y), slopes(value, plain, 1e-2 if single else 1e-5)):
        close(leaf.grad.array, slope, 1e-4 if single else 1e-8, least=1.0)


@every_program
@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
def test_values_and_gradients_are_pytorchs(program: Callable[..., Any]) -> None:
    outcomes = []
    for lib in (autograd, torch):
        leaves = [lib.tensor(v, requires_grad=True) for v in (X, Y)]
        result = total(program, lib, *leaves)
        first = lib.autograd.grad if lib is torch else lib.grad
        gradients = first(result, leaves, create_graph=True, materialize_grads=True)
        second = first(sum((g * g).sum() for g in gradients), leaves, materialize_grads=True, allow_unused=True)
        outcomes.append([np.asarray(v.detach().numpy()) for v in (result, *gradients, *second)])
    tolerance = 1e-6 if program is of_another_dtype else 1e-12
    for found, expected in zip(*outcomes):
        close(found, expected, tolerance, least=1.0)


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2), (9, 2), (8, 3), (2, 2, 2), (3, 0)])
def test_fill_diagonal(shape):
    x = autograd.zeros(*shape)
    expected = np.zeros(shape, np.float32)
    np.fill_diagonal(expected, 2)
    assert x.fill_diagonal_(2) is x
    np.testing.assert_array_equal(x.array, expected)
    if len(shape) == 2:
        np.fill_diagonal(expected, 3, wrap=True)
        np.testing.assert_array_equal(x.fill_diagonal_(3, wrap=True).array, expected)
        turned = autograd.zeros(*shape[::-1]).t().fill_diagonal_(3, wrap=True)
        expected[expected != 3] = 0
        np.testing.assert_array_equal(turned.array, expected)


def test_fill_diagonal_refuses():
    with pytest.raises(RuntimeError, match="larger than 1"):
        autograd.zeros(3).fill_diagonal_(1)
    with pytest.raises(RuntimeError, match="equal length"):
        autograd.zeros(2, 2, 3).fill_diagonal_(1)


def leaf(*values: float) -> Any:
    return autograd.tensor(values, dtype=autograd.float64, requires_grad=True)


@pytest.mark.parametrize(
    "write, message",
    [
        (lambda x: x.add_(1), r"add_: a leaf Variable that requires grad is being used .* \(shape \(2,\)\)"),
        (lambda x: x[0].mul_(2), "mul_: a view of a leaf Variable that requires grad"),
        (lambda x: x.__setitem__(0, 1.0), "__setitem__: a leaf Variable that requires grad"),
        (lambda x: x.zero_(), "zero_: a leaf Variable"),
        (lambda x: x.unsqueeze_(0), "unsqueeze_: a leaf Variable"),
        (lambda x: (x * 2).add_(autograd.ones(3, 2)), r"add_: output with shape \[2\] doesn't match"),
        (lambda x: (x * 2).copy_(autograd.ones(3)), r"copy_: values of shape \[3\] don't broadcast to the shape \[2\]"),
        (lambda x: (x * 2).fill_(autograd.ones(2)), "fill_: only supports 0-dimension value tensor"),
        (lambda x: (x * 2)[0].detach_(), "Can't detach views in-place"),
    ],
)
def test_what_is_refused(write: Callable[[Any], Any], message: str) -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=message):
        write(x)
    assert x.tolist() == [1.0, 2.0]
    assert x.requires_grad and x.is_leaf


def no_grad_view(x: Any) -> Any:
    with autograd.no_grad():
        return x[:1]


@pytest.mark.parametrize(
    "write",
    [
        lambda y: no_grad_view(y).mul_(2),
        lambda y: no_grad_view(y)[:1].mul_(2),
        lambda y: no_grad_view(y).__setitem__(0, 1.0),
        lambda y: no_grad_view(autograd.zeros(2)).add_(leaf(1.0)),
    ],
)
def test_views_made_while_recording_was_off_are_not_written_to_in_a_graph(write: Callable[[Any], Any]) -> None:
    x = leaf(1.0, 2.0)
    y = x * 3
    with pytest.raises(
        RuntimeError, match="A view was created in no_grad mode and is being modified inplace with grad"
    ):
        write(y)
    assert y.tolist() == [3.0, 6.0]
    with autograd.no_grad():
        write(y)
    constant = autograd.zeros(2)
    no_grad_view(constant).add_(1)
    assert constant.tolist() == [1.0, 0.0]


def square_then(write: Callable[[Any], Any]) -> Any:
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    with autograd.no_grad():
        write(x)
    return x, y


@pytest.mark.parametrize(
    "write, version",
    [
        (lambda x: x.add_(1), 1),
        (lambda x: x.__setitem__(0, 5.0), 1),
        (lambda x: x[:1].mul_(2).add_(1), 2),
        (lambda x: [x.add_(1) for _ in range(2000)], 2000),
    ],
)
def test_a_rule_never_reads_what_was_overwritten(write: Callable[[Any], Any], version: int) -> None:
    x, y = square_then(write)
    expected = max(0, version - 1000)
    message = rf"mul: .* an array of shape \(2,\) is at version {version}; expected version {expected} instead"
    with pytest.raises(RuntimeError, match=message):
        y.backward()
    assert x.grad is None
    assert x._version == version


def test_data_is_the_way_around_the_check() -> None:
    """What is written through it is what rules then read, and what is assigned to it takes the leaf's place in them."""
    x, y = square_then(lambda x: x.data[:1].mul_(5))
    y.backward()
    assert x.grad.tolist() == [10.0, 4.0]
    x, y = square_then(lambda x: setattr(x, "data", x.data + 1))
    y.backward()
    assert x.grad.tolist() == [4.0, 6.0]
    assert x._version == 0


def test_data_that_is_put_back_is_what_rules_read() -> None:
    x, other = leaf(1.0, 2.0), leaf(5.0, 6.0).detach()
    before = (x * x).sum()
    kept, x.data = x.data, other
    between = (x * x * 3).sum()
    x.data = kept
    before.backward()
    assert x.grad.tolist() == [2, 4]
    between.backward()
    assert x.grad.tolist() == [8, 16]
    late = (x * x).sum()
    x.requires_grad_(False)
    x.data = other
    x.requires_grad_()
    late.backward()
    assert x.grad.tolist() == [18, 28]


def test_a_handle_beside_a_leaf_keeps_the_values_that_data_replaced() -> None:
    x = leaf(1.0, 2.0)
    y = (x.detach() * x).sum()
    x.data = autograd.tensor([7.0, 7.0], dtype=x.dtype)
    y.backward()
    assert x.grad.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("write", [lambda h: h.mul_(2), lambda h: h[:1].mul_(2), lambda h: h.unsqueeze_(0)])
@pytest.mark.parametrize("first", [False, True])
def test_a_gradient_that_is_retained_is_that_of_what_was_written(write: Callable[[Any], Any], first: bool) -> None:
    x = leaf(3.0, 4.0)
    h = x * 1
    if first:
        h.retain_grad()
    write(h)
    if not first:
        h.retain_grad()
    assert h.retains_grad and not x.retains_grad
    (h * h).sum().backward()
    assert h.grad.reshape(-1).tolist() == (h * 2).reshape(-1).tolist()


def test_what_expand_repeats_nothing_of_can_be_written_to() -> None:
    x = autograd.arange(3)
    x.expand(1, -1).add_(1)
    x.broadcast_to(1, 1, 3).mul_(2)
    assert x.tolist() == [2, 4, 6]


@pytest.mark.parametrize(
    "write, expected",
    [
        (lambda b: b[0].add_(1), [1, 2, 3]),
        (lambda b: b[:1].mul_(3), [0, 3, 6]),
        (lambda b: b.__setitem__(1, autograd.tensor([7, 8, 9])), [7, 8, 9]),
        (lambda b: b.__setitem__((0, 1), 5), [0, 5, 2]),
        (lambda b: b[:, 1].fill_(5), [0, 5, 2]),
        (lambda b: b.zero_(), [0, 0, 0]),
        (lambda b: b[1].__setitem__(autograd.tensor([2, 0]), autograd.tensor([5, 6], dtype=b.dtype)), [6, 1, 5]),
        (lambda b: autograd.add(autograd.arange(3), 4, out=b[1]), [4, 5, 6]),
    ],
)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_what_is_expanded_takes_one_value_a_place(write: Callable[[Any], Any], expected: list, requires_grad: bool):
    x = autograd.arange(3.0 if requires_grad else 3)
    write(x.expand(2, 3))
    assert x.tolist() == expected


@pytest.mark.parametrize(
    "write", [lambda b: b.add_(1), lambda b: b.copy_(autograd.ones(2, 3)), lambda b: b[:, 0].mul_(2)]
)
def test_two_values_for_one_place_are_refused(write: Callable[[Any], Any]) -> None:
    x = autograd.ones(3)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        write(x.expand(2, 3))
    assert x.tolist() == [1, 1, 1]


def test_gradients_of_what_was_written_to_expanded_memory() -> None:
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    a = x * 1
    b = a.expand(3, 2)
    b[1].mul_(y)
    b[2, 0] = 5.0
    (a * a).sum().backward()
    assert b.tolist() == [[5, 8]] * 3
    assert (x.grad.tolist(), y.grad.tolist()) == ([0, 64], [0, 32])


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_integers_take_the_values_of_a_graph_and_stay_out_of_it(dtype: str) -> None:
    x, y = leaf(1.0, 2.0), autograd.zeros(2, dtype=getattr(autograd, dtype))
    y.copy_(x)
    y[0] = x[0]
    assert not y.requires_grad and y.is_leaf and y.dtype is getattr(autograd, dtype)


@pytest.mark.parametrize("reshape", [lambda h: h.squeeze_(0), lambda h: h.unsqueeze_(0), lambda h: h.t_()])
def test_a_shape_that_is_changed_in_place_under_no_grad_stays_in_the_graph(reshape: Callable[[Any], Any]) -> None:
    x = leaf(1.0, 2.0)
    h = x * 3
    with autograd.no_grad():
        reshape(h)
    assert h.requires_grad and not h.is_leaf
    (h * h).sum().backward()
    assert x.grad.tolist() == [18, 36]


@pytest.mark.parametrize("requires_grad", [False, True])
def test_squeezing_nothing_in_place(requires_grad: bool) -> None:
    x = autograd.ones(2, 3, requires_grad=requires_grad) * 1
    assert x.squeeze_(0) is x and x.squeeze_() is x and tuple(x.shape) == (2, 3)
    assert tuple(x.unsqueeze_(0).squeeze_(0).shape) == (2, 3)
    assert tuple(autograd.ones(()).squeeze_().shape) == ()


def test_writing_to_what_no_rule_needs_is_fine() -> None:
    x = leaf(1.0, 2.0)
    y = (x + 1).sum()
    with autograd.no_grad():
        x *= 2
    y.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_result_that_its_rule_needs_may_be_overwritten_by_a_recorded_write() -> None:
    x = leaf(1.0, 2.0)
    y = x.exp()
    kept = y.detach().clone()
    y *= 3
    with pytest.raises(RuntimeError, match="exp: one of the variables needed for gradient computation"):
        y.sum().backward()
    y = x.exp()
    z = (y * 1).mul_(3)
    z.sum().backward()
    close(x.grad.array, 3 * kept.array)


def test_views_share_memory_and_say_whose_they_are() -> None:
    x = autograd.arange(6.0)
    view = x.view(2, 3)[1]
    assert view._base is x and view._is_view() and not x._is_view()
    view[0] = 30.0
    assert x[3].item() == 30.0
    assert x._version == view._version == 1
    assert x.clone()._base is None
    assert x[autograd.tensor([0, 1])]._base is None


def test_views_are_forgotten_with_their_last_handle() -> None:
    x = autograd.arange(6.0)
    for i in range(5):
        x[i]
    assert not x.views


def test_the_version_is_that_of_the_whole_memory() -> None:
    z = leaf(1.0, 2.0) * 1
    z[0].add_(z[1].sin())
    with pytest.raises(RuntimeError, match=r"sin: .* version 1; expected version 0"):
        z.sum().backward()


def test_a_write_reaches_every_view_of_the_memory() -> None:
    x = leaf(1.0, 2.0)
    y = x * 1
    flipped, plain = y.view(2, 1).t(), y.detach()
    y.mul_(10)
    assert flipped.tolist() == [[10.0, 20.0]]
    assert plain.tolist() == [10.0, 20.0]


def test_views_are_derived_anew_in_the_order_in_which_they_were_made():
    """In another order gradients would be other sums, and the last bits of a seeded run a matter of chance."""
    x = autograd.rand(30, requires_grad=True).clone()
    views = [x[i:] for i in range(30)]
    x.mul_(2)
    assert list(map(id, [view() for view in x.views])) == list(map(id, views))

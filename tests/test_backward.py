"""The walk: what it accumulates, what it frees, what it refuses."""

import gc
import math
import sys
import threading
import weakref

import numpy as np
import pytest

import autograd
import nn
from autograd.engine.node import ancestors
from autograd.engine.pullback import pull_of
from autograd.ops import broadcasting
from autograd.ops.arithmetic import mul


def leaf(*values):
    return autograd.tensor(values[0] if len(values) == 1 else list(values), dtype=autograd.float64, requires_grad=True)


def test_an_argument_used_twice_gets_both_contributions():
    x = leaf(3.0)
    (x * x).backward()
    assert x.grad.item() == 6.0


def test_a_diamond_is_walked_once_each_node():
    x = leaf(2.0)
    a = x * 3
    b, c = a * a, a + 1
    (b * c).backward()
    # d/dx 9x²(3x + 1) = 81x² + 18x
    assert x.grad.item() == 81 * 4 + 18 * 2


def test_gradients_accumulate_until_they_are_cleared():
    x = leaf(1.0, 2.0)
    for expected in ([2, 4], [4, 8]):
        (x * x).sum().backward()
        assert x.grad.tolist() == expected
    x.grad = None
    (x * x).sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_each_node_comes_after_all_that_were_made_from_it():
    x = leaf(0.5)
    hidden = [x]
    for i in range(20):
        hidden.append(hidden[-1].tanh() * hidden[i // 2])
    done = set()
    for node, _, contributions in autograd.backward_steps({hidden[-1].node: np.float64(1.0)}):
        assert not done.intersection(parent for parent, _ in contributions)
        done.add(node)


def test_what_the_steps_say_is_what_backward_accumulates():
    x, w = leaf(1.0, -2.0), leaf(0.5, 3.0)
    loss = ((x * w).tanh() * x).sum()
    arrived = {
        node: upstream
        for node, upstream, _ in autograd.backward_steps({loss.node: np.float64(1.0)}, retain_graph=True)
        if node.op is None
    }
    loss.backward()
    assert x.grad.tolist() == arrived[x.node].tolist()
    assert w.grad.tolist() == arrived[w.node].tolist()


def test_gradients_of_two_leaves_never_share_memory():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + y).sum().backward()
    x.grad.zero_()
    assert y.grad.tolist() == [1.0, 1.0]


def test_a_gradient_given_by_the_caller_is_not_kept():
    x = leaf(1.0, 2.0)
    upstream = autograd.tensor([1.0, 1.0], dtype=autograd.float64)
    for root in (x + 0, x):
        x.grad = None
        root.backward(upstream)
        x.grad.zero_()
        assert upstream.tolist() == [1.0, 1.0]


def test_backward_of_several_roots():
    x = leaf(2.0)
    autograd.backward([x * 3, x * x], [autograd.tensor(1.0, dtype=autograd.float64), None])
    assert x.grad.item() == 3 + 4


def test_backward_into_some_inputs_only():
    x, y = leaf(2.0), leaf(5.0)
    (x * y).backward(inputs=[x])
    assert x.grad.item() == 5.0
    assert y.grad is None


def test_grad_of_an_input_that_leads_to_another():
    x = leaf(2.0)
    h = x * x
    dh, dx = autograd.grad(h * 3, [h, x])
    assert (dh.item(), dx.item()) == (3.0, 12.0)
    assert x.grad is None


def test_grad_of_an_output_with_respect_to_itself():
    x = leaf(2.0)
    y = x * x
    assert autograd.grad(y, y)[0].item() == 1.0


def test_grad_calls_no_rule_that_is_not_needed(monkeypatch):
    x, w = leaf(2.0), leaf(3.0)
    called = []
    pull = mul.pull
    monkeypatch.setattr(mul, "pull", lambda g, node, parents: called.append(parents) or pull(g, node, parents))
    autograd.grad(x * w, [w])
    assert called == [(None, w.node)]


def test_unused_inputs():
    x, y = leaf(1.0), leaf(2.0, 3.0)
    with pytest.raises(RuntimeError, match=r"grad: input 1 of shape \(2,\) was not used"):
        autograd.grad(x * 2, [x, y])
    assert autograd.grad(x * 2, [x, y], allow_unused=True)[1] is None
    assert autograd.grad(x * 2, [x, y], materialize_grads=True)[1].tolist() == [0.0, 0.0]


def test_any_order_of_derivative():
    x = leaf(2.0)
    value, expected = x**5, [5 * 16.0, 20 * 8.0, 60 * 4.0, 120 * 2.0, 120.0]
    for slope in expected:
        (value,) = autograd.grad(value, x, create_graph=True)
        assert value.item() == pytest.approx(slope)


def test_create_graph_accumulates_differentiable_gradients():
    x = leaf(3.0)
    (x * x * x).backward(create_graph=True)
    assert x.grad.requires_grad
    (second,) = autograd.grad(x.grad, x)
    assert second.item() == 18.0


@pytest.mark.parametrize(
    "function",
    (
        lambda x: x.relu(),
        lambda x: nn.functional.leaky_relu(x),
        lambda x: nn.functional.hardtanh(x),
        lambda x: nn.functional.relu6(x),
        lambda x: nn.functional.threshold(x, 0.0, 0.0),
        lambda x: nn.functional.hardshrink(x),
        lambda x: nn.functional.prelu(x, autograd.tensor([0.2], dtype=autograd.float64)),
        lambda x: nn.functional.max_pool1d(x[None], 2),
        lambda x: nn.functional.avg_pool1d(x[None], 2),
        lambda x: nn.functional.adaptive_max_pool1d(x[None], 2),
        lambda x: nn.functional.pad(x[None], (1, 1), mode="reflect"),
    ),
)
def test_the_slope_of_straight_lines_has_a_derivative_of_zeros(function):
    x = leaf([-1.0, 2.0, 3.0])
    (slope,) = autograd.grad(function(x).sum(), x, create_graph=True)
    assert autograd.grad(slope.sum(), x)[0].tolist() == [0.0, 0.0, 0.0]


def test_a_penalty_on_a_slope_gives_every_parameter_zeros():
    x = leaf([[[-1.0, 2.0, 3.0]]])
    layer = nn.Conv1d(1, 1, 2, dtype=autograd.float64)
    for derivative_in in (x, *layer.parameters()):
        loss = nn.functional.relu(layer(x)).sum()
        (slope,) = autograd.grad(loss, derivative_in, create_graph=True)
        gradients = autograd.grad((slope * slope).sum(), [x, *layer.parameters()])
        assert not gradients[2].any()


def test_zeros_for_an_unused_input_can_be_differentiated():
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    options = {"allow_unused": True, "materialize_grads": True}
    zeros = autograd.grad(x.sum(), y, create_graph=True, **options)[0]
    assert zeros.requires_grad and autograd.grad(zeros.sum(), y, **options)[0].tolist() == [0.0, 0.0]
    assert not autograd.grad(x.sum(), y, **options)[0].requires_grad


@pytest.mark.parametrize("dtype", (autograd.float32, autograd.float16, autograd.int64))
def test_a_gradient_that_is_given_takes_the_dtype_of_its_tensor(dtype):
    x = leaf([1.0, 2.0])
    (x * 2).backward(autograd.ones(2, dtype=dtype))
    assert x.grad.dtype is autograd.float64 and x.grad.tolist() == [2.0, 2.0]
    (slope,) = autograd.grad(x * x, x, autograd.ones(2, dtype=dtype), create_graph=True)
    assert autograd.grad(slope.sum(), x)[0].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("returned", (autograd.ones(2), autograd.ones(2, dtype=autograd.int64), 1.0))
def test_a_hook_keeps_the_dtype_of_the_gradient(returned):
    x = leaf([1.0, 2.0])
    y = x.relu()
    y.register_hook(lambda g: returned)
    with pytest.raises((RuntimeError, TypeError), match="hook of ReluBackward0: expected None or a Tensor"):
        y.sum().backward()
    assert x.grad is None


def test_a_second_walk_needs_retain_graph():
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12.0
    with pytest.raises(RuntimeError, match=r"mul: Trying to backward .* a second time.* retain_graph=True"):
        y.backward()
    assert x.grad.item() == 12.0


def test_a_graph_that_saved_no_array_can_be_walked_again():
    x = leaf(1.0, 2.0)
    y = (x * 2 + 1).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4.0, 4.0]


def test_a_failing_backward_changes_no_gradient():
    x, y = leaf(2.0), leaf(3.0)
    shared = x * x
    shared.backward()
    with pytest.raises(RuntimeError, match="second time"):
        (shared * y).backward()
    assert x.grad.item() == 4.0
    assert y.grad is None


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x: (x * 2).backward(),
            RuntimeError,
            r"backward: grad can be implicitly .* shape \(2,\).*loss\.sum\(\)",
        ),
        (
            lambda x: (x * 2).backward(autograd.ones(3, dtype=autograd.float64)),
            RuntimeError,
            r"gradient has shape \(3,\), but the tensor it belongs to has \(2,\)",
        ),
        (lambda x: (x * 2).backward([1.0, 1.0]), RuntimeError, "1 tensors but 2 gradients"),
        (lambda x: (x * 2).backward(1.0), TypeError, "gradient must be a Tensor or None, not float"),
        (lambda x: autograd.ones(1).backward(), RuntimeError, "does not require grad and does not have a grad_fn"),
        (lambda x: autograd.grad((x * 2).sum(), autograd.ones(2)), RuntimeError, "does not require grad"),
        (lambda x: autograd.grad((x * 2).sum(), 3), TypeError, "inputs must be Tensors, not int"),
        (lambda x: autograd.grad(3, x), TypeError, "expected a Tensor to differentiate, not int"),
    ],
)
def test_what_backward_refuses(call, error, message):
    x = leaf(1.0, 2.0)
    with pytest.raises(error, match=message):
        call(x)
    assert x.grad is None


def test_integers_need_no_gradient():
    with pytest.raises(
        RuntimeError, match=r"only Tensors of floating point dtype can require gradients, not autograd.int64"
    ):
        autograd.tensor([1, 2], requires_grad=True)


def test_a_rule_that_returns_a_wrong_shape_is_named(monkeypatch):
    monkeypatch.setattr(broadcasting.sum, "rules", (lambda g, *saved: g,))
    monkeypatch.setattr(broadcasting.sum, "pull", pull_of(broadcasting.sum))
    with pytest.raises(
        RuntimeError, match=r"sum: its rule returned a gradient of shape \(\) for an argument of shape \(2,\)"
    ):
        leaf(1.0, 2.0).sum().backward()


def test_hooks_see_and_replace_gradients():
    x = leaf(2.0)
    h = x * 3
    seen = []
    handle = h.register_hook(lambda g: seen.append(g.item()))
    x.register_hook(lambda g: g * 10)
    (h * h).backward()
    assert seen == [12.0]
    assert x.grad.item() == 360.0
    handle.remove()
    (x * 3).backward()
    assert seen == [12.0]


def test_a_handle_takes_away_its_own_hook_only():
    x, seen = leaf(2.0), []
    hook = seen.append
    handle, _ = x.register_hook(hook), x.register_hook(hook)
    handle.remove()
    handle.remove()
    (x * 3).backward()
    assert len(seen) == 1


def test_a_hook_that_returns_a_wrong_shape_is_refused():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"hook of AccumulateGrad: expected None or a Tensor of shape \(2,\)"):
        x.sum().backward()


def test_hooks_under_create_graph_stay_in_the_graph():
    x = leaf(2.0)
    h = x * x
    h.register_hook(lambda g: g * 2)
    (slope,) = autograd.grad(h * h, x, create_graph=True)
    assert slope.item() == 2 * 4 * 8
    # slope = 4h·2x, and what comes back through h is doubled once more: 2·(8x·2x) + 8h
    assert autograd.grad(slope, x)[0].item() == 40 * 4


def test_retain_grad_keeps_the_gradient_of_a_result():
    x = leaf(2.0)
    h = x * 3
    h.retain_grad()
    (h * h).backward()
    assert h.grad.item() == 12.0
    with pytest.warns(UserWarning, match=r"grad: <MulBackward0> made this Tensor, so it is not a leaf") as told:
        assert (x * 2).grad is None
    assert told[0].filename == __file__


def test_retain_grad_sees_what_hooks_made_of_it():
    x = leaf(2.0)
    h = x * 3
    h.retain_grad()
    h.register_hook(lambda g: g * 2)
    h.backward()
    assert h.grad.item() == 2.0


def test_detach_ends_the_graph_and_shares_memory():
    x = leaf(1.0, 2.0)
    d = (x * 2).detach()
    assert not d.requires_grad
    assert x.detach().array is x.array


@pytest.mark.parametrize("part", [slice(None), slice(2), (slice(None), slice(2))], ids=["all", "rows", "columns"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "fresh"])
def test_a_leaf_takes_memory_over_only_if_nobody_else_has_it(part, is_kept):
    given = []

    class Passing(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sum()

        @staticmethod
        def backward(ctx, g):
            memory = np.ones((3, 3))
            given.append(memory if is_kept else memory.__array_interface__["data"][0])
            return autograd.from_numpy(memory[part])

    x = autograd.zeros(np.ones((3, 3))[part].shape, dtype=autograd.float64, requires_grad=True)
    Passing.apply(x).backward()
    if is_kept:
        assert not np.shares_memory(x.grad.array, given[0])
    elif part != (slice(None), slice(2)):
        assert x.grad.array.__array_interface__["data"][0] == given[0]
    x.grad += 1
    assert x.grad.tolist() == np.full(x.shape, 2.0).tolist()


def test_a_chain_of_a_million_nodes_needs_no_recursion():
    assert sys.getrecursionlimit() < 10_000
    x = autograd.ones((), requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    # Every node once: bench/overhead.py has the time, which is linear in the length.
    steps = sum(1 for _ in autograd.backward_steps({y.node: np.float32(1.0)}, retain_graph=True))
    assert steps == 1_000_001
    y.backward()
    assert x.grad.item() == 1.0


def test_a_graph_goes_with_its_last_handle_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        x = autograd.ones(4, requires_grad=True)
        y = x
        alive = []
        for i in range(200_000):
            y = (y * x).tanh()
            if i % 10_000 == 0:
                alive.append(weakref.ref(y.array))
        del y
        assert [ref() for ref in alive] == [None] * len(alive)
        loss = (x * x).sum()
        loss.backward()
        kept = weakref.ref(x)
        del x, loss
        assert kept() is None
    finally:
        gc.enable()


def test_nothing_is_kept_that_no_rule_reads():
    x = leaf(1.0, 2.0)
    constant = autograd.tensor([3.0, 4.0], dtype=autograd.float64)
    doubled = x * 2
    product = doubled * constant
    total = product.sum()
    kept = {name: weakref.ref(t.array) for name, t in (("doubled", doubled), ("product", product), ("3, 4", constant))}
    del doubled, product, constant
    # The rule of doubled * constant reads the constant; 2 is a number, and a sum needs to know a shape.
    assert [name for name, ref in kept.items() if ref() is not None] == ["3, 4"]
    total.backward()
    assert kept["3, 4"]() is None
    assert x.grad.tolist() == [6.0, 8.0]


def test_threads_may_walk_graphs_on_shared_leaves():
    w = autograd.ones(50, requires_grad=True)
    results = []

    def work(scale):
        for _ in range(50):
            (gradient,) = autograd.grad(((w * scale) * w).sum(), w)
        results.append((scale, gradient.tolist()))

    threads = [threading.Thread(target=work, args=(float(i),)) for i in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [(float(i), [2.0 * i] * 50) for i in range(1, 5)]


def test_hooks_once_a_gradient_was_accumulated():
    w, seen = leaf(1.0, 2.0), []
    handle = w.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
    for _ in range(2):
        (w * 3).sum().backward()
    assert seen == [[3.0, 3.0], [6.0, 6.0]]
    autograd.grad((w * 3).sum(), w)
    handle.remove()
    (w * 3).sum().backward()
    assert len(seen) == 2
    with pytest.raises(RuntimeError, match="post accumulate grad hooks cannot be registered on non-leaf tensors"):
        (w * 2).register_post_accumulate_grad_hook(print)
    kept = weakref.ref(w)
    del w, handle
    assert kept() is None


@pytest.mark.parametrize("size, threads, times", [(300_000, 4, 10), (1, 8, 100)])
def test_threads_that_accumulate_into_one_leaf_lose_nothing(size, threads, times):
    w = autograd.ones(size, requires_grad=True)
    start, interval = threading.Barrier(threads), sys.getswitchinterval()

    def work():
        start.wait()
        for _ in range(times):
            w.sum().backward()

    running = [threading.Thread(target=work) for _ in range(threads)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert w.grad.min().item() == w.grad.max().item() == threads * times


def loss_of_a_loop(x, w):
    """Of a network over ``x[t]`` that uses x as a whole too."""
    h = x.mean(0)
    for t in range(len(x)):
        h = (x[t] + x[t, 1:2] + h @ w).tanh()
    return (h * h).sum() + (x**3).sum()


def gradients_of_a_loop(length, create_graph=True):
    """x, a weight, and the gradients of both."""
    random = np.random.default_rng(0)
    x, w = (autograd.tensor(random.standard_normal(shape), requires_grad=True) for shape in ((length, 3), (3, 3)))
    return (x, w), autograd.grad(loss_of_a_loop(x, w), (x, w), create_graph=create_graph)


def test_a_recorded_gradient_of_a_loop_grows_as_the_loop_does():
    def work(length):
        _, slopes = gradients_of_a_loop(length)
        return sum(math.prod(node.shape) for node in ancestors([slope.node for slope in slopes]))

    assert work(160) < 2.2 * work(80)


def test_a_recorded_gradient_of_a_loop_is_right_and_has_derivatives():
    (x, w), slopes = gradients_of_a_loop(4)
    for recorded, plain in zip(slopes, gradients_of_a_loop(4, create_graph=False)[1]):
        np.testing.assert_allclose(recorded.detach(), plain, 1e-12)
    assert autograd.gradgradcheck(loss_of_a_loop, (x, w))

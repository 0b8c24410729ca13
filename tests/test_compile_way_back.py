"""Gradients through what `autograd.compile` replays: of any order, and of functions with a derivative of their own."""

from __future__ import annotations

import re
import threading
import warnings

import numpy as np
import pytest
from test_compile import bits

import autograd
import nn
from autograd import func
from autograd.torch import forward
from autograd.transforms.tree import leaves
from autograd.utils.checkpoint import checkpoint

CALLS = 5


def numbers(seed, shape=(3,)):
    return autograd.tensor(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def mlp():
    autograd.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.3), nn.LayerNorm(4), nn.Linear(4, 1))


def penalty(compiled):
    """Gradients of a critic's gradient, where the critic is called several times and its input leads elsewhere too."""
    critic = mlp()
    call = compiled(critic)

    def step(x):
        x.requires_grad_()
        inside = x * 2
        (slope,) = autograd.grad(call(inside).sum() + inside.square().sum(), x, create_graph=True)
        critic.zero_grad()
        loss = (slope.norm() - 1) ** 2 + call(x).mean() - call(-x).mean()
        loss.backward()
        return [loss, x.grad, *[p.grad for p in critic.parameters()]]

    return step


def third(compiled):
    call = compiled(lambda x: (x * x * x).tanh() * x)

    def step(x):
        x.requires_grad_()
        made = [call(x)]
        for _ in range(3):
            made += autograd.grad(made[-1].sum(), x, create_graph=True)
        return made

    return step


def of_several_results(compiled):
    w = numbers(9).requires_grad_()
    call = compiled(lambda x: (x * w, (x * w).exp(), x.sort()[0]))

    def step(x):
        x.requires_grad_()
        w.grad = None
        one, _, other = call(x)
        (slope,) = autograd.grad((one * other).sum(), x, create_graph=True)
        slope.square().sum().backward()
        return [slope, x.grad, w.grad]

    return step


def changed_in_between(compiled):
    w = autograd.ones(3, requires_grad=True)
    call = compiled(lambda x: (x * w).square())

    def step(x):
        x.requires_grad_()
        (slope,) = autograd.grad(call(x).sum(), x, create_graph=True)
        with autograd.no_grad():
            w.mul_(1.0)
        try:
            slope.sum().backward()
        except RuntimeError as error:
            return ["modified by an inplace operation" in str(error), str(error).count("version")]
        return [x.grad]

    return step


def around(transform):
    def case(compiled):
        call = compiled(lambda x: (x * x).tanh())
        return lambda x: transform(call, x)

    return case


def inside(transform):
    def case(compiled):
        return compiled(lambda x: transform(lambda v: (v * v).tanh(), x))

    return case


def dual(call, x):
    with forward.dual_level():
        return tuple(forward.unpack_dual(call(forward.make_dual(x, x + 1))))


TRANSFORMS = {
    "grad": lambda call, x: func.grad(lambda v: call(v).sum())(x),
    "hessian": lambda call, x: func.hessian(lambda v: call(v).sum())(x),
    "jacrev": lambda call, x: func.jacrev(call)(x),
    "jacfwd": lambda call, x: func.jacfwd(call)(x),
    "vmap": lambda call, x: func.vmap(call)(x),
    "jvp": lambda call, x: func.jvp(call, (x,), (x + 1,)),
    "vjp": lambda call, x: func.vjp(call, x)[1](x),
    "dual numbers": dual,
    "checkpoint": lambda call, x: func.grad(lambda v: checkpoint(call, v, use_reentrant=False).sum())(x),
}
DERIVED = {
    "a gradient penalty": penalty,
    "a third derivative": third,
    "of several results": of_several_results,
    "changed in between": changed_in_between,
    **{f"{name} around": around(transform) for name, transform in TRANSFORMS.items()},
    **{f"{name} inside": inside(transform) for name, transform in TRANSFORMS.items()},
}


def check(case):
    """What ``case`` gives with and without compiling is the same in each call; the compiled functions."""
    made = []

    def compiled(function):
        made.append(autograd.compile(function))
        return made[-1]

    ever, now = case(lambda function: function), case(compiled)
    for i in range(CALLS):
        found = []
        for call in (ever, now):
            autograd.manual_seed(i)
            found.append([bits(y) if isinstance(y, autograd.Tensor) else y for y in leaves(call(numbers(i)))])
        assert found[0] == found[1]
    return made


@pytest.mark.parametrize("name", DERIVED)
def test_derivatives_of_what_is_replayed(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if name.endswith("inside") else "error")
        (compiled,) = check(DERIVED[name])
    assert compiled.replays > 2 or name.endswith("inside")


class Looking(autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.mask, ctx.factor = x > 0, factor
        ctx.save_for_backward(x)
        return x * factor

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * ctx.factor * ctx.mask * (2 if x.sum().item() > 0 else x), None


class Marking(Looking):
    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * ctx.factor * ctx.mask * x, None


def with_function(function, create_graph):
    def case(compiled):
        autograd.manual_seed(0)
        layer = nn.Linear(3, 3)
        call = compiled(lambda x: layer(function.apply(x, 3.0)) * x)

        def step(x):
            layer.zero_grad()
            x.requires_grad_()
            (slope,) = autograd.grad(call(x).sum(), x, create_graph=create_graph)
            (slope.square().sum() if create_graph else call(x).sum()).backward()
            return [slope, x.grad, layer.weight.grad]

        return step

    return case


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("function", [Looking, Marking])
def test_a_derivative_of_ones_own(function, create_graph):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        (compiled,) = check(with_function(function, create_graph))
    assert compiled.replays >= 3
    told = [str(one.message) for one in caught]
    if function is Looking and not create_graph:
        assert len(told) == 1 and caught[0].filename == __file__
        assert re.search(
            r"come back through <lambda> of \w+.py:\d+ as ever: item\(\) looks at values at \w+.py:\d+: `return",
            told[0],
        )
    else:
        assert not told


def test_fullgraph_raises_on_the_way_back():
    compiled = autograd.compile(lambda x: Looking.apply(x, 2.0), fullgraph=True)
    for i in range(2):
        compiled(numbers(i).requires_grad_()).sum().backward()
    with pytest.raises(RuntimeError, match=r"gradients come back through <lambda> of \w+.py:\d+ as ever"):
        compiled(numbers(2).requires_grad_()).sum().backward()


def own_gradient(model, x):
    v = x.detach().clone().requires_grad_()
    model(v).sum().backward()
    model(v * 2).square().sum().backward()
    return v.grad * 2


def own_gradient_penalty(model, x):
    v = x.detach().clone().requires_grad_()
    (slope,) = autograd.grad(model(v).sum(), v, create_graph=True)
    loss = (slope.norm() - 1) ** 2 + model(x).square().mean()
    loss.backward()
    return loss, v.grad


def attack(model, x):
    v = x.detach().clone().requires_grad_()
    for _ in range(3):
        model(v).square().sum().backward()
        with autograd.no_grad():
            v += 0.1 * v.grad.sign()
        v.grad = None
    model(v.detach()).sum().backward()
    return v.detach()


def learned_to_learn(model, x):
    given = dict(model.named_parameters())
    loss = func.functional_call(model, given, (x,)).square().mean()
    slopes = autograd.grad(loss, list(given.values()), create_graph=True)
    moved = {name: p - 0.1 * slope for (name, p), slope in zip(given.items(), slopes)}
    loss = func.functional_call(model, moved, (x + 1,)).square().mean()
    loss.backward()
    return loss.detach()


def curvature(model, x):
    v = x.detach().clone().requires_grad_()
    (slope,) = autograd.grad(model(v).square().sum(), v, create_graph=True)
    return autograd.grad((slope * x).sum(), v)


@pytest.mark.parametrize("function", [own_gradient, own_gradient_penalty, attack, learned_to_learn, curvature])
def test_leaves_that_a_function_makes(function):
    def case(compiled):
        model = mlp().eval()
        call = compiled(lambda x: function(model, x))

        def step(x):
            model.zero_grad()
            made = call(x)
            return [made, *[p.grad for p in model.parameters() if p.grad is not None]]

        return step

    (compiled,) = check(case)
    assert compiled.replays >= 2


def several_walks(walk):
    def case(compiled):
        autograd.manual_seed(0)
        one, other, last = nn.Linear(3, 1), nn.Linear(3, 1), autograd.ones(3, requires_grad=True)
        call = compiled(lambda x: (one(x).square().sum(), other(x).square().sum(), (last * x).sum(), last.sum()))

        def step(x):
            leaves = [*one.parameters(), *other.parameters(), last]
            for leaf in leaves:
                leaf.grad = None
            found = []
            try:
                walk(call(x), one, other)
            except RuntimeError as error:
                found.append(str(error))
            return [*found, *[leaf.grad for leaf in leaves]]

        return step

    return case


def one_by_one(results, one, other):
    for result in results:
        result.backward()


def the_same_twice(results, one, other):
    results[1].backward()
    results[3].backward()
    results[3].backward()
    results[0].backward()
    results[1].backward()


def retained(results, one, other):
    results[0].backward(retain_graph=True)
    (results[0] * results[1]).backward()
    results[2].backward()
    results[2].backward()


def one_is_written_to(results, one, other):
    results[0].backward(retain_graph=True)
    with autograd.no_grad():
        one.weight.mul_(2)
        one.bias.add_(1)
    results[1].backward()
    results[0].backward()


def data_is_replaced(results, one, other):
    other.weight.data = other.weight.data * 2
    results[1].backward()


@pytest.mark.parametrize("walk", [one_by_one, the_same_twice, retained, one_is_written_to, data_is_replaced])
def test_each_result_has_a_walk_of_its_own(walk):
    (compiled,) = check(several_walks(walk))
    assert compiled.replays == 3


def test_threads_walk_back_at_once():
    model = mlp().eval()
    compiled, inputs = autograd.compile(model), [numbers(i, (2, 3)) for i in range(20)]

    def slopes(call):
        found = []
        for x in inputs:
            given = x.detach().requires_grad_()
            found.append([bits(slope) for slope in autograd.grad(call(given).square().sum(), [given])])
        return found

    expected, found = slopes(model), {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: slopes(compiled)})) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 4


class Holder:
    def __init__(self, x):
        self.x = x


def keeping(put):
    class Kept(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            put(ctx, x * 2)
            return x * 3

        @staticmethod
        def backward(ctx, gradient):
            return gradient * (ctx.kept(1) if callable(ctx.kept) else ctx.kept.x)

    return lambda compiled: with_gradient(compiled(lambda x: Kept.apply(x) * x))


def with_gradient(call):
    def step(x):
        x.requires_grad_()
        call(x).sum().backward()
        return x.grad

    return step


@pytest.mark.parametrize(
    ("put", "told"),
    [
        (lambda ctx, x: setattr(ctx, "kept", Holder(x)), "an object of class Holder in ctx.kept"),
        (lambda ctx, x: setattr(ctx, "kept", lambda y: x * y), "a function that closes over something in ctx.kept"),
    ],
)
def test_what_a_function_keeps_is_seen_or_refused(put, told):
    with pytest.warns(UserWarning, match=told):
        (compiled,) = check(keeping(put))
    assert compiled.replays == 0


def in_each_other(compiled):
    inner = compiled(lambda x: x.tanh() * 2)
    outer = compiled(lambda x: inner(x) + inner(x * 2))

    def step(x):
        x.requires_grad_()
        y = outer(inner(x))
        (slope,) = autograd.grad(y.sum(), x, create_graph=True)
        slope.sum().backward()
        return y, slope, x.grad

    return step


def raising(compiled):
    class Raising(Looking):
        @staticmethod
        def backward(ctx, gradient):
            if ctx.saved_tensors[0].sum().item() > 0:
                raise ValueError("more than 0")
            return gradient, None

    call = compiled(lambda x: Raising.apply(x, 2.0) * x)

    def step(x):
        x.requires_grad_()
        try:
            call(x).sum().backward()
        except ValueError as error:
            return [str(error), x.grad]
        return [x.grad]

    return step


@pytest.mark.parametrize("case", [in_each_other, raising])
@pytest.mark.filterwarnings("ignore:compile")
def test_walks_are_as_they_would_be(case):
    for compiled in check(case):
        assert compiled.replays >= 3

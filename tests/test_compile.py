"""`autograd.compile`: what is replayed gives the same bits as what runs as ever, or it isn't replayed."""

from __future__ import annotations

import copy
import cProfile
import functools
import gc
import re
import threading
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from test_random_graphs import TENSORS, Program, loss, numbers, programs, run

import autograd
import nn
import optim
from autograd.kernels.compiling.loops import compiled_run
from autograd.ops.op import OPS
from autograd.replay import forms, program
from autograd.replay.shadow import traced
from autograd.transforms.tree import leaves

# Two are recorded, in one the calls are looked into, and then the straight line runs thrice.
STEPS = 6


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """All calls are looked into at once."""
    monkeypatch.setattr(program, "LOOKING", float("inf"))


def bits(x):
    return None if x is None else (x.array.dtype, x.array.shape, x.array.tobytes())


class Training:
    """A model, its optimizer, and a step of training; two of one seed begin alike."""

    def __init__(self, model, optimizer=lambda p: optim.SGD(p, lr=0.1), clip=None, scheduler=None):
        autograd.manual_seed(0)
        self.model = model()
        self.optimizer = optimizer(list(self.model.parameters()))
        self.clip = clip
        self.scheduler = scheduler and scheduler(self.optimizer)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(x), y)
        loss.backward()
        if self.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimizer.step()
        if self.scheduler:
            self.scheduler.step()
        return loss

    def state(self):
        parameters = list(self.model.parameters())
        remembered = [x for p in parameters for x in self.optimizer.state.get(p, {}).values()]
        found = [*self.model.state_dict().values(), *[p.grad for p in parameters], *remembered]
        return [bits(x) if isinstance(x, autograd.Tensor) else x for x in found]


def mlp():
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))


def batches(steps=STEPS, shape=(4, 6)):
    source = np.random.default_rng(0)
    for _ in range(steps):
        x, y = source.normal(size=shape), source.integers(0, 3, shape[0])
        yield autograd.tensor(x, dtype=autograd.float32), autograd.tensor(y)


def check_training(*args, **kwargs):
    """Eager and compiled training go the same way; returns the compiled step."""
    ever, compiled = Training(*args, **kwargs), Training(*args, **kwargs)
    step = autograd.compile(compiled.step)
    for i, (x, y) in enumerate(batches(STEPS)):
        autograd.manual_seed(i)
        expected = ever.step(x, y)
        autograd.manual_seed(i)
        assert bits(step(x, y)) == bits(expected)
        assert compiled.state() == ever.state()
    return step


OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    **{
        name: lambda p, name=name: getattr(optim, name)(p, lr=0.01)
        for name in (
            "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "ASGD", "NAdam", "RAdam", "RMSprop", "Rprop",
        )
    },
    "amsgrad": lambda p: optim.Adam(p, lr=0.01, amsgrad=True),
    "Muon": lambda p: optim.Muon([x for x in p if x.ndim == 2], lr=0.01),
    "groups": lambda p: optim.Adam([{"params": p[:2], "lr": 0.1}, {"params": p[2:], "weight_decay": 0.1}]),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_of_every_optimizer(name):
    assert check_training(mlp, OPTIMIZERS[name], clip=0.5).replays >= 2


MODELS = {
    "mlp": mlp,
    "batch norm and dropout": lambda: nn.Sequential(
        nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Dropout(0.4), nn.Linear(5, 3)
    ),
    "convolution": lambda: nn.Sequential(
        nn.Unflatten(1, (1, 6)), nn.Conv1d(1, 4, 3), nn.GELU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(8, 3)
    ),
    "attention": lambda: nn.Sequential(
        nn.Linear(6, 8), nn.Unflatten(1, (1, 8)), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Flatten(),
        nn.Linear(8, 3),
    ),
    "norms": lambda: nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.RMSNorm(8), nn.SiLU(), nn.Linear(8, 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_step_of_a_network(name):
    assert check_training(MODELS[name], clip=1.0).replays >= 2


@pytest.mark.parametrize(
    "scheduler",
    [
        lambda o: optim.lr_scheduler.StepLR(o, 2, 0.5),
        lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 10),
        lambda o: optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=20),
    ],
)
def test_a_scheduler_inside(scheduler):
    assert check_training(mlp, OPTIMIZERS["Adam"], scheduler=scheduler).replays >= 2


class Recurrent(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell(2, 4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        state = None
        for part in x.reshape(-1, 3, 2).unbind(1):
            state = self.cell(part, state)
        return self.head(state[0] if isinstance(state, tuple) else state)


@pytest.mark.parametrize("cell", [nn.RNNCell, nn.LSTMCell, nn.GRUCell])
def test_a_loop_over_a_cell(cell):
    assert check_training(lambda: Recurrent(cell)).replays >= 2


LAYERS = {
    "Linear": (lambda: nn.Linear(6, 3), (4, 6)),
    "Bilinear-like": (lambda: nn.Sequential(nn.Linear(6, 3), nn.Softmax(-1)), (4, 6)),
    "Conv2d": (lambda: nn.Conv2d(2, 3, 3, padding=1), (2, 2, 5, 5)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), (2, 2, 4, 4)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2), (3, 2, 4, 4)),
    "InstanceNorm1d": (lambda: nn.InstanceNorm1d(3, affine=True, track_running_stats=True), (2, 3, 5)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (2, 4, 3)),
    "LayerNorm": (lambda: nn.LayerNorm(4), (3, 4)),
    "LSTM": (lambda: nn.LSTM(4, 3), (5, 2, 4)),
    "GRU": (lambda: nn.GRU(4, 3, bidirectional=True), (5, 2, 4)),
    "MultiheadAttention": (lambda: SelfAttention(), (2, 3, 4)),
    "Dropout": (lambda: nn.Dropout(0.5), (3, 4)),
    "AlphaDropout": (lambda: nn.AlphaDropout(0.5), (3, 4)),
    "AvgPool2d": (lambda: nn.AvgPool2d(2), (1, 2, 4, 4)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), (1, 2, 4, 4)),
    "PReLU": (lambda: nn.PReLU(), (3, 4)),
    "Upsample": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 3, 3)),
}


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_and_its_gradients(name, training):
    make, shape = LAYERS[name]
    autograd.manual_seed(0)
    ever = make().train(training)
    compiled = copy.deepcopy(ever)
    compiled.compile()
    for i in range(STEPS):
        x = numbers(shape, i).astype(np.float32)
        found = []
        for model in (ever, compiled):
            autograd.manual_seed(i)
            given = autograd.tensor(x, requires_grad=True)
            results = leaves(model(given))
            autograd.backward([y for y in results if y is not None], [y.detach() for y in results if y is not None])
            state = [*results, given.grad, *[p.grad for p in model.parameters()], *model.state_dict().values()]
            found.append([x if x is None else bits(x) for x in state])
        assert found[0] == found[1]
    assert compiled.forward.replays >= 2 or compiled.forward.reason


@settings(max_examples=60, deadline=None)
@given(programs(writes=True))
def test_programs_that_nobody_wrote(program: Program):
    code = program.compiled()

    def function(*inputs):
        return loss(run(code, list(inputs), TENSORS), TENSORS)

    def whole(*inputs):
        y = function(*inputs)
        if y.requires_grad:
            y.backward()
        return y.detach()

    def found(call, arrays):
        inputs = [autograd.tensor(x, requires_grad=True) for x in arrays]
        try:
            y = call(*inputs)
            if y.requires_grad:
                y.backward()
        except RuntimeError as error:
            return str(error).partition(":")[0]
        return [bits(y), y.requires_grad, *[bits(x.grad) for x in inputs]]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for plain in (function, whole):
            compiled = autograd.compile(plain)
            for i in range(STEPS):
                arrays = [numbers(shape, 10 * i + k) for k, shape in enumerate(program.shapes)]
                assert found(plain, arrays) == found(compiled, arrays)


@pytest.mark.parametrize("name", ["xlogy", "lgamma", "erf", "tanh", "i0e"])
def test_functions_of_numpy_and_of_scipy(name):
    function = getattr(autograd.special, name, None) or getattr(autograd, name)
    chained = lambda x: (function(*(x, x)[: 2 if name == "xlogy" else 1]) * 2 - x) * x
    compiled = autograd.compile(chained)
    for i in range(10):
        x = autograd.tensor(numbers((2, 3), i) + 1.5)
        assert bits(compiled(x)) == bits(chained(x))
    assert compiled.replays == 8


def replays_of(step, *calls):
    """How many of the ``calls`` were replayed."""
    before = step.replays
    for call in calls:
        step(*call)
    return step.replays - before


def test_what_differs_is_recorded_anew():
    step = autograd.compile(lambda x, n: (x * n).tanh())
    x = autograd.ones(2, 3)
    assert replays_of(step, *[(x, 2.0)] * 4) == 2
    for call in [(x, 3.0), (x, 2), (x.double(), 2.0), (autograd.ones(3, 2), 2.0), (autograd.ones(3, 2).t(), 2.0)]:
        assert replays_of(step, *[call] * 4) == 2
    assert replays_of(step, (x.clone().requires_grad_(), 2.0)) == 0
    with autograd.no_grad():
        assert replays_of(step, (x, 2.0)) == 0
    assert replays_of(step, (x, 2.0)) == 1


def test_the_state_of_modules_is_seen():
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    step = autograd.compile(model)
    x = autograd.ones(1, 2)
    assert replays_of(step, *[(x,)] * 4) == 2
    model.eval()
    assert bits(step(x)) == bits(model(x)) and replays_of(step, *[(x,)] * 3) == 2
    model[0].weight.data = autograd.zeros(2, 2)
    assert bits(step(x)) == bits(model(x))
    model[0].weight.requires_grad_(False)
    assert replays_of(step, (x,)) == 0 and bits(step(x)) == bits(model(x))
    model.double()
    assert step(x.double()).dtype is autograd.float64
    state = {name: value * 2 for name, value in model.state_dict().items()}
    model.load_state_dict(state)
    assert bits(step(x.double())) == bits(model(x.double()))
    model[0] = nn.Linear(2, 2).double()
    assert bits(step(x.double())) == bits(model(x.double()))
    model[0].register_forward_hook(lambda module, args, out: out * 2)
    assert bits(step(x.double())) == bits(model(x.double()))


def test_what_the_learning_rate_becomes_is_seen():
    ever, compiled = Training(mlp, OPTIMIZERS["Adam"]), Training(mlp, OPTIMIZERS["Adam"])
    step = autograd.compile(compiled.step)
    for i, (x, y) in enumerate(batches(8)):
        for training in (ever, compiled):
            training.optimizer.param_groups[0]["lr"] = 0.1 / (i + 1)
        ever.step(x, y), step(x, y)
        assert compiled.state() == ever.state()
    assert step.replays == 6


SCALE = 2.0


def test_what_is_closed_over_may_change():
    global SCALE
    factor = [3.0]
    step = autograd.compile(lambda x: x * factor[0] * SCALE)
    x = autograd.ones(2)
    for value in (3.0, 4.0, 5.0):
        factor[0] = value
        assert [step(x)[0].item() for _ in range(3)] == [2 * value] * 3
    SCALE = 1.0
    assert step(x)[0].item() == 5.0
    SCALE = 2.0


def by_value(x):
    return x * 2 if x.sum().item() > 0 else x - 1


def printing(x):
    print("x")
    return x + 1


FALLBACKS = {
    "item": (by_value, r"item\(\) looks at values at test_compile.py:\d+: `return x \* 2 if x.sum\(\).item\(\) > 0"),
    "bool": (lambda x: x if (x > 0).all() else -x, r"__bool__\(\) looks at values"),
    "float": (lambda x: x * float(x[0]), r"__float__\(\) looks at values"),
    "numpy": (lambda x: x + autograd.tensor(x.numpy()), r"numpy\(\) looks at values"),
    "array": (lambda x: x + x.array.sum(), r"looks at values"),
    "print": (printing, r"print\(\) is called"),
    "mask": (lambda x: x[x > 0], "the shape of what getitem gives depends on values"),
    "nonzero": (lambda x: x.nonzero(), "looks at values|depends on values"),
    "index": (lambda x: x[x.argmax()], "a Tensor is used as one index"),
    "view": (lambda x: x[:1], "returns a view"),
    "object": (lambda x: {"a": object()}, "returns an object of class object"),
    "random state": (lambda x: (autograd.get_rng_state(), x + 1)[1], "looks at values"),
    "numpy's randomness": (lambda x: x * np.random.random(), "draws random numbers"),
}


@pytest.mark.parametrize("name", FALLBACKS)
def test_what_is_not_replayed_is_told_once(name, capsys):
    function, reason = FALLBACKS[name]
    step = autograd.compile(function)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i in range(8):
            x = autograd.tensor([1.0, 2.0 - i, 3.0])
            expected, found = function(x), step(x)
            if name not in ("object", "numpy's randomness"):
                assert bits(found) == bits(expected)
    assert step.replays == 0
    assert len(caught) == 1 and caught[0].filename == __file__
    assert re.search(reason, str(caught[0].message)), str(caught[0].message)


def test_fullgraph_raises():
    step = autograd.compile(by_value, fullgraph=True)
    with pytest.raises(RuntimeError, match="by_value runs as ever"):
        step(autograd.ones(2))


def test_results_are_the_callers():
    step = autograd.compile(lambda x: (x * 2, [x + 1]))
    kept = [step(autograd.full((3,), float(i))) for i in range(6)]
    assert [(a[0].item(), b[0].item()) for a, (b,) in kept] == [(2.0 * i, i + 1.0) for i in range(6)]
    assert step.replays == 4


def test_constants_that_are_written_to_or_returned_are_made_anew():
    def function(x):
        total = autograd.zeros(3)
        total += x
        return total, autograd.ones(2)

    step = autograd.compile(function)
    for i in range(5):
        total, ones = step(autograd.full((3,), float(i)))
        assert total.tolist() == [float(i)] * 3 and ones.tolist() == [1.0, 1.0]
        ones += 1
    assert step.replays == 3


def test_an_error_leaves_what_running_as_ever_would():
    table = nn.Embedding(3, 2)
    step = autograd.compile(lambda i: table(i) * 2)
    for _ in range(4):
        step(autograd.tensor([0, 2]))
    for call in (step, lambda i: table(i)):
        with pytest.raises(IndexError, match="index"):
            call(autograd.tensor([0, 3]))
    assert step(autograd.tensor([0, 1])).shape == (2, 2)


def test_a_gradient_comes_back_through_a_compiled_part():
    autograd.manual_seed(0)
    first, part, last = nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3)), nn.Linear(3, 1)
    compiled = autograd.compile(part)
    for i in range(5):
        x = autograd.tensor(numbers((2, 3), i).astype(np.float32))
        found = []
        for middle in (part, compiled):
            for module in (first, part, last):
                module.zero_grad()
            y = last(middle(middle(first(x)))).sum()
            y.backward()
            found.append([bits(p.grad) for module in (first, part, last) for p in module.parameters()])
        assert found[0] == found[1]
    assert compiled.replays > 4
    # The gradient of a sum is one number that lies in memory once.
    spread = []
    for middle in (part, compiled):
        for module in (first, part):
            module.zero_grad()
        y = middle(first(x)).sum()
        y.backward()
        spread.append([bits(p.grad) for module in (first, part) for p in module.parameters()])
    assert spread[0] == spread[1]
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_loss_whose_graph_was_walked_has_no_more_of_it():
    training = Training(mlp)
    step = autograd.compile(training.step)
    losses = [step(x, y) for x, y in batches()]
    assert step.replays == STEPS - 2 and losses[-1].requires_grad
    with pytest.raises(RuntimeError, match="second time"):
        losses[-1].backward()


def test_recursion_and_threads():
    def power(x, n):
        return x if n == 0 else step(x, n - 1) * x

    step = autograd.compile(power)
    x = autograd.full((2,), 2.0)
    assert [step(x, 3)[0].item() for _ in range(4)] == [16.0] * 4
    model = mlp()
    shared = autograd.compile(model)
    inputs = [x for x, _ in batches(20)]
    expected = [bits(model(x)) for x in inputs]
    found = {}

    def work(k):
        found[k] = [bits(shared(x)) for x in inputs]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 3


def test_modules_are_copied_and_saved_with_it():
    model = mlp()
    model.compile()
    x = next(batches(1))[0]
    for _ in range(3):
        model(x)
    other = copy.deepcopy(model)
    other[0].weight.data.zero_()
    assert bits(other(x)) != bits(model(x))
    assert list(other.state_dict()) == list(mlp().state_dict())


def test_options_are_those_of_pytorch():
    @autograd.compile(fullgraph=False, dynamic=None, backend="inductor", mode="max-autotune")
    def double(x):
        """Twice."""
        return x * 2

    assert double(autograd.ones(1)).item() == 2.0 and double.__name__ == "double" and double.__doc__ == "Twice."
    assert autograd.compile(by_value, disable=True) is by_value
    with pytest.raises(RuntimeError, match="Unrecognized mode"):
        autograd.compile(by_value, mode="fast")
    with pytest.raises(RuntimeError, match="Invalid backend: 'gpu'"):
        autograd.compile(by_value, backend="gpu")
    with pytest.raises(TypeError, match="unexpected keyword argument 'level'"):
        autograd.compile(by_value, level=3)
    named = autograd.compile(name="forward", recompile_limit=1, isolate_recompiles=True, shapes_spec=None)(
        lambda x: x * 2
    )
    with pytest.warns(UserWarning, match="inner runs as ever"):
        autograd.compile(by_value, name="inner")(autograd.ones(2))
    for size in (1, 1, 1, 2, 2, 2, 1):
        named(autograd.ones(size))
    assert named.name == copy.deepcopy(named).name == "forward" and repr(named) == "<compiled forward>"
    # The recording for one number was forgotten for that of two.
    assert named.replays == 2
    with pytest.raises(TypeError, match="expected a function or a module"):
        autograd.compile(3)


def test_memory_does_not_grow():
    training = Training(mlp, OPTIMIZERS["Adam"])
    step = autograd.compile(training.step)
    (x, y), *_ = batches(1)
    for _ in range(5):
        step(x, y)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(200):
        step(x, y)
    gc.collect()
    assert len(gc.get_objects()) - before < 20


def test_what_a_replay_does_is_listed():
    step = autograd.compile(lambda x, w: (x * w).tanh().sum())
    lines = step.explain(autograd.ones(2, 3), autograd.ones(3)).splitlines()
    assert [line.replace("│", "").split()[1] for line in lines[1:-2]] == ["mul", "tanh", "sum", "array"]
    assert lines[1].endswith("float32 (2, 3)") and lines[-2].endswith("4 calls")
    assert lines[-1] == "buffers of 48 bytes, which take turns in 128"
    assert compiled_run() is None or "│ in one go" in lines[0]
    with pytest.warns(UserWarning, match="by_value runs as ever"):
        assert "item() looks at values" in autograd.compile(by_value).explain(autograd.ones(2))


def test_a_long_listing_is_folded():
    def loop(x):
        for _ in range(32):
            x = (x * 2).sort().values.tanh()
        for _ in range(5):
            x = x.tanh()
        return x

    lines = autograd.compile(loop).explain(autograd.ones(3)).splitlines()
    assert len(lines) == 9 and "32 times:" in lines[1] and "tanh ×5" in lines[6]
    assert max(map(len, lines)) <= 80 and lines[-2].endswith("133 calls")
    total = sum(float(line.split()[0]) for line in lines[2:-2])
    assert total == pytest.approx(float(lines[-2].split()[0]), abs=1)


def test_hooks_that_come_later_are_seen():
    def step(v):
        v.grad = w.grad = None
        (w * v).sum().backward()

    for number in range(2):
        w, v = autograd.ones(2, requires_grad=True), autograd.full((2,), 3.0, requires_grad=True)
        compiled = autograd.compile(step)
        assert replays_of(compiled, *[(v,)] * 4) == 2
        with warnings.catch_warnings(), (w, v)[number].register_hook(lambda g: g * 10):
            warnings.simplefilter("ignore")
            compiled(v)
        assert [w.grad[0].item(), v.grad[0].item()] == [[30.0, 1.0], [3.0, 10.0]][number]


def test_gradients_that_are_kept_stay_what_they_are():
    training = Training(mlp)
    step, kept = autograd.compile(training.step), []
    for x, y in batches(8):
        step(x, y)
        kept.append([(p.grad, p.grad.array[..., :1], bits(p.grad)) for p in training.model.parameters()])
    assert step.replays == 6
    for grads in kept:
        assert all(bits(grad) == before and view.base is grad.array for grad, view, before in grads)


def test_a_replay_allocates_nothing_but_what_it_returns():
    x, w = autograd.ones(64, 64), autograd.ones(64, 64)

    def chained(x):
        y = x
        for _ in range(10):
            y = ((y * w).tanh() + w) * 0.5
        return y

    compiled = autograd.compile(chained)
    for _ in range(5):
        compiled(x)
    tracemalloc.start()
    compiled(x)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert compiled.replays == 4 and size < x.array.nbytes / 2


def leaks(x):
    return x * float(np.asarray(x).max())


FORMS = {
    "mul": (OPS["mul"].forward, (numbers((3, 4), 0), numbers((4,), 1)), True),
    "tanh": (OPS["tanh"].forward, (numbers((3, 4), 0),), True),
    "linear": (OPS["linear"].forward, tuple(numbers(s, 0).astype("f") for s in ((3, 4), (5, 4), (5,))), True),
    "mse_loss": (OPS["mse_loss"].forward, (numbers((3,), 0), numbers((3,), 1), "mean"), True),
    "transpose": (OPS["transpose"].forward, (numbers((3, 4), 0), 0, 1), True),
    "cross_entropy": (
        OPS["cross_entropy"].forward, (numbers((3, 4), 0).astype("f"), np.array([0, 3, 1]), None, -100, "mean", 0.0),
        True,
    ),
    "a value that is read": (leaks, (numbers((3, 4), 0),), False),
    "a write": (lambda x: x.fill(0), (numbers((3, 4), 0),), False),
    "a sort": (np.sort, (numbers((3, 4), 0),), False),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_what_calls_come_to(name):
    function, args, expected = FORMS[name]
    form = traced(function, args)
    assert (form is not None and form.holds(function, args)) == expected


def test_an_error_of_a_kernel_is_the_functions():
    training = Training(mlp)
    step = autograd.compile(training.step)
    for x, y in batches():
        step(x, y)
    before = training.state()
    with pytest.raises(IndexError, match="Target 7 is out of bounds for 3 classes"):
        step(x, autograd.full((4,), 7, dtype=autograd.int64))
    after = training.state()
    assert step.replays == STEPS - 1 and after[:4] == before[:4]


@pytest.mark.parametrize(
    "function", [lambda x: (x * x).mean(), lambda x: x.sum().tanh() * 2, lambda x: (x.exp() / 3).sum() - x.mean()]
)
@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_numbers_of_no_dimensions(function, shape):
    compiled = autograd.compile(function)
    for i in range(8):
        found = []
        for call in (function, compiled):
            x = autograd.tensor(numbers(shape, i), requires_grad=True)
            y = call(x)
            y.backward()
            found.append((bits(y), bits(x.grad)))
        assert found[0] == found[1]
    assert compiled.replays == 6


def test_work_is_divided_as_ever_among_threads():
    before = autograd.get_num_threads()
    model = nn.Sequential(nn.Linear(300, 200), nn.Tanh(), nn.GELU(), nn.Linear(200, 100))
    compiled, x = autograd.compile(model), autograd.ones(1000, 300)
    try:
        for number in (1, 2, 1):
            autograd.set_num_threads(number)
            for i in range(4):
                found = compiled(x * i)
                assert bits(found) == bits(model(x * i))
    finally:
        autograd.set_num_threads(before)
    assert compiled.replays == 8


def test_what_befalls_an_optimizer_is_seen():
    ever, compiled = Training(mlp, OPTIMIZERS["Adam"]), Training(mlp, OPTIMIZERS["Adam"])
    step, called, saved = autograd.compile(compiled.step), [], None
    for i, (x, y) in enumerate(batches(12)):
        for training in (ever, compiled):
            optimizer = training.optimizer
            if i == 4:
                saved = copy.deepcopy(optimizer.state_dict())
            if i == 6:
                optimizer.load_state_dict(copy.deepcopy(saved))
            if i == 8:
                optimizer.state[training.model[0].weight]["exp_avg"] = autograd.zeros(5, 6)
            if i == 10:
                optimizer.register_step_post_hook(lambda *args: called.append(1))
        ever.step(x, y), step(x, y)
        assert compiled.state() == ever.state()
    assert step.replays == 10 and len(called) == 4


def test_calls_are_looked_into_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(program, "LOOKING", 1e-9)
    forms.FORMS.clear()
    x, y = next(batches(1))
    ever, compiled = Training(MODELS["norms"], OPTIMIZERS["Adam"]), Training(MODELS["norms"], OPTIMIZERS["Adam"])
    step = autograd.compile(compiled.step)
    for i in range(60):
        assert bits(step(x, y)) == bits(ever.step(x, y)) and compiled.state() == ever.state()
        if i == 6:
            assert step.replays == 5 and 0 < len(forms.FORMS) < 10
    # Without Numba nothing is called in one go.
    assert step.replays == 58 and ("│" in step.explain(x, y)) == (compiled_run() is not None)


def test_a_profiler_listens_on():
    profiler, compiled = cProfile.Profile(), autograd.compile(lambda x: (x * 3).tanh().square())
    profiler.enable()
    found = [compiled(autograd.full((2,), float(i), requires_grad=True)) for i in range(6)]
    found[-1].sum().backward()
    len(found)
    profiler.disable()
    assert compiled.replays == 4
    assert any("len" in str(entry.code) for entry in profiler.getstats())


def test_a_hook_that_was_removed():
    w = autograd.ones(2, requires_grad=True)

    def step(x):
        w.grad = None
        (w * x).sum().backward()
        return w.grad

    compiled, x = autograd.compile(step), autograd.ones(2)
    assert replays_of(compiled, *[(x,)] * 5) == 3
    handle = w.register_hook(lambda gradient: gradient * 10)
    with pytest.warns(UserWarning, match="a gradient has hooks"):
        assert compiled(x).tolist() == [10.0, 10.0]
    handle.remove()
    other = autograd.compile(step)
    for one in (compiled, other):
        assert [one(x).tolist() for _ in range(6)] == [[1.0, 1.0]] * 6
    assert other.replays == 4


@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "num_layers": 2}, {"batch_first": True}])
@pytest.mark.parametrize("layer", [nn.RNN, nn.LSTM, nn.GRU])
def test_recurrent_layers_are_looked_into(layer, options):
    forms.FORMS.clear()
    autograd.manual_seed(0)
    model, source = layer(5, 7, **options), np.random.default_rng(0)

    def step(x):
        model.zero_grad()
        model(x)[0].square().sum().backward()

    compiled = autograd.compile(step)
    for _ in range(6):
        x = autograd.tensor(source.standard_normal((6, 3, 5)), dtype=autograd.float32)
        step(x)
        expected = [bits(p.grad) for p in model.parameters()]
        compiled(x)
        assert [bits(p.grad) for p in model.parameters()] == expected
    found = [form for key, form in forms.FORMS.items() if key[0].__module__ == "autograd.ops.recurrent"]
    assert compiled.replays == 4 and len(found) >= 2
    # The twins of kernels leave some of their memory as it was for the offsets in another order that forms are tried
    # with. What they give of those is a matter of chance, and then they have no form.
    assert compiled_run() is None or None not in found


def test_gradients_that_are_assigned():
    def step(w, x):
        (w * x).sum().backward()
        w.grad = w.grad * 2
        gradient = w.grad
        w.grad = None
        return gradient

    compiled = autograd.compile(step)
    w = autograd.ones(2, requires_grad=True)
    for i in range(5):
        assert compiled(w, autograd.full((2,), float(i))).tolist() == [2.0 * i] * 2 and w.grad is None
    assert compiled.replays == 3


def test_gradients_that_add_up():
    def step(x):
        (w * x).sum().backward()

    w, compiled = autograd.ones(2, requires_grad=True), autograd.compile(step)
    for i in range(1, 6):
        assert compiled(autograd.ones(2)) is None
        assert w.grad.tolist() == [float(i)] * 2
    assert compiled.replays == 2


class Cube(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x**2


def test_a_function_with_a_derivative_of_its_own():
    compiled = autograd.compile(lambda x: Cube.apply(x) * 2)
    for i in range(5):
        x = autograd.full((2,), float(i), requires_grad=True)
        compiled(x).sum().backward()
        assert x.grad.tolist() == [6.0 * i * i] * 2
    assert compiled.replays == 3


def generating(x):
    yield x * 2


REFUSED = {
    "generator": (generating, "returns an object of class generator", lambda found: next(found)),
    "argument": (lambda x, kept=[]: (kept.append(x), x * 2)[1], "closes over", lambda found: found),
    "requires_grad": (lambda x: x.requires_grad_() * 2, "changes its arguments", lambda found: found),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    function, reason, of = REFUSED[name]
    compiled = autograd.compile(function)
    with pytest.warns(UserWarning, match=reason):
        for i in range(8):
            assert of(compiled(autograd.full((2,), float(i)))).tolist() == [2.0 * i] * 2
    assert compiled.replays == 0


def test_a_list_that_is_given_may_be_appended_to():
    kept, compiled = [], autograd.compile(lambda x, kept: kept.append(1))
    with pytest.warns(UserWarning, match="changes its arguments|closes over"):
        for _ in range(8):
            compiled(autograd.ones(1), kept)
    assert len(kept) == 8


@pytest.mark.parametrize("wrapped", [autograd.compile, lambda model: functools.partial(model)])
def test_what_is_wrapped_is_seen(wrapped):
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    inner = wrapped(model)
    step = autograd.compile(lambda x: inner(x).sum())
    x = autograd.ones(1, 2)
    assert replays_of(step, *[(x,)] * 4) == 2
    model.eval()
    assert bits(step(x)) == bits(model(x).sum()) and step.replays == 2

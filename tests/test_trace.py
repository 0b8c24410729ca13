"""Traces: the steps are those of the engine, the numbers are its numbers, and the record is plain data."""

import itertools
import json
import re
import sys

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.engine.debug import watchers
from autograd.kernels.interpolation import interpolating
from autograd.kernels.pooling import windows
from autograd.kernels.pooling.averages import averages
from autograd.ops import OPS
from autograd.seeing.cells import backward_cells, cells, reduced
from autograd.seeing.formulas import amount
from autograd.seeing.names import of_variables
from autograd.seeing.summary import ACROSS, DEEP, summary
from autograd.seeing.transcript import transcript


def leaf(*shape, seed=0):
    return autograd.tensor(np.random.default_rng(seed).normal(size=shape).astype("f"), requires_grad=True)


def element(record, number):
    """An array of the record that was kept whole, as an array."""
    kept = record["arrays"][number]
    assert [len(index) for index in kept["index"]] == kept["shape"]
    return np.array([float(cell) for cell in kept["cells"]], kept["dtype"]).reshape(kept["shape"])


def arrivals(trace):
    """What has arrived at each leaf, by name."""
    record = trace.record
    return {
        record["nodes"][step["node"]]["name"]: element(record, step["gradient"])
        for step in record["steps"]
        if step["kind"] == "leaf"
    }


def kinds(trace):
    return [step["kind"] for step in trace.steps]


def one_step(trace, kind, **wanted):
    """The only step of a kind, about nodes of these names."""
    nodes = trace.record["nodes"]
    found = [
        step
        for step in trace.steps
        if step["kind"] == kind and all(nodes[step[key]]["name"] == name for key, name in wanted.items())
    ]
    assert len(found) == 1
    return found[0]


def test_a_neuron_of_scalars():
    w, x, b = autograd.Scalar(2.0), autograd.Scalar(-3.0), autograd.Scalar(6.5)
    out = (w * x + b).tanh()
    trace = autograd.trace(out)
    assert kinds(trace)[:3] == ["call"] * 3
    assert trace.steps[0]["formula"] == "v₁ = w × x"
    assert trace.steps[0]["numbers"] == "= 2 × (-3) = -6"
    back = one_step(trace, "local", node="v₁", parent="w")
    assert back["formula"] == "∂out/∂w = ∂out/∂v₁ · ∂v₁/∂w"
    assert back["rule"] == "∂(x·y)/∂x = y"
    slope = 1 - np.tanh(0.5) ** 2
    assert back["numbers"] == f"{slope:.4g} × (-3) = {-3 * slope:.4g}"
    assert w.grad == x.grad == b.grad == 0
    out.backward()
    assert {name: gradient.item() for name, gradient in arrivals(trace).items() if name in "wxb"} == {
        "w": w.grad,
        "x": x.grad,
        "b": b.grad,
    }


def test_fan_out_adds_up():
    a = autograd.Scalar(3.0)
    trace = autograd.trace(a * a + a)
    sums = [step["numbers"] for step in trace.steps if step["kind"] == "accumulate" and step["parent"] == "n1"]
    assert sums == ["1 + 3 = 4", "4 + 3 = 7"]


@pytest.mark.parametrize("recorded", [False, True])
def test_gradients_are_bit_equal_to_those_of_backward(recorded):
    model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
    x, y = leaf(6, 5).detach(), autograd.tensor([0, 1, 2, 0, 1, 2])
    if recorded:
        with autograd.trace() as trace:
            nn.CrossEntropyLoss()(model(x), y).backward()
    else:
        trace = autograd.trace(nn.CrossEntropyLoss()(model(x), y))
        assert all(p.grad is None for p in model.parameters())
        nn.CrossEntropyLoss()(model(x), y).backward()
    found = arrivals(trace)
    assert found.keys() == dict(model.named_parameters()).keys()
    for name, parameter in model.named_parameters():
        assert found[name].dtype == np.float32
        assert (found[name] == parameter.grad.array).all()


def test_every_sum_is_what_the_walk_goes_on_with():
    x, w = leaf(4, 3), leaf(3, 3, seed=1)
    h = x @ w
    trace = autograd.trace(((h * h).sum(0) * h.exp() + x).sum())
    sums = {}
    for step in trace.steps:
        if step["kind"] == "local":
            gradient = element(trace.record, step["upstream"])
            assert (sums.get(step["node"], gradient) == gradient).all()
        elif step["kind"] == "accumulate":
            sums[step["parent"]] = element(trace.record, step["after"])


def test_broadcasting_is_undone_in_sight():
    x, b = leaf(4, 3), leaf(3, seed=1)
    trace = autograd.trace((x * b).sum())
    back = one_step(trace, "local", parent="b")
    assert back["axes"] == [0]
    assert (element(trace.record, back["product"]) == x.array).all()
    assert (element(trace.record, back["contribution"]) == x.array.sum(0)).all()
    assert back["reduced"] == [{}, {"axis": 0}]
    assert "Σ[0]" in back["formula"]


def test_local_derivatives():
    x, y = leaf(3), leaf(3, seed=1)
    trace = autograd.trace((x * y).exp().sum())
    local = one_step(trace, "local", parent="x")["local"]
    assert (element(trace.record, local) == y.array).all()
    # A single result has one derivative for each element of any argument, whatever the op.
    loss = nn.functional.cross_entropy(leaf(2, 3), autograd.tensor([0, 2]))
    trace = autograd.trace(loss)
    (back,) = [step for step in trace.steps if step["kind"] == "local"]
    assert element(trace.record, back["local"]).shape == (2, 3)
    # A matrix product has none of that kind.
    assert [s["local"] for s in autograd.trace((leaf(2, 3) @ leaf(3, 2)).sum()).steps if s["kind"] == "local"][1:] == [
        None,
        None,
    ]


def test_training_in_a_block():
    model, x = nn.Linear(2, 1), leaf(5, 2).detach()
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    before = model.weight.detach().clone()
    with autograd.trace() as trace:
        for _ in range(2):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
    record = trace.record
    assert [step["walk"] for step in trace.steps if step["kind"] == "start"] == [0, 1]
    updates = [step for step in trace.steps if step["kind"] == "update"]
    assert len(updates) == 4
    first = updates[0]
    assert (first["optimizer"], first["settings"]["lr"]) == ("SGD", "0.5")
    assert (element(record, first["before"]) == before.array).all()
    assert (element(record, updates[2]["after"]) == model.weight.array).all()
    expected = element(record, first["before"]) - np.float32(0.5) * element(record, first["gradient"])
    np.testing.assert_allclose(element(record, first["after"]), expected, rtol=1e-6)
    # Each call has the parameters as they were then, and so has each check.
    calls = [node for node in record["nodes"].values() if node["op"] == "linear"]
    weights = [element(record, call["arguments"][1]) for call in calls]
    assert (weights[0] == before.array).all()
    assert (weights[1] == element(record, first["after"])).all()
    checks = [step["check"] for step in trace.steps if step["kind"] == "leaf"]
    assert len(checks) == 4
    assert all(check["measured"] == pytest.approx(check["gradient"], rel=1e-3) for check in checks)


OPTIMIZERS = {
    "sgd": (optim.SGD, {"lr": 0.1}),
    "climbing with decay": (optim.SGD, {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    "momentum": (optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "dampened": (optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    "nesterov": (optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "adam": (optim.Adam, {"lr": 0.1, "weight_decay": 0.1}),
    "amsgrad": (optim.Adam, {"lr": 0.1, "amsgrad": True}),
    "adamw": (optim.AdamW, {"lr": 0.1, "weight_decay": 0.3}),
    "rmsprop": (optim.RMSprop, {"lr": 0.1, "weight_decay": 0.1}),
    "rmsprop with all": (optim.RMSprop, {"lr": 0.1, "centered": True, "momentum": 0.5}),
    "adagrad": (optim.Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5}),
}


def calculated(formula, given):
    """A formula of a line, by Python."""
    text = formula.replace("·", "*").replace("²", "**2").replace("^", "**")
    text = re.sub(r"√({[^}]+})", r"np.sqrt(\1)", text).replace("max(", "np.maximum(")
    values = list(given.items())
    for place, (name, _) in enumerate(values):
        text = text.replace(f"{{{name}}}", f"_[{place}]")
    return eval(text, {"np": np, "_": [value for _, value in values]})


@pytest.mark.parametrize("make, settings", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_step_of_an_optimizer_line_by_line(make, settings):
    w = leaf(4)
    optimizer = make([w], **settings)
    with autograd.trace(check=False) as trace:
        for power in (2, 3, 2):
            optimizer.zero_grad()
            (w**power).sum().backward()
            optimizer.step()
    record = trace.record
    updates = [step for step in trace.steps if step["kind"] == "update"]
    assert len(updates) == 3
    for step in updates:
        known = {}
        assert step["lines"]
        for line in step["lines"]:
            given = {name: element(record, number) for name, number in line["given"].items()}
            value = element(record, line["value"])
            np.testing.assert_allclose(calculated(line["formula"], given), value, rtol=1e-12)
            # A name stands for what the line before made of it.
            assert all((given[name] == known[name]).all() for name in given if name in known)
            known[line["name"]] = value
        assert line["name"] == "p"
        np.testing.assert_allclose(value, element(record, step["after"]), rtol=1e-5, atol=1e-6)
        change = element(record, step["after"]) - element(record, step["before"])
        along = change @ element(record, step["gradient"])
        right = along / np.linalg.norm(change) / np.linalg.norm(element(record, step["gradient"]))
        assert step["straight"] == (right < -0.99999)
    assert updates[0]["straight"] == (make is optim.SGD and "weight_decay" not in settings)


class Homemade(optim.SGD):
    """Does something else than its parent."""

    def step(self, closure=None):
        super().step(closure)
        with autograd.no_grad():
            self.param_groups[0]["params"][0].add_(1.0)


def test_of_an_unknown_optimizer_no_formula_is_told():
    for kind in (Homemade, type("SGD", (Homemade,), {})):
        w = leaf(3)
        optimizer = kind([w], lr=0.1)
        with autograd.trace() as trace:
            w.sum().backward()
            optimizer.step()
        assert [step["lines"] for step in trace.steps if step["kind"] == "update"] == [[]]


def test_a_batch_norm_is_told_with_the_statistics_before_it():
    norm = nn.BatchNorm1d(2)
    with autograd.trace() as trace:
        for _ in range(2):
            norm(leaf(6, 2)).sum().backward()
    calls = [node for node in trace.record["nodes"].values() if node["op"] == "batch_norm"]
    means = [element(trace.record, call["arguments"][3]) for call in calls]
    assert (means[0] == 0).all() and (means[1] != 0).any()
    assert (means[1] != norm.running_mean.array).any()


NOISY = {
    "linear": (nn.Linear(3, 4), nn.BatchNorm1d(4), (8, 3)),
    "conv": (nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), (3, 2, 6, 6)),
}


@pytest.mark.parametrize("layer, norm, shape", NOISY.values(), ids=NOISY)
def test_rounding_around_0_is_no_failure(layer, norm, shape):
    """The bias of a layer before a batch norm has the gradient 0."""
    x = leaf(*shape).detach()
    with autograd.trace() as trace:
        (norm(layer(x)).sigmoid().sum() * 1000).backward()
    checks = [step["check"] for step in trace.steps if step["kind"] == "leaf"]
    assert len(checks) == 4
    assert all(check["agrees"] for check in checks)
    assert all(check["noise"] < 0.1 for check in checks)
    bias = one_step(trace, "leaf", node="layer.bias")["check"]
    assert 1e-6 < abs(bias["gradient"] - bias["measured"]) < bias["noise"]


@pytest.mark.parametrize("size", [1.0, 1e-3])
def test_a_wrong_gradient_is_a_failure(size):
    x = leaf(5)
    with autograd.trace() as trace:
        (x.square() * size).sum().backward()
    # As if the rule of the square were wrong.
    square, arrived = trace.recording.events[-1].arrivals[-2:]
    for gradient in (square.contributions[0][2], arrived.upstream):
        gradient *= 1.01
    (step,) = [step for step in trace.steps if step["kind"] == "leaf"]
    assert not step["check"]["agrees"]


def attended(x):
    return nn.functional.scaled_dot_product_attention(x, x, x)


def evaluated(x):
    norm = nn.BatchNorm1d(4)
    norm(x[0])
    return norm.eval()(x[0])


OPENED = {
    "batch norm": (lambda x: nn.BatchNorm1d(4)(x[0]), {"μ", "σ²", "x̂"}),
    "batch norm in eval": (evaluated, {"μ", "σ²", "x̂"}),
    "layer norm": (lambda x: nn.LayerNorm(4)(x), {"μ", "σ²", "x̂"}),
    "softmax": (lambda x: x.softmax(-1), {"shifted", "power", "total"}),
    "log softmax": (lambda x: x.log_softmax(-1), {"shifted", "total"}),
    "cross-entropy": (lambda x: nn.functional.cross_entropy(x[0], autograd.tensor([0, 3, 1])), {"logp"}),
    "attention": (attended, {"scores", "weights"}),
    "lstm": (lambda x: nn.LSTM(4, 2)(x)[0], {"i₁", "f₁", "g₁", "o₁", "c₁", "h₁", "i₂", "c₂", "h₂"}),
    "gru": (lambda x: nn.GRU(4, 2)(x)[0], {"r₁", "z₁", "n₁", "h₁", "h₂"}),
    "elman": (lambda x: nn.RNN(4, 2)(x)[1], {"z₁", "h₁", "h₂"}),
    "gelu": (lambda x: nn.functional.gelu(x), set()),
}


@pytest.mark.parametrize("run, names", OPENED.values(), ids=OPENED)
def test_fused_calls_are_opened_and_their_numbers_are_the_kernels(run, names):
    autograd.manual_seed(0)
    x = leaf(2, 3, 4)
    with autograd.trace(check=False) as trace:
        out = run(x)
        (out * out).sum().backward()
    record = trace.record
    found = [node for node in record["nodes"].values() if node["inside"] is not None]
    assert found
    node = found[-1]
    inside = record["insides"][node["inside"]]
    assert names <= {one["name"] for one in inside["nodes"].values()}
    assert all(step["phase"] == "forward" for step in inside["steps"])
    ends = [one for one in inside["nodes"].values() if one["kind"] == "result" and one["shape"] == node["shape"]]
    values = [element(inside, one["value"]) for one in ends]
    kernel = element(record, node["value"])
    assert any(np.allclose(value, kernel, rtol=1e-5, atol=1e-6) for value in values)
    # What was recorded is what is inside.
    given = {record["nodes"][key]["name"]: number for key, number in zip(node["inputs"], node["arguments"])}
    leaves = {one["name"]: one["value"] for one in inside["nodes"].values() if not one["op"] and one["name"] in given}
    assert leaves
    for name, number in leaves.items():
        np.testing.assert_array_equal(element(inside, number), element(record, given[name]))


def test_what_is_too_large_stays_closed():
    x = leaf(64, 32, 32, 32)
    with autograd.trace(check=False) as trace:
        (nn.BatchNorm2d(32)(x).mean() + leaf(2, 3).softmax(1).sum()).backward()
    assert {node["op"]: node["inside"] for node in trace.record["nodes"].values()}["batch_norm"] is None
    assert {node["op"]: node["inside"] for node in trace.record["nodes"].values()}["softmax"] is not None


WINDOWS = {
    "max pool": (
        lambda x: nn.functional.max_pool2d(x, (3, 2), 2, 1),
        {"window": "3×2", "stride": "2×2", "padding": "1×1"},
    ),
    "avg pool": (lambda x: nn.functional.avg_pool2d(x, 3, 2), {"window": "3×3", "stride": "2×2"}),
    "adaptive": (lambda x: nn.functional.adaptive_max_pool2d(x, 4), {"windows": "4×4, of several sizes"}),
    "convolution": (lambda x: nn.functional.conv2d(x, leaf(1, 1, 3, 3), stride=2), {"stride": "2×2", "padding": "0×0"}),
}


@pytest.mark.parametrize("run, settings", WINDOWS.values(), ids=WINDOWS)
def test_windows_are_described_by_their_sizes(run, settings):
    x = leaf(1, 1, 9, 9)
    node = next(node for node in autograd.trace(run(x).sum()).record["nodes"].values() if node["op"])
    assert settings.items() <= node["settings"].items()
    assert not any("<" in text for text in node["settings"].values())


def test_states_of_a_loop_are_numbered():
    w, cell = leaf(3, 3), nn.LSTMCell(3, 3)
    h = leaf(1, 3, seed=1).detach()
    c = h
    with autograd.trace(check=False) as trace:
        for _ in range(3):
            h = (h @ w).tanh()
        for _ in range(12):
            h, c = cell(h, (h, c))
        (h.sum() + c.sum()).backward()
    names = [node["name"] for node in trace.record["nodes"].values() if node["op"] in ("pick", "tanh")]
    assert {"h₁", "h₁₂", "c₁", "c₁₂"} <= set(names)


class Neuron:
    def __init__(self, size):
        self.w = [autograd.Scalar(0.1 * i) for i in range(size)]
        self.b = autograd.Scalar(0.0)


class Network:
    def __init__(self):
        self.layers = [[Neuron(2), Neuron(2)], [Neuron(1)]]
        self.itself = self


def test_scalars_in_objects_are_named_by_their_places():
    model = Network()
    found = of_variables({"model": model})
    names = {found.name(one) for layer in model.layers for neuron in layer for one in (*neuron.w, neuron.b)}
    places = {"layers[0][0].w[0]", "layers[0][0].w[1]", "layers[0][1].w[0]", "layers[0][1].w[1]", "layers[1][0].w[0]"}
    assert names == places | {"layers[0][0].b", "layers[0][1].b", "layers[1][0].b"}


def test_where_in_the_code_and_in_which_modules():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with autograd.trace() as trace:
        out = model(leaf(1, 2)).sum()
    nodes = trace.record["nodes"]
    made = {node["op"]: node for node in nodes.values() if node["op"]}
    assert made["linear"]["modules"] == ["model · Sequential", "0 · Linear"]
    assert made["relu"]["modules"][-1] == "1 · ReLU"
    assert made["sum"]["modules"] == []
    line = made["sum"]["line"]
    assert (line["file"], line["text"]) == ("test_trace.py", "out = model(leaf(1, 2)).sum()")
    assert line["number"] == test_where_in_the_code_and_in_which_modules.__code__.co_firstlineno + 3
    assert out.item() == float(element(trace.record, made["sum"]["value"]))


def test_constants_that_no_rule_keeps_are_known_while_they_are_there():
    x, shift = leaf(3), autograd.ones(3)
    with autograd.trace() as trace:
        (x + shift).sum().backward()
        (x + autograd.ones(3)).sum().backward()
    assert [step["formula"] for step in trace.steps if step["kind"] == "call"][:3:2] == [
        "v₁ = x + shift",
        "v₂ = x + c₁",
    ]
    held, gone = ((x + one).sum() for one in (shift, autograd.ones(3)))
    assert autograd.trace(held).steps[0]["formula"] == "v₁ = x + shift"
    record = autograd.trace(gone).record
    assert [node["value"] for node in record["nodes"].values() if node["kind"] == "constant"] == [None]
    with autograd.no_grad():
        shift.zero_()
    assert autograd.trace(held).steps[0]["numbers"] == ""


def test_values_of_a_finished_graph():
    x, w = leaf(2, 3), leaf(3, 2, seed=1)
    out = ((x @ w + 1) * 2).sum()
    nodes = autograd.trace(out).record
    values = [element(nodes, n["value"]) for n in nodes["nodes"].values() if n["op"] and n["value"] is not None]
    np.testing.assert_array_equal(values[0], x.array @ w.array)
    assert values[-1] == out.item()


def test_finite_differences_agree():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 2)
    )
    means = model[1].running_mean.clone()
    with autograd.trace() as trace:
        nn.CrossEntropyLoss()(model(leaf(3, 1, 6, 6).detach()), autograd.tensor([0, 1, 1])).backward()
    after = model[1].running_mean.clone()
    checks = [step["check"] for step in trace.steps if step["kind"] == "leaf"]
    assert (model[1].running_mean == after).all()
    assert not (means == after).all()
    assert len(checks) == 6
    for check in checks:
        assert check["measured"] == pytest.approx(check["gradient"], rel=1e-3, abs=1e-5)
        assert check["along"]["measured"] == pytest.approx(check["along"]["norm"], rel=1e-3, abs=1e-5)


def test_finite_differences_are_left_out_on_demand():
    assert autograd.trace(leaf(3).sum(), check=False).steps[-1]["check"] is None


def test_several_results_picks_and_dropout():
    x = leaf(4, 4)
    with autograd.trace() as trace:
        a, b = nn.functional.dropout(x, 0.5).chunk(2, 1)
        _, _, v = autograd.linalg.svd(x)
        ((a * b).sum() + v.sum()).backward()
    assert (arrivals(trace)["x"] == x.grad.array).all()
    json.loads(trace.to_json())


def test_second_derivatives():
    x = autograd.tensor(3.0, requires_grad=True)
    with autograd.trace() as trace:
        (slope,) = autograd.grad(x**3, x, create_graph=True)
        (curvature,) = autograd.grad(slope, x)
    walks = {step["walk"] for step in trace.steps if step["phase"] == "backward"}
    assert walks == {0, 1}
    last = [step for step in trace.steps if step["kind"] == "leaf"][-1]
    assert element(trace.record, last["gradient"]) == curvature.item() == 18
    assert trace.record["nodes"][[s for s in trace.steps if s["kind"] == "start"][-1]["node"]]["name"] == "slope"


def test_custom_functions_hooks_and_writing_in_place():
    class Double(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

    x = leaf(3)
    with autograd.trace() as trace:
        y = Double.apply(x)
        y.register_hook(lambda gradient: gradient * 10)
        z = y * 1.0
        z[0] = 5.0
        z.exp_().sum().backward()
    assert (arrivals(trace)["x"] == x.grad.array).all()
    json.loads(trace.to_json())


def test_gradients_add_to_what_is_there():
    x = leaf(2)
    (x * x).sum().backward()
    before = x.grad.array.copy()
    with autograd.trace() as trace:
        (x * 3).sum().backward()
    step = one_step(trace, "leaf", node="x")
    assert (element(trace.record, step["before"]) == before).all()
    assert (element(trace.record, step["after"]) == x.grad.array).all()


def test_several_outputs_and_a_given_gradient():
    x = leaf(3)
    trace = autograd.trace([x.exp().sum(), x.sum()])
    assert kinds(trace).count("start") == 2
    trace = autograd.trace(x * 2, gradient=autograd.tensor([1.0, 0.0, 2.0]))
    assert (arrivals(trace)["x"] == [2, 0, 4]).all()
    with pytest.raises(RuntimeError, match=r"gradient has shape \(2,\)"):
        autograd.trace(x * 2, gradient=autograd.ones(2))


def test_json_is_strict_and_comes_back():
    x = autograd.tensor([0.0, np.inf, np.nan, -np.inf], requires_grad=True)
    empty = autograd.zeros(0, 3).requires_grad_()
    trace = autograd.trace(x.sqrt().sum() + empty.sum())
    text = trace.to_json()
    assert json.loads(text, parse_constant=lambda name: pytest.fail(name)) == json.loads(json.dumps(trace.record))
    assert {"NaN", "Infinity", "-Infinity"} <= set(summary(x.array)["cells"]) | {"0.0"}
    assert summary(x.array)["nan"] == 1
    assert summary(empty.array)["cells"] == []
    assert trace.record["format"] == "chalkgrad trace"
    assert trace.record["version"] == 2


def test_names():
    given = leaf(2)
    nasty = '</script><b>"x"\n'
    trace = autograd.trace(given.sum(), names={nasty: given})
    assert trace.record["nodes"]["n1"]["name"] == '</script><b>"x"'
    with pytest.raises(TypeError, match="trace: names must be"):
        autograd.trace(given.sum(), names=3)

    def inside(x):
        hidden = x * 2
        return hidden.sum()

    with autograd.trace() as trace:
        inside(given).backward()
    assert {"given", "hidden"} <= {node["name"] for node in trace.record["nodes"].values()}


def test_bad_input():
    with pytest.raises(RuntimeError, match=r"trace: a Tensor of shape .* has no graph"):
        autograd.trace(autograd.tensor(1.0))
    with pytest.raises(TypeError, match="trace: expected a Tensor"):
        autograd.trace("loss")
    x = leaf(3)
    loss = (x * x).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="freed"):
        autograd.trace(loss)
    with autograd.trace() as trace:
        pass
    with pytest.raises(RuntimeError, match="nothing was recorded"):
        trace.save("x.json")
    with pytest.raises(ValueError, match=r"\.html or \.json"):
        autograd.trace(leaf(1).sum()).save("trace.txt")


def test_without_a_program_that_lays_out_there_is_the_record(monkeypatch, tmp_path):
    import shutil

    from graphviz.backend import dot_command

    monkeypatch.setattr(dot_command, "DOT_BINARY", "dot")
    monkeypatch.setattr(shutil, "which", lambda *args, **options: None)
    trace = autograd.trace(leaf(2).sum())
    with pytest.raises(RuntimeError, match="pip install graphviz-pure"):
        trace.save(tmp_path / "trace.html")
    assert list(tmp_path.iterdir()) == []
    trace.save(tmp_path / "trace.json")
    assert json.loads((tmp_path / "trace.json").read_text())["version"] == 2


def test_of_a_matrix_it_is_pytorchs_trace():
    x = leaf(3, 3)
    assert autograd.trace(x).item() == x.array.trace()
    assert autograd.trace(np.eye(3)) == 3
    with pytest.raises(RuntimeError, match="expected a matrix"):
        autograd.trace(leaf(3))


def test_nothing_stays_switched_on():
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError), autograd.trace() as trace:
        leaf(2).sum().backward()
        _ = 1 / 0
    assert sys.getprofile() is before
    assert watchers == []
    assert kinds(trace)[:2] == ["call", "start"]


def test_a_block_that_raises_is_drawn_as_far_as_it_came():
    with pytest.raises(RuntimeError), autograd.trace() as trace:
        hidden = leaf(2, 3) * 2
        hidden @ leaf(2, 3)
    source = trace.draw().source
    assert "failed" in source
    assert "hidden" in source


def test_the_drawing_of_a_trace():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with autograd.trace() as trace:
        model(leaf(1, 2)).sum().backward()
    assert "0 · Linear" in trace.draw().source
    assert "1 calls" not in trace.draw(depth=0).source
    assert repr(trace).startswith("<Trace: 3 forward")


def test_large_arrays_are_summarised():
    array = np.arange(100 * 64, dtype="f").reshape(100, 64)
    found = summary(array)
    assert (found["min"], found["max"], found["mean"]) == (0, 6399, 3199.5)
    rows, columns = found["index"]
    assert len(rows) <= ACROSS and len(columns) <= ACROSS
    assert found["cells"] == array[np.ix_(rows, columns)].reshape(-1).tolist()
    assert [len(index) for index in summary(np.zeros((9, 8, 40, 3)))["index"]] == [DEEP, DEEP, 20, 3]


@pytest.mark.parametrize("value", [0.1, -2.5e-8, 1e30, 3.0])
def test_numbers_are_bit_equal(value):
    (kept,) = summary(np.float32(value))["cells"]
    assert np.float32(json.loads(json.dumps(kept))) == np.float32(value)
    assert summary(value)["cells"] == [value]


def test_amounts():
    assert amount(np.float32(-0.25)) == "(-0.25)"
    assert amount(np.ones((1, 1))) == "1"
    assert amount(np.ones(2, "f")) == "[1, 1]"
    assert amount(np.ones(5, "f")) == "[5]"


def sources(rules, index, target, shape, values):
    """What `cells` says, done in the slowest way."""
    if rules == "flat":
        return {np.unravel_index(np.ravel_multi_index(index, target), shape)}
    if isinstance(rules, dict):
        found = sorted(sources(rules["largest"], index, target, shape, values))
        return {max(found, key=lambda i: values[i])}
    allowed = []
    for axis, rule in enumerate(rules):
        every = range(shape[axis])
        if "at" in rule:
            allowed.append([rule["at"]])
        elif "spans" in rule:
            first, last, step = rule["spans"][index[rule["axis"]]]
            allowed.append(list(range(first, last + 1, step)))
        elif "window" in rule:
            stride, padding, dilation, size = rule["window"]
            start = index[rule["axis"]] * stride - padding
            allowed.append([i for i in (start + k * dilation for k in range(size)) if i in every])
        else:
            allowed.append([index[rule["axis"]]] if rule else every)
    return set(itertools.product(*allowed))


CALLS = [
    ("mul", [(2, 3), (3,)], ()),
    ("add", [(2, 1), (1, 3)], ()),
    ("matmul", [(2, 3), (3, 4)], ()),
    ("matmul", [(2, 2, 3), (1, 3, 2)], ()),
    ("matmul", [(3,), (3, 2)], ()),
    ("matmul", [(2, 3), (3,)], ()),
    ("linear", [(2, 3), (4, 3), (4,)], ()),
    ("convolution", [(1, 2, 5, 5), (3, 2, 3, 3), (3,)], ((2, 1), (1, 0), (1, 1), 1)),
    ("convolution", [(1, 2, 5, 5), (3, 2, 3, 3), (3,)], ((2, 1), (0, 0), (1, 1), 1)),
    ("convolution", [(1, 2, 5, 5), (2, 1, 2, 2), (2,)], ((1, 1), (0, 0), (2, 2), 2)),
    ("max_pool", [(1, 2, 4, 4)], ((windows.sliding(4, 2, 2, 0, 1, False),) * 2,)),
    ("max_pool", [(1, 7)], ((windows.sliding(7, 3, 2, 1, 2, False),),)),
    ("max_pool", [(1, 7)], ((windows.adaptive(7, 3),),)),
    ("avg_pool", [(1, 1, 5, 5)], ((averages(5, 3, 2, 1, False, True, True),) * 2,)),
    ("resample", [(1, 5)], ((interpolating(5, 7, "linear", False, None, False),),)),
    ("sum", [(2, 3)], (0, False, None)),
    ("mean", [(2, 3)], (1, True)),
    ("sum", [(2, 3)], (None, False, None)),
    ("softmax", [(2, 3)], (1,)),
    ("reshape", [(2, 3)], ((3, 2),)),
    ("permute", [(2, 3, 4)], ((2, 0, 1),)),
    ("transpose", [(2, 3)], (0, 1)),
    ("t", [(2, 3)], ()),
    ("expand", [(1, 3)], ((2, 3),)),
]


@pytest.mark.parametrize(("name", "shapes", "settings"), CALLS, ids=[f"{c[0]}-{i}" for i, c in enumerate(CALLS)])
def test_cells_are_those_through_which_a_gradient_passes(name, shapes, settings):
    op = OPS[name]
    tensors = [leaf(*shape, seed=i) for i, shape in enumerate(shapes)]
    out = op.function(*tensors, *settings)
    rules = cells(op, tuple(out.shape), shapes, [*[t.array for t in tensors], *settings])
    for index in np.ndindex(*out.shape):
        gradients = autograd.grad(out[index] if index else out, tensors, retain_graph=True)
        for tensor, rule, gradient in zip(tensors, rules, gradients):
            passed = set(zip(*(axis.tolist() for axis in np.nonzero(gradient.array))))
            found = sources(rule, index, tuple(out.shape), tensor.shape, tensor.array)
            found = {tuple(map(int, i)) for i in found}
            # A border of zeros gives no gradient to the weights that lie on it; beyond a border, the weight is 0.
            bordered = (name == "convolution" and settings[1] != (0, 0)) or name == "resample"
            assert passed <= found if bordered else passed == found


@pytest.mark.parametrize("name", ["matmul", "linear"])
def test_cells_of_a_gradient_are_lines(name):
    shapes = [(2, 3), (3, 4)] if name == "matmul" else [(2, 3), (4, 3), (4,)]
    arrays = [np.random.default_rng(i).normal(size=shape) for i, shape in enumerate(shapes)]
    upstream = np.random.default_rng(9).normal(size=(2, 4))
    given = {"upstream": upstream, **{str(i): array for i, array in enumerate(arrays)}}
    for position, rule in enumerate(OPS[name].rules):
        gradient = rule(upstream, None, *arrays)
        for index in np.ndindex(*gradient.shape):
            parts = []
            for of, rules in backward_cells(OPS[name], position):
                found = sorted(sources(rules, index, gradient.shape, given[of].shape, given[of]))
                parts.append(np.array([given[of][i] for i in found]))
            assert np.prod(np.broadcast_arrays(*parts), axis=0).sum() == pytest.approx(gradient[index])


def test_cells_of_a_sum_that_undoes_broadcasting():
    assert reduced((3,), (4, 3)) == [{}, {"axis": 0}]
    assert reduced((4, 1), (4, 3)) == [{"axis": 0}, {}]
    assert reduced((), (2,)) == [{}]


def test_hooks_that_change_a_gradient_have_steps_of_their_own():
    x, w = autograd.tensor([1.0, -2.0], requires_grad=True), autograd.tensor([3.0, 4.0], requires_grad=True)
    with autograd.trace() as trace:
        y = x * w
        y.register_hook(lambda gradient: gradient * 10)
        x.register_hook(lambda gradient: gradient + 1)
        w.register_hook(lambda gradient: gradient * 1)
        y.sum().backward()
    hooks = [step for step in trace.steps if step["kind"] == "hook"]
    nodes, arrays = trace.record["nodes"], trace.record["arrays"]
    values = [[arrays[step[key]]["cells"] for key in ("before", "after")] for step in hooks]
    found = [(nodes[step["node"]]["name"], *both) for step, both in zip(hooks, values)]
    assert found == [("y", [1, 1], [10, 10]), ("x", [30, 40], [31, 41])]
    # What is left of the derivative can't be measured.
    assert [step["check"] for step in trace.steps if step["kind"] == "leaf"] == [None, None]
    assert "a hook changes the gradient of y" in "\n".join(transcript(trace.record))


def test_a_slope_that_is_not_finite_is_no_failure():
    x = autograd.tensor([-1.0, 0.0], requires_grad=True)
    with autograd.trace() as trace:
        x.log().sum().backward()
    (leaf,) = [step for step in trace.steps if step["kind"] == "leaf"]
    assert leaf["check"] == {}


def test_an_empty_recording_says_what_is_missing():
    with autograd.trace() as trace, autograd.no_grad():
        nn.Linear(2, 2)(autograd.ones(1, 2))
    with pytest.raises(RuntimeError, match=r"requires grad, and not under no_grad\(\)"):
        trace.to_json()


def test_what_one_call_passes_back_to_a_leaf_twice():
    w = autograd.tensor([1.0, -2.0], requires_grad=True)
    with autograd.trace() as trace:
        (w * w).sum().backward()
    numbers = [step["numbers"] for step in trace.steps if step["kind"] in ("local", "accumulate", "leaf")][1:]
    assert numbers == ["[1, 1] × [1, -2] = [1, -2]"] * 2 + ["[1, -2] + [1, -2] = [2, -4]", "= [2, -4]"]


def test_states_of_a_loop_of_scalars_are_numbered():
    w, h = autograd.Scalar(0.5), autograd.Scalar(1.0)
    with autograd.trace() as trace:
        for _ in range(3):
            h = (h * w).tanh()
        h.backward()
    names = [node["name"] for node in trace.record["nodes"].values() if node["op"] == "tanh"]
    assert names == ["h₁", "h₂", "h₃"]

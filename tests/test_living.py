"""The living page in a browser: what it computes of changed numbers is what the engine computes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor
from autograd.seeing.living.life import Life, life_of
from autograd.seeing.living.packing import packed_array
from autograd.seeing.summary import summary

EDITS = 200
UPDATES = 100


class Case:
    """A computation that ends in one number: ``leaves`` by the names that the page has for them."""

    def __init__(self, compute: Callable[[], Tensor], leaves: dict[str, Tensor]) -> None:
        self.compute, self.leaves = compute, leaves
        with autograd.trace(names=leaves) as self.steps:
            compute().backward()
        self.life = life_of(self.steps._contents)
        assert isinstance(self.life, Life)
        self.keys = {node["name"]: key for key, node in self.steps.record["nodes"].items()}

    def now(self) -> tuple[float, dict[str, list[float]]]:
        """Result and gradients, as the engine computes them."""
        for leaf in self.leaves.values():
            leaf.grad = None
        loss = self.compute()
        loss.backward()
        return loss.item(), {self.keys[name]: x.grad.array.ravel().tolist() for name, x in self.leaves.items()}  # type: ignore[union-attr]

    def in_page(self, chromium: Any, body: str, given: Any) -> Any:
        """What the script of the page returns: ``body`` of a function of ``run``, the module ``machine``, ``given``."""
        assert self.life is not None
        page = chromium.new_page()
        data = json.dumps([self.life.program, self.steps.record, given])
        script = f"""(() => {{
            const machine = {self.life.script};
            const [program, record, given] = {data};
            const run = new machine.Run(program, record);
            const pairs = () => [...run.walks.at(-1).grads];
            const gradients = () => Object.fromEntries(pairs().map(([key, g]) => [key, [...g.after.flatData]]));
            {body}
        }})()"""
        try:
            return page.evaluate(script)
        finally:
            page.close()


def parameters_of(model: nn.Module) -> dict[str, Tensor]:
    return dict(model.named_parameters())


def neuron() -> Case:
    rng = np.random.default_rng(1)
    x, w, b = (autograd.tensor(rng.normal(size=size), requires_grad=True) for size in ((2,), (2,), ()))
    return Case(lambda: ((x * w).sum() + b).tanh(), {"x": x, "w": w, "b": b})


def mlp() -> Case:
    autograd.manual_seed(2)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2)).double()
    x, y = autograd.randn(6, 2, dtype=autograd.float64), autograd.tensor([0, 1, 1, 0, 1, 0])
    return Case(lambda: nn.functional.cross_entropy(model(x), y), parameters_of(model))


def conv_net() -> Case:
    autograd.manual_seed(3)
    layers = (
        nn.Conv2d(1, 3, 3, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(48, 3),
    )
    model = nn.Sequential(*layers).double()
    x, y = autograd.randn(2, 1, 8, 8, dtype=autograd.float64), autograd.tensor([0, 2])
    return Case(lambda: nn.functional.cross_entropy(model(x), y), parameters_of(model))


CASES = {"neuron": neuron, "mlp": mlp, "conv_net": conv_net}


def close(found: Any, expected: Any) -> None:
    """Fail unless result and gradients agree up to rounding."""
    np.testing.assert_allclose(found[0], expected[0], 1e-10, 1e-12)
    assert set(found[1]) == set(expected[1])
    for key, gradient in expected[1].items():
        np.testing.assert_allclose(found[1][key], gradient, 1e-8, 1e-10, err_msg=key)


@pytest.mark.parametrize("name", CASES)
def test_edits_give_what_the_engine_computes(name: str, chromium: Any) -> None:
    case = CASES[name]()
    rng = np.random.default_rng(4)
    names = list(case.leaves)
    edits, expected = [], []
    for _ in range(EDITS):
        leaf = names[rng.integers(len(names))]
        array = case.leaves[leaf].array
        place, value = int(rng.integers(array.size)), float(rng.normal())
        array.reshape(-1)[place] = value
        edits.append([case.keys[leaf], place, value])
        expected.append(case.now())
    body = "return given.map(([key, place, value]) => [run.set(key, place, value).loss, gradients()]);"
    for found, wanted in zip(case.in_page(chromium, body, edits), expected, strict=True):
        close(found, wanted)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "offered, make",
    {
        "SGD": lambda p: optim.SGD(p, lr=0.1),
        "Momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
        "RMSprop": lambda p: optim.RMSprop(p, lr=0.01),
        "Adam": lambda p: optim.Adam(p, lr=0.05),
    }.items(),
)
def test_steps_by_hand_follow_the_optimizers(name: str, offered: str, make: Any, chromium: Any) -> None:
    case = CASES[name]()
    optimizer = make(list(case.leaves.values()))
    expected = []
    for _ in range(UPDATES):
        expected.append(case.now())
        optimizer.step()
    body = f"""
        const keys = given;
        return Array.from({{ length: {UPDATES} }}, () => {{
          const found = [run.loss, gradients()];
          run.step(keys, program.optimizers[{offered!r}]);
          return found;
        }});
    """
    found = case.in_page(chromium, body, [case.keys[leaf] for leaf in case.leaves])
    for i in (0, 1, 10, UPDATES - 1):
        np.testing.assert_allclose(found[i][0], expected[i][0], 1e-6, 1e-8)
        for key, gradient in expected[i][1].items():
            np.testing.assert_allclose(found[i][1][key], gradient, 1e-4, 1e-6, err_msg=key)


def test_recorded_updates_run_again(chromium: Any) -> None:
    autograd.manual_seed(5)
    model = nn.Linear(3, 1).double()
    x = autograd.randn(4, 3, dtype=autograd.float64)
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    case = Case.__new__(Case)
    with autograd.trace() as case.steps:
        for _ in range(3):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
    case.life = life_of(case.steps._contents)
    found, stays = case.in_page(chromium, "return [run.loss, run.stays.size];", None)
    assert stays == 0
    np.testing.assert_allclose(found, loss.item(), 1e-10)


def test_numbers_formulas_and_the_graph_follow(chromium: Any, tmp_path: Path) -> None:
    a, b = autograd.tensor(2.0, requires_grad=True), autograd.tensor(3.0, requires_grad=True)
    with autograd.trace(title="product") as steps:
        c = a * b
        c.backward()
    path = tmp_path / "page.html"
    steps.save(path)
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    assert "2 × 3 = 6" in page.inner_text("#step .numbers")
    page.select_option("#living select", label="b")
    page.fill("#living input[type=number]", "-5")
    page.press("#living input[type=number]", "Enter")
    assert "2 × (-5) = -10" in page.inner_text("#step .numbers")
    assert "-10" in page.inner_text("#living .result")
    assert "-10 | ·" in page.inner_text("#graph")
    page.click("#last")
    table = page.inner_text("#leaves")
    assert "-5" in table and "2" in table
    page.click("#living button.main")
    # a - 0.1·b and b - 0.1·a
    page.click("#first")
    assert "2.5 × (-5.2) = -13" in page.inner_text("#step .numbers")
    page.click("#living button:has-text('Reset')")
    assert "2 × 3 = 6" in page.inner_text("#step .numbers")
    assert complaints == []
    page.close()


ARRAYS = {
    "number": np.float64(0.1),
    "float32": np.array([0.1, -2.5, 3e-8, 16777216.0, 1 / 3], np.float32),
    "float16": np.array([[0.1, 65504.0], [6e-8, -1.0]], np.float16),
    "not finite": np.array([np.nan, np.inf, -np.inf, 1.5]),
    "nothing finite": np.array([[np.nan]], np.float32),
    "integers": np.arange(12).reshape(2, 6),
    "flags": np.array([True, False]),
    "empty": np.zeros((0, 3)),
    "large": np.random.default_rng(0).normal(size=(130, 70)).astype(np.float32),
    "sequence": np.random.default_rng(1).normal(size=(60, 3, 40)),
    "deep": np.random.default_rng(2).normal(size=(6, 5, 31, 9)).astype(np.float32),
}


def test_summaries_are_the_records(chromium: Any) -> None:
    body = "return given.map(one => machine.writers.summary(machine.unpacked(one)));"
    found = neuron().in_page(chromium, body, [packed_array(np.asarray(array)) for array in ARRAYS.values()])
    for (name, array), made in zip(ARRAYS.items(), found, strict=True):
        expected = summary(array)
        for key in ("mean", "norm"):
            one, other = made.pop(key), expected.pop(key)
            assert (one is None) == (other is None) and (one is None or one == pytest.approx(other, rel=1e-12)), name
        assert made == json.loads(json.dumps(expected)), name


def test_half_precision(chromium: Any) -> None:
    autograd.manual_seed(6)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).half()
    x, y = autograd.randn(5, 3).half(), autograd.tensor([0, 1, 1, 0, 1])
    case = Case(lambda: nn.functional.cross_entropy(model(x), y), parameters_of(model))
    key = case.keys["0.weight"]
    case.leaves["0.weight"].array[1, 2] = 0.3
    loss, gradients = case.now()
    body = "run.set(given, 5, 0.3); return [run.loss, gradients(), run.stays.size, run.now.get(given).dtype.name];"
    found = case.in_page(chromium, body, key)
    assert found[2:] == [0, "float16"]
    assert found[0] == pytest.approx(loss, abs=2e-3)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(found[1][name], gradient, 1e-2, 2e-3, err_msg=name)


def test_marks_and_lines_go_with_an_edit_and_come_back(chromium: Any, tmp_path: Path) -> None:
    w = autograd.tensor([1.0, -2.0], requires_grad=True)
    optimizer = optim.Adam([w], lr=0.1)
    with autograd.trace() as steps:
        (w * w).sum().backward()
        optimizer.step()
    path = tmp_path / "page.html"
    steps.save(path)
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.goto(path.as_uri())
    page.click("#last")
    whole = page.inner_text("#step"), page.inner_text("#leaves")
    assert "m̂" in whole[0] and "✓" in whole[1]
    page.fill("#living input[type=number]", "5")
    page.press("#living input[type=number]", "Enter")
    edited = page.inner_text("#step"), page.inner_text("#leaves")
    assert "m̂" not in edited[0] and "✓" not in edited[1] and "not measured" in edited[1]
    page.click("#living button:has-text('Reset')")
    assert (page.inner_text("#step"), page.inner_text("#leaves")) == whole
    page.close()


def hooked(x: Tensor) -> None:
    x.register_hook(lambda gradient: gradient * 10)
    (x * x).sum().backward()


def clipped(x: Tensor) -> None:
    optimizer = optim.SGD([x], lr=0.5)
    (x * x).sum().backward()
    nn.utils.clip_grad_norm_([x], 0.01)
    optimizer.step()


def written_between(x: Tensor) -> None:
    (x * x).sum().backward()
    with autograd.no_grad():
        x.copy_(autograd.ones(2))
    (x * x).sum().backward()


def twice(x: Tensor) -> None:
    (x * x).sum().backward()
    (x * x).sum().backward()


def adamw(x: Tensor) -> None:
    optimizer = optim.AdamW([x], lr=0.1)
    for _ in range(2):
        (x * x).sum().backward()
        optimizer.step()


class Double(autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient * 2


@pytest.mark.parametrize(
    "run, said",
    [
        (hooked, "something changed numbers that is no call"),
        (clipped, "something changed numbers that is no call"),
        (written_between, "something changed numbers that is no call"),
        (lambda x: Double.apply(x).sum().backward(), "such as of a custom Function"),
        (twice, ""),
        (adamw, ""),
        (lambda x: (x.sum() + autograd.ones(0, requires_grad=True).sum()).backward(), ""),
    ],
)
def test_a_page_is_alive_if_it_computes_what_was_recorded(run: Any, said: str, chromium: Any, tmp_path: Path) -> None:
    x = autograd.tensor([1.0, -2.0], requires_grad=True)
    # A gradient from before the recording is part of what was recorded.
    x.sum().backward()
    with autograd.trace(check=False) as steps:
        run(x)
    path = tmp_path / "page.html"
    steps.save(path)
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    assert said in page.inner_text("#living")
    assert page.locator("#living input").count() == (0 if said else 3)
    page.click("#last")
    before = page.inner_text("#step"), page.inner_text("#leaves")
    if not said:
        # The same number once more is computed anew.
        page.eval_on_selector("#living input[type=range]", "one => one.dispatchEvent(new Event('input'))")
        numbers = [text.partition("Click")[0].partition("p = ")[0] for text in (before[0], page.inner_text("#step"))]
        assert page.inner_text("#step .formula") in before[0] and numbers[0].split()[:2] == numbers[1].split()[:2]
    assert complaints == []
    page.close()


def test_what_is_not_translated_stays_and_says_so(chromium: Any, tmp_path: Path) -> None:
    a, b = autograd.tensor(2.5, requires_grad=True), autograd.tensor(3.0, requires_grad=True)
    with autograd.trace() as steps:
        (a.lgamma() * b).backward()
    path = tmp_path / "page.html"
    steps.save(path)
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.goto(path.as_uri())
    assert "lgamma" in page.inner_text("#living .stays")
    assert (
        page.eval_on_selector_all("#living select:first-of-type option", "all => all.map(o => o.textContent)")[0] == "b"
    )
    page.close()


def test_a_large_recording_has_no_life() -> None:
    x = autograd.ones(700, 700, requires_grad=True)
    with autograd.trace() as steps:
        x.sum().backward()
    assert life_of(steps._contents) is None

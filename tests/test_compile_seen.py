"""What a compiled function replays, as a picture."""

from __future__ import annotations

import warnings

import pytest
from test_compile import Training, batches, by_value, mlp

import autograd
import nn
from autograd.kernels.compiling.loops import compiled_run


def test_the_program_is_drawn():
    training = Training(mlp)
    step = autograd.compile(training.step)
    assert "runs as ever" in autograd.draw(step).source and "often enough" in autograd.draw(step).source
    for x, y in batches(8):
        step(x, y)
    source = autograd.draw(step).source
    # Without Numba nothing is called in one go.
    assert (
        ("in one go" in source) == (compiled_run() is not None)
        and "zero_grad" in source
        and "SGD" in source
        and "argument 1" in source
    )
    assert "on buffers of" in source and "returned" in source


def test_a_long_program_is_folded():
    def long(x):
        for _ in range(60):
            x = x.sort().values * 2
        return x

    compiled, x = autograd.compile(long), autograd.ones(3)
    for _ in range(8):
        compiled(x)
    assert 20 < autograd.draw(compiled, theme="dark").source.count("label=") < 60


def test_the_way_back_is_drawn():
    compiled = autograd.compile(nn.Linear(3, 2))
    for _ in range(8):
        compiled(autograd.ones(1, 3)).sum().backward()
    source = autograd.draw(compiled, direction="TB").source
    assert "when a gradient comes back" in source and "∂linear" in source and "gradient 0" in source


def test_why_nothing_is_replayed_is_drawn():
    compiled = autograd.compile(by_value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled(autograd.ones(2))
    assert "item() looks at values" in autograd.draw(compiled).source


@pytest.mark.skipif(compiled_run() is None, reason="without Numba nothing is called in one go")
def test_a_player_marks_what_is_replayed_in_one_go():
    training = Training(mlp)
    step, part = autograd.compile(training.step), autograd.compile(lambda x: (x * 2 - 1).tanh())
    w = autograd.ones(3, requires_grad=True)
    for x, y in batches(8):
        step(x, y)
        (part(w).exp() * part(w)).sum().backward()
    with autograd.trace() as steps:
        step(x, y)
    nodes = steps.record["nodes"]
    together = {
        (one["phase"], nodes[one["node"]]["op"]): one["together"] for one in steps.steps if one.get("together", -1) >= 0
    }
    assert {"linear", "relu"} <= {op for phase, op in together if phase == "forward"}
    assert {"linear", "relu"} <= {op for phase, op in together if phase == "backward"}
    with autograd.trace() as steps:
        (part(w).exp() * part(w)).sum().backward()
    marks = [one.get("together") for one in steps.steps if one["phase"] == "forward"]
    assert marks == [0, 0, 0, None, 1, 1, 1, None, None]
    marks = [one.get("together") for one in steps.steps if one["kind"] == "local"]
    # Both calls come back in steps of their own.
    assert len(set(marks)) > 2

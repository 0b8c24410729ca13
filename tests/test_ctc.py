"""CTC: its gradient against PyTorch and finite differences, of long, impossible and extreme sequences."""

import math

import numpy as np
import pytest

import autograd
import nn
from autograd.kernels import ctc as kernels
from autograd.ops import ctc as ops

F = nn.functional
rng = np.random.default_rng(0)


def scores(steps, count, classes, scale=1.0):
    return scale * rng.standard_normal((steps, count, classes))


# Scores of (T, N, classes), targets, the lengths of both, and the blank.
CASES = {
    "all of both": (scores(9, 2, 4), [[1, 1, 2], [3, 2, 3]], (9, 9), (3, 3), 0),
    "parts of both": (scores(9, 3, 4), [[0, 0, 1], [2, 1, 2], [1, 1, 1]], (9, 4, 6), (2, 3, 1), 3),
    "one after the other": (scores(5, 3, 4), [1, 2, 2, 3], (5, 2, 4), (1, 0, 3), 0),
    "the only way": (scores(3, 1, 4), [[1, 2, 3]], (3,), (3,), 0),
    "no letters": (scores(4, 2, 3), [[], []], (4, 2), (0, 0), 1),
    "many steps": (scores(700, 2, 6, 3.0), rng.integers(1, 6, (2, 80)), (700, 500), (80, 70), 0),
    "improbable": (scores(150, 2, 6, 100.0), rng.integers(1, 6, (2, 60)), (150, 130), (60, 60), 0),
}
# What of these PyTorch is asked only: too much for a graph of every step.
LONG = "many steps", "improbable"


def loss_of(lib, modules, case, x, reduction="sum", zero_infinity=False):
    _, targets, lengths, sizes, blank = CASES[case] if isinstance(case, str) else case
    given = (lib.tensor(np.asarray(value, np.int64)) for value in (targets, lengths, sizes))
    return modules.functional.ctc_loss(x.log_softmax(2), *given, blank, reduction, zero_infinity)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("case", CASES)
def test_loss_and_gradient_are_pytorchs(case, reduction, dtype):
    torch = pytest.importorskip("torch")
    found = []
    # PyTorch's own float32 rounds logarithms, so the truth is its float64.
    for lib, modules, kind in ((autograd, nn, dtype), (torch, torch.nn, "float64")):
        x = lib.tensor(CASES[case][0].astype(dtype), dtype=getattr(lib, kind), requires_grad=True)
        losses = loss_of(lib, modules, case, x, reduction)
        (losses * lib.arange(1, losses.numel() + 1).reshape(losses.shape)).sum().backward()
        found.append((losses.detach().numpy(), x.grad.numpy()))
    digits = 1e-9 if dtype == "float64" else 1e-5
    for mine, theirs in zip(*found):
        np.testing.assert_allclose(mine, theirs, digits, digits)


@pytest.mark.parametrize("case", [case for case in CASES if case not in LONG])
def test_first_and_second_derivatives_are_finite_differences(case):
    x = autograd.tensor(CASES[case][0], requires_grad=True)
    assert autograd.gradcheck(lambda x: loss_of(autograd, nn, case, x), x)
    assert autograd.gradgradcheck(lambda x: loss_of(autograd, nn, case, x), x)


@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize("create_graph", [False, True])
def test_what_cannot_be_spelled_costs_everything_or_nothing(create_graph, zero_infinity):
    case = (scores(4, 3, 4), [[1, 1, 2], [1, 2, 3], [3, 3, 3]], (3, 4, 0), (3, 3, 1), 0)
    x = autograd.tensor(case[0]).log_softmax(2).requires_grad_()
    losses = F.ctc_loss(x, autograd.tensor(case[1]), case[2], case[3], 0, "none", zero_infinity)
    nothing = 0.0 if zero_infinity else math.inf
    assert losses[0] == losses[2] == nothing and 0 < losses[1] < math.inf
    (slope,) = autograd.grad(losses.sum(), x, create_graph=create_graph)
    slope = slope.detach().numpy()
    assert np.all(slope[:3, 0] == 0 if zero_infinity else np.isnan(slope[:3, 0]))
    assert np.isfinite(slope[:, 1]).all() and not slope[3, 0].any() and not slope[:, 2].any()


def test_a_probability_of_0_is_one_way_less():
    x = np.log(np.full((2, 1, 3), 1 / 3))
    x[0, 0, 0] = -np.inf
    x = autograd.tensor(x, requires_grad=True)
    # "a-", "aa" and no "-a".
    loss = F.ctc_loss(x, autograd.tensor([[1]]), [2], [1])
    loss.backward()
    assert loss.item() == pytest.approx(-math.log(2 / 9))
    np.testing.assert_allclose(x.grad[:, 0], [[0, 1 / 3 - 1, 1 / 3], [1 / 3 - 1 / 2, 1 / 3 - 1 / 2, 1 / 3]], 1e-12)


def test_a_nan_stays_in_its_sequence():
    x = scores(5, 2, 4)
    x[2, 0] = np.nan
    x = autograd.tensor(x, requires_grad=True)
    losses = F.ctc_loss(x.log_softmax(2), autograd.tensor([[1, 2]] * 2), [5, 5], [2, 2], reduction="none")
    losses.sum().backward()
    assert losses.isnan().tolist() == [True, False]
    assert x.grad[:, 0].isnan().all() and not x.grad[:, 1].isnan().any()


@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize("batched", [False, True])
def test_lengths_of_any_integers_and_a_single_sequence(batched, kind):
    number = lambda value: autograd.tensor(value, dtype=getattr(autograd, kind))
    x = autograd.tensor(scores(6, 1, 4)).log_softmax(2)
    target, lengths = number([[1, 3]]), (number([5]), number([2]))
    loss = F.ctc_loss(x, target, *lengths, reduction="none")
    if not batched:
        found = F.ctc_loss(x[:, 0], target[0], lengths[0][0], lengths[1][0], reduction="none")
        assert found.shape == () and found == loss[0]
    assert loss == F.ctc_loss(x, target.long(), [5], [2], reduction="none")
    assert loss == F.ctc_loss(x.transpose(0, 2).contiguous().transpose(0, 2), target, [5], [2], reduction="none")


@pytest.fixture
def threads():
    """A function that sets the number of threads, which afterwards is as before."""
    before = autograd.get_num_threads()
    yield autograd.set_num_threads
    autograd.set_num_threads(before)


def counted(monkeypatch):
    """The calls of the kernels from now on: the name, and the piece of the batch."""
    calls = []
    for name in ("losses_of_targets", "slopes_of_targets"):
        kernel = getattr(kernels, name)
        monkeypatch.setattr(
            kernels, name, lambda *args, kernel=kernel, name=name: calls.append((name, args[-2:])) or kernel(*args)
        )
    return calls


def test_a_training_step_runs_the_kernels_once(monkeypatch, threads):
    threads(1)
    calls = counted(monkeypatch)
    monkeypatch.setattr(ops.ctc_losses, "reference", None)
    x = autograd.tensor(CASES["many steps"][0], requires_grad=True)
    loss_of(autograd, nn, "many steps", x).backward()
    assert calls == [("losses_of_targets", (0, 2)), ("slopes_of_targets", (0, 2))]


def test_threads_share_the_batch_and_change_no_bit(monkeypatch, threads):
    calls = counted(monkeypatch)
    case = (scores(300, 5, 6), rng.integers(1, 6, (5, 60)), (300, 299, 0, 120, 300), (60, 7, 2, 60, 0), 0)
    found = []
    for count in (1, 3):
        threads(count)
        x = autograd.tensor(case[0], requires_grad=True)
        losses = loss_of(autograd, nn, case, x, "none", True)
        losses.sum().backward()
        found.append((losses.detach().numpy(), x.grad.numpy()))
    for alone, together in zip(*found):
        np.testing.assert_array_equal(alone, together)
    for name in ("losses_of_targets", "slopes_of_targets"):
        assert sorted(piece for called, piece in calls if called == name) == [(0, 1), (0, 5), (1, 3), (3, 5)]

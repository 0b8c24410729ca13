"""Sums of many numbers, against float64: whichever way they are added up, nothing is lost on the way."""

import math

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.ops.summing import sums_of_rows, total

ROWS = 200_000
HALF = autograd.float16


def off(got, expected):
    """The largest error, as a part of the largest number that was expected."""
    got = np.asarray(getattr(got, "array", got), "d")
    assert got.shape == np.shape(expected)
    return float(np.max(np.abs(got - expected), initial=0) / np.max(np.abs(expected), initial=1e-300))


@pytest.fixture(scope="module")
def rows():
    """Numbers around 3: their sum grows, and with it what is rounded away."""
    return (np.random.default_rng(0).standard_normal((ROWS, 4)) + 3).astype("f")


LAYOUTS = {
    "rows": (lambda x: x, (0,)),
    "columns": (lambda x: x.T, (1,)),
    "a column": (lambda x: x[:, 1], (0,)),
    "all": (lambda x: x, (0, 1)),
    "all of a part": (lambda x: x[:, :3], (0, 1)),
    "backwards": (lambda x: x[::-1], (0,)),
    "every other": (lambda x: x[::2], (0,)),
    "two of three": (lambda x: x.reshape(400, 500, 4), (0, 1)),
    "not the middle": (lambda x: x.reshape(400, 250, 8), (2, 0)),
    "short rows": (lambda x: x.reshape(-1, 8, 4), (1, 2)),
    "boxes as long as short rows may be": (lambda x: x[: 1 << 17].reshape(2, 256, -1, 4), (3, 2)),
    "side by side": (lambda x: x.reshape(2, -1), (1,)),
    "few": (lambda x: x[:100], (0,)),
    "just more than a block": (lambda x: x[:129], (0,)),
    "repeated": (lambda x: np.broadcast_to(x[0], x.shape), (0,)),
    "one repeated": (lambda x: np.broadcast_to(x[0, 0], x.shape[:1]), (0,)),
    "nothing": (lambda x: x[:0], (0,)),
    "over nothing": (lambda x: x, ()),
}


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_totals_of_any_layout(rows, layout, keepdims):
    arrange, over = LAYOUTS[layout]
    x = arrange(rows)
    assert off(total(x, over, keepdims), np.add.reduce(x.astype("d"), over, keepdims=keepdims)) < 2e-6


def test_totals_of_infinities_and_nan(rows):
    x = rows.copy()
    x[1000, 0], x[2000, 1], x[3000, 1], x[4000, 2] = np.inf, np.inf, -np.inf, np.nan
    found = total(x, (0,))
    assert found[0] == np.inf and np.isnan(found[1:3]).all() and np.isfinite(found[3])
    short = total(np.ascontiguousarray(x.T).reshape(4, 200, -1), (2,))
    assert short[0, 1] == short[1, 2] == -short[1, 3] == np.inf and np.isnan(short[2, 4])
    assert np.isfinite(short).sum() == short.size - 4


REDUCTIONS = {
    "sum": lambda x: x.sum(0),
    "sum_to_size": lambda x: x.sum_to_size(1, x.shape[1]),
    "mean": lambda x: x.mean(0),
    "nansum": lambda x: x.nansum(0),
    "nanmean": lambda x: x.nanmean(0),
    "var": lambda x: x.var(0),
    "std": lambda x: x.std(0),
    "norm": lambda x: x.norm(dim=0),
    "norm of p 3": lambda x: x.norm(3, dim=0),
    "logsumexp": lambda x: x.logsumexp(0),
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(0),
    "cumsum": lambda x: x.cumsum(0),
    "logcumsumexp": lambda x: x[:20_000].logcumsumexp(0),
    "trapezoid": lambda x: autograd.trapezoid(x, dim=0),
    "normalize": lambda x: F.normalize(x, dim=0),
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_and_their_gradients(rows, name):
    function = REDUCTIONS[name]
    x, exact = (autograd.tensor(rows, dtype=kind).requires_grad_() for kind in (autograd.float32, autograd.float64))
    out, expected = function(x), function(exact)
    g = np.random.default_rng(1).uniform(0.5, 1, expected.shape)
    out.backward(autograd.tensor(g, dtype=autograd.float32))
    expected.backward(autograd.tensor(g))
    assert off(out.detach(), expected.detach().array) < 1e-6
    assert off(x.grad, exact.grad.array) < 2e-6


@pytest.mark.parametrize("center", [1e4, 1e6])
def test_variance_far_from_zero(center):
    x = (np.random.default_rng(0).standard_normal((1000, 3)) + center).astype("f")
    expected = x.astype("d").var(0, ddof=1)
    assert off(autograd.tensor(x).var(0), expected) < 1e-6
    assert off(autograd.tensor(x).std(0), np.sqrt(expected)) < 1e-6
    assert autograd.full((1000,), center + 0.1).std().item() == 0


# What each parameter's gradient sums over: all rows of the batch, all places, all that name one row.
BROADCAST = {
    "bias": (lambda x, w: x + w, (4,)),
    "scale": (lambda x, w: x * w, (4,)),
    "weight of linear": (F.linear, (2, 4)),
    "bias of linear": (lambda x, w: F.linear(x, autograd.ones(2, 4, dtype=x.dtype), w), (2,)),
    "expand": (lambda x, w: w.expand(x.shape), (1, 4)),
    "embedding": (lambda x, w: F.embedding(autograd.arange(len(x)) % 3, w), (5, 4)),
    "bag": (lambda x, w: F.embedding_bag(autograd.arange(len(x)) % 3, w, autograd.tensor([0]), mode="sum"), (5, 4)),
    "rows by number": (lambda x, w: w[autograd.arange(len(x)) % 3 - 1], (5, 4)),
    "numbers by number": (lambda x, w: w[autograd.arange(len(x)) % 3], (5,)),
    "columns by number": (lambda x, w: w[:, autograd.arange(len(x)) % 3], (2, 5)),
    "index_select": (lambda x, w: w.index_select(0, autograd.arange(len(x)) % 3), (5, 4)),
    "gather": (lambda x, w: w.gather(0, autograd.arange(len(x)) % 3), (5,)),
    "gather of few": (lambda x, w: w.gather(0, autograd.zeros(1000, dtype=autograd.int64)), (40_000,)),
    "1x1 convolution": (lambda x, w: F.conv1d(x.t()[None], w), (16, 4, 1)),
    "batch norm": (lambda x, w: x * F.batch_norm(x, None, None, w, None, True), (4,)),
    "layer norm": (lambda x, w: F.layer_norm(x, (4,), w), (4,)),
}


@pytest.mark.parametrize("name", BROADCAST)
def test_gradients_summed_over_a_batch(rows, name):
    function, shape = BROADCAST[name]
    rng = np.random.default_rng(1)
    weight, g = rng.uniform(0.5, 1, shape), None
    found = []
    for kind in (autograd.float32, autograd.float64):
        w = autograd.tensor(weight, dtype=kind, requires_grad=True)
        out = function(autograd.tensor(rows, dtype=kind), w)
        g = rng.uniform(0.5, 1, out.shape).astype("f") if g is None else g
        out.backward(autograd.tensor(g, dtype=kind))
        found.append(w.grad)
    assert off(found[0], found[1].array) < 2e-6


def test_what_is_added_in_one_place(rows):
    index, into = autograd.arange(ROWS) % 3, autograd.zeros(3, 4)
    x, expected = autograd.tensor(rows), np.zeros((3, 4))
    np.add.at(expected, index.array, rows.astype("d"))
    assert off(into.index_add(0, index, x), expected) < 1e-6
    assert off(into.scatter_add(0, index[:, None].expand(-1, 4), x), expected) < 1e-6
    assert off(into.index_put((index,), x, accumulate=True), expected) < 1e-6
    assert off(index.bincount(x[:, 0]), expected[:, 0]) < 1e-6


def test_sums_of_rows_of_any_number():
    index = np.array([2] * 10_000 + [0] + [4] * 65 + [2])
    x = np.ones((len(index), 2), "f")
    assert np.array_equal(sums_of_rows(x, index, 6)[:, 0], [1, 0, 10_001, 0, 65, 0])
    assert np.array_equal(sums_of_rows(x[:0], index[:0], 2), np.zeros((2, 2)))


# float16 ends at 65504, and counts in ones up to 2048.
HALVES = {
    "sum": lambda x: x.sum(0),
    "mean": lambda x: (x * 30).mean(0),
    "var": lambda x: x.var(0),
    "std": lambda x: (x * 100).std(0),
    "norm": lambda x: (x * 100).norm(dim=0),
    "nanmean": lambda x: (x * 30).nanmean(0),
    "prod": lambda x: (x[:10] * 0.8).prod(0),
    "logsumexp": lambda x: x.logsumexp(0),
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(0),
    "cumsum": lambda x: x.cumsum(0),
    "logcumsumexp": lambda x: x.logcumsumexp(0),
    "trace": lambda x: (x[:, 0] * autograd.ones(len(x), 1, dtype=x.dtype)).trace(),
    "matmul": lambda x: x.t() @ x,
    "cdist": lambda x: autograd.cdist(x.t() * 9, x.t()[:1] + 3, p=3.0),
    "renorm": lambda x: (x * 30).renorm(2, 1, 1.0),
    "cross_entropy": lambda x: F.cross_entropy(x, autograd.arange(len(x)) % 4),
    "cross_entropy of many classes": lambda x: F.cross_entropy(x.t(), autograd.arange(4)),
    "mse_loss": lambda x: F.mse_loss(x, autograd.zeros_like(x)),
    "avg_pool": lambda x: F.avg_pool2d(x.t().reshape(1, 4, 50, 60), 50),
    "interpolate": lambda x: F.interpolate(x[:3].t()[None], size=9000, mode="linear"),
    "norm of sums": lambda x: x.norm(1, dim=0),
    "var_mean": lambda x: autograd.var_mean(x, 0)[0],
    "nansum": lambda x: x.nansum(0),
    "cumprod": lambda x: (x[:20] * 0.7).cumprod(0),
    "dot": lambda x: x[:, 0].dot(x[:, 1]),
    "addmm": lambda x: autograd.addmm(x[:4], x.t(), x),
    "einsum": lambda x: autograd.einsum("ni,nj->ij", x, x),
    "linear": lambda x: F.linear(x.t(), x.t()),
    "layer_norm": lambda x: F.layer_norm(x.t(), (3000,)),
    "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
    "group_norm": lambda x: F.group_norm(x.t()[None], 2),
    "rms_norm": lambda x: F.rms_norm(x.t(), (3000,)),
    "normalize": lambda x: F.normalize(x * 9, dim=0),
    "cosine_similarity": lambda x: F.cosine_similarity(x[:, 0], x[:, 1], dim=0),
    "l1_loss": lambda x: F.l1_loss(x, autograd.zeros_like(x)),
    "kl_div": lambda x: F.kl_div(-x, x, reduction="sum") / 1000,
    "nll_loss": lambda x: F.nll_loss(x, autograd.arange(len(x)) % 4),
    "scatter_add": lambda x: autograd.zeros(1, dtype=x.dtype).scatter_add(0, autograd.zeros(3000).long(), x[:, 0]),
    "embedding": lambda x: F.embedding(autograd.zeros(3000, dtype=autograd.int64), x[:2]),
    "windows": lambda x: x[:, 0].unfold(0, 2000, 1),
}


@pytest.mark.parametrize("name", HALVES)
def test_float16_is_added_in_wider_floats(name):
    function = HALVES[name]
    values = np.random.default_rng(0).uniform(0.5, 2, (3000, 4)).astype(np.float16)
    x, exact = (autograd.tensor(values, dtype=kind).requires_grad_() for kind in (HALF, autograd.float64))
    out, expected = function(x), function(exact)
    assert out.dtype is HALF
    # The gradient comes back in numbers that float16 can hold.
    g = np.random.default_rng(1).uniform(0.5, 1, expected.shape).astype(np.float16)
    out.backward(autograd.tensor(g))
    expected.backward(autograd.tensor(g, dtype=autograd.float64))
    assert off(out.detach(), expected.detach().array) < 4e-3
    assert off(x.grad, exact.grad.array) < 6e-3


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x * 65536, 655.36),
        (lambda x: 65536.0 * x, 655.36),
        (lambda x: x * autograd.tensor(65536.0), 655.36),
        (lambda x: x / 1e-6, 1e4),
        (lambda x: 1e6 / (x * 1e4), 1e4),
        (lambda x: (x * 6e6) * 1e-8, 6e-4),
        (lambda x: 100_000 - (x * 5e6), 5e4),
        (lambda x: x.clone().mul_(65536), 655.36),
        (lambda x: (x + 1) ** 3, 1.0303),
        (lambda x: x * 0, 0),
    ],
)
def test_float16_beside_numbers_that_it_does_not_hold(function, expected):
    x = autograd.tensor([0.01, 0.01], dtype=HALF)
    out = function(x)
    assert out.dtype is HALF
    assert out.tolist() == pytest.approx([expected] * 2, rel=3e-3)


def test_float16_compares_with_numbers_that_it_does_not_hold():
    x = autograd.tensor([1.0, math.inf, -math.inf], dtype=HALF)
    assert (x < 1e6).tolist() == [True, False, True]
    assert (x * math.inf).tolist() == [math.inf, math.inf, -math.inf]


def test_gradient_beside_a_number_that_float16_does_not_hold():
    x = autograd.tensor([3000.0], dtype=HALF, requires_grad=True)
    (x / 524288).backward(autograd.tensor([1000.0], dtype=HALF))
    assert x.grad.dtype is HALF
    assert x.grad.item() == pytest.approx(1000 / 524288, rel=1e-3)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_gradients_over_a_batch(kind):
    autograd.manual_seed(0)
    layer = getattr(nn, kind)(3, 4)
    exact = getattr(nn, kind)(3, 4).double()
    exact.load_state_dict({name: value.double() for name, value in layer.state_dict().items()})
    x = autograd.rand(20, 1000, 3)
    layer(x)[0].sum().backward()
    exact(x.double())[0].sum().backward()
    for one, other in zip(layer.parameters(), exact.parameters()):
        assert off(one.grad, other.grad.array) < 6e-6

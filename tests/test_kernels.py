"""Each jitted loop against its NumPy twin, and what happens where Numba isn't."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest

from autograd import kernels
from autograd.kernels.jit import cache_directory
from autograd.kernels.memory import address, aligned, by_rows

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.standard_normal(shape)


def with_specials(*shape):
    x = normal(*shape)
    x.flat[:3] = np.nan, np.inf, -np.inf
    return x


# Transposed in the products or not, backwards or not, and the sizes of the steps; the last are several blocks.
RECURRENT = [(True, False, 3, 3, 1), (False, True, 3, 2, 2), (False, False, *[50] * 9), (True, True, *[50] * 9)]


def recurrent_arguments():
    """For each kernel of a recurrent layer with 4 inputs and 40 features what makes its arguments."""
    features, size, projected = 4, 40, 3

    def spaces(turned, reverse, *sizes, gates, output=size):
        bounds = np.cumsum((0, *sizes))
        rows, batch, columns = bounds[-1], sizes[0], gates * size
        w_ih, w_hh = normal(columns, features) * 0.3, normal(columns, output) * 0.3
        forward_w = w_hh if turned else np.ascontiguousarray(w_hh.T)
        capacity = min(rows, 120)
        return bounds, rows, batch, columns, w_ih, w_hh, forward_w, capacity

    def elman_forward(turned, reverse, *sizes, rectified=False):
        bounds, rows, batch, columns, w_ih, _, w, capacity = spaces(turned, reverse, *sizes, gates=1)
        return (normal(rows, features), w_ih, normal(columns), normal(batch, size), w, turned, turned, bounds, reverse,
                capacity, np.zeros((rows, size)), np.zeros((rows, size)))  # fmt: skip

    def slopes_into(rows, columns, output=size):
        """What the gradients of the input and the weights are added to, some of them not asked for."""
        return np.zeros((rows, features)), np.zeros((columns, features)), np.zeros((columns, output))

    def elman_backward(turned, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, w_hh, _, capacity = spaces(turned, reverse, *sizes, gates=1)
        return (normal(rows, size), normal(batch, size), np.tanh(normal(rows, size)), normal(rows, features),
                normal(rows, size), w_ih, w_hh, turned, bounds, reverse, np.zeros((capacity, size)), np.zeros(size),
                *slopes_into(rows, columns), np.zeros(columns))  # fmt: skip

    def lstm_forward(turned, reverse, *sizes):
        output = projected if turned else size
        bounds, rows, batch, columns, w_ih, _, w, capacity = spaces(turned, reverse, *sizes, gates=4, output=output)
        hidden, w_hr = np.zeros((rows, size)), normal(output, size) if turned else np.zeros((0, 0))
        return (normal(rows, features), w_ih, normal(columns), normal(batch, output), normal(batch, size), w, turned,
                w_hr, bounds, reverse, capacity, np.zeros((rows, columns)),
                np.zeros((rows, output)) if turned else hidden, hidden, np.zeros((rows, output)),
                np.zeros((rows, size)))  # fmt: skip

    def lstm_backward(turned, reverse, *sizes):
        output = projected if turned else size
        bounds, rows, batch, columns, w_ih, w_hh, _, capacity = spaces(turned, reverse, *sizes, gates=4, output=output)
        w_hr = normal(output, size) if turned else np.zeros((0, 0))
        gates = 1 / (1 + np.exp(-normal(rows, columns)))
        return (normal(rows, output), normal(batch, output), normal(batch, size), gates, normal(rows, size),
                normal(rows, features), normal(rows, output), normal(rows, size), w_ih, w_hh, w_hr, bounds, reverse,
                np.zeros((capacity, columns)), np.zeros(columns), np.zeros((batch, w_hr.shape[1])),
                *slopes_into(rows, columns, output), np.zeros_like(w_hr), np.zeros(columns))  # fmt: skip

    def gru_forward(turned, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, _, w, capacity = spaces(turned, reverse, *sizes, gates=3)
        return (normal(rows, features), w_ih, normal(columns), normal(batch, size), w, turned, normal(columns), bounds,
                reverse, capacity, np.zeros((rows, columns)), *[np.zeros((rows, size)) for _ in range(3)],
                np.zeros((batch, columns)))  # fmt: skip

    def gru_backward(turned, reverse, *sizes):
        bounds, rows, batch, columns, w_ih, w_hh, _, capacity = spaces(turned, reverse, *sizes, gates=3)
        gates = 1 / (1 + np.exp(-normal(rows, columns)))
        return (normal(rows, size), normal(batch, size), gates, normal(rows, size), normal(rows, features),
                normal(rows, size), w_ih, w_hh, bounds, reverse, np.zeros((capacity, 4 * size)), np.zeros(4 * size),
                *slopes_into(rows, columns), np.zeros(4 * size))  # fmt: skip

    return {
        kernels.elman.forward: elman_forward,
        kernels.elman.backward: elman_backward,
        kernels.lstm.forward: lstm_forward,
        kernels.lstm.backward: lstm_backward,
        kernels.gru.forward: gru_forward,
        kernels.gru.backward: gru_backward,
    }


LABELS = np.array([0, 3, -100, 2])
ARGUMENTS = {
    kernels.activation.cut: lambda: [(with_specials(20), np.zeros(20))],
    kernels.activation.gate: lambda: [(normal(20), with_specials(20), np.zeros(20))],
    kernels.conv.copy_columns: lambda: [
        (normal(2, 3, 7, 6), np.full((2, 3, 3, 2, *sizes), 9.0), *geometry) for sizes, geometry in GEOMETRIES
    ],
    kernels.conv.add_columns: lambda: [
        (normal(2, 3, 7, 6), normal(2, 3, 3, 2, *sizes), *geometry) for sizes, geometry in GEOMETRIES
    ],
    kernels.pool.pool_max: lambda: [
        (image(2, 7, 6), np.zeros((2, *sizes)), np.zeros((2, *sizes), np.int64), 3, 2, *geometry)
        for sizes, geometry in GEOMETRIES
        for image in (normal, with_specials)
    ],
    kernels.pool.add_at: lambda: [(np.zeros((2, 5)), normal(2, 4), np.array([[0, 1, 1, 4], [2, 2, 2, 0]]))],
    kernels.normalization.moments: lambda: [(normal(4, 3, 5), np.zeros(3), np.zeros(3))],
    kernels.normalization.scale_rows: lambda: [(normal(4, 3, 5), normal(3), normal(3), np.zeros((4, 3, 5)))],
    kernels.normalization.sums: lambda: [
        (normal(4, 3, 5), normal(4, 3, 5), normal(3), normal(3), np.zeros(3), np.zeros(3))
    ],
    kernels.normalization.pull_rows: lambda: [
        (normal(4, 3, 5), normal(4, 3, 5), normal(3), normal(3), normal(3), normal(3), np.zeros((4, 3, 5)))
    ],
    **{
        kernel: lambda make=make: [make(turned, reverse, *sizes) for turned, reverse, *sizes in RECURRENT]
        for kernel, make in recurrent_arguments().items()
    },
    kernels.loss.shift_rows: lambda: [(normal(4, 5), np.zeros((4, 5)))],
    kernels.loss.losses_of_rows: lambda: [
        (
            normal(4, 5),
            np.exp(normal(4, 5)),
            labels,
            np.abs(normal(5)),
            -100,
            smoothing,
            np.zeros(4),
            np.zeros(4),
            np.zeros(2),
        )
        for smoothing in (0.0, 0.2)
        for labels in (LABELS, LABELS + 2)
    ],
    kernels.loss.slope_of_rows: lambda: [
        (np.abs(normal(4, 5)), LABELS, normal(5), normal(4) * (LABELS >= 0), -100, smoothing, scale, np.zeros((4, 5)))
        for smoothing in (0.0, 0.2)
        for scale in (normal(1), normal(4))
    ],
    kernels.optimizers.sgd: lambda: [(normal(9), normal(9), 0.1, decay) for decay in (0.0, 0.2)],
    kernels.optimizers.momentum_sgd: lambda: [
        (normal(9), normal(9), normal(9), 0.1, 0.9, 0.3, 0.2, nesterov) for nesterov in (True, False)
    ],
    kernels.optimizers.adam: lambda: [
        (normal(9), normal(9), normal(9), np.abs(normal(9)), 0.1, 0.1, 0.9, 0.1, 0.5, 1e-8, 0.2)
    ],
}
# Arguments that are only space to work in.
SPACE = {"block", "row", "dhidden", "recurrent"}
# Sizes of the output, and stride, padding and dilation (height, width) that give them for 7x6 images and 3x2 windows.
GEOMETRIES = [
    ((5, 5), (1, 1, 0, 0, 1, 1)),
    ((4, 4), (2, 2, 1, 1, 1, 1)),
    ((3, 6), (1, 1, 0, 1, 2, 2)),
    ((2, 2), (3, 4, 0, 0, 1, 1)),
]


def all_kernels():
    modules = [getattr(kernels, name) for name in kernels.__all__]
    return {f for module in modules for f in vars(module).values() if hasattr(f, "twin")}


def test_every_kernel_has_arguments_here():
    assert all_kernels() == set(ARGUMENTS)


@pytest.mark.parametrize("kernel", ARGUMENTS, ids=lambda kernel: kernel.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_kernel_does_what_its_twin_does(kernel, dtype):
    recurrent = recurrent_arguments()
    for arguments in ARGUMENTS[kernel]():
        cast = [a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype == np.float64 else a for a in arguments]
        cast = [dtype(a) if isinstance(a, float) else a for a in cast]
        ours, twins = ([a.copy() if isinstance(a, np.ndarray) else a for a in cast] for _ in range(2))
        result, expected = kernel(*ours), kernel.twin(*twins)
        assert result == expected
        if expected == -1 or expected is None:
            names = inspect.signature(kernel).parameters
            for a, b in [pair for name, *pair in zip(names, ours, twins) if name not in SPACE]:
                # Of a product or a sum over steps the small elements are as exact as the large ones.
                largest = np.abs(b).max(initial=0.0) if kernel in recurrent else 0.0
                tolerance = 1e-12 if dtype is np.float64 else 2e-5
                least = 1e-6 if dtype is np.float32 else 1e-14
                np.testing.assert_allclose(a, b, rtol=tolerance, atol=max(least, tolerance * largest))


def test_aligned_arrays_begin_with_a_cache_line():
    for dtype in (np.float32, np.float64):
        made = aligned(dtype, (3, 5), (7,), (0, 2))
        assert [a.shape for a in made] == [(3, 5), (7,), (0, 2)] and all(a.dtype == dtype for a in made)
        assert all(address(a) % 64 == 0 for a in made if a.size) and not np.shares_memory(made[0], made[1])
    shifted = aligned(np.float64, (9,))[0][1:]
    assert address(by_rows(shifted)) % 64 == 0 and by_rows(made[0]) is made[0]


SCRIPT = """
import sys
if "--no-numba" in sys.argv:
    sys.modules["numba"] = None
import autograd, nn, optim
autograd.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3))
step = optim.Adam(net.parameters())
x, y = autograd.randn(4, 1, 8, 8), autograd.tensor([0, 1, 2, 0])
for _ in range(2):
    step.zero_grad()
    loss = nn.CrossEntropyLoss()(net(x), y)
    loss.backward()
    step.step()
print(f"{loss.item():.5f}")
"""


def run(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_training_without_numba_gives_the_same_loss(tmp_path):
    jitted = run()
    assert run(NUMBA_DISABLE_JIT="1") == jitted
    assert run("--no-numba") == jitted
    # A home that can't be written to costs the cache, not the result.
    blocked = tmp_path / "file"
    blocked.touch()
    assert run(XDG_CACHE_HOME=str(blocked)) == jitted


def test_the_cache_is_per_user_and_named_by_the_sources():
    directory = cache_directory()
    assert directory.parent.name == "chalkgrad"
    assert len(directory.name) == 16

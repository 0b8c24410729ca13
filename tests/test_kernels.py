"""Each jitted loop against its NumPy twin, and what happens where Numba isn't."""

import os
import subprocess
import sys

import numpy as np
import pytest

from autograd import kernels
from autograd.kernels.jit import cache_directory

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.standard_normal(shape)


def with_specials(*shape):
    x = normal(*shape)
    x.flat[:3] = np.nan, np.inf, -np.inf
    return x


LABELS = np.array([0, 3, -100, 2])
# Winograd's transforms multiply and cancel: less is left of float32.
TOLERANCES = {kernels.winograd.winograd: 10.0}
ARGUMENTS = {
    kernels.activation.cut: lambda: [(with_specials(20), np.zeros(20))],
    kernels.activation.gate: lambda: [(normal(20), with_specials(20), np.zeros(20))],
    kernels.direct.shifted: lambda: [
        (
            normal(np.prod((3, plan.groups * plan.channels, plan.depth, plan.rows.size, plan.columns.size))),
            kernels.direct.packed(normal(plan.groups, plan.filters, plan.channels, len(plan.taps)), plan),
            normal(plan.groups * plan.filters + 8),
            np.zeros(np.prod((3, plan.groups * plan.filters, len(plan.slices), plan.rows.made, plan.columns.made))),
            plan,
            1,
            3,
        )
        for adjoint in (False, True)
        for plan in plans(adjoint)
    ],
    kernels.direct.correlated: lambda: [
        (
            normal(np.prod((3, plan.groups * plan.channels, plan.depth, plan.rows.size, plan.columns.size))),
            normal(np.prod((3, plan.groups * plan.filters, len(plan.slices), plan.rows.made, plan.columns.made))),
            normal(plan.groups * plan.filters * plan.channels * len(plan.taps)),
            plan,
            1,
            3,
        )
        for plan in plans(False)
    ],
    kernels.winograd.winograd: lambda: [
        (
            normal(3 * channels * height * width),
            kernels.winograd.transformed(normal(filters, channels, 3, 3)),
            normal(filters + 8),
            np.zeros(3 * filters * height * width),
            kernels.winograd.plan_of_tiles((height, width), (height, width), (1, 1), channels, filters, 4),
            height,
            width,
            together,
            1,
            3,
        )
        for channels, filters, height, width, together in ((20, 12, 9, 14, 1), (3, 40, 70, 5, 3))
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


def plans(adjoint):
    """Of convolutions with several blocks of filters and places, bands of rows, and phases."""
    for size, kernel_size, stride, padding, dilation, groups, channels, filters in (
        ((1, 7, 6), (1, 3, 2), (1, 1, 1), (0, 1, 1), (1, 1, 1), 2, 3, 10),
        ((1, 40, 70), (1, 3, 3), (1, 2, 3), (0, 2, 0), (1, 1, 2), 1, 20, 9),
        ((4, 9, 5), (2, 3, 1), (2, 1, 2), (1, 0, 1), (1, 2, 1), 1, 2, 3),
        ((1, 12, 30), (1, 3, 3), (1, 1, 1), (0, 1, 1), (1, 1, 1), 4, 1, 1),
    ):
        made = kernels.conv.out_sizes(size, kernel_size, stride, padding, dilation)
        sizes = (made, size) if adjoint else (size, made)
        # As if float32 and float64 were of one size, so that both have these bands.
        yield kernels.direct.plan_of(
            *sizes, kernel_size, stride, padding, dilation, groups, channels, filters, 4, adjoint
        )  # fmt: skip


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
    for arguments in ARGUMENTS[kernel]():
        cast = [a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype == np.float64 else a for a in arguments]
        cast = [dtype(a) if isinstance(a, float) else a for a in cast]
        ours, twins = ([a.copy() if isinstance(a, np.ndarray) else a for a in cast] for _ in range(2))
        result, expected = kernel(*ours), kernel.twin(*twins)
        assert result == expected
        if expected == -1 or expected is None:
            for a, b in zip(ours, twins):
                if not isinstance(a, np.ndarray):
                    continue
                # The terms of a sum may cancel to far less than the largest sum.
                largest = max(1.0, np.abs(b[np.isfinite(b)]).max(initial=0.0))
                rtol, atol = (1e-12, 1e-14) if dtype is np.float64 else (2e-5, 1e-6)
                atol *= TOLERANCES.get(kernel, 1.0)
                np.testing.assert_allclose(a, b, rtol=rtol, atol=atol * largest)


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

"""``python -m autograd warmup``: compile every kernel ahead, so that no training has to wait for it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from typing import Any

import autograd
from autograd import Tensor
from autograd.kernels import KERNELS
from autograd.kernels.compiling import cache, jit

from .parsing import CommandError


def add_parser(commands: Any) -> None:
    """Declare the command; it has no options."""
    text = (
        "Compile every kernel for float32 and float64 and keep it where the next process finds it. Without this, a "
        "kernel is compiled when it is first called. Only what was not compiled before takes long."
    )
    parser = commands.add_parser("warmup", help="compile all kernels ahead", description=text)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Compile, and print how many kernels that were."""
    if jit.numba_or_none() is None:
        raise CommandError("there is nothing to compile: Numba is not installed, or NUMBA_DISABLE_JIT is set")
    start = time.perf_counter()
    call_all()
    stats = [kernel.target.stats for kernel in KERNELS if kernel.target]  # type: ignore[attr-defined]
    made, found = (sum(sum(getattr(s, name).values()) for s in stats) for name in ("cache_misses", "cache_hits"))
    seconds = time.perf_counter() - start
    place = cache.cache_directory()
    print(f"compiled {made} kernels, found {found} compiled before; {seconds:.1f} s")
    print("they are not kept" if place is None else f"they are in {place}")


def call_all() -> None:
    """Call every kernel with the types that training calls it with, for float32 and float64."""
    work = [(dtype, call) for dtype in (autograd.float32, autograd.float64) for call in workloads()]
    before = autograd.get_default_dtype()
    try:
        for dtype, call in with_bar(work):
            autograd.set_default_dtype(dtype)
            call().sum().backward()
    finally:
        autograd.set_default_dtype(before)


def with_bar(work: list[Any]) -> Iterable[Any]:
    """``work``, and on a terminal a bar of how much of it is done, if tqdm is installed."""
    try:
        # Optional, and slow to import.
        from tqdm import tqdm
    except ImportError:
        return work
    return tqdm(work, desc="compiling", unit="step", leave=False, disable=None)


def workloads() -> list[Callable[[], Tensor]]:
    """What has to be run forward and backward so that every kernel is called: a line for each layer that has some.

    These are the layers themselves and not the kernels, so that what is compiled is what they will ask for.
    """
    # Imported here because they would make the help of all commands slower.
    import nn
    import optim
    from autograd import distributions

    def image(*shape: int) -> Tensor:
        return autograd.ones(shape, requires_grad=True)

    def trained(optimizer: Any, **options: Any) -> Tensor:
        weight = nn.Parameter(autograd.ones(3))
        step = optimizer([weight], lr=0.1, **options)
        weight.sum().backward()
        step.step()
        return weight

    def drawn(distribution: Any, *parameters: float) -> Tensor:
        given = [autograd.tensor([parameter], requires_grad=True) for parameter in parameters]
        made = distribution(*given)
        # What has no derivative is a constant of the graph.
        return made.rsample() if made.has_rsample else made.sample() + 0 * given[0]

    labels = autograd.tensor([0, 2])
    F = nn.functional
    gelu_tanh = lambda x: F.gelu(x, approximate="tanh")
    activations = (
        F.relu, F.hardtanh, F.leaky_relu, F.gelu, gelu_tanh, F.silu, F.mish, F.elu, F.softplus, F.hardswish,
        F.hardsigmoid, F.sigmoid, F.tanh, F.hardshrink, F.softshrink,
    )  # fmt: skip
    optimizers = (
        optim.SGD, optim.Adam, optim.Adagrad, optim.Adadelta, optim.Adamax, optim.NAdam, optim.RAdam, optim.RMSprop,
        optim.Rprop, optim.ASGD,
    )  # fmt: skip
    return [
        lambda: nn.Conv2d(2, 4, 3)(image(2, 2, 8, 8)),
        lambda: nn.Conv2d(2, 2, 3, groups=2)(image(1, 2, 8, 8)),  # with one filter a group
        lambda: nn.Conv2d(16, 16, 2)(image(1, 16, 8, 8)),  # with the filters in lanes
        lambda: nn.Conv2d(96, 96, 3)(image(1, 96, 32, 32)),  # by Winograd's algorithm, in float32 only
        lambda: nn.BatchNorm2d(2)(image(2, 2, 16, 16)),
        lambda: nn.BatchNorm1d(2)(image(4, 2)),
        lambda: nn.LayerNorm(3)(image(2, 3)),
        lambda: nn.MaxPool2d(2)(image(2, 2, 8, 8)),
        lambda: nn.AdaptiveMaxPool2d(3)(image(2, 2, 8, 8)),
        lambda: nn.AvgPool2d(2)(image(2, 2, 8, 8)),
        *[lambda activation=activation: activation(image(2, 3)) for activation in activations],
        *[lambda layer=layer: layer(2, 3)(image(4, 2, 2))[0] for layer in (nn.RNN, nn.LSTM, nn.GRU)],
        lambda: F.softmax(image(2, 3), 1),  # of rows, in float32 only, and of columns
        lambda: F.softmax(image(2, 3, 2), 1),
        lambda: F.scaled_dot_product_attention(image(1, 2, 3, 4), image(1, 2, 3, 4), image(1, 2, 3, 4)),
        lambda: nn.CrossEntropyLoss()(image(2, 3), labels),
        lambda: drawn(distributions.Gamma, 2.0, 1.0),
        lambda: drawn(distributions.Beta, 2.0, 1.0),
        lambda: drawn(distributions.Poisson, 2.0),
        lambda: drawn(distributions.Binomial, 2.0, 0.5),
        *[lambda optimizer=optimizer: trained(optimizer) for optimizer in optimizers],
        lambda: trained(optim.SGD, momentum=0.9),
        lambda: trained(optim.Adam, amsgrad=True),
    ]

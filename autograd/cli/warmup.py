"""``python -m autograd warmup``: compile every kernel ahead, so that no training has to wait for it."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

import autograd
from autograd import Tensor, get_num_threads
from autograd.kernels import KERNELS
from autograd.kernels.compiling import cache, jit

from .parsing import CommandError

# A kernel by its file and its name, and the types that it is compiled for.
Entry = tuple[str, str, str]


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
    # Imported here because they would make the help of all commands slower.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if jit.numba_or_none() is None:
        raise CommandError("there is nothing to compile: Numba is not installed, or NUMBA_DISABLE_JIT is set")
    start = time.perf_counter()
    place = cache.cache_directory()
    numbers = range(2 * len(workloads()))
    # What one process compiles the others find, where it is kept.
    if place is not None and get_num_threads() > 1:
        with ProcessPoolExecutor(get_num_threads(), get_context("spawn"), die_when_interrupted) as pool:
            each = list(with_bar(pool.map(compiled_for, numbers), len(numbers)))
    else:
        each = list(with_bar(map(compiled_for, numbers), len(numbers)))
    made = {entry for entries, _ in each for entry in entries}
    found = {entry for _, entries in each for entry in entries} - made
    seconds = time.perf_counter() - start
    print(f"compiled {len(made)} kernels, found {len(found)} compiled before; {seconds:.1f} s")
    print("they are not kept" if place is None else f"they are in {place}")


def compiled_for(number: int) -> tuple[set[Entry], set[Entry]]:
    """Run those of one list of the `workloads`, for float32 or float64, forward and backward.

    What this process compiled for them, and what it found compiled. Neighbours differ in dtype, so that processes which
    work side by side don't compile the same.
    """
    before = autograd.get_default_dtype()
    missed, found = entries("cache_misses"), entries("cache_hits")
    call, kind = divmod(number, 2)
    autograd.set_default_dtype((autograd.float32, autograd.float64)[kind])
    try:
        for run in workloads()[call]:
            run().sum().backward()
    finally:
        autograd.set_default_dtype(before)
    return entries("cache_misses") - missed, entries("cache_hits") - found


def entries(name: str) -> set[Entry]:
    """Which kernels, for which types, this process found in the cache, or missed there."""
    made: list[Any] = [kernel for kernel in KERNELS if kernel.target]  # type: ignore[attr-defined]
    return {(k.__module__, k.__qualname__, str(types)) for k in made for types in getattr(k.target.stats, name)}


def die_when_interrupted() -> None:
    """Let Ctrl-C end this process without a word: the one that started it says what there is to say."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def with_bar(work: Iterable[Any], count: int) -> Iterable[Any]:
    """``work``, and on a terminal a bar of how much of it is done, if tqdm is installed."""
    try:
        # Optional, and slow to import.
        from tqdm import tqdm
    except ImportError:
        return work
    return tqdm(work, desc="compiling", total=count, unit="step", leave=False, disable=None)


def workloads() -> list[list[Callable[[], Tensor]]]:
    """What has to be run forward and backward so that every kernel is called: a line for each layer that has some.

    These are the layers themselves and not the kernels, so that what is compiled is what they will ask for. Those whose
    kernels have code in common are one list, which one process runs: it compiles that code once. What takes longest
    comes first.
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

    def recurrent(layer: Any) -> Any:
        return layer(2, 3)(image(4, 2, 2))[0]

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
    convolutions = [
        lambda: nn.Conv2d(2, 4, 3)(image(2, 2, 8, 8)),
        lambda: nn.Conv2d(96, 96, 3)(image(1, 96, 32, 32)),  # by Winograd's algorithm, in float32 only
        lambda: nn.Conv2d(16, 16, 2)(image(1, 16, 8, 8)),  # with the filters in lanes
        lambda: nn.Conv2d(32, 32, 3, groups=32)(image(1, 32, 8, 8)),  # with the groups in lanes
        lambda: nn.Conv2d(2, 2, 3, groups=2)(image(1, 2, 8, 32)),  # with one filter a group
    ]
    exponentials = [
        lambda: F.scaled_dot_product_attention(image(1, 2, 3, 4), image(1, 2, 3, 4), image(1, 2, 3, 4)),
        lambda: F.softmax(image(2, 3), 1),  # of rows, in float32 only, and of columns
        lambda: F.softmax(image(2, 3, 2), 1),
        lambda: nn.CrossEntropyLoss()(image(2, 3), labels),
        lambda: F.nll_loss(image(2, 3), labels),
        *[lambda activation=activation: activation(image(2, 3)) for activation in activations],
        lambda: F.smooth_l1_loss(image(2, 3), autograd.zeros(2, 3)),
        lambda: F.smooth_l1_loss(image(2, 3), autograd.zeros(2, 3), reduction="none"),
        lambda: F.binary_cross_entropy_with_logits(image(2, 3), autograd.zeros(2, 3)),
        lambda: F.glu(image(2, 4)),
    ]
    normalizations = [
        lambda: nn.BatchNorm2d(2)(image(2, 2, 16, 16)),
        lambda: nn.BatchNorm1d(2)(image(4, 2)),
        lambda: nn.LayerNorm(3)(image(2, 3)),
    ]
    pooling = [
        lambda: nn.MaxPool2d(2)(image(2, 2, 8, 8)),
        lambda: nn.AdaptiveMaxPool2d(3)(image(2, 2, 8, 8)),
        lambda: nn.AvgPool2d(2)(image(2, 2, 8, 8)),
    ]
    random = [
        lambda: autograd.rand(4096, requires_grad=True),  # few numbers are drawn without a kernel
        lambda: autograd.randn(16, requires_grad=True),
        lambda: autograd.empty(4096).log_normal_().requires_grad_(),
        lambda: F.dropout(image(4096)),
        lambda: drawn(distributions.Gamma, 2.0, 1.0),
        lambda: drawn(distributions.Beta, 2.0, 1.0),
        lambda: drawn(distributions.Poisson, 2.0),
        lambda: drawn(distributions.Binomial, 2.0, 0.5),
    ]
    updates = [
        *[lambda optimizer=optimizer: trained(optimizer) for optimizer in optimizers],
        lambda: trained(optim.SGD, momentum=0.9),
        lambda: trained(optim.Adam, amsgrad=True),
    ]
    return [
        convolutions,
        [lambda: recurrent(nn.LSTM), lambda: recurrent(nn.GRU), lambda: recurrent(nn.RNN)],
        exponentials,
        [lambda: nn.CTCLoss()(image(2, 1, 3), labels[1:], [2], [1])],
        normalizations,
        random,
        updates,
        pooling,
        [lambda: F.prelu(image(4096), autograd.ones(1))],  # few numbers are chosen without a kernel
        [lambda: F.embedding(labels, image(3, 2))],
        [lambda: nn.Linear(3, 2)(image(4, 3))],
        [lambda: nn.Linear(256, 256)(image(64, 256))],  # few products are BLAS's, and all with few registers
    ]

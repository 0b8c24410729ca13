"""What an op costs beside its arithmetic, and what that makes of a training step.

python bench/overhead.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import itertools
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import autograd
import nn
import optim
from autograd.kernels.compiling.machine import SETTINGS

LENGTH = 100


def chain(lib, shape):
    """``x * w`` LENGTH times, forward and backward."""
    x, w = lib.ones(shape, requires_grad=True), lib.ones(shape, requires_grad=True)
    upstream = lib.ones(shape)

    def run():
        y = x
        for _ in range(LENGTH):
            y = y * w
        y.backward(upstream)
        x.grad = w.grad = None

    return run


def long_chain(length):
    """The time an op of a chain of ``length`` scalars takes, forward and backward, in seconds."""
    x = autograd.ones((), requires_grad=True)
    start = time.perf_counter()
    y = x
    for _ in range(length):
        y = y * 1.0
    y.backward()
    return (time.perf_counter() - start) / length


def scalar_chain(Value):
    """The same on Python floats: `Scalar`, or micrograd's ``Value``."""
    x, w = Value(1.0), Value(1.0)

    def run():
        y = x
        for _ in range(LENGTH):
            y = y * w
        y.backward()

    return run


def neuron(Value):
    """``relu(Σ xᵢ·wᵢ + b)`` of ten inputs, and its gradient: 21 ops."""
    xs, ws, b = [Value(0.1 * i) for i in range(10)], [Value(0.2) for _ in range(10)], Value(0.5)

    def run():
        total = b
        for x, w in zip(xs, ws):
            total = total + x * w
        total.relu().backward()

    return run


def training_step(lib, modules, optimizers, sizes, batch):
    """One step of Adam on a ReLU network with these layer sizes: gradients cleared, forward, backward, update."""
    lib.manual_seed(0)
    layers = []
    for i, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        layers += [modules.ReLU()] if i else []
        layers.append(modules.Linear(inputs, outputs))
    model, loss_of = modules.Sequential(*layers), modules.CrossEntropyLoss()
    optimizer = optimizers.Adam(model.parameters())
    x, y = lib.randn(batch, sizes[0]), lib.randint(0, sizes[-1], (batch,))

    def run():
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return run


def import_costs(*modules, repeats=15):
    """The time that a new interpreter takes to import each of ``modules`` and to end, in seconds: medians.

    They take turns. The packages are a copy, beside which Python keeps bytecode as where they are installed, whatever
    this process was told about bytecode. They are told of no other machine, which only Numba could describe.
    """
    here = pathlib.Path(autograd.__file__).parent.parent
    aside = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPATH", *SETTINGS)
    environment = {key: value for key, value in os.environ.items() if key not in aside}
    times = {module: [] for module in modules}
    with tempfile.TemporaryDirectory() as folder:
        for package in ("autograd", "nn", "optim"):
            shutil.copytree(here / package, pathlib.Path(folder, package), ignore=shutil.ignore_patterns("__pycache__"))
        for turn in range(1 + repeats):
            for module in modules:
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", f"import {module}"], check=True, cwd=folder, env=environment)
                # The first turn writes the bytecode.
                if turn:
                    times[module].append(time.perf_counter() - start)
    return [statistics.median(times[module]) for module in modules]


def scalar_rows(seconds):
    """`Scalar` beside micrograd's ``Value``, if that is installed."""
    try:
        from micrograd.engine import Value
    except ImportError:
        print("micrograd is not installed")
        return []
    report = Report("Scalar: Python floats", "micrograd")
    for name, work, ops in (("x*w, an op", scalar_chain, LENGTH), ("a neuron of ten inputs, an op", neuron, 21)):
        times = interleaved({"ours": work(autograd.Scalar), "micrograd": work(Value)}, seconds)
        report.add(name, {key: value / ops for key, value in times.items()}, 1.0)
    return report.rows


def main():
    options = arguments("overhead", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Overhead: one thread, medians of interleaved runs, {options.seconds:g} s a row")

    def row(name, ours, theirs, at_most=None, per=1, **others):
        contenders = {"ours": ours, **({"torch": theirs()} if torch else {}), **others}
        times = interleaved(contenders, options.seconds)
        report.add(name, {key: value / per for key, value in times.items()}, at_most)

    row("x*w, 0-d, an op", chain(autograd, ()), lambda: chain(torch, ()), None, LENGTH)
    row("x*w, 32x32, an op", chain(autograd, (32, 32)), lambda: chain(torch, (32, 32)), 0.6, LENGTH)
    for sizes, batch, at_most in (
        ((64, 64, 10), 32, 0.35),
        ((784, 128, 10), 64, None),
        ((784, 512, 512, 10), 128, 0.75),
    ):
        row(
            f"MLP {'-'.join(map(str, sizes))}, batch {batch}",
            training_step(autograd, nn, optim, sizes, batch),
            lambda sizes=sizes, batch=batch: training_step(torch, torch.nn, torch.optim, sizes, batch),
            at_most,
        )
    short, long = (min(long_chain(length) for _ in range(3)) for length in (100_000, 1_000_000))
    print(f"  x*1.0, 0-d, an op: {short * 1e6:.2f} us in a chain of 100,000, {long * 1e6:.2f} us in one of 1,000,000")
    report.rows.append({"name": "long chain", "unit": "us", "100000": short * 1e6, "1000000": long * 1e6})
    alone, ours, everything = import_costs("numpy", "autograd", "autograd, nn, optim")
    print(f"  import autograd costs {(ours - alone) * 1e3:.0f} ms more than import numpy (at most 60); ", end="")
    print(f"with nn and optim {(everything - alone) * 1e3:.0f} ms")
    extra = (ours - alone) * 1e3
    report.rows.append({"name": "import autograd beyond numpy", "unit": "ms", "ours": extra, "at_most": 60})
    report.rows += scalar_rows(options.seconds)
    report.save(options.json)


if __name__ == "__main__":
    main()

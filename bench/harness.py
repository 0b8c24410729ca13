"""Timing side by side: every workload runs in turn with its peers', in one process, and medians are compared.

Import this before NumPy: one thread is set here.
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import gc
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], Any]


TURN = 0.005


def interleaved(contenders: dict[str, Work], seconds: float) -> dict[str, float]:
    """The median time in seconds of one call of each contender, which take turns until the time is up.

    A turn is as many calls as take 5 ms: a training loop repeats its step too, and finds the caches as it left them and
    not as a peer did. A step as long as a turn does find what a peer left, so each round has another order.
    """
    calls: dict[str, int] = {}
    for name, work in contenders.items():
        for _ in range(3):
            work()
        start = time.perf_counter()
        work()
        calls[name] = max(1, round(TURN / (time.perf_counter() - start)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    gc.collect()
    end = time.perf_counter() + seconds
    order = random.Random(0)
    while time.perf_counter() < end or len(next(iter(times.values()))) < 5:
        for name, work in order.sample(list(contenders.items()), len(contenders)):
            start = time.perf_counter()
            for _ in range(calls[name]):
                work()
            times[name].append((time.perf_counter() - start) / calls[name])
    return {name: statistics.median(samples) for name, samples in times.items()}


def machines() -> dict[str, str]:
    """The vectors that each contender computes with, as it says itself: ``make bench ISA=avx2`` narrows them."""
    from autograd.kernels.compiling.machine import MACHINE

    found = {"ours": f"{MACHINE.name}, vectors of {MACHINE.vector} bytes"}
    if "torch" in sys.modules:
        name = sys.modules["torch"].backends.cpu.get_cpu_capability()
        width = {"AVX512": 64, "AVX2": 32}.get(name, 16)
        found["torch"] = f"{name}, vectors of {width} bytes"
    return found


class Report:
    """The table on the screen and the JSON beside it."""

    def __init__(self, title: str, baseline: str = "torch") -> None:
        self.title, self.baseline = title, baseline
        self.rows: list[dict[str, Any]] = []
        self.machines = machines()
        print(title, *(f"  {name}: {machine}" for name, machine in self.machines.items()), sep="\n")
        print(f"{'':34}{'ours':>12}{baseline:>12}{'ratio':>8}{'at most':>9}")

    def add(self, name: str, times: dict[str, float], at_most: float | None = None, unit: str = "us") -> None:
        """A row: our median in seconds or bytes, the baseline's, their ratio, and the ratio that is asked for."""
        scale = {"us": 1e6, "ms": 1e3, "MB": 1e-6}[unit]
        ratio = times["ours"] / times[self.baseline] if self.baseline in times else None
        others = {key: value * scale for key, value in times.items() if key not in ("ours", self.baseline)}
        self.rows.append(
            {"name": name, "unit": unit, **{k: v * scale for k, v in times.items()}, "ratio": ratio, "at_most": at_most}
        )
        verdict = "" if ratio is None or at_most is None else ("" if ratio <= at_most else "  missed")
        baseline = f"{times[self.baseline] * scale:9.1f} {unit}" if self.baseline in times else f"{'-':>12}"
        print(
            f"  {name:32}{times['ours'] * scale:9.1f} {unit}{baseline}"
            f"{'-' if ratio is None else format(ratio, '.2f'):>8}"
            f"{'' if at_most is None else format(at_most, '.2f'):>9}{verdict}"
            + "".join(f"   {key} {value:.1f} {unit}" for key, value in others.items()),
            flush=True,
        )

    def save(self, path: Path) -> None:
        """Write the rows as JSON, with what they were measured on."""
        import numpy

        record = {
            "title": self.title,
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "torch": getattr(sys.modules.get("torch"), "__version__", None),
            "machine": platform.machine(),
            "vectors": self.machines,
            "rows": self.rows,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, indent=1) + "\n")
        print(f"written to {path}")


def arguments(name: str, description: str) -> argparse.Namespace:
    """``--seconds`` for each row and ``--json`` for where the figures go."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each row is measured (%(default)s)")
    parser.add_argument(
        "--json", type=Path, default=Path("out/bench") / f"{name}.json", help="where the figures go (%(default)s)"
    )
    return parser.parse_args()


def torch_or_none() -> Any:
    """PyTorch on one thread, if it is installed."""
    try:
        import torch
    except ImportError:
        print("torch is not installed: our times only\n")
        return None
    torch.set_num_threads(1)
    return torch

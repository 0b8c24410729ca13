"""The machine that kernels are made for: what it is, what moves it, and that nothing else says how wide a vector is."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.kernels import activation
from autograd.kernels.compiling import cache, machine
from autograd.kernels.compiling.cache import KernelCache
from autograd.kernels.compiling.jit import numba_or_none
from autograd.kernels.compiling.machine import AVX2, AVX512, MACHINE, NEON, SSE2, VECTOR
from autograd.kernels.conv.microkernels import accumulate, correlate, depthwise, filters_in_lanes
from autograd.kernels.products import tiles

KERNELS = Path(machine.__file__).parent.parent
compiled = pytest.mark.skipif(numba_or_none() is None, reason="nothing is compiled")
x86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="plays processors of x86")

TARGETS = [
    ("x86_64-unknown-linux-gnu", "generic", "", SSE2),
    ("x86_64-unknown-linux-gnu", "nehalem", "", SSE2),
    ("x86_64-unknown-linux-gnu", "haswell", "", AVX2),
    ("x86_64-unknown-linux-gnu", "znver3", "", AVX2),
    ("x86_64-unknown-linux-gnu", "haswell", "-avx", SSE2),
    ("x86_64-unknown-linux-gnu", "skylake-avx512", "", AVX512),
    ("aarch64-unknown-linux-gnu", "generic", "", NEON),
    ("aarch64-unknown-linux-gnu", "neoverse-v1", "", NEON),
    ("arm64-apple-darwin", "apple-m1", "", NEON),
]


@compiled
@pytest.mark.parametrize(("triple", "name", "features", "expected"), TARGETS)
def test_each_processor_has_a_row(triple, name, features, expected):
    llvm = pytest.importorskip("llvmlite.binding")
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    assert machine.of_target(triple, name, features) == expected


@compiled
@x86
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}, AVX2),
        ({"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}, SSE2),
    ],
    ids=["haswell", "generic"],
)
def test_the_settings_of_numba_move_it_and_what_is_computed_stays(settings, expected):
    script = (
        "import numpy as np, autograd\n"
        "from autograd.kernels.compiling.machine import MACHINE\n"
        "from autograd.kernels import activation\n"
        "x = autograd.tensor([-1.0, 0.5])\n"
        "print(MACHINE.name, x.relu().tolist(), activation.relu.kernel.target is not activation.relu.kernel.twin)\n"
        # Its exponentials are put together from bits, which a sum in another order would spoil.
        "row = autograd.linspace(-9, 9, 99).reshape(1, 99)\n"
        "print(bool((row.softmax(1) - row.double().softmax(1)).abs().max() < 1e-7))"
    )
    played = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **settings}, capture_output=True, text=True, timeout=300
    )
    assert played.stdout == f"{expected.name} [0.0, 0.5] True\nTrue\n", played.stderr


def test_numba_compiles_for_what_numpy_found():
    numba = numba_or_none()
    if numba is None or any(name in os.environ for name in (*machine.SETTINGS, "NPY_DISABLE_CPU_FEATURES")):
        pytest.skip("nothing is compiled, or for another machine")
    assert machine.of_this_processor() == machine.of_numba() == MACHINE


@compiled
def test_a_kernel_for_one_machine_is_not_taken_for_another(tmp_path, monkeypatch):
    class Codegen:
        magic_tuple = staticmethod(lambda: ("x86", "cpu", ""))

    entries, paths = KernelCache(activation.relu.kernel.__wrapped__, tmp_path), set()
    for each in (AVX512, AVX2, SSE2, NEON):
        monkeypatch.setattr(cache, "MACHINE", each)
        paths.add(entries.path("types", Codegen))
    assert len(paths) == 4


def test_blocks_fit_into_the_registers():
    tall, wide = accumulate.FILTERS, accumulate.PLACES
    channels, taps = correlate.CHANNELS, correlate.TAPS
    # The sums of a block, what is loaded for them, and what that is multiplied by.
    blocks = (
        tall * wide + wide + 1,
        channels * taps + min(channels, taps) + 1,
        *(filters_in_lanes.width_of(v) * filters_in_lanes.rows_of(v) * v + v + 1 for v in (1, 2, 3)),
        depthwise.VECTORS + max(depthwise.TALL) + 1,
        depthwise.SINGLE_TAPS + depthwise.TOGETHER + 1,
        *(rows * vectors + min(rows, vectors) + 1 for rows, vectors in tiles.tiles()),
    )
    assert max(blocks) <= MACHINE.registers
    assert correlate.BLOCK * 4 % VECTOR == 0


# How wide a vector is, or how many numbers it has, as a number: ``64 // itemsize``, ``lanes = 16``.
WIDTHS = re.compile(r"\b(16|32|64) ?// ?\w*size|\blanes = [0-9]")


def test_only_the_machine_says_how_wide_a_vector_is():
    found = [
        f"{path.relative_to(KERNELS)}: {line.strip()}"
        for path in sorted(KERNELS.rglob("*.py"))
        for line in path.read_text().splitlines()
        if WIDTHS.search(line)
    ]
    assert found == []
    assert WIDTHS.search("lanes = 64 // x.itemsize") and WIDTHS.search("lanes = 16")


# Constants of the innermost loops that no register limits.
FREE = {"AHEAD", "MOST", "SINGLE_TAPS", "TALL", "TOGETHER"}


def test_the_blocks_of_the_innermost_loops_are_made_for_the_machine():
    for path in sorted((KERNELS / "conv" / "microkernels").glob("*.py")):
        for names, value in re.findall(r"^([A-Z][A-Z_, ]*) = (.*)$", path.read_text(), re.MULTILINE):
            if not FREE.issuperset(names.split(", ")):
                assert re.search(r"MACHINE|VECTOR\b", value), f"{path.name}: {names} = {value}"

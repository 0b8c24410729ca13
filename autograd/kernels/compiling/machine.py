"""The vector registers of the processor that kernels are compiled for, by which their blocks are made.

A block of sums lives in registers: one that has more of them than there are goes to memory and back at every step, one
that has fewer waits for what it loads. So no kernel says how wide a vector or how large a block is but by `MACHINE`.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

import numpy as np


class Machine(NamedTuple):
    """What a kernel may count on.

    vector: bytes of a vector. registers: how many there are. masks: whether a few lanes of a vector are loaded, stored
    and scattered as quickly as all of one; otherwise what is less than a vector goes another way.
    """

    name: str
    vector: int
    registers: int
    masks: bool


AVX512 = Machine("AVX-512", vector=64, registers=32, masks=True)
AVX2 = Machine("AVX2", vector=32, registers=16, masks=False)
SSE2 = Machine("SSE2", vector=16, registers=16, masks=False)
NEON = Machine("NEON", vector=16, registers=32, masks=False)

# The settings by which Numba compiles for another processor than it runs on.
SETTINGS = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_ENABLE_AVX")
# An addition whose registers tell how wide vectors are, and what these are called.
PROBE = """
define void @probe(POINTER %place) {
  %x = load <16 x float>, POINTER %place
  %y = fadd <16 x float> %x, %x
  store <16 x float> %y, POINTER %place
  ret void
}
"""
REGISTERS = {"zmm": AVX512, "ymm": AVX2, r"\.4s\b": NEON}


def of_this_processor() -> Machine:
    """By what NumPy found when it was imported: that takes no time, while to ask LLVM takes that of importing it."""
    found = np._core._multiarray_umath.__cpu_features__  # type: ignore[attr-defined]
    features = {"AVX512_SKX": AVX512, "AVX2": AVX2, "NEON": NEON}
    return next((row for name, row in features.items() if found.get(name)), SSE2)


def of_target(triple: str, name: str, features: str) -> Machine:
    """By the registers that LLVM takes for a processor."""
    import llvmlite.binding as llvm

    target = llvm.Target.from_triple(triple).create_target_machine(cpu=name, features=features)
    # Older versions of LLVM say what a pointer points to, newer ones don't take that.
    pointer = "ptr" if llvm.llvm_version_info[0] >= 17 else "<16 x float>*"
    written = target.emit_assembly(llvm.parse_assembly(PROBE.replace("POINTER", pointer)))
    return next((row for register, row in REGISTERS.items() if re.search(register, written)), SSE2)


def of_numba() -> Machine:
    """That of the processor that Numba compiles for."""
    from numba.core.registry import cpu_target

    return of_target(*cpu_target.target_context.codegen().magic_tuple())


def described() -> Machine:
    """The machine that kernels are compiled for in this process."""
    if any(os.environ.get(name) is not None for name in SETTINGS):
        try:
            return of_numba()
        except ImportError:
            pass
    return of_this_processor()


MACHINE = described()
# Bytes of a vector, as a number that compiled code can take.
VECTOR = MACHINE.vector

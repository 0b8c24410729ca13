"""Let a wide machine play a narrower one: ``python bench/play.py avx2 COMMAND...`` runs the command as if on that.

Numba, NumPy, OpenBLAS and PyTorch each look at settings of their own when they are loaded.
"""

from __future__ import annotations

import os
import sys

SETTINGS = {
    "avx2": {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    }
}


def beyond_avx2() -> str:
    """What NumPy has code of its own for on this machine, and would use: it warns of other names."""
    from numpy._core import _multiarray_umath as core

    names = [name for name in core.__cpu_dispatch__ if name == "X86_V4" or name.startswith("AVX512")]
    return " ".join(name for name in names if core.__cpu_features__[name])


def main() -> None:
    isa, *command = sys.argv[1:] or [""]
    if isa not in SETTINGS or not command:
        sys.exit(f"usage: play.py ISA COMMAND..., where ISA is one of: {', '.join(SETTINGS)}")
    os.environ.update(SETTINGS[isa], NPY_DISABLE_CPU_FEATURES=beyond_avx2())
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

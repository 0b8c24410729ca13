"""What Numba compiles kernels with, and what they call, in a third less time. Imported with Numba only."""

from __future__ import annotations

import gc
from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class KernelCompiler(Compiler):
    """Compiles a kernel and, in the course of it, all that it calls."""

    def compile_extra(self, function: Any) -> Any:
        # Millions of objects are made, nearly all of which stay until the end: to look for garbage would find none.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(function)
        finally:
            if collecting:
                gc.enable()


class HelperCompiler(Compiler):
    """Compiles what only kernels call, as far as they need: they are linked with it and optimize the whole."""

    def __init__(self, typing: Any, target: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any):
        flags.no_compile = True
        library = library or Ingredient(target.codegen(), "helper")
        super().__init__(typing, target, library, args, return_type, flags, locals)

    def compile_extra(self, function: Any) -> Any:
        made = super().compile_extra(function)
        # Numba wants something that Python could call, and makes the same of what has no wrapper for Python.
        entry = _dynfunc.make_function(made.fndesc.lookup_module(), function.__name__, "", 0, made.environment, ())
        self.state.targetctx.insert_user_function(entry, made.fndesc, [made.library])
        return made._replace(entry_point=entry)


class Ingredient(JITCodeLibrary):
    """Code to be linked with: neither optimized nor turned into the machine's by itself."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


# Without nnan and ninf: NaN and inf must pass through. The NumPy error model lets loops with a division vectorise.
# What a kernel calls is compiled into it. Otherwise the process that compiles the kernel could call the helper's own
# code, and one that loads the kernel the copy that was saved with it, which may round sums differently.
OPTIONS = {
    "error_model": "numpy",
    "fastmath": {"reassoc", "contract", "arcp", "nsz", "afn"},
    "nogil": True,
    "forceinline": True,
    # Nobody calls a kernel from C, so there need be no way in from there.
    "no_cfunc_wrapper": True,
}
FOR_KERNELS: Any = {**OPTIONS, "pipeline_class": KernelCompiler}
# Nor does Python call a helper's compiled code.
FOR_HELPERS: Any = {**OPTIONS, "no_cpython_wrapper": True, "pipeline_class": HelperCompiler}
# What gives certain bits.
AS_WRITTEN: Any = {"fastmath": False}

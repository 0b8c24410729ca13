"""What Numba compiles kernels with, and what they call, in a third less time. Imported with Numba only."""

from __future__ import annotations

import gc
import os
from functools import partial
from types import FunctionType
from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import cpu_target


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


class Ingredient(JITCodeLibrary):
    """Code to be linked with: neither optimized nor turned into the machine's by itself."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


class Apart(JITCodeLibrary):
    """Code that others call by its symbol and are not linked with."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.enable_object_caching()
        # What the others are linked with in its place: nothing.
        self._shared_module = llvm.parse_assembly(str(codegen._create_empty_module(name)))


class HelperCompiler(Compiler):
    """Compiles what only kernels call, as far as they need: they are linked with it and optimize the whole."""

    library_class: type[JITCodeLibrary] = Ingredient

    def __init__(self, typing: Any, target: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any):
        flags.no_compile = True
        library = library or self.library_class(target.codegen(), "helper")
        super().__init__(typing, target, library, args, return_type, flags, locals)

    def compile_extra(self, function: Any) -> Any:
        made = super().compile_extra(function)
        # Numba wants something that Python could call, and makes the same of what has no wrapper for Python.
        entry = _dynfunc.make_function(made.fndesc.lookup_module(), function.__name__, "", 0, made.environment, ())
        self.state.targetctx.insert_user_function(entry, made.fndesc, [made.library])
        return made._replace(entry_point=entry)


class ApartCompiler(HelperCompiler):
    """Compiles what many kernels call once for all of them: code of its own, that those which are kept bring along."""

    library_class = Apart

    def compile_extra(self, function: Any) -> Any:
        # Other processes may have compiled the same: what a kernel brings along must not have the name of what is here.
        own = FunctionType(function.__code__, function.__globals__, function.__name__, None, function.__closure__)
        own.__qualname__ = f"{function.__qualname__}.{PROCESS}"
        made = super().compile_extra(own)
        symbol = made.fndesc.mangled_name
        PROVIDED.add(symbol)
        # Numba calls this before it loads a kernel that was compiled with the library.
        made.library._reload_init.add(partial(provide, symbol, made.library.serialize_using_object_code()))
        return made


PROCESS = os.urandom(8).hex()
# The symbols of what is compiled apart and in this process.
PROVIDED: set[str] = set()


def provide(symbol: str, code: Any) -> None:
    """Load what was compiled apart, unless it is there."""
    if symbol not in PROVIDED:
        cpu_target.target_context.codegen().unserialize_library(code)
        PROVIDED.add(symbol)


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
# What is compiled apart isn't written into its callers either.
FOR_APART: Any = {**FOR_HELPERS, "forceinline": False, "pipeline_class": ApartCompiler}
# What gives certain bits.
AS_WRITTEN: Any = {"fastmath": False}

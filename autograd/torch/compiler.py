"""``torch.compiler`` and ``torch._dynamo``: what `autograd.compiler` has, and names of a compiler that isn't here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from nn.optimized import OptimizedModule as OptimizedModule

from ..compiler import compile as compile
from ..compiler import disable as disable
from ..compiler import is_compiling as is_compiling
from ..compiler import list_backends as list_backends
from ..compiler import reset as reset
from ..compiler import set_stance as set_stance


def unchanged(fn: Any = None, *args: Any, **options: Any) -> Any:
    """``fn``, or without one what decorates a function with itself."""
    return fn if callable(fn) else lambda decorated: decorated


allow_in_graph = assume_constant_result = optimize = run = forbid_in_graph = disallow_in_graph = unchanged
nonstrict_trace = substitute_in_graph = optimize_assert = unchanged


def never() -> bool:
    """False."""
    return False


is_dynamo_compiling = is_compiling
is_exporting = is_dynamo_supported = is_inductor_supported = is_compile_supported = never


def nothing(*args: Any, **options: Any) -> None:
    """Nothing to do."""


cudagraph_mark_step_begin = graph_break = mark_dynamic = mark_static = maybe_mark_dynamic = nothing
mark_static_address = mark_unbacked = nothing


class TransformGetItemToIndex:
    """A block like any other."""

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class Settings:
    """Settings that are kept and change nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


config = Settings()
external_utils = eval_frame = sys.modules[__name__]
Compiled = Callable[..., Any]

"""``torch.compiler`` and ``torch._dynamo``: nothing is compiled, and a function that is to be stays as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .names_only import Nothing


def unchanged(fn: Any = None, *args: Any, **options: Any) -> Any:
    """``fn``, or without one what decorates a function with itself."""
    return fn if callable(fn) else lambda decorated: decorated


disable = allow_in_graph = assume_constant_result = optimize = run = forbid_in_graph = disallow_in_graph = unchanged
nonstrict_trace = substitute_in_graph = optimize_assert = unchanged


def is_compiling() -> bool:
    """False."""
    return False


is_dynamo_compiling = is_exporting = is_dynamo_supported = is_inductor_supported = is_compile_supported = is_compiling


def nothing(*args: Any, **options: Any) -> None:
    """Nothing to do."""


reset = cudagraph_mark_step_begin = graph_break = mark_dynamic = mark_static = maybe_mark_dynamic = nothing
mark_static_address = mark_unbacked = set_stance = nothing


def list_backends(*args: Any) -> list[str]:
    """None."""
    return []


class OptimizedModule(Nothing):
    """A compiled module. There is none here."""


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

"""``torch.fx``: the names. Programs aren't rewritten here."""

from __future__ import annotations

from typing import Any

from .names_only import Nothing


class Graph(Nothing):
    """The calls of a program as a list."""


class GraphModule(Nothing):
    """A module made of such a list."""


class Node(Nothing):
    """One call of it."""


class Proxy(Nothing):
    """What takes the place of a value while a program is read."""


class Tracer(Nothing):
    """What reads a program."""


class Interpreter(Nothing):
    """What runs a graph."""


class Transformer(Nothing):
    """What rewrites a graph."""


def wrap(fn_or_name: Any) -> Any:
    """``fn_or_name`` as it is."""
    return fn_or_name


def symbolic_trace(root: Any, concrete_args: Any = None) -> Any:
    """RuntimeError: programs aren't rewritten here."""
    raise RuntimeError("torch.fx.symbolic_trace: torch.fx is out of scope here; autograd.draw shows what ran")


def get_proxy_mode() -> None:
    """None: nothing reads the program while it runs."""


def _symbolic_trace_is_active() -> bool:
    return False


is_fx_tracing = is_fx_symbolic_tracing = _symbolic_trace_is_active

"""Tensors that see the memory of another: which they are, and what becomes of them when that memory is written to.

A view keeps its base, the Tensor that owns the memory, and the chain of ops that leads from there to it. The base keeps
weak references to its views. When one of them is written to in a graph, the write is recorded on the base, and every
view is derived from it anew.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from ..ops.op import Op
from ..ops.overwriting import overwrite, through
from .grad_mode import is_grad_enabled, recording
from .node import Node, record
from .tensor import Chain, Step, Tensor, View, made_by, wrap


def linking(op: Op, call: Callable[..., Any]) -> Callable[..., Any]:
    """``call``, the caller of an op that may return a view, which also notes whose memory its result sees."""

    def linked(x: Any = None, *args: Any, **kwargs: Any) -> Any:
        if x is None:
            x = kwargs.pop("input", None)
        made = call(x, *args, **kwargs)
        if isinstance(x, Tensor):
            owner = x.array if x.array.base is None else x.array.base
            if made.array.base is owner or made.array.base is x.array or made.array is x.array:
                link(made, x, (op, args, kwargs))
        return made

    return linked


def link(made: Tensor, x: Tensor, step: Step) -> None:
    """Note that ``made`` sees the memory of ``x`` through ``step``."""
    of: View | None = getattr(x, "view_of", None)
    base = x if of is None else of.base
    recorded = is_grad_enabled() and (of is None or of.recorded)
    made.view_of = View(base, of, step, recorded)
    views = getattr(base, "views", None)
    if views is None:
        views = base.views = {}
    # In the order they were made, in which they are derived anew: gradients are summed in an order that never changes.
    views[weakref.ref(made, views.__delitem__)] = None


def base_of(x: Tensor) -> Tensor:
    """The Tensor that ``x`` is a view of, or ``x``."""
    of = getattr(x, "view_of", None)
    return x if of is None else of.base


def turn_into_view(x: Tensor, view: Tensor) -> None:
    """Make of ``x`` the ``view`` of it; the views that it has get a Tensor that takes its place as their base."""
    if getattr(x, "view_of", None) is None:
        base = wrap(x.array, x.node)
        base.views, x.views = x.views, {}
        for reference in list(base.views):
            seen = reference()
            if seen is not None:
                seen.view_of.base = base
        base.views[weakref.ref(x, base.views.__delitem__)] = None
    made_by(x, view.node)
    x.array, x.view_of = view.array, view.view_of


def rebind(x: Tensor, chain: Chain, node: Node | None) -> None:
    """Record that what ``node`` made (None: constants) was written to the memory of ``x``, seen through ``chain``."""
    of = getattr(x, "view_of", None)
    base = x
    if of is not None:
        base, chain = of.base, of.chain + chain
    if node is None or chain or node.shape != base.array.shape:
        node = record(overwrite, (base.node, node), (None, None, None, chain), False, base.array)
    made_by(base, node)
    with recording(True):
        for reference in list(getattr(base, "views", ())):
            view = reference()
            if view is not None:
                made_by(view, through(base, view.view_of.chain).node)

"""Gradients of parts, such as the steps of a sequence: each a few numbers at their place in zeros, never written out.

A loop over ``x[t]`` brings one such gradient to ``x`` for each t. The first to arrive is written out, the others are
added to it where they belong; so all of them together cost what one of the size of ``x`` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .node import Node
from .ops.index import getitem, is_basic, put_at


def written_out(contributions: Sequence[tuple[Node, Any]]) -> Sequence[tuple[Node, Any]]:
    """``contributions`` as arrays, for who looks at them."""
    return tuple([(parent, np.asarray(value) if type(value) is Placed else value) for parent, value in contributions])


class Placed:
    """An array of zeros of ``shape`` with ``values`` at ``key``, which picks no element twice."""

    __slots__ = ("key", "shape", "values")

    def __init__(self, values: Any, key: Any, shape: tuple[int, ...]) -> None:
        self.values, self.key, self.shape = values, key, shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.asarray(put_at.forward(self.values, self.key, self.shape), dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, total: Any, placed: Placed, out: Any = None) -> Any:
        """What NumPy asks for ``total + placed``, into a copy, and for ``total += placed``, in place."""
        made = np.array(total) if out is None else out[0]
        part = getitem.forward(made, placed.key)
        part += placed.values
        return made


def pull_of_getitem(g: Any, node: Node, parents: Sequence[Any], saved: Any = None) -> Any:
    """The contribution of ``x[key]`` to ``x``: in an ordinary walk and for a basic key not written out."""
    saved = saved or node.saved
    (parent,), (rule,), key = parents, getitem.rules, saved[-1]
    if type(g) is np.ndarray and is_basic(key):  # type: ignore[no-untyped-call]
        return ((parent, Placed(g, key, parent.shape)),)
    return ((parent, rule(g, *saved)),)

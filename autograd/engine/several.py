"""Ops with several results: one node for the call, and for each result a node that picks it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops.op import Op
from ..ops.several import PICK
from .node import Node, record
from .tensor import Tensor, wrap


class Parts(tuple[Any, ...]):
    """The gradients of a call's results by position, None where nothing has arrived. They are summed by position."""

    __slots__ = ()

    def __add__(self, other: Any) -> Parts:
        return Parts([b if a is None else a if b is None else a + b for a, b in zip(self, other)])


def _pull(g: Any, node: Node, parents: Sequence[Any], saved: Any = None) -> list[tuple[Node, Parts]]:
    position, count = node.saved[1:]
    return [(parents[0], Parts([g if i == position else None for i in range(count)]))]


PICK.pull = PICK.pull_recorded = _pull


def picked(call: Node, position: int, count: int, like: np.ndarray[Any, Any]) -> Node:
    """The node of one of the ``count`` results of ``call``, which is the array ``like``."""
    return record(PICK, (call,), (None, position, count), False, like)


def results(outputs: Sequence[np.ndarray[Any, Any]], call: Node) -> tuple[Tensor, ...]:
    """Tensors on ``outputs``, the results of ``call``; integers and bools are no part of the graph."""
    count = len(outputs)
    return tuple(
        wrap(out, picked(call, i, count, out) if out.dtype.kind == "f" else None) for i, out in enumerate(outputs)
    )


def record_several(
    op: Op, parents: tuple[Node | None, ...], saved: Any, frees: bool, outputs: Sequence[np.ndarray[Any, Any]]
) -> tuple[Tensor, ...]:
    """The Tensors of a call with several results."""
    call = record(op, parents, saved, frees, outputs[0])
    call.shape = tuple(out.shape for out in outputs)
    return results(outputs, call)

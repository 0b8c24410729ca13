"""Ties: a result that doesn't change with a Tensor, and yet has a derivative with respect to it, which is 0.

The slope of ``avg_pool`` is the same for every input, that of a convolution's bias for every image. Differentiated
again, as a penalty on a slope is, they give zeros, not None and not an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops.op import Op
from .node import Node, record
from .tensor import Tensor, wrap


def tie(x: Any, *others: Any) -> Any:
    """``x`` itself."""
    return x


# Only the engine ties: it gives the op its derivative here, and no one finds it among the others.
TIE = Op(tie, symbol="+ 0·")


def _pull(g: Any, node: Node, parents: Sequence[Node | None]) -> list[tuple[Node, Any]]:
    first, *others = parents
    zeros: list[tuple[Node, Any]] = [(p, np.zeros(p.shape, p.dtype)) for p in others if p is not None]
    return zeros if first is None else [(first, g), *zeros]


def _pull_recorded(g: Tensor, node: Node, parents: Sequence[Node | None]) -> list[tuple[Node, Any]]:
    return [(p, part if part is g else wrap(part, None)) for p, part in _pull(g, node, parents)]


TIE.pull, TIE.pull_recorded = _pull, _pull_recorded


def tied(x: Tensor, nodes: Sequence[Node]) -> Tensor:
    """``x`` with a derivative of 0 with respect to each of the ``nodes``."""
    return wrap(x.array, record(TIE, (x.node, *nodes), None, False, x.array)) if nodes else x

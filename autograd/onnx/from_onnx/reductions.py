"""Nodes that make one number of several, and those that put elements in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd

from ...engine.tensor import Tensor
from .registry import How, axes_of, node

Reduction = Callable[[Tensor, list[int], bool], Tensor]


def product(x: Tensor, axes: list[int], keep: bool) -> Tensor:
    for axis in sorted((axis % x.ndim for axis in axes), reverse=True):
        x = x.prod(axis, keepdim=keep)
    return x


REDUCTIONS: dict[str, Reduction] = {
    "ReduceSum": lambda x, axes, keep: x.sum(axes, keepdim=keep),
    "ReduceMean": lambda x, axes, keep: x.mean(axes, keepdim=keep),
    "ReduceMax": lambda x, axes, keep: x.amax(axes, keepdim=keep),
    "ReduceMin": lambda x, axes, keep: x.amin(axes, keepdim=keep),
    "ReduceProd": product,
    "ReduceL1": lambda x, axes, keep: x.abs().sum(axes, keepdim=keep),
    "ReduceL2": lambda x, axes, keep: autograd.linalg.vector_norm(x, 2, axes, keep),
    "ReduceSumSquare": lambda x, axes, keep: (x * x).sum(axes, keepdim=keep),
    "ReduceLogSum": lambda x, axes, keep: x.sum(axes, keepdim=keep).log(),
    "ReduceLogSumExp": lambda x, axes, keep: x.logsumexp(axes, keepdim=keep),
}


def reduction(function: Reduction) -> Any:
    """The row of a reduction, which without axes is over all of them, or none if it says so."""

    def reduced(how: How, x: Tensor, axes: Tensor | None = None) -> Tensor:
        found = axes_of(how, axes)
        if not found:
            if how.get("noop_with_empty_axes"):
                return x
            found = list(range(x.ndim))
        dtype = x.dtype
        return function(x, found, bool(how.get("keepdims", 1))).to(dtype) if found else x

    return reduced


for _kind, _function in REDUCTIONS.items():
    node(_kind)(reduction(_function))


@node("ArgMax", "ArgMin")
def place(how: How, x: Tensor) -> Tensor:
    if how.get("select_last_index"):
        raise NotImplementedError(f"{how.kind} with select_last_index")
    function = autograd.argmax if how.kind == "ArgMax" else autograd.argmin
    return function(x, how.get("axis", 0), keepdim=bool(how.get("keepdims", 1)))


@node("TopK")
def topk(how: How, x: Tensor, k: Tensor | None = None) -> Any:
    count = how.attributes["k"] if k is None else int(k.item())
    return tuple(autograd.topk(x, count, how.get("axis", -1), bool(how.get("largest", 1)), True))


@node("CumSum")
def cumsum(how: How, x: Tensor, axis: Tensor) -> Tensor:
    along, backwards = int(axis.item()), bool(how.get("reverse"))
    x = x.flip(along) if backwards else x
    made = x.cumsum(along).to(x.dtype)
    made = made - x if how.get("exclusive") else made
    return made.flip(along) if backwards else made


@node("CumProd")
def cumprod(how: How, x: Tensor, axis: Tensor) -> Tensor:
    along, backwards = int(axis.item()), bool(how.get("reverse"))
    x = x.flip(along) if backwards else x
    if how.get("exclusive"):
        first = autograd.ones_like(x.narrow(along, 0, 1))
        x = autograd.cat([first, x.narrow(along, 0, x.shape[along] - 1)], along)
    made = x.cumprod(along).to(x.dtype)
    return made.flip(along) if backwards else made


@node("GlobalLpPool")
def global_lp_pool(how: How, x: Tensor) -> Tensor:
    return autograd.linalg.vector_norm(x, how.get("p", 2), tuple(range(2, x.ndim)), True)

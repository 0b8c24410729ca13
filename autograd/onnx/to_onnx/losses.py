"""Losses, for models that compute their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calls import Value
from .powers import log1p
from .registry import row


def reduced(g: Any, losses: str, ndim: int, reduction: str) -> str:
    """The losses as they are, their mean or their sum."""
    if reduction == "none":
        return losses
    return str(g.reduce({"mean": "ReduceMean", "sum": "ReduceSum"}[reduction], losses, list(range(ndim)), False))


@row("mse_loss")
def mse_loss(g: Any, out: Value, x: Value, target: Value, reduction: Any) -> str:
    apart = g.node("Sub", g.operand(x, out.dtype), g.operand(target, out.dtype))
    return reduced(g, g.node("Mul", apart, apart), max(x.ndim, target.ndim), reduction)


@row("log_loss")
def log_loss(g: Any, out: Value, p: Value, target: Any) -> str:
    least, one, target = g.number(-100, out.dtype), g.number(1, out.dtype), g.operand(target, out.dtype)
    right = g.node("Max", g.node("Log", p), least)
    wrong = g.node("Max", log1p(g, out, g.node("Neg", p)), least)
    of_other = g.node("Mul", g.node("Sub", one, target), wrong)
    return g.node("Neg", g.node("Add", g.node("Mul", target, right), of_other))


@row("cross_entropy")
def cross_entropy(
    g: Any,
    out: Value,
    x: Value,
    target: Value,
    weight: Value | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> str:
    dim, dtype = (1 if x.ndim > 1 else 0), x.dtype
    logp = g.node("LogSoftmax", x, axis=dim)
    labels = g.operand(target, np.int64)
    counts = g.node("Not", g.node("Equal", labels, g.number(ignore_index, np.int64)))
    safe = g.node("Where", counts, labels, g.number(0, np.int64))
    kept = g.cast(counts, bool, dtype)
    weights = kept if weight is None else g.node("Mul", g.node("Gather", weight, safe), kept)
    picked = g.node("GatherElements", logp, g.node("Unsqueeze", safe, g.ints(dim)), axis=dim)
    losses = g.node("Mul", g.node("Neg", g.node("Squeeze", picked, g.ints(dim))), weights)
    if label_smoothing:
        every = logp
        if weight is not None:
            every = g.node("Mul", logp, g.reshape(weight, [-1, *[1] * (x.ndim - 1 - dim)]))
        total = g.node("Mul", g.reduce("ReduceSum", every, [dim], False), kept)
        share = g.number(label_smoothing / x.array.shape[dim], dtype)
        losses = g.node("Mul", losses, g.number(1 - label_smoothing, dtype))
        losses = g.node("Sub", losses, g.node("Mul", total, share))
    over = list(range(target.ndim))
    if reduction != "mean":
        return reduced(g, losses, target.ndim, reduction)
    sums = [g.reduce("ReduceSum", one, over, False) for one in (losses, weights)]
    return g.node("Div", *sums)

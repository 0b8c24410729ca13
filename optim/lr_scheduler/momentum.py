"""Momentum that goes down while the learning rate goes up: of SGD the momentum, of Adam β₁."""

from __future__ import annotations

from typing import Any

from ..optimizer import Optimizer
from .scheduler import for_groups


def start_momentum(
    optimizer: Optimizer, base: float | list[float], top: float | list[float], first: bool
) -> tuple[list[float], list[float], bool]:
    """The bounds of each group's momentum, and whether that is β₁. ValueError for an optimizer that has none.

    first: training begins, so the groups are given the bounds, and the upper one as their momentum.
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
    is_beta = "betas" in optimizer.defaults
    bases, tops = for_groups("base_momentum", optimizer, base), for_groups("max_momentum", optimizer, top)
    if first:
        for group, low, high in zip(optimizer.param_groups, bases, tops):
            put_momentum(group, high, is_beta)
            group.update(max_momentum=high, base_momentum=low)
    return bases, tops, is_beta


def put_momentum(group: dict[str, Any], value: float, is_beta: bool) -> None:
    if is_beta:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value

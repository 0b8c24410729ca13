"""Finite differences beside the gradients of a walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.node import Node
from .events import Walk
from .recording import Recording
from .summary import plain
from .values import Unknown, Values, leaf_values, recompute

# At most this many calls are run again for all leaves of a walk.
MOST_CALLS = 50_000


def finite_differences(
    walk: Walk, order: Sequence[Node], recording: Recording, values: Values
) -> dict[Node, dict[str, Any]]:
    """For each leaf of ``walk`` the slope of the result, measured by wiggling the leaf in float64.

    cell: where the gradient is largest, with the slope measured there and the gradient of the walk; along: the slope in
    the direction of the gradient, which is its norm if every element is right. Nothing for what can't be run again.
    """
    leaves = [arrival for arrival in walk.arrivals if arrival.node.op is None]
    seeds = seeds_of(walk)
    if 4 * len(leaves) * len(order) > MOST_CALLS or not leaves:
        return {}
    values = values | leaf_values(order, recording)
    try:
        run = recompute(order, seeds, recording, values)
        return {one.node: _check(one.node, np.asarray(one.upstream), values[one.node], run) for one in leaves}
    except Unknown:
        return {}


def seeds_of(walk: Walk) -> Mapping[Node, Any]:
    """The nodes that a walk set out from, with their gradients: those that nothing was passed back to."""
    reached = {parent for arrival in walk.arrivals for _, parent, _, _ in arrival.contributions}
    return {one.node: one.upstream for one in walk.arrivals if one.node not in reached}


def _check(node: Node, gradient: Any, value: Any, run: Callable[[Node, Any], float]) -> dict[str, Any]:
    wide, slope = np.array(value, np.float64), gradient.astype(np.float64)
    if not wide.size:
        return {}
    at = np.unravel_index(np.argmax(np.abs(np.nan_to_num(slope))), slope.shape)
    one = np.zeros_like(wide)
    one[at] = 1
    found: dict[str, Any] = {
        "cell": [int(i) for i in at],
        "measured": plain(_slope(node, wide, one, run)),
        "gradient": plain(gradient[at]),
    }
    norm = np.sqrt((slope * slope).sum())
    if wide.size > 1 and norm and np.isfinite(norm):
        found["along"] = {"measured": plain(_slope(node, wide, slope / norm, run)), "norm": plain(norm)}
    return found


def _slope(node: Node, value: Any, direction: Any, run: Callable[[Node, Any], float]) -> np.float64:
    """The central difference quotient."""
    step = 1e-6 * max(1.0, float(np.max(np.abs(value))))
    return np.float64((run(node, value + step * direction) - run(node, value - step * direction)) / (2 * step))

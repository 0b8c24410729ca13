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
    the direction of the gradient, which is its norm if every element is right. noise: how much rounding may have made
    of nothing; agrees: whether both are the same up to that. Nothing for what can't be run again.
    """
    leaves = [arrival for arrival in walk.arrivals if arrival.node.op is None]
    seeds = seeds_of(walk)
    if 4 * len(leaves) * len(order) > MOST_CALLS or not leaves:
        return {}
    values = values | leaf_values(order, recording)
    try:
        run = recompute(order, seeds, recording, values)
        noise = noise_of(walk, values)
        return {one.node: _check(one.node, np.asarray(one.upstream), values[one.node], run, noise) for one in leaves}
    except Unknown:
        return {}


def seeds_of(walk: Walk) -> Mapping[Node, Any]:
    """The nodes that a walk set out from, with their gradients: those that nothing was passed back to."""
    reached = {parent for arrival in walk.arrivals for _, parent, _, _ in arrival.contributions}
    return {one.node: one.upstream for one in walk.arrivals if one.node not in reached}


def noise_of(walk: Walk, values: Values) -> float:
    """How large a gradient of nothing but rounding errors may be: what they are of the largest sums on the way back.

    Where terms of this size cancel, as they do for a bias before a batch norm, that is what is left of them.
    """
    largest = 0.0
    for arrival in walk.arrivals:
        for part in arrival.upstream if isinstance(arrival.upstream, tuple) else (arrival.upstream,):
            array = np.asarray(0.0 if part is None else part)
            # The precision is that of the forward pass, which a Scalar has as float64.
            precision = float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0
            factors = [
                np.abs(value).max(initial=1) for p in arrival.node.parents if (value := _array(values, p)) is not None
            ]
            size = float(np.linalg.norm(array.astype(np.float64).reshape(-1))) * float(max(factors, default=1.0))
            largest = max(largest, precision * size) if np.isfinite(size) else largest
    return 8 * largest


def _array(values: Values, parent: Node | None) -> Any:
    value = None if parent is None else values.get(parent)
    return None if value is None or isinstance(value, tuple) else np.asarray(value)


def agrees(measured: float, gradient: float, noise: float) -> bool:
    """Whether a difference quotient is what a gradient says, up to its own error and to rounding in the gradient."""
    return bool(abs(measured - gradient) <= 1e-3 * max(abs(measured), abs(gradient)) + 1e-6 + noise)


def _check(node: Node, gradient: Any, value: Any, run: Callable[[Node, Any], float], noise: float) -> dict[str, Any]:
    wide, slope = np.array(value, np.float64), gradient.astype(np.float64)
    if not wide.size:
        return {}
    at = np.unravel_index(np.argmax(np.abs(np.nan_to_num(slope))), slope.shape)
    one = np.zeros_like(wide)
    one[at] = 1
    measured = _slope(node, wide, one, run)
    if not np.isfinite(measured):
        # At the edge of where a function is defined there is nothing to measure.
        return {}
    found: dict[str, Any] = {
        "cell": [int(i) for i in at],
        "measured": plain(measured),
        "gradient": plain(gradient[at]),
        "noise": plain(np.float64(noise)),
        "agrees": agrees(float(measured), float(slope[at]), noise),
    }
    norm = np.sqrt((slope * slope).sum())
    if wide.size > 1 and norm and np.isfinite(norm):
        along = _slope(node, wide, slope / norm, run)
        if not np.isfinite(along):
            return found
        found["along"] = {"measured": plain(along), "norm": plain(norm)}
        found["agrees"] = found["agrees"] and agrees(float(along), float(norm), noise * float(np.sqrt(wide.size)))
    return found


def _slope(node: Node, value: Any, direction: Any, run: Callable[[Node, Any], float]) -> np.float64:
    """The central difference quotient."""
    step = 1e-6 * max(1.0, float(np.max(np.abs(value))))
    return np.float64((run(node, value + step * direction) - run(node, value - step * direction)) / (2 * step))

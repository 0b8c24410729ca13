"""The values in a graph that has run: what its nodes kept, what Tensors still hold, and what follows from these."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad
from ..engine.node import Node
from ..engine.tensor import Tensor
from ..engine.versions import written_after
from ..ops.op import Op
from ..ops.several import PICK
from ..ops.shape import cast
from ..scalar import Scalar
from .events import one_by_one
from .graph import GONE, saved_arguments
from .recording import Recording

Values = dict[Node, Any]


class Unknown(Exception):
    """A value that nothing kept, and that can't be computed from what is there."""


def known_values(order: Sequence[Node], recording: Recording | None = None) -> Values:
    """The value of every node of ``order`` (older first) of which it is known.

    Of a recording: as they were. Else what rules kept, what Tensors that are still there hold, and what ops whose
    arguments are known make of them.
    """
    values: Values = {} if recording is None else dict(recording.values)
    for node in order:
        if isinstance(node, Scalar):
            values[node] = node.data
    missing = [node for node in order if node not in values]
    if not missing:
        return values
    for node in order:
        _note_saved(values, node)
    # A leaf has its value from when it was first used.
    since = {parent: node.id for node in reversed(order) for parent in node.parents if parent is not None}
    _note_held(values, {node: node.id if node.op is not None else since.get(node, node.id) for node in missing})
    for node in missing:
        if node not in values and node.op is not None:
            try:
                values[node] = result(node, arguments(node, values, recording))
            except Exception:
                # Any: an op may refuse what is left of its arguments.
                continue
    return values


def _note_saved(values: Values, node: Node) -> None:
    """The result and the arguments that ``node`` kept for its rules, unless they were overwritten since."""
    if node.op is None or not isinstance(node.saved, tuple):
        return
    for owner, value in [(node, node.saved[0]), *zip(node.parents, saved_arguments(node))]:
        if owner is None or owner in values or not _is_value_of(owner, value):
            continue
        if not written_after(value, node.id):
            values[owner] = value


def _is_value_of(node: Node, value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.shape == node.shape and value.dtype == node.dtype


def _note_held(values: Values, missing: Mapping[Node, int]) -> None:
    """What Tensors hold that were not written to since an id. Nodes know no Tensor; the garbage collector does."""
    wanted = {node: since for node, since in missing.items() if node not in values}
    for holder in gc.get_referrers(*wanted) if wanted else ():
        node = holder.node if isinstance(holder, Tensor) else None
        if node in wanted and _is_value_of(node, holder.array) and not written_after(holder.array, wanted[node]):
            values.setdefault(node, holder.array)


def arguments(node: Node, values: Mapping[Node, Any], recording: Recording | None) -> list[Any]:
    """What ``node`` was called with, the values of its parents among it; `Unknown` if one of those isn't known."""
    call = None if recording is None else recording.call(node)
    assert node.op is not None
    if call is not None:
        # As they were: a parameter has another value by the next call.
        return [list(value) if isinstance(value, list) else value for value in call.arguments]
    flat = list(saved_arguments(node))
    if len(flat) < len(node.parents) or any(_is_unknown(value, node) for value in flat):
        raise Unknown
    for position, parent in enumerate(node.parents):
        if parent is not None:
            if parent not in values:
                raise Unknown
            flat[position] = values[parent]
    if any(isinstance(value, Node) for value in flat):
        raise Unknown
    count = len(node.parents)
    return [flat[:count], *flat[count:]] if node.op.variadic else flat


def _is_unknown(value: Any, node: Node) -> bool:
    """Whether a constant that ``node`` was called with is there no more, or was written to since."""
    return value is GONE or (isinstance(value, np.ndarray) and written_after(value, node.id))


def result(node: Node, given: Sequence[Any]) -> Any:
    """What the op of ``node`` makes of arrays; `Unknown` if it can't be run again on them, as a custom Function."""
    op = node.op
    assert op is not None
    if op is PICK:
        return given[0][node.saved[1]]
    if not isinstance(op, Op) or op.kind == "constant" or (op.pull is None):
        raise Unknown
    # A fused op may write to its constant arguments, such as running means.
    given = [value.copy() if op.kind == "fused" and isinstance(value, np.ndarray) else value for value in given]
    with no_grad(), np.errstate(all="ignore"):
        if isinstance(node, Scalar) and op.scalar is not None:
            return op.scalar(*given[: op.arity])
        out = op.forward(*given)
    if op.residual:
        out = out[0]
    return out if op.several else np.asarray(out)


def recompute(
    order: Sequence[Node], roots: Mapping[Node, Any], recording: Recording | None, values: Values
) -> Callable[[Node | None, Any], float]:
    """A function that says what ``roots``, weighted, would add up to in float64 if one leaf had another value.

    `Unknown` if an argument on the way isn't known, or if running the calls again gives other results.
    """
    wide = {node: _wide(values[node]) for node in order if node.op is None and node in values}
    wide |= {node: _wide(value) for node, value in leaf_values(order, recording).items()}
    plans = []
    for node in order:
        if node.op is None:
            if node not in wide:
                raise Unknown
            continue
        stand_ins = {parent: None for parent in node.parents if parent is not None}
        given = arguments(node, stand_ins, recording)
        plans.append((node, _wide(given)))

    def run(changed: Node | None, value: Any) -> float:
        now: Values = dict(wide)
        if changed is not None:
            now[changed] = value
        for node, given in plans:
            filled = [list(given[0]), *given[1:]] if node.op is not None and node.op.variadic else list(given)
            flat = filled[0] if node.op is not None and node.op.variadic else filled
            for position, parent in enumerate(node.parents):
                if parent is not None:
                    flat[position] = now[parent]
            now[node] = flat[0] if node.op is cast else result(node, filled)
        return _weighted(roots, now)

    try:
        again = run(None, None)
    except Exception as error:
        # Any: an op may refuse what is left of its arguments.
        raise Unknown from error
    if not np.isclose(again, _weighted(roots, values), 1e-3, 1e-5, equal_nan=True):
        raise Unknown
    return run


def leaf_values(order: Sequence[Node], recording: Recording | None) -> Values:
    """The leaves as the calls of ``order`` that are recorded found them: an optimizer changes them later."""
    found: Values = {}
    for node in order:
        call = None if recording is None else recording.call(node)
        if call is not None:
            for parent, value in zip(node.parents, one_by_one(call.op, call.arguments)):
                if parent is not None and parent.op is None:
                    found.setdefault(parent, value)
    return found


def _weighted(roots: Mapping[Node, Any], values: Values) -> float:
    """The sum of the results times the gradients that were given for them."""
    if not all(root in values for root in roots):
        raise Unknown
    return float(sum(np.sum(np.asarray(values[root], np.float64) * weight) for root, weight in roots.items()))


def _wide(value: Any) -> Any:
    """In float64, in which a small difference is seen."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype.kind == "f" else value
    if isinstance(value, list):
        return [_wide(one) for one in value]
    return value

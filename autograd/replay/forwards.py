"""What is recorded of forwards and rules of ops: each is one call, if it is of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any
from weakref import ref

import numpy as np

from ..engine.node import Node
from ..engine.record import CALLERS
from ..engine.several import Parts
from ..engine.tensor import Tensor
from ..transforms.tree import leaves
from . import advice
from .recorder import Recorder
from .watched import arguments_of, called_function

# Ops that give shapes which depend on values, and when.
SHAPED_BY_VALUES: dict[str, Callable[[Recorder, Any], bool]] = {
    "argwhere": lambda recorder, given: True,
    "one_hot": lambda recorder, given: given[1] == -1,
    "getitem": lambda recorder, given: any(
        isinstance(part, np.ndarray) and part.dtype.kind == "b" and recorder.varies(part) for part in leaves(given[1])
    ),
}

# What has no Tensors in it.
NO_TENSORS = {np.ndarray, int, float, bool, type(None), str, Node, ref, np.float32, np.float64}


def forward(recorder: Recorder, frame: FrameType) -> None:
    """A forward or a rule is entered."""
    function, op, label = called_function(frame)
    given = arguments_of(frame)
    if has_tensors(given):
        return
    is_rule = label.startswith("∂")
    if op.name in SHAPED_BY_VALUES and not is_rule and SHAPED_BY_VALUES[op.name](recorder, given):
        recorder.look(f"the shape of what {op.name} gives depends on values", frame, advice.SHAPES)
        return
    caller, known = frame.f_back, recorder.known
    arrays = given if NO_TENSORS.issuperset(map(type, given)) else leaves(given)
    unknown = any(id(part) not in known for part in arrays if isinstance(part, np.ndarray))
    if unknown and caller is not None and caller.f_code in CALLERS:
        see_caller(recorder, caller.f_locals, given[0])
    recorder.call(frame, function, [recorder.value_of(part) for part in given], label, given if is_rule else ())


def has_tensors(given: Sequence[Any]) -> bool:
    """Whether there are Tensors in what a function was called with."""
    if NO_TENSORS.issuperset(map(type, given)):
        return False
    return any(
        isinstance(part, Tensor)
        or (isinstance(part, (tuple, list)) and has_tensors(part))
        or (isinstance(part, dict) and has_tensors([*part.values()]))
        for part in given
    )


def see_caller(recorder: Recorder, values: dict[str, Any], array: Any) -> None:
    """Learn from the caller of an op, which has these variables, of arrays that nothing is known of.

    It may have made floats of integers, and it has the Tensors that have the arrays.
    """
    x = values.get("x")
    is_new = isinstance(array, np.ndarray) and id(array) not in recorder.known
    if is_new and isinstance(x, Tensor) and x.array.dtype != array.dtype and x.array.shape == array.shape:
        args = (recorder.value_of(x.array), array.dtype)
        recorder.learn(array, recorder.tape.add(np.ndarray.astype, args, "cast"))
    for name in ("x", "y", "given", "args"):
        for part in leaves(values.get(name)):
            if isinstance(part, Tensor) and id(part.array) not in recorder.known:
                recorder.holders[id(part.array)] = part


def pull(recorder: Recorder, frame: FrameType) -> None:
    """A node's rules are entered with its gradient, which is what arrived there."""
    values = frame.f_locals
    g = values["upstream"] if "upstream" in values else values["g"]
    node = values["call"] if "upstream" in values else values["node"]
    if isinstance(g, Tensor) or any(isinstance(part, Tensor) for part in (g if isinstance(g, Parts) else ())):
        return
    if node.id < recorder.start:
        recorder.look("backward() goes on into a graph that was there before", frame, advice.OLDER)
        return
    if node.hooks is not None:
        recorder.look("a gradient has hooks or is retained", frame, advice.HOOKS)
        return
    arrived = recorder.arriving.take(node)
    if arrived is None:
        recorder.look("backward() began in a way that isn't recorded", frame)
        return
    recorder.arriving.know(g, arrived)
    since = len(recorder.tape.calls)
    recorder.when_left(frame, lambda made: recorder.arriving.add(made or (), recorder.tape.calls[since:]))

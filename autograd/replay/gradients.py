"""What is recorded of a walk back, from where it begins to the gradients that leaves have."""

from __future__ import annotations

import operator
from types import FrameType
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.tensor import Tensor
from . import advice
from .calls import accumulated, cleared, set_grad
from .looking import has_hooks
from .recorder import Recorder
from .tape import Value


def seeds(recorder: Recorder, frame: FrameType) -> None:
    """A walk begins."""
    given = frame.f_locals["gradients"]
    if frame.f_locals["create_graph"]:
        return

    def left(found: Any) -> None:
        for node, seed in (found or {}).items():
            its_own = any(one is not None and one.array is seed for one in given)
            if id(seed) not in recorder.known and not its_own and any(one is not None for one in given):
                recorder.look("backward() of a leaf with a gradient, or of one Tensor twice", frame)
                return
            recorder.arriving.begin([(node, recorder.value_of(seed))])

    recorder.when_left(frame, left)


def arrivals(recorder: Recorder, frame: FrameType) -> None:
    """A walk is over, and gradients have come to its ends."""
    if frame.f_locals["create_graph"]:
        return

    def left(found: Any) -> None:
        for node, gradient in found or ():
            value = recorder.arriving.take(node)
            if value is not None:
                recorder.arriving.know(gradient, value)
        recorder.arriving.end()

    recorder.when_left(frame, left)


def grad(recorder: Recorder, frame: FrameType) -> None:
    """`grad` returns copies of what arrived."""
    if frame.f_locals["create_graph"]:
        return

    def left(results: Any) -> None:
        values = frame.f_locals
        found, ends = values.get("found"), values.get("ends")
        if results is None or found is None or ends is None:
            return
        for result, end in zip(results, ends):
            if isinstance(result, Tensor) and end in found and id(result.array) not in recorder.known:
                args = (recorder.value_of(found[end]), result.array.dtype)
                recorder.learn(result.array, recorder.tape.add(np.array, args, "gradient"))

    recorder.when_left(frame, left)


def accumulate(recorder: Recorder, frame: FrameType) -> None:
    """Gradients are added to those of leaves; of leaves that the function makes they are its own."""
    arrived: list[tuple[Node, Any]] = []
    inside: list[tuple[Node, Any]] = []
    for node, gradient in frame.f_locals["arrivals"]:
        if isinstance(gradient, Tensor):
            recorder.look("backward(create_graph=True) leaves a graph in grad", frame, advice.GRAPH)
        elif node.op is not None:
            recorder.look("a gradient is retained", frame, advice.RETAINED)
        elif has_hooks(node) or node.accumulated:
            recorder.look("a gradient has hooks", frame, advice.HOOKS)
        elif made_inside(recorder, node):
            inside.append((node, gradient))
        elif node.id >= recorder.start or node.tensor() is None:
            recorder.look(
                "backward() reaches a Tensor from outside of which a leaf is made inside", frame, advice.LEAVES
            )
        else:
            arrived.append((node, gradient))
    if recorder.reason:
        return
    places = [recorder.node_of(node) for node, _ in arrived]
    gradients = [recorder.value_of(gradient) for _, gradient in arrived]
    sums = [
        (node.grad.array, (recorder.value_of(node.grad.array), recorder.value_of(gradient)))
        for node, gradient in inside
        if node.grad is not None
    ]

    def left(_: Any) -> None:
        for array, args in sums:
            recorder.know(array, recorder.tape.add(operator.iadd, args, "+="))
        if not arrived:
            return
        made = recorder.tape.add(accumulated, (places, gradients), "accumulate")
        for number, (node, _) in enumerate(arrived):
            if node not in recorder.cleared:
                recorder.added_to.setdefault(node, places[number])
            recorder.learn(node.grad.array, Value("part", made, number))

    recorder.whole(frame, left)


def made_inside(recorder: Recorder, node: Node) -> bool:
    """Whether ``node`` is a leaf that the function made, and whose gradient nobody else can have."""
    tensor = getattr(node, "tensor", lambda: None)()
    found = node.op is None and node.id >= recorder.start and id(tensor) not in recorder.tensors
    recorder.makes_leaves |= found
    return found


def clear(recorder: Recorder, frame: FrameType) -> None:
    """Gradients are forgotten, or set to 0."""
    values = frame.f_locals
    tensors = list(values["tensors"])
    if any(tensor.node is not None and made_inside(recorder, tensor.node) for tensor in tensors):
        if not values["set_to_none"]:
            recorder.look("a gradient is set to 0 of a leaf that the function makes", frame)
            return
        tensors = [tensor for tensor in tensors if tensor.node is None or not made_inside(recorder, tensor.node)]
    args = ([recorder.value_of(tensor) for tensor in tensors], values["set_to_none"])

    def left(_: Any) -> None:
        recorder.cleared.update(tensor.node for tensor in tensors if tensor.node is not None)
        made = recorder.tape.add(cleared, args, "zero_grad")
        for place, tensor in enumerate(tensors):
            if tensor.grad is not None:
                recorder.know(tensor.grad.array, Value("part", made, place))

    recorder.whole(frame, left)


def assign(recorder: Recorder, frame: FrameType) -> None:
    """A gradient is assigned."""
    values = frame.f_locals
    tensor, given = values["self"], values["value"]
    if isinstance(given, Tensor) and (given.node is not None or type(given) is not Tensor):
        recorder.look("a gradient is assigned that has a graph", frame)
        return
    node = tensor.node or getattr(tensor, "resting", None)
    if node is not None and node.op is not None:
        recorder.look("a gradient is retained", frame, advice.RETAINED)
        return
    if node is not None and made_inside(recorder, node):
        return
    args = (recorder.value_of(tensor), None if given is None else recorder.value_of(given.array))

    def left(_: Any) -> None:
        recorder.tape.add(set_grad, args, "grad")
        if tensor.node is not None:
            recorder.cleared.add(tensor.node)

    recorder.whole(frame, left)

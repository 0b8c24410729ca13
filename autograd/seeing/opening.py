"""Fused ops opened up: the reference of an op, run on what a call of it was given, with the names of its variables."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..engine.grad_mode import enable_grad
from ..engine.node import Node, leaf
from ..engine.tensor import Tensor, wrap
from ..ops.op import Op
from .events import Line
from .formulas import numbered
from .names import is_given
from .recording import Recording, callers_of, running_line

FAMILIES = f"{Path(ops.__file__).parent}{os.sep}"
# How a blackboard has what references call by words.
BLACKBOARD = {"center": "μ", "variance": "σ²", "normalized": "x̂"}


class Opened(NamedTuple):
    """What a call of a fused op consists of.

    recording: of what the reference ran. results: the nodes of what it returned. outside: for each leaf inside the
    number of the argument that it is.
    """

    recording: Recording
    results: list[Node | None]
    outside: dict[Node, int]


class Inside(Recording):
    """A recording of a reference, in which its local variables give the names, numbered where it is a step of many."""

    def __init__(self, op: Op) -> None:
        super().__init__()
        self.op = op
        self.returned: Counter[CodeType] = Counter()
        self.found: list[tuple[Node, str, CodeType, int]] = []

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        super()._profile(frame, event, value)
        code = frame.f_code
        if event == "return" and code.co_filename.startswith(FAMILIES) and not code.co_name.startswith("<"):
            self.returned[code] += 1
            for name, held in frame.f_locals.items():
                if isinstance(held, Tensor) and held.node is not None and held.node.op is not None and is_given(name):
                    self.found.append((held.node, name, code, self.returned[code]))

    def line(self, frame: FrameType) -> Line | None:
        """The line of the reference: where the recording is run is no part of what is shown."""
        family = (one for one in callers_of(frame) if one.f_code.co_filename.startswith(FAMILIES))
        return next(map(running_line, family), None)

    def name_all(self) -> None:
        """Name the nodes that were found, each as the first function that returned with it calls it."""
        steps = {code for _, _, code, count in self.found if count > 1 and "." in code.co_qualname}
        for node, name, code, count in self.found:
            if code in steps:
                self.names.of_node.setdefault(node, numbered(name, count))
            elif name not in self.op.parameters:
                # What is made of an argument step by step, and called as the argument, has no name of its own.
                self.names.of_node.setdefault(node, BLACKBOARD.get(name, name))


def can_be_opened(op: Any) -> bool:
    """Whether an op has a reference to show."""
    return isinstance(op, Op) and op.reference is not None


def opened(op: Op, given: Sequence[Any], parents: Sequence[Node | None]) -> Opened | None:
    """The reference of ``op`` run on ``given``, what a call had for all its parameters; None where that fails.

    Floats are leaves in it, so that all that is computed of them is seen, also what needs no gradient.
    """
    differentiable = [parent is not None for parent in parents]
    for wanted in ([True] * len(given), differentiable + [False] * (len(given) - len(parents))):
        try:
            return _run(op, given, wanted)
        except Exception:
            # Any: a reference may ask for arrays where nothing is differentiable.
            continue
    return None


def _run(op: Op, given: Sequence[Any], wanted: Sequence[bool]) -> Opened | None:
    outside: dict[Node, int] = {}
    arguments: list[Any] = []
    for position, value in enumerate(given):
        if isinstance(value, np.ndarray):
            value = value.copy()
            if wanted[position] and value.dtype.kind == "f":
                node = leaf(value)
                outside[node] = position
                value = wrap(value, node)
        arguments.append(value)
    recording = Inside(op)
    with enable_grad(), np.errstate(all="ignore"), recording:
        out: Any = op.reference(*arguments)  # type: ignore[misc]  # who calls this has asked for it
    recording.name_all()
    results = [one.node if isinstance(one, Tensor) else None for one in (out if op.several else [out])]
    return Opened(recording, results, outside) if any(results) else None

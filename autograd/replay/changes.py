"""What is recorded beside ops and gradients: what changes memory, draws random numbers, and the steps of optimizers."""

from __future__ import annotations

from types import CodeType, FrameType

import numpy as np

from ..composed import dropout
from ..creation import data
from ..engine.tensor import Tensor
from ..engine.versions import owner
from ..transforms.tree import leaves
from . import advice
from .calls import assigned, counted, stepped
from .recorder import Recorder
from .watched import arguments_of, called_function

# What draws random numbers from a generator that it is given.
DRAWERS: set[CodeType] = {dropout.kept.__code__}


def step(recorder: Recorder, frame: FrameType) -> None:
    """An optimizer takes a step, or a scheduler: called again as it is."""
    (owner, *args), kwargs = arguments_of(frame), frame.f_locals.get("kwargs", {})
    if any(isinstance(x, Tensor) or callable(x) for x in (*args, *kwargs.values())):
        recorder.look("a step is taken by a closure or by a value", frame, advice.STEP)
        return
    while args and args[-1] is None:
        args.pop()
    recorder.schedules |= not hasattr(owner, "param_groups")
    recorder.call(frame, stepped, (recorder.value_of_object(owner), args, kwargs), type(owner).__name__)


def draw(recorder: Recorder, frame: FrameType) -> None:
    """Random numbers are drawn."""
    function, _, label = called_function(frame)
    caller = frame.f_back
    if label == "Generator" and (caller is None or caller.f_code not in DRAWERS):
        recorder.look("random numbers are drawn in a way that isn't recorded", frame, advice.RANDOM)
        return
    code, values = frame.f_code, frame.f_locals
    given = [values[name] for name in code.co_varnames[: code.co_argcount]]
    if code.co_flags & 8 and values[code.co_varnames[code.co_argcount + code.co_kwonlyargcount]]:
        recorder.look("random numbers are drawn in a way that isn't recorded", frame, advice.RANDOM)
        return
    given = [recorder.empty_like(part) if isinstance(part, np.ndarray) else part for part in given]
    recorder.call(frame, function, [recorder.value_of(part) for part in given], f"draw {function.__name__}")


def write(recorder: Recorder, frame: FrameType) -> None:
    """Something is written into the memory of a Tensor."""
    values = frame.f_locals
    array, given, where = values["x"].array, values["values"], values["keys"]
    if not array.flags.writeable:
        recorder.look("memory is written to that is read-only or expanded", frame)
        return
    if not where:
        recorder.empty_like(array)
    noted = id(owner(array)) in recorder.outside and not getattr(values["x"], "unwatched", False)
    args = (recorder.value_of(array), recorder.value_of(given), recorder.value_of(where), noted)
    recorder.call(frame, assigned, args, "write")


def copy(recorder: Recorder, frame: FrameType) -> None:
    """An array is copied."""
    function, _, label = called_function(frame)
    recorder.call(frame, function, [recorder.value_of(frame.f_locals["array"])], label)


def count(recorder: Recorder, frame: FrameType) -> None:
    """The batches are counted that a module has seen."""
    recorder.call(frame, counted, (recorder.value_of(frame.f_locals["x"].array),), "count")


def beyond(recorder: Recorder, frame: FrameType) -> None:
    """float16 beside numbers that it may not hold: the engine looks at these."""
    given = frame.f_locals["given"]
    if any(isinstance(x, Tensor) and x.array.dtype.char == "e" for x in given):
        recorder.look("values are looked at to find a dtype that holds them", frame)


def picker(recorder: Recorder, frame: FrameType) -> None:
    """An array in a key: one of no dimensions is a number to NumPy."""
    index = frame.f_locals["index"]
    if index.dtype == np.uint8 or not (index.ndim or index.dtype.kind == "b"):
        recorder.look("a Tensor is used as one index", frame, advice.INDEX)


def array_of(recorder: Recorder, frame: FrameType) -> None:
    """A Tensor is made of Python numbers, or of what may be others each time."""
    given = frame.f_locals["data"]
    if isinstance(given, (Tensor, np.ndarray, np.generic)):
        args = [recorder.value_of(x.array if isinstance(x, Tensor) else x) for x in arguments_of(frame)]
        recorder.call(frame, data.array_of, args, "array of")
    elif any(isinstance(part, (Tensor, np.ndarray, np.generic)) for part in leaves(given)):
        recorder.look("a Tensor is made of a list of Tensors or arrays", frame, advice.LIST)

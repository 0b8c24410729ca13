"""A model run to be exported: in eval mode, several times, and left as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from ..creation.generator import get_rng_state, manual_seed, set_rng_state
from ..engine.above import is_module, is_uninitialized
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor, wrap
from ..transforms.tree import leaves
from ..types.dtypes import canonical
from .agreement import Disagreement, agree, same
from .arguments import Arguments, Axes
from .calls import Call, Calls, Value, needed, opened, parts_of
from .constants import folded
from .to_onnx.registry import opens


@dataclass
class Run:
    """One run: the inputs, the outputs, and the calls that led from one to the other."""

    inputs: list[Value]
    outputs: list[Value]
    calls: list[Call]


def exported_run(model: Any, given: Arguments, axes: Axes, opset: int) -> Run:
    """The run that is exported.

    Two more runs with other sizes of the dynamic ``axes`` show what depends on these; one with other numbers shows what
    was computed past the ops, and would be a constant in the file.
    """
    sizes = _sizes(given, axes)
    with _at_rest(model):
        if any(is_uninitialized(one) for _, one in state_of(model)):
            given.call(model, given.tensors)
        first = _run(model, given, _resized(given, axes, sizes, 0), opset)
        runs = [first]
        if sizes:
            runs += _others(model, given, axes, sizes, opset)
            try:
                agree([run.calls for run in runs], [run.outputs for run in runs], sizes)
            except Disagreement as error:
                raise RuntimeError(f"onnx.export: with other sizes of {', '.join(sizes)}, {error}") from None
        _refuse_what_was_computed_elsewhere(model, given, _resized(given, axes, sizes, 0), first, opset)
    first.calls = needed(first.outputs, folded(first.calls))
    return first


def _sizes(given: Arguments, axes: Axes) -> dict[str, list[int]]:
    """The sizes of each dynamic axis in the runs, growing at a different rate each. One of 1 broadcasts: it is 2."""
    sizes: dict[str, list[int]] = {}
    for name, found in axes.items():
        for axis, label in found.items():
            size = given.tensors[given.names.index(name)].shape[axis]
            if label in sizes and sizes[label][0] != max(size, 2):
                raise ValueError(f"onnx.export: the axes called {label!r} have different sizes in the example")
            if label not in sizes:
                start = max(size, 2)
                sizes[label] = [start, start + 1, start + 2 + len(sizes)]
    return sizes


def _others(model: Any, given: Arguments, axes: Axes, sizes: dict[str, list[int]], opset: int) -> list[Run]:
    """The runs with other sizes: larger ones, or smaller along an axis on which the model takes no larger."""
    refused: Exception | None = None
    for directions in product((1, -1), repeat=len(sizes)):
        tried = {
            name: [start, *[start + sign * (size - start) for size in larger]]
            for sign, (name, (start, *larger)) in zip(directions, sizes.items())
        }
        if any(size < 1 for found in tried.values() for size in found):
            continue
        try:
            runs = [_run(model, given, _resized(given, axes, tried, i), opset) for i in (1, 2)]
        except Exception as error:
            refused = refused or error
            continue
        sizes.update(tried)
        return runs
    raise RuntimeError(f"onnx.export: the model runs with no other sizes of {', '.join(sizes)}: {refused}") from refused


def _resized(given: Arguments, axes: Axes, sizes: Mapping[str, Sequence[int]], i: int) -> list[np.ndarray[Any, Any]]:
    """The examples with the sizes of the i-th run: cut off, or beginning anew."""
    made = []
    for name, one in zip(given.names, given.tensors):
        array = one.array
        for axis, label in axes.get(name, {}).items():
            array = np.take(array, np.arange(sizes[label][i]) % array.shape[axis], axis)
        made.append(np.array(array))
    return made


def _run(model: Any, given: Arguments, arrays: Sequence[np.ndarray[Any, Any]], opset: int) -> Run:
    tensors = [wrap(canonical(array), None) for array in arrays]
    inputs = [Value(one.array, name) for name, one in zip(given.names, tensors)]
    known = [(one.array, Value(one.array, name)) for name, one in state_of(model)]
    calls = Calls([*zip([one.array for one in tensors], inputs), *known])
    with calls:
        result = given.call(model, tensors)
    found = [part for part in leaves(result) if isinstance(part, Tensor)]
    if not found:
        raise TypeError(f"onnx.export: the model must return Tensors, not {type(result).__name__}")
    outputs = [calls.value(one) for one in found]
    wanted = opens(opset)
    made = [part for call in calls.made for part in (opened(call, wanted) if wanted(call) else [call])]
    return Run(inputs, outputs, needed(outputs, made))


def state_of(model: Any) -> Iterator[tuple[str, Tensor]]:
    """Parameters and buffers by the names of the state dict; of tied ones the first name."""
    if is_module(model):
        yield from model.named_parameters()
        yield from model.named_buffers()


def _refuse_what_was_computed_elsewhere(
    model: Any, given: Arguments, arrays: Sequence[np.ndarray[Any, Any]], first: Run, opset: int
) -> None:
    """RuntimeError for a constant that is none: with other inputs, or other random numbers, it is another."""
    manual_seed(1)
    try:
        other = _run(model, given, [_changed(array) for array in arrays], opset)
    except Exception:
        # Not every number is one that the model takes.
        return
    if [call.op for call in first.calls] != [call.op for call in other.calls]:
        # A branch that the inputs decide: what is exported is the one that ran.
        return
    ends = [*zip([first.outputs], [other.outputs], ["an output of the model"])]
    called = [(a.arguments, b.arguments, f"{a.op.name}, called {a.place},") for a, b in zip(first.calls, other.calls)]
    for one, two, what in [*called, *ends]:
        for left, right in zip(parts_of(one), parts_of(two)):
            if not _alike(left, right):
                raise RuntimeError(
                    f"onnx.export: {what} takes a number that depends on the inputs or on chance, and was computed "
                    "without ops: by NumPy, by item(), tolist() or a random generator"
                )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, Value) and isinstance(other, Value):
        return not (one.is_constant and other.is_constant) or same(one.array, [other.array])
    if type(one) in (int, float) and type(other) in (int, float):
        return one == other or (one != one and other != other)
    return True


def _changed(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Other numbers of the same kind: in reverse, and if they are floats, smaller."""
    turned = np.flip(array)
    return np.array(turned * 0.5 + 0.01 if array.dtype.kind == "f" else turned, array.dtype)


@contextmanager
def _at_rest(model: Any) -> Iterator[None]:
    """A block in which the model is in eval mode; then its modes, its state and the random numbers are as before."""
    modules = list(model.modules()) if is_module(model) else []
    modes = [(module, module.training) for module in modules]
    random = get_rng_state()
    before = [(one, one.array.copy()) for _, one in state_of(model) if not is_uninitialized(one)]
    if is_module(model):
        model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
        for one, array in before:
            one.array[...] = array
        set_rng_state(random)

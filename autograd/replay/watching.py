"""The functions that a recording is told of: forwards and rules of ops, and what the engine does between them."""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType

from ..composed import arithmetic, checks, conversion, dropout, extremes, pooling, products, types
from ..composed import random as drawn
from ..creation import data, filled, generator, random
from ..engine import above, agreement, backward, custom, keys, several, tying, writing
from ..engine.tensor import Tensor, accumulate
from ..ops.op import OPS
from . import changes, forwards, gradients
from .looking import HERE, is_ours, reads_values
from .recorder import Recorder
from .stance import DISABLED
from .watched import FUNCTIONS, HANDLERS, Handler, watch

# Where numbers are Python's, and where only settings of optimizers change.
SCALARS, SCHEDULERS = str(HERE / "scalar.py"), str(HERE.parent / "optim" / "lr_scheduler")
# What reads an array, but only gives it to an op, or looks how it is laid out.
GEOMETRY_ONLY: set[CodeType] = {
    inspect.unwrap(function).__code__
    for function in (
        arithmetic._with, checks.check_matrices, conversion.is_contiguous, drawn.normal_, drawn.random_,
        drawn.uniform_, dropout.kept, extremes.rows, filled.like, pooling.largest, products.addr, types.storage_offset,
    )
}  # fmt: skip
# What a user's code may read of an optimizer or a scheduler.
SETTINGS = {"param_groups", "get_last_lr", "get_lr", "last_epoch", "base_lrs", "_last_lr"}


def unknown(code: CodeType) -> Handler | None:
    """What is to be done when this code runs, which is seen for the first time."""
    if code.co_filename == SCALARS:
        return Recorder.looks
    if code in GEOMETRY_ONLY:
        return None
    if code.co_filename.startswith(SCHEDULERS):
        return changes.step if code.co_name == "step" else None
    if not is_ours(code) and not SETTINGS.isdisjoint(code.co_names):
        return Recorder.settings
    return Recorder.looks if reads_values(code) else None


def learn_functions() -> None:
    """Know the functions that are called whole, and what else is told of."""
    if above.Optimizer is not None:
        HANDLERS[above.Optimizer.step.__code__] = changes.step
    HANDLERS[DISABLED] = Recorder.disabled
    if FUNCTIONS:
        return
    HANDLERS.unknown = unknown
    for op in OPS.values():
        watch(op.forward, forwards.forward, op, op.name)
        for rule in op.rules:
            if rule is not None:
                watch(rule, forwards.forward, op, f"∂{op.name}")
        if isinstance(op.pull, FunctionType):
            watch(op.pull, forwards.pull)
    watch(several._pull, forwards.pull)
    watch(custom._pull, forwards.pull)
    watch(tying._pull, forwards.pull)
    watch(backward._seeds, gradients.seeds)
    watch(backward._arrivals, gradients.arrivals)
    watch(backward.grad, gradients.grad)
    watch(accumulate, gradients.accumulate)
    watch(vars(Tensor)["grad"].fset, gradients.assign)
    watch(backward.clear_grads, gradients.clear)
    watch(writing.write, changes.write)
    watch(writing.copy_of, changes.copy, None, "copy")
    watch(writing.count_up, changes.count)
    watch(agreement.beyond, changes.beyond)
    watch(keys.picker, changes.picker)
    watch(data.array_of, changes.array_of)
    for name in ("raw32", "raw64", "uniform", "tossed", "integers", "normal", "normal_pairs", "run"):
        watch(getattr(generator.Generator, name), changes.draw, None, "Generator")
    for function in (random.uniform_numbers, random.normal_numbers, random.whole_numbers):
        watch(function, changes.draw, None, "draw")
    for name in ("get_state", "set_state", "manual_seed", "seed", "initial_seed", "clone_state"):
        watch(getattr(generator.Generator, name), Recorder.looks)
    for name in ("item", "tolist", "numpy", "__array__", "__dlpack__", "__arrow_c_array__", "__index__", "__reduce__"):
        watch(getattr(Tensor, name), Recorder.looks)
    for name in ("__bool__", "__float__", "__int__", "__deepcopy__"):
        watch(getattr(Tensor, name), Recorder.looks)

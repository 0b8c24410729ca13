"""Which functions look at values or gradients, so that what they do next may differ from run to run.

What runs outside of ops sees an array only where it reads ``Tensor.array``, and then mostly its shape or dtype: that is
read off the bytecode of every function that runs, once.
"""

from __future__ import annotations

import dis
import linecache
import os
from pathlib import Path
from types import CodeType, FrameType

import numpy as np

from ..engine.node import Node

HERE = Path(__file__).parent.parent
# The packages of ours, and NumPy and Numba, which only see arrays that they are given.
OURS = tuple(f"{HERE.parent / name}{os.sep}" for name in ("autograd", "nn", "optim"))
ENGINE = tuple(f"{HERE / name}{os.sep}" for name in ("engine", "ops", "kernels", "types", "replay"))
GIVEN_ARRAYS = (*ENGINE, f"{Path(np.__file__).parent}{os.sep}", f"{os.sep}numba{os.sep}")

REPLAY = f"{HERE / 'replay'}{os.sep}"

# What an array says of itself that is the same in every run that the guards let through.
GEOMETRY = frozenset({"dtype", "flags", "itemsize", "nbytes", "ndim", "shape", "size", "strides"})


def reads_values(code: CodeType) -> bool:
    """Whether a function reads ``x.array`` for more than its shape and the like.

    >>> reads_values((lambda x: x.array.shape).__code__), reads_values((lambda x: x.array.max()).__code__)
    (False, True)
    """
    if "array" not in code.co_names or code.co_filename.startswith(GIVEN_ARRAYS):
        return False
    instructions = [one for one in dis.get_instructions(code) if one.opname not in ("CACHE", "EXTENDED_ARG")]
    for before, one, following in zip(instructions, instructions[1:], instructions[2:]):
        if one.argval != "array" or one.opname not in ("LOAD_ATTR", "STORE_ATTR", "DELETE_ATTR"):
            continue
        if before.argval == "np":  # np.array(...)
            continue
        if following.opname not in ("LOAD_ATTR", "LOAD_METHOD") or following.argval not in GEOMETRY:
            return True
    return False


def has_hooks(node: Node) -> bool:
    """Whether functions see the gradient of ``node``, or it is retained: then what isn't a leaf has an empty list."""
    hooks = node.hooks
    return hooks is not None and (node.op is not None or bool(hooks) or bool(hooks.after))


def is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(OURS)


def users_line(frame: FrameType | None) -> str:
    """The innermost line that is not of this library: its file, number and text."""
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    if frame is None:
        return ""
    name, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, number, frame.f_globals).strip()
    return f"{os.path.basename(name)}:{number}" + (f": `{text}`" if text else "")


def users_call(frame: FrameType) -> str:
    """What the innermost line that is not of this library calls of it, as one writes it."""
    while frame.f_back is not None and is_ours(frame.f_code) and is_ours(frame.f_back.f_code):
        if frame.f_back.f_code.co_filename.startswith(REPLAY):
            # It is what is compiled.
            break
        frame = frame.f_back
    outer, *inner = frame.f_code.co_qualname.split(".<locals>")[0].split(".")
    if inner == ["__call__"] and "self" in frame.f_locals:
        return f"{type(frame.f_locals['self']).__name__}()"
    # Of a class, what makes one of it.
    name = outer if inner in (["__new__"], ["__init__"]) else [outer, *inner][-1]
    return f"{name}()"

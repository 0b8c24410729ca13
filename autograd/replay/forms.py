"""Which forms calls have: traced and checked once for each function, shapes and numbers that it is called with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..kernels.compiling import threads
from ..ops.op import OPS
from .calls import copied
from .form import Form
from .parts import Memory, Part, Step
from .shadow import traced

Array = np.ndarray[Any, Any]

# By function and arguments without values.
FORMS: dict[Any, Form | None] = {}
KEPT = 10_000
# What a form is traced of in place of a function that is none of NumPy's formulas.
FORMULAS: dict[Callable[..., Any], Callable[..., Any]] = {copied: np.positive, operator.add: operator.add}


def rules() -> dict[int, Callable[..., Any]]:
    """The forwards and rules of all ops, by identity."""
    if not RULES:
        for op in OPS.values():
            for function in (op.forward, *op.rules):
                if function is not None:
                    RULES[id(function)] = function
    return RULES


RULES: dict[int, Callable[..., Any]] = {}


def is_rule(function: Callable[..., Any]) -> bool:
    """Whether it is the forward or a rule of an op of ours: what it gets it keeps only in what it gives."""
    return rules().get(id(function)) is function


def form_of(function: Callable[..., Any], args: Sequence[Any]) -> Form | None:
    """The form of this call, if it has one."""
    if function is operator.iadd:
        return added(*args)
    key = key_of(function, args)
    if key is None:
        return None
    if key in FORMS:
        return FORMS[key]
    form = traced(FORMULAS.get(function, function), args)
    if form is not None and not form.holds(function, args):
        form = None
    if len(FORMS) > KEPT:
        FORMS.clear()
    FORMS[key] = form
    return form


def is_looked_into(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Whether it is known already which form this call has."""
    key = None if function is operator.iadd else key_of(function, args)
    return key is None or key in FORMS


def key_of(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """What the form of a call depends on; None where it has no form."""
    if function not in FORMULAS and not is_rule(function):
        return None
    key = function, tuple(map(described, args)), threads.threads, threads.deterministic
    try:
        hash(key)
    except TypeError:
        return None
    return key


def added(total: Any, more: Any) -> Form | None:
    """``total += more``."""
    for x in (total, more):
        if type(x) is not np.ndarray or x.dtype is not total.dtype or x.dtype.char not in "fd":
            return None
    parts = [Part(number, 0, x.shape, x.strides, x.dtype) for number, x in enumerate((total, more))]
    memories = [Memory("given", x.nbytes, None) for x in (total, more)]
    return Form(memories, [Step("ufunc", np.add, tuple(parts), (parts[0],))], parts[0])


class Unknown:
    """What equals nothing else: an argument that isn't known well enough for a form."""

    __hash__ = None  # type: ignore[assignment]


def described(thing: Any) -> Any:
    """An argument of a function without its values."""
    kind = type(thing)
    if kind is np.ndarray:
        # Of matrices what matters is whether BLAS takes them as they lie.
        return kind, thing.shape, thing.strides, thing.dtype.str, thing.flags.writeable
    if isinstance(thing, (tuple, list)):
        return kind, *map(described, thing)
    if kind is float:
        return kind, thing.hex()
    if kind in (int, bool, str, type(None)) or isinstance(thing, np.dtype):
        return kind, thing
    if kind is slice:
        return kind, described(thing.start), described(thing.stop), described(thing.step)
    if isinstance(thing, np.generic):
        return kind, thing.tobytes()
    return Unknown()

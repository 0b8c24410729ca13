"""How a call of an op is recorded: arrays in, arrays out; Tensors in, a graph out.

There is one caller for each arity, so that the common ops pay for nothing they don't use.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any
from weakref import ref

import numpy as np

from ..ops.op import Op
from ..types.dtypes import get_default_dtype
from .agreement import (
    OPERANDS,
    WEAK,
    agreed,
    array_or_number,
    beyond,
    in_one_dtype,
    in_range,
    refused,
    rounded,
    widened,
)
from .errors import explained
from .grad_mode import is_grad_enabled, restricted
from .node import Node, next_id, record
from .out import into
from .overriding import Overridden, answered, answering
from .several import record_several
from .tensor import Tensor, wrap
from .views import linking

ndarray = np.ndarray
new = object.__new__

# The code of every caller, so that who watches a program from outside knows a call of an op when it sees one.
CALLERS: set[CodeType] = set()


def caller_of(op: Op, foreign: Callable[[Op, Any], Any] = refused) -> Callable[..., Any]:
    """The function that runs ``op`` and records it.

    foreign: what one of several operands means that is no Tensor, array or number; an error, if nothing else is said.
    """
    call = _specialised(op, foreign)
    call.__name__ = op.name
    CALLERS.add(call.__code__)
    answering(call.__code__)
    return linking(op, call) if op.view else call


def called(frame: FrameType) -> tuple[Op, list[Any]]:
    """Which op is called with what, in the order of its signature, as the ``frame`` of a caller is entered.

    Of the functions ``call`` below this asks that they refer to their op as ``op``, and take either its arguments by
    position or all of them as ``*args`` and ``**kwargs``.
    """
    values, code = frame.f_locals, frame.f_code
    op: Op = values["op"]
    if code.co_argcount:
        return op, [values[name] for name in code.co_varnames[: code.co_argcount]]
    kwargs = {key: value for key, value in values["kwargs"].items() if key != "out"}
    try:
        return op, op.complete(values["args"], kwargs)
    except TypeError:
        return op, list(values["args"])


def _specialised(op: Op, foreign: Callable[[Op, Any], Any]) -> Callable[..., Any]:
    """The caller for an op of this kind and this number of arguments."""
    plain = (
        op.kind in ("elementwise", "linear", "vjp")
        and len(op.parameters) == op.arity
        and not (op.residual or op.several)
    )
    if op.variadic:
        return _variadic(op)
    if op.rules == (None,):
        return _nary(op, foreign)
    if plain and op.arity == 1:
        return _unary(op)
    if plain and op.arity == 2 and None not in op.rules:
        return _binary(op, foreign)
    if op.kind in ("elementwise", "linear", "vjp") and op.arity == 1 and not (op.residual or op.several):
        return _unary_with_parameters(op)
    return _nary(op, foreign)


def _unary(op: Op) -> Callable[..., Any]:
    forward, floating, scalar = op.forward, op.floating, op.scalar
    out_read, x_read = op.reads((True,))
    keep_out, keep_x, keep_shape = out_read == "value", x_read == "value", x_read == "shape"
    frees = keep_out or keep_x

    def call(x: Any) -> Any:
        try:
            if not isinstance(x, Tensor):
                return on_numbers(op, x) if type(x) is float and scalar else forward(array_or_number(op, x))
            a = x.array
            p = x.node
            if floating and a.dtype.kind != "f":
                a = a.astype(get_default_dtype().dtype)
            try:
                out = forward(a)
            except Exception as error:
                raise explained(op, (x,), error) from None
            if type(out) is not ndarray:
                out = np.asarray(out)
            made = new(Tensor)
            made.array = out
            if p is None or (restricted and not is_grad_enabled()):
                made.node = None
                return made
            made.node = node = Node()
            node.id = next_id()
            node.op = op
            node.parents = (p,)
            node.saved = (out if keep_out else None, a if keep_x else p if keep_shape else None)
            node.frees = frees
            node.shape = out.shape
            node.dtype = out.dtype
            node.hooks = None
            return made
        except Overridden:
            return answered(op.function, (x,), {})

    return call


def _unary_with_parameters(op: Op) -> Callable[..., Any]:
    forward, floating, packs, total = op.forward, op.floating, op.packs, len(op.parameters)
    plan = op.reads((True,))
    keep_out, keep_x, keep_shape = plan[0] == "value", plan[1] == "value", plan[1] == "shape"
    frees = keep_out or keep_x

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if kwargs or packs or len(args) != total:
                if args and type(args[0]) is ndarray and not kwargs and (not packs or type(args[-1]) is tuple):
                    return forward(*args)
                if "out" in kwargs:
                    return into(op.name, kwargs.pop("out"), call(*args, **kwargs), args)
                args = tuple(op.complete(args, kwargs))
            x, *parameters = args
            if not isinstance(x, Tensor):
                return forward(array_or_number(op, x), *parameters)
            a = x.array
            p = x.node
            if floating and a.dtype.kind != "f":
                a = a.astype(get_default_dtype().dtype)
            try:
                out = forward(a, *parameters)
            except Exception as error:
                raise explained(op, args, error) from None
            if type(out) is not ndarray:
                out = np.asarray(out)
            if p is None or out.dtype.kind != "f" or (restricted and not is_grad_enabled()):
                return wrap(out, None)
            saved = (out if keep_out else None, a if keep_x else p if keep_shape else None, *parameters)
            return wrap(out, record(op, (p,), saved, frees, out))
        except Overridden:
            return answered(op.function, args, kwargs)

    return call


def _binary(op: Op, foreign: Callable[[Op, Any], Any]) -> Callable[..., Any]:
    forward, floating, promotes, scalar = op.forward, op.floating, op.promotes, op.scalar
    x_rule, y_rule = op.reads((True, False)), op.reads((False, True))
    # Of each array: the sum of 1 if the rule of x reads it and 2 if that of y does.
    out_readers, x_readers, y_readers = (bool(one) + 2 * bool(two) for one, two in zip(x_rule, y_rule))
    saves_any = bool(out_readers | x_readers | y_readers)
    saves_beside_number_y = bool((out_readers | x_readers) & 1)
    saves_beside_number_x = bool((out_readers | y_readers) & 2)

    def call(x: Any, y: Any) -> Any:
        try:
            if isinstance(x, Tensor):
                a = x.array
                p = x.node
                if isinstance(y, Tensor):
                    b = y.array
                    q = y.node
                    frees = saves_any
                    dtype = a.dtype
                    if dtype is not b.dtype or (floating and dtype.kind != "f"):
                        return agreed(op, call, (x, y))
                else:
                    b = y
                    q = None
                    frees = saves_beside_number_y
                    dtype = a.dtype
                    if not promotes or type(y) not in WEAK[dtype.char] or (floating and dtype.kind != "f"):
                        return agreed(op, call, (x, y)) if isinstance(y, OPERANDS) else foreign(op, y)
            elif isinstance(y, Tensor):
                a = x
                b = y.array
                p = None
                q = y.node
                frees = saves_beside_number_x
                dtype = b.dtype
                if not promotes or type(x) not in WEAK[dtype.char] or (floating and dtype.kind != "f"):
                    return agreed(op, call, (x, y)) if isinstance(x, OPERANDS) else foreign(op, x)
            elif scalar and type(x) is float:
                return on_numbers(op, x, y)
            else:
                return forward(array_or_number(op, x), array_or_number(op, y))
            try:
                out = forward(a, b)
            except OverflowError as error:
                return call(*in_range(op, (x, y), error))
            except Exception as error:
                raise explained(op, (x, y), error) from None
            if type(out) is not ndarray:
                out = np.asarray(out)
            made = new(Tensor)
            made.array = out
            if (p is None and q is None) or (restricted and not is_grad_enabled()):
                made.node = None
                return made
            made.node = node = Node()
            node.id = next_id()
            node.op = op
            node.parents = (p, q)
            if q is None:
                node.saved = (
                    out if out_readers & 1 else None,
                    a if x_readers & 1 else None,
                    b if y_readers & 1 or type(b) is not ndarray else ref(b),
                )
            elif p is None:
                node.saved = (
                    out if out_readers & 2 else None,
                    a if x_readers & 2 or type(a) is not ndarray else ref(a),
                    b if y_readers & 2 else None,
                )
            else:
                node.saved = (out if out_readers else None, a if x_readers else None, b if y_readers else None)
            node.frees = frees
            node.shape = out.shape
            node.dtype = dtype
            node.hooks = None
            return made
        except Overridden:
            return answered(op.function, (x, y), {})

    return call


def _nary(op: Op, foreign: Callable[[Op, Any], Any]) -> Callable[..., Any]:
    forward, arity, total = op.forward, op.arity, len(op.parameters)
    rules, floating, residual, packs, several = op.rules, op.floating, op.residual, op.packs, op.several
    # Which arguments need a gradient, and which must agree in dtype: those, or all that a comparison promotes.
    differentiable = [bool(rules) and rules[i] is not None for i in range(arity)]
    alike = differentiable if rules else [op.promotes] * arity
    positions = list(zip(range(arity), differentiable, alike))
    # Of others, None may take the place of a Tensor.
    promotes = op.promotes
    compares = promotes and not rules
    alone = arity == 1
    # A fused op has one rule, whatever is asked of it, and keeps its arguments.
    whole = op.reads(tuple(differentiable)) if op.kind == "fused" else None

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if kwargs and "out" in kwargs:
                return into(op.name, kwargs.pop("out"), call(*args, **kwargs), args)
            if args and type(args[0]) is ndarray and not packs and (alone or not any(map(is_tensor, args[1:arity]))):
                out = forward(*args, **kwargs)
                return out[0] if residual else out
            given = op.complete(args, kwargs) if kwargs or len(args) != total or packs else args
            values = list(given)
            parents: list[Node | None] = [None] * arity
            tensors = False
            even = True
            dtype: Any = None
            for i, needs, agrees in positions:
                value = values[i]
                if isinstance(value, Tensor):
                    tensors = True
                    values[i] = array = value.array
                    if needs:
                        parents[i] = value.node
                    if agrees:
                        if dtype is None:
                            dtype = array.dtype
                        elif array.dtype is not dtype:
                            even = False
                elif value is not None or compares:
                    if not isinstance(value, OPERANDS):
                        return foreign(op, value)
                    weak = promotes and dtype is not None and dtype.kind == "f" and type(value) in WEAK[dtype.char]
                    even = even and (weak or not agrees)
            if not tensors:
                if op.scalar and type(values[0]) in (bool, float) and type(values[-1]) is float:
                    return on_numbers(op, *values)
                out = forward(*values)
                return out[0] if residual else out
            if not even or (floating and dtype.kind != "f"):
                agreeing = [value if agrees else None for value, agrees in zip(given, alike)]
                if beyond(agreeing):
                    return rounded(call(*widened(given[:arity]), *given[arity:]))
                converted = in_one_dtype(op, agreeing, optional=True)
                if any(made is not value for made, value in zip(converted, given) if made is not None):
                    mixed = [made if agrees else value for made, value, agrees in zip(converted, given, alike)]
                    return call(*mixed, *given[arity:])
            try:
                out = forward(*values)
            except OverflowError as error:
                return call(*in_range(op, given[:arity], error), *given[arity:])
            except Exception as error:
                raise explained(op, values, error) from None
            kept: tuple[Any, ...] = ()
            if residual:
                out, kept = out
                kept = (kept,)
            if several:
                out = tuple([np.asarray(one) for one in out])
            elif type(out) is not ndarray:
                out = np.asarray(out)
            if not any(parents) or (restricted and not is_grad_enabled()):
                return tuple([wrap(one, None) for one in out]) if several else wrap(out, None)
            if not several and out.dtype.kind != "f":
                return wrap(out, None)
            plan = whole or op.reads(tuple([parent is not None for parent in parents]))
            if not whole:
                for i in range(arity):
                    x = values[i]
                    if plan[i + 1] != "value" and type(x) is ndarray:
                        values[i] = (parents[i] or shape_of(x)) if plan[i + 1] else unread(parents[i], x)
            saved = (out if plan[0] == "value" else None, *values, *kept)
            frees = residual or "value" in plan[: arity + 1]
            if several:
                return record_several(op, tuple(parents), saved, frees, out)
            return wrap(out, record(op, tuple(parents), saved, frees, out))
        except Overridden:
            return answered(op.function, args, kwargs)

    return call


def on_numbers(op: Op, *numbers: Any) -> Any:
    """``op`` of Python numbers; inf and NaN where Python would raise."""
    scalar: Any = op.scalar
    try:
        return scalar(*numbers)
    except (ArithmeticError, ValueError):
        with np.errstate(all="ignore"):
            return float(op.forward(*map(np.float64, numbers)))


def shape_of(array: Any) -> Node:
    """A node for an array without a gradient of which a rule reads the shape. It holds the array weakly."""
    return record(None, (), ref(array), False, array)


def unread(parent: Node | None, array: Any) -> Any:
    """What is kept of an operand that no rule reads: of a constant a weak reference, by which a drawing knows it."""
    return ref(array) if parent is None else None


def is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _variadic(op: Op) -> Callable[..., Any]:
    """The caller of an op over a sequence of Tensors, such as cat. Its rule sees only their shapes."""
    forward = op.forward

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if "out" in kwargs:
                return into(op.name, kwargs.pop("out"), call(*args, **kwargs), args)
            given, *parameters = op.complete(args, kwargs)
            if isinstance(given, Tensor) or not isinstance(given, (list, tuple)):
                raise TypeError(
                    f"{op.name}(): argument 'tensors' must be a list or tuple of Tensors, not {type(given).__name__}"
                )
            dtypes = {x.array.dtype for x in given if isinstance(x, Tensor)}
            if not dtypes:
                return forward(given, *parameters)
            for x in given:
                if not isinstance(x, Tensor):
                    raise TypeError(f"{op.name}(): every element of 'tensors' must be a Tensor, not {type(x).__name__}")
            xs = given if len(dtypes) == 1 else in_one_dtype(op, given)
            arrays = [x.array for x in xs]
            try:
                out = forward(arrays, *parameters)
            except Exception as error:
                raise explained(op, arrays, error) from None
            parents = tuple([x.node for x in xs])
            if not any(parents) or (restricted and not is_grad_enabled()):
                return wrap(out, None)
            shapes = [node or shape_of(array) for node, array in zip(parents, arrays)]
            return wrap(out, record(op, parents, (None, shapes, *parameters), False, out))
        except Overridden:
            return answered(op.function, args, kwargs)

    return call

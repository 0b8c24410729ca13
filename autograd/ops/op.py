"""What an operation is: a function over arrays, the rule of its derivative, and how both are written on a blackboard.

An op is declared in one place, its rule right under it, in one of four ways::

    @op(symbol="×", derivative=("∂(x·y)/∂x = y", "∂(x·y)/∂y = x"))
    def mul(x, y):
        return x * y
    mul.elementwise(lambda g, out, x, y: g * y,
                    lambda g, out, x, y: g * x)

``elementwise``
    one formula an argument; the engine undoes broadcasting.
``linear``
    one formula an argument, in which the op is linear: its own forward is its jvp.
``vjp``
    one formula an argument, for everything else.
``fused``
    one kernel for the gradients of all arguments. Such an op carries ``reference=``, the same function composed of
    other ops, which is what higher derivatives go through.

A rule gets the upstream gradient ``g``, the result ``out``, then everything the op was called with. It is written with
ops and operators only, so it runs on arrays (an ordinary backward pass) as well as on Tensors (recording the graph of
the derivative itself). What a rule does not read is not kept for it: `usage` looks that up in its bytecode.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from operator import index
from typing import Any, Literal

OPS: dict[str, Op] = {}

# NumPy's names of arguments, understood beside PyTorch's, and those of PyTorch's that are others for a method than for
# a function, or for each kind of value.
SYNONYMS = {
    "axis": "dim",
    "axis0": "dim0",
    "axis1": "dim1",
    "keepdims": "keepdim",
    "size": "shape",
    "repeats": "sizes",
    **dict.fromkeys(("split_size", "split_sizes"), "split_size_or_sections"),
    **dict.fromkeys(("sections", "indices", "tensor_indices_or_sections"), "indices_or_sections"),
    "input": "A",
    "tensor": "input",
    "element": "elements",
    "test_element": "test_elements",
}

# The bytecodes that `usage` looks for. They differ from version to version: Python 3.13 loads two names at once, and
# from 3.12 on an attribute's number is doubled.
LOADS = frozenset(code for name, code in dis.opmap.items() if name in ("LOAD_FAST", "LOAD_FAST_CHECK"))
PAIRED_LOAD = dis.opmap.get("LOAD_FAST_LOAD_FAST")
LOAD_ATTR = dis.opmap["LOAD_ATTR"]
SHIFT = 1 if sys.version_info >= (3, 12) else 0

SHAPE_ATTRIBUTES = frozenset({"shape", "ndim", "dtype"})


class InvalidValue(ValueError):
    """Where PyTorch raises ValueError. Others are NumPy's, about shapes, which are RuntimeErrors in PyTorch."""


class Op:
    """One operation: its forward over arrays, its rules, and how it is written. Calling it records the call.

    symbol: how a drawing shows it. derivative: the local derivative of each argument, as text.
    level: whether it is a function and a method of Tensors, only a function, or only for other ops to use.
    aliases: further names, public whatever the level; ``linalg.inv`` is ``inv`` in the module ``autograd.linalg``.
    in_place: whether there is a method ``name_``, as there is for all ops that broadcast.
    packs: ``f(x, 2, 3)`` means ``f(x, (2, 3))``.
    floating: integers are made floats first. promotes: arguments are brought to one dtype (all elementwise ops do).
    alike: of those that are Tensors it refuses other dtypes than that of the first, which numbers then have, too.
    variadic: the first argument is a sequence of Tensors. view: the result may share its argument's memory.
    residual: the forward returns ``(out, residual)``, and the rules get the residual as their last argument.
    several: the forward returns a tuple of results; the rules get a tuple of their gradients for ``g``, with None for
    what nothing came back to, and the tuple of results for ``out``.
    flat: what passes back changes with no argument, or only in jumps, and its own derivative is 0, not missing.
    scalar: the same on Python floats, which `Scalar` computes with.
    reference: the same function composed of other ops, which a fused op must have. It is what one sees who opens the
        op in a drawing, under the names that its variables have.
    no_bools: what is said of bools among the arguments, if they are refused.
    backward: what PyTorch calls its derivative, if that isn't the op's name; or a function of the arguments that says.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        *,
        symbol: str = "",
        derivative: str | tuple[str, ...] = (),
        level: Literal["method", "function", "internal"] = "method",
        aliases: tuple[str, ...] = (),
        floating: bool = False,
        promotes: bool = False,
        alike: bool = False,
        variadic: bool = False,
        view: bool = False,
        packs: bool = False,
        in_place: bool = False,
        residual: bool = False,
        several: bool = False,
        flat: bool = False,
        scalar: Callable[..., float] | None = None,
        reference: Callable[..., Any] | None = None,
        backward: str | Callable[..., str] = "",
        no_bools: str = "",
    ) -> None:
        self.forward = forward
        self.name = forward.__name__
        self.symbol = symbol or self.name
        capitals = "".join(word.capitalize() for word in self.name.split("_"))
        self.backward_name = backward if isinstance(backward, str) and backward else f"{capitals}Backward0"
        self.backward_of = backward if callable(backward) else None
        self.derivative = (derivative,) if isinstance(derivative, str) else derivative
        self.level = level
        self.aliases = aliases
        self.floating = floating
        self.promotes = promotes
        self.alike = alike
        self.variadic = variadic
        self.view = view
        self.packs = packs
        self.in_place = in_place
        self.residual = residual
        self.several = several
        self.flat = flat
        self.scalar = scalar
        self.reference = reference
        self.no_bools = no_bools
        self.kind: Literal["constant", "elementwise", "linear", "vjp", "fused"] = "constant"
        self.rules: tuple[Callable[..., Any] | None, ...] = ()
        self.selective = False
        self.parameters = forward.__code__.co_varnames[: forward.__code__.co_argcount]
        defaults = forward.__defaults__ or ()
        self.arity = len(self.parameters) - len(defaults)
        self.defaults = (inspect.Parameter.empty,) * self.arity + defaults
        self.required = self.arity
        self.__doc__ = forward.__doc__
        self.keywords: dict[str, Callable[..., Any]] = {}
        # What the engine makes of the declaration: the caller that records, the public function with names for its
        # arguments, the pulls of its rules over arrays and over Tensors.
        self.call: Callable[..., Any] = forward
        self.function: Callable[..., Any] = forward
        self.pull: Callable[..., Any] | None = None
        self.pull_recorded: Callable[..., Any] | None = None
        self._plans: dict[tuple[bool, ...], tuple[str, ...]] = {}

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.forward)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs) if kwargs else self.call(*args)

    def __repr__(self) -> str:
        return f"<op {self.name}{self.signature}>"

    def elementwise(self, *rules: Callable[..., Any] | None) -> None:
        """Declare the derivative with respect to each argument, element by element."""
        self.promotes = True
        self._declare("elementwise", rules)

    def linear(self, *rules: Callable[..., Any] | None) -> None:
        """Declare the adjoint in each argument in which the op is linear."""
        self._declare("linear", rules)

    def vjp(self, *rules: Callable[..., Any] | None) -> None:
        """Declare the vector-Jacobian product with respect to each argument."""
        self._declare("vjp", rules)

    def fused(
        self, rule: Callable[..., Any], arity: int, constant: tuple[str, ...] = (), selective: bool = False
    ) -> None:
        """Declare one rule for the gradients of the first ``arity`` arguments together; it returns a tuple.

        Nothing passes back to those named in ``constant``. A ``selective`` rule gets one more argument, a list of which
        gradients are asked for, and may return anything for the others.
        """
        self.selective = selective
        self._declare("fused", tuple(None if name in constant else rule for name in self.parameters[:arity]))

    def named(self, node: Any) -> str:
        """What the derivative of the call that this node of a graph stands for is called."""
        if self.backward_of is None:
            return self.backward_name
        # Once what it saved was let go, there are no arguments.
        return self.backward_of(node, *(node.saved if isinstance(node.saved, tuple) else ()))

    def keyword(self, **composed: Callable[..., Any]) -> None:
        """Declare a keyword that PyTorch has: ``composed`` gets the arguments and its value, and calls ops."""
        self.keywords.update(composed)

    def _declare(self, kind: Any, rules: tuple[Callable[..., Any] | None, ...]) -> None:
        self.kind, self.rules, self.arity = kind, rules, len(rules)

    def reads(self, needs: tuple[bool, ...]) -> tuple[str, ...]:
        """What the rules of the arguments that ``needs`` marks read: of the result, each argument, the residual.

        Each is ``"value"``, ``"shape"`` or ``""``; what asks for more is the greater word. A fused op keeps its
        arguments whole: its reference needs them.
        """
        plan = self._plans.get(needs)
        if plan is None:
            count = 1 + len(self.parameters) + self.residual
            used = [usage(rule, 1, count) for rule, need in zip(self.rules, needs, strict=True) if need and rule]
            plan = tuple(map(max, zip(*used, strict=True)))
            if self.kind == "fused":
                plan = plan[:1] + ("value",) * len(self.parameters) + plan[1 + len(self.parameters) :]
            self._plans[needs] = plan
        return plan

    def complete(self, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        """All arguments in the order of the signature, defaults filled in.

        ``input``, ``other``, ``axis`` and ``keepdims`` are understood for PyTorch's and NumPy's sake. Where the op
        packs its last parameter, ``f(x, 2, 3)`` is ``f(x, (2, 3))``.
        """
        if self.packs and len(args) > 1 and not isinstance(args[1], (tuple, list)):
            args = (args[0], args[1:])
        if self.packs and len(args) == 2:
            args = (args[0], self._packed(args[1]))
        if len(args) == len(self.parameters) and not kwargs:
            return list(args)
        if len(args) > len(self.parameters):
            raise TypeError(f"{self.name}() takes {len(self.parameters)} arguments ({len(args)} given)")
        values = [*args, *self.defaults[len(args) :]]
        if not kwargs and len(args) >= self.required:
            return values
        for key, value in kwargs.items():
            position = self._position(key)
            if position is None:
                expected = ", ".join(self.parameters)
                raise TypeError(f"{self.name}() got an unexpected keyword argument '{key}'; it takes ({expected})")
            if position < len(args):
                raise TypeError(f"{self.name}() got multiple values for argument '{key}'")
            values[position] = value
        for name, value in zip(self.parameters, values, strict=True):
            if value is inspect.Parameter.empty:
                raise TypeError(f"{self.name}() missing required argument '{name}'")
        return values

    def _packed(self, sizes: Sequence[Any]) -> tuple[int, ...]:
        try:
            return tuple(map(index, sizes))
        except TypeError:
            given = ", ".join(type(size).__name__ for size in sizes)
            raise TypeError(f"{self.name}(): argument '{self.parameters[1]}' must be ints, not ({given})") from None

    def _position(self, key: str) -> int | None:
        if key in self.parameters:
            return self.parameters.index(key)
        if key in ("input", "other"):
            return ("input", "other").index(key) if self.arity > ("input", "other").index(key) else None
        ours = SYNONYMS.get(key)
        return self.parameters.index(ours) if ours in self.parameters else None


def op(forward: Callable[..., Any] | None = None, **declaration: Any) -> Any:
    """Make an `Op` of a function over arrays: ``@op`` or ``@op(symbol=..., derivative=...)``."""
    if forward is None:
        return lambda forward: op(forward, **declaration)
    made = OPS[forward.__name__] = Op(forward, **declaration)
    return made


def usage(rule: Callable[..., Any], start: int, count: int) -> list[str]:
    """How ``rule`` uses ``count`` positional arguments from ``start`` on: ``"value"``, ``"shape"`` or ``""`` (unread).

    PyTorch reads the same off the text of its formulas to decide what an op must save.

    >>> usage(lambda g, out, x, y: g * y, 1, 3)
    ['', '', 'value']
    >>> usage(lambda g, out, x: g.reshape(x.shape), 1, 2)
    ['', 'shape']
    >>> usage(lambda g, out, x: slope(x, x.shape), 1, 2)
    ['', 'value']
    """
    code = rule.__code__
    names = code.co_varnames[: code.co_argcount]
    used = dict.fromkeys(names, "")
    used.update((name, "value") for name in code.co_cellvars if name in used)
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    for position, operation in enumerate(operations):
        if operation in LOADS:
            loaded = [arguments[position]]
        elif operation == PAIRED_LOAD:
            loaded = [arguments[position] >> 4, arguments[position] & 15]
        else:
            continue
        following, attribute = operations[position + 1], arguments[position + 1]
        only_shape = following == LOAD_ATTR and code.co_names[attribute >> SHIFT] in SHAPE_ATTRIBUTES
        for from_last, local in enumerate(reversed(loaded)):
            if local < len(names) and used[names[local]] != "value":
                used[names[local]] = "shape" if only_shape and from_last == 0 else "value"
    spread = "value" if code.co_flags & inspect.CO_VARARGS else ""
    return [used[names[i]] if i < len(names) else spread for i in range(start, start + count)]

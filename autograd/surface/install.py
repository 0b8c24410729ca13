"""What follows from the registry of ops: functions, methods, operators, in-place forms and their documentation."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any

from ..composed import FUNCTIONS, IN_PLACE, METHODS, arithmetic, indexing, shapes
from ..composed.new import old
from ..engine import overriding
from ..engine.agreement import refused
from ..engine.backward import tensor_backward
from ..engine.node import LookedAt
from ..engine.old_orders import NUMBERS, in_order
from ..engine.out import into
from ..engine.pullback import pull_of, pull_recorded
from ..engine.record import caller_of
from ..engine.tensor import Operand, Tensor
from ..engine.writing import in_place
from ..kernels.compiling.gathering import declaring
from ..ops import OPS
from ..ops.integers import bitwise_not
from ..ops.op import Op
from ..ops.shape import flip, permute
from ..types.device import only_cpu
from ..types.dtypes import get_default_dtype
from .in_place import AS_FUNCTIONS, RESHAPING, WRITING, reshaping, setitem
from .nodes import SHOWN
from .operators import OPERATORS
from .printing import tensor_text
from .protocols import array_function, array_ufunc
from .public import PUBLIC

# How Python asks the other side of a comparison; of other operators it has names with an r in front.
REFLECTED = {"eq": "__eq__", "ne": "__ne__", "lt": "__gt__", "le": "__ge__", "gt": "__lt__", "ge": "__le__"}


@declaring()
def install() -> None:
    """Make every op record, give Tensors their methods, and gather the public functions in ``PUBLIC``."""
    # Overflow and division by zero give inf and NaN without a word, as in PyTorch; NumPy's warnings elsewhere stay.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"autograd\.")
    for op in OPS.values():
        connect(op)
        for name in names_of(op):
            PUBLIC[name] = op.function
            if op.level == "method" and "." not in name:
                setattr(Tensor, name, op.function)
                if op.promotes or op.in_place:
                    setattr(Tensor, f"{name}_", in_place(name, op.function))
    for op, special in OPERATORS.items():
        operator(op, special)
    for name, function in METHODS.items():
        setattr(Tensor, name, function)
        if name in IN_PLACE:
            setattr(Tensor, f"{name}_", in_place(name, function))
    for name, function in WRITING.items():
        setattr(Tensor, name, function)
    for name in RESHAPING:
        setattr(Tensor, f"{name}_", reshaping(name, getattr(Tensor, name)))
    for name, attribute in {
        "__getitem__": indexing.getitem,
        "__setitem__": setitem,
        "__delitem__": undeletable,
        "__reversed__": reverse,
        "__invert__": inverted,
        "__div__": quotient,
        "__rdiv__": reflected_quotient,
        "__divmod__": quotient_and_rest,
        "__rdivmod__": reflected_quotient_and_rest,
        "__new__": staticmethod(constructed),
        "__init_subclass__": classmethod(overriding.init_subclass),
        "__torch_function__": classmethod(overriding.torch_function),
        "_make_subclass": staticmethod(overriding._make_subclass),
        "as_subclass": overriding.as_subclass,
        "__repr__": tensor_text,
        "__array_ufunc__": array_ufunc,
        "__array_function__": array_function,
        "backward": tensor_backward,
        "polygamma": arithmetic.tensor_polygamma,
        "polygamma_": in_place("polygamma", arithmetic.tensor_polygamma),
        "where": arithmetic.tensor_where,
        "T": property(transposed, doc="The dimensions in reverse order."),
        "mT": property(shapes.matrix_transposed, doc="The last two dimensions swapped."),
    }.items():
        setattr(Tensor, name, attribute)
    for name, attribute in SHOWN.items():
        setattr(LookedAt, name, attribute)
    PUBLIC.update(FUNCTIONS)
    PUBLIC.update({name: getattr(Tensor, name) for name in AS_FUNCTIONS})


def connect(op: Op) -> None:
    """Make calls of ``op`` record, and its rules known to the way back."""
    op.call = caller_of(op)
    op.function = documented(op, named(op))
    op.pull, op.pull_recorded = pull_of(op), pull_recorded


def names_of(op: Op) -> tuple[str, ...]:
    """The names under which ``op`` is public."""
    return op.aliases if op.level == "internal" else (op.name, *op.aliases)


def constructed(cls: type[Tensor], *args: Any, device: Any = None) -> Any:
    """What ``Tensor(...)`` makes: of data, or of sizes with any values; in the default dtype."""
    only_cpu("Tensor", device)
    return cls._wrap(old(get_default_dtype(), *args).array, None)


def undeletable(self: Tensor, key: Any) -> None:
    raise TypeError("Tensor does not support deleting items")


def reverse(self: Tensor) -> Tensor:
    """``reversed(x)``: along dimension 0."""
    return flip(self, (0,)) if self.ndim else self


def transposed(self: Tensor) -> Tensor:
    if self.ndim != 2:
        warnings.warn(
            f"T: reversing {self.ndim} dimensions in place of 2 is deprecated; use permute(), or mT for each matrix",
            UserWarning,
            stacklevel=2,
        )
    return permute(self, tuple(range(self.ndim))[::-1])


def inverted(self: Tensor) -> Tensor:
    if self.is_floating_point():
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


def quotient(self: Tensor, other: Operand) -> Tensor:
    return self / other


def reflected_quotient(self: Tensor, other: Any) -> Tensor:
    return other / self


def quotient_and_rest(self: Tensor, other: Operand) -> tuple[Tensor, Tensor]:
    return self // other, self % other


def reflected_quotient_and_rest(self: Tensor, other: Any) -> tuple[Tensor, Tensor]:
    return other // self, other % self


def operator(op: Op, special: str) -> None:
    """Give Tensors an operator, its reflected form, and its in-place form where there is one."""
    if op.arity == 1:
        setattr(Tensor, special, op.call)
        return
    name = special.strip("_")
    reflected = REFLECTED.get(name, f"__r{name}__")

    def foreign(op: Op, value: Any) -> Any:
        """Leave it to ``value``, if it knows the operator from the other side."""
        return NotImplemented if hasattr(type(value), reflected) else refused(op, value)

    function = caller_of(op, foreign)
    setattr(Tensor, special, function)
    if name not in REFLECTED:
        setattr(Tensor, reflected, lambda self, other: function(other, self))
        if op.promotes:
            setattr(Tensor, f"__i{name}__", getattr(Tensor, f"{op.name}_"))


def named(op: Op) -> Callable[..., Any]:
    """The public function of ``op``, which takes keywords: ``op.call`` itself if that takes them."""
    call, keywords = op.call, op.keywords
    limit = len(op.parameters) if op.name in NUMBERS else sys.maxsize
    if call.__code__.co_flags & inspect.CO_VARKEYWORDS and not keywords:
        return call

    def function(*args: Any, **kwargs: Any) -> Any:
        if len(args) > limit:
            args, kwargs = in_order(op.name, args, kwargs)
        if not kwargs:
            return call(*args)
        if "out" in kwargs:
            return into(op.name, kwargs.pop("out"), function(*args, **kwargs), args)
        values = {name: kwargs.pop(name) for name in keywords if name in kwargs}
        args = tuple(op.complete(args, kwargs))
        for name, value in values.items():
            return keywords[name](*args, value)
        return call(*args)

    return function


def documented(op: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` under the name of ``op``, with its signature and its text, the derivative at the end."""
    function.__name__ = function.__qualname__ = op.name
    function.__module__ = "autograd"
    text = inspect.cleandoc(op.__doc__ or "")
    if any(op.derivative):
        text += "\n\nDerivative: " + "; ".join(filter(None, op.derivative)) + "."
    function.__doc__ = text
    # `inspect` and help() read the signature off what a function wraps.
    function.__wrapped__ = op.forward  # type: ignore[attr-defined]
    if op.keywords:
        extra = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in op.keywords]
        parameters = [*op.signature.parameters.values(), *extra]
        function.__signature__ = op.signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return function

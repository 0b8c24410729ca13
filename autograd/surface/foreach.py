"""``_foreach_add`` and its kin: one function of each Tensor in a list, as scripts write it for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..engine.tensor import Tensor
from .public import PUBLIC

# Those that have an in-place form as well; and those that haven't, or have nothing else.
NAMES = (
    "abs", "acos", "add", "addcdiv", "addcmul", "asin", "atan", "ceil", "clamp_max", "clamp_min", "cos", "cosh",
    "div", "erf", "erfc", "exp", "expm1", "floor", "frac", "lerp", "lgamma", "log", "log10", "log1p", "log2",
    "maximum", "minimum", "mul", "neg", "pow", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh",
    "sqrt", "sub", "tan", "tanh", "trunc",
)  # fmt: skip
WITHOUT_WRITING = ("clone", "max", "mm")
ONLY_WRITING = ("copy", "zero")
# Where a third list or number is no Tensor.
VALUED = ("addcmul", "addcdiv")


def calls(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The arguments of each call: of a list its items one by one, of anything else the same. RuntimeError if uneven."""
    lengths = [len(value) for value in args if isinstance(value, (list, tuple))]
    if not lengths:
        raise TypeError(f"_foreach_{name}(): expected a list of Tensors")
    if not max(lengths):
        raise RuntimeError("Tensor list must have at least one tensor.")
    for length in lengths:
        if length != lengths[0]:
            raise RuntimeError(
                f"Tensor lists must have the same number of tensors, got {lengths[0]} and {length} (of _foreach_{name})"
            )
    if name in VALUED and len(args) == 4:
        *args_before, values = args
        args = tuple(args_before)
        kwargs = {"value": values.tolist() if isinstance(values, Tensor) else values, **kwargs}
    for i in range(lengths[0]):
        each = {key: value[i] if isinstance(value, (list, tuple)) else value for key, value in kwargs.items()}
        yield [value[i] if isinstance(value, (list, tuple)) else value for value in args], each


def over_lists(name: str, function: Callable[..., Any]) -> Callable[..., tuple[Tensor, ...]]:
    """``_foreach_name``: what ``function`` gives for each Tensor of a list."""

    def foreach(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
        return tuple([function(*given, **keywords) for given, keywords in calls(name, args, kwargs)])

    foreach.__name__ = foreach.__qualname__ = f"_foreach_{name}"
    foreach.__doc__ = f"``{name}`` of each Tensor in a list; of numbers or Tensors in another list beside it, too."
    return foreach


def writing_lists(name: str) -> Callable[..., None]:
    """``_foreach_name_``: the in-place form."""
    write = getattr(Tensor, f"{name}_")

    def foreach(*args: Any, **kwargs: Any) -> None:
        for given, keywords in list(calls(name, args, kwargs)):
            write(*given, **keywords)

    foreach.__name__ = foreach.__qualname__ = f"_foreach_{name}_"
    foreach.__doc__ = f"In place: ``{name}`` of each Tensor in a list."
    return foreach


def norm(x: Tensor, ord: float = 2, dtype: Any = None) -> Tensor:
    """The norm of all elements of ``x``."""
    return PUBLIC["linalg.vector_norm"](x, ord, dtype=dtype)


def made() -> dict[str, Callable[..., Any]]:
    """All of them by name, once the functions are public."""
    functions = {name: PUBLIC[name] for name in (*NAMES, *WITHOUT_WRITING)} | {"norm": norm}
    plain = {f"_foreach_{name}": over_lists(name, function) for name, function in functions.items()}
    return plain | {f"_foreach_{name}_": writing_lists(name) for name in (*NAMES, *ONLY_WRITING)}

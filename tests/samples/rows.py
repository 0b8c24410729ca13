"""What a row of the table is, and how its calls are written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Sample:
    """One call of an op.

    gives: the dtype of the result where that of the float arguments doesn't settle it.
    in_torch: whether PyTorch agrees.
    """

    args: tuple[Any, ...]
    params: dict[str, Any]
    kind: str = "smooth"
    gives: str | None = None
    in_torch: bool = True

    def __str__(self) -> str:
        return call_text(self.args, self.params)


@dataclass(frozen=True, eq=False)
class Failure:
    """A call that must raise ``error`` with ``fragment`` in its message. in_torch: whether PyTorch raises that, too."""

    error: type[Exception]
    fragment: str
    args: tuple[Any, ...]
    params: dict[str, Any]
    in_torch: bool = True

    def __str__(self) -> str:
        return call_text(self.args, self.params)


@dataclass(frozen=True, eq=False)
class Row:
    """An op: ``reference`` is it in NumPy, ``torch`` it in PyTorch (a path below torch, a function, or None).

    result: the dtype of the result where it is always one. wrt: the arguments with a derivative, where not all with a
    rule have one.
    """

    name: str
    reference: Callable[..., Any]
    samples: tuple[Sample, ...]
    failures: tuple[Failure, ...]
    torch: str | Callable[..., Any] | None
    result: str | None = None
    wrt: tuple[int, ...] | None = None


ROWS: dict[str, Row] = {}


def row(
    name: str,
    reference: Callable[..., Any],
    *calls: Sample | Failure,
    torch: str | Callable[..., Any] | None = "",
    result: str | None = None,
    wrt: tuple[int, ...] | None = None,
) -> None:
    """Add the row of an op to the table."""
    assert name not in ROWS, f"two rows for {name}"
    samples = tuple(call for call in calls if isinstance(call, Sample))
    failures = tuple(call for call in calls if isinstance(call, Failure))
    ROWS[name] = Row(name, reference, samples, failures, name if torch == "" else torch, result, wrt)


# The kinds of sample, each as a call: what the op is given.


def smooth(*args: Any, gives: str | None = None, **params: Any) -> Sample:
    return Sample(args, params, "smooth", gives)


def edge(*args: Any, **params: Any) -> Sample:
    return Sample(args, params, "edge")


def value(*args: Any, **params: Any) -> Sample:
    return Sample(args, params, "value")


def typed(gives: str, *args: Any, **params: Any) -> Sample:
    return Sample(args, params, "typed", gives)


def fails(error: type[Exception], fragment: str, *args: Any, **params: Any) -> Failure:
    return Failure(error, fragment, args, params)


def not_in_torch(call: Any) -> Any:
    """The same, of which PyTorch thinks otherwise; say why where it is used."""
    return replace(call, in_torch=False)


def call_text(args: tuple[Any, ...], params: dict[str, Any]) -> str:
    """A call as a test id: arrays by kind and shape, with ' for those that are not laid out in rows."""
    return ",".join([text(a) for a in args] + [f"{k}={text(v)}" for k, v in params.items()])


def text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape)) or "0d"
        return f"{value.dtype.kind}{value.itemsize}[{shape}]" + "'" * (not value.flags.c_contiguous)
    if isinstance(value, (tuple, list)):
        return f"({' '.join(map(text, value))})"
    return str(value).replace("autograd.", "").replace("[", "(").replace("]", ")")

"""Which functions a recording is told of, by their code, and what it does then."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any

# What is called with the recorder and the frame of a function that is entered; None: nothing happens.
Handler = Callable[[Any, FrameType], None]

# The functions that have a code, each with its op and how it is shown.
FUNCTIONS: dict[CodeType, list[tuple[Callable[..., Any], Any, str]]] = {}


class Handlers(dict[CodeType, "Handler | None"]):
    """The handler of each code; that of code which is seen for the first time is what ``unknown`` says.

    by_id: the same, by the identities of codes: Python computes the hash of a code anew each time.
    """

    unknown: Callable[[CodeType], Handler | None] = staticmethod(lambda code: None)

    def __init__(self) -> None:
        self.by_id: dict[int, Handler | None] = {}

    def __missing__(self, code: CodeType) -> Handler | None:
        found = self[code] = self.unknown(code)
        return found

    def __setitem__(self, code: CodeType, handler: Handler | None) -> None:
        super().__setitem__(code, handler)
        self.by_id[id(code)] = handler


HANDLERS = Handlers()


def watch(function: Any, handler: Handler, op: Any = None, label: str = "") -> None:
    """Tell ``handler`` when ``function`` is entered."""
    if isinstance(function, FunctionType):
        functions = FUNCTIONS.setdefault(function.__code__, [])
        if all(one[0] is not function for one in functions):
            functions.append((function, op, label))
        HANDLERS[function.__code__] = handler


def called_function(frame: FrameType) -> tuple[Callable[..., Any], Any, str]:
    """Which function ``frame`` runs: of several with the same code, the one that closes over the same."""
    found = FUNCTIONS[frame.f_code]
    if len(found) > 1:
        values = frame.f_locals
        for one in found:
            cells = getattr(one[0], "__closure__", None) or ()
            if all(values.get(name) is cell.cell_contents for name, cell in zip(frame.f_code.co_freevars, cells)):
                return one
    return found[0]


def arguments_of(frame: FrameType) -> list[Any]:
    """What the function that ``frame`` runs was called with, by position."""
    values, code = frame.f_locals, frame.f_code
    count = code.co_argcount
    given = [values[name] for name in code.co_varnames[:count]]
    if code.co_flags & inspect.CO_VARARGS:
        given += values[code.co_varnames[count + code.co_kwonlyargcount]]
    return given

"""Functions that tell, for a while, what they are called with: by other code, which they are lent.

Python's profiling hook tells of every function that runs, which takes as long as small ops themselves do. Functions
that are known beforehand can have other code meanwhile, which holds wherever they are called from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from ..kernels.compiling.forks import new_lock

# Given a function, and one that does the same: what is called in place of the first.
Teller = Callable[[FunctionType, FunctionType], Callable[..., Any]]
# What was lent to each function, by which teller.
LENT: dict[tuple[FunctionType, Teller], tuple[CodeType, CodeType]] = {}
# A function that has other code already is lent none by a second thread.
LENDING = new_lock()


def template(*args: Any, **kwargs: Any) -> Any:
    teller: Any = "teller"
    return teller(*args, **kwargs)


@contextmanager
def telling(tellers: Iterable[tuple[FunctionType, Teller]]) -> Iterator[None]:
    """Within it what the tellers give is called in place of these functions, by all threads.

    `LENDING` must be held.
    """
    found = [(function, *(LENT.get((function, teller)) or lent(function, teller))) for function, teller in tellers]
    try:
        for function, _, code in found:
            function.__code__ = code
        yield
    finally:
        for function, code, _ in found:
            function.__code__ = code


def lent(function: FunctionType, teller: Teller) -> tuple[CodeType, CodeType]:
    """The code of ``function``, and that which it is lent."""
    code = function.__code__
    same = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    same.__kwdefaults__ = function.__kwdefaults__
    told = teller(function, same)
    constants = tuple([told if constant == "teller" else constant for constant in template.__code__.co_consts])
    made = template.__code__.replace(co_consts=constants, co_freevars=code.co_freevars, co_name=code.co_name)
    LENT[function, teller] = code, made
    return code, made

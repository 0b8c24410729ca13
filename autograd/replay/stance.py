"""What becomes of all that is compiled: `reset`, `set_stance`, `disable` and `is_compiling` of `autograd.compiler`."""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..engine import above

STANCES = ("default", "force_eager", "eager_on_recompile", "fail_on_recompile", "eager_then_compile")


class InPlaceOf:
    """What is called in place of a ``function``, and replays it."""

    function: Callable[..., Any]


# All that is compiled and still there.
COMPILED: weakref.WeakSet[Any] = weakref.WeakSet()


class _Thread(threading.local):
    recording = False


thread = _Thread()


class _Stance:
    now = "default"


stance = _Stance()


class set_stance(contextlib.ContextDecorator):
    """From now on, or in a ``with`` block or a decorated function, what compiled functions do where they may replay.

    "default"; "force_eager": they run as ever. Where nothing is recorded for the arguments yet: "eager_on_recompile"
    runs as ever, "fail_on_recompile" raises RuntimeError. "eager_then_compile" is the default here: the first two calls
    run as ever. Other keywords are accepted as in PyTorch, without effect. RuntimeError for another stance.

    >>> step = autograd.compile(lambda x: x * 2)
    >>> with autograd.compiler.set_stance("force_eager"):
    ...     [step(autograd.ones(1)).item() for _ in range(3)], step.replays
    ([2.0, 2.0, 2.0], 0)
    """

    def __init__(
        self, stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None
    ) -> None:
        self._before = _take(stance)
        self._wanted = stance

    def __call__(self, function: Any) -> Any:
        # As a decorator it holds within the function only.
        _take(self._before)
        return super().__call__(function)

    def __enter__(self) -> set_stance:
        _take(self._wanted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _take(self._before)


def _take(wanted: str) -> str:
    """Take a stance; which it was before."""
    if wanted not in STANCES:
        raise RuntimeError(f"set_stance(): expected one of {', '.join(STANCES)}, not {wanted!r}")
    before, stance.now = stance.now, wanted
    return before


def reset() -> None:
    """Forget all recordings, and what isn't to be replayed: every compiled function begins anew.

    >>> step = autograd.compile(lambda x: x * 2)
    >>> _ = [step(autograd.ones(1)) for _ in range(4)]
    >>> autograd.compiler.reset(); step.replays
    0
    """
    for one in list(COMPILED):
        one._begin()


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """``fn`` never to be replayed: it runs as ever, and so does a compiled function that calls it; also a decorator.

    reason: what a warning then says.

    >>> @autograd.compiler.disable(reason="it counts")
    ... def counted(x):
    ...     return x + 1
    >>> autograd.compile(counted) is counted
    True
    """
    if fn is None:
        return functools.partial(disable, recursive=recursive, reason=reason)
    if not callable(fn):
        raise TypeError(f"disable(): expected a function or a module, not {type(fn).__name__}")
    called = _disabled(fn, reason)
    return above.OptimizedModule(fn, called) if above.is_module(fn) and above.OptimizedModule else called


def _disabled(fn: Callable[..., Any], reason: str | None) -> Callable[..., Any]:
    def disabled(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    made: Any = disabled
    if hasattr(fn, "__name__"):
        made = functools.update_wrapper(disabled, fn)
    made.reason = reason or "it is disabled"
    return made


# The code that all disabled functions begin with.
DISABLED = _disabled(reset, None).__code__


def is_disabled(function: Any) -> bool:
    return getattr(function, "__code__", None) is DISABLED


def is_compiling() -> bool:
    """Whether a compiled function is recorded just now.

    >>> autograd.compile(lambda x: (x * 1, autograd.compiler.is_compiling()))(autograd.ones(1))[1]
    True
    """
    return thread.recording

"""Whether operations are recorded: ``no_grad``, ``enable_grad``, ``set_grad_enabled``, ``inference_mode``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any


class _Mode(threading.local):
    enabled = True
    inference = False


class _Restricted:
    """How many threads have recording off. While none has, an op need not look up its own thread's mode."""

    __slots__ = ("count", "lock")

    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()


_mode = _Mode()
restricted = _Restricted()


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread.

    >>> import autograd
    >>> with autograd.no_grad():
    ...     autograd.is_grad_enabled()
    False
    """
    return _mode.enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside ``inference_mode``."""
    return _mode.inference


def _switch(enabled: bool) -> None:
    if enabled != _mode.enabled:
        with restricted.lock:
            restricted.count += -1 if enabled else 1
        _mode.enabled = enabled


class set_grad_enabled(ContextDecorator):
    """Turn recording on or off, at once; as a context manager or decorator, until the block ends.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.set_grad_enabled(False):
    ...     (x * 2).requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self.before: list[bool] = [_mode.enabled]
        _switch(mode)

    def __call__(self, function: Callable[..., Any]) -> Any:
        _switch(self.before.pop())
        return super().__call__(function)

    def _recreate_cm(self) -> Any:
        return type(self)(self.mode)

    def __enter__(self) -> None:
        _switch(self.mode)

    def __exit__(self, *exception: object) -> None:
        _switch(self.before.pop())


class _Recording(ContextDecorator):
    """A context in which recording has a fixed state; also a decorator, with or without parentheses."""

    enabled = True

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        context = super().__new__(cls)
        context.before = []
        return context if function is None else context(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        self.before: list[bool]

    def _recreate_cm(self) -> Any:
        return type(self)()

    def __enter__(self) -> None:
        self.before.append(_mode.enabled)
        _switch(self.enabled)

    def __exit__(self, *exception: object) -> None:
        _switch(self.before.pop())


class no_grad(_Recording):
    """A block in which nothing is recorded: results don't require grad. Also a decorator.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.no_grad():
    ...     x *= 2
    >>> x
    tensor([2., 2.], requires_grad=True)
    """

    enabled = False


class enable_grad(_Recording):
    """A block in which operations are recorded, inside a `no_grad` block too. Also a decorator.

    >>> import autograd
    >>> with autograd.no_grad(), autograd.enable_grad():
    ...     autograd.is_grad_enabled()
    True
    """


class inference_mode(ContextDecorator):
    """As `no_grad`, for code that only predicts; ``inference_mode(False)`` changes nothing.

    >>> import autograd
    >>> with autograd.inference_mode():
    ...     autograd.is_inference_mode_enabled(), autograd.is_grad_enabled()
    (True, False)
    """

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode
        self.before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self.before.append((_mode.enabled, _mode.inference))
        if self.mode:
            _switch(False)
            _mode.inference = True

    def __exit__(self, *exception: object) -> None:
        enabled, _mode.inference = self.before.pop()
        _switch(enabled)

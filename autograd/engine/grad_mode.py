"""Whether operations are recorded: ``no_grad``, ``enable_grad``, ``set_grad_enabled``, ``inference_mode``."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ..kernels.compiling.forks import new_lock

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True
    inference = False


class _Restricted:
    """How many threads have recording off. While none has, an op need not look up its own thread's mode."""

    __slots__ = ("count", "lock")

    def __init__(self) -> None:
        self.count = 0
        self.lock = new_lock()


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
    """Whether this thread is inside ``inference_mode``.

    >>> import autograd
    >>> with autograd.inference_mode():
    ...     autograd.is_inference_mode_enabled()
    True
    """
    return _mode.inference


def _switch(enabled: bool) -> None:
    if enabled != _mode.enabled:
        with restricted.lock:
            restricted.count += -1 if enabled else 1
        _mode.enabled = enabled


class _Block:
    """A block in which recording has a state of its own; as a decorator, each call of a function or step of a generator
    is such a block.
    """

    def __init__(self) -> None:
        self.before: list[tuple[bool, bool]] = []

    def another(self) -> _Block:
        """A block like this one that has not been entered."""
        return type(self)()

    def enter(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> None:
        self.before.append((_mode.enabled, _mode.inference))
        self.enter()

    def __exit__(self, *exception: object) -> None:
        enabled, _mode.inference = self.before.pop()
        _switch(enabled)

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return self._stepwise(function)
        if inspect.isclass(function):
            text = f"decorating a class, such as {function.__name__}, is deprecated: decorate its __init__"
            warnings.warn(text, FutureWarning, stacklevel=2)

        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.another():
                return function(*args, **kwargs)

        made: Any = functools.update_wrapper(decorated, function)
        return made

    def _stepwise(self, function: Callable[..., Any]) -> Any:
        def decorated(*args: Any, **kwargs: Any) -> Iterator[Any]:
            generator = function(*args, **kwargs)
            step, given = generator.send, None
            try:
                while True:
                    with self.another():
                        value = step(given)
                    try:
                        step, given = generator.send, (yield value)
                    except GeneratorExit:
                        with self.another():
                            generator.close()
                        raise
                    except BaseException as error:
                        step, given = generator.throw, error
            except StopIteration as end:
                return end.value

        made: Any = functools.update_wrapper(decorated, function)
        return made


class set_grad_enabled(_Block):
    """Turn recording on or off, at once; as a context manager or decorator, until the block ends.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.set_grad_enabled(False):
    ...     (x * 2).requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled(): argument 'mode' must be a bool, not {type(mode).__name__}")
        self.mode = mode
        self.before = [(_mode.enabled, _mode.inference)]
        _switch(mode)

    def another(self) -> _Block:
        return type(self)(self.mode)

    def __enter__(self) -> None:
        _switch(self.mode)

    def __call__(self, function: F) -> F:
        _switch(self.before.pop()[0])
        return super().__call__(function)


class _Recording(_Block):
    """A block in which recording has a fixed state; as a decorator, with or without parentheses."""

    enabled = True

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__()

    def enter(self) -> None:
        _switch(self.enabled)


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


class inference_mode(_Block):
    """As `no_grad`, for code that only predicts; ``inference_mode(False)`` is the opposite, as `enable_grad`.

    >>> import autograd
    >>> with autograd.inference_mode():
    ...     autograd.is_inference_mode_enabled(), autograd.is_grad_enabled()
    (True, False)
    """

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = mode

    def another(self) -> _Block:
        return type(self)(self.mode)

    def enter(self) -> None:
        _mode.inference = self.mode
        _switch(not self.mode)

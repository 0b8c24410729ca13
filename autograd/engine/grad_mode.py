"""Whether operations are recorded: ``no_grad``, ``enable_grad``, ``set_grad_enabled``, ``inference_mode``."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any, TypeVar
from weakref import ref

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True
    inference = False


_mode = _Mode()
# The threads that have recording off. While there are none, an op need not look up its own thread's mode.
restricted: set[int] = set()


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


def _switch(enabled: bool, inference: bool) -> None:
    # Whatever interrupts this, a thread that has recording off is among those that are restricted.
    if not enabled:
        restricted.add(get_ident())
    _mode.enabled, _mode.inference = enabled, inference
    if enabled:
        restricted.discard(get_ident())


class _Exit:
    """``__exit__`` of a block: a method that nobody holds but the `with` statement, as long as its block lasts.

    Ctrl-C can come where ``__exit__`` begins, before it has done anything. But the statement lets go of the method all
    the same, and then that ends the block.
    """

    def __get__(self, block: _Block | None, owner: type[_Block]) -> Callable[..., None]:
        if block is None:
            return owner.leave
        method = block.leave
        block.holding = ref(method, block.let_go)
        return method


class _Block:
    """A block in which recording has a state of its own; as a decorator, each call of a function or step of a generator
    is such a block.
    """

    __exit__ = _Exit()

    def __init__(self) -> None:
        # What was before each block that has begun and not ended, and a reference to the ``__exit__`` that will end it.
        self.before: list[tuple[bool, bool, ref[Any] | None]] = []
        self.holding: ref[Any] | None = None

    def another(self) -> _Block:
        """A block like this one that has not been entered."""
        return type(self)()

    def enter(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> None:
        self.before.append((_mode.enabled, _mode.inference, self.holding))
        self.holding = None
        self.enter()

    def leave(self, *exception: object) -> None:
        """End the block that began last."""
        self.holding = None
        enabled, inference, _ = self.before[-1]
        _switch(enabled, inference)
        self.before.pop()

    def let_go(self, holding: ref[Any]) -> None:
        """End the block whose `with` statement is over, if an interrupt kept `leave` from it."""
        if self.before and self.before[-1][2] is holding:
            self.leave()

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
        super().__init__()
        self.before.append((_mode.enabled, _mode.inference, None))
        self.enter()

    def another(self) -> _Block:
        return type(self)(self.mode)

    def enter(self) -> None:
        _switch(self.mode, _mode.inference)

    def __enter__(self) -> None:
        # What was before is known since it was made. Where the object is entered once more, it is what is now.
        enabled, inference, _ = self.before[-1] if self.before else (_mode.enabled, _mode.inference, None)
        self.before[-1:] = [(enabled, inference, self.holding)]
        self.holding = None
        self.enter()

    def __call__(self, function: F) -> F:
        self.leave()
        return super().__call__(function)


class _Recording(_Block):
    """A block in which recording has a fixed state; as a decorator, with or without parentheses."""

    enabled = True

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__()

    def enter(self) -> None:
        _switch(self.enabled, _mode.inference)


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


def recording(enabled: bool) -> Any:
    """A block as `set_grad_enabled`, of which an interrupt before it begins leaves nothing."""
    return enable_grad() if enabled else no_grad()


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
        _switch(not self.mode, self.mode)

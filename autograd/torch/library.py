"""``torch.library`` and ``torch.ops``: functions under names of a library's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class CustomOp:
    """A function with a name in a namespace. It is called as it is; the other forms of it aren't needed here."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__name__ = getattr(function, "__name__", "operator")
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    @property
    def default(self) -> CustomOp:
        """The form for any arguments: the function itself."""
        return self

    def register_fake(self, function: Any) -> Any:
        """``function`` as it is: shapes are seen by computing."""
        return function

    def register_kernel(self, device_types: Any, function: Any = None) -> Any:
        """``function`` as it is."""
        return function if function is not None else lambda decorated: decorated

    def register_vmap(self, function: Any = None) -> Any:
        """``function`` as it is."""
        return function if function is not None else lambda decorated: decorated

    def register_autograd(self, backward: Any, *, setup_context: Any = None) -> None:
        """RuntimeError: what computes with Tensors has its derivative; another is a `Function`."""
        raise RuntimeError("register_autograd: write an autograd.Function for a derivative of one's own")


class Namespace:
    """The functions of one namespace: what `custom_op` put there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"'_OpNamespace' '{self._name}' object has no attribute '{name}'")


class Namespaces:
    """``torch.ops``: namespaces by name."""

    def __getattr__(self, name: str) -> Namespace:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = made = Namespace(name)
        return made

    def load_library(self, path: Any) -> None:
        """OSError: what is compiled for PyTorch can't be loaded."""
        raise OSError(f"torch.ops.load_library: {path} is compiled for PyTorch, which isn't here")


ops = Namespaces()


def custom_op(name: str, fn: Any = None, /, **options: Any) -> Any:
    """Put a function into ``torch.ops`` as ``namespace::function``."""

    def declare(function: Callable[..., Any]) -> CustomOp:
        namespace, _, last = name.partition("::")
        made = CustomOp(function)
        setattr(getattr(ops, namespace), last, made)
        return made

    return declare if fn is None else declare(fn)


def unchanged(*args: Any, **options: Any) -> Any:
    """What decorates a function with itself."""
    return lambda decorated: decorated


register_fake = impl_abstract = register_kernel = register_autograd = register_vmap = impl = unchanged
triton_op = custom_op


def define(*args: Any, **options: Any) -> None:
    """Nothing: a function says what it takes."""


class Library:
    """A namespace to be filled. What is said of compiled functions is heard; `custom_op` brings functions."""

    def __init__(self, ns: str, kind: str = "FRAGMENT", dispatch_key: str = "") -> None:
        self.ns = ns

    def define(self, *args: Any, **options: Any) -> None:
        """Nothing."""

    def impl(self, name: Any, fn: Any = None, *args: Any, **options: Any) -> Any:
        """``fn`` as it is."""
        return fn

    def _register_fake(self, *args: Any, **options: Any) -> None: ...


def get_ctx() -> Any:
    """RuntimeError: shapes are seen by computing."""
    raise RuntimeError("torch.library.get_ctx: shapes are seen by computing here")


class OpOverload:
    """The type of one form of PyTorch's ops; nothing here is one."""


class OpOverloadPacket:
    """The type of PyTorch's ops; nothing here is one."""

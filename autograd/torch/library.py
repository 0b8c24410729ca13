"""``torch.library`` and ``torch.ops``: functions under names of a library's own."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ..engine.tensor import Tensor
from .scope import absence


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


class OpOverload:
    """One form of an op of PyTorch's, such as ``torch.ops.aten.add.Tensor``: here all forms are one function."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.__name__ = name.partition("::")[2]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = self.__name__.partition(".")[0]
        for source in (importlib.import_module("torch"), importlib.import_module("torch.nn.functional"), Tensor):
            if hasattr(source, name):
                return getattr(source, name)(*args, **kwargs)
        raise NotImplementedError(f"torch.ops.{self._name.replace('::', '.')}: {absence(f'torch.{name}')}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}(op='{self._name.replace('::', '.')}')>"


class OpOverloadPacket(OpOverload):
    """All forms of an op of PyTorch's, such as ``torch.ops.aten.add``."""

    def __getattr__(self, name: str) -> OpOverload:
        if name.startswith("_"):
            raise AttributeError(name)
        self.__dict__[name] = made = OpOverload(f"{self._name}.{name}")
        return made


class Aten:
    """``torch.ops.aten``: PyTorch's ops by name, which libraries take for the keys of tables. Some can be called."""

    def __getattr__(self, name: str) -> OpOverloadPacket:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = made = OpOverloadPacket(f"aten::{name}")
        return made


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

    def __init__(self) -> None:
        self.aten = Aten()

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

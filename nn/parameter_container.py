"""Modules that hold Parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from autograd import Tensor

from .module import Module
from .parameter import Parameter, is_lazy


class ParameterContainer(Module):
    """What is held under the names ``_keys``: Tensors as Parameters, and other objects as they are."""

    # What is assigned to other attributes is no item.
    _keys: dict[str, None]

    def __init__(self) -> None:
        super().__init__()
        self._keys = {}

    def _put(self, key: str, value: Any) -> None:
        setattr(
            self, key, Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value
        )
        self._keys[key] = None

    def _held(self) -> dict[str, Any]:
        return {key: self.__dict__[key] for key in self._keys}

    def __len__(self) -> int:
        return len(self._keys)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """RuntimeError: it computes nothing."""
        raise RuntimeError(f"{type(self).__name__} should not be called.")

    def extra_repr(self) -> str:
        return "\n".join(f"  ({key}): {_described(value)}" for key, value in self._held().items())


def _described(value: Any) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    size = "unknown" if is_lazy(value) else "x".join(map(str, value.shape))
    return f"Parameter containing: [{value.dtype} of size {size}]"


class ParameterList(ParameterContainer):
    """A list of Parameters, which are also those of the module that holds the list.

    values: Tensors, of which Parameters are made, and whatever else is to lie between them.

    >>> nn.ParameterList([autograd.zeros(2, 3), autograd.ones(3)])
    ParameterList(
        (0): Parameter containing: [autograd.float32 of size 2x3]
        (1): Parameter containing: [autograd.float32 of size 3]
    )
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        if values is not None:
            self.extend(values)

    def _key(self, index: Any) -> str:
        index = operator.index(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range for {len(self)} parameters")
        return str(index % len(self))

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self.__dict__[self._key(index)]

    def __setitem__(self, index: int, value: Any) -> None:
        self._put(self._key(index), value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._held().values())

    def append(self, value: Any) -> Self:
        """Add a Parameter at the end."""
        self._put(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add Parameters at the end. TypeError for what is no iterable, and for a Tensor, whose rows aren't meant."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        # A copy: these may be the items of this list.
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)


class ParameterDict(ParameterContainer):
    """A dictionary of Parameters, which are also those of the module that holds the dictionary.

    parameters: a mapping, or pairs of a name and a value; Tensors among them become Parameters. As in PyTorch, a plain
    dict is taken in the order of its sorted names, an OrderedDict and pairs in their own.

    >>> nn.ParameterDict({"scale": autograd.ones(3), "bias": autograd.zeros(1)})
    ParameterDict(
        (bias): Parameter containing: [autograd.float32 of size 1]
        (scale): Parameter containing: [autograd.float32 of size 3]
    )
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise AttributeError(f"ParameterDict has no parameter {key!r}")
        return self.__dict__[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"a key of a ParameterDict has to be a string, not {key!r} of type {type(key).__name__}")
        self._put(key, value)

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> KeysView[str]:
        return self._keys.keys()

    def values(self) -> ValuesView[Any]:
        return self._held().values()

    def items(self) -> ItemsView[str, Any]:
        return self._held().items()

    def copy(self) -> ParameterDict:
        """Another ParameterDict of the same Parameters."""
        return ParameterDict(self.items())

    def get(self, key: str, default: Any = None) -> Any:
        """The parameter of this name, or ``default`` if there is none."""
        return self._held().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The parameter of this name, which is ``default`` from now on if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str) -> Any:
        """Take out the parameter of this name, and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Take out what was added last, and return its name and value; KeyError if there is nothing."""
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Take out all parameters."""
        for key in list(self):
            del self[key]

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new ParameterDict with ``default`` under each of these names."""
        return ParameterDict([(key, default) for key in keys])

    def update(self, parameters: Mapping[str, Any] | ParameterDict | Iterable[tuple[str, Any]]) -> None:
        """Add the values of a mapping, or of pairs of a name and a value; those of the same names are replaced."""
        if not isinstance(parameters, Iterable):
            raise TypeError(
                "ParameterDict.update should be called with an iterable of key/value pairs, but got "
                f"{type(parameters).__name__}"
            )
        pairs: Any = parameters
        if isinstance(parameters, (OrderedDict, ParameterDict)):
            pairs = parameters.items()
        elif isinstance(parameters, Mapping):
            pairs = sorted(parameters.items())
        for number, pair in enumerate(pairs):
            if not isinstance(pair, Iterable):
                raise TypeError(f"ParameterDict update sequence element #{number} should be Iterable; is {pair!r}")
            given = tuple(pair)
            if len(given) != 2:
                raise ValueError(
                    f"ParameterDict update sequence element #{number} has length {len(given)}; 2 is required"
                )
            self[given[0]] = given[1]

    def __or__(self, other: Any) -> ParameterDict:
        """Those of both, in a new ParameterDict; of the same name, that of ``other``."""
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other: Any) -> ParameterDict:
        made = ParameterDict(other)
        made.update(self)
        return made

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

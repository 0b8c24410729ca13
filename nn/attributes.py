"""What a module holds: parameters, buffers and other modules, each registered under its name."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from autograd import Tensor

from .hooks import registered
from .parameter import Buffer, Parameter

if TYPE_CHECKING:
    from .module import Module


# Methods that PyTorch's modules don't have: in a model they may be something else, and are then out of reach.
OURS = frozenset({"draw", "summary"})


class Attributes:
    """The part of a Module that keeps what is assigned to its attributes, and refuses what doesn't fit there."""

    # Parameters, buffers and modules lie among the other attributes, which makes reading them fast. Of buffers it is
    # noted which names they have and whether they are saved; of parameters and modules, which names hold something else
    # for now: None, or what was put into `_parameters` by hand. What is assigned there later has the place kept for it.
    _persistent: dict[str, bool]
    _vacant: dict[str, type]

    def __init__(self) -> None:
        # Where two bases of a class both call this, the second call drops nothing.
        self.__dict__.setdefault("_persistent", {})
        self.__dict__.setdefault("_vacant", {})
        self._seen_as_dicts()

    def _seen_as_dicts(self) -> None:
        """Have in ``__dict__``, too, the dicts that PyTorch keeps there, for libraries that look for them."""
        # A module goes with its last reference: these don't hold it.
        self.__dict__.update({name: Registered(weakref.ref(self), kind) for name, kind in DICTS.items()})

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__getattr__ is not Attributes.__getattr__ and cls.__getattribute__ is object.__getattribute__:
            cls.__getattribute__ = _by_getattr  # type: ignore[assignment, method-assign]

    def __getattr__(self, name: str) -> Any:
        if name in ("_persistent", "_vacant"):
            raise AttributeError(f"call super().__init__() first in {type(self).__name__}.__init__()")
        if self._kind(name) is not None:
            return self.__dict__[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def _parameters(self) -> Registered:
        return Registered(lambda: self, Parameter)

    @_parameters.setter
    def _parameters(self, values: Mapping[str, Any]) -> None:
        Registered(lambda: self, Parameter).become(values)

    @property
    def _buffers(self) -> Registered:
        return Registered(lambda: self, Tensor)

    @_buffers.setter
    def _buffers(self, values: Mapping[str, Any]) -> None:
        Registered(lambda: self, Tensor).become(values)

    @property
    def _modules(self) -> Registered:
        return Registered(lambda: self, Attributes)

    @_modules.setter
    def _modules(self, values: Mapping[str, Any]) -> None:
        Registered(lambda: self, Attributes).become(values)

    @property
    def _non_persistent_buffers_set(self) -> set[str]:
        """The names of the buffers that a `state_dict` hasn't; a set of its own."""
        return {name for name, persistent in self._persistent.items() if not persistent}

    def _kind(self, name: str) -> type | None:
        """As what the attribute ``name`` is registered: a key of `WHAT`, or None."""
        value = self.__dict__.get(name)
        if isinstance(value, Parameter):
            return Parameter
        if isinstance(value, Attributes):
            return Attributes
        return Tensor if name in self.__dict__.get("_persistent", ()) else self.__dict__.get("_vacant", {}).get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        kind = self._kind(name)
        new = Parameter if isinstance(value, Parameter) else Attributes if isinstance(value, Attributes) else None
        # A Parameter takes the place of anything, a module that of all but a Parameter.
        unfit = new is None or (new is Attributes and kind is Parameter)
        if kind is not None and value is not None and unfit and not isinstance(value, kind):
            what, wanted = WHAT[kind]
            raise TypeError(
                f"cannot assign a {type(value).__name__} as {'child ' if kind is Attributes else ''}{what} '{name}' of "
                f"{type(self).__name__} ({wanted} or None required)"
            )
        if new is not None:
            if new is Parameter:
                _check_spelling("parameter", name)
                of_class = name not in OURS and any(name in vars(base) for base in type(self).__mro__)
                # A property that has no value before it knows the Parameter may be named as it is.
                if of_class and hasattr(self, name):
                    raise self._taken("parameter", name)
            self._register(name, value, new)
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        elif value is None and kind in (Parameter, Attributes):
            self._register(name, None, kind)
        else:
            object.__setattr__(self, name, value if kind is None else registered(self, name, value, WHAT[kind][0]))

    def __delattr__(self, name: str) -> None:
        # What is registered goes even where a property of the class has the same name.
        if self._kind(name) is None:
            object.__delattr__(self, name)
        else:
            del self.__dict__[name]
        self._persistent.pop(name, None)
        self._vacant.pop(name, None)

    def __dir__(self) -> list[str]:
        """The names of all attributes that can be written after a dot."""
        return [name for name in super().__dir__() if not name[:1].isdigit()]

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "_persistent" in state:
            self.__dict__.update(state)
            self._seen_as_dicts()
            return
        # Of PyTorch: what is registered lies in dicts, and hooks, which are functions of a program, in others.
        Attributes.__init__(self)
        hidden = state.get("_non_persistent_buffers_set", ())
        self.__dict__.update(
            {name: value for name, value in state.items() if name not in DICTS and not name.endswith("_hooks")}
        )
        for name in DICTS:
            setattr(self, name, state.get(name, {}))
        self._persistent.update(dict.fromkeys(hidden, False))

    def _check_init(self, kind: type) -> None:
        if "_persistent" not in self.__dict__:
            raise AttributeError(
                f"cannot assign {WHAT[kind][0]} before Module.__init__() call; call super().__init__() first in "
                f"{type(self).__name__}.__init__()"
            )

    def _register(self, name: str, value: Any, kind: type) -> None:
        """Set the attribute ``name`` to a Parameter or module, or to None in its place; a new one comes last."""
        self._check_init(kind)
        if kind is Parameter and value is not None and not value.is_leaf:
            raise ValueError(
                f"cannot assign non-leaf Tensor to parameter '{name}': {value.grad_fn} made it; to have it a function "
                "of another Tensor, compute it in forward()"
            )
        if value is not None or kind is not Parameter:
            value = registered(self, name, value, WHAT[kind][0])
        self._hold(name, value, kind)

    def _hold(self, name: str, value: Any, kind: type) -> None:
        """Have ``value`` under ``name`` as what is registered there, whatever it is; a new name comes last."""
        persistent = self._persistent.get(name, True)
        if self._kind(name) is not kind:
            self.__dict__.pop(name, None)
            self._persistent.pop(name, None)
            self._vacant.pop(name, None)
        if kind is Tensor:
            self._persistent[name] = persistent
        elif isinstance(value, kind):
            self._vacant.pop(name, None)
        else:
            self._vacant[name] = kind
        self.__dict__[name] = value

    def _check_name(self, name: Any, kind: type) -> None:
        """Raise TypeError or KeyError unless ``name`` is free, or has a value of this kind."""
        what = WHAT[kind][0]
        _check_spelling(what, name)
        if self._kind(name) is not kind and (name in self.__dict__ or (name not in OURS and hasattr(self, name))):
            raise self._taken(what, name)

    def _taken(self, what: str, name: str) -> KeyError:
        return KeyError(f"attribute '{name}' already exists in {type(self).__name__}; give the {what} another name")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set the attribute ``name`` to a Parameter, or to None where the module does without it.

        TypeError for what is neither, KeyError for an empty name or one with a dot, or if there is another attribute of
        this name, ValueError for a Parameter that was computed.
        """
        self._check_init(Parameter)
        self._check_name(name, Parameter)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign a {type(param).__name__} as parameter '{name}' (Parameter or None required); "
                "wrap a Tensor as nn.Parameter(tensor), or register it as a buffer"
            )
        self._register(name, param, Parameter)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set the attribute ``name`` to a Tensor that is not learned; in the `state_dict` if ``persistent``.

        TypeError for what is neither a Tensor nor None, KeyError as of `register_parameter`.
        """
        self._check_init(Tensor)
        self._check_name(name, Tensor)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign a {type(tensor).__name__} as buffer '{name}' (Tensor or None required)")
        tensor = registered(self, name, tensor, "buffer")
        self._persistent[name] = persistent
        self.__dict__[name] = tensor

    def add_module(self, name: str, module: Module | None) -> None:
        """Set the attribute ``name``, which need not be an identifier, to a module, or to None to keep its place.

        TypeError for what is neither, KeyError as of `register_parameter`.
        """
        self._check_init(Attributes)
        if module is not None and not isinstance(module, Attributes):
            raise TypeError(f"{type(module).__name__} is not a Module subclass: {name!r} of {type(self).__name__}")
        self._check_name(name, Attributes)
        self._register(name, module, Attributes)

    def register_module(self, name: str, module: Module | None) -> None:
        """As `add_module`."""
        self.add_module(name, module)


def _by_getattr(self: Attributes, name: str) -> Any:
    """The attribute ``name``, which a class with a ``__getattr__`` of its own is asked for if it is registered.

    In PyTorch that is how all that is registered is found, so that such a class sees each reading of it.
    """
    held = object.__getattribute__(self, "__dict__")
    if name in held and not hasattr(type(self), name) and Attributes._kind(self, name) is not None:
        return type(self).__getattr__(self, name)
    return object.__getattribute__(self, name)


class Registered(dict[str, Any]):
    """What of one kind is registered in a module, as the dict that PyTorch keeps of it, which scripts edit.

    >>> model = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    >>> model._modules["1"] = nn.Tanh()
    >>> model
    Sequential(
      (0): Linear(in_features=1, out_features=1, bias=True)
      (1): Tanh()
    )
    """

    __slots__ = ("_module", "kind")

    def __new__(cls, values: Any = (), kind: type | None = None) -> Registered | dict[str, Any]:  # type: ignore[misc]
        # Whoever makes a container anew by its type, as libraries do that move all Tensors in it, gets a dict.
        return dict(values) if kind is None else super().__new__(cls)

    def __init__(self, module: Callable[[], Attributes | None], kind: type) -> None:
        self._module, self.kind = module, kind

    @property
    def module(self) -> Attributes:
        module = self._module()
        assert module is not None, "the module is gone"
        return module

    def __iter__(self) -> Iterator[str]:
        names = self.module._persistent if self.kind is Tensor else self.module.__dict__
        return iter([name for name in names if self.module._kind(name) is self.kind])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Any:
        if self.module._kind(name) is not self.kind:
            raise KeyError(name)
        return self.module.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        # Nothing is checked: libraries put Tensors that were computed in the place of Parameters.
        self.module._hold(name, value, self.kind)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        delattr(self.module, name)

    def become(self, values: Mapping[str, Any]) -> None:
        """Have these instead, in their order: what libraries mean by assigning to ``_modules``."""
        after = dict(values)
        for name in list(self):
            del self[name]
        self.update(after)

    # Those of a dict, which can be gone through backwards, and while the module changes.
    def keys(self) -> Any:
        return self.copy().keys()

    def values(self) -> Any:
        return self.copy().values()

    def items(self) -> Any:
        return self.copy().items()

    def copy(self) -> dict[str, Any]:
        """What is registered, in a dict of its own."""
        return {name: self[name] for name in self}

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        if id(self.module) in memo:
            return Registered(weakref.ref(memo[id(self.module)]), self.kind)
        return copy.deepcopy(self.copy(), memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.copy(),)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return self.__reduce__()

    def __reversed__(self) -> Iterator[str]:
        return reversed(self.copy())

    def __or__(self, other: Any) -> dict[str, Any]:  # type: ignore[override]
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __eq__(self, other: object) -> bool:
        return self.copy() == other

    __hash__ = None

    def __repr__(self) -> str:
        return repr(self.copy())


# A dict in name only: all that is not written above goes through what is.
for _name in ("__contains__", "clear", "get", "pop", "popitem", "setdefault", "update"):
    setattr(Registered, _name, getattr(MutableMapping, _name))

# What a kind is called, and what has to be assigned where one is. A module is known by the attributes that it has.
WHAT: dict[type, tuple[str, str]] = {
    Parameter: ("parameter", "Parameter"),
    Attributes: ("module", "Module"),
    Tensor: ("buffer", "Tensor"),
}


# The dicts that there are of them, by their names in PyTorch.
DICTS: dict[str, type] = {"_parameters": Parameter, "_buffers": Tensor, "_modules": Attributes}


def _check_spelling(what: str, name: Any) -> None:
    if not isinstance(name, str):
        raise TypeError(f"{what} name should be a string. Got {type(name).__name__}")
    if "." in name:
        raise KeyError(f'{what} name can\'t contain ".", as {name!r} does: dots lead from module to module')
    if not name:
        raise KeyError(f'{what} name can\'t be empty string ""')


def own_parameters(module: Attributes) -> Iterator[tuple[str, Parameter]]:
    """The Parameters that are attributes of ``module`` itself, with what was put in the place of one."""
    if not module._vacant:
        return ((name, value) for name, value in module.__dict__.items() if isinstance(value, Parameter))
    return ((n, v) for n, v in module.__dict__.items() if v is not None and module._kind(n) is Parameter)


def own_buffers(module: Attributes) -> Iterator[tuple[str, Tensor]]:
    """The buffers that are attributes of ``module`` itself."""
    values = ((name, module.__dict__.get(name)) for name in module._persistent)
    return ((name, value) for name, value in values if value is not None)

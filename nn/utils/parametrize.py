"""Parameters that are computed whenever they are read, from others that are learned in their place."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from autograd import Tensor, no_grad

from ..container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

M = TypeVar("M", bound=Module)


class Cache:
    """What was computed inside of `cached`, and how many of its blocks are open."""

    open = 0
    values: dict[ParametrizationList, Tensor] = {}  # noqa: RUF012  # one for all, as the count


@contextmanager
def cached() -> Iterator[None]:
    """A block in which each parametrized Tensor is computed once, however often it is read.

    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> with nn.utils.parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    Cache.open += 1
    try:
        yield
    finally:
        Cache.open -= 1
        if not Cache.open:
            Cache.values = {}


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _check_several(what: str, value: Any) -> None:
    """Raise ValueError unless ``value`` is a sequence of Tensors."""
    if not isinstance(value, Sequence):
        raise ValueError(f"{what} must return a Tensor or a Sequence of tensors. Got {type(value).__name__}")
    for i, part in enumerate(value):
        if not isinstance(part, Tensor):
            raise ValueError(
                f"{what} must return a Tensor or a Sequence of tensors. Got element {i} of the sequence with type "
                f"{type(part).__name__}."
            )


def _check_same(what: str, made: Any, shape: tuple[int, ...], dtype: Any) -> None:
    """Raise ValueError unless ``made`` is a Tensor with this dtype and shape."""
    if not isinstance(made, Tensor):
        raise ValueError(f"{what} must return a tensor. Got {type(made).__name__}.")
    for attribute, expected in (("dtype", dtype), ("shape", shape)):
        found = getattr(made, attribute)
        if found != expected:
            raise ValueError(
                f"{what} may not change the {attribute} of the tensor, unless the `unsafe` flag is enabled: it was "
                f"{expected} and became {found}"
            )


class ParametrizationList(ModuleList):
    """The parametrizations of one Tensor, and what is learned in its place: ``original``, or ``original0``, ...

    Calling it computes the Tensor. `register_parametrization` makes it, with the Tensor as ``original``.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype, new = original.shape, original.dtype, original
        with no_grad():
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    # What can't be inverted is taken for its own inverse.
                    try:
                        new = module.right_inverse(new)
                    except NotImplementedError:
                        continue
        self.is_tensor = isinstance(new, Tensor)
        if self.is_tensor:
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            self.ntensors = 1
            # The same object, which an optimizer may know already.
            before, original.data = original.data, new.detach()
            _register(self, "original", original)
        else:
            _check_several("'right_inverse'", new)
            self.ntensors = len(new)
            for i, part in enumerate(new):
                kept = Parameter(part, original.requires_grad) if isinstance(original, Parameter) else part.detach()
                _register(self, f"original{i}", kept.requires_grad_(original.requires_grad))
        if not unsafe:
            try:
                _check_same("A parametrization", self(), shape, dtype)
            except ValueError:
                if self.is_tensor:
                    original.data = before
                raise

    def originals(self) -> list[Tensor]:
        """What is learned in the Tensor's place."""
        names = ["original"] if self.is_tensor else [f"original{i}" for i in range(self.ntensors)]
        return [getattr(self, name) for name in names]

    def right_inverse(self, value: Any) -> None:
        """Set the originals to what gives ``value``, by the ``right_inverse`` of each parametrization.

        RuntimeError if one has none, ValueError for another number of Tensors or another dtype.
        """
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
        values = [value] if self.is_tensor else value
        _check_several("`right_inverse`", values)
        if len(values) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                f"length {len(values)}."
            )
        for i, (original, part) in enumerate(zip(self.originals(), values)):
            if original.dtype != part.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while its original has dtype "
                    f"{original.dtype}"
                )
        for original, part in zip(self.originals(), values):
            original.data = part.detach()

    def forward(self) -> Tensor:
        first, *others = self
        made: Tensor = first(*self.originals())
        for module in others:
            made = module(made)
        return made


def _read(name: str) -> property:
    """The attribute that computes the Tensor ``name``, and sets its originals when it is assigned to."""

    def get(self: Any) -> Tensor:
        parametrizations: ParametrizationList = self.parametrizations[name]
        if not Cache.open:
            return parametrizations()
        if parametrizations not in Cache.values:
            Cache.values[parametrizations] = parametrizations()
        return Cache.values[parametrizations]

    def set(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, set)


def _refuse_pickle(self: Any) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): save that, and load it into a "
        "module that is parametrized in the same way"
    )


def _copied(self: Any, memo: dict[int, Any]) -> Any:
    """A copy for `copy.deepcopy`, with a class of its own: what is parametrized in one may be changed in the other."""
    base = type_before_parametrizations(self)
    made: Any = object.__new__(base)
    memo[id(self)] = made
    made.__dict__.update(copy.deepcopy(self.__dict__, memo))
    made.__class__ = _class_of(base, list(self.parametrizations))
    return made


def _class_of(base: type, names: Sequence[str]) -> type:
    """A class for one module, in which the Tensors of these names are computed."""
    content: dict[str, Any] = {"__getstate__": _refuse_pickle}
    if not hasattr(base, "__deepcopy__"):
        content["__deepcopy__"] = _copied
    content |= {name: _read(name) for name in names}
    return type(f"Parametrized{base.__name__}", (base,), content)


def register_parametrization(module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> M:
    """From now on ``module.tensor_name`` is ``parametrization(original)``, and ``original`` is what is learned.

    The original is ``module.parametrizations.tensor_name.original``. If the parametrization has a method
    ``right_inverse``, the Tensor starts with the value it has, and may be assigned to; one that returns several Tensors
    makes them ``original0``, ``original1``, ..., and all are arguments of the parametrization. Of a Tensor that is
    parametrized already, the parametrizations are applied one after the other. unsafe: allow dtype and shape to change.
    ValueError where they do so otherwise, and for a name that is neither a parameter's nor a buffer's.

    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = nn.utils.parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> layer.weight.equal(layer.weight.T), list(layer.state_dict())
    (True, ['bias', 'parametrizations.weight.original'])
    """
    parametrization.train(module.training)
    own = {
        **dict(module.named_parameters(recurse=False, remove_duplicate=False)),
        **dict(module.named_buffers(recurse=False, remove_duplicate=False)),
    }
    if is_parametrized(module, tensor_name):
        if not unsafe:
            before = getattr(module, tensor_name)
            made = parametrization(before)
            _check_same("A parametrization", made, before.shape, before.dtype)
            if hasattr(parametrization, "right_inverse"):
                try:
                    inverse = parametrization.right_inverse(made)
                except NotImplementedError:
                    pass
                else:
                    _check_same("parametrization.right_inverse", inverse, before.shape, before.dtype)
        parametrizations = module.parametrizations[tensor_name]
        parametrizations.append(parametrization)
        parametrizations.unsafe |= unsafe
    elif tensor_name in own:
        parametrizations = ParametrizationList([parametrization], own[tensor_name], unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            module.__class__ = _class_of(type(module), ())
            module.parametrizations = ModuleDict()
        setattr(type(module), tensor_name, _read(tensor_name))
        module.parametrizations[tensor_name] = parametrizations
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the Tensor of this name, or any if none is given, is parametrized in ``module``."""
    parametrizations = module.__dict__.get("parametrizations")
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make the Tensor a parameter or buffer again, of the value that it has now.

    leave_parametrized: False for the value of ``original``. ValueError where it is not parametrized, and for that of
    several originals.

    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> list(nn.utils.parametrize.remove_parametrizations(layer, "weight").state_dict())
    ['bias', 'weight']
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        (original,) = parametrizations.originals()
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name).detach()
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of ``module``, or the one that it had before a parametrization was registered.

    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> nn.utils.parametrize.type_before_parametrizations(layer) is nn.Linear
    True
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: M, tensor_name: str | None = None) -> M:
    """Parametrize ``to_module`` as ``from_module`` is, with the same originals: one Tensor, or all if none is named.

    A Tensor that ``to_module`` doesn't have is made there.
    """
    if not is_parametrized(from_module):
        return to_module
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        for key in ["original"] if source.is_tensor else [f"original{i}" for i in range(source.ntensors)]:
            setattr(to_module.parametrizations[name], key, getattr(source, key))
    return to_module

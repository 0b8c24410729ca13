"""The modules below a module, and what they hold, under dotted names."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from autograd import Tensor
from autograd.engine.backward import clear_grads

from .attributes import Attributes, own_buffers, own_parameters
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class Tree(Attributes):
    """The part of a Module that finds what is below it.

    A model may have attributes named ``modules`` or ``parameters``, which hide the methods of these names. So nothing
    here calls those of a module; only `named_modules` goes by that of each, which a subclass may define.
    """

    def _modules_and_places(self) -> dict[str, Any]:
        """The modules assigned to attributes, with None where a place is kept for one."""
        if not self._vacant:
            return {name: value for name, value in self.__dict__.items() if isinstance(value, Tree)}
        kept = self._vacant.get
        return {n: v for n, v in self.__dict__.items() if isinstance(v, Tree) or (v is None and kept(n) is Attributes)}

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules assigned to attributes, each once, with their names."""
        seen: set[int] = set()
        for name, module in self._modules_and_places().items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules assigned to attributes, each once."""
        return (module for _, module in Tree.named_children(self))

    def named_modules(
        self: Any, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once if ``remove_duplicate``, with their dotted names."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, child in self._modules_and_places().items():
            if child is not None:
                yield from child.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it, each once if ``remove_duplicate``."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def _named(
        self: Any,
        own: Callable[[Module], Iterable[tuple[str, Any]]],
        prefix: str,
        recurse: bool,
        remove_duplicate: bool,
    ) -> Generator[tuple[str, Any], None, Module]:
        """What ``own`` finds in each module, each once if ``remove_duplicate``, with its dotted name."""
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in own(module):
                if id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value
        return self

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Generator[tuple[str, Parameter], None, Module]:
        """The Parameters of this module and of all below it, each once if ``remove_duplicate``, with dotted names.

        The generator returns the module, from which an optimizer learns why there are none.

        >>> [name for name, _ in nn.Sequential(nn.Linear(1, 1)).named_parameters()]
        ['0.weight', '0.bias']
        """
        return self._named(own_parameters, prefix, recurse, remove_duplicate)

    def parameters(self: Any, recurse: bool = True) -> Generator[Parameter, None, Module]:
        """The Parameters of this module and of all below it, each once; see `named_parameters`."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter
        return self

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers of this module and of all below it, each once if ``remove_duplicate``, with dotted names."""
        return self._named(own_buffers, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and of all below it."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module with this dotted name; AttributeError if there is none."""
        module: Any = self
        for name in target.split(".") if target else ():
            module = getattr(module, name)
            if not isinstance(module, Tree):
                raise AttributeError(f"`{name}` in {target!r} is not an nn.Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The Parameter with this dotted name; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` in {target!r} is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with this dotted name; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found: Tensor = getattr(module, name)
        if name not in module._persistent:
            raise AttributeError(f"`{name}` in {target!r} is not a buffer")
        return found

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put ``module`` where the dotted name ``target`` leads; with ``strict`` only where there is a module already.

        ValueError for an empty name or what is no module, AttributeError where the name leads nowhere or to something
        else.
        """
        path, _, name = target.rpartition(".")
        if not name:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Tree):
            raise ValueError(f"set_submodule: expected an nn.Module, not {type(module).__name__}")
        parent = self.get_submodule(path)
        if strict or hasattr(parent, name):
            parent.get_submodule(name)
        setattr(parent, name, module)

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call ``fn`` with each module below this one, children first, and with this one.

        >>> def ones(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.ones_(module.weight)
        >>> nn.Sequential(nn.Linear(2, 1)).apply(ones)[0].weight.sum().item()
        2.0
        """
        for child in Tree.children(self):
            child.apply(fn)
        fn(self)
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Turn the gradients of all parameters on or off."""
        for parameter in Tree.parameters(self):
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to 0."""
        clear_grads(list(Tree.parameters(self)), set_to_none)

    def _unregistered(self) -> list[str]:
        """What to tell of Parameters to be learned that are out of sight, as their modules lie in plain containers."""
        known = {id(parameter) for parameter in Tree.parameters(self)}
        found = []
        for path, module in Tree.named_modules(self):
            for name, value in vars(module).items():
                kind = next((kind for kind in REGISTERS if isinstance(value, kind)), None)
                hidden = [] if kind is None else list(_held(value))
                if kind and any(p.requires_grad and id(p) not in known for one in hidden for p in _parameters_of(one)):
                    whole = ".".join(filter(None, [type(self).__name__, path, name]))
                    modules, parameters = REGISTERS[kind]
                    registering = parameters if all(isinstance(one, Parameter) for one in hidden) else modules
                    found.append(
                        f"{whole} is a plain {kind.__name__}, which hides what is in it; make it nn.{registering}"
                    )
        return found


# Plain containers, and what to have in the place of one of modules, or of Parameters.
REGISTERS = {
    list: ("ModuleList", "ParameterList"),
    tuple: ("ModuleList", "ParameterList"),
    dict: ("ModuleDict", "ParameterDict"),
}


def _held(value: Any) -> Iterator[Tree | Parameter]:
    """The modules and Parameters in a list, tuple or dict, or in others within it."""
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, (Tree, Parameter)):
            yield one
        # Longer ones hold data.
        elif isinstance(one, (list, tuple, Mapping)) and id(one) not in seen and len(one) <= 10_000:
            seen.add(id(one))
            waiting.extend(one.values() if isinstance(one, Mapping) else one)


def _parameters_of(one: Tree | Parameter) -> Iterable[Parameter]:
    return [one] if isinstance(one, Parameter) else Tree.parameters(one)

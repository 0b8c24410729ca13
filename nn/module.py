"""The base of all layers and networks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

import autograd
from autograd import Tensor
from autograd.creation.layout import CHANNELS_LAST
from autograd.engine import above
from autograd.engine.backward import clear_grads
from autograd.engine.hooks import RemovableHandle

from .hooks import Hook, Hooks, call_with_hooks
from .loading import EXTRA_STATE, IncompatibleKeys, load
from .parameter import Parameter

if TYPE_CHECKING:
    from autograd.seeing.dot import Drawing

M = TypeVar("M", bound="Module")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result", covariant=True)


class HasForward(Protocol[Arguments, Result]):
    """What has a ``forward``: calling a module takes and returns what the ``forward`` of its own class does."""

    _hooks: Hooks | None

    def forward(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result: ...


class Module:
    """A layer or a network: assign Parameters and other modules to attributes, and define ``forward``.

    >>> class Double(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.scale = nn.Parameter(autograd.tensor(2.))
    ...     def forward(self, x):
    ...         return x * self.scale
    >>> Double()(autograd.tensor(3.))
    tensor(6., grad_fn=<MulBackward0>)
    """

    training: bool = True

    # Parameters, buffers and modules lie among the other attributes, which makes reading them fast. Of buffers it is
    # noted which names they have and whether they are saved; of parameters and modules, which names hold None for now:
    # what is assigned there later has the place that was kept for it.
    _buffers: dict[str, bool]
    _vacant: dict[str, type]
    # Made when the first hook is registered: most modules have none.
    _hooks: Hooks | None = None

    def __init__(self) -> None:
        self.__dict__.update(_buffers={}, _vacant={})

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self: HasForward[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if self._hooks is not None:
            return call_with_hooks(self, self._hooks, args, kwargs)
        return self.forward(*args, **kwargs)

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            self.__dict__["_hooks"] = Hooks()
        assert self._hooks is not None
        return self._hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before every forward; what it returns takes the place of ``args``.

        prepend: before the hooks that are there. with_kwargs: it is called with ``(module, args, kwargs)``, and returns
        both.
        """
        return RemovableHandle(self._own_hooks().before, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after every forward; what it returns takes the place of ``output``.

        prepend: before the hooks that are there. with_kwargs: it is called with ``(module, args, kwargs, output)``.
        always_call: also if the forward or another hook raises, with the output None if there is none yet.
        """
        return RemovableHandle(self._own_hooks().after, Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of what the module gave are known.

        What it returns takes their place, in a tuple.
        """
        return RemovableHandle(self._own_hooks().before_backward, Hook(hook), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of what the module was given are known.

        Both are tuples, with None for what has no gradient. What it returns takes the place of ``grad_input``.
        """
        return RemovableHandle(self._own_hooks().after_backward, Hook(hook), prepend)

    def __getattr__(self, name: str) -> Any:
        if name in ("_buffers", "_vacant"):
            raise AttributeError(f"call super().__init__() first in {type(self).__name__}.__init__()")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _kind(self, name: str) -> type | None:
        """As what the attribute ``name`` is registered: Parameter, Module, Tensor for a buffer, or None."""
        value = self.__dict__.get(name)
        if isinstance(value, Parameter):
            return Parameter
        if isinstance(value, Module):
            return Module
        return Tensor if name in self.__dict__.get("_buffers", ()) else self.__dict__.get("_vacant", {}).get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        kind = self._kind(name)
        new = Parameter if isinstance(value, Parameter) else Module if isinstance(value, Module) else None
        # A Parameter takes the place of anything, a module that of all but a Parameter.
        unfit = new is None or (new is Module and kind is Parameter)
        if kind is not None and value is not None and unfit and not isinstance(value, kind):
            what = {Parameter: "parameter", Module: "child module", Tensor: "buffer"}[kind]
            raise TypeError(
                f"cannot assign a {type(value).__name__} as {what} '{name}' of {type(self).__name__} "
                f"({kind.__name__} or None required)"
            )
        if new is not None:
            self._register(name, value, new)
        elif value is None and kind in (Parameter, Module):
            self._register(name, None, kind)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._buffers.pop(name, None)
        self._vacant.pop(name, None)

    def _register(self, name: str, value: Any, kind: type) -> None:
        """Set the attribute ``name`` to a Parameter or module, or to None in its place; a new one comes last."""
        if self._kind(name) is not kind:
            self.__dict__.pop(name, None)
        self._buffers.pop(name, None)
        self._vacant.pop(name, None)
        if value is None:
            self._vacant[name] = kind
        self.__dict__[name] = value

    def _check_name(self, what: str, name: Any, kind: type) -> None:
        """Raise TypeError or KeyError unless ``name`` is free, or has a value of this kind."""
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string, not {type(name).__name__}")
        if not name or "." in name:
            raise KeyError(f"{what} name must not be empty or contain a dot, but is {name!r}")
        if self._kind(name) is not kind and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists in {type(self).__name__}; give the {what} another name")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set the attribute ``name`` to a Parameter, or to None where the module does without it.

        TypeError for what is neither, KeyError if there is another attribute of this name.
        """
        self._check_name("parameter", name, Parameter)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign a {type(param).__name__} as parameter '{name}' (Parameter or None required); "
                "wrap a Tensor as nn.Parameter(tensor), or register it as a buffer"
            )
        self._register(name, param, Parameter)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set the attribute ``name`` to a Tensor that is not learned; in the `state_dict` if ``persistent``.

        TypeError for what is neither a Tensor nor None, KeyError if there is another attribute of this name.
        """
        self._check_name("buffer", name, Tensor)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign a {type(tensor).__name__} as buffer '{name}' (Tensor or None required)")
        self._buffers[name] = persistent
        self.__dict__[name] = tensor

    def add_module(self, name: str, module: Module | None) -> None:
        """Set the attribute ``name``, which need not be an identifier, to a module, or to None to keep its place.

        TypeError for what is neither, KeyError if there is another attribute of this name.
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass: {name!r} of {type(self).__name__}")
        self._check_name("module", name, Module)
        self._register(name, module, Module)

    register_module = add_module

    def _modules_and_places(self) -> dict[str, Any]:
        """The modules assigned to attributes by name, with None where a place is kept for one."""
        if not self._vacant:
            return {name: value for name, value in self.__dict__.items() if isinstance(value, Module)}
        kept = self._vacant.get
        return {n: v for n, v in self.__dict__.items() if isinstance(v, Module) or (v is None and kept(n) is Module)}

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules assigned to attributes, each once, with their names."""
        seen: set[int] = set()
        for name, value in self.__dict__.items():
            if isinstance(value, Module) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def children(self) -> Iterator[Module]:
        """The modules assigned to attributes."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
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

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def _named(
        self, own: Callable[[Module], Iterable[tuple[str, Any]]], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        """What ``own`` finds in each module, each once if ``remove_duplicate``, with its dotted name."""
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in own(module):
                if id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The Parameters of this module and of all below it, each once if ``remove_duplicate``, with dotted names.

        >>> [name for name, _ in nn.Sequential(nn.Linear(1, 1)).named_parameters()]
        ['0.weight', '0.bias']
        """
        return self._named(_own_parameters, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The Parameters of this module and of all below it, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers of this module and of all below it, each once if ``remove_duplicate``, with dotted names."""
        return self._named(_own_buffers, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and of all below it."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module with this dotted name; AttributeError if there is none."""
        module = self
        for name in filter(None, target.split(".")):
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` in {target!r} is not a Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The Parameter with this dotted name; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` in {target!r} is not a Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with this dotted name; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found: Tensor = getattr(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` in {target!r} is not a buffer")
        return found

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put ``module`` where the dotted name ``target`` leads; with ``strict`` only where there is a module already.

        ValueError for an empty name or what is no module, AttributeError where the name leads nowhere.
        """
        path, _, name = target.rpartition(".")
        if not name:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"set_submodule: expected a Module, not {type(module).__name__}")
        if strict:
            self.get_submodule(target)
        self.get_submodule(path).add_module(name, module)

    def train(self: M, mode: bool = True) -> M:
        """Set this module and all below it to training, or with ``mode=False`` to prediction."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: M) -> M:
        """Set this module and all below it to prediction: dropout off, batch norm by its running statistics."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Turn the gradients of all parameters on or off."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to 0."""
        clear_grads(self.parameters(), set_to_none)

    def apply(self: M, fn: Callable[[Module], Any]) -> M:
        """Call ``fn`` with each module below this one, children first, and with this one.

        >>> def ones(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.ones_(module.weight)
        >>> nn.Sequential(nn.Linear(2, 1)).apply(ones)[0].weight.sum().item()
        2.0
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert all floating-point parameters and buffers, as `Tensor.to` would, in place.

        memory_format: how those are laid out that have the dimensions it is for. TypeError for a dtype of integers.
        """
        layout = kwargs.pop("memory_format", None)
        wanted = autograd.empty(0).to(*args, **kwargs).dtype
        if not wanted.is_floating_point:
            raise TypeError(f"Module.to only accepts floating point dtypes, but got {wanted}")
        tensors: list[Tensor] = [*self.parameters(), *self.buffers()]
        for tensor in tensors:
            converted = tensor.data.to(*args, **kwargs)
            if layout is not None and tensor.dim() == CHANNELS_LAST.get(layout, tensor.dim()):
                converted = converted.contiguous(memory_format=layout)
            if converted.is_floating_point() and tensor.is_floating_point():
                tensor.data = converted
                if tensor.grad is not None:
                    tensor.grad = tensor.grad.to(*args, **kwargs)
        return self

    def float(self: M) -> M:
        """All parameters and buffers in float32."""
        return self.to(autograd.float32)

    def double(self: M) -> M:
        """All parameters and buffers in float64."""
        return self.to(autograd.float64)

    def half(self: M) -> M:
        """All parameters and buffers in float16."""
        return self.to(autograd.float16)

    def cpu(self: M) -> M:
        return self

    def get_extra_state(self) -> Any:
        """What of this module a `state_dict` is to have beside its parameters and buffers; a subclass may define it."""
        raise NotImplementedError(f"{type(self).__name__} defines set_extra_state, and has to define get_extra_state")

    def set_extra_state(self, state: Any) -> None:
        """Take over what `get_extra_state` gave."""
        raise NotImplementedError(f"{type(self).__name__} defines get_extra_state, and has to define set_extra_state")

    def _saved(self, prefix: str = "") -> Iterator[tuple[str, Module, str]]:
        """What a `state_dict` has: the dotted name of each, the module it belongs to, and its name there."""
        for name, _ in _own_parameters(self):
            yield prefix + name, self, name
        for name, _ in _own_buffers(self):
            if self._buffers[name]:
                yield prefix + name, self, name
        if type(self).get_extra_state is not Module.get_extra_state:
            yield prefix + EXTRA_STATE, self, EXTRA_STATE
        for name, child in self._modules_and_places().items():
            if child is not None:
                yield from child._saved(f"{prefix}{name}.")

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Any]:
        """All parameters and persistent buffers by dotted name, sharing memory with the module.

        keep_vars: the parameters themselves, which require grad.

        >>> list(nn.BatchNorm1d(2).state_dict())
        ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
        """
        state: OrderedDict[str, Any] = OrderedDict()
        for dotted, module, name in self._saved(prefix):
            if name == EXTRA_STATE:
                state[dotted] = module.get_extra_state()
            else:
                value = module.__dict__[name]
                state[dotted] = value if keep_vars else value.detach()
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy the values of a `state_dict` into the parameters and buffers of the same names.

        assign: take its Tensors instead of copying their values, in their dtype. RuntimeError, listing them all and
        changing nothing, for names missing or unexpected (unless not ``strict``), for shapes that differ, for what is
        no Tensor, and for parameters that can't be written to.
        """
        return load(self, state_dict, strict, assign)

    def draw(self, /, *inputs: Any, **options: Any) -> Drawing:
        """The computation graph of ``self(*inputs)`` as `autograd.draw` draws it, with a frame around each module.

        options: direction, show, fold, expand and theme as of `autograd.draw`; and depth: modules below this depth are
        one box each; 0 is this module itself. All other keywords are inputs, such as ``model.draw(x, mask=mask)``.
        Neither buffers nor the state of randomness change. If ``forward`` raises, the picture shows how far it came,
        what raised in red, and has the exception as ``error``.

        >>> nn.Sequential(nn.Linear(2, 3), nn.Tanh()).draw(autograd.ones(1, 2)).source.count("->")
        4
        """
        # What draws takes long to import, and most programs draw nothing.
        from autograd.seeing.forward import draw_call

        return draw_call(self, inputs, options)

    def extra_repr(self) -> str:
        """What stands in the brackets when the module is printed."""
        return ""

    def _printed_modules(self) -> Iterable[tuple[str, str]]:
        """What stands for each module below when this one is printed: a name and a text."""
        return ((name, repr(child)) for name, child in self._modules_and_places().items())

    def __repr__(self) -> str:
        lines = [f"({name}): {text}".replace("\n", "\n  ") for name, text in self._printed_modules()]
        extra = self.extra_repr()
        if not lines:
            return f"{type(self).__name__}({extra})"
        body = "\n  ".join(([extra] if extra else []) + lines)
        return f"{type(self).__name__}(\n  {body}\n)"


def _own_parameters(module: Module) -> Iterator[tuple[str, Parameter]]:
    return ((name, value) for name, value in module.__dict__.items() if isinstance(value, Parameter))


def _own_buffers(module: Module) -> Iterator[tuple[str, Tensor]]:
    values = ((name, module.__dict__.get(name)) for name in module._buffers)
    return ((name, value) for name, value in values if value is not None)


above.Module = Module

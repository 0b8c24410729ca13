"""The base of all layers and networks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, TypeVar

import autograd
from autograd import Tensor, no_grad
from autograd.engine import above
from autograd.engine.backward import clear_grads
from autograd.engine.hooks import RemovableHandle

from .parameter import Parameter

if TYPE_CHECKING:
    from autograd.seeing.dot import Drawing

M = TypeVar("M", bound="Module")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result", covariant=True)


class HasForward(Protocol[Arguments, Result]):
    """What has a ``forward``: calling a module takes and returns what the ``forward`` of its own class does."""

    _forward_hooks: list[Callable[..., Any]]
    _forward_pre_hooks: list[Callable[..., Any]]

    def forward(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result: ...

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


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

    def __init__(self) -> None:
        self._buffers: dict[str, bool] = {}
        self._forward_hooks: list[Callable[..., Any]] = []
        self._forward_pre_hooks: list[Callable[..., Any]] = []

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self: HasForward[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if self._forward_pre_hooks or self._forward_hooks:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook in self._forward_pre_hooks:
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        output = self.forward(*args, **kwargs)
        for hook in self._forward_hooks:
            changed = hook(self, args, output)
            if changed is not None:
                output = changed
        return output

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, args)`` before every forward; what it returns takes the place of ``args``."""
        return RemovableHandle(self._forward_pre_hooks, hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after every forward; what it returns takes the place of ``output``."""
        return RemovableHandle(self._forward_hooks, hook)

    def __getattr__(self, name: str) -> Any:
        if name in ("_buffers", "_forward_hooks", "_forward_pre_hooks"):
            raise AttributeError(f"call super().__init__() first in {type(self).__name__}.__init__()")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        before = self.__dict__.get(name)
        if isinstance(before, Parameter) and not isinstance(value, (Parameter, type(None))):
            raise TypeError(
                f"cannot assign a {type(value).__name__} as parameter '{name}' of {type(self).__name__} "
                "(Parameter or None required)"
            )
        object.__setattr__(self, name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set the attribute ``name`` to a Parameter, or to None where the module does without it."""
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set the attribute ``name`` to a Tensor that is not learned; in the `state_dict` if ``persistent``."""
        self._buffers[name] = persistent
        object.__setattr__(self, name, tensor)

    def add_module(self, name: str, module: Module | None) -> None:
        """Set the attribute ``name``, which need not be an identifier, to a module."""
        self.__dict__[name] = module

    register_module = add_module

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

    def named_modules(self, memo: set[Module] | None = None, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once, with their dotted names."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        memo.add(self)
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(memo, f"{prefix}.{name}" if prefix else name)

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def _named(
        self, own: Callable[[Module], Iterable[tuple[str, Any]]], prefix: str, recurse: bool
    ) -> Iterator[tuple[str, Any]]:
        """What ``own`` finds in each module, each once, with its dotted name."""
        seen: set[int] = set()
        for path, module in self.named_modules(prefix=prefix) if recurse else [(prefix, self)]:
            for name, value in own(module):
                if id(value) not in seen:
                    seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """The Parameters of this module and of all below it, each once, with their dotted names.

        >>> [name for name, _ in nn.Sequential(nn.Linear(1, 1)).named_parameters()]
        ['0.weight', '0.bias']
        """
        return self._named(_own_parameters, prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The Parameters of this module and of all below it, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """The buffers of this module and of all below it, each once, with their dotted names."""
        return self._named(_own_buffers, prefix, recurse)

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
        """Convert all floating-point parameters and buffers, as `Tensor.to` would, in place."""
        tensors: list[Tensor] = [*self.parameters(), *self.buffers()]
        for tensor in tensors:
            converted = tensor.data.to(*args, **kwargs)
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

    def cpu(self: M) -> M:
        return self

    def state_dict(self, *, prefix: str = "") -> OrderedDict[str, Tensor]:
        """All parameters and persistent buffers by dotted name, sharing memory with the module.

        >>> list(nn.BatchNorm1d(2).state_dict())
        ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
        """
        state: OrderedDict[str, Tensor] = OrderedDict()
        for name, value in _own_parameters(self):
            state[prefix + name] = value.detach()
        for name, buffer in _own_buffers(self):
            if self._buffers[name]:
                state[prefix + name] = buffer.detach()
        for name, child in self.__dict__.items():
            if isinstance(child, Module):
                state.update(child.state_dict(prefix=f"{prefix}{name}."))
        return state

    def load_state_dict(self, state_dict: Mapping[str, Tensor], strict: bool = True) -> IncompatibleKeys:
        """Copy the values of a `state_dict` into the parameters and buffers of the same names.

        RuntimeError, listing them all and changing nothing, for names missing or unexpected (unless not ``strict``) and
        for shapes that differ.
        """
        own = self.state_dict()
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict and unexpected:
            problems.append(f"Unexpected key(s) in state_dict: {', '.join(map(repr, unexpected))}.")
        if strict and missing:
            problems.append(f"Missing key(s) in state_dict: {', '.join(map(repr, missing))}.")
        problems += [
            f"size mismatch for {name}: copying a param with shape {tuple(state_dict[name].shape)} from checkpoint, "
            f"the shape in current model is {tuple(value.shape)}."
            for name, value in own.items()
            if name in state_dict and state_dict[name].shape != value.shape
        ]
        if problems:
            text = "\n\t".join(problems)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{text}")
        with no_grad():
            for name, value in own.items():
                if name in state_dict:
                    value.copy_(state_dict[name])
        return IncompatibleKeys(missing, unexpected)

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

    def __repr__(self) -> str:
        lines = []
        for name, child in self.__dict__.items():
            if isinstance(child, Module):
                lines.append(f"({name}): " + repr(child).replace("\n", "\n  "))
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

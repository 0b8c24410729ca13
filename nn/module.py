"""The base of all layers and networks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, Self, TypeVar

import autograd
from autograd.engine import above

from .conversion import Conversion
from .hooked_call import call_with_hooks
from .hooks import Hooked, Hooks
from .locating import locate
from .patching import patched
from .state import State
from .tree import Tree

if TYPE_CHECKING:
    from autograd.seeing.dot import Drawing

    from .utils.summary import Summary

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result", covariant=True)


class HasForward(Protocol[Arguments, Result]):
    """What has a ``forward``: calling a module takes and returns what the ``forward`` of its own class does."""

    _hooks: Hooks | None

    def forward(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result: ...


class Module(Hooked, State, Conversion):
    """A layer or a network: assign Parameters and other modules to attributes, and define ``forward``.

    What is assigned is registered (`attributes`), found under dotted names (`tree`), saved and loaded (`state`), and
    converted (`conversion`); functions may be called around each call (`hooks`). An exception that a ``forward`` raises
    gets a note that names the layer.

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

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What a call computes; each class defines its own. NotImplementedError until it does."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self: HasForward[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            if self._hooks is not None:
                return call_with_hooks(self, self._hooks, args, kwargs)
            return self.forward(*args, **kwargs)
        except Exception as error:
            locate(self, error)
            raise

    def _get_name(self) -> str:
        """What it is called where it is printed."""
        return type(self).__name__

    def train(self, mode: bool = True) -> Self:
        """Set this module and all below it to training, or with ``mode=False`` to prediction."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, not {type(mode).__name__}")
        self.training = mode
        for child in Tree.children(self):
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Set this module and all below it to prediction: dropout off, batch norm by its running statistics."""
        return self.train(False)

    def compile(self, **options: Any) -> None:
        """Replay what ``forward`` did, once it was recorded, wherever this module is called: see `autograd.compile`.

        >>> model = nn.Linear(2, 3)
        >>> model.compile()
        >>> [model(autograd.ones(1, 2)).shape for _ in range(3)][-1], model.forward.replays
        (autograd.Size([1, 3]), 1)
        """
        self.forward = autograd.compile(self.forward, **options)  # type: ignore[method-assign]

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

    def patch(self, name: str, replacement: Any) -> AbstractContextManager[None]:
        """Within a ``with`` block, another output of the module called ``name`` below this one: an intervention.

        replacement: a Tensor, an array or a number that takes the place of each output, or a function of the output.
        Gradients pass through what the function does, and arrive at a Tensor that is given.
        AttributeError if there is no such module, RuntimeError for a value that can't have the shape of the output.

        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        >>> with model.patch("1", lambda h: h * autograd.tensor([1., 0., 1.])):
        ...     without_a_unit = model(autograd.ones(1, 2))
        """
        return patched(self, name, replacement)

    def summary(self, /, *inputs: Any, depth: int | None = None, **keywords: Any) -> Summary:
        """A table of all modules, with their parameters and what they give in ``self(*inputs)``: `nn.utils.summary`."""
        # It is among the helpers for modules, which are built on this one.
        from .utils.summary import summary

        return summary(self, *inputs, depth=depth, **keywords)

    def extra_repr(self) -> str:
        """What stands in the brackets when the module is printed."""
        return ""

    def _printed_modules(self) -> Iterable[tuple[str, str]]:
        """What stands for each module below when this one is printed: a name and a text."""
        return ((name, repr(child)) for name, child in self._modules_and_places().items())

    def __repr__(self) -> str:
        lines = self.extra_repr().split("\n")
        lines = [] if lines == [""] else lines
        below = [f"({name}): {text}".replace("\n", "\n  ") for name, text in self._printed_modules()]
        if not below and len(lines) < 2:
            return f"{self._get_name()}({''.join(lines)})"
        body = "\n  ".join(lines + below)
        return f"{self._get_name()}(\n  {body}\n)"


above.Module = Module

"""The call of a module that has hooks, and the way back of gradients through it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd import Function, Tensor, zeros_like

from .hooks import EVERYWHERE, Hook, Hooks

if TYPE_CHECKING:
    from .module import Module


def call_with_hooks(module: Any, hooks: Hooks, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``module.forward(*args, **kwargs)`` with all its hooks.

    A hook may take itself or others away while it is called: what is gone through are copies.
    """
    levels = (hooks,) if hooks is EVERYWHERE else (EVERYWHERE, hooks)
    output = None
    waiting = [hook for level in levels for hook in level.after if hook.always_call]
    try:
        for hook in [hook for level in levels for hook in level.before]:
            if hook.with_kwargs:
                changed = hook.function(module, args, kwargs)
                if changed is not None:
                    if not isinstance(changed, tuple) or len(changed) != 2:
                        raise RuntimeError(
                            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}"
                        )
                    args, kwargs = changed
            else:
                changed = hook.function(module, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
        before = [hook for level in levels for hook in level.before_backward]
        after = [hook for level in levels for hook in level.after_backward]
        watch = Watch(module, before, after) if before or after else None
        output = module.forward(*(watch.inputs(args) if watch else args), **kwargs)
        for hook in [hook for level in levels for hook in level.after]:
            waiting = [other for other in waiting if other is not hook]
            changed = hook.function(module, args, *([kwargs] if hook.with_kwargs else []), output)
            if changed is not None:
                output = changed
        return watch.outputs(output) if watch else output
    except Exception:
        for hook in waiting:
            try:
                changed = hook.function(module, args, *([kwargs] if hook.with_kwargs else []), output)
            except Exception as error:
                warnings.warn(
                    "module forward hook with always_call=True raised an exception that was silenced as another error "
                    f"was raised in forward: {error}",
                    stacklevel=4,
                )
            else:
                output = output if changed is None else changed
        raise


class Watch:
    """One call of a module, through whose inputs and outputs gradients pass later."""

    def __init__(self, module: Module, before: list[Hook], after: list[Hook]) -> None:
        self.module = module
        self.before, self.after = before, after
        self.gradients: tuple[Any, ...] = ()
        self.args: tuple[Any, ...] = ()
        self.waits_for_inputs = False

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """``args``, at which the gradients arrive last."""
        self.args = args
        self.waits_for_inputs = any(isinstance(arg, Tensor) and arg.requires_grad for arg in args)
        return passed(self.arrived, args)

    def arrived(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """As in PyTorch, a Tensor that no gradient comes back to has one of zeros then, but a result has None."""
        pairs = zip(self.args, gradients)
        return self.finish(tuple(zeros_like(a) if g is None and isinstance(a, Tensor) else g for a, g in pairs))

    def outputs(self, output: Any) -> Any:
        """What the module gave, at which the gradients arrive first."""
        if isinstance(output, Tensor):
            return passed(self.begin, (output,))[0]
        if type(output) is tuple:
            return passed(self.begin, output)
        warnings.warn(
            "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
            f"{type(output)}",
            stacklevel=5,
        )
        return output

    def begin(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.before:
            gradients = replaced("pre-hook", "grad_output", hook.function(self.module, gradients), gradients)
        self.gradients = gradients
        if not self.waits_for_inputs and any(made is not None for made in self.finish((None,) * len(self.args))):
            raise RuntimeError(
                f"a backward hook of {type(self.module).__name__} returned a gradient for its inputs, of which none "
                "requires one; it has to return None"
            )
        return gradients

    def finish(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.after:
            made = hook.function(self.module, gradients, self.gradients)
            gradients = replaced("hook", "grad_input", made, gradients)
        return gradients


def replaced(what: str, name: str, made: Any, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a hook returned, if it did, in the place of ``gradients``; RuntimeError for another number of them."""
    if made is None:
        return gradients
    found = made if isinstance(made, tuple) else (made,)
    if len(found) != len(gradients):
        raise RuntimeError(
            f"Backward {what} returned an invalid number of {name}, got {len(found)}, but expected {len(gradients)}"
        )
    return found


def passed(note: Callable[[tuple[Any, ...]], tuple[Any, ...]], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """``values``, on the way back through which ``note`` is given all their gradients and says how they go on."""
    places = [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]
    if not places:
        return values

    def all_gradients(gradients: tuple[Any, ...]) -> list[Any]:
        every: list[Any] = [None] * len(values)
        for i, gradient in zip(places, gradients):
            every[i] = gradient
        every = list(note(tuple(every)))
        return [every[i] for i in places]

    made = Passage.apply(all_gradients, *[values[i] for i in places])
    changed = list(values)
    for i, value in zip(places, made if isinstance(made, tuple) else (made,)):
        changed[i] = value
    return tuple(changed)


class Passage(Function):
    """Passes Tensors on, and their gradients back through ``note``, all at once."""

    @staticmethod
    def forward(ctx: Any, note: Callable[..., Any], *tensors: Tensor) -> Any:
        ctx.note = note
        ctx.set_materialize_grads(False)
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return (None, *ctx.note(gradients))

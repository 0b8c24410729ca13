"""The base of all optimizers."""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor, enable_grad, from_numpy
from autograd.engine import above
from autograd.engine.backward import clear_grads
from autograd.engine.hooks import RemovableHandle
from autograd.engine.versions import note_write

from .kernels import Array, uninterrupted


class Optimizer:
    """Parameters in groups, each group with settings of its own, and what is remembered of each parameter.

    params: Tensors, or dicts with the key "params" and settings that differ from ``defaults``. A subclass defines
    `update`, which changes one parameter, and names in ``shaped`` what of its state has the shape and the dtype of the
    parameter. ValueError for no parameters or one given twice, TypeError for what isn't a Tensor.
    """

    shaped: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, not a Tensor"
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._before_step: list[Callable[..., Any]] = []
        # The states, by identity, that were found to fit their parameters.
        self._sound: set[int] = set()
        self._after_step: list[Callable[..., Any]] = []
        groups, model = listed(params)
        hidden = model._unregistered() if above.is_module(model) else []
        if not groups:
            raise ValueError("; ".join(["optimizer got an empty parameter list", *hidden]))
        if hidden:
            text = "; ".join(["the optimizer doesn't get all parameters of the model", *hidden])
            warnings.warn(text, stacklevel=3)
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own: ``{"params": [...], "lr": 0.1}``."""
        given = param_group["params"]
        params = [given] if isinstance(given, Tensor) else [p[1] if isinstance(p, tuple) else p for p in given]
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
            if id(p) in known:
                raise ValueError("some parameters appear in more than one parameter group, or twice in one")
            known.add(id(p))
        self.param_groups.append({**self.defaults, **param_group, "params": params})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to 0."""
        clear_grads(chain.from_iterable(group["params"] for group in self.param_groups), set_to_none)

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before every step; it may return what takes the place of both.

        args are the optimizer and, if it was given, the closure.
        """
        return RemovableHandle(self._before_step, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after every step; see `register_step_pre_hook`."""
        return RemovableHandle(self._after_step, hook)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; parameters without one stay as they are. Ctrl-C waits for all.

        closure: computes the loss anew with its gradients, first; its result is returned. RuntimeError, before any
        parameter has changed, where a gradient or a state doesn't fit its parameter, or memory can't be written to.
        """
        args: tuple[Any, ...] = (self,) if closure is None else (self, closure)
        kwargs: dict[str, Any] = {}
        for hook in tuple(self._before_step):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(f"a step pre-hook must return None or (new_args, new_kwargs), but got {changed}")
                args, kwargs = changed
                closure = args[1] if len(args) > 1 else kwargs.get("closure")
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        updates = []
        for group in self.param_groups:
            maximize = group.get("maximize", False)
            for p in group["params"]:
                node = p.node
                gradient = None if node is None else node.grad
                if gradient is None:
                    continue
                array, slope, state = p.array, gradient.array, self.state[p]
                # What an update left is sound; the kernels look once more at all that they are given.
                if slope.shape != array.shape or not array.flags.carray or (state and id(state) not in self._sound):
                    self.check(array, slope, state)
                    self._sound.add(id(state))
                if slope.dtype is not array.dtype:
                    slope = slope.astype(array.dtype)
                updates.append((array, -slope if maximize else slope, state, group))
        with uninterrupted:
            for array, slope, state, group in updates:
                if array.flags.c_contiguous:
                    self.update(array, slope, state, group)
                else:
                    values = array.copy()  # which is contiguous
                    self.update(values, slope, state, group)
                    array[...] = values
            note_write(*[array for array, *_ in updates])
        for hook in tuple(self._after_step):
            hook(self, args, kwargs)
        return loss

    def check(self, array: Array, slope: Array, state: dict[str, Any]) -> None:
        """Raise RuntimeError unless the gradient ``slope`` and the ``state`` fit a parameter that has ``array``."""
        if slope.shape != array.shape:
            raise RuntimeError(misfit("the gradient", slope, array) + "; was its data replaced after backward()?")
        if not writable(array):
            raise RuntimeError(READ_ONLY.format("a parameter", array.shape))
        if state:
            for name in self.shaped:
                remembered = state.get(name)
                if remembered is None:
                    continue
                if remembered.array.shape != array.shape or remembered.array.dtype != array.dtype:
                    raise RuntimeError(misfit(f"the state {name!r}", remembered.array, array))
                if not writable(remembered.array):
                    raise RuntimeError(READ_ONLY.format(f"the state {name!r}", array.shape))

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Write the new values of a parameter over ``values``; its gradient is ``slope``.

        values: in the shape of the parameter, and contiguous: what is written into ``values.ravel()`` counts.
        state: what this method wants to remember of the parameter until its next update; an empty dict at first.
        group: the settings of the parameter's group.

        >>> class SignSGD(optim.Optimizer):
        ...     def __init__(self, params, lr):
        ...         super().__init__(params, {"lr": lr})
        ...     def update(self, values, slope, state, group):
        ...         values -= group["lr"] * numpy.sign(slope)
        >>> w = autograd.tensor([1., -1.], requires_grad=True)
        >>> (w * w).sum().backward(); SignSGD([w], lr=0.5).step(); w
        tensor([ 0.5000, -0.5000], requires_grad=True)
        """
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """The settings, and what is remembered of each parameter by its position, for `load_state_dict`."""
        position = {p: i for i, p in enumerate(p for group in self.param_groups for p in group["params"])}
        groups = [{**group, "params": [position[p] for p in group["params"]]} for group in self.param_groups]
        state = {position[p]: dict(remembered) for p, remembered in self.state.items() if remembered}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a `state_dict`, whose Tensors, but for ``step``, are cast to the dtype of their parameters.

        ValueError, and nothing is changed, where it was saved for groups of other sizes or parameters of other shapes.
        """
        saved = state_dict["param_groups"]
        sizes, own_sizes = ([len(group["params"]) for group in groups] for groups in (saved, self.param_groups))
        if sizes != own_sizes:
            raise ValueError(
                f"loaded state dict contains parameter groups of sizes {sizes}, which don't match the optimizer's, "
                f"of sizes {own_sizes}"
            )
        numbers = chain.from_iterable(group["params"] for group in saved)
        parameters = dict(zip(numbers, chain.from_iterable(group["params"] for group in self.param_groups)))
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for number, remembered in state_dict["state"].items():
            if number not in parameters:
                raise ValueError(
                    f"loaded state dict has a state of parameter {number!r}, which is in none of its groups"
                )
            p = parameters[number]
            for name in self.shaped:
                tensor = remembered.get(name)
                if tensor is not None and tuple(np.shape(tensor)) != p.array.shape:
                    raise ValueError(
                        f"loaded state dict: {name!r} of parameter {number!r} has the shape {tuple(np.shape(tensor))}, "
                        f"but the parameter has the shape {p.array.shape}; was it saved for another model?"
                    )
            state[p] = {name: restored(name, value, p.dtype) for name, value in remembered.items()}
        self.param_groups = [
            {**self.defaults, **copy.deepcopy({k: v for k, v in g.items() if k != "params"}), "params": group["params"]}
            for g, group in zip(saved, self.param_groups)
        ]
        self.state = state
        self._sound.clear()

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def listed(params: Iterable[Any]) -> tuple[list[Any], Any]:
    """``params`` as a list, and the module whose they are, if that is known: what `Module.parameters` returns."""
    found: list[Any] = []

    def each() -> Any:
        return (yield from params)

    iterator = each()
    while True:
        try:
            found.append(next(iterator))
        except StopIteration as end:
            return found, end.value


def checked(name: str, value: float, low: float = 0.0, high: float = float("inf")) -> float:
    """``value``; ValueError unless ``low <= value < high`` (or equal to an infinite ``high``)."""
    if not low <= value < high:
        raise ValueError(f"Invalid {name}: {value}")
    return value


def zeros(values: Array) -> Tensor:
    """A Tensor of zeros in the shape and dtype of ``values``, for the state of a parameter."""
    return from_numpy(np.zeros_like(values))


READ_ONLY = (
    "unsupported operation: {} of shape {} is read-only or expanded, so it can't be written to; clone() it first"
)


def misfit(what: str, array: Array, parameter: Array) -> str:
    """What is said of an ``array`` that hasn't the shape and the dtype of its parameter."""
    return (
        f"{what} has the shape {array.shape} and the dtype {array.dtype}, but the parameter it belongs to has "
        f"{parameter.shape} and {parameter.dtype}"
    )


def writable(array: Array) -> bool:
    """Whether each element of ``array`` has a place of its own in memory that may be written to."""
    if array.flags.c_contiguous:
        return array.flags.writeable
    return array.flags.writeable and all(stride or size < 2 for stride, size in zip(array.strides, array.shape))


def restored(name: str, value: Any, dtype: Any) -> Any:
    """A copy of ``value``, which was saved under ``name``, with Tensors in ``dtype``; the count ``step`` stays."""
    if isinstance(value, Tensor):
        return value.detach().clone() if name == "step" else value.detach().to(dtype, copy=True)
    if isinstance(value, dict):
        return {key: restored(key, part, dtype) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [restored("", part, dtype) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return copy.deepcopy(value)


above.Optimizer = Optimizer

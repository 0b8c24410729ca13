"""The base of all optimizers."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import Tensor, enable_grad, from_numpy
from autograd.engine import above
from autograd.engine.backward import clear_grads
from autograd.engine.versions import note_write

from .kernels import Array


class Optimizer:
    """Parameters in groups, each group with settings of its own, and what is remembered of each parameter.

    params: Tensors, or dicts with the key "params" and settings that differ from ``defaults``. A subclass defines
    `update`, which changes one parameter. ValueError for no parameters or one given twice, TypeError for what isn't a
    Tensor.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, not a Tensor"
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
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
        for group in self.param_groups:
            clear_grads(group["params"], set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; parameters without one stay as they are.

        closure: computes the loss anew with its gradients, first; its result is returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        written = []
        for group in self.param_groups:
            for p in group["params"]:
                node = p.node
                gradient = None if node is None else node.grad
                if gradient is None:
                    continue
                array = p.array
                values = array if array.flags.c_contiguous else array.copy()  # A copy is contiguous.
                self.update(values, gradient.array, self.state[p], group)
                if values is not array:
                    array[...] = values
                written.append(array)
        note_write(*written)
        return loss

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
        """Go on from a `state_dict`; ValueError unless the groups have the same sizes."""
        saved = state_dict["param_groups"]
        if [len(g["params"]) for g in saved] != [len(g["params"]) for g in self.param_groups]:
            raise ValueError("loaded state dict contains parameter groups that don't match the optimizer's")
        parameters = [p for group in self.param_groups for p in group["params"]]
        self.state = defaultdict(dict, {parameters[i]: copy.deepcopy(s) for i, s in state_dict["state"].items()})
        self.param_groups = [
            {**copy.deepcopy({k: v for k, v in g.items() if k != "params"}), "params": group["params"]}
            for g, group in zip(saved, self.param_groups)
        ]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def checked(name: str, value: float, low: float = 0.0, high: float = float("inf")) -> float:
    """``value``; ValueError unless ``low <= value < high`` (or equal to an infinite ``high``)."""
    if not low <= value < high:
        raise ValueError(f"Invalid {name}: {value}")
    return value


def zeros(values: Array) -> Tensor:
    """A Tensor of zeros in the shape and dtype of ``values``, for the state of a parameter."""
    return from_numpy(np.zeros_like(values))


above.Optimizer = Optimizer

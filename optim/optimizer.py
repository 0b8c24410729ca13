"""The base of all optimizers."""

from __future__ import annotations

import copy
import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, ClassVar, Self

from autograd import Scalar, Tensor, enable_grad
from autograd.engine import above
from autograd.engine.backward import clear_grads
from autograd.engine.hooks import RemovableHandle
from autograd.engine.tensor import retains
from autograd.engine.versions import note_write

from .checks import READ_ONLY, listed, misfit, writable
from .kernels import Array, uninterrupted
from .loading import matched, restored
from .parameters import put_back, with_gradients

Hook = Callable[..., Any]
_before_any_step: list[Hook] = []
_after_any_step: list[Hook] = []


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before every step of any optimizer; it may return what replaces both.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> w.sum().backward()
    >>> with optim.optimizer.register_optimizer_step_pre_hook(lambda o, args, kwargs: print(type(o).__name__)):
    ...     optim.SGD([w], lr=1.).step()
    SGD
    """
    return RemovableHandle(_before_any_step, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after every step of any optimizer.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> w.sum().backward()
    >>> with optim.optimizer.register_optimizer_step_post_hook(lambda o, args, kwargs: print(w.item())):
    ...     optim.SGD([w], lr=1.).step()
    0.0
    """
    return RemovableHandle(_after_any_step, hook)


def hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """``step`` between the hooks that are registered, but where the step of a subclass calls it."""

    @functools.wraps(step)
    def run(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if type(self).step is not run:
            return step(self, *args, **kwargs)
        args = (self, *args)
        for hook in (*_before_any_step, *self._before_step):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(f"a step pre-hook must return None or (new_args, new_kwargs), but got {changed}")
                args, kwargs = changed
        result = step(*args, **kwargs)
        for hook in (*self._after_step, *_after_any_step):
            hook(self, args, kwargs)
        return result

    return run


class Optimizer:
    """Parameters in groups, each group with settings of its own, and what is remembered of each parameter.

    params: Tensors, or pairs of a name and a Tensor, or dicts with the key "params" and settings that differ from
    ``defaults``; `Scalar` parameters too. A subclass defines `update`, which changes one parameter, and names in
    ``shaped`` what of its state has the shape and the dtype of the parameter. ValueError for no parameters or for one
    in two groups, TypeError for what isn't a Tensor; a warning for one that is twice in a group, where it is updated
    twice.

    >>> w, b = autograd.ones(2, 2, requires_grad=True), autograd.zeros(2, requires_grad=True)
    >>> optimizer = optim.SGD([{"params": [w], "weight_decay": 0.01}, {"params": [b]}], lr=0.1)
    >>> [(group["lr"], group["weight_decay"]) for group in optimizer.param_groups]
    [(0.1, 0.01), (0.1, 0)]
    """

    shaped: ClassVar[tuple[str, ...]] = ()
    # What is counted for each parameter, in 0-d float32 Tensors.
    counters: ClassVar[tuple[str, ...]] = ("step",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in vars(cls):
            cls.step = hooked(vars(cls)["step"])  # type: ignore[method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Optimizers around another may have parameters and state of their own making, and never call __init__.
        self = super().__new__(cls)
        self._begin()
        return self

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        spent = getattr(params, "gi_frame", params) is None
        groups, model = listed(params)
        hidden = model._unregistered() if above.is_module(model) else []
        if not groups:
            hint = ["this generator was gone through before; call parameters() again"] if spent else hidden
            raise ValueError("; ".join(["optimizer got an empty parameter list", *hint]))
        if hidden:
            text = "; ".join(["the optimizer doesn't get all parameters of the model", *hidden])
            warnings.warn(text, stacklevel=3)
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def _begin(self) -> None:
        """Have no hooks, and nothing prepared."""
        self._before_step: list[Hook] = []
        self._after_step: list[Hook] = []
        self._before_saving: list[Hook] = []
        self._after_saving: list[Hook] = []
        self._before_loading: list[Hook] = []
        self._after_loading: list[Hook] = []
        self._warned = False

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: all but hooks, as in PyTorch, and what is prepared."""
        blank = Optimizer.__new__(type(self))
        return {name: value for name, value in vars(self).items() if name not in vars(blank)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own: ``{"params": [...], "lr": 0.1}``."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        given = param_group["params"]
        if isinstance(given, set):
            raise TypeError("parameters must have an order, which those of a set haven't: a list has")
        given = [given] if isinstance(given, (Tensor, Scalar)) else list(given)
        names = [p[0] for p in given if isinstance(p, tuple)]
        params = [p[1] if isinstance(p, tuple) else p for p in given]
        if names and len(names) != len(params):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        for p in params:
            self.check_parameter(p)
        own = {**param_group, "params": params, **({"param_names": names} if names else {})}
        added = {**own, **self.defaults, **own}
        known = set()
        for group in self.param_groups:
            known |= set(map(id, group["params"]))
            if ("param_names" in added) != ("param_names" in group):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if names else 'without'} names to the optimizer"
                )
        if not known.isdisjoint(map(id, params)):
            raise ValueError("some parameters appear in more than one parameter group; give each to one of them only")
        if len(set(map(id, params))) < len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters, which each step updates twice; give "
                "each parameter once",
                stacklevel=4,
            )
        self.param_groups.append(added)

    def check_parameter(self, p: Any) -> None:
        """Raise TypeError unless ``p`` is a Tensor or a Scalar, ValueError unless it is a leaf."""
        if not isinstance(p, (Tensor, Scalar)):
            hint = "; give model.parameters()" if above.is_module(p) else ""
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}{hint}")
        if p.op is not None if isinstance(p, Scalar) else not (p.is_leaf or (p.node is not None and retains(p.node))):
            raise ValueError(
                "can't optimize a non-leaf Tensor: it is computed from others, and would be computed anew; give those"
            )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to 0. Those of Scalars are always 0 then."""
        params = [p for group in self.param_groups for p in group["params"]]
        scalars = [p for p in params if type(p) is Scalar]
        clear_grads([p for p in params if type(p) is not Scalar] if scalars else params, set_to_none)
        for p in scalars:
            p.grad = 0.0

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before every step; it may return what takes the place of both.

        args are the optimizer and, if it was given, the closure.
        """
        return RemovableHandle(self._before_step, hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after every step; see `register_step_pre_hook`."""
        return RemovableHandle(self._after_step, hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before `state_dict` looks. prepend: before the hooks that are there already."""
        return RemovableHandle(self._before_saving, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` with what `state_dict` found; it may change it, or return another."""
        return RemovableHandle(self._after_saving, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` with a shallow copy of what is loaded; it may return another."""
        return RemovableHandle(self._before_loading, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` after `load_state_dict`."""
        return RemovableHandle(self._after_loading, hook, prepend)

    @hooked
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; parameters without one stay as they are. Ctrl-C waits for all.

        closure: computes the loss anew with its gradients, first; its result is returned. RuntimeError, before any
        parameter has changed, where a gradient or a state doesn't fit its parameter, or memory can't be written to.
        A warning, once, if no parameter has a gradient.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        updates = []
        for number, group in enumerate(self.param_groups):
            updates += self.prepared(number, group)
        if not updates:
            self.warn_of_no_gradient()
        with uninterrupted:
            for update in updates:
                update()
        return loss

    def watched(self) -> bool:
        """Whether `step` calls hooks, or is a subclass's own."""
        hooks = _before_any_step, _after_any_step, self._before_step, self._after_step
        return any(hooks) or type(self).step is not Optimizer.step

    def prepared(self, number: int, group: dict[str, Any]) -> list[Callable[[], None]]:
        """What updates the parameters of the group with this ``number``, once all were found to be sound."""
        found = with_gradients(group["params"])
        for p, values, slope in found:
            self.check(values, slope, self.state.get(p, {}))
        maximize = group.get("maximize", False)

        def update_each() -> None:
            for p, values, slope in found:
                slope = slope.astype(values.dtype, copy=False)
                contiguous = values if values.flags.c_contiguous else values.copy()
                self.update(contiguous, -slope if maximize else slope, self.state[p], group)
                put_back(p, values, contiguous)
            note_write(*[values for _, values, _ in found])

        return [update_each] if found else []

    def check(self, array: Array, slope: Array, state: dict[str, Any]) -> None:
        """Raise RuntimeError unless the gradient ``slope`` and the ``state`` fit a parameter that has ``array``."""
        if slope.shape != array.shape:
            raise RuntimeError(misfit("the gradient", slope, array) + "; was its data replaced after backward()?")
        if not writable(array):
            raise RuntimeError(READ_ONLY.format("a parameter", array.shape))
        for name, shape in self.shapes(array.shape).items():
            remembered = state.get(name)
            if not isinstance(remembered, Tensor):
                continue
            if remembered.array.shape != shape or remembered.array.dtype != array.dtype:
                raise RuntimeError(misfit(f"the state {name!r}", remembered.array, array))
            if not writable(remembered.array):
                raise RuntimeError(READ_ONLY.format(f"the state {name!r}", array.shape))

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The shapes of what may be in the state of a parameter of ``shape``, and has its dtype."""
        return dict.fromkeys(self.shaped, shape)

    def warn_of_no_gradient(self) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{type(self).__name__}.step(): no parameter has a gradient, so nothing was updated; call "
                "loss.backward() before, of a loss that was computed from these very parameters",
                stacklevel=4,
            )

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
        raise NotImplementedError(f"{type(self).__name__} must define update(values, slope, state, group), or step()")

    def state_dict(self) -> dict[str, Any]:
        """The settings, and what is remembered of each parameter by its position, for `load_state_dict`.

        PyTorch's optimizer of the same name loads it too, once the Tensors are PyTorch's.
        """
        for hook in tuple(self._before_saving):
            hook(self)
        position: dict[int, int] = {}
        for i, p in enumerate(chain.from_iterable(group["params"] for group in self.param_groups)):
            position.setdefault(id(p), i)
        groups = []
        for group in self.param_groups:
            settings = {name: value for name, value in group.items() if name != "params"}
            groups.append({**settings, "params": [position[id(p)] for p in group["params"]]})
        state = {position.get(id(p), p): copy.copy(remembered) for p, remembered in self.state.items() if remembered}
        saved: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in tuple(self._after_saving):
            changed = hook(self, saved)
            saved = saved if changed is None else changed
        return saved

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a `state_dict`, whose Tensors are cast to the dtype of their parameters; counts stay float32.

        ValueError, and nothing is changed, where it was saved for groups of other sizes or parameters of other shapes.
        """
        state_dict = dict(state_dict)
        for hook in tuple(self._before_loading):
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        saved = state_dict["param_groups"]
        parameters = matched(saved, self.param_groups)
        state = restored(state_dict["state"], parameters, self.shapes, self.counters)
        self.param_groups = [
            {**self._settings(group, loaded), "params": group["params"]}
            for loaded, group in zip(saved, self.param_groups)
        ]
        self.state = state
        for hook in tuple(self._after_loading):
            hook(self)

    def _settings(self, group: dict[str, Any], loaded: dict[str, Any]) -> dict[str, Any]:
        """The settings that ``group`` has once ``loaded`` ones take the place of its own."""
        names = {"param_names": group["param_names"]} if "param_names" in group else {}
        return {**self.defaults, **names, **copy.deepcopy({k: v for k, v in loaded.items() if k != "params"})}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


above.Optimizer = Optimizer

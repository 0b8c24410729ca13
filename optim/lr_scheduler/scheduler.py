"""The base of all schedules."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any

from autograd import Tensor

from ..optimizer import Optimizer

# A float, or a Tensor that steps read and schedules write into.
Rate = Any


class LRScheduler:
    """Sets ``lr`` in every parameter group of ``optimizer`` at each `step`, which comes after the optimizer's step.

    last_epoch counts the steps from 0. -1 starts: the learning rates of now are kept in the groups as ``initial_lr``;
    another one goes on after it, from the ``initial_lr`` that are there. Learning rates may be Tensors, which are then
    written into. TypeError for what is not an Optimizer, KeyError for groups without an ``initial_lr`` to go on from.

    A subclass defines `get_lr`, mostly by `last_epoch` and `base_lrs`, the initial learning rates:

    >>> class Harmonic(optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr / (1 + self.last_epoch) for lr in self.base_lrs]
    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.6)
    >>> scheduler = Harmonic(optimizer)
    >>> rates = []
    >>> for epoch in range(3):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> autograd.tensor(rates)
    tensor([0.6000, 0.3000, 0.2000])
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", own(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}], which {type(self).__name__} needs to "
                    f"go on after epoch {last_epoch}; load the optimizer's state first, or start with last_epoch=-1"
                )
        self.base_lrs = of_groups(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """The step to epoch 0, which sets the learning rates that training begins with."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, or to ``epoch``: directly, where the schedule has a formula for that.

        Giving an ``epoch`` is deprecated, as in PyTorch. UserWarning if the optimizer has not made a step before.
        """
        if self._step_count == 1:
            warn_of_order(self.optimizer)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_IS_DEPRECATED, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._set_lr(self.get_lr if epoch is None else getattr(self, "_get_closed_form_lr", self.get_lr))

    def _set_lr(self, find: Callable[[], list[Rate]]) -> None:
        """Give the groups the learning rates that ``find`` returns."""
        self._get_lr_called_within_step = True
        try:
            rates = find()
        finally:
            self._get_lr_called_within_step = False
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(
                f"{type(self).__name__} has learning rates for {len(rates)} parameter groups, but the optimizer has "
                f"{len(groups)}; were groups added after the scheduler was made?"
            )
        for group, rate in zip(groups, rates):
            put(group, "lr", rate)
        self._last_lr = of_groups(self.optimizer, "lr")

    def get_last_lr(self) -> list[Rate]:
        """The learning rate of each group, as the last step set it."""
        return self._last_lr

    def get_lr(self) -> list[Rate]:
        """The learning rate of each group for the epoch `last_epoch`; only for `step` to call. See `get_last_lr`."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "get_lr() is for step() to call, and may give the learning rates after the next; to get the last "
                "learning rates, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=2,
            )
        return self._get_chainable_lr()

    def _get_chainable_lr(self) -> list[Rate]:
        """What `get_lr` gives: found from the learning rates of now, so that other schedules may change them too."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def _scaled(self, factor: float) -> list[Rate]:
        """The learning rates of now, times ``factor``."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _unchanged(self) -> list[Rate]:
        return of_groups(self.optimizer, "lr")

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler remembers, for `load_state_dict`; save the optimizer's beside it."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a `state_dict`; the learning rates themselves come back with the optimizer's state."""
        self.__dict__.update(state_dict)


class _LRScheduler(LRScheduler):
    """The name that `LRScheduler` had in old scripts.

    >>> issubclass(optim.lr_scheduler._LRScheduler, optim.lr_scheduler.LRScheduler)
    True
    """


class NotedStep:
    """The ``step`` of an optimizer, which notes that it was called: schedules warn if they are told of an epoch before.

    The optimizer is held weakly, so that it goes with its last handle; a copy of it gets one of its own.
    """

    def __init__(self, optimizer: Optimizer, function: Callable[..., Any]) -> None:
        self.optimizer, self.function = weakref.ref(optimizer), function
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        optimizer: Any = self.optimizer()
        optimizer._opt_called = True
        return self.function(optimizer, *args, **kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return NotedStep, (self.optimizer(), self.function)


def note_steps(optimizer: Optimizer) -> None:
    """Let the optimizer note that it was called, whichever ``step`` it has."""
    step: Any = optimizer.step
    if isinstance(step, NotedStep):
        return
    is_its_own = getattr(step, "__self__", None) is optimizer
    function = step.__func__ if is_its_own else lambda self, *args, **kwargs: step(*args, **kwargs)
    optimizer.step = NotedStep(optimizer, function)  # type: ignore[method-assign]


def warn_of_order(optimizer: Optimizer) -> None:
    """Warn, at a schedule's first step after it was made, if the optimizer has made none."""
    if not isinstance(optimizer.step, NotedStep):
        text = (
            "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please "
            "make sure that it is called before `lr_scheduler.step()`."
        )
    elif not getattr(optimizer, "_opt_called", False):
        text = (
            "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order, or the "
            "first learning rate of the schedule is skipped."
        )
    else:
        return
    where = "See https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
    warnings.warn(f"{text} {where}", UserWarning, stacklevel=3)


EPOCH_IS_DEPRECATED = (
    "The epoch parameter in `scheduler.step()` is deprecated, as in PyTorch: call `scheduler.step()` after each epoch. "
    "Where there is a formula that gives the learning rate of any epoch, that is used instead of the chainable form."
)


def checked_optimizer(optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def own(value: Any) -> Any:
    """``value``; of a Tensor a copy, since that of a parameter group is written into."""
    return value.clone() if isinstance(value, Tensor) else value


def of_groups(optimizer: Optimizer, name: str) -> list[Any]:
    """The setting of that name in each parameter group."""
    return [own(group[name]) for group in optimizer.param_groups]


def put(group: dict[str, Any], name: str, value: Any) -> None:
    """Give a setting of a group its new value: into the Tensor, where it is one."""
    if isinstance(group[name], Tensor):
        group[name].fill_(float(value))
    else:
        group[name] = value


def for_groups(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """A value for each group: those of a list or tuple, or the same for all. ValueError for a list of another size."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [own(value) for _ in range(groups)]
    if len(value) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(value)} values, param_groups has {groups}."
        )
    return [own(part) for part in value]


def attributes(function: Any) -> dict[str, Any] | None:
    """What a state dict has of a function that was given: what a callable object remembers, of plain functions None."""
    return None if isinstance(function, (FunctionType, BuiltinFunctionType)) else dict(vars(function))

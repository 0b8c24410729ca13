"""``torch.amp.GradScaler``: losses multiplied before their backward pass, so that small gradients survive float16."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from ..creation.data import asarray
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..types import dtypes


class OptState(Enum):
    """Where an optimizer is in a scaled step."""

    READY, UNSCALED, STEPPED = range(3)


class Progress(NamedTuple):
    """How far an optimizer is since the last update, and whether its gradients were finite (None: not looked at)."""

    stage: OptState = OptState.READY
    finite: bool | None = None


class GradScaler:
    """A scale for losses: halved after gradients that overflow, doubled after a row of steps in which none did.

    A step with gradients that aren't finite is left out. On the CPU it works; for a GPU, which there is none of, it
    warns and is not enabled: losses and steps are as without it.

    device: ``"cpu"``, or ``"cuda"``. init_scale: the first scale. growth_factor, backoff_factor: what the scale is
    multiplied by after ``growth_interval`` finite steps, and after one that isn't. enabled: whether it does anything.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cpu":
            warnings.warn(f"GradScaler is enabled, but {device.upper()} is not available. Disabling.", stacklevel=2)
            enabled = False
        self._enabled = enabled
        if enabled and growth_factor <= 1:
            raise AssertionError(f"the growth factor must be > 1, but is {growth_factor}")
        if enabled and backoff_factor >= 1:
            raise AssertionError(f"the backoff factor must be < 1, but is {backoff_factor}")
        self._scale, self._growth_factor, self._backoff_factor = float(init_scale), growth_factor, backoff_factor
        self._growth_interval, self._growth_tracker = growth_interval, 0
        self._progress: dict[int, Progress] = {}

    def scale(self, outputs: Any) -> Any:
        """``outputs`` times the scale: a Tensor, or an iterable of them."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            return outputs * asarray(self._scale, dtype=dtypes.float32)
        if isinstance(outputs, Iterable):
            scaled = map(self.scale, outputs)
            return type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled
        raise ValueError(f"outputs must be a Tensor or an iterable of Tensors, but is {type(outputs).__name__}")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, and remember whether all are finite."""
        if not self._enabled:
            return
        stage = self._progress.get(id(optimizer), Progress()).stage
        if stage is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        params = [p for group in optimizer.param_groups for p in group["params"]]
        grads = [p.grad for p in params if p.grad is not None]
        if any(g.dtype == dtypes.float16 for g in grads):
            raise ValueError("Attempting to unscale FP16 gradients.")
        inverse, finite = float(np.float32(1 / self._scale)), True
        with no_grad():
            for grad in grads:
                finite = finite and bool(np.isfinite(grad.array).all())
                grad.mul_(inverse)
        self._progress[id(optimizer)] = Progress(OptState.UNSCALED, finite if grads else None)

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """``optimizer.step(...)`` with unscaled gradients if all of them are finite, else None."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if self._progress.get(id(optimizer), Progress()).stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._progress:
            self.unscale_(optimizer)
        finite = self._progress[id(optimizer)].finite
        if finite is None:
            raise AssertionError("No inf checks were recorded for this optimizer: none of its parameters has a grad")
        result = optimizer.step(*args, **kwargs) if finite else None
        self._progress[id(optimizer)] = Progress(OptState.STEPPED, finite)
        return result

    def update(self, new_scale: Any = None) -> None:
        """The scale for the next step: ``new_scale``, or what the gradients since the last update ask for."""
        if not self._enabled:
            return
        looked_at = [progress.finite for progress in self._progress.values() if progress.finite is not None]
        if new_scale is not None:
            self._scale = float(new_scale)
        elif not looked_at:
            raise AssertionError("No inf checks were recorded prior to update: call step() or unscale_() first")
        elif all(looked_at):
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                with np.errstate(over="ignore"):
                    grown = float(np.float32(self._scale * self._growth_factor))
                self._scale, self._growth_tracker = grown if math.isfinite(grown) else self._scale, 0
        else:
            self._scale, self._growth_tracker = self._scale * self._backoff_factor, 0
        self._progress = {}

    def get_scale(self) -> float:
        """The scale; 1 where it is not enabled."""
        return self._scale if self._enabled else 1.0

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_growth_factor(self) -> float:
        """What the scale is multiplied by after a row of finite steps."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set `get_growth_factor`."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied by after a step that isn't finite."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set `get_backoff_factor`."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """How many finite steps make a row."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set `get_growth_interval`."""
        self._growth_interval = new_interval

    def state_dict(self) -> dict[str, Any]:
        """The scale, its settings and how many finite steps there were; empty where it is not enabled."""
        if not self._enabled:
            return {}
        settings = ("growth_factor", "backoff_factor", "growth_interval", "_growth_tracker")
        return {"scale": self._scale, **{name: getattr(self, f"_{name.lstrip('_')}") for name in settings}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("The source state dict is empty, possibly of a GradScaler that was not enabled.")
        self._scale = float(state_dict["scale"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval, self._growth_tracker = state_dict["growth_interval"], state_dict["_growth_tracker"]

"""``torch.amp``: mixed precision, which there is none of. Everything is computed in the dtype that it has."""

from __future__ import annotations

import contextlib
import warnings
from enum import Enum
from typing import Any

from ..types.device import device


class autocast(contextlib.ContextDecorator):
    """A block, or a function that it decorates, in which everything is computed as it is elsewhere.

    Warns where it is enabled, once for each place in a program.
    """

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        self.device = device(device_type).type
        self.fast_dtype = dtype
        if enabled:
            warnings.warn(f"autocast('{device_type}') changes nothing here: dtypes stay as they are", stacklevel=2)

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class OptState(Enum):
    """Where an optimizer is in a scaled step."""

    READY, UNSCALED, STEPPED = range(3)


class GradScaler:
    """A scaler of losses that is not enabled: there are no gradients in float16 to save from vanishing on a GPU."""

    def __init__(self, device: str = "cuda", *args: Any, enabled: bool = True, **options: Any) -> None:
        if enabled:
            warnings.warn(f"GradScaler is enabled, but {device.upper()} is not available. Disabling.", stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """``outputs``."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing: nothing was scaled."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """A step of the optimizer."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing."""

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to load."""


def is_autocast_available(device_type: str) -> bool:
    """False."""
    return False


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """``fwd`` as it is."""
    return fwd if fwd is not None else lambda decorated: decorated


def custom_bwd(bwd: Any = None, *, device_type: str = "cuda") -> Any:
    """``bwd`` as it is."""
    return bwd if bwd is not None else lambda decorated: decorated

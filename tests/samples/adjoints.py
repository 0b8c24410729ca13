"""The adjoint of a linear function by its definition, the reference of ops that are one."""

from collections.abc import Callable
from typing import Any

import numpy as np


def adjoint(function: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...], g: np.ndarray) -> np.ndarray:
    """The adjoint of a linear function of an array of ``shape``, applied to ``g``: its definition, unit by unit."""
    out = np.zeros(shape, g.dtype)
    for place in np.ndindex(*shape):
        unit = np.zeros(shape, g.dtype)
        unit[place] = 1
        out[place] = np.sum(function(unit) * g)
    return out


def torch_adjoint(torch: Any, function: Callable[[Any], Any], shape: tuple[int, ...], g: Any) -> Any:
    """The same in PyTorch, as the gradient of ``function``."""
    at = torch.zeros(shape, dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(function(at), at, g, create_graph=True)[0]

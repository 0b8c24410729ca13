"""Weights divided by their largest singular value, by a hook (Miyato et al., 2018)."""

from __future__ import annotations

from typing import Any, TypeVar

from autograd import Tensor, dot, mv, no_grad

from .. import functional as F
from ..conv import Transposed
from ..module import Module
from ..parameter import Parameter
from .recomputed import as_matrix, hooks_of, parameter_of, take_away

M = TypeVar("M", bound=Module)


def outputs_dim(module: Module) -> int:
    """Along which dimension of the weight the outputs of a layer lie."""
    return 1 if isinstance(module, Transposed) else 0


def random_direction(like: Tensor, size: int, eps: float) -> Tensor:
    """A vector of length 1, drawn at random."""
    return F.normalize(like.detach().new_empty(size).normal_(0, 1), dim=0, eps=eps)


class SpectralNorm:
    """The hook of `spectral_norm`. Its u and v approach the singular vectors, step by step of the power method."""

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    F.normalize(mv(matrix.t(), u), dim=0, eps=self.eps, out=v)
                    F.normalize(mv(matrix, v), dim=0, eps=self.eps, out=u)
        # Copies, for the next call writes into them before this one has passed its gradients back.
        u, v = u.clone(), v.clone()
        made: Tensor = weight / dot(u, mv(matrix, v))
        return made

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))

    def remove(self, module: Module) -> None:
        """Put a Parameter back in the place of the others."""
        weight = self.compute_weight(module, do_power_iteration=False).detach()
        for end in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + end)
        module.register_parameter(self.name, Parameter(weight))


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide the parameter ``name`` by its largest singular value, which is estimated before every forward.

    As a matrix it has a row for each index of ``dim``: 0, but 1 of transposed convolutions. In training each forward
    takes ``n_power_iterations`` steps of the power method with the buffers ``name_u`` and ``name_v``; the parameter
    that is learned is ``name_orig``. eps: the least norm that a vector is divided by. RuntimeError if it is divided
    already, ValueError for no steps. The newer `nn.utils.parametrizations.spectral_norm` divides whenever it is read.

    >>> list(nn.utils.spectral_norm(nn.Linear(20, 40)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    if any(hook.name == name for hook in hooks_of(module, SpectralNorm)):
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, outputs_dim(module) if dim is None else dim, eps)
    weight = parameter_of(module, name)
    rows, columns = as_matrix(weight, hook.dim).shape
    u, v = random_direction(weight, rows, eps), random_direction(weight, columns, eps)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    # Until the first forward it is what it was, for what looks at its shape.
    setattr(module, name, weight.detach())
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the quotient that `spectral_norm` made of a parameter a parameter again; ValueError where it has made none.

    >>> layer = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    for hook in hooks_of(module, SpectralNorm):
        if hook.name == name:
            hook.remove(module)
            take_away(module, hook)
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")

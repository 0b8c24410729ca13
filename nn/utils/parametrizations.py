"""Parametrizations that are often used: orthogonal matrices, weights of a length of their own, of spectral norm 1."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

import autograd
from autograd import Tensor, no_grad

from .. import functional as F
from ..module import Module
from . import parametrize
from .recomputed import as_matrix
from .spectral_norm import outputs_dim, random_direction
from .weight_norm import lengths, scaled

M = TypeVar("M", bound=Module)


def _tensor_of(module: Module, name: str) -> Tensor:
    found = getattr(module, name, None)
    if not isinstance(found, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return found


def _is_orthogonal(q: Tensor) -> bool:
    eps = 10.0 * q.shape[-2] * autograd.finfo(q.dtype).eps
    return (q.mT @ q).allclose(autograd.eye(q.shape[-1], dtype=q.dtype).expand(*q.shape[:-2], -1, -1), atol=eps)


def _orthogonalized(a: Tensor) -> Tensor:
    """The Q of the decomposition QR of a tall matrix in which the diagonal of R is not negative."""
    factors, tau = autograd.geqrf(a)
    q: Tensor = autograd.linalg.householder_product(factors, tau)
    return q * factors.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _Orthogonal(Module):
    """An orthogonal matrix, as a function of a matrix of any numbers of its shape; see `orthogonal`."""

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        # Of a wide matrix, the transposed of a tall one.
        wide = X.shape[-2] < X.shape[-1]
        x = X.mT if wide else X
        q = self._product(x) if self.orthogonal_map == "householder" else self._map(x)
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if wide else q

    def _map(self, x: Tensor) -> Tensor:
        """The exponential or Cayley's map of the skew-symmetric matrix that ``x`` has below its diagonal."""
        n, k = x.shape[-2:]
        x = x.tril()
        if n != k:
            x = autograd.cat([x, x.new_zeros(n, n - k).expand(*x.shape[:-2], -1, -1)], dim=-1)
        a = x - x.mT
        if self.orthogonal_map == "matrix_exp":
            q = autograd.matrix_exp(a)
        else:
            eye = autograd.eye(n, dtype=a.dtype)
            q = autograd.linalg.solve(eye - a * 0.5, eye + a * 0.5)
        return q[..., :k]

    def _product(self, x: Tensor) -> Tensor:
        """The product of the reflections that ``x`` has below its diagonal, in the directions on its diagonal."""
        a = x.tril(-1)
        tau = 2.0 / (1.0 + (a * a).sum(dim=-2))
        q = autograd.linalg.householder_product(a, tau)
        # 1 and -1, through which nothing passes back.
        return q * x.detach().diagonal(dim1=-2, dim2=-1).trunc().unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {tuple(self.shape)}. Got a tensor of shape "
                f"{tuple(Q.shape)}."
            )
        wide = Q.shape[-2] < Q.shape[-1]
        q = Q.mT if wide else Q
        n, k = q.shape[-2:]
        if hasattr(self, "base"):
            if n != k:
                # Completed to a square one, at random.
                q = autograd.cat([q, autograd.randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], dim=-1)
            self.base = q.clone() if n == k and _is_orthogonal(q) else _orthogonalized(q)
            # What every map makes the identity of, for Householder's needs its diagonal.
            return -autograd.eye(*Q.shape[-2:], dtype=Q.dtype).expand(Q.shape).clone()
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        a, tau = autograd.geqrf(q)
        # The diagonal of R made positive; where no reflection was needed, the column keeps its direction.
        signs = a.diagonal(dim1=-2, dim2=-1).sign()
        signs = autograd.where(tau == 0, -signs, signs)
        a = autograd.where(autograd.eye(n, k) == 1, signs.unsqueeze(-2), a)
        return a.mT if wide else a


def orthogonal(
    module: M, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> M:
    """Keep a matrix, or each of a batch of them, orthogonal while it is learned: ``QᵀQ = 1``, ``QQᵀ = 1`` if wide.

    orthogonal_map: of which function of a matrix A it is the value. "matrix_exp": ``e^A``, "cayley":
    ``(1 + A/2)(1 - A/2)⁻¹``, both for the skew-symmetric A with the learned numbers below its diagonal; "householder":
    a product of reflections. By default the exponential of square matrices, reflections of others.
    use_trivialization: whether to multiply it by a fixed orthogonal matrix, so that it starts with the value it has, or
    with that made orthogonal, and can be assigned to (Lezcano-Casado, 2019). ValueError for fewer than 2 dimensions.

    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(20, 40))
    >>> (layer.weight.T @ layer.weight).allclose(autograd.eye(20), atol=1e-5)
    True
    """
    weight = _tensor_of(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in ("matrix_exp", "cayley", "householder"):
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, made, unsafe=True)


class _WeightNorm(Module):
    """``g·v/‖v‖``; see `weight_norm`."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return scaled(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return lengths(weight, self.dim), weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Make a parameter the product ``g·v/‖v‖`` of a length and a direction (Salimans and Kingma, 2016).

    A length for each index of ``dim``, of everything if that is None. Learned are ``original0``, the lengths g, and
    ``original1``, the directions v, of ``module.parametrizations.name``. The state of a module with the older
    `nn.utils.weight_norm` can be loaded.

    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(20, 40))
    >>> layer.parametrizations.weight.original0.shape, layer.parametrizations.weight.original1.shape
    (autograd.Size([40, 1]), autograd.Size([40, 20]))
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module.register_load_state_dict_pre_hook(partial(_renamed, name))
    return module


def _renamed(name: str, module: Module, state: dict[str, Any], prefix: str, *others: Any) -> None:
    """Give what `nn.utils.weight_norm` saved the names that are expected here."""
    old = [f"{prefix}{name}_{letter}" for letter in "gv"]
    if all(key in state for key in old):
        for i, key in enumerate(old):
            state[f"{prefix}parametrizations.{name}.original{i}"] = state.pop(key)


class _SpectralNorm(Module):
    """The weight divided by its largest singular value; see `spectral_norm`."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-weight.ndim}, {weight.ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps, self.n_power_iterations = dim % weight.ndim, eps, n_power_iterations
        if weight.ndim > 1:
            matrix = as_matrix(weight, self.dim)
            self.register_buffer("_u", random_direction(weight, matrix.shape[0], eps))
            self.register_buffer("_v", random_direction(weight, matrix.shape[1], eps))
            self._approach(matrix, 15)

    @no_grad()
    def _approach(self, matrix: Tensor, steps: int) -> None:
        """Take steps of the power method from ``_u`` and ``_v`` towards the first singular vectors."""
        for _ in range(steps):
            F.normalize(matrix @ self._v, dim=0, eps=self.eps, out=self._u)
            F.normalize(matrix.T @ self._u, dim=0, eps=self.eps, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._approach(matrix, self.n_power_iterations)
        # Copies, for the next call writes into them before this one has passed its gradients back.
        u, v = self._u.clone(), self._v.clone()
        made: Tensor = weight / (u @ (matrix @ v))
        return made

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide a parameter by its largest singular value (Miyato et al., 2018), a vector by its length.

    As a matrix it has a row for each index of ``dim``: 0, but 1 of transposed convolutions. The singular value is
    estimated: whenever the parameter is read in training, its singular vectors come nearer by ``n_power_iterations``
    steps of the power method. eps: the least norm that a vector is divided by. ValueError for no steps.

    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(20, 40))
    >>> abs(autograd.linalg.matrix_norm(layer.weight, 2).item() - 1) < 0.1
    True
    """
    weight = _tensor_of(module, name)
    made = _SpectralNorm(weight, n_power_iterations, outputs_dim(module) if dim is None else dim, eps)
    return parametrize.register_parametrization(module, name, made)

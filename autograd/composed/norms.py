"""Norms, and the distances and angles that they measure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, check_dim
from ..ops.arithmetic import where
from ..ops.norm import vector_norm
from ..ops.shape import cast
from .matrix_norms import matrix_norm
from .registry import function, method


@method()
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """``(Σ|xᵢ|ᵖ)^(1/p)`` of all elements, or over ``dim``; p may be infinite, and "fro" is 2.

    "nuc" is the sum of the singular values of a matrix, or of those in a pair of dimensions.

    >>> autograd.tensor([3., 4.]).norm()
    tensor(5.)
    """
    if isinstance(p, str) and p != "fro":
        return matrix_norm(input, p, range(input.ndim) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


@method(in_place=True)
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Each slice of ``input`` along ``dim`` scaled down to the norm ``maxnorm``, if its p-norm is larger.

    >>> autograd.tensor([[3., 4.], [0., 1.]]).renorm(2, 0, 1.)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported: {p}")
    if not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim}")
    axis = check_dim("renorm", dim, input.ndim)
    if input.array.dtype == np.float16:
        # The derivative has the square of the norm, which float16 seldom holds.
        return cast(renorm(cast(input, np.float32), p, dim, maxnorm), np.float16)
    size = vector_norm(input, p, [i for i in range(input.ndim) if i != axis], True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


@function("cosine_similarity", "nn.functional.cosine_similarity")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine ``x₁·x₂ / (max(‖x₁‖, eps)·max(‖x₂‖, eps))`` of the angle between vectors along ``dim``.

    >>> autograd.cosine_similarity(autograd.tensor([[1., 0.]]), autograd.tensor([[1., 1.]]))
    tensor([0.7071])
    """
    for x in (x1, x2):
        if not x.is_floating_point():
            raise RuntimeError(f"cosine_similarity: expected Tensors of floats, not {x.dtype}")
    if not eps >= 0:
        raise RuntimeError(f"cosine_similarity: eps must be non-negative, got: {eps}")
    x1, x2 = _broadcast(x1, x2)
    check_dim("cosine_similarity", dim, x1.ndim)
    return (_unit(x1, dim, eps) * _unit(x2, dim, eps)).sum(dim)


def _broadcast(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    try:
        shape = np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        raise RuntimeError(
            f"cosine_similarity: shapes {tuple(x.shape)} and {tuple(y.shape)} don't broadcast together"
        ) from None
    return x.expand(shape), y.expand(shape)


def _unit(x: Tensor, dim: int, eps: float) -> Tensor:
    """``x / max(‖x‖, eps)``, with the gradient of the norm even where ``eps`` is larger."""
    size = vector_norm(x, 2, dim, True)
    return x / (size + (size.clamp(min=eps) - size).detach())


@function("pairwise_distance", "nn.functional.pairwise_distance")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm ``‖x₁ - x₂ + eps‖`` over the last dimension.

    >>> autograd.pairwise_distance(autograd.tensor([[0., 0.]]), autograd.tensor([[3., 4.]]), eps=0.)
    tensor([5.])
    """
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


@function("pdist", "nn.functional.pdist")
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm of ``xᵢ - xⱼ`` for each pair i < j of rows, in a vector.

    >>> autograd.pdist(autograd.tensor([[0., 0.], [3., 4.], [0., 1.]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    if input.ndim != 2:
        raise RuntimeError(f"pdist: only supports 2D tensors, got the shape {tuple(input.shape)}")
    if p < 0 or math.isnan(p):
        raise RuntimeError(f"pdist: only supports non-negative p values, not {p}")
    first, second = np.triu_indices(input.shape[0], 1)
    apart = input[first] - input[second]
    return vector_norm(apart, p, 1) if input.shape[1] else apart.sum(1)

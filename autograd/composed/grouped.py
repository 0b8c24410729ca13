"""Products of matrices in groups of different sizes."""

from __future__ import annotations

import itertools

from ..engine.tensor import Tensor
from ..ops.joining import cat, stack
from ..types import dtypes
from .registry import function


@function("nn.functional.grouped_mm")
def grouped_mm(
    mat_a: Tensor,
    mat_b: Tensor,
    *,
    offs: Tensor | None = None,
    bias: Tensor | None = None,
    out_dtype: dtypes.dtype | None = None,
) -> Tensor:
    """A product of matrices for each group, as of the tokens that went to each expert with the expert's weights.

    Two stacks of matrices, (g, m, k) and (g, k, n), are multiplied one by one. Of a single matrix beside a stack,
    (m, k) or (k, n), the rows or columns belong to groups, of which ``offs``, of int32, says where each ends; what is
    behind the last gives 0. Of two matrices the summed dimension is cut so, which gives (g, m, n).
    RuntimeError for shapes or dtypes that don't fit, and for a ``bias``, as in PyTorch.

    >>> tokens, experts = autograd.ones(3, 2), autograd.tensor([[[1.], [1.]], [[5.], [5.]]])
    >>> nn.functional.grouped_mm(tokens, experts, offs=autograd.tensor([1, 3], dtype=autograd.int32)).tolist()
    [[2.0], [10.0], [10.0]]
    """
    for name, matrix in (("mat_a", mat_a), ("mat_b", mat_b)):
        if matrix.ndim not in (2, 3):
            raise RuntimeError(f"{name} has to be 2 or 3d, not of shape {tuple(matrix.shape)}")
        if not matrix.is_floating_point():
            raise RuntimeError(f"Expected {name} to be a Float32 or Float16 matrix, got {matrix.dtype}")
    if (offs is not None) == (mat_a.ndim == mat_b.ndim == 3):
        raise RuntimeError("Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    if bias is not None:
        raise RuntimeError("Bias not supported yet; add it to what comes out")
    if out_dtype not in (None, mat_a.dtype):
        raise RuntimeError(f"Grouped gemm output dtype must match `mat_a` dtype, but it is {out_dtype}")
    if mat_a.shape[-1] != mat_b.shape[-2]:
        raise RuntimeError(
            f"contraction dimension of mat_a and mat_b must match, got {tuple(mat_a.shape)} and {tuple(mat_b.shape)}"
        )
    if offs is None:
        if mat_a.shape[0] != mat_b.shape[0]:
            raise RuntimeError(f"batched dimension has to match, got {mat_a.shape[0]} and {mat_b.shape[0]}")
        return mat_a @ mat_b
    if offs.ndim != 1 or offs.dtype is not dtypes.int32:
        raise RuntimeError(f"Offsets have to be int32, in a vector, not {offs.dtype} of shape {tuple(offs.shape)}")
    for stacked in (mat_a, mat_b):
        if stacked.ndim == 3 and len(offs) != len(stacked):
            raise RuntimeError(f"matrix batch sizes have to match: {len(stacked)} matrices, and {len(offs)} offsets")
    groups = list(itertools.pairwise([0, *offs.tolist()]))
    if mat_a.ndim == mat_b.ndim == 2:
        return stack([mat_a[:, start:end] @ mat_b[start:end] for start, end in groups])
    if mat_a.ndim == 2:
        parts = [mat_a[start:end] @ one for (start, end), one in zip(groups, mat_b)]
        behind = mat_a[groups[-1][1] :] @ mat_b.new_zeros(mat_b.shape[1:])
        return cat([*parts, behind])
    parts = [one @ mat_b[:, start:end] for (start, end), one in zip(groups, mat_a)]
    behind = mat_a.new_zeros(mat_a.shape[1:]) @ mat_b[:, groups[-1][1] :]
    return cat([*parts, behind], 1)

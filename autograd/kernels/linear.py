"""A matrix product with a bias, in one pass over its result."""

from __future__ import annotations

import numpy as np

from .compiling.blas import gemm
from .compiling.jit import kernel
from .compiling.require import require
from .compiling.threads import divided
from .products.matrices import PRODUCTS, product

# Of weights that are more, NumPy's BLAS makes more than the pass costs.
MOST = 1 << 18


def affine_numpy(x, weight, bias, out):
    np.matmul(x, weight.T, out=out)
    out += bias


@kernel(twin=affine_numpy)
def affine(x, weight, bias, out):
    """``out = x @ weightᵀ + bias``: the bias is written first, since BLAS adds to what is there."""
    require(bias.size == out.shape[1])
    for i in range(out.shape[0]):
        row = out[i]
        for j in range(bias.size):
            row[j] = bias[j]
    gemm(x, weight, out, 1.0, False, True)


def linear(x, weight, bias):
    """``x @ weightᵀ + bias`` of matrices x (rows, features) and weight (made, features), and bias (made)."""
    out = product(x, weight.T, bias)
    if out is not None:
        return out
    rows, made, kind = len(x), len(weight), x.dtype
    # A kernel is compiled for arrays that are laid out alike. A single column is NumPy's product by a vector.
    if (
        made > 1
        and weight.size <= MOST
        and kind.char in "fd"
        and kind == weight.dtype == bias.dtype
        and x.flags.carray
        and weight.flags.carray
        and bias.flags.carray
    ):
        out = np.empty((rows, made), kind)
        work = lambda start, stop: affine(x[start:stop], weight, bias, out[start:stop])
        divided(rows, work, rows * weight.size / PRODUCTS)
        return out
    out = x @ weight.T
    out += bias
    return out

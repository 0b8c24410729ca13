"""Products of matrices and vectors."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

from ..engine.tensor import Tensor, needs_graph
from ..ops.matmul import by, cross
from ..ops.pointwise import zero
from ..ops.shape import cast
from ..types.dtypes import result_dtype
from .registry import function, method


@method()
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices.

    >>> autograd.ones(1, 2).mm(autograd.ones(2, 1))
    tensor([[2.]])
    """
    return _product("mm", input, mat2, 2, 2)


@method()
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two stacks of matrices, as many in one as in the other.

    >>> autograd.ones(5, 2, 3).bmm(autograd.ones(5, 3, 4)).shape
    autograd.Size([5, 2, 4])
    """
    return _product("bmm", input, mat2, 3, 3)


@method()
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).mv(autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    return _product("mv", input, vec, 2, 1)


@method()
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The sum of the products of two vectors' elements.

    >>> autograd.tensor([1., 2.]).dot(autograd.tensor([3., 4.]))
    tensor(11.)
    """
    return _product("dot", input, tensor, 1, 1)


@method()
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The same as `dot`: real numbers are their own conjugates.

    >>> autograd.tensor([1., 2.]).vdot(autograd.tensor([3., 4.]))
    tensor(11.)
    """
    return _product("vdot", input, other, 1, 1)


def _product(name: str, x: Tensor, y: Tensor, x_ndim: int, y_ndim: int) -> Tensor:
    _expect(name, x, x_ndim)
    _expect(name, y, y_ndim)
    if x_ndim == 3 and x.array.shape[0] != y.array.shape[0]:
        raise RuntimeError(
            f"{name}: batch1 and batch2 must have same number of batches, got {x.array.shape[0]} and "
            f"{y.array.shape[0]} (shapes: {tuple(x.shape)}, {tuple(y.shape)})"
        )
    if x.array.shape[-1] != y.array.shape[-2 if y.ndim > 1 else -1]:
        raise RuntimeError(
            f"{name}: mat1 and mat2 shapes cannot be multiplied ({by(x.array.shape)} and {by(y.array.shape)}): "
            "the last size of the one must be the size that it meets in the other"
        )
    return x @ y


def _expect(name: str, x: Tensor, ndim: int) -> None:
    if not isinstance(x, Tensor):
        raise TypeError(f"{name}(): expected a Tensor, not {type(x).__name__}")
    if x.ndim != ndim:
        raise RuntimeError(f"{name}: expected a {ndim}D Tensor, but got one of shape {tuple(x.shape)}")


@method("outer", "ger")
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The products of each element of a vector with each of another: ``out[i][j] = input[i]·vec2[j]``.

    >>> autograd.tensor([1, 2]).outer(autograd.tensor([3, 4, 5]))
    tensor([[ 3,  4,  5],
            [ 6,  8, 10]])
    """
    return _outer("outer", input, vec2)


def _outer(name: str, x: Tensor, y: Tensor) -> Tensor:
    _expect(name, x, 1)
    _expect(name, y, 1)
    return x.unsqueeze(1) * y


@method()
def kron(input: Tensor, other: Tensor) -> Tensor:
    """Kronecker's product: each element of ``input`` times all of ``other``, as blocks.

    >>> autograd.tensor([1, 10]).kron(autograd.tensor([[1], [2]]))
    tensor([[ 1, 10],
            [ 2, 20]])
    """
    ndim = max(input.ndim, other.ndim)
    left, right = ((1,) * (ndim - x.ndim) + x.array.shape for x in (input, other))
    blocks = input.reshape([part for size in left for part in (size, 1)]) * other.reshape(
        [part for size in right for part in (1, size)]
    )
    return blocks.reshape([a * b for a, b in zip(left, right)])


@method(in_place=True)
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta·input + alpha·(mat1 @ mat2)``; with beta 0, input counts for nothing, even if it is NaN.

    >>> autograd.ones(2).addmm(autograd.ones(1, 3), autograd.ones(3, 2), alpha=10)
    tensor([[31., 31.]])
    """
    return _added("addmm", input, _product("addmm", mat1, mat2, 2, 2), beta, alpha)


@method(in_place=True)
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta·input + alpha·(mat @ vec)``, as `addmm`.

    >>> autograd.ones(2).addmv(autograd.ones(2, 3), autograd.ones(3))
    tensor([4., 4.])
    """
    return _added("addmv", input, _product("addmv", mat, vec, 2, 1), beta, alpha)


@method(in_place=True)
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta·input + alpha·outer(vec1, vec2)``, as `addmm`.

    >>> autograd.zeros(2, 2).addr(autograd.tensor([1., 2.]), autograd.tensor([1., 10.]))
    tensor([[ 1., 10.],
            [ 2., 20.]])
    """
    dtype = result_dtype([input.array, vec1.array, vec2.array], [])
    input, vec1, vec2 = (x if x.array.dtype == dtype else cast(x, dtype) for x in (input, vec1, vec2))
    return _added("addr", input, _outer("addr", vec1, vec2), beta, alpha)


@method(in_place=True)
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta·input + alpha·(batch1 @ batch2)`` of stacks of matrices, as `addmm`.

    >>> autograd.ones(1).baddbmm(autograd.ones(1, 1, 3), autograd.ones(1, 3, 2))
    tensor([[[4., 4.]]])
    """
    return _added("baddbmm", input, _product("baddbmm", batch1, batch2, 3, 3), beta, alpha)


@method(in_place=True)
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta·input + alpha·Σ(batch1[i] @ batch2[i])``, as `addmm`.

    >>> autograd.ones(2).addbmm(autograd.ones(5, 1, 3), autograd.ones(5, 3, 2))
    tensor([[16., 16.]])
    """
    return _added("addbmm", input, _product("addbmm", batch1, batch2, 3, 3).sum(0), beta, alpha)


def _added(name: str, x: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    """``beta·x + alpha·product`` in the shape of the product."""
    if x.array.dtype != product.array.dtype:
        raise RuntimeError(
            f"{name}: expected Tensors of one dtype, but got {x.dtype} and {product.dtype}; convert one: x.float()"
        )
    if "f" not in (x.array.dtype.kind, product.array.dtype.kind):
        for key, factor in (("beta", beta), ("alpha", alpha)):
            if not isinstance(factor, int):
                raise RuntimeError(f"{name}: for integers, {key} must not be a floating point number, such as {factor}")
    if alpha != 1:
        product = product * alpha
    try:
        x = x.expand(product.shape)
    except RuntimeError as error:
        raise RuntimeError(f"{name}: {error}") from None
    if beta == 0:
        return product + zero(x) if needs_graph(x) else product
    return product + (x if beta == 1 else x * beta)


@function("linalg.multi_dot")
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of a chain of matrices, in the order that takes the fewest multiplications.

    The first and the last may be vectors. RuntimeError for fewer than two, or sizes that don't meet.

    >>> autograd.linalg.multi_dot([autograd.ones(1, 2), autograd.ones(2, 3), autograd.ones(3)])
    tensor([6.])
    """
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot: expected at least 2 tensors but got {len(tensors)}")
    for position, x in enumerate(tensors):
        ends = position in (0, len(tensors) - 1)
        if x.ndim != 2 and not (ends and x.ndim == 1):
            expected = "1D or 2D" if ends else "2D"
            raise RuntimeError(f"multi_dot: tensor {position} must be {expected} but got {x.ndim}D")
    row, column = tensors[0].ndim == 1, tensors[-1].ndim == 1
    chain = list(tensors)
    if row:
        chain[0] = chain[0].unsqueeze(0)
    if column:
        chain[-1] = chain[-1].unsqueeze(1)
    for position, (x, y) in enumerate(itertools.pairwise(chain)):
        if x.array.shape[1] != y.array.shape[0]:
            raise RuntimeError(
                f"multi_dot: tensors {position} and {position + 1} with shapes {list(tensors[position].shape)} and "
                f"{list(tensors[position + 1].shape)} cannot be multiplied"
            )
    made = _chain(chain)
    made = made.squeeze(0) if row else made
    return made.squeeze(-1) if column else made


@function()
def chain_matmul(*matrices: Tensor) -> Tensor:
    """`linalg.multi_dot` of matrices given one by one.

    >>> autograd.chain_matmul(autograd.ones(1, 2), autograd.ones(2, 3), autograd.ones(3, 1))
    tensor([[6.]])
    """
    for x in matrices:
        _expect("chain_matmul", x, 2)
    return matrices[0] if len(matrices) == 1 else multi_dot(matrices)


def _chain(matrices: list[Tensor]) -> Tensor:
    """The product of ``matrices`` with the brackets where they cost the fewest multiplications."""
    sizes = [matrices[0].array.shape[0], *(x.array.shape[1] for x in matrices)]

    @functools.cache
    def cheapest(start: int, stop: int) -> tuple[float, int]:
        """How many multiplications the product of ``matrices[start:stop]`` takes, and where to cut it."""
        if stop - start == 1:
            return 0.0, start
        return min(
            (cheapest(start, cut)[0] + cheapest(cut, stop)[0] + math.prod((sizes[start], sizes[cut], sizes[stop])), cut)
            for cut in range(start + 1, stop)
        )

    def product(start: int, stop: int) -> Tensor:
        if stop - start == 1:
            return matrices[start]
        cut = cheapest(start, stop)[1]
        return product(start, cut) @ product(cut, stop)

    return product(0, len(matrices))


@function("linalg.cross")
def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product of vectors of three along ``dim``.

    >>> autograd.linalg.cross(autograd.tensor([1., 0., 0.]), autograd.tensor([0., 1., 0.]))
    tensor([0., 0., 1.])
    """
    return cross(input, other, dim)


@function("linalg.vecdot")
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The sums of products along ``dim``.

    >>> autograd.linalg.vecdot(autograd.tensor([[1., 2.], [3., 4.]]), autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    return (x * y).sum(dim)


@function("linalg.matmul")
def linalg_matmul(input: Tensor, other: Tensor) -> Tensor:
    """`autograd.matmul`.

    >>> autograd.linalg.matmul(autograd.ones(1, 2), autograd.ones(2, 1))
    tensor([[2.]])
    """
    return input @ other

"""Sums of products over named dimensions: einsum, and products that it can express."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, check_dim
from ..types.dtypes import promote_types
from .registry import function, method

Labels = tuple[Any, ...]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@function()
def einsum(*args: Any) -> Tensor:
    """The sum of the products of elements, in Einstein's notation: a letter for each dimension, summed unless kept.

    ``einsum("ij,jk->ik", x, y)`` is ``x @ y``. A letter that an operand has twice takes its diagonal, ``...`` stands
    for the dimensions without a letter, which broadcast, and so do sizes 1. Without ``->`` the result has the letters
    that occur once, in the order of the alphabet. ``einsum(x, [0, 1], y, [1, 2], [0, 2])`` says it with numbers.

    RuntimeError where the letters don't fit the shapes.

    >>> x = autograd.tensor([[1., 2.], [3., 4.]])
    >>> autograd.einsum("ij,j->i", x, autograd.tensor([1., 10.])), autograd.einsum("ii", x)
    (tensor([21., 43.]), tensor(5.))
    """
    if args and isinstance(args[0], str):
        equation, operands = (
            args[0],
            list(args[1]) if len(args) == 2 and isinstance(args[1], (list, tuple)) else list(args[1:]),
        )
        terms, output = _read(equation)
    else:
        operands, parts = list(args[::2][: len(args) // 2]), args[1::2]
        terms, output = [_letters(part) for part in parts], _letters(args[-1]) if len(args) % 2 else None
    if not operands or not all(isinstance(x, Tensor) for x in operands):
        raise ValueError(
            "einsum: must specify the equation string and at least one operand, or operands and their subscripts lists"
        )
    if len(operands) != len(terms):
        relation = "fewer" if len(operands) < len(terms) else "more"
        raise RuntimeError(f"einsum: {relation} operands were provided ({len(operands)}) than specified ({len(terms)})")
    labels = [_labels(term, x.array.shape, i) for i, (term, x) in enumerate(zip(terms, operands))]
    dots = sorted({label for term in labels for label in term if isinstance(label, int)})
    if output is None:
        every = [label for term in terms for label in term if label is not ...]
        kept = [*dots, *sorted(label for label in set(every) if every.count(label) == 1)]
    else:
        kept = [part for label in output for part in (dots if label is ... else [label])]
    for label in kept:
        if kept.count(label) > 1:
            raise RuntimeError(f"einsum: output subscript {label} appears more than once in the output")
        if not any(label in term for term in labels):
            raise RuntimeError(f"einsum: output subscript {label} does not appear for any input operand")
    return sum_of_products("einsum", operands, labels, tuple(kept))


def _read(equation: str) -> tuple[list[list[Any]], list[Any] | None]:
    """The terms of an equation, and what comes after its arrow, each a list of letters and at most one ``...``."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = [_term(text, f"for operand {i}") for i, text in enumerate(left.split(","))]
    return terms, _term(right, "in the output") if arrow else None


def _term(text: str, where: str) -> list[Any]:
    before, dots, after = text.partition("...")
    if "." in before + after:
        reason = "for which an ellipsis was already found" if dots else "that is not part of any ellipsis"
        raise RuntimeError(f"einsum: found '.' {where} {reason}")
    for letter in before + after:
        if letter not in LETTERS:
            raise RuntimeError(f"einsum: invalid subscript {letter!r} {where}, subscripts must be in [a-zA-Z]")
    return [*before, *([...] if dots else []), *after]


def _letters(numbers: Any) -> list[Any]:
    """A list of subscripts as letters: 0 is A."""
    for number in numbers:
        if number is not ... and not 0 <= number < 52:
            raise ValueError(f"einsum: subscript {number} is not within the valid range [0, 52)")
    return [... if number is ... else LETTERS[number] for number in numbers]


def _labels(term: list[Any], shape: tuple[int, ...], position: int) -> Labels:
    """A label for each dimension: its letter, or -1, -2, ... from the last on for those that ``...`` stands for."""
    named = len(term) - (... in term)
    if named != len(shape) and (... not in term or named > len(shape)):
        relation = "is more than" if ... in term else "does not match"
        raise RuntimeError(
            f"einsum: the number of subscripts ({named}) {relation} the number of dimensions ({len(shape)}) for "
            f"operand {position}" + ("" if ... in term else " and no ellipsis was given")
        )
    dots = range(named - len(shape), 0)
    return tuple(part for label in term for part in (dots if label is ... else [label]))


def sum_of_products(name: str, operands: Sequence[Tensor], labels: Sequence[Labels], kept: Labels) -> Tensor:
    """The sum, over all dimensions whose labels are not ``kept``, of the products of elements.

    A size 1 broadcasts to the size of the same label elsewhere.
    """
    diagonals = [_diagonal(name, x, term, i) for i, (x, term) in enumerate(zip(operands, labels))]
    sizes: dict[Any, int] = {}
    for position, (x, term) in enumerate(diagonals):
        for label, size in zip(term, x.array.shape):
            if sizes.get(label, 1) != 1 != size != sizes[label]:
                raise RuntimeError(
                    f"{name}: subscript {label} has size {size} for operand {position} which does not broadcast with "
                    f"previously seen size {sizes[label]}"
                )
            if sizes.get(label, 1) == 1:
                sizes[label] = size
    # A dimension of size 1 that broadcasts is left out: what remains still spans the result.
    factors = [
        _without(x, term, [i for i, s in enumerate(x.array.shape) if s != sizes[term[i]]]) for x, term in diagonals
    ]
    made, present = factors[0]
    for i, (x, term) in enumerate(factors[1:], 2):
        later = {label for _, others in factors[i:] for label in others}
        made, present = _product(made, present, x, term, later.union(kept))
    made, present = _summed(made, present, set(kept))
    return _ordered(made, present, kept)


def _diagonal(name: str, x: Tensor, term: Labels, position: int) -> tuple[Tensor, Labels]:
    """The diagonal over each label that comes twice."""
    for label in dict.fromkeys(term):
        places = [i for i, other in enumerate(term) if other == label]
        sizes = [x.array.shape[i] for i in places]
        if len(set(sizes)) > 1:
            raise RuntimeError(
                f"{name}: subscript {label} is repeated for operand {position} but the sizes don't match: {sizes}"
            )
        if len(places) > 1:
            others = [i for i in range(x.ndim) if i not in places]
            x = _permuted(x, [*places, *others])[(np.arange(sizes[0]),) * len(places)]
            term = (label, *(term[i] for i in others))
    return x, term


def _without(x: Tensor, term: Labels, places: list[int]) -> tuple[Tensor, Labels]:
    """``x`` without dimensions of size 1."""
    if not places:
        return x, term
    left = [i for i in range(x.ndim) if i not in places]
    return x.reshape([x.array.shape[i] for i in left]), tuple(term[i] for i in left)


def _permuted(x: Tensor, order: list[int]) -> Tensor:
    return x if order == list(range(x.ndim)) else x.permute(order)


def _ordered(x: Tensor, term: Labels, wanted: Labels) -> Tensor:
    return _permuted(x, [term.index(label) for label in wanted])


def _summed(x: Tensor, term: Labels, kept: set[Any]) -> tuple[Tensor, Labels]:
    """``x`` summed over what is not kept."""
    places = [i for i, label in enumerate(term) if label not in kept]
    return (x.sum(places), tuple(label for label in term if label in kept)) if places else (x, term)


def _product(x: Tensor, first: Labels, y: Tensor, second: Labels, kept: set[Any]) -> tuple[Tensor, Labels]:
    """The product of two, summed over what is not kept, as a product of stacks of matrices."""
    x, first = _summed(x, first, kept.union(second))
    y, second = _summed(y, second, kept.union(first))
    stack = tuple(label for label in first if label in second and label in kept)
    inner = tuple(label for label in first if label in second and label not in kept)
    rows = tuple(label for label in first if label not in second)
    columns = tuple(label for label in second if label not in first)
    if not inner and x.dtype is not y.dtype:
        # Where nothing is summed it is a product of elements, which have one dtype as those of any.
        dtype = promote_types(x.dtype, y.dtype)
        x, y = x.to(dtype), y.to(dtype)
    x, y = _ordered(x, first, stack + rows + inner), _ordered(y, second, stack + inner + columns)
    s, r, c = len(stack), len(rows), len(columns)
    stacked, left, right = x.array.shape[:s], x.array.shape[s : s + r], y.array.shape[y.ndim - c :]
    summed = math.prod(x.array.shape[s + r :])
    x, y = _shaped(x, (*stacked, math.prod(left), summed)), _shaped(y, (*stacked, summed, math.prod(right)))
    return _shaped(x @ y, (*stacked, *left, *right)), stack + rows + columns


def _shaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if x.array.shape == shape else x.reshape(shape)


@function()
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sum of products over pairs of dimensions: the last ``dims`` of a with the first of b, or two lists of them.

    >>> autograd.tensordot(autograd.ones(2, 3, 4), autograd.ones(4, 3), ([1, 2], [1, 0])).shape
    autograd.Size([2])
    """
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot: expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot: expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = (range(a.ndim - dims, a.ndim), range(dims))
    first, second = ([pair] if isinstance(pair, int) else list(pair) for pair in dims)
    if len(first) != len(second):
        raise RuntimeError(f"tensordot: both dimension lists should have same length, not {first} and {second}")
    first = [check_dim("tensordot", dim, a.ndim) for dim in first]
    second = [check_dim("tensordot", dim, b.ndim) for dim in second]
    for listed in (first, second):
        if len(set(listed)) < len(listed):
            raise RuntimeError(f"tensordot: a dim appears multiple times in {listed}")
    for i, j in zip(first, second):
        if a.array.shape[i] != b.array.shape[j] and 1 not in (a.array.shape[i], b.array.shape[j]):
            raise RuntimeError(
                f"tensordot: contracted dimensions need to match, but first has size {a.array.shape[i]} in dim {i} and "
                f"second has size {b.array.shape[j]} in dim {j}"
            )
    left = tuple(range(a.ndim))
    right = tuple(first[second.index(j)] if j in second else a.ndim + j for j in range(b.ndim))
    kept = tuple(label for label in left + right if label not in first)
    return sum_of_products("tensordot", (a, b), (left, right), kept)


@method()
def inner(input: Tensor, other: Tensor) -> Tensor:
    """The sums of products along the last dimensions of both; a 0-d Tensor multiplies.

    >>> autograd.inner(autograd.tensor([[1., 2.], [3., 4.]]), autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    if not input.ndim or not other.ndim:
        return input * other
    if input.array.shape[-1] != other.array.shape[-1]:
        raise RuntimeError(
            "inner: the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]))


@function("nn.functional.bilinear")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x₁ᵀ·Wₖ·x₂ + bₖ`` for each k: x₁ (..., m), x₂ (..., n), W (out, m, n), b (out); gives (..., out).

    RuntimeError where the shapes don't fit.

    >>> x = autograd.tensor([1., 2.])
    >>> nn.functional.bilinear(x, x, autograd.ones(1, 2, 2))
    tensor([9.])
    """
    if weight.ndim != 3 or (input1.shape[-1:], input2.shape[-1:]) != (weight.shape[1:2], weight.shape[2:]):
        raise RuntimeError(
            f"bilinear: input sizes {tuple(input1.shape[-1:])} and {tuple(input2.shape[-1:])} do not match the weight "
            f"of shape {tuple(weight.shape)}, which is (out, size of input1, size of input2)"
        )
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            f"bilinear: input batch dimensions do not match: got {tuple(input1.shape)} and {tuple(input2.shape)}"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise RuntimeError(f"bilinear: bias of shape {tuple(bias.shape)} does not match {weight.shape[0]} outputs")
    if len({input1.dtype, input2.dtype, weight.dtype}) > 1:
        raise RuntimeError(
            f"bilinear: All tensors must have the same dtype, got input1: {input1.dtype}, input2: {input2.dtype}, "
            f"weight: {weight.dtype}"
        )
    out = einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias

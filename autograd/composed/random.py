"""Random numbers of many distributions: written into a Tensor, or drawn with a Tensor's elements as parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..creation.arguments import finish, kind, sizes_of
from ..creation.generator import Generator, chosen
from ..creation.layout import as_in_memory, in_memory_order
from ..creation.random import bounds, held, normal_numbers, only_floats, uniform_numbers, whole_numbers
from ..engine.tensor import Tensor, needs_graph, wrap
from ..engine.writing import in_graph, put
from ..kernels import samplers
from ..ops.op import InvalidValue
from ..ops.pointwise import zero
from ..ops.variates import dirichlet_variate, gamma_variate
from ..types.dtypes import DTYPES
from ..types.dtypes import dtype as Dtype
from .registry import function, method, tensor_method


def _interval(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
    """The arguments ``from`` and ``to``; None if not given. No parameter can be called ``from``, which is a keyword."""
    given = dict(zip(("from", "to"), args))
    if len(args) > 2 or given.keys() & named.keys() or named.keys() - {"from", "to"}:
        raise TypeError(f"{name}() takes 'from' and 'to', but got {', '.join([*map(repr, args), *named])}")
    given |= named
    return given.get("from"), given.get("to")


@tensor_method()
def uniform_(self: Tensor, *args: float, generator: Generator | None = None, **named: float) -> Tensor:
    """In place: uniform random numbers in [from, to), in [0, 1) if nothing is said.

    >>> _ = autograd.manual_seed(0); autograd.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    in_graph("uniform_", self)
    only_floats("uniform_", self.array.dtype)
    given, limits = _interval("uniform_", args, named), np.finfo(self.array.dtype)
    low, high = 0.0 if given[0] is None else given[0], 1.0 if given[1] is None else given[1]
    if not (limits.min <= low <= limits.max and limits.min <= high <= limits.max):
        raise RuntimeError(f"uniform_: from={low}, to={high} is out of bounds for {self.dtype}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    return put("uniform_", self, uniform_numbers("uniform_", self.array, generator, low, high))


@tensor_method()
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """In place: random numbers of the normal distribution.

    >>> _ = autograd.manual_seed(0); autograd.empty(2).normal_(10, 2)
    tensor([13.0820,  9.4131])
    """
    in_graph("normal_", self)
    if not std >= 0:
        raise RuntimeError(f"normal_ expects std >= 0.0, but found std {std}")
    return put("normal_", self, normal_numbers("normal_", self.array, generator, mean, std))


@tensor_method()
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """In place: eˣ of random numbers x of the normal distribution.

    >>> _ = autograd.manual_seed(0); autograd.empty(2).log_normal_(0, 1)
    tensor([4.6692, 0.7457])
    """
    in_graph("log_normal_", self)
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    only_floats("log_normal_", self.array.dtype)
    numbers = chosen("log_normal_", generator).normal_pairs(self.array.size)
    return _written("log_normal_", self, np.exp(numbers * std + mean))


@tensor_method()
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """In place: random numbers of density ``λ·e^(-λx)``.

    >>> _ = autograd.manual_seed(0); autograd.empty(2).exponential_(1)
    tensor([3.5083, 1.2304])
    """
    in_graph("exponential_", self)
    if self.array.dtype.kind != "f":
        raise RuntimeError(f"exponential_: a continuous distribution is of floats; not for {self.dtype}")
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    u = chosen("exponential_", generator).uniform(self.array.size)
    return _written("exponential_", self, -1 / lambd * np.log1p(-u))


@tensor_method()
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """In place: random numbers of density ``σ/(π·((x - median)² + σ²))``.

    >>> _ = autograd.manual_seed(0); autograd.empty(2).cauchy_()
    tensor([10.5977,  0.7648])
    """
    in_graph("cauchy_", self)
    if self.array.dtype.kind != "f":
        raise RuntimeError(f"cauchy_: a continuous distribution is of floats; not for {self.dtype}")
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    u = chosen("cauchy_", generator).uniform(self.array.size)
    return _written("cauchy_", self, median + sigma * np.tan(math.pi * (u - 0.5)))


@tensor_method()
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """In place: after how many trials, each a success with probability ``p``, the first success came.

    >>> _ = autograd.manual_seed(0); autograd.empty(4).geometric_(0.2)
    tensor([1., 2., 4., 1.])
    """
    in_graph("geometric_", self)
    if self.array.dtype.kind == "b":
        raise NotImplementedError("geometric_: not for bool")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    u = chosen("geometric_", generator).uniform(self.array.size)
    return _written("geometric_", self, np.ceil(np.log(u) / math.log1p(-p)))


@tensor_method()
def random_(self: Tensor, *args: int, generator: Generator | None = None, **named: int) -> Tensor:
    """In place: random integers below ``random_(to)``, or ``random_(from, to)``; without ``to`` all that the dtype
    holds, of floats those that follow one another without a gap.

    >>> _ = autograd.manual_seed(0); autograd.empty(4).random_(10)
    tensor([4., 9., 3., 0.])
    """
    in_graph("random_", self)
    low, high = _interval("random_", (0, *args) if len(args) == 1 and not named else args, named)
    first, last = bounds("random_", low or 0, _end(self.array.dtype) if high is None else high)
    # Without bounds PyTorch takes one output of the generator for a number, and two only for one of 64 bits.
    many = {"many": 1 << 32} if low is high is None else {}
    return put("random_", self, whole_numbers("random_", self.array, first, last, generator, **many))


def _end(dtype: np.dtype[Any]) -> int:
    """The first integer that ``dtype`` does not hold, or holds only with gaps before it."""
    return (1 << np.finfo(dtype).nmant + 1 if dtype.kind == "f" else held(dtype)[1]) + 1


@tensor_method()
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """In place: 1 with probability ``p``, a number or a Tensor that broadcasts to the shape, else 0.

    >>> _ = autograd.manual_seed(0); autograd.empty(4).bernoulli_(0.5)
    tensor([0., 0., 1., 0.])
    """
    in_graph("bernoulli_", self)
    return _written("bernoulli_", self, _tossed("bernoulli_", self.array, p, generator))


def _tossed(name: str, array: np.ndarray[Any, Any], p: Any, generator: Generator | None) -> np.ndarray[Any, Any]:
    """1 or 0 for each element of ``array``, in the order in which they lie in memory."""
    source = chosen(name, generator)
    if not isinstance(p, Tensor):
        if not 0 <= p <= 1:
            raise RuntimeError(f"{name} expects p to be in [0, 1], but got p={p}")
        return source.tossed(array.size, p, array.dtype.type(1))
    only_floats(name, p.array.dtype)
    if not np.all((p.array >= 0) & (p.array <= 1)):
        raise RuntimeError(f"{name}: expected probabilities between 0 and 1")
    try:
        probabilities = np.broadcast_to(p.array, array.shape)
    except ValueError:
        raise RuntimeError(
            f"{name}: probabilities of shape {tuple(p.shape)} don't broadcast to the shape {tuple(array.shape)}"
        ) from None
    draws = source.uniform(array.size, np.promote_types(p.array.dtype, np.float32))
    return draws < as_in_memory(probabilities, array)


def _written(name: str, x: Tensor, values: np.ndarray[Any, Any]) -> Tensor:
    """``x`` with ``values``, which are flat and in the order in which its elements lie in memory."""
    return put(name, x, in_memory_order(values.astype(x.array.dtype, copy=False), x.array))


def _constant(values: np.ndarray[Any, Any], *parents: Any) -> Tensor:
    """``values``, in the graph of ``parents``, by which they have the derivative 0."""
    made = wrap(values, None)
    for parent in parents:
        if needs_graph(parent):
            # Of the same dtype, which sums with another one might not have.
            made = made + zero(parent).to(made.dtype)
    return made


@method()
def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that ``input`` has, or with ``p``, else 0, for each element.

    >>> autograd.bernoulli(autograd.tensor([0., 1.]))
    tensor([0., 1.])
    """
    array = np.ascontiguousarray(input.array)
    tossed = _tossed("bernoulli", array, input if p is None else p, generator)
    return _constant(tossed.astype(array.dtype, copy=False).reshape(input.shape), input)


@function()
def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers of the normal distribution: one for each ``mean`` and ``std``, which are Tensors that broadcast
    (or one of them a number), or of the given ``size``.

    >>> _ = autograd.manual_seed(0); autograd.normal(autograd.tensor([0., 10.]), 2.)
    tensor([3.0820, 9.4131])
    >>> autograd.normal(0., 1., (2, 3)).shape
    autograd.Size([2, 3])
    """
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if tensors and size is not None:
        raise TypeError("normal(): a size is for numbers; Tensors have one of their own")
    if not tensors and not isinstance(size, (tuple, list)):
        raise TypeError(f"normal(): without Tensors, size must be a tuple of ints, not {type(size).__name__}")
    centre, spread = (x.array if isinstance(x, Tensor) else x for x in (mean, std))
    if not np.all(np.asarray(spread) >= 0):
        raise RuntimeError(f"normal: expects all elements of std >= 0.0, but found {np.min(spread)}")
    try:
        shape = np.broadcast_shapes(*(x.array.shape for x in tensors)) if tensors else sizes_of("normal", (size,))
    except ValueError:
        raise RuntimeError(f"normal: {tuple(mean.shape)} and {tuple(std.shape)} don't broadcast together") from None
    array = np.empty(shape, tensors[0].array.dtype if tensors else kind(dtype))
    if not tensors:
        return finish(normal_numbers("normal", array, generator, mean, std), requires_grad, device)
    if isinstance(std, Tensor):
        drawn = normal_numbers("normal", array, generator) * spread
    else:
        drawn = normal_numbers("normal", array, generator, 0.0, std)
    return _constant(np.asarray(drawn + centre, array.dtype), *tensors)


@method()
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """``num_samples`` indices, drawn with probabilities proportional to ``input``, from it or from each of its rows.

    RuntimeError for weights that are negative, not finite or all 0 in a row, or for more draws than there are weights
    if without ``replacement``.

    >>> autograd.multinomial(autograd.tensor([[0., 3.], [2., 0.]]), 1)
    tensor([[1],
            [0]])
    """
    weights = input.array
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial: only supports floating-point dtypes for input, got {input.dtype}")
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: expected 1 or 2 dimensions, got shape {tuple(input.shape)}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial: cannot sample {num_samples} samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(f"multinomial: cannot sample {num_samples} of {weights.shape[-1]} without replacement")
    if not np.all((weights >= 0) & (weights < np.inf)):
        raise RuntimeError("multinomial: a probability is inf, nan or negative")
    if not np.all(weights.sum(-1) > 0):
        raise RuntimeError("multinomial: the probabilities of a distribution sum to 0")
    source = chosen("multinomial", generator)
    if replacement and num_samples > 1:
        total = weights.cumsum(-1, dtype=np.promote_types(weights.dtype, np.float32))
        total /= total[..., -1:]
        total[..., -1] = 1
        u = source.uniform(total[..., 0].size * num_samples).reshape(-1, num_samples)
        rows = [np.searchsorted(row, draws) for row, draws in zip(np.atleast_2d(total), u)]
        return wrap(np.array(rows, np.int64).reshape(*weights.shape[:-1], num_samples), None)
    # With weights as rates of exponential waiting times, the first to be over are draws without replacement.
    waits = -np.log1p(-source.uniform(weights.size)).astype(weights.dtype)
    order = np.argsort(-(weights / in_memory_order(waits, weights)), -1, kind="stable")
    return wrap(order[..., :num_samples].copy(), None)


def _sampled(
    name: str, sampler: Any, generator: Generator | None, *parameters: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """A number for each element of the first of ``parameters``, of which others broadcast to its shape."""
    first = parameters[0]
    if first.dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"{name}: for float32 and float64 only; not for {DTYPES[first.dtype]}")
    out = np.empty(first.shape, first.dtype)
    try:
        # Copies, as kernels are compiled once more for arrays that can't be written to.
        flat = [np.array(np.broadcast_to(x, first.shape), first.dtype, order="C").reshape(-1) for x in parameters]
    except ValueError:
        shapes = " and ".join(str(x.shape) for x in parameters)
        raise RuntimeError(f"{name}: the parameters have shapes that don't fit: {shapes}") from None
    chosen(name, generator).run(sampler, *flat, out.reshape(-1))
    return out


@function()
def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Numbers of the Poisson distribution, ``e^-λ·λᵏ/k!``, with the elements of ``input`` as rates λ.

    RuntimeError for a rate that is negative or not finite, NotImplementedError for integers.

    >>> _ = autograd.manual_seed(0); autograd.poisson(autograd.tensor([0., 2., 50.]))
    tensor([ 0.,  6., 47.])
    """
    if not np.all((input.array >= 0) & (input.array < np.inf)):
        raise RuntimeError("poisson: invalid Poisson rate, expected rate to be finite and non-negative")
    rates = input.array.astype(np.float32) if input.array.dtype == np.float16 else input.array
    return _constant(_sampled("poisson", samplers.poisson, generator, rates).astype(input.array.dtype), input)


@function()
def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of ``count`` trials succeed, each with the probability ``prob``, which broadcasts to the former's shape.

    ValueError for a count of integers, NotImplementedError for other dtypes than float32 and float64.

    >>> _ = autograd.manual_seed(0); autograd.binomial(autograd.tensor([10., 100.]), autograd.tensor([1., 0.5]))
    tensor([10., 49.])
    """
    for name, given in (("count", count), ("prob", prob)):
        if given.array.dtype.kind != "f":
            raise InvalidValue(f"binomial only supports floating-point dtypes for {name}, got: {given.dtype}")
    return _constant(_sampled("binomial", samplers.binomial, generator, count.array, prob.array), count, prob)


def standard_gamma(concentration: Tensor, generator: Generator | None = None) -> Tensor:
    """Numbers of the gamma distributions of rate 1, with derivatives in their concentrations; none is 0."""
    drawn = _sampled("standard_gamma", samplers.standard_gamma, generator, concentration.array)
    return gamma_variate(concentration, np.maximum(drawn, np.finfo(drawn.dtype).tiny), concentration.array)


def sample_dirichlet(concentration: Tensor, generator: Generator | None = None) -> Tensor:
    """Points of the Dirichlet distributions over the last dimension, with derivatives in their concentrations."""
    alpha = concentration.array
    only_floats("sample_dirichlet", alpha.dtype)
    # Each is a gamma number divided by their sum, in float64, where small ones don't vanish.
    gammas = _sampled("sample_dirichlet", samplers.standard_gamma, generator, alpha.astype(np.float64))
    gammas = np.maximum(gammas, np.finfo(np.float64).tiny)
    one = alpha.dtype.type(1)
    drawn = (gammas / gammas.sum(-1, keepdims=True)).astype(alpha.dtype)
    inside = np.clip(drawn, np.finfo(alpha.dtype).tiny, np.nextafter(one, 0 * one))
    return dirichlet_variate(concentration, inside, alpha)

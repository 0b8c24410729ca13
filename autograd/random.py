"""Random numbers by PyTorch's CPU generator (Mersenne Twister), so that the same seed gives the same numbers."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from .creation import finish, sizes_of
from .dtypes import dtype as Dtype
from .dtypes import get_default_dtype, int64, numpy_dtype
from .tensor import Tensor, wrap

BLOCK = 16


class Generator:
    """A source of random numbers with a state of its own.

    >>> g = autograd.Generator().manual_seed(0)
    >>> autograd.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu") -> None:
        self._lock = threading.Lock()
        self.manual_seed(5489)

    def manual_seed(self, seed: int) -> Generator:
        """Start over from ``seed``."""
        self._seed = int(seed)
        self._twister: Any = None
        self._next_normal: float | None = None
        return self

    @property
    def _bits(self) -> Any:
        # numpy.random takes longer to import than all of this package, so not before a number is asked for.
        if self._twister is None:
            # The state that seeding with init_genrand gives, which RandomState does for a 32-bit seed.
            self._twister = np.random.RandomState(self._seed & 0xFFFFFFFF)._bit_generator
        return self._twister

    def seed(self) -> int:
        """Start over from a seed that differs every time, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little") >> 1)
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the numbers started from."""
        return self._seed

    def get_state(self) -> Any:
        """Where the sequence stands, for `set_state`."""
        return self._seed, self._bits.state, self._next_normal

    def set_state(self, state: Any) -> None:
        """Go on from where `get_state` was called."""
        self._seed, self._bits.state, self._next_normal = state

    def raw32(self, count: int) -> np.ndarray[Any, Any]:
        """The next ``count`` outputs of the twister."""
        with self._lock:
            return np.asarray(self._bits.random_raw(count))

    def raw64(self, count: int) -> np.ndarray[Any, Any]:
        """The next ``count`` 64-bit numbers, of two outputs each."""
        pairs = self.raw32(2 * count).reshape(-1, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def uniform(self, count: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        """Numbers in [0, 1), as fine as the dtype allows."""
        if dtype == np.float64:
            return (self.raw64(count) & np.uint64((1 << 53) - 1)) * 2.0**-53
        digits = 24 if dtype == np.float32 else 11
        return ((self.raw32(count) & np.uint64((1 << digits) - 1)) * 2.0**-digits).astype(dtype)

    def normal(self, count: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        """Numbers of the standard normal distribution, by Box and Muller: in blocks, or if they are few in pairs."""
        if count < BLOCK:
            return np.array([self._normal_one() for _ in range(count)]).astype(dtype)
        uniform = self.uniform(count, dtype)
        out = uniform.copy()
        whole = count - count % BLOCK
        out[:whole] = box_muller(uniform[:whole])
        if whole < count:
            # The last block overlaps the one before it, and is drawn anew.
            out[-BLOCK:] = box_muller(self.uniform(BLOCK, dtype))
        return out

    def _normal_one(self) -> float:
        if self._next_normal is not None:
            value, self._next_normal = self._next_normal, None
            return value
        u1, u2 = self.uniform(2, np.dtype(np.float64))
        radius = np.sqrt(-2 * np.log1p(-u2))
        self._next_normal = float(radius * np.sin(2 * np.pi * u1))
        return float(radius * np.cos(2 * np.pi * u1))


def box_muller(uniform: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Normal numbers of uniform ones, in blocks of 16: eight cosines, then eight sines."""
    blocks = uniform.reshape(-1, 2, BLOCK // 2)
    radius = np.sqrt(-2 * np.log(1 - blocks[:, 0]))
    angle = 2 * np.pi * blocks[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the random numbers over from ``seed``; the same seed gives the same numbers as in PyTorch.

    >>> _ = autograd.manual_seed(0); autograd.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the random numbers over from a seed that differs every time, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the random numbers started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """Where the random numbers stand, for `set_rng_state`."""
    return default_generator.get_state()


def set_rng_state(state: Any) -> None:
    """Go on from where `get_rng_state` was called."""
    default_generator.set_state(state)


def _floating(dtype: Dtype | None) -> np.dtype[Any]:
    return numpy_dtype(dtype or get_default_dtype())


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform random numbers in [0, 1).

    >>> _ = autograd.manual_seed(0); autograd.rand(2, 2)
    tensor([[0.4963, 0.7682],
            [0.0885, 0.1320]])
    """
    sizes = sizes_of("rand", size)
    numbers = (generator or default_generator).uniform(int(np.prod(sizes)), _floating(dtype))
    return finish(numbers.reshape(sizes), requires_grad, device)


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers of the normal distribution with mean 0 and variance 1.

    >>> _ = autograd.manual_seed(0); autograd.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    sizes = sizes_of("randn", size)
    numbers = (generator or default_generator).normal(int(np.prod(sizes)), _floating(dtype))
    return finish(numbers.reshape(sizes), requires_grad, device)


def rand_like(input: Tensor, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """`rand` in the shape and dtype of ``input``."""
    return rand(*input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randn_like(input: Tensor, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """`randn` in the shape and dtype of ``input``."""
    return randn(*input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randint(
    low: int,
    high: Any = None,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random integers from ``low`` to ``high - 1``: ``randint(high, size)`` or ``randint(low, high, size)``.

    >>> _ = autograd.manual_seed(0); autograd.randint(10, (4,))
    tensor([4, 9, 3, 0])
    """
    if size is None:
        low, high, size = 0, low, high
    if not low < high:
        raise RuntimeError(f"randint: expected low < high, but got {low} and {high}")
    sizes = sizes_of("randint", (size,))
    count, span = int(np.prod(sizes)), high - low
    source = generator or default_generator
    raw = source.raw32(count) if span < 1 << 32 else source.raw64(count)
    numbers = (raw % np.uint64(span)).astype(np.int64) + low
    return finish(numbers.astype(numpy_dtype(dtype or int64)).reshape(sizes), requires_grad, device)


def randperm(n: int, *, generator: Generator | None = None, dtype: Dtype | None = None, device: Any = None) -> Tensor:
    """The integers from 0 to ``n - 1`` in random order.

    >>> _ = autograd.manual_seed(0); autograd.randperm(4)
    tensor([0, 1, 3, 2])
    """
    order = list(range(n))
    if n > 1:
        raw = (generator or default_generator).raw32(n - 1)
        steps = (raw % np.arange(n, 1, -1).astype(np.uint64)).tolist()
        for i, step in enumerate(steps):
            order[i], order[i + step] = order[i + step], order[i]
    return finish(np.array(order, numpy_dtype(dtype or int64)), False, device)


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that ``input`` has, else 0, for each element.

    >>> autograd.bernoulli(autograd.tensor([0., 1.]))
    tensor([0., 1.])
    """
    p = input.array
    if p.dtype.kind != "f" or not np.all((p >= 0) & (p <= 1)):
        raise RuntimeError("bernoulli: expected probabilities between 0 and 1, as floats")
    draws = (generator or default_generator).uniform(p.size, np.dtype(np.float32)).reshape(p.shape)
    return wrap((draws < p).astype(p.dtype), None)

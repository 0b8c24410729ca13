"""Points that fill a cube more evenly than random ones do: PyTorch's ``torch.quasirandom``."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

from .creation.data import from_numpy
from .creation.generator import Generator
from .creation.random import randint
from .engine.tensor import Tensor
from .types import dtypes

__all__ = ["SobolEngine"]


class SobolEngine:
    """Draws the points of Sobol's sequence, one after the other: any 2ᵐ of them lie evenly in the unit cube.

    Point n + 1 is point n with the bits of one direction number turned over, in each of the ``dimension`` numbers:
    that of the lowest bit that is 0 in n. They have 30 bits.

    dimension: numbers of a point, at most 21201. scramble: turn over bits at random so that the points are random
    and still even (Owen 1998), with matrices of bits and a shift drawn with ``seed``, or by the generator of all.
    ValueError for a dimension out of these bounds.

    >>> autograd.quasirandom.SobolEngine(2).draw(4)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500],
            [0.2500, 0.7500]])
    """

    MAXBIT: ClassVar[int] = 30
    MAXDIM: ClassVar[int] = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if not 1 <= dimension <= self.MAXDIM:
            raise ValueError(f"SobolEngine: dimension must be from 1 to {self.MAXDIM}, not {dimension}")
        self.dimension, self.scramble, self.seed = dimension, scramble, seed
        directions, shift = _directions(dimension, self.MAXBIT), np.zeros(dimension, np.int64)
        if scramble:
            generator = None if seed is None else Generator().manual_seed(seed)
            shift = _bits(generator, dimension, self.MAXBIT) @ (1 << np.arange(self.MAXBIT))
            mixing = np.tril(_bits(generator, dimension, self.MAXBIT, self.MAXBIT))
            mixing[:, range(self.MAXBIT), range(self.MAXBIT)] = 1
            directions = _mixed(directions, mixing)
        self.sobolstate, self.shift, self.quasi = map(from_numpy, (directions, shift, shift.copy()))
        self.num_generated = 0

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
        """The next ``n`` points, (n, dimension), in ``out`` if it is given."""
        points = self._walk(n)
        kind = dtypes.numpy_dtype(dtypes.get_default_dtype() if dtype is None else dtype)
        made = from_numpy(points.astype(kind) * kind.type(2.0**-self.MAXBIT))
        return made if out is None else out.resize_as_(made).copy_(made)

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
        """The next 2ᵐ points; ValueError unless there are then as many as a power of two in all."""
        total = self.num_generated + 2**m
        if total & (total - 1):
            raise ValueError(
                f"SobolEngine.draw_base2: {self.num_generated} points were drawn before, and 2**{m} more are {total} "
                "in all, which is no power of 2, so that they would not be even; use draw"
            )
        return self.draw(2**m, out, dtype)

    def reset(self) -> SobolEngine:
        """Begin with the first point again."""
        self.quasi.array[...] = self.shift.array
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out the next ``n`` points."""
        self._walk(n)
        return self

    def _walk(self, n: int) -> np.ndarray[Any, Any]:
        """The next ``n`` points as integers, a row each; the first one of all is the shift."""
        numbers = np.arange(self.num_generated - 1, self.num_generated - 1 + n)
        # The lowest bit of n that is 0 is the only one in both ~n and n + 1.
        lowest = np.frexp((~numbers & (numbers + 1)).astype(float))[1] - 1
        turned = self.sobolstate.array.T[lowest]
        if not self.num_generated and n:
            turned[0] = 0
        points = np.bitwise_xor.accumulate(turned, axis=0) ^ self.quasi.array
        if n:
            self.quasi = from_numpy(points[-1].copy())
        self.num_generated += n
        return points

    def __repr__(self) -> str:
        said = [f"dimension={self.dimension}", *(["scramble=True"] if self.scramble else [])]
        said += [] if self.seed is None else [f"seed={self.seed}"]
        return f"{type(self).__name__}({', '.join(said)})"


@functools.lru_cache(maxsize=8)
def _directions(dimension: int, bits: int) -> np.ndarray[Any, Any]:
    """The direction numbers of Joe and Kuo (2008), (dimension, bits), which SciPy has in a table."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(dimension, scramble=False, bits=bits)._sv).astype(np.int64)


def _bits(generator: Generator | None, *sizes: int) -> np.ndarray[Any, Any]:
    return randint(2, sizes, generator=generator).array


def _mixed(directions: np.ndarray[Any, Any], mixing: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The direction numbers whose bits, the highest first, are those of ``directions`` times a matrix of each row."""
    places = np.arange(directions.shape[1])[::-1]
    bits = directions[:, :, None] >> places & 1
    return np.asarray((bits @ mixing.mT & 1) @ (1 << places))

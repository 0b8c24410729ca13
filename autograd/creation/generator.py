"""PyTorch's CPU generator (Mersenne Twister): the same seed gives the same numbers."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..kernels import normal as kernels
from ..kernels import twister
from ..kernels.compiling.forks import new_lock
from ..kernels.compiling.fused import multiply_add
from ..kernels.compiling.jit import at_work
from ..types.device import CPU, device, only_cpu

# As many numbers are drawn faster by a kernel than by NumPy, whose twister makes one at a time.
MANY = 4096
# The seed of a Generator that was given none, in PyTorch too.
UNSEEDED = 67280421310721
# A state as PyTorch lays it out in bytes; ``left`` counts the words until the twister turns again, plus one.
STATE = np.dtype(
    [
        ("seed", "u8"),
        ("left", "i4"),
        ("seeded", "i4"),
        ("next", "u8"),
        ("words", "u8", 624),
        ("unused", "f8"),
        ("normal", "f8"),
        ("unused_too", "f8"),
        ("has_normal", "i4"),
        ("float_normal", "f4"),
        ("has_float_normal", "?"),
    ],
    align=True,
)
DOUBLE = np.dtype(np.float64)


class Generator:
    """A source of random numbers with a state of its own.

    >>> g = autograd.Generator().manual_seed(0)
    >>> autograd.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu") -> None:
        only_cpu("Generator", device)
        self._lock = new_lock()
        self.manual_seed(UNSEEDED)

    @property
    def device(self) -> device:
        return CPU

    def manual_seed(self, seed: int) -> Generator:
        """Start over from ``seed``, of 64 bits. A negative one counts from 2⁶⁴ down; ValueError for a longer one."""
        if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
            raise RuntimeError(f"manual_seed: expected an int, not {type(seed).__name__}")
        if not -(1 << 63) <= seed < 1 << 64:
            raise ValueError(f"manual_seed: {seed} has more than 64 bits")
        self._seed = int(seed) % (1 << 64)
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

    @property
    def _memory(self) -> np.ndarray[Any, Any]:
        """The twister's 624 words, and how many of them were taken, where it keeps them.

        Its ``state`` is a copy, which takes longer to make and to give back than a thousand numbers.
        """
        memory = (ctypes.c_uint32 * 625).from_address(self._bits.ctypes.state_address)
        return np.frombuffer(memoryview(memory), np.uint32)

    def seed(self) -> int:
        """Start over from a seed that differs every time, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little") >> 1)
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the numbers started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """Where the sequence stands, for `set_state`: the bytes that PyTorch has there.

        >>> autograd.Generator().get_state().shape
        autograd.Size([5056])
        """
        bits = self._bits.state["state"]
        state = np.zeros((), STATE)
        state["seed"], state["seeded"], state["words"] = self._seed, 1, bits["key"]
        state["next"], state["left"] = bits["pos"], max(1, 625 - bits["pos"])
        if self._next_normal is not None:
            state["normal"], state["has_normal"] = self._next_normal, 1
        return wrap(np.frombuffer(state.tobytes(), np.uint8).copy(), None)

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from where `get_state` was called, here or in PyTorch.

        TypeError unless ``new_state`` is a uint8 Tensor, RuntimeError if it is too long or too short for a state.
        """
        if not isinstance(new_state, Tensor) or new_state.array.dtype != np.uint8:
            raise TypeError(f"set_state: expected a uint8 Tensor, not {getattr(new_state, 'dtype', type(new_state))}")
        if new_state.array.size != STATE.itemsize:
            raise RuntimeError(f"set_state: expected {STATE.itemsize} bytes, not {new_state.array.size}")
        state = np.frombuffer(new_state.array.tobytes(), STATE)[0]
        self.manual_seed(int(state["seed"]))
        position = 624 if state["left"] == 1 else int(state["next"])
        if not 0 <= position <= 624:
            raise RuntimeError("set_state: these bytes are not the state of a generator")
        self._bits.state = {
            "bit_generator": "MT19937",
            "state": {"key": state["words"].astype(np.uint32), "pos": position},
        }
        self._next_normal = float(state["normal"]) if state["has_normal"] else None
        return self

    def clone_state(self) -> Generator:
        """Another Generator that stands where this one does."""
        return Generator().set_state(self.get_state())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.get_state(),)

    def raw32(self, count: int) -> np.ndarray[Any, Any]:
        """The next ``count`` outputs of the twister."""
        with self._lock:
            return np.asarray(self._bits.random_raw(count), np.uint64)

    def raw64(self, count: int) -> np.ndarray[Any, Any]:
        """The next ``count`` 64-bit numbers, of two outputs each."""
        pairs = self.raw32(2 * count).reshape(-1, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def uniform(self, count: int, dtype: np.dtype[Any] = DOUBLE) -> np.ndarray[Any, Any]:
        """Numbers in [0, 1), of 24 bits in float32 and 53 in float64."""
        if count >= MANY:
            out = np.empty(count, dtype)
            self.run(twister.uniform, out)
            return out
        if dtype == DOUBLE:
            return (self.raw64(count) & np.uint64((1 << 53) - 1)) * 2.0**-53
        return ((self.raw32(count) & np.uint64((1 << 24) - 1)) * 2.0**-24).astype(np.float32)

    def tossed(self, count: int, p: float, value: Any = True) -> np.ndarray[Any, Any]:
        """``value`` with probability ``p``, else 0, in the dtype of ``value``."""
        if count < MANY:
            return np.where(self.uniform(count) < p, value, np.zeros_like(value))
        value = np.asarray(value)
        out = np.empty(count, np.float32 if value.dtype == np.float16 else value.dtype)
        # A uniform number is an integer of 53 bits times 2⁻⁵³, and so is its limit but for what is rounded up here.
        self.run(twister.tossed, out, math.ceil(p * 2.0**53), float(value))
        return out.astype(value.dtype, copy=False)

    def integers(self, count: int, low: int, high: int, many: int = 1 << 28) -> np.ndarray[Any, Any]:
        """Integers from ``low`` to ``high - 1``, which lie within 64 bits; of two outputs each if they are many."""
        span = high - low
        raw = self.raw64(count) if span >= many else self.raw32(count)
        return (raw % np.uint64(span)).astype(np.int64) + np.int64(low) if span < 1 << 64 else raw.astype(np.int64)

    def normal(self, count: int, dtype: np.dtype[Any], mean: float = 0.0, std: float = 1.0) -> np.ndarray[Any, Any]:
        """Numbers of the normal distribution, by Box and Muller: in blocks, or if they are few in pairs.

        For float16 in float32; all else is in ``dtype``.
        """
        if count < kernels.BLOCK:
            return self.normal_pairs(count, mean, std)
        whole, wide = count - count % kernels.BLOCK, np.promote_types(dtype, np.float32)
        # The last block, if it isn't whole, overlaps the one before it and is drawn anew: what is left of the first
        # draw is thrown away, and for float16 not even drawn.
        out = np.empty(count, wide)
        out[:whole] = self.uniform(whole if wide != dtype else count, wide)[:whole]
        # A few numbers aren't worth waiting for Numba.
        make_normal = kernels.box_muller if count >= MANY or at_work() else kernels.box_muller_numpy
        make_normal(out[:whole], mean, std)
        if whole < count:
            out[-kernels.BLOCK :] = self.uniform(kernels.BLOCK, wide)
            make_normal(out[-kernels.BLOCK :], mean, std)
        return out

    def normal_pairs(self, count: int, mean: float = 0.0, std: float = 1.0) -> np.ndarray[Any, Any]:
        """The same in pairs of float64, a cosine and a sine; the second of a pair may wait for the next call."""
        waiting = [] if self._next_normal is None or not count else [self._next_normal]
        missing = count - len(waiting)
        made = self.uniform(missing + missing % 2)
        (kernels.in_pairs if missing >= MANY else kernels.in_pairs_numpy)(made)
        found = np.concatenate([waiting, made])
        if count:
            self._next_normal = float(found[-1]) if len(found) > count else None
        return np.asarray(multiply_add(found[:count], np.float64(std), np.float64(mean)))

    def run(self, sampler: Callable[..., None], *arguments: Any) -> None:
        """``sampler`` on ``arguments``: a kernel that takes as many outputs of the twister as it happens to need."""
        with self._lock:
            memory = self._memory
            words, place = memory[:624].copy(), memory[624:].astype(np.int64)
            waiting = np.array([np.nan if self._next_normal is None else self._next_normal])
            sampler(*arguments, words, place, waiting)
            memory[:624], memory[624:] = words, place
            self._next_normal = None if np.isnan(waiting[0]) else float(waiting[0])


def _restored(state: Tensor) -> Generator:
    return Generator().set_state(state)


default_generator = Generator()
# Programs that set no seed draw other numbers each time they run; `initial_seed` says how to repeat what they drew.
default_generator.seed()


def chosen(name: str, generator: Generator | None) -> Generator:
    """The Generator that was given, or else the one that `manual_seed` seeds; TypeError for what is none."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be a Generator, not {type(generator).__name__}")
    return generator


def manual_seed(seed: int) -> Generator:
    """Start the random numbers over from ``seed``; the same seed gives the same numbers as in PyTorch.

    >>> _ = autograd.manual_seed(0); autograd.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the random numbers over from a seed that differs every time, and return it.

    >>> autograd.seed() == autograd.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the random numbers started from.

    >>> _ = autograd.manual_seed(7); autograd.initial_seed()
    7
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Where the random numbers stand, for `set_rng_state`: as a Tensor of bytes, the same as PyTorch's.

    >>> state = autograd.get_rng_state(); x = autograd.rand(3)
    >>> autograd.set_rng_state(state); x.equal(autograd.rand(3))
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Go on from where `get_rng_state` was called, here or in PyTorch.

    >>> autograd.set_rng_state(autograd.Generator().manual_seed(0).get_state()); autograd.rand(2)
    tensor([0.4963, 0.7682])
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """A block after which the random numbers go on as if it had not been there; ``devices`` says nothing here.

    >>> _ = autograd.manual_seed(0)
    >>> with autograd.random.fork_rng():
    ...     x = autograd.rand(2)
    >>> x.equal(autograd.rand(2))
    True
    """
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(state)

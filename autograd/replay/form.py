"""What a function does, as steps on memory, and whether doing just that gives what the function gives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .parts import Array, Memory, Part, Step, copy_of, mapped_arrays


class Form:
    """What a function does, for arguments of certain shapes: ``steps`` on ``memories``, which make the ``result``.

    The memories of the arguments come first. restored: those of its own whose content is put there anew each time.
    fixed: those that are never written to.
    """

    def __init__(self, memories: list[Memory], steps: list[Step], result: Any) -> None:
        self.memories, self.steps, self.result = memories, steps, result
        self.restored: frozenset[int] = frozenset()
        self.fixed: frozenset[int] = frozenset()
        self.arguments = sum(memory.kind == "given" for memory in memories)

    def holds(self, function: Callable[..., Any], args: Sequence[Any]) -> bool:
        """Whether the steps give what ``function`` gives, bit for bit, of several arguments like these."""
        own = frozenset(number for number, memory in enumerate(self.memories) if memory.kind == "own")
        written: set[int] = set()
        if not all(self._same(function, args, turn, own, written) for turn in range(3)):
            return False
        self.fixed = own - written
        if written and not all(self._same(function, args, turn, self.fixed, set()) for turn in range(3)):
            self.restored = frozenset(written)
        return True

    def _same(
        self, function: Callable[..., Any], args: Sequence[Any], turn: int, restored: frozenset[int], written: set[int]
    ) -> bool:
        """Whether it holds for arguments number ``turn``, if only the memories ``restored`` have their content."""
        given, expected = self._expected(function, args, turn)
        if given is None:
            return False
        before = [x.tobytes() for x in given]
        spaces = list(given)
        for number, memory in enumerate(self.memories[self.arguments :], self.arguments):
            space = np.full(memory.size, RESTS[turn], np.uint8)
            if number in restored:
                space[:] = memory.content  # type: ignore[assignment]  # a memory of its own has it
            spaces.append(space)
        try:
            with np.errstate(all="ignore"):
                for step in self.steps:
                    taken(step, spaces)
        except Exception:
            return False
        for number in restored:
            if spaces[number].tobytes() != self.memories[number].content.tobytes():  # type: ignore[union-attr]
                written.add(number)
        return [x.tobytes() for x in given] == before and equal(self.result, expected, spaces)

    def _expected(self, function: Callable[..., Any], args: Sequence[Any], turn: int) -> tuple[Any, Any]:
        """Arguments number ``turn``, and what ``function`` gives of them; None if there are none that it takes."""
        for integers in (True, False):
            source = np.random.default_rng(turn)
            given: list[Array] = []
            changed = [
                mapped_arrays(arg, lambda x: other_numbers(x, source, turn, integers, given))  # noqa: B023
                for arg in args
            ]
            before = [x.tobytes() for x in given]
            try:
                with np.errstate(all="ignore"):
                    expected = function(*changed)
            except Exception:
                continue
            if [x.tobytes() for x in given] != before:
                return None, None
            # What it gives may be seen in its arguments.
            return given, expected
        return None, None


def taken(step: Step, spaces: Sequence[Array]) -> None:
    """Do what ``step`` says."""
    operands = [x.of(spaces[x.memory]) if isinstance(x, Part) else x for x in step.operands]
    if step.kind == "kernel":
        if step.function.target(*operands) != step.out:
            raise ValueError("a kernel gave something else")
        return
    out = tuple([part.of(spaces[part.memory]) for part in step.out])
    if step.kind == "reduce":
        step.function.reduce(*operands, out=out[0], **dict(step.settings))
    else:
        step.function(*operands, out=out, **dict(step.settings))


def equal(tree: Any, expected: Any, spaces: Sequence[Array]) -> bool:
    """Whether a result is what was expected, to the last bit."""
    if isinstance(tree, np.ndarray):
        return isinstance(expected, np.ndarray) and (tree.shape, tree.dtype) == (expected.shape, expected.dtype)
    if isinstance(tree, Part):
        if not isinstance(expected, (np.ndarray, np.generic)):
            return False
        made, wanted = tree.of(spaces[tree.memory]), np.asarray(expected)
        if (made.shape, made.dtype) != (wanted.shape, wanted.dtype) or made.tobytes() != wanted.tobytes():
            return False
        return wanted.strides == made.strides or wanted.size < 2
    if isinstance(tree, (tuple, list)):
        return (
            type(tree) is type(expected)
            and len(tree) == len(expected)
            and all(equal(one, other, spaces) for one, other in zip(tree, expected))
        )
    return type(tree) is type(expected) and tree == expected


# What is in memory before something is made there: NaN, and large numbers.
RESTS = (0xFF, 0x7E, 0xFE)
SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e-30)


# Drawing as many as an array has elements takes longer than all else: these are repeated, in no row alike.
PRIME = 10_007


@functools.cache
def normals() -> Array:
    return np.random.default_rng(0).standard_normal(PRIME)


def other_numbers(x: Array, source: Any, turn: int, integers: bool, given: list[Array]) -> Array:
    """Other numbers, laid out as ``x`` is; those that are no floats in another order."""
    made = copy_of(x)
    if x.dtype.kind == "f":
        values = np.resize(np.roll(normals(), source.integers(PRIME)), x.shape)
        if turn == 1 and x.size > 8:
            values.reshape(-1)[: len(SPECIAL)] = SPECIAL
        made[...] = values
    elif integers and x.ndim:
        made[...] = x.reshape(-1)[::-1].reshape(x.shape) if turn % 2 else np.roll(x.reshape(-1), 1).reshape(x.shape)
    given.append(made)
    return made

"""Prefetching: asking for memory before it is needed, so that a loop computes while the memory arrives.

By itself the processor prefetches what is read in order, but only to the end of a page of 4 KB, and not what will be
written, although its cache lines have to come from memory too. Convolutions gain where their rows are far apart; loops
that go through memory in order, such as those of normalization, lose. Writing past the caches instead gained nothing,
and made the next reading slower.
"""

from __future__ import annotations

from .jit import teacher


def prefetch(x, first, count):
    """``x[first : first + count]`` will be read soon. x has one dimension; the range may go beyond its end."""


def prefetch_to_write(x, first, count):
    """``x[first : first + count]`` will be written soon. x has one dimension; the range may go beyond its end."""


@teacher
def compile_prefetch():
    """Teach Numba what these are in a kernel."""
    from .emitter import number, written

    def write(emit, x, first, count, to_write):
        lines = emit.builder.sdiv(emit.builder.add(count, number(emit.line - 1)), number(emit.line))
        with emit.loop(lines) as step:
            emit.prefetch(emit.at(x, emit.builder.add(first, emit.times(step.index, emit.line))), to_write)

    written(prefetch)(lambda emit, *place: write(emit, *place, to_write=False))
    written(prefetch_to_write)(lambda emit, *place: write(emit, *place, to_write=True))

"""What a kernel demands of its arguments.

Compiled loops read and write where they are told to, and what lies outside of an array is somebody else's. So each
kernel begins with what must hold for all that it touches to be inside: `require` is checked once, in the compiled code,
where it takes a nanosecond.
"""

from __future__ import annotations


class Misfit(RuntimeError):
    """The arguments of a kernel don't fit together."""


def require(fits):
    """Raise `Misfit` unless ``fits``."""
    if not fits:
        raise Misfit("arguments that do not fit together")


def require_range(start, stop, count):
    """Raise `Misfit` unless ``start`` to ``stop`` is a part of ``range(count)``."""
    require(0 <= start <= stop <= count)

"""The op that picks one of the results of a call that has several."""

from __future__ import annotations

from .op import Op


def pick(results, position):
    """The result at ``position``."""
    return results[position]


# No op of its own to anyone else: the engine records it, and gives it its derivative.
PICK = Op(pick, symbol="⊏")

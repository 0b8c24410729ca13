"""What writing into part of a Tensor does to its gradient.

A chain says which part: the ops that a view was made by, each with its further arguments, as ``(op, args, kwargs)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .op import op


def through(x: Any, chain: Sequence[tuple[Any, Any, Any]]) -> Any:
    """``x`` seen through the ops of ``chain``."""
    for seen_by, args, kwargs in chain:
        x = seen_by.call(x, *args, **kwargs)
    return x


@op(
    symbol="[ ]←",
    derivative=("∂L/∂x = ∂L/∂out, 0 where written", "∂L/∂values = ∂L/∂out where written"),
    level="internal",
)
def overwrite(x, values, chain):
    """``x`` with ``values`` written where ``chain`` leads."""
    out = np.array(x, order="C")
    seen = through(out, chain)
    if seen.flags.writeable and np.may_share_memory(seen, out):
        seen[...] = values
    else:
        # Picked by arrays, expanded, or laid out otherwise than x was: write by the places of the elements.
        places = through(np.arange(out.size).reshape(out.shape), chain)
        out.reshape(-1)[places] = values
    return out


@op(symbol="[ ]←0", derivative="∂L/∂x = ∂L/∂out, 0 where cleared", level="internal")
def clear(x, chain):
    """``x`` with 0 where ``chain`` leads: what an overwritten Tensor's gradient is."""
    return overwrite.forward(x, 0, chain)


overwrite.linear(lambda g, out, x, values, chain: clear(g, chain),
                 lambda g, out, x, values, chain: through(g, chain))  # fmt: skip
clear.linear(lambda g, out, x, chain: clear(g, chain))

"""Noise that keeps a network from relying on single units."""

from __future__ import annotations

from .op import op


@op(symbol="dropout", derivative="∂(x·noise)/∂x = noise", level="internal", backward="MulBackward0")
def dropout(x, noise):
    """``x·noise``: 0 for what is dropped, ``1/(1-p)`` for what is kept (Srivastava et al., 2014)."""
    return x * noise


dropout.linear(lambda g, out, x, noise: dropout(g, noise), None)

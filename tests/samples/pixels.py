"""Rows of channels of images made pixels, and back."""

import numpy as np

from .adjoints import adjoint
from .arrays import real
from .rows import fails, row, smooth


def shuffled(x, r):
    """Pixel by pixel."""
    *batch, channels, height, width = x.shape
    out = np.empty((*batch, channels // r**2, height * r, width * r), x.dtype)
    for c, h, w in np.ndindex(*out.shape[-3:]):
        out[..., c, h, w] = x[..., c * r**2 + h % r * r + w % r, h // r, w // r]
    return out


def unshuffled(x, r):
    """The place that each pixel came from."""
    *batch, channels, height, width = x.shape
    shape = (*batch, channels * r**2, height // r, width // r)
    return adjoint(lambda y: shuffled(y, r), shape, x)


SHUFFLE_FAILURES = lambda: [
    fails(RuntimeError, "at least 3 dimensions", real(2, 2), 2),
    fails(RuntimeError, "positive", real(4, 2, 2), 0),
    fails(RuntimeError, "divisible", real(3, 3, 3), 2),
]
row(
    "pixel_shuffle", shuffled,
    smooth(real(4, 1, 3), 2),
    smooth(real(2, 8, 2, 1), 2),
    smooth(real(2, 3, 9).T, 3),
    smooth(real(3, 2, 2), 1),
    *SHUFFLE_FAILURES(),
)  # fmt: skip
row(
    "pixel_unshuffle", unshuffled,
    smooth(real(1, 2, 6), 2),
    smooth(real(2, 2, 4, 2), 2),
    smooth(real(3, 2, 2), 1),
    *SHUFFLE_FAILURES(),
)  # fmt: skip
row(
    "channel_shuffle", lambda x, groups: x[:, np.arange(x.shape[1]).reshape(groups, -1).T.reshape(-1)],
    smooth(real(1, 4, 2), 2),
    smooth(real(2, 6, 1, 2), 3),
    fails(RuntimeError, "> 2 dims", real(3), 1),
    fails(RuntimeError, "positive", real(1, 4, 2), 0),
    fails(RuntimeError, "divisible by groups", real(1, 4, 2), 3),
)  # fmt: skip

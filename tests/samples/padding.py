"""Rows of borders around Tensors."""

import numpy as np

from .arrays import gapped, integers, real
from .rows import fails, row, smooth, typed
from .shape import padded

PAD_MODES = ("reflect", "replicate", "circular")


def bordered(x, pad, mode):
    """One dimension after the other, the last first; what is cropped comes back at the other side if not circular."""
    for i in range(len(pad) // 2):
        dim, before, after = x.ndim - 1 - i, *pad[2 * i : 2 * i + 2]
        crop = range(max(-before, 0), x.shape[dim] + max(before, 0) + after)
        if mode == "circular":
            x = x.take(range(max(-before, 0), x.shape[dim] + min(after, 0)), dim)
            crop = range(x.shape[dim] + max(before, 0) + max(after, 0))
        widths = [(max(before, 0), max(after, 0)) if j == dim else (0, 0) for j in range(x.ndim)]
        x = np.pad(x, widths, {"replicate": "edge", "circular": "wrap"}.get(mode, mode)).take(crop, dim)
    return x


row(
    "pad", lambda x, pad, mode="constant", value=None: (
        padded(x, pad, value or 0) if mode == "constant" else bordered(x, pad, mode)
    ),
    smooth(real(2, 3), (1, 2)),
    smooth(real(2, 3), (1, 2), "constant", 0.5),
    *[smooth(real(2, 3), pad, mode) for pad in ((1, 2), (2, 0), (0, 0), (2, -1)) for mode in PAD_MODES],
    *[smooth(real(2, 3, 2).T, pad, mode) for pad in ((1, 1, 1, 0), (0, 1, 2, -1)) for mode in PAD_MODES],
    *[smooth(gapped(real(1, 2, 3, 2)), (1, 0, 1, 1, -1, 1), mode=mode) for mode in PAD_MODES],
    smooth(real(2, 3), (5, 4), "replicate"),
    typed("int64", integers([1, 2, 3]), (1, 1), "reflect"),
    fails(RuntimeError, "divisible by 2", real(2, 3), (1,)),
    fails(NotImplementedError, "Unrecognised padding mode", real(2, 3), (1, 1), "mirror"),
    fails(RuntimeError, "doesn't take in value", real(2, 3), (1, 1), "reflect", 1.0),
    fails(NotImplementedError, "not supported for 1D", real(3), (1, 1), "reflect"),
    fails(RuntimeError, "should be less than", real(2, 3), (3, 0), "reflect"),
    fails(RuntimeError, "should be less than", real(2, 3), (4, 0), "circular"),
    fails(RuntimeError, "leaves nothing", real(2, 3), (-2, -2), "replicate"),
    torch="nn.functional.pad",
)  # fmt: skip

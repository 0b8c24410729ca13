"""Whether Winograd's algorithm has computed right.

It adds pixels of a tile that no filter sees together, to cancel them later. So a NaN spreads to the whole tile, an
infinity becomes one, and the largest and the least numbers of float32 are lost on the way to a result that could hold
them. All filters of a group multiply the same transformed tiles, and all tiles the same filters: the first filter shows
what became of each pixel, and the first place what became of each filter. That much is looked at, and where it isn't
ordinary the direct algorithms compute anew.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import kernel
from ..compiling.require import require

# The transforms are a hundred times as large as what they are of, or a hundredth; with that, sums and products stay
# inside of float32.
LEAST, LARGEST = np.float32(1e-30), np.float32(1e30)


def is_ordinary_numpy(result, groups, filters, places):
    images = result.reshape(-1, groups, filters, places)
    seen = np.abs(np.concatenate([images[:, :, 0].ravel(), images[:1, ..., 0].ravel()]))
    peak = seen.max(initial=0)
    return bool(peak == 0 or LEAST <= peak <= LARGEST)


@kernel(twin=is_ordinary_numpy)
def is_ordinary(result, groups, filters, places):
    """Whether all is finite, and 0 or the largest of ordinary size.

    ``result`` is flat, [image, group, filter, place].
    """
    size = filters * places
    require(min(groups, filters, places) > 0 and result.size % (groups * size) == 0)
    peak, strange = result.dtype.type(0), False
    for begin in range(0, result.size, size):
        for i in range(begin, begin + places):
            value = abs(result[i])
            strange |= not value <= LARGEST
            peak = value if value > peak else peak
    for i in range(0, min(groups * size, result.size), places):
        value = abs(result[i])
        strange |= not value <= LARGEST
        peak = value if value > peak else peak
    return not strange and (peak == 0 or peak >= LEAST)

"""The gradient in the weight of a 3x3 convolution by Winograd's algorithm: the adjoint of `winograd` in the weight.

    ∂L/∂w = Gᵀ·[Σ (A·g·Aᵀ) ⊙ (Bᵀ·d·B)]·G

over tiles g of 4x4 upstream gradients and the tiles d of 6x6 pixels that they come from. For each of the 36 places that
sum is a matrix product of filters x tiles and tiles x channels, of a quarter of the multiplications.
"""

from __future__ import annotations

import numpy as np

from .blas import gemm
from .jit import helper, kernel
from .memory import scratch
from .winograd import LANES, WRITE, View, locate, room, seen_by_tiles, stage, tiles_back, tiles_in, tiles_of

# How many tiles are multiplied at a time: fewer and BLAS is slow, more and the transforms leave the cache.
TILES = 96
# From one row of tiles to the next, and with it from place to place, no two begin at the same line of the cache.
STRIDE = TILES + LANES


def workspace(tiling, dtype):
    """Memory for the transformed tiles of the image and of the upstream gradient, this thread's until its next call."""
    sizes = [36 * rows * STRIDE for rows in (tiling.channels + 1, tiling.filters + 1)]
    return [scratch(name, dtype, size) for name, size in zip(("tiles", "upstream tiles"), sizes)]


def winograd_weight_numpy(source, g, total, tiling, tiles, upstream, start, stop):
    down, right = tiles_of(tiling)
    first, last = start // (down * right), -(-stop // (down * right))
    some = slice(start - first * down * right, stop - first * down * right)
    seen = seen_by_tiles(source, tiling, first, last)[..., some]
    padded = np.zeros((last - first, tiling.filters, 4 * down, 4 * right), g.dtype)
    padded[..., : tiling.made[0], : tiling.made[1]] = g.reshape(-1, tiling.filters, *tiling.made)[first:last]
    pulled = padded.reshape(-1, tiling.filters, down, 4, right, 4).transpose(3, 5, 1, 0, 2, 4).reshape(16, -1)
    pulled = (WRITE.T.astype(g.dtype) @ pulled).reshape(36, tiling.filters, -1)[..., some]
    total += np.matmul(pulled, seen.mT).ravel()


@helper
def transform(images, view, first, end, tiling, tiles, pixels, corners):
    """Transform the tiles from ``first`` to ``end`` in each plane."""
    lanes = 64 // images.itemsize
    locate(first, end, tiling, view.reach, corners)
    across = room(0, tiling, view.reach)[1]
    for plane in range(view.planes):
        stage(images, view, plane, first, end, tiling, pixels)
        for p in range(0, end - first, lanes):
            y = plane * STRIDE + p
            if view.reach == 4:
                tiles_back(pixels, corners, p, across, tiles, y, (view.planes + 1) * STRIDE)
            else:
                tiles_in(pixels, corners, p, across, tiles, y, (view.planes + 1) * STRIDE)


@kernel(twin=winograd_weight_numpy)
def winograd_weight(source, g, total, tiling, tiles, upstream, start, stop):
    """Add the sum above from the tiles from ``start`` to ``stop`` to ``total``; all arrays flat.

    tiles, upstream: the `workspace`.
    """
    channels, filters = tiling.channels, tiling.filters
    image, slope = View(channels, tiling.size, tiling.padding, 6), View(filters, tiling.made, (0, 0), 4)
    corners, pixels = np.zeros(TILES, np.int64), np.zeros(room(TILES, tiling, image.reach)[0], source.dtype)
    gradients = np.zeros(room(TILES, tiling, slope.reach)[0], source.dtype)
    sums = total.reshape(36, filters, channels)
    seen, pulled = tiles.reshape(36, channels + 1, STRIDE), upstream.reshape(36, filters + 1, STRIDE)
    for first in range(start, stop, TILES):
        end = min(first + TILES, stop)
        transform(source, image, first, end, tiling, tiles, pixels, corners)
        transform(g, slope, first, end, tiling, upstream, gradients, corners)
        for place in range(36):
            count = end - first
            gemm(pulled[place, :filters, :count], seen[place, :channels, :count], sums[place], 1.0, False, True)

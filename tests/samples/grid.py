"""Rows of images that are read at any places."""

import numpy as np
import scipy.ndimage

from .arrays import real
from .rows import fails, row, smooth

row(
    "nn.functional.affine_grid", lambda theta, size, align_corners: np.stack(
        np.meshgrid(*(np.linspace(-1, 1, n) * (1 if align_corners else (n - 1) / n) for n in size[:1:-1])), -1
    ).astype(theta.dtype) @ theta[:, None, :, :2].swapaxes(-1, -2) + theta[:, None, None, :, 2],
    smooth(real(2, 2, 3), (2, 1, 2, 3), align_corners=True),
    smooth(real(1, 2, 3), (1, 1, 3, 2), align_corners=False),
    fails(ValueError, "Expected a batch of 2D affine matrices", real(1, 3, 3), (1, 1, 2, 2), align_corners=False),
    fails(NotImplementedError, "only supports 4D and 5D", real(1, 2, 3), (1, 1, 2), align_corners=False),
)  # fmt: skip
row(
    "nn.functional.grid_sample", lambda x, grid, mode="bilinear", padding_mode="zeros", align_corners=False: np.stack(
        [[scipy.ndimage.map_coordinates(
            channel, [(g[..., 1] + 1) / 2 * (channel.shape[0] - 1), (g[..., 0] + 1) / 2 * (channel.shape[1] - 1)],
            order=1, mode="nearest" if padding_mode == "border" else "grid-constant",
        ) for channel in image] for image, g in zip(x, grid)]
    ),
    smooth(real(1, 2, 3, 4), real(1, 2, 2, 2, low=-0.93, high=0.9), align_corners=True),
    smooth(real(1, 1, 3, 3), real(1, 2, 2, 2, low=-1.4, high=1.4), padding_mode="border", align_corners=True),
    fails(ValueError, "expected mode to be", real(1, 1, 2, 2), real(1, 1, 1, 2), "cubic"),
    fails(ValueError, "expected padding_mode to be", real(1, 1, 2, 2), real(1, 1, 1, 2), padding_mode="no"),
    fails(RuntimeError, "with a grid (N, H', W', 2)", real(1, 1, 2, 2), real(1, 1, 1, 3), align_corners=True),
)  # fmt: skip

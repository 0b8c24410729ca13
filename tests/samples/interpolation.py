"""Rows of interpolation in one dimension; in more of them PyTorch's own samples test it."""

import numpy as np

from .arrays import real
from .pooling import adaptive
from .rows import fails, row, smooth


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None, **others):
    n = x.shape[-1]
    count = size[0] if size else int(n * scale_factor)
    step = n / count if size else 1 / scale_factor
    i = np.arange(count)
    if mode.startswith("nearest"):
        return x[..., np.minimum(np.floor((i + 0.5 * (mode != "nearest")) * step).astype(int), n - 1)]
    if mode == "area":
        return adaptive(lambda seen: seen.mean(-1))(x, count, 1)
    at = i * (n - 1) / (count - 1) if align_corners else np.clip((i + 0.5) * step - 0.5, 0, n - 1)
    left = np.minimum(np.floor(at).astype(int), n - 1)
    right = np.minimum(left + 1, n - 1)
    return (x[..., left] * (1 - at + left) + x[..., right] * (at - left)).astype(x.dtype)


row(
    "nn.functional.interpolate", interpolate,
    smooth(real(1, 2, 4), scale_factor=2),
    smooth(real(1, 2, 4), (7,)),
    smooth(real(1, 2, 5), (3,), mode="nearest-exact"),
    smooth(real(1, 2, 4), (7,), mode="linear"),
    smooth(real(2, 1, 4).T, (7,), mode="linear", align_corners=True),
    smooth(real(1, 2, 5), scale_factor=0.5, mode="linear"),
    smooth(real(1, 2, 5), scale_factor=1.7, mode="linear", recompute_scale_factor=False),
    smooth(real(1, 2, 5), (2,), mode="area"),
    smooth(real(0, 2, 4), (3,), mode="linear"),
    fails(ValueError, "only one of size or scale_factor", real(1, 1, 2), (3,), 2.0),
    fails(ValueError, "either size or scale_factor", real(1, 1, 2)),
    fails(ValueError, "align_corners option", real(1, 1, 2), (3,), align_corners=True),
    fails(ValueError, "recompute_scale_factor is not meaningful", real(1, 1, 2), (3,), recompute_scale_factor=True),
    fails(ValueError, "Anti-alias", real(1, 1, 2), (3,), mode="linear", antialias=True),
    fails(ValueError, "same number of spatial dimensions", real(1, 1, 2), (3, 3)),
    fails(NotImplementedError, "Only 3D, 4D and 5D", real(1, 2), 3),
    fails(NotImplementedError, "Only 3D, 4D and 5D", real(1, 1, 2), (3,), mode="bilinear"),
    fails(RuntimeError, "should be greater than 0", real(1, 1, 2), (0,)),
)  # fmt: skip

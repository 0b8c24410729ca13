"""Rows of windows on memory."""

import numpy as np

from .adjoints import adjoint, torch_adjoint
from .arrays import BOOLS, gapped, real
from .rows import fails, row, smooth, typed


def strided(x, size, stride, offset, layout):
    flat, out = np.reshape(x, -1), np.empty(size, x.dtype)
    for place in np.ndindex(*size):
        out[place] = flat[offset + int(np.dot(place, stride))]
    return out


STRIDES = [
    (real(6), (2, 3), (3, 1), 0),
    (real(2, 3), (2, 2), (1, 2), 1),
    (real(2, 3), (4,), (0,), 2),
    (real(16), (2, 2, 2, 2), (1, 1, 1, 1), 0),
    (real(1), (), (), 0),
    (real(3), (0, 2), (1, 1), 0),
]
row(
    "strided", strided,
    *[smooth(*args, tuple(np.array(args[0].strides) // 8)) for args in STRIDES],
    # As if it had been laid out in rows.
    smooth(real(3, 2).T, (2, 2), (1, 2), 1, (3, 1)),
    fails(RuntimeError, "out of bounds", real(3), (4,), (1,), 0, (1,)),
    fails(RuntimeError, "out of bounds", real(3), (3,), (1,), -1, (1,)),
    torch=None,
)  # fmt: skip


def windows(x, dim, size, step):
    x = np.moveaxis(x, dim, -1)
    parts = [x[..., i : i + size] for i in range(0, x.shape[-1] - size + 1, step)]
    return np.moveaxis(np.stack(parts), 0, dim if dim >= 0 else dim - 1)


WINDOWS = [
    (real(5), 0, 2, 1),
    (real(5), 0, 2, 2),
    (real(5), 0, 2, 3),
    (real(5), -1, 5, 1),
    (real(3), 0, 0, 2),
    (real(3, 4), 1, 2, 1),
    (real(4, 3), 0, 3, 1),
    (real(4, 3).T, 1, 2, 2),
    (gapped(real(2, 3)), -1, 2, 1),
]
row(
    "windows", windows,
    *[smooth(*args) for args in WINDOWS],
    typed("bool", BOOLS, 1, 2, 1),
    fails(RuntimeError, "maximum size for tensor at dimension 0 is 3 but size is 5", real(3), 0, 5, 1),
    fails(RuntimeError, "step is 0", real(3), 0, 2, 0),
    fails(RuntimeError, "size is -1", real(3), 0, -1, 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1, 1),
    torch="Tensor.unfold",
)  # fmt: skip
row(
    "add_windows", lambda x, shape, *how: adjoint(lambda y: windows(y, *how), shape, x),
    *[smooth(real(*windows(x, *how).shape), x.shape, *how) for x, *how in WINDOWS],
    torch=lambda torch, x, shape, *how: torch_adjoint(torch, lambda y: y.unfold(*how), shape, x),
)  # fmt: skip

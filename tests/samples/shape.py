"""Rows of ops that move elements about and compute nothing."""

from typing import Any

import numpy as np

import autograd

from .arrays import BOOLS, NAN, SPECIAL, floats, gapped, integers, real
from .dimensions import sizes
from .rows import edge, fails, not_in_torch, row, smooth, typed

row(
    "cast", lambda x, dtype: x.astype(dtype.dtype),
    typed("float64", real(2, 3), autograd.float64),
    typed("float32", real(3, 2).T, autograd.float32),
    typed("float64", real(2, 3).astype("float32"), autograd.float64),
    typed("int64", floats(-1.5, 1.5), autograd.int64),
    typed("bool", floats(-1.5, 0.0, NAN), autograd.bool),
    typed("float32", BOOLS, autograd.float32),
    typed("uint8", integers(300, 1), autograd.uint8),
    typed("float64", real(0, 3), autograd.float64),
    typed("float32", real(), autograd.float32),
    smooth(real(2, 3), autograd.float64, gives="float64"),
    torch=lambda torch, x, dtype: x.to(dtype),
    result="",
)  # fmt: skip
AS_IT_IS = [
    smooth(real()),
    smooth(real(2, 3)),
    smooth(real(0, 3)),
    smooth(real(3, 2).T),
    smooth(gapped(real(2, 3))),
    edge(SPECIAL),
    typed("int64", integers(1, 2)),
    typed("bool", BOOLS.T),
]
row("flatly", lambda x: x, *AS_IT_IS, torch=lambda torch, x: x.view_as(x))
row("identity", lambda x: x, *AS_IT_IS, torch=lambda torch, x: x.view_as(x))
row("clone", lambda x: x.copy(), *AS_IT_IS)
row("contiguous", lambda x: x, *AS_IT_IS, torch="Tensor.contiguous")
row(
    "t", lambda x: x.T,
    *AS_IT_IS,
    smooth(real(3)),
    fails(RuntimeError, "<= 2 dimensions", real(2, 2, 2)),
)  # fmt: skip
RESHAPES = [
    smooth(real(2, 3), (3, 2)),
    smooth(real(2, 3), 3, 2),
    smooth(real(2, 3), -1),
    smooth(real(2, 3), [2, -1]),
    smooth(real(2, 3), 1, 2, 3),
    smooth(real(), (1, 1)),
    smooth(real(1), ()),
    smooth(real(0, 3), (3, 0)),
    smooth(gapped(real(2, 3)), (2, 1, 3)),
    typed("int64", integers(1, 2), (2, 1)),
    typed("bool", BOOLS, (6,)),
    fails(RuntimeError, "is invalid for input of size 6", real(2, 3), (4, 2)),
    fails(RuntimeError, "is invalid for input of size 6", real(2, 3), (4, -1)),
    not_in_torch(fails(TypeError, "missing required argument", real(2, 3))),  # view() answers RuntimeError there
]
row(
    "reshape", lambda x, *shape: np.reshape(x, sizes(shape)),
    *RESHAPES,
    smooth(real(3, 2).T, (3, 2)),
    smooth(gapped(real(2, 3)), 6),
    torch=lambda torch, x, *shape: x.reshape(*shape),
)  # fmt: skip
row(
    "view", lambda x, *shape: np.reshape(x, sizes(shape)),
    *RESHAPES,
    smooth(real(3, 2).T, (1, 2, 3)),
    fails(RuntimeError, "view size is not compatible", real(3, 2).T, (6,)),
    torch=lambda torch, x, *shape: x.view(*shape),
)  # fmt: skip
row(
    "permute", lambda x, *dims: np.transpose(x, sizes(dims)),
    smooth(real(2, 3), (1, 0)),
    smooth(real(2, 3, 2), 2, 0, 1),
    smooth(real(2, 1, 3), (-1, 0, 1)),
    smooth(real(), ()),
    smooth(real(3), 0),
    smooth(real(0, 3), (1, 0)),
    fails(IndexError, "Dimension out of range", real(2, 3), (1, 2**40)),
    smooth(gapped(real(2, 3)), 1, 0),
    typed("int64", integers([1, 2]), (1, 0)),
    fails(RuntimeError, "must name each", real(2, 3), (0,)),
    fails(IndexError, "Dimension out of range", real(2, 3), (0, 2)),
    fails(RuntimeError, "", real(2, 3), (0, 0)),
    torch=lambda torch, x, *dims: x.permute(*dims),
)  # fmt: skip
row(
    "transpose", lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1) if x.ndim else x,
    smooth(real(2, 3), 0, 1),
    smooth(real(2, 3, 2), -1, 0),
    smooth(real(3, 2).T, 1, 1),
    smooth(gapped(real(2, 3)), dim0=1, dim1=0),
    smooth(real(), 0, -1),
    smooth(real(0, 3), 0, 1),
    typed("bool", BOOLS, 0, 1),
    fails(IndexError, "Dimension out of range", real(2, 3), 0, 2),
    fails(IndexError, "Dimension out of range", real(), 0, 1),
)  # fmt: skip
row(
    "squeeze", lambda x, dim=None: x.reshape(
        [n for i, n in enumerate(x.shape) if n != 1 or not (dim is None or i in np.atleast_1d(dim) % x.ndim)]
    ),
    smooth(real(1, 3, 1)),
    smooth(real(1, 3, 1), 0),
    smooth(real(1, 3, 1), dim=-1),
    smooth(real(1, 3, 1), dim=1),
    smooth(real(1, 3, 1), (0, 2)),
    smooth(real(1, 3, 1), (0, 1)),
    smooth(real()),
    smooth(real(1)),
    smooth(real(0, 1), 1),
    smooth(gapped(real(2, 1)), 1),
    typed("int64", integers([1, 2])),
    fails(IndexError, "Dimension out of range", real(2, 1), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
    fails(RuntimeError, "", real(1, 1), (0, 0)),
)  # fmt: skip
row(
    "unsqueeze", lambda x, dim: np.expand_dims(x, dim),
    smooth(real(), 0),
    smooth(real(), -1),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), dim=-1),
    smooth(real(3, 2).T, 2),
    smooth(gapped(real(2, 3)), -3),
    smooth(real(0), 0),
    typed("bool", BOOLS, 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 3),
    fails(IndexError, "Dimension out of range", real(2, 3), -4),
)  # fmt: skip
row(
    "flatten", lambda x, start_dim=0, end_dim=-1: np.reshape(
        x, (*x.shape[:start_dim], -1, *x.shape[end_dim % max(x.ndim, 1) + 1 :]) if x.size else (0, 3)
    ),
    smooth(real(2, 3, 2)),
    smooth(real(2, 3, 2), 1),
    smooth(real(2, 3, 2), 0, 1),
    smooth(real(2, 3, 2), start_dim=1, end_dim=1),
    smooth(real()),
    smooth(real(3)),
    smooth(real(0, 3), 1),
    smooth(real(3, 2).T),
    smooth(gapped(real(2, 3, 2)), 0, -2),
    typed("int64", integers([1, 2])),
    fails(RuntimeError, "start_dim cannot come after end_dim", real(2, 3), 1, 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
)  # fmt: skip
row(
    "flip", lambda x, *dims: np.flip(x, sizes(dims)) if x.ndim else x,
    smooth(real(4), 0),
    smooth(real(2, 3), (0, 1)),
    smooth(real(2, 3), [1]),
    smooth(real(2, 3), -1, 0),
    smooth(real(2, 3), ()),
    smooth(real(), 0),
    smooth(real(), -1),
    smooth(real(3, 2).T, 1),
    smooth(gapped(real(2, 3)), 0),
    smooth(real(0, 3), 0),
    smooth(real(), ()),
    typed("bool", BOOLS, 1),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(RuntimeError, "", real(2, 3), (0, 0)),
    torch=lambda torch, x, *dims: x.flip(*dims),
)  # fmt: skip


def padded(x: np.ndarray, pad: Any, value: Any) -> np.ndarray:
    """One dimension after the other, the last first."""
    for i in range(len(pad) // 2):
        before, after = pad[2 * i : 2 * i + 2]
        x = np.moveaxis(x, -1 - i, 0)
        x = x[max(-before, 0) : len(x) - max(-after, 0)]
        border = lambda n, x=x: np.full((max(n, 0), *x.shape[1:]), value, x.dtype)
        x = np.moveaxis(np.concatenate([border(before), x, border(after)]), 0, -1 - i)
    return x


row(
    "constant_pad", lambda x, pad, value=0: padded(x, pad, value),
    smooth(real(3), (1, 2)),
    smooth(real(2, 3), (1, 0, 0, 2), 0.5),
    smooth(real(2, 3), [1, 1], value=2),
    smooth(real(2, 3), (-1, 1)),
    smooth(real(3, 3), (-1, -1, 2, -2)),
    smooth(real(3, 2).T, (0, 1)),
    smooth(gapped(real(2, 3)), (1, 1)),
    smooth(real(0, 2), (1, 0)),
    smooth(real(0, 2), (0, 0, 1, 1)),
    smooth(real(2), ()),
    typed("int64", integers(1, 2), (1, 1), 7),
    typed("bool", BOOLS, (1, 1)),
    fails(RuntimeError, "padding", real(2, 3), (1, 1, 1)),
    fails(RuntimeError, "padding", real(2), (1, 1, 1, 1)),
    fails(RuntimeError, "takes away more than there is", real(2), (-2, -1)),
    torch=lambda torch, x, pad, value=0: torch.nn.functional.pad(x, pad, value=value),
)  # fmt: skip
row(
    "roll", lambda x, shifts, dims=None: np.roll(x, shifts, dims),
    smooth(real(4), 1),
    smooth(real(2, 3), -2),
    smooth(real(2, 3), 4, 1),
    smooth(real(2, 3), (1, -1), (0, 1)),
    smooth(real(2, 3), (1, 1), dims=(1, -1)),
    smooth(real(3, 2).T, 1, [0]),
    smooth(gapped(real(2, 3)), 1, -1),
    smooth(real(0, 3), 1, 0),
    smooth(real(), 1),
    typed("bool", BOOLS, 1, 1),
    fails(RuntimeError, "shifts and dimensions must align", real(2, 3), (1, 2)),
    fails(RuntimeError, "shifts and dimensions must align", real(2, 3), (1, 2), 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, 2),
)  # fmt: skip
row(
    "reinterpret", lambda x, dtype: x.view(dtype.dtype),
    typed("int32", real(2, 3).astype("float32"), autograd.int32),
    typed("float64", real(2, 4).astype("float32"), autograd.float64),
    typed("uint8", integers(1, 300), autograd.uint8),
    typed("int64", real(), autograd.int64),
    fails(RuntimeError, "cannot be 0", np.array(1.0), autograd.float32),
    fails(RuntimeError, "must be 1", real(2, 4).T, autograd.float32),
    fails(RuntimeError, "doesn't divide evenly", np.ones(3, "float32"), autograd.float64),
    torch=lambda torch, x, dtype: x.view(dtype),
)  # fmt: skip

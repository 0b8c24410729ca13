"""Rows of copies of what shows the memory of another Tensor."""

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd

from .arrays import real
from .rows import row, smooth, typed
from .strided import strided, windows

row(
    "view_copy", lambda x, to: x.view(to.dtype) if isinstance(to, autograd.dtype) else np.reshape(x, to),
    smooth(real(2, 3), (3, 2)),
    typed("int32", np.ones(2, "float32"), autograd.int32),
)  # fmt: skip
COPIES: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
    ("as_strided", lambda x, size, stride: strided(x, size, stride, 0, None), (real(2, 3), (2, 2), (1, 2))),
    ("diagonal", np.diagonal, (real(2, 3),)),
    ("expand", np.broadcast_to, (real(3), (2, 3))),
    ("narrow", lambda x, dim, start, length: x.take(range(start, start + length), dim), (real(2, 3), 1, 1, 2)),
    ("permute", np.transpose, (real(2, 3), (1, 0))),
    ("select", lambda x, dim, index: x.take(index, dim), (real(2, 3), 1, 1)),
    ("split", lambda x, size: np.split(x, [size]), (real(3), 2)),
    ("split_with_sizes", lambda x, given: np.split(x, given[:1]), (real(3), [1, 2])),
    ("squeeze", np.squeeze, (real(2, 1),)),
    ("t", np.transpose, (real(2, 3),)),
    ("transpose", np.swapaxes, (real(2, 3), 0, 1)),
    ("unbind", lambda x: tuple(x), (real(2, 3),)),
    ("unfold", windows, (real(5), 0, 2, 2)),
    ("unsqueeze", np.expand_dims, (real(3), 0)),
]
for name, reference, args in COPIES:
    row(f"{name}_copy", reference, smooth(*args))

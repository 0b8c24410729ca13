"""Rows of one Tensor cut into several."""

import numpy as np

from .arrays import integers, real
from .rows import fails, row, smooth


def cut(x, sections, dim):
    sections = sections.tolist() if isinstance(sections, np.ndarray) else sections
    return np.array_split(x, sections, dim)


row(
    "tensor_split", lambda x, sections, dim=0: cut(x, sections, dim),
    smooth(real(5), 2),
    smooth(real(2), 3),
    smooth(real(5), (1, 3)),
    smooth(real(5), [3, -1, 9]),
    smooth(real(2, 5), integers(1, 2), 1),
    smooth(real(5, 2).T, np.array(2), dim=-1),
    fails(RuntimeError, "must be larger than 0", real(3), 0),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1),
)  # fmt: skip
for name, axis, least in (("hsplit", 1, 1), ("vsplit", 0, 2), ("dsplit", 2, 3)):
    row(
        name, lambda x, sections, axis=axis: cut(x, sections, min(axis, x.ndim - 1)),
        smooth(real(*(4,) * least), 2),
        smooth(real(4, 2, 4), 2),
        smooth(real(4, 3, 4), (1, 2)),
        fails(RuntimeError, "not divisible by the split_size", real(3, 3, 3), 2),
        fails(RuntimeError, f"at least {least} dimension", real(*(4,) * (least - 1)), 1),
    )  # fmt: skip
row(
    "split", lambda x, size, dim=0: np.split(
        x, np.cumsum(size)[:-1] if isinstance(size, list) else range(size, x.shape[dim], size), dim
    ),
    smooth(real(5), 2),
    smooth(real(4), 2),
    smooth(real(2, 5), [1, 0, 4], 1),
    smooth(real(5, 2).T, 3, dim=-1),
    fails(RuntimeError, "non-negative", real(3), -1),
    fails(RuntimeError, "to sum exactly to 3", real(3), [1, 1]),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1),
)  # fmt: skip
row(
    "chunk", lambda x, chunks, dim=0: np.array_split(x, chunks, dim),
    smooth(real(5), 2),
    smooth(real(2, 6), 3, 1),
    smooth(real(5, 2).T, 2, -1),
    smooth(real(0, 3), 2),
    fails(RuntimeError, "greater than 0", real(3), 0),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
)  # fmt: skip
for name in ("split_with_sizes", "unsafe_split_with_sizes"):
    row(name, lambda x, given, dim=0: np.split(x, np.cumsum(given)[:-1], dim), smooth(real(5), [1, 4]))
row("unsafe_split", lambda x, size: np.split(x, [size]), smooth(real(3), 2))
row("unsafe_chunk", np.array_split, smooth(real(5), 2))
row(
    "unbind", lambda x, dim=0: list(np.moveaxis(x, dim, 0)),
    smooth(real(3)),
    smooth(real(2, 3)),
    smooth(real(2, 3), -1),
    smooth(real(3, 2).T, dim=1),
    fails(IndexError, "no dimensions", real()),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
)  # fmt: skip

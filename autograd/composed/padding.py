"""Borders around Tensors."""

from __future__ import annotations

import math
from typing import Any

from ..engine.tensor import Tensor
from ..ops.joining import cat
from ..ops.shape import constant_pad, flatly
from .registry import function
from .sizes import integers


@function("pad", "nn.functional.pad")
def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """A border around the last dimensions: ``pad`` is (left, right, top, bottom, ...); negative crops.

    mode: "constant" for ``value`` (0), "reflect" for what a mirror on the outermost elements would show, "replicate"
    for the outermost elements, "circular" for those of the other side.

    >>> nn.functional.pad(autograd.tensor([[1., 2., 3.]]), (2, 1), mode="reflect")
    tensor([[3., 2., 1., 2., 3., 2.]])
    """
    pad = integers("pad", pad if isinstance(pad, (int, float)) else list(pad))
    if len(pad) % 2:
        raise RuntimeError(f"pad: Padding length must be divisible by 2, but it is {len(pad)}")
    if mode == "constant":
        return constant_pad(input, pad, 0 if value is None else value)
    if mode not in BORDERS:
        raise NotImplementedError(f"pad: Unrecognised padding mode {mode}; it is constant, {', '.join(BORDERS)}")
    if value:
        raise RuntimeError(f'pad: Padding mode "{mode}" doesn\'t take in value argument')
    if len(pad) > 6 or input.ndim - len(pad) // 2 not in (1, 2):
        raise NotImplementedError(
            f"pad: Padding size {len(pad)} is not supported for {input.ndim}D input tensor; all but the first one or "
            "two dimensions, and at most three, can have a border that is not constant"
        )
    if mode != "circular":
        input = flatly(input)
    for i in range(len(pad) // 2):
        input = _bordered(input, input.ndim - 1 - i, pad[2 * i], pad[2 * i + 1], mode)
    return input


def _bordered(x: Tensor, dim: int, before: int, after: int, mode: str) -> Tensor:
    """``x`` with a border in one dimension; where that is negative, cropped by so much."""
    size = x.shape[dim]
    left = size + min(before, 0) + min(after, 0) if mode == "circular" else size + before + after - 1
    if left < 0:
        raise RuntimeError(f"pad: padding ({before}, {after}) leaves nothing of the {size} of dimension {dim}")
    if mode == "circular":
        # What is cropped doesn't come back on the other side.
        x = x.narrow(dim, max(-before, 0), left)
        size, before, after = left, max(before, 0), max(after, 0)
    if max(before, after) > {"reflect": size - 1, "circular": size}.get(mode, math.inf) or (
        not size and mode != "circular"
    ):
        raise RuntimeError(
            f"pad: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at dimension {dim} of input {list(x.shape)}"
        )
    if before > 0 or after > 0:
        first, last = BORDERS[mode](x, dim, max(before, 0), max(after, 0))
        grown = cat([first, x, last], dim)
    else:
        grown = x
    return grown.narrow(dim, max(-before, 0), size + before + after)


def _reflect(x: Tensor, dim: int, before: int, after: int) -> tuple[Tensor, Tensor]:
    return x.narrow(dim, 1, before).flip(dim), x.narrow(dim, x.shape[dim] - 1 - after, after).flip(dim)


def _replicate(x: Tensor, dim: int, before: int, after: int) -> tuple[Tensor, Tensor]:
    first, last = x.narrow(dim, 0, 1), x.narrow(dim, -1, 1)
    shape = [-1] * x.ndim
    return first.expand(shape[:dim] + [before] + shape[dim + 1 :]), last.expand(
        shape[:dim] + [after] + shape[dim + 1 :]
    )


def _circular(x: Tensor, dim: int, before: int, after: int) -> tuple[Tensor, Tensor]:
    return x.narrow(dim, x.shape[dim] - before, before), x.narrow(dim, 0, after)


BORDERS = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}

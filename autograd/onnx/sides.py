"""What pooling and resampling were called with, as ONNX says it: kernels, strides, pads.

Our ops are given where each window lies, along one dimension at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..kernels.banded_matrices import BandedMatrix
from ..kernels.pooling.averages import averages
from ..kernels.pooling.windows import Windows, out_size


@dataclass(frozen=True)
class Slides:
    """Windows of one size at even distances."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil_mode: bool

    def attributes(self) -> dict[str, Any]:
        return {
            "kernel_shape": list(self.kernel),
            "strides": list(self.stride),
            "pads": [*self.padding, *self.padding],
            "dilations": list(self.dilation),
            "ceil_mode": int(self.ceil_mode),
        }


@dataclass(frozen=True)
class Averages:
    """Means over windows of one size at even distances. whole: over everything, whatever its size."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    include_padding: bool
    whole: bool

    def attributes(self) -> dict[str, Any]:
        return {
            "kernel_shape": list(self.kernel),
            "strides": list(self.stride),
            "pads": [*self.padding, *self.padding],
            "count_include_pad": int(self.include_padding),
        }


@dataclass(frozen=True, eq=False)
class Bands:
    """Weighted sums, as a matrix for each dimension."""

    matrices: tuple[np.ndarray[Any, Any], ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bands) and all(map(np.array_equal, self.matrices, other.matrices))

    def __hash__(self) -> int:
        return len(self.matrices)


def geometry_of(argument: Any) -> Any:
    """What a tuple of windows or of bands is to ONNX; another argument as it is."""
    if not isinstance(argument, tuple) or not argument:
        return argument
    if all(isinstance(one, Windows) for one in argument):
        return slides_of(argument)
    if all(isinstance(one, BandedMatrix) for one in argument):
        return averages_of(argument) or Bands(tuple(map(dense, argument)))
    return argument


def slides_of(windows: tuple[Windows, ...]) -> Slides | tuple[Windows, ...]:
    """The geometry of windows; those that adapt are as they are, if they are of several sizes."""
    found = []
    for one in windows:
        if one.stride:
            found.append((one.taps, one.stride, one.padding, one.dilation))
            continue
        size, apart = one.last - one.first + 1, np.diff(one.first)
        if (size != size[0]).any() or (len(apart) and (apart != apart[0]).any()):
            return windows
        found.append((int(size[0]), int(apart[0]) if len(apart) else 1, 0, 1))
    kernel, stride, padding, dilation = map(tuple, zip(*found))
    for ceil_mode in (False, True):
        made = [out_size(one.size, *side, ceil_mode) for one, side in zip(windows, found)]  # type: ignore[no-untyped-call]
        if made == [len(one) for one in windows]:
            return Slides(kernel, stride, padding, dilation, ceil_mode)
    return windows


def averages_of(bands: tuple[BandedMatrix, ...]) -> Averages | None:
    """The geometry of means of windows of one size; None if they are something else."""
    for include_padding in (True, False):
        sides = [_average(band, include_padding) for band in bands]
        if all(sides):
            kernel, stride, padding = map(tuple, zip(*sides))
            whole = all(band.sees_all for band in bands) and not any(padding)
            return Averages(kernel if not whole else (0,) * len(bands), stride, padding, include_padding, whole)
    return None


def _average(band: BandedMatrix, include_padding: bool) -> tuple[int, int, int] | None:
    kernel = int(band.counts.max(initial=1))
    ends = band.starts + band.counts
    stride = int(ends[1] - ends[0]) if len(ends) > 1 else 1
    if include_padding and band.weights.size:
        kernel = round(1 / float(band.weights.max())) if band.weights.max() > 0 else kernel
    padding = kernel - int(ends[0])
    if stride < 1 or padding < 0 or kernel < 1 or 2 * padding > kernel:
        return None
    if out_size(band.size, kernel, stride, padding, 1, False) != len(band):  # type: ignore[no-untyped-call]
        return None
    made = averages(band.size, kernel, stride, padding, False, include_padding, True)
    return (kernel, stride, padding) if np.allclose(dense(made), dense(band)) else None


def dense(band: BandedMatrix) -> np.ndarray[Any, Any]:
    """All numbers of a banded matrix."""
    made = np.zeros((len(band), band.size))
    for row, (start, count) in enumerate(zip(band.starts, band.counts)):
        made[row, start : start + count] = band.weights[row, :count]
    return made

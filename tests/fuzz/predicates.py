"""When a reason holds: what is asked of a case, and of the numbers that differ, ours and PyTorch's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from checking import arrays_in

from .cases import Case
from .comparing import far_apart


def numbers_in(value: Any) -> Iterator[float]:
    """The Python numbers among arguments."""
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def floats(case: Case) -> list[np.ndarray]:
    return [x for x in arrays_in([case.args, case.params]) if x.dtype.kind == "f"]


def parameters(case: Case) -> list[float]:
    return [*numbers_in(case.args), *numbers_in(list(case.params.values()))]


def strings(case: Case) -> list[str]:
    return [value for value in (*case.args, *case.params.values()) if isinstance(value, str)]


def not_finite(case: Case) -> bool:
    return any(not np.isfinite(x).all() for x in floats(case)) or not all(map(math.isfinite, parameters(case)))


def has_nan(case: Case) -> bool:
    return any(np.isnan(x).any() for x in floats(case)) or any(map(math.isnan, parameters(case)))


def nothing(case: Case) -> bool:
    return any(not x.size for x in arrays_in([case.args, case.params]))


def integers(case: Case) -> bool:
    return any(x.dtype.kind in "iub" for x in arrays_in([case.args, case.params]))


def of_integers(case: Case) -> bool:
    return bool(arrays := arrays_in([case.args, case.params])) and arrays[0].dtype.kind in "iub"


def unsorted(x: np.ndarray) -> bool:
    """Whether a row isn't in order, as one with NaN isn't."""
    return bool(x.ndim) and not (np.diff(x.astype("float64"), axis=-1) >= 0).all()


def half(case: Case) -> bool:
    return any(x.dtype == np.float16 for x in floats(case))


def beyond_32_bits(case: Case) -> bool:
    return any(isinstance(n, int) and not -(2**31) <= n < 2**31 for n in parameters(case))


def extreme(case: Case) -> bool:
    """Whether a number is so large or small, but not 0, that what is made of it may be infinite, NaN or 0."""
    sizes = [np.abs(x.astype("float64")) for x in floats(case)] + [np.abs(np.float64(n)) for n in parameters(case)]
    return any(not ((size == 0) | ((size > 1e-5) & (size < 1e5))).all() for size in sizes)


def ties(case: Case) -> bool:
    """Whether two numbers of an array are equal, or one is NaN."""
    return has_nan(case) or any(len(np.unique(x)) < x.size for x in arrays_in([case.args, case.params]))


def degenerate(case: Case) -> bool:
    """Whether a matrix has nothing in it, a NaN or a huge number, or singular values that are as good as 0 or equal."""
    if not all(0 <= n < 1 for n in parameters(case) if isinstance(n, float)):
        # A tolerance for which a rank means nothing.
        return True
    for x in floats(case):
        if not (np.abs(x.astype("float64")) <= 1e6).all():
            return True
        if x.ndim < 2:
            continue
        if not x.size:
            return True
        smallest = np.finfo(x.dtype).tiny
        close = 1e-3 if x.dtype == np.float64 else 1e-2
        x = x.astype("float64")
        triangles = (
            [x] if x.shape[-1] != x.shape[-2] else [x, np.tril(x) + np.tril(x, -1).mT, np.triu(x) + np.triu(x, 1).mT]
        )
        for matrix in triangles:
            values = np.linalg.svd(matrix, compute_uv=False)
            gaps = np.diff(np.concatenate([values, np.zeros_like(values[..., :1])], -1))
            if (-gaps <= close * values[..., :1]).any() or (values < smallest).any():
                return True
    return False


def dtypes_of_floats(case: Case) -> int:
    return len({x.dtype for x in floats(case)})


def in_memory_of_others(case: Case) -> bool:
    """Whether the elements of an array lie apart, share places or don't begin where its memory does."""
    return any(not x.flags.c_contiguous or x.base is not None for x in arrays_in([case.args]))


def parameters_not_finite(case: Case) -> bool:
    """Whether what the first array meets, a scale or an offset, is infinite or NaN."""
    return any(not np.isfinite(x).all() for x in arrays_in([case.args, case.params])[1:] if x.dtype.kind == "f")


def strided_integers(case: Case) -> bool:
    return any(x.dtype.kind in "iu" and not x.flags.c_contiguous for x in arrays_in([case.args, case.params]))


def strange(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether the two are apart only where one is infinite or NaN."""
    apart = ~(np.isfinite(ours) & np.isfinite(theirs))
    return not far_apart(np.where(apart, 0, ours), np.where(apart, 0, theirs), None, False)


def nan_of_pytorch(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether PyTorch has NaN wherever ours has something else."""
    return not far_apart(np.where(np.isnan(theirs), theirs, ours), theirs, None, False)


def eight_digits_alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether the first digits are the same, of what isn't infinite or NaN in one of the two."""
    return strange(*(x.astype(np.float32, copy=False) for x in (ours, theirs)))

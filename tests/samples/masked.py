"""Rows of reductions, scans and softmax of the elements that a mask marks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.special

from .arrays import BOOLS, INF, NAN, gapped, integers, real
from .norm import norms
from .rows import Sample, edge, fails, not_in_torch, row, smooth, typed


def kept(x, mask):
    return np.ma.array(x, mask=np.broadcast_to(np.False_ if mask is None else ~mask, x.shape))


def filled(x, mask, identity):
    return x if mask is None else np.where(mask, x, identity)


def of_masked_array(name: str) -> Callable[..., Any]:
    def call(x, dim=None, keepdim=False, mask=None, **params):
        return np.asarray(getattr(kept(x, mask), name)(axis=dim, keepdims=keepdim, **params)).astype(x.dtype)

    return call


def of_filled(function: Callable[..., Any], identity: float) -> Callable[..., Any]:
    return lambda x, dim=None, keepdim=False, mask=None: function(filled(x, mask, identity), dim, keepdims=keepdim)


MASK = np.array([[True, False, True], [False, True, True]])
NOT_A_MASK = [
    not_in_torch(fails(RuntimeError, "bools", real(2, 3), dim=1, mask=real(2, 3))),  # anything is a mask there
    not_in_torch(fails(IndexError, "more dimensions", real(3), dim=0, mask=MASK)),
]
MARKED = [
    smooth(real(2, 3), dim=1),
    smooth(real(2, 3), dim=1, mask=MASK),
    smooth(real(3, 2).T, dim=1, mask=MASK[0]),
    smooth(gapped(real(2, 3)), dim=-1),
    *NOT_A_MASK,
]
MARKED_ONES = [
    *MARKED,
    smooth(real(2, 3), mask=MASK),
    smooth(real(2, 3), dim=1, keepdim=True, mask=MASK),
    smooth(real()),
]
for name, reference in (
    ("sum", of_masked_array("sum")), ("prod", of_masked_array("prod")), ("amax", of_masked_array("max")),
    ("amin", of_masked_array("min")), ("mean", of_masked_array("mean")),
    ("argmax", of_masked_array("argmax")), ("argmin", of_masked_array("argmin")),
    ("logsumexp", of_filled(scipy.special.logsumexp, -INF)),
):  # fmt: skip
    row(f"masked.{name}", reference, *MARKED_ONES)
for name in ("var", "std"):
    row(
        f"masked.{name}", lambda x, dim=None, unbiased=True, name=name, correction=None, **params: of_masked_array(
            name
        )(x, dim, ddof=int(unbiased) if correction is None else correction, **params),
        *[c for c in MARKED_ONES if np.ndim(c.args[0])],
        smooth(real(2, 3), 1, False, mask=MASK[0]),
        smooth(real(2, 3), correction=0, mask=MASK),
    )  # fmt: skip
row(
    "masked.norm", lambda x, ord=2.0, dim=None, keepdim=False, mask=None: norms(filled(x, mask, 0), ord, dim, keepdim),
    *[replace(c, args=(*c.args, 3.0)) for c in MARKED_ONES],
    smooth(real(2, 3), mask=MASK),
)  # fmt: skip
row(
    "masked.normalize", lambda x, ord, dim, eps=1e-12, mask=None: filled(x, mask, 0) / np.maximum(
        norms(filled(x, mask, 0), ord, dim, True), eps
    ),
    *[replace(c, args=(*c.args, 2.0)) for c in MARKED],
)  # fmt: skip
row(
    "masked.median", lambda x, dim=-1, keepdim=False, mask=None: np.nanquantile(
        filled(x, mask, NAN), 0.5, dim, method="lower", keepdims=keepdim
    ),
    *MARKED,
    smooth(real(2, 3), 1, keepdim=True, mask=MASK),
    typed("int64", integers([3, 1, 2], [6, 5, 4]), mask=MASK),
    fails(ValueError, "masked out", integers([3, 1, 2], [6, 5, 4]), 0, mask=BOOLS),
)  # fmt: skip
for name, reference, identity in (
    ("cumsum", np.cumsum, 0), ("cumprod", np.cumprod, 1), ("softmax", scipy.special.softmax, -INF),
    ("log_softmax", scipy.special.log_softmax, -INF), ("softmin", lambda x, dim: scipy.special.softmax(-x, dim), INF),
):  # fmt: skip
    row(
        f"masked.{name}", lambda x, dim, mask=None, reference=reference, identity=identity: reference(
            filled(x, mask, identity), dim
        ),
        *[replace(c, kind="edge") if isinstance(c, Sample) else c for c in MARKED],
    )  # fmt: skip
row(
    "masked.logaddexp", lambda x, y, input_mask=None, other_mask=None: np.logaddexp(
        filled(x, input_mask, -INF), filled(y, other_mask, -INF)
    ),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1), input_mask=BOOLS),
    edge(real(3, 2).T, real(2, 3, seed=1), other_mask=BOOLS[0]),
    not_in_torch(fails(RuntimeError, "bools", real(2), real(2), input_mask=real(2))),
)  # fmt: skip

"""Rows of means, variances and what is built on them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import BOOLS, floats, gapped, integers, real
from .dimensions import reductions, tuple_axis
from .rows import edge, fails, row, smooth


def with_mean(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x, dim=None, unbiased=True, keepdim=False, correction=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        ddof = int(unbiased) if correction is None else correction
        return tuple_axis(function)(x, dim, keepdim, ddof=ddof), tuple_axis(np.mean)(x, dim, keepdim)

    return call


for name, reference in (("std_mean", np.std), ("var_mean", np.var)):
    row(
        name, with_mean(reference),
        *[s for s in reductions() if s.args[0].ndim and s.args[1:] == ()],
        smooth(real(2, 3), False),
        smooth(real(2, 3), 1, False, True),
        smooth(real(2, 3), dim=1, correction=0),
        edge(real(2, 1), 1),
    )  # fmt: skip
row(
    "cov", lambda x, correction=1, fweights=None, aweights=None: np.cov(
        x, ddof=correction, fweights=fweights, aweights=aweights
    ),
    smooth(real(2, 4)),
    smooth(real(4, 3).T, correction=0),
    smooth(gapped(real(4))),
    smooth(real(2, 3), fweights=integers(1, 2, 3)),
    smooth(real(2, 3), aweights=floats(0.5, 1.0, 0.7)),
    smooth(real(2, 3), correction=0, fweights=integers(1, 2, 3), aweights=floats(0.5, 1.0, 0.7)),
    fails(RuntimeError, "two or fewer dimensions", real(2, 2, 2)),
    fails(RuntimeError, "bool", BOOLS),
    fails(RuntimeError, "fweights", real(2, 3), fweights=floats(1, 2, 3)),
    fails(RuntimeError, "negative", real(2, 3), fweights=integers(1, 2, -3)),
    wrt=(0,),
)  # fmt: skip
row(
    "corrcoef", np.corrcoef,
    smooth(real(2, 4)),
    smooth(real(4, 3).T),
    smooth(gapped(real(4))),
    fails(RuntimeError, "two or fewer dimensions", real(2, 2, 2)),
)  # fmt: skip

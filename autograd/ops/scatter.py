"""Many values combined in one place: products and extremes of what `write_at` would overwrite."""

from __future__ import annotations

import numpy as np

from .arithmetic import where
from .index import getitem, put_at
from .op import op
from .pointwise import zero
from .shape import cast

COMBINE = {"prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


@op(derivative=("∂L/∂x = ∂L/∂out · ∂out/∂x", "∂L/∂values = (∂L/∂out)[key] · ∂out/∂values"), level="internal")
def combine_at(x, values, key, reduce):
    """``x`` with its element at each place of ``key`` and all ``values`` for it made one: "prod", "amax" or "amin"."""
    out = np.array(x)
    COMBINE[reduce].at(out, key, values)
    return out


combine_at.vjp(
    lambda g, out, x, values, key, reduce: slope_of_x(g, out, x, values, key, reduce),
    lambda g, out, x, values, key, reduce: slope_of_values(g, out, x, values, key, reduce),
)


def slope_of_x(g, out, x, values, key, reduce):
    if reduce == "prod":
        return g * combine_at(zero(x) + 1, values, key, "prod")
    mine, _, share = shares(g, out, x, values, key)
    return mine * share


def slope_of_values(g, out, x, values, key, reduce):
    if reduce == "prod":
        return product_of_others(g, out, x, values, key)
    _, theirs, share = shares(g, out, x, values, key)
    return theirs * getitem(share, key)


def shares(g, out, x, values, key):
    """Which of ``x`` and of ``values`` are the extreme, as 0 and 1, and the share of each: all have the same."""
    mine, theirs = cast(x == out, g.dtype), cast(values == getitem(out, key), g.dtype)
    return mine, theirs, g / (mine + put_at(theirs, key, x.shape))


def product_of_others(g, out, x, values, key):
    """``g`` times the product of all for one place but the value itself: by division, and around a zero without."""
    zeros = values == 0
    met = getitem(put_at(cast(zeros, values.dtype), key, x.shape), key)
    alone = zeros & (met == 1)
    if not isinstance(g, np.ndarray) and bool((zeros & (met > 1)).any()):
        raise RuntimeError("prod: there is no second derivative where several zeros meet in one place")
    rest = combine_at(x, where(alone, 1, values), key, "prod")
    return where(alone, getitem(g * rest, key), getitem(g * out, key) / where(zeros, 1, values))

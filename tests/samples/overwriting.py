"""Rows of what writing into part of a Tensor does to its gradient."""

from autograd.ops.index import getitem
from autograd.ops.shape import t

from .arrays import gapped, integers, real
from .rows import row, smooth


def overwritten(x, values, chain):
    out = x.copy()
    seen = out
    for op, args, _ in chain:
        seen = seen[args[0]] if op is getitem else seen.T
    seen[...] = values
    return out


ROW = ((getitem, (1,), {}),)
COLUMN = ((t, (), {}), (getitem, ((slice(0, 2), 0),), {}))
PICKED = ((getitem, ((integers(1, 0), integers(2, 0)),), {}),)


def overwritten_at(x, values, chain):
    """By arrays, a copy is picked and not a view."""
    key = chain[0][1][0] if chain and chain[0][1] else None
    if not isinstance(key, tuple):
        return overwritten(x, values, chain)
    out = x.copy()
    out[key] = values
    return out


row(
    "overwrite", overwritten_at,
    smooth(real(2, 3), real(3), ROW),
    smooth(real(3, 2).T, real(2), COLUMN),
    smooth(gapped(real(2, 3)), real(2), PICKED),
    smooth(real(2, 3), real(2, 3, seed=1), ()),
    smooth(real(), real(seed=1), ()),
    torch=None,
)  # fmt: skip
row(
    "clear", lambda x, chain: overwritten_at(x, 0, chain),
    smooth(real(2, 3), ROW),
    smooth(real(3, 2).T, COLUMN),
    smooth(gapped(real(2, 3)), PICKED),
    smooth(real(0, 3), ()),
    torch=None,
)  # fmt: skip

"""Rows of ops that make one number of many."""

import numpy as np

import autograd

from .arrays import BOOLS, NAN, floats, integers, real
from .dimensions import (
    NO_DIMS,
    OUT_OF_RANGE,
    REPEATED,
    SPECIAL_ROWS,
    THOUSANDS,
    TIED_ROWS,
    in_dtype,
    reductions,
    tuple_axis,
    tuple_of,
)
from .rows import edge, fails, not_in_torch, row, smooth, typed, value

row(
    "mean", lambda x, *args, dtype=None, **params: tuple_axis(np.mean)(in_dtype(x, dtype), *args, **params),
    *reductions(),
    NO_DIMS,
    edge(real(0)),
    edge(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    *OUT_OF_RANGE, REPEATED,
    fails(RuntimeError, "could not infer output dtype", integers(1, 2)),
    fails(RuntimeError, "could not infer output dtype", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
)  # fmt: skip
for name, reference in (("amax", np.max), ("amin", np.min)):
    row(
        name, tuple_axis(reference),
        *reductions(),
        NO_DIMS,
        edge(TIED_ROWS),
        edge(TIED_ROWS, dim=1),
        edge(TIED_ROWS, dim=(0, 1), keepdim=True),
        edge(SPECIAL_ROWS, dim=1),
        typed("int32", integers([1, 5], [7, 2], dtype="int32"), dim=1),
        typed("bool", BOOLS, dim=1),
        typed("float16", np.array(1.5, "float16")),
        *OUT_OF_RANGE, REPEATED,
        fails(IndexError, "to have non-zero size", real(0, 3), dim=0),
        fails(RuntimeError, "to have non-zero size", real(0)),
    )  # fmt: skip
for name, reference in (("max", np.max), ("min", np.min)):
    row(
        f"{name}_of_all", reference,
        smooth(real(2, 3)),
        smooth(real()),
        edge(TIED_ROWS),
        edge(SPECIAL_ROWS),
        edge(floats(NAN, 1.0, NAN)),
        typed("int32", integers([1, 5], [7, 2], dtype="int32")),
        typed("bool", BOOLS),
        typed("float16", np.array(1.5, "float16")),
        torch=f"{name}",
    )  # fmt: skip
for name, reference in (("argmax", np.argmax), ("argmin", np.argmin)):
    row(
        name, tuple_axis(reference),
        *reductions(dims=False),
        edge(TIED_ROWS),
        edge(TIED_ROWS, dim=1),
        edge(TIED_ROWS, dim=0, keepdim=True),
        edge(SPECIAL_ROWS, dim=1),
        typed("int64", integers([1, 5], [7, 2], dtype="int32"), dim=1),
        *OUT_OF_RANGE,
        fails(IndexError, "to have non-zero size", real(0, 3), dim=0),
        fails(IndexError, "to have non-zero size", real(0)),
        result="int64",
    )  # fmt: skip
for name, reference in (("all", np.all), ("any", np.any)):
    row(
        name, tuple_axis(reference),
        *reductions(),
        edge(SPECIAL_ROWS, dim=1),
        typed("bool", BOOLS),
        typed("bool", BOOLS, dim=1),
        typed("bool", BOOLS.T, dim=(0, 1), keepdim=True),
        typed("bool", integers([0, 1], [0, 0]), dim=0),
        typed("bool", np.zeros((0, 3), bool), dim=0),
        typed("uint8", integers([0, 1], [0, 0], dtype="uint8"), dim=1),
        *OUT_OF_RANGE, REPEATED,
        result="bool",
    )  # fmt: skip
for name, reference in (("var", np.var), ("std", np.std)):
    row(
        name, lambda x, *args, correction=1, reference=reference, **params: tuple_axis(reference)(
            x, *args, ddof=correction, **params
        ),
        *[s for s in reductions() if s.args[0].ndim and s.args[1:] == ()],
        smooth(real(2, 3), correction=0),
        smooth(real(3, 2), dim=0, correction=0, keepdim=True),
        smooth(real(4), correction=2),
        smooth(real(2, 4), 1, correction=3),
        edge(real()),
        edge(real(2, 1), dim=1),
        edge(real(0)),
        edge(SPECIAL_ROWS, dim=1),
        *OUT_OF_RANGE, REPEATED,
        fails(RuntimeError, "float", integers(1, 2)),
    )  # fmt: skip
row(
    "logsumexp", tuple_axis(np.logaddexp.reduce),
    *[s for s in reductions() if ("dim" in s.params or s.args[1:]) and s.args[0].ndim],
    smooth(real(), 0),
    not_in_torch(smooth(real(), dim=0, keepdim=True)),  # RuntimeError there
    smooth(floats(1000.0, 1000.5, 999.0), dim=0),
    smooth(THOUSANDS, dim=1),
    smooth(-THOUSANDS, dim=0),
    edge(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    typed("float32", integers([1, 2], [3, 4]), dim=0),
    *OUT_OF_RANGE, REPEATED,
    fails(TypeError, "missing", real(2)),
)  # fmt: skip
row(
    "prod", tuple_axis(np.prod),
    *reductions(dims=False),
    smooth(real(0)),
    smooth(real(0, 3), dim=0),
    smooth(floats([0.0, 1.5, 2.5], [0.0, 0.0, 0.5]), dim=1),
    smooth(floats(0.0, 1.5, 0.0)),
    value(SPECIAL_ROWS, dim=1),
    typed("int64", integers([1, 2], [3, 4], dtype="int32"), dim=0),
    typed("int64", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
    typed("int32", integers(1, 2), dtype=autograd.int32),
    *OUT_OF_RANGE,
    fails(TypeError, "dim", real(2, 3), dim=(0, 1)),
)  # fmt: skip
row(
    "count_nonzero", lambda x, dim=None: np.asarray(np.count_nonzero(x, tuple_of(dim) if x.ndim else None)),
    *[s for s in reductions() if not s.params.get("keepdim") and len(s.args) == 1],
    edge(SPECIAL_ROWS, dim=1),
    typed("int64", BOOLS, dim=0),
    typed("int64", integers(0, 3)),
    *OUT_OF_RANGE, REPEATED,
    result="int64",
)  # fmt: skip
WITH_NAN = floats([1.0, NAN, 2.0], [0.5, 1.5, -1.0])
NANS_ASIDE = [
    *reductions(),
    edge(WITH_NAN),
    edge(WITH_NAN, dim=1),
    edge(WITH_NAN, (0, 1), True),
    value(floats(NAN, NAN), 0),
    value(real(0)),
    typed("float64", real(3).astype("float32"), dtype=autograd.float64),
    *OUT_OF_RANGE, REPEATED,
]  # fmt: skip
row(
    "nansum", lambda x, *args, dtype=None, **params: tuple_axis(np.nansum)(in_dtype(x, dtype), *args, **params),
    *NANS_ASIDE, typed("int64", integers(1, 2)), typed("int64", BOOLS),
)  # fmt: skip
row(
    "nanmean", lambda x, *args, dtype=None, **params: tuple_axis(np.nanmean)(in_dtype(x, dtype), *args, **params),
    *NANS_ASIDE, fails(RuntimeError, "floats", integers(1, 2)),
)  # fmt: skip

"""What is called with what: arguments that nobody thought of, drawn by a number."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from checking import arrays_in
from samples import ROWS, Row
from samples.rows import call_text

import autograd
from autograd.ops import OPS

PUBLIC = [name for name in ROWS if name not in OPS or OPS[name].level != "internal"]

FLOATS = ("float64", "float32", "float16")
DTYPES = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")
SIZES = (0, 1, 1, 2, 3, 5, 8)
EXTREMES = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 1e-310, -1e-40, 6e-8, 1e30, -1e30, 2.0**62, 0.5)
WHOLE_EXTREMES = (0, 1, -1, 2, 7, -8, 127, -128, 255, 2**31, -(2**63), 2**63 - 1)
INTS = (0, 1, -1, 2, 3, -2, 7, -7, 2**40, -(2**40), 2**63)
REALS = (0.0, -0.0, 1.0, -1.0, 0.5, float("nan"), float("inf"), -float("inf"), 1e300, 1e-300)


def sizes_exchanged(rng: np.random.Generator, shapes: Iterable[tuple[int, ...]]) -> dict[int, int]:
    """Another size for some of those that are there: exchanged in all arrays, they mostly still fit each other."""
    known = sorted({size for shape in shapes for size in shape} - {1})
    return {size: int(rng.choice(SIZES)) for size in known if rng.random() < 0.5}


def values_for(rng: np.random.Generator, shape: tuple[int, ...], dtype: str, like: np.ndarray) -> np.ndarray:
    """Numbers of ``shape``: those of ``like`` where they fit, drawn, or drawn with extremes among them."""
    kept = like if like.shape == shape else np.resize(like, shape) if like.size else np.zeros(shape, like.dtype)
    way = rng.random()
    floating = np.dtype(dtype).kind == "f"
    if way < 0.5:
        values = kept.astype(dtype)
    elif floating:
        values = rng.uniform(-3, 3, shape).astype(dtype)
    else:
        values = rng.integers(0, 4, shape).astype(dtype)
    if way > 0.3:
        some = rng.random(shape) < rng.choice([0.0, 0.2, 1.0], p=[0.5, 0.4, 0.1])
        extremes = np.array(EXTREMES if floating else WHOLE_EXTREMES, "float64" if floating else "int64")
        values = np.where(some, rng.choice(extremes, shape).astype(dtype), values)
    return np.asarray(values, dtype)


def laid_out(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """The same numbers with other strides: columns first, every second place of a larger array, or one place for all of
    a dimension (which then has one number only)."""
    way = rng.choice(["rows", "columns", "gaps", "expanded"], p=[0.55, 0.15, 0.15, 0.15])
    if not x.ndim or way == "rows":
        return x.copy()
    if way == "columns":
        order = rng.permutation(x.ndim)
        return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    if way == "gaps":
        steps = rng.integers(1, 4, x.ndim)
        spread = np.zeros([size * step + 1 for size, step in zip(x.shape, steps)], x.dtype)
        view = spread[tuple(slice(1, 1 + size * step, step) for size, step in zip(x.shape, steps))]
        view[...] = x
        return view
    dim = int(rng.integers(x.ndim))
    if not x.shape[dim]:
        return x.copy()
    base = np.take(x, [0], dim)
    return np.lib.stride_tricks.as_strided(base, x.shape, [0 if i == dim else s for i, s in enumerate(base.strides)])


def other_argument(rng: np.random.Generator, value: Any) -> Any:
    """Something of the same type in the place of an argument that is no array."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(rng.choice([value + 1, value - 1, -value])) if rng.random() < 0.5 else INTS[rng.integers(len(INTS))]
    if isinstance(value, float):
        return REALS[rng.integers(len(REALS))]
    if isinstance(value, autograd.dtype):
        return getattr(autograd, str(rng.choice(DTYPES)))
    if isinstance(value, (list, tuple)) and value and all(isinstance(part, int) for part in value):
        changed = list(value)
        place = int(rng.integers(len(changed)))
        if rng.random() < 0.2:
            del changed[place]
        else:
            changed[place] = other_argument(rng, changed[place])
        return type(value)(changed)
    return value


@dataclass
class Case:
    """A call of ``row``: the same arguments, in memory of their own, each time that it is made of the same number."""

    row: Row
    args: tuple[Any, ...]
    params: dict[str, Any]
    with_gradient: bool

    @classmethod
    def drawn(cls, name: str, number: int) -> Case:
        row = ROWS[name]
        rng = np.random.default_rng([zlib.crc32(name.encode()), number])
        sample = row.samples[rng.integers(len(row.samples))]
        shapes = [x.shape for x in arrays_in([sample.args, sample.params])]
        consistent = rng.random() < 0.7
        sizes = sizes_exchanged(rng, shapes) if rng.random() < 0.6 else {}
        one_dtype = str(rng.choice(FLOATS))
        # What arguments have in common matters more than what each of them is: mostly one thing is changed at a time.
        change_dtypes, change_numbers = rng.random() < 0.3, rng.random() < 0.35

        def exchanged(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                shape = tuple(sizes.get(size, size) for size in value.shape)
                if not consistent and rng.random() < 0.5:
                    shape = tuple(map(int, rng.choice(SIZES, rng.integers(0, 5))))
                dtype = one_dtype if value.dtype.kind == "f" else value.dtype.name
                if change_dtypes and rng.random() < 0.5:
                    dtype = str(rng.choice(DTYPES))
                with np.errstate(all="ignore"):
                    return laid_out(rng, values_for(rng, shape, dtype, value))
            if isinstance(value, (list, tuple)) and arrays_in(value):
                return type(value)(map(exchanged, value))
            return other_argument(rng, value) if change_numbers and rng.random() < 0.5 else value

        args = tuple(map(exchanged, sample.args))
        params = {key: exchanged(value) for key, value in sample.params.items()}
        return cls(row, args, params, bool(rng.random() < 0.7))

    def leaves(self) -> list[np.ndarray]:
        """The arrays that gradients are asked of."""
        if not self.with_gradient:
            return []
        row, args, params = self.row, self.args, self.params
        if row.name in OPS:
            op = OPS[row.name]
            rules = op.rules or ((None,) * op.arity if not op.variadic else ())
            wanted = [i for i in range(op.arity) if op.variadic or (i < len(rules) and rules[i] is not None)]
            among = [args[i] for i in wanted if i < len(args) and (row.wrt is None or i in row.wrt)]
        else:
            among = [args[i] for i in (row.wrt if row.wrt is not None else range(len(args))) if i < len(args)]
            among += [] if row.wrt is not None else list(params.values())
        return [x for x in arrays_in(among) if x.dtype.kind == "f"]

    def __str__(self) -> str:
        return f"{self.row.name}({call_text(self.args, self.params)})"

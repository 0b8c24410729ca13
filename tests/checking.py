"""What the tests of ops share: samples as calls, comparison, and derivatives by finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from samples import ROWS, Failure, Row, Sample
from samples.arrays import gapped

import autograd
from autograd import Tensor
from autograd.ops import OPS

# float16 has 11 bits.
TOLERANCE = {"float64": 1e-10, "float32": 1e-5, "float16": 1e-3}


def close(found: Any, expected: Any, tolerance: float | None = None, what: str = "", least: float = 0.0) -> None:
    """Fail unless both agree in shape and value.

    The tolerance is relative to each value, or to the largest if all are below 1, or to ``least`` if that is more.
    """
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, expected {expected.shape}"
    if tolerance is None:
        tolerance = TOLERANCE.get(found.dtype.name, 0.0)
    finite = np.abs(expected[np.isfinite(expected)].astype("float64"))
    scale = max(least, min(1.0, finite.max(initial=0.0)))
    np.testing.assert_allclose(found, expected, tolerance, tolerance * scale, err_msg=what)


def mapped(function: Callable[[np.ndarray], Any], value: Any) -> Any:
    """``value`` with ``function`` applied to each array in it."""
    if isinstance(value, np.ndarray):
        return function(value)
    if isinstance(value, (tuple, list)):
        return type(value)(mapped(function, part) for part in value)
    return {key: mapped(function, part) for key, part in value.items()} if isinstance(value, dict) else value


def arrays_in(value: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    mapped(found.append, value)
    return found


def copied(x: np.ndarray, dtype: str | None = None) -> np.ndarray:
    """A copy in the layout of ``x``: gaps stay gaps, and what runs backwards still does. Floats become ``dtype``."""
    backwards = tuple(i for i, stride in enumerate(x.strides) if stride < 0)
    forwards = np.flip(x, backwards) if backwards else x
    copy = forwards.astype(dtype if dtype and x.dtype.kind == "f" else x.dtype)
    if not (forwards.flags.forc or copy.strides == tuple(s // x.itemsize * copy.itemsize for s in forwards.strides)):
        copy = gapped(copy)
    return np.flip(copy, backwards) if backwards else copy


def oddly_strided(x: np.ndarray) -> np.ndarray:
    """``x`` with other strides where they don't matter, as slices leave them behind: in dimensions of one element."""
    strides = [-7 * x.itemsize if size == 1 else stride for size, stride in zip(x.shape, x.strides)]
    return np.lib.stride_tricks.as_strided(x, x.shape, strides)


# How arrays may lie in memory.
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "columns": lambda x: x.copy(order="F"),
    "gaps": lambda x: gapped(x) if x.ndim else x,
    "backwards": lambda x: np.flip(np.flip(x).copy()) if x.ndim else x,
    "odd strides": oddly_strided,
}


class Call:
    """A sample on copies of its arrays: ``leaves`` are those that gradients are asked of, as ``inputs`` the Tensors on
    them share their memory. Calling it runs the op."""

    def __init__(
        self,
        row: Row,
        sample: Sample | Failure,
        dtype: str | None = None,
        only: int | None = None,
        layout: Callable[[np.ndarray], np.ndarray] = lambda x: x,
    ) -> None:
        copy = lambda x: layout(copied(x, dtype))
        self.row, self.op = row, OPS[row.name]
        self.args, self.params = mapped(copy, sample.args), mapped(copy, sample.params)
        self.leaves: list[np.ndarray] = []
        self._tensors: dict[int, Tensor] = {}
        if isinstance(sample, Sample):
            self._find_leaves()
        if only is not None:
            self.leaves = self.leaves[only : only + 1]
        self.inputs = [self._tensors[id(x)].requires_grad_() for x in self.leaves]

    def _find_leaves(self) -> None:
        arguments = self.op.complete(self.args, {k: v for k, v in self.params.items() if k not in self.op.keywords})
        if self.op.variadic:
            arguments = arguments[:1]
        for position, argument in enumerate(arguments[: self.op.arity]):
            rule = self.op.rules[position] if self.op.rules else None
            wanted = rule is not None and (self.row.wrt is None or position in self.row.wrt)
            for x in arrays_in(argument):
                self._tensors[id(x)] = autograd.as_tensor(x)
                if wanted and x.dtype.kind == "f":
                    self.leaves.append(x)

    def __call__(self) -> Tensor:
        pick = lambda x: self._tensors.get(id(x), x)
        return self.op.function(*mapped(pick, self.args), **mapped(pick, self.params))

    def by_name(self) -> Tensor:
        """The call with all arguments as keywords."""
        pick = lambda x: self._tensors.get(id(x), x)
        return self.op.function(**dict(zip(self.op.parameters, mapped(pick, self.op.complete(self.args, self.params)))))

    def on_arrays(self) -> Any:
        return self.op.function(*self.args, **self.params)

    def by_reference(self) -> np.ndarray:
        # NumPy takes the sine of a uint8 or a bool in float16.
        wide = lambda x: x.astype("int64") if self.op.floating and x.dtype.itemsize == 1 else x
        with np.errstate(all="ignore"):
            return np.asarray(self.row.reference(*mapped(wide, self.args), **mapped(wide, self.params)))

    def arrays(self) -> list[np.ndarray]:
        """Copies of all arrays, to tell whether one was written to."""
        return [x.copy() for x in arrays_in([self.args, self.params])]

    def gradients(self, cotangent: np.ndarray, create_graph: bool = False) -> list[Tensor]:
        """The gradients of the inputs of ``sum(result·cotangent)``."""
        return list(autograd.grad(self(), self.inputs, as_gradient(cotangent), create_graph=create_graph))


def as_gradient(x: np.ndarray) -> Tensor:
    return autograd.from_numpy(np.array(x))


def random_like(x: Any, seed: int, dtype: Any = None) -> np.ndarray:
    """Numbers to weigh the elements of a result with, so that none of them can be wrong unseen."""
    return np.asarray(np.random.default_rng([77, seed]).uniform(0.5, 1.5, np.shape(x)), dtype or x.dtype)


def slopes(function: Callable[[], float], arrays: list[np.ndarray], step: float = 1e-5) -> list[np.ndarray]:
    """The derivative of a scalar function in each element of the arrays that it reads, by central differences."""
    found = []
    for x in arrays:
        slope = np.zeros(x.shape)
        for place in np.ndindex(*x.shape):
            before = x[place]
            x[place] = before + step
            above = function()
            x[place] = before - step
            slope[place] = (above - function()) / (2 * step)
            x[place] = before
        found.append(slope)
    return found


def cases(kinds: tuple[str, ...], wanted: Callable[[Row], bool] = lambda row: True) -> list[tuple[Row, Sample]]:
    """The samples of ops; those of composed functions are in tests/test_functions.py."""
    return [(r, s) for r in ROWS.values() if r.name in OPS and wanted(r) for s in r.samples if s.kind in kinds]


def named(pairs: list[tuple[Row, Any]]) -> dict[str, Any]:
    """The arguments of ``parametrize`` for pairs of a row and one of its samples or failures."""
    return {"argvalues": pairs, "ids": [f"{row.name}({sample})" for row, sample in pairs]}


def differentiable(row: Row) -> bool:
    """Whether finite differences have something to say: of ``wrt=()`` another test does."""
    return row.name in OPS and any(OPS[row.name].rules) and row.wrt != ()

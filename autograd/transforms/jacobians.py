"""The Jacobian of a recorded call: times a vector from the left, times one from the right, or all of it.

Lists of Tensors in, lists of Tensors out. `functional` and `func` are two ways of asking for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..engine.backward import grad
from ..engine.grad_mode import enable_grad
from ..engine.tensor import Tensor, wrap
from ..ops.joining import stack
from .aliases import Scope, alias


def pulled(
    outputs: Sequence[Tensor | None],
    inputs: Sequence[Tensor],
    cotangents: Sequence[Tensor | None],
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> list[Tensor | None]:
    """For each input Σ cotangent·∂output/∂input, None where no output depends on it."""
    pairs = [(y, v) for y, v in zip(outputs, cotangents) if y is not None and y.requires_grad]
    if not pairs or not inputs:
        return [None] * len(inputs)
    roots, seeds = zip(*pairs)
    return list(grad(roots, inputs, seeds, retain_graph, create_graph, allow_unused=True))


class Pushforward:
    """The Jacobian of a recorded call times tangents: for each output Σ ∂output/∂input·tangent.

    The pullback v ↦ vᵀJ is linear in v. Its own derivative times a tangent t is therefore J·t, which a second pullback
    through the first computes: no op needs a rule for this direction.
    """

    def __init__(self, outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
        with enable_grad():
            zeros = filled([None] * len(outputs), outputs)
            self._cotangents = [alias(v, False, Scope(False)) if v.is_floating_point() else v for v in zeros]
            self.pulled = pulled(outputs, inputs, self._cotangents, create_graph=True)

    def __call__(self, tangents: Sequence[Tensor], create_graph: bool = False) -> list[Tensor | None]:
        """None for an output that depends on no input."""
        wanted = [v for v in self._cotangents if v.requires_grad]
        found = iter(pulled(self.pulled, wanted, tangents, retain_graph=True, create_graph=create_graph))
        return [next(found) if v.requires_grad else None for v in self._cotangents]


def filled(found: Iterable[Tensor | None], like: Iterable[Tensor]) -> list[Tensor]:
    """``found`` with zeros for None."""
    return [wrap(np.zeros(x.shape, x.array.dtype), None) if t is None else t for t, x in zip(found, like)]


def units(x: Tensor) -> list[Tensor]:
    """For each element of ``x`` a Tensor of its shape that is 1 there and 0 elsewhere."""
    basis = np.eye(x.numel(), dtype=x.array.dtype).reshape(x.numel(), *x.shape)
    return [wrap(unit, None) for unit in basis]


def stacked(rows: Sequence[Tensor], shape: Sequence[int], like: Tensor) -> Tensor:
    """``rows`` as a Tensor of ``shape``, whose first dimensions count them; without any, in the dtype of ``like``."""
    if not rows:
        return wrap(np.zeros(shape, like.array.dtype), None)
    return stack(list(rows)).reshape(tuple(shape))


def jacobian_by_rows(output: Tensor, inputs: Sequence[Tensor], create_graph: bool = False) -> list[Tensor]:
    """∂output/∂input for each input, of shape ``output.shape + input.shape``, by a pullback for each row."""
    rows = [
        filled(pulled([output], inputs, [unit], retain_graph=True, create_graph=create_graph), inputs)
        for unit in units(output)
    ]
    columns = zip(*rows) if rows else [()] * len(inputs)
    return [stacked(column, output.shape + x.shape, x) for x, column in zip(inputs, columns)]


def jacobian_by_columns(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], create_graph: bool = False
) -> list[list[Tensor]]:
    """∂output/∂input for each output and each input, by a pushforward for each column."""
    push = Pushforward(outputs, inputs)
    blocks = []
    for i, x in enumerate(inputs):
        tangents = filled([None] * len(inputs), inputs)
        columns = [filled(push([*tangents[:i], unit, *tangents[i + 1 :]], create_graph), outputs) for unit in units(x)]
        blocks.append(
            [
                stacked(parts, x.shape + y.shape, y).permute((*range(x.ndim, x.ndim + y.ndim), *range(x.ndim)))
                for y, parts in zip(outputs, zip(*columns) if columns else [()] * len(outputs))
            ]
        )
    return [list(row) for row in zip(*blocks)] if blocks else [[] for _ in outputs]

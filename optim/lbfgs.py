"""L-BFGS: Newton's method with what the last gradients tell of the curvature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd import Scalar, Tensor, enable_grad, from_numpy
from autograd.engine.versions import note_write

from .checks import READ_ONLY, checked, misfit, writable
from .kernels import Array, uninterrupted
from .optimizer import Optimizer
from .parameters import with_arrays

Evaluate = Callable[[float], "Point"]


class LBFGS(Optimizer):
    """``p += t·d``, where ``d = -H·g``, and H approximates the inverse of the second derivatives.

        y = g - (g before)        s = t·(d before)        ρ = 1/(y·s)
        H = (I - ρ·s·yᵀ)·H·(I - ρ·y·sᵀ) + ρ·s·sᵀ, over the last history_size pairs, from H = (y·s)/(y·y)·I on

    `step` wants a closure, which it calls up to max_eval times (None: 1.25·max_iter) in up to max_iter iterations.
    line_search_fn: None to step by t = lr, or "strong_wolfe" to search along d for a t that decreases the loss enough
    and its slope along d too. It stops where no gradient is above tolerance_grad, or where loss or parameters change
    less than tolerance_change. The loss has to be of all data: between batches gradients differ for other reasons.
    All parameters are in one group. Liu and Nocedal, 1989; Nocedal and Wright, Numerical Optimization, algorithms 3.5
    and 7.4. ValueError for a negative lr or several groups.

    >>> w = autograd.tensor([3., -2.], requires_grad=True)
    >>> optimizer = optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - 1) ** 4).sum()
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     loss = optimizer.step(closure)
    >>> (w - 1).abs().max().item() < 0.1
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        checked("learning rate", lr)
        settings = {"lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval}
        settings |= {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        super().__init__(params, {**settings, "history_size": history_size, "line_search_fn": line_search_fn})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        if self.param_groups:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        super().add_param_group(param_group)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Iterate, and give the loss that there was before.

        closure: clears the gradients, computes the loss and its gradients, and returns it. TypeError without one. If it
        raises, the parameters are as they were when the search for a step began.
        """
        if closure is None:
            raise TypeError("LBFGS.step needs a closure, which computes the loss anew: optimizer.step(closure)")
        group = self.param_groups[0]
        search = group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError(f"only 'strong_wolfe' is supported, not {search!r}")
        lr, most, most_calls = float(group["lr"]), group["max_iter"], group["max_eval"]
        for _, values in with_arrays(group["params"]):
            if not writable(values):
                raise RuntimeError(READ_ONLY.format("a parameter", values.shape))
        # As in PyTorch the state is that of the first parameter.
        state = self.state[group["params"][0]]
        memory = Memory(state, group["history_size"])
        first_loss = self._loss(closure)
        state["func_evals"] = state.get("func_evals", 0) + 1
        state.setdefault("n_iter", 0)
        loss, gradient, calls = float(first_loss), self._gradient(), 1
        if largest(gradient) <= group["tolerance_grad"]:
            return first_loss
        for iteration in range(1, most + 1):
            state["n_iter"] += 1
            memory.learn(gradient)
            direction = memory.direction(gradient)
            t = lr if state["n_iter"] > 1 else min(1.0, 1.0 / float(np.abs(gradient).sum())) * lr
            slope = float(gradient @ direction)
            before = Point(0.0, loss, gradient, slope)
            memory.keep(direction, t, before)
            if slope > -group["tolerance_change"]:
                break
            new_calls = 0
            if search:
                evaluate = lambda t, direction=direction: self._tried(closure, t, direction)
                found, new_calls = strong_wolfe(
                    evaluate, before, t, largest(direction), group["tolerance_change"], most_calls - calls
                )
                t, loss, gradient = found.t, found.loss, found.gradient
                self._move(t, direction)
            else:
                self._move(t, direction)
                # After the last one nobody needs to know.
                if iteration < most:
                    loss, gradient, new_calls = float(self._loss(closure)), self._gradient(), 1
            memory.keep(direction, t, before)
            calls += new_calls
            state["func_evals"] += new_calls
            if (
                calls >= most_calls
                or largest(gradient) <= group["tolerance_grad"]
                or largest(direction * t) <= group["tolerance_change"]
                or abs(loss - before.loss) < group["tolerance_change"]
            ):
                break
        return first_loss

    def _loss(self, closure: Callable[[], Any]) -> Any:
        with enable_grad():
            return closure()

    def _gradient(self) -> Array:
        """The gradients of all parameters in one row; 0 where there is none."""
        parts = []
        for p, values in with_arrays(self.param_groups[0]["params"]):
            slope = np.zeros_like(values) if p.grad is None else getattr(p.grad, "array", np.asarray(p.grad))
            if slope.shape != values.shape:
                raise RuntimeError(misfit("the gradient", slope, values) + "; was its data replaced after backward()?")
            parts.append(slope.ravel())
        return np.concatenate(parts)

    def _move(self, t: float, direction: Array) -> None:
        """Add ``t·direction`` to the parameters."""
        self._put([values + t * part for values, part in self._parts(direction)])

    def _parts(self, row: Array) -> Iterable[tuple[Array, Array]]:
        """For each parameter its values, and the part of ``row`` that belongs to it."""
        start = 0
        for _, values in with_arrays(self.param_groups[0]["params"]):
            yield values, row[start : start + values.size].reshape(values.shape)
            start += values.size

    def _put(self, new: list[Array]) -> None:
        params = self.param_groups[0]["params"]
        with uninterrupted:
            for p, values in zip(params, new):
                if isinstance(p, Scalar):
                    p.data = float(values)
                else:
                    p.array[...] = values
            note_write(*[p.array for p in params if isinstance(p, Tensor)])

    def _tried(self, closure: Callable[[], Any], t: float, direction: Array) -> Point:
        """What there is a step ``t`` further; the parameters stay."""
        before = [values.copy() for _, values in with_arrays(self.param_groups[0]["params"])]
        self._move(t, direction)
        try:
            loss, gradient = float(self._loss(closure)), self._gradient()
        finally:
            self._put(before)
        return Point(t, loss, gradient, float(gradient @ direction))


class Point(NamedTuple):
    """A place on the line that is searched: how far it is, the loss, its gradient, and the slope along the line."""

    t: float
    loss: float
    gradient: Array
    slope: float


class Memory:
    """What is remembered of the last steps, in the form that PyTorch's state has."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self.state, self.size = state, size

    def learn(self, gradient: Array) -> None:
        """Make a new pair of the step before and of how the gradient has changed by it."""
        state = self.state
        if "d" not in state:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            return
        change = gradient - state["prev_flat_grad"].array
        step = state["d"].array * float(state["t"])
        product = float(change @ step)
        if product > 1e-10:
            pairs = ("old_dirs", from_numpy(change)), ("old_stps", from_numpy(step)), ("ro", 1.0 / product)
            for name, value in pairs:
                state[name] = [*state[name], value][-self.size :]
            state["H_diag"] = product / float(change @ change)

    def direction(self, gradient: Array) -> Array:
        """``-H·gradient``."""
        q, weights = -gradient, []
        pairs = [
            (change.array, step.array, float(inverse))
            for change, step, inverse in zip(*(self.state[name] for name in ("old_dirs", "old_stps", "ro")))
        ]
        for change, step, inverse in reversed(pairs):
            weights.append(float(step @ q) * inverse)
            q = q - weights[-1] * change
        q = q * q.dtype.type(float(self.state["H_diag"]))
        for change, step, inverse in pairs:
            q = q + (weights.pop() - float(change @ q) * inverse) * step
        return q

    def keep(self, direction: Array, t: float, before: Point) -> None:
        self.state.update(d=from_numpy(direction), t=t)
        self.state.update(prev_flat_grad=from_numpy(before.gradient.copy()), prev_loss=before.loss)


def largest(x: Array) -> float:
    return float(np.abs(x).max(initial=0.0))


def strong_wolfe(
    evaluate: Evaluate, start: Point, t: float, reach: float, tolerance: float, most: int
) -> tuple[Point, int]:
    """A point with ``loss <= start + t·slope/10,000`` and ``|slope| <= 0.9·|start's|``, and how often it looked.

    t: the first to try. reach: the largest element of the direction. It ends with the best so far where the points
    that are left are closer together than ``tolerance``, or after ``most`` steps.
    """

    def enough(point: Point) -> bool:
        return abs(point.slope) <= -0.9 * start.slope

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + 1e-4 * point.t * start.slope

    before, new, looked = start, evaluate(t), 0
    # Go further until what is looked for must lie between two points.
    while looked < most:
        if too_high(new) or (looked > 1 and new.loss >= before.loss):
            break
        if enough(new):
            return new, looked + 1
        if new.slope >= 0:
            break
        t = cubic_minimum(before, new, new.t + 0.01 * (new.t - before.t), new.t * 10)
        before, new = new, evaluate(t)
        looked += 1
    else:
        before = start
    low, high = (before, new) if before.loss <= new.loss else (new, before)
    # Narrow it down. The minimum of the cubic is not to be at the edge twice.
    at_edge = False
    while looked < most and abs(high.t - low.t) * reach >= tolerance:
        left, right = sorted((low.t, high.t))
        t = cubic_minimum(low, high, left, right)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) >= margin:
            at_edge = False
        elif at_edge or t >= right or t <= left:
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            at_edge = False
        else:
            at_edge = True
        new = evaluate(t)
        looked += 1
        if too_high(new) or new.loss >= low.loss:
            low, high = (low, new) if low.loss <= new.loss else (new, low)
            continue
        if enough(new):
            low = new
            break
        if new.slope * (high.t - low.t) >= 0:
            high = low
        low = new
    return low, looked + 1


def cubic_minimum(a: Point, b: Point, left: float, right: float) -> float:
    """Where the cubic through two points with their slopes is least between ``left`` and ``right``."""
    a, b = (a, b) if a.t <= b.t else (b, a)
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (left + right) / 2
    d2 = square**0.5
    least = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(least, left), right)

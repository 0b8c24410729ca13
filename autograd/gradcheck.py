"""Derivatives held against finite differences: PyTorch's ``torch.autograd.gradcheck``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from .creation.generator import Generator
from .engine.backward import grad
from .engine.grad_mode import enable_grad
from .engine.tensor import Tensor, wrap
from .transforms.jacobians import filled, jacobian_by_rows, pulled

Array = np.ndarray[Any, Any]


class GradcheckError(RuntimeError):
    """A derivative that `gradcheck` or `gradgradcheck` found to be wrong."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether the derivatives of ``func(*inputs)`` agree with ``(func(x + eps) - func(x - eps)) / 2eps``.

    Compared for each output of floating point dtype and each input that requires grad, which should be in float64; the
    inputs are changed in place meanwhile, so that ``func`` may also read them by another way.
    eps: the step. atol, rtol: how far numbers may be apart, as in `allclose`.
    raise_exception: GradcheckError with both Jacobians where they differ, instead of False.
    nondet_tol: how far two backward passes may be apart.
    check_undefined_grad: check also that an upstream gradient of zeros gives zeros.
    check_grad_dtypes: check also that each gradient has the dtype of its input.
    fast_mode: compare a random projection of the Jacobian instead of the whole.
    PyTorch's other checks (batched gradients, forward mode) are of machinery that isn't here.

    >>> x = autograd.tensor([1., 2.], dtype=autograd.float64, requires_grad=True)
    >>> autograd.gradcheck(lambda x: x * x, x)
    True
    """
    given = _checked_inputs(inputs)
    with enable_grad():
        outputs = _floating(func(*given))
    wanted = {i: x for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad}
    problems = chain(
        _jacobians(func, given, outputs, wanted, (eps, atol, rtol), nondet_tol, fast_mode),
        _of_zeros(outputs, wanted) if check_undefined_grad else (),
        _dtypes(outputs, wanted) if check_grad_dtypes else (),
    )
    for problem in problems:
        if raise_exception:
            raise GradcheckError(problem)
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    gen_non_contig_grad_outputs: bool = False,
    **options: Any,
) -> bool:
    """`gradcheck` of the gradient of ``func`` in the inputs and the upstream gradients: the second derivatives.

    grad_outputs: the upstream gradients; random if not given, and with gaps in memory if
        ``gen_non_contig_grad_outputs``.
    options: those of `gradcheck`.

    >>> x = autograd.tensor([1., 2.], dtype=autograd.float64, requires_grad=True)
    >>> autograd.gradgradcheck(lambda x: x ** 3, x)
    True
    """
    given = _tuple(inputs)
    if grad_outputs is None:
        upstream = _random_like(_differentiable(func(*given)), gen_non_contig_grad_outputs)
    else:
        upstream = list(_tuple(grad_outputs))

    def gradient(*args: Any) -> tuple[Tensor, ...]:
        arguments, cotangents = args[: len(given)], args[len(given) :]
        outputs = _differentiable(func(*arguments))
        wanted = _differentiable(arguments)
        found = grad(outputs, wanted, cotangents, create_graph=True, allow_unused=True)
        return tuple(filled(found, wanted))

    return gradcheck(gradient, (*given, *upstream), **options)


def _jacobians(
    func: Callable[..., Any],
    given: tuple[Any, ...],
    outputs: list[Tensor],
    wanted: dict[int, Tensor],
    tolerances: tuple[float, float, float],
    nondet_tol: float,
    fast_mode: bool,
) -> Iterator[str]:
    """Where numbers differ: those by differences and those by the graph, or these from one time to the next."""
    eps, atol, rtol = tolerances
    inputs = list(wanted.values())
    left, right = (_directions(tensors) if fast_mode else [None] * len(tensors) for tensors in (outputs, inputs))
    for j, y in enumerate(outputs):
        found, again = (_analytical(y, inputs, left[j]) for _ in range(2))
        for (i, x), first, second, direction in zip(wanted.items(), found, again, right):
            numerical = _numerical(partial(_output, func, given, j), x, eps, left[j], direction)
            analytical = first if direction is None else np.vdot(first, direction)
            if not np.allclose(analytical, numerical, rtol, atol, equal_nan=True):
                yield _mismatch(j, i, y, x, numerical, analytical)
            if not np.allclose(first, second, 0.0, nondet_tol, equal_nan=True):
                yield (
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    f"gives different values, for output {j} with respect to input {i}. The tolerance for "
                    f"nondeterminism was {nondet_tol}."
                )


def _of_zeros(outputs: list[Tensor], wanted: dict[int, Tensor]) -> Iterator[str]:
    """Where an upstream gradient of zeros gives something else."""
    for j, y in enumerate(outputs):
        for i, gradient in zip(wanted, _analytical(y, list(wanted.values()), np.zeros(y.shape))):
            if not np.all(gradient == 0):
                yield (
                    f"Expected a gradient of zeros for an upstream gradient of zeros, for output {j} with respect to "
                    f"input {i}, but got {gradient}"
                )


def _dtypes(outputs: list[Tensor], wanted: dict[int, Tensor]) -> Iterator[str]:
    """Where a gradient has another dtype than its input."""
    for y in outputs:
        for (i, x), gradient in zip(wanted.items(), _analytical(y, list(wanted.values()), np.zeros(y.shape))):
            if gradient.dtype != x.array.dtype:
                yield f"Gradient has dtype mismatch: {gradient.dtype} for input {i}, which is {x.array.dtype}"


def _checked_inputs(inputs: Any) -> tuple[Any, ...]:
    given = _tuple(inputs)
    if not _differentiable(given):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for i, x in enumerate(given):
        if not isinstance(x, Tensor) or not x.requires_grad:
            continue
        if x.array.dtype != np.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point. This check will likely "
                "fail if all the inputs are not of double precision floating point.",
                stacklevel=3,
            )
        if any(size > 1 and not stride for size, stride in zip(x.shape, x.array.strides)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    return given


def _tuple(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, Tensor) else tuple(given)


def _differentiable(given: Any) -> list[Tensor]:
    return [x for x in _tuple(given) if isinstance(x, Tensor) and x.requires_grad]


def _floating(outputs: Any) -> list[Tensor]:
    """The outputs that can have a derivative."""
    given = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    for y in given:
        if not isinstance(y, Tensor):
            raise TypeError(f"gradcheck: func should return Tensors, not {type(y).__name__}")
    return [y for y in given if y.is_floating_point()]


def _output(func: Callable[..., Any], given: tuple[Any, ...], j: int) -> Array:
    with enable_grad():
        return np.array(_floating(func(*given))[j].array)


def _numerical(
    function: Callable[[], Array], x: Tensor, eps: float, left: Array | None, direction: Array | None
) -> Array:
    """∂function/∂x by central differences, of shape ``output.shape + x.shape``; or ``left``·∂function/∂x·direction."""
    memory = x.array
    before = memory.copy()

    def slope(along: Array) -> Array:
        try:
            memory[...] = before + eps * along
            above = function()
            memory[...] = before - eps * along
            return (above - function()) / (2 * eps)
        finally:
            memory[...] = before

    if left is not None and direction is not None:
        return np.asarray(np.vdot(left, slope(direction)))
    out = function()
    jacobian = np.zeros((*out.shape, x.numel()))
    for k, unit in enumerate(np.eye(x.numel())):
        jacobian[..., k] = slope(unit.reshape(x.shape))
    return jacobian.reshape((*out.shape, *x.shape))


def _analytical(y: Tensor, inputs: list[Tensor], weight: Array | None) -> list[Array]:
    """∂y/∂x for each x in full; or ``weight`` times it."""
    if weight is None:
        return [jacobian.array for jacobian in jacobian_by_rows(y, inputs)]
    cotangent = wrap(np.asarray(weight, y.array.dtype), None)
    return [gradient.array for gradient in filled(pulled([y], inputs, [cotangent], retain_graph=True), inputs)]


def _directions(tensors: Sequence[Tensor]) -> list[Array]:
    """Random vectors of length 1."""
    found = [v.array for v in _random_like(tensors)]
    return [v / (float(np.sqrt((v * v).sum())) or 1.0) for v in found]


def _random_like(tensors: Sequence[Tensor], gaps: bool = False) -> list[Tensor]:
    """Random numbers, the same every time, in the shapes and dtypes of ``tensors``; leaves that require grad."""
    generator = Generator().manual_seed(0)
    found = []
    for x in tensors:
        values = generator.normal(x.numel(), x.array.dtype).reshape(x.shape)
        if gaps and x.ndim:
            values = np.repeat(values, 2, -1)[..., ::2]
        found.append(wrap(values, None).requires_grad_())
    return found


def _mismatch(j: int, i: int, y: Tensor, x: Tensor, numerical: Array, analytical: Any) -> str:
    where = f"output {j} of shape {tuple(y.shape)} with respect to input {i} of shape {tuple(x.shape)}"
    if np.ndim(analytical) < y.ndim + x.ndim:
        return (
            f"Jacobian mismatch for {where},\nnumerical: {numerical}\nanalytical: {analytical}\n"
            "These are projections on random directions; fast_mode=False shows the whole."
        )
    # As PyTorch lays it out: a row for each element of the input, a column for each of the output.
    shown = [wrap(np.reshape(found, (y.numel(), x.numel())).T, None) for found in (numerical, analytical)]
    return f"Jacobian mismatch for {where},\nnumerical: {shown[0]!r}\nanalytical: {shown[1]!r}\n"

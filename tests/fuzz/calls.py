"""The call of a case, ours and PyTorch's, and what came of it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from checking import arrays_in, mapped

import autograd
from autograd import Tensor
from autograd.composed import FUNCTIONS
from autograd.ops import OPS

from .cases import Case

try:
    import torch
except ModuleNotFoundError:
    torch = None


def listed(results: Any) -> list[Any]:
    return [r for part in results for r in listed(part)] if isinstance(results, (tuple, list)) else [results]


@dataclass(frozen=True)
class Refusal:
    """What is known of an exception: it crosses between processes, which not every exception can."""

    kind: type[BaseException]
    text: str

    def __str__(self) -> str:
        return f"{self.kind.__name__}: {' '.join(self.text.split())[:150]}"


@dataclass
class Outcome:
    """What came of a call: an exception, or results, the gradients of its leaves, and its arrays afterwards."""

    error: Refusal | None = None
    results: list[Any] | None = None
    slopes: list[np.ndarray] | None = None
    slope_error: Refusal | None = None
    arrays: list[np.ndarray] = field(default_factory=list)


def weights_like(x: np.ndarray, place: int) -> np.ndarray:
    return np.asarray(np.random.default_rng([7, place]).uniform(0.5, 1.5, x.shape), x.dtype)


def outcome(
    call: Callable[[], Any], leaves: list[Any], array_of: Callable, grad: Callable, is_tensor: Callable
) -> Outcome:
    """``call`` and the way back from it."""
    try:
        results = listed(call())
        found = Outcome(results=[array_of(r) if is_tensor(r) else r for r in results])
    except Exception as error:
        return Outcome(error=Refusal(type(error), str(error)))
    outputs = [r for r in results if is_tensor(r) and r.requires_grad]
    if leaves and outputs:
        try:
            weights = [weights_like(array_of(r), i) for i, r in enumerate(outputs)]
            found.slopes = [array_of(g) for g in grad(outputs, leaves, weights)]
        except Exception as error:
            found.slope_error = Refusal(type(error), str(error))
    return found


def our_outcome(case: Case) -> Outcome:
    row = case.row
    function = OPS[row.name].function if row.name in OPS else FUNCTIONS[row.name]
    own = OPS[row.name].arity if row.name in OPS else len(case.args)
    tensors = {id(x): autograd.from_numpy(x) for x in arrays_in([case.args, case.params])}
    leaves = [tensors[id(x)].requires_grad_() for x in case.leaves()]
    tensor_of = lambda x: tensors[id(x)]
    args = [mapped(tensor_of, value) if i < own else value for i, value in enumerate(case.args)]
    params = case.params if row.name in OPS else mapped(tensor_of, case.params)

    def grad(outputs: list[Tensor], inputs: list[Tensor], weights: list[np.ndarray]) -> Any:
        return autograd.grad(outputs, inputs, list(map(autograd.from_numpy, weights)), materialize_grads=True)

    found = outcome(lambda: function(*args, **params), leaves, lambda r: r.array, grad, lambda r: isinstance(r, Tensor))
    found.arrays = arrays_in([case.args, case.params])
    return found


def torch_outcome(case: Case, widened: bool = False) -> Outcome:
    """PyTorch's; ``widened``: with floats in float64, which tells whose digits are the right ones."""
    row = case.row
    function = operator.attrgetter(row.torch)(torch) if isinstance(row.torch, str) else None
    function = function or functools.partial(row.torch, torch)
    wide = lambda x: x.astype("float64") if widened and x.dtype.kind == "f" else x
    tensors = {id(x): torch.from_numpy(wide(x)) for x in arrays_in([case.args, case.params])}
    leaves = [tensors[id(x)].requires_grad_() for x in case.leaves()]

    def convert(value: Any) -> Any:
        if isinstance(value, autograd.dtype):
            return getattr(torch, value.name)
        if isinstance(value, (list, tuple)):
            return type(value)(map(convert, value))
        return tensors[id(value)] if isinstance(value, np.ndarray) else value

    def grad(outputs: list[Any], inputs: list[Any], weights: list[np.ndarray]) -> Any:
        return torch.autograd.grad(outputs, inputs, list(map(torch.from_numpy, weights)), materialize_grads=True)

    args, params = convert(case.args), {key: convert(value) for key, value in case.params.items()}
    torch.manual_seed(0)
    found = outcome(
        lambda: function(*args, **params),
        leaves,
        lambda r: r.detach().resolve_conj().resolve_neg().numpy(),
        grad,
        lambda r: isinstance(r, torch.Tensor),
    )
    found.arrays = [tensors[id(x)].detach().numpy() for x in arrays_in([case.args, case.params])]
    return found


def widened_torch_outcome(case: Case) -> Outcome:
    return torch_outcome(case, widened=True)

"""Every op and every composed function on arguments that make no sense: a result or an error that says so, no garbage.

Each call starts from a sample of the table, in which arguments are exchanged at random, the same at every run.
"""

from __future__ import annotations

import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from checking import arrays_in, mapped
from samples import ROWS, Row

import autograd
from autograd import Tensor
from autograd.composed import FUNCTIONS
from autograd.linalg import LinAlgError
from autograd.ops import OPS

CALLS = 40
DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
NUMBERS = (
    0,
    1,
    -1,
    2,
    -3,
    7,
    0.5,
    -0.0,
    float("nan"),
    float("inf"),
    None,
    True,
    (),
    (0,),
    (0, 0),
    (1, -2),
    "sum",
    "x",
    [],
)
EXTREME = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e-300, 2.0**62, -1.0)
REFUSALS = (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError, LinAlgError)
# What PyTorch raises of a padding_idx and of a norm_type, and nowhere else.
ALSO: dict[str, tuple[type[Exception], ...]] = {
    **dict.fromkeys(("nn.functional.embedding", "nn.functional.embedding_bag"), (AssertionError,)),
    **dict.fromkeys((f"nn.functional.lp_pool{dims}d" for dims in (1, 2, 3)), (ZeroDivisionError,)),
}
# Functions that move running statistics, or scale down rows of a weight, which are among their arguments.
WRITING = {"nn.functional.instance_norm", "nn.functional.embedding", "nn.functional.embedding_bag"}


def any_array(rng: np.random.Generator, like: np.ndarray) -> np.ndarray:
    """Another shape, dtype or content, or all of these."""
    shape = like.shape if rng.random() < 0.5 else tuple(rng.integers(0, 4, rng.integers(0, 4)))
    dtype = like.dtype if rng.random() < 0.5 else np.dtype(rng.choice(DTYPES))
    if rng.random() < 0.4:
        with np.errstate(all="ignore"):
            return rng.choice(EXTREME, shape).astype(dtype)
    return rng.uniform(-3, 3, shape).astype(dtype)


def exchanged(rng: np.random.Generator, value: Any) -> Any:
    """``value``, an argument, or something else in its place."""
    if isinstance(value, np.ndarray):
        return any_array(rng, value) if rng.random() < 0.6 else value
    if isinstance(value, (list, tuple)) and arrays_in(value):
        return type(value)(exchanged(rng, part) for part in value)
    return NUMBERS[rng.integers(len(NUMBERS))] if rng.random() < 0.25 else value


def tensors_in(value: Any) -> list[Tensor]:
    if isinstance(value, (list, tuple)):
        return [x for part in value for x in tensors_in(part)]
    return [value] if isinstance(value, Tensor) else []


def call_and_walk_back(row: Row, args: Any, params: Any) -> None:
    """Call it on Tensors, and pass a gradient back to all that may have one."""
    function = OPS[row.name].function if row.name in OPS else FUNCTIONS[row.name]
    own = OPS[row.name].arity if row.name in OPS else len(args)
    inputs: list[Tensor] = []

    def tensor_on(x: np.ndarray) -> Tensor:
        made = autograd.from_numpy(x)
        inputs.append(made.requires_grad_(x.dtype.kind == "f"))
        return made

    given = [mapped(tensor_on, value) if i < own else value for i, value in enumerate(args)]
    if row.name not in OPS:
        params = mapped(tensor_on, params)
    before = [x.array.copy() for x in inputs]
    results = function(*given, **params)
    outputs = [x for x in tensors_in(results) if x.requires_grad]
    assert all(x.array.dtype.kind == "f" for x in outputs)
    if outputs:
        leaves = [x for x in inputs if x.requires_grad]
        gradients = autograd.grad(outputs, leaves, list(map(autograd.ones_like, outputs)), materialize_grads=True)
        for gradient, leaf in zip(gradients, leaves):
            assert gradient.shape == leaf.shape and gradient.dtype == leaf.dtype
    for x, old in zip(inputs if row.name not in WRITING else [], before):
        np.testing.assert_array_equal(x.array, old)


@pytest.mark.parametrize("name", ROWS)
def test_no_input_goes_wrong_unseen(name: str) -> None:
    row = ROWS[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    public = name not in OPS or OPS[name].level != "internal"
    samples = row.samples
    refusals = (*REFUSALS, *ALSO.get(name, ()))
    alike = {known for known, function in FUNCTIONS.items() if function is FUNCTIONS.get(name)}
    names = {known.rpartition(".")[2] for known in {name, *alike}}
    for _ in range(CALLS if public else 0):
        sample = samples[rng.integers(len(samples))]
        args = [exchanged(rng, mapped(np.copy, value)) for value in sample.args]
        params = {key: exchanged(rng, mapped(np.copy, value)) for key, value in sample.params.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"autograd\.")
            # As PyTorch, of arguments that are allowed but hardly meant; NumPy's are of other kinds.
            warnings.filterwarnings("ignore", category=UserWarning)
            try:
                call_and_walk_back(row, args, params)
            except refusals as error:
                assert type(error) in refusals, f"{type(error)} is no type that PyTorch raises"
                assert str(error), f"{error!r} says nothing"
                said = [str(error), *getattr(error, "__notes__", ())]
                named = any(
                    known in text or text.startswith("in the derivative of") for known in names for text in said
                )
                assert named, f"{error!r} does not name the op: {args}, {params}"

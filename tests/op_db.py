"""Ours against PyTorch on PyTorch's own samples: ``op_db``, the table that its tests run on, ships in the wheel.

``python tests/op_db.py sort scatter_reduce.amax`` says where these disagree; without names, how many agree.
"""

from __future__ import annotations

import functools
import itertools
import operator
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from checking import close, random_like
from op_db_names import CORE, EXTRA, FUNCTIONAL
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import OpInfo, SampleInput

import autograd
import nn
from autograd import Tensor

SAMPLES = 20
TOLERANCE = 1e-7
# Not filled: only shapes and dtypes can be compared.
UNPREDICTABLE = {"empty", "empty_like", "new_empty"}
# That with which PyTorch's table calls what is random.
SEED = 42
# What the table calls by another name, with its arguments in another order, or on a copy.
OURS = {
    "where": Tensor.where,
    "polygamma": Tensor.polygamma,
    "special.polygamma": Tensor.polygamma,
    "einsum": lambda operands, equation: autograd.einsum(equation, operands),
    "nn.functional.embedding": lambda weight, input, **how: nn.functional.embedding(input, weight, **how),
    "nn.functional.embedding_bag": lambda weight, input, **how: nn.functional.embedding_bag(input, weight, **how),
    "linalg.lstsq.grad_oriented": lambda A, B, driver: autograd.linalg.lstsq(A, B, driver=driver)[:2],
    "linalg.pinv.singular": lambda a, b: autograd.linalg.pinv(a @ b.mT),
    "rand_like": autograd.randn_like,
    "normal.in_place": Tensor.normal_,
    "normal.number_mean": lambda std, mean, *args, **kwargs: autograd.normal(mean, std, *args, **kwargs),
    "zero_": lambda x: x.clone().zero_(),
    **{name: getattr(Tensor, f"{name}_") for name in ("cauchy", "exponential", "geometric", "log_normal", "uniform")},
}


@functools.cache
def infos() -> dict[str, OpInfo]:
    """PyTorch's ops by name, with the variant after a dot."""
    return {".".join(filter(None, (info.name, info.variant_test_name))): info for info in op_db}


def ours(info: OpInfo) -> Any:
    """Our function of the same name: in ``nn.functional``, in ``autograd`` or a method of Tensors."""
    name = ".".join(filter(None, (info.name, info.variant_test_name)))
    known = OURS.get(name, OURS.get(info.name) if name.startswith(("polygamma", "special.polygamma")) else None)
    if known is not None:
        return known
    name = info.name
    root: Any = autograd
    if name.startswith("nn."):
        root, name = nn, name.removeprefix("nn.")
    try:
        found = operator.attrgetter(name)(root)
    except AttributeError:
        found = None
    if callable(found):
        return found
    method = getattr(Tensor, name)
    return method.fget if isinstance(method, property) else method


def samples(info: OpInfo) -> list[SampleInput]:
    torch.manual_seed(SEED)
    wanted = info.supports_autograd and torch.float64 in info.supported_backward_dtypes("cpu")
    dtype = torch.float64 if info.supports_dtype(torch.float64, "cpu") else torch.int64
    made: Iterator[SampleInput] = info.sample_inputs("cpu", dtype, requires_grad=wanted)
    # Attention's dropout draws from another generator.
    return list(itertools.islice((sample for sample in made if not sample.kwargs.get("dropout_p")), SAMPLES))


def converted(value: Any, tensors: dict[int, Tensor]) -> Any:
    """An argument of PyTorch's as ours; each of its Tensors is made one of ours once."""
    if isinstance(value, torch.Tensor):
        if id(value) not in tensors:
            made = autograd.from_numpy(np.array(value.detach().numpy()))
            tensors[id(value)] = made.requires_grad_(value.requires_grad)
        return tensors[id(value)]
    if isinstance(value, torch.dtype):
        return getattr(autograd, str(value).removeprefix("torch."))
    if isinstance(value, torch.Size):
        return autograd.Size(value)
    if isinstance(value, (list, tuple)):
        return type(value)(converted(part, tensors) for part in value)
    if isinstance(value, dict):
        return {key: converted(part, tensors) for key, part in value.items()}
    if value in (torch.strided, torch.contiguous_format, torch.preserve_format):
        return None
    if isinstance(name := getattr(value, "__name__", None), str) and getattr(torch, name, None) is value:
        return getattr(autograd, name)
    return value


def flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in flat(item)]
    return [value]


def leaves(value: Any) -> list[torch.Tensor]:
    """The Tensors in the arguments that gradients are asked of, each once."""
    if isinstance(value, dict):
        value = list(value.values())
    found = {id(x): x for x in flat(value) if isinstance(x, torch.Tensor) and x.requires_grad}
    return list(found.values())


def check_sample(info: OpInfo, sample: SampleInput, order: int) -> None:
    """Fail unless value and derivatives up to ``order`` agree."""
    tensors: dict[int, Tensor] = {}
    sources = leaves([sample.input, *sample.args, *sample.kwargs.values()])
    arguments = [converted(value, tensors) for value in (sample.input, *sample.args)]
    keywords = {k: converted(v, tensors) for k, v in sample.kwargs.items() if k not in ("layout", "memory_format")}
    if keywords.get("device") is None:
        keywords.pop("device", None)
    torch.manual_seed(SEED)
    autograd.manual_seed(SEED)
    expected = flat(info.op(sample.input, *sample.args, **sample.kwargs))
    found = flat(ours(info)(*arguments, **keywords))
    assert len(found) == len(expected), f"{len(found)} results instead of {len(expected)}"
    for position, (one, other) in enumerate(zip(found, expected)):
        if not isinstance(other, torch.Tensor):
            same = one == other or (isinstance(other, float) and np.isclose(one, other, equal_nan=True))
            assert same or str(one) == str(other).replace("torch", "autograd"), f"{one} instead of {other}"
            continue
        assert one.dtype.name == str(other.dtype).removeprefix("torch."), f"{one.dtype} instead of {other.dtype}"
        assert tuple(one.shape) == tuple(other.shape), f"{one.shape} instead of {other.shape}"
        if info.name not in UNPREDICTABLE:
            close(one.array, other.numpy(force=True), TOLERANCE, f"result {position}", least=1.0)
    theirs = [x for x in expected if isinstance(x, torch.Tensor) and x.requires_grad]
    mine = [found[i] for i, x in enumerate(expected) if isinstance(x, torch.Tensor) and x.requires_grad]
    if not theirs or not sources or order == 0:
        return
    inputs = [tensors[id(x)] for x in sources]
    weights = [random_like(x.array, 1 + i) for i, x in enumerate(mine)]
    again = order > 1
    slopes = torch.autograd.grad(theirs, sources, list(map(torch.tensor, weights)), create_graph=again, **UNUSED)
    my_slopes = autograd.grad(mine, inputs, list(map(autograd.tensor, weights)), create_graph=again, **UNUSED)
    for position, (one, other) in enumerate(zip(my_slopes, slopes)):
        close(one.array, other.numpy(force=True), TOLERANCE, f"gradient of input {position}", least=1.0)
    pairs = [(one, other) for one, other in zip(my_slopes, slopes) if other.requires_grad]
    if not again or not pairs:
        return
    for position, (one, other) in enumerate(zip(my_slopes, slopes)):
        assert one.requires_grad or not other.requires_grad, f"gradient of input {position} has no graph"
    weights = [random_like(one.array, 9 + i) for i, (one, _) in enumerate(pairs)]
    second = torch.autograd.grad(
        [other for _, other in pairs], sources, list(map(torch.tensor, weights)), allow_unused=True
    )
    mine = autograd.grad([one for one, _ in pairs], inputs, list(map(autograd.tensor, weights)), allow_unused=True)
    for position, (one, other) in enumerate(zip(mine, second)):
        assert one is not None or other is None, f"second derivative in {position} is None, not zeros"
    my_second = [autograd.zeros_like(x) if one is None else one for x, one in zip(inputs, mine)]
    for position, (one, other) in enumerate(zip(my_second, second)):
        other = torch.zeros_like(sources[position]) if other is None else other
        close(one.array, other.numpy(force=True), TOLERANCE, f"second derivative in {position}", least=1.0)


UNUSED = {"allow_unused": True, "materialize_grads": True}


def disagreement(name: str, order: int) -> str:
    """Where the op's values and derivatives up to ``order`` first differ from PyTorch's; empty if nowhere."""
    info = infos()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for position, sample in enumerate(samples(info)):
            try:
                check_sample(info, sample, order)
            except Exception as error:
                text = " ".join(str(error).split())
                described = str(sample.summary())[:300]
                return f"sample {position} {described}: {type(error).__name__}: {text[:400]}"
    return ""


def order_of(name: str) -> int:
    """The highest derivative that is compared: 2, where PyTorch has it."""
    info = infos()[name]
    # Attention's kernel on the CPU has none, nor has that of CTC, whatever the table says.
    if name in ("nn.functional.scaled_dot_product_attention", "nn.functional.ctc_loss"):
        return 1
    return 2 if info.supports_gradgrad else 1 if info.supports_autograd else 0


def main(names: list[str]) -> None:
    groups = {"named": names} if names else {"core": CORE, "nn.functional": FUNCTIONAL, "extra": EXTRA}
    for title, group in groups.items():
        first, second = [], []
        for name in group:
            wrong = disagreement(name, 1)
            if wrong:
                first.append(name)
                print(f"{name}: {wrong}")
                continue
            wrong = disagreement(name, 2) if order_of(name) == 2 else ""
            if wrong:
                second.append(name)
                print(f"{name}, second derivative: {wrong}")
        agree = len(group) - len(first)
        print(f"{title}: {agree} of {len(group)} agree in value and gradient, {agree - len(second)} in the second too")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Our modules against PyTorch's on PyTorch's own inputs: ``module_db``, the table of its tests, ships in the wheel.

``python tests/module_db.py Conv2d`` says where these disagree; without names, how many agree.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import warnings
from typing import Any

import torch
from checking import close, random_like
from op_db import SEED, TOLERANCE, UNUSED, converted, flat, leaves
from torch.testing._internal.common_modules import FunctionInput, ModuleInfo, ModuleInput, module_db

import autograd
import nn
from autograd import Tensor

# Numbers that are drawn in float32 and multiplied by constants.
INITIAL = 1e-6
MOST = 80


@functools.cache
def infos() -> dict[str, ModuleInfo]:
    """PyTorch's modules by name."""
    return {info.module_cls.__name__: info for info in module_db}


def inputs(info: ModuleInfo, training: bool) -> list[ModuleInput]:
    """The table's inputs; of very many some, evenly spread."""
    torch.manual_seed(SEED)
    made = list(info.module_inputs_func(info, "cpu", torch.float64, requires_grad=True, training=training))
    return made[:: -(-len(made) // MOST)]


def ours(value: Any, tensors: dict[int, Tensor]) -> Any:
    """An argument of PyTorch's as ours, modules and packed sequences among them."""
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return nn.utils.rnn.PackedSequence(*(converted(part, tensors) for part in value))
    if isinstance(value, torch.nn.Module):
        made = layer_like(value) if hasattr(value, "self_attn") else eval(repr(value), vars(nn).copy())
        copy_state(value, made.double())
        return made
    if isinstance(value, tuple) and type(value) is not tuple:
        return converted(tuple(value), tensors)
    if callable(value) and getattr(torch.nn.functional, getattr(value, "__name__", ""), None) is value:
        return getattr(nn.functional, value.__name__)
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        return nn.LinearCrossEntropyOptions(**dataclasses.asdict(value))
    return converted(value, tensors)


def layer_like(value: Any) -> Any:
    """Our layer of a transformer like PyTorch's, whose repr doesn't say all of it."""
    return getattr(nn, type(value).__name__)(
        value.self_attn.embed_dim,
        value.self_attn.num_heads,
        value.linear1.out_features,
        value.dropout.p,
        getattr(nn.functional, value.activation.__name__),
        value.norm1.eps,
        value.self_attn.batch_first,
        value.norm_first,
        value.linear1.bias is not None,
    )


def arguments(given: FunctionInput, tensors: dict[int, Tensor]) -> tuple[list[Any], dict[str, Any]]:
    args, kwargs = given.args, given.kwargs
    return [ours(x, tensors) for x in args], {key: ours(x, tensors) for key, x in kwargs.items() if key != "device"}


def copy_state(theirs: torch.nn.Module, mine: nn.Module) -> None:
    state = {name: autograd.from_numpy(value.numpy().copy()) for name, value in theirs.state_dict().items()}
    mine.load_state_dict(state)


def check_state(mine: nn.Module, theirs: torch.nn.Module, tolerance: float, what: str) -> None:
    found, expected = mine.state_dict(), theirs.state_dict()
    assert list(found) == list(expected), f"{what}: {list(found)} instead of {list(expected)}"
    for name, value in expected.items():
        assert found[name].dtype.name == str(value.dtype).removeprefix("torch."), f"{what}: dtype of {name}"
        close(found[name].array, value.numpy(), tolerance, f"{what}: {name}", least=1.0)


def call_both(
    theirs: torch.nn.Module, mine: nn.Module, given: FunctionInput, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """The results of ours and of theirs, from the same seed."""
    torch.manual_seed(SEED)
    autograd.manual_seed(SEED)
    return flat(mine(*args, **kwargs)), flat(theirs(*given.args, **given.kwargs))


def check(info: ModuleInfo, given: ModuleInput, training: bool) -> None:
    """Fail unless initial state, results, gradients and the state that a call leaves agree."""
    tensors: dict[int, Tensor] = {}
    name = info.module_cls.__name__
    args, kwargs = arguments(given.constructor_input, tensors)
    torch.manual_seed(SEED)
    theirs = info.module_cls(*given.constructor_input.args, **given.constructor_input.kwargs)
    autograd.manual_seed(SEED)
    mine = getattr(nn, name)(*args, **kwargs)
    args, kwargs = arguments(given.forward_input, tensors)
    if name.startswith("Lazy"):
        # Its parameters are made by the first call.
        theirs.double(), mine.double()
        call_both(theirs, mine, given.forward_input, args, kwargs)
    check_state(mine, theirs, INITIAL, "initial state")
    theirs.double().train(training), mine.double().train(training)
    copy_state(theirs, mine)
    found, expected = call_both(theirs, mine, given.forward_input, args, kwargs)
    assert len(found) == len(expected), f"{len(found)} results instead of {len(expected)}"
    for position, (one, other) in enumerate(zip(found, expected)):
        if isinstance(other, torch.Tensor):
            assert one.dtype.name == str(other.dtype).removeprefix("torch."), f"result {position}: {one.dtype}"
            close(one.array, other.numpy(force=True), TOLERANCE, f"result {position}", least=1.0)
    check_state(mine, theirs, TOLERANCE, "state after a call")
    sources = leaves([*given.forward_input.args, *given.forward_input.kwargs.values()])
    wanted, named = [*sources, *theirs.parameters()], dict(mine.named_parameters())
    asked = [*(tensors[id(x)] for x in sources), *(named[key] for key, _ in theirs.named_parameters())]
    pairs = [(x, y) for x, y in zip(found, expected) if isinstance(y, torch.Tensor) and y.requires_grad]
    if not pairs or not wanted:
        return
    weights = [random_like(one.array, 1 + i) for i, (one, _) in enumerate(pairs)]
    slopes = torch.autograd.grad([y for _, y in pairs], wanted, [*map(torch.tensor, weights)], **UNUSED)
    my_slopes = autograd.grad([x for x, _ in pairs], asked, [*map(autograd.tensor, weights)], **UNUSED)
    for position, (one, other) in enumerate(zip(my_slopes, slopes)):
        close(one.array, other.numpy(), TOLERANCE, f"gradient {position}", least=1.0)


def disagreement(name: str) -> str:
    """Where the module first differs from PyTorch's; empty if nowhere."""
    info = infos()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for training in (True, False):
            for position, given in enumerate(inputs(info, training)):
                try:
                    check(info, given, training)
                except Exception as error:
                    text = " ".join(str(error).split())[:400]
                    made = f"{given.constructor_input.args} {given.constructor_input.kwargs}"[:200]
                    return f"input {position} ({given.desc}) {made}, {training=}: {type(error).__name__}: {text}"
    return ""


def main(names: list[str]) -> None:
    found = {name: disagreement(name) for name in names or infos()}
    for name, wrong in found.items():
        if wrong:
            print(f"{name}: {wrong}")
    print(f"{sum(not wrong for wrong in found.values())} of {len(found)} agree")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pruning beside PyTorch's: masks, what is left in the state, and several times over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torch.nn.utils.prune")
BOTH = ((autograd, nn, nn.utils.prune), (torch, torch.nn, theirs))


def scores(lib: Any) -> Any:
    return lib.tensor(np.random.default_rng(5).standard_normal((4, 3, 2)).astype("float32"))


PRUNED = {
    "elements at random": lambda lib, p, m: p.random_unstructured(m, "weight", 0.4),
    "some elements at random": lambda lib, p, m: p.random_unstructured(m, "weight", amount=5),
    "no element": lambda lib, p, m: p.random_unstructured(m, "weight", 0),
    "small elements": lambda lib, p, m: p.l1_unstructured(m, "weight", 0.3),
    "all elements": lambda lib, p, m: p.l1_unstructured(m, "bias", 1.0),
    "unimportant elements": lambda lib, p, m: p.l1_unstructured(m, "weight", 7, importance_scores=scores(lib)),
    "slices at random": lambda lib, p, m: p.random_structured(m, "weight", 0.5, 0),
    "no slice": lambda lib, p, m: p.random_structured(m, "weight", 0, 1),
    "short slices": lambda lib, p, m: p.ln_structured(m, "weight", 2, 1, 1),
    "short slices of the last dimension": lambda lib, p, m: p.ln_structured(m, "weight", 0.5, 2, -1),
    "flat slices": lambda lib, p, m: p.ln_structured(m, "weight", 1, float("-inf"), dim=0),
    "unimportant slices": lambda lib, p, m: p.ln_structured(m, "weight", 0.25, 2, 0, scores(lib)),
    "by a mask": lambda lib, p, m: p.custom_from_mask(m, "bias", lib.tensor([1, 0, 0, 1])),
    "nothing": lambda lib, p, m: p.identity(m, "bias"),
    "twice": lambda lib, p, m: p.l1_unstructured(p.l1_unstructured(m, "weight", 0.3), "weight", 0.5),
    "elements, then slices": lambda lib, p, m: p.ln_structured(p.l1_unstructured(m, "weight", 9), "weight", 1, 2, 0),
    "slices, then elements, then by a mask": lambda lib, p, m: p.custom_from_mask(
        p.random_unstructured(p.random_structured(m, "weight", 1, 0), "weight", 4), "weight", scores(lib) > 0
    ),
    "slices, then more slices": lambda lib, p, m: p.random_structured(
        p.ln_structured(m, "weight", 1, 2, 0), "weight", 0.5, 0
    ),
    "two parameters": lambda lib, p, m: p.l1_unstructured(p.random_unstructured(m, "bias", 1), "weight", 0.5),
    "everywhere": lambda lib, p, m: p.global_unstructured([(m, "weight"), (m, "bias")], p.L1Unstructured, amount=0.5),
    "everywhere, at random": lambda lib, p, m: p.global_unstructured(
        ((m, "weight"), (m, "bias")), p.RandomUnstructured, amount=6
    ),
    "everywhere, by importance": lambda lib, p, m: p.global_unstructured(
        [(m, "weight"), (m, "bias")], p.L1Unstructured, {(m, "weight"): scores(lib)}, amount=12
    ),
    "everywhere, after another": lambda lib, p, m: p.global_unstructured(
        [(p.l1_unstructured(m, "weight", 0.5), "weight"), (m, "bias")], p.L1Unstructured, amount=0.5
    ),
}  # fmt: skip


def state(layer: Any) -> list[np.ndarray[Any, Any]]:
    return [value.detach().numpy().copy() for value in layer.state_dict().values()]


@pytest.mark.parametrize("call", PRUNED.values(), ids=PRUNED)
def test_pruning_is_pytorchs(call):
    found = []
    for lib, modules, prune in BOTH:
        lib.manual_seed(0)
        layer = modules.Conv1d(3, 4, 2)
        call(lib, prune, layer)
        assert prune.is_pruned(modules.Sequential(layer))
        values, names = state(layer), [list(layer.state_dict())]
        rng = np.random.default_rng(0)
        for _ in range(2):
            x = lib.tensor(rng.standard_normal((2, 3, 5)).astype("float32"))
            out = layer(x)
            layer.zero_grad()
            (out * out).sum().backward()
            values += [out.detach().numpy(), *(p.grad.numpy().copy() for p in layer.parameters())]
            with lib.no_grad():
                for p in layer.parameters():
                    p -= p.grad * 0.01
        learned = dict(layer.named_parameters())
        for name in ("weight", "bias"):
            if f"{name}_orig" in learned:
                prune.remove(layer, name)
                assert getattr(layer, name) is learned[f"{name}_orig"]
        assert not prune.is_pruned(layer)
        found.append(([*names, [name for name, _ in layer.named_parameters()]], [*values, *state(layer)]))
    assert found[0][0] == found[1][0]
    for mine, other in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(mine, other, 1e-4, 1e-5)


def test_methods_are_kept_in_a_container():
    layer, prune = nn.Linear(3, 2), nn.utils.prune
    method = prune.L1Unstructured.apply(layer, "weight", 1)
    assert isinstance(method, prune.L1Unstructured)
    container = prune.RandomUnstructured.apply(layer, "weight", amount=1)
    assert [type(one) for one in container] == [prune.L1Unstructured, prune.RandomUnstructured]
    assert container[0] is method and len(container) == 2
    assert layer.weight_mask.sum() == 4


def test_a_tensor_is_pruned_by_itself():
    x = autograd.tensor([3.0, -1.0, 2.0, 0.5])
    method = nn.utils.prune.L1Unstructured(amount=2)
    assert method.prune(x).tolist() == [3, 0, 2, 0]
    assert method.prune(x, importance_scores=x.flip(0)).tolist() == [0, -1, 0, 0.5]
    assert method.prune(x, default_mask=autograd.tensor([0.0, 1, 1, 1])).tolist() == [0, 0, 2, 0]


def test_a_method_of_ones_own():
    class EveryOther(nn.utils.prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    layer = nn.Linear(4, 1)
    for left in (2, 1):
        EveryOther.apply(layer, "weight")
        assert layer.weight_mask.sum() == left


def nothing_of(kind: str | None) -> Any:
    """A method of this type."""

    def made(prune: Any) -> Any:
        class Nothing(prune.BasePruningMethod):
            PRUNING_TYPE = kind

            def compute_mask(self, t, default_mask):
                return default_mask

        return Nothing

    return made


REFUSED = {
    "no amount": lambda lib, p, m: p.random_unstructured(m, "weight", "half"),
    "less than nothing": lambda lib, p, m: p.random_unstructured(m, "weight", -1),
    "a share above 1": lambda lib, p, m: p.l1_unstructured(m, "weight", 1.5),
    "more than there are": lambda lib, p, m: p.l1_unstructured(m, "weight", 25),
    "more slices than there are": lambda lib, p, m: p.ln_structured(m, "weight", 5, 2, 0),
    "slices of a vector": lambda lib, p, m: p.random_structured(m, "bias", 1, 0),
    "no such dimension": lambda lib, p, m: p.random_structured(m, "weight", 1, 3),
    "no such parameter": lambda lib, p, m: p.identity(m, "scale"),
    "scores of another shape": lambda lib, p, m: p.l1_unstructured(m, "bias", 1, scores(lib)),
    "a mask of another shape": lambda lib, p, m: p.custom_from_mask(m, "bias", lib.ones(3)),
    "removing what is not there": lambda lib, p, m: p.remove(m, "weight"),
    "slices everywhere": lambda lib, p, m: p.global_unstructured([(m, "weight")], p.RandomStructured, amount=1),
    "not iterable": lambda lib, p, m: p.global_unstructured(1, p.L1Unstructured, amount=1),
    "scores in a list": lambda lib, p, m: p.global_unstructured([(m, "bias")], p.L1Unstructured, [1], amount=1),
    "what is no method": lambda lib, p, m: p.PruningContainer(p.L1Unstructured.apply(m, "bias", 1)).add_pruning_method(
        1
    ),
    "a method of another": lambda lib, p, m: p.PruningContainer(
        p.identity(m, "bias") and p.Identity.apply(m, "weight")
    ).add_pruning_method(p.L1Unstructured.apply(m, "bias", 1)),
    "slices of no dimension": lambda lib, p, m: nothing_of("structured")(p).apply(p.identity(m, "weight"), "weight"),
    "an unknown type": lambda lib, p, m: nothing_of("other")(p).apply(p.identity(m, "weight"), "weight"),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_errors_are_pytorchs_and_change_nothing(call):
    kinds = []
    for lib, modules, prune in BOTH:
        layer = modules.Conv1d(3, 4, 2)
        weight = layer.weight
        with pytest.raises(Exception) as caught:
            call(lib, prune, layer)
        kinds.append(type(caught.value))
        if lib is autograd and not prune.is_pruned(layer):
            assert list(layer.state_dict()) == ["weight", "bias"] and layer.weight is weight
    assert kinds[0] is kinds[1]


def test_names_are_pytorchs():
    written = [name for name, value in vars(theirs).items() if getattr(value, "__module__", "") == theirs.__name__]
    assert [name for name in written if not name.startswith("_") and not hasattr(nn.utils.prune, name)] == []

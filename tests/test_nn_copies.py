"""Copies of modules: what was one object, or lay in one memory, does so again, apart from the original."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def test_buffers_in_one_memory_share_it_again(package):
    lib, nn = package
    module, table = nn.Module(), lib.arange(6.0).reshape(2, 3)
    for name, view in {"row": table[1], "table": table, "turned": table.t(), "wide": table[:1].expand(4, 3)}.items():
        module.register_buffer(name, view)
    twin = copy.deepcopy(module)
    twin.turned[2, 1] = 50
    twin.table[0, 0] = 10
    assert twin.row.tolist() == [3.0, 4.0, 50.0]
    assert twin.wide[3].tolist() == [10.0, 1.0, 2.0]
    assert module.table.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert all(twin.get_buffer(name).stride() == view.stride() for name, view in module.named_buffers())


def test_parameters_in_one_memory_share_it_again():
    first = nn.Linear(2, 3)
    model = nn.Sequential(first, nn.Linear(3, 2, bias=False))
    model[1].weight = nn.Parameter(first.weight.detach().T)
    twin = copy.deepcopy(model)
    with autograd.no_grad():
        twin[0].weight.fill_(7)
    assert twin[1].weight.unique().tolist() == [7.0]
    assert not (model[1].weight == 7).any()


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_tied_weights_stay_tied_and_gradients_stay_behind(package, again):
    lib, nn = package
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2, bias=False))
    model[1].weight = model[0].weight
    model(lib.ones(1, 2)).sum().backward()
    twin = again(model)
    assert twin[1].weight is twin[0].weight is not model[0].weight
    assert twin[0].weight.grad is None
    assert model[0].weight.grad is not None
    twin(lib.ones(1, 2)).sum().backward()
    assert twin[0].weight.grad.equal(model[0].weight.grad)


def test_an_expanded_tensor_stays_one_that_nobody_writes_to():
    wide = copy.deepcopy(autograd.zeros(1).expand(3))
    with pytest.raises(RuntimeError):
        wide.fill_(1)
    given = np.arange(3.0)
    given.flags.writeable = False
    assert copy.deepcopy(autograd.from_numpy(given)).fill_(1).tolist() == [1.0, 1.0, 1.0]


def test_memory_with_gaps_is_copied_without_them():
    gaps = np.lib.stride_tricks.as_strided(np.arange(8.0), (3,), (16,))
    seen = np.asarray(memoryview(gaps))
    assert copy.deepcopy(autograd.from_numpy(seen)).tolist() == [0.0, 2.0, 4.0]


def with_state(module, state):
    module.__setstate__(state)
    return module


def test_a_state_is_taken_over(package):
    _, nn = package
    layer = nn.Linear(2, 1)
    other = with_state(nn.Linear.__new__(nn.Linear), layer.__dict__)
    assert other.weight is layer.weight

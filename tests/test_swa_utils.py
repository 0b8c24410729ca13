"""Averages of weights beside PyTorch's: means and exponential averages, batch norms found anew, and SWALR."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim
from optim.swa_utils import AveragedModel, update_bn

STEPS = 30


def torch_or_skip():
    return pytest.importorskip("torch")


def models():
    """The same small network twice, with weights that are the same, and what makes Tensors: ours, and PyTorch's."""
    torch = torch_or_skip()
    made = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(0)
        model = layers.Sequential(layers.Linear(3, 4), layers.BatchNorm1d(4), layers.Tanh(), layers.Linear(4, 2))
        made.append((model, lib, (optim if lib is autograd else torch.optim).swa_utils))
    return made


def numbers(model):
    return {name: tensor.tolist() for name, tensor in model.state_dict().items()}


def close(found, expected, tolerance=1e-5):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, tolerance, tolerance, err_msg=name)


AVERAGES = {
    "mean": lambda s: {},
    "mean by a function": lambda s: {"avg_fn": s.get_swa_avg_fn()},
    "mean by a function of lists": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "exponential": lambda s: {"avg_fn": s.get_ema_avg_fn(0.9)},
    "exponential by a function of lists": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.75)},
    "the last": lambda s: {"avg_fn": lambda average, value, n: value},
}


@pytest.mark.parametrize("use_buffers", [False, True])
@pytest.mark.parametrize("name", AVERAGES)
def test_averages_are_pytorchs(name, use_buffers):
    if use_buffers and name == "mean by a function of lists":
        pytest.skip("PyTorch can't average integers so, and batch norms count batches")
    seen = []
    for model, lib, s in models():
        average = s.AveragedModel(model, use_buffers=use_buffers, **AVERAGES[name](s))
        x = lib.tensor(np.random.default_rng(0).normal(size=(5, 3)).astype("float32"))
        for step in range(5):
            for parameter in model.parameters():
                parameter.data.mul_(0.9).add_(0.01 * step)
            model(x + step)
            average.update_parameters(model)
        seen.append(numbers(average))
        assert average.eval()(x).tolist() == average.module(x).tolist()
    close(*seen)
    assert seen[0]["n_averaged"] == 5


def test_buffers_that_count_are_averaged_too():
    model = nn.BatchNorm1d(2)
    average = AveragedModel(model, multi_avg_fn=optim.swa_utils.get_swa_multi_avg_fn(), use_buffers=True)
    for count in (2, 6):
        model.num_batches_tracked.fill_(count)
        average.update_parameters(model)
    assert average.module.num_batches_tracked.item() == 4


def test_the_average_is_no_part_of_the_model():
    model = nn.Linear(2, 2)
    average = AveragedModel(model)
    average.update_parameters(model)
    assert average.module is not model
    before = numbers(average)
    model.weight.data.fill_(7.0)
    assert numbers(average) == before
    assert all(parameter.requires_grad and parameter.grad is None for parameter in average.parameters())
    average(autograd.ones(1, 2)).sum().backward()
    assert model.weight.grad is None


def test_what_is_saved_of_an_average_goes_on():
    model = nn.Linear(2, 2)
    average = AveragedModel(model)
    for _ in range(3):
        model.weight.data.mul_(2.0)
        average.update_parameters(model)
    resumed = AveragedModel(nn.Linear(2, 2))
    resumed.load_state_dict(average.state_dict())
    for each in (average, resumed):
        each.update_parameters(model)
    assert numbers(resumed) == numbers(average)
    copied = pickle.loads(pickle.dumps(average))
    assert numbers(copied) == numbers(copy.deepcopy(average)) == numbers(average)


@pytest.mark.parametrize("batch", [lambda x: x, lambda x: (x, 1), lambda x: [x]])
def test_batch_norms_are_found_anew_as_in_pytorch(batch):
    seen = []
    for model, lib, s in models():
        arrays = np.random.default_rng(0).normal(2, 3, (4, 6, 3)).astype("float32")
        model(lib.tensor(arrays[0]))
        model.eval()
        s.update_bn((batch(lib.tensor(x)) for x in arrays), model)
        assert not model.training
        assert model[1].momentum == 0.1
        seen.append(numbers(model))
    close(*seen)


def test_batch_norms_are_as_before_when_a_batch_fails():
    model = nn.Sequential(nn.BatchNorm1d(2)).eval()
    with pytest.raises(ValueError, match="expected 2D or 3D input"):
        update_bn([autograd.ones(3, 2), autograd.ones(2)], model)
    assert (model.training, model[0].momentum) == (False, 0.1)
    assert update_bn(None, nn.Linear(1, 1)) is None


def optimizers(rates=(0.05, 0.5)):
    torch = torch_or_skip()
    made = []
    for lib, source in ((autograd, optim), (torch, torch.optim)):
        groups = [{"params": [lib.ones(1, requires_grad=True)], "lr": rate} for rate in rates]
        made.append((source, source.SGD(groups, lr=0.1)))
    return made


RATES = {
    "cosine": {"swa_lr": 0.01},
    "linear": {"swa_lr": 0.01, "anneal_epochs": 5, "anneal_strategy": "linear"},
    "for each group": {"swa_lr": [0.1, 0.2], "anneal_epochs": 12},
    "at once": {"swa_lr": 0.3, "anneal_epochs": 0},
}


@pytest.mark.parametrize("tensors", [False, True])
@pytest.mark.parametrize("name", RATES)
def test_learning_rates_are_pytorchs(name, tensors):
    seen, states = [], []
    for source, optimizer in optimizers():
        if tensors:
            lib = autograd if source is optim else torch_or_skip()
            for group in optimizer.param_groups:
                group["lr"] = lib.tensor(group["lr"])
        other = source.lr_scheduler.ExponentialLR(optimizer, 0.9)
        scheduler = source.swa_utils.SWALR(optimizer, **RATES[name])
        seen.append([])
        for step in range(STEPS):
            optimizer.step()
            (other if 10 <= step < 13 else scheduler).step()
            seen[-1].append([float(group["lr"]) for group in optimizer.param_groups])
        state = scheduler.state_dict()
        resumed = source.swa_utils.SWALR(optimizer, 1.0)
        resumed.load_state_dict(state)
        assert resumed.anneal_epochs == scheduler.anneal_epochs
        states.append({key: value for key, value in state.items() if not tensors or not key.endswith(("lr", "lrs"))})
    if tensors:
        np.testing.assert_allclose(seen[0], seen[1], 1e-5)
    else:
        assert seen[0] == seen[1]
    assert states[0] == states[1]


REFUSED = {
    "decay below 0": lambda s, opt: s.get_ema_avg_fn(-0.1),
    "decay above 1": lambda s, opt: s.get_ema_multi_avg_fn(1.1),
    "way": lambda s, opt: s.SWALR(opt, 0.1, anneal_strategy="jump"),
    "epochs below 0": lambda s, opt: s.SWALR(opt, 0.1, anneal_epochs=-1),
    "half an epoch": lambda s, opt: s.SWALR(opt, 0.1, anneal_epochs=0.5),
    "rates for three groups": lambda s, opt: s.SWALR(opt, [0.1] * 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    for source, optimizer in optimizers():
        with pytest.raises(ValueError, match=r".+"):
            REFUSED[name](source.swa_utils, optimizer)
        assert source is not optim or not any("swa_lr" in group for group in optimizer.param_groups)


def test_two_functions_are_one_too_many():
    with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn"):
        AveragedModel(nn.Linear(1, 1), avg_fn=lambda *args: None, multi_avg_fn=lambda *args: None)


def test_all_of_pytorchs_are_here():
    assert set(torch_or_skip().optim.swa_utils.__all__) == set(optim.swa_utils.__all__)

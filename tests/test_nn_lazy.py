"""Layers that get their parameters in the first forward, as PyTorch's do, from the same seed the same."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim

LAYERS = {
    "Linear": (lambda nn: nn.LazyLinear(3), (4, 5)),
    "Linear without bias": (lambda nn: nn.LazyLinear(3, bias=False), (2, 4, 5)),
    "Conv1d": (lambda nn: nn.LazyConv1d(4, 3, padding=1), (2, 6, 7)),
    "Conv2d": (lambda nn: nn.LazyConv2d(4, (3, 2), stride=2, groups=2), (2, 6, 7, 8)),
    "Conv2d without batch": (lambda nn: nn.LazyConv2d(4, 3, bias=False), (6, 7, 8)),
    "Conv3d": (lambda nn: nn.LazyConv3d(2, 2), (1, 3, 4, 4, 4)),
    "ConvTranspose1d": (lambda nn: nn.LazyConvTranspose1d(4, 3, stride=2), (2, 6, 7)),
    "ConvTranspose2d": (lambda nn: nn.LazyConvTranspose2d(4, 3, groups=2), (2, 6, 7, 8)),
    "ConvTranspose3d": (lambda nn: nn.LazyConvTranspose3d(2, 2), (1, 3, 4, 4, 4)),
    "BatchNorm1d": (lambda nn: nn.LazyBatchNorm1d(), (4, 3)),
    "BatchNorm2d": (lambda nn: nn.LazyBatchNorm2d(momentum=None, bias=False), (4, 3, 2, 2)),
    "BatchNorm3d": (lambda nn: nn.LazyBatchNorm3d(affine=False), (4, 3, 2, 2, 2)),
    "InstanceNorm1d": (lambda nn: nn.LazyInstanceNorm1d(), (4, 3, 5)),
    "InstanceNorm2d": (lambda nn: nn.LazyInstanceNorm2d(track_running_stats=False), (4, 3, 5, 5)),
    "InstanceNorm3d": (lambda nn: nn.LazyInstanceNorm3d(1e-3, 0.2), (4, 3, 2, 2, 2)),
}


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_a_lazy_layer_starts_as_pytorchs(name, double):
    torch = pytest.importorskip("torch")
    make, shape = LAYERS[name]
    seen = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(3)
        layer = make(layers)
        before = repr(layer), list(layer.state_dict()), type(layer).__name__
        if double:
            layer.double()
        layer(lib.ones(shape, dtype=lib.float64 if double else lib.float32))
        seen.append((before, repr(layer), type(layer).__name__, layer.state_dict()))
    ours, theirs = seen
    assert ours[:3] == theirs[:3]
    assert list(ours[3]) == list(theirs[3])
    for key, value in ours[3].items():
        assert str(value.dtype).split(".")[1] == str(theirs[3][key].dtype).split(".")[1]
        # Numbers are drawn alike, and rounded once more in one of the libraries.
        np.testing.assert_allclose(value.numpy(), theirs[3][key].numpy(), rtol=1e-6, atol=1e-7)


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def test_what_has_no_shape_says_so(package):
    lib, nn = package
    layer = nn.LazyLinear(2)
    assert repr(layer.weight) == "<UninitializedParameter>"
    assert repr(nn.LazyBatchNorm1d().running_mean) == "<UninitializedBuffer>"
    assert layer.weight.requires_grad
    assert layer.weight.dtype is lib.float32
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        _ = layer.weight.shape
    for use in (lambda w: w + 1, lambda w: w.sum(), lambda w: lib.exp(w), lambda w: w.numel()):
        with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
            use(layer.weight)
    with pytest.raises(RuntimeError, match="uninitialized parameter"):
        layer.share_memory()


def test_a_parameter_stays_the_object_that_it_was():
    layer = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
    parameters = list(layer.parameters())
    optimizer = optim.SGD(parameters, lr=1.0)
    layer[0].bias.requires_grad_(False)
    layer(autograd.ones(4, 5)).square().sum().backward()
    optimizer.step()
    assert all(before is now for before, now in zip(parameters, layer.parameters()))
    assert type(layer[0].weight) is nn.Parameter
    assert (layer[0].weight.grad.shape, layer[0].bias.grad) == ((3, 5), None)
    assert type(layer[1]) is nn.BatchNorm1d


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_copies_before_the_first_forward(package, again):
    lib, nn = package
    layer = again(nn.LazyConv2d(4, 3).double())
    assert layer(lib.ones(1, 2, 5, 5, dtype=layer.weight.dtype)).shape == (1, 4, 3, 3)
    assert type(layer) is nn.Conv2d


def test_states_before_and_after(package):
    lib, nn = package
    ready, lazy = nn.Linear(2, 3), nn.LazyLinear(3)
    assert lazy.state_dict()["weight"] is lazy.weight
    assert nn.LazyLinear(3).load_state_dict(lazy.state_dict()) == ([], [])
    lazy.load_state_dict(ready.state_dict())
    assert not lazy.has_uninitialized_params()
    x = lib.ones(1, 2)
    assert lazy(x).equal(ready(x))
    assert (type(lazy), lazy.in_features) == (nn.Linear, 2)
    with pytest.raises(RuntimeError):
        ready.load_state_dict(nn.LazyLinear(3).state_dict())


@pytest.mark.parametrize(
    ("layer", "shape", "error", "message"),
    [
        (lambda: nn.LazyConv2d(4, 3), (2, 2), RuntimeError, r"Expected 3D \(unbatched\) or 4D \(batched\) input to"),
        (lambda: nn.LazyConv2d(4, 3, groups=2), (1, 3, 5, 5), ValueError, "in_channels must be divisible by groups"),
        (lambda: nn.LazyBatchNorm2d(), (2, 3), ValueError, "expected 4D input"),
        (lambda: nn.LazyLinear(3), (), IndexError, "out of range"),
    ],
)
def test_an_input_that_does_not_fit_initializes_nothing(layer, shape, error, message):
    layer = layer()
    with pytest.raises(error, match=message) as raised:
        layer(autograd.ones(shape))
    assert type(layer).__name__ in raised.value.__notes__[0]
    assert layer.has_uninitialized_params()
    with pytest.raises(TypeError):
        nn.LazyLinear()


def lazy_scale(lib, nn):
    class Scale(nn.modules.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.UninitializedParameter()
            self.seen = nn.UninitializedBuffer()
            self.times = 0

        def initialize_parameters(self, x, half=False):
            self.times += 1
            self.weight.materialize(x.shape[-1:])
            if not half:
                self.seen.materialize((1,))
            with lib.no_grad():
                self.weight.fill_(2)

        def forward(self, x, half=False):
            return x * self.weight

    return Scale()


def test_lazy_modules_of_ones_own(package):
    lib, nn = package
    layer = lazy_scale(lib, nn)
    assert list(layer.state_dict()) == ["weight", "seen"]
    assert layer(lib.ones(1, 2)).tolist() == layer(lib.ones(1, 2)).tolist() == [[2.0, 2.0]]
    assert layer.times == 1
    with pytest.raises(RuntimeError, match="has not been fully initialized"):
        lazy_scale(lib, nn)(lib.ones(1, 2), half=True)


def test_the_first_forward_is_seen_too():
    for see in (
        lambda model, x: [model.draw(x)],
        lambda model, x: [autograd.draw(model(x)), autograd.draw(model(x))],
    ):
        model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
        for picture in see(model, autograd.ones(2, 2)):
            assert all(name in picture.source for name in ("0.weight", "0.bias", "1.weight"))
        assert type(model[0]) is nn.Linear
    model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
    with autograd.trace() as steps:
        model(autograd.ones(2, 2)).sum().backward()
    assert "0.weight" in str(steps.record)

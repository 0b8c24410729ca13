"""Modules: what they hold, how they are saved, how they are printed, and that they train as PyTorch's do."""

import copy

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.surface.public import namespace


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU())
        self.head = nn.Linear(3, 2, bias=False)
        self.scale = nn.Parameter(autograd.ones(1))
        self.register_buffer("seen", autograd.zeros(1))
        self.register_buffer("scratch", autograd.zeros(1), persistent=False)

    def forward(self, x):
        return self.head(self.body(x)) * self.scale


def test_what_a_module_holds():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "scale",
        "body.0.weight",
        "body.0.bias",
        "body.1.weight",
        "body.1.bias",
        "head.weight",
    ]
    assert [name for name, _ in net.named_modules()] == ["", "body", "body.0", "body.1", "body.2", "head"]
    assert [name for name, _ in net.named_children()] == ["body", "head"]
    assert "scratch" in dict(net.named_buffers())
    assert len(list(net.parameters(recurse=False))) == 1
    assert net.get_submodule("body.1") is net.body[1]
    with pytest.raises(AttributeError, match="no attribute 'tail'"):
        net.get_submodule("tail")


def test_a_parameter_used_twice_counts_once():
    a = nn.Linear(2, 2)
    b = nn.Linear(2, 2)
    b.weight = a.weight
    assert len(list(nn.Sequential(a, b, a).parameters())) == 3


def test_training_and_prediction():
    net = Net().eval()
    assert not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())


def test_apply_reaches_children_first():
    seen = []
    Net().apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "BatchNorm1d", "ReLU", "Sequential", "Linear", "Net"]


def test_state_goes_out_and_in():
    source, target = Net(), Net()
    source(autograd.randn(5, 4))
    state = copy.deepcopy(source.state_dict())
    assert "scratch" not in state
    assert target.load_state_dict(state) == ([], [])
    source.eval(), target.eval()
    x = autograd.randn(3, 4)
    assert source(x).equal(target(x))


def test_loading_lists_every_problem_and_changes_nothing():
    net = Net()
    before = copy.deepcopy(net.state_dict())
    state = copy.deepcopy(net.state_dict())
    state["tail.weight"] = state.pop("scale")
    state["head.weight"] = autograd.ones(7, 7)
    state["body.0.bias"] = autograd.ones(3) * 9
    with pytest.raises(RuntimeError) as error:
        net.load_state_dict(state)
    text = str(error.value)
    assert "Error(s) in loading state_dict for Net" in text
    assert 'Unexpected key(s) in state_dict: "tail.weight"' in text
    assert 'Missing key(s) in state_dict: "scale"' in text
    assert "size mismatch for head.weight" in text
    assert all(before[name].equal(value) for name, value in net.state_dict().items())
    state["head.weight"] = before["head.weight"]
    assert net.load_state_dict(state, strict=False) == (["scale"], ["tail.weight"])
    assert net.body[0].bias.tolist() == [9, 9, 9]


def test_a_module_that_forgot_to_call_super_is_told():
    class Forgetful(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"call super\(\).__init__\(\) first in Forgetful"):
        Forgetful()(autograd.ones(1))


def test_a_parameter_is_not_replaced_by_something_else():
    layer = nn.Linear(2, 2)
    with pytest.raises(TypeError, match="cannot assign a Tensor as parameter 'weight' of Linear"):
        layer.weight = autograd.ones(2, 2)
    layer.bias = None
    assert len(list(layer.parameters())) == 1


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Module \[Module\] is missing the required \"forward\" function"):
        nn.Module()(1)


def test_hooks_on_forward():
    layer, seen = nn.Linear(2, 1), []
    first = layer.register_forward_pre_hook(lambda module, args: (args[0] * 0,))
    second = layer.register_forward_hook(lambda module, args, output: seen.append(output.shape))
    assert layer(autograd.ones(1, 2)).item() == layer.bias.item()
    assert seen == [(1, 1)]
    first.remove(), second.remove()
    layer(autograd.ones(1, 2))
    assert len(seen) == 1


def test_zero_grad_and_requires_grad():
    layer = nn.Linear(2, 1)
    layer(autograd.ones(1, 2)).sum().backward()
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad.tolist() == [[0, 0]]
    layer.zero_grad()
    assert layer.weight.grad is None
    assert not any(p.requires_grad for p in layer.requires_grad_(False).parameters())


def test_conversion_to_float64():
    net = Net().double()
    assert {p.dtype for p in net.parameters()} == {autograd.float64}
    assert net.body[1].running_mean.dtype is autograd.float64
    assert net.body[1].num_batches_tracked.dtype is autograd.int64
    net(autograd.randn(3, 4, dtype=autograd.float64)).sum().backward()
    assert net.head.weight.grad.dtype is autograd.float64


def test_containers():
    layers = nn.ModuleList([nn.Linear(1, 1)]).append(nn.ReLU())
    assert [type(layer) for layer in layers] == [nn.Linear, nn.ReLU]
    assert isinstance(layers[-1], nn.ReLU)
    assert len(nn.Sequential(*layers)[:1]) == 1
    with pytest.raises(IndexError, match="index 5 is out of range for 2 modules"):
        layers[5]
    with pytest.raises(TypeError, match="function is not a Module subclass"):
        nn.Sequential(lambda x: x)
    named = nn.ModuleDict({"a": nn.ReLU()})
    named["b"] = nn.Tanh()
    assert list(named.keys()) == ["a", "b"]
    assert "a" in named


def test_dropout_keeps_the_expectation_and_rests_in_prediction():
    autograd.manual_seed(0)
    layer, x = nn.Dropout(0.25), autograd.ones(40_000, requires_grad=True)
    y = layer(x)
    assert set(np.unique(y.detach().numpy())) == {np.float32(0), np.float32(1 / 0.75)}
    # Five standard deviations of the share that is dropped.
    assert abs((y == 0).float().mean().item() - 0.25) < 5 * (0.25 * 0.75 / 40_000) ** 0.5
    y.sum().backward()
    assert x.grad.equal(y.detach())
    assert layer.eval()(x) is x
    assert nn.Dropout(1.0)(x).sum().item() == 0
    with pytest.raises(ValueError, match=r"between 0 and 1, but got 1.5"):
        nn.Dropout(1.5)


def test_batch_norm_learns_the_statistics_it_predicts_with():
    autograd.manual_seed(0)
    layer = nn.BatchNorm2d(2, momentum=None)
    batches = [autograd.randn(8, 2, 3, 3) * 3 + 5 for _ in range(4)]
    for batch in batches:
        y = layer(batch)
        assert abs(y.mean().item()) < 1e-5
    means = np.mean([b.numpy().mean((0, 2, 3)) for b in batches], axis=0)
    np.testing.assert_allclose(layer.running_mean.numpy(), means, rtol=1e-5)
    assert layer.num_batches_tracked.item() == 4
    state = copy.deepcopy(layer.state_dict())
    layer.eval()(batches[0])
    assert all(state[name].equal(value) for name, value in layer.state_dict().items())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.BatchNorm1d(2)(autograd.ones(2, 2, 2, 2)), ValueError, r"expected 2D or 3D input \(got 4D input\)"),
        (lambda: nn.BatchNorm1d(2)(autograd.ones(1, 2)), ValueError, "Expected more than 1 value per channel"),
        (
            lambda: nn.BatchNorm2d(2)(autograd.ones(1, 3, 2, 2)),
            RuntimeError,
            r"batch_norm: weight should contain 3 elements, .* not 2",
        ),
        (lambda: nn.Linear(3, 2)(autograd.ones(4, 5)), RuntimeError, r"linear: .*\(4x5 and 3x2\)"),
        (lambda: nn.Linear(3, 2)(autograd.ones(4, 3).double()), RuntimeError, "linear: expected Tensors of one dtype"),
        (
            lambda: nn.Conv2d(3, 8, 3)(autograd.ones(1, 4, 8, 8)),
            RuntimeError,
            "conv2d: .*to have 3 channels, but got 4",
        ),
        (lambda: nn.Conv2d(1, 1, 5)(autograd.ones(1, 1, 3, 3)), RuntimeError, "Kernel size can't be greater than"),
        (lambda: nn.Conv2d(3, 8, 3, groups=2), ValueError, "in_channels must be divisible by groups"),
        (lambda: nn.Conv2d(1, 1, 3, stride=2, padding="same"), ValueError, "not supported for strided convolutions"),
        (lambda: nn.Conv2d(1, 1, 3, padding="full"), ValueError, "Invalid padding string: 'full'"),
        (lambda: nn.MaxPool2d(2, padding=2)(autograd.ones(1, 1, 4, 4)), RuntimeError, "pad should be at most half"),
        (
            lambda: nn.CrossEntropyLoss()(autograd.ones(2, 3), autograd.tensor([0, 3])),
            IndexError,
            "Target 3 is out of bounds",
        ),
        (lambda: nn.CrossEntropyLoss()(autograd.ones(2, 3), autograd.tensor([0])), ValueError, r"batch_size \(2\)"),
        (lambda: nn.CrossEntropyLoss(reduction="max"), ValueError, "max is not a valid value for reduction"),
        (
            lambda: nn.BCELoss()(autograd.ones(2) * 2, autograd.ones(2)),
            RuntimeError,
            "between 0 and 1; is a sigmoid missing",
        ),
        (lambda: nn.init.xavier_uniform_(autograd.ones(2)), ValueError, "fewer than 2 dimensions"),
        (lambda: nn.Parameter(3.0), TypeError, "Parameter: expected a Tensor, not float"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_mse_of_different_shapes_warns():
    with pytest.warns(UserWarning, match=r"target size \(2, 1\).* input size \(2,\)"):
        assert nn.MSELoss()(autograd.ones(2), autograd.zeros(2, 1)).item() == 1


def test_cross_entropy_is_differentiable_twice():
    x = autograd.randn(3, 4, dtype=autograd.float64, requires_grad=True)
    loss = nn.functional.cross_entropy(x, autograd.tensor([0, 3, 1]))
    (slope,) = autograd.grad(loss, x, create_graph=True)
    (curvature,) = autograd.grad((slope * slope).sum(), x)
    p = x.detach().softmax(1)
    direction = 2 * slope.detach() / 3
    expected = p * (direction - (p * direction).sum(1, keepdim=True))
    np.testing.assert_allclose(curvature.numpy(), expected.numpy(), rtol=1e-10, atol=1e-14)


def lenet(nn):
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same"),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, groups=2, bias=False),
        nn.LeakyReLU(0.1),
        nn.AvgPool2d(2, padding=1),
        nn.Flatten(),
        nn.Linear(24, 10),
        nn.Tanh(),
        nn.Linear(10, 5),
    )


def losses(autograd, nn, optim, optimizer):
    """A training script, run by either library."""
    data = autograd.utils.data
    autograd.manual_seed(0)
    x, y = autograd.randn(60, 1, 12, 12), autograd.randint(0, 5, (60,))
    train, _ = data.random_split(data.TensorDataset(x, y), [48, 12])
    net, criterion = lenet(nn), nn.CrossEntropyLoss(label_smoothing=0.1)
    step = optimizer(optim, net.parameters())
    seen = []
    for _ in range(3):
        for inputs, labels in data.DataLoader(train, batch_size=16, shuffle=True):
            step.zero_grad()
            loss = criterion(net(inputs), labels)
            loss.backward()
            step.step()
            seen.append(loss.item())
    net.eval()
    with autograd.no_grad():
        seen.append(criterion(net(x), y).item())
    return seen


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda optim, parameters: optim.SGD(parameters, lr=0.05),
        lambda optim, parameters: optim.SGD(parameters, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-2),
        lambda optim, parameters: optim.SGD(parameters, lr=0.05, momentum=0.9, dampening=0.3),
        lambda optim, parameters: optim.Adam(parameters, lr=0.01, weight_decay=1e-2),
    ],
    ids=["SGD", "Nesterov", "dampened momentum", "Adam"],
)
def test_a_script_gives_pytorchs_losses_from_the_same_seed(optimizer):
    torch = pytest.importorskip("torch")
    ours = losses(autograd, nn, optim, optimizer)
    theirs = losses(torch, torch.nn, torch.optim, optimizer)
    # float32 rounding, carried through ten steps.
    np.testing.assert_allclose(ours, theirs, rtol=2e-4)


def test_modules_print_as_pytorchs():
    torch = pytest.importorskip("torch")
    assert repr(lenet(nn)) == repr(lenet(torch.nn))
    for make in (
        lambda nn: nn.Conv2d(4, 8, (3, 5), stride=2, padding=(1, 2), dilation=2, groups=2, bias=False),
        lambda nn: nn.Dropout(0.3),
        lambda nn: nn.Softmax(dim=1),
        lambda nn: nn.ELU(),
        lambda nn: nn.GELU(),
        lambda nn: nn.ReLU(inplace=True),
        lambda nn: nn.LeakyReLU(0.2, inplace=True),
        lambda nn: nn.RReLU(0.1, 0.3, inplace=True),
        lambda nn: nn.Threshold(0.1, 0.2),
        lambda nn: nn.Hardshrink(0.3),
        lambda nn: nn.MaxPool2d(2, return_indices=True),
        lambda nn: nn.AvgPool2d((2, 3), ceil_mode=True),
        lambda nn: nn.MaxUnpool1d(2),
        lambda nn: nn.LPPool1d(2.0, 3),
        lambda nn: nn.AdaptiveAvgPool2d((None, 2)),
        lambda nn: nn.Upsample(scale_factor=2, mode="bilinear"),
        lambda nn: nn.PixelShuffle(2),
        lambda nn: nn.Fold(4, 2),
        lambda nn: nn.ConstantPad1d(1, 2.0),
        lambda nn: nn.LocalResponseNorm(2),
        lambda nn: nn.CrossEntropyLoss(label_smoothing=0.1),
        lambda nn: nn.HuberLoss(delta=2.0),
        lambda nn: nn.BatchNorm1d(3, affine=False),
        lambda nn: nn.Softplus(),
        lambda nn: nn.ModuleList([nn.Linear(1, 2), nn.Sigmoid()]),
        lambda nn: nn.ModuleList([nn.Sequential(nn.Linear(1, 2)), nn.Sequential(nn.Linear(1, 2)), None]),
        lambda nn: nn.ModuleDict({"a": nn.Sequential(nn.ReLU()), "b": None}),
        lambda nn: nn.Identity(),
    ):
        assert repr(make(nn)) == repr(make(torch.nn))


def test_settings_of_a_module_may_be_changed():
    leaky, x = nn.LeakyReLU(0.5), autograd.tensor([-2.0, 2.0])
    leaky.negative_slope = 0.25
    assert leaky(x).tolist() == leaky(input=x).tolist() == [-0.5, 2.0]
    huber = nn.HuberLoss()
    huber.reduction, huber.delta = "sum", 0.5
    assert huber(x, target=x + 2).equal(nn.functional.huber_loss(x, x + 2, "sum", delta=0.5))


@pytest.mark.parametrize("call", [lambda x: nn.Sigmoid(slope=1), lambda x: nn.LeakyReLU(0.1)(x, negative_slope=0.2)])
def test_settings_that_a_module_does_not_have_are_refused(call):
    with pytest.raises(TypeError):
        call(autograd.ones(2))


LOSSES = {
    "mse": lambda F, x, y, p, t: F.mse_loss(x, y, reduction="sum"),
    "l1": lambda F, x, y, p, t: F.l1_loss(x, y),
    "bce": lambda F, x, y, p, t: F.binary_cross_entropy(x.sigmoid(), p),
    "bce with logits": lambda F, x, y, p, t: F.binary_cross_entropy_with_logits(x * 30, p, pos_weight=p[0] + 1),
    "nll": lambda F, x, y, p, t: F.nll_loss(F.log_softmax(x, 1), t, weight=p[0], ignore_index=2),
    "cross-entropy": lambda F, x, y, p, t: F.cross_entropy(x, t, weight=p[0], ignore_index=2, label_smoothing=0.2),
    "cross-entropy of one": lambda F, x, y, p, t: F.cross_entropy(x[0], t[0], reduction="sum"),
    "cross-entropy each": lambda F, x, y, p, t: F.cross_entropy(x, t, reduction="none").sum(),
    "cross-entropy of images": lambda F, x, y, p, t: F.cross_entropy(x.reshape(2, 3, 2), t.reshape(2, 2)[:, :2]),
    "cross-entropy of probabilities": lambda F, x, y, p, t: F.cross_entropy(x, p, label_smoothing=0.1),
    "logsigmoid": lambda F, x, y, p, t: F.logsigmoid(x * 50).sum(),
    "relu6": lambda F, x, y, p, t: F.relu6(x * 6).sum(),
}


def test_functional_offers_what_is_registered_for_it():
    registered = namespace("nn.functional")
    assert sorted(nn.functional.__all__) == sorted(registered)
    for name, function in registered.items():
        assert getattr(nn.functional, name) is function, name


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_without_a_dim_warns_and_takes_that_of_the_classes(name):
    function = getattr(nn.functional, name)
    x = autograd.rand(2, 3, 2)
    for rank, dim in ((1, 0), (2, 1), (3, 0)):
        scores = x[(0,) * (3 - rank)]
        with pytest.warns(UserWarning, match="Implicit dimension"):
            found = function(scores, dtype=autograd.float64)
        assert found.equal(function(scores.double(), dim))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, y, p = rng.standard_normal((4, 3)), rng.standard_normal((4, 3)), rng.random((4, 3))
    t = np.array([0, 2, 1, 1])
    results = []
    for lib, F in ((autograd, nn.functional), (torch, torch.nn.functional)):
        scores = lib.tensor(x, requires_grad=True)
        loss = LOSSES[name](F, scores, lib.tensor(y), lib.tensor(p), lib.tensor(t))
        loss.backward()
        results.append((loss.item(), scores.grad.numpy()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-10, atol=1e-14)

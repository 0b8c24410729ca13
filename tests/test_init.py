"""How parameters start: from the same seed as PyTorch's, or as promised."""

import math

import numpy as np
import pytest

import autograd
import nn

CALLS = {
    "uniform": ("uniform_", (6, 4), (-2.0, 3.0)),
    "normal": ("normal_", (6, 4), (1.0, 2.0)),
    "wide truncation": ("trunc_normal_", (6, 4, 3), ()),
    "one-sided truncation": ("trunc_normal_", (6, 4, 3), (1.0, 2.0, 0.0, 5.0)),
    "narrow truncation": ("trunc_normal_", (6, 4, 3), (0.5, 2.0, 0.4, 0.9)),
    "truncated tail": ("trunc_normal_", (6, 4), (0.0, 1.0, 1.5, 9.0)),
    "xavier uniform": ("xavier_uniform_", (6, 4, 3, 3), (2.0,)),
    "xavier normal": ("xavier_normal_", (6, 4, 3, 3), ()),
    "kaiming uniform": ("kaiming_uniform_", (6, 4, 3), (0.2, "fan_out")),
    "kaiming normal": ("kaiming_normal_", (6, 4, 3), (0.0, "FAN_IN", "relu")),
    "orthogonal": ("orthogonal_", (5, 5), (2.0,)),
    "orthogonal rows": ("orthogonal_", (3, 2, 4), ()),
    "orthogonal columns": ("orthogonal_", (7, 3), ()),
    "sparse": ("sparse_", (10, 6), (0.35, 0.5)),
    "dirac": ("dirac_", (6, 4, 3, 3), ()),
    "dirac in groups": ("dirac_", (6, 2, 3), (3,)),
    "eye": ("eye_", (3, 5), ()),
    "constant": ("constant_", (2, 3), (0.3,)),
    "ones": ("ones_", (2, 3), ()),
    "zeros": ("zeros_", (2, 3), ()),
}
DRAWING = [
    name for name, (function, *_) in CALLS.items() if function[:-1] not in ("dirac", "eye", "constant", "ones", "zeros")
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("function", "shape", "args"), CALLS.values(), ids=CALLS)
def test_initial_values_are_pytorchs(function, shape, args, dtype):
    torch = pytest.importorskip("torch")
    made = []
    for lib, init in ((autograd, nn.init), (torch, torch.nn.init)):
        lib.manual_seed(3)
        x = lib.empty(shape, dtype=getattr(lib, dtype), requires_grad=True)
        assert getattr(init, function)(x, *args) is x
        made += [x.detach().numpy(), lib.rand(2).numpy()]
    np.testing.assert_allclose(made[0], made[2], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(made[1], made[3])


@pytest.mark.parametrize("name", DRAWING)
def test_numbers_come_from_the_generator(name):
    function, shape, args = CALLS[name]
    fill = getattr(nn.init, function)
    results = []
    for _ in range(2):
        # Which elements are set to 0 is drawn from the common one, as in PyTorch.
        autograd.manual_seed(0)
        results.append(fill(autograd.empty(shape), *args, generator=autograd.Generator().manual_seed(7)))
    autograd.manual_seed(0)
    results.append(fill(autograd.empty(shape), *args))
    assert results[0].equal(results[1])
    assert not results[0].equal(results[2])


@pytest.mark.parametrize("bounds", [(-2.0, 2.0), (0.0, 5.0), (1.5, 1.8), (3.0, 9.0)])
def test_truncated_numbers_have_the_moments_of_their_distribution(bounds):
    stats = pytest.importorskip("scipy.stats")
    autograd.manual_seed(0)
    mean, std = 0.5, 1.5
    x = nn.init.trunc_normal_(autograd.empty(40_000, dtype=autograd.float64), mean, std, *bounds).numpy()
    assert bounds[0] <= x.min() and x.max() <= bounds[1]
    expected = stats.truncnorm(*((bound - mean) / std for bound in bounds), mean, std)
    # Five standard deviations of a mean.
    assert abs(x.mean() - expected.mean()) < 5 * expected.std() / math.sqrt(x.size)
    assert x.std() == pytest.approx(expected.std(), rel=0.03)


def test_a_distant_truncation_warns():
    with pytest.warns(UserWarning, match="more than 2 std"):
        nn.init.trunc_normal_(autograd.empty(3), 0.0, 1.0, 3.0, 4.0)


def test_initial_values_have_the_variance_they_promise():
    autograd.manual_seed(0)
    w = nn.init.kaiming_normal_(autograd.empty(200, 300), nonlinearity="relu")
    assert w.std().item() == pytest.approx((2 / 300) ** 0.5, rel=0.02)
    q = nn.init.orthogonal_(autograd.empty(3, 5), gain=2.0)
    assert (q @ q.T).allclose(autograd.eye(3) * 4, atol=1e-5)


def test_a_dirac_convolution_passes_its_input_on():
    conv = nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False)
    nn.init.dirac_(conv.weight, 2)
    x = autograd.randn(1, 4, 5, 5)
    assert conv(x).allclose(x)


@pytest.mark.parametrize(
    ("nonlinearity", "param", "gain"),
    [
        *((name, None, 1) for name in ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d", "sigmoid")),
        ("tanh", None, 5 / 3),
        ("relu", None, 2**0.5),
        ("leaky_relu", None, (2 / (1 + 0.01**2)) ** 0.5),
        ("leaky_relu", 2, (2 / 5) ** 0.5),
        ("selu", None, 0.75),
    ],
)
def test_gains(nonlinearity, param, gain):
    assert nn.init.calculate_gain(nonlinearity, param) == gain


REFUSED = {
    "a nonlinearity without a gain": lambda init, x: init.calculate_gain("gelu"),
    "a slope that is no number": lambda init, x: init.calculate_gain("leaky_relu", "0.1"),
    "a slope that is a bool": lambda init, x: init.calculate_gain("leaky_relu", True),
    "a vector": lambda init, x: init.xavier_uniform_(x(3)),
    "another mode": lambda init, x: init.kaiming_normal_(x(3, 2), mode="fan_avg"),
    "a matrix as a convolution": lambda init, x: init.dirac_(x(2, 2)),
    "groups that don't divide": lambda init, x: init.dirac_(x(4, 2, 3), 3),
    "a sparse vector": lambda init, x: init.sparse_(x(3), 0.5),
    "an eye of 3 dimensions": lambda init, x: init.eye_(x(3, 3, 3)),
    "an orthogonal vector": lambda init, x: init.orthogonal_(x(3)),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_is_refused(call):
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:
        call(torch.nn.init, torch.empty)
    with pytest.raises(type(theirs.value)) as ours:
        call(nn.init, autograd.empty)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_nothing_to_fill_warns(name):
    with pytest.warns(UserWarning, match="zero-element tensors is a no-op"):
        getattr(nn.init, name)(autograd.empty(0, 3))
    assert nn.init.orthogonal_(autograd.empty(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("name", ["uniform", "normal", "xavier_uniform", "kaiming_normal", "orthogonal", "eye"])
def test_old_names_warn(name):
    x, y = autograd.empty(3, 3), autograd.empty(3, 3)
    autograd.manual_seed(0)
    with pytest.warns(FutureWarning, match=f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`"):
        getattr(nn.init, name)(x)
    autograd.manual_seed(0)
    assert x.equal(getattr(nn.init, f"{name}_")(y))

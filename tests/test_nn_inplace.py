"""Modules and functions with ``inplace``: they write into their input what they give without it, as PyTorch's do."""

import pytest

import autograd
import nn
import nn.functional as F

ACTIVATIONS = {
    "ReLU": (), "ReLU6": (), "SELU": (), "SiLU": (), "LeakyReLU": (0.2,), "ELU": (0.7,), "CELU": (0.7,), "Mish": (),
    "Hardtanh": (-0.5, 0.7), "Hardsigmoid": (), "Hardswish": (), "Threshold": (0.2, 3.0), "RReLU": (0.1, 0.3),
}  # fmt: skip
DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d")
RANKS = {"Dropout1d": (3, 2), "Dropout2d": (4, 3), "Dropout3d": (5, 4)}


def cases():
    for name, settings in ACTIVATIONS.items():
        yield pytest.param(lambda nn, inplace, n=name, s=settings: getattr(nn, n)(*s, inplace=inplace), 2, id=name)
    for name in DROPOUTS:
        for p in (0.0, 0.4, 1.0):
            for rank in RANKS.get(name, (2, 3)):
                make = lambda nn, inplace, n=name, p=p: getattr(nn, n)(p, inplace)
                yield pytest.param(make, rank, id=f"{name} {p} of rank {rank}")


def sample(rank):
    return autograd.linspace(-4.0, 7.0, 3 * 2 ** (rank - 1)).reshape(3, *(2,) * (rank - 1))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("make", "rank"), cases())
def test_a_module_writes_its_input(make, rank, training):
    x = sample(rank)
    autograd.manual_seed(0)
    expected = make(nn, False).train(training)(x)
    assert x.equal(sample(rank))
    autograd.manual_seed(0)
    found = make(nn, True).train(training)(x)
    assert found.equal(expected)
    assert x.equal(expected)


@pytest.mark.parametrize(("make", "rank"), cases())
def test_gradients_pass_through_what_was_written(make, rank):
    gradients = []
    for inplace in (False, True):
        w = sample(rank).requires_grad_()
        autograd.manual_seed(0)
        hidden = w * 2
        out = make(nn, inplace)(hidden)
        ((out * out).sum() + (hidden.sum() if inplace else out.sum())).backward()
        gradients.append(w.grad)
    assert gradients[0].allclose(gradients[1])


@pytest.mark.parametrize(("make", "rank"), cases())
def test_pytorch_writes_the_same(make, rank):
    torch = pytest.importorskip("torch")
    x, theirs = sample(rank), torch.from_numpy(sample(rank).numpy().copy())
    autograd.manual_seed(0)
    torch.manual_seed(0)
    make(nn, True)(x)
    make(torch.nn, True)(theirs)
    assert x.allclose(autograd.from_numpy(theirs.numpy()), atol=1e-6)


def test_a_parameter_is_not_written():
    w = autograd.ones(2, requires_grad=True)
    for layer in (nn.ReLU(inplace=True), nn.RReLU(inplace=True), nn.Dropout(0.5, inplace=True)):
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            layer(w)
    assert w.tolist() == [1.0, 1.0]


def test_a_block_whose_branches_share_what_was_written():
    x = autograd.tensor([-1.0, 2.0])
    assert (nn.ReLU(inplace=True)(x) * 10 + x).tolist() == [0.0, 22.0]


@pytest.mark.parametrize("name", ["AlphaDropout", "FeatureAlphaDropout"])
def test_modules_whose_option_pytorch_ignores(name):
    x = sample(3)
    assert not getattr(nn, name)(0.5, inplace=True)(x).equal(x)
    assert x.equal(sample(3))


@pytest.mark.parametrize("p", [0.4, 1.0])
@pytest.mark.parametrize("name", ["alpha_dropout", "feature_alpha_dropout"])
def test_their_functions_write_their_input(name, p):
    x, results = sample(3), []
    for inplace in (False, True):
        autograd.manual_seed(0)
        results.append(getattr(F, name)(x, p, True, inplace))
    assert results[1] is x
    assert results[0].allclose(x)


@pytest.mark.parametrize("name", ["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"])
def test_functions_write_their_input(name):
    x = autograd.ones(2, 2, 1, 1, 1) if name == "dropout3d" else autograd.ones(2, 2, 1)
    out = getattr(F, name)(x, 1.0, True, True)
    assert out.equal(x)
    assert x.abs().sum().item() == 0

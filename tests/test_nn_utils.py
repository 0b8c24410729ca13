"""`nn.utils` beside PyTorch's: weights that are computed from others, fused layers, and what is refused."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
BOTH = ((autograd, nn), (torch, torch.nn))


def trained(make: Any, shape: tuple[int, ...], finish: Any = None) -> list[tuple[Any, ...]]:
    """What both libraries make of a layer from the same seed: repr, state before and after two steps of training,
    results, gradients, and what a prediction gives; then the same of what ``finish`` makes of it."""
    found = []
    for lib, modules in BOTH:
        lib.manual_seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = make(modules)
        text, values, names = repr(layer), [], [list(layer.state_dict())]
        rng = np.random.default_rng(0)
        for _ in range(2):
            values += [value.detach().numpy().copy() for value in layer.state_dict().values()]
            x = lib.tensor(rng.standard_normal(shape).astype("float32"), requires_grad=True)
            out = layer(x)
            layer.zero_grad()
            (out * out).sum().backward()
            values += [out.detach().numpy(), x.grad.numpy()]
            values += [p.grad.numpy().copy() for p in layer.parameters()]
            with lib.no_grad():
                for p in layer.parameters():
                    p -= p.grad * 1e-2
        values.append(layer.eval()(x).detach().numpy())
        if finish is not None:
            finish(modules, layer)
            names.append([name for name, _ in layer.named_parameters()])
            values += [value.detach().numpy() for value in layer.state_dict().values()]
            values.append(layer(x).detach().numpy())
            text += repr(layer)
        found.append((text, names, values))
    return found


def agree(found: list[tuple[Any, ...]], tolerance: float = 2e-5) -> None:
    assert found[0][0] == found[1][0]
    assert found[0][1] == found[1][1]
    for mine, theirs in zip(found[0][2], found[1][2], strict=True):
        np.testing.assert_allclose(mine, theirs, tolerance, tolerance)


LINEAR, IMAGES = (6, 4), (2, 4, 5, 5)
COMPUTED = {
    "weight norm": (lambda nn: nn.utils.weight_norm(nn.Linear(4, 3)), LINEAR),
    "weight norm of another dimension": (lambda nn: nn.utils.weight_norm(nn.Conv2d(4, 3, 2), dim=1), IMAGES),
    "weight norm of all": (lambda nn: nn.utils.weight_norm(nn.Conv2d(4, 3, 2), dim=None), IMAGES),
    "weight norm of a bias": (lambda nn: nn.utils.weight_norm(nn.Linear(4, 3), "bias"), LINEAR),
    "spectral norm": (lambda nn: nn.utils.spectral_norm(nn.Linear(4, 3)), LINEAR),
    "spectral norm of a convolution": (
        lambda nn: nn.utils.spectral_norm(nn.Conv2d(4, 3, 2), "weight", 3, 1e-5),
        IMAGES,
    ),
    "spectral norm of a transposed one": (lambda nn: nn.utils.spectral_norm(nn.ConvTranspose2d(4, 3, 2)), IMAGES),
}
REMOVERS = {"weight": "remove_weight_norm", "spectral": "remove_spectral_norm"}


@pytest.mark.parametrize("name", COMPUTED)
def test_what_a_hook_computes_is_pytorchs(name):
    make, shape = COMPUTED[name]
    remove = lambda nn, layer: getattr(nn.utils, REMOVERS[name.split()[0]])(
        layer, *(["bias"] if "bias" in name else [])
    )
    agree(trained(make, shape, remove))


PARAMETRIZED = {
    "weight norm": (lambda nn, p: p.weight_norm(nn.Linear(4, 3)), LINEAR),
    "weight norm of all": (lambda nn, p: p.weight_norm(nn.Conv2d(4, 3, 2), dim=None), IMAGES),
    "weight norm of another dimension": (lambda nn, p: p.weight_norm(nn.Conv2d(4, 3, 2), dim=1), IMAGES),
    "spectral norm": (lambda nn, p: p.spectral_norm(nn.Linear(4, 3), n_power_iterations=2), LINEAR),
    "spectral norm of a vector": (lambda nn, p: p.spectral_norm(nn.Linear(4, 3), "bias"), LINEAR),
    "spectral norm of a transposed one": (lambda nn, p: p.spectral_norm(nn.ConvTranspose2d(4, 3, 2)), IMAGES),
    "orthogonal": (lambda nn, p: p.orthogonal(nn.Linear(4, 4)), LINEAR),
    "orthogonal and tall": (lambda nn, p: p.orthogonal(nn.Linear(4, 6)), LINEAR),
    "orthogonal and wide": (lambda nn, p: p.orthogonal(nn.Linear(4, 3)), LINEAR),
    "orthogonal by Cayley": (lambda nn, p: p.orthogonal(nn.Linear(4, 4), orthogonal_map="cayley"), LINEAR),
    "orthogonal and tall by Cayley": (lambda nn, p: p.orthogonal(nn.Linear(4, 6), orthogonal_map="cayley"), LINEAR),
    "orthogonal and wide by exponentials": (
        lambda nn, p: p.orthogonal(nn.Linear(4, 3), orthogonal_map="matrix_exp"), LINEAR
    ),
    "orthogonal without a base": (lambda nn, p: p.orthogonal(nn.Linear(4, 6), use_trivialization=False), LINEAR),
    "orthogonal and wide without a base": (
        lambda nn, p: p.orthogonal(nn.Linear(4, 3), use_trivialization=False), LINEAR
    ),
    "exponentials without a base": (
        lambda nn, p: p.orthogonal(nn.Linear(4, 6), orthogonal_map="matrix_exp", use_trivialization=False), LINEAR
    ),
    "a batch of orthogonal matrices": (lambda nn, p: p.orthogonal(nn.Conv2d(4, 3, 2)), IMAGES),
    "two, one after the other": (lambda nn, p: p.spectral_norm(p.weight_norm(nn.Linear(4, 3))), LINEAR),
    "of two parameters": (lambda nn, p: p.weight_norm(p.weight_norm(nn.Linear(4, 3)), "bias"), LINEAR),
    "of a recurrent network": (lambda nn, p: nn.Sequential(p.orthogonal(nn.RNNCell(4, 3), "weight_hh")), LINEAR),
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETRIZED)
def test_parametrizations_are_pytorchs(name):
    make, shape = PARAMETRIZED[name]

    def finish(nn, layer):
        layer = layer[0] if "recurrent" in name else layer
        for tensor in list(layer.parametrizations):
            nn.utils.parametrize.remove_parametrizations(layer, tensor)

    agree(trained(lambda nn: make(nn, nn.utils.parametrizations), shape, finish))


@pytest.mark.parametrize("name", [name for name in PARAMETRIZED if "orthogonal" in name])
def test_orthogonal_matrices_stay_so(name):
    make, shape = PARAMETRIZED[name]
    layer = make(nn, nn.utils.parametrizations)
    rng = np.random.default_rng(0)
    for _ in range(3):
        out = layer(autograd.tensor(rng.standard_normal(shape).astype("float32")))
        layer.zero_grad()
        (out * out).sum().backward()
        with autograd.no_grad():
            for p in layer.parameters():
                p -= p.grad * 0.1
    q = layer.weight
    q = q.mT if q.shape[-2] < q.shape[-1] else q
    eye = autograd.eye(q.shape[-1], dtype=q.dtype).expand(*q.shape[:-2], -1, -1)
    assert (q.mT @ q).allclose(eye, atol=1e-5)


def symmetric(nn: Any) -> Any:
    class Symmetric(nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).mT

    return Symmetric()


def doubled(nn: Any) -> Any:
    class Doubled(nn.Module):
        def forward(self, x):
            return x * 2

        def right_inverse(self, x):
            return x / 2

    return Doubled()


def of_lengths(nn: Any) -> Any:
    class Rows(nn.Module):
        def forward(self, first, second):
            return first.unsqueeze(1) * second

        def right_inverse(self, x):
            return x[:, 0] * 0 + 2, x / 2

    return Rows()


def test_a_tensor_may_be_assigned_to():
    for lib, modules in BOTH:
        layer, p = modules.Linear(3, 3), modules.utils.parametrize
        before = layer.weight
        p.register_parametrization(layer, "weight", doubled(modules))
        assert layer.parametrizations.weight.original is before
        layer.weight = lib.ones(3, 3)
        assert layer.weight.tolist() == [[1] * 3] * 3
        assert before.tolist() == [[0.5] * 3] * 3
        with lib.no_grad():
            p.register_parametrization(layer, "bias", symmetric(modules), unsafe=True)
        with pytest.raises(RuntimeError, match="Symmetric does not implement right_inverse"):
            layer.bias = lib.ones(3)
        with pytest.raises(KeyError, match="attribute 'weight' already exists"):
            layer.weight = modules.Parameter(lib.ones(3, 3))


def test_removal_keeps_the_value_or_the_original():
    for lib, modules in BOTH:
        p = modules.utils.parametrize
        for leave in (True, False):
            layer = modules.Linear(3, 3)
            weight, values = layer.weight, layer.weight.detach().clone()
            p.register_parametrization(layer, "weight", symmetric(modules))
            assert p.is_parametrized(layer) and p.is_parametrized(layer, "weight")
            assert not p.is_parametrized(layer, "bias")
            assert p.type_before_parametrizations(layer) is modules.Linear is not type(layer)
            expected = layer.weight.detach().clone() if leave else values
            p.remove_parametrizations(layer, "weight", leave)
            assert layer.weight is weight and lib.equal(layer.weight, expected)
            assert type(layer) is modules.Linear and not p.is_parametrized(layer)


def test_several_originals_are_made_parameters():
    for lib, modules in BOTH:
        layer, p = modules.Linear(3, 2), modules.utils.parametrize
        before = layer.weight.detach().clone()
        p.register_parametrization(layer, "weight", of_lengths(modules))
        assert [name for name, _ in layer.named_parameters()] == [
            "bias", "parametrizations.weight.original0", "parametrizations.weight.original1",
        ]  # fmt: skip
        assert lib.allclose(layer.weight, before)
        layer.weight = lib.ones(2, 3)
        assert layer.parametrizations.weight.original1.tolist() == [[0.5] * 3] * 2
        with pytest.raises(ValueError, match="Cannot leave unparametrized"):
            p.remove_parametrizations(layer, "weight", leave_parametrized=False)


def test_what_is_read_often_is_computed_once_inside_of_cached():
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3))
    p = nn.utils.parametrize
    assert layer.weight is not layer.weight
    with p.cached():
        first = layer.weight
        with p.cached():
            assert layer.weight is first
        assert layer.weight is first
        assert copy.deepcopy(layer).weight is not first
    assert layer.weight is not first


def test_a_copy_is_on_its_own():
    layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    other = copy.deepcopy(layer)
    assert other.weight.equal(layer.weight)
    nn.utils.parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear
    other.weight = autograd.ones(2, 2)
    assert other.weight.allclose(autograd.ones(2, 2)) and not layer.weight.allclose(autograd.ones(2, 2))
    assert copy.deepcopy(other).weight.equal(other.weight)
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(other)


def test_states_are_loaded_and_converted():
    p = nn.utils.parametrizations
    autograd.manual_seed(0)
    source, target = (p.spectral_norm(p.orthogonal(nn.Linear(3, 3))) for _ in range(2))
    target.weight  # noqa: B018  # moves the singular vectors
    target.load_state_dict(source.state_dict())
    source.eval(), target.eval()
    assert target.weight.equal(source.weight)
    assert source.double().weight.dtype is autograd.float64
    call = autograd.func.functional_call(
        source, {"parametrizations.weight.original": source.weight * 0 - 1}, autograd.ones(1, 3).double()
    )
    assert call.shape == (1, 3)


def test_the_state_of_an_older_weight_norm_is_loaded():
    for lib, modules in BOTH:
        with pytest.warns(FutureWarning):
            old = modules.Sequential(modules.utils.weight_norm(modules.Linear(3, 2)))
        new = modules.Sequential(modules.utils.parametrizations.weight_norm(modules.Linear(3, 2)))
        new = copy.deepcopy(new)
        new.load_state_dict(old.state_dict())
        assert lib.allclose(new(lib.ones(1, 3)), old(lib.ones(1, 3)))


def test_transfer():
    for lib, modules in BOTH:
        p, ps = modules.utils.parametrize, modules.utils.parametrizations
        source = ps.weight_norm(p.register_parametrization(modules.Linear(3, 3), "bias", doubled(modules)))
        target = p.transfer_parametrizations_and_params(source, modules.Linear(3, 3))
        assert list(target.state_dict()) == list(source.state_dict())
        assert lib.equal(target.weight, source.weight) and lib.equal(target.bias, source.bias)
        bare = p.transfer_parametrizations_and_params(source, modules.Module(), "weight")
        assert lib.equal(bare.weight, source.weight) and not p.is_parametrized(bare, "bias")
        plain = modules.Linear(1, 1)
        assert p.transfer_parametrizations_and_params(plain, target) is target


def changing(nn: Any, what: str) -> Any:
    class Changing(nn.Module):
        def forward(self, x):
            return {"dtype": x.double(), "shape": x.reshape(-1), "kind": [x]}[what]

    return Changing()


def inverting(nn: Any, what: str) -> Any:
    class Inverting(nn.Module):
        def forward(self, *x):
            return x[0]

        def right_inverse(self, x):
            return {"dtype": x.double(), "kind": 1, "parts": [x, 1]}[what]

    return Inverting()


REFUSED = {
    "another dtype": lambda nn, m: nn.utils.parametrize.register_parametrization(m, "weight", changing(nn, "dtype")),
    "another shape": lambda nn, m: nn.utils.parametrize.register_parametrization(m, "weight", changing(nn, "shape")),
    "no Tensor": lambda nn, m: nn.utils.parametrize.register_parametrization(m, "weight", changing(nn, "kind")),
    "an inverse of another dtype": lambda nn, m: nn.utils.parametrize.register_parametrization(
        m, "weight", inverting(nn, "dtype")
    ),
    "an inverse that is no Tensor": lambda nn, m: nn.utils.parametrize.register_parametrization(
        m, "weight", inverting(nn, "kind")
    ),
    "an inverse of one that is none": lambda nn, m: nn.utils.parametrize.register_parametrization(
        m, "weight", inverting(nn, "parts")
    ),
    "another name": lambda nn, m: nn.utils.parametrize.register_parametrization(m, "training", symmetric(nn)),
    "nothing to remove": lambda nn, m: nn.utils.parametrize.remove_parametrizations(m, "weight"),
    "a list of none": lambda nn, m: nn.utils.parametrize.ParametrizationList([], m.weight),
    "orthogonal vectors": lambda nn, m: nn.utils.parametrizations.orthogonal(m, "bias"),
    "an unknown map": lambda nn, m: nn.utils.parametrizations.orthogonal(m, orthogonal_map="polar"),
    "no such parameter": lambda nn, m: nn.utils.parametrizations.orthogonal(m, "scale"),
    "no spectral norm of such": lambda nn, m: nn.utils.parametrizations.spectral_norm(m, "scale"),
    "no such dimension": lambda nn, m: nn.utils.parametrizations.spectral_norm(m, dim=2),
    "no steps": lambda nn, m: nn.utils.parametrizations.spectral_norm(m, n_power_iterations=0),
    "no steps of a hook": lambda nn, m: nn.utils.spectral_norm(m, n_power_iterations=0),
    "spectral norm twice": lambda nn, m: nn.utils.spectral_norm(nn.utils.spectral_norm(m)),
    "weight norm twice": lambda nn, m: nn.utils.weight_norm(nn.utils.weight_norm(m)),
    "weight norm not there": lambda nn, m: nn.utils.remove_weight_norm(m),
    "spectral norm not there": lambda nn, m: nn.utils.remove_spectral_norm(m),
    "an absent bias": lambda nn, m: nn.utils.spectral_norm(nn.Linear(1, 1, bias=False), "bias"),
    "assigning an exponential": lambda nn, m: setattr(
        nn.utils.parametrizations.orthogonal(m, orthogonal_map="cayley", use_trivialization=False), "weight", m.weight
    ),
    "assigning another shape": lambda nn, m: setattr(nn.utils.parametrizations.orthogonal(m), "weight", m.bias),
    "fusing in training": lambda nn, m: nn.utils.fuse_linear_bn_eval(m, nn.BatchNorm1d(3)),
    "fusing without statistics": lambda nn, m: nn.utils.fuse_linear_bn_eval(
        m.eval(), nn.BatchNorm1d(3, track_running_stats=False).eval()
    ),
    "fusing other features": lambda nn, m: nn.utils.fuse_linear_bn_eval(m.eval(), nn.BatchNorm1d(2).eval()),
    "skipping what is no module": lambda nn, m: nn.utils.skip_init(int),
    "skipping a module without parameters": lambda nn, m: nn.utils.skip_init(nn.ReLU),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_errors_are_pytorchs(call):
    kinds = []
    for _, modules in BOTH:
        layer = modules.Linear(3, 3)
        with pytest.raises(Exception) as caught:
            call(modules, layer)
        kinds.append(type(caught.value))
    assert kinds[0] is kinds[1]


@pytest.mark.parametrize("what", ["dtype", "shape", "kind"])
def test_what_is_refused_changes_nothing(what):
    layer = nn.Linear(3, 3)
    before, values = layer.weight, layer.weight.detach().clone()
    with pytest.raises(ValueError):
        nn.utils.parametrize.register_parametrization(layer, "weight", changing(nn, what))
    assert layer.weight is before and layer.weight.equal(values) and type(layer) is nn.Linear


FUSED = {
    "convolution": (lambda nn: (nn.Conv2d(4, 3, 2), nn.BatchNorm2d(3)), IMAGES, False),
    "without a bias": (lambda nn: (nn.Conv2d(4, 3, 2, bias=False), nn.BatchNorm2d(3, affine=False)), IMAGES, False),
    "transposed": (lambda nn: (nn.ConvTranspose2d(4, 3, 2), nn.BatchNorm2d(3)), IMAGES, True),
    "linear": (lambda nn: (nn.Linear(4, 3), nn.BatchNorm1d(3)), LINEAR, None),
    "linear without a bias": (lambda nn: (nn.Linear(4, 3, bias=False), nn.BatchNorm1d(3)), LINEAR, None),
}


@pytest.mark.parametrize("name", FUSED)
def test_fused_layers_are_pytorchs_and_give_the_same(name):
    make, shape, transpose = FUSED[name]
    found = []
    for lib, modules in BOTH:
        lib.manual_seed(0)
        layer, norm = (part.eval() for part in make(modules))
        for buffer in (norm.running_mean, norm.running_var):
            buffer.uniform_(0.5, 2)
        layer.weight.requires_grad_(False)
        utils = modules.utils
        if transpose is None:
            fused = utils.fuse_linear_bn_eval(layer, norm)
        else:
            fused = utils.fuse_conv_bn_eval(layer, norm, transpose)
        x = lib.tensor(np.random.default_rng(0).standard_normal(shape).astype("float32"))
        assert lib.allclose(fused(x), norm(layer(x)), atol=1e-5)
        found.append([[p.requires_grad for p in fused.parameters()], *(p.detach().numpy() for p in fused.parameters())])
    assert found[0][0] == found[1][0]
    for mine, theirs in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-5, 1e-6)


def test_parameters_that_are_not_drawn_use_up_no_random_numbers():
    autograd.manual_seed(0)
    layer = nn.utils.skip_init(nn.Conv2d, 2, 3, 3, device="cpu", dtype=autograd.float64)
    assert layer.weight.shape == (3, 2, 3, 3) and layer.weight.dtype is autograd.float64
    found = autograd.rand(3)
    autograd.manual_seed(0)
    assert found.equal(autograd.rand(3))


def test_old_names_warn():
    layer, x = nn.Linear(2, 1), autograd.ones(1, 2)
    with pytest.warns(FutureWarning, match="`nn.utils.stateless.functional_call` is deprecated"):
        out = nn.utils.stateless.functional_call(layer, {"weight": autograd.ones(1, 2)}, (x,))
    assert out.allclose(layer.bias + 2)
    (layer(x) * 100).sum().backward()
    with pytest.warns(FutureWarning, match="`nn.utils.clip_grad_norm` is now deprecated"):
        assert nn.utils.clip_grad_norm(layer.parameters(), 1.0).item() == pytest.approx(30000**0.5)
    assert nn.utils.get_total_norm([p.grad for p in layer.parameters()]).item() == pytest.approx(1)
    with pytest.warns(FutureWarning, match="`nn.utils.weight_norm` is deprecated"):
        nn.utils.weight_norm(layer)


def test_weights_of_convolutions_are_laid_out():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(2, 2), nn.ConvTranspose2d(4, 2, 2), nn.Conv3d(2, 2, 2))
    assert nn.utils.convert_conv2d_weight_memory_format(model, autograd.channels_last) is model
    assert model[0].weight.stride() == (27, 1, 9, 3) and model[2].weight.stride()[1] == 1
    assert model[3].weight.is_contiguous()
    assert nn.utils.convert_conv3d_weight_memory_format(model[3], autograd.channels_last_3d).weight.stride()[1] == 1


def test_names_are_pytorchs():
    for ours, theirs in ((nn.utils, torch.nn.utils), (nn.utils.parametrize, torch.nn.utils.parametrize)):
        assert [name for name in theirs.__all__ if not hasattr(ours, name)] == []

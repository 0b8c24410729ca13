"""Modules and functions that few networks use, and the old names of others: they do what PyTorch's do."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

torch = pytest.importorskip("torch")
BOTH = ((autograd, nn), (torch, torch.nn))


def arrays(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape)


def found_by_both(call: Any, x: np.ndarray[Any, Any]) -> list[list[Any]]:
    """Of each library the results of ``call(lib, modules, x)`` from the same seed, and the gradient of ``x``."""
    results = []
    for lib, modules in BOTH:
        lib.manual_seed(0)
        leaf = lib.tensor(x, requires_grad=True)
        made = call(lib, modules, leaf)
        made = list(made) if isinstance(made, tuple) else [made]
        sum((one * one).sum() for one in made if one.is_floating_point()).backward()
        results.append([*(one.detach().numpy() for one in made), leaf.grad.numpy()])
    return results


def agree(results: list[list[Any]]) -> None:
    for mine, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-9, 1e-12)


def images(lib: Any) -> Any:
    return lib.tensor(arrays(2, 3, 9, 8))


CALLS = {
    "fractional size": lambda lib, nn, x: nn.FractionalMaxPool2d(2, (5, 4), return_indices=True)(x),
    "fractional ratio": lambda lib, nn, x: nn.FractionalMaxPool2d((3, 2), output_ratio=(0.5, 0.7))(x),
    "fractional of one": lambda lib, nn, x: nn.functional.fractional_max_pool2d(x[0], 2, 1, return_indices=True),
    "fractional windows side by side": lambda lib, nn, x: nn.FractionalMaxPool2d(1, (9, 8))(x),
    "fractional volumes": lambda lib, nn, x: nn.FractionalMaxPool3d(
        (1, 3, 2), output_ratio=(0.7, 0.4, 0.5), return_indices=True
    )(x.unsqueeze(1)),
    "fractional with indices": lambda lib, nn, x: nn.functional.fractional_max_pool3d_with_indices(
        x, (1, 2, 3), (2, 5, 3)
    ),
    "max pool with indices": lambda lib, nn, x: nn.functional.max_pool2d_with_indices(x, 2, 1),
    "adaptive with indices": lambda lib, nn, x: nn.functional.adaptive_max_pool2d_with_indices(x, (4, 3)),
    "gumbel": lambda lib, nn, x: nn.functional.gumbel_softmax(x, tau=0.7, dim=1),
    "hard gumbel": lambda lib, nn, x: nn.functional.gumbel_softmax(x, hard=True) * x,
    "channels shuffled": lambda lib, nn, x: nn.functional.native_channel_shuffle(x.detach(), 3) * x,
    "hardtanh by its old keywords": lambda lib, nn, x: nn.Hardtanh(min_value=-0.4, max_value=0.8)(x),
    "upsample": lambda lib, nn, x: nn.functional.upsample(x, scale_factor=2, mode="bilinear", align_corners=False),
    "upsample nearest": lambda lib, nn, x: nn.functional.upsample_nearest(x, (5, 4)),
    "upsample bilinear": lambda lib, nn, x: nn.functional.upsample_bilinear(x, (11, 4)),
    "data parallel": lambda lib, nn, x: nn.DataParallel(nn.Softmax2d())(x),
    "softmax without a dimension": lambda lib, nn, x: nn.Softmax()(x),
    "log softmax without a dimension": lambda lib, nn, x: nn.LogSoftmax()(x[0]),
    "softmin without a dimension": lambda lib, nn, x: nn.Softmin()(x[0, 0]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_results_are_pytorchs(call):
    agree(found_by_both(call, arrays(2, 3, 9, 8)))


@pytest.mark.parametrize(
    "name",
    [name for name in CALLS if "old" in name or "upsample" in name or "without" in name],
)
def test_what_is_deprecated_warns(name):
    texts = []
    for lib, modules in BOTH:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            CALLS[name](lib, modules, images(lib))
        texts.append([str(warning.message) for warning in caught])
    assert texts[0] == texts[1] != []


def test_the_warning_about_a_dimension_points_to_who_called_the_module():
    with pytest.warns(UserWarning, match="Implicit dimension") as caught:
        nn.Softmax()(autograd.ones(2))
    assert caught[0].filename == __file__


IN_PLACE = {
    "relu_": (), "celu_": (0.5,), "elu_": (0.5,), "selu_": (), "leaky_relu_": (0.3,), "hardtanh_": (-0.5, 0.5),
    "threshold_": (0.1, 2.0), "rrelu_": (0.1, 0.4, True),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_PLACE)
def test_functions_with_an_underscore_write_into_their_input(name):
    def call(lib: Any, nn: Any, x: Any) -> Any:
        hidden = x * 2
        assert getattr(nn.functional, name)(hidden, *IN_PLACE[name]) is hidden
        return hidden

    agree(found_by_both(call, arrays(4, 3)))
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        getattr(F, name)(autograd.ones(2, requires_grad=True), *IN_PLACE[name])


REFUSED = {
    "neither size nor ratio": lambda nn, x: nn.FractionalMaxPool2d(2),
    "size and ratio": lambda nn, x: nn.FractionalMaxPool2d(2, 3, 0.5),
    "a ratio above 1": lambda nn, x: nn.FractionalMaxPool3d(2, output_ratio=1.5),
    "no window": lambda nn, x: nn.FractionalMaxPool3d(0, 2),
    "more windows than fit": lambda nn, x: nn.functional.fractional_max_pool2d(x, 3, 8),
    "neither of a function": lambda nn, x: nn.functional.fractional_max_pool2d(x, 2),
    "bounds the wrong way round": lambda nn, x: nn.Hardtanh(1, 0),
    "no cutoffs": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(4, 10, []),
    "cutoffs that fall": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(4, 10, [5, 3]),
    "a cutoff past the classes": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(4, 10, [10]),
    "a cutoff between classes": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(4, 10, [2.5]),
    "a target out of range": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5])(
        x[0, 0], (x[0, 0, :, 0] * 0 + 10).long()
    ),
    "a target for each of no batch": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5])(
        x[0, 0, 0], x[0, 0, 0].long()
    ),
    "targets of two dimensions": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5])(x[0, 0], x[0, 0].long()),
    "another batch": lambda nn, x: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5])(x[0, 0], x[0, 0, 0].long() * 0),
    "a signal to normalize across maps": lambda nn, x: nn.CrossMapLRN2d(3)(x[0]),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_errors_are_pytorchs(call):
    kinds = []
    for lib, modules in BOTH:
        with pytest.raises(Exception) as caught:
            call(modules, images(lib).float())
        kinds.append(type(caught.value))
    assert kinds[0] is kinds[1]


@pytest.mark.parametrize(
    "text", ["FractionalMaxPool2d(2, 3)", "CrossMapLRN2d(5, k=2.0)", "SyncBatchNorm(3, bias=False)"]
)
def test_modules_print_as_pytorchs(text):
    assert repr(eval(text, vars(nn).copy())) == repr(eval(text, vars(torch.nn).copy()))


@pytest.mark.parametrize("targets", [[0, 3, 7, 12, 19, 2], [19, 18], [1, 1, 1], [4]])
def test_adaptive_softmax_is_pytorchs(targets):
    made = []
    for lib, modules in BOTH:
        lib.manual_seed(0)
        layer = modules.AdaptiveLogSoftmaxWithLoss(8, 20, [3, 10], div_value=2.0, head_bias=True)
        x = lib.tensor(arrays(len(targets), 8).astype("float32"), requires_grad=True)
        result = layer(x, lib.tensor(targets))
        (result.loss + (result.output * result.output).sum()).backward()
        slopes = [p.grad for p in layer.parameters()]
        slopes = [np.zeros(p.shape) if g is None else g.numpy() for p, g in zip(layer.parameters(), slopes)]
        values = [result.output, result.loss, layer.log_prob(x), layer.predict(x), *layer.state_dict().values()]
        made.append(([value.detach().numpy() for value in values] + [x.grad.numpy(), *slopes], repr(layer)))
    for mine, theirs in zip(made[0][0], made[1][0], strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-4, 1e-5)
    assert made[0][1] == made[1][1]


def test_adaptive_softmax_agrees_with_itself():
    layer = nn.AdaptiveLogSoftmaxWithLoss(16, 20, [3, 10])
    x, targets = autograd.randn(30, 16) * 3, autograd.arange(30) % 20
    log_prob = layer.log_prob(x)
    assert log_prob.exp().sum(1).allclose(autograd.ones(30), atol=1e-5)
    assert layer(x, targets).output.allclose(log_prob.gather(1, targets.unsqueeze(1)).squeeze(1), atol=1e-5)
    assert layer(x[0], targets[0]).output.allclose(log_prob[0, 0], atol=1e-5)
    assert layer.predict(x).equal(log_prob.argmax(1))
    assert layer.predict(x).max() >= 3


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_normalization_across_maps_is_pytorchs(size):
    x = arrays(2, 8, 2, 3)
    mine = nn.CrossMapLRN2d(size, alpha=0.5, k=2)(autograd.tensor(x))
    np.testing.assert_allclose(mine.numpy(), torch.nn.CrossMapLRN2d(size, 0.5, k=2)(torch.tensor(x)).numpy(), 1e-10)


def test_the_gradient_across_maps_is_that_of_the_result():
    x = autograd.tensor(arrays(1, 4, 1, 2), requires_grad=True)
    assert autograd.gradcheck(nn.CrossMapLRN2d(3, alpha=0.5), (x,))


def test_synchronized_batch_norms_take_the_place_of_others():
    found = []
    for lib, modules in BOTH:
        lib.manual_seed(0)
        model = modules.Sequential(
            modules.Linear(3, 4), modules.BatchNorm1d(4), modules.Sequential(modules.BatchNorm1d(4, affine=False))
        ).eval()
        weight = model[1].weight
        model[1].running_mean.fill_(3)
        made = modules.SyncBatchNorm.convert_sync_batchnorm(model, "group")
        assert made is model and made[1].weight is weight and made[1].process_group == "group"
        assert not made[1].training
        found.append((repr(made), made(lib.ones(2, 3)).detach().numpy(), list(made.state_dict())))
    assert found[0][0] == found[1][0] and found[0][2] == found[1][2]
    np.testing.assert_allclose(found[0][1], found[1][1], 1e-5)


def test_wrappers_of_long_ago():
    with pytest.warns(FutureWarning, match="`nn.Container` is deprecated"):
        container = nn.Container(first=nn.ReLU(), second=nn.Linear(1, 1))
    assert [name for name, _ in container.named_children()] == ["first", "second"]
    assert list(nn.DataParallel(nn.Linear(1, 1)).state_dict()) == ["module.weight", "module.bias"]

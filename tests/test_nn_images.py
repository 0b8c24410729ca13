"""Pooling, normalization, padding, resizing and activation modules: settings, repr and results are PyTorch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")

MODULES = [
    ("MaxPool1d(2)", (2, 3, 8)),
    ("MaxPool1d(3, 2, padding=1, return_indices=True)", (3, 8)),
    ("MaxPool2d((2, 3), ceil_mode=True)", (2, 3, 7, 7)),
    ("MaxPool3d(2, dilation=2)", (1, 2, 5, 5, 5)),
    ("AvgPool1d(2, 1)", (2, 3, 8)),
    ("AvgPool2d(3, 2, 1, count_include_pad=False)", (2, 3, 7, 7)),
    ("AvgPool3d((1, 2, 2))", (2, 4, 4, 4)),
    ("LPPool1d(2, 2)", (2, 3, 8)),
    ("LPPool2d(2.0, 2, stride=1)", (2, 3, 4, 4)),
    ("LPPool3d(3, 2)", (1, 2, 4, 4, 4)),
    ("AdaptiveAvgPool1d(3)", (2, 3, 8)),
    ("AdaptiveAvgPool2d((3, None))", (2, 3, 8, 7)),
    ("AdaptiveAvgPool3d(2)", (2, 4, 5, 4)),
    ("AdaptiveMaxPool1d(3, return_indices=True)", (2, 3, 8)),
    ("AdaptiveMaxPool2d(3)", (2, 3, 8, 7)),
    ("AdaptiveMaxPool3d((2, 1, 3))", (2, 4, 5, 4)),
    ("BatchNorm1d(3)", (4, 3)),
    ("BatchNorm1d(3, momentum=None)", (4, 3, 5)),
    ("BatchNorm2d(3, affine=False)", (4, 3, 5, 3)),
    ("BatchNorm3d(3, track_running_stats=False)", (2, 3, 2, 3, 3)),
    ("LayerNorm(5)", (2, 3, 5)),
    ("LayerNorm((3, 5), eps=1e-3, bias=False)", (2, 3, 5)),
    ("RMSNorm(5)", (2, 3, 5)),
    ("GroupNorm(2, 4)", (2, 4, 3, 3)),
    ("GroupNorm(4, 4, affine=False)", (2, 4, 3)),
    ("InstanceNorm1d(3)", (2, 3, 5)),
    ("InstanceNorm1d(3, affine=True)", (3, 5)),
    ("InstanceNorm2d(3, track_running_stats=True)", (2, 3, 4, 4)),
    ("InstanceNorm3d(3, affine=True, track_running_stats=True, momentum=0.3)", (2, 3, 2, 2, 2)),
    ("LocalResponseNorm(3, alpha=0.5)", (2, 4, 3)),
    ("ConstantPad1d((1, 2), 7.0)", (2, 3)),
    ("ConstantPad2d(1, 0.5)", (2, 3, 3)),
    ("ConstantPad3d(1, 2.0)", (2, 2, 2, 2)),
    ("ZeroPad1d(2)", (2, 3)),
    ("ZeroPad2d((1, 0, 2, -1))", (1, 2, 3, 3)),
    ("ZeroPad3d(1)", (1, 2, 2, 2)),
    *[
        (f"{kind}Pad{d}d(1)", (2, *(3,) * (d + 1)))
        for kind in ("Reflection", "Replication", "Circular")
        for d in (1, 2, 3)
    ],
    ("Upsample(scale_factor=2)", (1, 2, 3)),
    ("Upsample((5, 4), mode='bilinear', align_corners=True)", (1, 2, 3, 3)),
    ("UpsamplingNearest2d(scale_factor=2)", (1, 2, 3, 3)),
    ("UpsamplingBilinear2d(size=(4, 5))", (1, 2, 3, 3)),
    ("PixelShuffle(2)", (1, 8, 2, 3)),
    ("PixelUnshuffle(2)", (1, 2, 4, 6)),
    ("ChannelShuffle(2)", (1, 4, 2)),
    *[
        (text, (2, 4, 3))
        for text in (
            "CELU(0.5)",
            "GLU(1)",
            "Hardshrink(0.3)",
            "Hardsigmoid()",
            "Hardswish()",
            "Mish()",
            "PReLU()",
            "PReLU(4)",
            "Softmax2d()",
            "Softmin(1)",
            "Softshrink()",
            "Softsign()",
            "Tanhshrink()",
            "Threshold(0.1, 2)",
            "SELU()",
            "GELU()",
            "GELU('tanh')",
            "SiLU()",
            "ELU(0.7)",
            "Softplus(2.0)",
            "Unflatten(1, (2, 2))",
        )
    ],
]


def results(value):
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("text, shape", MODULES, ids=[text for text, _ in MODULES])
def test_module_is_pytorchs(text: str, shape: tuple[int, ...]) -> None:
    ours, theirs = eval(text, vars(nn).copy()), eval(text, vars(torch.nn).copy())
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    rng = np.random.default_rng(0)
    for parameter, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        values = rng.uniform(0.5, 1.5, parameter.shape).astype("float32")
        parameter.data, other.data = autograd.tensor(values), torch.tensor(values)
    for training in (True, True, False):
        ours.train(training), theirs.train(training)
        x = rng.standard_normal(shape).astype("float32")
        x = np.abs(x) if text.startswith("LP") else x
        mine, other = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        found, expected = results(ours(mine)), results(theirs(other))
        for one, another in zip(found, expected, strict=True):
            np.testing.assert_allclose(one.detach().numpy(), another.detach().numpy(), 1e-5, 1e-5)
        found[0].square().sum().backward()
        expected[0].square().sum().backward()
        np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), 1e-4, 1e-4)
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[name].numpy(), value.numpy(), 1e-5, 1e-6, err_msg=name)


PAIR = ((4, 3), (4, 3))
SIGNS = np.array([1, -1, 1, -1])
LOSSES = [
    ("SmoothL1Loss(beta=0.5)", PAIR),
    ("HuberLoss(reduction='sum', delta=0.7)", PAIR),
    ("KLDivLoss(reduction='batchmean', log_target=True)", PAIR),
    ("PoissonNLLLoss(full=True)", PAIR),
    ("GaussianNLLLoss(full=True)", ((4, 3), (4, 3), 0.7)),
    ("HingeEmbeddingLoss(0.5)", ((4,), SIGNS)),
    ("CosineEmbeddingLoss(0.1)", ((4, 3), (4, 3), SIGNS)),
    ("MarginRankingLoss(0.1)", ((4,), (4,), SIGNS)),
    ("SoftMarginLoss()", ((4,), SIGNS)),
    ("MultiMarginLoss(2, 0.5)", ((4, 3), np.array([0, 2, 1, 1]))),
    ("MultiLabelMarginLoss()", ((2, 3), np.array([[0, 2, -1], [1, -1, 0]]))),
    ("MultiLabelSoftMarginLoss()", ((2, 3), np.array([[0.0, 1, 1], [1, 0, 0]], "float32"))),
    ("TripletMarginLoss(0.5, swap=True)", ((4, 3),) * 3),
    ("TripletMarginWithDistanceLoss(margin=0.5, reduction='none')", ((4, 3),) * 3),
    ("CTCLoss(zero_infinity=True)", ((5, 2, 3), np.array([[1, 2], [2, 2]]), np.array([5, 4]), np.array([2, 1]))),
    ("PairwiseDistance(3.0)", PAIR),
    ("CosineSimilarity()", PAIR),
]


@pytest.mark.parametrize("text, given", LOSSES, ids=[text for text, _ in LOSSES])
def test_loss_is_pytorchs(text: str, given: tuple[Any, ...]) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.2, 2.0, value).astype("float32") if isinstance(value, tuple) else value for value in given]
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        inputs = [lib.tensor(x) if isinstance(x, np.ndarray) else x for x in arrays]
        inputs[0].requires_grad_()
        made = eval(text, vars(modules).copy())
        loss = made(inputs[0].log_softmax(-1) if text.startswith("CTC") else inputs[0], *inputs[1:])
        loss.sum().backward()
        found.append((repr(made), loss.detach().numpy(), inputs[0].grad.numpy()))
    assert found[0][0] == found[1][0]
    np.testing.assert_allclose(found[0][1], found[1][1], 1e-5, 1e-6)
    np.testing.assert_allclose(found[0][2], found[1][2], 1e-4, 1e-5)


@pytest.mark.parametrize(
    "text", ["Dropout(0.3)", "Dropout1d()", "Dropout2d()", "Dropout3d()", "AlphaDropout(0.3)", "FeatureAlphaDropout()"]
)
def test_dropout_is_pytorchs(text: str) -> None:
    shape = (3, 5, *(2,) * int(text[7])) if text[7].isdigit() else (3, 5, 2)
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(0)
        made = eval(text, vars(modules).copy())
        x = lib.ones(shape, requires_grad=True)
        y = made(x)
        y.sum().backward()
        found.append((repr(made), y.detach().numpy(), x.grad.numpy()))
        assert made.eval()(x) is x
    assert found[0][0] == found[1][0]
    np.testing.assert_allclose(found[0][1], found[1][1], 1e-6)
    np.testing.assert_allclose(found[0][2], found[1][2], 1e-6)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooling_undoes_pooling(dims: int) -> None:
    size = (2, 3, *(6,) * dims)
    x = np.random.default_rng(1).standard_normal(size).astype("float32")
    found = [
        getattr(lib.nn if lib is torch else nn, f"MaxUnpool{dims}d")(2)(
            *getattr(lib.nn if lib is torch else nn, f"MaxPool{dims}d")(2, return_indices=True)(lib.tensor(x))
        )
        for lib in (autograd, torch)
    ]
    np.testing.assert_array_equal(found[0].numpy(), found[1].numpy())
    assert repr(getattr(nn, f"MaxUnpool{dims}d")(2)) == repr(getattr(torch.nn, f"MaxUnpool{dims}d")(2))


@pytest.mark.parametrize(
    "text, shape",
    [
        ("BatchNorm2d(3)", (2, 3, 4)),
        ("BatchNorm1d(3)", (1, 3)),
        ("InstanceNorm1d(3)", (2, 3, 4, 4)),
        ("InstanceNorm1d(3, affine=True)", (2, 4, 5)),
        ("LayerNorm(3)", (2, 4)),
        ("MaxPool2d(2, padding=2)", (1, 4, 4)),
        ("GroupNorm(3, 4)", (2, 4)),
        ("AdaptiveAvgPool2d(2)", (2, 3)),
        ("Upsample(scale_factor=2, mode='bilinear')", (1, 2, 3)),
    ],
)
def test_errors_are_pytorchs(text: str, shape: tuple[int, ...]) -> None:
    kinds = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        with pytest.raises(Exception) as caught:
            eval(text, vars(modules).copy())(lib.zeros(shape))
        kinds.append(type(caught.value))
    assert kinds[0] is kinds[1]


def test_a_model_with_its_channels_last():
    layers = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv1d(4, 2, 1)
    model = nn.ModuleList(layers).to(memory_format=autograd.channels_last)
    assert model[0].weight.stride() == (27, 1, 9, 3)
    assert model[2].weight.is_contiguous()
    x = autograd.randn(2, 3, 5, 5)
    expected = model[1](model[0](x))
    assert model[1](model[0](x.contiguous(memory_format=autograd.channels_last))).allclose(expected, atol=1e-6)
    volumes = nn.Conv3d(3, 2, 2).to(memory_format=autograd.channels_last_3d)
    assert volumes.weight.stride()[1] == 1
    assert model.to(memory_format=autograd.contiguous_format)[0].weight.is_contiguous()


def test_gradients_pass_through_channels_last():
    x = autograd.randn(1, 2, 3, 3, requires_grad=True)
    laid = x.contiguous(memory_format=autograd.channels_last)
    assert (laid.stride(), laid.equal(x)) == ((18, 1, 6, 2), True)
    (laid * 3).sum().backward()
    assert x.grad.equal(autograd.full_like(x, 3))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda x: nn.functional.max_pool2d(x, 4 / 2), "kernel_size"),
        (lambda x: nn.functional.max_pool2d(x, 2, (1.0, 2)), "stride"),
        (lambda x: nn.functional.avg_pool2d(x, 2, padding=1.0), "padding"),
        (lambda x: nn.functional.avg_pool2d(x, None), "kernel_size"),
        (lambda x: nn.functional.lp_pool2d(x, 2, 2.0), "kernel_size"),
        (lambda x: nn.functional.adaptive_avg_pool2d(x, 2.0), "output_size"),
        (lambda x: nn.functional.adaptive_max_pool2d(x, (2.0, None)), "output_size"),
        (lambda x: nn.functional.unfold(x, 2.0), "kernel_size"),
        (lambda x: nn.functional.pad(x, (1.0, 1)), "pad"),
        (lambda x: nn.functional.pad(x, (1.0, 1), "reflect"), "pad"),
        (lambda x: nn.Conv2d(2, 2, 2.0), "kernel_size"),
        (lambda x: nn.Conv2d(2, 2, 2, stride="2"), "stride"),
        (lambda x: nn.ConvTranspose2d(2, 2, 2, output_padding=0.0), "output_padding"),
        (lambda x: nn.ZeroPad2d(1.0), "padding"),
    ],
)
def test_sizes_that_are_not_ints_are_named(call, argument):
    with pytest.raises(TypeError, match=f"argument '{argument}' must be an int or a tuple of ints, not"):
        call(autograd.ones(1, 2, 4, 4))


def test_sizes_may_be_numpys():
    two = np.int64(2)
    model = nn.Sequential(nn.ZeroPad2d(two), nn.Conv2d(1, 1, two), nn.MaxPool2d(two, two))
    assert model(autograd.ones(1, 1, 3, 3)).shape == (1, 1, 3, 3)

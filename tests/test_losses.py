"""Losses: PyTorch's older keywords for ``reduction``, and weights of elements."""

import inspect
import itertools

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")

rng = np.random.default_rng(0)
X, Y, P = rng.uniform(0.1, 0.9, (3, 4, 3))
SIGNS = np.array([1, -1, 1, -1])
LABELS = np.array([0, 2, 1, 1])
# The module and what it is called with; its function has the same name in small letters.
LOSSES = {
    "MSELoss": (X, Y),
    "L1Loss": (X, Y),
    "SmoothL1Loss": (X, Y),
    "BCELoss": (X, P),
    "BCEWithLogitsLoss": (X, P),
    "NLLLoss": (X, LABELS),
    "CrossEntropyLoss": (X, LABELS),
    "KLDivLoss": (X, P),
    "PoissonNLLLoss": (X, P),
    "HingeEmbeddingLoss": (X[:, 0], SIGNS),
    "CosineEmbeddingLoss": (X, Y, SIGNS),
    "MarginRankingLoss": (X[:, 0], Y[:, 0], SIGNS),
    "SoftMarginLoss": (X[:, 0], SIGNS),
    "MultiMarginLoss": (X, LABELS),
    "MultiLabelMarginLoss": (X, np.array([[0, 2, -1]] * 4)),
    "MultiLabelSoftMarginLoss": (X, np.round(P)),
    "TripletMarginLoss": (X, Y, P),
}
FUNCTIONS = {
    "MSELoss": "mse_loss",
    "L1Loss": "l1_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "NLLLoss": "nll_loss",
    "CrossEntropyLoss": "cross_entropy",
    "KLDivLoss": "kl_div",
    "PoissonNLLLoss": "poisson_nll_loss",
    "HingeEmbeddingLoss": "hinge_embedding_loss",
    "CosineEmbeddingLoss": "cosine_embedding_loss",
    "MarginRankingLoss": "margin_ranking_loss",
    "SoftMarginLoss": "soft_margin_loss",
    "MultiMarginLoss": "multi_margin_loss",
    "MultiLabelMarginLoss": "multilabel_margin_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "TripletMarginLoss": "triplet_margin_loss",
}
OLD = [
    {"size_average": average, "reduce": reduce}
    for average, reduce in itertools.product((None, True, False), repeat=2)
    if (average, reduce) != (None, None)
]


@pytest.mark.parametrize("keywords", OLD, ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_older_keywords_mean_what_they_do_in_pytorch(name, keywords):
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        given = [lib.tensor(x) for x in LOSSES[name]]
        with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated") as seen:
            criterion = getattr(modules, name)(**keywords)
        text = {str(warning.message) for warning in seen}
        with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated") as seen:
            value = getattr(modules.functional, FUNCTIONS[name])(*given, **keywords)
        assert value.equal(criterion(*given))
        found.append((value.numpy(), text | {str(warning.message) for warning in seen}, criterion.reduction))
    np.testing.assert_allclose(found[0][0], found[1][0], 1e-10)
    assert found[0][1:] == found[1][1:]


@pytest.mark.parametrize("name", LOSSES)
def test_arguments_come_in_pytorchs_order(name):
    of = lambda function: [(p.name, p.default) for p in inspect.signature(function).parameters.values()]
    assert of(getattr(nn, name)) == of(getattr(torch.nn, name))
    assert of(getattr(nn.functional, FUNCTIONS[name])) == of(getattr(torch.nn.functional, FUNCTIONS[name]))


@pytest.mark.parametrize("dtype, rtol", [(np.float32, 2e-7), (np.float64, 1e-14)])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_squared_errors_of_many_elements(reduction, dtype, rtol):
    """Which take another way than few; of any order is the derivative, and NaN and inf stay where they are."""
    numbers = np.random.default_rng(0).standard_normal((2, 1 << 16)).astype(dtype)
    x, y = (autograd.tensor(one, requires_grad=True) for one in numbers)
    loss = nn.functional.mse_loss(x, y, reduction=reduction)
    error = np.subtract(*numbers.astype(np.float64))
    count = error.size if reduction == "mean" else 1
    np.testing.assert_allclose(loss.item(), (error**2).sum() / count, rtol)
    slopes = autograd.grad(loss, (x, y), create_graph=True)
    for slope, sign in zip(slopes, (1, -1)):
        np.testing.assert_allclose(slope.detach().numpy(), sign * 2 * error / count, rtol, np.finfo(dtype).eps / count)
    (curve,) = autograd.grad(slopes[0].sum(), y)
    np.testing.assert_allclose(curve.numpy(), -2 / count, rtol)
    with autograd.no_grad():
        x[:2] = autograd.tensor([np.nan, np.inf])
    nn.functional.mse_loss(x, y, reduction=reduction).backward()
    assert np.isnan(x.grad.numpy()[0]) and np.isposinf(x.grad.numpy()[1]) and np.isfinite(x.grad.numpy()[2:]).all()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_of_elements(name, reduction):
    found = []
    for lib, functional in ((autograd, nn.functional), (torch, torch.nn.functional)):
        x, y, weight = (lib.tensor(value, requires_grad=True) for value in (X, Y, P))
        value = getattr(functional, name)(x, y, reduction=reduction, weight=weight)
        value.sum().backward()
        found.append([value.detach().numpy(), *(leaf.grad.numpy() for leaf in (x, y, weight))])
    for mine, theirs in zip(*found):
        np.testing.assert_allclose(mine, theirs, 1e-10, 1e-14)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_of_another_shape_are_refused(name):
    x = autograd.ones(2, 3)
    with pytest.raises(ValueError, match=rf"{name}: Weights and input must have the same size, .* \(3,\) and \(2, 3\)"):
        getattr(nn.functional, name)(x, x, weight=autograd.ones(3))


def test_the_divergence_by_batch_gives_way_to_older_keywords():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        assert nn.KLDivLoss(size_average=False, reduction="batchmean").reduction == "sum"


@pytest.mark.parametrize("call", [lambda nn: nn.HuberLoss(delta="1"), lambda nn: nn.MultiMarginLoss(p=3)])
def test_what_is_refused(call):
    kinds = []
    for modules in (nn, torch.nn):
        with pytest.raises(Exception) as caught:
            call(modules)
        kinds.append((type(caught.value), str(caught.value)))
    assert kinds[0] == kinds[1]


def test_the_old_name_for_images_warns():
    x, y = autograd.tensor(X).reshape(1, 3, 2, 2), autograd.zeros(1, 2, 2).long()
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        criterion = nn.NLLLoss2d()
    assert criterion(x, y).equal(nn.NLLLoss()(x, y))


SCORED = {
    "all at once": {},
    "some at a time": {"options": (None, "aspect_ratio:2")},
    "two at a time": {"options": (2, "auto"), "reduction": "sum"},
    "each on its own": {"options": (1, None), "reduction": "none"},
    "weighted": {"options": (2, None), "weight": np.array([1.0, 2.0, 0.5, 3.0, 1.0]), "ignore_index": 3},
    "smoothed": {"label_smoothing": 0.2},
    "all ignored": {"options": (2, None), "ignore_index": 3, "reduction": "sum"},
}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", SCORED)
def test_cross_entropy_of_a_linear_layer_is_pytorchs(name, bias):
    x, w, b = rng.standard_normal((5, 3)), rng.standard_normal((5, 3)), rng.standard_normal(5)
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        given = {key: lib.tensor(value) if key == "weight" else value for key, value in SCORED[name].items()}
        if "options" in given:
            size, method = given["options"]
            given["options"] = modules.LinearCrossEntropyOptions(batch_chunk_size=size, chunking_method=method)
        leaves = [lib.tensor(value, requires_grad=True) for value in (x, w, *[b][:bias])]
        labels = lib.tensor([3, 3, 3, 3, 3] if name == "all ignored" else [3, 0, 3, 4, 1])
        bias_given = leaves[2] if bias else None
        value = modules.functional.linear_cross_entropy(*leaves[:2], labels, linear_bias=bias_given, **given)
        (value * 3).sum().backward()
        found.append([value.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)])
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-9, 1e-12)


def test_scores_of_some_at_a_time_have_second_derivatives():
    labels = autograd.tensor([0, 2, 1])
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=2)
    x, w, b = (autograd.tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((3, 2), (4, 2), 4))
    loss = lambda x, w, b: nn.functional.linear_cross_entropy(x.sin(), w, labels, linear_bias=b, options=options)
    assert autograd.gradcheck(loss, (x, w, b))
    assert autograd.gradgradcheck(loss, (x, w, b))
    frozen = [nn.functional.linear_cross_entropy(x.detach(), w, labels, options=how) for how in (options, None)]
    assert autograd.grad(frozen[0], w)[0].allclose(autograd.grad(frozen[1], w)[0])


NOT_SCORED = {
    "an input of three dimensions": lambda F, lib, x: F.linear_cross_entropy(x.reshape(1, 4, 3), x, lib.tensor([0])),
    "a vector of weights": lambda F, lib, x: F.linear_cross_entropy(x, x[0], lib.tensor([0])),
    "other features": lambda F, lib, x: F.linear_cross_entropy(x, x[:, :2], lib.tensor([0] * 4)),
    "another bias": lambda F, lib, x: F.linear_cross_entropy(x, x, lib.tensor([0] * 4), linear_bias=x[0]),
    "places of one sample": lambda F, lib, x: F.linear_cross_entropy(x[0], x.reshape(2, 2, 3), lib.tensor([[0, 1]])),
    "an index to ignore in probabilities": lambda F, lib, x: F.linear_cross_entropy(x, x[:3], x, ignore_index=1),
}


@pytest.mark.parametrize("call", NOT_SCORED.values(), ids=NOT_SCORED)
def test_what_a_linear_layer_does_not_score(call):
    for lib, modules in ((torch, torch.nn), (autograd, nn)):
        with pytest.raises(RuntimeError):
            call(modules.functional, lib, lib.tensor(X))


@pytest.mark.parametrize(
    "options", [{"batch_chunk_size": 0}, {"chunking_method": "halves"}, {"chunking_method": "aspect_ratio:0"}]
)
def test_options_that_say_nothing(options):
    for modules in (torch.nn, nn):
        with pytest.raises(ValueError):
            modules.LinearCrossEntropyOptions(**options)


def test_options_that_disagree_or_are_ignored():
    x, labels = autograd.tensor(X), autograd.tensor(LABELS)
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=3, chunking_method="aspect_ratio")
    with pytest.raises(ValueError, match="pass only one"):
        nn.functional.linear_cross_entropy(x, x, labels, options=options)
    with pytest.warns(UserWarning, match="``options`` ignored"):
        nn.functional.linear_cross_entropy(x, x, labels, options=options, label_smoothing=0.1)

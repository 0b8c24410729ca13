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

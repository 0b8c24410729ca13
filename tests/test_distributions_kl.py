"""Divergences: beside PyTorch's where it is installed, by integrals and by samples where not; and their registry."""

import math

import numpy as np
import pytest

import autograd
from autograd import distributions as D
from autograd.distributions import kl

try:
    import torch
except ModuleNotFoundError:
    torch = None

MATRIX = [[2.0, 0.5], [0.5, 1.0]]
# What makes two distributions of each kind.
MAKE = {
    "Bernoulli": ("D.Bernoulli(t([0.2, 0.7]))", "D.Bernoulli(t([0.5, 0.4]))"),
    "Beta": ("D.Beta(t([1.2, 3.0]), t([2.0, 0.7]))", "D.Beta(t([1.5, 1.0]), t([0.5, 1.7]))"),
    "Binomial": ("D.Binomial(5, t([0.2, 0.7]))", "D.Binomial(5, t([0.5, 0.4]))"),
    "Categorical": ("D.Categorical(t([[0.2, 0.8], [1.0, 0.0]]))", "D.Categorical(t([[0.5, 0.5], [0.3, 0.7]]))"),
    "Cauchy": ("D.Cauchy(t([0.2, 0.7]), 1.0)", "D.Cauchy(t([0.5, 0.4]), 2.0)"),
    "ContinuousBernoulli": ("D.ContinuousBernoulli(t([0.2, 0.7]))", "D.ContinuousBernoulli(t([0.5, 0.4]))"),
    "Dirichlet": ("D.Dirichlet(t([0.2, 0.7, 3.0]))", "D.Dirichlet(t([0.5, 0.4, 2.0]))"),
    "Exponential": ("D.Exponential(t([0.2, 0.7]))", "D.Exponential(t([0.5, 1.4]))"),
    "Gamma": ("D.Gamma(t([0.6, 3.0]), t([0.5, 2.0]))", "D.Gamma(t([1.5, 1.0]), t([0.5, 1.7]))"),
    "Geometric": ("D.Geometric(t([0.2, 0.7]))", "D.Geometric(t([0.5, 0.4]))"),
    "Gumbel": ("D.Gumbel(t([0.2, 0.7]), 1.5)", "D.Gumbel(t([0.5, 0.4]), 2.0)"),
    "HalfNormal": ("D.HalfNormal(t([0.2, 0.7]))", "D.HalfNormal(t([0.5, 0.4]))"),
    "Laplace": ("D.Laplace(t([0.2, 0.7]), 1.5)", "D.Laplace(t([0.5, 0.4]), 2.0)"),
    "LogNormal": ("D.LogNormal(t([0.2, 0.7]), 1.5)", "D.LogNormal(t([0.5, 0.4]), 2.0)"),
    "LowRankMultivariateNormal": (
        "D.LowRankMultivariateNormal(t([0.2, 0.7]), t([[1.0], [0.3]]), t([0.5, 1.0]))",
        "D.LowRankMultivariateNormal(t([[0.5, 0.4]]), t([[0.0], [-0.3]]), t([0.7, 2.0]))",
    ),
    "MultivariateNormal": (
        f"D.MultivariateNormal(t([0.2, 0.7]), t({MATRIX}))",
        "D.MultivariateNormal(t([0.5, 0.4]), scale_tril=t([[[1.0, 0.0], [0.5, 2.0]], [[2.0, 0.0], [0.0, 1.0]]]))",
    ),
    "NegativeBinomial": ("D.NegativeBinomial(3, t([0.2, 0.7]))", "D.NegativeBinomial(3, t([0.5, 0.4]))"),
    "Normal": ("D.Normal(t([0.2, 0.7]), 1.5)", "D.Normal(t([0.5, 0.4]), 2.0)"),
    "OneHotCategorical": ("D.OneHotCategorical(t([0.2, 0.8]))", "D.OneHotCategorical(t([0.5, 0.5]))"),
    "Pareto": ("D.Pareto(t([0.5, 0.7]), t([2.5, 4.0]))", "D.Pareto(t([0.3, 0.2]), t([1.5, 1.0]))"),
    "Poisson": ("D.Poisson(t([0.5, 4.0]))", "D.Poisson(t([0.3, 5.0]))"),
    "Uniform": ("D.Uniform(t([0.3, 0.4]), t([0.8, 0.9]))", "D.Uniform(t([-1.0, -0.1]), t([1.5, 1.3]))"),
    "Independent": (
        "D.Independent(D.Normal(t([0.2, 0.7]), 1.5), 1)",
        "D.Independent(D.Normal(t([0.5, 0.4]), 2.0), 1)",
    ),
}


def made(text, library=autograd):
    return eval(text, {"D": library.distributions, "t": lambda x: library.tensor(x, dtype=library.float64)})


def names():
    """The pairs that are registered and made here."""
    pairs = {(p.__name__, q.__name__) for p, q in kl._REGISTERED}
    assert pairs - {(p, q) for p in MAKE for q in MAKE} == {
        ("ExponentialFamily", "ExponentialFamily"), ("TransformedDistribution", "TransformedDistribution"),
    }  # fmt: skip
    return sorted(pairs & {(p, q) for p in MAKE for q in MAKE}) + [("LogNormal", "LogNormal")]


PAIRS = names()


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
def test_all_of_pytorchs_pairs_are_here():
    theirs = {(p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY}
    assert {(p.__name__, q.__name__) for p, q in kl._REGISTERED} == theirs


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("p, q", PAIRS)
def test_divergences_and_their_gradients_are_pytorchs(p, q):
    found, expected = (
        library.distributions.kl_divergence(made(MAKE[p][0], library), made(MAKE[q][1], library))
        for library in (autograd, torch)
    )
    assert tuple(found.shape) == tuple(expected.shape)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), 1e-9, 1e-12)
    found = D.kl_divergence(made(MAKE[p][1]), made(MAKE[q][0]))
    expected = torch.distributions.kl_divergence(made(MAKE[p][1], torch), made(MAKE[q][0], torch))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), 1e-9, 1e-12)


@pytest.mark.parametrize("p, q", [pair for pair in PAIRS if pair != ("Cauchy", "Cauchy")])
def test_a_divergence_is_the_mean_of_the_difference_of_logarithms(p, q):
    first, second = made(MAKE[p][0]), made(MAKE[q][1])
    found = D.kl_divergence(first, second).numpy()
    autograd.manual_seed(0)
    x = first.expand(found.shape).sample((20_000,))
    if np.isinf(found).all():
        # There are values of p that q can't have.
        assert not second.support.check(x).all()
        return
    # Rounding makes 1 of beta numbers that are nearly 1.
    x = x.clamp(1e-12, 1 - 1e-12) if p == "Beta" else x
    differences = (first.log_prob(x) - second.log_prob(x)).numpy()
    error = 6 * differences.std(0) / math.sqrt(len(x)) + 1e-9
    finite = np.isfinite(found)
    assert (np.abs(differences.mean(0) - found) < error)[finite].all()


@pytest.mark.parametrize("name", [name for name in MAKE if name != "NegativeBinomial"])
def test_no_divergence_from_itself(name):
    for text in MAKE[name]:
        np.testing.assert_allclose(D.kl_divergence(made(text), made(text)).numpy(), 0, atol=1e-12)


def test_the_ends_of_an_interval_are_in_it():
    unit, between = D.Uniform(0.0, 1.0), D.ContinuousBernoulli(autograd.tensor(0.3))
    assert D.kl_divergence(unit, between).isfinite() and D.kl_divergence(between, unit).isfinite()
    assert D.kl_divergence(D.Uniform(-0.1, 1.0), between).isinf()
    never, sometimes = D.Bernoulli(autograd.tensor([0.0, 0.0])), D.Bernoulli(autograd.tensor([0.0, 0.5]))
    assert D.kl_divergence(sometimes, never).tolist() == [0, math.inf]


def test_exponential_families_have_entropies_and_divergences_by_derivatives():
    for name in ("Normal", "Gamma", "Exponential", "Dirichlet", "Bernoulli", "Beta", "Poisson"):
        p, q = (made(text) for text in MAKE[name])
        found = kl._REGISTERED[D.ExponentialFamily, D.ExponentialFamily](p, q)
        np.testing.assert_allclose(found.detach().numpy(), D.kl_divergence(p, q).numpy(), 1e-8)
        if name in ("Normal", "Exponential", "Bernoulli"):
            entropy = D.ExponentialFamily.entropy(p)
            np.testing.assert_allclose(entropy.detach().numpy(), p.entropy().numpy(), 1e-8)
    wisharts = [D.Wishart(autograd.tensor(df), autograd.eye(2)) for df in (3.0, 4.0)]
    assert D.kl_divergence(*wisharts) > 0
    with pytest.raises(NotImplementedError, match=r"cannot be computed using Bregman.*Poisson and Wishart"):
        D.kl_divergence(D.Poisson(autograd.tensor(1.0)), wisharts[0])


@pytest.mark.parametrize(
    "message, p, q",
    [
        ("No KL.* p type NegativeBinomial and q type Normal", MAKE["NegativeBinomial"][0], MAKE["Normal"][0]),
        ("total_count > p.total_count", "D.Binomial(3, t([0.5]))", "D.Binomial(4, t([0.5]))"),
        ("transforms or event shapes differ", MAKE["LogNormal"][0], "D.Weibull(t([1.0]), 2.0)"),
        ("reinterpreted dimensions", MAKE["Independent"][0], "D.Independent(D.Normal(t([0.5, 0.4]), 2.0), 0)"),
    ],
)  # fmt: skip
def test_pairs_without_a_formula(message, p, q):
    with pytest.raises(NotImplementedError, match=message):
        D.kl_divergence(made(p), made(q))
    three = D.MultivariateNormal(autograd.zeros(3), autograd.eye(3))
    with pytest.raises(ValueError, match="different event shapes"):
        D.kl_divergence(D.MultivariateNormal(autograd.zeros(2), autograd.eye(2)), three)


def test_formulas_are_registered():
    class Mine(D.Normal):
        pass

    class Other(Mine):
        pass

    before = dict(kl._REGISTERED)
    try:
        mine, normal = Other(0.0, 1.0), D.Normal(1.0, 1.0)
        assert D.kl_divergence(mine, normal).item() == 0.5
        D.register_kl(Mine, D.Normal)(lambda p, q: "mine")
        assert D.kl_divergence(mine, normal) == "mine"
        D.register_kl(D.Normal, Mine)(lambda p, q: "another")
        with pytest.warns(RuntimeWarning, match=r"Ambiguous kl_divergence\(Other, Other\)\..*\(Mine, Mine\)"):
            assert D.kl_divergence(mine, mine) == "mine"
    finally:
        kl._REGISTERED.clear()
        kl._REGISTERED.update(before)
        kl._FOUND.clear()
    for arguments in ((3, D.Normal), (D.Normal, "Normal")):
        with pytest.raises(TypeError, match="to be a Distribution subclass"):
            D.register_kl(*arguments)

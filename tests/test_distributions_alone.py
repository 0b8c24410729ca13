"""Distributions without PyTorch: beside SciPy's, by integrals and by samples; what they refuse and what they keep."""

import contextlib
import copy
import math
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
import scipy.special
import scipy.stats

import autograd
from autograd import Tensor
from autograd import distributions as D
from autograd.composed.random import sample_dirichlet, standard_gamma
from autograd.distributions import constraints
from autograd.distributions.utils import (
    broadcast_all,
    clamp_probs,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
    tril_matrix_to_vec,
    vec_to_tril_matrix,
)


def f64(values, requires_grad=False):
    return autograd.tensor(values, dtype=autograd.float64, requires_grad=requires_grad)


A, B = 1.7, 2.3
MATRIX = np.array([[2.0, 0.5], [0.5, 1.0]])
S = scipy.stats
# A distribution with the parameters A and B, the same of SciPy's, and values.
SCIPY = [
    (lambda a, b: D.Normal(a, b), S.norm(A, B), [-1.0, 0.3, 4.0]),
    (lambda a, b: D.LogNormal(a, b), S.lognorm(B, scale=math.exp(A)), [0.1, 2.0, 9.0]),
    (lambda a, b: D.Uniform(a, b), S.uniform(A, B - A), [1.8, 2.0, 2.2]),
    (lambda a, b: D.Beta(a, b), S.beta(A, B), [0.1, 0.4, 0.9]),
    (lambda a, b: D.Gamma(a, b), S.gamma(A, scale=1 / B), [0.1, 0.7, 2.0]),
    (lambda a, b: D.InverseGamma(a + 1, b), S.invgamma(A + 1, scale=B), [0.3, 1.0, 3.0]),
    (lambda a, b: D.Exponential(b), S.expon(scale=1 / B), [0.1, 0.7, 2.0]),
    (lambda a, b: D.Laplace(a, b), S.laplace(A, B), [-1.0, 1.8, 4.0]),
    (lambda a, b: D.Cauchy(a, b), S.cauchy(A, B), [-1.0, 1.8, 4.0]),
    (lambda a, b: D.HalfCauchy(b), S.halfcauchy(scale=B), [0.1, 1.8, 4.0]),
    (lambda a, b: D.HalfNormal(b), S.halfnorm(scale=B), [0.1, 1.8, 4.0]),
    (lambda a, b: D.StudentT(b + 2, a, b), S.t(B + 2, A, B), [-1.0, 1.8, 4.0]),
    (lambda a, b: D.Chi2(b), S.chi2(B), [0.1, 1.8, 4.0]),
    (lambda a, b: D.FisherSnedecor(a, b + 3), S.f(A, B + 3), [0.1, 1.8, 4.0]),
    (lambda a, b: D.Gumbel(a, b), S.gumbel_r(A, B), [-1.0, 1.8, 4.0]),
    (lambda a, b: D.Pareto(a, b), S.pareto(B, scale=A), [1.8, 2.5, 8.0]),
    (lambda a, b: D.Weibull(a, b), S.weibull_min(B, scale=A), [0.1, 1.8, 4.0]),
    (lambda a, b: D.GeneralizedPareto(a, b, a / 10), S.genpareto(A / 10, A, B), [1.8, 2.5, 8.0]),
    (lambda a, b: D.GeneralizedPareto(a, b, -a / 10), S.genpareto(-A / 10, A, B), [1.8, 2.5, 8.0]),
    (lambda a, b: D.VonMises(a / 2, b), S.vonmises(B, loc=A / 2), [-1.0, 0.5, 2.0]),
    (lambda a, b: D.Bernoulli(a / 3), S.bernoulli(A / 3), [0, 1]),
    (lambda a, b: D.Binomial(9, a / 3), S.binom(9, A / 3), [0, 4, 9]),
    (lambda a, b: D.Geometric(a / 3), S.geom(A / 3, loc=-1), [0, 1, 5]),
    (lambda a, b: D.NegativeBinomial(b, a / 3), S.nbinom(B, 1 - A / 3), [0, 1, 5]),
    (lambda a, b: D.Poisson(a), S.poisson(A), [0, 1, 5]),
]  # fmt: skip
NAMES = [type(make(f64(A), f64(B))).__name__ for make, *_ in SCIPY]
beside_scipy = pytest.mark.parametrize("make, theirs, values", SCIPY, ids=NAMES)


def close(found, expected, rtol=1e-8, atol=1e-10):
    np.testing.assert_allclose(found.detach().numpy() if isinstance(found, Tensor) else found, expected, rtol, atol)


@beside_scipy
def test_densities_and_moments_are_scipys(make, theirs, values):
    ours, x = make(f64(A), f64(B)), np.array(values, float)
    density = getattr(theirs, "logpdf", None) if hasattr(theirs.dist, "logpdf") else theirs.logpmf
    close(ours.log_prob(f64(x)), density(x))
    for method, argument in (("cdf", x), ("icdf", np.array([0.1, 0.5, 0.8]))):
        try:
            found = getattr(ours, method)(f64(argument))
        except NotImplementedError:
            continue
        close(found, theirs.cdf(x) if method == "cdf" else theirs.ppf(argument), 1e-7)
    # The mean and the variance of directions are others.
    if not isinstance(ours, D.VonMises):
        for attribute, moment in (("mean", theirs.mean()), ("variance", theirs.var())):
            if np.isfinite(moment):
                close(getattr(ours, attribute), moment)
    with contextlib.suppress(NotImplementedError):
        close(ours.entropy(), theirs.entropy(), 1e-6)


def test_densities_of_vectors_and_matrices_are_scipys():
    x = np.array([0.3, -1.2])
    ours = D.MultivariateNormal(f64([0.5, 1.0]), f64(MATRIX))
    close(ours.log_prob(f64(x)), S.multivariate_normal([0.5, 1.0], MATRIX).logpdf(x))
    low = D.LowRankMultivariateNormal(f64([0.5, 1.0]), f64([[1.0], [0.5]]), f64([1.0, 0.75]))
    close(low.log_prob(f64(x)), ours.log_prob(f64(x)).item())
    close(D.Wishart(f64(3.5), f64(MATRIX)).log_prob(f64(2 * MATRIX)), S.wishart(3.5, MATRIX).logpdf(2 * MATRIX))
    alpha, point, p, counts = [1.5, 2.0, 3.0], [0.2, 0.3, 0.5], [0.1, 0.3, 0.6], [1, 1, 3]
    close(D.Dirichlet(f64(alpha)).log_prob(f64(point)), S.dirichlet(alpha).logpdf(point))
    close(D.Dirichlet(f64(alpha)).entropy(), S.dirichlet(alpha).entropy())
    multinomial = D.Multinomial(5, f64(p))
    close(multinomial.log_prob(f64(counts)), S.multinomial(5, p).logpmf(counts))
    close(multinomial.entropy(), S.multinomial(5, p).entropy())


def test_matrices_that_were_not_given_follow():
    batch = f64(np.stack([MATRIX, 3 * MATRIX + np.eye(2)]))
    zeros, factor = f64([0.0, 0.0]), autograd.linalg.cholesky(batch)
    low_rank = D.LowRankMultivariateNormal(zeros, f64([[[1.0], [0.5]], [[2.0], [0.1]]]), f64([1.0, 0.75]))
    for made in (
        D.MultivariateNormal(zeros, batch),
        D.MultivariateNormal(zeros, precision_matrix=batch),
        D.MultivariateNormal(zeros, scale_tril=factor),
        D.Wishart(4.0, batch),
        D.Wishart(4.0, precision_matrix=batch),
        low_rank,
    ):
        for one in (made, made.expand((3, 2))):
            covariance, identity = one.covariance_matrix, np.broadcast_to(np.eye(2), (*one.batch_shape, 2, 2))
            close(covariance @ one.precision_matrix, identity)
            close(one.scale_tril @ one.scale_tril.mT, covariance.numpy())
            assert constraints.lower_cholesky.check(one.scale_tril).all()


def test_modes_are_where_the_density_is_largest():
    for distribution in (
        D.Kumaraswamy(f64(A), f64(B)), D.Beta(f64(A), f64(B)), D.Gamma(f64(A), f64(B)), D.LogNormal(f64(A), f64(B)),
        D.Weibull(f64(A), f64(B)), D.FisherSnedecor(f64(2 * B), f64(A)), D.InverseGamma(f64(A), f64(B)),
    ):  # fmt: skip
        mode = distribution.mode
        for near in (mode * 0.99, mode * 1.01):
            assert distribution.log_prob(near) < distribution.log_prob(mode)
    assert D.Dirichlet(f64([0.2, 0.5, 0.3])).mode.tolist() == [0, 1, 0]


# Whose samples are tested: the mean of many, and the standard deviation of that mean.
SAMPLED = [make for make, *_ in SCIPY if not math.isinf(make(f64(A), f64(B)).variance.item())] + [
    lambda a, b: D.Kumaraswamy(a, b),
    lambda a, b: D.ContinuousBernoulli(a / 3),
    lambda a, b: D.Binomial(500, a / 10),
    lambda a, b: D.Poisson(20 * b),
    lambda a, b: D.Gamma(a / 5, b),
    lambda a, b: D.Categorical(autograd.stack([a, b])),
    lambda a, b: D.Dirichlet(autograd.stack([a, b, b])),
    lambda a, b: D.Multinomial(7, autograd.stack([a, b])),
    lambda a, b: D.MultivariateNormal(autograd.stack([a, b]), f64(MATRIX)),
    lambda a, b: D.Wishart(b + 2, f64(MATRIX)),
    lambda a, b: D.OneHotCategorical(autograd.stack([a, b])),
    lambda a, b: D.MixtureSameFamily(D.Categorical(autograd.stack([a, b])), D.Normal(autograd.stack([a, -b]), b)),
    lambda a, b: D.Independent(D.Gamma(autograd.stack([a, b]), b), 1),
]


@pytest.mark.parametrize("make", SAMPLED)
def test_the_means_of_samples(make):
    distribution, n = make(f64(A), f64(B)), 4000
    autograd.manual_seed(3)
    found = distribution.sample((n,)).numpy().astype(float)
    if isinstance(distribution, D.Categorical):
        found, mean, deviation = found == 1, B / (A + B), 0.5
    elif isinstance(distribution, D.VonMises):
        found, mean, deviation = np.sin(found - A / 2), 0.0, 1.0
    else:
        mean, deviation = distribution.mean.numpy(), distribution.stddev.numpy()
        # Fourth moments say how good a sample's deviation is, and some have none.
        if not isinstance(distribution, (D.Pareto, D.InverseGamma, D.FisherSnedecor, D.LogNormal)):
            assert (np.abs(found.std(0) / deviation - 1) < 0.15).all()
    assert (np.abs(found.mean(0) - mean) < 5 * deviation / math.sqrt(n)).all()


def test_correlations_by_lkj_are_uniform_for_a_concentration_of_1():
    autograd.manual_seed(0)
    factors = D.LKJCholesky(2, f64(1.0)).sample((4000,))
    correlation = (factors @ factors.mT)[:, 0, 1].numpy()
    assert S.kstest(correlation, S.uniform(-1, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize("alpha", [0.05, 0.7, 3.0, 60.0])
def test_gradients_of_gamma_numbers_are_those_of_their_quantiles(alpha):
    autograd.manual_seed(0)
    a = f64(np.full(20, alpha), True)
    drawn = standard_gamma(a)
    (found,) = autograd.grad(drawn.sum(), a)
    x, step = drawn.detach().numpy(), 1e-4 * alpha
    high = scipy.special.gammaincc(alpha, x)
    at = lambda k: scipy.special.gammainccinv(alpha + k * step, high)
    expected = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
    close(found, expected, 1e-6)
    # What the op computes elsewhere moves so too.
    op = drawn.node.op
    moved = op.forward(np.full(20, alpha + step), x, np.full(20, alpha))
    close((moved - x) / step, expected, 1e-3)


def test_gradients_of_dirichlet_points_are_those_of_their_quantiles():
    autograd.manual_seed(0)
    alpha, weights = np.array([[0.3, 1.2, 4.0], [30.0, 0.8, 2.0]]), np.array([[1.0, -2.0, 0.5], [0.3, 1.0, 2.0]])
    a = f64(alpha, True)
    drawn = sample_dirichlet(a)
    (found,) = autograd.grad((drawn * f64(weights)).sum(), a)
    op, x, step = drawn.node.op, drawn.detach().numpy(), 1e-5
    assert np.allclose(x.sum(-1), 1)
    for j in range(3):
        nudge = step * np.eye(3)[j] * np.ones_like(alpha)
        high, low = (op.forward(alpha + sign * nudge, x, alpha) for sign in (1, -1))
        assert np.allclose(high.sum(-1), 1)
        close(found[:, j], ((high - low) / (2 * step) * weights).sum(-1), 1e-5)


@pytest.mark.parametrize("make", [D.Beta, D.Gamma, lambda a, b: D.StudentT(a + 3, a, b)])
def test_gradients_of_samples_are_those_of_expectations(make):
    """Of the mean of squares over many samples: that of variance + mean²."""
    a, b = f64(A, True), f64(B, True)
    distribution = make(a, b)
    expected = autograd.grad(distribution.variance + distribution.mean**2, [a, b])
    autograd.manual_seed(0)
    found = autograd.grad((make(a, b).rsample((40_000,)) ** 2).mean(), [a, b])
    for one, other in zip(found, expected):
        assert abs(one.item() - other.item()) < 0.05 * max(1, abs(other.item()))


def test_second_derivatives_of_samples_are_refused():
    a = f64([2.0], True)
    (slope,) = autograd.grad(D.Gamma(a, 1.0).rsample().sum(), a, create_graph=True)
    with pytest.raises(NotImplementedError, match="gamma_slope: the derivative for"):
        slope.sum().backward()


def test_samples_have_no_graph_and_rsamples_do():
    loc = f64([1.0], True)
    for distribution in (D.Normal(loc, 1.0), D.Gamma(loc, 1.0), D.LogNormal(loc, 1.0), D.Beta(loc, 1.0)):
        assert distribution.has_rsample
        assert not distribution.sample().requires_grad
        assert distribution.rsample().requires_grad
    assert not D.Bernoulli(loc / 2).sample().requires_grad
    with pytest.raises(NotImplementedError):
        D.Bernoulli(loc / 2).rsample()


def test_reinforce_learns_the_better_arm():
    autograd.manual_seed(0)
    logits = f64([0.0, 0.0, 0.0], True)
    for _ in range(60):
        policy = D.Categorical(logits=logits)
        arm = policy.sample((20,))
        loss = -(policy.log_prob(arm) * (arm == 1).double()).mean()
        (slope,) = autograd.grad(loss, logits)
        logits = (logits - slope).detach().requires_grad_()
    assert D.Categorical(logits=logits).mode.item() == 1


def test_samples_of_one_seed_are_alike_and_others_not():
    m = D.Gamma(f64([2.0]), 1.0)
    autograd.manual_seed(5)
    first, second = m.sample((4,)), m.sample((4,))
    autograd.manual_seed(5)
    assert m.sample((4,)).equal(first) and not first.equal(second)
    g = autograd.Generator().manual_seed(1)
    rates = f64([3.0, 50.0])
    one = autograd.poisson(rates, g)
    assert autograd.poisson(rates, autograd.Generator().manual_seed(1)).equal(one)


NAN, SIGNS, ONES = math.nan, f64([1.0, -1.0]), autograd.ones(2, 3, dtype=autograd.float64)
NORMALS, MIXED = D.Normal(SIGNS, 1.0), D.Categorical(ONES[:, :2])


@pytest.mark.parametrize(
    "error, message, call",
    [
        (ValueError, r"parameter scale \(Tensor of shape \(2,\)\).* Normal.*GreaterThan", lambda: D.Normal(0.0, SIGNS)),
        (ValueError, "Expected parameter loc .*to satisfy the constraint Real", lambda: D.Normal(NAN, 1.0)),
        (ValueError, "within the support .Interval.lower_bound=0.0", lambda: D.Beta(1.0, 1.0).log_prob(f64(2.0))),
        (ValueError, "value argument to log_prob must be a Tensor", lambda: D.Normal(0.0, 1.0).log_prob(1.0)),
        (ValueError, "must match event_shape", lambda: D.Dirichlet(f64([1.0, 2.0])).log_prob(f64([1.0]))),
        (ValueError, "not broadcastable with batch_shape", lambda: NORMALS.log_prob(f64([1.0, 2.0, 3.0]))),
        (ValueError, "Either `probs` or `logits` must be specified", lambda: D.Bernoulli()),
        (ValueError, "but not both", lambda: D.Categorical(f64([1.0]), f64([1.0]))),
        (ValueError, "`probs` parameter must be at least one-dimensional", lambda: D.Categorical(f64(1.0))),
        (ValueError, "must be Tensors or numbers, not str", lambda: D.Normal("0", 1.0)),
        (ValueError, "to be positive but found", lambda: D.Geometric(f64([0.0]))),
        (ValueError, "Exactly one of covariance_matrix", lambda: D.MultivariateNormal(SIGNS)),
        (ValueError, "loc must be at least one-dimensional", lambda: D.MultivariateNormal(f64(0.0), f64([[1.0]]))),
        (ValueError, "scale_tril must be at least two-dim", lambda: D.MultivariateNormal(SIGNS, scale_tril=SIGNS)),
        (ValueError, "matrices with shape 2", lambda: D.LowRankMultivariateNormal(SIGNS, f64([[1.0]]), SIGNS)),
        (ValueError, "Value of df=1.* greater than ndim - 1 = 1", lambda: D.Wishart(1.0, f64(MATRIX))),
        (ValueError, "greater than or equal to 2. Found dim=1", lambda: D.LKJCholesky(1)),
        (ValueError, "reinterpreted_batch_ndims <= len", lambda: D.Independent(D.Normal(0.0, 1.0), 1)),
        (ValueError, "instance of distributions.Categorical", lambda: D.MixtureSameFamily(NORMALS, NORMALS)),
        (ValueError, r"component` \(3\) does not equal", lambda: D.MixtureSameFamily(D.Categorical(ONES[0]), NORMALS)),
        (ValueError, "is not compatible with", lambda: D.MixtureSameFamily(MIXED, D.Normal(ONES.mT, 1.0))),
        (ValueError, "must be a Transform or a list", lambda: D.TransformedDistribution(NORMALS, [3])),
        (ValueError, "size at least 1", lambda: D.TransformedDistribution(D.Normal(0, 1), D.SoftmaxTransform())),
        (NotImplementedError, "inhomogeneous total_count", lambda: D.Multinomial(f64(2.0), f64([1.0]))),
        (NotImplementedError, "Inhomogeneous total count", lambda: D.Binomial(f64([1.0, 2.0]), f64(0.5)).entropy()),
        (NotImplementedError, "cartesian product", lambda: D.Independent(NORMALS, 1).enumerate_support()),
        (NotImplementedError, "does not implement mode", lambda: D.LogisticNormal(f64([0.0]), 1.0).mode),
        (ValueError, "expected True or False", lambda: D.Distribution.set_default_validate_args("yes")),
    ],
)  # fmt: skip
def test_what_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()


def test_validation_can_be_turned_off():
    assert D.Normal(0.0, f64([-1.0]), validate_args=False).scale.item() == -1
    try:
        D.Distribution.set_default_validate_args(False)
        assert D.Normal(0.0, f64([-1.0])).log_prob(2.0 * f64([1.0])).isnan().all()
        with pytest.raises(ValueError, match="Expected parameter scale"):
            D.Normal(0.0, f64([-1.0]), validate_args=True)
    finally:
        D.Distribution.set_default_validate_args(True)


class Shifted(D.Normal):
    """With a parameter of its own, and so an expand."""

    def __init__(self, shift, validate_args=None):
        self.shift = shift
        super().__init__(shift, 1.0, validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Shifted, _instance)
        new.shift = self.shift.expand(batch_shape)
        return super().expand(batch_shape, _instance=new)


def test_subclasses_expand():
    class Plain(D.Normal):
        pass

    class Careless(D.Normal):
        def __init__(self, loc):
            super().__init__(loc, 1.0)

    assert type(Plain(f64(0.0), 1.0).expand((2,))) is Plain
    wide = Shifted(f64([1.0])).expand((3, 1))
    assert (wide.shift.shape, wide.loc.shape, wide.batch_shape) == ((3, 1), (3, 1), (3, 1))
    with pytest.raises(NotImplementedError, match="Subclass Careless of Normal that defines a custom __init__"):
        Careless(f64(0.0)).expand((2,))
    with pytest.raises(NotImplementedError, match=r"Distribution does not define expand"):
        D.Distribution(validate_args=False).expand((2,))


def test_a_distribution_that_says_little():
    class Bare(D.Distribution):
        def rsample(self, sample_shape=()):
            return autograd.ones(self._extended_shape(sample_shape))

    with pytest.warns(UserWarning, match="does not define `arg_constraints`"):
        bare = Bare((2,), (3,))
    assert bare.sample((4,)).shape == (4, 2, 3)
    with pytest.warns(UserWarning, match="does not define `support`"):
        bare._validate_sample(autograd.ones(2, 3))
    for attribute in ("mean", "mode", "variance", "stddev"):
        with pytest.raises(NotImplementedError):
            getattr(bare, attribute)
    for call in (bare.entropy, bare.perplexity, bare.enumerate_support, lambda: bare.cdf(0), lambda: bare.icdf(0)):
        with pytest.raises(NotImplementedError):
            call()
    with pytest.warns(FutureWarning, match=r"Use sample\(\(n,\)\)"):
        assert bare.sample_n(5).shape == (5, 2, 3)


def test_support_is_enumerated():
    assert D.Bernoulli(f64([0.1, 0.2])).enumerate_support().tolist() == [[0, 0], [1, 1]]
    assert D.Bernoulli(f64([0.1, 0.2])).enumerate_support(False).tolist() == [[0], [1]]
    assert D.Binomial(2, f64([0.1])).enumerate_support().tolist() == [[0], [1], [2]]
    assert D.Categorical(autograd.ones(2, 3)).enumerate_support(False).shape == (3, 1)
    assert D.OneHotCategorical(autograd.ones(4, 3)).enumerate_support().shape == (3, 4, 3)
    independent = D.Independent(D.Bernoulli(f64([0.5])), 0)
    assert independent.has_enumerate_support and independent.enumerate_support().shape == (2, 1)
    total = D.Binomial(6, f64([0.3, 0.9]))
    close(total.log_prob(total.enumerate_support()).exp().sum(0), [1, 1])


def test_mixtures_broadcast_and_expand():
    weights, locations = f64([0.3, 0.7]), f64(np.arange(6.0).reshape(3, 2))
    mixture = D.MixtureSameFamily(D.Categorical(weights), D.Normal(locations, 1.0))
    assert mixture.batch_shape == (3,) and mixture.sample((5,)).shape == (5, 3)
    x = np.array([0.1, 2.0, 4.0])
    expected = 0.3 * S.norm(locations.numpy()[:, 0], 1).pdf(x) + 0.7 * S.norm(locations.numpy()[:, 1], 1).pdf(x)
    close(mixture.log_prob(f64(x)).exp(), expected)
    close(mixture.expand((4, 3)).log_prob(f64(x)).exp(), np.broadcast_to(expected, (4, 3)))
    assert mixture.cdf(f64(x)).shape == (3,) and mixture.mean.shape == (3,)
    vectors = D.MixtureSameFamily(D.Categorical(weights), D.MultivariateNormal(f64(MATRIX), f64(MATRIX)))
    assert vectors.event_shape == (2,) and vectors.sample((4, 3)).shape == (4, 3, 2)
    assert (vectors.mean.shape, vectors.variance.shape) == ((2,), (2,))
    assert repr(vectors).startswith(
        "MixtureSameFamily(\n  Categorical(probs: autograd.Size([2])),\n  MultivariateNormal"
    )
    with pytest.raises(ValueError, match=r"within the support \(MixtureSameFamilyConstraint\(Real"):
        mixture.log_prob(f64([NAN, 0, 0]))


def test_distributions_are_copied_and_pickled():
    one = f64([1.0])
    for made in (D.Gamma(one, 2.0), D.LogNormal(one, 2.0), D.Categorical(f64([1.0, 2.0])), D.Gumbel(one, 1.0)):
        assert made.variance is not None
        for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
            assert repr(other) == repr(made)
            np.testing.assert_array_equal(other.mean.numpy(), made.mean.numpy())


def test_samples_of_nothing_and_of_what_is_no_number():
    assert D.Gamma(f64(np.zeros((0, 2)) + 1), 1.0).sample((3,)).shape == (3, 0, 2)
    unchecked = {"validate_args": False}
    for made in (D.Gamma(f64([NAN, -1.0]), 1.0, **unchecked), D.VonMises(f64([NAN]), 1.0, **unchecked)):
        assert made.sample().isnan().all()
    assert D.Poisson(f64([0.0])).sample().item() == 0
    with pytest.raises(RuntimeError, match="expected rate to be finite and non-negative"):
        D.Poisson(f64([NAN]), **unchecked).sample()
    # Beyond what int64 holds, as near.
    many = D.Poisson(f64([1e20])).sample((100,))
    assert ((many - 1e20).abs() < 1e11).all() and D.Binomial(f64([1e20]), f64([0.5])).sample().item() > 4e19
    with pytest.raises(NotImplementedError, match="standard_gamma: for float32 and float64 only"):
        D.Gamma(autograd.ones(2, dtype=autograd.float16), 1.0).sample()


def test_utils():
    assert [x.shape for x in broadcast_all(1.0, f64([[1.0], [2.0]]), f64([1.0, 2.0]))] == [(2, 2)] * 3
    assert broadcast_all(True, 2)[0].dtype == autograd.get_default_dtype()
    close(logits_to_probs(probs_to_logits(f64([0.2, 0.8]))), [0.2, 0.8])
    close(logits_to_probs(probs_to_logits(f64([0.2, 0.9]), True), True), [0.2, 0.9])
    assert clamp_probs(f64([0.0, 1.0])).log().isfinite().all()
    matrix = f64(np.arange(18.0).reshape(2, 3, 3))
    for diagonal in (-1, 0, 1):
        vector = tril_matrix_to_vec(matrix, diagonal)
        assert vec_to_tril_matrix(vector, diagonal).equal(matrix.tril(diagonal))
    with pytest.raises(ValueError, match="The size of last dimension is 4"):
        vec_to_tril_matrix(f64([1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(ValueError, match=r"diag \(3\) provided is outside \[-3, 2\]"):
        tril_matrix_to_vec(matrix, 3)

    class Lazy:
        @lazy_property
        def value(self):
            """What is computed."""
            return f64([1.0], True) * 2

    assert isinstance(Lazy.value, lazy_property) and Lazy.value.__doc__ == "What is computed."
    lazy = Lazy()
    with autograd.no_grad():
        assert lazy.value.requires_grad and lazy.value is lazy.value


def test_constraints_of_tensors():
    check = lambda constraint, values: constraint.check(f64(values)).tolist()
    assert check(constraints.lower_cholesky, [[[1, 0], [2, 3]], [[1, 1], [2, 3]], [[-1, 0], [2, 3]]]) == [
        True,
        False,
        False,
    ]
    assert check(constraints.positive_definite, [MATRIX, -MATRIX, [[1, 2], [2, 1]]]) == [True, False, False]
    assert check(constraints.positive_semidefinite, [[1, 1], [1, 1]]) is True
    assert check(constraints.symmetric, [[1, 1], [2, 1]]) is False
    assert check(constraints.square, [[[1, 2, 3]]]) == [False]
    assert check(constraints.one_hot, [[0, 1], [1, 1]]) == [True, False]
    assert check(constraints.nonnegative_integer, [0, 1.5, -1]) == [True, False, False]
    assert check(constraints.cat([constraints.positive, constraints.real], lengths=[1, 2]), [-1, -1, 1]) == [
        False,
        True,
        True,
    ]
    assert check(constraints.stack([constraints.positive, constraints.real]), [-1, -1]) == [False, True]
    assert check(constraints.independent(constraints.positive, 1), [[1, -1], [1, 1]]) == [False, True]
    with pytest.raises(ValueError, match=r"Expected value.dim\(\) >= 1 but got 0"):
        constraints.real_vector.check(f64(1.0))
    with pytest.raises(ValueError, match="Cannot determine validity of dependent"):
        constraints.dependent.check(f64(1.0))
    known = constraints.dependent(is_discrete=True)(event_dim=1)
    assert (known.is_discrete, known.event_dim) == (True, 1) and constraints.is_dependent(known)
    with pytest.raises(NotImplementedError, match=r"\.event_dim cannot be determined statically"):
        _ = constraints.dependent.event_dim
    assert constraints.is_dependent(D.Uniform.support) and D.Uniform.support.event_dim == 0
    text = "Independent(Interval(lower_bound=0, upper_bound=1), 1)"
    assert repr(constraints.independent(constraints.interval(0, 1), 1)) == text
    for wrong in (lambda: constraints.independent(3, 1), lambda: constraints.cat([3]), lambda: constraints.stack([3])):
        with pytest.raises(AssertionError):
            wrong()


def test_distributions_are_imported_when_they_are_asked_for():
    code = (
        "import autograd, sys; print('distributions' in dir(autograd), 'autograd.distributions' in sys.modules); "
        "print(autograd.distributions.Normal(0., 1.))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert found == "True False\nNormal(loc: 0.0, scale: 1.0)\n"
    assert sorted(set(D.__all__)) == sorted(D.__all__) and all(hasattr(D, name) for name in D.__all__)


def test_wisharts_of_few_degrees_warn_and_draw_again():
    with pytest.warns(UserWarning, match="Low df values"):
        made = D.Wishart(f64(1.5), f64(MATRIX))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert made.support.check(made.sample((20,))).all()


def test_a_trace_measures_the_gradients_of_samples():
    """The player computes the samples again, with parameters that are a little different."""
    autograd.manual_seed(0)
    alpha = autograd.tensor([0.5, 2.0, 7.0], dtype=autograd.float32, requires_grad=True)
    for distribution in (D.Gamma(alpha, 2.0), D.Dirichlet(alpha)):
        with autograd.trace() as steps:
            (distribution.rsample() * f64([1.0, -2.0, 3.0])).sum().backward()
        checks = [step["check"] for step in steps.record["steps"] if step.get("check")]
        assert checks
        for check in checks:
            assert math.isclose(check["measured"], check["gradient"], rel_tol=1e-4, abs_tol=1e-6)

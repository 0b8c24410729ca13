"""Every distribution beside PyTorch's: a table of parameters and values, and all that can be asked of each."""

import math
import warnings

import numpy as np
import pytest

import autograd

try:
    import torch
except ModuleNotFoundError:
    torch = None

with_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed")

UNIT, POSITIVE, REAL = [0.1, 0.4, 0.9], [0.2, 1.5, 4.0], [-1.5, 0.3, 2.0]
COUNTS = [0.0, 2.0, 5.0]
SIMPLEX = [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]
LOGITS = [[0.3, -1.0, 2.0], [0.0, 0.5, -0.5]]
ONE_HOT = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
MATRIX = [[2.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.5]]
FACTOR = [[1.0, 0.0, 0.0], [0.5, 2.0, 0.0], [-0.3, 0.2, 0.7]]
CORRELATED = [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, 0.8]]

# For each distribution sets of parameters by name (lists become float64 Tensors), and a value that each can take.
ROWS = [
    ("Normal", {"loc": REAL, "scale": POSITIVE}, REAL),
    ("Normal", {"loc": 0.5, "scale": [2.0, 3.0]}, [0.1, -4.0]),
    ("Normal", {"loc": 0.5, "scale": 2.0}, 0.3),
    ("LogNormal", {"loc": REAL, "scale": POSITIVE}, POSITIVE),
    ("Uniform", {"low": [-1.0, 0.0, 1.0], "high": [2.5, 1.0, 3.0]}, [0.0, 0.4, 2.5]),
    ("Bernoulli", {"probs": UNIT}, [1.0, 0.0, 1.0]),
    ("Bernoulli", {"logits": REAL}, [1.0, 0.0, 1.0]),
    ("Binomial", {"total_count": 5, "probs": UNIT}, COUNTS),
    ("Binomial", {"total_count": [20.0, 40.0], "logits": [0.3, -2.0]}, [7.0, 3.0]),
    ("Categorical", {"probs": SIMPLEX}, [1.0, 2.0]),
    ("Categorical", {"logits": LOGITS}, [0.0, 2.0]),
    ("OneHotCategorical", {"probs": SIMPLEX}, ONE_HOT),
    ("OneHotCategoricalStraightThrough", {"logits": LOGITS}, ONE_HOT),
    ("Multinomial", {"total_count": 4, "probs": SIMPLEX}, [[1.0, 0.0, 3.0], [2.0, 2.0, 0.0]]),
    ("Multinomial", {"total_count": 3, "logits": LOGITS[0]}, [1.0, 1.0, 1.0]),
    ("MultivariateNormal", {"loc": REAL, "covariance_matrix": MATRIX}, POSITIVE),
    ("MultivariateNormal", {"loc": SIMPLEX, "precision_matrix": MATRIX}, SIMPLEX),
    ("MultivariateNormal", {"loc": REAL, "scale_tril": [FACTOR, np.eye(3).tolist()]}, LOGITS),
    ("LowRankMultivariateNormal", {"loc": REAL, "cov_factor": [[1.0], [0.3], [-2.0]], "cov_diag": POSITIVE}, UNIT),
    ("LowRankMultivariateNormal", {"loc": LOGITS, "cov_factor": FACTOR, "cov_diag": POSITIVE}, UNIT),
    ("Beta", {"concentration1": POSITIVE, "concentration0": [1.2, 0.3, 2.0]}, UNIT),
    ("Beta", {"concentration1": 2.5, "concentration0": 1.5}, 0.3),
    ("Gamma", {"concentration": POSITIVE, "rate": [0.5, 1.0, 3.0]}, POSITIVE),
    ("Dirichlet", {"concentration": [1.5, 2.0, 3.5]}, SIMPLEX),
    ("Dirichlet", {"concentration": [[0.5, 0.7, 0.9], [0.2, 3.0, 1.0]]}, SIMPLEX),
    ("Exponential", {"rate": POSITIVE}, POSITIVE),
    ("Laplace", {"loc": REAL, "scale": POSITIVE}, [-2.0, 0.1, 2.5]),
    ("Cauchy", {"loc": REAL, "scale": POSITIVE}, [-2.0, 0.1, 2.5]),
    ("HalfCauchy", {"scale": POSITIVE}, POSITIVE),
    ("HalfNormal", {"scale": POSITIVE}, [0.1, 2.0, 3.0]),
    ("StudentT", {"df": [0.8, 1.5, 5.0], "loc": REAL, "scale": POSITIVE}, [-2.0, 0.1, 2.5]),
    ("Chi2", {"df": POSITIVE}, POSITIVE),
    ("FisherSnedecor", {"df1": [1.0, 3.0, 5.0], "df2": [1.5, 3.5, 6.0]}, POSITIVE),
    ("Poisson", {"rate": POSITIVE}, COUNTS),
    ("Poisson", {"rate": [0.0, 15.0, 200.0]}, [0.0, 12.0, 210.0]),
    ("Geometric", {"probs": UNIT}, COUNTS),
    ("Geometric", {"logits": REAL}, COUNTS),
    ("Gumbel", {"loc": REAL, "scale": POSITIVE}, [-1.4, 0.1, 2.5]),
    ("Pareto", {"scale": POSITIVE, "alpha": [0.7, 1.5, 3.0]}, [0.3, 2.0, 7.0]),
    ("Weibull", {"scale": POSITIVE, "concentration": [1.3, 2.0, 3.5]}, POSITIVE),
    ("Kumaraswamy", {"concentration1": POSITIVE, "concentration0": [1.2, 0.3, 2.0]}, UNIT),
    ("NegativeBinomial", {"total_count": 3, "probs": UNIT}, COUNTS),
    ("NegativeBinomial", {"total_count": [1.5, 30.0], "logits": [-0.5, 1.0]}, [2.0, 60.0]),
    ("ContinuousBernoulli", {"probs": [0.1, 0.5, 0.9]}, [0.3, 0.6, 0.2]),
    ("ContinuousBernoulli", {"logits": REAL}, [0.0, 0.5, 1.0]),
    ("VonMises", {"loc": REAL, "concentration": [0.5, 2.0, 10.0]}, [-1.0, 0.1, 2.5]),
    ("InverseGamma", {"concentration": [0.5, 1.5, 3.0], "rate": POSITIVE}, POSITIVE),
    ("GeneralizedPareto", {"loc": [0.0, 1.0], "scale": [1.5, 4.0], "concentration": [0.0, 0.3]}, [0.1, 2.0]),
    ("GeneralizedPareto", {"loc": 1.0, "scale": POSITIVE, "concentration": [-0.5, 0.6, 1.2]}, [1.1, 2.0, 3.0]),
    ("RelaxedBernoulli", {"temperature": 0.7, "probs": UNIT}, UNIT),
    ("relaxed_bernoulli.LogitRelaxedBernoulli", {"temperature": 1.5, "logits": REAL}, REAL),
    ("RelaxedOneHotCategorical", {"temperature": 0.7, "probs": SIMPLEX}, SIMPLEX),
    ("relaxed_categorical.ExpRelaxedCategorical", {"temperature": 1.5, "logits": LOGITS}, np.log(SIMPLEX).tolist()),
    ("LogisticNormal", {"loc": [0.1, -0.5], "scale": [1.0, 2.0]}, SIMPLEX),
    ("Wishart", {"df": 4.5, "covariance_matrix": MATRIX}, MATRIX),
    ("Wishart", {"df": [3.5, 6.0], "scale_tril": FACTOR}, MATRIX),
    ("LKJCholesky", {"dim": 3, "concentration": [0.5, 2.0]}, CORRELATED),
]  # fmt: skip
IDS = [f"{i}-{name.rpartition('.')[2]}" for i, (name, *_) in enumerate(ROWS)]
every_row = pytest.mark.parametrize("name, params, value", ROWS, ids=IDS)

# Numbers that stay what they are.
INTS = ("total_count", "dim")


class Side:
    """One of the two libraries, and the Tensors that were made as parameters."""

    def __init__(self, module, dtype="float64"):
        self.module, self.dtype, self.parameters = module, dtype, []
        self.D = module.distributions

    def tensor(self, values, requires_grad=False):
        return self.module.tensor(values, dtype=getattr(self.module, self.dtype), requires_grad=requires_grad)

    def make(self, name, params):
        made = {}
        for key, given in params.items():
            if isinstance(given, list) or key == "temperature":
                made[key] = self.tensor(given, requires_grad=key != "total_count")
                if made[key].requires_grad:
                    self.parameters.append(made[key])
            else:
                made[key] = given
        kind = self.D
        for part in name.split("."):
            kind = getattr(kind, part)
        return kind(**made)

    def gradients(self, result):
        """Of a weighted sum of ``result``, in the parameters."""
        for parameter in self.parameters:
            parameter.grad = None
        if not result.requires_grad:
            return []
        weights = self.tensor(np.linspace(0.5, 1.5, result.numel()).reshape(tuple(result.shape)))
        (result * weights).sum().backward(retain_graph=True)
        return [None if p.grad is None else p.grad.numpy() for p in self.parameters]


@pytest.fixture(autouse=True)
def numbers_are_float64():
    """In both libraries, so that all rows are compared with all digits."""
    modules = [module for module in (autograd, torch) if module]
    before = [module.get_default_dtype() for module in modules]
    for module in modules:
        module.set_default_dtype(module.float64)
    yield
    for module, dtype in zip(modules, before):
        module.set_default_dtype(dtype)


def both(name, params, dtype="float64"):
    sides = Side(autograd, dtype), Side(torch, dtype)
    return sides, [side.make(name, params) for side in sides]


def plain(x):
    return x.detach().numpy()


def close(found, expected, rtol=1e-9, atol=1e-12):
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol, atol)


def same_gradients(ours, theirs, rtol=1e-8):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        # Of what it doesn't touch, PyTorch's has None or zeros.
        zeros = np.zeros(1) if a is None and b is None else np.zeros_like(b if a is None else a)
        close(zeros if a is None else a, zeros if b is None else b, rtol, 1e-10)


def asked(distribution, attribute):
    """What a property or method without arguments gives; None where it isn't implemented."""
    try:
        found = getattr(distribution, attribute)
        return found() if callable(found) else found
    except NotImplementedError:
        return None


ATTRIBUTES = ("mean", "variance", "stddev", "mode", "entropy", "perplexity")
# PyTorch's are NaN where b > 1, and the first corner where all concentrations are below 1.
OURS_ONLY = {("Kumaraswamy", "mode"), ("Dirichlet", "mode")}
# PyTorch has approximations there: polynomials of Bessel functions, differences of numbers that are nearly the same.
ROUGH = {"VonMises": 1e-6, "Wishart": 1e-8}


@with_torch
@every_row
def test_moments_and_entropies_are_pytorchs(name, params, value):
    (a, b), (p, q) = both(name, params)
    rtol = ROUGH.get(name, 1e-9)
    for attribute in ATTRIBUTES:
        if (name, attribute) in OURS_ONLY:
            continue
        found, expected = asked(p, attribute), asked(q, attribute)
        assert (found is None) == (expected is None), attribute
        if found is not None:
            close(plain(found), plain(expected), rtol)
            if np.isfinite(plain(expected)).all():
                same_gradients(a.gradients(found), b.gradients(expected), max(100 * rtol, 1e-7))


@with_torch
@every_row
def test_log_probabilities_and_their_gradients_are_pytorchs(name, params, value):
    (a, b), (p, q) = both(name, params)
    found, expected = p.log_prob(a.tensor(value)), q.log_prob(b.tensor(value))
    rtol = ROUGH.get(name, 1e-9)
    close(plain(found), plain(expected), rtol)
    same_gradients(a.gradients(found), b.gradients(expected), max(1e-8, rtol))
    # In the value too.
    if not p.support.is_discrete:
        x, y = a.tensor(value, True), b.tensor(value, True)
        a.parameters, b.parameters = [x], [y]
        same_gradients(a.gradients(p.log_prob(x)), b.gradients(q.log_prob(y)))


@with_torch
@every_row
def test_distribution_functions_are_pytorchs(name, params, value):
    (a, b), (p, q) = both(name, params)
    for method, argument in (("cdf", value), ("icdf", np.full(np.shape(value), 0.3).tolist())):
        outcomes = []
        for side, distribution in ((a, p), (b, q)):
            try:
                outcomes.append(getattr(distribution, method)(side.tensor(argument)))
            except NotImplementedError:
                outcomes.append(None)
        found, expected = outcomes
        assert (found is None) == (expected is None), method
        if found is not None:
            close(plain(found), plain(expected), 1e-8)
            if name not in ("Gamma", "Chi2", "InverseGamma"):
                same_gradients(a.gradients(found), b.gradients(expected), 1e-7)


@with_torch
@every_row
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("method", ["sample", "rsample"])
def test_the_same_seed_draws_pytorchs_samples_with_its_gradients(name, params, value, dtype, method):
    (a, b), (p, q) = both(name, params, dtype)
    assert p.has_rsample == q.has_rsample
    if name == "Wishart":
        # PyTorch takes all samples for singular and draws them again.
        p.rsample, q.rsample = p._bartlett_sampling, q._bartlett_sampling
    for shape in ((), (5,), (7, 3)):
        autograd.manual_seed(1)
        torch.manual_seed(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                expected = getattr(q, method)(shape)
            except NotImplementedError:
                with pytest.raises(NotImplementedError):
                    getattr(p, method)(shape)
                return
            found = getattr(p, method)(shape)
        assert found.requires_grad == expected.requires_grad
        # Little is left of float32 where a sum of squares is nearly 1.
        rtol, atol = (1e-9, 1e-12) if dtype == "float64" else (5e-4, 1e-5)
        close(plain(found), plain(expected), rtol, atol)
        if method == "rsample":
            # PyTorch's derivatives of gamma and beta numbers are approximations, good to 1e-3.
            ours, theirs = a.gradients(found), b.gradients(expected)
            for x, y in zip(ours, theirs):
                if x is not None and y is not None:
                    close(x, y, 2e-3, 2e-3 * np.abs(y).max(initial=1e-9))
    # Both took as many numbers.
    assert autograd.rand(1).item() == torch.rand(1).item()


@with_torch
@every_row
def test_shapes_expansion_and_text_are_pytorchs(name, params, value):
    (a, b), (p, q) = both(name, params)
    text = lambda d: repr(d).replace("torch.", "autograd.")
    assert repr(p) == text(q)
    assert (tuple(p.batch_shape), tuple(p.event_shape)) == (tuple(q.batch_shape), tuple(q.event_shape))
    assert p.has_enumerate_support == q.has_enumerate_support
    wide = (4, *p.batch_shape)
    # What is computed lazily is not kept.
    asked(p, "variance"), asked(q, "variance")
    x, y = p.expand(wide), q.expand(wide)
    assert (tuple(x.batch_shape), tuple(x.event_shape)) == (wide, tuple(y.event_shape))
    assert type(x) is type(p) and x._validate_args == p._validate_args
    assert repr(x) == text(y)
    one = value if np.ndim(value) <= len(p.batch_shape + p.event_shape) else value[0]
    close(plain(x.log_prob(a.tensor(one))), plain(y.log_prob(b.tensor(one))), ROUGH.get(name, 1e-9))
    for attribute in ("mean", "variance"):
        found, expected = asked(x, attribute), asked(y, attribute)
        if found is not None:
            close(plain(found), plain(expected), ROUGH.get(name, 1e-9))
    assert tuple(x.sample((2,)).shape) == (2, *wide, *p.event_shape)
    if p.has_enumerate_support and "total_count" not in params:
        for expand in (True, False):
            close(plain(x.enumerate_support(expand)), plain(y.enumerate_support(expand)))


@with_torch
@every_row
def test_constraints_are_pytorchs(name, params, value):
    (a, b), (p, q) = both(name, params)
    assert (p.support.event_dim, p.support.is_discrete) == (q.support.event_dim, q.support.is_discrete)
    for wrong in (np.array(value) + 0.25, -np.array(value), np.array(value) * math.nan, np.array(value) * 30):
        found, expected = p.support.check(a.tensor(wrong)), q.support.check(b.tensor(wrong))
        assert (found.numpy() == expected.numpy()).all()
    assert sorted(p.arg_constraints) == sorted(q.arg_constraints)
    for key, given in params.items():
        if key in p.arg_constraints and isinstance(given, list):
            for wrong in (-np.array(given), np.array(given) * math.nan, np.array(given) + 1.5):
                outcomes = []
                for side in (a, b):
                    try:
                        side.make(name, {**params, key: wrong.tolist()})
                        outcomes.append("fits")
                    except (ValueError, RuntimeError) as error:
                        outcomes.append(type(error).__name__)
                # PyTorch's decompose a matrix before it is checked, and move a probability into its interval.
                if name not in ("LowRankMultivariateNormal", "ContinuousBernoulli"):
                    assert outcomes[0] == outcomes[1], (key, wrong)
                else:
                    assert outcomes[0] in (outcomes[1], "ValueError")

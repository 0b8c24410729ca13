"""Transforms, and what makes them of constraints: inverses, Jacobians, shapes; beside PyTorch's if it is installed."""

import pickle

import numpy as np
import pytest

import autograd
from autograd import distributions as D
from autograd.distributions import biject_to, constraints, transform_to

try:
    import torch
except ModuleNotFoundError:
    torch = None

X, VECTOR, SQUARE = [[-1.2, 0.3, 0.9], [2.0, -0.5, 0.1]], [0.3, -1.0, 0.7], [[0.2, 1.0], [-0.5, 0.4]]
POSITIVE = [[0.2, 0.3, 0.9], [2.0, 1.5, 0.1]]
# What makes a transform of the module, and a value to transform.
ROWS = [
    ("m.ExpTransform()", X),
    ("m.PowerTransform(t([2.0, -1.0, 0.5]))", POSITIVE),
    ("m.SigmoidTransform()", X),
    ("m.SoftplusTransform()", X),
    ("m.TanhTransform()", X),
    ("m.AbsTransform()", POSITIVE),
    ("m.AffineTransform(1.5, -2.0)", X),
    ("m.AffineTransform(t([1.0, 2.0, 3.0]), t([0.5, -1.0, 2.0]), event_dim=1)", X),
    ("m.AffineTransform(t(1.0), t([0.5, -1.0, 2.0]))", X),
    ("m.SoftmaxTransform()", X),
    ("m.StickBreakingTransform()", X),
    ("m.CorrCholeskyTransform()", VECTOR),
    ("m.CorrCholeskyTransform()", [[0.4], [-1.0]]),
    ("m.LowerCholeskyTransform()", SQUARE),
    ("m.PositiveDefiniteTransform()", SQUARE),
    ("m.ReshapeTransform((3,), (1, 3, 1))", X),
    ("m.IndependentTransform(m.TanhTransform(), 1)", X),
    ("m.ComposeTransform([m.AffineTransform(0.5, 2.0), m.TanhTransform()])", X),
    ("m.ComposeTransform([m.ExpTransform(), m.StickBreakingTransform()])", X),
    ("m.ComposeTransform([])", X),
    ("m.ExpTransform().inv", POSITIVE),
    ("m.ComposeTransform([m.ExpTransform(), m.AffineTransform(0.0, 3.0)]).inv", POSITIVE),
    ("m.CatTransform([m.ExpTransform(), m.AffineTransform(1.0, 2.0)], dim=-1, lengths=[1, 2])", X),
    ("m.CatTransform([m.ExpTransform(), m.AffineTransform(1.0, 2.0)], dim=0)", X),
    ("m.StackTransform([m.ExpTransform(), m.TanhTransform()], dim=0)", X),
    ("m.StackTransform([m.ExpTransform(), m.TanhTransform(), m.SigmoidTransform()], dim=-1)", X),
    ("m.CumulativeDistributionTransform(m.Normal(t(0.5), t(2.0)))", X),
]
IDS = [text for text, _ in ROWS]
every_row = pytest.mark.parametrize("text, x", ROWS, ids=IDS)


def tensor(values, library=autograd):
    return library.tensor(values, dtype=library.float64)


def made(text, library=autograd):
    space = {"m": library.distributions, "t": lambda values: tensor(values, library)}
    # Not all transforms are in PyTorch's module itself.
    return eval(text, space)


def close(found, expected, rtol=1e-9):
    assert tuple(found.shape) == tuple(expected.shape)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol, 1e-10)


@every_row
def test_the_inverse_leads_back_and_the_codomain_holds(text, x):
    transform, x = made(text), tensor(x)
    y = transform(x)
    assert tuple(transform.forward_shape(x.shape)) == tuple(y.shape)
    assert tuple(transform.inverse_shape(y.shape)) == tuple(x.shape)
    assert transform.codomain.check(y).all() and transform.inv.domain is not None
    if transform.bijective:
        close(transform.inv(y), x)
        assert transform.inv.inv is transform
        jacobian = transform.inv.log_abs_det_jacobian(y, x)
        close(jacobian, -transform.log_abs_det_jacobian(x, y))
    close(transform(transform.inv(y)), y)


@every_row
def test_the_jacobian_is_that_of_the_derivative(text, x):
    """Of one value, taken flat: for the simplex without its last element, which the others settle, and for a Cholesky
    factor of correlations the elements below the diagonal."""
    transform, x = made(text), tensor(x)
    try:
        found = transform.log_abs_det_jacobian(x, transform(x))
    except NotImplementedError:
        return
    event_dim = transform.domain.event_dim
    if "Cat" in text or "Stack" in text:
        # Elementwise, in the end.
        event_dim = 0
    values = x.reshape(-1, *x.shape[x.ndim - event_dim :])
    if not event_dim:
        rows = x.clone().requires_grad_()
        (slope,) = autograd.grad(transform(rows).sum(), rows)
        close(found, slope.abs().log())
        return
    for value, expected in zip(values, found.reshape(-1)):
        if "Affine" in text and "t(" in text:
            expected = found.reshape(-1)[0]

        def flat(v, shape=value.shape):
            y = transform(v.reshape(shape))
            if "StickBreaking" in text:
                y = y[..., :-1]
            return D.utils.tril_matrix_to_vec(y, -1) if "Corr" in text else y.reshape(-1)

        jacobian = autograd.functional.jacobian(flat, value.reshape(-1))
        close(jacobian.slogdet().logabsdet, expected, 1e-7)


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
@every_row
def test_it_is_pytorchs(text, x):
    ours, theirs = made(text), made(text, torch)
    x, y = tensor(x), tensor(x, torch)
    close(ours(x), theirs(y))
    close(ours.inv(ours(x)), theirs.inv(theirs(y)))
    assert ours.bijective == theirs.bijective
    if "Cat" not in text and "Stack" not in text:
        assert (ours.domain.event_dim, ours.codomain.event_dim) == (theirs.domain.event_dim, theirs.codomain.event_dim)
    assert repr(ours).replace("Inverse", "_Inverse") == repr(theirs).replace("__", "_")
    try:
        expected = theirs.log_abs_det_jacobian(y, theirs(y))
    except NotImplementedError:
        with pytest.raises(NotImplementedError):
            ours.log_abs_det_jacobian(x, ours(x))
    else:
        close(ours.log_abs_det_jacobian(x, ours(x)), expected)
    try:
        expected = theirs.sign
    except NotImplementedError:
        return
    assert np.all(np.asarray(ours.sign) == np.asarray(expected))


def test_transforms_of_one_kind_are_equal():
    for text, _ in ROWS:
        transform = made(text)
        assert transform == transform and hash(transform) == hash(transform)
        if any(part in text for part in ("Exp", "Tanh()", "Softmax", "Abs", "Power", "AffineTransform(1.5")):
            assert (transform == made(text)) == (not any(p in text for p in ("Cat", "Stack", "Independent"))), text
    assert D.AffineTransform(0, 1) != D.AffineTransform(0, 2)
    assert D.AffineTransform(tensor([0.0, 1.0]), 1) != D.AffineTransform(tensor([0.0, 2.0]), 1)
    assert D.ExpTransform() != D.TanhTransform() and D.PowerTransform(2) != D.ExpTransform()


def test_a_cache_keeps_the_last_pair():
    x = tensor(X)
    for text, _ in ROWS:
        transform = made(text).with_cache()
        assert transform.with_cache() is transform
        if not isinstance(transform, D.ComposeTransform) and "inv" not in text and "Power" not in text:
            y = transform(x) if "Corr" not in text and "Cholesky" not in text and "Positive" not in text else None
            assert y is None or (transform(x) is y and transform.inv(y) is x), text
    assert D.ExpTransform()(x) is not D.ExpTransform()(x)
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        D.ExpTransform(2)
    kept = D.ExpTransform(1)
    kept(x), kept.inv
    copy = pickle.loads(pickle.dumps(kept))
    assert copy == kept and copy.inv(kept(x)).allclose(x)


@pytest.mark.parametrize(
    "error, message, call",
    [
        (ValueError, "different numbers of elements", lambda: D.ReshapeTransform((2,), (3,))),
        (ValueError, r"Shape mismatch: expected .*\[2\]", lambda: D.ReshapeTransform((2,), (2, 1))(tensor(X))),
        (ValueError, "Too few dimensions", lambda: D.IndependentTransform(D.ExpTransform(), 1)(tensor(1.0))),
        (ValueError, "Too few dimensions", lambda: D.SoftmaxTransform().forward_shape(())),
        (ValueError, "not a flattened lower-diagonal", lambda: D.CorrCholeskyTransform().forward_shape((2,))),
        (ValueError, "Input is not square", lambda: D.CorrCholeskyTransform().inverse_shape((2, 3))),
        (ValueError, "either .domain.event_dim or", lambda: D.ReshapeTransform((2,), (2, 1)).event_dim),
        (AssertionError, "must be Transform instances", lambda: D.CatTransform([3])),
        (AssertionError, "must match transforms", lambda: D.CatTransform([D.ExpTransform()], lengths=[1, 2])),
        (AssertionError, "must be 1, but got 2", lambda: D.CatTransform([D.ExpTransform()])(tensor(X))),
        (AssertionError, "out of range", lambda: D.StackTransform([D.ExpTransform()], dim=3)(tensor(X))),
        (NotImplementedError, None, lambda: D.Transform()(tensor(X))),
        (NotImplementedError, None, lambda: D.AbsTransform().sign),
    ],
)  # fmt: skip
def test_what_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()


# A constraint by its name and what it takes, and the shape of the unconstrained numbers.
CONSTRAINTS = [
    ("real", (), (3,)), ("real_vector", (), (3,)), ("positive", (), (3,)), ("nonnegative", (), (3,)),
    ("greater_than", (2.0,), (3,)), ("greater_than_eq", (-1.0,), (3,)), ("less_than", (2.0,), (3,)),
    ("interval", (-1.0, 3.0), (3,)), ("unit_interval", (), (3,)), ("half_open_interval", (0.0, 2.0), (3,)),
    ("simplex", (), (2, 3)), ("corr_cholesky", (), (3,)), ("lower_cholesky", (), (2, 3, 3)),
    ("positive_definite", (), (2, 3, 3)), ("positive_semidefinite", (), (3, 3)),
]  # fmt: skip


@pytest.mark.parametrize("name, bounds, shape", CONSTRAINTS)
def test_constraints_have_transforms(name, bounds, shape):
    constraint = getattr(constraints, name)
    constraint = constraint(*bounds) if bounds else constraint
    x = autograd.randn(shape, dtype=autograd.float64, generator=autograd.Generator().manual_seed(0))
    for registry in (transform_to, biject_to):
        if registry is biject_to and name in ("lower_cholesky", "positive_definite", "positive_semidefinite"):
            with pytest.raises(NotImplementedError, match="Cannot transform"):
                biject_to(constraint)
            continue
        transform = registry(constraint)
        y = transform(x)
        assert constraint.check(y).all()
        if registry is biject_to:
            assert transform.bijective
            close(transform.inv(y), x, 1e-7)
        if torch is not None:
            theirs = getattr(torch.distributions.constraints, name)
            theirs = theirs(*bounds) if bounds else theirs
            expected = getattr(torch.distributions, "transform_to" if registry is transform_to else "biject_to")(theirs)
            close(y, expected(torch.from_numpy(x.numpy())))


def test_transforms_of_constraints_of_parts():
    parts = [constraints.positive, constraints.interval(0.0, 2.0)]
    x = tensor([0.0, 0.0])
    for constraint in (constraints.cat(parts), constraints.stack(parts)):
        for registry in (transform_to, biject_to):
            assert registry(constraint)(x).tolist() == [1, 1]
    assert transform_to(constraints.independent(constraints.positive, 1)).event_dim == 1


def test_constraints_are_registered():
    class Even(constraints.Constraint):
        pass

    registry = D.constraint_registry.ConstraintRegistry()
    with pytest.raises(NotImplementedError, match="Cannot transform Even constraints"):
        registry(Even())

    @registry.register(Even)
    def to_even(constraint):
        return D.AffineTransform(0, 2)

    assert registry(Even()) == to_even(None)
    assert registry.register(Even(), to_even) is to_even
    with pytest.raises(TypeError, match="Expected constraint to be either a Constraint subclass or instance"):
        registry.register(3, to_even)


def test_transformed_distributions():
    base = D.Normal(tensor([0.0, 1.0, 2.0]), 1.0)
    chained = D.TransformedDistribution(base, [D.AffineTransform(1.0, -2.0), D.ExpTransform()])
    x = tensor([0.5, 1.0, 2.0])
    direct = D.LogNormal(1 - 2 * base.loc, 2.0)
    close(chained.log_prob(x), direct.log_prob(x))
    close(chained.cdf(x), direct.cdf(x))
    close(chained.icdf(tensor([0.1, 0.5, 0.9])), direct.icdf(tensor([0.1, 0.5, 0.9])))
    assert (chained.has_rsample, chained.batch_shape, chained.event_shape) == (True, (3,), ())
    # A transform of vectors makes the batch part of a value, and one with more parameters repeats it.
    simplex = D.TransformedDistribution(base, D.StickBreakingTransform())
    assert (simplex.batch_shape, simplex.event_shape) == ((), (4,))
    assert simplex.expand((5,)).sample((2,)).shape == (2, 5, 4)
    assert simplex.support.event_dim == 1
    wide = D.TransformedDistribution(base, D.AffineTransform(tensor([[0.0], [1.0]]), 1.0))
    assert wide.batch_shape == (2, 3) and wide.sample().shape == (2, 3)
    assert D.TransformedDistribution(base, []).support is constraints.real
    assert repr(chained) == "TransformedDistribution()"

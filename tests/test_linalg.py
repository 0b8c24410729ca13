"""Linear algebra where the table of samples doesn't reach: symmetric matrices, batches with singular ones, windows."""

import numpy as np
import pytest
from checking import as_gradient, close, random_like, slopes

import autograd

X = np.random.default_rng(0).standard_normal((3, 3))
SYMMETRIC = {
    "cholesky": lambda A: autograd.linalg.cholesky(A @ A + autograd.eye(3, dtype=A.dtype)),
    "upper": lambda A: autograd.linalg.cholesky(A @ A + autograd.eye(3, dtype=A.dtype), upper=True),
    "eigvalsh": autograd.linalg.eigvalsh,
    "eigh": lambda A: autograd.cat([part.reshape(-1) for part in autograd.linalg.eigh(A, "U")]),
    "pinv": lambda A: autograd.linalg.pinv(A, hermitian=True),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_derivatives_in_a_symmetric_matrix(name):
    compute = lambda: SYMMETRIC[name](x + x.mT)
    array = X.copy()
    x = autograd.from_numpy(array).requires_grad_()
    weights, directions = random_like(compute().array, 1), random_like(X, 2)
    gradient = lambda **how: autograd.grad(compute(), x, as_gradient(weights), **how)[0]
    close(gradient().array, slopes(lambda: float((compute().array * weights).sum()), [array])[0], 1e-6, least=1.0)
    (second,) = autograd.grad(gradient(create_graph=True), x, as_gradient(directions))
    numeric = slopes(lambda: float((gradient().array * directions).sum()), [array])[0]
    close(second.array, numeric, 1e-6, least=np.abs(numeric).max())


def test_equal_eigenvalues_have_a_gradient_themselves():
    x = autograd.eye(3, requires_grad=True)
    autograd.linalg.eigh(x).eigenvalues.sum().backward()
    assert x.grad.equal(autograd.eye(3))
    x = autograd.eye(3, requires_grad=True)
    autograd.linalg.svd(x).S.sum().backward()
    assert x.grad.equal(autograd.eye(3))


def test_decompositions_have_derivatives_forwards_and_twice():
    a = autograd.tensor([[2.3, 0.4], [0.4, 1.9]], dtype=autograd.float64)
    d = autograd.tensor([[0.3, -0.2], [-0.2, 0.7]], dtype=autograd.float64)

    def squared(x):
        values, vectors = autograd.linalg.eigh(x)
        return vectors @ autograd.diag(values**2) @ vectors.mT

    def rebuilt(x):
        u, s, vh = autograd.linalg.svd(x)
        return u @ autograd.diag(s) @ vh

    close(autograd.func.jvp(squared, (a,), (d,))[1].array, (a @ d + d @ a).array, 1e-9)
    close(autograd.func.jvp(rebuilt, (a,), (d,))[1].array, d.array, 1e-9)
    for values in (autograd.linalg.svdvals, autograd.linalg.eigvalsh):
        # Of a symmetric matrix the squares of either add up to the squares of its elements.
        of_values = autograd.func.hessian(lambda x, values=values: (values((x + x.mT) / 2) ** 2).sum())(a)
        close(of_values.array, autograd.func.hessian(lambda x: (((x + x.mT) / 2) ** 2).sum())(a).array, 1e-9)


def test_a_singular_matrix_has_its_svd_differentiated():
    x = autograd.tensor(np.diag([1.0, 2.0, 0.0]), requires_grad=True)
    weights = autograd.arange(9.0, dtype=autograd.float64).reshape(3, 3)
    u, s, vh = autograd.linalg.svd(x)
    (u @ autograd.diag(s) @ vh * weights).sum().backward()
    close(x.grad.array, weights.array, 1e-12, least=1.0)
    logarithm = autograd.linalg.slogdet(x).logabsdet
    assert autograd.grad(logarithm, x, retain_graph=True)[0].isinf().all()
    with pytest.raises(autograd.linalg.LinAlgError, match="singular"):
        autograd.grad(logarithm, x, create_graph=True)


def test_singular_matrices_among_others():
    A = autograd.tensor([[[2.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]], requires_grad=True)
    inverse, info = autograd.linalg.inv_ex(A)
    assert info.tolist() == [0, 2]
    assert inverse[0].tolist() == [[0.5, 0], [0, 0.25]] and inverse[1].isnan().all()
    X, info = autograd.linalg.solve_ex(A, autograd.ones(2, 2))
    assert info.tolist() == [0, 2] and X[0].tolist() == [0.5, 0.25] and X[1].isnan().all()
    L, info = autograd.linalg.cholesky_ex(A - autograd.tensor([[[0.0]], [[2.0]]]))
    assert info.tolist() == [0, 1] and L[1].isnan().all()
    L[0].sum().backward()
    assert A.grad[0].isfinite().all()
    with pytest.raises(autograd.linalg.LinAlgError, match="lu_factor: U has a zero"):
        autograd.linalg.lu_factor(autograd.ones(2, 2))


def test_norms_of_nothing_and_of_singular_matrices():
    for ord in (1, 2, np.inf, "nuc", "fro"):
        assert autograd.linalg.matrix_norm(autograd.zeros(0, 3), ord).item() == 0
        assert autograd.linalg.cond(autograd.zeros(2, 0, 0), ord).tolist() == [0, 0]
    for ord in (1, np.inf, "fro"):
        assert autograd.linalg.cond(autograd.ones(2, 2, 2), ord).tolist() == [np.inf] * 2
    with pytest.raises(TypeError, match="expected a Tensor, not float"):
        autograd.linalg.solve(3.0, autograd.ones(2))
    with pytest.raises(TypeError, match="expected a Tensor, not int"):
        autograd.mm(3, autograd.ones(2, 2))


def test_values_that_are_no_numbers():
    bad = autograd.full((2, 2), float("nan"))
    for compute in (autograd.linalg.svdvals, autograd.linalg.svd, autograd.linalg.pinv, autograd.linalg.cholesky):
        with pytest.raises(autograd.linalg.LinAlgError):
            compute(bad)
    for compute in (autograd.linalg.inv, autograd.linalg.det, autograd.matrix_exp):
        assert compute(bad).isnan().all()


def test_a_determinant_too_large_for_a_float():
    x = autograd.eye(400, requires_grad=True)
    value = (x * 10).slogdet().logabsdet
    value.backward()
    np.testing.assert_allclose(value.item(), 400 * np.log(10), rtol=1e-5)
    np.testing.assert_allclose(x.grad.numpy(), np.eye(400), rtol=1e-5)


WINDOWS = {
    "bartlett": [{}],
    "blackman": [{}],
    "cosine": [{}],
    "exponential": [{}, {"tau": 2.0}, {"center": 1.0, "sym": False}],
    "gaussian": [{}, {"std": 0.5}],
    "general_cosine": [{"a": [0.3, 0.5, 0.2]}],
    "general_hamming": [{}, {"alpha": 0.7}],
    "hamming": [{}],
    "hann": [{}],
    "kaiser": [{}, {"beta": 2.0}],
    "nuttall": [{}],
}


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    mine, theirs = (getattr(lib.signal.windows, name) for lib in (autograd, torch))
    for options in WINDOWS[name]:
        # A single weight is 1, wherever the center.
        for M in (0, 1, 2, 5, 8) if "center" not in options else (2, 5):
            for sym in {options.get("sym", True), False}:
                found = mine(M, **{**options, "sym": sym}, dtype=autograd.float64)
                expected = theirs(M, **{**options, "sym": sym}, dtype=torch.float64)
                np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-9, atol=1e-12)
    for wrong in ({"M": -1}, {"M": 3, "dtype": "float16"}):
        texts = []
        for lib, function in ((autograd, mine), (torch, theirs)):
            given = {key: getattr(lib, value) if key == "dtype" else value for key, value in wrong.items()}
            with pytest.raises(ValueError) as caught:
                function(**{**WINDOWS[name][0], **given})
            texts.append(str(caught.value).partition(" ")[2].replace("torch.", ""))
        assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "name, options, error",
    [
        ("exponential", {"tau": 0.0}, ValueError),
        ("exponential", {"center": 1.0}, ValueError),
        ("gaussian", {"std": 0.0}, ValueError),
        ("kaiser", {"beta": -1.0}, ValueError),
        ("general_cosine", {"a": []}, ValueError),
        ("general_cosine", {"a": 1.0}, TypeError),
    ],
)
def test_windows_that_cannot_be(name, options, error):
    with pytest.raises(error, match=name):
        getattr(autograd.signal.windows, name)(3, **options)


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (3, 3), (2, 4, 3)])
def test_what_lapack_gives_lies_by_columns_as_in_pytorch(shape):
    torch = pytest.importorskip("torch")
    a = np.random.default_rng(0).normal(size=shape)
    calls = {
        "svd": lambda m, a: m.linalg.svd(a),
        "thin svd": lambda m, a: m.linalg.svd(a, full_matrices=False),
        "qr": lambda m, a: m.linalg.qr(a),
        "geqrf": lambda m, a: m.geqrf(a),
    }
    if shape[-2] >= shape[-1]:
        calls["product"] = lambda m, a: [m.linalg.householder_product(*m.geqrf(a))]
    else:
        # Of more equations than unknowns PyTorch's lie in a larger matrix.
        calls["lstsq"] = lambda m, a: m.linalg.lstsq(a, m.ones(*shape[:-1], 4, dtype=m.float64))[:1]
    for name, call in calls.items():
        ours, theirs = ([x.stride() for x in call(m, m.tensor(a))] for m in (autograd, torch))
        assert ours == theirs, name

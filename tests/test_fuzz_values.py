"""What the fuzz run of fuzzing.py found, and what became of it: values and slopes at odd numbers, beside PyTorch."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")

NAN, INF = np.nan, np.inf
BELOW = np.linspace(-30, 1, 40)
COLUMN = np.lib.stride_tricks.as_strided(np.array([1.5, 0, 0, 0], "float32"), (1, 1), (12, 8))


def f(dtype: str, *numbers: float) -> np.ndarray:
    return np.array(numbers, dtype)


def u(*numbers: int) -> np.ndarray:
    return np.array(numbers, "uint8")


# (function, arguments, keywords): those of floats have a gradient.
CALLS = [
    *[(f"nn.functional.{name}", (BELOW.astype(dtype),), {}) for name in ("elu", "selu", "celu")
      for dtype in ("float32", "float16")],
    ("nn.functional.celu", (BELOW.astype("float16"),), {"alpha": 0.3}),
    ("nn.functional.hardshrink", (f("float16", 0.1, 0.10004, -0.3),), {"lambd": 0.1}),
    ("lgamma", (f("float64", 1e-310, 2.5),), {}),
    ("logit", (f("float32", -0.0, 0.0, 0.3),), {}),
    ("nn.functional.huber_loss", (f("float32", NAN, 0.2, 5), f("float32", 0, 0, 0)), {"reduction": "none"}),
    ("nn.functional.smooth_l1_loss", (f("float16", NAN, 0.2, 5), f("float16", 0, 0, 0)), {"reduction": "none"}),
    ("nn.functional.margin_ranking_loss", (f("float32", 1, 2), f("float32", 3, 1), u(1, 2)), {"reduction": "none"}),
    ("nn.functional.multi_margin_loss", (np.array([[1, NAN, 0.5], [0, 1, 2]]), np.array([0, 2])), {}),
    ("nn.functional.multilabel_margin_loss", (np.array([[1, NAN, 0.5], [0, 1, 2]]), np.array([[0, -1, 1], [2, 0, -1]])),
     {}),
    # All in one dtype from the beginning: a product of float16 isn't rounded to it, nor is one of uint8 cut.
    ("addcmul", (f("float32", 1.1), f("float16", 0.1), f("float16", 0.7)), {}),
    ("addcmul", (f("float32", 1.1), u(200), u(100)), {"value": 2}),
    ("addcdiv", (f("float32", 1.1), f("float16", 0.1), f("float16", 0.7)), {}),
    ("addcmul", (f("float32"), f("float32", INF), f("float32", NAN)), {}),
    ("addr", (f("float32", 1, 2), np.array([1, 2]), np.array([3, 4])), {"beta": 0}),
    ("addr", (np.float16(1) * np.ones(2, "float16"), np.array([True, False]), np.array([3, 4])), {"alpha": 0.5}),
    ("mul", (f("float16", 1e-4), np.array([65536])), {}),
    ("bincount", (np.array([], "int64"),), {"weights": np.ones((2, 1)), "minlength": 2}),
    ("permute", (np.ones(()),), {"dims": ()}),
    ("broadcast_to", (np.ones(()), (1, 1)), {}),
    ("roll", (np.ones((0, 3)), 1, 7), {}),
    ("diagonal", (np.ones((2, 3)), -(2**40)), {}),
    ("matrix_power", (np.array([[1, 1], [1, 0]], "int8"), 20), {}),
    ("linalg.cholesky_ex", (np.array([[4.0, 2.0], [7.0, 5.0]]),), {"upper": True}),
    ("linalg.eigvalsh", (np.array([[2.0, NAN], [1.0, 2.0]]),), {}),
    ("linalg.qr", (np.array([[-1e-40, 0.9]]),), {}),
    ("nn.functional.multi_margin_loss", (np.array([[1.0, 0.5, 3.0]]), np.array([0])), {"p": 2, "margin": INF}),
    ("nn.functional.grid_sample", (np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[-1.0, 0.3], [0.2, 1.0]]]])),
     {"padding_mode": "border", "align_corners": True}),
    *[("nn.functional.grid_sample", (np.arange(6.0).reshape(1, 1, 2, 3), np.array([[[[NAN, 0.3], [INF, -0.2]]]])),
       {"mode": "nearest", "padding_mode": mode, "align_corners": False})
      for mode in ("zeros", "border", "reflection")],
    *[("nn.functional.huber_loss", (f("float32", 0.3, -2, 1e5), f("float32", 0, 0, 0)),
       {"delta": bend, "reduction": "none"}) for bend in (1e8, 1e300)],
    ("nn.functional.smooth_l1_loss", (f("float32", 0.3, -2, 1e5), f("float32", 0, 0, 0)),
     {"beta": 1e8, "reduction": "none"}),
    ("masked.logaddexp", (f("float16", -0.3, 1, -INF), f("float16", INF, 2, 1)), {}),
    ("poisson", (f("float16", 0),), {}),
    ("nn.functional.linear_cross_entropy", (np.ones((2, 0)), np.ones((4, 0)), np.array([1, 2])), {}),
    ("nn.functional.embedding", (np.array([1, 0]), np.ones((3, 0), "float32")), {"max_norm": 1.0}),
    ("nn.functional.group_norm", (np.ones((8, 0, 8)), 2, np.ones(0), np.ones(0)), {}),
    ("nn.functional.pad", (np.ones((1, 0)), (0, 0)), {"mode": "circular"}),
    ("scatter_add", (np.arange(4), 0, np.zeros((0, 2, 3), "int64"), np.arange(2)), {}),
    ("nn.functional.gaussian_nll_loss", (f("float32", 1, 2), f("float32", 3, 1), f("float32", INF, 0)), {}),
    ("linalg.vector_norm", (f("float16", 6e-8),), {}),
    ("round", (f("float16", 123.4, -679),), {"decimals": 2}),
    ("nn.functional.pad", (np.array(2.0), ()), {}),
    ("rnn_tanh_cell", (f("float32", 1)[:, None], f("float32", 1)[:, None], COLUMN, COLUMN), {}),
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0].rpartition(".")[2])
def test_value_and_slopes_are_pytorchs(call):
    name, args, params = call
    found = []
    for library, convert in ((autograd, autograd.from_numpy), (torch, torch.from_numpy)):
        scope = {"nn": nn if library is autograd else torch.nn}
        function = attrgetter(name[3:])(scope["nn"]) if name.startswith("nn.") else attrgetter(name)(library)
        made = lambda x, convert=convert: (
            convert(x.copy() if x is not COLUMN else x) if isinstance(x, np.ndarray) else x
        )
        given = [made(x) for x in args]
        leaves = [x.requires_grad_() for x in given if not isinstance(x, (int, tuple)) and x.is_floating_point()]
        out = function(*given, **{key: made(value) for key, value in params.items()})
        out = out[0] if isinstance(out, tuple) else out
        slopes = []
        if leaves and name != "linalg.eigvalsh":
            slopes = (torch.autograd if library is torch else autograd).grad(out.sum(), leaves, materialize_grads=True)
        found.append([x.detach().numpy() for x in (out, *slopes)])
    for ours, theirs in zip(*found, strict=True):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        tolerance = {"float16": 4e-3, "float32": 2e-5}.get(ours.dtype.name, 1e-12)
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * 1e-3)


@pytest.mark.parametrize("length", [1, 300])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_a_normalization_by_given_statistics_is_linear_at_infinity_too(dtype, length):
    x = np.array([[INF, -INF, 2.0], [1.0, 2.0, 3.0]], dtype)[..., None].repeat(length, -1)
    x = autograd.from_numpy(x).requires_grad_()
    mean, var = (autograd.tensor(numbers, dtype=x.dtype) for numbers in ([0.0, 1, 2], [1.0, 4, 16]))
    out = nn.functional.batch_norm(x, mean, var, eps=0.0)
    (slope,) = autograd.grad(out, x, autograd.ones_like(out))
    np.testing.assert_allclose(slope.numpy(), np.broadcast_to([[[1.0], [0.5], [0.25]]], x.shape), rtol=1e-3)


def test_coordinates_of_unsigned_integers_may_decrease():
    x = autograd.tensor([1.0, 2.0, 4.0], dtype=autograd.float64)
    (slopes,) = autograd.gradient(x, spacing=[autograd.from_numpy(u(3, 2, 0))])
    np.testing.assert_allclose(slopes.numpy(), [-1, -1, -1])


def test_a_stride_of_any_length_makes_one_window():
    assert nn.functional.avg_pool1d(autograd.ones(1, 1, 6), 3, 2**63).tolist() == [[[1.0]]]


@pytest.mark.parametrize("dims", [(0, -1), (0, 0)])
@pytest.mark.parametrize("name", ["sum", "nansum", "mean", "amax", "logsumexp", "var", "all", "squeeze"])
@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_dimension_named_twice_is_refused(name, dims, shape):
    for library in (autograd, torch):
        with pytest.raises(RuntimeError, match="dim 0 appears multiple times"):
            getattr(library, name)(library.ones(shape), dims)


@pytest.mark.parametrize("dtype", ["int8", "int64"])
def test_what_is_unpacked_has_the_dtype_of_what_was_packed(dtype):
    packed, pivots = np.array([[2, 3], [4, 5]], dtype), np.array([2, 2], "int32")
    ours = autograd.lu_unpack(autograd.from_numpy(packed), autograd.from_numpy(pivots))
    theirs = torch.lu_unpack(torch.from_numpy(packed), torch.from_numpy(pivots))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), strict=True)


HALF = autograd.ones(2, dtype=autograd.float16)
WEIGHTS = [autograd.ones(4, 1), autograd.ones(4, 1), autograd.ones(4), autograd.ones(4)]
STATES = (autograd.ones(1, 1, 1), autograd.ones(1, 1, 1))


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: autograd.isclose(HALF, HALF, atol=NAN), RuntimeError, "atol"),
        (lambda: nn.functional.huber_loss(HALF, HALF, delta=NAN), RuntimeError, "delta"),
        (lambda: autograd.cosine_similarity(HALF, HALF, 0, NAN), RuntimeError, "eps"),
        (lambda: nn.functional.cross_entropy(HALF, autograd.tensor(1), label_smoothing=INF), RuntimeError, "smoothing"),
        (lambda: nn.functional.feature_alpha_dropout(HALF, training=True), RuntimeError, "at least 2 dimensions"),
        (lambda: autograd.unravel_index(autograd.tensor(1), (2, 2**63)), ValueError, "63 bits"),
        (lambda: autograd.bincount(autograd.tensor([1]), minlength=2**63), RuntimeError, "63 bits"),
        (lambda: nn.functional.one_hot(autograd.tensor([2**63 - 1])), RuntimeError, "one_hot"),
        (lambda: nn.functional.one_hot(autograd.tensor([2**50])), MemoryError, "one_hot"),
        (lambda: autograd.lstm(STATES[0], STATES, WEIGHTS, False, 1, 0.0, False, False, False), RuntimeError,
         "expected 2 weights"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_a_power_of_2_that_is_no_float_multiplies_exactly():
    x = autograd.tensor([-0.375, 2.0**-130, 3.0], requires_grad=True)
    out = x.ldexp(autograd.tensor([128, 200, -3]))
    (slope,) = autograd.grad(out, x, autograd.tensor([0.5, 0.0, 8.0]))
    assert out.tolist() == [-0.375 * 2.0**128, 2.0**70, 0.375]
    assert slope.tolist() == [2.0**127, 0, 1]


@pytest.mark.parametrize("order", [1e300, -1e300, 1e-300, 3])
def test_the_norm_of_one_number_is_its_size(order):
    x = autograd.tensor([[0.25], [-2.0], [0.0]], requires_grad=True)
    out = autograd.linalg.vector_norm(x, order, dim=1)
    assert out.tolist() == [0.25, 2, 0]
    assert autograd.grad(out.sum(), x)[0].tolist() == [[1], [-1], [0]]


def test_sinc_of_float16_has_a_slope_near_0():
    x = autograd.tensor([2.701, 0.02, 0.0], dtype=autograd.float16, requires_grad=True)
    (slope,) = autograd.grad(x.sinc().sum(), x)
    u = np.pi * x.detach().numpy()[:1].astype("float64")
    near, far = -(np.pi**2) * 0.02 / 3, (np.cos(u) - np.sin(u) / u) / u * np.pi
    np.testing.assert_allclose(slope.numpy(), [*far, near, 0], rtol=2e-3)


@pytest.mark.parametrize("name", ["svd", "svdvals", "eigh", "eigvalsh", "pinv", "matrix_rank"])
@pytest.mark.parametrize("strange", [NAN, INF])
def test_no_iteration_is_begun_that_may_not_end(name, strange):
    A = autograd.tensor([[1.0, 2.0], [strange, 3.0]])
    with pytest.raises(autograd.linalg.LinAlgError, match="not finite"):
        getattr(autograd.linalg, name)(A)

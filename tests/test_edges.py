"""Values at the edges: what a dtype can't hold, NaN among what is compared, masks of nothing, foreign arrays."""

import math

import numpy as np
import pytest

import autograd
import nn.functional as F

NAN = math.nan


def uint8(*values):
    return autograd.tensor(list(values), dtype=autograd.uint8)


@pytest.mark.parametrize(
    "compute, expected",
    [
        (lambda u: u + -1, [2]),
        (lambda u: -1 + u, [2]),
        (lambda u: 300 - u, [41]),
        (lambda u: u * -1, [253]),
        (lambda u: u + 300, [47]),
        (lambda u: u - 256, [3]),
        (lambda u: u % 300, [3]),
        (lambda u: 300 % u, [2]),
        (lambda u: u // 300, [0]),
        (lambda u: u & 300, [0]),
        (lambda u: u | -1, [255]),
        (lambda u: u ^ 300, [47]),
        (lambda u: u.fmod(300), [3]),
        (lambda u: u.clone().add_(300), [47]),
        (lambda u: u.div(-2, rounding_mode="trunc"), [0]),
        (lambda u: u.to(autograd.int8) * (2**63 - 1), [-3]),
        (lambda u: u.to(autograd.int16) + 40_000, [-25_533]),
    ],
)
def test_an_int_that_the_dtype_cannot_hold_wraps_around(compute, expected):
    assert compute(uint8(3)).tolist() == expected


@pytest.mark.parametrize(
    "compute, expected",
    [
        (lambda u: u == 259, [True]),
        (lambda u: u != 259, [False]),
        (lambda u: u > -1, [False]),
        (lambda u: u < 300, [True]),
        (lambda u: u >= 300, [False]),
        (lambda u: u.eq(-253), [True]),
        (lambda u: u.to(autograd.int8) >= 200, [True]),
        (lambda u: u.to(autograd.int64) < 2**40, [True]),
        (lambda u: u.clamp(-2, -1), [254]),
    ],
)
def test_it_is_compared_as_what_it_wraps_around_to(compute, expected):
    assert compute(uint8(3)).tolist() == expected


@pytest.mark.parametrize(
    "choose",
    [
        lambda u: u.clamp(0, 300),
        lambda u: u.clamp_(max=300),
        lambda u: u.clamp_min(-300),
        lambda u: autograd.where(u > 0, u, 300),
        lambda u: u.where(u > 0, -300),
        lambda u: u.masked_fill(u > 0, 300),
    ],
)
def test_it_is_not_chosen_in_place_of_another(choose):
    u = uint8(3)
    with pytest.raises(RuntimeError, match="overflow"):
        choose(u)
    assert u.tolist() == [3]


@pytest.mark.parametrize("compute", [lambda b: b - True, lambda b: True - b, lambda b: b - b, lambda b: b.sub_(True)])
def test_bools_are_not_subtracted(compute):
    with pytest.raises(RuntimeError, match="not supported"):
        compute(autograd.tensor([True]))


@pytest.mark.parametrize("write", [lambda b: b.add_(1), lambda b: b.mul_(2), lambda b: b.bitwise_or_(2)])
def test_what_is_no_bool_is_not_written_to_bools(write):
    b = autograd.tensor([False])
    with pytest.raises(RuntimeError, match="can't be cast"):
        write(b)
    assert b.tolist() == [False]


@pytest.mark.parametrize("value", [None, "a", 1j, object(), [None]])
def test_what_is_no_number_is_not_assigned(value):
    x = autograd.zeros(2)
    with pytest.raises(TypeError, match="can't assign"):
        x[0] = value
    assert x.tolist() == [0, 0]


def test_what_is_ignored_has_no_gradient():
    x = autograd.tensor([[math.inf, 1.0], [0.5, 0.5]], requires_grad=True)
    loss = F.nll_loss(x, autograd.tensor([-100, -100]))
    loss.backward()
    assert math.isnan(loss.item()) and x.grad.tolist() == [[0, 0], [0, 0]]
    assert F.nll_loss(x, autograd.tensor([-100, 1])).item() == -0.5


def test_an_int_beyond_64_bits_is_refused():
    with pytest.raises(RuntimeError, match="add: "):
        uint8(3) + 2**64


def test_the_trace_of_small_integers_is_int64():
    trace = autograd.eye(300, dtype=autograd.uint8).trace()
    assert trace.item() == 300 and trace.dtype is autograd.int64


@pytest.mark.parametrize("name", ["max", "min", "median"])
@pytest.mark.parametrize("values, expected", [([NAN, 1.0, 2.0], [1, 0, 0]), ([NAN, 1.0, NAN], [0.5, 0, 0.5])])
def test_nan_is_the_extreme_and_has_its_gradient(name, values, expected):
    x = autograd.tensor(values, requires_grad=True)
    getattr(x, name)().backward()
    assert x.grad.tolist() == expected


@pytest.mark.parametrize("shape, key", [((2,), [True]), ((2,), []), ((2, 3), [[]]), ((2, 3), (slice(None), []))])
def test_a_mask_of_another_shape_is_refused(shape, key):
    mask = lambda part: part if isinstance(part, slice) else autograd.tensor(part, dtype=autograd.bool)
    key = tuple(map(mask, key)) if isinstance(key, tuple) else mask(key)
    x = autograd.ones(shape)
    with pytest.raises(IndexError, match=r"The shape of the mask \[.*\] does not match|mask|boolean index"):
        x[key]
    with pytest.raises(IndexError):
        x[key] = 0.0
    assert x.sum().item() == x.numel()


def test_a_mask_of_nothing_picks_nothing_from_nothing():
    assert autograd.ones(0)[autograd.tensor([], dtype=autograd.bool)].shape == (0,)
    assert autograd.ones(0, 3)[autograd.tensor([], dtype=autograd.bool)].shape == (0, 3)


@pytest.mark.parametrize("make", [autograd.from_numpy, autograd.as_tensor, autograd.tensor, autograd.asarray])
def test_arrays_with_arithmetic_of_their_own_become_ordinary(make):
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    x = make(matrix)
    assert type(x.numpy()) is np.ndarray
    assert (x * x).tolist() == [[1, 4], [9, 16]] and tuple(x[0].shape) == (2,)
    assert (autograd.ones(2, 2, dtype=autograd.float64) * matrix).tolist() == matrix.tolist()


@pytest.mark.parametrize("make", [autograd.FloatTensor, autograd.LongTensor, autograd.Tensor])
def test_legacy_constructors_tell_a_size_from_values(make):
    x = autograd.ones(2, 3)
    assert tuple(make(x.shape).shape) == tuple(make(x.size()).shape) == tuple(make(2, 3).shape) == (2, 3)
    assert make([2, 3]).tolist() == make((2, 3)).tolist() == [2, 3]


def test_the_squared_error_of_two_dtypes_is_of_the_wider():
    x = autograd.ones(2, requires_grad=True)
    loss = F.mse_loss(x, autograd.zeros(2, dtype=autograd.float64))
    loss.backward()
    assert loss.dtype is autograd.float64 and x.grad.dtype is autograd.float32 and x.grad.tolist() == [1.0, 1.0]
    assert F.mse_loss(autograd.ones(2), autograd.tensor([0, 1])).item() == 0.5


def gradients(normalize, x, g):
    """What a normalization makes of ``x``, and its gradient for ``g`` upstream."""
    x = autograd.tensor(x, requires_grad=True)
    made = normalize(x)
    made.backward(autograd.tensor(g))
    return made.detach().numpy(), x.grad.numpy()


NORMALIZATIONS = {
    "layer_norm": lambda x: F.layer_norm(x, x.shape[2:]),
    "layer_norm of few": lambda x: F.layer_norm(x.mT.contiguous(), x.shape[1:2]).mT,
    "group_norm": lambda x: F.group_norm(x, 2),
    "instance_norm": F.instance_norm,
    "rms_norm": lambda x: F.rms_norm(x, x.shape[2:], eps=1e-5),
    "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
    "batch_norm of one place": lambda x: F.batch_norm(x.reshape(-1, x.shape[-1]), None, None, training=True),
}


@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("scale, offset", [(450, 0), (30000, 0), (1, 1000), (1e-3, 0)])
def test_float16_is_normalized_in_float32(name, scale, offset):
    rng = np.random.default_rng(0)
    x, g = (rng.uniform(-1, 1, (4, 6, 64)) * scale + offset).astype(np.float16), rng.standard_normal((4, 6, 64))
    g = g.reshape(-1, 64) if "one place" in name else g
    made, slope = gradients(NORMALIZATIONS[name], x, g.astype(np.float16))
    exact, exact_slope = gradients(NORMALIZATIONS[name], x.astype(float), g.astype(np.float16).astype(float))
    assert made.dtype == slope.dtype == np.float16
    np.testing.assert_allclose(made, exact, rtol=1e-3, atol=1e-3)
    # Less than the least float16 is nothing.
    np.testing.assert_allclose(slope, exact_slope, rtol=2e-3, atol=1e-3 * abs(exact_slope).max() + 6e-8)


def test_the_least_of_a_mean_square_of_float16_is_that_of_float32():
    x = autograd.full((1, 4), 1e-3, dtype=autograd.float16)
    assert F.rms_norm(x, (4,)).tolist()[0] == pytest.approx([(1 + 1.19e-7 / 1e-6) ** -0.5] * 4, rel=2e-3)


@pytest.mark.parametrize("name", [name for name in NORMALIZATIONS if "rms" not in name])
@pytest.mark.parametrize("length", [64, 300, 2500])
def test_numbers_far_from_0_are_normalized_around_the_nearest_mean(name, length):
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((3, 8, length)).astype(np.float32) for _ in range(2))
    x += np.float32(1e4)
    g = g.reshape(-1, length) if "one place" in name else g
    made, slope = gradients(NORMALIZATIONS[name], x, g)
    exact, exact_slope = gradients(NORMALIZATIONS[name], x.astype(float), g.astype(float))
    # The mean is a float32, so it is off by 2**-11 at most; few numbers may have a spread below 1.
    spread = x.astype(float).std(axis=1 if "few" in name else 0 if "one place" in name else 2).min()
    assert abs(made - exact).max() < 2**-11 * 1.05 / spread
    assert abs(slope - exact_slope).max() < 4 * 2**-11 / spread**2


@pytest.mark.parametrize("dim", [0, -1])
def test_one_number_is_flipped(dim):
    x = autograd.tensor(2.0, requires_grad=True)
    y = x.flip(dim)
    y.backward()
    assert y.item() == 2 and y.ndim == 0 and x.grad.item() == 1
    with pytest.raises(IndexError, match="flip: Dimension out of range"):
        x.flip(1)


def test_nothing_is_not_joined():
    for join in (autograd.cat, autograd.concat):
        with pytest.raises(ValueError, match="expected a non-empty list of Tensors"):
            join([])

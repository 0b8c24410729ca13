"""Convolution at sizes where blocks, bands and Winograd's algorithm come in, and its layers."""

import numpy as np
import pytest
from samples.convolution import conv

import autograd
import nn
from autograd.kernels.compiling.jit import numba_or_none
from autograd.kernels.conv.convolve import convolve, convolve_input, convolve_weight, suits_winograd

RNG = np.random.default_rng(0)
# Images, weight, stride, padding: 3x3 with few and with many channels, in few and in many tiles, some of which don't
# fill up; strided; 5x5; 1x1, with few places, strided, and of large images; filters that cover an image, all of its
# width, and more than it; and very many weights.
LARGE = [
    ((2, 8, 37, 41), (20, 8, 3, 3), 1, 1),
    ((4, 64, 30, 33), (72, 64, 3, 3), 1, 1),
    ((4, 100, 17, 18), (96, 100, 3, 3), 1, 0),
    ((1, 64, 70, 40), (64, 64, 3, 3), 1, 2),
    ((2, 150, 9, 13), (140, 150, 3, 3), 1, 1),
    ((8, 150, 15, 13), (140, 150, 3, 3), 1, 1),
    ((2, 40, 50, 61), (24, 40, 3, 3), 2, 1),
    ((1, 3, 64, 90), (16, 3, 7, 7), 2, 3),
    ((2, 130, 13, 14), (48, 130, 3, 3), 2, 1),
    ((2, 33, 20, 20), (17, 33, 5, 5), 1, 2),
    ((3, 150, 9, 13), (140, 150, 5, 5), 1, 0),
    ((1, 40, 31, 29), (36, 40, 5, 5), 1, 3),
    ((3, 70, 9, 11), (30, 70, 1, 1), 1, 0),
    ((2, 20, 3, 4), (130, 20, 1, 1), 1, 0),
    ((3, 9, 6, 5), (90, 9, 1, 1), 2, 0),
    ((2, 12, 100, 110), (24, 12, 1, 1), 1, 0),
    ((3, 16, 5, 5), (40, 16, 5, 5), 1, 0),
    ((2, 1, 20, 12), (40, 1, 3, 12), 1, 0),
    ((3, 4, 3, 3), (33, 4, 5, 5), 2, 2),
    ((2, 330, 6, 5), (360, 330, 3, 3), 2, 1),
]


def passes(shape, weight_shape, stride, padding, dtype):
    """A convolution and its two gradients, of the same numbers whatever the dtype."""
    rng = np.random.default_rng([7, *shape])
    x, weight = (rng.standard_normal(size).astype("float32").astype(dtype) for size in (shape, weight_shape))
    geometry = ((stride, stride), (padding, padding), (1, 1), 1)
    out = convolve(x, weight, None, *geometry)
    g = rng.standard_normal(out.shape).astype("float32").astype(dtype)
    return out, convolve_input(g, weight, shape, *geometry), convolve_weight(g, x, weight_shape, *geometry)


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_float32_is_near_float64(case):
    for single, double in zip(passes(*case, "float32"), passes(*case, "float64")):
        assert np.abs(single - double).max() <= 5e-5 * np.abs(double).max()


@pytest.mark.parametrize("shape", [(3, 24, 2, 47), (3, 24, 47, 2), (2, 24, 3, 70)], ids=str)
@pytest.mark.parametrize("stride", [(3, 1), (1, 3), (3, 3)], ids=str)
def test_filters_of_one_tap_leave_out_what_a_stride_does(shape, stride):
    """An only row of places is as long as the stride wants, and its gradient goes to no other row of the image."""
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal(shape), rng.standard_normal((20, shape[1], 1, 1))
    geometry = stride, (0, 0), (1, 1), 1
    out = convolve.twin(x, weight, None, *geometry)
    g = rng.standard_normal(out.shape)
    expected = (
        out,
        convolve_input.twin(g, weight, shape, *geometry),
        convolve_weight.twin(g, x, weight.shape, *geometry),
    )
    for dtype, tolerance in (("float32", 1e-5), ("float64", 1e-12)):
        a, w, up = (array.astype(dtype) for array in (x, weight, g))
        found = convolve(a, w, None, *geometry), convolve_input(up, w, shape, *geometry)
        found += (convolve_weight(up, a, w.shape, *geometry),)
        for one, other in zip(found, expected):
            np.testing.assert_allclose(one, other, tolerance, tolerance * np.abs(other).max())


def test_the_cases_are_of_both_kinds():
    kinds = set()
    for shape, weight_shape, stride, _ in LARGE:
        out = (shape[0], 1, *shape[2:])
        kinds.add(suits_winograd(out, "f", weight_shape, (stride, stride), (1, 1), 1))
        assert not suits_winograd(out, "d", weight_shape, (stride, stride), (1, 1), 1)
    assert kinds == {True, False}


def of_winograd(taps, groups, dilation):
    """Images, filters and upstream gradients that Winograd's algorithm is chosen for, and its geometry."""
    images, channels, filters = (2 if groups == 1 else 6), 20 * groups, 24 * groups
    sizes = (images, channels, 13, 14), (filters, 20, taps, taps), (images, filters, 13, 14)
    x, weight, g = (RNG.standard_normal(size).astype("float32") for size in sizes)
    geometry = (1, 1), (dilation * (taps // 2),) * 2, (dilation,) * 2, groups
    assert suits_winograd(g.shape, g.dtype.char, weight.shape, geometry[0], *geometry[2:])
    return [x, weight, g], geometry


def three(x, weight, g, geometry):
    return (
        convolve(x, weight, None, *geometry),
        convolve_input(g, weight, x.shape, *geometry),
        convolve_weight(g, x, weight.shape, *geometry),
    )


@pytest.mark.parametrize(("taps", "groups", "dilation"), [(3, 1, 1), (5, 1, 1), (3, 2, 1), (3, 1, 2)])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(1, 3, 0, 0), (0, 7, 4, 5), (1, 19, 12, 13), (0, 0, 5, 9)])
def test_what_is_not_finite_stays_in_its_image_and_its_places(taps, groups, dilation, value, place):
    for which in (0, 2):
        arrays, geometry = of_winograd(taps, groups, dilation)
        arrays[which][place] = value
        for found, exact in zip(three(*arrays, geometry), three(*[a.astype(float) for a in arrays], geometry)):
            assert (np.isnan(found) == np.isnan(exact)).all()
            assert (found[np.isinf(exact)] == exact[np.isinf(exact)]).all()
            finite = np.isfinite(exact)
            assert np.abs(found[finite] - exact[finite]).max(initial=0) <= 5e-5 * np.abs(exact[finite]).max(initial=0)


@pytest.mark.parametrize(("taps", "groups"), [(3, 1), (5, 1), (3, 2)])
@pytest.mark.parametrize(
    "sizes",
    [(1e-30, 1, 1), (1e30, 1e-20, 1e-20), (1e-25, 1e30, 1e-10), (1e-20, 1e-20, 1), (1e36, 1e-3, 1e-30), (1e-39, 1, 1),
     (1, 1e-10, 1e30), (1e-30, 1e-3, 1e37)],
)  # fmt: skip
def test_numbers_of_every_size_are_convolved(taps, groups, sizes):
    arrays, geometry = of_winograd(taps, groups, 1)
    arrays = [(each.astype(float) * size).astype("float32") for each, size in zip(arrays, sizes)]
    for found, exact in zip(three(*arrays, geometry), three(*[a.astype(float) for a in arrays], geometry)):
        largest = np.abs(exact).max()
        assert largest > 3e38 or np.abs(found - exact).max() <= 5e-5 * largest + 3e-45


# Images, weights, and stride, padding and dilation, in which Winograd's algorithm deals out phases or takes slices.
APART = [
    ((2, 20, 17, 22), (24, 20, 3, 3), (1, 1), (2, 3), (2, 3)),
    ((2, 16, 30, 9), (33, 16, 3, 3), (1, 1), (0, 4), (1, 4)),
    ((2, 17, 20, 21), (40, 17, 5, 5), (1, 1), (4, 2), (2, 1)),
    ((2, 16, 5, 12, 14), (24, 16, 3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    ((2, 20, 6, 12, 14), (24, 20, 2, 3, 3), (2, 1, 1), (1, 1, 2), (2, 1, 2)),
]


@pytest.mark.parametrize("case", APART, ids=str)
def test_phases_and_slices_go_where_they_belong(case):
    shape, weight_shape, stride, padding, dilation = case
    x, weight = RNG.standard_normal(shape), RNG.standard_normal(weight_shape)
    geometry = stride, padding, dilation, 1
    g = RNG.standard_normal(convolve(x, weight, None, *geometry).shape)
    assert suits_winograd(g.shape, "f", weight_shape, stride, dilation, 1)
    exact = three(x, weight, g, geometry)
    for found, wanted in zip(three(*(each.astype("f") for each in (x, weight, g)), geometry), exact):
        assert np.abs(found - wanted).max() <= 5e-5 * np.abs(wanted).max()


@pytest.mark.parametrize("case", LARGE[:3], ids=str)
def test_float64_is_exact(case):
    shape, weight_shape, stride, padding = case
    x, weight = RNG.standard_normal((1, *shape[1:3], 9)), RNG.standard_normal(weight_shape)
    out = convolve(x, weight, None, (stride, stride), (padding, padding), (1, 1), 1)
    expected = conv(x, weight, None, stride, padding)
    np.testing.assert_allclose(out, expected, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_two_runs_give_the_same_bits(case):
    for one, other in zip(passes(*case, "float32"), passes(*case, "float32")):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def deterministic():
    threads = autograd.get_num_threads()
    autograd.use_deterministic_algorithms(True)
    yield
    autograd.use_deterministic_algorithms(False)
    autograd.set_num_threads(threads)


# NumPy's own products, which stand in for kernels, are rounded differently for other numbers of images.
@pytest.mark.skipif(numba_or_none() is None, reason="there are no kernels")
@pytest.mark.parametrize("case", LARGE, ids=str)
def test_any_number_of_threads_gives_the_same_bits_if_asked_for(case, deterministic):
    made = []
    for threads in (1, 3):
        autograd.set_num_threads(threads)
        made.append(passes(*case, "float32"))
    for one, other in zip(*made):
        np.testing.assert_array_equal(one, other)


def test_float16_is_computed_without_a_kernel():
    x, weight = autograd.randn(1, 2, 5, 5), autograd.randn(3, 2, 3, 3)
    found = nn.functional.conv2d(x.half(), weight.half(), padding=1)
    assert found.dtype is autograd.float16
    np.testing.assert_allclose(found.numpy(), nn.functional.conv2d(x, weight, padding=1).numpy(), atol=0.05)


LAYERS = {
    "Conv1d": (lambda nn: nn.Conv1d(2, 3, 3, padding=2, padding_mode="circular"), (2, 2, 6)),
    "Conv2d reflect": (
        lambda nn: nn.Conv2d(2, 4, (3, 2), stride=2, padding=(1, 2), padding_mode="reflect"),
        (2, 2, 5, 6),
    ),
    "Conv2d replicate, same": (lambda nn: nn.Conv2d(2, 2, 4, padding="same", padding_mode="replicate"), (2, 5, 6)),
    "Conv3d": (lambda nn: nn.Conv3d(2, 4, 2, dilation=(1, 2, 1), groups=2, bias=False), (1, 2, 3, 4, 3)),
    "ConvTranspose1d": (lambda nn: nn.ConvTranspose1d(2, 3, 3, stride=2, output_padding=1), (2, 2, 4)),
    "ConvTranspose2d": (lambda nn: nn.ConvTranspose2d(4, 2, 3, 2, 1, groups=2, bias=False, dilation=2), (2, 4, 3, 4)),
    "ConvTranspose3d": (lambda nn: nn.ConvTranspose3d(1, 2, (2, 1, 2), padding=(1, 0, 0)), (1, 3, 2, 2)),
    "Unfold": (lambda nn: nn.Unfold((2, 3), dilation=2, padding=1, stride=(1, 2)), (2, 3, 5, 6)),
    "Fold": (lambda nn: nn.Fold((4, 5), (2, 2), padding=1), (2, 8, 30)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_start_compute_and_print_as_pytorchs(name):
    torch = pytest.importorskip("torch")
    make, shape = LAYERS[name]
    results = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(0)
        layer = make(modules)
        x = lib.randn(shape, requires_grad=True)
        y = layer(x)
        y.sum().backward()
        state = {key: value.numpy() for key, value in layer.state_dict().items()}
        results.append((repr(layer), state, y.detach().numpy(), x.grad.numpy()))
    (ours, our_state, y, slope), (theirs, their_state, their_y, their_slope) = results
    assert ours == theirs
    assert list(our_state) == list(their_state)
    for key, value in our_state.items():
        np.testing.assert_allclose(value, their_state[key], atol=1e-7)
    np.testing.assert_allclose(y, their_y, atol=1e-5)
    np.testing.assert_allclose(slope, their_slope, atol=1e-5)


def test_the_size_of_a_transposed_convolution_can_be_asked_for():
    layer, x = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1), autograd.ones(1, 2, 4, 5)
    assert layer(x, output_size=(8, 9)).shape == (1, 3, 8, 9)
    assert layer(x, output_size=(1, 3, 7, 10)).shape == (1, 3, 7, 10)
    with pytest.raises(ValueError, match=r"output size of \(9, 9\), but valid sizes range from \[7, 9\] to \[8, 10\]"):
        layer(x, output_size=(9, 9))
    with pytest.raises(ValueError, match="ConvTranspose2d: for 4D input, output_size must have 2 or 4 elements"):
        layer(x, output_size=(9,))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.Conv2d(1, 1, 3, padding_mode="mirror"), "padding_mode must be one of"),
        (lambda: nn.ConvTranspose2d(1, 1, 3, padding_mode="reflect"), 'Only "zeros" padding mode is supported for'),
        (lambda: nn.Conv1d(2, 2, 3, groups=0), "groups must be a positive integer"),
        (lambda: nn.Conv3d(2, 3, 3, groups=2), "out_channels must be divisible by groups"),
    ],
)
def test_settings_that_do_not_fit_together(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def by_pairs(x, weight, g, stride, padding, dilation):
    """A convolution of sequences and its gradients, pair by pair: padding is zeros that are multiplied, and what g
    brings back goes to pixels only."""
    out, dx, dw = np.zeros(g.shape), np.zeros(x.shape), np.zeros(weight.shape)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    for place in range(g.shape[2]):
        for tap in range(weight.shape[2]):
            seen = place * stride + tap * dilation
            out[:, :, place] += padded[:, :, seen] @ weight[:, :, tap].T
            dw[:, :, tap] += g[:, :, place].T @ padded[:, :, seen]
            if padding <= seen < padding + x.shape[2]:
                dx[:, :, seen - padding] += g[:, :, place] @ weight[:, :, tap]
    return out, dx, dw


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("strange", [0, 1, 2])
@pytest.mark.parametrize("geometry", [(1, 0, 1), (2, 1, 1), (1, 2, 2), (3, 1, 2)], ids=str)
def test_a_nan_or_an_infinity_goes_where_it_is_summed_and_nowhere_else(dtype, strange, geometry):
    stride, padding, dilation = geometry
    rng = np.random.default_rng(1)
    for _ in range(10):
        places = (7 + 2 * padding - 2 * dilation - 1) // stride + 1
        arrays = [rng.uniform(-1, 1, shape).astype(dtype) for shape in ((3, 2, 7), (4, 2, 3), (3, 4, places))]
        arrays[strange].flat[rng.integers(arrays[strange].size)] = rng.choice([np.nan, np.inf, -np.inf])
        x, weight, g = arrays
        leaves = autograd.tensor(x, requires_grad=True), autograd.tensor(weight, requires_grad=True)
        out = nn.functional.conv1d(*leaves, None, *geometry)
        found = [out.detach(), *autograd.grad(out, leaves, autograd.tensor(g))]
        with np.errstate(invalid="ignore"):
            expected = by_pairs(x, weight, g, *geometry)
        transposed = nn.functional.conv_transpose1d(
            autograd.tensor(g),
            autograd.tensor(weight),
            None,
            *geometry[:2],
            (7 + 2 * padding - 2 * dilation - 1) % stride,
            1,
            dilation,
        )
        for one, other in zip([*found, transposed], [*expected, expected[1]]):
            np.testing.assert_allclose(one.numpy(), other, rtol=0, atol={"float16": 2e-2}.get(dtype, 1e-5))


@pytest.mark.parametrize("output_padding", [0, 1, 2, 3])
def test_a_transposed_convolution_longer_by_a_stride_multiplies_no_zeros(output_padding):
    x, weight = autograd.tensor([[[1.0, 2.0]]]), autograd.tensor([[[1.0, float("nan"), 3.0]]])
    made = nn.functional.conv_transpose1d(x, weight, autograd.tensor([5.0]), 1, 2, output_padding, 1, 4)
    whole = [1, 2, 0, 0, np.nan, np.nan, 0, 0, 3, 6] + [0] * 3
    np.testing.assert_equal(made.numpy().ravel(), np.array(whole[2 : 8 + output_padding], "float32") + 5)

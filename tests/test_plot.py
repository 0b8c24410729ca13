"""Plots: what is drawn is what the engine computes."""

import subprocess
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def line(ax, number):
    """The data of a line, after the two axes."""
    return ax.get_lines()[2 + number].get_data()


def test_an_activation_and_its_derivative():
    ax = plot.activation("tanh", -2, 2, points=5)
    x, y = line(ax, 0)
    np.testing.assert_allclose(y, np.tanh(x), atol=1e-12)
    np.testing.assert_allclose(line(ax, 1)[1], 1 - np.tanh(x) ** 2, atol=1e-12)


def test_any_function_of_tensors():
    ax = plot.activation(lambda x: x**3, points=7)
    x, slope = line(ax, 1)
    np.testing.assert_allclose(slope, 3 * x**2)


def test_softmax_has_several_inputs():
    ax = plot.activation("softmax")
    x, y = line(ax, 0)
    total = np.exp(x) + 1 + np.e
    np.testing.assert_allclose(y, np.exp(x) / total, atol=1e-12)
    np.testing.assert_allclose(line(ax, 1)[1], 1 / total, atol=1e-12)
    np.testing.assert_allclose(line(ax, 3)[1], y * (1 - y), atol=1e-12)


def test_all_on_one_sheet():
    figure = plot.activations()
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["relu", "leaky_relu, negative_slope=0.1", "elu", "sigmoid", "tanh", "softmax"]
    assert len(plot.activations(["relu", "gelu", "silu", "softplus"]).axes) == 6


@pytest.mark.parametrize(
    "function, title",
    [(nn.LeakyReLU(0.3), "LeakyReLU, negative_slope=0.3"), (nn.Tanh(), "Tanh"), (autograd.tanh, "tanh")],
)
def test_the_title_says_the_settings(function, title):
    assert plot.activation(function).get_title() == title


def test_gradient_norms():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    model(autograd.ones(4, 2)).sum().backward()
    ax = plot.gradient_norms(model)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([p.grad.norm().item() for p in model.parameters()])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [name for name, _ in model.named_parameters()]
    assert len(plot.gradient_norms([("w", model[0].weight)]).patches) == 1
    with pytest.raises(RuntimeError, match=r"call backward\(\) first"):
        plot.gradient_norms(nn.Linear(1, 1))


def test_histograms_of_activations():
    model = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU()), nn.Linear(3, 1))
    figure = plot.activation_histograms(model, autograd.randn(50, 2))
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert [title.partition(":")[0] for title in titles] == ["0 Linear", "1.0 ReLU", "2 Linear"]
    assert [sum(bar.get_height() for bar in ax.patches) for ax in figure.axes] == [150, 150, 50]
    assert not model[0]._hooks.after


def test_training_curves():
    ax = plot.curves({"loss": [3.0, 2.0, autograd.tensor(1.0)], "accuracy": [0.1, 0.5, 0.9]}, log=True)
    assert ax.get_yscale() == "log"
    np.testing.assert_array_equal(ax.get_lines()[0].get_data(), [[1, 2, 3], [3, 2, 1]])


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_a_decision_boundary(classes):
    autograd.manual_seed(0)
    x, y = autograd.randn(30, 2), autograd.tensor([0, 1] * 15)
    ax = plot.decision_boundary(nn.Linear(2, classes), x, y, points=20)
    assert sum(len(points.get_offsets()) for points in ax.collections[-2:]) == 30
    assert plot.decision_boundary(lambda x: x[:, 0], x.numpy(), y.numpy(), ax=ax) is ax


@pytest.mark.parametrize(
    "call",
    [
        lambda: plot.activation("nothing"),
        lambda: plot.activation("relu", 1, 1),
        lambda: plot.activations([]),
        lambda: plot.curves({}),
        lambda: plot.decision_boundary(nn.Linear(3, 1), np.ones((4, 3)), np.ones(4)),
    ],
)
def test_bad_input(call):
    with pytest.raises(ValueError, match=r"plot\."):
        call()


def test_without_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None; from autograd import plot\n"
        "try: plot.curves({'loss': [1]})\nexcept ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "autograd.plot draws with matplotlib; install it with: pip install matplotlib\n"


def convolutional():
    return nn.Sequential(nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Conv2d(5, 4, 3, padding=1))


def test_many_norms_have_a_line_each():
    model = nn.Sequential(*[nn.Linear(2, 2) for _ in range(60)])
    model(autograd.ones(1, 2)).sum().backward()
    ax = plot.gradient_norms(model)
    height = ax.figure.get_figheight() * 72 / 120
    assert len(ax.get_yticklabels()) == 120
    assert ax.get_yticklabels()[0].get_fontsize() < height


def test_curves_of_one_list():
    ax = plot.curves([3.0, 2.0, 1.0])
    assert ax.get_lines()[0].get_ydata().tolist() == [3, 2, 1]
    with pytest.raises(ValueError, match="at least one curve"):
        plot.curves([])


def test_filters_and_feature_maps():
    model, x = convolutional(), autograd.randn(2, 3, 6, 6)
    assert [image.get_array().shape for ax in plot.filters(model[0]).axes for image in ax.images] == [(3, 9)] * 5
    maps = [image.get_array() for ax in plot.feature_maps(model, x, "0").axes for image in ax.images]
    np.testing.assert_array_equal(np.stack(maps), model[0](x)[0].detach().numpy())
    with pytest.raises(ValueError, match="4 dimensions"):
        plot.filters(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="no layer '7', only 0, 1, 2"):
        plot.feature_maps(model, x, "7")


def test_states_and_gates():
    states = autograd.randn(7, 3)
    figure = plot.states({"h": states, "gate": states.sigmoid()})
    assert [ax.get_ylabel() for ax in figure.axes] == ["h", "gate"]
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), states.numpy().T)
    assert len(plot.states(states).axes) == 1
    with pytest.raises(ValueError, match=r"\(T, H\)"):
        plot.states(autograd.ones(3))


def test_attention():
    ax = plot.attention(autograd.eye(3), ["a", "b", "c"])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b", "c"]
    np.testing.assert_array_equal(ax.images[0].get_array(), np.eye(3))
    with pytest.raises(ValueError, match="pick a sample"):
        plot.attention(autograd.ones(2, 3, 3))


def test_the_receptive_field_of_two_convolutions():
    ax = plot.receptive_field(nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 1, 3, padding=1)), (1, 1, 9, 9))
    seen = ax.images[0].get_array()
    assert np.argwhere(seen > 0).min(0).tolist() == [2, 2] and np.argwhere(seen > 0).max(0).tolist() == [6, 6]
    assert ax.get_title() == "5×5 of 9×9 pixels"


def test_spread_and_update_ratios():
    model, x = nn.Sequential(nn.Linear(2, 3), nn.Tanh()), autograd.randn(50, 2)
    ax = plot.spread(model, x)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["0", "1"]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with autograd.no_grad():
        model[0].weight *= 1.25
    widths = [bar.get_width() for bar in plot.update_ratios(before, model).patches]
    assert widths == pytest.approx([0.25, 0.0])
    with pytest.raises(RuntimeError, match="in common"):
        plot.update_ratios({}, model)


@pytest.mark.parametrize("size", [2, 5])
def test_the_way_of_an_optimizer(size):
    scale = autograd.arange(1, size + 1).float()
    way = np.array([0.8**t * np.ones(size) * (1 + 0.1 * t * np.arange(size)) for t in range(6)], "f")
    ax = plot.path(lambda w: (w * w * scale).sum(), way, resolution=8)
    across = np.stack(ax.get_lines()[0].get_data(), 1)
    assert across.shape == (6, 2)
    if size == 2:
        np.testing.assert_allclose(across, way)
    else:
        np.testing.assert_allclose(across[-1], 0, atol=1e-6)
    upon = plot.surface(lambda w: (w * w * scale).sum(), way, resolution=8)
    x, y, heights = upon.get_lines()[0].get_data_3d()
    np.testing.assert_allclose(np.stack([x, y], 1), across)
    np.testing.assert_allclose(heights, (way**2 * scale.numpy()).sum(1), 1e-5)
    assert len(upon.collections) == 1 and upon.get_zlabel() == "loss"
    for draw in (plot.path, plot.surface):
        with pytest.raises(ValueError, match=rf"plot\.{draw.__name__}: points must be"):
            draw(lambda w: w.sum(), np.ones(3))

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


def test_softmax_beside_a_class_at_0():
    x, y = line(plot.activation("softmax"), 0)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), atol=1e-12)


def test_all_on_one_sheet():
    figure = plot.activations()
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == list(plot.ACTIVATIONS)
    assert len(plot.activations(["relu", "gelu", "silu", "softplus"]).axes) == 6


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

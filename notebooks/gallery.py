"""Draws the pictures of the README's gallery into notebooks/pictures."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

import numpy as np

import autograd
import nn
from autograd import Scalar

PICTURES = Path(__file__).parent / "pictures"


def neuron():
    w1, x1, w2, x2, b = (Scalar(v) for v in (-3.0, 2.0, 1.0, 0.5, 6.8))
    out = (w1 * x1 + w2 * x2 + b).tanh()
    out.backward()
    return autograd.draw(out)


def moons():
    autograd.manual_seed(0)
    angle = autograd.tensor(np.linspace(0, np.pi, 100, dtype="f"))
    upper = autograd.stack([angle.cos(), angle.sin()], 1)
    points = autograd.cat([upper, autograd.tensor([1.0, 0.5]) - upper])
    labels = autograd.arange(200) // 100
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    loss = nn.functional.cross_entropy(model(points), labels)
    return autograd.draw(loss)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)
        )

    def forward(self, image):
        return self.classifier(self.features(image))


def lenet():
    model = LeNet()
    return model.draw(autograd.zeros(1, 1, 28, 28), depth=2)


def recurrent():
    W, U, b = autograd.randn(4, 8), autograd.randn(8, 8), autograd.zeros(8)
    for parameter in (W, U, b):
        parameter.requires_grad_()
    xs, h = autograd.randn(100, 1, 4), autograd.zeros(1, 8)
    for x in xs:
        h = (x @ W + h @ U + b).tanh()
    loss = h.square().mean()
    return autograd.draw(loss)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        inner = self.norm1(self.conv1(x)).relu()
        return (x + self.norm2(self.conv2(inner))).relu()


def residual():
    block = Residual(16)
    return block.draw(autograd.randn(2, 16, 8, 8), depth=1)


def double_backward():
    x = autograd.tensor(2.0, requires_grad=True)
    y = x.tanh()
    (slope,) = autograd.grad(y, x, create_graph=True)
    return autograd.draw([y, slope])


def player():
    """A trace of the neuron, for the picture of its player."""
    w1, x1, w2, x2, b = (Scalar(v) for v in (-3.0, 2.0, 1.0, 0.5, 6.8))
    with autograd.trace(title="A neuron") as steps:
        out = (w1 * x1 + w2 * x2 + b).tanh()
        out.backward()
    return steps


def photograph(steps, number, path):
    """The player at a step, as a browser shows it; where there is none, the picture stays as it is."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        print(f"{path} stays as it is: no browser")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "player.html"
        steps.save(file)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 620})
        page.goto(f"{file.as_uri()}#step={number}")
        page.wait_for_timeout(500)
        page.screenshot(path=path)
        browser.close()
    print(path)


GALLERY = (neuron, moons, lenet, recurrent, residual, double_backward)

if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for draw in GALLERY:
        path = PICTURES / f"{draw.__name__}.svg"
        draw().render(outfile=str(path), cleanup=True)
        print(path)
    steps = player()
    local = [i for i, step in enumerate(steps.steps, 1) if step["kind"] == "local"]
    photograph(steps, local[-1], PICTURES / "player.png")

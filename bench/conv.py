"""Convolution, forward and training, and what it makes of a training step.

python bench/conv.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import math

import autograd
import nn
import optim

# (N, C, H, W), filters, kernel size, stride, padding, groups; how long the forward pass may take, in PyTorch's time.
SHAPES = [
    ((32, 64, 32, 32), 64, 3, 1, 1, 1, 0.85),
    ((16, 128, 28, 28), 128, 3, 1, 1, 1, 0.85),
    ((16, 256, 14, 14), 256, 3, 1, 1, 1, 0.85),
    ((8, 64, 112, 112), 64, 3, 1, 1, 1, 0.85),
    ((64, 1, 28, 28), 16, 3, 1, 1, 1, 1.0),
    ((100, 3, 32, 32), 32, 3, 1, 1, 1, 1.0),
    ((64, 6, 14, 14), 16, 5, 1, 0, 1, 1.0),
    ((8, 3, 224, 224), 64, 7, 2, 3, 1, 1.0),
    ((32, 256, 14, 14), 64, 1, 1, 0, 1, 1.0),
    ((32, 64, 32, 32), 128, 3, 2, 1, 1, 1.0),
    ((16, 128, 28, 28), 128, 3, 1, 1, 128, 1.0),
    ((64, 16, 14, 14), 32, 3, 1, 1, 1, 1.3),
]


def convolution(lib, F, shape, filters, size, stride, padding, groups):
    """The forward pass of a training step, and that with the gradients of input, weight and bias."""
    lib.manual_seed(0)
    x = lib.randn(shape, requires_grad=True)
    weight = lib.randn(filters, shape[1] // groups, size, size, requires_grad=True)
    bias = lib.randn(filters, requires_grad=True)
    forward = lambda: F.conv2d(x, weight, bias, stride, padding, 1, groups)
    upstream = lib.randn(tuple(forward().shape))

    def both():
        forward().backward(upstream)
        x.grad = weight.grad = bias.grad = None

    return forward, both


def lenet(modules):
    """LeNet-5 (LeCun et al., 1998), with ReLU and max pooling."""
    return modules.Sequential(
        modules.Conv2d(1, 6, 5, padding=2),
        modules.ReLU(),
        modules.MaxPool2d(2),
        modules.Conv2d(6, 16, 5),
        modules.ReLU(),
        modules.MaxPool2d(2),
        modules.Flatten(),
        modules.Linear(400, 120),
        modules.ReLU(),
        modules.Linear(120, 84),
        modules.ReLU(),
        modules.Linear(84, 10),
    )


def resnet8(modules):
    """The smallest residual network for CIFAR (He et al., 2016): a block each at 16, 32 and 64 channels."""

    class Block(modules.Module):
        def __init__(self, before, after):
            super().__init__()
            stride = after // before
            self.first = modules.Conv2d(before, after, 3, stride, 1, bias=False)
            self.first_norm = modules.BatchNorm2d(after)
            self.second = modules.Conv2d(after, after, 3, 1, 1, bias=False)
            self.second_norm = modules.BatchNorm2d(after)
            self.relu = modules.ReLU()
            self.short = modules.Sequential()
            if stride > 1:
                self.short = modules.Sequential(
                    modules.Conv2d(before, after, 1, stride, bias=False), modules.BatchNorm2d(after)
                )

        def forward(self, x):
            y = self.relu(self.first_norm(self.first(x)))
            return self.relu(self.second_norm(self.second(y)) + self.short(x))

    return modules.Sequential(
        modules.Conv2d(3, 16, 3, 1, 1, bias=False),
        modules.BatchNorm2d(16),
        modules.ReLU(),
        Block(16, 16),
        Block(16, 32),
        Block(32, 64),
        modules.AvgPool2d(8),
        modules.Flatten(),
        modules.Linear(64, 10),
    )


def training_step(lib, modules, optimizers, network, shape):
    """One step of SGD: gradients cleared, forward, backward, update."""
    lib.manual_seed(0)
    model, loss_of = network(modules), modules.CrossEntropyLoss()
    optimizer = optimizers.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = lib.randn(shape), lib.randint(0, 10, shape[:1])

    def run():
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return run


def main():
    options = arguments("conv", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Convolution: one thread, float32, medians of interleaved runs, {options.seconds:g} s a row")

    def row(name, ours, theirs, at_most):
        times = interleaved({"ours": ours, **({"torch": theirs} if torch else {})}, options.seconds)
        report.add(name, times, at_most, "ms")
        return times["ours"] / times["torch"] if torch else math.nan

    ratios = []
    for shape, filters, size, stride, padding, groups, at_most in SHAPES:
        case = (shape, filters, size, stride, padding, groups)
        ours = convolution(autograd, nn.functional, *case)
        theirs = convolution(torch, torch.nn.functional, *case) if torch else (None, None)
        kind = f"{size}x{size}" + f"/{stride}" * (stride > 1) + " each" * (groups > 1)
        name = f"{kind} {shape}->{filters}".replace(", ", ",")
        row(name, ours[0], theirs[0], at_most)
        ratios.append(row("  with gradients", ours[1], theirs[1], 1.0))
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"  with gradients, geometric mean: {mean:.2f} (at most 0.80)")
    report.rows.append({"name": "with gradients, geometric mean", "ratio": mean, "at_most": 0.8})
    for name, network, shape in (
        ("LeNet-5, batch 64, a step", lenet, (64, 1, 28, 28)),
        ("ResNet-8, batch 32, a step", resnet8, (32, 3, 32, 32)),
    ):
        theirs = training_step(torch, torch.nn, torch.optim, network, shape) if torch else None
        row(name, training_step(autograd, nn, optim, network, shape), theirs, 0.8)
    report.save(options.json)


if __name__ == "__main__":
    main()

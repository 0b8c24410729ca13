"""A user's script that ``mypy --strict`` has to accept, types of results included; ``make lint`` runs it."""

from __future__ import annotations

import numpy as np

import autograd
import nn
import optim
from autograd import Scalar, Tensor
from autograd.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 3))
        self.scale = nn.Parameter(autograd.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.relu(self.layers(x)) * self.scale


class Cube(autograd.Function):
    @staticmethod
    def forward(ctx: autograd.function.Context, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: autograd.function.Context, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        assert x is not None
        return gradient * 3 * x**2


def accuracy(scores: Tensor, labels: Tensor) -> float:
    return float((scores.argmax(1) == labels).float().mean())


def standardized(x: Tensor) -> Tensor:
    return (x - x.mean(0)) / autograd.sqrt(x.var(0) + 1e-5)


def largest(x: Tensor) -> tuple[Tensor, Tensor]:
    values, indices = x.max(dim=1)
    return values, indices


def main() -> None:
    autograd.manual_seed(0)
    x, y = standardized(autograd.randn(30, 2)), autograd.randint(3, (30,))
    net = Net(8)
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    losses: list[float] = []
    for inputs, labels in DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True):
        optimizer.zero_grad()
        loss: Tensor = nn.functional.cross_entropy(net(inputs), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with autograd.no_grad():
        print(accuracy(net(x), y), losses)
    (slope,) = autograd.grad(Cube.apply(x).sum(), [x.requires_grad_()])
    shape: tuple[int, ...] = x.shape
    array: np.ndarray = x.detach().numpy()  # type: ignore[type-arg]
    pieces: tuple[Tensor, ...] = x.split(10)
    stacked = autograd.stack([piece.sum() for piece in pieces]) @ autograd.ones(3)
    print(slope, shape, array.mean(), stacked[0:1].T.tolist(), largest(x), x.unsqueeze(0).size(0))
    s = (Scalar(2.0) * 3 - 1).tanh()
    s.backward()
    print(s.grad)


if __name__ == "__main__":
    main()

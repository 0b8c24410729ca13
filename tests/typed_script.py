"""A user's script that ``mypy --strict`` has to accept, types of results included."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import autograd
import nn
import nn.functional as F
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


def results_of_functions(x: Tensor) -> None:
    assert_type(autograd.exp(x), Tensor)
    assert_type(autograd.cat([x, x], dim=1), Tensor)
    assert_type(autograd.pow(2, x), Tensor)
    assert_type(autograd.where(x > 0, x, 0.0), Tensor)
    assert_type(autograd.add(x, x, alpha=2, out=x), Tensor)
    assert_type(autograd.linalg.inv(x), Tensor)
    assert_type(autograd.special.expit(input=x), Tensor)
    assert_type(F.relu(x, inplace=True), Tensor)
    assert_type(F.cross_entropy(x, x, reduction="sum"), Tensor)
    assert_type(autograd.float32, autograd.dtype)
    assert_type(autograd.randn(2), Tensor)


def results_of_methods(x: Tensor) -> None:
    assert_type(x.sum(), Tensor)
    assert_type(x.mean(dim=(0, 1), keepdim=True), Tensor)
    assert_type(x.reshape(-1, 2), Tensor)
    assert_type(x.reshape(x.shape), Tensor)
    assert_type(x.max(), Tensor)
    assert_type(x.max(dim=1)[0], Tensor)
    assert_type(x.max(dim=1).indices, Tensor)
    assert_type(x.float(), Tensor)
    assert_type(x.T, Tensor)
    assert_type(nn.Parameter(x).mul_(2), nn.Parameter)
    assert_type(x.item(), float)
    assert_type(len(x), int)
    assert_type(x.size(0), int)
    assert_type(x.size(), autograd.Size)
    assert_type(x.stride(), tuple[int, ...])


def results_of_operators(x: Tensor) -> None:
    assert_type(1 - x * 2, Tensor)
    assert_type(-x @ x, Tensor)
    assert_type(2**x, Tensor)
    assert_type(x == 1, Tensor)
    assert_type((x < 1) & ~(x > 2), Tensor)
    assert_type(x[0, ..., None], Tensor)
    assert_type(divmod(x, 2), tuple[Tensor, Tensor])
    x += 1
    assert_type(x, Tensor)


class Scaled(nn.Module):
    def forward(self, x: Tensor, scale: float = 1.0) -> tuple[Tensor, float]:
        return x * scale, scale


def results_of_modules(x: Tensor) -> None:
    assert_type(nn.Linear(2, 3)(x), Tensor)
    assert_type(nn.Sequential(nn.Linear(2, 3), nn.ReLU())(x), Tensor)
    assert_type(nn.MSELoss()(x, x), Tensor)
    assert_type(nn.HuberLoss()(x, x), Tensor)
    assert_type(nn.MaxPool2d(2)(x), Tensor)
    assert_type(nn.Dropout(0.5)(x), Tensor)
    assert_type(Scaled()(x, scale=2.0), tuple[Tensor, float])


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
    array: np.ndarray[Any, Any] = x.detach().numpy()
    pieces: tuple[Tensor, ...] = x.split(10)
    stacked = autograd.stack([piece.sum() for piece in pieces]) @ autograd.ones(3)
    print(slope, shape, array.mean(), stacked[0:1].T.tolist(), largest(x), x.unsqueeze(0).size(0))
    s = (Scalar(2.0) * 3 - 1).tanh()
    s.backward()
    print(s.grad)


if __name__ == "__main__":
    main()

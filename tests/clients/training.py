"""What the scripts have in common: ten steps of training, and the numbers that are compared."""

from __future__ import annotations

import json

import torch
from torch import nn

RESULTS: list[float | str] = []
# Of a larger Tensor as many are compared, in equal steps, beside the sum of all.
MOST = 40


def keep(*values: object) -> None:
    """Compare these texts and numbers, and those in these Tensors."""
    for value in values:
        if not isinstance(value, torch.Tensor):
            RESULTS.append(value if isinstance(value, str) else float(value))
            continue
        numbers = value.detach().double().flatten()
        if len(numbers) > MOST:
            RESULTS.append(numbers.abs().sum().item())
            numbers = numbers[:: len(numbers) // MOST]
        RESULTS.extend(numbers.tolist())


def train(parameters, loss_of, optimizer=None, steps=10):
    """Ten steps; each loss is kept, and at the end the sums of all gradients and parameters."""
    parameters = [parameter for parameter in parameters if parameter.requires_grad]
    optimizer = optimizer or torch.optim.SGD(parameters, lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        keep(loss)
    for parameter in parameters:
        if parameter.grad is not None:
            keep(parameter.grad.abs().sum(), parameter.abs().sum())


def small_net() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A small network with inputs and targets."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    return net, torch.randn(12, 6), torch.randint(0, 3, (12,))


def tell() -> None:
    """Print what is compared."""
    print(json.dumps([value if isinstance(value, str) else float(f"{value:.8g}") for value in RESULTS]))

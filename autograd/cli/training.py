"""The training loop of the demo."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tqdm import tqdm

import autograd
import nn
import optim
from autograd import Tensor
from autograd.utils.data import DataLoader, TensorDataset

from .parsing import CommandError


@dataclass
class History:
    """How a training went: the loss of each step, shares of digits seen right in each epoch, and how long it took."""

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0


def train(
    model: nn.Module,
    train_set: TensorDataset,
    test_set: TensorDataset,
    *,
    epochs: int,
    batch_size: int,
    lr: float,
) -> History:
    """Train ``model`` by Adam, with a progress bar on a terminal, and print a line after each epoch."""
    start = time.perf_counter()
    loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=lr)
    history = History()
    steps = epochs * len(loader)
    # With disable=None there is no bar where stderr isn't a terminal: a log gets the line of each epoch only.
    with tqdm(total=steps, desc="training", unit="step", leave=False, disable=None) as bar:
        for epoch in range(1, epochs + 1):
            model.train()
            right = seen = 0
            for images, labels in loader:
                optimizer.param_groups[0]["lr"] = learning_rate((len(history.loss) + 0.5) / steps, lr)
                scores = model(images)
                loss = criterion(scores, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

                history.loss.append(loss.item())
                if not math.isfinite(history.loss[-1]):
                    step = len(history.loss)
                    raise CommandError(f"the loss is {history.loss[-1]} in step {step:,}; try a smaller --lr")
                right += (scores.argmax(1) == labels).sum().item()
                seen += len(labels)
                recent = np.mean(history.loss[-20:])
                bar.set_postfix_str(f"loss {recent:.3f}, accuracy {right / seen:.1%}", refresh=False)
                bar.update()
            history.train_accuracy.append(right / seen)
            history.test_accuracy.append(accuracy(model, test_set))
            recent = np.mean(history.loss[-len(loader) :])
            bar.write(
                f"epoch {epoch:{len(str(epochs))}}/{epochs}   loss {recent:.4f}   "
                f"training {history.train_accuracy[-1]:6.1%}   held out {history.test_accuracy[-1]:6.1%}"
            )
            sys.stdout.flush()
    history.seconds = time.perf_counter() - start
    return history


def learning_rate(progress: float, peak: float) -> float:
    """Up to ``peak`` in the first third of the training, then down to 0, both in a straight line."""
    return peak * min(3 * progress, 1.5 * (1 - progress))


def predict(model: nn.Module, images: Tensor) -> np.ndarray[Any, Any]:
    """The probability of each class for each image."""
    model.eval()
    with autograd.no_grad():
        return np.concatenate([model(batch).softmax(1).numpy() for batch in images.split(250)])


def accuracy(model: nn.Module, dataset: TensorDataset) -> float:
    """The share of images that ``model`` sees right."""
    images, labels = dataset.tensors
    return float(np.mean(predict(model, images).argmax(axis=1) == labels.numpy()))

"""The training loop of the demo."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import autograd
import nn
import optim
from autograd import Tensor
from autograd.utils.data import TensorDataset

from . import together
from .parsing import CommandError

# Computes of a batch the loss, the sum of the scores, and how many scores these are.
Measure = Callable[..., tuple[Tensor, float, int]]


@dataclass
class History:
    """How a training went: the loss of each step, the mean scores of each epoch, and how long it took."""

    loss: list[float] = field(default_factory=list)
    train_score: list[float] = field(default_factory=list)
    test_score: list[float] = field(default_factory=list)
    seconds: float = 0.0


def train(
    model: nn.Module,
    train_set: TensorDataset,
    measure: Measure,
    held_out: Callable[[], float],
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    text: Callable[[float], str] = "{:6.1%}".format,
    after_epoch: Callable[[], None] = lambda: None,
) -> History:
    """Train ``model`` by Adam, with a progress bar on a terminal, and print a line after each epoch.

    measure: see `Measure`. held_out: the mean score on what is not trained on. text: how to write a score.
    after_epoch: is called after each.
    """
    start = time.perf_counter()
    loader = together.loader(train_set, batch_size)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    history = History()
    steps = epochs * len(loader)
    # There is no bar where stderr isn't a terminal: a log gets the line of each epoch only.
    with tqdm(total=steps, desc="training", unit="step", leave=False, disable=together.without_bar()) as bar:
        for epoch in range(1, epochs + 1):
            model.train()
            together.begin(loader, epoch)
            total, seen = 0.0, 0
            for batch in loader:
                optimizer.param_groups[0]["lr"] = learning_rate((len(history.loss) + 0.5) / steps, lr)
                loss, score, count = measure(*batch)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

                mean_loss, score, count = together.summed(loss.item(), score, count)
                history.loss.append(mean_loss)
                if not math.isfinite(history.loss[-1]):
                    step = len(history.loss)
                    raise CommandError(f"the loss is {history.loss[-1]} in step {step:,}; try a smaller --lr")
                total += score
                seen += count
                recent = np.mean(history.loss[-20:])
                bar.set_postfix_str(f"loss {recent:.3f}, score {text(total / seen).strip()}", refresh=False)
                bar.update()
            history.train_score.append(total / seen)
            model.eval()
            with autograd.no_grad():
                history.test_score.append(held_out())
            after_epoch()
            recent = np.mean(history.loss[-len(loader) :])
            bar.write(
                f"epoch {epoch:{len(str(epochs))}}/{epochs}   loss {recent:.4f}   "
                f"training {text(history.train_score[-1])}   held out {text(history.test_score[-1])}"
            )
            sys.stdout.flush()
    history.seconds = time.perf_counter() - start
    return history


def train_on_digits(
    model: nn.Module,
    train_set: TensorDataset,
    test_set: TensorDataset,
    checkpoint: Path,
    *,
    epochs: int,
    batch_size: int,
    lr: float,
) -> History:
    """Train ``model`` to see which digit is on an image; on several ranks, its state is kept in ``checkpoint``."""
    learner = together.shared(model)

    def measure(images: Tensor, labels: Tensor) -> tuple[Tensor, float, int]:
        scores = learner(images)
        return nn.functional.cross_entropy(scores, labels), (scores.argmax(1) == labels).sum().item(), len(labels)

    held_out = lambda: accuracy(model, test_set)
    keep = lambda: together.keep(model, checkpoint)
    history = train(model, train_set, measure, held_out, epochs=epochs, batch_size=batch_size, lr=lr, after_epoch=keep)
    together.read(model, checkpoint)
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

"""What a network of the demo is to learn, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import nn
from autograd import Tensor
from autograd.utils.data import TensorDataset

from .training import Measure


@dataclass
class Task:
    """A network, what it learns from, and how it is judged.

    purpose: what is to be learnt, in a sentence.
    measure: computes of a batch the loss, the sum of the scores, and how many scores these are.
    held_out: the mean score on what it has not seen.
    baseline: the score of a simple guess, which ``against`` describes.
    percent: whether a score is the share that is right, or else an error in ``unit``.
    show: lines with examples of what it does.
    """

    purpose: str
    model: nn.Module
    train_set: TensorDataset
    measure: Measure
    held_out: Callable[[], float]
    baseline: float
    against: str
    show: Callable[[], Sequence[str]]
    percent: bool = True
    unit: str = ""

    def text(self, score: float) -> str:
        return f"{score:6.1%}" if self.percent else f"{score:.3f}{self.unit}"


def share(measured: tuple[Tensor, float, int]) -> float:
    """The mean score of what was measured."""
    return measured[1] / measured[2]

"""Parameters that are given in one of two ways, of which the other follows."""

from __future__ import annotations

from typing import Any, ClassVar

from ..engine.size import Size
from ..engine.tensor import Tensor
from .distribution import Distribution
from .utils import broadcast_all, lazy_property, logits_to_probs, of_number, probs_to_logits


def only_one(probs: Any, logits: Any) -> str:
    """Which of the two is given; ValueError unless one is."""
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")
    return "logits" if probs is None else "probs"


class ProbsOrLogits(Distribution):
    """Of distributions with a probability p, given as ``probs`` or as ``logits``, the log-odds ``ln(p/(1-p))``."""

    _batched: ClassVar[tuple[str, ...]] = ("probs", "logits")
    _given: str

    def _take(self, probs: Any, logits: Any) -> None:
        self._given = only_one(probs, logits)
        vars(self)[self._given] = of_number(logits if probs is None else probs)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def _param(self) -> Tensor:
        found: Tensor = getattr(self, self._given)
        return found

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._param.shape


class Counted(ProbsOrLogits):
    """Of distributions with a ``total_count`` beside the probability."""

    _batched = ("total_count", "probs", "logits")
    total_count: Tensor

    def _take_counts(self, total_count: Any, probs: Any, logits: Any) -> None:
        self._take(probs, logits)
        count, param = broadcast_all(total_count, self._param)
        vars(self)[self._given] = param
        self.total_count = count.to(param.dtype)

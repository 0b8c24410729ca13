"""Softmax over so many classes that most of them are looked at only when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import autograd
from autograd import Tensor

from . import functional as F
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module


class Output(NamedTuple):
    """The log-probability of each target, and the mean of their negatives."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """A classifier of frequent and rare classes (Grave et al., 2017): the rarer, the fewer numbers stand for them.

    Classes are numbered from the most frequent on. The first of the ``cutoffs`` says how many are scored by the
    ``head``, together with one score for each cluster of rarer ones; the following, where each cluster ends. The i-th
    cluster is scored from ``in_features/div_valueⁱ`` features, and only for samples that belong to it. head_bias:
    whether the head has a bias. ValueError unless the cutoffs rise and lie in 1 to n_classes - 1.

    Takes inputs (N, in_features) and targets (N), or one sample without N; gives ``output``, the log-probabilities of
    the targets, and ``loss``. RuntimeError where shapes don't fit or a target is out of range.

    >>> criterion = nn.AdaptiveLogSoftmaxWithLoss(8, 100, [10, 50])
    >>> criterion(autograd.randn(3, 8), autograd.tensor([0, 20, 70])).output.shape
    autograd.Size([3])
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = all(a < b for a, b in pairwise([0, *ends, n_classes]))
        if not rising or any(int(end) != end for end in ends):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                f"value is between 1 and n_classes-1, not {ends} for {n_classes} classes"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*ends, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = self.cutoffs[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for i, (start, end) in enumerate(pairwise(self.cutoffs)):
            few = int(in_features // div_value ** (i + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, few, False, device, dtype), Linear(few, end - start, False, device, dtype)
                )
            )

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> Output:
        if target_.dim() > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if input_.dim() != target_.dim() + 1:
            raise RuntimeError(
                f"{target_.dim()}D target tensor expects {target_.dim() + 1}D input tensors, but found inputs with "
                f"size {tuple(input_.shape)}"
            )
        batched = target_.dim() == 1
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        if len(input) != len(target):
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if bool(((target < 0) | (target >= self.n_classes)).any()):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found."
            )
        of_head, in_clusters = target, []
        for i, (start, end) in enumerate(pairwise(self.cutoffs)):
            inside = (target >= start) & (target < end)
            if bool(inside.any()):
                of_head = of_head.masked_fill(inside, self.shortlist_size + i)
                scores = F.log_softmax(self.tail[i](input[inside]), 1)
                in_clusters.append((inside, scores.gather(1, (target[inside] - start).unsqueeze(1)).squeeze(1)))
        output = F.log_softmax(self.head(input), 1).gather(1, of_head.unsqueeze(1)).squeeze(1)
        for inside, found in in_clusters:
            output = output + output.new_zeros(output.shape).masked_scatter(inside, found)
        return Output(output if batched else output.squeeze(0), -output.mean())

    def _log_prob(self, input: Tensor, head: Tensor) -> Tensor:
        """The log-probabilities of all classes, from the scores of the head."""
        of_head = F.log_softmax(head, 1)
        parts = [of_head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            parts.append(F.log_softmax(cluster(input), 1) + of_head[:, self.shortlist_size + i].unsqueeze(1))
        return autograd.cat(parts, 1)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities (N, n_classes) of all classes."""
        return self._log_prob(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each sample (N); clusters are only looked at where the head points to one."""
        head = self.head(input)
        found: Tensor = head.argmax(1)
        rare = found >= self.shortlist_size
        if bool(rare.any()):
            found[rare] = self._log_prob(input[rare], head[rare]).argmax(1)
        return found

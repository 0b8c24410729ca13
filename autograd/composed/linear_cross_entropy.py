"""Cross-entropy of a linear layer's scores, which need not all be there at once."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..engine.backward import grad
from ..engine.custom import Function
from ..engine.grad_mode import enable_grad, is_grad_enabled
from ..engine.tensor import Tensor
from ..ops.joining import cat
from ..ops.loss import reduced
from ..ops.matmul import linear
from ..types.dtypes import dtype as Dtype
from .cross_entropy import cross_entropy
from .registry import function


@dataclass(frozen=True)
class LinearCrossEntropyOptions:
    """How many samples `linear_cross_entropy` scores at a time: ``batch_chunk_size``, or what ``chunking_method`` says.

    chunking_method: "aspect_ratio" for as many as make the scores of a chunk as large as the whole input,
    "aspect_ratio:N" for an N-th of that, "auto" for "aspect_ratio:2" unless there is a ``batch_chunk_size``, None for
    all at once. The others are accepted as in PyTorch, without effect: gradients are computed in the dtype of the
    input, and a graph can be retained. ValueError for another method, and for two that disagree.

    >>> options = nn.LinearCrossEntropyOptions(batch_chunk_size=2)
    >>> x, W, target = autograd.randn(5, 3), autograd.randn(10, 3), autograd.tensor([0, 9, 4, 4, 1])
    >>> by_parts = nn.functional.linear_cross_entropy(x, W, target, options=options)
    >>> autograd.allclose(by_parts, nn.functional.cross_entropy(x @ W.T, target))
    True
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Dtype | None = None

    def __post_init__(self) -> None:
        if self.batch_chunk_size is not None and self.batch_chunk_size < 1:
            raise ValueError(f"batch_chunk_size must be positive, not {self.batch_chunk_size}")
        method = self.chunking_method
        if method is not None and not re.fullmatch(r"auto|aspect_ratio(:[1-9]\d*)?", method):
            raise ValueError(f"chunking_method must be None, 'auto', 'aspect_ratio' or 'aspect_ratio:N', not {method}")

    def rows(self, samples: int, features: int, classes: int) -> int:
        """How many samples to score at a time."""
        size, method = self.batch_chunk_size, self.chunking_method
        if method == "auto":
            method = "aspect_ratio:2" if size is None else None
        if method is None:
            return max(1, samples if size is None else size)
        fitting = -(-samples // -(-classes // features))
        share = int(method.partition(":")[2] or 1)
        made = min((1 << (fitting - 1).bit_length()) // share, samples)
        if size is not None and size != made:
            raise ValueError(
                f"batch_chunk_size (={size}) and chunking_method ('{self.chunking_method}') give different chunk sizes "
                f"({size} vs {made}); pass only one."
            )
        return max(1, made)


class InChunks(Function):
    """The loss of each sample. Scores are made for some at a time, and again on the way back."""

    @staticmethod
    def forward(
        ctx: Any, rows: int, settings: tuple[Any, ...], x: Tensor, weight: Tensor, bias: Tensor | None, target: Tensor
    ) -> Tensor:
        ctx.save_for_backward(x, weight, bias, target)
        ctx.rows, ctx.settings = rows, settings
        return cat([losses for _, losses in InChunks.parts(rows, settings, x, weight, bias, target)])

    @staticmethod
    def parts(
        rows: int, settings: tuple[Any, ...], x: Tensor, weight: Tensor, bias: Tensor | None, target: Tensor
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Some samples, and their losses."""
        class_weight, ignore_index = settings
        for start in range(0, x.shape[0], rows):
            some, labels = x[start : start + rows], target[start : start + rows]
            scores = linear(some, weight, bias)
            yield some, cross_entropy(scores, labels, class_weight, None, ignore_index, None, "none")

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        x, weight, bias, target = ctx.saved_tensors
        again, wanted = is_grad_enabled(), ctx.needs_input_grad[2:5]
        of_x: list[Any] = []
        of_others: dict[int, Any] = {}
        with enable_grad():
            # Seen through views, so that nothing passes back further than to them.
            weight, bias = weight.view_as(weight), None if bias is None else bias.view_as(bias)
            parts = InChunks.parts(ctx.rows, ctx.settings, x, weight, bias, target)
            for upstream, (some, losses) in zip(g.split(ctx.rows), parts):
                places = [i for i in range(3) if wanted[i]]
                given: Any = (some, weight, bias)
                found = grad(losses, [given[i] for i in places], upstream, create_graph=again)
                for i, slope in zip(places, found):
                    if i == 0:
                        of_x.append(slope)
                    else:
                        of_others[i] = of_others[i] + slope if i in of_others else slope
        return None, None, cat(of_x) if of_x else None, of_others.get(1), of_others.get(2), None


@function("nn.functional.linear_cross_entropy")
def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: LinearCrossEntropyOptions | None = None,
) -> Tensor:
    """`cross_entropy` of the scores ``linear(input, linear_weight, linear_bias)``.

    input (N, features) or (features); linear_weight (classes, features), or (classes, d₁, ..., features) for a loss at
    each of d₁ × ... places. ignore_index: -100 if not given, and not to be given for probabilities. options: how many
    samples to score at a time, which takes less memory where there are many classes. RuntimeError where the shapes
    don't fit.

    >>> x, w = autograd.tensor([[2., 0.]]), autograd.tensor([[1., 0.], [0.5, 0.], [0., 1.]])
    >>> nn.functional.linear_cross_entropy(x, w, autograd.tensor([0]))
    tensor(0.4076)
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}")
    classes, *places, features = linear_weight.shape
    if input.shape[-1] != features:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {features}, respectively"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != (classes, *places):
        raise RuntimeError(f"expected linear_bias shape {(classes, *places)}, got {tuple(linear_bias.shape)}")
    if places and input.ndim == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, "
            f"(N, {features}), got unbatched input with shape {tuple(input.shape)}"
        )
    batch = tuple(input.shape[:-1])
    if ignore_index is not None and tuple(target.shape) == (*batch, classes, *places):
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    ignored = -100 if ignore_index is None else ignore_index
    if options is not None and (places or label_smoothing or target.is_floating_point()):
        warnings.warn(
            "linear_cross_entropy: ``options`` ignored; scoring some samples at a time needs label_smoothing == 0, "
            "class indices as target, and a linear_weight of two dimensions",
            stacklevel=3,
        )
        options = None
    if options is None:
        flat = linear_weight.reshape(math.prod(linear_weight.shape[:-1]), features)
        scores = linear(input, flat, None if linear_bias is None else linear_bias.reshape(-1))
        scores = scores.reshape(*batch, classes, *places)
        return cross_entropy(scores, target, weight, None, ignored, None, reduction, label_smoothing)
    x, labels = (input, target) if batch else (input.unsqueeze(0), target.reshape(1))
    rows = options.rows(x.shape[0], features, classes)
    losses = InChunks.apply(rows, (weight, ignored), x, linear_weight, linear_bias, labels)
    if reduction == "mean":
        kept = (labels != ignored).to(losses.dtype)
        counted = kept if weight is None else weight[labels * (labels != ignored)] * kept
        return losses.sum() / counted.sum()
    return reduced(losses if batch else losses.squeeze(0), reduction)

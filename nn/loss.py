"""Losses as modules. ``reduction`` is "mean", "sum" or "none"; older scripts say it by ``size_average``, ``reduce``."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from autograd import Tensor
from autograd.composed.losses import legacy
from autograd.ops.loss import check_reduction

from . import functional as F
from .distance import PairwiseDistance
from .functional_module import FunctionalModule


class _Loss(FunctionalModule):
    shown = ()

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        reduction = legacy(size_average, reduce, reduction, 3)
        check_reduction(reduction)
        self.configure(reduction=reduction)


class _WeightedLoss(_Loss):
    """weight: how much each class counts. A buffer: `Module.to` converts it, and the state dict has it."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.configure(weight=weight)


class MSELoss(_Loss):
    """The mean squared error ``(x - target)²``, for regression.

    >>> nn.MSELoss()(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, None, None, self.reduction)


class L1Loss(_Loss):
    """The mean absolute error ``|x - target|``."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, None, None, self.reduction)


class BCELoss(_WeightedLoss):
    """Binary cross-entropy of probabilities; see `nn.functional.binary_cross_entropy`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """Binary cross-entropy of scores; see `nn.functional.binary_cross_entropy_with_logits`."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class NLLLoss(_WeightedLoss):
    """``-x[target]`` of log-probabilities x; see `nn.functional.nll_loss`."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, self.weight, None, self.ignore_index, None, self.reduction)


class NLLLoss2d(NLLLoss):
    """The old name of `NLLLoss` for images; it warns."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        warnings.warn(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class CrossEntropyLoss(_WeightedLoss):
    """``-ln softmax(x)[target]`` of scores x, for classification; see `nn.functional.cross_entropy`.

    >>> nn.CrossEntropyLoss()(autograd.tensor([[2., 1., 0.]]), autograd.tensor([0]))
    tensor(0.4076)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input, target, self.weight, None, self.ignore_index, None, self.reduction, self.label_smoothing
        )


class SmoothL1Loss(_Loss):
    """Squared errors near 0 and absolute ones from ``beta`` on; see `nn.functional.smooth_l1_loss`.

    >>> nn.SmoothL1Loss()(autograd.tensor([3.]), autograd.tensor([0.]))
    tensor(2.5000)
    """

    function = staticmethod(F.smooth_l1_loss)

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.configure(beta=beta)


class HuberLoss(_Loss):
    """`SmoothL1Loss` times ``delta``; see `nn.functional.huber_loss`."""

    function = staticmethod(F.huber_loss)

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta)}")
        super().__init__(reduction=reduction)
        self.configure(delta=delta)


class KLDivLoss(_Loss):
    """The divergence of two distributions; see `nn.functional.kl_div`. reduction: "batchmean" too."""

    function = staticmethod(F.kl_div)

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        by_batch = reduction == "batchmean" and size_average is reduce is None
        super().__init__(size_average, reduce, "mean" if by_batch else reduction)
        if by_batch:
            self.reduction = reduction
        self.configure(log_target=log_target)


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts; see `nn.functional.poisson_nll_loss`."""

    function = staticmethod(F.poisson_nll_loss)

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.configure(log_input=log_input, full=full, eps=eps)


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of numbers with mean and variance; see `nn.functional.gaussian_nll_loss`."""

    function = staticmethod(F.gaussian_nll_loss)

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.configure(full=full, eps=eps)


class _MarginLoss(_Loss):
    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.configure(margin=margin)


class CosineEmbeddingLoss(_MarginLoss):
    """Turns pairs of vectors with target 1 the same way, those with target -1 apart.

    See `nn.functional.cosine_embedding_loss`.
    """

    function = staticmethod(F.cosine_embedding_loss)


class MarginRankingLoss(_MarginLoss):
    """Asks that the first of two scores is higher by a margin, or lower where the target is -1.

    See `nn.functional.margin_ranking_loss`.
    """

    function = staticmethod(F.margin_ranking_loss)


class HingeEmbeddingLoss(_MarginLoss):
    """Makes distances with target 1 small, those with target -1 larger than a margin.

    See `nn.functional.hinge_embedding_loss`.
    """

    function = staticmethod(F.hinge_embedding_loss)

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)


class SoftMarginLoss(_Loss):
    """``ln(1 + e^(-t·x))``; see `nn.functional.soft_margin_loss`."""

    function = staticmethod(F.soft_margin_loss)


class MultiMarginLoss(_WeightedLoss):
    """Asks that the right class scores higher than all others by a margin; see `nn.functional.multi_margin_loss`."""

    function = staticmethod(F.multi_margin_loss)

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.dim()}D instead")
        self.configure(p=p, margin=margin)


class MultiLabelMarginLoss(_Loss):
    """Asks that the right classes score higher than all others by a margin.

    See `nn.functional.multilabel_margin_loss`.
    """

    function = staticmethod(F.multilabel_margin_loss)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Binary cross-entropy, the mean over classes; see `nn.functional.multilabel_soft_margin_loss`."""

    function = staticmethod(F.multilabel_soft_margin_loss)


class TripletMarginLoss(_Loss):
    """Asks that an anchor is nearer to its positive than to its negative example by a margin.

    See `nn.functional.triplet_margin_loss`.
    """

    function = staticmethod(F.triplet_margin_loss)

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.configure(margin=margin, p=p, eps=eps, swap=swap)


class TripletMarginWithDistanceLoss(_Loss):
    """As `TripletMarginLoss`, with any distance, by default `PairwiseDistance`."""

    function = staticmethod(F.triplet_margin_with_distance_loss)

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        distance = PairwiseDistance() if distance_function is None else distance_function
        self.configure(distance_function=distance, margin=margin, swap=swap)


class CTCLoss(_Loss):
    """``-ln`` of the probability that a sequence spells its target, blanks left out; see `nn.functional.ctc_loss`."""

    function = staticmethod(F.ctc_loss)

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.configure(blank=blank, zero_infinity=zero_infinity)

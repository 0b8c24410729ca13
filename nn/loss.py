"""Losses as modules. ``reduction`` is "mean", "sum" or "none"; older scripts say it by ``size_average``, ``reduce``."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from autograd import Tensor
from autograd.composed.losses import legacy
from autograd.ops.loss import REDUCTIONS

from . import functional as F
from .distance import PairwiseDistance
from .functional_module import FunctionalModule


class _Loss(FunctionalModule):
    shown = ()

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        reduction = legacy(size_average, reduce, reduction, 3)
        if reduction not in REDUCTIONS:
            raise ValueError(f"{reduction} is not a valid value for reduction; it is one of {', '.join(REDUCTIONS)}")
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
    """The mean absolute error ``|x - target|``, which an outlier moves less than the squared one.

    >>> x, target = autograd.tensor([1., 2., 3.]), autograd.tensor([1., 2., 13.])
    >>> nn.L1Loss()(x, target), nn.MSELoss()(x, target)
    (tensor(3.3333), tensor(33.3333))
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, None, None, self.reduction)


class BCELoss(_WeightedLoss):
    """Binary cross-entropy ``-t·ln p - (1 - t)·ln(1 - p)`` of probabilities p and targets t, both in [0, 1].

    Both have one shape. weight: how much each element counts. Where there are scores, `BCEWithLogitsLoss` is exact,
    which this can't be once a probability was rounded to 0 or 1. RuntimeError for p outside [0, 1]. See
    `nn.functional.binary_cross_entropy`.

    >>> p = autograd.tensor([0.9, 0.1])
    >>> nn.BCELoss(reduction="none")(p, autograd.tensor([1., 1.]))
    tensor([0.1054, 2.3026])
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """Binary cross-entropy of scores x with probabilities σ(x), and targets between 0 and 1 of the same shape.

    weight: how much each element counts. pos_weight: how much targets of 1 count, as for classes that are rare. See
    `nn.functional.binary_cross_entropy_with_logits`.

    >>> x, target = autograd.tensor([-200., 3.]), autograd.tensor([1., 1.])
    >>> nn.BCEWithLogitsLoss(reduction="none")(x, target)
    tensor([2.0000e+02, 4.8587e-02])
    >>> nn.BCEWithLogitsLoss(reduction="none", pos_weight=autograd.tensor(2.))(x, target)
    tensor([4.0000e+02, 9.7175e-02])
    """

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
    """``-x[target]`` of log-probabilities x, (N, C) or (N, C, ...), and classes, (N) or (N, ...).

    weight: how much each class counts, (C). ignore_index: a target that counts nothing. See `nn.functional.nll_loss`.

    >>> scores, target = autograd.tensor([[2., 1., 0.], [0., 0., 9.]]), autograd.tensor([0, 1])
    >>> nn.NLLLoss()(nn.LogSoftmax(dim=1)(scores), target), nn.CrossEntropyLoss()(scores, target)
    (tensor(4.7039), tensor(4.7039))
    """

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
    """The old name of `NLLLoss` for images; it warns.

    >>> scores = autograd.zeros(1, 3, 2, 2)
    >>> nn.NLLLoss2d()(scores.log_softmax(1), autograd.zeros(1, 2, 2).long())
    tensor(1.0986)
    """

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
    """``½(x - t)²`` where x is off by less than ``delta``, else ``delta·(|x - t| - delta/2)``.

    It is `SmoothL1Loss` times ``delta``, and its gradient is never beyond ±delta. TypeError for a delta that isn't a
    number. See `nn.functional.huber_loss`.

    >>> x = autograd.tensor([0.5, 100.], requires_grad=True)
    >>> nn.HuberLoss(reduction="sum")(x, autograd.zeros(2)).backward(); x.grad
    tensor([0.5000, 1.0000])
    """

    function = staticmethod(F.huber_loss)

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta)}")
        super().__init__(reduction=reduction)
        self.configure(delta=delta)


class KLDivLoss(_Loss):
    """The divergence ``t·(ln t - x)`` of probabilities t from log-probabilities x, of one shape.

    reduction: "batchmean" too, the sum divided by the first size, which is the divergence of distributions; "mean"
    divides by the number of elements. log_target: whether the target has log-probabilities as well. See
    `nn.functional.kl_div`.

    >>> x, target = autograd.tensor([[0.5, 0.5]]).log(), autograd.tensor([[0.9, 0.1]])
    >>> nn.KLDivLoss(reduction="batchmean")(x, target), nn.KLDivLoss(reduction="batchmean")(target.log(), target)
    (tensor(0.3681), tensor(0.))
    """

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
    """``rate - target·ln rate``: the negative log-likelihood of counts, but for a term without the rate.

    log_input: whether the input is ln rate. full: add Stirling's formula for that term, where target > 1. eps: added to
    a rate whose logarithm is taken. See `nn.functional.poisson_nll_loss`.

    >>> rates = autograd.tensor([2., 3., 4.])
    >>> nn.PoissonNLLLoss(log_input=False, reduction="none")(rates, autograd.tensor([3., 3., 3.]))
    tensor([-0.0794, -0.2958, -0.1589])
    """

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
    """``½(ln var + (x - target)²/var)``: the negative log-likelihood of targets, with a mean x and a variance for each.

    Called with input, target and var, of one shape, or var with a 1 in place of the last size. full: add ``½·ln 2π``.
    eps: the least variance. ValueError for a negative one. See `nn.functional.gaussian_nll_loss`.

    >>> x, target = autograd.zeros(3), autograd.tensor([2., 2., 2.])
    >>> nn.GaussianNLLLoss(reduction="none")(x, target, autograd.tensor([1., 4., 16.]))
    tensor([2.0000, 1.1931, 1.5113])
    """

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

    ``1 - cos`` where the target is 1, else ``max(0, cos - margin)``; vectors (N, D), targets (N). See
    `nn.functional.cosine_embedding_loss`.

    >>> a, b = autograd.tensor([[1., 0.], [1., 0.]]), autograd.tensor([[1., 1.], [1., 1.]])
    >>> nn.CosineEmbeddingLoss(reduction="none")(a, b, autograd.tensor([1, -1]))
    tensor([0.2929, 0.7071])
    """

    function = staticmethod(F.cosine_embedding_loss)


class MarginRankingLoss(_MarginLoss):
    """Asks that the first of two scores is higher by a margin, or lower where the target is -1.

    ``max(0, -t·(x₁ - x₂) + margin)``. See `nn.functional.margin_ranking_loss`.

    >>> first, second = autograd.tensor([3., 1.5]), autograd.tensor([1., 1.])
    >>> nn.MarginRankingLoss(margin=1., reduction="none")(first, second, autograd.tensor([1., 1.]))
    tensor([0.0000, 0.5000])
    """

    function = staticmethod(F.margin_ranking_loss)


class HingeEmbeddingLoss(_MarginLoss):
    """Makes distances with target 1 small, those with target -1 larger than a margin.

    ``x`` where the target is 1, else ``max(0, margin - x)``. See `nn.functional.hinge_embedding_loss`.

    >>> distances = autograd.tensor([0.2, 0.2, 3.])
    >>> nn.HingeEmbeddingLoss(reduction="none")(distances, autograd.tensor([1., -1., -1.]))
    tensor([0.2000, 0.8000, 0.0000])
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
    """``ln(1 + e^(-t·x))`` of scores x with targets t of 1 or -1; see `nn.functional.soft_margin_loss`.

    >>> nn.SoftMarginLoss(reduction="none")(autograd.tensor([2., 2.]), autograd.tensor([1., -1.]))
    tensor([0.1269, 2.1269])
    """

    function = staticmethod(F.soft_margin_loss)


class MultiMarginLoss(_WeightedLoss):
    """Asks that the right class t scores higher than all others by a margin.

    ``Σⱼ max(0, margin - x[t] + x[j])ᵖ/C`` over j ≠ t, of scores (N, C) or (C) and classes (N) or (). p: 1 or 2.
    weight: how much each right class counts, (C). ValueError for another p. See `nn.functional.multi_margin_loss`.

    >>> scores = autograd.tensor([[3., 1., 0.], [3., 2.5, 0.]])
    >>> nn.MultiMarginLoss(reduction="none")(scores, autograd.tensor([0, 0]))
    tensor([0.0000, 0.1667])
    """

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
    """Asks that the right classes score higher than all others by a margin of 1.

    Scores (N, C) or (C); the target has their shape and lists the right classes, -1 after the last. See
    `nn.functional.multilabel_margin_loss`.

    >>> scores = autograd.tensor([[3., 2.5, 0.], [3., 2.5, 2.]])
    >>> nn.MultiLabelMarginLoss(reduction="none")(scores, autograd.tensor([[0, 1, -1], [0, 1, -1]]))
    tensor([0.0000, 0.1667])
    """

    function = staticmethod(F.multilabel_margin_loss)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Binary cross-entropy of scores (N, C) or (C), the mean over classes, of which any number may be right.

    weight: how much each class counts, (C). See `nn.functional.multilabel_soft_margin_loss`.

    >>> scores, target = autograd.tensor([[9., 9., -9.]]), autograd.tensor([[1., 1., 0.]])
    >>> nn.MultiLabelSoftMarginLoss()(scores, target), nn.MultiLabelSoftMarginLoss()(scores, 1 - target)
    (tensor(0.0001), tensor(9.0001))
    """

    function = staticmethod(F.multilabel_soft_margin_loss)


class TripletMarginLoss(_Loss):
    """Asks that an anchor is nearer to its positive than to its negative example by a margin.

    ``max(0, |a - p| - |a - n| + margin)`` of vectors (N, D) or (D). p: of which norm. eps: added to each difference.
    swap: if the positive example is nearer to the negative one than the anchor is, that distance counts. ValueError
    unless margin > 0. See `nn.functional.triplet_margin_loss`.

    >>> anchor, near, far = autograd.zeros(2, 2), autograd.ones(2, 2), autograd.tensor([[3., 3.], [1., 2.]])
    >>> nn.TripletMarginLoss(reduction="none")(anchor, near, far)
    tensor([0.0000, 0.1781])
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
    """As `TripletMarginLoss`, with any distance, by default `PairwiseDistance`.

    distance_function: of two Tensors of vectors, a distance for each pair. ValueError unless margin > 0.

    >>> loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: 1 - nn.CosineSimilarity()(a, b))
    >>> anchor, same_way, across = autograd.tensor([[1., 0.]]), autograd.tensor([[9., 0.]]), autograd.tensor([[0., 1.]])
    >>> loss(anchor, same_way, across), nn.TripletMarginLoss()(anchor, same_way, across)
    (tensor(0.), tensor(7.5858))
    """

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
    """``-ln`` of the probability that a sequence spells its target, blanks left out; see `nn.functional.ctc_loss`.

    Called with log-probabilities (T, N, C) or (T, C), targets (N, S) or all in one row, and the lengths of both, (N).
    blank: the class that spells nothing. zero_infinity: 0 in place of the loss of a target that doesn't fit, and of its
    gradient. Graves et al., 2006.

    Of two steps, "a" can be spelled as "aa", "a-" and "-a", of four ways if both classes are as likely:

    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()
    >>> nn.CTCLoss()(log_probs, autograd.tensor([[1]]), (2,), (1,)).neg().exp()
    tensor(0.7500)
    """

    function = staticmethod(F.ctc_loss)

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.configure(blank=blank, zero_infinity=zero_infinity)

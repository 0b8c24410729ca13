"""One-hot vectors made soft, so that gradients pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.reduction import logsumexp
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform
from .utils import broadcast_all, clamp_probs, of_number, standard_uniform

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]


class ExpRelaxedCategorical(Distribution):
    """The logarithms of `RelaxedOneHotCategorical` vectors: the log-softmax of ``(ln pᵢ - ln(-ln uᵢ))/t``, u uniform.

    temperature: t. probs (..., K): weights, which are divided by their sum; or logits: logarithms of weights.

    >>> m = autograd.distributions.relaxed_categorical.ExpRelaxedCategorical(autograd.tensor(1.), autograd.ones(2))
    >>> m.rsample().exp().sum().allclose(autograd.tensor(1.))
    True
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    # The logarithms of a point of the simplex: not any vector, but PyTorch says so too.
    support = constraints.real_vector
    has_rsample = True
    _batched = ("_categorical",)

    def __init__(
        self,
        temperature: Any,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._categorical, self.temperature = Categorical(probs, logits), temperature
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._categorical.param_shape

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        u = clamp_probs(standard_uniform(self._extended_shape(sample_shape), self.logits))
        scores = (self.logits - (-u.log()).log()) / self.temperature
        return scores - logsumexp(scores, -1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        t, k = of_number(self.temperature), self._event_shape[0]
        scale = (t * 0 + k).lgamma() + (k - 1) * t.log()
        score = logits - value * t
        return (score - logsumexp(score, -1, keepdim=True)).sum(-1) + scale


class RelaxedOneHotCategorical(TransformedDistribution):
    """Points of the simplex that come close to one-hot vectors when the temperature is low (Maddison et al., The
    Concrete Distribution; Jang et al., Gumbel-Softmax; both 2016).

    temperature: a Tensor. probs (..., K): weights, which are divided by their sum; or logits: logarithms of weights.

    >>> m = autograd.distributions.RelaxedOneHotCategorical(autograd.tensor(0.5), autograd.ones(3))
    >>> m.rsample((2,)).shape
    autograd.Size([2, 3])
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex
    has_rsample = True
    base_dist: ExpRelaxedCategorical
    _batched = ()

    def __init__(
        self,
        temperature: Any,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Any:
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        return self.base_dist.probs

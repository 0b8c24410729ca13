"""What becomes of a distribution when its values are transformed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from ..engine.grad_mode import no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from . import constraints
from .distribution import Distribution
from .independent import Independent
from .transforms import ComposeTransform, Transform
from .utils import is_number, sum_rightmost

__all__ = ["TransformedDistribution"]


class TransformedDistribution(Distribution):
    """``y = f(x)`` for x of ``base_distribution``: ``ln p(y) = ln p(x) - ln |det ∂y/∂x|``.

    transforms: f, a Transform or a list of them, the first of which is applied first.

    >>> D = autograd.distributions
    >>> logistic = D.TransformedDistribution(D.Uniform(0., 1.), [D.SigmoidTransform().inv, D.AffineTransform(0., 2.)])
    >>> logistic.log_prob(autograd.tensor(0.)).exp()
    tensor(0.1250)
    """

    arg_constraints = {}
    base_dist: Any
    _batched: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        if not isinstance(self.transforms, list) or not all(isinstance(t, Transform) for t in self.transforms):
            raise ValueError(f"transforms must be a Transform or a list of Transforms, but was {transforms}")
        shape, event_dim = base_distribution.batch_shape + base_distribution.event_shape, base_distribution.event_shape
        whole = ComposeTransform(self.transforms)
        domain, codomain = whole.domain.event_dim, whole.codomain.event_dim
        if len(shape) < domain:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {domain}, but got {tuple(shape)}."
            )
        # Parameters of the transforms may broadcast the batch, and may make more dimensions one value.
        forward_shape = Size(whole.forward_shape(shape))
        expanded = Size(whole.inverse_shape(forward_shape))
        if expanded != shape:
            base_distribution = base_distribution.expand(expanded[: len(expanded) - len(event_dim)])
        if domain > len(event_dim):
            base_distribution = Independent(base_distribution, domain - len(event_dim))
        self.base_dist = base_distribution
        cut = len(forward_shape) - max(codomain, len(event_dim) + codomain - domain)
        super().__init__(forward_shape[:cut], forward_shape[cut:], validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Self:
        shape: Any = Size(batch_shape) + self._event_shape
        for transform in reversed(self.transforms):
            shape = transform.inverse_shape(shape)
        new = super().expand(batch_shape, _instance)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        return new

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        found = self.transforms[-1].codomain
        more = len(self._event_shape) - found.event_dim
        return constraints.independent(found, more) if more > 0 else found

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return bool(self.base_dist.has_rsample)

    def _transformed(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        event_dim, slope, y = len(self._event_shape), 0.0, value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            term = transform.log_abs_det_jacobian(x, y)
            slope = slope + sum_rightmost(term, event_dim - transform.domain.event_dim)
            y = x
        return sum_rightmost(self.base_dist.log_prob(y), event_dim - len(self.base_dist.event_shape)) - slope

    def _monotonize_cdf(self, value: Any) -> Any:
        """``value``, or 1 - value where the transforms decrease."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        return value if is_number(sign) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        """For transforms that are monotone."""
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._monotonize_cdf(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        """For transforms that are monotone."""
        return self._transformed(self.base_dist.icdf(self._monotonize_cdf(value)))

"""The base of all distributions: shapes, validation, expansion, and what each of them says of itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from ..engine.grad_mode import no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from . import constraints
from .utils import lazy_property

__all__ = ["Distribution"]


class Distribution:
    """A probability distribution, or a batch of them with parameters of shape ``batch_shape``.

    event_shape: the shape of one value, () of a number. A sample has the shape ``sample_shape + batch_shape +
        event_shape``, a log-probability ``sample_shape + batch_shape``.
    has_rsample: whether `rsample` passes gradients to the parameters. has_enumerate_support: whether all values can be
        listed.
    validate_args: whether parameters and values are checked; as `set_default_validate_args` says if it isn't given.
        ValueError for parameters that violate ``arg_constraints``.

    >>> normals = autograd.distributions.Normal(autograd.zeros(3), autograd.ones(3))
    >>> normals.batch_shape, normals.event_shape, normals.sample((2,)).shape
    (autograd.Size([3]), autograd.Size([]), autograd.Size([2, 3]))
    >>> normals.log_prob(autograd.tensor(0.))
    tensor([-0.9189, -0.9189, -0.9189])
    """

    has_rsample: bool = False
    has_enumerate_support: bool = False
    _validate_args: bool = __debug__
    # The attributes that `expand` expands, Tensors and distributions; None of a distribution that says nothing of it.
    _batched: ClassVar[tuple[str, ...] | None] = None

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions check their parameters and values where their ``validate_args`` isn't given.

        They do unless Python runs with ``-O``.
        """
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args: expected True or False, not {value!r}")
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self) -> None:
        try:
            arg_constraints = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize "
                "the distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        for name, constraint in arg_constraints.items():
            not_given = name not in vars(self) and isinstance(getattr(type(self), name, None), lazy_property)
            if constraints.is_dependent(constraint) or not_given:
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Self:
        """The same distribution with its batch repeated to ``batch_shape``, as `Tensor.expand` repeats.

        Memory is shared, nothing is checked again. NotImplementedError of a subclass with an ``__init__`` of its own
        that doesn't define how it is expanded.

        >>> autograd.distributions.Normal(0., autograd.ones(3)).expand((2, 3))
        Normal(loc: autograd.Size([2, 3]), scale: autograd.Size([2, 3]))
        """
        if self._batched is None:
            raise NotImplementedError(f"{type(self).__name__} does not define expand()")
        declares = next(base for base in type(self).__mro__ if "_batched" in vars(base))
        new: Self = self._get_checked_instance(declares, _instance)
        batch_shape, rank = Size(batch_shape), len(self._batch_shape)
        for name, value in vars(self).items():
            if name in self._batched:
                shape = value.batch_shape if isinstance(value, Distribution) else value.shape
                setattr(new, name, value.expand(batch_shape + shape[rank:]))
            # What was computed lazily is computed anew.
            elif name not in vars(new) and not isinstance(getattr(type(self), name, None), lazy_property):
                setattr(new, name, value)
        new._batch_shape = batch_shape
        return new

    def _get_checked_instance(self, cls: type[Any], _instance: Any = None) -> Any:
        """An empty instance for ``expand`` of ``cls`` to fill, or the one that a subclass has begun."""
        if _instance is None and type(self).__init__ is not cls.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method must also "
                "define a custom .expand() method."
            )
        return type(self).__new__(type(self)) if _instance is None else _instance

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """What each parameter must satisfy, by its name."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """The constraint that all values satisfy."""
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The expected square of the distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Random values, without gradients."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Random values that pass gradients to the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Tensor:
        """``sample((n,))``, which should be called instead."""
        warnings.warn("sample_n(n) will be deprecated. Use sample((n,)) instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density or probability at ``value``."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of what is at most ``value``."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """The inverse of `cdf`: the quantile of a probability."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values along dimension 0: (count, *batch_shape, *event_shape), with sizes 1 for the batch if not
        ``expand``."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The expected value of ``-log_prob``, for each of the batch."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """``e^entropy``."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        """The shape of a sample."""
        return Size(sample_shape) + self._batch_shape + self._event_shape

    def _validate_sample(self, value: Tensor) -> None:
        """Raise ValueError for a value that has no such shape or is outside of the support."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        shape, expected = value.shape, self._batch_shape + self._event_shape
        if shape[len(shape) - len(self._event_shape) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {shape} vs {self._event_shape}.")
        for size, wanted in zip(reversed(shape), reversed(expected)):
            if size != 1 and wanted != 1 and size != wanted:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(shape)}) to be within the support "
                f"({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        given = {name: vars(self)[name] for name in self.arg_constraints if name in vars(self)}
        shown = [f"{name}: {value if value.numel() == 1 else value.shape}" for name, value in given.items()]
        return f"{type(self).__name__}({', '.join(shown)})"

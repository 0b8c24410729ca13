"""The Kullback-Leibler divergence, by pairs of distributions: ``KL(p‖q) = E[ln p(x) - ln q(x)]`` over x of p."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from ..engine.tensor import Tensor
from .distribution import Distribution

__all__ = ["kl_divergence", "register_kl"]

F = TypeVar("F", bound=Callable[..., Any])
Pair = tuple[type[Any], type[Any]]

_REGISTERED: dict[Pair, Callable[..., Any]] = {}
# What was found for pairs of subclasses.
_FOUND: dict[Pair, Callable[..., Any]] = {}


def register_kl(type_p: type[Any], type_q: type[Any]) -> Callable[[F], F]:
    """A decorator: the function computes ``kl_divergence(p, q)`` for these classes and their subclasses::

        @register_kl(Normal, Mine)
        def kl_normal_mine(p, q): ...

    If several fit, the one for the closest classes is taken, that of p counting first. TypeError for what is no
    class.
    """
    for name, kind in (("type_p", type_p), ("type_q", type_q)):
        # Libraries have bases of their own, from which and from Distribution their classes are derived.
        if not isinstance(kind, type):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def declare(function: F) -> F:
        _REGISTERED[type_p, type_q] = function
        _FOUND.clear()
        return function

    return declare


def _closest(p: type[Any], q: type[Any]) -> Callable[..., Any]:
    fitting = [pair for pair in _REGISTERED if issubclass(p, pair[0]) and issubclass(q, pair[1])]
    if not fitting:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {p.__name__} and q type {q.__name__}; register_kl() adds one"
        )
    # How far up in the order of inheritance each class is, first that of p, or first that of q.
    left = min(fitting, key=lambda pair: (p.__mro__.index(pair[0]), q.__mro__.index(pair[1])))
    right = min(fitting, key=lambda pair: (q.__mro__.index(pair[1]), p.__mro__.index(pair[0])))
    if _REGISTERED[left] is not _REGISTERED[right]:
        warnings.warn(
            f"Ambiguous kl_divergence({p.__name__}, {q.__name__}). "
            f"Please register_kl({left[0].__name__}, {right[1].__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return _REGISTERED[left]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """``KL(p‖q) = E[ln p(x) - ln q(x)]``, in the shape of the batch.

    NotImplementedError for a pair that has no formula here.

    >>> D = autograd.distributions
    >>> D.kl_divergence(D.Normal(0., 1.), D.Normal(1., 1.))
    tensor(0.5000)
    """
    pair = type(p), type(q)
    if pair not in _FOUND:
        _FOUND[pair] = _closest(*pair)
    found: Tensor = _FOUND[pair](p, q)
    return found

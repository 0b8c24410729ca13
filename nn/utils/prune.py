"""Parameters some of whose elements are held at 0.

A pruned parameter ``name`` is ``name_orig``, which is learned, times ``name_mask``, a buffer of ones and zeros; a hook
multiplies them before every forward.
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import autograd
from autograd import Tensor

from ..module import Module
from .convert_parameters import parameters_to_vector
from .recomputed import hooks_of, take_away

M = TypeVar("M", bound=Module)


class BasePruningMethod(ABC):
    """A way to choose what to prune: a subclass defines ``compute_mask`` and says its ``PRUNING_TYPE``.

    PRUNING_TYPE: on what the mask is computed where something has been pruned before: "unstructured", on the elements
    that are left, in a row; "structured", on the slices along ``dim`` that are left; "global", on everything.
    """

    PRUNING_TYPE: ClassVar[str]
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of ``t``, the scores of how important its elements are, on top of ``default_mask``."""

    def apply_mask(self, module: Module) -> Tensor:
        """The pruned value of the parameter."""
        original = getattr(module, f"{self._tensor_name}_orig")
        made: Tensor = getattr(module, f"{self._tensor_name}_mask").to(original.dtype) * original
        return made

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune the parameter ``name``, by ``cls(*args, **kwargs)``, on top of what has been pruned of it.

        importance_scores: of its elements, in its shape; by default its values.
        """
        value = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != value.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got "
                f"{tuple(importance_scores.shape)} vs {tuple(value.shape)}"
            )
        made = cls(*args, **kwargs)
        made._tensor_name = name
        before = next((hook for hook in hooks_of(module, BasePruningMethod) if hook._tensor_name == name), None)
        method: BasePruningMethod = made
        if before is not None:
            earlier = list(before) if isinstance(before, PruningContainer) else [before]
            method = PruningContainer(*earlier[:1])
            for one in [*earlier[1:], made]:
                method.add_pruning_method(one)
        mask = autograd.ones_like(value) if before is None else getattr(module, f"{name}_mask").detach().clone()
        mask = method.compute_mask(value if importance_scores is None else importance_scores, mask)
        if before is None:
            delattr(module, name)
            module.register_parameter(f"{name}_orig", value)
        else:
            take_away(module, before)
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """``t`` pruned, on top of ``default_mask``."""
        if importance_scores is not None and importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {tuple(importance_scores.shape)} vs "
                f"{tuple(t.shape)}"
            )
        mask = autograd.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(t if importance_scores is None else importance_scores, mask)

    def remove(self, module: Module) -> None:
        """Make the pruned value a parameter of its own; what is pruned stays 0, and may change from now on."""
        name = self._tensor_name
        value, original = self.apply_mask(module), getattr(module, f"{name}_orig")
        for end in ("", "_orig", "_mask"):
            delattr(module, name + end)
        # The same object, which an optimizer knows.
        original.data = value.detach()
        module.register_parameter(name, original)


class PruningContainer(BasePruningMethod):
    """Several methods that pruned one parameter, one after the other."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add one more; TypeError for what is none, ValueError for one of another parameter."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer "
                f"{self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> BasePruningMethod:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of the last method, computed on what the others left, in their mask."""
        method, mask = self._pruning_methods[-1], default_mask.to(t.dtype).clone()
        key: Any
        if method.PRUNING_TYPE == "unstructured":
            key = default_mask == 1
        elif method.PRUNING_TYPE == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError(
                    'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
                )
            dim = method.dim + t.ndim if method.dim < 0 else method.dim
            if not 0 <= dim < t.ndim:
                raise IndexError(f"Index is out of bounds for tensor with dimensions {t.ndim}")
            others = tuple(d for d in range(t.ndim) if d != dim)
            key = _along(dim, default_mask.sum(others) != 0)
        elif method.PRUNING_TYPE == "global":
            key = ...
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        mask[key] = method.compute_mask(t[key], default_mask[key]).to(mask.dtype)
        return mask


class Identity(BasePruningMethod):
    """Prunes nothing, but makes the parameter a pruned one."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _Amount(BasePruningMethod):
    """amount: how many to prune, or, as a float in [0, 1], which share of them."""

    amount: float
    whole: bool

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        self.whole = isinstance(amount, numbers.Integral)
        self.amount = int(amount) if self.whole else float(amount)
        if self.amount < 0 or (not self.whole and self.amount > 1):
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")

    def count(self, size: int) -> int:
        """How many of ``size`` to prune; ValueError for more than there are."""
        if self.whole and self.amount > size:
            raise ValueError(f"amount={self.amount} should be smaller than the number of parameters to prune={size}")
        return int(self.amount) if self.whole else round(self.amount * size)


class _Elements(_Amount):
    """Prunes single elements, those with the lowest scores."""

    PRUNING_TYPE = "unstructured"

    def scores(self, t: Tensor) -> Tensor:
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        count, mask = self.count(t.numel()), default_mask.clone()
        if count:
            mask.view(-1)[autograd.topk(self.scores(t.detach()).reshape(-1), count, largest=False).indices] = 0
        return mask


class RandomUnstructured(_Elements):
    """Prunes elements at random. amount: how many, or, as a float, which share."""

    def scores(self, t: Tensor) -> Tensor:
        return -autograd.rand_like(t)


class L1Unstructured(_Elements):
    """Prunes the elements nearest to 0. amount: how many, or, as a float, which share."""

    def scores(self, t: Tensor) -> Tensor:
        return t.abs()


def _along(dim: int, indices: Tensor) -> tuple[Any, ...]:
    """The key of the slices at ``indices`` along ``dim``."""
    return (*(slice(None),) * dim, indices)


class _Slices(_Amount):
    """Prunes whole slices along ``dim``."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def kept(self, t: Tensor, dim: int, count: int) -> Tensor:
        """Which slices are left without ``count`` of them: their indices, or a bool for each."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.ndim <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                f"{tuple(t.shape)} with {t.ndim} dims"
            )
        if not -t.ndim <= self.dim < t.ndim:
            raise IndexError(f"Invalid index {self.dim} for tensor of size {tuple(t.shape)}")
        dim = self.dim % t.ndim
        count = self.count(t.shape[dim])
        if not count:
            return default_mask
        mask = autograd.zeros_like(t)
        mask[_along(dim, self.kept(t.detach(), dim, count))] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Slices):
    """Prunes slices along ``dim`` at random. amount: how many, or, as a float, which share."""

    def kept(self, t: Tensor, dim: int, count: int) -> Tensor:
        drawn = autograd.rand(t.shape[dim])
        return drawn > autograd.kthvalue(drawn, count).values


class LnStructured(_Slices):
    """Prunes the slices along ``dim`` with the lowest norm of order ``n``. amount: how many, or which share."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def kept(self, t: Tensor, dim: int, count: int) -> Tensor:
        norms = autograd.norm(t, self.n, tuple(d for d in range(t.ndim) if d != dim))
        return autograd.topk(norms, t.shape[dim] - count).indices


class CustomFromMask(BasePruningMethod):
    """Prunes where ``mask`` is 0."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {tuple(default_mask.shape)} must match self.mask shape {tuple(self.mask.shape)}"
            )
        return default_mask * self.mask.to(default_mask.dtype)


def identity(module: M, name: str) -> M:
    """Make the parameter ``name`` a pruned one of which nothing is pruned.

    >>> list(nn.utils.prune.identity(nn.Linear(2, 3), "bias").state_dict())
    ['weight', 'bias_orig', 'bias_mask']
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: M, name: str, amount: float) -> M:
    """Prune elements of the parameter ``name`` at random. amount: how many, or, as a float in [0, 1], which share.

    TypeError for what is no number, ValueError for a negative one or more than there are; so in the functions below.

    >>> layer = nn.utils.prune.random_unstructured(nn.Linear(2, 3), "weight", amount=2)
    >>> layer.weight_mask.sum()
    tensor(4.)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: M, name: str, amount: float, importance_scores: Tensor | None = None) -> M:
    """Prune the elements of the parameter ``name`` that are nearest to 0, or have the scores nearest to 0.

    >>> layer = nn.Linear(3, 1)
    >>> layer.weight.data = autograd.tensor([[3., -1., 2.]])
    >>> nn.utils.prune.l1_unstructured(layer, "weight", amount=0.4).weight.detach()
    tensor([[3., -0., 2.]])
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: M, name: str, amount: float, dim: int) -> M:
    """Prune slices of the parameter ``name`` along ``dim`` at random.

    ValueError for a vector, IndexError for a dimension that it doesn't have.

    >>> layer = nn.utils.prune.random_structured(nn.Linear(2, 3), "weight", amount=1, dim=0)
    >>> sorted(layer.weight_mask.sum(1).tolist())
    [0.0, 2.0, 2.0]
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: M, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None) -> M:
    """Prune the slices of the parameter ``name`` along ``dim`` with the lowest norm of order ``n``, or of the scores.

    >>> layer = nn.Linear(2, 2)
    >>> layer.weight.data = autograd.tensor([[3., 4.], [1., 5.]])
    >>> nn.utils.prune.ln_structured(layer, "weight", amount=1, n=2, dim=0).weight_mask
    tensor([[0., 0.],
            [1., 1.]])
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: M, name: str, mask: Tensor) -> M:
    """Prune the parameter ``name`` where ``mask``, of its shape, is 0.

    >>> layer = nn.utils.prune.custom_from_mask(nn.Linear(5, 3), "bias", autograd.tensor([0, 1, 0]))
    >>> layer.bias_mask
    tensor([0., 1., 0.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: Mapping[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune elements of several parameters as if they were one, by ``pruning_method(**kwargs)``.

    parameters: pairs of a module and the name of a parameter of it; importance_scores: of elements, by such pairs.
    TypeError for a method that isn't "unstructured".

    >>> model = nn.Sequential(nn.Linear(10, 4), nn.Linear(4, 1))
    >>> weights = [(layer, "weight") for layer in model]
    >>> nn.utils.prune.global_unstructured(weights, nn.utils.prune.L1Unstructured, amount=10)
    >>> sum((buffer == 0).sum().item() for buffer in model.buffers())
    10
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    if importance_scores is not None and not isinstance(importance_scores, Mapping):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of '
            f"type {method.PRUNING_TYPE}"
        )
    pairs, given = list(parameters), importance_scores or {}
    values = [getattr(module, name) for module, name in pairs]
    scores = [given.get(pair, value) for pair, value in zip(pairs, values)]
    masks = [getattr(module, f"{name}_mask", autograd.ones_like(value)) for (module, name), value in zip(pairs, values)]
    method._tensor_name = "all of them"
    mask = PruningContainer(method).compute_mask(parameters_to_vector(scores), parameters_to_vector(masks))
    for (module, name), value, part in zip(pairs, values, mask.split([value.numel() for value in values])):
        custom_from_mask(module, name, part.reshape(value.shape))


def remove(module: M, name: str) -> M:
    """Make the pruned parameter ``name`` an ordinary one, with the value that it has; ValueError if it isn't pruned.

    >>> layer = nn.utils.prune.random_unstructured(nn.Linear(5, 7), "weight", amount=0.2)
    >>> list(nn.utils.prune.remove(layer, "weight").state_dict())
    ['bias', 'weight']
    """
    for hook in hooks_of(module, BasePruningMethod):
        if hook._tensor_name == name:
            hook.remove(module)
            take_away(module, hook)
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether a parameter of ``module`` or of a module below it is pruned.

    >>> layer = nn.Linear(5, 7)
    >>> nn.utils.prune.is_pruned(layer), nn.utils.prune.is_pruned(nn.utils.prune.identity(layer, "bias"))
    (False, True)
    """
    return any(hooks_of(part, BasePruningMethod) for part in module.modules())

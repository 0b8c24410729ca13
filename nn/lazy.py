"""Layers that learn the size of their input from the first batch."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from autograd import Tensor

from .attributes import own_buffers, own_parameters
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _NormWithStatistics
from .conv import Conv1d, Conv2d, Conv3d, Convolution, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .linear import Linear
from .locating import locate
from .normalization import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .parameter import Parameter, UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin:
    """Stands before Module among the bases of a class whose parameters get their shapes in the first forward.

    Such a class assigns `nn.UninitializedParameter` and defines `initialize_parameters`, which is called with the
    arguments of the first forward and materializes them. Then the module becomes a ``cls_to_become``, if that is given.
    RuntimeError if a parameter is left without a shape.

    >>> class Scale(nn.modules.lazy.LazyModuleMixin, nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.weight = nn.UninitializedParameter()
    ...     def initialize_parameters(self, x):
    ...         self.weight.materialize(x.shape[-1:])
    ...         nn.init.ones_(self.weight)
    ...     def forward(self, x):
    ...         return x * self.weight
    >>> Scale()(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """

    cls_to_become: ClassVar[type[Any] | None] = None
    # Of a module that has been called, and stays of a lazy class.
    _initialized: bool = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._initialized:
            try:
                self.initialize_parameters(*args, **kwargs)
                if self.has_uninitialized_params():
                    raise RuntimeError(f"module {type(self).__name__} has not been fully initialized")
            except Exception as error:
                locate(self, error)
                raise
            if self.cls_to_become is None:
                self._initialized = True
            else:
                self.__class__ = self.cls_to_become
                return self(*args, **kwargs)
        return super().__call__(*args, **kwargs)  # type: ignore[misc]

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialize the parameters for these arguments of ``forward``; a subclass defines it."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer of this module has no shape yet."""
        return any(is_lazy(value) for _, value in self._own_tensors())

    def _own_tensors(self) -> list[tuple[str, Tensor]]:
        module: Any = self
        return [*own_parameters(module), *own_buffers(module)]


class _Signature:
    """The signature of a `LazyLayer`, put together when it is asked for."""

    def __get__(self, layer: Any, cls: Any) -> inspect.Signature | None:
        if cls.cls_to_become is None:
            return None
        _, *others = inspect.signature(cls.cls_to_become).parameters.values()
        return inspect.Signature([one.replace(default=cls.defaults.get(one.name, one.default)) for one in others])


class LazyLayer(LazyModuleMixin):
    """A layer of the library without the first argument of its class, the size that is ``inferred`` from the input.

    The first forward makes a layer of ``cls_to_become``, and takes over what that one starts with.
    """

    inferred: ClassVar[str]
    # Defaults that differ from those of the class.
    defaults: ClassVar[dict[str, Any]] = {}
    _settings: dict[str, Any]
    __signature__ = _Signature()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(type(self)).bind(*args, **kwargs)
        bound.apply_defaults()
        super().__init__(0, **bound.arguments)  # type: ignore[call-arg]
        self._settings = bound.arguments
        for name, value in self._own_tensors():
            if isinstance(value, Parameter):
                setattr(self, name, UninitializedParameter(dtype=value.dtype))
            elif value.is_floating_point():
                setattr(self, name, UninitializedBuffer(dtype=value.dtype))

    def reset_parameters(self) -> None:
        """Nothing: there are no values yet."""

    def size_of(self, input: Tensor) -> int:
        """The size that is inferred; raises for an input that the layer couldn't take."""
        raise NotImplementedError

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Give the parameters the shapes and values that a layer for such inputs starts with."""
        size = self.size_of(input)
        missing = [(name, value) for name, value in self._own_tensors() if is_lazy(value)]
        if missing:
            assert self.cls_to_become is not None
            made = self.cls_to_become(size, **{**self._settings, "dtype": missing[0][1].dtype})
            for name, value in missing:
                start = getattr(made, name)
                value.materialize(start.shape)
                value.data = start.data
        setattr(self, self.inferred, size)
        del self._settings


class LazyLinear(LazyLayer, Linear):
    """A `Linear` layer whose ``in_features`` are those of its first input.

    >>> layer = nn.LazyLinear(3); layer
    LazyLinear(in_features=0, out_features=3, bias=True)
    >>> layer(autograd.ones(4, 2)).shape, layer
    (autograd.Size([4, 3]), Linear(in_features=2, out_features=3, bias=True))
    """

    cls_to_become = Linear
    inferred = "in_features"

    def size_of(self, input: Tensor) -> int:
        return input.shape[-1]


class LazyConvolution(LazyLayer, Convolution):
    """What the lazy convolutions share: RuntimeError for an input of another number of dimensions."""

    inferred = "in_channels"

    def size_of(self, input: Tensor) -> int:
        n = self.dimensions
        if input.dim() not in (n + 1, n + 2):
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {type(self).__name__}, but got input "
                f"of size: {tuple(input.shape)}"
            )
        return input.shape[-n - 1]


class LazyConv1d(LazyConvolution, Conv1d):
    """A `Conv1d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConv1d(8, 3)
    >>> layer(autograd.ones(2, 4, 9)).shape, layer
    (autograd.Size([2, 8, 7]), Conv1d(4, 8, kernel_size=(3,), stride=(1,)))
    """

    cls_to_become = Conv1d


class LazyConv2d(LazyConvolution, Conv2d):
    """A `Conv2d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConv2d(8, 3)
    >>> layer(autograd.ones(2, 4, 9, 9)).shape, layer
    (autograd.Size([2, 8, 7, 7]), Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become = Conv2d


class LazyConv3d(LazyConvolution, Conv3d):
    """A `Conv3d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConv3d(8, 3)
    >>> layer(autograd.ones(2, 4, 5, 5, 5)).shape, layer
    (autograd.Size([2, 8, 3, 3, 3]), Conv3d(4, 8, kernel_size=(3, 3, 3), stride=(1, 1, 1)))
    """

    cls_to_become = Conv3d


class LazyConvTranspose1d(LazyConvolution, ConvTranspose1d):
    """A `ConvTranspose1d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConvTranspose1d(8, 3)
    >>> layer(autograd.ones(2, 4, 9)).shape, layer
    (autograd.Size([2, 8, 11]), ConvTranspose1d(4, 8, kernel_size=(3,), stride=(1,)))
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(LazyConvolution, ConvTranspose2d):
    """A `ConvTranspose2d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConvTranspose2d(8, 3)
    >>> layer(autograd.ones(2, 4, 9, 9)).shape, layer
    (autograd.Size([2, 8, 11, 11]), ConvTranspose2d(4, 8, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(LazyConvolution, ConvTranspose3d):
    """A `ConvTranspose3d` whose ``in_channels`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyConvTranspose3d(8, 3)
    >>> layer(autograd.ones(2, 4, 5, 5, 5)).shape, layer
    (autograd.Size([2, 8, 7, 7, 7]), ConvTranspose3d(4, 8, kernel_size=(3, 3, 3), stride=(1, 1, 1)))
    """

    cls_to_become = ConvTranspose3d


class LazyNorm(LazyLayer, _NormWithStatistics):
    """What the lazy normalizations share: ValueError for an input of another number of dimensions."""

    inferred = "num_features"

    def size_of(self, input: Tensor) -> int:
        self._check_rank(input)
        return input.shape[1]


class LazyBatchNorm1d(LazyNorm, BatchNorm1d):
    """A `BatchNorm1d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyBatchNorm1d()
    >>> layer(autograd.ones(2, 4, 9)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 9]), 'BatchNorm1d', 4)
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(LazyNorm, BatchNorm2d):
    """A `BatchNorm2d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyBatchNorm2d()
    >>> layer(autograd.ones(2, 4, 9, 9)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 9, 9]), 'BatchNorm2d', 4)
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(LazyNorm, BatchNorm3d):
    """A `BatchNorm3d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyBatchNorm3d()
    >>> layer(autograd.ones(2, 4, 5, 5, 5)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 5, 5, 5]), 'BatchNorm3d', 4)
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm(LazyNorm):
    """As in PyTorch, these have parameters and statistics unless told otherwise."""

    defaults: ClassVar[dict[str, Any]] = {"affine": True, "track_running_stats": True}

    def size_of(self, input: Tensor) -> int:
        self._check_rank(input)
        return input.shape[1 if input.dim() == max(self.dims) else 0]


class LazyInstanceNorm1d(LazyInstanceNorm, InstanceNorm1d):
    """An `InstanceNorm1d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyInstanceNorm1d()
    >>> layer(autograd.ones(2, 4, 9)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 9]), 'InstanceNorm1d', 4)
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(LazyInstanceNorm, InstanceNorm2d):
    """An `InstanceNorm2d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyInstanceNorm2d()
    >>> layer(autograd.ones(2, 4, 9, 9)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 9, 9]), 'InstanceNorm2d', 4)
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(LazyInstanceNorm, InstanceNorm3d):
    """An `InstanceNorm3d` whose ``num_features`` are those of its first input; see `LazyLinear`.

    >>> layer = nn.LazyInstanceNorm3d()
    >>> layer(autograd.ones(2, 4, 5, 5, 5)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 4, 5, 5, 5]), 'InstanceNorm3d', 4)
    """

    cls_to_become = InstanceNorm3d

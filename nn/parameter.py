"""Tensors that a module learns or keeps, and those whose shape it doesn't know yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeGuard

import autograd
from autograd import Tensor
from autograd.engine import above, overriding
from autograd.surface.printing import text_under


class Marked(type):
    """The type of a class whose instances are also Tensors of other types that have its mark."""

    mark: str

    def __instancecheck__(cls, instance: Any) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return "mark" in vars(cls) and isinstance(instance, Tensor) and getattr(instance, cls.mark, False)


class Parameter(Tensor, metaclass=Marked):
    """A Tensor that requires grad and that a module it is assigned to counts among its parameters.

    data: a Tensor, whose memory is shared; an empty one by default. One of a subclass stays of its type, and is a
    parameter to ``isinstance``. A copy by `copy.deepcopy` has no gradient yet.

    >>> nn.Parameter(autograd.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()
    mark = "_is_param"
    # What is computed of parameters is a plain Tensor.
    __torch_function__ = overriding.disabled

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        data = autograd.empty(0) if data is None else data
        if not isinstance(data, Tensor):
            raise TypeError(f"Parameter: expected a Tensor, not {type(data).__name__}")
        if cls is Parameter and type(data) not in (Tensor, Parameter) and not is_lazy(data):
            return _of_subclass(data, requires_grad)
        made: Parameter = cls._wrap(data.array, None)
        made.requires_grad_(requires_grad)
        return made

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        copied = super().__deepcopy__(memo)
        copied.grad = None
        # As in PyTorch, they don't go along, unlike those of any other Tensor.
        vars(copied).clear()
        return copied

    def __repr__(self) -> str:
        if type(self) is Parameter:
            return f"Parameter containing:\n{super().__repr__()}"
        return f"Parameter containing:\nParameter({text_under(type(self).__name__, self)})"


def _of_subclass(data: Tensor, requires_grad: bool) -> Any:
    """``data``, of a type that users made, outside its graph and marked as a parameter."""
    made: Any = data.detach().requires_grad_(requires_grad)
    if type(made) is not type(data):
        raise RuntimeError(
            f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() returns an "
            f"instance of the same type, but return type {type(made).__name__} was found instead. To use the type as a "
            "Parameter, please correct the detach() semantics defined by its __torch_function__() implementation."
        )
    setattr(made, Parameter.mark, True)
    return made


class Buffer(Tensor, metaclass=Marked):
    """A Tensor that a module it is assigned to keeps beside its parameters, as `Module.register_buffer` would.

    data: a Tensor, whose memory is shared; an empty one by default. persistent: whether the `state_dict` has it.
    What is made is a Tensor of the type of ``data``, with a mark by which ``isinstance`` tells it.

    >>> layer = nn.Module()
    >>> layer.count = nn.Buffer(autograd.zeros(1))
    >>> layer.state_dict()["count"], isinstance(layer.count, nn.Buffer)
    (tensor([0.]), True)
    """

    __slots__ = ()
    __torch_function__ = overriding.disabled
    mark = "_is_buffer"
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        data = autograd.empty(0) if data is None else data
        if not isinstance(data, Tensor):
            raise TypeError(f"Buffer: expected a Tensor, not {type(data).__name__}")
        made: Any = data.detach().requires_grad_(data.requires_grad)
        setattr(made, Buffer.mark, True)
        made.persistent = persistent
        return made


class UninitializedTensorMixin(Tensor):
    """What has a dtype and no shape yet. `materialize` makes a Tensor of it, which is the same object.

    Until then its ``data`` is empty, and whatever would read its values raises ValueError.
    """

    __slots__ = ()
    __torch_function__ = overriding.disabled
    cls_to_become: ClassVar[type[Tensor]]

    @property
    def array(self) -> Any:
        raise ValueError(
            f"Attempted to use an uninitialized parameter: this {type(self).__name__} has no shape before the first "
            "forward of its layer; call the model with a batch first"
        )

    @array.setter
    def array(self, value: Any) -> None:
        _ARRAY.__set__(self, value)

    @property
    def data(self) -> Tensor:
        return autograd.from_numpy(_ARRAY.__get__(self))

    @data.setter
    def data(self, value: Tensor) -> None:
        _ARRAY.__set__(self, value.array)

    def materialize(self, shape: Sequence[int], device: object = None, dtype: autograd.dtype | None = None) -> None:
        """Become a Tensor of this shape, with whatever values are in memory, in the dtype it has or another."""
        made = autograd.empty(shape, device=device, dtype=self.dtype if dtype is None else dtype)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        self.data = made

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer; call forward first, with which it gets one"
        )

    @property
    def dtype(self) -> autograd.dtype:
        return self.data.dtype

    def is_floating_point(self) -> bool:
        return True

    def detach(self) -> Tensor:
        """Itself: without values there is no memory to share."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        make, given = self.__reduce__()
        memo[id(self)] = made = make(*given)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.requires_grad, None, self.dtype)


_ARRAY: Any = vars(Tensor)["array"]


def _uninitialized(cls: Any, requires_grad: bool, device: object, dtype: autograd.dtype | None) -> Any:
    empty = autograd.empty(0, device=device, dtype=dtype)
    made = cls._wrap(empty.array, None)
    if requires_grad:
        # The node of a leaf takes its shape from the array, which there is only for whoever asks for it here.
        made.node = empty.requires_grad_().node
        made.resting = empty.resting
    return made


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A Parameter without a shape, which the first forward of a lazy layer gives it.

    >>> w = nn.UninitializedParameter(); w
    <UninitializedParameter>
    >>> w.materialize((2, 3)); w.shape
    autograd.Size([2, 3])
    """

    __slots__ = ()
    cls_to_become = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: object = None, dtype: autograd.dtype | None = None
    ) -> UninitializedParameter:
        return _uninitialized(cls, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer without a shape, which the first forward of a lazy layer gives it.

    >>> nn.LazyBatchNorm1d().running_mean
    <UninitializedBuffer>
    """

    __slots__ = ()
    cls_to_become = Tensor

    def __new__(
        cls,
        requires_grad: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
        persistent: bool = True,
    ) -> UninitializedBuffer:
        made: UninitializedBuffer = _uninitialized(cls, requires_grad, device, dtype)
        made.persistent = persistent
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        make, given = super().__reduce__()
        return make, (*given, self.persistent)


def is_lazy(value: Any) -> TypeGuard[UninitializedTensorMixin]:
    """Whether ``value`` is a parameter or buffer that has no shape yet."""
    return isinstance(value, UninitializedTensorMixin)


above.Parameter = Parameter
above.UninitializedTensorMixin = UninitializedTensorMixin

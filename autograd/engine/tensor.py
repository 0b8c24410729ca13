"""The Tensor: a thin handle on an array and the node that made it."""

from __future__ import annotations

import copy
import math
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeAlias, overload

import numpy as np

from ..kernels.compiling.forks import new_lock
from ..ops.op import Op
from ..types.device import CPU, device
from ..types.dtypes import canonical, dtype, from_numpy_dtype
from . import versions
from .copies import copied
from .errors import out_of_range
from .grad_mode import is_grad_enabled, recording
from .hooks import Hooks, RemovableHandle
from .node import Node, leaf, looked_at
from .size import Size, size_of

Step = tuple[Op, tuple[Any, ...], dict[str, Any]]
Chain = tuple[Step, ...]
ACCUMULATING = new_lock()
# What may stand beside a Tensor in an op that broadcasts.
Operand: TypeAlias = "Tensor | np.ndarray[Any, Any] | np.generic | float"

# What `surface` gives a Tensor when the library is imported, as type checkers and editors see it.
if TYPE_CHECKING:
    from ..surface.methods import TensorMethods
else:
    TensorMethods = object


class Tensor(TensorMethods):
    """An n-dimensional array that remembers how it was made. A scalar is a 0-d Tensor.

    ``array`` is its NumPy array; ``node`` is the recorded call that made it, a leaf's own node if it requires grad, or
    None where no gradient is needed. Make one with `autograd.tensor`.

    >>> import autograd
    >>> w = autograd.tensor([1., 2.], requires_grad=True)
    >>> y = (w * w).sum()
    >>> y.backward()
    >>> y, w.grad
    (tensor(5., grad_fn=<SumBackward0>), tensor([2., 4.]))
    """

    # In ``__dict__`` are the attributes that a user gives it.
    __slots__ = ("__dict__", "__weakref__", "array", "node", "resting", "unwatched", "view_of", "views")

    array: np.ndarray[Any, Any]
    node: Node | None
    # The others are set only where there are any. By `views`:
    view_of: View
    views: dict[Any, None]
    # The node of a leaf that is not to require grad for a while; its gradient and its hooks are kept there.
    resting: Node
    # Of what ``data`` gave: writes to it are not noted.
    unwatched: bool

    __array_priority__ = 1000

    @classmethod
    def _wrap(cls, array: np.ndarray[Any, Any], node: Node | None) -> Self:
        made = object.__new__(cls)
        made.array = array
        made.node = node
        return made

    @property
    def shape(self) -> Size:
        """The size of each dimension."""
        return size_of(self.array.shape)

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the size of one dimension."""
        if dim is None:
            return self.shape
        if not self.array.ndim:
            raise IndexError(f"size: Dimension specified as {dim} but tensor has no dimensions")
        return self.array.shape[check_dim("size", dim, self.array.ndim)]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.array.itemsize

    @property
    def dtype(self) -> dtype:
        """The type of the elements."""
        return from_numpy_dtype(self.array.dtype)

    @property
    def device(self) -> device:
        """Where it is: on the CPU."""
        return CPU

    def is_floating_point(self) -> bool:
        """Whether its elements are floats."""
        return self.array.dtype.kind == "f"

    @overload
    def stride(self, dim: None = None) -> tuple[int, ...]: ...
    @overload
    def stride(self, dim: int) -> int: ...
    def stride(self, dim: int | None = None) -> tuple[int, ...] | int:
        """The step, in elements, from one index of each dimension (or of ``dim``) to the next."""
        strides = steps(self.array)
        return strides if dim is None else strides[check_dim("stride", dim, self.array.ndim)]

    @property
    def requires_grad(self) -> bool:
        """Whether a backward pass brings a gradient here; can be set on leaves."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for the gradient of this Tensor, or no longer. Only leaves can be told not to need one; RuntimeError."""
        if requires_grad:
            if self.array.dtype.kind != "f":
                raise RuntimeError(
                    f"requires_grad_: only Tensors of floating point dtype can require gradients, not {self.dtype} of "
                    f"shape {tuple(self.shape)}; make it a float first, as in x.float()"
                )
            if self.node is None:
                self.node = self._leaf()
        elif not self.is_leaf:
            raise RuntimeError(
                f"requires_grad_: you can only change requires_grad flags of leaf variables, and {self.grad_fn} made "
                "this one; use detach() for a Tensor that doesn't require grad"
            )
        else:
            self._rest()
        return self

    def _rest(self) -> None:
        """Let this leaf not require grad for a while: graphs that it is in already add nothing to its gradient."""
        if self.node is not None:
            self.resting, self.node = self.node, None
            self.resting.resting = True

    def _leaf(self) -> Node:
        """The node that this Tensor has as a leaf, where it is kept; a new one if it has had none."""
        node: Node | None = getattr(self, "resting", None)
        if node is None:
            self.resting = node = leaf(self.array)
            node.tensor = weakref.ref(self)
        node.shape, node.dtype = self.array.shape, self.array.dtype
        node.resting = False
        return node

    @property
    def is_leaf(self) -> bool:
        """Whether no operation that a graph recorded made it: data, and what is learned."""
        return self.node is None or self.node.op is None

    @property
    def grad_fn(self) -> Node | None:
        """The recorded call that made this Tensor; None for a leaf."""
        return None if self.node is None or self.node.op is None else looked_at(self.node.call)

    @property
    def grad(self) -> Tensor | None:
        """The gradient accumulated by `backward`, on leaves and after `retain_grad`; of others None, and it warns."""
        if self.node is not None and self.node.op is not None and not retains(self.node):
            warnings.warn(
                f"grad: {self.grad_fn} made this Tensor, so it is not a leaf and backward() fills no .grad of it; call "
                "retain_grad() on it before backward(), or look at the leaf that was meant",
                UserWarning,
                stacklevel=2,
            )
        return kept_grad(self)

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"grad: expected a Tensor or None, not {type(value).__name__}")
            if value is self:
                raise RuntimeError("grad: can't assign Variable as its own grad")
            if value.shape != self.shape or value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"grad: assigned a gradient of shape {tuple(value.shape)} and {value.dtype} to a Tensor of shape "
                    f"{tuple(self.shape)} and {self.dtype}"
                )
        node = self.node or getattr(self, "resting", None)
        if node is None and value is not None:
            node = self._leaf()
            node.resting = True
        if node is not None:
            node.grad = value

    @property
    def retains_grad(self) -> bool:
        """Whether the gradient of this Tensor is kept though it isn't a leaf."""
        return self.node is not None and retains(self.node)

    def retain_grad(self) -> None:
        """Keep the gradient of this Tensor too, though it isn't a leaf. Raises RuntimeError if it needs none."""
        node = self._differentiable("can't retain_grad on Tensor that has requires_grad=False")
        if node.op is not None and not retains(node):
            node.grad = None
            # Who walks looks at nodes with hooks only.
            node.hooks = Hooks() if node.hooks is None else node.hooks

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call ``hook(gradient)`` when the gradient of this Tensor is known; what it returns takes its place.

        >>> import autograd
        >>> x = autograd.tensor(2., requires_grad=True)
        >>> handle = x.register_hook(lambda gradient: gradient * 10)
        >>> (x * 3).backward(); x.grad
        tensor(30.)
        """
        node = self._differentiable("cannot register a hook on a tensor that doesn't require gradient")
        if node.hooks is None:
            node.hooks = Hooks()
        return RemovableHandle(node.hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call ``hook(self)`` each time `backward` has added to ``grad``. RuntimeError for what isn't a leaf.

        >>> import autograd
        >>> x = autograd.tensor(2., requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda x: print(x.grad))
        >>> (x * 3).backward()
        tensor(3.)
        """
        node = self._differentiable("cannot register a hook on a tensor that doesn't require gradient")
        if node.op is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        # A node doesn't refer to its Tensor, or neither would ever go.
        itself = weakref.ref(self)
        return RemovableHandle(node.accumulated, lambda: hook(itself()))  # type: ignore[arg-type]  # it is there

    def _differentiable(self, otherwise: str) -> Node:
        if self.node is None:
            raise RuntimeError(f"{otherwise} (shape {tuple(self.shape)}); x.requires_grad_() asks for one")
        return self.node

    def detach(self) -> Tensor:
        """The same memory, outside the graph.

        >>> import autograd
        >>> autograd.ones(2, requires_grad=True).detach()
        tensor([1., 1.])
        """
        return wrap(self.array, None)

    def detach_(self) -> Tensor:
        """Leave the graph. RuntimeError for a view: its base would still be in there.

        >>> import autograd
        >>> autograd.ones(2, requires_grad=True).detach_()
        tensor([1., 1.])
        """
        if getattr(self, "view_of", None) is not None and self.node is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        if self.is_leaf:
            self._rest()
        self.node = None
        return self

    @property
    def _base(self) -> Tensor | None:
        """The Tensor that this one is a view of."""
        of = getattr(self, "view_of", None)
        return None if of is None else of.base

    def _is_view(self) -> bool:
        return self._base is not None

    @property
    def _version(self) -> int:
        """How often the memory was written to in place."""
        return versions.version(self.array)

    @property
    def data(self) -> Tensor:
        """The same memory, outside the graph; assigning replaces the values and leaves the graph alone.

        What is written through it goes unnoticed: a backward pass reads what is there then.
        """
        made = wrap(self.array, None)
        made.unwatched = True
        return made

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data: expected a Tensor, not {type(value).__name__}")
        if self.node is not None:
            if value.array.dtype.kind != "f":
                raise RuntimeError(
                    f"data: set to a tensor that requires gradients must be of floating point dtype, not {value.dtype}"
                )
            self.node.shape = value.array.shape
            self.node.dtype = value.array.dtype
        node = self.node or getattr(self, "resting", None)
        if node is not None and node.op is None:
            versions.note_replaced(node, value.array)
        self.array = value.array

    def item(self) -> float:
        """The one element as a Python number; RuntimeError if there is not exactly one."""
        if self.array.size != 1:
            raise RuntimeError(
                f"item: a Tensor with {self.array.size} elements cannot be converted to Scalar (shape "
                f"{tuple(self.shape)})"
            )
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers, or one number."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """The array itself, sharing memory. RuntimeError if the Tensor requires grad, unless ``force`` or `no_grad`."""
        if self.node is not None and not force and is_grad_enabled():
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __dlpack__(self, **options: Any) -> Any:
        """The memory as a DLPack capsule, for another library to share. BufferError if the Tensor requires grad."""
        if self.node is not None:
            raise BufferError("__dlpack__: can't export tensors that require gradient, use tensor.detach()")
        return self.array.__dlpack__(**options)

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """The column that a Tensor of one dimension is to polars and others that know Arrow's protocol, by pyarrow."""
        import pyarrow

        if self.node is not None:
            raise BufferError("__arrow_c_array__: can't export tensors that require gradient, use tensor.detach()")
        if self.array.ndim != 1:
            raise BufferError(
                f"__arrow_c_array__: a column has 1 dimension, not the shape {tuple(self.shape)}; use tensor.numpy()"
            )
        return pyarrow.array(self.array).__arrow_c_array__(requested_schema)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter([self[i] for i in range(len(self.array))])

    def __bool__(self) -> bool:
        if self.array.size != 1:
            count = "more than one value" if self.array.size else "no values"
            raise RuntimeError(
                f"Boolean value of Tensor with {count} is ambiguous (shape {tuple(self.shape)}); use any() or all()"
            )
        return bool(self.array.item())

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def _number(self) -> Any:
        if self.array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, not one of shape {tuple(self.shape)}"
            )
        return self.array.item()

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError(f"only integer tensors of a single element can be converted to an index, not {self!r}")
        return int(self.array.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if not self.array.ndim and type(self) is Tensor else super().__format__(spec)

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, (Tensor, np.ndarray, np.generic, int, float)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}"
            )
        return bool((self == element).any())

    __hash__ = object.__hash__

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol; detach() "
                "it first"
            )
        memo[id(self)] = made = type(self)._wrap(copied(self.array, memo), None)
        made.requires_grad_(self.requires_grad)
        if self.grad is not None:
            made.grad = wrap(copied(self.grad.array, memo), None)
        if self.__dict__:
            made.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.array, self.requires_grad), self.__dict__ or None


def _restored(cls: type[Tensor], array: np.ndarray[Any, Any], requires_grad: bool) -> Tensor:
    made: Tensor = cls._wrap(canonical(array), None)
    return made.requires_grad_() if requires_grad else made


def steps(array: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """The strides of ``array`` in elements. Where nothing is stepped over, they are what they would be in PyTorch."""
    found = [stride // array.itemsize for stride in array.strides]
    if not array.size:
        # Those of rows in memory, each dimension taken to have an element.
        return tuple(math.prod(max(size, 1) for size in array.shape[dim + 1 :]) for dim in range(array.ndim))
    if 0 in found:
        for dim in reversed(range(array.ndim)):
            if array.shape[dim] == 1 and not found[dim]:
                found[dim] = 1 if dim + 1 == array.ndim else array.shape[dim + 1] * found[dim + 1]
    return tuple(found)


def wrap(array: np.ndarray[Any, Any], node: Node | None) -> Tensor:
    """A Tensor on ``array``, made by ``node``."""
    made = object.__new__(Tensor)
    made.array = array
    made.node = node
    return made


class View:
    """Of which Tensor another is a view, and the op by which it was made, with its arguments.

    before: the view that it was made from; None for one of the base itself. recorded: whether recording was on when
    it was made, and for all that it was made from.
    several: which of the results of a function it is, and the name of that; None of one that has one result.
    """

    __slots__ = ("base", "before", "recorded", "several", "step")

    def __init__(self, base: Tensor, before: View | None, step: Step, recorded: bool) -> None:
        self.base, self.before, self.step, self.recorded = base, before, step, recorded
        self.several: tuple[int, str] | None = None

    @property
    def chain(self) -> Chain:
        """The ops that lead from the base to this view, with their arguments."""
        steps, view = [self.step], self.before
        while view is not None:
            steps.append(view.step)
            view = view.before
        return tuple(reversed(steps))


def accumulate(arrivals: Iterable[tuple[Node, Any]]) -> None:
    """Add to ``grad`` of each node a gradient: an array that nobody else has, or a Tensor with a graph of its own.

    Several threads may do so at once.
    """
    with ACCUMULATING:
        for node, gradient in arrivals:
            before = getattr(node, "grad", None)
            if isinstance(gradient, Tensor):
                with recording(True):
                    node.grad = gradient if before is None else before + gradient
                continue
            gradient = np.asarray(gradient, dtype=node.dtype)
            if before is None:
                node.grad = wrap(gradient, None)
            elif before.node is not None:
                node.grad = wrap(before.array + gradient, None)
            else:
                before.array += gradient
                versions.note_write(before.array)


def kept_grad(tensor: Tensor) -> Tensor | None:
    """The gradient of ``tensor``, if there is one."""
    return getattr(tensor.node or getattr(tensor, "resting", None), "grad", None)


def retains(node: Node) -> bool:
    """Whether the gradient of ``node``, which is no leaf, is kept too."""
    return node.op is not None and hasattr(node, "grad")


def made_by(x: Tensor, node: Node | None) -> None:
    """Let ``x`` be what ``node`` made from here on, as after a write; ``retain_grad`` means what it is now."""
    before = x.node
    x.node = node
    if before is not None and node is not None and before is not node and retains(before):
        x.retain_grad()
        node.grad = before.grad
        del before.grad


def check_dim(name: str, dim: int, ndim: int) -> int:
    """``dim`` counted from the front; IndexError if there is no such dimension."""
    if not -max(ndim, 1) <= dim < max(ndim, 1):
        raise IndexError(f"{name}: {out_of_range(dim, ndim)}")
    return dim + ndim if dim < 0 else dim


def needs_graph(*tensors: Any) -> bool:
    """Whether an op on these would be recorded."""
    return is_grad_enabled() and any(isinstance(t, Tensor) and t.node is not None for t in tensors)

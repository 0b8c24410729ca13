"""Made by `make stubs` from the registry of ops; not to be edited."""

from ..composed.arithmetic import Frexp
from ..composed.counting import Histogram
from ..composed.decomposition import Geqrf, QR, Svd
from ..composed.extremes import Picked, Range
from ..composed.linalg import SlogDet
from ..composed.solving import TriangularSolve
from ..creation.generator import Generator
from ..creation.layout import layout as layouts, memory_format
from ..creation.storage import StorageType, TypedStorage, UntypedStorage
from ..engine.tensor import Operand, Tensor
from ..types.device import device
from ..types.dtypes import dtype as Dtype, dtype
from builtins import bool as _bool, float as _float, int as _int, type as _type
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self, overload

class TensorMethods:
    def __new__(cls, *args: Any, device: Any = None) -> Self: ...
    @property
    def H(self) -> Tensor:
        """As `adjoint`, of one matrix only; RuntimeError for stacks of them."""
    @property
    def T(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: Operand) -> Tensor: ...
    def __and__(self, other: Operand) -> Tensor: ...
    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy with a Tensor among its arguments."""
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        """A ufunc of NumPy with a Tensor among its arguments."""
    def __delitem__(self, key: Any) -> None: ...
    def __div__(self, other: Operand) -> Tensor: ...
    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]: ...
    def __eq__(self, other: Operand) -> Tensor: ...  # type: ignore[override]
    def __floordiv__(self, other: Operand) -> Tensor: ...
    def __ge__(self, other: Operand) -> Tensor: ...
    def __getitem__(self, key: Any) -> Tensor:
        """``x[key]``, as PyTorch indexes: Tensors, lists and arrays pick elements, the rest slices."""
    def __gt__(self, other: Operand) -> Tensor: ...
    def __iadd__(self, other: Operand) -> Self: ...
    def __iand__(self, other: Operand) -> Self: ...
    def __ifloordiv__(self, other: Operand) -> Self: ...
    def __ilshift__(self, other: Operand) -> Self: ...
    def __imod__(self, other: Operand) -> Self: ...
    def __imul__(self, other: Operand) -> Self: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: Operand) -> Self: ...
    def __ipow__(self, exponent: Operand) -> Self: ...
    def __irshift__(self, other: Operand) -> Self: ...
    def __isub__(self, other: Operand) -> Self: ...
    def __itruediv__(self, other: Operand) -> Self: ...
    def __ixor__(self, other: Operand) -> Self: ...
    def __le__(self, other: Operand) -> Tensor: ...
    def __lshift__(self, other: Operand) -> Tensor: ...
    def __lt__(self, other: Operand) -> Tensor: ...
    def __matmul__(self, other: Tensor) -> Tensor: ...
    def __mod__(self, other: Operand) -> Tensor: ...
    def __mul__(self, other: Operand) -> Tensor: ...
    def __ne__(self, other: Operand) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __or__(self, other: Operand) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, exponent: Operand) -> Tensor: ...
    def __radd__(self, other: Operand) -> Tensor: ...
    def __rand__(self, other: Operand) -> Tensor: ...
    def __rdiv__(self, other: Any) -> Tensor: ...
    def __rdivmod__(self, other: Any) -> tuple[Tensor, Tensor]: ...
    def __repr__(self) -> str:
        """``tensor(...)`` with its values, and its dtype and graph where they are not plain."""
    def __reversed__(self) -> Tensor:
        """``reversed(x)``: along dimension 0."""
    def __rfloordiv__(self, other: Operand) -> Tensor: ...
    def __rlshift__(self, other: Operand) -> Tensor: ...
    def __rmatmul__(self, other: Tensor) -> Tensor: ...
    def __rmod__(self, other: Operand) -> Tensor: ...
    def __rmul__(self, other: Operand) -> Tensor: ...
    def __ror__(self, other: Operand) -> Tensor: ...
    def __rpow__(self, exponent: Operand) -> Tensor: ...
    def __rrshift__(self, other: Operand) -> Tensor: ...
    def __rshift__(self, other: Operand) -> Tensor: ...
    def __rsub__(self, other: Operand) -> Tensor: ...
    def __rtruediv__(self, other: Operand) -> Tensor: ...
    def __rxor__(self, other: Operand) -> Tensor: ...
    def __setitem__(self, key: Any, value: Any) -> None:
        """``x[key] = value``."""
    def __sub__(self, other: Operand) -> Tensor: ...
    def __truediv__(self, other: Operand) -> Tensor: ...
    def __xor__(self, other: Operand) -> Tensor: ...
    def _typed_storage(self) -> TypedStorage:
        """All of the memory that this Tensor is in, as numbers of its dtype."""
    def abs(self) -> Tensor:
        """The absolute value; NotImplementedError for bools."""
    def abs_(self) -> Self:
        """In place: writes ``abs`` of this Tensor and the arguments into it, and returns it."""
    def absolute(self) -> Tensor:
        """The absolute value; NotImplementedError for bools."""
    def absolute_(self) -> Self:
        """In place: writes ``absolute`` of this Tensor and the arguments into it, and returns it."""
    def acos(self) -> Tensor:
        """The angle between 0 and π whose cosine is ``x``; NaN outside [-1, 1]."""
    def acos_(self) -> Self:
        """In place: writes ``acos`` of this Tensor and the arguments into it, and returns it."""
    def acosh(self) -> Tensor:
        """The inverse of `cosh`: ``ln(x + √(x² - 1))``; NaN below 1."""
    def acosh_(self) -> Self:
        """In place: writes ``acosh`` of this Tensor and the arguments into it, and returns it."""
    def add(self, other: Operand, *, alpha: _float = ...) -> Tensor:
        """``x + y``, or ``x + alpha·y``."""
    def add_(self, other: Operand, *, alpha: _float = ...) -> Self:
        """In place: writes ``add`` of this Tensor and the arguments into it, and returns it."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta·input + alpha·Σ(batch1[i] @ batch2[i])``, as `addmm`."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In place: writes ``addbmm`` of this Tensor and the arguments into it, and returns it."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``input + value·tensor1/tensor2``; RuntimeError for integers divided by integers."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Self:
        """In place: writes ``addcdiv`` of this Tensor and the arguments into it, and returns it."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``input + value·tensor1·tensor2``."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Self:
        """In place: writes ``addcmul`` of this Tensor and the arguments into it, and returns it."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta·input + alpha·(mat1 @ mat2)``; with beta 0, input counts for nothing, even if it is NaN."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In place: writes ``addmm`` of this Tensor and the arguments into it, and returns it."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta·input + alpha·(mat @ vec)``, as `addmm`."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In place: writes ``addmv`` of this Tensor and the arguments into it, and returns it."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta·input + alpha·outer(vec1, vec2)``, as `addmm`."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In place: writes ``addr`` of this Tensor and the arguments into it, and returns it."""
    def adjoint(self) -> Tensor:
        """The last two dimensions swapped; RuntimeError for fewer than two."""
    def all(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether all elements are nonzero, or all over ``dim``; uint8 stays uint8."""
    def allclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Whether ``|input - other| ≤ atol + rtol·|other|`` for all elements."""
    def amax(self, dim: _int | Sequence[_int] = (), keepdim: _bool = False) -> Tensor:
        """The largest element, or the largest over ``dim``. Several that are the largest share the gradient evenly."""
    def amin(self, dim: _int | Sequence[_int] = (), keepdim: _bool = False) -> Tensor:
        """The smallest element, or the smallest over ``dim``. Several that are the smallest share the gradient evenly."""
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False) -> Range:
        """The smallest and the largest element, or those over ``dim``; RuntimeError where there is none."""
    def angle(self) -> Tensor:
        """The angle in the complex plane: π of negative numbers, 0 of others; NaN of NaN."""
    def any(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether any element is nonzero, or any over ``dim``; uint8 stays uint8."""
    def apply_(self, callable: Callable[[Any], Any]) -> Self:
        """In place: ``callable`` of each element, a Python number. Slow; RuntimeError if the Tensor requires grad."""
    def arccos(self) -> Tensor:
        """The angle between 0 and π whose cosine is ``x``; NaN outside [-1, 1]."""
    def arccos_(self) -> Self:
        """In place: writes ``arccos`` of this Tensor and the arguments into it, and returns it."""
    def arccosh(self) -> Tensor:
        """The inverse of `cosh`: ``ln(x + √(x² - 1))``; NaN below 1."""
    def arccosh_(self) -> Self:
        """In place: writes ``arccosh`` of this Tensor and the arguments into it, and returns it."""
    def arcsin(self) -> Tensor:
        """The angle between -π/2 and π/2 whose sine is ``x``; NaN outside [-1, 1]."""
    def arcsin_(self) -> Self:
        """In place: writes ``arcsin`` of this Tensor and the arguments into it, and returns it."""
    def arcsinh(self) -> Tensor:
        """The inverse of `sinh`: ``ln(x + √(x² + 1))``."""
    def arcsinh_(self) -> Self:
        """In place: writes ``arcsinh`` of this Tensor and the arguments into it, and returns it."""
    def arctan(self) -> Tensor:
        """The angle between -π/2 and π/2 whose tangent is ``x``."""
    def arctan2(self, other: Operand) -> Tensor:
        """The angle between -π and π of the point with abscissa ``y`` and ordinate ``x``."""
    def arctan2_(self, other: Operand) -> Self:
        """In place: writes ``arctan2`` of this Tensor and the arguments into it, and returns it."""
    def arctan_(self) -> Self:
        """In place: writes ``arctan`` of this Tensor and the arguments into it, and returns it."""
    def arctanh(self) -> Tensor:
        """The inverse of `tanh`: ``½ ln((1 + x)/(1 - x))``; NaN outside [-1, 1]."""
    def arctanh_(self) -> Self:
        """In place: writes ``arctanh`` of this Tensor and the arguments into it, and returns it."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The index of the largest element (the first of several): in the flattened Tensor, or along ``dim``."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The index of the smallest element (the first of several): in the flattened Tensor, or along ``dim``."""
    def argsort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False) -> Tensor:
        """The indices that put the elements along ``dim`` in order; equal ones keep theirs."""
    def argwhere(self) -> Tensor:
        """The indices of the elements that aren't 0, one in a row."""
    def as_strided(self, size: Any, stride: Any, storage_offset: _int | None = None) -> Tensor:
        """The memory of ``input`` in any shape: ``stride[i]`` elements from one index of dimension i to the next."""
    def as_strided_scatter(self, src: Tensor, size: Any, stride: Any, storage_offset: _int | None = None) -> Tensor:
        """A copy of ``input`` with ``src`` in place of ``input.as_strided(size, stride, storage_offset)``."""
    def as_subclass(self, cls: _type[Tensor]) -> Tensor:
        """The same values and the same place in the graph, as a Tensor of class ``cls``."""
    def asin(self) -> Tensor:
        """The angle between -π/2 and π/2 whose sine is ``x``; NaN outside [-1, 1]."""
    def asin_(self) -> Self:
        """In place: writes ``asin`` of this Tensor and the arguments into it, and returns it."""
    def asinh(self) -> Tensor:
        """The inverse of `sinh`: ``ln(x + √(x² + 1))``."""
    def asinh_(self) -> Self:
        """In place: writes ``asinh`` of this Tensor and the arguments into it, and returns it."""
    def atan(self) -> Tensor:
        """The angle between -π/2 and π/2 whose tangent is ``x``."""
    def atan2(self, other: Operand) -> Tensor:
        """The angle between -π and π of the point with abscissa ``y`` and ordinate ``x``."""
    def atan2_(self, other: Operand) -> Self:
        """In place: writes ``atan2`` of this Tensor and the arguments into it, and returns it."""
    def atan_(self) -> Self:
        """In place: writes ``atan`` of this Tensor and the arguments into it, and returns it."""
    def atanh(self) -> Tensor:
        """The inverse of `tanh`: ``½ ln((1 + x)/(1 - x))``; NaN outside [-1, 1]."""
    def atanh_(self) -> Self:
        """In place: writes ``atanh`` of this Tensor and the arguments into it, and returns it."""
    def backward(self, gradient: Tensor | None = None, retain_graph: _bool | None = None, create_graph: _bool = False, inputs: Tensor | Sequence[Tensor] | None = None) -> None:
        """Add to ``.grad`` of every leaf that led to this Tensor its gradient; see `autograd.backward`."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta·input + alpha·(batch1 @ batch2)`` of stacks of matrices, as `addmm`."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In place: writes ``baddbmm`` of this Tensor and the arguments into it, and returns it."""
    def bernoulli(self, p: _float | None = None, *, generator: Generator | None = None) -> Tensor:
        """1 with the probability that ``input`` has, or with ``p``, else 0, for each element."""
    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Self:
        """In place: 1 with probability ``p``, a number or a Tensor that broadcasts to the shape, else 0."""
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """How often 0, 1, 2, ... occur in a vector of integers, or the sum of the weights where they do."""
    def bitwise_and(self, other: Operand) -> Tensor:
        """``x & y`` of integers or bools, bit by bit; NotImplementedError for floats."""
    def bitwise_and_(self, other: Operand) -> Self:
        """In place: writes ``bitwise_and`` of this Tensor and the arguments into it, and returns it."""
    def bitwise_left_shift(self, other: Operand) -> Tensor:
        """``x·2ʸ``: the bits of an integer moved up; NotImplementedError for floats."""
    def bitwise_left_shift_(self, other: Operand) -> Self:
        """In place: writes ``bitwise_left_shift`` of this Tensor and the arguments into it, and returns it."""
    def bitwise_not(self) -> Tensor:
        """``~x`` of integers or bools, bit by bit; NotImplementedError for floats."""
    def bitwise_not_(self) -> Self:
        """In place: writes ``bitwise_not`` of this Tensor and the arguments into it, and returns it."""
    def bitwise_or(self, other: Operand) -> Tensor:
        """``x | y`` of integers or bools, bit by bit; NotImplementedError for floats."""
    def bitwise_or_(self, other: Operand) -> Self:
        """In place: writes ``bitwise_or`` of this Tensor and the arguments into it, and returns it."""
    def bitwise_right_shift(self, other: Operand) -> Tensor:
        """``⌊x/2ʸ⌋``: the bits of an integer moved down; NotImplementedError for floats."""
    def bitwise_right_shift_(self, other: Operand) -> Self:
        """In place: writes ``bitwise_right_shift`` of this Tensor and the arguments into it, and returns it."""
    def bitwise_xor(self, other: Operand) -> Tensor:
        """``x ^ y`` of integers or bools, bit by bit; NotImplementedError for floats."""
    def bitwise_xor_(self, other: Operand) -> Self:
        """In place: writes ``bitwise_xor`` of this Tensor and the arguments into it, and returns it."""
    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of two stacks of matrices, as many in one as in the other."""
    def bool(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.bool``; the Tensor itself if it is so already."""
    @overload
    def broadcast_to(self, shape: Sequence[_int]) -> Tensor:
        """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
    @overload
    def broadcast_to(self, *shape: _int) -> Tensor:
        """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
    def byte(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.uint8``; the Tensor itself if it is so already."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """In place: random numbers of density ``σ/(π·((x - median)² + σ²))``."""
    def ceil(self) -> Tensor:
        """The next integer above, as a float."""
    def ceil_(self) -> Self:
        """In place: writes ``ceil`` of this Tensor and the arguments into it, and returns it."""
    def char(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.int8``; the Tensor itself if it is so already."""
    def cholesky(self, upper: _bool = False) -> Tensor:
        """The lower triangular L with ``A = L @ Lᵀ``, or its transpose; LinAlgError unless A is positive definite."""
    def cholesky_inverse(self, upper: _bool = False) -> Tensor:
        """``(L @ Lᵀ)⁻¹``, where input is L as `cholesky` makes it, or its transpose if ``upper``."""
    def cholesky_solve(self, input2: Tensor, upper: _bool = False) -> Tensor:
        """The X with ``L @ Lᵀ @ X = input``, where input2 is L as `cholesky` makes it, or its transpose if ``upper``."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most ``chunks`` views of ``input`` along ``dim``, of one size but for the last."""
    def clamp(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None."""
    def clamp_(self, min: Operand | None = None, max: Operand | None = None) -> Self:
        """In place: writes ``clamp`` of this Tensor and the arguments into it, and returns it."""
    def clamp_max(self, max: Any) -> Tensor:
        """``input`` cut off above ``max``, a number or a Tensor."""
    def clamp_max_(self, max: Any) -> Self:
        """In place: writes ``clamp_max`` of this Tensor and the arguments into it, and returns it."""
    def clamp_min(self, min: Any) -> Tensor:
        """``input`` cut off below ``min``, a number or a Tensor."""
    def clamp_min_(self, min: Any) -> Self:
        """In place: writes ``clamp_min`` of this Tensor and the arguments into it, and returns it."""
    def clip(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None."""
    def clip_(self, min: Operand | None = None, max: Operand | None = None) -> Self:
        """In place: writes ``clip`` of this Tensor and the arguments into it, and returns it."""
    def clone(self, *, memory_format: memory_format | None = ...) -> Tensor:
        """A copy in memory of its own, through which gradients pass."""
    def conj(self) -> Tensor:
        """The complex conjugate, which of real numbers is the Tensor itself."""
    def conj_physical(self) -> Tensor:
        """As `conj`."""
    def contiguous(self, memory_format: memory_format = ...) -> Tensor:
        """This Tensor laid out in rows, or with channels last: itself if it is, else a copy."""
    def copy_(self, src: Tensor, non_blocking: _bool = False) -> Self:
        """In place: the values of ``src``, which may have another dtype or broadcast to the shape."""
    def copysign(self, other: Operand) -> Tensor:
        """``|x|`` with the sign of ``y``, which -0 has too."""
    def copysign_(self, other: Operand) -> Self:
        """In place: writes ``copysign`` of this Tensor and the arguments into it, and returns it."""
    def corrcoef(self) -> Tensor:
        """The correlations of the rows of ``input`` (variables, observations): `cov` over the standard deviations."""
    def cos(self) -> Tensor:
        """The cosine of an angle in radians."""
    def cos_(self) -> Self:
        """In place: writes ``cos`` of this Tensor and the arguments into it, and returns it."""
    def cosh(self) -> Tensor:
        """The hyperbolic cosine ``(eˣ + e⁻ˣ)/2``."""
    def cosh_(self) -> Self:
        """In place: writes ``cosh`` of this Tensor and the arguments into it, and returns it."""
    def count_nonzero(self, dim: _int | Sequence[_int] | None = None) -> Tensor:
        """How many elements are not zero, of all or over ``dim``."""
    def cov(self, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """The covariances ``Σₖ wₖ(xᵢₖ - mean xᵢ)(xⱼₖ - mean xⱼ) / n`` of the rows of ``input`` (variables, observations)."""
    def cpu(self, memory_format: memory_format | None = None) -> Tensor:
        """The Tensor itself, which is on the CPU."""
    def cross(self, other: Tensor, dim: _int | None = None) -> Tensor:
        """The cross product of vectors of three along ``dim``, or along the first dimension of size 3."""
    def cuda(self, device: device | _int | None = None) -> Tensor:
        """RuntimeError: there is no GPU here. ``x.to(device)`` with the device that there is runs everywhere."""
    def cummax(self, dim: _int) -> Picked:
        """``(values, indices)`` of the largest of the first 1, 2, ... elements along ``dim``, the last of equal ones."""
    def cummin(self, dim: _int) -> Picked:
        """``(values, indices)`` of the smallest of the first 1, 2, ... elements along ``dim``, the last of equal ones."""
    def cumprod(self, dim: _int, *, dtype: dtype | None = ...) -> Tensor:
        """The products of the first 1, 2, ... elements along ``dim``."""
    def cumprod_(self, dim: _int, *, dtype: dtype | None = ...) -> Self:
        """In place: writes ``cumprod`` of this Tensor and the arguments into it, and returns it."""
    def cumsum(self, dim: _int, *, dtype: dtype | None = ...) -> Tensor:
        """The sums of the first 1, 2, ... elements along ``dim``."""
    def cumsum_(self, dim: _int, *, dtype: dtype | None = ...) -> Self:
        """In place: writes ``cumsum`` of this Tensor and the arguments into it, and returns it."""
    def data_ptr(self) -> _int:
        """The address of the first element: Tensors that begin at the same memory have the same."""
    def deg2rad(self) -> Tensor:
        """Degrees as radians: ``πx/180``."""
    def deg2rad_(self) -> Self:
        """In place: writes ``deg2rad`` of this Tensor and the arguments into it, and returns it."""
    def det(self) -> Tensor:
        """The determinant of a square matrix."""
    def diag(self, diagonal: _int = 0) -> Tensor:
        """The matrix with a vector on its diagonal; of a matrix, a copy of its diagonal. RuntimeError for other shapes."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """Matrices in ``dim1`` and ``dim2`` with the last dimension of ``input`` on their diagonal and 0 elsewhere."""
    def diagflat(self, offset: _int = 0) -> Tensor:
        """The matrix with all elements of ``input``, row by row, on its diagonal."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """The diagonal of the matrices in ``dim1`` and ``dim2``, as the last dimension; ``offset``: how far above the main."""
    def diagonal_scatter(self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """A copy of ``input`` with ``src`` in place of ``input.diagonal(offset, dim1, dim2)``."""
    def diff(self, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """``xᵢ₊₁ - xᵢ`` along ``dim``, n times over; of bools, whether they differ."""
    def digamma(self) -> Tensor:
        """``ψ(x)``, the derivative of ``ln Γ(x)``."""
    def digamma_(self) -> Self:
        """In place: writes ``digamma`` of this Tensor and the arguments into it, and returns it."""
    def dim_order(self) -> tuple[_int, ...]:
        """The dimensions in the order in which elements lie in memory, from the one with the largest step on."""
    def dist(self, other: Tensor, p: _float = 2) -> Tensor:
        """``‖input - other‖ₚ``, the norm over all elements."""
    def div(self, other: Operand, *, rounding_mode: str | None = ...) -> Tensor:
        """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
    def div_(self, other: Operand, *, rounding_mode: str | None = ...) -> Self:
        """In place: writes ``div`` of this Tensor and the arguments into it, and returns it."""
    def divide(self, other: Operand, *, rounding_mode: str | None = ...) -> Tensor:
        """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
    def divide_(self, other: Operand, *, rounding_mode: str | None = ...) -> Self:
        """In place: writes ``divide`` of this Tensor and the arguments into it, and returns it."""
    def dot(self, tensor: Tensor) -> Tensor:
        """The sum of the products of two vectors' elements."""
    def double(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.float64``; the Tensor itself if it is so already."""
    def dsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """`tensor_split` along dimension 2 of at least three; a number of pieces must divide the size."""
    def eq(self, other: Operand) -> Tensor:
        """``x == y``, element by element."""
    def eq_(self, other: Operand) -> Self:
        """In place: writes ``eq`` of this Tensor and the arguments into it, and returns it."""
    def equal(self, other: Tensor) -> _bool:
        """Whether both have the same shape and the same elements."""
    def erf(self) -> Tensor:
        """The error function ``2/√π ∫₀ˣ e^(-t²) dt``."""
    def erf_(self) -> Self:
        """In place: writes ``erf`` of this Tensor and the arguments into it, and returns it."""
    def erfc(self) -> Tensor:
        """``1 - erf(x)``, with all digits where that is small."""
    def erfc_(self) -> Self:
        """In place: writes ``erfc`` of this Tensor and the arguments into it, and returns it."""
    def erfinv(self) -> Tensor:
        """The inverse of `erf`; NaN outside [-1, 1]."""
    def erfinv_(self) -> Self:
        """In place: writes ``erfinv`` of this Tensor and the arguments into it, and returns it."""
    def exp(self) -> Tensor:
        """``eˣ``."""
    def exp2(self) -> Tensor:
        """``2ˣ``."""
    def exp2_(self) -> Self:
        """In place: writes ``exp2`` of this Tensor and the arguments into it, and returns it."""
    def exp_(self) -> Self:
        """In place: writes ``exp`` of this Tensor and the arguments into it, and returns it."""
    @overload
    def expand(self, shape: Sequence[_int]) -> Tensor:
        """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
    @overload
    def expand(self, *shape: _int) -> Tensor:
        """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
    def expand_as(self, other: Tensor) -> Tensor:
        """`expand` to the shape of ``other``."""
    def expm1(self) -> Tensor:
        """``eˣ - 1``, accurate near 0."""
    def expm1_(self) -> Self:
        """In place: writes ``expm1`` of this Tensor and the arguments into it, and returns it."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """In place: random numbers of density ``λ·e^(-λx)``."""
    def fill_(self, value: Any) -> Self:
        """In place: ``value``, a number or a Tensor without dimensions, everywhere."""
    def fill_diagonal_(self, fill_value: _float, wrap: _bool = False) -> Self:
        """In place: ``fill_value`` where all indices are equal. wrap: a tall matrix has more diagonals, one below another."""
    def fix(self) -> Tensor:
        """The integer part, as a float."""
    def fix_(self) -> Self:
        """In place: writes ``fix`` of this Tensor and the arguments into it, and returns it."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """The dimensions from ``start_dim`` to ``end_dim`` as one."""
    @overload
    def flip(self, dims: Sequence[_int]) -> Tensor:
        """The order of elements reversed along ``dims``."""
    @overload
    def flip(self, *dims: _int) -> Tensor:
        """The order of elements reversed along ``dims``."""
    def fliplr(self) -> Tensor:
        """The columns in reverse order."""
    def flipud(self) -> Tensor:
        """The rows in reverse order."""
    def float(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.float32``; the Tensor itself if it is so already."""
    def float_power(self, exponent: Operand) -> Tensor:
        """``inputᵉ`` in float64, whatever the dtypes; one of the two may be a number."""
    def float_power_(self, exponent: Operand) -> Self:
        """In place: writes ``float_power`` of this Tensor and the arguments into it, and returns it."""
    def floor(self) -> Tensor:
        """The next integer below, as a float."""
    def floor_(self) -> Self:
        """In place: writes ``floor`` of this Tensor and the arguments into it, and returns it."""
    def floor_divide(self, other: Operand) -> Tensor:
        """``⌊x / y⌋``; RuntimeError for an integer divided by 0."""
    def floor_divide_(self, other: Operand) -> Self:
        """In place: writes ``floor_divide`` of this Tensor and the arguments into it, and returns it."""
    def fmax(self, other: Operand) -> Tensor:
        """The larger of the two, or the other one if one is NaN."""
    def fmax_(self, other: Operand) -> Self:
        """In place: writes ``fmax`` of this Tensor and the arguments into it, and returns it."""
    def fmin(self, other: Operand) -> Tensor:
        """The smaller of the two, or the other one if one is NaN."""
    def fmin_(self, other: Operand) -> Self:
        """In place: writes ``fmin`` of this Tensor and the arguments into it, and returns it."""
    def fmod(self, other: Operand) -> Tensor:
        """``x - y·trunc(x / y)``, which has the sign of x; RuntimeError for an integer divided by 0."""
    def fmod_(self, other: Operand) -> Self:
        """In place: writes ``fmod`` of this Tensor and the arguments into it, and returns it."""
    def frac(self) -> Tensor:
        """What `trunc` leaves: ``x - trunc x``, with the sign of x; NotImplementedError for integers."""
    def frac_(self) -> Self:
        """In place: writes ``frac`` of this Tensor and the arguments into it, and returns it."""
    def frexp(self) -> Frexp:
        """``input = mantissa·2ᵉ`` with whole exponents e and ½ ≤ |mantissa| < 1 (or 0, infinite, NaN)."""
    def gather(self, dim: _int, index: Tensor, *, sparse_grad: _bool = ...) -> Tensor:
        """``out[i][j] = x[index[i][j]][j]`` for ``dim`` 0, and likewise for others; IndexError for an index out of range."""
    def gcd(self, other: Operand) -> Tensor:
        """The greatest common divisor of integers; NotImplementedError for floats and bools."""
    def gcd_(self, other: Operand) -> Self:
        """In place: writes ``gcd`` of this Tensor and the arguments into it, and returns it."""
    def ge(self, other: Operand) -> Tensor:
        """``x >= y``, element by element."""
    def ge_(self, other: Operand) -> Self:
        """In place: writes ``ge`` of this Tensor and the arguments into it, and returns it."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Self:
        """In place: after how many trials, each a success with probability ``p``, the first success came."""
    def geqrf(self) -> Geqrf:
        """R above, and below the diagonal the vectors of the reflections that make it; `linalg.householder_product` is Q."""
    def ger(self, vec2: Tensor) -> Tensor:
        """The products of each element of a vector with each of another: ``out[i][j] = input[i]·vec2[j]``."""
    def get_device(self) -> _int:
        """-1: this is no Tensor on a GPU."""
    def greater(self, other: Operand) -> Tensor:
        """``x > y``, element by element."""
    def greater_(self, other: Operand) -> Self:
        """In place: writes ``greater`` of this Tensor and the arguments into it, and returns it."""
    def greater_equal(self, other: Operand) -> Tensor:
        """``x >= y``, element by element."""
    def greater_equal_(self, other: Operand) -> Self:
        """In place: writes ``greater_equal`` of this Tensor and the arguments into it, and returns it."""
    def gt(self, other: Operand) -> Tensor:
        """``x > y``, element by element."""
    def gt_(self, other: Operand) -> Self:
        """In place: writes ``gt`` of this Tensor and the arguments into it, and returns it."""
    def half(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.float16``; the Tensor itself if it is so already."""
    def hardshrink(self, lambd: _float = 0.5) -> Tensor:
        """``x`` where it is beyond ±``lambd``, else 0."""
    def hardshrink_(self, lambd: _float = 0.5) -> Self:
        """In place: writes ``hardshrink`` of this Tensor and the arguments into it, and returns it."""
    def heaviside(self, values: Tensor) -> Tensor:
        """1 where x > 0, ``values`` (a Tensor of the same dtype) where x = 0, else 0."""
    def heaviside_(self, values: Tensor) -> Self:
        """In place: writes ``heaviside`` of this Tensor and the arguments into it, and returns it."""
    def histc(self, bins: _int = 100, min: _float = 0, max: _float = 0) -> Tensor:
        """How many elements fall into each of ``bins`` equal parts of [min, max]; for equal limits, of their range."""
    def histogram(self, bins: Any, *, range: Sequence[_float] | None = None, weight: Tensor | None = None, density: _bool = False) -> Histogram:
        """``(hist, bin_edges)``: how many elements, or what weight of them, fall between neighbouring edges."""
    def hsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """`tensor_split` along dimension 1, vectors along 0; a number of pieces must divide the size."""
    def hypot(self, other: Operand) -> Tensor:
        """``√(x² + y²)``, the hypotenuse, without overflow; NotImplementedError for integers."""
    def hypot_(self, other: Operand) -> Self:
        """In place: writes ``hypot`` of this Tensor and the arguments into it, and returns it."""
    def i0(self) -> Tensor:
        """``I₀(x)``, the modified Bessel function of order 0."""
    def i0_(self) -> Self:
        """In place: writes ``i0`` of this Tensor and the arguments into it, and returns it."""
    def igamma(self, x: Operand) -> Tensor:
        """``P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt``, the incomplete gamma function; NotImplementedError for integers."""
    def igamma_(self, x: Operand) -> Self:
        """In place: writes ``igamma`` of this Tensor and the arguments into it, and returns it."""
    def igammac(self, x: Operand) -> Tensor:
        """``Q(a, x) = 1 - P(a, x)``, with all digits where that is small; see `igamma`."""
    def igammac_(self, x: Operand) -> Self:
        """In place: writes ``igammac`` of this Tensor and the arguments into it, and returns it."""
    def index_add(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
        """``input`` with ``alpha`` times the slices of ``source`` added to those along ``dim`` that ``index`` names."""
    def index_add_(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Self:
        """In place: writes ``index_add`` of this Tensor and the arguments into it, and returns it."""
    def index_copy(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """``input`` with the slices of ``source`` in place of those along ``dim`` that ``index`` names."""
    def index_copy_(self, dim: _int, index: Tensor, source: Tensor) -> Self:
        """In place: writes ``index_copy`` of this Tensor and the arguments into it, and returns it."""
    def index_fill(self, dim: _int, index: Tensor, value: Any) -> Tensor:
        """``input`` with ``value``, a number or a 0-d Tensor, in the slices along ``dim`` that ``index`` names."""
    def index_fill_(self, dim: _int, index: Tensor, value: Any) -> Self:
        """In place: writes ``index_fill`` of this Tensor and the arguments into it, and returns it."""
    def index_put(self, indices: Any, values: Tensor, accumulate: _bool = False) -> Tensor:
        """``input`` with ``input[indices] = values``, or ``+=`` with ``accumulate``; ``indices`` is a tuple of Tensors."""
    def index_put_(self, indices: Any, values: Tensor, accumulate: _bool = False) -> Self:
        """In place: writes ``index_put`` of this Tensor and the arguments into it, and returns it."""
    def index_reduce(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """As `index_copy`, but several slices for one place are made one: by "prod", "mean", "amax" or "amin"."""
    def index_reduce_(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool = True) -> Self:
        """In place: writes ``index_reduce`` of this Tensor and the arguments into it, and returns it."""
    def index_select(self, dim: _int, index: Tensor) -> Tensor:
        """The slices of ``x`` along ``dim`` that a vector of ints names."""
    def inner(self, other: Tensor) -> Tensor:
        """The sums of products along the last dimensions of both; a 0-d Tensor multiplies."""
    def int(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.int32``; the Tensor itself if it is so already."""
    def inverse(self) -> Tensor:
        """The inverse of a square matrix; LinAlgError if it is singular."""
    def is_complex(self) -> _bool:
        """False: there are no complex numbers here."""
    def is_conj(self) -> _bool:
        """False: no conjugation is outstanding."""
    def is_contiguous(self, memory_format: memory_format = ...) -> _bool:
        """Whether the elements lie in memory row by row, or with channels last, without gaps."""
    @property
    def is_cpu(self) -> _bool:
        """True: everything here is on the CPU."""
    @property
    def is_cuda(self) -> _bool:
        """False: everything here is on the CPU."""
    def is_distributed(self) -> _bool:
        """False: a Tensor is in one process."""
    def is_inference(self) -> _bool:
        """False: what is made under `inference_mode` may be used anywhere."""
    @property
    def is_meta(self) -> _bool:
        """False: there are numbers in every Tensor."""
    @property
    def is_mkldnn(self) -> _bool:
        """False: the elements lie as they are indexed."""
    @property
    def is_mps(self) -> _bool:
        """False: everything here is on the CPU."""
    def is_neg(self) -> _bool:
        """False: no sign is outstanding."""
    @property
    def is_nested(self) -> _bool:
        """False: a Tensor has one shape."""
    def is_nonzero(self) -> _bool:
        """Whether the one element is not 0. RuntimeError if there is not exactly one."""
    def is_pinned(self) -> _bool:
        """False: nothing is copied to a GPU from here."""
    @property
    def is_quantized(self) -> _bool:
        """False: the elements are the numbers that they stand for."""
    def is_same_size(self, other: Tensor) -> _bool:
        """Whether both have the same shape."""
    def is_set_to(self, tensor: Any) -> _bool:
        """Whether both see the same memory, in the same shape and the same steps."""
    def is_shared(self) -> _bool:
        """False: other processes have copies."""
    def is_signed(self) -> _bool:
        """Whether the dtype has negative numbers."""
    @property
    def is_sparse(self) -> _bool:
        """False: every element is stored."""
    @property
    def is_xla(self) -> _bool:
        """False: everything here is on the CPU."""
    @property
    def is_xpu(self) -> _bool:
        """False: everything here is on the CPU."""
    def isclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Whether ``|x - y| ≤ atol + rtol·|y|``, or x = y; both of one dtype. RuntimeError for negative tolerances."""
    def isfinite(self) -> Tensor:
        """Whether each element is neither infinite nor NaN."""
    def isinf(self) -> Tensor:
        """Whether each element is infinite."""
    def isnan(self) -> Tensor:
        """Whether each element is NaN."""
    def isneginf(self) -> Tensor:
        """Whether each element is -inf."""
    def isposinf(self) -> Tensor:
        """Whether each element is inf."""
    def isreal(self) -> Tensor:
        """Whether each element is a real number, as all are here."""
    @property
    def itemsize(self) -> _int:
        """How many bytes an element takes."""
    def kron(self, other: Tensor) -> Tensor:
        """Kronecker's product: each element of ``input`` times all of ``other``, as blocks."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False) -> Picked:
        """``(value, index)`` of the k-th smallest along ``dim``, counted from 1."""
    @property
    def layout(self) -> layouts:
        """How the elements are kept: ``strided``, the only layout there is."""
    def lcm(self, other: Operand) -> Tensor:
        """The least common multiple of integers; NotImplementedError for floats and bools."""
    def lcm_(self, other: Operand) -> Self:
        """In place: writes ``lcm`` of this Tensor and the arguments into it, and returns it."""
    def ldexp(self, other: Tensor) -> Tensor:
        """``input·2ᵒ``, ``o`` being ``other``; exact for whole ``o``, even where 2ᵒ itself would be infinite."""
    def ldexp_(self, other: Tensor) -> Self:
        """In place: writes ``ldexp`` of this Tensor and the arguments into it, and returns it."""
    def le(self, other: Operand) -> Tensor:
        """``x <= y``, element by element."""
    def le_(self, other: Operand) -> Self:
        """In place: writes ``le`` of this Tensor and the arguments into it, and returns it."""
    def lerp(self, end: Operand, weight: Operand) -> Tensor:
        """``x + weight·(end - x)``: from ``x`` to ``end`` as the weight goes from 0 to 1."""
    def lerp_(self, end: Operand, weight: Operand) -> Self:
        """In place: writes ``lerp`` of this Tensor and the arguments into it, and returns it."""
    def less(self, other: Operand) -> Tensor:
        """``x < y``, element by element."""
    def less_(self, other: Operand) -> Self:
        """In place: writes ``less`` of this Tensor and the arguments into it, and returns it."""
    def less_equal(self, other: Operand) -> Tensor:
        """``x <= y``, element by element."""
    def less_equal_(self, other: Operand) -> Self:
        """In place: writes ``less_equal`` of this Tensor and the arguments into it, and returns it."""
    def lgamma(self) -> Tensor:
        """``ln |Γ(x)|``; e^ of it is ``(x - 1)!`` for whole x."""
    def lgamma_(self) -> Self:
        """In place: writes ``lgamma`` of this Tensor and the arguments into it, and returns it."""
    def log(self) -> Tensor:
        """The natural logarithm."""
    def log10(self) -> Tensor:
        """The logarithm to base 10."""
    def log10_(self) -> Self:
        """In place: writes ``log10`` of this Tensor and the arguments into it, and returns it."""
    def log1p(self) -> Tensor:
        """``ln(1 + x)``, accurate near 0."""
    def log1p_(self) -> Self:
        """In place: writes ``log1p`` of this Tensor and the arguments into it, and returns it."""
    def log2(self) -> Tensor:
        """The logarithm to base 2."""
    def log2_(self) -> Self:
        """In place: writes ``log2`` of this Tensor and the arguments into it, and returns it."""
    def log_(self) -> Self:
        """In place: writes ``log`` of this Tensor and the arguments into it, and returns it."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Self:
        """In place: eˣ of random numbers x of the normal distribution."""
    def log_softmax(self, dim: _int, *, dtype: dtype | None = ...) -> Tensor:
        """``ln softmax(x)``, computed so that no probability is lost to rounding; NotImplementedError for integers."""
    def logaddexp(self, other: Operand) -> Tensor:
        """``ln(eˣ + eʸ)``, without overflow; NotImplementedError for integers."""
    def logaddexp2(self, other: Operand) -> Tensor:
        """``log₂(2ˣ + 2ʸ)``, without overflow; NotImplementedError for integers."""
    def logaddexp2_(self, other: Operand) -> Self:
        """In place: writes ``logaddexp2`` of this Tensor and the arguments into it, and returns it."""
    def logaddexp_(self, other: Operand) -> Self:
        """In place: writes ``logaddexp`` of this Tensor and the arguments into it, and returns it."""
    def logcumsumexp(self, dim: _int) -> Tensor:
        """``log Σ exp(xᵢ)`` of the first 1, 2, ... elements along ``dim``, without overflow; not for integers."""
    def logdet(self) -> Tensor:
        """``ln det A``: -inf for a singular matrix, NaN where the determinant is negative."""
    def logical_and(self, other: Operand) -> Tensor:
        """Whether both are nonzero, element by element."""
    def logical_and_(self, other: Operand) -> Self:
        """In place: writes ``logical_and`` of this Tensor and the arguments into it, and returns it."""
    def logical_not(self) -> Tensor:
        """Whether each element is zero."""
    def logical_not_(self) -> Self:
        """In place: writes ``logical_not`` of this Tensor and the arguments into it, and returns it."""
    def logical_or(self, other: Operand) -> Tensor:
        """Whether either is nonzero, element by element."""
    def logical_or_(self, other: Operand) -> Self:
        """In place: writes ``logical_or`` of this Tensor and the arguments into it, and returns it."""
    def logical_xor(self, other: Operand) -> Tensor:
        """Whether just one is nonzero, element by element."""
    def logical_xor_(self, other: Operand) -> Self:
        """In place: writes ``logical_xor`` of this Tensor and the arguments into it, and returns it."""
    def logit(self, eps: _float | None = None) -> Tensor:
        """``ln(x/(1 - x))``, the inverse of `sigmoid`; with ``eps``, of ``x`` cut off at eps and 1 - eps."""
    def logit_(self, eps: _float | None = None) -> Self:
        """In place: writes ``logit`` of this Tensor and the arguments into it, and returns it."""
    def logsumexp(self, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
        """``log Σ exp(xᵢ)`` over ``dim``, without overflow."""
    def long(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.int64``; the Tensor itself if it is so already."""
    def lt(self, other: Operand) -> Tensor:
        """``x < y``, element by element."""
    def lt_(self, other: Operand) -> Self:
        """In place: writes ``lt`` of this Tensor and the arguments into it, and returns it."""
    def lu(self, pivot: _bool = True, get_infos: _bool = False) -> Any:
        """``(LU, pivots)`` of `linalg.lu_factor`, and with ``get_infos`` info of `linalg.lu_factor_ex`."""
    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
        """The X with ``A @ X = b``, where LU_data and LU_pivots are those of A."""
    @property
    def mH(self) -> Tensor:
        """As `adjoint`."""
    @property
    def mT(self) -> Tensor:
        """``x.mT``: the last two dimensions swapped."""
    def map2_(self, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Self:
        """In place: ``callable`` of each element and of those of two other Tensors beside it."""
    def map_(self, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Self:
        """In place: ``callable`` of each element and of that of ``tensor`` beside it. TypeError for another dtype."""
    def masked_fill(self, mask: Tensor, value: Any) -> Tensor:
        """``input`` with ``value``, a number or a 0-d Tensor, where the mask (a bool Tensor) holds."""
    def masked_fill_(self, mask: Tensor, value: Any) -> Self:
        """In place: writes ``masked_fill`` of this Tensor and the arguments into it, and returns it."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """``input`` with the elements of ``source``, one after the other, where ``mask`` (of bools) holds."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Self:
        """In place: writes ``masked_scatter`` of this Tensor and the arguments into it, and returns it."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements where ``mask`` holds, in one row; both are broadcast."""
    def matmul(self, other: Tensor) -> Tensor:
        """The product of matrices, of stacks of matrices, or of vectors with either."""
    def matrix_exp(self) -> Tensor:
        """``Σ Aᵏ/k!`` of a square matrix."""
    def matrix_power(self, n: _int) -> Tensor:
        """``A @ A @ ... @ A``, n times, by squaring; of the inverse if n is negative; the identity if it is 0."""
    @overload
    def max(self, dim: Tensor | None = None, *, other: Tensor | None = None) -> Tensor:
        """The largest element; over ``dim``, ``(values, indices)``; of two Tensors, `maximum`."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> Picked:
        """The largest element; over ``dim``, ``(values, indices)``; of two Tensors, `maximum`."""
    def maximum(self, other: Operand) -> Tensor:
        """The larger of the two; NaN if either is."""
    def maximum_(self, other: Operand) -> Self:
        """In place: writes ``maximum`` of this Tensor and the arguments into it, and returns it."""
    def mean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ...) -> Tensor:
        """The arithmetic mean of all elements, or over ``dim``; RuntimeError for integers without a ``dtype`` of floats."""
    @overload
    def median(self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """The middle element, the lower of two; over ``dim``, ``(values, indices)``. NaN where there is one."""
    @overload
    def median(self, dim: _int, keepdim: _bool = False) -> Picked:
        """The middle element, the lower of two; over ``dim``, ``(values, indices)``. NaN where there is one."""
    @overload
    def min(self, dim: Tensor | None = None, *, other: Tensor | None = None) -> Tensor:
        """The smallest element; over ``dim``, ``(values, indices)``; of two Tensors, `minimum`."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> Picked:
        """The smallest element; over ``dim``, ``(values, indices)``; of two Tensors, `minimum`."""
    def minimum(self, other: Operand) -> Tensor:
        """The smaller of the two; NaN if either is."""
    def minimum_(self, other: Operand) -> Self:
        """In place: writes ``minimum`` of this Tensor and the arguments into it, and returns it."""
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices."""
    def mode(self, dim: _int = -1, keepdim: _bool = False) -> Picked:
        """``(values, indices)`` of the most frequent element along ``dim``: the smallest of several, where it is last."""
    def moveaxis(self, source: Any, destination: Any) -> Tensor:
        """One dimension, or several, moved to other places; the others stay in order."""
    def movedim(self, source: Any, destination: Any) -> Tensor:
        """One dimension, or several, moved to other places; the others stay in order."""
    def msort(self) -> Tensor:
        """Sorted along the first dimension."""
    def mul(self, other: Operand) -> Tensor:
        """``x · y``."""
    def mul_(self, other: Operand) -> Self:
        """In place: writes ``mul`` of this Tensor and the arguments into it, and returns it."""
    def multinomial(self, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None) -> Tensor:
        """``num_samples`` indices, drawn with probabilities proportional to ``input``, from it or from each of its rows."""
    def multiply(self, other: Operand) -> Tensor:
        """``x · y``."""
    def multiply_(self, other: Operand) -> Self:
        """In place: writes ``multiply`` of this Tensor and the arguments into it, and returns it."""
    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix and a vector."""
    def mvlgamma(self, p: _int) -> Tensor:
        """The logarithm of the gamma function of p dimensions: ``p(p-1)/4·ln π + Σ ln Γ(x - j/2)`` over j < p."""
    def mvlgamma_(self, p: _int) -> Self:
        """In place: writes ``mvlgamma`` of this Tensor and the arguments into it, and returns it."""
    def nan_to_num(self, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """``x`` with ``nan`` for NaN, ``posinf`` and ``neginf`` for ±inf (None: the largest and the least of the dtype)."""
    def nan_to_num_(self, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Self:
        """In place: writes ``nan_to_num`` of this Tensor and the arguments into it, and returns it."""
    def nanmean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ...) -> Tensor:
        """The mean of what is not NaN, of all elements or over ``dim``; RuntimeError for integers."""
    @overload
    def nanmedian(self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """`median` of what is not NaN."""
    @overload
    def nanmedian(self, dim: _int, keepdim: _bool = False) -> Picked:
        """`median` of what is not NaN."""
    def nanquantile(self, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear') -> Tensor:
        """`quantile` of what is not NaN."""
    def nansum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ...) -> Tensor:
        """The sum of what is not NaN, of all elements or over ``dim``."""
    def narrow(self, dim: _int, start: Any, length: _int) -> Tensor:
        """``length`` slices of ``input`` along ``dim`` from ``start`` on."""
    def narrow_copy(self, **kwargs: Any) -> Any:
        """`narrow` in memory of its own."""
    @property
    def nbytes(self) -> _int:
        """How many bytes the elements take."""
    def ndimension(self) -> _int:
        """The number of dimensions, as `dim`."""
    def ne(self, other: Operand) -> Tensor:
        """``x != y``, element by element."""
    def ne_(self, other: Operand) -> Self:
        """In place: writes ``ne`` of this Tensor and the arguments into it, and returns it."""
    def neg(self) -> Tensor:
        """``-x``; RuntimeError for bools."""
    def neg_(self) -> Self:
        """In place: writes ``neg`` of this Tensor and the arguments into it, and returns it."""
    def negative(self) -> Tensor:
        """``-x``; RuntimeError for bools."""
    def negative_(self) -> Self:
        """In place: writes ``negative`` of this Tensor and the arguments into it, and returns it."""
    def new(self, *args: Any) -> Tensor:
        """`new_tensor` of a list, or `new_empty` of sizes: how scripts of old say both."""
    def new_empty(self, *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.empty` in the dtype of this Tensor."""
    def new_empty_strided(self, size: Sequence[_int], stride: Sequence[_int], *, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.empty_strided` in the dtype of this Tensor."""
    def new_full(self, size: Sequence[_int], fill_value: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.full` in the dtype of this Tensor."""
    def new_ones(self, *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.ones` in the dtype of this Tensor."""
    def new_tensor(self, data: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.tensor` of ``data`` in the dtype of this Tensor."""
    def new_zeros(self, *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`autograd.zeros` in the dtype of this Tensor."""
    def nextafter(self, other: Operand) -> Tensor:
        """The float next to ``x`` on the way to ``y``; NotImplementedError for integers."""
    def nextafter_(self, other: Operand) -> Self:
        """In place: writes ``nextafter`` of this Tensor and the arguments into it, and returns it."""
    @overload
    def nonzero(self, *, as_tuple: Literal[False] = False) -> Tensor:
        """The indices of the elements that aren't 0, one in a row; with ``as_tuple``, a vector for each dimension."""
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
        """The indices of the elements that aren't 0, one in a row; with ``as_tuple``, a vector for each dimension."""
    def nonzero_static(self, *, size: _int, fill_value: _int = -1) -> Tensor:
        """The first ``size`` rows of `nonzero`, filled up with ``fill_value``."""
    def norm(self, p: Any = 'fro', dim: Any = None, keepdim: _bool = False, dtype: Any = None) -> Tensor:
        """``(Σ|xᵢ|ᵖ)^(1/p)`` of all elements, or over ``dim``; p may be infinite, and "fro" is 2."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """In place: random numbers of the normal distribution."""
    def not_equal(self, other: Operand) -> Tensor:
        """``x != y``, element by element."""
    def not_equal_(self, other: Operand) -> Self:
        """In place: writes ``not_equal`` of this Tensor and the arguments into it, and returns it."""
    def numel(self) -> _int:
        """How many elements there are."""
    def orgqr(self, tau: Tensor) -> Tensor:
        """The first columns of the product of the reflections ``1 - τᵢ·vᵢ·vᵢᵀ``; vᵢ is column i of A from its diagonal on."""
    def ormqr(self, tau: Tensor, other: Tensor, left: _bool = True, transpose: _bool = False) -> Tensor:
        """``Q @ other`` (or ``other @ Q``, or with Qᵀ), where Q is the square product of all reflections of `geqrf`."""
    def outer(self, vec2: Tensor) -> Tensor:
        """The products of each element of a vector with each of another: ``out[i][j] = input[i]·vec2[j]``."""
    @property
    def output_nr(self) -> _int:
        """Which of the results of ``grad_fn`` this is."""
    @overload
    def permute(self, dims: Sequence[_int]) -> Tensor:
        """The dimensions in another order."""
    @overload
    def permute(self, *dims: _int) -> Tensor:
        """The dimensions in another order."""
    def pin_memory(self) -> Tensor:
        """The Tensor itself: there is no GPU for which its memory would be kept in place."""
    def pinverse(self, rcond: _float = 1e-15) -> Tensor:
        """The pseudoinverse, without singular values up to ``rcond·largest``."""
    def polygamma(self, n: _int) -> Tensor:
        """The n-th derivative of `digamma`; see `autograd.polygamma`."""
    def polygamma_(self, n: _int) -> Self:
        """In place: writes ``polygamma`` of this Tensor and the arguments into it, and returns it."""
    def positive(self) -> Tensor:
        """``x`` itself; RuntimeError for bools."""
    def pow(self, exponent: Operand) -> Tensor:
        """``xʸ``, y being the exponent; RuntimeError for integers to a negative Python integer."""
    def pow_(self, exponent: Operand) -> Self:
        """In place: writes ``pow`` of this Tensor and the arguments into it, and returns it."""
    def prelu(self, weight: Tensor) -> Tensor:
        """``x`` where x > 0, else ``weight·x``: one weight, or one for each channel (dimension 1)."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: dtype | None = ...) -> Tensor:
        """The product of all elements, or over ``dim``; integers and bools are multiplied as int64."""
    def put(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """``input`` with ``source`` at the places ``index``, counted row by row; added there with ``accumulate``."""
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Self:
        """In place: writes ``put`` of this Tensor and the arguments into it, and returns it."""
    def qr(self, some: _bool = True) -> QR:
        """`linalg.qr`, reduced or, without ``some``, complete."""
    def quantile(self, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear') -> Tensor:
        """What a share ``q`` of the elements lies below, of all or along ``dim``."""
    def rad2deg(self) -> Tensor:
        """Radians as degrees: ``180x/π``."""
    def rad2deg_(self) -> Self:
        """In place: writes ``rad2deg`` of this Tensor and the arguments into it, and returns it."""
    def random_(self, *args: _int, generator: Generator | None = None, **named: _int) -> Self:
        """In place: random integers below ``random_(to)``, or ``random_(from, to)``; without ``to`` all that the dtype holds, of floats those that follow one another without a gap."""
    def ravel(self) -> Tensor:
        """All elements in one row."""
    @property
    def real(self) -> Tensor:
        """The Tensor itself: there are no complex numbers here."""
    def reciprocal(self) -> Tensor:
        """``1/x``."""
    def reciprocal_(self) -> Self:
        """In place: writes ``reciprocal`` of this Tensor and the arguments into it, and returns it."""
    def relu(self) -> Tensor:
        """``max(0, x)``: cheap, and not saturated for x > 0; a unit whose input stays below 0 learns no more ("dies")."""
    def relu_(self) -> Self:
        """In place: writes ``relu`` of this Tensor and the arguments into it, and returns it."""
    def remainder(self, other: Operand) -> Tensor:
        """``x - y·⌊x / y⌋``, which has the sign of y; RuntimeError for an integer divided by 0."""
    def remainder_(self, other: Operand) -> Self:
        """In place: writes ``remainder`` of this Tensor and the arguments into it, and returns it."""
    def renorm(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """Each slice of ``input`` along ``dim`` scaled down to the norm ``maxnorm``, if its p-norm is larger."""
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Self:
        """In place: writes ``renorm`` of this Tensor and the arguments into it, and returns it."""
    @overload
    def repeat(self, sizes: Sequence[_int]) -> Tensor:
        """``x`` laid side by side, ``sizes[i]`` times along dimension i."""
    @overload
    def repeat(self, *sizes: _int) -> Tensor:
        """``x`` laid side by side, ``sizes[i]`` times along dimension i."""
    def repeat_interleave(self, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None) -> Tensor:
        """Each slice along ``dim`` (each element without it) ``repeats`` times, one number or one for each."""
    @overload
    def reshape(self, shape: Sequence[_int]) -> Tensor:
        """The same elements in another shape; one size may be -1."""
    @overload
    def reshape(self, *shape: _int) -> Tensor:
        """The same elements in another shape; one size may be -1."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """`reshape` in the shape of ``other``."""
    def resize_(self, *args: Any, size: Any = None, memory_format: Any = None) -> Self:
        """In place: other sizes, row by row from the first element on, with whatever is in memory there."""
    def resize_as_(self, the_template: Tensor, memory_format: Any = None) -> Self:
        """In place: the sizes of ``the_template``; see `resize_`."""
    def resolve_conj(self) -> Tensor:
        """The Tensor itself, in which no conjugation is outstanding."""
    def resolve_neg(self) -> Tensor:
        """The Tensor itself, in which no sign is outstanding."""
    def roll(self, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None) -> Tensor:
        """The elements moved on by ``shifts`` along ``dims``, those pushed out coming in again; flattened without ``dims``."""
    def rot90(self, k: _int = 1, dims: Any = (0, 1)) -> Tensor:
        """Turned ``k`` times by 90° in the plane of ``dims``, from the first to the second."""
    def round(self, decimals: _int = 0) -> Tensor:
        """Rounded to ``decimals`` places, halves to the even neighbour; NotImplementedError for places of integers."""
    def round_(self, decimals: _int = 0) -> Self:
        """In place: writes ``round`` of this Tensor and the arguments into it, and returns it."""
    def rsqrt(self) -> Tensor:
        """``1/√x``."""
    def rsqrt_(self) -> Self:
        """In place: writes ``rsqrt`` of this Tensor and the arguments into it, and returns it."""
    def scatter(self, dim: _int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Tensor:
        """``input`` with ``out[index[i][j]][j] = src[i][j]`` for ``dim`` 0, and likewise for others."""
    def scatter_(self, dim: _int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Self:
        """In place: writes ``scatter`` of this Tensor and the arguments into it, and returns it."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """``input`` with ``out[index[i][j]][j] += src[i][j]`` for ``dim`` 0, and likewise for others."""
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor) -> Self:
        """In place: writes ``scatter_add`` of this Tensor and the arguments into it, and returns it."""
    def scatter_reduce(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """As `scatter`, but several values for one place are made one: by "sum", "prod", "mean", "amax" or "amin"."""
    def scatter_reduce_(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool = True) -> Self:
        """In place: writes ``scatter_reduce`` of this Tensor and the arguments into it, and returns it."""
    def select(self, dim: _int, index: _int) -> Tensor:
        """The slice of ``input`` at ``index`` along ``dim``; IndexError if there is none."""
    def select_scatter(self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """A copy of ``input`` with ``src`` in place of ``input.select(dim, index)``."""
    def set_(self, source: Any = None, storage_offset: _int = 0, size: Any = None, stride: Any = None) -> Self:
        """In place: this Tensor sees the memory of ``source``, a Tensor or a storage, from then on; none without one."""
    def sgn(self) -> Tensor:
        """-1, 0 or 1; 0 for NaN."""
    def sgn_(self) -> Self:
        """In place: writes ``sgn`` of this Tensor and the arguments into it, and returns it."""
    def short(self, memory_format: memory_format | None = None) -> Tensor:
        """In ``autograd.int16``; the Tensor itself if it is so already."""
    def sigmoid(self) -> Tensor:
        """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1."""
    def sigmoid_(self) -> Self:
        """In place: writes ``sigmoid`` of this Tensor and the arguments into it, and returns it."""
    def sign(self) -> Tensor:
        """-1, 0 or 1; 0 for NaN."""
    def sign_(self) -> Self:
        """In place: writes ``sign`` of this Tensor and the arguments into it, and returns it."""
    def signbit(self) -> Tensor:
        """Whether each element is negative, as -0 is too."""
    def sin(self) -> Tensor:
        """The sine of an angle in radians."""
    def sin_(self) -> Self:
        """In place: writes ``sin`` of this Tensor and the arguments into it, and returns it."""
    def sinc(self) -> Tensor:
        """``sin(πx)/(πx)``, and 1 at 0."""
    def sinc_(self) -> Self:
        """In place: writes ``sinc`` of this Tensor and the arguments into it, and returns it."""
    def sinh(self) -> Tensor:
        """The hyperbolic sine ``(eˣ - e⁻ˣ)/2``."""
    def sinh_(self) -> Self:
        """In place: writes ``sinh`` of this Tensor and the arguments into it, and returns it."""
    def slice_scatter(self, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1) -> Tensor:
        """A copy of ``input`` with ``src`` in place of ``input[start:end:step]`` along ``dim``."""
    def slogdet(self) -> SlogDet:
        """``(sign, ln|det A|)``, for determinants too large or small for a float; of a singular matrix (0, -inf)."""
    def softmax(self, dim: _int, *, dtype: dtype | None = ...) -> Tensor:
        """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``: positive numbers that add up to 1; NotImplementedError for integers."""
    def sort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False) -> Picked:
        """``(values, indices)`` in order along ``dim``; equal ones keep theirs. NaN is the largest."""
    def split(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given."""
    def split_with_sizes(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given."""
    def sqrt(self) -> Tensor:
        """The square root."""
    def sqrt_(self) -> Self:
        """In place: writes ``sqrt`` of this Tensor and the arguments into it, and returns it."""
    def square(self) -> Tensor:
        """``x²``; of bools, as integers."""
    def square_(self) -> Self:
        """In place: writes ``square`` of this Tensor and the arguments into it, and returns it."""
    def squeeze(self, dim: _int | Sequence[_int] | None = None) -> Tensor:
        """Without the dimensions of size 1, or without those of ``dim`` that have it."""
    def squeeze_(self, dim: _int | Sequence[_int] | None = None) -> Self:
        """In place: this Tensor becomes its own ``squeeze``, on the same memory."""
    def std(self, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, correction: _float | None = None) -> Tensor:
        """The standard deviation ``√var`` of all elements, or over ``dim``, with the arguments of `var`."""
    def storage(self) -> TypedStorage:
        """All of the memory that this Tensor is in, as numbers of its dtype."""
    def storage_offset(self) -> _int:
        """How many elements the first one is from the start of the memory, which other Tensors may see too."""
    def storage_type(self) -> StorageType:
        """What storages of this dtype are called."""
    def sub(self, other: Operand, *, alpha: _float = ...) -> Tensor:
        """``x - y``, or ``x - alpha·y``; RuntimeError for bools."""
    def sub_(self, other: Operand, *, alpha: _float = ...) -> Self:
        """In place: writes ``sub`` of this Tensor and the arguments into it, and returns it."""
    def subtract(self, other: Operand, *, alpha: _float = ...) -> Tensor:
        """``x - y``, or ``x - alpha·y``; RuntimeError for bools."""
    def subtract_(self, other: Operand, *, alpha: _float = ...) -> Self:
        """In place: writes ``subtract`` of this Tensor and the arguments into it, and returns it."""
    def sum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, dtype: dtype | None = None) -> Tensor:
        """The sum of all elements, or over ``dim``; integers and bools are summed as int64."""
    @overload
    def sum_to_size(self, size: Sequence[_int]) -> Tensor:
        """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand."""
    @overload
    def sum_to_size(self, *size: _int) -> Tensor:
        """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand."""
    def svd(self, some: _bool = True, compute_uv: _bool = True) -> Svd:
        """``(U, S, V)`` with ``input = U @ diag(S) @ Vᵀ``; some: without what makes U and V square."""
    def swapaxes(self, dim0: _int, dim1: _int) -> Tensor:
        """Two dimensions swapped."""
    def swapaxes_(self, dim0: _int, dim1: _int) -> Self:
        """In place: this Tensor becomes its own ``swapaxes``, on the same memory."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Two dimensions swapped."""
    def swapdims_(self, dim0: _int, dim1: _int) -> Self:
        """In place: this Tensor becomes its own ``swapdims``, on the same memory."""
    def t(self) -> Tensor:
        """The transpose of a matrix; a vector or scalar as it is. RuntimeError for more dimensions."""
    def t_(self) -> Self:
        """In place: this Tensor becomes its own ``t``, on the same memory."""
    def take(self, index: Tensor) -> Tensor:
        """The elements at ``index``, counted through the whole of ``input`` row by row."""
    def take_along_dim(self, indices: Tensor, dim: _int | None = None) -> Tensor:
        """As `gather`, with shapes broadcast but for ``dim``; without it, the elements counted row by row."""
    def tan(self) -> Tensor:
        """The tangent of an angle in radians."""
    def tan_(self) -> Self:
        """In place: writes ``tan`` of this Tensor and the arguments into it, and returns it."""
    def tanh(self) -> Tensor:
        """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1."""
    def tanh_(self) -> Self:
        """In place: writes ``tanh`` of this Tensor and the arguments into it, and returns it."""
    def tensor_split(self, indices_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of ``input`` along ``dim``: so many, of sizes that differ by at most 1, or cut at the indices given."""
    def tile(self, *dims: Any) -> Tensor:
        """As `repeat`, but ``dims`` may be fewer than the dimensions: they are the last ones then."""
    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """In another dtype, ``to(dtype)``, or that of another Tensor, ``to(other)``; the Tensor itself if nothing changes, unless ``copy``."""
    def to_dense(self, dtype: Any = None, *, masked_grad: _bool | None = None) -> Tensor:
        """The Tensor itself, or in another dtype: every element is stored."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> Picked:
        """``(values, indices)`` of the k largest along ``dim``, the largest first, or of the k smallest."""
    def trace(self) -> Tensor:
        """The sum of a matrix's diagonal."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Two dimensions swapped."""
    def transpose_(self, dim0: _int, dim1: _int) -> Self:
        """In place: this Tensor becomes its own ``transpose``, on the same memory."""
    def triangular_solve(self, A: Tensor, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False) -> TriangularSolve:
        """``(X, A)`` with ``A @ X = input`` (or ``Aᵀ @ X``), where only one triangle of A counts."""
    def tril(self, diagonal: _int = 0) -> Tensor:
        """The lower triangles of matrices: 0 above the ``diagonal``, counted upwards from the main one."""
    def tril_(self, diagonal: _int = 0) -> Self:
        """In place: writes ``tril`` of this Tensor and the arguments into it, and returns it."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """The upper triangles of matrices: 0 below the ``diagonal``, counted upwards from the main one."""
    def triu_(self, diagonal: _int = 0) -> Self:
        """In place: writes ``triu`` of this Tensor and the arguments into it, and returns it."""
    def true_divide(self, other: Operand, *, rounding_mode: str | None = ...) -> Tensor:
        """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
    def true_divide_(self, other: Operand, *, rounding_mode: str | None = ...) -> Self:
        """In place: writes ``true_divide`` of this Tensor and the arguments into it, and returns it."""
    def trunc(self) -> Tensor:
        """The integer part, as a float."""
    def trunc_(self) -> Self:
        """In place: writes ``trunc`` of this Tensor and the arguments into it, and returns it."""
    def type(self, dtype: Any = None, non_blocking: _bool = False) -> Any:
        """In another dtype, which may be called as in ``"autograd.FloatTensor"``; without one, what this one is called."""
    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of ``other``."""
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """The slices of ``input`` along ``dim``."""
    def unflatten(self, dim: _int, sizes: Any) -> Tensor:
        """One dimension as several of ``sizes``, one of which may be -1: the inverse of `flatten`."""
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Windows of ``size`` elements along ``dimension``, ``step`` apart, as a new last dimension."""
    def uniform_(self, *args: _float, generator: Generator | None = None, **named: _float) -> Self:
        """In place: uniform random numbers in [from, to), in [0, 1) if nothing is said."""
    def unique(self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any:
        """The different elements in order, or the different slices along ``dim``. No NaN equals another."""
    def unique_consecutive(self, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any:
        """One of each run of equal elements, or of equal slices along ``dim``; see `unique`."""
    def unsafe_chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most ``chunks`` views of ``input`` along ``dim``, of one size but for the last."""
    def unsafe_split(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given."""
    def unsafe_split_with_sizes(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """With a new dimension of size 1 at ``dim``."""
    def unsqueeze_(self, dim: _int) -> Self:
        """In place: this Tensor becomes its own ``unsqueeze``, on the same memory."""
    def untyped_storage(self) -> UntypedStorage:
        """All of the memory that this Tensor is in, as bytes."""
    def var(self, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, correction: _float | None = None) -> Tensor:
        """The variance ``Σ(xᵢ - mean x)² / (n - correction)`` of all elements, or over ``dim``."""
    def vdot(self, other: Tensor) -> Tensor:
        """The same as `dot`: real numbers are their own conjugates."""
    def view(self, *shape: Any, dtype: Dtype | None = None) -> Tensor:
        """`reshape` without copying: RuntimeError where the layout in memory doesn't allow it."""
    def view_as(self, other: Tensor) -> Tensor:
        """`view` in the shape of ``other``."""
    def vsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """`tensor_split` along dimension 0 of at least two; a number of pieces must divide the size."""
    def where(self, condition: Tensor, other: Operand) -> Tensor:
        """This Tensor where the condition holds, else ``other``; see `autograd.where`."""
    def xlogy(self, other: Operand) -> Tensor:
        """``x·ln y``, and 0 where x is 0."""
    def xlogy_(self, other: Operand) -> Self:
        """In place: writes ``xlogy`` of this Tensor and the arguments into it, and returns it."""
    def zero_(self) -> Self:
        """In place: 0 everywhere."""

"""Questions about dtypes, and the numbers in a Tensor as Python's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..creation.layout import layout as layouts
from ..creation.layout import strided
from ..engine.tensor import Tensor
from ..ops.strided import memory_of
from ..types.dtypes import dtype, from_numpy_dtype, result_dtype
from .registry import function, method, tensor_method, tensor_property


@function()
def result_type(tensor: Any, other: Any) -> dtype:
    """The dtype that an op on these two, Tensors or numbers, results in.

    >>> autograd.result_type(autograd.tensor([1, 2]), 1.5)
    autograd.float32
    >>> autograd.result_type(autograd.ones(2), autograd.tensor(1., dtype=autograd.float64))
    autograd.float32
    """
    given = (tensor, other)
    for value in given:
        if not isinstance(value, (Tensor, bool, int, float)):
            raise TypeError(f"result_type(): expected Tensors or numbers, not {type(value).__name__}")
    return from_numpy_dtype(
        result_dtype([x.array for x in given if isinstance(x, Tensor)], [x for x in given if not isinstance(x, Tensor)])
    )


@method()
def is_complex(input: Tensor) -> bool:
    """False: there are no complex numbers here.

    >>> autograd.is_complex(autograd.ones(2))
    False
    """
    return input.dtype.is_complex


@method()
def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers.

    >>> autograd.ones(2).is_signed(), autograd.tensor(True).is_signed()
    (True, False)
    """
    return input.dtype.is_signed


@method()
def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not 0. RuntimeError if there is not exactly one.

    >>> autograd.is_nonzero(autograd.tensor([0.])), autograd.is_nonzero(autograd.tensor(2))
    (False, True)
    """
    if input.array.size != 1:
        raise RuntimeError(
            f"is_nonzero: Boolean value of Tensor with {input.array.size} elements is ambiguous; use any() or all()"
        )
    return bool(input.array.item())


@tensor_method()
def ndimension(self: Tensor) -> int:
    """The number of dimensions, as `dim`.

    >>> autograd.ones(2, 3).ndimension()
    2
    """
    return self.array.ndim


@tensor_method()
def get_device(self: Tensor) -> int:
    """-1: this is no Tensor on a GPU.

    >>> autograd.ones(2).get_device()
    -1
    """
    return -1


@tensor_method()
def to_dense(self: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """The Tensor itself, or in another dtype: every element is stored.

    >>> autograd.ones(2).to_dense()
    tensor([1., 1.])
    """
    return self if dtype is None else self.to(dtype)


@tensor_property
def is_sparse(self: Tensor) -> bool:
    """False: every element is stored.

    >>> autograd.ones(2).is_sparse
    False
    """
    return False


@tensor_property
def is_cuda(self: Tensor) -> bool:
    """False: everything here is on the CPU.

    >>> autograd.ones(2).is_cuda
    False
    """
    return False


def constant(name: str, of: str, answer: bool) -> Callable[[Tensor], bool]:
    """The property ``name``, which has one ``answer``."""

    def ask(self: Tensor) -> bool:
        return answer

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"{answer}: {of}.\n\n    >>> autograd.ones(2).{name}\n    {answer}\n    "
    return ask


for name, of, answer in (
    ("is_cpu", "everything here is on the CPU", True),
    ("is_meta", "there are numbers in every Tensor", False),
    ("is_mkldnn", "the elements lie as they are indexed", False),
    ("is_mps", "everything here is on the CPU", False),
    ("is_nested", "a Tensor has one shape", False),
    ("is_quantized", "the elements are the numbers that they stand for", False),
    ("is_xla", "everything here is on the CPU", False),
    ("is_xpu", "everything here is on the CPU", False),
):
    tensor_property(constant(name, of, answer))


@tensor_property
def layout(self: Tensor) -> layouts:
    """How the elements are kept: ``strided``, the only layout there is.

    >>> autograd.ones(2).layout
    autograd.strided
    """
    return strided


@tensor_property
def real(self: Tensor) -> Tensor:
    """The Tensor itself: there are no complex numbers here.

    >>> autograd.ones(2).real
    tensor([1., 1.])
    """
    return self


@tensor_method()
def is_inference(self: Tensor) -> bool:
    """False: what is made under `inference_mode` may be used anywhere.

    >>> autograd.ones(2).is_inference()
    False
    """
    return False


@tensor_method()
def is_pinned(self: Tensor) -> bool:
    """False: nothing is copied to a GPU from here.

    >>> autograd.ones(2).is_pinned()
    False
    """
    return False


@tensor_method()
def pin_memory(self: Tensor) -> Tensor:
    """The Tensor itself: there is no GPU for which its memory would be kept in place.

    >>> autograd.ones(2).pin_memory()
    tensor([1., 1.])
    """
    return self


@tensor_property
def itemsize(self: Tensor) -> int:
    """How many bytes an element takes.

    >>> autograd.ones(2).itemsize
    4
    """
    return int(self.array.itemsize)


@tensor_property
def nbytes(self: Tensor) -> int:
    """How many bytes the elements take.

    >>> autograd.ones(2, 3).nbytes
    24
    """
    return int(self.array.nbytes)


@tensor_method()
def storage_offset(self: Tensor) -> int:
    """How many elements the first one is from the start of the memory, which other Tensors may see too.

    >>> autograd.arange(6).reshape(2, 3)[1].storage_offset()
    3
    """
    return memory_of(self.array)[1] // self.array.itemsize


@tensor_method()
def data_ptr(self: Tensor) -> int:
    """The address of the first element: Tensors that begin at the same memory have the same.

    >>> x = autograd.ones(2); x.data_ptr() == x.view(2, 1).data_ptr()
    True
    """
    return int(self.array.__array_interface__["data"][0])

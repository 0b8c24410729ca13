"""What ``torch`` itself has beside `autograd`: constants, types that no Tensor has, switches of nothing."""

from __future__ import annotations

import importlib
import math
import operator
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..composed.decomposition import svd
from ..creation.data import from_numpy
from ..creation.layout import contiguous_format, layout
from ..engine.tensor import Tensor
from ..ops import OPS
from ..signal import windows
from ..surface import legacy
from ..types import dtypes
from ..types.device import device, only_cpu
from ..types.device import device as named
from .accelerator import Event, OutOfMemoryError, Stream
from .amp import GradScaler, autocast
from .core import Graph, ScriptFunction, TensorType, Value
from .jit import ScriptModule
from .library import ops
from .names_only import Future, PyTorchFileReader, PyTorchFileWriter

__all__ = ["Event", "Future", "GradScaler", "Graph", "OutOfMemoryError", "ScriptFunction", "ScriptModule", "Stream"]
__all__ += ["PyTorchFileReader", "PyTorchFileWriter", "TensorType", "Value", "autocast", "ops"]

inf, nan, pi, e, newaxis = math.inf, math.nan, math.pi, math.e, None
# Sizes are plain numbers, and so is what is computed of them.
SymInt, SymFloat, SymBool = int, float, bool
sym_int, sym_float, sym_max, sym_min, sym_not, sym_sqrt = int, float, max, min, operator.not_, math.sqrt
legacy_contiguous_format = contiguous_format
detach = Tensor.detach
# `autograd.trace` steps through a program; PyTorch's is the sum of a diagonal.
trace = OPS["trace"].function
# Written for sparse matrices, and used for dense ones as well.
spmm = Tensor.mm

globals().update(dtypes.ABSENT_TYPES)
# Ways to keep elements that no Tensor has.
sparse_coo, sparse_csr, sparse_csc, sparse_bsr, sparse_bsc, jagged, _mkldnn = (
    layout(name) for name in ("sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged", "_mkldnn")
)
chalf, cfloat, cdouble = (dtypes.ABSENT_TYPES[name] for name in ("complex32", "complex64", "complex128"))


def sym_sum(args: Sequence[Any]) -> Any:
    """The sum of sizes."""
    return sum(args)


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """``t`` if ``b``, else ``f``."""
    return t if b else f


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Any = ()) -> Any:
    """``true_fn(*operands)`` if ``pred``, else ``false_fn(*operands)``."""
    return (true_fn if pred else false_fn)(*operands)


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Any) -> Any:
    """What ``body_fn`` makes of ``carried_inputs``, again and again while ``cond_fn`` says so."""
    while cond_fn(*carried_inputs):
        carried_inputs = body_fn(*carried_inputs)
    return carried_inputs


def _assert(condition: Any, message: Any = "") -> None:
    """AssertionError with this message unless ``condition``."""
    if not condition:
        raise AssertionError(message)


_assert_async = _assert


def _check(cond: bool, message: Callable[[], str] | None = None) -> None:
    """RuntimeError with what ``message`` says unless ``cond``."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond: bool, message: Callable[[], str] | None = None) -> None:
    _check_with(IndexError, cond, message)


def _check_value(cond: bool, message: Callable[[], str] | None = None) -> None:
    _check_with(ValueError, cond, message)


def _check_type(cond: bool, message: Callable[[], str] | None = None) -> None:
    _check_with(TypeError, cond, message)


def _check_with(error_type: type[Exception], cond: bool, message: Callable[[], str] | None = None) -> None:
    if not cond:
        raise error_type("Expected cond to be True" if message is None else message())


def _check_is_size(i: int, message: Any = None, *, max: Any = None) -> None:
    _check(i >= 0, message)


def _shape_as_tensor(self: Tensor) -> Tensor:
    """The sizes of a Tensor in a Tensor."""
    return from_numpy(np.array(self.shape, np.int64))


def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> Any:
    """The ``q`` largest singular values of ``A``, or of ``A - M``, with their vectors: U, S and V, of all by `svd`."""
    U, S, V = svd(A if M is None else A - M)
    return U[..., :q], S[..., :q], V[..., :q]


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """`nn.functional.embedding`, the weight first."""
    found: Tensor = OPS["embedding"].function(indices, weight, padding_idx, scale_grad_by_freq)
    return found


def get_device_module(device: Any = "cpu") -> Any:
    """The module that is named like the kind of a device."""
    return importlib.import_module(f"torch.{named(device).type}")


def typename(obj: Any) -> str:
    """The full name of an object's type; of a Tensor, as ``torch.FloatTensor``."""
    return obj.type() if isinstance(obj, Tensor) else f"{type(obj).__module__}.{type(obj).__qualname__}"


def complex(real: Any, imag: Any) -> Any:
    """RuntimeError: there are no complex numbers here. Libraries take the function before they call it."""
    raise RuntimeError("torch.complex: complex numbers are out of scope here")


def is_storage(obj: Any) -> bool:
    """Whether ``obj`` is the memory of a Tensor and no Tensor."""
    return type(obj).__name__.endswith("Storage")


def is_inference(input: Tensor) -> bool:
    """False: what is made under ``inference_mode`` may be used anywhere."""
    return False


def get_default_device() -> device:
    """The CPU."""
    return device("cpu")


def set_default_device(device: Any) -> None:
    """Nothing for the CPU; RuntimeError for another device."""
    only_cpu("set_default_device", device)


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by the old name of a type, such as ``torch.DoubleTensor`` or ``"torch.DoubleTensor"``."""
    found = getattr(legacy, t.rpartition(".")[2], None) if isinstance(t, str) else t
    if not isinstance(found, legacy.TensorType):
        raise TypeError(f"set_default_tensor_type(): {t} is no type of a Tensor here")
    dtypes.set_default_dtype(found.dtype)


_precision = "highest"


def get_float32_matmul_precision() -> str:
    """What was set: products of matrices are exact to float32 whatever it is."""
    return _precision


def set_float32_matmul_precision(precision: str) -> None:
    """Keep ``precision``, which is "highest", "high" or "medium"."""
    global _precision
    if precision not in ("highest", "high", "medium"):
        raise ValueError(f"set_float32_matmul_precision: {precision!r} is none of highest, high and medium")
    _precision = precision


def set_flush_denormal(mode: bool) -> bool:
    """False: tiny numbers are kept."""
    return False


def set_warn_always(b: bool) -> None:
    """Nothing: warnings come as Python's filters say."""


def is_warn_always_enabled() -> bool:
    """False."""
    return False


def set_deterministic_debug_mode(debug_mode: Any) -> None:
    """Nothing: on one number of threads every run gives the same bits."""


def get_deterministic_debug_mode() -> int:
    """0."""
    return 0


def compiled_with_cxx11_abi() -> bool:
    """True, as of PyTorch's own builds."""
    return True


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """False: everything is computed in the dtype that it has."""
    return False


is_autocast_cpu_enabled = is_autocast_cache_enabled = is_autocast_enabled


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """What autocast would compute in on this kind of device."""
    return dtypes.ABSENT_TYPES["bfloat16"] if device_type == "cpu" else dtypes.float16


def get_autocast_gpu_dtype() -> dtypes.dtype:
    """float16."""
    return dtypes.float16


def get_autocast_cpu_dtype() -> dtypes.dtype:
    """bfloat16."""
    return dtypes.ABSENT_TYPES["bfloat16"]


def clear_autocast_cache() -> None:
    """Nothing."""


def frombuffer(
    buffer: Any, *, dtype: dtypes.dtype, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Any:
    """A Tensor on the memory of a buffer, such as a ``bytearray``."""
    if not len(buffer):
        raise ValueError(f"both buffer length ({len(buffer)}) and count ({count}) must not be 0")
    return from_numpy(np.frombuffer(buffer, dtypes.numpy_dtype(dtype), count, offset)).requires_grad_(requires_grad)


def range(start: Any, end: Any = None, step: Any = 1, **options: Any) -> Tensor:
    """Numbers from ``start`` to ``end``, which is among them, unlike in ``arange``."""
    start, end = (0, start) if end is None else (start, end)
    warnings.warn("torch.range is deprecated, as it isn't like Python's range; use torch.arange", stacklevel=2)
    count = math.floor((end - start) / step) + 1
    return from_numpy(
        np.asarray(
            start + step * np.arange(count), dtypes.numpy_dtype(options.pop("dtype", dtypes.get_default_dtype()))
        )
    )


def window(name: str) -> Callable[..., Tensor]:
    """The function ``{name}_window``: of ``window_length`` points, periodic unless told otherwise."""
    shape = getattr(windows, name)

    def made(window_length: int, periodic: bool = True, *args: Any, **options: Any) -> Tensor:
        options.pop("layout", None)
        found: Tensor = shape(window_length, *args, sym=not periodic, **options)
        return found

    made.__name__ = made.__qualname__ = f"{name}_window"
    return made


bartlett_window, blackman_window, hamming_window, hann_window = map(window, ["bartlett", "blackman", "hamming", "hann"])

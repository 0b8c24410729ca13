"""chalkgrad: a scalar-and-tensor autograd engine to think with.

``autograd`` is to PyTorch's ``torch`` as ``nn`` to ``torch.nn`` and ``optim`` to ``torch.optim``.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

# Threads of NumPy's BLAS spin for 2^26 cycles in case there is more to do, 25 ms in which they take our kernels' cores:
# a kernel after a matrix product gained nothing from a second core. 2^20 cycles suffice to catch the next product.
if "numpy" not in sys.modules:
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")

from . import cuda, function, ops, random, utils
from .creation.data import as_tensor, asarray, from_dlpack, from_numpy, tensor
from .creation.filled import (
    empty,
    empty_like,
    empty_strided,
    eye,
    full,
    full_like,
    ones,
    ones_like,
    scalar_tensor,
    zeros,
    zeros_like,
)
from .creation.generator import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .creation.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from .creation.random import rand, rand_like, randint, randint_like, randn, randn_like, randperm
from .creation.ranges import arange, linspace, logspace
from .creation.storage import Storages, TypedStorage, UntypedStorage
from .engine.backward import backward, grad
from .engine.custom import Function
from .engine.debug import (
    detect_anomaly,
    freeze_saved,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_detect_anomaly,
    set_freeze_saved,
)
from .engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .engine.node import Node
from .engine.size import Size
from .engine.tensor import Tensor
from .engine.walk import backward_steps
from .kernels.compiling.threads import (
    are_deterministic_algorithms_enabled,
    get_num_interop_threads,
    get_num_threads,
    is_deterministic_algorithms_warn_only_enabled,
    set_num_interop_threads,
    set_num_threads,
    use_deterministic_algorithms,
)
from .ops import Op
from .scalar import Scalar
from .serialization import load, save
from .surface import foreach
from .surface.install import install
from .surface.printing import set_printoptions
from .surface.public import expose
from .types.device import device
from .types.dtypes import (
    absence,
    bool,
    can_cast,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
)

__version__ = "0.1.0"

__all__ = [
    "Function",
    "Generator",
    "Node",
    "Op",
    "Scalar",
    "Size",
    "Tensor",
    "Trace",
    "arange",
    "are_deterministic_algorithms_enabled",
    "as_tensor",
    "as_torch",
    "asarray",
    "backward",
    "backward_steps",
    "bool",
    "can_cast",
    "channels_last",
    "channels_last_3d",
    "compile",
    "compiler",
    "contiguous_format",
    "cuda",
    "default_generator",
    "detect_anomaly",
    "device",
    "distributed",
    "distributions",
    "double",
    "draw",
    "dtype",
    "empty",
    "empty_like",
    "empty_strided",
    "enable_grad",
    "eye",
    "finfo",
    "float",
    "float16",
    "float32",
    "float64",
    "freeze_saved",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "function",
    "get_default_dtype",
    "get_num_interop_threads",
    "get_num_threads",
    "get_rng_state",
    "grad",
    "half",
    "iinfo",
    "inference_mode",
    "initial_seed",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "layout",
    "linspace",
    "load",
    "logspace",
    "long",
    "manual_seed",
    "memory_format",
    "no_grad",
    "ones",
    "ones_like",
    "onnx",
    "ops",
    "plot",
    "preserve_format",
    "promote_types",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "save",
    "scalar_tensor",
    "seed",
    "set_default_dtype",
    "set_detect_anomaly",
    "set_freeze_saved",
    "set_grad_enabled",
    "set_num_interop_threads",
    "set_num_threads",
    "set_printoptions",
    "set_rng_state",
    "short",
    "strided",
    "tensor",
    "trace",
    "uint8",
    "use_deterministic_algorithms",
    "utils",
    "zeros",
    "zeros_like",
]

# Ops and the functions composed of them: whatever is registered. But `trace` is the function of `seeing`, which traces,
# and calls the op of that name for a matrix.
install()
__all__ += expose(__name__, without=("trace",))

from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .surface.legacy import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)
from .transforms.vmap import vmap

globals().update(Storages.by_name)
globals().update(foreach.made())
__all__ += ["TypedStorage", "UntypedStorage", *Storages.by_name]
__all__ += [
    "GradcheckError",
    "fft",
    "func",
    "functional",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "linalg",
    "masked",
    "signal",
]
__all__ += ["BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "special", "vmap"]
__all__ += ["IntTensor", "LongTensor", "ShortTensor"]


# Imported when they are first asked for: those who only compute don't pay for what is looked at, nor for what few need.
_SEEING = ("Trace", "draw", "plot", "trace")
_LARGE = ("compiler", "distributed", "distributions")
_FACES = ("fft", "func", "functional", "graph", "linalg", "masked", "signal", "special")
# What stands on layers, which stand on this: found by its name, as `import autograd.onnx` finds it.
_BUILT_ON_LAYERS = ("onnx",)


def __getattr__(name: str) -> Any:
    if name in _SEEING:
        from . import seeing

        return getattr(seeing, name)
    if name in _LARGE or name in _FACES or name in _BUILT_ON_LAYERS:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "compile":
        from .replay.compiled import compile

        return compile
    if name == "as_torch":
        from .torch.hook import as_torch

        return as_torch
    raise AttributeError(absence(name))


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

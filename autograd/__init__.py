"""chalkgrad: a scalar-and-tensor autograd engine to think with.

``autograd`` is to PyTorch's ``torch`` as ``nn`` to ``torch.nn`` and ``optim`` to ``torch.optim``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import cuda, ops, utils
from .backward import backward, backward_steps, grad
from .creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from .debug import (
    detect_anomaly,
    freeze_saved,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_detect_anomaly,
    set_freeze_saved,
)
from .device import device
from .dtypes import (
    bool,
    double,
    dtype,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    set_default_dtype,
    short,
    uint8,
)
from .function import Function
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .install import install, namespace
from .node import Node
from .ops import Op
from .printing import set_printoptions
from .random import (
    Generator,
    bernoulli,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from .scalar import Scalar
from .seeing import draw
from .tensor import Size, Tensor

__version__ = "0.1.0"

__all__ = [
    "Function",
    "Generator",
    "Node",
    "Op",
    "Scalar",
    "Size",
    "Tensor",
    "arange",
    "as_tensor",
    "backward",
    "backward_steps",
    "bernoulli",
    "bool",
    "cuda",
    "default_generator",
    "detect_anomaly",
    "device",
    "double",
    "draw",
    "dtype",
    "empty",
    "empty_like",
    "enable_grad",
    "eye",
    "float",
    "float16",
    "float32",
    "float64",
    "freeze_saved",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "get_default_dtype",
    "get_rng_state",
    "grad",
    "half",
    "inference_mode",
    "initial_seed",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "linspace",
    "long",
    "manual_seed",
    "no_grad",
    "ones",
    "ones_like",
    "ops",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_default_dtype",
    "set_detect_anomaly",
    "set_freeze_saved",
    "set_grad_enabled",
    "set_printoptions",
    "set_rng_state",
    "short",
    "tensor",
    "uint8",
    "utils",
    "zeros",
    "zeros_like",
]

# Ops and the functions composed of them: whatever is registered.
install()
_public = namespace("")
globals().update(_public)
__all__ += _public

from . import func, functional, linalg, masked, signal, special
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .vectorize import vmap

__all__ += ["GradcheckError", "func", "functional", "gradcheck", "gradgradcheck", "linalg", "masked", "signal"]
__all__ += ["special", "vmap"]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...

"""``torch.nn.modules``: its bases and helpers under the names by which libraries look for them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import nn
from autograd import tanh, triu
from nn import batchnorm, conv, dropout, loss, normalization, padding, pooling
from nn import functional as F
from nn.hooks import REGISTRATION
from nn.loading import IncompatibleKeys

from ..creation.filled import full
from ..engine.hooks import RemovableHandle
from ..engine.tensor import Tensor

__all__ = ["NonDynamicallyQuantizableLinear", "RemovableHandle"]
_IncompatibleKeys = IncompatibleKeys
_ConvNd, _ConvTransposeNd = conv.Convolution, conv.Transposed
_NormBase, _BatchNorm = batchnorm._NormWithStatistics, batchnorm._BatchNorm
_InstanceNorm, _DropoutNd = normalization._InstanceNorm, dropout._Dropout
_Loss, _WeightedLoss = loss._Loss, loss._WeightedLoss
_AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd = pooling._AdaptiveAvgPool, pooling._AdaptiveMaxPool
_AvgPoolNd, _MaxPoolNd, _LPPoolNd = pooling._AvgPool, pooling._MaxPool, pooling._LPPool
_ConstantPadNd, _ReflectionPadNd = padding._ConstantPad, padding._ReflectionPad
_ReplicationPadNd, _CircularPadNd = padding._ReplicationPad, padding._CircularPad
NonDynamicallyQuantizableLinear = nn.Linear


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple[Any, ...]]:
    """What makes a tuple of one value, ``n`` times, or of several."""

    def parse(x: Any) -> tuple[Any, ...]:
        return tuple(x) if isinstance(x, Iterable) else tuple(repeat(x, n))

    parse.__name__ = name
    return parse


_single, _pair, _triple, _quadruple = (
    _ntuple(n, name) for n, name in enumerate(["_single", "_pair", "_triple", "_quadruple"], 1)
)


def _reverse_repeat_tuple(t: Iterable[Any], n: int) -> tuple[Any, ...]:
    return tuple(x for x in reversed(tuple(t)) for _ in range(n))


def _get_clones(module: nn.Module, N: int) -> nn.ModuleList:
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])


def _get_activation_fn(activation: str) -> Callable[[Tensor], Tensor]:
    found: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu, "tanh": tanh}
    if activation not in found:
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return found[activation]


class _Registered(dict[str, Any]):
    """What is called when anything of a kind is registered, by whoever walks through it."""

    def values(self) -> Any:
        return [hook for kind in self for hook in REGISTRATION[kind]]


_global_parameter_registration_hooks = _Registered(parameter=None)
_global_buffer_registration_hooks = _Registered(buffer=None)
_global_module_registration_hooks = _Registered(module=None)
_EXTRA_STATE_KEY_SUFFIX = "_extra_state"


def _addindent(s_: str, numSpaces: int) -> str:
    """All lines but the first, ``numSpaces`` to the right."""
    return s_.replace("\n", "\n" + " " * numSpaces)


def _generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
    return triu(full((sz, sz), float("-inf"), dtype=dtype, device=device), diagonal=1)

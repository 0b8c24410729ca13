"""Activations as modules."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from . import functional as F
from .module import Module
from .parameter import Parameter


class _Activation(Module):
    """A function with settings: ``function(input, **settings)``, the settings being attributes."""

    function: Any
    settings: tuple[str, ...] = ()

    def forward(self, input: Tensor) -> Tensor:
        return type(self).function(input, **{name: getattr(self, name) for name in self.settings})

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.settings)


class _InPlaceOption(_Activation):
    """An activation that takes PyTorch's ``inplace``, which here only shows in its repr: results are always new."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(_InPlaceOption):
    """``max(0, x)``; see `nn.functional.relu`.

    >>> nn.ReLU()(autograd.tensor([-1., 2.]))
    tensor([0., 2.])
    """

    function = staticmethod(F.relu)

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input)


class ReLU6(_InPlaceOption):
    """``min(max(0, x), 6)``."""

    function = staticmethod(F.relu6)


class SELU(_InPlaceOption):
    """See `nn.functional.selu`."""

    function = staticmethod(F.selu)


class SiLU(_InPlaceOption):
    """``x·σ(x)``; see `nn.functional.silu`."""

    function = staticmethod(F.silu)


class LeakyReLU(_Activation):
    """``x`` where x > 0, else ``negative_slope·x``; see `nn.functional.leaky_relu`.

    >>> nn.LeakyReLU(0.1)(autograd.tensor([-1., 2.]))
    tensor([-0.1000,  2.0000])
    """

    function = staticmethod(F.leaky_relu)
    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope


class ELU(_Activation):
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``; see `nn.functional.elu`."""

    function = staticmethod(F.elu)
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha


class GELU(_Activation):
    """``x·Φ(x)``; see `nn.functional.gelu`."""

    function = staticmethod(F.gelu)
    settings = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate


class Softplus(_Activation):
    """``ln(1 + e^(beta·x))/beta``; see `nn.functional.softplus`."""

    function = staticmethod(F.softplus)
    settings = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold


class Hardtanh(_Activation):
    """``x`` cut off at ``min_val`` and ``max_val``."""

    function = staticmethod(F.hardtanh)
    settings = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val, self.max_val = min_val, max_val


class Sigmoid(_Activation):
    """``1/(1 + e⁻ˣ)``."""

    function = staticmethod(F.sigmoid)


class LogSigmoid(_Activation):
    """``ln(1/(1 + e⁻ˣ))``."""

    function = staticmethod(F.logsigmoid)


class Tanh(_Activation):
    """The hyperbolic tangent."""

    function = staticmethod(F.tanh)


class Softmax(_Activation):
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``.

    >>> nn.Softmax(dim=0)(autograd.tensor([0., 0.]))
    tensor([0.5000, 0.5000])
    """

    function = staticmethod(F.softmax)
    settings = ("dim",)

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim


class LogSoftmax(_Activation):
    """``ln softmax(x)`` over ``dim``."""

    function = staticmethod(F.log_softmax)
    settings = ("dim",)

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim


class Hardsigmoid(_InPlaceOption):
    """``x/6 + ½`` cut off at 0 and 1."""

    function = staticmethod(F.hardsigmoid)


class Hardswish(_InPlaceOption):
    """``x·hardsigmoid(x)``; see `nn.functional.hardswish`."""

    function = staticmethod(F.hardswish)


class Mish(_InPlaceOption):
    """``x·tanh(ln(1 + eˣ))``; see `nn.functional.mish`."""

    function = staticmethod(F.mish)


class CELU(_Activation):
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``; see `nn.functional.celu`."""

    function = staticmethod(F.celu)
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha


class GLU(_Activation):
    """``a·σ(b)``, a and b being the halves along ``dim``; see `nn.functional.glu`."""

    function = staticmethod(F.glu)
    settings = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim


class _Shrink(_Activation):
    settings = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_Shrink):
    """``x`` where it is beyond ±``lambd``, else 0."""

    function = staticmethod(F.hardshrink)


class Softshrink(_Shrink):
    """``x`` moved towards 0 by ``lambd``, but not past it."""

    function = staticmethod(F.softshrink)


class Softsign(_Activation):
    """``x/(1 + |x|)``."""

    function = staticmethod(F.softsign)


class Tanhshrink(_Activation):
    """``x - tanh x``."""

    function = staticmethod(F.tanhshrink)


class Threshold(_Activation):
    """``x`` where it is above ``threshold``, else ``value``."""

    function = staticmethod(F.threshold)
    settings = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value = threshold, value


class Softmin(_Activation):
    """``softmax(-x)`` over ``dim``."""

    function = staticmethod(F.softmin)
    settings = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax2d(Module):
    """`Softmax` over the channels of (N, C, H, W) or (C, H, W), for each pixel; ValueError for another rank."""

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


class RReLU(Module):
    """`LeakyReLU` with random slopes in training; see `nn.functional.rrelu`."""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        made: Tensor = F.rrelu(input, self.lower, self.upper, self.training)
        return made

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    """`LeakyReLU` with a learned slope, or one for each of ``num_parameters`` channels (He et al., 2015).

    >>> nn.PReLU()(autograd.tensor([-1., 2.])).detach()
    tensor([-0.2500,  2.0000])
    """

    weight: Parameter

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(autograd.full((num_parameters,), init, dtype=dtype))

    def forward(self, input: Tensor) -> Tensor:
        made: Tensor = F.prelu(input, self.weight)
        return made

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"

"""Activations as modules."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor

from . import functional as F
from .functional_module import FunctionalModule, warn_of_input
from .module import Module
from .parameter import Parameter


class _InPlaceOption(FunctionalModule):
    """An activation that with ``inplace`` writes its result into its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        warn_of_input(self, "inplace", inplace, stacklevel=3)
        self.inplace = inplace

    def forward(self, input: Tensor, *others: Any, **named: Any) -> Tensor:
        if self.inplace:
            named["inplace"] = True
        return super().forward(input, *others, **named)

    def extra_repr(self) -> str:
        settings = super().extra_repr()
        if not self.inplace:
            return settings
        return f"{settings}, inplace=True" if settings else "inplace=True"


class ReLU(_InPlaceOption):
    """``max(0, x)``; see `nn.functional.relu`.

    >>> nn.ReLU()(autograd.tensor([-1., 2.]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, inplace=True) if self.inplace else F.relu(input)


class ReLU6(_InPlaceOption):
    """``min(max(0, x), 6)``."""

    function = staticmethod(F.relu6)


class SELU(_InPlaceOption):
    """See `nn.functional.selu`."""

    function = staticmethod(F.selu)


class SiLU(_InPlaceOption):
    """``x·σ(x)``; see `nn.functional.silu`."""

    function = staticmethod(F.silu)


class LeakyReLU(_InPlaceOption):
    """``x`` where x > 0, else ``negative_slope·x``; see `nn.functional.leaky_relu`.

    >>> nn.LeakyReLU(0.1)(autograd.tensor([-1., 2.]))
    tensor([-0.1000,  2.0000])
    """

    function = staticmethod(F.leaky_relu)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(negative_slope=negative_slope)


class ELU(_InPlaceOption):
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``; see `nn.functional.elu`."""

    function = staticmethod(F.elu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(alpha=alpha)


class GELU(FunctionalModule):
    """``x·Φ(x)``; see `nn.functional.gelu`."""

    function = staticmethod(F.gelu)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.configure(approximate=approximate)


class Softplus(FunctionalModule):
    """``ln(1 + e^(beta·x))/beta``; see `nn.functional.softplus`."""

    function = staticmethod(F.softplus)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.configure(beta=beta, threshold=threshold)


class Hardtanh(_InPlaceOption):
    """``x`` cut off at ``min_val`` and ``max_val``, in older scripts ``min_value`` and ``max_value``."""

    function = staticmethod(F.hardtanh)

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__(inplace)
        for old, value in (("min", min_value), ("max", max_value)):
            if value is not None:
                warnings.warn(
                    f"keyword argument `{old}_value` is deprecated and renamed to `{old}_val`",
                    FutureWarning,
                    stacklevel=2,
                )
        min_val = min_val if min_value is None else min_value
        max_val = max_val if max_value is None else max_value
        if not max_val > min_val:
            raise AssertionError(f"max_val ({max_val}) must be larger than min_val ({min_val})")
        self.configure(min_val=min_val, max_val=max_val)


class Sigmoid(Module):
    """``1/(1 + e⁻ˣ)``."""

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(FunctionalModule):
    """``ln(1/(1 + e⁻ˣ))``."""

    function = staticmethod(F.logsigmoid)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class _Softmax(FunctionalModule):
    """Without a ``dim`` PyTorch's choice of one is taken, with its warning."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.configure(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        # The warning is about who called the module, which is called by way of this method and the module itself.
        return self.function(input, self.dim, _stacklevel=5)


class Softmax(_Softmax):
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``.

    >>> nn.Softmax(dim=0)(autograd.tensor([0., 0.]))
    tensor([0.5000, 0.5000])
    """

    function = staticmethod(F.softmax)


class LogSoftmax(_Softmax):
    """``ln softmax(x)`` over ``dim``."""

    function = staticmethod(F.log_softmax)


class Hardsigmoid(_InPlaceOption):
    """``x/6 + ½`` cut off at 0 and 1."""

    function = staticmethod(F.hardsigmoid)


class Hardswish(_InPlaceOption):
    """``x·hardsigmoid(x)``; see `nn.functional.hardswish`."""

    function = staticmethod(F.hardswish)


class Mish(_InPlaceOption):
    """``x·tanh(ln(1 + eˣ))``; see `nn.functional.mish`."""

    function = staticmethod(F.mish)


class CELU(_InPlaceOption):
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``; see `nn.functional.celu`."""

    function = staticmethod(F.celu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(alpha=alpha)


class GLU(FunctionalModule):
    """``a·σ(b)``, a and b being the halves along ``dim``; see `nn.functional.glu`."""

    function = staticmethod(F.glu)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.configure(dim=dim)


class _Shrink(FunctionalModule):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.configure(lambd=lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_Shrink):
    """``x`` where it is beyond ±``lambd``, else 0."""

    function = staticmethod(F.hardshrink)


class Softshrink(_Shrink):
    """``x`` moved towards 0 by ``lambd``, but not past it."""

    function = staticmethod(F.softshrink)


class Softsign(FunctionalModule):
    """``x/(1 + |x|)``."""

    function = staticmethod(F.softsign)


class Tanhshrink(FunctionalModule):
    """``x - tanh x``."""

    function = staticmethod(F.tanhshrink)


class Threshold(_InPlaceOption):
    """``x`` where it is above ``threshold``, else ``value``."""

    function = staticmethod(F.threshold)

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(threshold=threshold, value=value)


class Softmin(_Softmax):
    """``softmax(-x)`` over ``dim``."""

    function = staticmethod(F.softmin)


class Softmax2d(Module):
    """`Softmax` over the channels of (N, C, H, W) or (C, H, W), for each pixel; ValueError for another rank."""

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


class RReLU(_InPlaceOption):
    """`LeakyReLU` with random slopes in training; see `nn.functional.rrelu`."""

    function = staticmethod(F.rrelu)

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(lower=lower, upper=upper)

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input, training=self.training)


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

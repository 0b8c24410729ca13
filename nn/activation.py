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
    """``min(max(0, x), 6)``: `ReLU` that saturates, as numbers of few bits do.

    >>> nn.ReLU6()(autograd.tensor([-1., 2., 9.]))
    tensor([0., 2., 6.])
    """

    function = staticmethod(F.relu6)


class SELU(_InPlaceOption):
    """``scale·x`` where x > 0, else ``scale·alpha·(eˣ - 1)``; see `nn.functional.selu`.

    Both numbers are fixed, such that activations keep mean 0 and variance 1 from layer to layer, if weights start as
    `nn.init.kaiming_normal_` with "linear" draws them (Klambauer et al., 2017).

    >>> nn.SELU()(autograd.tensor([-5., 0., 1.]))
    tensor([-1.7463,  0.0000,  1.0507])
    """

    function = staticmethod(F.selu)


class SiLU(_InPlaceOption):
    """``x·σ(x)``, also called swish: a smooth `ReLU` with a dip below 0; see `nn.functional.silu`.

    >>> nn.SiLU()(autograd.tensor([-5., -1., 0., 5.]))
    tensor([-0.0335, -0.2689,  0.0000,  4.9665])
    """

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
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``; see `nn.functional.elu`.

    Unlike that of `ReLU` its gradient is not 0 below 0, unless x is far below.

    >>> x = autograd.tensor([-3., -1., 2.], requires_grad=True)
    >>> y = nn.ELU()(x); y.detach()
    tensor([-0.9502, -0.6321,  2.0000])
    >>> y.sum().backward(); x.grad
    tensor([0.0498, 0.3679, 1.0000])
    """

    function = staticmethod(F.elu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(alpha=alpha)


class GELU(FunctionalModule):
    """``x·Φ(x)``, where Φ(x) is how likely a standard normal number is below x; see `nn.functional.gelu`.

    approximate: "tanh" for a formula that has no Φ in it.

    >>> x = autograd.tensor([-1., 0., 1.])
    >>> nn.GELU()(x), nn.GELU(approximate="tanh")(x)
    (tensor([-0.1587,  0.0000,  0.8413]), tensor([-0.1588,  0.0000,  0.8412]))
    """

    function = staticmethod(F.gelu)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.configure(approximate=approximate)


class Softplus(FunctionalModule):
    """``ln(1 + e^(beta·x))/beta``, a smooth `ReLU`, nearer to it the larger ``beta`` is; see `nn.functional.softplus`.

    threshold: where ``beta·x`` is above it, x itself is returned.

    >>> x = autograd.tensor([-1., 0., 1.])
    >>> nn.Softplus()(x), nn.Softplus(beta=10)(x)
    (tensor([0.3133, 0.6931, 1.3133]), tensor([4.5399e-06, 6.9315e-02, 1.0000e+00]))
    """

    function = staticmethod(F.softplus)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.configure(beta=beta, threshold=threshold)


class Hardtanh(_InPlaceOption):
    """``x`` cut off at ``min_val`` and ``max_val``, in older scripts ``min_value`` and ``max_value``.

    AssertionError unless min_val < max_val.

    >>> nn.Hardtanh()(autograd.tensor([-3., 0.5, 3.]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

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
    """``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1.

    Its slope ``σ·(1 - σ)`` is ¼ at most: through many such layers gradients vanish.

    >>> x = autograd.tensor([-5., 0., 5.], requires_grad=True)
    >>> y = nn.Sigmoid()(x); y.detach()
    tensor([0.0067, 0.5000, 0.9933])
    >>> y.sum().backward(); x.grad
    tensor([0.0066, 0.2500, 0.0066])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(FunctionalModule):
    """``ln(1/(1 + e⁻ˣ))``, exact also where σ(x) itself is rounded to 0.

    >>> x = autograd.tensor([-200., 0.])
    >>> nn.LogSigmoid()(x), nn.Sigmoid()(x).log()
    (tensor([-200.0000,   -0.6931]), tensor([   -inf, -0.6931]))
    """

    function = staticmethod(F.logsigmoid)


class Tanh(Module):
    """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1. Its slope is ``1 - tanh²``, 1 at x = 0.

    >>> x = autograd.tensor([-2., 0., 2.], requires_grad=True)
    >>> y = nn.Tanh()(x); y.detach()
    tensor([-0.9640,  0.0000,  0.9640])
    >>> y.sum().backward(); x.grad
    tensor([0.0707, 1.0000, 0.0707])
    """

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
    """``ln softmax(x)`` over ``dim``: log-probabilities, which `nn.NLLLoss` takes.

    >>> scores = autograd.tensor([1000., 0.])
    >>> nn.LogSoftmax(dim=0)(scores), nn.Softmax(dim=0)(scores).log()
    (tensor([    0., -1000.]), tensor([0., -inf]))
    """

    function = staticmethod(F.log_softmax)


class Hardsigmoid(_InPlaceOption):
    """``x/6 + ½`` cut off at 0 and 1: a `Sigmoid` of straight lines.

    >>> nn.Hardsigmoid()(autograd.tensor([-4., 0., 1.5, 4.]))
    tensor([0.0000, 0.5000, 0.7500, 1.0000])
    """

    function = staticmethod(F.hardsigmoid)


class Hardswish(_InPlaceOption):
    """``x·hardsigmoid(x)``: a `SiLU` without an exponential; see `nn.functional.hardswish`.

    >>> nn.Hardswish()(autograd.tensor([-4., -1., 1., 4.]))
    tensor([-0.0000, -0.3333,  0.6667,  4.0000])
    """

    function = staticmethod(F.hardswish)


class Mish(_InPlaceOption):
    """``x·tanh(ln(1 + eˣ))``; see `nn.functional.mish`.

    >>> nn.Mish()(autograd.tensor([-5., -1., 0., 5.]))
    tensor([-0.0336, -0.3034,  0.0000,  4.9996])
    """

    function = staticmethod(F.mish)


class CELU(_InPlaceOption):
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``; see `nn.functional.celu`.

    Its slope at 0 is 1 from both sides, whatever ``alpha`` is, which that of `ELU` is not.

    >>> x = autograd.tensor([-4., -1., 2.])
    >>> nn.CELU(alpha=2.)(x), nn.ELU(alpha=2.)(x)
    (tensor([-1.7293, -0.7869,  2.0000]), tensor([-1.9634, -1.2642,  2.0000]))
    """

    function = staticmethod(F.celu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(alpha=alpha)


class GLU(FunctionalModule):
    """``a·σ(b)``, a and b being the halves of the input along ``dim``: b is a gate for a; see `nn.functional.glu`.

    >>> nn.GLU()(autograd.tensor([[1., 2., -9., 9.]]))
    tensor([[1.2339e-04, 1.9998e+00]])
    """

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
    """``x`` where it is beyond ±``lambd``, else 0.

    >>> nn.Hardshrink(0.5)(autograd.tensor([-2., -0.4, 0.4, 2.]))
    tensor([-2.,  0.,  0.,  2.])
    """

    function = staticmethod(F.hardshrink)


class Softshrink(_Shrink):
    """``x`` moved towards 0 by ``lambd``, but not past it: the minimizer z of ``½(z - x)² + lambd·|z|``.

    RuntimeError, when it is called, for a negative ``lambd``.

    >>> nn.Softshrink(0.5)(autograd.tensor([-2., -0.4, 0.4, 2.]))
    tensor([-1.5000,  0.0000,  0.0000,  1.5000])
    """

    function = staticmethod(F.softshrink)


class Softsign(FunctionalModule):
    """``x/(1 + |x|)``: between -1 and 1 as `Tanh` is, but it comes near them slowly.

    >>> x = autograd.tensor([-9., 0., 9.])
    >>> nn.Softsign()(x), nn.Tanh()(x)
    (tensor([-0.9000,  0.0000,  0.9000]), tensor([-1.0000,  0.0000,  1.0000]))
    """

    function = staticmethod(F.softsign)


class Tanhshrink(FunctionalModule):
    """``x - tanh x``: about x³/3 near 0, about x ∓ 1 far from it.

    >>> nn.Tanhshrink()(autograd.tensor([-3., -0.1, 0.1, 3.]))
    tensor([-2.0049e+00, -3.3201e-04,  3.3201e-04,  2.0049e+00])
    """

    function = staticmethod(F.tanhshrink)


class Threshold(_InPlaceOption):
    """``x`` where it is above ``threshold``, else ``value``.

    >>> nn.Threshold(0.5, -1.)(autograd.tensor([0.2, 0.5, 0.9]))
    tensor([-1.0000, -1.0000,  0.9000])
    """

    function = staticmethod(F.threshold)

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.configure(threshold=threshold, value=value)


class Softmin(_Softmax):
    """``softmax(-x)`` over ``dim``: the smallest has the largest part.

    >>> nn.Softmin(dim=0)(autograd.tensor([0., 1., 2.]))
    tensor([0.6652, 0.2447, 0.0900])
    """

    function = staticmethod(F.softmin)


class Softmax2d(Module):
    """`Softmax` over the channels of (N, C, H, W) or (C, H, W), for each pixel; ValueError for another rank.

    >>> scores = autograd.tensor([[[0., 5.]], [[0., 0.]]])
    >>> nn.Softmax2d()(scores).squeeze()
    tensor([[0.5000, 0.9933],
            [0.5000, 0.0067]])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


class RReLU(_InPlaceOption):
    """`LeakyReLU` with a slope for each element that is drawn between ``lower`` and ``upper`` in training.

    In prediction all have the middle of both; see `nn.functional.rrelu`.

    >>> x = autograd.tensor([-1., -1., 2.])
    >>> nn.RReLU()(x), nn.RReLU().eval()(x)
    (tensor([-0.3271, -0.2725,  2.0000]), tensor([-0.2292, -0.2292,  2.0000]))
    """

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

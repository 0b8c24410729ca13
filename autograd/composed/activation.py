"""The activations of ``nn.functional``: those with PyTorch's ``inplace``, and those that are short formulas."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..creation.generator import default_generator
from ..engine.tensor import Tensor, check_dim, wrap
from ..engine.writing import in_place
from ..ops import Op, activation
from .registry import function, method, public


def applied(op: Op, inplace: bool) -> Callable[..., Tensor]:
    """The function of ``op``, or the one that writes its result into the first argument."""
    return in_place(op.name, op.function) if inplace else op.function


def with_inplace(op: Op) -> Callable[..., Tensor]:
    """The function of ``op`` with one more argument, ``inplace``."""
    count = len(op.parameters)

    def call(*args: Any, inplace: bool = False, **kwargs: Any) -> Tensor:
        if len(args) == count + 1:
            args, inplace = args[:count], args[count]
        return applied(op, inplace)(*args, **kwargs)

    made: Any = call
    made.__name__ = made.__qualname__ = op.name
    made.__doc__ = f"{inspect.cleandoc(op.__doc__ or '')}\n\ninplace: whether to write the result into ``x``."
    option = inspect.Parameter("inplace", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=False)
    made.__signature__ = op.signature.replace(parameters=[*op.signature.parameters.values(), option])
    return made


celu = public("nn.functional.celu")(with_inplace(activation.celu))
elu = public("nn.functional.elu")(with_inplace(activation.elu))
hardsigmoid = public("nn.functional.hardsigmoid")(with_inplace(activation.hardsigmoid))
hardswish = public("nn.functional.hardswish")(with_inplace(activation.hardswish))
hardtanh = public("nn.functional.hardtanh")(with_inplace(activation.hardtanh))
leaky_relu = public("nn.functional.leaky_relu")(with_inplace(activation.leaky_relu))
mish = public("nn.functional.mish")(with_inplace(activation.mish))
relu = public("nn.functional.relu")(with_inplace(activation.relu))
relu6 = public("nn.functional.relu6")(with_inplace(activation.relu6))
selu = public("nn.functional.selu")(with_inplace(activation.selu))
silu = public("nn.functional.silu")(with_inplace(activation.silu))
threshold = public("nn.functional.threshold")(with_inplace(activation.threshold))


def refuse_integers(name: str, input: Tensor) -> None:
    """Raise NotImplementedError unless ``input`` is of floats."""
    if not input.is_floating_point():
        raise NotImplementedError(f"{name}: not implemented for {input.dtype}; make it a float first, as in x.float()")


@function("rrelu", "nn.functional.rrelu")
def rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """``x`` where x > 0, else x times a slope: in training a random one from [lower, upper), otherwise their mean.

    RuntimeError unless lower ≤ upper (Xu et al., 2015).

    >>> nn.functional.rrelu(autograd.tensor([-24., 2.]))
    tensor([-5.5000,  2.0000])
    """
    if not -math.inf < lower <= upper < math.inf:
        raise RuntimeError(f"rrelu: lower bound should be less than or equal to the upper bound, not {lower}, {upper}")
    if not training:
        return applied(activation.leaky_relu, inplace)(input, (lower + upper) / 2)
    refuse_integers("rrelu", input)
    slopes = np.ones_like(input.array)
    negative = input.array <= 0
    low, high = np.array([lower, upper], slopes.dtype).astype(np.float64)
    slopes[negative] = default_generator.uniform(int(negative.sum()), np.dtype(np.float64)) * (high - low) + low
    return applied(activation.rectified, inplace)(input, wrap(slopes, None))


def always_in_place(function: Callable[..., Tensor], settings: str = "") -> Callable[..., Tensor]:
    """The function as ``name_``, which writes its result into the input; settings: those of its example."""
    name = f"{function.__name__}_"

    def call(*args: Any, **kwargs: Any) -> Tensor:
        return function(*args, **kwargs, inplace=True)

    made: Any = call
    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""In place: what `{function.__name__}` gives, written into its input.

    >>> x = autograd.tensor([-1., 2.]); nn.functional.{name}(x{settings}) is x
    True
    """
    signature = inspect.signature(function)
    kept = [parameter for key, parameter in signature.parameters.items() if key != "inplace"]
    made.__signature__ = signature.replace(parameters=kept)
    return made


celu_ = public("nn.functional.celu_")(always_in_place(celu))
elu_ = public("nn.functional.elu_")(always_in_place(elu))
hardtanh_ = public("nn.functional.hardtanh_")(always_in_place(hardtanh))
leaky_relu_ = public("nn.functional.leaky_relu_")(always_in_place(leaky_relu))
relu_ = public("nn.functional.relu_")(always_in_place(relu))
rrelu_ = public("nn.functional.rrelu_")(always_in_place(rrelu))
selu_ = public("nn.functional.selu_")(always_in_place(selu))
threshold_ = public("nn.functional.threshold_")(always_in_place(threshold, ", 0.5, 0."))


@method("prelu", "nn.functional.prelu")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``x`` where x > 0, else ``weight·x``: one weight, or one for each channel (dimension 1).

    RuntimeError for another number of weights, or another dtype (He et al., 2015).

    >>> nn.functional.prelu(autograd.tensor([-1., 2.]), autograd.tensor(0.25))
    tensor([-0.2500,  2.0000])
    """
    refuse_integers("prelu", input)
    if weight.dtype is not input.dtype:
        raise RuntimeError(f"prelu: expected a weight of dtype {input.dtype}, but got {weight.dtype}")
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: expected `weight` to be a scalar or 1D tensor, but got shape {tuple(weight.shape)}")
    if weight.numel() == 1:
        return activation.rectified(input, weight.reshape(()))
    channels = input.shape[1] if input.ndim > 1 else 1
    if not input.ndim or weight.numel() != channels:
        raise RuntimeError(
            f"prelu: expected a weight for each of the {channels} channels of a Tensor of shape {tuple(input.shape)}, "
            f"but got {weight.numel()} of them"
        )
    return activation.rectified(input, weight.reshape((-1,) + (1,) * (input.ndim - 2)))


@function("nn.functional.glu")
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """``a·σ(b)``, a and b being the halves of ``input`` along ``dim``; RuntimeError for an odd size.

    >>> nn.functional.glu(autograd.tensor([1., 2., 0., 0.]))
    tensor([0.5000, 1.0000])
    """
    refuse_integers("glu", input)
    if not input.ndim:
        raise RuntimeError("glu: does not support scalars because halving size must be even")
    axis = check_dim("glu", dim, input.ndim)
    size = input.shape[axis]
    if size % 2:
        raise RuntimeError(f"glu: halving dimension must be even, but dimension {dim} is size {size}")
    return activation.glu(input, axis)


@function("nn.functional.logsigmoid")
def logsigmoid(input: Tensor) -> Tensor:
    """``ln(1/(1 + e⁻ˣ))``, without overflow.

    >>> nn.functional.logsigmoid(autograd.tensor([0.]))
    tensor([-0.6931])
    """
    return activation.softplus(input, -1.0, math.inf)


@function("nn.functional.softsign")
def softsign(input: Tensor) -> Tensor:
    """``x/(1 + |x|)``.

    >>> nn.functional.softsign(autograd.tensor([-1., 3.]))
    tensor([-0.5000,  0.7500])
    """
    return input / (input.abs() + 1)


@function("nn.functional.tanhshrink")
def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh x``.

    >>> nn.functional.tanhshrink(autograd.tensor([-1., 0., 1.]))
    tensor([-0.2384,  0.0000,  0.2384])
    """
    return input - input.tanh()

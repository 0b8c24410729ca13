"""How parameters start. Each function writes into the Tensor it is given and returns it.

generator: where those that draw numbers take them from, instead of the one that `autograd.manual_seed` sets.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import ParamSpec

import autograd
from autograd import Generator, Tensor, no_grad

Arguments = ParamSpec("Arguments")


@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in [a, b).

    >>> bool((nn.init.uniform_(autograd.empty(9), 2, 3) >= 2).all())
    True
    """
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal, of this mean and standard deviation."""
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal, of this mean and standard deviation before it is cut: what falls outside of [a, b] is drawn again.

    >>> bool((nn.init.trunc_normal_(autograd.empty(99), std=2.).abs() <= 2).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=3,
        )
    draw: Callable[[Tensor], Tensor]
    outside: Callable[[Tensor], Tensor]
    share_below_b, share_below_a = ((1 + math.erf((bound - mean) / (std * math.sqrt(2)))) / 2 for bound in (b, a))
    if share_below_b - share_below_a > 0.3:
        # In the precision of the Tensor, so that a bound which rounds outwards does not count as outside.
        low, high = (tensor.new_tensor(bound).item() for bound in (a, b))
        draw = lambda x: x.normal_(mean, std, generator=generator)
        outside = lambda x: (x < low) | (x > high)
    else:
        # Few normal numbers would fall there: uniform ones are kept with the probability that the density has at them,
        # relative to where it is highest.
        peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
        draw = lambda x: x.uniform_(a, b, generator=generator)
        outside = lambda x: (
            autograd.empty_like(x).uniform_(generator=generator).log() > ((x - mean) / std) ** 2 * -0.5 - peak
        )
    draw(tensor)
    again = outside(tensor)
    while again.any():
        drawn = draw(autograd.empty_like(tensor))
        tensor.copy_(autograd.where(again, drawn, tensor))
        again = again & outside(drawn)
    return tensor


@no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """``val`` everywhere."""
    return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere."""
    return constant_(tensor, 0.0)


@no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """1 on the diagonal of a matrix, else 0."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return tensor.copy_(autograd.eye(*tensor.shape))


@no_grad()
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """The weight of a convolution that passes on as many of its input channels as it can, those of each group.

    ValueError unless it has 3 to 5 dimensions, the first of them divisible by ``groups``.

    >>> nn.init.dirac_(autograd.empty(2, 1, 3))
    tensor([[[0., 1., 0.]],
    <BLANKLINE>
            [[0., 0., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    each = tensor.shape[0] // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    tensor.zero_()
    for group in range(groups):
        for channel in range(min(each, tensor.shape[1])):
            tensor[(group * each + channel, channel, *middle)] = 1
    return tensor


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs lead to one output of a layer with this weight, and how many outputs one input leads to.

    >>> nn.init.fans(autograd.empty(8, 3, 5, 5))
    (75, 200)
    """
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor for the initial weights of a layer that this nonlinearity follows; param: the slope of leaky ReLU.

    ValueError for one that has none.

    >>> round(nn.init.calculate_gain("relu"), 4)
    1.4142
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    gains = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    plain = (
        "linear",
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "sigmoid",
    )
    gains.update(dict.fromkeys(plain, 1.0))
    if nonlinearity not in gains:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return gains[nonlinearity]


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform with variance ``gain²·2/(fan_in + fan_out)`` (Glorot and Bengio, 2010): for tanh and sigmoid.

    >>> w = nn.init.xavier_uniform_(autograd.empty(3, 3)); bool((w.abs() <= 1).all())
    True
    """
    bound = gain * math.sqrt(6.0 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with variance ``gain²·2/(fan_in + fan_out)`` (Glorot and Bengio, 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform with variance ``gain²/fan`` (He et al., 2015): for ReLU and its relatives; a: leaky ReLU's slope.

    mode: "fan_in" keeps the variance of what passes forward, "fan_out" that of gradients. ValueError for another.
    """
    if _empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal with variance ``gain²/fan``; see `kaiming_uniform_`."""
    if _empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _empty(tensor: Tensor) -> bool:
    """Whether there is nothing to fill, with PyTorch's warning."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return 0 in tensor.shape


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = fans(tensor)[mode.lower() == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


@no_grad()
def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """A (semi-)orthogonal matrix times ``gain``; dimensions after the first count as one (Saxe et al., 2013).

    >>> w = nn.init.orthogonal_(autograd.empty(2, 2)); (w @ w.T).allclose(autograd.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows, cols = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = autograd.randn(rows, cols, dtype=tensor.dtype, generator=generator)
    q, r = autograd.linalg.qr(drawn.T if rows < cols else drawn)
    # Which of its signs a decomposition chooses depends on the algorithm; with these all matrices are equally likely.
    q = q * r.diagonal().sign()
    return tensor.copy_((q.T if rows < cols else q).reshape(tensor.shape)).mul_(gain)


@no_grad()
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """A matrix of normal numbers, in each column of which the share ``sparsity`` of the rows is 0 (Martens, 2010).

    As in PyTorch, which rows these are is not drawn from ``generator``. ValueError unless it is a matrix.

    >>> (nn.init.sparse_(autograd.empty(10, 2), sparsity=0.3) == 0).sum(0)
    tensor([3, 3])
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, cols = tensor.shape
    tensor.normal_(0, std, generator=generator)
    for col in range(cols):
        tensor[autograd.randperm(rows)[: math.ceil(sparsity * rows)], col] = 0
    return tensor


def _deprecated(function: Callable[Arguments, Tensor]) -> Callable[Arguments, Tensor]:
    """The function under its name of long ago, without the underscore."""
    name = function.__name__.removesuffix("_")

    @functools.wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Tensor:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"The old name of `{name}_`."
    return call


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)

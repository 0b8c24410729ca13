"""The functions behind the modules: PyTorch's ``nn.functional``."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Tensor
from autograd.composed.activation import logsigmoid as logsigmoid
from autograd.composed.dropout import dropout as dropout
from autograd.ops import OPS
from autograd.ops.loss import reduced
from autograd.surface.public import namespace

# What is registered under "nn.functional.": the activations.
globals().update(namespace("nn.functional"))

linear = OPS["linear"].function
one_hot = OPS["one_hot"].function

cosine_similarity = autograd.cosine_similarity
pairwise_distance = autograd.pairwise_distance
pdist = autograd.pdist

channel_shuffle = autograd.channel_shuffle
pad = autograd.pad
pixel_shuffle = autograd.pixel_shuffle
pixel_unshuffle = autograd.pixel_unshuffle

_cross_entropy = OPS["cross_entropy"].function
_mse_loss = OPS["mse_loss"].function

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``, in ``dtype`` if given: positive numbers that add up to 1.

    >>> nn.functional.softmax(autograd.tensor([1., 2., 3.]), 0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return autograd.softmax(input, _class_dim("softmax", input, dim, _stacklevel), dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``ln softmax(x)`` over ``dim``, in ``dtype`` if given.

    >>> nn.functional.log_softmax(autograd.tensor([1., 2., 3.]), 0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    return autograd.log_softmax(input, _class_dim("log_softmax", input, dim, _stacklevel), dtype=dtype)


def _class_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    """``dim``, or what PyTorch takes in its place, with its warning."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x₁ᵀ·Wₖ·x₂ + bₖ`` for each k: x₁ (..., m), x₂ (..., n), W (out, m, n), b (out); gives (..., out).

    RuntimeError where the shapes don't fit.

    >>> x = autograd.tensor([1., 2.])
    >>> nn.functional.bilinear(x, x, autograd.ones(1, 2, 2))
    tensor([9.])
    """
    if weight.dim() != 3 or (input1.shape[-1:], input2.shape[-1:]) != (weight.shape[1:2], weight.shape[2:]):
        raise RuntimeError(
            f"bilinear: input sizes {tuple(input1.shape[-1:])} and {tuple(input2.shape[-1:])} do not match the weight "
            f"of shape {tuple(weight.shape)}, which is (out, size of input1, size of input2)"
        )
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            f"bilinear: input batch dimensions do not match: got {tuple(input1.shape)} and {tuple(input2.shape)}"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise RuntimeError(f"bilinear: bias of shape {tuple(bias.shape)} does not match {weight.shape[0]} outputs")
    out = autograd.einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(q @ kᵀ · scale + mask) @ v``: q (..., L, E), k (..., S, E), v (..., S, V); gives (..., L, V).

    attn_mask, broadcast to (..., L, S): True where attention is allowed, or numbers that are added. is_causal: position
    i sees none after the i-th. dropout_p: what is dropped of the weights, always. scale: 1/√E if not given.
    enable_gqa: each head of k and v (dimension -3) serves several of q. A row that may see nothing gives 0.

    RuntimeError where shapes or dtypes don't fit.

    >>> x = autograd.tensor([[1., 0.], [0., 1.]])
    >>> nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    name = "scaled_dot_product_attention"
    shapes = f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise RuntimeError(f"{name}: expected query, key and value to be at least 2 dimensional, but got {shapes}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(f"{name}: expected (..., L, E), (..., S, E) and (..., S, V), but got {shapes}")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {dropout_p}")
    if attn_mask is not None and attn_mask.dtype not in (autograd.bool, query.dtype):
        raise RuntimeError(f"{name}: expected an attn_mask of bool or {query.dtype}, not {attn_mask.dtype}")
    if enable_gqa:
        heads = query.shape[-3]
        if heads % key.shape[-3] or heads % value.shape[-3]:
            raise RuntimeError(f"{name}: the heads of key and value must divide those of query, but got {shapes}")
        key, value = (_repeated_heads(x, heads // x.shape[-3]) for x in (key, value))
    scores = query @ key.mT * (1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale)
    length, seen = scores.shape[-2:]
    if is_causal:
        after = autograd.arange(length).unsqueeze(1) < autograd.arange(seen)
        scores = scores.masked_fill(after, -math.inf)
    if attn_mask is None:
        weights = softmax(scores, -1)
    else:
        if attn_mask.dtype is autograd.bool:
            scores = autograd.where(attn_mask, scores, -math.inf)
        else:
            scores = scores + attn_mask
        blind = (scores == -math.inf).all(-1, True)
        weights = softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)
    return dropout(weights, dropout_p) @ value


def _repeated_heads(x: Tensor, times: int) -> Tensor:
    """Each head of ``x``, at dimension -3, as often as that."""
    *batch, heads, length, size = x.shape
    return x.unsqueeze(-3).expand(*batch, heads, times, length, size).reshape(*batch, heads * times, length, size)


def _same_shape(name: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both broadcast to one shape, with PyTorch's warning: it is rarely what was meant."""
    if input.shape == target.shape:
        return input, target
    warnings.warn(
        f"{name}: using a target size {tuple(target.shape)} that is different to the input size "
        f"{tuple(input.shape)}. This will likely lead to incorrect results due to broadcasting.",
        stacklevel=3,
    )
    return input + autograd.zeros_like(target), target + autograd.zeros_like(input)


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squared error ``(x - target)²``, its mean, or its sum.

    >>> nn.functional.mse_loss(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(2.)
    """
    return _mse_loss(*_same_shape("mse_loss", input, target), reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The absolute error ``|x - target|``, its mean, or its sum.

    >>> nn.functional.l1_loss(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(1.)
    """
    input, target = _same_shape("l1_loss", input, target)
    return reduced((input - target).abs(), reduction)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """``-(t·ln p + (1-t)·ln(1-p))`` of probabilities p; the logarithms are cut off at -100.

    ValueError unless both have one shape, RuntimeError for p outside [0, 1].

    >>> nn.functional.binary_cross_entropy(autograd.tensor([0.5]), autograd.tensor([1.]))
    tensor(0.6931)
    """
    if input.shape != target.shape:
        raise ValueError(
            f"binary_cross_entropy: target size {tuple(target.shape)} and input size {tuple(input.shape)} must match"
        )
    if bool(((input < 0) | (input > 1)).any()):
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1; is a sigmoid missing?"
        )
    losses = -(target * input.log().clamp(-100.0) + (1 - target) * (-input).log1p().clamp(-100.0))
    return reduced(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy of ``σ(x)``, computed from the scores x without overflow.

    pos_weight: how much more a target of 1 counts than one of 0. ValueError unless x and target have one shape.

    >>> nn.functional.binary_cross_entropy_with_logits(autograd.tensor([0.]), autograd.tensor([1.]))
    tensor(0.6931)
    """
    if input.shape != target.shape:
        raise ValueError(
            f"binary_cross_entropy_with_logits: target size ({tuple(target.shape)}) must be the same as input size "
            f"({tuple(input.shape)})"
        )
    positive = 1.0 if pos_weight is None else (pos_weight - 1) * target + 1
    losses = (1 - target) * input - logsigmoid(input) * positive
    return reduced(losses if weight is None else losses * weight, reduction)


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """``-x[target]`` of log-probabilities x, weighted by class; see `cross_entropy` for the shapes.

    >>> nn.functional.nll_loss(autograd.tensor([[-0.1, -2.3]]), autograd.tensor([0]))
    tensor(0.1000)
    """
    dim = 1 if input.dim() > 1 else 0
    kept = target != ignore_index
    safe = target * kept
    classes = input.shape[dim]
    if bool(((safe < 0) | (safe >= classes)).any()):
        raise IndexError(f"nll_loss: a target is out of bounds for {classes} classes")
    sample_weight = kept.to(input.dtype) if weight is None else weight[safe] * kept
    losses = -input.gather(dim, safe.unsqueeze(dim)).squeeze(dim) * sample_weight
    if reduction == "mean":
        return losses.sum() / sample_weight.sum()
    return reduced(losses, reduction)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """``-ln softmax(x)[target]`` of scores x, for class indices or, as floats in the shape of x, class probabilities.

    input (N, classes), (N, classes, d₁, ...) or (classes); see `autograd.cross_entropy`.

    >>> nn.functional.cross_entropy(autograd.tensor([[2., 1., 0.]]), autograd.tensor([0]))
    tensor(0.4076)
    """
    if not target.is_floating_point():
        return _cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)
    if input.shape != target.shape:
        raise RuntimeError(
            f"cross_entropy: expected probabilities of the shape of the scores {tuple(input.shape)}, "
            f"but got a floating point target of shape {tuple(target.shape)}; class indices are int64: target.long()"
        )
    dim = 1 if input.dim() > 1 else 0
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[dim]
    logp = log_softmax(input, dim)
    if weight is not None:
        logp = logp * weight.reshape((-1,) + (1,) * (input.dim() - 1 - dim))
    losses = -(logp * target).sum(dim)
    return reduced(losses, reduction)

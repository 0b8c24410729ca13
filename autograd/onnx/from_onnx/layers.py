"""Products of matrices, convolutions, pooling, normalization and resizing."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import autograd
from nn import functional as F

from ...engine.tensor import Tensor
from .registry import How, axes_of, ints, node


@node("MatMul")
def matmul(how: How, x: Tensor, y: Tensor) -> Tensor:
    return x @ y


@node("Gemm")
def gemm(how: How, x: Tensor, y: Tensor, z: Tensor | None = None) -> Tensor:
    x = x.t() if how.get("transA") else x
    alpha, beta = how.get("alpha", 1.0), how.get("beta", 1.0)
    if how.get("transB") and alpha == beta == 1 and z is not None and z.ndim == 1 and z.shape[0] == y.shape[0]:
        return F.linear(x, y, z)
    made = x @ (y.t() if how.get("transB") else y)
    made = made if alpha == 1 else made * alpha
    return made if z is None else made + (z if beta == 1 else z * beta)


@node("Einsum")
def einsum(how: How, *xs: Tensor) -> Tensor:
    return autograd.einsum(how.get("equation"), *xs)


def geometry(how: How, x: Tensor, kernel: Any) -> tuple[list[int], list[int], list[int], list[int]]:
    """Strides, dilations, and the pads before and after each dimension."""
    dims = len(kernel)
    strides, dilations = list(how.get("strides", [1] * dims)), list(how.get("dilations", [1] * dims))
    pads = list(how.get("pads", [0] * 2 * dims))
    same = how.get("auto_pad", "NOTSET")
    if same in ("SAME_UPPER", "SAME_LOWER"):
        pads = [0] * 2 * dims
        for i, (size, k, s, d) in enumerate(zip(x.shape[2:], kernel, strides, dilations)):
            whole = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
            less, more = whole // 2, whole - whole // 2
            pads[i], pads[i + dims] = (less, more) if same == "SAME_UPPER" else (more, less)
    return strides, dilations, pads[:dims], pads[dims:]


def padded(x: Tensor, before: list[int], after: list[int], value: float = 0.0) -> Tensor:
    """``x`` with borders in its last dimensions."""
    return F.pad(x, [end for pair in zip(reversed(before), reversed(after)) for end in pair], value=value)


@node("Conv")
def conv(how: How, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    strides, dilations, before, after = geometry(how, x, weight.shape[2:])
    if before != after:
        x, before = padded(x, before, after), [0] * len(before)
    function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[weight.ndim - 2]
    return function(x, weight, bias, tuple(strides), tuple(before), tuple(dilations), how.get("group", 1))


@node("ConvTranspose")
def conv_transpose(how: How, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    if how.get("output_shape") or how.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise NotImplementedError("ConvTranspose with output_shape or auto_pad")
    strides, dilations, before, after = geometry(how, x, weight.shape[2:])
    if before != after:
        raise NotImplementedError("ConvTranspose with other pads at the end than at the start")
    more = tuple(how.get("output_padding", [0] * len(before)))
    function = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}[weight.ndim - 2]
    return function(x, weight, bias, tuple(strides), tuple(before), more, how.get("group", 1), tuple(dilations))


@node("MaxPool")
def max_pool(how: How, x: Tensor) -> Any:
    kernel = how.attributes["kernel_shape"]
    strides, dilations, before, after = geometry(how, x, kernel)
    padded_at_one_end = before != after or any(2 * pad > size for pad, size in zip(before, kernel))
    if padded_at_one_end:
        x, before = padded(x, before, after, -math.inf), [0] * len(before)
    function: Any = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[len(kernel)]
    given = tuple(kernel), tuple(strides), tuple(before), tuple(dilations), bool(how.get("ceil_mode"))
    if how.outputs == 1:
        return function(x, *given)
    if padded_at_one_end or how.get("storage_order"):
        raise NotImplementedError("MaxPool with indices in columns, or with other pads at the end than at the start")
    made, places = function(x, *given, return_indices=True)
    # Ours are counted in each channel, those of ONNX go on through channels and batch.
    planes = math.prod(x.shape[:2])
    return made, places + autograd.arange(planes).reshape(*x.shape[:2], *[1] * len(kernel)) * math.prod(x.shape[2:])


@node("AveragePool")
def average_pool(how: How, x: Tensor) -> Tensor:
    kernel = how.attributes["kernel_shape"]
    strides, dilations, before, after = geometry(how, x, kernel)
    if any(d != 1 for d in dilations):
        raise NotImplementedError("AveragePool with dilations")
    counted, ceil_mode = bool(how.get("count_include_pad")), bool(how.get("ceil_mode"))
    function: Any = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[len(kernel)]
    if before == after:
        return function(x, tuple(kernel), tuple(strides), tuple(before), ceil_mode, counted)
    sums = function(padded(x, before, after), tuple(kernel), tuple(strides), 0, ceil_mode)
    if counted:
        return sums
    # What part of each window is no padding.
    inside = function(padded(autograd.ones_like(x), before, after), tuple(kernel), tuple(strides), 0, ceil_mode)
    return sums / inside


@node("LpPool")
def lp_pool(how: How, x: Tensor) -> Tensor:
    p, count = how.get("p", 2), math.prod(how.attributes["kernel_shape"])
    whole = replace(how, attributes={**how.attributes, "count_include_pad": 1})
    return (average_pool(whole, x.abs() ** p) * count) ** (1 / p)


@node("GlobalAveragePool")
def global_average_pool(how: How, x: Tensor) -> Tensor:
    return x.mean(tuple(range(2, x.ndim)), keepdim=True)


@node("GlobalMaxPool")
def global_max_pool(how: How, x: Tensor) -> Tensor:
    return x.amax(tuple(range(2, x.ndim)), keepdim=True)


@node("BatchNormalization")
def batch_norm(how: How, x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, var: Tensor) -> Tensor:
    momentum = 1 - how.get("momentum", 0.9)
    return F.batch_norm(x, mean, var, weight, bias, how.training, momentum, how.get("epsilon", 1e-5))


@node("LayerNormalization")
def layer_norm(how: How, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    if how.outputs > 1:
        raise NotImplementedError("LayerNormalization with mean and deviation")
    sizes = tuple(x.shape[how.get("axis", -1) :])
    if tuple(weight.shape) == sizes and (bias is None or tuple(bias.shape) == sizes):
        return F.layer_norm(x, sizes, weight, bias, how.get("epsilon", 1e-5))
    made = F.layer_norm(x, sizes, None, None, how.get("epsilon", 1e-5)) * weight
    return made if bias is None else made + bias


@node("RMSNormalization")
def rms_norm(how: How, x: Tensor, weight: Tensor) -> Tensor:
    return F.rms_norm(x, tuple(x.shape[how.get("axis", -1) :]), None, how.get("epsilon", 1e-5)) * weight


@node("InstanceNormalization")
def instance_norm(how: How, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return F.instance_norm(x, None, None, weight, bias, True, 0.0, how.get("epsilon", 1e-5))


@node("GroupNormalization")
def group_norm(how: How, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    groups = how.attributes["num_groups"]
    if how.opset < 21:
        # There was a scale for each group.
        weight, bias = (one.repeat_interleave(x.shape[1] // groups) for one in (weight, bias))
    return F.group_norm(x, groups, weight, bias, how.get("epsilon", 1e-5))


@node("LRN")
def local_response_norm(how: How, x: Tensor) -> Tensor:
    size = how.attributes["size"]
    if not size % 2:
        raise NotImplementedError("LRN over an even number of channels")
    return F.local_response_norm(x, size, how.get("alpha", 1e-4), how.get("beta", 0.75), how.get("bias", 1.0))


@node("LpNormalization")
def lp_normalization(how: How, x: Tensor) -> Tensor:
    return F.normalize(x, float(how.get("p", 2)), how.get("axis", -1))


@node("Resize", "Upsample")
def resize(
    how: How, x: Tensor, roi: Tensor | None = None, scales: Tensor | None = None, sizes: Tensor | None = None
) -> Tensor:
    if how.kind == "Upsample":
        roi, scales = None, roi
    mode, place = how.get("mode", "nearest"), how.get("coordinate_transformation_mode", "half_pixel")
    place = "asymmetric" if how.kind == "Upsample" else place
    dims = x.ndim - 2
    if axes_of(how, None) not in (None, list(range(x.ndim)), list(range(2, x.ndim))):
        raise NotImplementedError(f"Resize of axes {how.get('axes')}")
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(dims, "linear")
    names = {"nearest": "nearest", "linear": linear, "cubic": "bicubic"}
    aligned = place == "align_corners"
    rounding = how.get("nearest_mode", "floor" if how.kind == "Upsample" else "round_prefer_floor")
    whole = mode == "nearest" and (place, rounding) == ("asymmetric", "floor")
    if not whole and (mode == "nearest" or place not in ("half_pixel", "pytorch_half_pixel", "align_corners")):
        raise NotImplementedError(f"Resize by {mode} with coordinates {place}")
    given: dict[str, Any] = {} if mode == "nearest" else {"align_corners": aligned}
    if sizes is not None and sizes.numel():
        return F.interpolate(x, tuple(ints(sizes)[-dims:]), mode=names[mode], **given)
    assert scales is not None
    return F.interpolate(x, scale_factor=tuple(scales.tolist()[-dims:]), mode=names[mode], **given)


@node("Col2Im")
def col2im(how: How, x: Tensor, image: Tensor, block: Tensor) -> Tensor:
    pads = how.get("pads", [0, 0, 0, 0])
    if len(ints(image)) != 2 or pads[:2] != pads[2:]:
        raise NotImplementedError("Col2Im but for images, with as much padding on both sides")
    dilations, strides = how.get("dilations", [1, 1]), how.get("strides", [1, 1])
    return F.fold(x, tuple(ints(image)), tuple(ints(block)), tuple(dilations), tuple(pads[:2]), tuple(strides))


@node("GridSample")
def grid_sample(how: How, x: Tensor, grid: Tensor) -> Tensor:
    modes = {"linear": "bilinear", "cubic": "bicubic"}
    mode = how.get("mode", "linear")
    return F.grid_sample(
        x, grid, modes.get(mode, mode), how.get("padding_mode", "zeros"), bool(how.get("align_corners", 0))
    )


@node("MeanVarianceNormalization")
def mean_variance_normalization(how: How, x: Tensor) -> Tensor:
    axes = list(how.get("axes", [0, 2, 3]))
    apart = x - x.mean(axes, keepdim=True)
    return apart / ((apart * apart).mean(axes, keepdim=True).sqrt() + 1e-9)


@node("NegativeLogLikelihoodLoss")
def negative_log_likelihood(how: How, x: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    return F.nll_loss(
        x, target.long(), weight, ignore_index=how.get("ignore_index", -100), reduction=how.get("reduction", "mean")
    )


@node("SoftmaxCrossEntropyLoss")
def softmax_cross_entropy(how: How, x: Tensor, target: Tensor, weight: Tensor | None = None) -> Any:
    made = negative_log_likelihood(how, F.log_softmax(x, 1), target, weight)
    return made if how.outputs == 1 else (made, F.log_softmax(x, 1))


@node("Attention")
def attention(
    how: How,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    past_key: Tensor | None = None,
    past_value: Tensor | None = None,
) -> Any:
    """Of (N, heads, L, E), or of (N, L, heads·E). What was seen before comes ahead of the keys and values."""
    if how.get("softcap", 0.0) or how.outputs == 4 or how.get("qk_matmul_output_mode", 0):
        raise NotImplementedError("Attention with softcap, or that returns the scores")
    flat = q.ndim == 3
    if flat:
        heads = how.attributes["q_num_heads"], *[how.attributes["kv_num_heads"]] * 2
        q, k, v = (x.unflatten(-1, (count, -1)).transpose(1, 2) for x, count in zip((q, k, v), heads))
    if past_key is not None and past_value is not None:
        k, v = autograd.cat([past_key, k], 2), autograd.cat([past_value, v], 2)
    causal, shared = bool(how.get("is_causal", 0)), q.shape[1] != k.shape[1]
    made = F.scaled_dot_product_attention(q, k, v, mask, 0.0, causal, scale=how.get("scale"), enable_gqa=shared)
    made = made.transpose(1, 2).flatten(2) if flat else made
    return made if how.outputs == 1 else (made, k, v)

"""Helpers for networks: weights that are computed from others, pruned or fused; gradients clipped; packed sequences."""

from . import parametrizations, parametrize, prune, rnn, stateless
from .clip_grad import clip_grad_norm, clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .convert_parameters import parameters_to_vector, vector_to_parameters
from .fusion import fuse_conv_bn_eval, fuse_conv_bn_weights, fuse_linear_bn_eval, fuse_linear_bn_weights
from .gradients import GradientReport, gradient_report
from .memory_format import convert_conv2d_weight_memory_format, convert_conv3d_weight_memory_format
from .skip_init import skip_init
from .spectral_norm import remove_spectral_norm, spectral_norm
from .summary import Summary, summary
from .weight_norm import remove_weight_norm, weight_norm

__all__ = [
    "GradientReport",
    "Summary",
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "convert_conv2d_weight_memory_format",
    "convert_conv3d_weight_memory_format",
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
    "get_total_norm",
    "gradient_report",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "prune",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "skip_init",
    "spectral_norm",
    "stateless",
    "summary",
    "vector_to_parameters",
    "weight_norm",
]

"""Helpers for networks: packed sequences, gradients clipped and reported, parameters as one vector."""

from . import rnn
from .clip_grad import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .convert_parameters import parameters_to_vector, vector_to_parameters
from .gradients import GradientReport, gradient_report

__all__ = [
    "GradientReport",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "gradient_report",
    "parameters_to_vector",
    "rnn",
    "vector_to_parameters",
]

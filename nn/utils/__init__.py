"""Helpers for networks: packed sequences, gradients clipped and reported, parameters as one vector."""

from . import rnn

__all__ = ["rnn"]

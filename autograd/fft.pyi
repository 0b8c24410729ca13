"""Made by `make stubs` from the registry of ops; not to be edited."""

from .composed.fft import fftshift as fftshift, ifftshift as ifftshift

__all__ = [
    "fftshift",
    "ifftshift",
]

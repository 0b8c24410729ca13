"""Windows: weights that fade a piece of a signal in and out.

All take ``M``, how many weights; ``sym``: whether both ends are alike (for a filter), or the window continues with its
first weight (for a spectrum), and ``dtype``, ``device`` and ``requires_grad`` as in `autograd.zeros`. ValueError
for a negative M, or a dtype that is not float32 or float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..creation.arguments import finish
from ..engine.tensor import Tensor
from ..types.dtypes import get_default_dtype, numpy_dtype

Formula = Callable[[Any, float], Any]

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]


def _window(
    name: str,
    formula: Formula,
    M: int,
    sym: bool,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``formula(n, N)`` of the places n = 0 ... M-1, where N is the place of the far end; a single weight is 1."""
    wanted = numpy_dtype(dtype or get_default_dtype())
    if wanted not in (np.float32, np.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {wanted}")
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    values = np.ones(M) if M < 2 else formula(np.arange(M), M - 1 if sym else M)
    return finish(values.astype(wanted), requires_grad, device)


def bartlett(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """A triangle: ``1 - |2n/N - 1|``.

    >>> autograd.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window("bartlett", lambda n, N: 1 - abs(2 * n / N - 1), M, sym, **options)


def cosine(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Half a period of a sine: ``sin(π(n + ½)/(N + 1))``.

    >>> autograd.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    return _window("cosine", lambda n, N: np.sin(np.pi * (n + 0.5) / (N + 1)), M, sym, **options)


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """``e^(-|n - center|/tau)``; a center of its own is for windows that are not symmetric.

    >>> autograd.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        raise ValueError(f"exponential: Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("exponential: Center must be None for symmetric windows")
    return _window(
        "exponential", lambda n, N: np.exp(-abs(n - (N / 2 if center is None else center)) / tau), M, sym, **options
    )


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """``e^(-((n - N/2)/std)²/2)``.

    >>> autograd.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"gaussian: Standard deviation must be positive, got: {std} instead.")
    return _window("gaussian", lambda n, N: np.exp(-(((n - N / 2) / std) ** 2) / 2), M, sym, **options)


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, **options: Any) -> Tensor:
    """``I₀(beta·√(1 - (2n/N - 1)²)) / I₀(beta)``, with Bessel's modified function.

    >>> autograd.signal.windows.kaiser(3, beta=2.0)
    tensor([0.4387, 1.0000, 0.4387])
    """
    if beta < 0:
        raise ValueError(f"kaiser: beta must be non-negative, got: {beta} instead.")
    return _window(
        "kaiser", lambda n, N: np.i0(beta * np.sqrt(1 - (2 * n / N - 1) ** 2)) / np.i0(beta), M, sym, **options
    )


def general_cosine(M: int, *, a: Sequence[float], sym: bool = True, **options: Any) -> Tensor:
    """``Σ (-1)ⁱ·aᵢ·cos(2πi·n/N)``.

    >>> autograd.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    return _cosines("general_cosine", M, a, sym, **options)


def _cosines(name: str, M: int, a: Any, sym: bool, **options: Any) -> Tensor:
    if not isinstance(a, (list, tuple)):
        raise TypeError(f"{name}: Coefficients must be a list/tuple, not {type(a).__name__}")
    if not a:
        raise ValueError(f"{name}: Coefficients cannot be empty")
    wave = lambda n, N: sum((-1) ** i * factor * np.cos(2 * np.pi * i * n / N) for i, factor in enumerate(a))
    return _window(name, wave, M, sym, **options)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, **options: Any) -> Tensor:
    """``alpha - (1 - alpha)·cos(2πn/N)``.

    >>> autograd.signal.windows.general_hamming(3, alpha=0.6)
    tensor([0.2000, 1.0000, 0.2000])
    """
    return _cosines("general_hamming", M, [alpha, 1 - alpha], sym, **options)


def hamming(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """``0.54 - 0.46·cos(2πn/N)``.

    >>> autograd.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return _cosines("hamming", M, [0.54, 0.46], sym, **options)


def hann(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """``0.5 - 0.5·cos(2πn/N)``.

    >>> autograd.signal.windows.hann(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _cosines("hann", M, [0.5, 0.5], sym, **options)


def blackman(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """``0.42 - 0.5·cos(2πn/N) + 0.08·cos(4πn/N)``.

    >>> autograd.signal.windows.blackman(5)[1:4]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return _cosines("blackman", M, [0.42, 0.5, 0.08], sym, **options)


def nuttall(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Four cosines, chosen so that the side lobes of the spectrum are as low as can be.

    >>> autograd.signal.windows.nuttall(5)[1:4]
    tensor([0.2270, 1.0000, 0.2270])
    """
    return _cosines("nuttall", M, [0.3635819, 0.4891775, 0.1365995, 0.0106411], sym, **options)

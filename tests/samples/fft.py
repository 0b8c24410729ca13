"""Rows of what moves the frequencies of a spectrum."""

import numpy as np

from .arrays import gapped, integers, real
from .rows import fails, row, smooth, typed

for name, reference in (("fft.fftshift", np.fft.fftshift), ("fft.ifftshift", np.fft.ifftshift)):
    row(
        name, reference,
        *[smooth(real(*shape)) for shape in ((5,), (2, 3), (0, 3))],
        smooth(real(3, 4).T, 1),
        smooth(gapped(real(3, 4)), (0, -1)),
        typed("int64", integers(1, 2, 3)),
        fails(IndexError, "Dimension out of range", real(2, 3), 2),
    )  # fmt: skip

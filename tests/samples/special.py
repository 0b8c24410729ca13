"""Rows of special functions: the error function and the normal distribution, gamma functions, entropies."""

import math

import numpy as np
import scipy.special

from .arrays import BOOLS, INF, SPECIAL, floats, integers, real
from .elementwise import HALF, HALVES, NO_INTEGERS, alike, binary, ordinary, unary, valued
from .rows import Sample, edge, fails, not_in_torch, row, smooth, typed, value

row("erf", lambda x: np.vectorize(math.erf, otypes=[float])(x), *unary(), typed("float16", np.ones(2, "float16")))


def lgamma(x):
    return np.where(np.isinf(x), INF, scipy.special.gammaln(x))


def logit(x, eps=None):
    p = x if eps is None else np.clip(x, eps, 1 - eps)
    return np.log(p) - np.log(1 - p)


for name, reference, low, high in (
    ("erfc", lambda x: 1 - scipy.special.erf(x), -2, 2), ("erfinv", scipy.special.erfinv, -0.9, 0.9),
):  # fmt: skip
    row(name, reference, *unary(low, high), HALF)
# PyTorch's trigamma, their next derivative, is good to 1e-9 only.
for name, reference in (("lgamma", lgamma), ("digamma", lambda x: scipy.special.polygamma(0, x))):
    calls = [not_in_torch(c) if isinstance(c, Sample) and c.kind == "smooth" else c for c in valued(unary(0.3, 4))]
    row(name, reference, *calls, HALF)
row(
    "logit", logit,
    *[c for c in unary(0.1, 0.9) if c.args[0] is not SPECIAL],
    edge(floats(0, 1, 0.5)),
    value(SPECIAL),
    smooth(real(2, 3, low=0.2, high=0.8), 0.1),
    edge(SPECIAL, eps=0.2),
)  # fmt: skip
for name, reference, low, high in (
    ("erfcx", scipy.special.erfcx, -2, 2), ("ndtr", scipy.special.ndtr, -2, 2),
    ("ndtri", scipy.special.ndtri, 0.1, 0.9), ("log_ndtr", scipy.special.log_ndtr, -2, 2),
    ("entr", scipy.special.entr, 0.1, 3),
):  # fmt: skip
    calls = valued(unary(low, high)) if name == "log_ndtr" else unary(low, high)
    row(name, reference, *calls, not_in_torch(HALF), torch=f"special.{name}")
row(
    "hazard", lambda x: math.sqrt(2 / math.pi) / scipy.special.erfcx(x * -math.sqrt(0.5)),
    *valued(unary()),
    torch=None,
)  # fmt: skip
row(
    "psi", lambda x, n: scipy.special.polygamma(n, x),
    *[not_in_torch(smooth(real(2, 3, low=0.5, high=4), n)) for n in (0, 1)],
    *[smooth(real(2, 3, low=0.5, high=4), n) for n in (2, 3)],
    smooth(real(low=0.5), 2),
    typed("float32", integers(1, 2), 1),
    typed("float16", np.ones(2, "float16"), 2),
    fails(RuntimeError, "does not support negative n", real(2), -1),
    torch=lambda torch, x, n: torch.polygamma(n, x),
)  # fmt: skip
row("xlogy", scipy.special.xlogy, *binary(0.3, 2.0, ints="float32"), typed("float32", BOOLS, BOOLS), HALVES)
row(
    "xlog1py", scipy.special.xlog1py,
    *binary(0.3, 2.0, ints="float32"),
    typed("float32", BOOLS, BOOLS),
    HALVES,
    torch="special.xlog1py",
)  # fmt: skip
for name, reference in (("igamma", scipy.special.gammainc), ("igammac", scipy.special.gammaincc)):
    row(
        name, reference,
        *alike(ordinary(binary(0.5, 3.0, ints="", numbers=False))),
        HALVES,
        NO_INTEGERS,
        wrt=(1,),
    )  # fmt: skip
row(
    "zeta", scipy.special.zeta,
    *alike(ordinary(binary(1.3, 4.0, ints="float32", numbers=False))),
    value(2.0, real(3, low=1, high=4)),
    value(real(3, low=1.2, high=4), 2),
    not_in_torch(HALVES),
    torch="special.zeta",
    wrt=(1,),
)  # fmt: skip

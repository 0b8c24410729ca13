"""Units dropped at random while training."""

from __future__ import annotations

from autograd import Tensor

from . import functional as F
from .functional_module import FunctionalModule


class _Dropout(FunctionalModule):
    shown = ("p", "inplace")

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return self.function(input, self.p, self.training, self.inplace)


class Dropout(_Dropout):
    """In training each element is set to 0 with probability ``p`` and the rest scaled by 1/(1-p); else the identity.

    inplace: whether to write the result into the input. Srivastava et al., 2014. ValueError unless 0 ≤ p ≤ 1.

    >>> nn.Dropout(0.5).eval()(autograd.ones(3))
    tensor([1., 1., 1.])
    """

    function = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels of (N, C, L) or (C, L): neighbours in a channel say nearly the same.

    >>> nn.Dropout1d(0.5)(autograd.ones(4, 3))
    tensor([[0., 0., 0.],
            [0., 0., 0.],
            [2., 2., 2.],
            [0., 0., 0.]])
    """

    function = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels of (N, C, H, W).

    >>> dropped = nn.Dropout2d(0.5)(autograd.ones(1, 6, 5, 5))
    >>> dropped.amin((2, 3)), dropped.amax((2, 3))
    (tensor([[0., 0., 2., 0., 0., 0.]]), tensor([[0., 0., 2., 0., 0., 0.]]))
    """

    function = staticmethod(F.dropout2d)


class Dropout3d(_Dropout):
    """`Dropout` of whole channels of (N, C, D, H, W) or (C, D, H, W).

    >>> nn.Dropout3d(0.5)(autograd.ones(6, 2, 2, 2)).mean((1, 2, 3))
    tensor([0., 0., 2., 0., 0., 0.])
    """

    function = staticmethod(F.dropout3d)


class _AlphaDropout(_Dropout):
    """Its ``inplace`` is shown and changes nothing, as in PyTorch; that of its function writes into the input."""

    def forward(self, input: Tensor) -> Tensor:
        return self.function(input, self.p, self.training)


class AlphaDropout(_AlphaDropout):
    """`Dropout` that keeps mean and variance, for networks with `SELU`; see `nn.functional.alpha_dropout`.

    What is dropped becomes what `SELU` gives far below 0, and everything is scaled and moved afterwards.

    >>> x = autograd.randn(10000)
    >>> [round(layer(x).std().item(), 1) for layer in (nn.Identity(), nn.AlphaDropout(), nn.Dropout())]
    [1.0, 1.0, 1.4]
    """

    function = staticmethod(F.alpha_dropout)


class FeatureAlphaDropout(_AlphaDropout):
    """`AlphaDropout` of whole channels of (N, C, ...).

    >>> nn.FeatureAlphaDropout(0.5)(autograd.ones(1, 3, 2))
    tensor([[[-0.7792, -0.7792],
             [-0.7792, -0.7792],
             [ 1.6656,  1.6656]]])
    """

    function = staticmethod(F.feature_alpha_dropout)

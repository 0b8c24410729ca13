"""The base of the modules that are a function of `nn.functional` together with its settings."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from autograd import Tensor

from .module import Module


class FunctionalModule(Module):
    """``function(input, **settings)``: a function whose settings are attributes of the module.

    A subclass names its ``function``, and hands over the settings by ``configure``. The repr shows those that ``shown``
    names, by default all. The few modules that most networks call in every step write out their ``forward`` instead:
    looking up the settings takes about half a microsecond.

    >>> class Power(FunctionalModule):
    ...     function = staticmethod(autograd.pow)
    ...     def __init__(self, exponent):
    ...         super().__init__()
    ...         self.configure(exponent=exponent)
    >>> square = Power(2)
    >>> square, square(autograd.tensor([3.]))
    (Power(exponent=2), tensor([9.]))
    """

    function: ClassVar[Callable[..., Any]]
    shown: ClassVar[tuple[str, ...] | None] = None
    _configured: tuple[str, ...] = ()

    def configure(self, **settings: Any) -> None:
        """Make attributes of ``settings``. Each call of the module reads them, so they may be changed."""
        self._configured += tuple(settings)
        for name, value in settings.items():
            warn_of_input(self, name, value, stacklevel=4)
            setattr(self, name, value)

    def forward(self, input: Tensor, *others: Any, **named: Any) -> Tensor:
        settings = {}
        for name in self._configured:
            settings[name] = getattr(self, name)
        return self.function(input, *others, **named, **settings)

    def extra_repr(self) -> str:
        values = ((name, getattr(self, name)) for name in (self._configured if self.shown is None else self.shown))
        # Words stand in quotes. Numbers are shown without their type, which the repr of NumPy's would add.
        return ", ".join(f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}" for name, value in values)


def warn_of_input(layer: Module, name: str, value: Any, stacklevel: int) -> None:
    """Warn where a Tensor is given as a setting of a layer: it was probably meant to be its input."""
    if isinstance(value, Tensor) and value.dim():
        kind = type(layer).__name__
        warnings.warn(
            f"nn.{kind}(x) makes a layer that has the Tensor x as its setting `{name}`, and computes nothing yet; make "
            f"the layer first, and then call it with x, as in layer = nn.{kind}(...); layer(x)",
            stacklevel=stacklevel,
        )

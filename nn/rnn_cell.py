"""Single steps of recurrent networks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.composed import recurrent

from . import init
from .module import Module
from .parameter import Parameter


class RNNCellBase(Module):
    """What the cells share: the weights of one layer, and taking a single input for a batch of one.

    num_chunks: how many parts, each with ``hidden_size`` rows, the weights have: 1 of `RNNCell`, 3 of `GRUCell`, 4 of
    `LSTMCell`.

    >>> nn.RNNCellBase(3, 5, bias=True, num_chunks=4).weight_ih.shape
    autograd.Size([20, 3])
    """

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(autograd.empty(rows, input_size, dtype=dtype, device=device))
        self.weight_hh = Parameter(autograd.empty(rows, hidden_size, dtype=dtype, device=device))
        self.register_parameter("bias_ih", Parameter(autograd.empty(rows, dtype=dtype)) if bias else None)
        self.register_parameter("bias_hh", Parameter(autograd.empty(rows, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size else 0.0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _step(self, cell: Callable[..., Any], input: Tensor, states: Any, names: Sequence[str]) -> list[Tensor]:
        """The new states after one step of ``cell``; names: what errors call the states.

        ValueError for inputs and states that are neither vectors nor batches of vectors.
        """
        kind = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{kind}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        single = input.dim() == 1
        if single:
            input = input.unsqueeze(0)
        if states is None:
            given = [autograd.zeros(len(input), self.hidden_size, dtype=input.dtype)] * len(names)
        else:
            given = [states] if isinstance(states, Tensor) else list(states)
            for name, state in zip(names, given, strict=True):
                if state.dim() not in (1, 2):
                    raise ValueError(f"{kind}: Expected {name} to be 1D or 2D, got {state.dim()}D instead")
            if single:
                given = [state.unsqueeze(0) for state in given]
        made = cell(
            input, given if len(names) > 1 else given[0], self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        )
        new = list(made) if len(names) > 1 else [made]
        return [state.squeeze(0) for state in new] if single else new

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RNNCellBase):
    """One step of `RNN`: ``h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)``.

    Called with x (B, input_size) or (input_size), and h (B, hidden_size) or (hidden_size), zeros if not given.

    >>> nn.RNNCell(3, 5)(autograd.ones(2, 3)).shape
    autograd.Size([2, 5])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        cells = {"tanh": recurrent.rnn_tanh_cell, "relu": recurrent.rnn_relu_cell}
        if self.nonlinearity not in cells:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(cells[self.nonlinearity], input, hx, ("hidden",))[0]

    def extra_repr(self) -> str:
        return super().extra_repr() + (f", nonlinearity={self.nonlinearity}" if self.nonlinearity != "tanh" else "")


class LSTMCell(RNNCellBase):
    """One step of `LSTM`, from ``(h, c)``, zeros if not given, to the next; shapes as for `RNNCell`.

    >>> h, c = nn.LSTMCell(3, 5)(autograd.ones(2, 3))
    >>> h.shape, c.shape
    (autograd.Size([2, 5]), autograd.Size([2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        h, c = self._step(recurrent.lstm_cell, input, hx, ("hx[0]", "hx[1]"))
        return h, c


class GRUCell(RNNCellBase):
    """One step of `GRU`; shapes as for `RNNCell`.

    >>> nn.GRUCell(3, 5)(autograd.ones(2, 3)).shape
    autograd.Size([2, 5])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(recurrent.gru_cell, input, hx, ("hidden",))[0]

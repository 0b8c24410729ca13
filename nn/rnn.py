"""Recurrent networks of whole sequences."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.composed import recurrent

from . import init
from .module import Module
from .parameter import Parameter
from .utils.rnn import PackedSequence

# How many gates a layer has, for each of which its weights have hidden_size rows. A plain network counts as one gate.
GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}
NETWORKS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "RNN_TANH": recurrent.rnn_tanh,
    "RNN_RELU": recurrent.rnn_relu,
    "LSTM": recurrent.lstm,
    "GRU": recurrent.gru,
}


class RNNBase(Module):
    """What `RNN`, `LSTM` and `GRU` share: layers, each with its weights, one or two directions, and their states.

    mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU"; ValueError for another. The others as for `RNN`.

    >>> {name: tuple(weight.shape) for name, weight in nn.RNNBase("GRU", 3, 5).named_parameters()}
    {'weight_ih_l0': (15, 3), 'weight_hh_l0': (15, 5), 'bias_ih_l0': (15,), 'bias_hh_l0': (15,)}
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        _check_settings(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in GATES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._all_weights: list[list[str]] = []
        rows, output = GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            features = output * self._directions if layer else input_size
            for suffix in ("", "_reverse")[: self._directions]:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, features), "weight_hh": (rows, output)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                names = {f"{kind}_l{layer}{suffix}": shape for kind, shape in shapes.items()}
                for name, shape in names.items():
                    setattr(self, name, Parameter(autograd.empty(*shape, dtype=dtype, device=device)))
                self._all_weights.append(list(names))
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer, and of its way back if it has one."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Do nothing. PyTorch moves the weights into one block of memory, which its GPU kernels need."""

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _state_sizes(self) -> tuple[int, ...]:
        """The size of each state that a sequence has."""
        return (self.hidden_size,)

    def forward(self, input: Any, hx: Any = None) -> Any:
        data, batch_sizes, order, back = input if isinstance(input, PackedSequence) else (input, None, None, None)
        packed = batch_sizes is not None
        if not packed and data.dim() not in (2, 3):
            raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {data.dim()}D instead")
        along = 0 if self.batch_first else 1
        single = not packed and data.dim() == 2
        if single:
            data = data.unsqueeze(along)
        self._check_input(data, 2 if packed else 3)
        batch = int(batch_sizes[0]) if batch_sizes is not None else data.shape[along]
        count = self.num_layers * self._directions
        if hx is None:
            states = [autograd.zeros(count, batch, size, dtype=data.dtype) for size in self._state_sizes()]
        else:
            states = self._given_states(hx, single, count, batch)
            if order is not None:
                states = [state.index_select(1, order) for state in states]
        weights = [weight for layer in self.all_weights for weight in layer]
        how = (weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)
        started = states if len(states) > 1 else states[0]
        run = NETWORKS[self.mode]
        if batch_sizes is not None:
            out, *last = run(data, batch_sizes, started, *how)
            if back is not None:
                last = [state.index_select(1, back) for state in last]
            return PackedSequence(out, batch_sizes, order, back), _one_or_all(last)
        out, *last = run(data, started, *how, self.batch_first)
        if single:
            out, last = out.squeeze(along), [state.squeeze(1) for state in last]
        return out, _one_or_all(last)

    def _check_input(self, data: Tensor, dims: int) -> None:
        weight = getattr(self, self._all_weights[0][0])
        if data.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({data.dtype}) does not match weight dtype ({weight.dtype}). "
                f"Convert input: input.to({weight.dtype}), or convert model: model.to({data.dtype})"
            )
        if data.dim() != dims:
            raise RuntimeError(f"input must have {dims} dimensions, got {data.dim()}")
        if data.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {data.shape[-1]}: "
                f"an input of shape {tuple(data.shape)}"
            )

    def _given_states(self, hx: Any, single: bool, count: int, batch: int) -> list[Tensor]:
        """The initial states as a list of Tensors (count, batch, size); RuntimeError if they aren't that."""
        states = [hx] if isinstance(hx, Tensor) else list(hx)
        sizes = self._state_sizes()
        if len(states) != len(sizes):
            raise RuntimeError(f"{type(self).__name__}: expected {len(sizes)} initial states, got {len(states)}")
        dims = 2 if single else 3
        if any(state.dim() != dims for state in states):
            got = ", ".join(f"{state.dim()}-D" for state in states)
            names, got = ("hx", f"{got} tensor") if len(sizes) == 1 else ("hx and cx", f"({got}) tensors")
            kind = "unbatched" if single else "batched"
            raise RuntimeError(f"For {kind} {dims}-D input, {names} should also be {dims}-D but got {got}")
        if single:
            states = [state.unsqueeze(1) for state in states]
        for i, (state, size) in enumerate(zip(states, sizes)):
            if state.shape != (count, batch, size):
                name = "hidden" if len(sizes) == 1 else f"hidden[{i}]"
                raise RuntimeError(f"Expected {name} size {(count, batch, size)}, got {list(state.shape)}")
        return states

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        defaults = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0}
        for name, default in {**defaults, "bidirectional": False}.items():
            value = getattr(self, name)
            if value != default:
                text += f", {name}={value}"
        return text


def _one_or_all(states: Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
    return states[0] if len(states) == 1 else tuple(states)


def _check_settings(
    input_size: Any, hidden_size: Any, num_layers: Any, bias: Any, batch_first: Any, dropout: Any, proj_size: Any
) -> None:
    """Raise PyTorch's errors for settings out of range or of the wrong type."""
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed, "
            f"not {dropout!r}"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    for name, value, kind in (
        ("bias", bias, bool),
        ("batch_first", batch_first, bool),
        ("input_size", input_size, int),
        ("hidden_size", hidden_size, int),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero, not {value}")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError(f"proj_size has to be smaller than hidden_size, but got {proj_size} and {hidden_size}")


class RNN(RNNBase):
    """The plain recurrent network (Elman, 1990): ``h(t) = tanh(W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh)``.

    input_size, hidden_size: features of each x and h. num_layers: how many networks are stacked, each reading the h of
    the one below. nonlinearity: "tanh" or "relu". bias: whether there are b_ih and b_hh. batch_first: (B, T, ...) in
    place of (T, B, ...). dropout: what part of the h between layers is dropped in training. bidirectional: each layer
    also reads backwards, with weights of its own, and both h stand side by side.

    Called with input (T, B, input_size), or (T, input_size) for a single sequence, or a `PackedSequence`, and the first
    h (layers·directions, B, hidden_size), zeros if not given; returns the h of all steps of the last layer, in the form
    of the input, and the last h of each layer. Parameters ``weight_ih_l0``, ``weight_hh_l0``, ``bias_ih_l0``,
    ``bias_hh_l0``, ..., ``_reverse`` for the way back, start uniform in ±1/√hidden_size.

    ValueError, TypeError for settings that make no network; RuntimeError for shapes that don't fit.

    >>> out, h = nn.RNN(3, 5)(autograd.ones(7, 2, 3))
    >>> out.shape, h.shape
    (autograd.Size([7, 2, 5]), autograd.Size([1, 2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first, dropout,
            bidirectional, 0, device, dtype,
        )  # fmt: skip
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997; the forget gate by Gers et al., 2000).

    ``c(t) = f·c(t-1) + i·g`` and ``h(t) = o·tanh(c(t))``, with gates i, f, o that are σ, and g that is tanh, of
    ``W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh``; the rows of the weights are those of i, f, g, o. The cell c is added to,
    not multiplied by a matrix at each step: so its gradient doesn't vanish.

    Arguments, shapes and parameters as for `RNN`; the states are a pair ``(h, c)``. proj_size: if not 0, h is projected
    to that size by ``weight_hr_l0`` (Sak et al., 2014).

    >>> out, (h, c) = nn.LSTM(3, 5, num_layers=2, bidirectional=True)(autograd.ones(7, 2, 3))
    >>> out.shape, c.shape
    (autograd.Size([7, 2, 10]), autograd.Size([4, 2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device,
            dtype,
        )  # fmt: skip

    def _state_sizes(self) -> tuple[int, ...]:
        return (self.proj_size or self.hidden_size, self.hidden_size)


class GRU(RNNBase):
    """Gated recurrent units (Cho et al., 2014): ``h(t) = (1 - z)·n + z·h(t-1)``.

    The gates r and z are σ of ``W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh``, and n is tanh of the first two terms plus r
    times the others; the rows of the weights are those of r, z, n. Arguments, shapes and parameters as for `RNN`.

    >>> out, h = nn.GRU(3, 5, batch_first=True)(autograd.ones(2, 7, 3))
    >>> out.shape, h.shape
    (autograd.Size([2, 7, 5]), autograd.Size([1, 2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )

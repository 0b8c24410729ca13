"""Recurrent networks of several layers and directions, and single steps of them, under PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.joining import cat
from ..ops.recurrent import gru_layer, lstm_layer, rnn_layer
from .dropout import drop
from .registry import function

Layer = Callable[..., tuple[Tensor, ...]]

# One layer in one direction: the h of all steps, then the last states.
LAYERS: dict[str, Layer] = {
    "rnn_tanh": lambda x, states, w, sizes, reverse: rnn_layer(x, *states, *w, False, sizes, reverse),
    "rnn_relu": lambda x, states, w, sizes, reverse: rnn_layer(x, *states, *w, True, sizes, reverse),
    "gru": lambda x, states, w, sizes, reverse: gru_layer(x, *states, *w, sizes, reverse),
    "lstm": lambda x, states, w, sizes, reverse: lstm_layer(
        x, *states, *(w if len(w) == 5 else (*w, None)), sizes, reverse
    ),
}


def stacked(
    layer: Layer,
    input: Tensor,
    batch_sizes: Tensor | None,
    states: Sequence[Tensor],
    params: Sequence[Tensor],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Tensor, ...]:
    """The h of all steps of the last layer, and the last states (layers·directions, B, size) of all."""
    directions = 2 if bidirectional else 1
    if num_layers < 1:
        raise RuntimeError(f"expected num_layers to be at least 1, but got {num_layers}")
    if not 0 <= dropout <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout}")
    count, rest = divmod(len(params), num_layers * directions)
    # That of an LSTM may have a projection, too.
    expected = 4 if has_biases else 2
    if rest or count not in ((expected, expected + 1) if layer is LAYERS["lstm"] else (expected,)):
        raise RuntimeError(
            f"expected {expected} weights of each layer and direction with has_biases={has_biases}, "
            f"but got {len(params)} of {num_layers * directions} in all"
        )
    sizes = None if batch_sizes is None else tuple(batch_sizes.tolist())
    x = input.transpose(0, 1) if batch_first else input
    finals: list[tuple[Tensor, ...]] = []
    for number in range(num_layers):
        if dropout and train and number:
            # Drawn time by time, however the last layer left its outputs in memory.
            x = drop(x.contiguous(), dropout, inplace=False, whole_channels=False)
        made = []
        for reverse in (False, True)[:directions]:
            k = len(finals)
            weights: tuple[Tensor | None, ...] = tuple(params[k * count : (k + 1) * count])
            if not has_biases:
                weights = (*weights[:2], None, None, *weights[2:])
            first = [state if len(state) == 1 else state[k : k + 1] for state in states]
            out, *last = layer(x, first, weights, sizes, reverse)
            made.append(out)
            finals.append(tuple(last))
        x = cat(made, -1) if bidirectional else made[0]
    lasts = [parts[0] if len(parts) == 1 else cat(parts) for parts in zip(*finals)]
    return (x.transpose(0, 1) if batch_first else x, *lasts)


def network(name: str, args: tuple[Any, ...]) -> tuple[Tensor, ...]:
    """What ``autograd.lstm(*args)`` and its like do: the sizes of a packed input come second, if it is one."""
    packed = isinstance(args[2], Tensor) or isinstance(args[3], (list, tuple))
    input, batch_sizes, hx, *rest = args if packed else (args[0], None, *args[1:])
    states = [hx] if isinstance(hx, Tensor) else list(hx)
    return stacked(LAYERS[name], input, batch_sizes, states, *rest, *([False] if packed else []))


@function()
def rnn_tanh(*args: Any) -> tuple[Tensor, Tensor]:
    """``h(t) = tanh(W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh)`` of all steps, and the last h of each layer (Elman, 1990).

    ``rnn_tanh(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)``, or for packed
    sequences ``rnn_tanh(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)``.
    input (T, B, size), hx (layers·directions, B, hidden size), params: w_ih, w_hh, b_ih, b_hh of each layer, and of its
    way back if bidirectional. See `nn.RNN`.

    >>> x, h, w = autograd.ones(2, 1, 1), autograd.zeros(1, 1, 1), [autograd.ones(1, 1)] * 2
    >>> autograd.rnn_tanh(x, h, w, False, 1, 0.0, False, False, False)[1]
    tensor([[[0.9427]]])
    """
    return network("rnn_tanh", args)  # type: ignore[return-value]


@function()
def rnn_relu(*args: Any) -> tuple[Tensor, Tensor]:
    """``h(t) = ReLU(W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh)``, otherwise as `rnn_tanh`.

    >>> x, h, w = autograd.ones(2, 1, 1), autograd.zeros(1, 1, 1), [autograd.ones(1, 1)] * 2
    >>> autograd.rnn_relu(x, h, w, False, 1, 0.0, False, False, False)[1]
    tensor([[[2.]]])
    """
    return network("rnn_relu", args)  # type: ignore[return-value]


@function()
def gru(*args: Any) -> tuple[Tensor, Tensor]:
    """Gated recurrent units (Cho et al., 2014): the h of all steps, and the last h; arguments as for `rnn_tanh`.

    ``h(t) = (1 - z)·n + z·h(t-1)``; the rows of the weights are those of r, z and n. See `nn.GRU`.

    >>> x, h, w = autograd.ones(2, 1, 1), autograd.zeros(1, 1, 1), [autograd.ones(3, 1)] * 2
    >>> autograd.gru(x, h, w, False, 1, 0.0, False, False, False)[1]
    tensor([[[0.3468]]])
    """
    return network("gru", args)  # type: ignore[return-value]


@function()
def lstm(*args: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): the h of all steps, the last h and the last c.

    Arguments as for `rnn_tanh`, but hx is ``(h, c)``, and a w_hr at the end of a layer's parameters projects its h.
    ``c(t) = f·c(t-1) + i·g``, ``h(t) = o·tanh(c(t))``; the rows of the weights are those of i, f, g, o. See `nn.LSTM`.

    >>> x, h, w = autograd.ones(2, 1, 1), autograd.zeros(1, 1, 1), [autograd.ones(4, 1)] * 2
    >>> autograd.lstm(x, (h, h), w, False, 1, 0.0, False, False, False)[1]
    tensor([[[0.6505]]])
    """
    return network("lstm", args)  # type: ignore[return-value]


def one_step(name: str, input: Tensor, states: Sequence[Tensor], *weights: Tensor | None) -> Sequence[Tensor]:
    """The states after one step of a layer."""
    return LAYERS[name](input, states, weights, input.shape[:1], False)[1:]


@function()
def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of `rnn_tanh`: input (B, size) and hx (B, hidden size) give the next h.

    >>> autograd.rnn_tanh_cell(*[autograd.ones(1, 1)] * 4)
    tensor([[0.9640]])
    """
    return one_step("rnn_tanh", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


@function()
def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of `rnn_relu`: input (B, size) and hx (B, hidden size) give the next h.

    >>> autograd.rnn_relu_cell(*[autograd.ones(1, 1)] * 4)
    tensor([[2.]])
    """
    return one_step("rnn_relu", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


@function()
def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of `gru`: input (B, size) and hx (B, hidden size) give the next h.

    >>> autograd.gru_cell(*[autograd.ones(1, 1)] * 2, *[autograd.ones(3, 1)] * 2)
    tensor([[0.9946]])
    """
    return one_step("gru", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


@function()
def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of `lstm`: input (B, size) and ``(h, c)``, each (B, hidden size), give the next h and c.

    >>> one = autograd.ones(1, 1)
    >>> autograd.lstm_cell(one, (one, one), *[autograd.ones(4, 1)] * 2)
    (tensor([[0.8271]]), tensor([[1.7299]]))
    """
    h, c = one_step("lstm", input, list(hx), w_ih, w_hh, b_ih, b_hh)
    return h, c

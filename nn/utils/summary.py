"""A table of what a model is made of: each module with what it gave, its parameters, and what it multiplied."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Tensor, no_grad
from autograd.engine import above
from autograd.engine.record import CALLERS, called
from autograd.ops.attention import attention
from autograd.ops.conv import convolution, transposed_convolution
from autograd.ops.matmul import linear, matmul
from autograd.ops.op import Op
from autograd.ops.recurrent import gru_layer, lstm_layer, rnn_layer
from autograd.random import fork_rng

from ..parameter import is_lazy

if TYPE_CHECKING:
    from ..module import Module

HEADINGS = ("layer", "output shape", "parameters", "multiply-adds")


def _recurrent(x: Tensor, *matrices: Tensor | None) -> int:
    """Each matrix once for each step of each sequence in ``x``."""
    return math.prod(x.shape[:-1]) * sum(matrix.numel() for matrix in matrices if matrix is not None)


# How often an op multiplies two numbers and adds the product to a sum, from its result and its arguments; those that
# are not here only do so with each number once.
COSTS: dict[Op, Callable[..., int]] = {
    matmul: lambda out, x, y: out.numel() * x.shape[-1],
    linear: lambda out, x, *rest: out.numel() * x.shape[-1],
    convolution: lambda out, x, weight, *rest: out.numel() * math.prod(weight.shape[1:]),
    transposed_convolution: lambda out, x, weight, *rest: x.numel() * math.prod(weight.shape[1:]),
    attention: lambda out, q, k, v, *rest: math.prod(q.shape[:3]) * k.shape[2] * (k.shape[3] + v.shape[3]),
    rnn_layer: lambda out, x, h, w_ih, w_hh, *rest: _recurrent(x, w_ih, w_hh),
    gru_layer: lambda out, x, h, w_ih, w_hh, *rest: _recurrent(x, w_ih, w_hh),
    lstm_layer: lambda out, x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *rest: _recurrent(x, w_ih, w_hh, w_hr),
}


class SummaryRow(NamedTuple):
    """A module in a `Summary`: its dotted name and its class, how deep it lies, and how often it was called.

    output: the shape that the last call gave, in a tuple or list if it gave several; None without a call.
    parameters: how many numbers of its own are learned or fixed, and multiply_adds: how many products it added up
    itself; both without the modules below it, if those have rows.
    """

    name: str
    kind: str
    depth: int
    calls: int
    output: Any
    parameters: int
    multiply_adds: int


class Summary:
    """The rows of `summary` as a table: of text when printed, of HTML in a notebook.

    rows: a `SummaryRow` for each module. parameters, learned: how many numbers the model has as parameters, and how
    many of them require grad. size: of all parameters and buffers, in bytes. multiply_adds: of all modules.
    """

    def __init__(self, rows: list[SummaryRow], parameters: int, learned: int, size: int, multiply_adds: int) -> None:
        self.rows, self.parameters, self.learned = rows, parameters, learned
        self.size, self.multiply_adds = size, multiply_adds

    def _cells(self) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
        """Of each row how deep it is, and its texts."""
        for row in self.rows:
            last = row.name.rpartition(".")[2]
            layer = f"{last}: {row.kind}" if last else row.kind
            if row.calls > 1:
                layer += f" (called {row.calls} times)"
            shape = _text(row.output) if row.calls else "not called"
            yield row.depth, (layer, shape, f"{row.parameters:,}", f"{row.multiply_adds:,}")

    def _totals(self) -> str:
        fixed = self.parameters - self.learned
        of_them = f"{fixed:,} of them fixed" if fixed else "all learned"
        return (
            f"{self.parameters:,} parameters, {of_them}; {self.size:,} bytes with buffers; "
            f"{self.multiply_adds:,} multiply-adds"
        )

    def __repr__(self) -> str:
        lines = [HEADINGS, *((f"{'  ' * depth}{layer}", *rest) for depth, (layer, *rest) in self._cells())]
        widths = [max(map(len, column)) for column in zip(*lines)]
        table = [
            f"{a:{widths[0]}}  {b:{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}".rstrip() for a, b, c, d in lines
        ]
        return "\n".join([*table, self._totals()])

    def _repr_html_(self) -> str:
        import html  # not at the top: it brings all the names that characters have in HTML

        right = ' style="text-align:right"'
        head = "".join(f"<th{right if i > 1 else ''}>{text}</th>" for i, text in enumerate(HEADINGS))
        body = "".join(
            f'<tr><td style="text-align:left;padding-left:{0.5 + 1.5 * depth}em">{html.escape(layer)}</td>'
            f"<td>{html.escape(shape)}</td><td{right}>{parameters}</td><td{right}>{cost}</td></tr>"
            for depth, (layer, shape, parameters, cost) in self._cells()
        )
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            f'<tfoot><tr><td colspan="4" style="text-align:left">{self._totals()}</td></tr></tfoot></table>'
        )


def _text(output: Any) -> str:
    """The shapes in an output, without the names of classes."""
    if isinstance(output, dict):
        return "{" + ", ".join(f"{key}: {_text(value)}" for key, value in output.items()) + "}"
    if isinstance(output, list):
        return f"[{', '.join(map(_text, output))}]"
    return str(output)


def _shapes(value: Any) -> Any:
    """The shape of a Tensor, in lists and dicts those of several; None, and the class of another object."""
    if isinstance(value, Tensor):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {key: _shapes(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shapes(one) for one in value]
    return None if value is None else type(value).__name__


class Watcher:
    """Sees, while it watches, which modules are called, what they give, and what the ops in them cost."""

    def __init__(self) -> None:
        self.outputs: dict[int, Any] = {}
        self.calls: dict[int, int] = {}
        self.costs: dict[int, int] = {}
        self._open: list[int] = []
        self._ops: list[tuple[Any, list[Any]]] = []
        self._module_call = above.Module.__call__.__code__ if above.Module is not None else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        before = sys.getprofile()
        sys.setprofile(self._event)
        try:
            yield
        finally:
            sys.setprofile(before)

    def _event(self, frame: FrameType, event: str, value: Any) -> None:
        if event not in ("call", "return"):
            return
        if frame.f_code is self._module_call:
            self._module(id(frame.f_locals["self"]), event == "call", value)
        elif frame.f_code in CALLERS:
            if event == "call":
                self._ops.append(called(frame))
            else:
                op, arguments = self._ops.pop()
                cost = COSTS.get(op)
                if cost is not None and value is not None and self._open:
                    self.costs[self._open[-1]] = self.costs.get(self._open[-1], 0) + cost(value, *arguments)

    def _module(self, key: int, entered: bool, output: Any) -> None:
        if entered:
            self._open.append(key)
            self.calls[key] = self.calls.get(key, 0) + 1
        else:
            self._open.pop()
            self.outputs[key] = _shapes(output)


@contextmanager
def _left_as_it_is(model: Module) -> Iterator[None]:
    """A block in which ``model`` predicts, after which it, its buffers and the random numbers are as before."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers() if not is_lazy(buffer)]
    model.eval()
    try:
        with fork_rng(), no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        with no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)


def summary(model: Module, *inputs: Any, depth: int | None = None, **keywords: Any) -> Summary:
    """A table of the modules of ``model``: what each gives in ``model(*inputs, **keywords)``, and what it takes.

    depth: how deep the rows go, 0 for the model alone; what lies deeper counts for the row above it. Multiply-adds
    are those of the products of matrices and the convolutions that ran. The model is called as for a prediction, and
    nothing of it changes, but that lazy modules get their parameters; what it raises comes out.

    >>> model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2))
    >>> nn.utils.summary(model, autograd.ones(8, 1, 4, 4))
    layer         output shape  parameters  multiply-adds
    Sequential    (8, 2)                 0              0
      0: Conv2d   (8, 4, 2, 2)          40          1,152
      1: ReLU     (8, 4, 2, 2)           0              0
      2: Flatten  (8, 16)                0              0
      3: Linear   (8, 2)                34            256
    74 parameters, all learned; 296 bytes with buffers; 1,408 multiply-adds
    """
    watcher = Watcher()
    with _left_as_it_is(model), watcher.watching():
        model(*inputs, **keywords)
    rows: list[SummaryRow] = []
    seen: set[int] = set()
    for name, module in model.named_modules():
        below = name.count(".") + 1 if name else 0
        own = [parameter for parameter in module.parameters(recurse=False) if id(parameter) not in seen]
        seen.update(map(id, own))
        count, cost = sum(parameter.numel() for parameter in own), watcher.costs.get(id(module), 0)
        if depth is not None and below > depth:
            above_it = rows[-1]
            rows[-1] = above_it._replace(
                parameters=above_it.parameters + count, multiply_adds=above_it.multiply_adds + cost
            )
        else:
            calls, output = watcher.calls.get(id(module), 0), watcher.outputs.get(id(module))
            rows.append(SummaryRow(name, type(module).__name__, below, calls, output, count, cost))
    parameters = list(model.parameters())
    return Summary(
        rows,
        sum(parameter.numel() for parameter in parameters),
        sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        sum(tensor.numel() * tensor.element_size() for tensor in [*parameters, *model.buffers()]),
        sum(watcher.costs.values()),
    )

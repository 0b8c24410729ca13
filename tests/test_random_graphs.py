"""Programs that nobody wrote: each runs on Tensors and on plain NumPy arrays, whose views share memory of themselves.

A program is Python text over variables v0, v1, ...; the first ones are leaves. Values are compared, and every gradient
with a difference quotient of the run on arrays. Its step goes along the imaginary axis, f(x + ih) = f(x) + ih·f'(x) for
the smooth functions here, so that no digit is lost; what is detached sees the real parts only, and stays a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

import numpy as np
import pytest
from checking import close
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Tensor

H = 1e-20
SHAPES = [(), (3,), (2, 3), (1, 3), (2, 1), (3, 2)]

# Name of a method: the same of an array.
SMOOTH: dict[str, Callable[..., Any]] = {
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "neg": np.negative,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "reciprocal": np.reciprocal,
    "square": np.square,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "matmul": np.matmul,
    "sum": lambda x, dim=None, keepdim=False: np.sum(x, dim, keepdims=keepdim),
    "mean": lambda x, dim=None, keepdim=False: np.mean(x, dim, keepdims=keepdim),
    "softmax": lambda x, dim: np.exp(x) / np.exp(x).sum(dim, keepdims=True),
    "logsumexp": lambda x, dim: np.log(np.exp(x).sum(dim)),
    "clone": np.array,
    "detach": np.real,
    "transpose": np.swapaxes,
    "reshape": np.reshape,
    "expand": np.broadcast_to,
    "unsqueeze": np.expand_dims,
    "squeeze": np.squeeze,
}
# Applied to any value they give a moderate one.
BOUNDED = [
    *("tanh({})", "sin({})", "cos({})", "sigmoid({})", "neg({})", "clone({})", "silu(tanh({}))", "softplus(sin({}))"),
    *("exp(tanh({}))", "expm1(sin({}))", "square(tanh({}))"),
    *(f"{name}(add(sin({{}}), 2))" for name in ("log", "log1p", "sqrt", "rsqrt", "reciprocal")),
]
BINARY = ["mul(add({}, {}), 0.5)", "mul(sub({}, {}), 0.5)", "mul({}, tanh({}))", "div({}, add(cos({}), 2))",
          "pow(add(sin({}), 2), tanh({}))"]  # fmt: skip
IN_PLACE = {"tanh_": "tanh", "sin_": "sin", "neg_": "neg", "sigmoid_": "sigmoid"}
WRITES = ["{x} += {y}", "{x} -= {y}", "{x} *= tanh({y})", "{x} *= 0.5", "copy_({x}, {y})", "zero_({x})",
          "fill_({x}, {number})", *(f"{name}({{x}})" for name in IN_PLACE)]  # fmt: skip


def on_arrays() -> dict[str, Any]:
    def always_array(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args: np.asarray(function(*args))

    def assign(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: np.ndarray, *args: Any) -> None:
            x[...] = function(x, *args)

        return call

    names = {name: always_array(function) for name, function in SMOOTH.items()}
    names["select"] = lambda x, dim, i: x[(slice(None),) * dim + (i, ...)]
    names["cat"], names["stack"] = np.concatenate, np.stack
    names.update((name, assign(SMOOTH[of])) for name, of in IN_PLACE.items())
    names.update(zero_=assign(np.zeros_like), fill_=assign(lambda x, y: y), copy_=assign(lambda x, y: y))
    names.update(zeros=lambda shape: np.zeros(shape, complex), tensor=np.asarray)
    return names


def on_tensors(library: Any, functional: Any) -> dict[str, Any]:
    def method(name: str) -> Callable[..., Any]:
        if name in ("silu", "softplus"):
            return getattr(functional, name)
        return lambda x, *args: getattr(x, name)(*args)

    names = {name: method(name) for name in (*SMOOTH, *IN_PLACE, "zero_", "fill_", "copy_")}
    names["select"] = lambda x, dim, i: x[(slice(None),) * dim + (i,)]
    names["cat"], names["stack"], names["tensor"] = library.cat, library.stack, library.tensor
    names["zeros"] = lambda shape: library.zeros(shape, dtype=library.float64)
    return names


ARRAYS, TENSORS = on_arrays(), on_tensors(autograd, nn.functional)


class Program(NamedTuple):
    """Some lines over leaves of these shapes."""

    shapes: list[tuple[int, ...]]
    lines: list[str]

    def __repr__(self) -> str:
        leaves = [f"v{i} = leaf of shape {shape}" for i, shape in enumerate(self.shapes)]
        return "\n" + "\n".join(leaves + self.lines) + "\n"

    def compiled(self) -> CodeType:
        return compile("\n".join(self.lines), "program", "exec")

    def leaves(self) -> list[np.ndarray]:
        return [numbers(shape, i) for i, shape in enumerate(self.shapes)]


def numbers(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.asarray(np.random.default_rng([5, seed]).uniform(-1, 1, shape))


def run(code: CodeType, leaves: list[Any], names: dict[str, Any]) -> list[Any]:
    """The values of all variables when the program has ended."""
    variables = {f"v{i}": x for i, x in enumerate(leaves)}
    exec(code, {**names}, variables)
    return [variables[f"v{i}"] for i in range(len(variables))]


def loss(values: list[Any], names: dict[str, Any]) -> Any:
    """A number in which each element of each variable has a weight of its own."""
    weights = [names["tensor"](numbers(tuple(value.shape), 100 + i)) for i, value in enumerate(values)]
    return sum((value * weight).sum() for value, weight in zip(values, weights))


class Writer:
    """Draws the lines of a program one by one, and runs each at once, to know shapes and who shares whose memory."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.draw = draw
        self.shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
        self.variables: dict[str, Any] = {f"v{i}": numbers(s, i).astype(complex) for i, s in enumerate(self.shapes)}
        self.leaves = list(self.variables.values())
        self.lines: list[str] = []

    def pick(self, wanted: Callable[[np.ndarray], Any] = lambda x: True) -> str | None:
        """A variable with a property, younger ones first, so that programs grow deep."""
        names = [name for name, x in self.variables.items() if wanted(x)]
        return self.draw(st.sampled_from(names[::-1])) if names else None

    def choose(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def write(self, line: str | None) -> None:
        if line is not None:
            self.lines.append(line)
            exec(line, {**ARRAYS}, self.variables)

    def new(self, expression: str | None) -> str | None:
        return None if expression is None else f"v{len(self.variables)} = {expression}"

    # Each of these gives an expression or a statement, or None where nothing fits.

    def unary(self) -> str:
        return self.choose(*BOUNDED).format(self.pick())

    def binary(self) -> str | None:
        x = self.pick()
        y = self.pick(lambda y: broadcast(self.variables[x].shape, y.shape) is not None)
        return self.choose(*BINARY).format(x, y)

    def matmul(self) -> str | None:
        x = self.pick(lambda x: x.ndim)
        y = x and self.pick(lambda y: multiplies(self.variables[x].shape, y.shape))
        return y and f"mul(matmul({x}, {y}), 0.5)"

    def reduction(self) -> str | None:
        x = self.pick(lambda x: x.ndim)
        if x is None:
            return None
        dim = self.draw(st.integers(-self.variables[x].ndim, self.variables[x].ndim - 1))
        return self.choose(
            f"mul(sum({x}), 0.5)", f"mean({x}, {dim})", f"mul(sum({x}, {dim}, True), 0.5)", f"softmax({x}, {dim})",
            f"logsumexp(tanh({x}), {dim})",
        )  # fmt: skip

    def joined(self) -> str | None:
        x = self.pick(lambda x: x.ndim)
        y = x and self.pick(lambda y: y.shape == self.variables[x].shape)
        return y and self.choose(f"cat([{x}, {y}], -1)", f"cat([{y}, {x}, {x}], 0)", f"stack([{x}, {y}], 0)")

    def detached(self) -> str:
        return f"detach({self.pick()})"

    def constant(self) -> str:
        return f"zeros({self.choose(*SHAPES)})"

    def view(self) -> str | None:
        x = self.pick(lambda x: x.ndim < 4)
        if x is None:
            return None
        value = self.variables[x]
        options = [f"unsqueeze({x}, -1)", f"expand({x}, {(2, *value.shape)})", f"reshape({x}, (-1,))"]
        if value.ndim:
            i = self.draw(st.integers(0, value.shape[0] - 1)) if value.shape[0] else 0
            options += [f"select({x}, 0, {i})"] if value.shape[0] else []
            options += [f"{x}[{self.key(value)}]", f"{x}[{self.key(value)}]", f"transpose({x}, 0, -1)"]
            options += [f"squeeze({x}, 0)"] if value.shape[0] == 1 else []
        return self.choose(*options)

    def key(self, x: np.ndarray) -> str:
        """Of slices."""
        parts = []
        for size in x.shape:
            start = self.draw(st.integers(0, max(size - 1, 0)))
            parts.append(self.choose(":", f"{start}:", f":{start + 1}", "::2"))
        return ", ".join(parts)

    def target(self) -> str | None:
        """A variable that may be written to: not a leaf, nor detached, and none of its elements is there twice."""
        return self.pick(
            lambda x: (
                x.dtype == complex
                and x.flags.writeable
                and 0 not in [stride for size, stride in zip(x.shape, x.strides) if size > 1]
                and not any(np.shares_memory(x, leaf) for leaf in self.leaves)
            )
        )

    def overwritten(self) -> str | None:
        x = self.target()
        if x is None:
            return None
        value = self.variables[x]
        if self.draw(st.booleans()):
            key = self.choose("...", *self.keys(value))
            part = eval(f"x[{key}]", {"x": value})
            y = self.pick(lambda y: broadcast(np.shape(part), y.shape) == np.shape(part) and is_apart(part, y))
            return f"{x}[{key}] = {y or 0.5}"
        line = self.choose(*WRITES)
        fits = lambda y: broadcast(value.shape, y.shape) == value.shape and is_apart(value, y)
        y = self.pick(fits) if "{y}" in line else None
        number = self.pick(lambda y: not y.ndim and is_apart(value, y)) if "{number}" in line else None
        return line.format(x=x, y=y, number=number or 0.5)

    def keys(self, x: np.ndarray) -> list[str]:
        """One of each kind, of those that pick something."""
        if not x.size or not x.ndim:
            return []
        i = self.draw(st.integers(0, x.shape[0] - 1))
        mask = [bool(k % 2) for k in range(x.shape[0])]
        last = self.key(x[(0,) * (x.ndim - 1)])
        return [f"{i}", f"{i - x.shape[0]}, ...", self.key(x), f"[{i}]", f"{mask}", "None", f"..., {last}"]


def is_apart(target: np.ndarray, read: np.ndarray) -> bool:
    """Whether no element is written that is another of what is read, which is refused."""
    return target is read or not np.shares_memory(target, read)


def broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of all together, if there is one."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def multiplies(x: tuple[int, ...], y: tuple[int, ...]) -> bool:
    """Whether there is a matrix product of these shapes."""
    return bool(y) and x[-1] == y[max(0, len(y) - 2)] and broadcast(x[:-2], y[:-2]) is not None


@st.composite
def programs(draw: Callable[..., Any], writes: bool, detached: bool = True) -> Program:
    writer = Writer(draw)
    expressions = [writer.unary, writer.unary, writer.binary, writer.binary, writer.view, writer.view, writer.view,
                   writer.reduction, writer.matmul, writer.joined, writer.constant]  # fmt: skip
    expressions += [writer.detached] if detached else []
    for _ in range(draw(st.integers(6, 16))):
        if writes and draw(st.booleans()):
            writer.write(writer.overwritten())
        else:
            writer.write(writer.new(draw(st.sampled_from(expressions))()))
        if sum(x.size for x in writer.variables.values()) > 400:
            break
    if not all(np.all(np.abs(x) < 50) for x in writer.variables.values()):
        reject()
    return Program(writer.shapes, writer.lines)


def check_gradients(program: Program) -> None:
    code, leaves = program.compiled(), program.leaves()
    expected = run(code, [x.astype(complex) for x in leaves], ARRAYS)
    inputs = [autograd.tensor(x, requires_grad=True) for x in leaves]
    values = run(code, inputs, TENSORS)
    for i, (value, array) in enumerate(zip(values, expected, strict=True)):
        close(value.detach().array, array.real, 1e-9, f"v{i}", 1.0)
    gradients = gradients_of(loss(values, TENSORS), inputs) or reject()
    for k, x in enumerate(leaves):
        slope = np.zeros(x.shape)
        for place in np.ndindex(*x.shape):
            moved = [y.astype(complex) for y in leaves]
            moved[k][place] += 1j * H
            slope[place] = np.imag(loss(run(code, moved, ARRAYS), ARRAYS)) / H
        close(gradients[k].detach().array, slope, 1e-9, f"gradient of v{k}", 1.0)


def gradients_of(y: Any, inputs: list[Any], library: Any = autograd, create_graph: bool = False) -> Any:
    """The gradients; None if a value that they need was overwritten."""
    if not y.requires_grad:
        return [library.zeros_like(x) for x in inputs]
    # That of torch has no `grad` of its own.
    grad = getattr(library, "grad", None) or library.autograd.grad
    try:
        return grad(y, inputs, create_graph=create_graph, materialize_grads=True)
    except RuntimeError as error:
        if "modified by an in" not in str(error):
            raise
    return None


def check_second_derivatives(program: Program) -> None:
    """The gradients of Σ gradient·weight along a direction, against central differences of the gradients."""
    code = program.compiled()
    direction = [numbers(shape, 50 + i) for i, shape in enumerate(program.shapes)]

    def weighted(step: float) -> tuple[Tensor, list[Tensor]]:
        inputs = [autograd.tensor(x + step * d, requires_grad=True) for x, d in zip(program.leaves(), direction)]
        y = loss(run(code, inputs, TENSORS), TENSORS)
        return loss(gradients_of(y, inputs, create_graph=True) or reject(), TENSORS), inputs

    y, inputs = weighted(0.0)
    found = sum(float((g.array * d).sum()) for g, d in zip(gradients_of(y, inputs) or reject(), direction))
    slope = (weighted(1e-5)[0].item() - weighted(-1e-5)[0].item()) / 2e-5
    np.testing.assert_allclose(found, slope, 1e-5, 1e-5)


@given(programs(writes=False))
@settings(max_examples=120)
def test_gradients(program: Program) -> None:
    check_gradients(program)


# Differences of gradients would also see what is detached.
@given(programs(writes=False, detached=False))
@settings(max_examples=40)
def test_second_derivatives(program: Program) -> None:
    check_second_derivatives(program)


@given(programs(writes=True))
@settings(max_examples=120)
def test_gradients_of_writes(program: Program) -> None:
    check_gradients(program)


@given(programs(writes=True, detached=False))
@settings(max_examples=40)
def test_second_derivatives_of_writes(program: Program) -> None:
    check_second_derivatives(program)


@given(programs(writes=True))
@settings(max_examples=60)
def test_what_torch_differentiates_is_not_refused(program: Program) -> None:
    torch = pytest.importorskip("torch")
    code, found = program.compiled(), []
    for library, names in ((torch, on_tensors(torch, torch.nn.functional)), (autograd, TENSORS)):
        inputs = [library.tensor(x, requires_grad=True) for x in program.leaves()]
        try:
            gradients = gradients_of(loss(run(code, inputs, names), names), inputs, library)
        except RuntimeError as error:
            # Writing what lies in the same memory as the target, which torch leaves undefined.
            assert library is torch and "refer to a single memory location" in str(error)
            reject()
        if gradients is None and library is torch:
            reject()
        assert gradients is not None
        found.append(gradients)
    for expected, gradient in zip(*found):
        close(gradient.detach().array, expected.numpy(), 1e-9, least=1.0)

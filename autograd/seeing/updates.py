"""The step of an optimizer line by line, as its formula has it, computed in float64 from what there was before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor
from .events import Change
from .formulas import amount, plain_amount

Array = np.ndarray[Any, Any]


class Line(NamedTuple):
    """A quantity: what it is called, its formula with the names of others in braces, what these are, and its value."""

    name: str
    formula: str
    given: dict[str, Any]
    value: Array

    @property
    def text(self) -> str:
        return re.sub(r"[{}]", "", self.formula)


class Account:
    """The lines of one step. Names stand for what they were given last."""

    def __init__(self, **given: Any) -> None:
        self.given: dict[str, Any] = {name: _wide(value) for name, value in given.items()}
        self.lines: list[Line] = []

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def know(self, name: str, value: Any) -> None:
        """Let ``name`` stand for what was there before the step."""
        self.given[name] = _wide(value)

    def add(self, name: str, formula: str, value: Any) -> None:
        used = {one: self.given[one] for one in re.findall(r"{([^}]+)}", formula)}
        self.given[name] = np.asarray(value)
        self.lines.append(Line(name, formula, used, self.given[name]))

    def gradient(self, change: Change) -> None:
        """Start with the gradient, turned around to climb, and with what the weights add to it."""
        settings = change.settings
        if settings.get("maximize"):
            self.add("g", "-{g}", -self["g"])
        if settings.get("weight_decay") and not settings.get("decoupled_weight_decay"):
            self.know("λ", settings["weight_decay"])
            self.add("g", "{g} + {λ}·{p}", self["g"] + self["λ"] * self["p"])


def lines_of(optimizer: str, change: Change) -> list[Line]:
    """The lines of the step of one parameter; none where the optimizer isn't known, or did something else.

    The last is the parameter after the step: if that isn't what there was up to rounding, nothing is said.
    """
    rule = RULES.get(optimizer)
    if rule is None:
        return []
    book = Account(p=change.before, g=change.gradient, lr=change.settings.get("lr", 0.0))
    try:
        with np.errstate(all="ignore"):
            rule(book, change)
    except KeyError:
        # A subclass may have other settings and another state.
        return []
    after = np.asarray(change.after)
    size = np.abs(_wide(change.before)) + np.abs(_wide(after))
    close = np.abs(book["p"] - _wide(after)) <= 8 * np.finfo(after.dtype).eps * size + 1e-4 * np.abs(
        _wide(after) - _wide(change.before)
    )
    return book.lines if close.all() else []


def filled(line: Line) -> str:
    """The formula of a line with its numbers, ``0.9·0 + (1 - 0.9)·2 = 0.2``; nothing for arrays of several elements."""
    if line.value.size != 1:
        return ""
    return (
        re.sub(r"{([^}]+)}", lambda name: amount(line.given[name[1]]), line.formula) + f" = {plain_amount(line.value)}"
    )


def is_against_the_gradient(change: Change) -> bool:
    """Whether a step goes straight down: by the same negative multiple of the gradient in every element."""
    step = _wide(change.after) - _wide(change.before)
    gradient = _wide(change.gradient)
    size = float(np.vdot(gradient, gradient))
    rate = -float(np.vdot(step, gradient)) / size if size else 0.0
    if not np.isfinite(rate) or rate <= 0:
        return False
    rounding = 8 * np.finfo(np.asarray(change.after).dtype).eps * np.abs(_wide(change.before)).max(initial=0)
    return bool((np.abs(step + rate * gradient) <= 1e-3 * rate * np.abs(gradient) + rounding).all())


def sgd(book: Account, change: Change) -> None:
    """SGD, with momentum or without."""
    book.gradient(change)
    settings, step = change.settings, "g"
    if settings["momentum"]:
        before = change.state.get("momentum_buffer")
        book.know("μ", settings["momentum"])
        if before is None:
            book.add("v", "{g}", book["g"])
        elif settings["dampening"]:
            book.know("v", before)
            book.know("τ", settings["dampening"])
            book.add("v", "{μ}·{v} + (1 - {τ})·{g}", book["μ"] * book["v"] + (1 - book["τ"]) * book["g"])
        else:
            book.know("v", before)
            book.add("v", "{μ}·{v} + {g}", book["μ"] * book["v"] + book["g"])
        step = "v"
        if settings["nesterov"]:
            book.add("d", "{g} + {μ}·{v}", book["g"] + book["μ"] * book["v"])
            step = "d"
    book.add("p", f"{{p}} - {{lr}}·{{{step}}}", book["p"] - book["lr"] * book[step])


def adam(book: Account, change: Change) -> None:
    """Adam, AdamW and AMSGrad."""
    settings, state = change.settings, change.state
    book.gradient(change)
    for name, value in zip(("β₁", "β₂"), settings["betas"]):
        book.know(name, value)
    book.know("ε", settings["eps"])
    zeros = np.zeros_like(book["p"])
    book.know("m", state.get("exp_avg", zeros))
    book.know("v", state.get("exp_avg_sq", zeros))
    book.know("t", float(_wide(state.get("step", 0.0))) + 1)
    b1, b2, t = book["β₁"], book["β₂"], book["t"]
    if settings.get("decoupled_weight_decay") and settings["weight_decay"]:
        book.know("λ", settings["weight_decay"])
        book.add("p", "{p} - {lr}·{λ}·{p}", book["p"] - book["lr"] * book["λ"] * book["p"])
    book.add("m", "{β₁}·{m} + (1 - {β₁})·{g}", b1 * book["m"] + (1 - b1) * book["g"])
    book.add("v", "{β₂}·{v} + (1 - {β₂})·{g}²", b2 * book["v"] + (1 - b2) * book["g"] ** 2)
    second = "v"
    if settings["amsgrad"]:
        book.know("w", state.get("max_exp_avg_sq", zeros))
        book.add("w", "max({w}, {v})", np.maximum(book["w"], book["v"]))
        second = "w"
    book.add("m̂", "{m}/(1 - {β₁}^{t})", book["m"] / (1 - b1**t))
    book.add("v̂", f"{{{second}}}/(1 - {{β₂}}^{{t}})", book[second] / (1 - b2**t))
    step = book["lr"] * book["m̂"] / (np.sqrt(book["v̂"]) + book["ε"])
    book.add("p", "{p} - {lr}·{m̂}/(√{v̂} + {ε})", book["p"] - step)


def rmsprop(book: Account, change: Change) -> None:
    """RMSprop, centered or not, with momentum or without."""
    settings, state = change.settings, change.state
    book.gradient(change)
    zeros = np.zeros_like(book["p"])
    for name, key in (("α", "alpha"), ("ε", "eps")):
        book.know(name, settings[key])
    book.know("E", state.get("square_avg", zeros))
    a = book["α"]
    book.add("E", "{α}·{E} + (1 - {α})·{g}²", a * book["E"] + (1 - a) * book["g"] ** 2)
    if settings["centered"]:
        book.know("ḡ", state.get("grad_avg", zeros))
        book.add("ḡ", "{α}·{ḡ} + (1 - {α})·{g}", a * book["ḡ"] + (1 - a) * book["g"])
        book.add("E", "{E} - {ḡ}²", book["E"] - book["ḡ"] ** 2)
    scaled = book["g"] / (np.sqrt(book["E"]) + book["ε"])
    if settings["momentum"] > 0:
        book.know("μ", settings["momentum"])
        book.know("v", state.get("momentum_buffer", zeros))
        book.add("v", "{μ}·{v} + {g}/(√{E} + {ε})", book["μ"] * book["v"] + scaled)
        book.add("p", "{p} - {lr}·{v}", book["p"] - book["lr"] * book["v"])
    else:
        book.add("p", "{p} - {lr}·{g}/(√{E} + {ε})", book["p"] - book["lr"] * scaled)


def adagrad(book: Account, change: Change) -> None:
    """Adagrad."""
    settings, state = change.settings, change.state
    book.gradient(change)
    book.know("ε", settings["eps"])
    book.know("G", state.get("sum", np.full_like(book["p"], settings["initial_accumulator_value"])))
    book.add("G", "{G} + {g}²", book["G"] + book["g"] ** 2)
    if settings["lr_decay"]:
        book.know("δ", settings["lr_decay"])
        book.know("t", float(_wide(state.get("step", 0.0))) + 1)
        book.add("lr", "{lr}/(1 + ({t} - 1)·{δ})", book["lr"] / (1 + (book["t"] - 1) * book["δ"]))
    step = book["lr"] * book["g"] / (np.sqrt(book["G"]) + book["ε"])
    book.add("p", "{p} - {lr}·{g}/(√{G} + {ε})", book["p"] - step)


RULES: Mapping[str, Callable[[Account, Change], None]] = {
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adam,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
}


def _wide(value: Any) -> Any:
    """In float64; numbers, such as settings, stay numbers."""
    if isinstance(value, Tensor):
        value = value.array
    return value.astype(np.float64) if isinstance(value, np.ndarray) else float(value)

"""What makes a page of a trace a living one: its program, and the script that runs it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from ...engine import above
from ...kernels.optimizers import sgd
from .. import formulas
from ..contents import Contents
from ..events import Update
from ..summary import summary
from .packing import Packing
from .program import Program, TooLarge, plain
from .scripts import machine
from .translating import Translation
from .writing import Untranslatable

# The optimizers that a page offers, by their names in it: the class, and settings that are not its defaults.
OFFERED = {
    "SGD": ("SGD", {"lr": 0.1}),
    "Momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "RMSprop": ("RMSprop", {"lr": 0.01}),
    "Adam": ("Adam", {"lr": 0.05}),
}
# What writes the numbers of the steps, and what the record says of arrays.
WRITERS = (
    formulas.forward,
    formulas.passed_back,
    formulas.accumulated,
    formulas.arrived,
    formulas.updated,
    formulas.plain_amount,
    summary,
)


class Life(NamedTuple):
    """program: JSON, as `program` describes it, with the settings of the optimizers. script: what runs it."""

    program: dict[str, Any]
    script: str


def life_of(contents: Contents) -> Life | None:
    """The life of a page; None for a recording that is too large for a page, or holds what none can run."""
    translation = Translation()
    packing = Packing(translation)
    classes = optimizer_classes()
    try:
        program = Program(contents, packing, classes).made
    except (TooLarge, Untranslatable, KeyError):
        return None
    used = {event.optimizer for event in contents.recording.events if isinstance(event, Update)}
    offered = declared_optimizers(translation, classes, used)
    names = {function.__name__: translation.function(function) for function in WRITERS}
    tables = f"const WRITERS = {{ {', '.join(f'{name}: {made}' for name, made in names.items())} }};\n"
    return Life({**program, "optimizers": offered[1]}, machine(translation, offered[0] + tables))


def optimizer_classes() -> dict[str, Any]:
    """The classes of optimizers that have a rule of one kernel, as far as ``optim`` has been imported."""
    return (
        {}
        if above.Optimizer is None
        else {kind.__name__: kind for kind in _below(above.Optimizer) if hasattr(kind, "rule")}
    )


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def declared_optimizers(
    translation: Translation, classes: dict[str, Any], used: Collection[str] = ()
) -> tuple[str, dict[str, Any]]:
    """The rules of the optimizers as a table of the script, and the settings with which some of them are offered.

    used: the names of those that are needed besides.
    """
    if "SGD" not in classes:
        # Without the package of optimizers there are plain steps.
        kernel = translation.function(sgd)
        rule = f"(self, group) => [{kernel}, [], [group.lr, 0, false]]"
        return f"const RULES = {{ SGD: {{ rule: {rule}, shaped: [] }} }};\n", {"SGD": {"of": "SGD", "lr": 0.1}}
    wanted = {kind for kind, _ in OFFERED.values()} | set(used)
    rules = [
        f"{name}: {{ rule: {translation.function(kind.rule)}, shaped: {json.dumps(kind.shaped)} }}"
        for name, kind in classes.items()
        if name in wanted
    ]
    settings = {
        name: {"of": of, **plain(defaults(classes[of])), **changed}
        for name, (of, changed) in OFFERED.items()
        if of in classes
    }
    return f"const RULES = {{ {', '.join(rules)} }};\n", settings


def defaults(kind: type[Any]) -> dict[str, Any]:
    """The settings of an optimizer that is given nothing but parameters."""
    parameters = inspect.signature(kind).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}

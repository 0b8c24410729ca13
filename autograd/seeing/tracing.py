"""`trace`: everything that a forward pass, a backward pass and an optimizer did, step by step, as a plain record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.tensor import Tensor
from ..engine.walk import backward_steps, older_first
from ..ops.matmul import trace as sum_of_diagonal
from ..scalar import Scalar
from ..utils.files import replacing
from . import names as naming
from .contents import Contents
from .dot import Drawing
from .drawing import picture_of
from .figure import figures_of
from .graph import roots_of
from .insides import Insides
from .living.life import life_of
from .nodes import nodes_of
from .page import frame_of, page_of
from .recording import Recording
from .replaying import Replay
from .schema import FORMAT, VERSION, Record, Step
from .steps import Steps
from .terminal import play


class Trace:
    """What ran, step by step: ``record`` is plain data, `save` makes a page of it, `print` plays it in a terminal."""

    def __init__(self, names: Any = None, title: str = "backprop", check: bool = True) -> None:
        self.title, self.check = title, check
        self.recording = Recording()
        self.names = naming.Names() if names is None else naming.given("trace", names)
        self._named = names is not None

    def __enter__(self) -> Trace:
        self.recording.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.recording.__exit__(kind, error, traceback)
        self.learn_names(naming.variables_of(sys._getframe(1)))

    def learn_names(self, variables: Mapping[str, Any]) -> None:
        """Take the names of variables, and those that functions gave while they ran, unless names were given."""
        if not self._named:
            self.names.update(naming.of_variables(variables))
            self.names.update(self.recording.names)

    @cached_property
    def record(self) -> Record:
        """The record, as the module `schema` describes it. RuntimeError if nothing was recorded."""
        if not self.recording.events:
            raise RuntimeError(
                "trace: nothing was recorded; run the forward and the backward pass inside of the block, with a Tensor "
                "that requires grad, and not under no_grad()"
            )
        nodes, steps = self._nodes_and_steps
        head = {"format": FORMAT, "version": VERSION, "title": self.title}
        found = {"nodes": nodes, "arrays": self._contents.arrays, "steps": steps.made}
        return {**head, **found, "insides": self._insides.records}

    @cached_property
    def _contents(self) -> Contents:
        return Contents(self.recording, self.names)

    @cached_property
    def _nodes_and_steps(self) -> tuple[dict[str, Any], Steps]:
        return nodes_of(self._contents, self._insides.number), Steps(self._contents, self.check)

    @cached_property
    def _insides(self) -> Insides:
        return Insides()

    @property
    def steps(self) -> list[Step]:
        """The steps of the record."""
        steps: list[Step] = self.record["steps"]
        return steps

    def to_json(self) -> str:
        """The record as JSON, readable by strict parsers: NaN and infinities are strings in it."""
        return json.dumps(self.record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def replay(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Trace:
        """The same calls and walks with other numbers in some leaves, recorded anew: ``steps.replay(w=0.5)``.

        changes: by the names of the leaves in the record, those that are no identifiers, too: ``{"0.weight": array}``.
        Nothing of what was recorded first changes. What comes after a step of an optimizer is left out.
        KeyError for a name that no leaf has, RuntimeError for a wrong shape, or for a call that can't be run again.

        >>> import autograd
        >>> w = autograd.tensor(2.0, requires_grad=True)
        >>> with autograd.trace() as steps:
        ...     (w * w).backward()
        >>> [step["numbers"] for step in steps.replay(w=3.0).steps if step["kind"] == "leaf"]
        ['= 6']
        """
        replay = Replay(self._contents, {**(changes or {}), **more})
        made = Trace(title=self.title, check=self.check)
        made.recording, made.names = replay.recording, replay.names
        return made

    def draw(self, **options: Any) -> Drawing:
        """The graph as `autograd.draw` draws it, with a frame around each module; ``depth=n`` folds those below.

        options: as of `autograd.draw`, but for ``names``.
        """
        roots = self._contents.results or dict.fromkeys(_ends(self._contents.order))
        return picture_of(roots, self.names, recording=self.recording, **options)

    def to_html(self) -> str:
        """One page that needs nothing else and asks for nothing: the graph, the steps and what plays them."""
        record, (_, steps) = self.record, self._nodes_and_steps
        figures, life = figures_of(self._contents, steps.longest), life_of(self._contents)
        return page_of(record, [figures, *self._insides.figures()], life)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the player to an ``.html`` file, or the record to a ``.json`` file. ValueError for another suffix."""
        suffix = Path(path).suffix.lower()
        if suffix not in (".html", ".json"):
            raise ValueError(f"trace.save: the file must end with .html or .json, not {Path(path).name!r}")
        text = self.to_html() if suffix == ".html" else self.to_json()
        with replacing(path) as file:
            file.write(text.encode())

    def print(self) -> None:
        """Play the steps in the terminal by key; print them all where the output is not a terminal."""
        play(self.record)

    def _repr_html_(self) -> str:
        return frame_of(self.to_html(), self.title)

    def _repr_svg_(self) -> str:
        # Where a notebook's frames are cut, as on some sites that show notebooks.
        svg: str = self.draw().pipe(format="svg", encoding="utf-8")
        return svg

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for step in self.steps if self.recording.events else ():
            counts[step["phase"]] = counts.get(step["phase"], 0) + 1
        return f"<Trace: {', '.join(f'{count} {phase}' for phase, count in counts.items()) or 'empty'}>"


def trace(
    output: Tensor | Node | Sequence[Tensor | Node] | None = None,
    gradient: Any = None,
    *,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None,
    title: str = "backprop",
    check: bool = True,
) -> Any:
    """Every step of backpropagation with its numbers: of the graph of ``output``, or of what runs in a ``with`` block.

    ``autograd.trace(loss)`` walks the graph that is there as ``loss.backward()`` would, but leaves ``.grad`` and the
    graph as they are. ``with autograd.trace() as steps:`` watches code as it runs: each call with its line, modules,
    backward passes, steps of optimizers. Every array is kept, so record a few steps of a training loop, not all.
    A block sees every value. Of a finished graph only those are known that rules kept or that Tensors still hold, and
    what can be computed from these.

    For a matrix this is PyTorch's ``trace``: the sum of its diagonal.

    output: what to differentiate. gradient: its upstream gradient, if it isn't a single number.
    names: how to call Tensors, as for `autograd.draw`; by default as the variables of the caller do.
    title: of the page that `Trace.save` writes. check: measure each leaf's gradient by finite differences too.
    Raises RuntimeError for a Tensor that has no graph or whose graph was freed, and for an ``output`` that is no single
    number without ``gradient``; TypeError for what isn't a Tensor.

    >>> import autograd
    >>> w = autograd.Scalar(2.0, label="w")
    >>> steps = autograd.trace(w * w)
    >>> [step["numbers"] for step in steps.steps if step["kind"] == "accumulate"]
    ['2 + 2 = 4']
    """
    if is_matrix(output) and gradient is None:
        return sum_of_diagonal(output)
    made = Trace(names, title, check)
    if output is None:
        return made
    roots = roots_of("trace", output)
    seeds = {node: _seed(node, gradient) for node in roots}
    order = [node for node in older_first(roots) if node.op is not None]
    made.recording.events += order
    with np.errstate(all="ignore"):
        for _ in made.recording.watch(backward_steps(seeds, retain_graph=True)):
            pass
    made.learn_names(naming.variables_of(sys._getframe(1)))
    return made


def is_matrix(output: Any) -> bool:
    """Whether ``output`` is for PyTorch's ``trace``, which accepts a matrix and says so of other arrays."""
    if not isinstance(output, (Tensor, np.ndarray)):
        return False
    return isinstance(output, np.ndarray) or output.ndim > 1 or (output.ndim == 1 and output.numel() != 1)


def _seed(node: Node, gradient: Any) -> Any:
    """The upstream gradient of a result: what was given, or 1."""
    if gradient is not None:
        array = np.asarray(gradient.array if isinstance(gradient, Tensor) else gradient, node.dtype)
        if array.shape != node.shape:
            raise RuntimeError(f"trace: gradient has shape {array.shape}, but the result has {node.shape}")
        return float(array) if isinstance(node, Scalar) else array
    if isinstance(node, Scalar):
        return 1.0
    if any(n != 1 for n in node.shape):
        raise RuntimeError(
            f"trace: grad can be implicitly created only for scalar outputs, and this one has shape {node.shape}; "
            "reduce it first, as in trace(loss.sum()), or pass a gradient for it"
        )
    return np.ones(node.shape, node.dtype)


def _ends(order: Sequence[Node]) -> list[Node]:
    """The nodes that no other was made from."""
    used = {parent for node in order for parent in node.parents}
    return [node for node in order if node not in used]

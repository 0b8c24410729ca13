"""The way back of gradients through what was replayed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from ..engine import versions
from ..engine.custom import Context
from ..engine.node import Node, ancestors, next_id, record
from ..engine.several import Parts, picked
from ..engine.tensor import Tensor, wrap
from ..engine.walk import FREED, backward_steps, older_first, second_time
from ..kernels.compiling.forks import new_lock
from ..ops.op import Op
from . import advice
from .played import Failure
from .program import Program
from .recorder import Recorder
from .state import PLAIN, is_ours
from .tape import Tape, Value


class Unfit(Exception):
    """Why what ran can't be replayed."""


class Kept:
    """What a replay saved for the way back: ``values``; and the ``graph`` that the function would have left, if needed.

    walked: what the last walk went through. freed: what may not be walked again; of ``count`` nodes that free what they
    saved.
    """

    def __init__(self, values: Sequence[Any], count: int) -> None:
        self.values, self.count = values, count
        self.graph: dict[Node, Node] = {}
        self.walked: list[Node] = []
        self.freed: set[Node] = set()

    def free(self) -> None:
        """Let go what was walked: other results may be walked still."""
        walked, self.walked = [node for node in self.walked if node.frees], []
        self.freed.update(walked)
        for node in walked if self.graph else ():
            self.graph[node].saved = FREED
        if len(self.freed) == self.count:
            self.values = [None] * len(self.values)


class CallNode(Node):
    """The node of a replay, which saved what is ``kept``: a `Kept`, mostly."""

    __slots__ = ("kept",)

    kept: Any

    @property
    def saved(self) -> Any:
        return self.kept

    @saved.setter
    def saved(self, value: Any) -> None:
        if value is FREED and type(self.kept) is tuple:
            self.kept[0].free()
        else:
            self.kept = value


class WayBack:
    """The gradients of what a function was given, from those of what it made.

    The graph that was recorded is kept, in nodes of its own. It is walked once for each set of results that gradients
    come back to, and that walk is recorded as the function was. Where that can't be replayed, and where the gradients
    are to have a graph, the graph is made that the function would have left, and walked as ever.
    tell: called with why the walk can't be replayed.
    """

    def __init__(
        self,
        recorder: Recorder,
        roots: list[Node],
        arguments: Sequence[Tensor],
        state: Sequence[Tensor],
        tell: Callable[[str], None],
    ) -> None:
        self.recorder, self.tell = recorder, tell
        known = {id(tensor.node): Value("node", tensor) for tensor in state if tensor.node is not None}
        known |= {id(tensor.node): Value("node", number) for number, tensor in enumerate(arguments) if tensor.node}
        self.outside: list[Value] = []
        copies: dict[Node, Node] = {}
        self.ends: dict[Node, int] = {}
        self.saved: list[Value] = []
        # Which of these each object is that a node saved.
        self._places: dict[int, int] = {}
        self._places_of_values: dict[int, int] = {}
        for node in older_first(roots):
            if node.id < recorder.start:
                if id(node) not in known and any(node in one.parents for one in ancestors(roots, after=recorder.start)):
                    raise Unfit("its graph leads to one from before that no argument has")
                if id(node) in known and node not in copies:
                    end = record(None, (), None, False, np.empty(node.shape, node.dtype))
                    copies[node] = end
                    self.ends[end] = len(self.outside)
                    self.outside.append(known[id(node)])
                continue
            try:
                versions.refuse_overwritten(node)
            except RuntimeError as error:
                raise Unfit(f"its graph can't be walked: {error}") from None
            made = Node()
            made.op, made.saved, made.frees, made.hooks = node.op, node.saved, node.frees, None
            made.shape, made.dtype = node.shape, node.dtype
            made.parents = tuple([None if parent is None else copies[parent] for parent in node.parents])
            made.id = next_id()
            copies[node] = made
            changed(node.saved, self._gather)
        self.roots = [copies[node] for node in roots]
        self.copies = copies
        # By where gradients come back to, and how these lie; None: it is walked as ever.
        self.programs: dict[Any, tuple[Program, list[int]] | None] = {}
        self._lock = new_lock()
        self.count = sum(node.frees for node in copies.values())
        self._ancestors: dict[tuple[int, ...], list[Node]] = {}
        self.op = compiled_op(self._pull, self._pull_recorded)

    @property
    def recorded(self) -> list[tuple[Program, list[int]]]:
        """The walks that are replayed, each with where its results go."""
        return [found for found in self.programs.values() if found is not None]

    def _gather(self, thing: Any) -> Any:
        """Remember an array that a node saved, as the value that it is."""
        if isinstance(thing, Node):
            return thing
        value = self.recorder.known.get(id(thing)) if isinstance(thing, (np.ndarray, np.generic, tuple, list)) else None
        if value is None:
            if not isinstance(thing, (np.ndarray, np.generic)):
                return None
            value = self.recorder.value_of(thing)
            if value.kind == "constant":
                return thing
        place = self._places_of_values.setdefault(id(value), len(self.saved))
        if place == len(self.saved):
            self.saved.append(value)
        self._places[id(thing)] = place
        return thing

    def nodes(self, live: list[int], arrays: list[Any], values: list[Any]) -> dict[int, Node]:
        """The nodes of the results ``live``, which gradients come back to."""
        count = len(self.saved)
        saved, parents = values[:count], tuple(values[count:])
        like = [arrays[number] for number in live]
        call = CallNode()
        call.id, call.op, call.parents, call.frees, call.hooks = next_id(), self.op, parents, True, None
        call.saved, call.shape, call.dtype = (Kept(saved, self.count),), like[0].shape, like[0].dtype
        if len(live) == 1:
            return {live[0]: call}
        call.shape = tuple([one.shape for one in like])
        return {number: picked(call, i, len(live), array) for i, (number, array) in enumerate(zip(live, like))}

    def _pull(self, g: Any, node: Node, parents: Sequence[Node | None], saved: Any = None) -> list[tuple[Node, Any]]:
        arrived = list(g) if isinstance(g, Parts) else [g]
        pattern = tuple([i for i, part in enumerate(arrived) if part is not None])
        if not self._is_as_it_was(node, pattern):
            return self._walked(arrived, node, parents, False)
        # What came of a sum, spread over all, lies otherwise in memory than what a product gave.
        layout = pattern, tuple([arrived[i].strides for i in pattern])
        # One thread records at a time; others walk as ever meanwhile.
        if layout not in self.programs and self._lock.acquire(blocking=False):
            try:
                self.programs[layout] = self._recorded(pattern, arrived)
            finally:
                self._lock.release()
        found = self.programs.get(layout)
        if found is None:
            return self._walked(arrived, node, parents, False)
        program, places = found
        try:
            gradients = program.replay((), *[arrived[i] for i in pattern], *node.saved[0].values)
        except Failure as failure:
            raise failure.error from None
        return [(parents[i], part) for i, part in zip(places, gradients) if parents[i] is not None]  # type: ignore

    def _is_as_it_was(self, node: Node, pattern: tuple[int, ...]) -> bool:
        """Whether leaves have the arrays they had; RuntimeError if what the walk needs was freed or overwritten."""
        kept, inside = node.saved[0], self._led(pattern)
        if kept.freed:
            for one in inside:
                if one in kept.freed:
                    raise second_time(one)
        kept.walked = inside
        if node.id >= versions.latest.id:
            return True
        if any(versions.written_after(array, node.id) for array in versions.arrays_in(kept.values)):
            graph = kept.graph or self._unfold(node)
            for one in inside:
                versions.refuse_overwritten(graph[one])
        replaced = [now for parent in node.parents if (now := getattr(parent, "current", None)) is not None]
        return all(any(now is value for value in kept.values) for now in replaced)

    def _led(self, pattern: tuple[int, ...]) -> list[Node]:
        """The nodes that led to these results, as they were recorded, the youngest first."""
        if pattern not in self._ancestors:
            found = older_first([self.roots[i] for i in pattern])
            self._ancestors[pattern] = [node for node in reversed(found) if node not in self.ends]
        return self._ancestors[pattern]

    def _recorded(self, pattern: tuple[int, ...], like: Sequence[Any]) -> tuple[Program, list[int]] | None:
        """The walk from these results; None if it can't be replayed."""
        recorder = self.recorder
        for node in self.copies.values():
            if node not in self.ends:
                # Whatever was written since doesn't matter here: only what is called does.
                node.id = next_id()
        recorder.tape = Tape()
        seeds = {self.roots[i]: np.ones_like(like[i]) for i in pattern}
        given = [Value("given", i) for i in pattern]
        try:
            found = recorder.walk(seeds, given, self.ends, backward_steps)
        except Exception:
            # With the numbers that it was recorded with it raises; it has a reason now.
            found = []
        if recorder.reason:
            self.tell(recorder.reason)
            return None
        results = [value for _, value in found]
        return Program(recorder.tape, results, [*given, *self.saved], "backward"), [place for place, _ in found]

    def _pull_recorded(self, g: Any, node: Node, parents: Sequence[Node | None]) -> list[tuple[Node, Any]]:
        arrived = list(g) if isinstance(g, Parts) else [g]
        self._is_as_it_was(node, tuple([i for i, part in enumerate(arrived) if part is not None]))
        return self._walked(arrived, node, parents, True)

    def _walked(
        self, arrived: Sequence[Any], node: Node, parents: Sequence[Node | None], create_graph: bool
    ) -> list[tuple[Node, Any]]:
        """What comes to ``parents`` in a walk through the graph that the function would have left."""
        graph, wanted = node.saved[0].graph or self._unfold(node), {one for one in parents if one is not None}
        seeds = {graph[root]: part for root, part in zip(self.roots, arrived) if part is not None}
        found: list[tuple[Node, Any]] = []
        steps = backward_steps(
            seeds, create_graph=create_graph, retain_graph=True, towards=list(wanted), after=before(node)
        )
        for _, _, contributions in steps:
            for parent, part in contributions:
                if parent in wanted:
                    # The walk may add to an array that came to a leaf.
                    found.append((parent, part if create_graph else np.array(part)))
        return found

    def _unfold(self, call: Node) -> dict[Node, Node]:
        """Make the graph that the function would have left, with what this replay saved: by what was recorded."""
        kept = call.saved[0]
        made: dict[Node, Any] = {
            node: call.parents[self.ends[end]] for node, end in self.copies.items() if end in self.ends
        }
        inside = [node for node in self.copies if node not in made]

        def now(thing: Any) -> Any:
            if isinstance(thing, Node):
                return made.get(thing, thing)
            place = self._places.get(id(thing))
            if place is not None:
                return kept.values[place]
            return thing if isinstance(thing, (np.ndarray, np.generic)) else None

        for number, node in enumerate(inside, 1):
            one = made[node] = Node()
            # It is as old as the call, whatever was made and written since.
            one.id = before(call) + number / (len(inside) + 1)  # type: ignore[assignment]
            one.op, one.frees, one.hooks, one.shape, one.dtype = node.op, node.frees, None, node.shape, node.dtype
            one.parents = tuple([None if parent is None else made[parent] for parent in node.parents])
            one.saved = changed(self.copies[node].saved, now)
        kept.graph = graph = {recorded: made[node] for node, recorded in self.copies.items()}
        # From now on what comes to the call goes on into the graph.
        call.op, call.parents = HAND_ON, tuple([graph[root] for root in self.roots])
        return graph


def before(call: Node) -> int:
    """The id of what was made last before ``call``."""
    return call.id - 1


def changed(saved: Any, change: Callable[[Any], Any]) -> Any:
    """What a node ``saved``, with what ``change`` gives in place of its parts; None: look at the parts of that."""
    found = change(saved)
    if found is not None:
        return found
    if isinstance(saved, Tensor):
        return wrap(changed(saved.array, change), None if saved.node is None else changed(saved.node, change))
    if isinstance(saved, Context):
        for name, value in vars(saved).items():
            refuse_opaque(name, value)
        made = copy.copy(saved)
        made.__dict__ = changed(vars(saved), change)
        return made
    if isinstance(saved, (tuple, list)):
        parts = [changed(part, change) for part in saved]
        return type(saved)(*parts) if hasattr(saved, "_fields") else type(saved)(parts)
    if type(saved) is dict:
        return {key: changed(part, change) for key, part in saved.items()}
    return saved


def refuse_opaque(name: str, thing: Any) -> None:
    """Raise `Unfit` for what a `Function` keeps in ``ctx`` if Tensors may be in it that nobody sees."""
    if isinstance(thing, (tuple, list)):
        for part in thing:
            refuse_opaque(name, part)
    elif type(thing) is dict:
        for part in thing.values():
            refuse_opaque(name, part)
    elif isinstance(thing, FunctionType):
        if thing.__closure__ and not is_ours(thing.__module__):
            raise Unfit(f"a Function keeps a function that closes over something in ctx.{name}. {advice.CONTEXT}")
    elif not isinstance(
        thing, (Tensor, *PLAIN, np.ndarray, np.ufunc, slice, type, BuiltinFunctionType)
    ) and not is_ours(type(thing).__module__):
        raise Unfit(f"a Function keeps an object of class {type(thing).__name__} in ctx.{name}. {advice.CONTEXT}")


def _hand_on(g: Any, node: Node, parents: Sequence[Node | None]) -> list[tuple[Node, Any]]:
    # What comes to the graph is freed there.
    node.saved[0].walked = []
    parts = g if isinstance(g, Parts) else (g,)
    return [(parent, part) for parent, part in zip(parents, parts) if parent is not None and part is not None]


def compiled_function(*args: Any) -> Any:
    """What was compiled."""
    raise NotImplementedError


def compiled_op(pull: Callable[..., Any], pull_recorded: Callable[..., Any]) -> Op:
    """What a compiled function is in a graph: an op with a way back, whose forward nobody calls."""
    op = Op(compiled_function, symbol="compiled")
    op.name, op.backward_name = "compiled", "CompiledBackward"
    op.pull, op.pull_recorded = pull, pull_recorded
    return op


HAND_ON = compiled_op(_hand_on, _hand_on)

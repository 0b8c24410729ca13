"""One recording of a function: what it needs to be replayed."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np

from ..engine.errors import explained
from ..engine.node import Node, ancestors, record
from ..engine.tensor import Tensor, kept_grad, wrap
from ..engine.versions import owner
from ..engine.walk import FREED
from ..ops.op import OPS
from ..transforms.tree import leaves, rebuilt
from . import advice
from .listing import listed, rows_of
from .played import Failure
from .program import Program
from .recorder import Recorder
from .second import Second, suits
from .state import ARRAY, State
from .tape import Call, Comparison, Difference, Value, compare
from .way_back import Unfit, WayBack

# What a function may return beside Tensors.
RETURNED = (int, float, complex, str, bytes, type(None))


class Recording:
    """What ran once.

    tell: called with why its way back can't be replayed, if it can't.
    """

    def __init__(
        self,
        name: str,
        recorder: Recorder,
        state: State,
        arguments: Sequence[Tensor],
        result: Any,
        tell: Callable[[str], None],
    ) -> None:
        self.name, self.recorder, self.state = name, recorder, state
        self.tape = recorder.tape
        given = {id(tensor): Value("tensor", number) for number, tensor in enumerate(arguments)}
        given |= {id(tensor): Value("tensor", tensor) for tensor in state.tensors if id(tensor) not in given}
        self._settled = self._unchanged(arguments)
        # Whether another run needs only to be noted.
        self.is_plain = suits(recorder)
        # Of each leaf of what it returned: the Tensor that is returned itself, a value, or what is no Tensor.
        self.leaves: list[Any] = []
        self.made: list[Value] = []
        self.live: list[int] = []
        self.dead: dict[int, Any] = {}
        nodes: list[Node] = []
        visible = {id(owner(tensor.array)) for tensor in [*arguments, *state.tensors]}
        for leaf in leaves(result):
            if id(leaf) in given:
                self.leaves.append(given[id(leaf)])
            elif isinstance(leaf, Tensor):
                self._tensor(leaf, visible, nodes)
            elif isinstance(leaf, RETURNED):
                self.leaves.append(leaf)
            else:
                raise Unfit(f"it returns an object of class {type(leaf).__name__}. {advice.RETURN}")
        refuse_overlapping([leaf for leaf in leaves(result) if isinstance(leaf, Tensor) and id(leaf) not in given])
        self.grads = self._grads(arguments)
        self.way_back = WayBack(recorder, nodes, arguments, state.tensors, tell) if nodes else None
        self.count, self.single = len(self.leaves), isinstance(result, Tensor)
        # Of the tree only its shape is needed.
        self.tree = rebuilt(result, [None] * self.count)
        if self.way_back is None:
            # What ran may go; what another run is compared with stays.
            recorder.kept.clear()
            recorder.known.clear()

    def _tensor(self, tensor: Tensor, visible: set[int], nodes: list[Node]) -> None:
        """One of the Tensors that it made and returned."""
        if type(tensor) is not Tensor:
            raise Unfit(f"it returns a new {type(tensor).__name__}")
        if id(owner(tensor.array)) in visible:
            raise Unfit(f"it returns a view of a Tensor that is there before. {advice.COPY}")
        node, recorder = tensor.node, self.recorder
        number = len(self.made)
        self.made.append(recorder.value_of(tensor.array))
        self.leaves.append(self.made[-1])
        if self.made[-1].kind == "constant":
            self.made[-1].written = True
        if node is None:
            return
        if node.op is None or node.id < recorder.start:
            raise Unfit(f"it returns a leaf that it makes. {advice.DETACHED}")
        inner = ancestors([node], after=recorder.start)
        if any(one.saved is FREED for one in inner):
            self.dead[number] = node.op
            return
        if any(one.op is None and one.id >= recorder.start for one in inner):
            raise Unfit(f"what it returns has a graph that leads to a leaf that it makes. {advice.DETACHED}")
        if any(one.hooks is not None for one in inner):
            raise Unfit(f"a gradient has hooks or is retained. {advice.HOOKS}")
        self.live.append(number)
        nodes.append(node)

    def _grads(self, arguments: Sequence[Tensor]) -> list[tuple[Any, bool]]:
        """Of which Tensors it matters whether they have a gradient at first, and whether they had."""
        recorder = self.recorder
        sources = [place.source for place in recorder.added_to.values()]
        used = {id(value): value.source for value in recorder.grads_used()}
        return [(source, recorder.had_grad(source)) for source in [*sources, *used.values()]]

    def _unchanged(self, arguments: Sequence[Tensor]) -> bool:
        recorder, state = self.recorder, self.state
        if not state.unchanged():
            return False
        found = [*zip(arguments, recorder.before)]
        if not all(tensor.array is array and tensor.node is node for tensor, (array, node) in found):
            raise Unfit("it changes which memory or which graph a Tensor has that it is given")
        if not all(map(is_, map(ARRAY, state.tensors), recorder.state_before)):
            raise Unfit("it replaces the memory of a Tensor")
        return True

    def settled(self) -> bool:
        """Whether what it closes over was the same before and after."""
        return self._settled

    def confirm(self, other: Recording) -> None:
        """Be ready to be replayed, if ``other``, an earlier run, did the same; raises `Difference` if not."""
        if not other.state.unchanged():
            raise Difference(f"what it closes over changes at each call. {advice.KEEP}")
        comparison = Comparison()
        comparison.tapes(self.tape, other.tape)
        compare(self.leaves, other.leaves, "what it returns", comparison.values)
        if (self.live, list(self.dead), self.grads) != (other.live, list(other.dead), other.grads):
            raise Difference("whether what it returns requires grad, or what has a gradient before, changes")
        self._complete(comparison.lasting)

    def confirm_by(self, second: Second, result: Any) -> None:
        """Be ready to be replayed, if the ``second`` run, which returned ``result``, did the same."""
        found = list(leaves(result))
        if len(found) != self.count:
            second.differ("how many values it returns changes")
        graph = {*self.live, *self.dead}
        number = 0
        for leaf, one in zip(self.leaves, found):
            if not isinstance(leaf, Value) or leaf.kind == "tensor":
                second.compare(leaf, one, "what it returns")
                continue
            if type(one) is not Tensor or (one.node is not None) != (number in graph):
                raise Difference("what it returns, or whether that requires grad, changes")
            second.compare(leaf, one.array, "what it returns")
            number += 1
        if second.reason:
            raise Difference(second.reason)
        self._complete(second.lasting)

    def _complete(self, lasting: Sequence[Value]) -> None:
        """Be ready to be replayed. lasting: constants that were the same objects in two runs, to be read anew."""
        holders = []
        for value in lasting:
            if value.place is not None:
                value.source, value.written = value.place, False
                holder = self.recorder.holders.get(id(value.place))
                if holder is not None and holder.array is value.place:
                    value.kind, value.source = "array", holder
                    holders.append(holder)
        self.state.add_tensors(holders)

    @functools.cached_property
    def program(self) -> Program:
        """What a replay calls."""
        saved = [] if self.way_back is None else self.way_back.saved
        outside = [] if self.way_back is None else self.way_back.outside
        return Program(self.tape, [*self.leaves, *saved, *outside], name=self.name, state=self.state)

    def fits(self, arguments: Sequence[Tensor]) -> bool:
        """Whether all is as it was when it was recorded, but for the values."""
        for source, had in self.grads:
            tensor = arguments[source] if type(source) is int else source
            if (kept_grad(tensor) is not None) != had:
                return False
        return self.state.unchanged()

    def replay(self, arguments: Sequence[Tensor]) -> Any:
        program = self.program
        try:
            values = program.replay(arguments)
        except Failure as failure:
            raise self._told(failure.call, failure.error) from None
        return self._result(values)

    def explained(self, arguments: Sequence[Tensor]) -> str:
        """A line for each call of a replay: how long it takes, the shortest of three times, and what it gives."""
        program = self.program
        while (straight := program.straight) is None:
            self.replay(arguments)
        times = [min(several) for several in zip(*[straight.timed(arguments) for _ in range(3)])]
        rows = rows_of(straight.calls, times)
        several = "s" if len(rows) != 1 else ""
        lines = [*listed(rows), f"{sum(times) * 1e6:8.1f}  {len(rows)} call{several}"]
        if straight.total:
            lines.append(f"buffers of {straight.total:,} bytes, which take turns in {straight.used:,}")
        passes = [f"{len(p.calls)} calls" for p, _ in (self.way_back.recorded if self.way_back else ())]
        return "\n".join([*lines, *[f"and, when a gradient comes back, {one}" for one in passes]])

    def _result(self, values: list[Any]) -> Any:
        """What the function returns, made of what a replay gave."""
        if not self.live and not self.dead:
            made = [
                wrap(v, None) if isinstance(leaf, Value) and leaf.kind != "tensor" else v
                for leaf, v in zip(self.leaves, values)
            ]
        else:
            made = self._with_graph(values)
        return made[0] if self.single else rebuilt(self.tree, made)

    def _with_graph(self, values: list[Any]) -> list[Any]:
        """The results, those that require grad with the node that they have."""
        arrays = [v for leaf, v in zip(self.leaves, values) if isinstance(leaf, Value) and leaf.kind != "tensor"]
        nodes: dict[int, Node] = {}
        for number, op in self.dead.items():
            nodes[number] = record(op, (), FREED, True, arrays[number])
        if self.way_back is not None:
            nodes |= self.way_back.nodes(self.live, arrays, values[self.count :])
        tensors = iter([wrap(array, nodes.get(number)) for number, array in enumerate(arrays)])
        return [
            next(tensors) if isinstance(leaf, Value) and leaf.kind != "tensor" else v
            for leaf, v in zip(self.leaves, values)
        ]

    def _told(self, call: Call | None, error: Exception) -> Exception:
        """``error`` as the engine would have raised it."""
        op = OPS.get(call.label) if call is not None else None
        if call is None or op is None:
            return error
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_frame.f_code is not op.forward.__code__:
            traceback = traceback.tb_next
        given = [] if traceback is None else [traceback.tb_frame.f_locals.get(name) for name in op.parameters]
        return explained(op, given, error)


def refuse_overlapping(results: Sequence[Tensor]) -> None:
    """Results with a graph that see the same numbers: where one is written to, the other's graph is another."""
    for one, other in itertools.combinations(results, 2):
        if one.node is None and other.node is None:
            continue
        if owner(one.array) is owner(other.array) and np.shares_memory(one.array, other.array):
            raise Unfit(f"it returns Tensors that share memory and have a graph. {advice.COPY}")

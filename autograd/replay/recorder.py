"""The recorder: what a function does on arrays, as it runs, as a `Tape`.

The engine is left as it is, and pays nothing: Python's own profiling hook tells when one of a few functions is entered
and left. What is called whole, and later called again, are the forwards and rules of ops, what draws random numbers and
writes into memory, and the steps of optimizers. Arrays are told apart by their identity: all that took part are kept
until the recording is done.
"""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

from ..composed import conversion, dropout, pooling
from ..creation import data, generator, random
from ..engine import above, agreement, backward, custom, keys, several, writing
from ..engine.backward import clear_grads
from ..engine.node import Node, next_id
from ..engine.record import CALLERS
from ..engine.several import Parts
from ..engine.tensor import Tensor, accumulate
from ..engine.versions import owner
from ..ops.index import Placed
from ..ops.op import OPS
from ..transforms.tree import leaves
from .calls import accumulated, assigned, cleared, copied, counted, made_again, owner_of, seen_in, set_grad, stepped
from .listening import listening
from .looking import HERE, is_ours, reads_values, users_line
from .tape import Like, Tape, Value, described, values_in

# What is no other object each time it is computed, and is not told apart by identity.
PLAIN = {bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type}


class Recorder:
    """Runs a function and records it.

    arrays: the Tensors whose arrays it may be given: arguments by number, and what is closed over.
    reason: why what ran can't be replayed, and where that is; empty if it can.
    """

    def __init__(self, arguments: Sequence[Tensor], state: Sequence[Tensor]) -> None:
        self.tape = Tape()
        self.reason = ""
        self.start = next_id()
        self.known: dict[int, Value] = {}
        self.kept: list[Any] = []
        self.tensors: dict[int, Any] = {}
        # Of constants the values at first sight.
        self.constants: list[tuple[Value, Any, Any]] = []
        self.holders: dict[int, Tensor] = {}
        self.outside: set[int] = set()
        # Gradients on their way back, by node, and those that are nobody else's.
        self.arriving: dict[Node, Value] = {}
        self.summed: set[Node] = set()
        # Leaves whose gradient was accumulated before it was cleared.
        self.added_to: dict[Node, Value] = {}
        self.cleared: set[Node] = set()
        # Those of them that aren't written out.
        self._placed: set[int] = set()
        # Optimizers and schedulers whose steps are taken.
        self.live: list[Any] = []
        # Of a walk that is recorded for itself: where it ends, and what came to these ends in order.
        self.ends: dict[Node, int] = {}
        self.arrived: list[tuple[int, Value]] = []
        # Arrays and nodes of arguments, and arrays of what is closed over, as they are at first.
        self.before = [(tensor.array, tensor.node) for tensor in arguments]
        self.state_before = [tensor.array for tensor in state]
        self._had_grad = {id(tensor): tensor.grad is not None for tensor in (*arguments, *state)}
        self._arguments = list(arguments)
        self._whole: FrameType | None = None
        self._on_left: Callable[[Any], None] | None = None
        self._last: tuple[Any, Value | None] = (None, None)
        self._open: dict[FrameType, Any] = {}
        for tensor in state:
            self.add_tensor(tensor, tensor)
        for number, tensor in enumerate(arguments):
            self.add_tensor(tensor, number)

    def add_tensor(self, tensor: Tensor, source: Any) -> None:
        """Know a Tensor that is there before the function runs, its array and its gradient."""
        self.tensors[id(tensor)] = source
        self.know(tensor.array, Value("array", source))
        self.outside.add(id(owner(tensor.array)))
        if tensor.grad is not None:
            self.know(tensor.grad.array, Value("grad", source))
        self.kept.append(tensor)

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What ``function`` returns."""
        learn_functions()
        try:
            with listening(self._profile):
                result = function(*args, **kwargs)
        except BaseException:
            self.reason = self.reason or "it raised"
            raise
        for value, now, first in self.constants:
            if isinstance(now, np.ndarray) and now.tobytes() != first:
                value.written = True
        return result

    def walk(
        self, seeds: dict[Node, Any], given: Sequence[Value], ends: dict[Node, int], steps: Callable[..., Any]
    ) -> list[tuple[int, Value]]:
        """What comes to ``ends``, by their numbers, in a walk from ``seeds``, which stand for the values ``given``."""
        self.ends, self.arrived, self.reason = ends, [], ""
        self.arriving.clear()
        self.summed.clear()
        for (node, seed), value in zip(seeds.items(), given):
            self.know(seed, value)
            self.arriving[node] = value
        self.run(lambda: [None for _ in steps(seeds, retain_graph=True)], (), {})
        return self.arrived

    def had_grad(self, source: Any) -> bool:
        """Whether the Tensor ``source``, or the argument of this number, had a gradient at first."""
        return self._had_grad[id(self._arguments[source] if type(source) is int else source)]

    def grads_used(self) -> list[Value]:
        """The gradients that there were at first and that something was computed from."""
        values = {id(v): v for call in self.tape.calls for v in values_in(tuple(call.args)) if v.kind == "grad"}
        return list(values.values())

    def know(self, thing: Any, value: Value) -> None:
        """Remember that ``thing`` is ``value``, from now on."""
        self.known[id(thing)] = value
        self.kept.append(thing)

    def learn(self, result: Any, value: Value) -> None:
        """Remember what a call returned, the parts of a tuple among it."""
        if is_plain(result):
            return
        if value.kind == "made":
            value.source.gives = described(result)
        self.know(result, value)
        if isinstance(result, np.ndarray):
            memory = owner(result)
            if id(memory) not in self.known:
                self.know(memory, Value("part", value, owner_of))
        elif isinstance(result, (tuple, list)):
            for place, part in enumerate(result):
                self.learn(part, Value("part", value, place))

    def value_of(self, thing: Any) -> Any:
        """``thing`` with a `Value` for all that is another object in each run."""
        if is_plain(thing):
            return thing
        found = self.known.get(id(thing))
        if found is not None:
            return found
        if isinstance(thing, np.ndarray):
            return self.view_or_constant(thing)
        if isinstance(thing, Tensor):
            found = Value("tensor", self.tensors.get(id(thing), thing))
        elif isinstance(thing, Node):
            return Like(thing.shape, thing.dtype)
        elif type(thing) is Parts:
            return self.tape.add(Parts, ([self.value_of(part) for part in thing],), "gradients of several results")
        elif type(thing) is slice:
            return slice(*map(self.value_of, (thing.start, thing.stop, thing.step)))
        elif isinstance(thing, (tuple, list)):
            parts = [self.value_of(part) for part in thing]
            return type(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
        elif type(thing) is dict:
            return {key: self.value_of(part) for key, part in thing.items()}
        else:
            return self.constant(thing)
        self.know(thing, found)
        return found

    def varies(self, array: np.ndarray[Any, Any]) -> bool:
        """Whether an array is none that was made of Python numbers."""
        found = self.known.get(id(array))
        return found is not None and found.kind != "constant"

    def view_or_constant(self, array: np.ndarray[Any, Any]) -> Value:
        memory = owner(array)
        base = self.known.get(id(memory))
        if base is None or memory is array:
            return self.constant(array)
        offset = array.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
        found = self.tape.add(seen_in, (base, array.shape, array.dtype, array.strides, offset), "view")
        self.know(array, found)
        return found

    def constant(self, thing: Any) -> Value:
        found = Value("constant", thing)
        if isinstance(thing, np.ndarray):
            found.source = made_again(thing)
            self.constants.append((found, thing, thing.tobytes()))
            found.place = thing
        self.know(thing, found)
        return found

    def look(self, what: str, frame: FrameType | None) -> None:
        """Give up: ``what`` happened, at the user's line above ``frame``."""
        if not self.reason:
            line = users_line(frame)
            self.reason = f"{what} at {line}" if line else what
        sys.setprofile(None)

    # What the profiling hook says.

    def _profile(self, frame: FrameType, event: str, thing: Any) -> None:
        if event == "call":
            if self._whole is not None:
                return
            code = frame.f_code
            if code in HANDLERS:
                handler = HANDLERS[code]
            else:
                handler = HANDLERS[code] = handler_of(code)
            if handler is not None:
                handler(self, frame)
        elif event == "return":
            if self._whole is not None:
                if frame is self._whole:
                    self._left(thing)
            elif frame in self._open:
                self._open.pop(frame)(thing)
            elif frame.f_code in CALLERS:
                self._caller_left(thing)
        elif event == "c_call" and self._whole is None and thing in NOTICED and not is_ours(frame.f_code):
            self.look(f"{thing.__name__}() is called", frame)

    def _looks(self, frame: FrameType) -> None:
        name = frame.f_code.co_name
        self.look(f"{name}() looks at values", frame)

    def _enter(
        self, frame: FrameType, function: Callable[..., Any], args: Any, label: str, given: Sequence[Any] = ()
    ) -> None:
        """From here to where ``frame`` is left is one call. given: what a rule may return as it is."""

        def left(result: Any) -> None:
            if any(result is one for one in given):
                return
            made = self.tape.add(function, args, label)
            self._last = result, made
            self.learn(result, made)

        self._whole, self._on_left = frame, left

    def _left(self, result: Any) -> None:
        self._whole = None
        assert self._on_left is not None
        self._on_left(result)

    def _forward(self, frame: FrameType) -> None:
        """A forward or a rule of an op is entered: one call, if it is of arrays."""
        function, op, label = called_function(frame)
        given = arguments_of(frame)
        if any(isinstance(part, Tensor) for part in leaves(given)):
            return
        if op.name in SHAPED_BY_VALUES and not label.startswith("∂") and SHAPED_BY_VALUES[op.name](self, given):
            self.look(f"the shape of what {op.name} gives depends on values", frame)
            return
        if given and isinstance(given[0], np.ndarray) and id(given[0]) not in self.known:
            self._cast_by_caller(frame, given[0])
        self._holders(frame)
        passing = given if label.startswith("∂") else ()
        self._enter(frame, function, [self.value_of(part) for part in given], label, passing)

    def _cast_by_caller(self, frame: FrameType, array: np.ndarray[Any, Any]) -> None:
        """Know an array of integers that the caller of an op has made floats."""
        caller = frame.f_back
        if caller is None or caller.f_code not in CALLERS:
            return
        x = caller.f_locals.get("x")
        if isinstance(x, Tensor) and x.array.dtype != array.dtype and x.array.shape == array.shape:
            self.learn(array, self.tape.add(np.ndarray.astype, (self.value_of(x.array), array.dtype), "cast"))

    def _holders(self, frame: FrameType) -> None:
        """Of arrays that nothing is known of, remember which Tensor had them."""
        caller = frame.f_back
        if caller is None or caller.f_code not in CALLERS:
            return
        values = caller.f_locals
        for name in ("x", "y", "given", "args"):
            for part in leaves(values.get(name)):
                if isinstance(part, Tensor) and id(part.array) not in self.known:
                    self.holders[id(part.array)] = part

    def _caller_left(self, made: Any) -> None:
        """The caller of an op returns Tensors: where the forward gave a NumPy number, on an array made of it."""
        result, value = self._last
        if value is None:
            return
        if isinstance(made, Tensor):
            if id(made.array) not in self.known and isinstance(result, (np.generic, tuple)):
                number = result[0] if isinstance(result, tuple) else result
                if isinstance(number, np.generic):
                    self.learn(made.array, self.tape.add(np.asarray, (self.value_of(number),), "array"))
        elif isinstance(made, tuple) and isinstance(result, (tuple, list)):
            for tensor, number in zip(made, result[0] if isinstance(result[0], tuple) else result):
                if isinstance(tensor, Tensor) and id(tensor.array) not in self.known and isinstance(number, np.generic):
                    self.learn(tensor.array, self.tape.add(np.asarray, (self.value_of(number),), "array"))

    def _pull(self, frame: FrameType) -> None:
        """A node's rules are entered with its gradient, which is what arrived there."""
        values = frame.f_locals
        g = values["upstream"] if "upstream" in values else values["g"]
        node = values["call"] if "upstream" in values else values["node"]
        if isinstance(g, Tensor) or any(isinstance(part, Tensor) for part in (g if isinstance(g, Parts) else ())):
            return
        if node.id < self.start:
            self.look("backward() goes on into a graph that was there before", frame)
            return
        if node.hooks is not None:
            self.look("a gradient has hooks or is retained", frame)
            return
        arrived = self.arriving.pop(node, None)
        if arrived is None:
            self.look("backward() began in a way that isn't recorded", frame)
            return
        self._gradient(g, arrived)
        since = len(self.tape.calls)
        self._open[frame] = lambda contributions: self._pulled(contributions, since)

    def _gradient(self, g: Any, arrived: Value) -> None:
        """Know the gradient ``g`` as what arrived."""
        if self.known.get(id(g)) is arrived:
            return
        if isinstance(g, np.ndarray) and id(arrived) in self._placed:
            arrived = self.tape.add(np.asarray, (arrived,), "gradient")
        self.know(g, arrived)
        if isinstance(g, np.ndarray):
            memory = owner(g)
            if id(memory) not in self.known:
                self.know(memory, Value("part", arrived, owner_of))

    def _pulled(self, contributions: Any, since: int) -> None:
        """The contributions of a node to its parents, made by the calls ``since``: added up as the walk does."""
        fresh = {id(call.result) for call in self.tape.calls[since:]}
        kept: set[int] = set()
        for parent, contribution in contributions or ():
            value = self.value_of(contribution)
            if type(contribution) is Placed:
                self._placed.add(id(value))
            if parent in self.ends:
                self.arrived.append((self.ends[parent], value))
                continue
            before = self.arriving.get(parent)
            if before is None:
                if parent.op is None and type(contribution) is np.ndarray:
                    # Memory that a rule made for this gradient alone is kept, as the walk does.
                    source = value.source if value.kind == "part" and type(value.place) is int else value
                    if contribution.base is not None or id(source) not in fresh or id(contribution) in kept:
                        value = self.tape.add(copied, (value,), "gradient")
                    kept.add(id(contribution))
                    self.summed.add(parent)
            elif parent in self.summed:
                value = self.tape.add(operator.iadd, (before, value), "+=")
            else:
                value = self.tape.add(operator.add, (before, value), "+")
                self.summed.add(parent)
            self.arriving[parent] = value

    def _seeds(self, frame: FrameType) -> None:
        given = frame.f_locals["gradients"]
        if not frame.f_locals["create_graph"]:
            self._open[frame] = lambda seeds: self._seeded(frame, given, seeds)

    def _seeded(self, frame: FrameType, given: Any, seeds: Any) -> None:
        """A walk begins."""
        for node, seed in (seeds or {}).items():
            if id(seed) not in self.known and any(one is not None for one in given):
                self.look("backward() of a leaf with a gradient, or of one Tensor twice", frame)
                return
            self.arriving[node] = self.value_of(seed)

    def _arrivals(self, frame: FrameType) -> None:
        if frame.f_locals["create_graph"]:
            return
        self._open[frame] = self._arrived

    def _arrived(self, arrivals: Any) -> None:
        for node, gradient in arrivals or ():
            value = self.arriving.pop(node, None)
            if value is not None:
                self.summed.discard(node)
                self._gradient(gradient, value)
        # What came to other nodes has gone.
        self.arriving.clear()
        self.summed.clear()

    def _grad(self, frame: FrameType) -> None:
        if not frame.f_locals["create_graph"]:
            self._open[frame] = lambda results: self._graded(frame, results)

    def _graded(self, frame: FrameType, results: Any) -> None:
        """`grad` returns copies of what arrived."""
        values = frame.f_locals
        found, ends = values.get("found"), values.get("ends")
        if results is None or found is None or ends is None:
            return
        for result, end in zip(results, ends):
            if isinstance(result, Tensor) and end in found and id(result.array) not in self.known:
                args = (self.value_of(found[end]), result.array.dtype)
                self.learn(result.array, self.tape.add(np.array, args, "gradient"))

    def _accumulate(self, frame: FrameType) -> None:
        """Gradients are added to those of leaves."""
        arrivals = list(frame.f_locals["arrivals"])
        for node, gradient in arrivals:
            tensor = getattr(node, "tensor", lambda: None)()
            if isinstance(gradient, Tensor):
                self.look("backward(create_graph=True) leaves a graph in grad", frame)
            elif node.op is not None:
                self.look("a gradient is retained", frame)
            elif node.hooks is not None or node.accumulated:
                self.look("a gradient has hooks", frame)
            elif node.id >= self.start or tensor is None:
                self.look("backward() reaches a leaf that the function makes", frame)
        if self.reason:
            return
        places = [self.node_of(node) for node, _ in arrivals]
        gradients = [self.value_of(gradient) for _, gradient in arrivals]

        def left(_: Any) -> None:
            made = self.tape.add(accumulated, (places, gradients), "accumulate")
            for number, (node, _) in enumerate(arrivals):
                if node not in self.cleared:
                    self.added_to.setdefault(node, places[number])
                self.learn(node.grad.array, Value("part", made, number))

        self._whole, self._on_left = frame, left

    def node_of(self, node: Node) -> Value:
        tensor: Any = node.tensor()
        return Value("node", self.tensors.get(id(tensor), tensor))

    def _clear(self, frame: FrameType) -> None:
        """Gradients are forgotten, or set to 0."""
        values = frame.f_locals
        tensors, args = list(values["tensors"]), ([self.value_of(x) for x in values["tensors"]], values["set_to_none"])

        def left(_: Any) -> None:
            self.cleared.update(tensor.node for tensor in tensors if tensor.node is not None)
            made = self.tape.add(cleared, args, "zero_grad")
            for place, tensor in enumerate(tensors):
                if tensor.grad is not None:
                    self.know(tensor.grad.array, Value("part", made, place))

        self._whole, self._on_left = frame, left

    def _set_grad(self, frame: FrameType) -> None:
        """A gradient is assigned."""
        values = frame.f_locals
        tensor, given = values["self"], values["value"]
        if isinstance(given, Tensor) and (given.node is not None or type(given) is not Tensor):
            self.look("a gradient is assigned that has a graph", frame)
            return
        node = tensor.node or getattr(tensor, "resting", None)
        if node is not None and node.op is not None:
            self.look("a gradient is retained", frame)
            return
        args = (self.value_of(tensor), None if given is None else self.value_of(given.array))

        def left(_: Any) -> None:
            self.tape.add(set_grad, args, "grad")
            if tensor.node is not None:
                self.cleared.add(tensor.node)

        self._whole, self._on_left = frame, left

    def _step(self, frame: FrameType) -> None:
        """An optimizer takes a step, or a scheduler: called again as it is."""
        values = frame.f_locals
        args, kwargs = values.get("args", ()), values.get("kwargs", {})
        if values["self"] is None or any(isinstance(x, Tensor) or callable(x) for x in (*args, *kwargs.values())):
            self.look("a step is taken by a closure or by a value", frame)
            return
        self.live.append(values["self"])
        self._enter(frame, stepped, (self.constant_of(values["self"]), args, kwargs), type(values["self"]).__name__)

    def constant_of(self, thing: Any) -> Value:
        found = self.known.get(id(thing))
        return found if found is not None else self.constant(thing)

    def _draw(self, frame: FrameType) -> None:
        """Random numbers are drawn."""
        function, _, label = called_function(frame)
        caller = frame.f_back
        if label == "Generator" and (caller is None or caller.f_code not in DRAWERS):
            self.look("random numbers are drawn in a way that isn't recorded", frame)
            return
        code, values = frame.f_code, frame.f_locals
        given = [values[name] for name in code.co_varnames[: code.co_argcount]]
        if code.co_flags & 8 and values[code.co_varnames[code.co_argcount + code.co_kwonlyargcount]]:
            self.look("random numbers are drawn in a way that isn't recorded", frame)
            return
        given = [self.empty_like(part) if isinstance(part, np.ndarray) else part for part in given]
        self._enter(frame, function, [self.value_of(part) for part in given], f"draw {function.__name__}")

    def empty_like(self, array: np.ndarray[Any, Any]) -> Any:
        """An array that is only asked for its shape, or written to: what is in it doesn't matter."""
        if id(array) not in self.known and owner(array) is array:
            self.learn(array, self.tape.add(np.empty_like, (self.shaped(array),), "empty"))
        return array

    def shaped(self, array: np.ndarray[Any, Any]) -> Value:
        found = Value("constant", np.empty_like(array))
        found.source.fill(0)
        found.place = found.source
        self.kept.append(found.source)
        return found

    def _write(self, frame: FrameType) -> None:
        """Something is written into the memory of a Tensor."""
        values = frame.f_locals
        array, given, where = values["x"].array, values["values"], values["keys"]
        if not array.flags.writeable:
            self.look("memory is written to that is read-only or expanded", frame)
            return
        if not where:
            self.empty_like(array)
        noted = id(owner(array)) in self.outside and not getattr(values["x"], "unwatched", False)
        args = (self.value_of(array), self.value_of(given), self.value_of(where), noted)
        self._enter(frame, assigned, args, "write")

    def _copy(self, frame: FrameType) -> None:
        function, _, label = called_function(frame)
        self._enter(frame, function, [self.value_of(frame.f_locals["array"])], label)

    def _count(self, frame: FrameType) -> None:
        """The batches are counted that a module has seen."""
        array = frame.f_locals["x"].array
        self._enter(frame, counted, (self.value_of(array),), "count")

    def _beyond(self, frame: FrameType) -> None:
        """float16 beside numbers that it may not hold: the engine looks at these."""
        given = frame.f_locals["given"]
        if any(isinstance(x, Tensor) and x.array.dtype.char == "e" for x in given):
            self.look("values are looked at to find a dtype that holds them", frame)

    def _picker(self, frame: FrameType) -> None:
        """An array in a key: one of no dimensions is a number to NumPy."""
        index = frame.f_locals["index"]
        if index.dtype == np.uint8 or not (index.ndim or index.dtype.kind == "b"):
            self.look("a Tensor is used as one index", frame)

    def _array_of(self, frame: FrameType) -> None:
        """A Tensor is made of Python numbers, or of what may be others each time."""
        given = frame.f_locals["data"]
        if isinstance(given, (Tensor, np.ndarray, np.generic)):
            args = [self.value_of(x.array if isinstance(x, Tensor) else x) for x in arguments_of(frame)]
            self._enter(frame, data.array_of, args, "array of")
        elif any(isinstance(part, (Tensor, np.ndarray, np.generic)) for part in leaves(given)):
            self.look("a Tensor is made of a list of Tensors or arrays", frame)


NOTICED = {print, input}
# Where numbers are Python's, and where only settings of optimizers change.
SCALARS, SCHEDULERS = str(HERE / "scalar.py"), str(HERE.parent / "optim" / "lr_scheduler")


def is_plain(thing: Any) -> bool:
    return type(thing) in PLAIN or isinstance(thing, np.dtype)


SHAPED_BY_VALUES: dict[str, Callable[[Recorder, Any], bool]] = {
    "argwhere": lambda recorder, given: True,
    "one_hot": lambda recorder, given: given[1] == -1,
    "getitem": lambda recorder, given: any(
        isinstance(part, np.ndarray) and part.dtype.kind == "b" and recorder.varies(part) for part in leaves(given[1])
    ),
}

# By code: the functions that have it, each with the op and how it is shown.
FUNCTIONS: dict[CodeType, list[tuple[Callable[..., Any], Any, str]]] = {}
HANDLERS: dict[CodeType, Any] = {}
DRAWERS: set[CodeType] = {dropout.kept.__code__}
# What reads an array, but only gives it to an op, or looks how it is laid out.
GEOMETRY_ONLY: set[CodeType] = {
    inspect.unwrap(function).__code__ for function in (dropout.kept, pooling.largest, conversion.is_contiguous)
}


def called_function(frame: FrameType) -> tuple[Callable[..., Any], Any, str]:
    """Which function ``frame`` runs: of several with the same code, the one that closes over the same."""
    found = FUNCTIONS[frame.f_code]
    if len(found) > 1:
        values = frame.f_locals
        for one in found:
            cells = getattr(one[0], "__closure__", None) or ()
            if all(values.get(name) is cell.cell_contents for name, cell in zip(frame.f_code.co_freevars, cells)):
                return one
    return found[0]


def handler_of(code: CodeType) -> Any:
    """What is to be done when this code runs, which is seen for the first time."""
    if code.co_filename == SCALARS:
        return Recorder._looks
    if code in GEOMETRY_ONLY:
        return None
    if code.co_filename.startswith(SCHEDULERS):
        return Recorder._step if code.co_name == "step" else None
    return Recorder._looks if reads_values(code) else None


def arguments_of(frame: FrameType) -> list[Any]:
    """What the function that ``frame`` runs was called with, by position."""
    values, code = frame.f_locals, frame.f_code
    count = code.co_argcount
    given = [values[name] for name in code.co_varnames[:count]]
    if code.co_flags & inspect.CO_VARARGS:
        given += values[code.co_varnames[count + code.co_kwonlyargcount]]
    return given


def handle(function: Any, handler: Any, op: Any = None, label: str = "") -> None:
    if isinstance(function, FunctionType):
        functions = FUNCTIONS.setdefault(function.__code__, [])
        if all(one[0] is not function for one in functions):
            functions.append((function, op, label))
        HANDLERS[function.__code__] = handler


def learn_functions() -> None:
    """Know the functions that are called whole, and what else is told of."""
    if above.Optimizer is not None:
        HANDLERS[above.Optimizer.step.__code__] = Recorder._step
    if FUNCTIONS:
        return
    for op in OPS.values():
        handle(op.forward, Recorder._forward, op, op.name)
        for rule in op.rules:
            if rule is not None:
                handle(rule, Recorder._forward, op, f"∂{op.name}")
        if isinstance(op.pull, FunctionType):
            handle(op.pull, Recorder._pull)
    handle(several._pull, Recorder._pull)
    handle(custom._pull, Recorder._pull)
    handle(backward._seeds, Recorder._seeds)
    handle(backward._arrivals, Recorder._arrivals)
    handle(backward.grad, Recorder._grad)
    handle(accumulate, Recorder._accumulate)
    handle(vars(Tensor)["grad"].fset, Recorder._set_grad)
    handle(clear_grads, Recorder._clear)
    handle(writing.write, Recorder._write)
    handle(writing.copy_of, Recorder._copy, None, "copy")
    handle(writing.count_up, Recorder._count)
    handle(agreement.beyond, Recorder._beyond)
    handle(keys.picker, Recorder._picker)
    handle(data.array_of, Recorder._array_of)
    for name in ("raw32", "raw64", "uniform", "tossed", "integers", "normal", "normal_pairs", "run"):
        handle(getattr(generator.Generator, name), Recorder._draw, None, "Generator")
    for function in (random.uniform_numbers, random.normal_numbers, random.whole_numbers):
        handle(function, Recorder._draw, None, "draw")
    for name in ("get_state", "set_state", "manual_seed", "seed", "initial_seed", "clone_state"):
        handle(getattr(generator.Generator, name), Recorder._looks)
    for name in ("item", "tolist", "numpy", "__array__", "__dlpack__", "__arrow_c_array__", "__index__", "__reduce__"):
        handle(getattr(Tensor, name), Recorder._looks)
    for name in ("__bool__", "__float__", "__int__", "__deepcopy__"):
        handle(getattr(Tensor, name), Recorder._looks)

"""One run of a program, in which is found what each call comes to and where arrays may lie."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.several import Parts
from .calls import accumulated, assigned_grads, cleared, forgotten, leaf_of, set_grad, stepped
from .constants import Constants
from .form import Form
from .forms import form_of, is_looked_into, is_rule
from .parts import Part
from .places import Opaque, Place, Spot, is_contiguous, spots_in
from .played import Played, substituted
from .tape import Call, Value


class Done(NamedTuple):
    """A call: its arguments with spots for arrays, its form, if it has one, and where the form's memories are.

    function: what is called in a replay, if there is no form.
    """

    call: Call
    function: Callable[..., Any]
    args: list[Any]
    form: Form | None
    places: list[Place]
    tree: Any


class Captured(Played):
    """One run of a program, in which is found what each call comes to, and where arrays may lie.

    seconds: how long it may take to look into calls that weren't before. complete: whether that was enough.
    """

    def __init__(
        self, program: Any, arguments: Sequence[Any], given: Sequence[Any], state: Any, seconds: float
    ) -> None:
        super().__init__(program, arguments, given)
        self.left, self.complete = seconds, True
        self.state = {id(tensor): number for number, tensor in enumerate(state.tensors)} if state else {}
        self.trees: dict[int, Any] = {}
        self.places: list[Place] = []
        self.done: list[Done] = []
        # Of these the memory is asked for in which they lie, as NumPy says it.
        self.whole = {id(v.source) for v in program.all_values() if v.kind == "part" and callable(v.place)}
        self.space: dict[str, Any] = {}
        self.constant = Constants(self.space)
        # Nodes of leaves that have no gradient now, whatever there was before.
        self.empty: set[int] = set()
        # What is read before anything runs.
        self.reads: list[str] = []
        for number, (value, x) in enumerate(zip(program.inputs, given)):
            self.trees[id(value)] = self.outer(x, f"given{number}", [])
        for number, value in enumerate(program.first):
            self._tree_of_first(value, f"x{number}")

    def play(self) -> list[Any]:
        """Make all calls; the results."""
        values = super().play()
        self.results = [self.tree(result) for result in self.program.results]
        self.objects.clear()
        return values

    def _run(self, call: Call) -> None:
        args, trees = [self.object(arg) for arg in call.args], [self.tree(arg) for arg in call.args]
        form = None
        if id(call.result) not in self.whole and not any(isinstance(one, Opaque) for one in spots_in(trees)):
            if call.function is Parts:
                self.objects[id(call.result)], self.trees[id(call.result)] = Parts(*args), Parts(*trees)
                return
            # To NumPy's numbers rules may do something else than to arrays.
            form = None if any(spot.number for spot in spots_in(trees)) else self._form(call, args)
            if form is not None and form.arguments != len(spots_in(trees)):
                form = None
        function = call.function
        if function is accumulated:
            self._accumulate(call, args, trees)
            return
        if function is cleared and args[1] and all(id(tensor) in self.state and tensor.node for tensor in args[0]):
            function, trees = forgotten, [[tensor.node for tensor in args[0]]]
            self.empty.update(map(id, trees[0]))
        elif function is cleared or function is set_grad:
            self.empty.clear()
        elif function is stepped and not args[1] and not args[2] and hasattr(args[0], "step_again"):
            function, trees = args[0].step_again, []
        result = self._called(call, args)
        places: list[Place] = []
        if form is None:
            lies = [spot.place for spot in spots_in(trees) if isinstance(spot, Spot)]
            tree = self.outer(result, f"v{len(self.done)}", lies)
            retained = not is_rule(function)
            for place in lies:
                place.escapes |= retained
        else:
            given = spots_in(trees)
            places = [spot.place for spot in given]
            places += [self._room(form, k) for k in range(form.arguments, len(form.memories))]
            tree = self._made(form.result, result, given, places)
        self.objects[id(call.result)], self.trees[id(call.result)] = result, tree
        self.done.append(Done(call, function, trees, form, places, tree))

    def _form(self, call: Call, args: list[Any]) -> Form | None:
        """The form of a call; if it isn't known, it is found out as long as there is time for that."""
        if is_looked_into(call.function, args):
            return form_of(call.function, args)
        if self.left <= 0:
            self.complete = False
            return None
        start = time.perf_counter()
        found = form_of(call.function, args)
        self.left -= time.perf_counter() - start
        return found

    def _accumulate(self, call: Call, args: list[Any], trees: list[Any]) -> None:
        """Gradients are added to those of leaves: assigned, where it is known that these have none."""
        nodes, gradients = args
        function: Callable[..., Any] = accumulated
        lies = [spot.place for spot in spots_in(trees) if isinstance(spot, Spot)]
        for place in lies:
            place.escapes = True
        if all(id(node) in self.empty and node.dtype == g.dtype for node, g in zip(nodes, gradients)) and all(
            isinstance(one, Spot) for one in trees[1]
        ):
            function, trees = assigned_grads, [list(nodes), trees[1]]
            self.empty.difference_update(map(id, nodes))
        result = self._called(call, args)
        tree = trees[1] if function is assigned_grads else self.outer(result, f"v{len(self.done)}", lies)
        self.objects[id(call.result)], self.trees[id(call.result)] = result, tree
        self.done.append(Done(call, function, trees, None, [], tree))

    def _add_place(self, place: Place) -> None:
        place.slot = len(self.places)
        self.places.append(place)

    def _room(self, form: Form, k: int) -> Place:
        """The place of a memory that a form has for itself."""
        memory = form.memories[k]
        made = Place("fixed" if k in form.fixed else "buffer", memory.size)
        if k in form.fixed or k in form.restored:
            made.content = memory.content
        self._add_place(made)
        return made

    def _made(self, tree: Any, result: Any, given: list[Any], places: list[Place]) -> Any:
        """What a form gave, at the places of its memories."""
        if isinstance(tree, Part):
            spot = self.spot(tree, given, places, isinstance(result, np.generic))
            if spot.place.like is None and spot.offset == 0 and is_contiguous(spot):
                spot.place.like, spot.place.dtype = (spot.shape, spot.strides), spot.dtype
            return spot
        if isinstance(tree, (tuple, list)):
            parts = [self._made(one, other, given, places) for one, other in zip(tree, result)]
            return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
        return tree

    @staticmethod
    def spot(part: Part, given: Sequence[Any], places: Sequence[Place], number: bool = False) -> Spot:
        before = given[part.memory].offset if part.memory < len(given) else 0
        return Spot(places[part.memory], before + part.offset, part.shape, part.strides, part.dtype, number)

    def outer(self, result: Any, expression: str, within: list[Place], kind: str = "outer") -> Any:
        """What a call gave that isn't looked into, with spots for its arrays."""
        if type(result) is np.ndarray and result.size and not result.dtype.hasobject:
            place = Place(kind, result.nbytes, expression)
            place.within, place.like = within, (result.shape, result.strides)
            self._add_place(place)
            return Spot(place, 0, result.shape, result.strides, result.dtype)
        if type(result) in (tuple, list):
            return type(result)([self.outer(x, f"{expression}[{i}]", within) for i, x in enumerate(result)])
        if result is None:
            return None
        place = Place(kind, 0, expression)
        place.within = within
        self._add_place(place)
        return Opaque(expression, place)

    def tree(self, thing: Any) -> Any:
        """``thing`` with spots for arrays."""
        return substituted(thing, self._tree)

    def _tree(self, value: Value) -> Any:
        key = id(value)
        if key not in self.trees:
            self.trees[key] = self._tree_of(value)
        return self.trees[key]

    def _tree_of_first(self, value: Value, name: str) -> None:
        """Of what may be written to or replaced while the program runs, and so is read first."""
        x, source = self._object(value), value.source
        if value.kind == "array" and type(source) is not int and id(source) in self.state:
            number = self.state[id(source)]
            tree = self.outer(x, f"s{number}", [], "state")
            if isinstance(tree, Spot):
                tree.place.number = number
        else:
            if value.kind == "constant":
                text = f"{self.constant(np.array)}({self.constant(source)})"
            else:
                text = self._text_of(value)
            self.reads.append(f"{name} = {text}")
            tree = self.outer(x, name, [])
        self.trees[id(value)] = tree

    def _text_of(self, value: Value) -> str:
        source = value.source
        tensor = f"arguments[{source}]" if type(source) is int else self.constant(source)
        holder = self.arguments[source] if type(source) is int else source
        if value.kind == "node" and holder.node is None:
            return f"{self.constant(leaf_of)}({tensor})"
        return tensor + {"array": ".array", "grad": ".grad.array", "node": ".node", "tensor": ""}[value.kind]

    def _tree_of(self, value: Value) -> Any:
        source, x = value.source, self._object(value)
        if value.kind == "part":
            whole = self._tree(source)
            if isinstance(whole, (tuple, list)) and not callable(value.place):
                return whole[value.place]
            (inner,) = spots_in(whole)
            name = inner.expression if isinstance(inner, Opaque) else inner.place.name
            text = f"{self.constant(value.place)}({name})" if callable(value.place) else f"{name}[{value.place}]"
            return self.outer(x, text, [inner.place])
        if value.kind == "constant":
            if type(x) is np.ndarray and x.size and not x.dtype.hasobject:
                made = self.outer(x, self.constant(x), [], "fixed")
                made.place.array = x
                return made
            return x
        place = Place("outer", 0, self._text_of(value))
        self._add_place(place)
        return Opaque(place.name, place)

"""The base of optimizers that update an element by its own gradient and history: one kernel call updates all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter, getitem, is_, itemgetter
from typing import Any

import numpy as np

from autograd import Scalar, Tensor
from autograd.engine.versions import WrittenTogether

from .kernels import Array, Many, Table, uninterrupted
from .optimizer import Optimizer
from .parameters import counter, with_gradients

Rule = tuple[Many, tuple[str, ...], tuple[Any, ...]]
Lists = list[list[Array]]
# What looks up many without a call of Python for each.
ARRAY, GRADIENT = attrgetter("array"), attrgetter("node.grad.array")


def numbers_of(group: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """The settings of these names as a kernel takes them: floats and bools, and those of pairs one by one."""
    found: list[Any] = []
    for name in names:
        value = group[name]
        kind = type(value)
        if kind is float or kind is bool:
            found.append(value)
        elif kind is tuple or kind is list:
            found += map(float, value)
        else:
            found.append(float(value))
    return tuple(found)


class Prepared:
    """What a step of a group leaves for the next: the table of its arrays, and the record of who writes to them."""

    def __init__(self) -> None:
        self.table = Table()
        self.written = WrittenTogether(())

    def fill(self, lists: Lists) -> Table:
        if self.table.fill(lists):
            self.written = WrittenTogether(lists[0])
        return self.table


class Again:
    """What a step of a group took, for another that finds it there."""

    def __init__(self, optimizer: Pointwise, group: dict[str, Any]) -> None:
        self.optimizer, self.group = optimizer, group
        self.params = list(group["params"])
        self.kernel, self.names, self.numbers = optimizer.rule(group, False)
        self.remembering = optimizer.state
        self.states: list[Any] = list(map(optimizer.state.get, self.params))
        self.all_states = list(optimizer.state.values())
        self.values = list(map(ARRAY, self.params))
        self.remembered = [list(map(itemgetter(name), self.states)) for name in self.names]
        self.history = [list(map(ARRAY, tensors)) for tensors in self.remembered]
        self.tensors = list(chain.from_iterable(self.remembered))
        self.arrays = list(chain.from_iterable(self.history))
        # Where each of the tensors is remembered, and as what.
        self.places = self.states * len(self.names)
        self.called = [name for name in self.names for _ in self.states]
        self.table, self.written = Table(), WrittenTogether(self.values)
        self.slopes: list[int] = []

    def ready(self) -> bool:
        """Whether all is there, and the gradients fit."""
        params, group = self.params, self.group
        kernel, names, self.numbers = self.optimizer.rule(group, False)
        if not (
            kernel is self.kernel
            and names == self.names
            and len(group["params"]) == len(params)
            and all(map(is_, group["params"], params))
            and all(map(is_, map(ARRAY, params), self.values))
            and self.optimizer.state is self.remembering
            and len(self.remembering) == len(self.all_states)
            and all(map(is_, self.remembering.values(), self.all_states))
            and all(map(is_, map(getitem, self.places, self.called), self.tensors))
            and all(map(is_, map(ARRAY, self.tensors), self.arrays))
        ):
            return False
        slopes, table = list(map(GRADIENT, params)), self.table
        places = list(map(id, slopes))
        if places == self.slopes:
            table.lists[1], table.full = slopes, True
        else:
            table.fill([self.values, slopes, *self.history])
            self.slopes = places
        return kernel.misfit(table) < 0

    def update(self) -> None:
        self.kernel.many(self.table, *self.numbers)
        self.written.note()
        # The gradients are not kept alive.
        self.table.forget(1)


class Pointwise(Optimizer):
    """An optimizer whose kernel updates all parameters of a group at once.

    A subclass says in `rule` which kernel, and in `begin` what is remembered of a parameter at first. What a step finds
    as it left it isn't looked up again: each is looked at anew, but in compiled code.
    """

    def _begin(self) -> None:
        super()._begin()
        # By the number of a group. Who takes one puts it back: two threads never have the same.
        self._prepared: dict[int, Prepared] = {}
        self._again: list[Again] | None = None

    def step_again(self) -> None:
        """`step`, for who calls it again and again: what is where the last call of this left it isn't looked up."""
        again = self._again
        if again is None or len(again) != len(self.param_groups) or self.watched():
            self._again = None
            self.step()
            self._again = self.taken()
            return
        try:
            ready = all(one.group is group and one.ready() for one, group in zip(again, self.param_groups))
        except (AttributeError, KeyError, TypeError):
            ready = False
        if not ready:
            self._again = None
            self.step()
            return
        with uninterrupted:
            for one in again:
                one.update()

    def taken(self) -> list[Again] | None:
        """What a step took; None if the next can't rely on it."""
        if type(self).update is not Pointwise.update or type(self).prepared is not Pointwise.prepared or self.watched():
            return None
        try:
            made = [Again(self, group) for group in self.param_groups]
            ready = all(one.ready() for one in made)
        except (AttributeError, KeyError, TypeError):
            # Some have no gradient, or nothing is remembered of them, or they are Scalars.
            return None
        for one in made:
            one.table.forget(1)
        return made if ready else None

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        """The kernel for a group, the names of the state that it is given after parameters and gradients, and numbers.

        first: whether nothing has been remembered of the parameters.
        """
        raise NotImplementedError

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        """What is remembered of a parameter with these ``values`` before its first step."""
        return {}

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        """What the kernel does, of one parameter: for the ``update`` of a subclass to call."""
        # Who calls this has turned the slope around.
        kernel, names, numbers = self.rule({**group, "maximize": False}, not state)
        if not all(isinstance(state.get(name), Tensor) for name in names):
            state.update(self.completed(values, state, group))
        lists = [[values], [slope], *([state[name].array] for name in names)]
        tables, back = self.fitted([None], lists, {}, kernel)
        kernel.many(tables[0], *numbers)
        for place, changed in back:
            place[...] = changed

    def prepared(self, number: int, group: dict[str, Any]) -> list[Callable[[], None]]:
        if type(self).update is not Pointwise.update:  # a subclass has an update of its own
            return super().prepared(number, group)
        params = group["params"]
        scalars = False
        try:
            slopes, values = list(map(GRADIENT, params)), list(map(ARRAY, params))
        except AttributeError:  # some have no gradient, or are Scalars
            found = with_gradients(params)
            params, values, slopes = ([part[i] for part in found] for i in range(3))
            scalars = any(isinstance(p, Scalar) for p in params)
        if not params:
            return []
        kernel, names, numbers = self.rule(group, False)
        if not names:
            return [self.of_lists(number, params, [values, slopes], scalars, {}, kernel, numbers)]
        states: list[Any] = list(map(self.state.get, params))
        try:
            history = [list(map(ARRAY, map(itemgetter(name), states))) for name in names]
        except (TypeError, KeyError, AttributeError):
            return self.completing(number, group, params, values, slopes, scalars)
        return [self.of_lists(number, params, [values, slopes, *history], scalars, {}, kernel, numbers)]

    def completing(
        self,
        number: int,
        group: dict[str, Any],
        params: Sequence[Any],
        values: list[Array],
        slopes: list[Array],
        scalars: bool,
    ) -> list[Callable[[], None]]:
        """What `prepared` gives where not all is there that is to be remembered: of some parameters nothing at all."""
        states = {p: self.completed(x, self.state.get(p, {}), group) for p, x in zip(params, values)}
        updates = []
        for first in (False, True):
            places = [i for i, p in enumerate(params) if (not self.state.get(p)) == first]
            if not places:
                continue
            mine = [params[i] for i in places]
            kernel, names, numbers = self.rule(group, first)
            history = [[states[p][name].array for p in mine] for name in names]
            lists = [[values[i] for i in places], [slopes[i] for i in places], *history]
            updates.append(self.of_lists(number, mine, lists, scalars, {p: states[p] for p in mine}, kernel, numbers))
        return updates

    def completed(self, values: Array, state: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
        """The ``state`` of a parameter with all that the settings of its group ask for; numbers become counters."""
        numbers = {k: counter(float(v)) for k, v in state.items() if k in self.counters and not isinstance(v, Tensor)}
        kept = {k: v for k, v in state.items() if isinstance(v, Tensor) or k not in (*self.shaped, *self.counters)}
        return {**self.begin(values, group), **kept, **numbers}

    def of_lists(
        self,
        number: int,
        params: Sequence[Any],
        lists: Lists,
        scalars: bool,
        new: dict[Any, dict[str, Any]],
        kernel: Many,
        numbers: tuple[Any, ...],
    ) -> Callable[[], None]:
        """What calls ``kernel`` for these arrays, once all were found to fit.

        new: states that are to be remembered with the update.
        """
        values = lists[0]
        prepared = self._prepared.pop(number, None) or Prepared()
        table = prepared.fill(lists)
        tables = [table]
        back: list[tuple[Array, Array]] = []
        if kernel.misfit(table) >= 0:
            tables, back = self.fitted(params, lists, new, kernel)

        def update() -> None:
            for p, state in new.items():
                self.state[p] = state
            for each in tables:
                kernel.many(each, *numbers)
            for place, changed in back:
                place[...] = changed
            prepared.written.note()
            if scalars:
                for p, changed in zip(params, values):
                    if isinstance(p, Scalar):
                        p.data = float(changed)
            # The gradients are not kept alive by what is kept of them.
            table.forget(1)
            self._prepared[number] = prepared

        return update

    def fitted(
        self, params: Sequence[Any], lists: Lists, new: dict[Any, dict[str, Any]], kernel: Many
    ) -> tuple[list[Table], list[tuple[Array, Array]]]:
        """Tables of arrays that the kernel can take, and what is to be written back once it has been called.

        What lies in one piece in another order, such as channels last, is seen in that order; the rest is copied.
        RuntimeError for what doesn't fit its parameter.
        """
        by_dtype: dict[Any, list[list[Array]]] = {}
        back: list[tuple[Array, Array]] = []
        for p, (values, slope, *history) in zip(params, zip(*lists)):
            self.check(values, slope, new.get(p) or self.state.get(p, {}))
            order = sorted(range(values.ndim), key=lambda axis: -abs(values.strides[axis]))
            made: dict[int, Array] = {}
            row = (values, slope, *history)
            for j, x in enumerate(row):
                place = x.transpose(order) if j < kernel.arrays else x
                dtype, shape = (values.dtype, place.shape) if j < kernel.arrays else (np.dtype(np.float32), ())
                if place.dtype == dtype and place.size and place.flags.carray:
                    # Of NumPy's own dtype: there may be others that are equal.
                    made[id(x)] = place.view(np.dtype(dtype.str))
                elif id(x) not in made:
                    made[id(x)] = np.array(place, dtype, order="C").reshape(shape)
                    if j != 1:
                        back.append((place, made[id(x)]))
            by_dtype.setdefault(values.dtype.char, []).append([made[id(x)] for x in row])
        tables = []
        for rows in by_dtype.values():
            tables.append(Table())
            tables[-1].fill(list(map(list, zip(*rows))))
            if kernel.misfit(tables[-1]) >= 0:
                raise RuntimeError(f"{type(self).__name__} can't work on {values.dtype} parameters of these layouts")
        return tables, back

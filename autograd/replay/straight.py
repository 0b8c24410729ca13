"""A program in a straight line: the loops of ufuncs and the kernels that its calls come to, on buffers that stay.

Where a buffer is needed no more, others lie; what leaves the program lies in memory of its own, which is used again
once nobody else has it.
"""

from __future__ import annotations

import itertools
import linecache
import sys
import time
import weakref
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from ..kernels.compiling.loops import Loops, compiled_run
from .arranging import arranged, sum_of_rows
from .captured import Captured, Done
from .constants import WRITTEN
from .layout import laid_out, needed
from .parts import Part, Step, seen
from .places import Opaque, Place, Spot, spots_in
from .played import Failure
from .tape import Call

Array = np.ndarray[Any, Any]
NUMBER = itertools.count(1).__next__


class Straight:
    """The function ``replay(arguments, *given)`` for what was `Captured`; ``text`` is how it is written.

    total, used: how many bytes its buffers have, and how many they take, since they take turns.
    """

    def __init__(self, captured: Captured, state: Any, name: str) -> None:
        self.captured, self.state, self.space, self.name = captured, state, captured.space, name
        self.lines: list[str] = []
        self.at_line: dict[int, Done] = {}
        # What is called, and whether in one go with others; the lines, counted from 1, that call it alone, and those
        # that run loops.
        self.calls: list[tuple[Call, bool]] = []
        self._timed: set[int] = set()
        # What is called in one go, in order.
        self.steps: list[list[Call]] = []
        self.runs: dict[int, str] = {}
        self._loops: Loops | None = None
        self._gathered: list[tuple[Done, str]] = []
        # By line, the calls whose loops it runs.
        self._gathers: dict[int, list[Done]] = {}
        # Memory that stands for other memory of that size.
        self._alike: dict[int, Array] = {}
        self._identified: set[int] = set()
        # Names of views of the arrays of Tensors, by what they are views of.
        self._bound: dict[str, tuple[int, Spot]] = {}
        self._views: dict[Any, str] = {}
        self.objects = np.zeros(max(len(captured.places), 1), np.intp)
        self._kept = itertools.count()
        self.run = compiled_run()
        self.space |= {"run": self.run, "refs": sys.getrefcount, "seen": seen, "ids": self.objects, "Differs": Differs}
        self.needed = needed(captured)
        self.total, self.used = laid_out(captured, self.needed)
        self._write()

    def _write(self) -> None:
        captured = self.captured
        inputs = "".join(f", given{number}" for number in range(len(captured.program.inputs)))
        if captured.state:
            self.space |= {"bound": [None], "state": self.state, "bind": self.bind}
            self._line("if state.arrays is not bound[0]: bind()")
        for read in captured.reads:
            self._line(read)
        for number, done in self.needed:
            if done.form is None:
                self._opaque(number, done)
            else:
                self._form(number, done)
        self._flush()
        results = ", ".join(self._text(tree) for tree in captured.results)
        self._line(f"return [{results}]")
        self.text = f"def replay(arguments{inputs}):\n" + "".join(f"    {line}\n" for line in self.lines)
        self.file = f"<straight replay {NUMBER()} of {self.name}>"
        self.replay = written_function(self.text, self.file, self.space)
        weakref.finalize(self, linecache.cache.pop, self.file, None)

    def failure(self, error: Exception) -> Failure:
        """Which call raised ``error``, and what that call raises where it is made as ever."""
        traceback = frame_in(self.file, error)
        done = None if traceback is None else self.at_line.get(traceback.tb_lineno)
        if traceback is not None and isinstance(error, Differs) and error.args:
            done = self._gathers[traceback.tb_lineno][error.args[0]]
        if traceback is None or done is None:
            return Failure(None, error)
        function = self.captured.constant(done.function, "call")
        text = f"{function}({', '.join(map(self._text, done.args))})"
        if self._bound:
            self.bind()
        try:
            eval(text, self.space, traceback.tb_frame.f_locals)
        except Exception as told:
            return Failure(done.call, told)
        return Failure(done.call, error)

    def _line(self, text: str, done: Done | None = None, called: bool = False) -> None:
        self.lines.append(text)
        if done is not None:
            self.at_line[len(self.lines) + 1] = done
            if called:
                self.calls.append((done.call, False))
                self.steps.append([done.call])
                self._timed.add(len(self.lines))

    def _opaque(self, number: int, done: Done) -> None:
        self._flush()
        call = done.call
        function = self.captured.constant(done.function, getattr(done.function, "__name__", "call"))
        taken = done.function is call.function and bool(spots_in(done.tree))
        target = f"v{number} = " if taken else ""
        arguments = ", ".join(map(self._text, done.args))
        self._line(f"{target}{function}({arguments})", done, True)

    def _form(self, number: int, done: Done) -> None:
        form = done.form
        assert form is not None
        for place in done.places[form.arguments :]:
            if place.kind == "kept":
                self._keep(place)
            if place.content is not None and place.kind != "fixed":
                self._restore(place, done)
        given = spots_in(done.args)
        for step in form.steps:
            spots = [Captured.spot(x, given, done.places) if isinstance(x, Part) else x for x in step.operands]
            if step.kind == "kernel":
                self._kernel(step, spots, done)
                continue
            out = [Captured.spot(part, given, done.places) for part in step.out]
            if self._add_loop(step, spots, out, done):
                continue
            self._flush()
            function = step.function.reduce if step.kind == "reduce" else step.function
            name = self.captured.constant(function, step.function.__name__)
            settings = "".join(f", {key}={self._text(value)}" for key, value in step.settings)
            into = self._text(out[0]) if len(out) == 1 else f"({', '.join(map(self._text, out))})"
            arguments = ", ".join(self._operand(x) for x in spots)
            self._line(f"{name}({arguments}, out={into}{settings})", done, True)

    def _operand(self, x: Any) -> str:
        return self._text(x._replace(number=False)) if isinstance(x, Spot) else self._text(x)

    def _kernel(self, step: Step, spots: list[Any], done: Done) -> None:
        kernel = step.function.target
        if self.run is not None:
            arguments = [self._argument(x) if isinstance(x, Spot) else x for x in spots]
            if self._gathering().add_kernel(kernel, arguments, step.out):
                self._gathered.append((done, step.function.__name__))
                return
        self._flush()
        name = self.captured.constant(kernel, step.function.__name__)
        call = f"{name}({', '.join(map(self._operand, spots))})"
        if step.out is not None:
            call = f"if {call} != {self._text(step.out)}: raise Differs"
        self._line(call, done, True)

    def _argument(self, spot: Spot) -> Any:
        """An argument of a kernel, as `Loops` takes it."""
        place = spot.place
        if place.array is not None:
            return seen(place.array, spot.part())
        number = self._identity(place), spot.offset
        size = max(sum(abs(stride) * (n - 1) for stride, n in zip(spot.strides, spot.shape)) + spot.dtype.itemsize, 1)
        start = -sum(min(stride, 0) * (n - 1) for stride, n in zip(spot.strides, spot.shape))
        memory = self._alike.setdefault(size, np.empty(size + 8, np.uint8))
        return number, np.ndarray(spot.shape, spot.dtype, memory, start, spot.strides)

    def _gathering(self) -> Loops:
        """The loops that are run together, to which one is to be added."""
        if self._loops is None:
            self._loops, self._gathered = Loops(self.objects), []
        return self._loops

    def _keep(self, place: Place) -> None:
        """Memory that leaves the program: as long as anybody has what it was before, it is other memory."""
        if place.name:
            return
        place.name = f"k{next(self._kept)}"
        place.like = place.like or ((place.size,), (1,))
        name, slot = place.name, place.slot
        self.space[f"{name}_"] = kept = [np.empty(place.like[0], place.dtype)]
        self.objects[slot] = id(kept[0])
        self._identified.add(id(place))
        self.space["empty"] = np.empty
        dtype = self.captured.constant(place.dtype, place.dtype.name)
        self._line(f"{name} = {name}_[0]")
        self._line(
            f"if refs({name}) > 3: {name} = {name}_[0] = empty({place.like[0]}, {dtype}); ids[{slot}] = id({name})"
        )

    def _restore(self, place: Place, done: Done) -> None:
        """Put into memory what a form finds there."""
        content = place.content
        assert content is not None
        dtype = np.dtype(np.int64 if place.size % 8 == 0 else np.uint8)
        source = Place("fixed", place.size, "content")
        source.array = content
        shape, strides = (place.size // dtype.itemsize,), (dtype.itemsize,)
        here, there = (Spot(one, 0, shape, strides, dtype) for one in (source, place))
        step = Step("ufunc", np.positive, (None,), (None,))
        if not self._add_loop(step, [here], [there], done):
            self._flush()
            self._line(f"{self.captured.constant(np.copyto, 'copy')}({self._text(there)}, {self._text(here)})", done)

    def _add_loop(self, step: Step, spots: list[Any], out: list[Spot], done: Done) -> bool:
        """Add a loop for this step to those that run in one call, if there is one."""
        if self.run is None or len(out) != 1:
            return False
        if step.kind == "reduce":
            several = sum_of_rows(step, spots[0], out[0])
        else:
            one = None if step.settings else arranged(step.function, spots, out[0])
            several = None if one is None else (one,)
        for loop, operands, counts, steps, times, moves in several or ():
            pointers: list[Any] = []
            for x in operands:
                if isinstance(x, np.ndarray):
                    pointers.append(x)
                elif x.place.array is not None:
                    pointers.append(x.place.array.reshape(-1).view(np.uint8)[x.offset :] if x.offset else x.place.array)
                else:
                    pointers.append((self._identity(x.place), x.offset))
            self._gathering().add(loop, pointers, counts, steps, times, moves)
            self._gathered.append((done, step.function.__name__))
        return several is not None

    def _identity(self, place: Place) -> int:
        """The number under which a place is found that may be elsewhere each time."""
        slot = place.slot
        if id(place) not in self._identified:
            self._identified.add(id(place))
            if place.kind == "state":
                self._bound[f"ids{slot}"] = slot, Spot(place, 0, (), (), np.dtype(np.uint8))
            else:
                self._line(f"ids[{slot}] = id({place.name})")
        return slot

    def _flush(self) -> None:
        """Write the call of the loops that were gathered."""
        loops, self._loops = self._loops, None
        if loops is None or not len(loops):
            return
        loops.seal()
        labels = list(dict.fromkeys(done.call.label for done, _ in self._gathered))
        name = f"loops_{len(self.lines)}"
        self.space[name] = loops.arguments
        self.space[f"{name}_"] = loops
        what = ", ".join(labels[:6]) + (", ..." if len(labels) > 6 else "")
        comment = f"# {len(loops)} {'loops' if len(loops) > 1 else 'loop'}: {what}"
        self.calls += [(done.call, len(loops) > 1) for done, _ in self._gathered]
        self.steps.append(list(dict.fromkeys(done.call for done, _ in self._gathered)))
        if any(row[4] < 0 for row in loops.rows):
            self._line(f"at = run(*{name})  {comment}")
            self.runs[len(self.lines)] = f"{name}_"
            self._line("if at >= 0: raise Differs(at)", self._gathered[-1][0])
            self._gathers[len(self.lines) + 1] = [done for done, _ in self._gathered]
        else:
            self._line(f"run(*{name})  {comment}", self._gathered[-1][0])
            self.runs[len(self.lines)] = f"{name}_"

    def timed(self, arguments: Sequence[Any]) -> list[float]:
        """The seconds that each of `calls` takes in ``replay(arguments)``."""
        head, *body = self.text.splitlines()
        lines = [head, "    start = clock()"]
        for number, line in enumerate(body, 1):
            if number in self.runs:
                lines += [f"    times.extend(one_by_one({self.runs[number]}))", "    at = -1", "    start = clock()"]
                continue
            lines.append(line)
            if number in self._timed:
                lines += ["    times.append(clock() - start)", "    start = clock()"]
        times: list[float] = []
        if self._bound:
            self.bind()  # not later: it binds in the space that is copied here
        space = self.space | {"clock": time.perf_counter, "times": times, "one_by_one": self._one_by_one}
        exec("\n".join(lines), space)
        space["replay"](arguments)
        return times

    def _one_by_one(self, loops: Loops) -> list[float]:
        times = []
        for number in range(len(loops)):
            start = time.perf_counter()
            if self.run(*loops.only(number)) >= 0:
                raise Differs
            times.append(time.perf_counter() - start)
        return times

    def _text(self, thing: Any) -> str:
        """An argument, as it is written."""
        if isinstance(thing, Spot):
            text = self._spot(thing)
            return f"{text}[()]" if thing.number else text
        if isinstance(thing, Opaque):
            return thing.expression
        if type(thing) is slice:
            return f"slice({self._text(thing.start)}, {self._text(thing.stop)}, {self._text(thing.step)})"
        if type(thing) is tuple:
            return f"({''.join(self._text(part) + ', ' for part in thing)})"
        if isinstance(thing, tuple) and hasattr(thing, "_fields"):
            return f"{self.captured.constant(type(thing), type(thing).__name__)}({', '.join(map(self._text, thing))})"
        if isinstance(thing, (tuple, list)):
            parts = f"[{', '.join(map(self._text, thing))}]"
            return parts if type(thing) is list else f"{self.captured.constant(type(thing))}({parts})"
        if type(thing) is dict and spots_in(thing):
            return f"{{{', '.join(f'{key!r}: {self._text(part)}' for key, part in thing.items())}}}"
        return repr(thing) if type(thing) in WRITTEN else self.captured.constant(thing)

    def _spot(self, spot: Spot) -> str:
        place: Any = spot.place
        if place.kind in ("state", "outer") or (place.kind == "fixed" and place.name):
            if spot.whole:
                if place.kind == "state":
                    self._bound[place.name] = place.number, spot
                return place.name
            if place.kind == "fixed":
                return self.captured.constant(seen(place.array, spot.part()))
            if place.kind == "state":
                key = id(place), spot.part()
                name = self._views.setdefault(key, f"{place.name}_{len(self._views)}")
                self._bound[name] = place.number, spot
                return name
            return f"seen({place.name}, {self._part(spot)})"
        if place.kind == "kept":
            whole = spot.whole and spot.dtype == place.dtype
            return place.name if whole else f"seen({place.name}, {self._part(spot)})"
        key = id(place), spot.part()
        name = self._views.get(key, "")
        if not name:
            name = self._views[key] = f"b{len(self._views)}"
            self.space[name] = seen(place.array, spot.part())
        return name

    def _part(self, spot: Spot) -> str:
        key = "part", spot.part()
        name = self._views.get(key, "")
        if not name:
            name = self._views[key] = f"part_{len(self._views)}"
            self.space[name] = spot.part()
        return name

    def bind(self) -> None:
        """Look anew where the arrays of Tensors are that are closed over."""
        arrays = self.state.arrays
        for name, (number, spot) in self._bound.items():
            if name.startswith("ids"):
                self.objects[number] = id(arrays[spot.place.number])
            else:
                self.space[name] = spot.part().of(arrays[number])
        self.space["bound"][0] = arrays


class Differs(Exception):
    """A kernel gave something else than when its call was traced: the call itself knows what that means."""


def written_function(text: str, file: str, space: dict[str, Any]) -> Callable[..., list[Any]]:
    """The function ``replay`` that ``text`` defines, whose lines are shown where it raises."""
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), space)
    made: Callable[..., list[Any]] = space["replay"]
    return made


def frame_in(file: str, error: BaseException) -> TracebackType | None:
    """Where ``error`` came through the code of ``file``."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename != file:
        traceback = traceback.tb_next
    return traceback

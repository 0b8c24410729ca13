"""`compile`: a function that is recorded, and from then on replayed."""

from __future__ import annotations

import contextlib
import copy
import functools
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from ..engine import above, debug
from ..engine.grad_mode import is_grad_enabled, is_inference_mode_enabled
from ..engine.tensor import Tensor
from ..kernels.compiling import threads
from ..kernels.compiling.forks import new_lock
from ..types.dtypes import get_default_dtype
from . import advice
from .looking import has_hooks, is_ours
from .recorder import Recorder
from .recording import Recording
from .second import Second
from .stance import COMPILED, InPlaceOf, is_disabled, stance, thread
from .state import State, members_of
from .tape import Difference
from .told import LENDING
from .watching import learn_functions
from .way_back import Unfit

# Names of backends that a script may ask for, as PyTorch has them: what is done is the same.
BACKENDS = {"replay", "inductor", "eager", "aot_eager", "aot_eager_decomp_partition", "eager_noexcept", "cudagraphs"}
BACKENDS |= {"openxla", "ts", "tvm"}
# How many recordings of one function are kept, as PyTorch keeps 8; how often one is tried for the same arguments; and
# after how many that weren't kept no more are made.
KEPT, TRIED, IN_VAIN = 8, 6, 64


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable[..., Any] | None = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """``model``, a function or a module, that replays what it did on arrays; also a decorator.

    The first two calls run as ever and are recorded; if both did the same, later ones call the same forwards, rules and
    kernels one after the other, without Tensors, graph or dispatch, to the same bits: at first as they were recorded,
    while it is found out what each comes to, and after a few calls in one straight line of loops on buffers that stay.
    It may be a function of Tensors, a module, or a whole training step: ``zero_grad``, forward, ``backward``, gradient
    clipping, optimizers' and schedulers' steps. Randomness is drawn anew each time.

    It is recorded anew where shapes, dtypes or strides of arguments, numbers among them, modes or what the function
    closes over have changed. Where it looks at a value (``if loss.item() > 1``, ``print``), has shapes that depend on
    values, changes something other than Tensors, or draws random numbers of Python's or NumPy's, it runs as ever, and a
    warning says why, once. What else it does in Python is done only while it is recorded. Of a module another is made,
    which has this one as ``_orig_mod``.

    fullgraph: raise RuntimeError instead of running as ever. name: what warnings and listings call it. disable: change
    nothing. recompile_limit: how many recordings are kept, of different shapes for example; 8 if not given.
    dynamic, backend, mode, options, isolate_recompiles, shapes_spec: accepted as in PyTorch, without effect.
    RuntimeError for a mode or the name of a backend that PyTorch doesn't have.

    >>> w = autograd.tensor([1., 2.], requires_grad=True)
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> @autograd.compile
    ... def step(x):
    ...     optimizer.zero_grad()
    ...     loss = (w * x).square().sum()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return loss.detach()
    >>> [round(step(autograd.ones(2)).item(), 3) for _ in range(4)], step.replays
    ([5.0, 3.2, 2.048, 1.311], 2)
    """
    if mode not in (None, "default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs"):
        raise RuntimeError(
            f"Unrecognized mode={mode}, should be one of: default, reduce-overhead, max-autotune, "
            "max-autotune-no-cudagraphs"
        )
    if isinstance(backend, str) and backend not in BACKENDS:
        raise RuntimeError(f"Invalid backend: {backend!r}, should be one of: {', '.join(sorted(BACKENDS))}")
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if model is None:
        return functools.partial(
            compile,
            fullgraph=fullgraph,
            dynamic=dynamic,
            backend=backend,
            mode=mode,
            options=options,
            name=name,
            disable=disable,
            recompile_limit=recompile_limit,
        )
    if not callable(model):
        raise TypeError(f"compile(): expected a function or a module, not {type(model).__name__}")
    if disable or is_disabled(model):
        return model
    if is_compiled_module(model):
        model = vars(model)["_orig_mod"]
    if isinstance(model, Compiled):
        model = model.function
    compiled = Compiled(model, fullgraph, name, KEPT if recompile_limit is None else recompile_limit)
    return above.OptimizedModule(model, compiled) if above.is_module(model) and above.OptimizedModule else compiled


class Compiled(InPlaceOf):
    """A function that is recorded and replayed; attributes are those of what was compiled.

    replays: how often it was replayed. reason: why it runs as ever, if it does.
    """

    def __init__(
        self, function: Callable[..., Any], fullgraph: bool = False, name: str | None = None, limit: int = KEPT
    ) -> None:
        self.function = function
        self.fullgraph, self.given_name, self.limit = fullgraph, name, limit
        self._begin()
        COMPILED.add(self)
        if hasattr(function, "__name__"):
            functools.update_wrapper(self, function, updated=())

    def _begin(self) -> None:
        self.replays = 0
        self.reason = ""
        self._lock = new_lock()
        self._recordings: dict[Any, list[Recording]] = {}
        # Recorded once, to be confirmed; how often that was tried; and where it is known to be in vain.
        self._first: dict[Any, Recording] = {}
        self._tries: dict[Any, int] = {}
        self._eager: set[Any] = set()
        self._in_vain = 0
        self._told_of_way_back = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "function" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.function, name)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        return Compiled(copy.deepcopy(self.function, memo), self.fullgraph, self.given_name, self.limit)

    def __reduce__(self) -> tuple[Any, ...]:
        return Compiled, (self.function, self.fullgraph, self.given_name, self.limit)

    def __repr__(self) -> str:
        return f"<compiled {self.name}>"

    @property
    def name(self) -> str:
        its_own: str = getattr(self.function, "__name__", type(self.function).__name__)
        return self.given_name or its_own

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Of two threads, and of a function that calls itself, one at a time is replayed.
        if thread.recording or is_watched() or not self._lock.acquire(blocking=False):
            return self.function(*args, **kwargs)
        try:
            given = Given(args, kwargs)
            key = given.key
            for recording in self._recordings.get(key, ()):
                if recording.fits(given.tensors):
                    self.replays += 1
                    return recording.replay(given.tensors)
            if given.refused:
                self._run_as_ever(key, given.refused)
            if key in self._eager or self._in_vain > IN_VAIN or stance.now == "eager_on_recompile":
                return self.function(*args, **kwargs)
            if stance.now == "fail_on_recompile":
                raise RuntimeError(
                    f"compile: nothing is recorded of {self.name} for these arguments; the stance is {stance.now}"
                )
            return self._record(given, args, kwargs)
        finally:
            self._lock.release()

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """Call it with these arguments until it is replayed, and list what a replay does, with its times.

        What is marked by a line at its left is called from compiled code, in one go. Blocks of calls that come several
        times in a row stand there once, with the times of all of them together; of a call that gives several arrays
        one is told. If it isn't replayed, a sentence says why.

        >>> step = autograd.compile(lambda x: (x * 2).tanh())
        >>> print(step.explain(autograd.ones(3)))  # doctest: +ELLIPSIS +NORMALIZE_WHITESPACE
              µs  call...gives
             ... mul                           float32 (3,)
             ... tanh                          float32 (3,)
             ...  2 calls
        buffers of 12 bytes, which take turns in 64
        """
        for _ in range(TRIED):
            given = Given(args, kwargs)
            for recording in self._recordings.get(given.key, ()):
                if recording.fits(given.tensors):
                    return recording.explained(given.tensors)
            self(*args, **kwargs)
        return f"{self.name} runs as ever: {self.reason or 'what it closes over changes at each call'}"

    def recording_of(self, args: Any, kwargs: Any) -> Recording | None:
        """The one that a call with these arguments would be replayed from, if there is one."""
        given = Given(args, kwargs)
        found = (one for one in self._recordings.get(given.key, ()) if one.fits(given.tensors))
        return next(found, None)

    def last_recording(self) -> Recording | None:
        """The one that was made last, of those that are kept."""
        found = list(self._recordings.values())
        return found[-1][0] if found else None

    def _record(self, given: Given, args: Any, kwargs: Any) -> Any:
        key = given.key
        self._in_vain += 1
        if self._in_vain > IN_VAIN:
            self._run_as_ever(key, f"its arguments, or what it closes over, are others at each call. {advice.NUMBERS}")
            for tried in (self._first, self._tries, self._eager):
                tried.clear()
            return self.function(*args, **kwargs)
        first = self._first.get(key)
        beside = first is not None and self._tries[key] == 1 and first.is_plain and first.fits(given.tensors)
        if first is not None and beside and LENDING.acquire(blocking=False):
            try:
                return self._run_beside(first, given, args, kwargs)
            finally:
                LENDING.release()
        state = State([self.function, *given.objects])
        if state.refused:
            self._run_as_ever(key, state.refused)
            return self.function(*args, **kwargs)
        learn_functions()
        recorder = Recorder(given.tensors, state.tensors)
        thread.recording = True
        try:
            result = recorder.run(self.function, args, kwargs)
        finally:
            thread.recording = False
        self._tries[key] = self._tries.get(key, 0) + 1
        try:
            if recorder.reason:
                raise Unfit(recorder.reason)
            after = Given(args, kwargs)
            if after.key != key or list(map(id, after.tensors)) != list(map(id, given.tensors)):
                raise Unfit(f"it changes its arguments. {advice.RETURN}")
            if recorder.reads_settings:
                state.watch_settings()
                if recorder.schedules:
                    raise Unfit(f"it reads settings that a scheduler changes. {advice.SCHEDULER}")
            if state.draws():
                raise Unfit(f"it draws random numbers from Python's random or from NumPy. {advice.RANDOM}")
            recording = Recording(self.name, recorder, state, given.tensors, result, self._tell_of_way_back)
        except Unfit as error:
            self._run_as_ever(key, str(error))
            return result
        before = self._first.pop(key, None)
        try:
            if not recording.settled():
                raise Difference(f"what it closes over changes while it runs. {advice.KEEP}")
            if before is not None:
                recording.confirm(before)
                self._keep(key, recording)
                return result
        except Difference as error:
            if self._tries[key] >= TRIED:
                self._run_as_ever(key, str(error))
                return result
        if recording.settled():
            self._first[key] = recording
        return result

    def _run_beside(self, first: Recording, given: Given, args: Any, kwargs: Any) -> Any:
        """Run a second time what ``first`` is a recording of, and keep that if it did the same."""
        key, second = given.key, Second(first.tape, given.tensors, first.state)
        thread.recording = True
        try:
            result = second.run(self.function, args, kwargs)
        finally:
            thread.recording = False
        self._tries[key] += 1
        del self._first[key]
        after = Given(args, kwargs)
        if after.key != key or list(map(id, after.tensors)) != list(map(id, given.tensors)):
            second.differ("it changes its arguments")
        with contextlib.suppress(Difference):
            first.confirm_by(second, result)
            self._keep(key, first)
        return result

    def _keep(self, key: Any, recording: Recording) -> None:
        self._recordings.setdefault(key, []).insert(0, recording)
        self._tries.pop(key, None)
        self._in_vain = 0
        if sum(map(len, self._recordings.values())) > self.limit:
            oldest = next(iter(self._recordings))
            self._recordings[oldest].pop()
            if not self._recordings[oldest]:
                del self._recordings[oldest]

    def _run_as_ever(self, key: Any, reason: str) -> None:
        """Replay nothing for arguments like these, and say why, if that isn't known yet."""
        self._eager.add(key)
        if not self.reason or self.fullgraph:
            self.reason = reason
            self._tell(f"{self._where()} runs as ever: {reason}")

    def _tell_of_way_back(self, reason: str) -> None:
        """Say, once, why gradients come back as ever."""
        if not self._told_of_way_back:
            self._told_of_way_back = True
            self._tell(f"gradients come back through {self._where()} as ever: {reason}")

    def _where(self) -> str:
        """Its name, and of a function that has none where it is written."""
        code = getattr(self.function, "__code__", None)
        if code is None or not self.name.startswith("<"):
            return self.name
        return f"{self.name} of {os.path.basename(code.co_filename)}:{code.co_firstlineno}"

    def _tell(self, text: str) -> None:
        """Warn at the line of the user's that led here; an error, if that was asked for."""
        if self.fullgraph:
            raise RuntimeError(f"compile: {text}")
        frame, level = sys._getframe(), 1
        while frame.f_back is not None and is_ours(frame.f_code):
            frame, level = frame.f_back, level + 1
        warnings.warn(f"compile: {text}", stacklevel=level)


def is_compiled_module(thing: Any) -> bool:
    return above.OptimizedModule is not None and isinstance(thing, above.OptimizedModule)


def is_watched() -> bool:
    """Whether somebody looks at what runs, who would see nothing of a replay, or wants nothing replayed."""
    modes = debug.modes
    watched = bool(debug.watchers) or modes.anomaly or modes.freeze or bool(modes.packing)
    return watched or stance.now == "force_eager"


class Given:
    """The arguments of a call: ``tensors`` among them, other ``objects``, and a ``key`` that says the rest."""

    def __init__(self, args: Any, kwargs: Any) -> None:
        self.tensors: list[Tensor] = []
        self.objects: list[Any] = []
        self.refused = ""
        parts = tuple([self._described(arg) for arg in args])
        if kwargs:
            parts += tuple([(name, self._described(arg)) for name, arg in kwargs.items()])
        # On other numbers of threads work is divided in another way.
        mode = is_grad_enabled(), is_inference_mode_enabled(), get_default_dtype()
        self.key = parts, mode, threads.threads, threads.deterministic

    def _described(self, thing: Any) -> Any:
        if isinstance(thing, Tensor):
            return self._tensor(thing)
        kind = type(thing)
        if kind is float:
            return kind, thing.hex()
        if thing is None or kind in (int, bool, str, bytes):
            return kind, thing
        if kind in (tuple, list):
            return kind, *map(self._described, thing)
        if kind is dict:
            return kind, *((key, self._described(part)) for key, part in thing.items())
        if isinstance(thing, (tuple, list, set, frozenset, deque, dict)) or is_dataclass(kind):
            return self._collection(kind, thing)
        if isinstance(thing, (np.ndarray, np.generic)):
            self.refused = f"an argument is an array of NumPy, whose values may be others each time. {advice.ARGUMENT}"
        self.objects.append(thing)
        return kind, id(thing)

    def _collection(self, kind: type, thing: Any) -> Any:
        """One of a class that is made for what it has, and is another object in each call."""
        # What its methods see.
        self.objects.append(kind)
        parts = thing.items() if isinstance(thing, dict) else () if is_dataclass(kind) else thing
        attributes = [*getattr(thing, "__dict__", {}).items()]
        attributes += [(name, getattr(thing, name)) for name in members_of(kind) if hasattr(thing, name)]
        return kind, *map(self._described, parts), *map(self._described, attributes)

    def _tensor(self, tensor: Tensor) -> Any:
        for place, other in enumerate(self.tensors):
            if other is tensor:
                return place
        if above.is_uninitialized(tensor):
            self.refused = "an argument is a parameter that has no array yet"
            return None
        self.tensors.append(tensor)
        array, node = tensor.array, tensor.node
        kind = 0 if node is None else 1 if node.op is None else 2
        if kind == 1 and (has_hooks(node) or node.accumulated):  # type: ignore[union-attr,arg-type]  # it is there
            kind = 3
        return type(tensor), array.shape, array.strides, array.dtype.char, kind

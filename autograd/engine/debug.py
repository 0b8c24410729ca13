"""Modes that find mistakes: which forward line made a NaN of the backward pass, and who overwrote a saved array.

While one is on, ``Node.saved`` is a property that sees every call as it is recorded; while none is, it is the plain
slot and costs nothing. What looks at a backward pass wraps the walk: see ``watchers``.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .node import Node
from .packing import SLOT, pack
from .tensor import Tensor
from .versions import arrays_in, owner
from .walk import Steps

if TYPE_CHECKING:
    import traceback

HERE = os.path.dirname(os.path.dirname(__file__))
FRAMES = 5

# Each takes the steps of a walk and yields them on, having looked at every one.
watchers: list[Callable[[Steps], Steps]] = []


class _Modes:
    anomaly = False
    check_nan = True
    freeze = False
    # What is said to whoever asks for hooks where there may be none.
    unpackable: str | None = None
    # The innermost hooks come last.
    packing: ClassVar[list[tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = []


modes = _Modes()


class _Frozen:
    """Memory that graphs have saved: how often, and its arrays, the owner first, with whether they were writeable."""

    __slots__ = ("arrays", "count")

    def __init__(self) -> None:
        self.arrays: dict[int, tuple[np.ndarray[Any, Any], bool]] = {}
        self.count = 0


# By the identity of the array that owns the memory.
_frozen: dict[int, _Frozen] = {}


def is_anomaly_enabled() -> bool:
    """Whether `set_detect_anomaly` or `detect_anomaly` is on.

    >>> import autograd
    >>> with autograd.detect_anomaly():
    ...     autograd.is_anomaly_enabled()
    True
    """
    return modes.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether a backward pass looks for NaN.

    >>> import autograd
    >>> with autograd.detect_anomaly(check_nan=False):
    ...     autograd.is_anomaly_check_nan_enabled()
    False
    """
    return modes.anomaly and modes.check_nan


class _Switch:
    """Sets a mode at once, and as a context manager puts it back at the end of the block."""

    def __init__(self, **settings: bool) -> None:
        self.before = {name: getattr(modes, name) for name in settings}
        _set(settings)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        _set(self.before)


class set_detect_anomaly(_Switch):
    """Turn the search for NaN on or off, at once or for a block; see `detect_anomaly`.

    >>> import autograd
    >>> autograd.set_detect_anomaly(False)  # doctest: +ELLIPSIS
    <...set_detect_anomaly object at ...>
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(anomaly=mode, check_nan=check_nan)


class detect_anomaly(_Switch):
    """A block in which a NaN that comes up in a backward pass raises RuntimeError, naming the forward line it is from.

    The forward pass must run in such a block too. It is slow: every call keeps where it was made.

    >>> import autograd
    >>> x = autograd.tensor(0., requires_grad=True)
    >>> with autograd.detect_anomaly():
    ...     y = x.sqrt() * 0
    ...     try:
    ...         y.backward()
    ...     except RuntimeError as error:
    ...         print(str(error).partition(";")[0])
    Function 'SqrtBackward0' returned nan values in its 0th output
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.settings = {"anomaly": True, "check_nan": check_nan}

    def __enter__(self) -> None:
        super().__init__(**self.settings)


class set_freeze_saved(_Switch):
    """Turn the freezing of saved arrays on or off, at once or for a block; see `freeze_saved`."""

    def __init__(self, mode: bool) -> None:
        super().__init__(freeze=mode)


class freeze_saved(set_freeze_saved):
    """A block in which arrays that a graph has saved are read-only until the graph lets go of them.

    So a write to the memory that no Tensor knows of, such as through ``x.numpy()``, raises ValueError where it happens.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.freeze_saved():
    ...     y = (x * x).sum()
    ...     x.detach().numpy()[0] = 5
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """

    def __init__(self) -> None:
        super().__init__(True)


def packing(hooks: tuple[Callable[[Any], Any], Callable[[Any], Any]] | None) -> None:
    """Let what is saved from here on be packed by ``hooks``, or for None by those that were there before the last."""
    if hooks is None:
        modes.packing.pop()
    elif modes.unpackable is not None:
        raise RuntimeError(modes.unpackable)
    else:
        modes.packing.append(hooks)
    _set({})


def forbid_packing(message: str | None) -> str | None:
    """Let RuntimeError with ``message`` be what `packing` says from here on; None: nothing. Returns what it was.

    RuntimeError with it at once where hooks are there.
    """
    if message is not None and modes.packing:
        raise RuntimeError(message)
    before, modes.unpackable = modes.unpackable, message
    return before


def _set(settings: dict[str, bool]) -> None:
    for name, value in settings.items():
        setattr(modes, name, value)
    node: Any = Node
    watchers[:] = [watch for watch in watchers if watch is not without_nan]
    if is_anomaly_check_nan_enabled():
        watchers.append(without_nan)
    if not modes.freeze:
        for key in list(_frozen):
            _thaw(key)
    if modes.anomaly or modes.freeze or modes.packing:
        node.saved = property(SLOT.__get__, _save)
        node.__del__ = _let_go
    elif node.saved is not SLOT:
        node.saved = SLOT
        del node.__del__


def _save(node: Node, value: Any) -> None:
    _let_go(node)
    if modes.packing:
        value = pack(node, value, modes.packing[-1])
    SLOT.__set__(node, value)
    if modes.anomaly and isinstance(value, tuple):
        node.trace = _forward_lines()
    if modes.freeze:
        for array in _memory(node):
            memory = _frozen.setdefault(id(owner(array)), _Frozen())
            memory.count += 1
            for one in (owner(array), array):
                memory.arrays.setdefault(id(one), (one, one.flags.writeable))
                one.flags.writeable = False


def _let_go(node: Node) -> None:
    """Make the arrays that ``node`` saved writeable again, unless another node has saved them."""
    for array in _memory(node):
        memory = _frozen.get(id(owner(array)))
        if memory is not None:
            memory.count -= 1
            if not memory.count:
                _thaw(id(owner(array)))


def _thaw(key: int) -> None:
    for array, writeable in _frozen.pop(key).arrays.values():
        if writeable:
            array.flags.writeable = True


def _memory(node: Node) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays that ``node`` saved for its rules."""
    try:
        saved = SLOT.__get__(node)
    except AttributeError:
        return
    if not isinstance(saved, tuple) or node.op is None:
        return
    # What passes no gradient a fused op may write to itself: running means.
    constant = {i + 1 for i, rule in enumerate(node.op.rules) if rule is None and node.op.kind == "fused"}
    yield from arrays_in(value for i, value in enumerate(saved) if i not in constant)


def _forward_lines() -> Sequence[traceback.FrameSummary]:
    """Where the user's code is, outermost call first."""
    # Only those who look for a mistake wait for this import.
    import traceback

    return [frame for frame in traceback.extract_stack() if not frame.filename.startswith(HERE)][-FRAMES:]


def watched(steps: Steps) -> Steps:
    """``steps`` as every one of the watchers sees them."""
    for watch in watchers:
        steps = watch(steps)
    return steps


def without_nan(steps: Steps) -> Steps:
    """Yield ``steps``; RuntimeError where one of the gradients that a node passes back has a NaN."""
    for step in steps:
        _refuse_nan(step[0], step[2])
        yield step


def _refuse_nan(node: Node, contributions: Sequence[tuple[Node, Any]]) -> None:
    """Raise RuntimeError if one of the gradients that ``node`` passes back has a NaN."""
    for parent, contribution in contributions:
        values = [contribution.array if isinstance(contribution, Tensor) else contribution]
        if any(np.isnan(array).any() for array in arrays_in(map(np.asarray, values))):
            frames = getattr(node, "trace", None)
            where = "no forward line is known: run the forward pass under detect_anomaly() too"
            if frames:
                import traceback

                where = "the forward call that it belongs to:\n" + "".join(traceback.format_list(frames))
            raise RuntimeError(
                f"Function '{node.name()}' returned nan values in its {node.parents.index(parent)}th output; {where}"
            )

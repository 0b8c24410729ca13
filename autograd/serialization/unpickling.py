"""A reader of pickles that runs nothing.

A pickle is a program for a machine with a stack: its instructions push numbers, strings and containers, look up names
in modules, and call what they found. Here the names are those of a table, so that only what stands in it is ever
called, and an instruction that isn't in `_INSTRUCTIONS` stops the machine.
"""

from __future__ import annotations

import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import IO, Any

from ..engine.tensor import Tensor
from ..types.device import device
from ..types.dtypes import dtype

# What can be the key of a dict, or in a set; tuples of them too.
_KEYS = (str, int, float, bytes, type(None), dtype, device)
_LONGEST_KEY = 1000
# What functions copy is in the pickle once, at a byte an item or more; they may copy so many items more.
_COPIES = 1000


class Call:
    """A function that pickles may call, under the name that it has in them."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self.function = name, function


class Hidden:
    """What a pickle hands to a function and must not hand out, such as the storage of a Tensor."""

    what = "a part of a Tensor"


def refuse(name: str, why: str = "") -> pickle.UnpicklingError:
    """The error for a pickle that asks for what is called ``name``."""
    return pickle.UnpicklingError(
        f"load: the file wants to run {name}{why}. With weights_only=True Tensors, Parameters, numbers, strings, "
        "dtypes, and lists, tuples, sets and dicts of them are all that is read, and nothing in a file is run: of a "
        "module, save its state_dict(), or pass weights_only=False if you trust whoever made the file"
    )


def _hashed(key: Any) -> Any:
    """``key``, if it can be one of a dict. The parts of a tuple are counted, since its hash asks each of them."""
    parts = [key]
    for part in parts:
        if isinstance(part, tuple):
            if len(parts) + len(part) > _LONGEST_KEY:
                raise ValueError("a key of a dict is too long")
            parts.extend(part)
        elif not isinstance(part, _KEYS):
            raise ValueError(f"a {type(part).__name__} can't be a key of a dict")
    return key


def ordered(pairs: Any = ()) -> OrderedDict[Any, Any]:
    """An OrderedDict of the pairs that a pickle gives."""
    return OrderedDict((_hashed(key), value) for key, value in pairs)


def counter(counts: dict[Any, Any] | None = None) -> Counter[Any]:
    """A Counter of what a pickle says was counted."""
    return Counter({} if counts is None else dict(counts))


def members(values: list[Any]) -> set[Any]:
    """A set of the values that a pickle gives."""
    return {_hashed(value) for value in values}


class Unpickler:
    """Reads one pickle after the other from ``file``.

    names: what pickles may look up, by module and name with a space between them: a `Call`, or a value. lost: raises
    the error for a name that isn't there. storage: gives what a persistent id stands for.

    >>> file = io.BytesIO(pickle.dumps({"step": [1, 2.5]}))
    >>> Unpickler(file, {}, refuse, lambda given: None).load()
    {'step': [1, 2.5]}
    >>> file = io.BytesIO(pickle.dumps(print))
    >>> try:
    ...     Unpickler(file, {}, refuse, lambda given: None).load()
    ... except pickle.UnpicklingError as error:
    ...     print(str(error)[:42])
    load: the file wants to run builtins.print
    """

    def __init__(
        self,
        file: IO[bytes],
        names: Mapping[str, Any],
        lost: Callable[[str], Exception],
        storage: Callable[[Any], Any],
    ) -> None:
        self.file, self.names, self.lost, self.storage = file, names, lost, storage

    def load(self) -> Any:
        """The object of the next pickle. UnpicklingError if it would run anything, and ValueError if it is damaged."""
        import pickletools

        self.stack: list[Any] = []
        # Where the stack was at each mark that is open.
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.copied = 0
        for opcode, given, position in pickletools.genops(self.file):
            self.position = position or 0
            instruction = _INSTRUCTIONS.get(opcode.name)
            if instruction is None:
                raise ValueError(f"its pickle has the instruction {opcode.name}")
            instruction(self, given)
        return self.shown(self.pop())

    def shown(self, found: Any) -> Any:
        """``found``, if there is nothing in it that only functions may have."""
        containers, met = [found], set()
        while containers:
            value = containers.pop()
            if isinstance(value, Call):
                raise self.lost(value.name)
            if isinstance(value, Hidden):
                raise ValueError(f"{value.what} stands by itself")
            if isinstance(value, (list, tuple, dict)) and id(value) not in met:
                met.add(id(value))
                containers.extend(value.values() if isinstance(value, dict) else value)
        return found

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise ValueError("its pickle takes what isn't there")
        return self.stack.pop()

    def top(self, *kinds: type) -> Any:
        """What was pushed last, which is of one of these types."""
        value = self.pop()
        self.push(value)
        if not isinstance(value, kinds):
            raise ValueError(f"its pickle fills a {type(value).__name__}")
        return value

    def above_mark(self) -> list[Any]:
        if not self.marks:
            raise ValueError("its pickle takes what isn't there")
        start = self.marks.pop()
        found = self.stack[start:]
        del self.stack[start:]
        return found

    def several(self, count: int) -> list[Any]:
        return [self.pop() for _ in range(count)][::-1]

    def mark(self, _: Any) -> None:
        self.marks.append(len(self.stack))

    def remember(self, position: int) -> None:
        self.memo[position] = self.stack[-1]

    def memoize(self, _: Any) -> None:
        self.remember(len(self.memo))

    def recall(self, position: int) -> None:
        self.push(self.memo[position])

    def append(self, _: Any) -> None:
        value = self.pop()
        self.top(list).append(value)

    def appends(self, _: Any) -> None:
        values = self.above_mark()
        self.top(list).extend(values)

    def add_items(self, _: Any) -> None:
        values = self.above_mark()
        self.top(set).update(map(_hashed, values))

    def set_items(self, pairs: list[Any]) -> None:
        mapping = self.top(dict)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            mapping[_hashed(key)] = value

    def look_up(self, name: str) -> None:
        """Push what has this name, which is a module's and an attribute's."""
        module, _, attribute = name.partition(" ")
        if name not in self.names:
            raise self.lost(f"{module}.{attribute}")
        self.push(self.names[name])

    def look_up_strings(self, _: Any) -> None:
        self.look_up(" ".join(map(str, self.several(2))))

    def call(self, _: Any) -> None:
        function, given = self.several(2)
        if not isinstance(function, Call) or not isinstance(given, tuple):
            raise ValueError(f"its pickle calls a {type(function).__name__}")
        self.copied += sum(len(part) for part in given if isinstance(part, (list, tuple, dict)))
        if self.copied > _COPIES + self.position:
            raise ValueError("its pickle copies the same again and again")
        self.push(function.function(*given))

    def call_of_old(self, name: str) -> None:
        """What classes of Python 2 were made by, none of which is known here."""
        raise self.lost(name.replace(" ", "."))

    def new_dict(self, _: Any) -> None:
        pairs = self.above_mark()
        self.push({})
        self.set_items(pairs)

    def build(self, _: Any) -> None:
        """Give an object its attributes: those of an OrderedDict are a state dict's versions; no other has any."""
        state = self.pop()
        found = self.top(OrderedDict, Tensor)
        if isinstance(found, OrderedDict) and isinstance(state, dict) and "_metadata" in state:
            found._metadata = self.shown(state["_metadata"])  # type: ignore[attr-defined]


def _push(self: Unpickler, given: Any) -> None:
    self.push(given)


def _text(self: Unpickler, given: Any) -> None:
    # What Python 2 kept as bytes is text here.
    self.push(given if isinstance(given, str) else given.decode("latin-1"))


_INSTRUCTIONS: dict[str, Callable[[Unpickler, Any], None]] = {
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), lambda self, given: None),
    **dict.fromkeys(("INT", "LONG", "FLOAT", "BINFLOAT", "BININT", "BININT1", "BININT2", "LONG1", "LONG4"), _push),
    **dict.fromkeys(("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"), _push),
    **dict.fromkeys(("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"), _push),
    **dict.fromkeys(("STRING", "BINSTRING", "SHORT_BINSTRING"), _text),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), Unpickler.remember),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), Unpickler.recall),
    "NONE": lambda self, given: self.push(None),
    "NEWTRUE": lambda self, given: self.push(True),
    "NEWFALSE": lambda self, given: self.push(False),
    "EMPTY_LIST": lambda self, given: self.push([]),
    "EMPTY_TUPLE": lambda self, given: self.push(()),
    "EMPTY_DICT": lambda self, given: self.push({}),
    "EMPTY_SET": lambda self, given: self.push(set()),
    "DICT": Unpickler.new_dict,
    "LIST": lambda self, given: self.push(self.above_mark()),
    "TUPLE": lambda self, given: self.push(tuple(self.above_mark())),
    "TUPLE1": lambda self, given: self.push(tuple(self.several(1))),
    "TUPLE2": lambda self, given: self.push(tuple(self.several(2))),
    "TUPLE3": lambda self, given: self.push(tuple(self.several(3))),
    "SETITEM": lambda self, given: self.set_items(self.several(2)),
    "SETITEMS": lambda self, given: self.set_items(self.above_mark()),
    "MARK": Unpickler.mark,
    "MEMOIZE": Unpickler.memoize,
    "APPEND": Unpickler.append,
    "APPENDS": Unpickler.appends,
    "ADDITEMS": Unpickler.add_items,
    "GLOBAL": Unpickler.look_up,
    "STACK_GLOBAL": Unpickler.look_up_strings,
    "INST": Unpickler.call_of_old,
    "REDUCE": Unpickler.call,
    "NEWOBJ": Unpickler.call,
    "BUILD": Unpickler.build,
    "BINPERSID": lambda self, given: self.push(self.storage(self.pop())),
}

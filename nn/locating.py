"""An error from deep in a network says in which layer it was raised."""

from __future__ import annotations

from typing import Any

from .tree import Tree


class Place(str):
    """The note on an exception that names the innermost module it was raised in."""

    __slots__ = ("module",)
    module: Tree

    def __reduce__(self) -> tuple[Any, ...]:
        # Where the exception goes to another process, the module doesn't.
        return str, (str(self),)


def locate(caller: Any, error: Exception) -> None:
    """Note on ``error``, which left the call of ``caller``, the place of the module that it was raised in.

    The innermost call makes the note; each call around it puts the name in there by which it knows that module, so that
    in the end it is the whole path from the outermost one.
    """
    notes = error.__dict__.get("__notes__", ())
    place = next((note for note in notes if isinstance(note, Place)), None)
    module = caller if place is None else place.module
    try:
        path = next((path for path, one in Tree.named_modules(caller) if one is module), None)
    except Exception:
        # A model that never came to be whole can't be looked through; what it raised is told as it is.
        return
    if path is None:
        return
    made = Place(f"in {path} ({_headline(module)})" if path else f"in {_headline(module)}")
    made.module = module
    if place is None:
        error.add_note(made)
    else:
        error.__notes__[error.__notes__.index(place)] = made


def _headline(module: Any) -> str:
    """How ``module`` is printed, without the modules in it."""
    try:
        return f"{type(module).__name__}({module.extra_repr()})"
    except Exception:
        # It may have raised before it had all that it prints.
        return type(module).__name__

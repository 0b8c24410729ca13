"""Nested tuples, lists and dicts as one flat list: what functions of several Tensors take and return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """What is no tuple, list or dict in ``tree``, from left to right.

    >>> leaves({"a": (1, [2]), "b": None})
    [1, 2, None]
    """
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, (tuple, list)):
        return [tree]
    return [leaf for part in tree for leaf in leaves(part)]


def rebuilt(tree: Any, values: Iterable[Any]) -> Any:
    """``tree`` with ``values`` in place of its leaves, from left to right.

    >>> rebuilt({"a": (1, [2]), "b": None}, "xyz")
    {'a': ('x', ['y']), 'b': 'z'}
    """
    following = iter(values)
    return mapped(lambda _: next(following), tree)


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """``tree`` with ``function`` applied to each leaf.

    >>> mapped(abs, [-1, (2, -3)])
    [1, (2, 3)]
    """
    if isinstance(tree, dict):
        made = copy(tree)
        made.update((key, mapped(function, part)) for key, part in tree.items())
        return made
    if isinstance(tree, (tuple, list)):
        parts = [mapped(function, part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return function(tree)


def leaves_along(pattern: Any, tree: Any, prefix: bool = False) -> Iterator[Any]:
    """The leaves of ``tree`` in the order of ``pattern``; ValueError unless both are built alike.

    prefix: a leaf of ``tree`` may stand for a whole branch of ``pattern``, and counts for each leaf there.

    >>> list(leaves_along({"a": 1, "b": (2, 3)}, {"b": 5, "a": 4}, prefix=True))
    [4, 5, 5]
    """
    if not isinstance(pattern, (tuple, list, dict)) and not isinstance(tree, (tuple, list, dict)):
        yield tree
    elif isinstance(pattern, dict) and isinstance(tree, dict) and pattern.keys() == tree.keys():
        for key in pattern:
            yield from leaves_along(pattern[key], tree[key], prefix)
    elif (
        isinstance(pattern, (tuple, list))
        and isinstance(tree, tuple if isinstance(pattern, tuple) else list)
        and len(pattern) == len(tree)
    ):
        for branch, part in zip(pattern, tree):
            yield from leaves_along(branch, part, prefix)
    elif prefix and not isinstance(tree, (tuple, list, dict)):
        yield from (tree for _ in leaves(pattern))
    else:
        raise ValueError(f"{described(tree)} is not built as {described(pattern)}")


def described(tree: Any) -> str:
    """How ``tree`` is built, with a star for each leaf.

    >>> described({"a": (1, [2])})
    "{'a': (*, [*])}"
    """

    class Star:
        def __repr__(self) -> str:
            return "*"

    return repr(mapped(lambda _: Star(), tree))

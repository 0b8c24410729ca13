"""The version of PyTorch whose names and behaviour are followed."""

from __future__ import annotations

import re
from typing import Any


class Version(str):
    """A version that is a string, and compares by its numbers with another string or a tuple.

    >>> from autograd.torch.version import Version
    >>> Version("2.13.0") >= "2.2", Version("2.13.0+local") > (2, 12), "2.13.0+local".startswith("2.13")
    (True, True, True)
    """

    def __lt__(self, other: Any) -> bool:
        return numbers(self) < numbers(other)

    def __le__(self, other: Any) -> bool:
        return numbers(self) <= numbers(other)

    def __gt__(self, other: Any) -> bool:
        return numbers(self) > numbers(other)

    def __ge__(self, other: Any) -> bool:
        return numbers(self) >= numbers(other)

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) or (isinstance(other, (str, tuple)) and numbers(self) == numbers(other))

    __hash__ = str.__hash__


def numbers(version: Any) -> tuple[int, ...]:
    """The numbers of a version, up to what follows them: ``"2.13.0+cpu"`` and ``(2, 13)`` have (2, 13, 0).

    >>> numbers("2.13.0+cpu"), numbers((2, 13))
    ((2, 13, 0), (2, 13, 0))
    """
    text = version if isinstance(version, str) else ".".join(map(str, version))
    found = re.match(r"\d+(\.\d+)*", text)
    parts = [int(part) for part in found[0].split(".")] if found else []
    return (*parts, *[0] * (3 - len(parts)))


VERSION = __version__ = Version("2.13.0+chalkgrad")
# Of what PyTorch was built with there is nothing here.
cuda = hip = xpu = git_version = None
debug = False

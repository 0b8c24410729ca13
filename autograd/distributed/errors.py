"""What goes wrong between ranks."""

from __future__ import annotations

from collections.abc import Mapping


class DistError(RuntimeError):
    """Something went wrong between ranks."""


class DistBackendError(DistError):
    """A call that other ranks had to take part in failed on this one.

    causes: by rank, what became of those on whom it failed, where that is known.
    """

    def __init__(self, message: str, causes: Mapping[int, str] | None = None) -> None:
        super().__init__(message)
        self.causes = dict(causes or {})


def listed(what: Mapping[int, str]) -> str:
    """Ranks with what is said of each; those of whom the same is said are named together.

    >>> listed({0: "waits", 1: "was killed", 2: "waits"})
    'ranks 0 and 2: waits; rank 1: was killed'
    """
    together: dict[str, list[int]] = {}
    for rank in sorted(what):
        together.setdefault(what[rank], []).append(rank)
    return "; ".join(f"{ranked(ranks)}: {text}" for text, ranks in together.items())


def ranked(ranks: list[int]) -> str:
    """Ranks by name.

    >>> ranked([1]), ranked([0, 2]), ranked([0, 1, 3])
    ('rank 1', 'ranks 0 and 2', 'ranks 0, 1 and 3')
    """
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}"

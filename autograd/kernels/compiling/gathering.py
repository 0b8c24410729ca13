"""Importing all files of a folder, for what they register."""

from __future__ import annotations

import os
from importlib import import_module


def import_files(package: str, folder: str) -> None:
    """Import the files of a package that lie in ``folder``, in the order of their names."""
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and not name.startswith("_"):
            import_module(f"{package}.{name[:-3]}")

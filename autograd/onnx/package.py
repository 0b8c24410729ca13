"""The package ``onnx``, which knows the format: an extra, imported when something is exported or loaded."""

from __future__ import annotations

import importlib
from typing import Any


def onnx_package() -> Any:
    """The package ``onnx``; ImportError that says how to install it."""
    try:
        return importlib.import_module("onnx")
    except ImportError as error:
        raise ImportError("autograd.onnx needs the package onnx: pip install 'chalkgrad[onnx]'") from error

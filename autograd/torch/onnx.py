"""``torch.onnx``: what libraries say of their own ops, to an exporter that isn't here."""

from __future__ import annotations

import sys
from typing import Any


def register_custom_op_symbolic(*args: Any, **options: Any) -> None:
    """Nothing."""


unregister_custom_op_symbolic = register_custom_op_symbolic


def is_in_onnx_export() -> bool:
    """False."""
    return False


def parse_args(*kinds: str) -> Any:
    """What decorates a function with itself."""
    return lambda decorated: decorated


symbolic_helper = symbolic_opset11 = symbolic_registry = sys.modules[__name__]

"""``torch.utils.cpp_extension``: what would compile C++ against PyTorch."""

from __future__ import annotations

from typing import Any

from .names_only import Nothing

CUDA_HOME = ROCM_HOME = None
IS_HIP_EXTENSION = False


def load(name: str, *args: Any, **options: Any) -> Any:
    """RuntimeError: there is no PyTorch to compile against."""
    raise RuntimeError(f"torch.utils.cpp_extension: {name} is written in C++ for PyTorch, which isn't here")


load_inline = CppExtension = CUDAExtension = load


class BuildExtension(Nothing):
    """What compiles while a package is installed."""

"""Tensors, and what they are kept in, as files: in a format of our own, as safetensors, and as PyTorch keeps them.

`saving` chooses the format by the file's name and `loading` by what is in it; `own`, `safetensors` and `pytorch` are
one format each. Nothing in a file is ever run, so that a file from anyone can be loaded.
"""

from __future__ import annotations

import sys

from ..creation import generator, layout
from ..engine import tensor
from ..types import device, dtypes
from .loading import load
from .saving import save

__all__ = ["load", "save"]

# Under these names pickles know the modules of what is in them that were written when the package was one folder.
for _module in (tensor, dtypes, device, generator, layout):
    sys.modules[f"autograd.{_module.__name__.rpartition('.')[2]}"] = _module

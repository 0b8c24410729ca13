"""Rows of questions about Tensors."""

import numpy as np

from .rows import row
from .types import OF_EVERY_KIND

row("is_floating_point", lambda x: x.dtype.kind == "f", *OF_EVERY_KIND)
row("numel", np.size, *OF_EVERY_KIND)

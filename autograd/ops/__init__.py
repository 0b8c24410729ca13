"""All operations, one file a family. ``OPS`` is the registry that everything else follows from."""

from importlib import import_module
from pkgutil import iter_modules

from .op import OPS, Op, op, usage

__all__ = ["OPS", "Op", "op", "usage"]

# Importing a family registers its ops.
for _family in iter_modules(__path__, f"{__name__}."):
    import_module(_family.name)

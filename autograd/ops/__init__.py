"""All operations, one file a family. ``OPS`` is the registry that everything else follows from."""

from importlib import import_module
from pathlib import Path

from .op import OPS, Op, op, usage

__all__ = ["OPS", "Op", "op", "usage"]

# Importing a family registers its ops.
for _family in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_family.stem}")

"""The table that every op is tested by: a row an op, with what to call it on and what NumPy and PyTorch say to that.

Functions that are composed of ops have rows too, under their public names, such as ``sort`` or ``linalg.norm``.

A row reads::

    row("log", np.log, *unary(low=0.1), fails(TypeError, "expected a Tensor", [1.0]))

the name of the op, the same function in NumPy, its samples, its errors; ``torch=`` where PyTorch's name or signature is
another. The row of an op is in the file that is named as the op's own: that of ``autograd/ops/scan.py`` has its rows in
``scan.py``. Adding an op takes a row there and nothing else.

``rows.py`` says what a row is. What several families are tested on is in ``arrays.py``, ``matrices.py``,
``elementwise.py`` and ``dimensions.py``; ``adjoints.py`` has the reference of ops that are the adjoint of another.

Float arrays are written in float64, and the tests make float32 of them as they need. The kinds of sample:

``smooth``
    a point at which the op is differentiable: values, first and second derivatives.
``edge``
    infinities, ties and kinks: the value, and the gradient that PyTorch has there.
``value``
    where a gradient means nothing, such as NaN: the value only.
``typed``
    arguments in the dtypes they have, floats too, and the dtype of the result.
"""

from importlib import import_module
from pathlib import Path

from .rows import ROWS, Failure, Row, Sample

__all__ = ["ROWS", "Failure", "Row", "Sample"]

# Importing a family adds its rows.
for _family in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_family.stem}")

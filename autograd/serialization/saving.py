"""Writing files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import IO, Any

from ..utils.files import replacing
from .encoding import Unencodable

File = str | os.PathLike[str] | IO[bytes]
FORMATS = ("chalkgrad", "pt", "safetensors")
# The formats of files whose names end like this.
ENDINGS = {".pt": "pt", ".pth": "pt", ".safetensors": "safetensors"}

# Of pickle, the first that keeps large arrays as they are.
PROTOCOL = 4


def save(
    obj: Any,
    f: File,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    *,
    format: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write ``obj`` to the path or file ``f``: Tensors, numbers, strings, None, and lists, tuples, sets and dicts of
    what can be saved; such as the ``state_dict()`` of a module or an optimizer.

    format: ``"chalkgrad"``, our own; ``"pt"``, which `torch.load` reads (with ``weights_only=True`` too); or
    ``"safetensors"``, for a dict of Tensors with ``metadata`` of names and texts. If None, the last two are for names
    that end with ``.pt`` or ``.pth``, and ``.safetensors``, and the first for all others. The arguments before it are
    PyTorch's and have no effect.

    Tensors that share memory still do so when they are loaded, unless from safetensors; gradients are left behind.
    Anything else, such as a module as a whole, is written by Python's pickle unless for safetensors: `load` reads it
    with ``weights_only=False``, for which its classes must be where they were. TypeError, or what pickle raises, for
    what can't be saved, before anything is written. A file that is there already is replaced once the new one is
    complete, and not before.

    >>> file = io.BytesIO()
    >>> autograd.save({"weight": autograd.ones(2), "step": 3}, file)
    >>> _ = file.seek(0); autograd.load(file)
    {'weight': tensor([1., 1.]), 'step': 3}
    """
    if format is None:
        ending = os.path.splitext(os.fspath(f))[1].lower() if isinstance(f, (str, os.PathLike)) else ""
        format = ENDINGS.get(ending, "chalkgrad")
    if format not in FORMATS:
        raise ValueError(f"save: there is no format {format!r}; there are {', '.join(map(repr, FORMATS))}")
    if metadata is not None and format != "safetensors":
        raise ValueError(f"save: metadata is for safetensors; in a file of the format {format!r} put it into obj")
    write = _prepared(obj, format, metadata)
    with replacing(f) if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        write(file)


def _prepared(obj: Any, format: str, metadata: Mapping[str, str] | None) -> Callable[[IO[bytes]], object]:
    """What writes ``obj`` to a file. A format is imported when the first file is written in it."""
    if format == "safetensors":
        from . import safetensors

        return safetensors.prepared(obj, metadata)
    from . import own, pytorch

    try:
        return (pytorch if format == "pt" else own).prepared(obj)
    except Unencodable:
        import pickle

        return pytorch.archived(pickle.dumps(obj, PROTOCOL))

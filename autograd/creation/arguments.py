"""What is common to all that make Tensors: sizes, a dtype, a device, and whether a gradient is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from ..engine.out import into
from ..engine.tensor import Tensor, wrap
from ..types.device import only_cpu
from ..types.dtypes import AbsentType, get_default_dtype, numpy_dtype
from .layout import strided

F = TypeVar("F", bound=Callable[..., Any])


def finish(array: np.ndarray[Any, Any], requires_grad: bool, device: Any = None) -> Tensor:
    """A leaf on ``array``."""
    only_cpu("device", device)
    made = wrap(array, None)
    return made.requires_grad_() if requires_grad else made


def with_out(make: F) -> F:
    """``make``, which makes a Tensor, and which then takes ``out=``: a Tensor to write it into, in its dtype."""

    @functools.wraps(make)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and "out" in kwargs:
            out = kwargs.pop("out")
            if isinstance(out, Tensor):
                kwargs.setdefault("dtype", out.dtype)
            return into(make.__name__, out, make(*args, **kwargs))
        return make(*args, **kwargs)

    return cast(F, call)


def with_layout(make: F) -> F:
    """``make``, which makes a Tensor, and which then takes ``layout=`` and ``pin_memory=``: there is one layout.

    RuntimeError for another than ``strided``. Without a GPU, all memory is as it would be pinned for.
    """

    @functools.wraps(make)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            kwargs.pop("pin_memory", None)
            if kwargs.pop("layout", strided) not in (strided, None):
                raise RuntimeError(f"{make.__name__}(): Tensors are strided here; another layout is out of scope")
        return make(*args, **kwargs)

    return cast(F, call)


def sizes_of(name: str, given: Sequence[Any], size: Any = None) -> tuple[int, ...]:
    """The sizes in ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))``.

    TypeError for what is no int, RuntimeError for a negative one.
    """
    if size is not None:
        if given:
            raise TypeError(f"{name}() got multiple values for argument 'size'")
        given = (size,)
    elif not given:
        raise TypeError(f"{name}() missing 1 required positional argument: 'size'")
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    try:
        sizes = tuple([s.__index__() for s in given if not isinstance(s, bool)])
    except (AttributeError, TypeError):
        sizes = ()
    if len(sizes) < len(given):
        raise TypeError(f"{name}(): sizes must be ints, not {', '.join(type(s).__name__ for s in given)}")
    if sizes and min(sizes) < 0:
        raise RuntimeError(f"{name}: Trying to create tensor with negative dimension: {list(sizes)}")
    return sizes


def kind(dtype: Any, elements: bool = True) -> np.dtype[Any]:
    """The NumPy dtype of ``dtype``, or of the default if it is None. Without elements it may be one that none has."""
    if not elements and isinstance(dtype, AbsentType):
        return dtype.of_none
    return numpy_dtype(get_default_dtype() if dtype is None else dtype)

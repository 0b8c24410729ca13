"""Element types, and PyTorch's rules for what a mix of them becomes."""

from __future__ import annotations

import builtins
import re
from typing import Any

import numpy as np

from .package import qualified


class dtype:
    """The element type of a Tensor, such as ``autograd.float32``; NumPy accepts it wherever it takes a dtype.

    >>> import autograd, numpy
    >>> autograd.float64, autograd.float64.itemsize, autograd.int32.is_floating_point
    (autograd.float64, 8, False)
    >>> numpy.zeros(2, autograd.float64).dtype
    dtype('float64')
    """

    __slots__ = ("dtype", "is_complex", "is_floating_point", "is_signed", "itemsize", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype = np.dtype(name)
        self.is_floating_point = self.dtype.kind == "f"
        self.is_complex = False
        self.is_signed = self.dtype.kind in "if"
        self.itemsize = self.dtype.itemsize

    def __repr__(self) -> str:
        return qualified(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)


float16 = half = dtype("float16")
float32 = float = dtype("float32")
float64 = double = dtype("float64")
uint8 = dtype("uint8")
int8 = dtype("int8")
int16 = short = dtype("int16")
int32 = int = dtype("int32")
int64 = long = dtype("int64")
bool = dtype("bool")

DTYPES = {d.dtype: d for d in (float16, float32, float64, uint8, int8, int16, int32, int64, bool)}
# What each is called in ``FloatTensor`` and ``FloatStorage``; in lower case so are the methods that convert to it.
OLD_NAMES: dict[dtype, str] = {
    float16: "Half",
    float32: "Float",
    float64: "Double",
    uint8: "Byte",
    int8: "Char",
    int16: "Short",
    int32: "Int",
    int64: "Long",
    bool: "Bool",
}
PYTHON_TYPES = {type(0): int64, type(0.0): float64, type(True): bool}


class AbsentType(dtype):
    """An element type of PyTorch's that no element here can have. It can be named, and asked what it is like."""

    __slots__ = ("of_none",)

    def __init__(self, name: str, itemsize: builtins.int, kind: str) -> None:
        self.name = name
        self.itemsize = itemsize
        self.is_floating_point = kind == "f"
        self.is_complex = kind == "c"
        self.is_signed = kind in "ifc"
        # Of a Tensor without elements, by which libraries ask how large one would be.
        self.of_none = np.dtype([(name, f"V{itemsize}")])

    # Whatever would make a Tensor of this type asks for it.
    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        raise TypeError(f"{self} is not supported; the types are {', '.join(map(repr, DTYPES.values()))}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)


ABSENT_TYPES = {
    name: AbsentType(name, itemsize, kind)
    for name, itemsize, kind in [
        *[("bfloat16", 2, "f"), ("float8_e4m3fn", 1, "f"), ("float8_e5m2", 1, "f")],
        *[("float8_e4m3fnuz", 1, "f"), ("float8_e5m2fnuz", 1, "f"), ("float8_e8m0fnu", 1, "f")],
        *[("float4_e2m1fn_x2", 1, "f"), ("complex32", 4, "c"), ("complex64", 8, "c"), ("complex128", 16, "c")],
        *[("uint16", 2, "u"), ("uint32", 4, "u"), ("uint64", 8, "u")],
        *[("quint8", 1, "u"), ("qint8", 1, "i"), ("qint32", 4, "i"), ("quint4x2", 1, "u"), ("quint2x4", 1, "u")],
    ]
}

ABSENT_OF_NONE = {d.of_none: d for d in ABSENT_TYPES.values()}

_default = float32


def _by_name(name: str) -> dtype:
    return ABSENT_TYPES[name] if name in ABSENT_TYPES else DTYPES[np.dtype(name)]


def get_default_dtype() -> dtype:
    """The type that Python floats become: ``autograd.float32`` unless `set_default_dtype` said otherwise.

    >>> import autograd
    >>> autograd.get_default_dtype()
    autograd.float32
    """
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the type that Python floats become in `tensor`, `zeros`, `rand` and in ops such as ``int / int``.

    Raises TypeError unless ``d`` is a floating-point type.

    >>> import autograd
    >>> autograd.set_default_dtype(autograd.float64); autograd.tensor(1.).dtype
    autograd.float64
    >>> autograd.set_default_dtype(autograd.float32)
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"set_default_dtype(): only floating-point types are supported as the default, not {d!r}")
    _default = d


def numpy_dtype(d: Any) -> np.dtype[Any]:
    """The NumPy dtype of one of ours, of a Python type (``float`` is float64), or of anything NumPy takes as one."""
    if isinstance(d, dtype):
        return d.dtype
    try:
        found = PYTHON_TYPES[d].dtype if d in PYTHON_TYPES else np.dtype(d)
    except TypeError:
        found = None
    if found not in DTYPES:
        raise TypeError(f"{d} is not supported; the types are {', '.join(map(repr, DTYPES.values()))}")
    return found


# Types that PyTorch has and NumPy hasn't, or that nothing here computes with.
ABSENT = re.compile("bfloat16|float[48]_.*|complex.*|c(half|float|double)|uint(16|32|64)|qu?int.*")


def absence(name: str) -> str:
    """What to say of ``autograd.name``, which there isn't."""
    text = f"module 'autograd' has no attribute {name!r}"
    if not ABSENT.fullmatch(name):
        return text
    return f"{text}: that dtype is not supported; the types are {', '.join(map(repr, DTYPES.values()))}"


def from_numpy_dtype(d: np.dtype[Any]) -> dtype:
    """Our name for a NumPy dtype; raises TypeError for one that has none."""
    try:
        return DTYPES[d]
    except KeyError:
        if d in ABSENT_OF_NONE:
            return ABSENT_OF_NONE[d]
        raise TypeError(f"can't make a Tensor of {d}; the types are {', '.join(map(repr, DTYPES.values()))}") from None


def canonical(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``array``, its dtype by the one object of ours for it: ops compare by identity, and unpickling makes others.

    A matrix of NumPy's and the like, whose operators mean something else, become ordinary arrays.
    Raises TypeError for a dtype that is none of ours.
    """
    array = np.asarray(array)
    dtype = from_numpy_dtype(array.dtype).dtype
    return array if array.dtype is dtype else array.view(dtype)


CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}
SCALAR_CATEGORY = {type(True): 0, type(0): 1, type(0.0): 2}


def result_dtype(arrays: list[np.ndarray[Any, Any]], scalars: list[Any]) -> np.dtype[Any]:
    """PyTorch's promotion: bool < integer < float; within a category, arrays with dimensions outrank 0-d arrays, and
        those outrank Python scalars, which never widen.

        >>> import numpy as np

    from .package import qualified
        >>> result_dtype([np.zeros(3, "float32"), np.zeros((), "float64")], [2.0])
        dtype('float32')
        >>> result_dtype([np.zeros(3, "int64")], [2.5])
        dtype('float32')
    """
    result: np.dtype[Any] | None = None
    category = -1
    for ranked in ([a for a in arrays if a.ndim], [a for a in arrays if not a.ndim]):
        found: np.dtype[Any] | None = None
        for a in ranked:
            found = a.dtype if found is None else wider(found, a.dtype)
        if found is not None and CATEGORY[found.kind] > category:
            category = CATEGORY[found.kind]
            result = found
    for scalar in scalars:
        if SCALAR_CATEGORY[type(scalar)] > category:
            category = SCALAR_CATEGORY[type(scalar)]
            result = (bool, int64, _default)[category].dtype
    assert result is not None
    return result


def wider(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The smallest type that holds both; a float beside integers stays as it is, as in PyTorch."""
    if CATEGORY[a.kind] == CATEGORY[b.kind]:
        return np.promote_types(a, b)
    return a if CATEGORY[a.kind] > CATEGORY[b.kind] else b


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The type that an op brings Tensors of these two types to; a float beside integers stays as it is.

    >>> import autograd
    >>> autograd.promote_types(autograd.int32, autograd.float16)
    autograd.float16
    >>> autograd.promote_types(autograd.uint8, autograd.int8)
    autograd.int16
    """
    for given in (type1, type2):
        if not isinstance(given, dtype):
            raise TypeError(f"promote_types(): expected dtypes, not {type(given).__name__}")
    return DTYPES[wider(type1.dtype, type2.dtype)]


def can_cast(from_: dtype, to: dtype) -> builtins.bool:
    """Whether an op may write what it has as ``from_`` into a Tensor of ``to``: never from a float to an integer, nor
    from a number to a bool.

    >>> import autograd
    >>> autograd.can_cast(autograd.float64, autograd.float32), autograd.can_cast(autograd.float32, autograd.int64)
    (True, False)
    """
    return CATEGORY[numpy_dtype(from_).kind] <= CATEGORY[numpy_dtype(to).kind]


def check_fits(name: str, values: np.ndarray[Any, Any], wanted: np.dtype[Any]) -> None:
    """Raise RuntimeError unless integers of type ``wanted`` can hold ``values``; -1 is 255 in uint8."""
    if wanted.kind not in "iu" or not values.size or values.dtype.kind not in "iuf":
        return
    high = np.iinfo(wanted).max
    low = np.iinfo(wanted).min if wanted.kind == "i" else -high
    smallest, largest = values.min().item(), values.max().item()
    # Written so that NaN does not fit.
    if not (low <= smallest and largest <= high):
        raise RuntimeError(f"{name}: a value can't be converted to {DTYPES[wanted]} without overflow")


# Of floats that no Tensor can have: the largest, the distance from 1 to the next, the smallest with all its digits, and
# the resolution.
LIMITS = {
    "bfloat16": ((2 - 2.0**-7) * 2.0**127, 2.0**-7, 2.0**-126, 0.01),
    "float8_e4m3fn": (448.0, 0.125, 2.0**-6, 1.0),
    "float8_e5m2": (57344.0, 0.25, 2.0**-14, 1.0),
    "float8_e4m3fnuz": (240.0, 0.125, 2.0**-7, 1.0),
    "float8_e5m2fnuz": (57344.0, 0.25, 2.0**-15, 1.0),
}


class _Limits:
    """What `finfo` and `iinfo` have in common: the limits of a type, by name."""

    kinds: str
    shown: tuple[str, ...]

    def __init__(self, type: dtype | None = None) -> None:
        self._type = numpy_dtype(_default if type is None else type)
        if self._type.kind not in self.kinds:
            raise TypeError(f"{self.__class__.__name__}: not for {DTYPES[self._type]}; there are finfo and iinfo")
        self.dtype = self._type.name
        self.bits = 8 * self._type.itemsize

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={self._text(name)}' for name in self.shown)})"

    def _text(self, name: str) -> str:
        value = getattr(self, name)
        return value if isinstance(value, str) else f"{value:.6g}"

    def __eq__(self, other: object) -> builtins.bool:
        return type(self) is type(other) and self.dtype == getattr(other, "dtype", None)

    def __hash__(self) -> builtins.int:
        return hash(self.dtype)


class finfo(_Limits):
    """The limits of a floating-point type, of the default one if none is given: ``eps`` is 1's distance to the next
    number, ``tiny`` the smallest number with all its digits.

    >>> import autograd
    >>> autograd.finfo(autograd.float32).eps
    1.1920928955078125e-07
    """

    kinds = "f"
    shown = ("resolution", "min", "max", "eps", "smallest_normal", "tiny", "dtype")

    def __init__(self, type: dtype | None = None) -> None:
        if isinstance(type, AbsentType) and type.name in LIMITS:
            self.dtype, self.bits = type.name, 8 * type.itemsize
            self.max, self.eps, self.tiny, self.resolution = LIMITS[type.name]
            self.min, self.smallest_normal = -self.max, self.tiny
            return
        super().__init__(type)
        limits = np.finfo(self._type)
        self.min, self.max, self.eps = limits.min.item(), limits.max.item(), limits.eps.item()
        self.tiny = self.smallest_normal = limits.smallest_normal.item()
        self.resolution = 10.0**-limits.precision


class iinfo(_Limits):
    """The limits of an integer type.

    >>> import autograd
    >>> autograd.iinfo(autograd.int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    kinds = "iu"
    shown = ("min", "max", "dtype")

    def __init__(self, type: dtype) -> None:
        super().__init__(type)
        limits = np.iinfo(self._type)
        self.min, self.max = limits.min, limits.max

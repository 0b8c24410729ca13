"""Every kernel with arguments that fit and with ones that don't, in arrays between pages that nobody may touch.

Run as a script, by a test of `test_kernels`: what reads or writes outside of an array ends the process. It prints each
kernel and each misfit before the call.
"""

import contextlib
import ctypes
import inspect
import itertools
import mmap

import numpy as np
from test_kernels import ARGUMENTS, single

from autograd.kernels.compiling.require import Misfit

# How many sets of arguments of each kernel are tried.
SETS = 2
PAGE = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long
libc.mprotect.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
libc.munmap.argtypes = ctypes.c_void_p, ctypes.c_size_t


@contextlib.contextmanager
def guarded(x, at_end):
    """A copy of ``x`` that ends, or begins, where a page does that can be neither read nor written."""
    size = -(-x.nbytes // PAGE) * PAGE
    memory = libc.mmap(None, size + 2 * PAGE, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    libc.mprotect(memory + PAGE, size, mmap.PROT_READ | mmap.PROT_WRITE)
    start = memory + PAGE + (size - x.nbytes if at_end else 0)
    made = np.frombuffer((ctypes.c_char * x.nbytes).from_address(start), np.uint8).view(x.dtype).reshape(x.shape)
    made[...] = x
    yield made
    libc.munmap(memory, size + 2 * PAGE)


def misfits(kernel, arguments):
    """The arguments with one of them changed, and what was. A table is nobody's to give: `plan_of` makes it."""
    for i, (name, each) in enumerate(zip(inspect.signature(kernel).parameters, arguments)):
        for change, other in () if name == "table" else changes(each):
            yield f"argument {i} {change}", (*arguments[:i], other, *arguments[i + 1 :])


def changes(argument):
    """What a size, a shape, or an index could be by mistake, of the same type."""
    if isinstance(argument, np.ndarray):
        for axis, size in enumerate(argument.shape):
            for fewer in {0, size // 2, size - 1} - {size, -1}:
                yield f"{fewer} long", np.take(argument, range(fewer), axis)
            if size:
                yield f"{2 * size + 1} long", np.take(argument, np.arange(2 * size + 1) % size, axis)
        if argument.dtype.kind == "i" and argument.size:
            for value in (-(2**30), -2, -1, int(argument.max()) + 1, 2**30):
                for place in (0, argument.size // 2, argument.size - 1):
                    other = argument.copy()
                    other.flat[place] = value
                    yield f"has {value} at {place}", other
    elif isinstance(argument, int) and not isinstance(argument, bool):
        for value in (-(2**40), -1, 0, argument - 1, argument + 1, 2**40):
            if value != argument:
                yield f"is {value}", value


def call(kernel, arguments, at_end):
    """Call the kernel with guarded copies of the arrays; whether they fitted."""
    with contextlib.ExitStack() as stack:
        copies = [stack.enter_context(guarded(a, at_end)) if isinstance(a, np.ndarray) else a for a in arguments]
        try:
            kernel(*copies)
        except (Misfit, ValueError, MemoryError):
            return False
        return True


if __name__ == "__main__":
    for kernel, make in ARGUMENTS.items():
        print(kernel.__module__, kernel.__name__, flush=True)
        for arguments in itertools.islice(map(single, make()), SETS):
            for at_end in (True, False):
                assert call(kernel, arguments, at_end)
                for what, wrong in misfits(kernel, arguments):
                    print("   ", what, flush=True)
                    call(kernel, wrong, at_end)
    print("all survived")

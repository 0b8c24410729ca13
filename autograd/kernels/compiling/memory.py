"""Memory that is kept, and arrays that begin with a cache line: a vector that straddles two is loaded half as fast."""

from __future__ import annotations

import math
import threading

import numpy as np

LINE = 64
# Up to how many bytes straddled lines cost less than it takes to find where one begins, about 2 microseconds.
SMALL = 1 << 14
# What a thread keeps of each kind of scratch, in bytes: new memory costs the system as long as small convolutions take.
KEPT = 1 << 26
# The largest array whose memory the C library of Linux learns to keep once it is freed, and twice as much in all. Until
# it has seen one go, it gives back more than some small ones hold, to ask for it again at the next step of a training:
# 2000 pages in one of ResNet-8, and a tenth of its time. This one takes no memory, as nothing is written to it.
LARGEST_KEPT = (1 << 25) - (1 << 16)
np.empty(LARGEST_KEPT, np.uint8)


def aligned(dtype, *shapes):
    """An uninitialised array of each shape, in one piece of memory."""
    itemsize = np.dtype(dtype).itemsize
    sizes = [math.prod(shape) * itemsize for shape in shapes]
    memory = np.empty(sum(sizes) + LINE * len(shapes), np.uint8)
    start = -address(memory) % LINE
    made = []
    for shape, size in zip(shapes, sizes):
        made.append(np.ndarray(shape, dtype, memory, start))
        start += size + -size % LINE
    return made


def empty(shape, dtype):
    """An uninitialised array that begins with a cache line, if it is large enough for the time that takes to find."""
    small = math.prod(shape) * dtype.itemsize <= SMALL
    return np.empty(shape, dtype) if small else aligned(dtype, shape)[0]


def address(x):
    """Where the memory of ``x`` begins."""
    return x.__array_interface__["data"][0]


def by_rows(x):
    """``x`` itself if its elements lie row by row from the beginning of a cache line on, or a copy that does."""
    if x.flags.c_contiguous and not address(x) % LINE:
        return x
    (made,) = aligned(x.dtype, x.shape)
    made[...] = x
    return made


def flat(x):
    """``x`` as the kernels take it: its elements in one row, and writable, since that is one type less to compile."""
    flags = x.flags
    return (x if flags.c_contiguous and flags.writeable else np.require(x, requirements="CW")).reshape(-1)


class Kept(threading.local):
    """The scratch of this thread by what it is for."""

    def __init__(self):
        self.memory = {}


kept = Kept()


def scratch(name, dtype, size):
    """``size`` elements that hold anything, the same memory in each call of this thread for ``name``."""
    length = size * np.dtype(dtype).itemsize
    memory = kept.memory.get(name)
    if memory is None or len(memory) < length:
        (memory,) = aligned(np.uint8, (length,))
        if length <= KEPT:
            kept.memory[name] = memory
    return memory[:length].view(dtype)

"""Messages between processes: pickled, with the memory of arrays beside that, which is read to where it stays."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

import numpy as np

Message = list[bytes]


def packed(value: Any) -> Message:
    """``value`` pickled, and copies of the arrays in it: whoever changes them later doesn't change what is sent."""
    arrays: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, 5, buffer_callback=arrays.append)
    return [head, *(bytes(array.raw()) for array in arrays)]


def send(channel: socket.socket, message: Message) -> None:
    """The number of parts, their sizes, and the parts."""
    channel.sendall(struct.pack(f"<{len(message) + 1}q", len(message), *map(len, message)))
    for part in message:
        channel.sendall(part)


def receive(channel: socket.socket) -> Any:
    """What was packed, in arrays that may be written to. EOFError if the other side is gone."""
    (count,) = struct.unpack("<q", read(channel, 8))
    head, *arrays = [read(channel, size) for size in struct.unpack(f"<{count}q", read(channel, 8 * count))]
    return pickle.loads(head, buffers=arrays)


def read(channel: socket.socket, size: int) -> Any:
    memory = np.empty(size, np.uint8)
    missing = memory.data
    while missing:
        try:
            count = channel.recv_into(missing)
        except ConnectionError:
            count = 0
        if count == 0:
            raise EOFError
        missing = missing[count:]
    return memory

"""The Mersenne Twister (Matsumoto and Nishimura, 1998), many outputs at a time.

words: the 624 words of its state. place: how many of them were taken; at 624 all are turned into the next ones.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require

SIZE = 624
# Outputs that are made before they become numbers: few enough to stay in the nearest cache.
CHUNK = 1248


@helper
def require_twister(words, place):
    """Raise `Misfit` unless this is the state of a twister."""
    require(words.size == SIZE and place.size == 1)
    require(0 <= place[0] <= SIZE)


@helper
def twisted(word, next_word, far_word):
    """The word that follows ``word`` one turn later."""
    y = (np.int64(word) & 0x80000000) | (np.int64(next_word) & 0x7FFFFFFF)
    return np.int64(far_word) ^ (y >> 1) ^ ((y & 1) * 0x9908B0DF)


@helper
def turn(words):
    """The next 624 words from the last.

    In two loops, of which neither takes a remainder, so that several words are made at once.
    """
    for k in range(227):
        words[k] = twisted(words[k], words[k + 1], words[k + 397])
    for k in range(227, 623):
        words[k] = twisted(words[k], words[k + 1], words[k - 227])
    words[623] = twisted(words[623], words[0], words[396])


@helper
def tempered(word):
    """The output that is made of a word."""
    y = np.int64(word)
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C5680
    y ^= (y << 15) & 0xEFC60000
    return y ^ (y >> 18)


@helper
def next_output(words, place):
    """The next output."""
    if place[0] == SIZE:
        turn(words)
        place[0] = 0
    place[0] += 1
    return tempered(words[place[0] - 1])


@helper
def fill(outputs, words, place):
    """``outputs`` = the next ones."""
    done = 0
    while done < outputs.size:
        if place[0] == SIZE:
            turn(words)
            place[0] = 0
        many = min(SIZE - place[0], outputs.size - done)
        source, made = words[place[0] : place[0] + many], outputs[done : done + many]
        for j in range(many):
            made[j] = tempered(source[j])
        place[0] += many
        done += many


@helper
def integer53(high, low):
    """An integer of 53 bits from two outputs."""
    return ((np.int64(high) & 0x1FFFFF) << 32) | np.int64(low)


def outputs_numpy(count, words, place):
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": int(place[0])}}
    outputs = twister.random_raw(count)
    state = twister.state["state"]
    words[:], place[0] = state["key"], state["pos"]
    return outputs.astype(np.int64)


def integers53_numpy(count, words, place):
    pairs = outputs_numpy(2 * count, words, place).reshape(-1, 2)
    return integer53(pairs[:, 0], pairs[:, 1])


def uniform_numpy(out, words, place, waiting):
    if out.dtype == np.float64:
        out[:] = integers53_numpy(out.size, words, place) * 2.0**-53
    else:
        out[:] = (outputs_numpy(out.size, words, place) & 0xFFFFFF) * 2.0**-24


@kernel(twin=uniform_numpy)
def uniform(out, words, place, waiting):
    """``out`` = numbers in [0, 1): of 53 bits and two outputs in float64, of 24 bits and one in float32."""
    require_twister(words, place)
    outputs = np.empty(CHUNK, np.uint32)
    each = out.itemsize // 4
    for start in range(0, out.size, CHUNK // each):
        made = out[start : start + CHUNK // each]
        fill(outputs[: each * made.size], words, place)
        for i in range(made.size):
            if each == 2:
                made[i] = integer53(outputs[2 * i], outputs[2 * i + 1]) * 2.0**-53
            else:
                made[i] = np.float32(np.int32(outputs[i] & 0xFFFFFF)) * np.float32(2.0**-24)


def tossed_numpy(out, least, value, words, place, waiting):
    out[:] = np.where(integers53_numpy(out.size, words, place) < least, out.dtype.type(value), 0)


@kernel(twin=tossed_numpy)
def tossed(out, least, value, words, place, waiting):
    """``out`` = ``value`` where a random integer of 53 bits is below ``least``, else 0."""
    require_twister(words, place)
    outputs = np.empty(CHUNK, np.uint32)
    heads = out.dtype.type(value)
    for start in range(0, out.size, CHUNK // 2):
        made = out[start : start + CHUNK // 2]
        fill(outputs[: 2 * made.size], words, place)
        for i in range(made.size):
            made[i] = heads if integer53(outputs[2 * i], outputs[2 * i + 1]) < least else out.dtype.type(0)

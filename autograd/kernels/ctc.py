"""Connectionist temporal classification (Graves, 2006): the probability of all the ways to spell a target.

After some steps a way has got to one of 2·S + 1 places: ``blank[s]``, s letters and a blank after them, or
``letter[s]``, the s-th letter and no blank yet; nothing ever is at ``letter[0]``, which makes them as many.
Probabilities over hundreds of steps are too small for floats, and logarithms cost three exponentials and a logarithm
for a place and a step. So each is a pair, m·2ᵉ with an e that is a float of its own, and 0 has the e -inf. Powers of
two are put together from their bits, and loops over the places become vectors. All is float64, whatever the dtype is,
so that nothing is lost over the steps.
"""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require, require_range
from .compiling.threads import divided
from .elementary_functions import exp

LOG2_E, LN2 = math.log2(math.e), math.log(2)
# ln 2 in two parts, the first with few digits, so that its multiples are exact, up to the limit.
LN2_HIGH, LN2_LOW = math.floor(LN2 * 2**32) / 2**32, 1.9082149292705877e-10
EXACT = 2.0**20
# What has this added is, in its last bits, the exponent of a power of two.
SHIFT = 1.5 * 2**52 + 1023
C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (1 / math.factorial(k) for k in range(2, 14))
# In a step an m grows to 3·√2 times what it was at most, or shrinks to 1/√2; after so many it is made 1/2 to 1 again.
STEPS_OF_A_SCALE = 64
# What is kept of a step, a row each: m and e of the blanks, of the letters, and of the chance of each letter in this
# step, with that of the blank first.
BLANK, BLANK_E, LETTER, LETTER_E, CHANCE, CHANCE_E = range(6)
# About how many nanoseconds a place takes in a step, there alone or there and back, and a class on the way back.
THERE, BOTH_WAYS, OF_A_CLASS = 3.0, 8.0, 2.0


@helper
def power_of_two(n):
    """``2ⁿ`` for a whole n below 1024, put together from its bits; next to nothing below -1022, and for NaN."""
    n = n if n > -1022.0 else -1022.0
    return np.int64(np.float64(n + SHIFT).view(np.int64) << np.int64(52)).view(np.float64)


@helper
def exponential(x):
    """m and e of ``eˣ``, m between 1/√2 and √2."""
    y = x * LOG2_E
    n = np.floor(y + 0.5)
    r = x - n * LN2_HIGH - n * LN2_LOW
    r = r if abs(y) < EXACT else 0.0
    m = 1 + r + r * r * (C2 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * (
        C7 + r * (C8 + r * (C9 + r * (C10 + r * (C11 + r * (C12 + r * C13)))))))))))  # fmt: skip
    m = 0.0 if x == -np.inf else m
    m = m if x == x else x
    n = n if x == x else 0.0
    return m, n


@helper
def rescale(numbers, exponents):
    """Make each m that isn't 0 a number between 1/2 and 1."""
    for s in range(numbers.size):
        if numbers[s] != 0:
            fraction, power = math.frexp(numbers[s])
            numbers[s] = fraction
            exponents[s] += power


@helper
def mark_skips(target, blank, skips):
    """``skips[s]`` = 0 where the s-th letter may follow the one before without a blank between, -inf elsewhere."""
    skips[:] = -np.inf
    for s in range(2, target.size + 1):
        if target[s - 1] != blank and target[s - 1] != target[s - 2]:
            skips[s] = 0


@helper
def ways(logp, b, length, target, blank, skips, steps):
    """Fill ``steps``, a ring, with the probabilities of getting to each place, for sequence b of so many steps.

    Its first row is that before the first step. Returns m and e of all ways together.
    """
    size = target.size + 1
    steps[0, BLANK : LETTER_E + 1] = 0
    steps[0, BLANK_E], steps[0, LETTER_E] = -np.inf, -np.inf
    steps[0, BLANK, 0], steps[0, BLANK_E, 0] = 1, 0
    for t in range(length):
        before, now, chances = steps[t % len(steps)], steps[(t + 1) % len(steps)], logp[t, b]
        m, e = now[CHANCE], now[CHANCE_E]
        m[0] = chances[blank]
        for s in range(1, size):
            m[s] = chances[target[s - 1]]
        for s in range(size):
            m[s], e[s] = exponential(m[s])
        blanks, blanks_e, letters, letters_e = before[BLANK], before[BLANK_E], before[LETTER], before[LETTER_E]
        made, made_e, m0, e0 = now[BLANK], now[BLANK_E], m[0], e[0]
        for s in range(size):
            e1, e2 = blanks_e[s], letters_e[s]
            most = e1 if e1 > e2 else e2
            made[s] = (blanks[s] * power_of_two(e1 - most) + letters[s] * power_of_two(e2 - most)) * m0
            made_e[s] = most + e0
        made, made_e = now[LETTER], now[LETTER_E]
        made[0], made_e[0] = 0, -np.inf
        for s in range(1, size):
            e1, e2, e3 = letters_e[s], blanks_e[s - 1], letters_e[s - 1] + skips[s]
            most = e1 if e1 > e2 else e2
            most = e3 if e3 > most else most
            made[s] = m[s] * (
                letters[s] * power_of_two(e1 - most)
                + blanks[s - 1] * power_of_two(e2 - most)
                + letters[s - 1] * power_of_two(e3 - most)
            )
            made_e[s] = most + e[s]
        if (t + 1) % STEPS_OF_A_SCALE == 0:
            rescale(now[BLANK, :size], now[BLANK_E, :size])
            rescale(now[LETTER, :size], now[LETTER_E, :size])
    last = steps[length % len(steps)]
    e1, e2 = last[BLANK_E, size - 1], last[LETTER_E, size - 1]
    most = e1 if e1 > e2 else e2
    total = last[BLANK, size - 1] * power_of_two(e1 - most) + last[LETTER, size - 1] * power_of_two(e2 - most)
    return total, most


@helper
def require_sequences(logp, targets, lengths, sizes, blank, start, stop):
    """Raise `Misfit` unless all sequences lie inside of the arrays, and their letters among the classes."""
    steps, count, classes = logp.shape
    require(len(targets) == lengths.size == sizes.size == count and 0 <= blank < classes)
    require_range(start, stop, count)
    for b in range(start, stop):
        require(0 <= lengths[b] <= steps and 0 <= sizes[b] <= targets.shape[1])
        for s in range(sizes[b]):
            require(0 <= targets[b, s] < classes)


def places(target, blank):
    """The class of each place, with blanks in between, and whether it may follow the one before the last blank."""
    classes = np.full(2 * len(target) + 1, blank)
    classes[1::2] = target
    skips = np.zeros(len(classes), bool)
    skips[2:] = (classes[2:] != blank) & (classes[2:] != classes[:-2])
    return classes, skips


def ways_numpy(logp, skips):
    """Logarithms of the probabilities of getting to each place: after t steps, and before the chance of the next."""
    steps, count = logp.shape
    before = np.full((steps + 1, count + 2), -np.inf)
    before[0, 2] = 0
    for t in range(steps):
        # Places from 2 on, so that each has two before it.
        now = before[t]
        one = np.logaddexp(now[2:], now[1:-1])
        before[t + 1, 2:] = np.logaddexp(one, np.where(skips, now[:-2], -np.inf)) + logp[t]
    return before[:, 2:]


def losses_numpy(logp, targets, lengths, sizes, blank, losses, start, stop):
    for b in range(start, stop):
        classes, skips = places(targets[b, : sizes[b]], blank)
        seen = logp[: lengths[b], b].astype(np.float64)[:, classes]
        losses[b] = -np.logaddexp.reduce(ways_numpy(seen, skips)[-1, -2:])


@kernel(twin=losses_numpy)
def losses_of_targets(logp, targets, lengths, sizes, blank, losses, start, stop):
    """``-ln`` of the probability of some targets, each of ``sizes`` letters, in ``lengths`` steps of ``logp``."""
    require_sequences(logp, targets, lengths, sizes, blank, start, stop)
    require(losses.size == lengths.size)
    skips, steps = np.empty(targets.shape[1] + 1), np.empty((2, 6, targets.shape[1] + 1))
    for b in range(start, stop):
        target = targets[b, : sizes[b]]
        mark_skips(target, blank, skips)
        m, e = ways(logp, b, lengths[b], target, blank, skips, steps)
        losses[b] = -(math.log(m) + e * LN2)


def slopes_numpy(logp, targets, lengths, sizes, blank, forgiving, g, dlogp, start, stop):
    dlogp[:, start:stop] = 0
    for b in range(start, stop):
        classes, skips = places(targets[b, : sizes[b]], blank)
        chances = logp[: lengths[b], b].astype(np.float64)
        seen = chances[:, classes]
        there = ways_numpy(seen, skips)
        total = np.logaddexp.reduce(there[-1, -2:])
        if (forgiving and total == -np.inf) or not len(seen):
            continue
        onwards = np.full((len(seen), len(classes)), -np.inf)
        onwards[-1, -2:] = 0
        for t in range(len(seen) - 2, -1, -1):
            after = onwards[t + 1] + seen[t + 1]
            onwards[t] = np.logaddexp(after, np.r_[after[1:], -np.inf])
            jumps = np.where(skips[2:], after[2:], -np.inf)
            onwards[t, :-2] = np.logaddexp(onwards[t, :-2], jumps)
        shares = np.exp(there[1:] + onwards - total) if total > -np.inf else np.full(seen.shape, np.nan)
        slope = np.exp(chances) if total > -np.inf else np.full(chances.shape, np.nan)
        for place, label in enumerate(classes):
            slope[:, label] -= shares[:, place]
        dlogp[: len(seen), b] = slope * g[b]


@kernel(twin=slopes_numpy)
def slopes_of_targets(logp, targets, lengths, sizes, blank, forgiving, g, dlogp, start, stop):
    """The gradient of the scores whose log-softmax ``logp`` is: a probability minus the share of ways that go there.

    Of a target that can't be spelled it is NaN, or 0 if ``forgiving``.
    """
    require_sequences(logp, targets, lengths, sizes, blank, start, stop)
    require(g.size == lengths.size and dlogp.shape == logp.shape)
    width = targets.shape[1] + 2
    every, skips = np.empty((logp.shape[0] + 1, 6, width - 1)), np.empty(width)
    # Of the next step the probabilities of getting from each place to the end, and the same with its own chance.
    onwards, after, shares, sums = np.empty((4, width)), np.empty((4, width)), np.empty(width), np.empty(logp.shape[2])
    for b in range(start, stop):
        length, target, size = lengths[b], targets[b, : sizes[b]], sizes[b] + 1
        for t in range(length, logp.shape[0]):
            dlogp[t, b] = 0
        mark_skips(target, blank, skips)
        steps = every[: length + 1]
        total, total_e = ways(logp, b, length, target, blank, skips, steps)
        if total == 0:
            dlogp[:length, b] = 0 if forgiving else np.nan
            continue
        # From beyond the last letter nothing leads to the end.
        after[BLANK], after[LETTER], after[BLANK_E], after[LETTER_E] = 0, 0, -np.inf, -np.inf
        for t in range(length - 1, -1, -1):
            now = steps[t + 1]
            onwards_of(after, skips, size, t == length - 1, onwards)
            if t % STEPS_OF_A_SCALE == 0:
                rescale(onwards[BLANK, :size], onwards[BLANK_E, :size])
                rescale(onwards[LETTER, :size], onwards[LETTER_E, :size])
            sums[:] = 0
            for kind in (LETTER, BLANK):
                there, there_e, rest, rest_e = now[kind], now[kind + 1], onwards[kind], onwards[kind + 1]
                for s in range(size):
                    shares[s] = there[s] * rest[s] * power_of_two(there_e[s] + rest_e[s] - total_e) / total
                if kind == LETTER:
                    for s in range(1, size):
                        sums[target[s - 1]] += shares[s]
                else:
                    share = 0.0
                    for s in range(size):
                        share += shares[s]
                    sums[blank] += share
            m, e, scale, chances, slope = now[CHANCE], now[CHANCE_E], g[b], logp[t, b], dlogp[t, b]
            for c in range(sums.size):
                slope[c] = exp(chances[c])
            for c in range(sums.size):
                slope[c] = (slope[c] - sums[c]) * scale
            m0, e0 = m[0], e[0]
            for s in range(size):
                after[BLANK, s] = onwards[BLANK, s] * m0
                after[BLANK_E, s] = onwards[BLANK_E, s] + e0
                after[LETTER, s] = onwards[LETTER, s] * m[s]
                after[LETTER_E, s] = onwards[LETTER_E, s] + e[s]


@helper
def onwards_of(after, skips, size, last, onwards):
    """Fill ``onwards`` with the probabilities of getting to the end, from ``after``: with the next step's chance."""
    if last:
        onwards[BLANK], onwards[LETTER], onwards[BLANK_E], onwards[LETTER_E] = 0, 0, -np.inf, -np.inf
        for kind in (BLANK, LETTER):
            onwards[kind, size - 1], onwards[kind + 1, size - 1] = 1, 0
        return
    blanks, blanks_e, letters, letters_e = after[BLANK], after[BLANK_E], after[LETTER], after[LETTER_E]
    made, made_e, done, done_e = onwards[BLANK], onwards[BLANK_E], onwards[LETTER], onwards[LETTER_E]
    letters[size], letters_e[size] = 0, -np.inf
    for s in range(size):
        e1, e2 = blanks_e[s], letters_e[s + 1]
        most = e1 if e1 > e2 else e2
        made[s] = blanks[s] * power_of_two(e1 - most) + letters[s + 1] * power_of_two(e2 - most)
        made_e[s] = most
    for s in range(size):
        e1, e2, e3 = letters_e[s], blanks_e[s], letters_e[s + 1] + skips[s + 1]
        most = e1 if e1 > e2 else e2
        most = e3 if e3 > most else most
        done[s] = (
            letters[s] * power_of_two(e1 - most)
            + blanks[s] * power_of_two(e2 - most)
            + letters[s + 1] * power_of_two(e3 - most)
        )
        done_e[s] = most


def losses(logp, targets, lengths, sizes, blank):
    """``-ln`` of the probability of each target (N, S) in its steps of ``logp`` (T, N, classes)."""
    made = np.empty(lengths.size, logp.dtype)
    given = np.ascontiguousarray(logp), targets, lengths, sizes, blank, made
    cost = THERE * logp.shape[0] * (targets.size + lengths.size)
    divided(lengths.size, lambda start, stop: losses_of_targets(*given, start, stop), cost)
    return made


def slopes(g, logp, targets, lengths, sizes, blank, forgiving):
    """The gradient of the scores whose log-softmax ``logp`` is, for ``g`` (N), that of the losses."""
    made = np.empty(logp.shape, logp.dtype)
    given = np.ascontiguousarray(logp), targets, lengths, sizes, blank, forgiving, np.ascontiguousarray(g), made
    cost = BOTH_WAYS * logp.shape[0] * (targets.size + lengths.size) + OF_A_CLASS * logp.size
    divided(lengths.size, lambda start, stop: slopes_of_targets(*given, start, stop), cost)
    return made

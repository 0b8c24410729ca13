"""The update of one parameter by one step of an optimizer, in a single pass over its memory.

A kernel takes flat arrays of one dtype: the parameter p, its gradient g, and what is remembered of each element; then
arrays of one float32, among them how many steps there were, t, which it counts up; then numbers. `over_many` calls it
for many parameters at once. Which formula is whose is written in the classes of ``optim``.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import helper
from .compiling.many import over_many
from .compiling.require import require


def decayed_numpy(p, g, weight_decay, maximize):
    g = -g if maximize else g
    return g + p * weight_decay if weight_decay else g


@helper
def decayed(p, g, weight_decay, maximize):
    """The slope to step down by, of one element: with the derivative of ``weight_decay·p²/2``."""
    slope = -g if maximize else g
    # Without weight decay an infinite p mustn't become NaN.
    return slope + weight_decay * p if weight_decay != 0 else slope


def sgd_numpy(p, g, lr, weight_decay, maximize):
    p -= decayed_numpy(p, g, weight_decay, maximize) * lr


@over_many(sgd_numpy, arrays=2)
def sgd(p, g, lr, weight_decay, maximize):
    """``p -= lr·g``."""
    require(g.size == p.size)
    of = p.dtype.type
    rate, decay = of(lr), of(weight_decay)
    for i in range(p.size):
        p[i] -= rate * decayed(p[i], g[i], decay, maximize)


def momentum_sgd_numpy(p, g, v, lr, momentum, dampening, weight_decay, nesterov, maximize):
    g = decayed_numpy(p, g, weight_decay, maximize)
    v *= momentum
    v += g * (1 - dampening)
    p -= (g + v * momentum if nesterov else v) * lr


@over_many(momentum_sgd_numpy, arrays=3)
def momentum_sgd(p, g, v, lr, momentum, dampening, weight_decay, nesterov, maximize):
    """``v = momentum·v + (1 - dampening)·g``, then ``p -= lr·v``, or with Nesterov ``p -= lr·(g + momentum·v)``."""
    require(v.size == g.size == p.size)
    of = p.dtype.type
    rate, keep, mix, decay = of(lr), of(momentum), of(1 - dampening), of(weight_decay)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        velocity = keep * v[i] + mix * slope
        v[i] = velocity
        p[i] -= rate * (slope + keep * velocity if nesterov else velocity)


def adam_numpy(p, g, m, v, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    amsgrad_numpy(p, g, m, v, None, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize)


@over_many(adam_numpy, arrays=4, counters=1)
def adam(p, g, m, v, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    """``m = beta1·m + (1 - beta1)·g``, ``v = beta2·v + (1 - beta2)·g²``, ``p -= lr·m̂/(√v̂ + eps)``."""
    require(v.size == m.size == g.size == p.size and t.size == 1)
    of = p.dtype.type
    rate, root, keep, decay = adam_constants(t, lr, beta1, beta2, weight_decay, decoupled)
    step, scale, kept, pull = of(rate), of(1 / root), of(keep), of(decay)
    mix1, second_kept, mix2, least = of(1 - beta1), of(beta2), of(1 - beta2), of(eps)
    for i in range(p.size):
        slope = decayed(p[i], g[i], pull, maximize)
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * second_kept + slope * slope * mix2
        m[i] = first
        v[i] = second
        p[i] = kept * p[i] - step * first / (np.sqrt(second) * scale + least)


def amsgrad_numpy(p, g, m, v, top, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    rate, root, keep, decay = adam_constants(t, lr, beta1, beta2, weight_decay, decoupled)
    g = decayed_numpy(p, g, decay, maximize)
    m += (g - m) * (1 - beta1)
    v *= beta2
    v += g * g * (1 - beta2)
    if top is not None:
        v = np.maximum(top, v, out=top)
    p *= keep
    p -= rate * m / (np.sqrt(v) / root + eps)


@over_many(amsgrad_numpy, arrays=5, counters=1)
def amsgrad(p, g, m, v, top, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    """`adam`, but by the largest v there has been, ``top``."""
    require(top.size == v.size == m.size == g.size == p.size and t.size == 1)
    of = p.dtype.type
    rate, root, keep, decay = adam_constants(t, lr, beta1, beta2, weight_decay, decoupled)
    step, scale, kept, pull = of(rate), of(1 / root), of(keep), of(decay)
    mix1, second_kept, mix2, least = of(1 - beta1), of(beta2), of(1 - beta2), of(eps)
    for i in range(p.size):
        slope = decayed(p[i], g[i], pull, maximize)
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * second_kept + slope * slope * mix2
        m[i] = first
        v[i] = second
        largest = larger(second, top[i])
        top[i] = largest
        p[i] = kept * p[i] - step * first / (np.sqrt(largest) * scale + least)


@helper
def adam_constants(t, lr, beta1, beta2, weight_decay, decoupled):
    """Of the step that is counted here: its size, √(1 - beta2ᵗ), by what p is multiplied, and what is left to add to
    the gradient."""
    t[0] += 1
    count = float(t[0])
    keep = 1 - lr * weight_decay if decoupled else 1.0
    decay = 0.0 if decoupled else weight_decay
    return lr / (1 - beta1**count), np.sqrt(1 - beta2**count), keep, decay


@helper
def larger(a, b):
    """The larger one; NaN if either is: it isn't below anything, nor equal to itself."""
    return b if b > a or b != b else a


def adagrad_numpy(p, g, total, t, lr, lr_decay, weight_decay, eps, maximize):
    t += 1
    g = decayed_numpy(p, g, weight_decay, maximize)
    total += g * g
    p -= g * (lr / (1 + (float(t[0]) - 1) * lr_decay)) / (np.sqrt(total) + eps)


@over_many(adagrad_numpy, arrays=3, counters=1)
def adagrad(p, g, total, t, lr, lr_decay, weight_decay, eps, maximize):
    """``total += g²``, then ``p -= lr·g/(√total + eps)``, with an lr that ``lr_decay`` makes smaller each step."""
    require(total.size == g.size == p.size and t.size == 1)
    t[0] += 1
    of = p.dtype.type
    rate, decay, least = of(lr / (1 + (float(t[0]) - 1) * lr_decay)), of(weight_decay), of(eps)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        square = total[i] + slope * slope
        total[i] = square
        p[i] -= rate * slope / (np.sqrt(square) + least)


def adadelta_numpy(p, g, squares, deltas, t, lr, rho, eps, weight_decay, maximize):
    t += 1
    g = decayed_numpy(p, g, weight_decay, maximize)
    squares *= rho
    squares += g * g * (1 - rho)
    delta = g * (np.sqrt(deltas + eps) / np.sqrt(squares + eps))
    deltas *= rho
    deltas += delta * delta * (1 - rho)
    p -= delta * lr


@over_many(adadelta_numpy, arrays=4, counters=1)
def adadelta(p, g, squares, deltas, t, lr, rho, eps, weight_decay, maximize):
    """``p -= lr·δ``, where ``δ = g·√(deltas + eps)/√(squares + eps)``, of averages of g² and δ²."""
    require(deltas.size == squares.size == g.size == p.size and t.size == 1)
    t[0] += 1
    of = p.dtype.type
    rate, keep, mix, decay, least = of(lr), of(rho), of(1 - rho), of(weight_decay), of(eps)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        square = squares[i] * keep + slope * slope * mix
        squares[i] = square
        delta = slope * (np.sqrt(deltas[i] + least) / np.sqrt(square + least))
        deltas[i] = deltas[i] * keep + delta * delta * mix
        p[i] -= rate * delta


def adamax_numpy(p, g, m, top, t, lr, beta1, beta2, eps, weight_decay, maximize):
    t += 1
    g = decayed_numpy(p, g, weight_decay, maximize)
    m += (g - m) * (1 - beta1)
    np.maximum(top * beta2, np.abs(g) + eps, out=top)
    p -= m * (lr / (1 - beta1 ** float(t[0]))) / top


@over_many(adamax_numpy, arrays=4, counters=1)
def adamax(p, g, m, top, t, lr, beta1, beta2, eps, weight_decay, maximize):
    """``top = max(beta2·top, |g| + eps)``, then ``p -= lr·m̂/top``."""
    require(top.size == m.size == g.size == p.size and t.size == 1)
    t[0] += 1
    of = p.dtype.type
    rate, mix, keep = of(lr / (1 - beta1 ** float(t[0]))), of(1 - beta1), of(beta2)
    decay, least = of(weight_decay), of(eps)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        first = m[i] + (slope - m[i]) * mix
        largest = larger(np.abs(slope) + least, keep * top[i])
        m[i] = first
        top[i] = largest
        p[i] -= rate * first / largest


def nadam_numpy(p, g, m, v, t, product, lr, beta1, beta2, eps, weight_decay, momentum_decay, decoupled, maximize):
    now, ahead, root = nadam_constants(t, product, lr, beta1, beta2, momentum_decay)
    if decoupled:
        p *= 1 - lr * weight_decay
    g = decayed_numpy(p, g, 0.0 if decoupled else weight_decay, maximize)
    m += (g - m) * (1 - beta1)
    v *= beta2
    v += g * g * (1 - beta2)
    p -= (now * g + ahead * m) / (np.sqrt(v) / root + eps)


@over_many(nadam_numpy, arrays=4, counters=2)
def nadam(p, g, m, v, t, product, lr, beta1, beta2, eps, weight_decay, momentum_decay, decoupled, maximize):
    """`adam`, but by a mixture of m and g: a look ahead, as with Nesterov. ``product``: of all momenta so far."""
    require(v.size == m.size == g.size == p.size and t.size == product.size == 1)
    now, ahead, root = nadam_constants(t, product, lr, beta1, beta2, momentum_decay)
    of = p.dtype.type
    rate, rate_ahead, scale, least = of(now), of(ahead), of(1 / root), of(eps)
    kept, decay = of(1 - lr * weight_decay if decoupled else 1.0), of(0.0 if decoupled else weight_decay)
    mix1, second_kept, mix2 = of(1 - beta1), of(beta2), of(1 - beta2)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * second_kept + slope * slope * mix2
        m[i] = first
        v[i] = second
        p[i] = kept * p[i] - (rate * slope + rate_ahead * first) / (np.sqrt(second) * scale + least)


@helper
def nadam_constants(t, product, lr, beta1, beta2, momentum_decay):
    """Of the step that is counted here: the factors of g and of m, and √(1 - beta2ᵗ)."""
    t[0] += 1
    count = float(t[0])
    momentum = beta1 * (1 - 0.5 * 0.96 ** (count * momentum_decay))
    following = beta1 * (1 - 0.5 * 0.96 ** ((count + 1) * momentum_decay))
    product[0] *= momentum
    so_far = float(product[0])
    return lr * (1 - momentum) / (1 - so_far), lr * following / (1 - so_far * following), np.sqrt(1 - beta2**count)


def radam_numpy(p, g, m, v, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    rate, rectified = radam_constants(t, lr, beta1, beta2)
    if decoupled:
        p *= 1 - lr * weight_decay
    g = decayed_numpy(p, g, 0.0 if decoupled else weight_decay, maximize)
    m += (g - m) * (1 - beta1)
    v *= beta2
    v += g * g * (1 - beta2)
    p -= m * rate / (np.sqrt(v) + eps) if rectified else m * rate


@over_many(radam_numpy, arrays=4, counters=1)
def radam(p, g, m, v, t, lr, beta1, beta2, eps, weight_decay, decoupled, maximize):
    """`adam`, but while v tells too little, ``p -= lr·m̂``, and then by a step that grows to that of Adam."""
    require(v.size == m.size == g.size == p.size and t.size == 1)
    rate, rectified = radam_constants(t, lr, beta1, beta2)
    of = p.dtype.type
    step, least = of(rate), of(eps)
    kept, decay = of(1 - lr * weight_decay if decoupled else 1.0), of(0.0 if decoupled else weight_decay)
    mix1, second_kept, mix2 = of(1 - beta1), of(beta2), of(1 - beta2)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * second_kept + slope * slope * mix2
        m[i] = first
        v[i] = second
        p[i] = kept * p[i] - (step * first / (np.sqrt(second) + least) if rectified else step * first)


@helper
def radam_constants(t, lr, beta1, beta2):
    """Of the step that is counted here: its size, and whether to divide by √v."""
    t[0] += 1
    count = float(t[0])
    correction = 1 - beta2**count
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * count * beta2**count / correction
    rate = lr / (1 - beta1**count)
    if length <= 5:
        return rate, False
    certainty = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return rate * np.sqrt(correction) * np.sqrt(certainty), True


def rmsprop_numpy(p, g, squares, average, velocity, t, lr, alpha, eps, weight_decay, momentum, centered, maximize):
    t += 1
    g = decayed_numpy(p, g, weight_decay, maximize)
    squares *= alpha
    squares += g * g * (1 - alpha)
    spread = squares
    if centered:
        average += (g - average) * (1 - alpha)
        spread = squares - average * average
    step = g / (np.sqrt(spread) + eps)
    if momentum > 0:
        velocity *= momentum
        velocity += step
        step = velocity
    p -= step * lr


@over_many(rmsprop_numpy, arrays=5, counters=1)
def rmsprop(p, g, squares, average, velocity, t, lr, alpha, eps, weight_decay, momentum, centered, maximize):
    """``squares = alpha·squares + (1 - alpha)·g²``, then ``p -= lr·g/(√squares + eps)``.

    average: of g, if centered, else anything. velocity: if there is momentum, else anything.
    """
    require(velocity.size == average.size == squares.size == g.size == p.size and t.size == 1)
    t[0] += 1
    of = p.dtype.type
    rate, keep, mix, decay, least = of(lr), of(alpha), of(1 - alpha), of(weight_decay), of(eps)
    carry = of(momentum)
    for i in range(p.size):
        slope = decayed(p[i], g[i], decay, maximize)
        spread = squares[i] * keep + slope * slope * mix
        squares[i] = spread
        if centered:
            mean = average[i] + (slope - average[i]) * mix
            average[i] = mean
            spread -= mean * mean
        step = slope / (np.sqrt(spread) + least)
        if momentum > 0:
            step += velocity[i] * carry
            velocity[i] = step
        p[i] -= rate * step


def rprop_numpy(p, g, before, size, t, shrink, grow, smallest, largest, maximize):
    t += 1
    g = -g if maximize else g
    agreement = np.sign(g * before)
    factor = np.where(agreement > 0, p.dtype.type(grow), np.where(agreement < 0, p.dtype.type(shrink), agreement + 1))
    size *= factor
    np.clip(size, smallest, largest, out=size)
    before[...] = np.where(agreement < 0, p.dtype.type(0), g)
    p -= np.sign(before) * size


@over_many(rprop_numpy, arrays=4, counters=1)
def rprop(p, g, before, size, t, shrink, grow, smallest, largest, maximize):
    """``p -= sign(g)·size``, where size grows as long as the sign stays, and shrinks when it changes."""
    require(size.size == before.size == g.size == p.size and t.size == 1)
    t[0] += 1
    of = p.dtype.type
    less, more, low, high, one, zero = of(shrink), of(grow), of(smallest), of(largest), of(1), of(0)
    for i in range(p.size):
        slope = -g[i] if maximize else g[i]
        agreement = slope * before[i]
        factor = more if agreement > zero else (less if agreement < zero else agreement + one)
        step = size[i] * factor
        # NaN stays.
        step = low if step < low else (high if step > high else step)
        slope = zero if agreement < zero else slope
        size[i] = step
        before[i] = slope
        direction = one if slope > zero else (-one if slope < zero else slope)
        p[i] -= direction * step


def asgd_numpy(p, g, average, t, eta, mu, lr, lambd, alpha, t0, weight_decay, maximize):
    g = decayed_numpy(p, g, weight_decay, maximize)
    p *= 1 - lambd * float(eta[0])
    p -= g * float(eta[0])
    average += (p - average) * float(mu[0])
    asgd_next(t, eta, mu, lr, lambd, alpha, t0)


@over_many(asgd_numpy, arrays=3, counters=3)
def asgd(p, g, average, t, eta, mu, lr, lambd, alpha, t0, weight_decay, maximize):
    """``p = (1 - lambd·eta)·p - eta·g``, and ``average += mu·(p - average)``."""
    require(average.size == g.size == p.size and t.size == eta.size == mu.size == 1)
    of = p.dtype.type
    rate, keep, mix, decay = of(eta[0]), of(1 - lambd * float(eta[0])), of(mu[0]), of(weight_decay)
    for i in range(p.size):
        value = keep * p[i] - rate * decayed(p[i], g[i], decay, maximize)
        p[i] = value
        average[i] += mix * (value - average[i])
    asgd_next(t, eta, mu, lr, lambd, alpha, t0)


@helper
def asgd_next(t, eta, mu, lr, lambd, alpha, t0):
    """Count the step, and leave its rate and the weight of its average for the next."""
    t[0] += 1
    count = float(t[0])
    eta[0] = lr / (1 + lambd * lr * count) ** alpha
    mu[0] = 1 / max(1.0, count - t0)

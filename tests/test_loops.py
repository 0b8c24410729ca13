"""The loops of ufuncs, called without them, and the code of kernels."""

from __future__ import annotations

import numpy as np
import pytest

from autograd.kernels import activation
from autograd.kernels.compiling import loops
from autograd.kernels.compiling.loops import Loops, compiled_run, loop_of
from autograd.replay.arranging import arranged
from autograd.replay.places import Place, Spot

pytestmark = pytest.mark.skipif(compiled_run() is None, reason="Numba is missing or turned off")

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, 3e38, -1.5]


def numbers(shape, dtype, seed=0):
    made = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    made.reshape(-1)[: len(SPECIAL)] = SPECIAL[: made.size]
    return made


def spot(array):
    place = Place("buffer", array.nbytes)
    place.array = array
    return Spot(place, 0, array.shape, array.strides, array.dtype)


def looped(ufunc, operands, out):
    """Whether there is a loop for this, which is then run."""
    found = arranged(ufunc, [spot(x) if isinstance(x, np.ndarray) else x for x in operands], spot(out))
    if found is None:
        return False
    loop, places, *how = found
    made = Loops()
    made.add(loop, [x if isinstance(x, np.ndarray) else x.place.array for x in places], *how)
    made.seal()
    for _ in range(2):
        assert compiled_run()(*made.arguments) == -1
    return True


BINARY = [np.add, np.subtract, np.multiply, np.divide, np.greater, np.equal]
UNARY = [np.negative, np.absolute, np.sqrt, np.tanh, np.exp, np.log, np.isnan]
SHAPES = {
    "alike": ((5, 13), (5, 13)),
    "rows": ((5, 13), (13,)),
    "columns": ((5, 13), (5, 1)),
    "a number of no dimensions": ((70,), ()),
    "both": ((6, 1), (1, 7)),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", SHAPES)
def test_a_loop_gives_the_bits_of_its_ufunc(name, dtype):
    x, y = (numbers(shape, dtype, seed) for seed, shape in enumerate(SHAPES[name]))
    with np.errstate(all="ignore"):
        for ufunc in BINARY:
            expected = ufunc(x, y)
            out = np.empty_like(expected)
            assert looped(ufunc, (x, y), out) and out.tobytes() == expected.tobytes(), ufunc
        for ufunc in UNARY:
            expected = ufunc(x)
            out = np.empty_like(expected)
            assert looped(ufunc, (x,), out) and out.tobytes() == expected.tobytes(), ufunc


def test_a_number_of_python_and_other_orders():
    x = numbers((5, 13), np.float32)
    for given in (x.T, x[:, ::2], x[::2]):
        expected = np.asarray(given * 0.1)
        out = np.empty_like(expected)
        assert looped(np.multiply, (given, 0.1), out) and (out == expected)[~np.isnan(expected)].all()
    # What rounds in another way where elements lie apart is left to the ufunc.
    assert not looped(np.tanh, (x[:, ::2],), np.empty((5, 7), np.float32))
    assert not looped(np.add, (x, np.int32(1)), np.empty((5, 13), np.float64))


@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True)])
def test_a_product_of_matrices(turned):
    x, y = np.random.default_rng(0).standard_normal((2, 8, 8)).astype(np.float32)
    x, y = (x[:3].copy() if not turned[0] else x[:, :3].T), (y if not turned[1] else y.T)
    out = np.empty((3, 8), np.float32)
    assert looped(np.matmul, (x, y), out) and out.tobytes() == (x @ y).tobytes()


def test_what_is_elsewhere_each_time():
    objects, out = np.zeros(1, np.intp), np.zeros(4, np.float32)
    loops = Loops(objects)
    loops.add(loop_of(np.add, "ff->f"), [(0, 4), (0, 0), out], (4,), (4, 4, 4))
    loops.seal()
    for seed in range(3):
        x = numbers((5,), np.float32, seed)[::-1].copy()
        objects[0] = id(x)
        compiled_run()(*loops.arguments)
        assert out.tobytes() == (x[1:] + x[:-1]).tobytes()


def test_the_code_of_a_kernel():
    x, slope, out = numbers((40,), np.float32), np.float32(0.1), np.empty(40, np.float32)
    expected = activation.leaky(x, x, 0.1)
    target = activation.leaky.kernel.target
    loops = Loops()
    if not loops.add_kernel(target, [x, x, out, slope], None):
        pytest.skip("kernels can't be called so here")
    loops.seal()
    assert compiled_run()(*loops.arguments) == -1 and out.tobytes() == expected.tobytes()
    failing = Loops()
    assert failing.add_kernel(target, [x, x[:30].copy(), out, slope], None)
    failing.seal()
    assert compiled_run()(*failing.arguments) == 0
    assert not Loops().add_kernel(target, [x, x, out, slope], 3)
    assert not Loops().add_kernel(target, [x.astype(np.float16), x, out, slope], None)


def test_what_is_not_as_it_should_be_is_not_called(monkeypatch):
    added, multiplied = loop_of(np.add, "ff->f"), loop_of(np.multiply, "ff->f")
    assert loops.gives_the_same(compiled_run(), np.add, "ff->f", added)
    assert not loops.gives_the_same(compiled_run(), np.add, "ff->f", multiplied)
    assert loop_of(np.add, "fd->f") is None and loop_of(np.divmod, "ff->ff") is None
    x, slope, out = numbers((40,), np.float32), np.float32(0.1), np.empty(40, np.float32)
    activation.leaky(x, x, 0.1)
    target = activation.leaky.kernel.target
    if not Loops().add_kernel(target, [x, x, out, slope], None):
        pytest.skip("kernels can't be called so here")
    monkeypatch.setattr(loops, "OF_ARRAY", ("data", "shape", "strides"))
    monkeypatch.setattr(loops, "is_taken_so", loops.is_taken_so.__wrapped__)  # which remembers what was asked before
    assert not Loops().add_kernel(target, [x, x, out, slope], None)

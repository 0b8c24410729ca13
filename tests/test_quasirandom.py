"""Sobol's sequence, against its definition and against PyTorch's."""

import numpy as np
import pytest

import autograd
from autograd.quasirandom import SobolEngine

ENGINES = {
    "plain": (3, False, None),
    "one number": (1, False, None),
    "scrambled": (4, True, 5),
    "scrambled by the generator of all": (2, True, None),
    "many": (60, True, 1),
}


@pytest.mark.parametrize("given", ENGINES.values(), ids=ENGINES)
def test_points_are_pytorchs(given):
    torch = pytest.importorskip("torch")
    found = []
    for module, engine in ((autograd, SobolEngine), (torch, torch.quasirandom.SobolEngine)):
        module.manual_seed(3)
        points = engine(*given)
        drawn = [points.draw(), points.draw(5), points.fast_forward(7).draw(2, dtype=module.float64)]
        drawn += [points.reset().draw_base2(3), engine(*given).fast_forward(4).draw(2), module.rand(2)]
        found.append((repr(points), points.num_generated, *(each.tolist() for each in drawn)))
        assert drawn[2].dtype == module.float64
    assert found[0] == found[1]


@pytest.mark.parametrize("scramble", [False, True])
def test_points_are_even(scramble):
    """Of 2ᵐ points each of 2ᵐ equal parts of any axis has one, and so has each of 4 x 4 squares of the first two."""
    points = SobolEngine(5, scramble, seed=0).draw_base2(4).numpy()
    assert all(sorted(np.floor(16 * column)) == list(range(16)) for column in points.T)
    assert len({tuple(square) for square in np.floor(4 * points[:, :2])}) == 16


def test_into_a_tensor():
    out = autograd.empty(1)
    drawn = SobolEngine(2).draw(2, out=out)
    assert drawn is out and out.tolist() == [[0, 0], [0.5, 0.5]]


def test_what_can_not_be():
    for dimension in (0, 21202):
        with pytest.raises(ValueError, match=f"dimension must be from 1 to 21201, not {dimension}"):
            SobolEngine(dimension)
    engine = SobolEngine(2)
    engine.draw(3)
    with pytest.raises(ValueError, match="7 in all, which is no power of 2"):
        engine.draw_base2(2)

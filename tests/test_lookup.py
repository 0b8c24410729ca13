"""Embedding and bilinear forms in nn.functional, against PyTorch where a table of samples doesn't reach."""

import math

import numpy as np
import pytest

import autograd
import nn

F = nn.functional


@pytest.mark.parametrize("norm_type", [1.0, 2.0])
def test_long_rows_are_scaled_down_in_place(norm_type):
    torch = pytest.importorskip("torch")
    tables = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        table = lib.tensor(np.arange(8.0).reshape(4, 2), requires_grad=True)
        out = functional.embedding(lib.tensor([1, 1, 0]), table, max_norm=1.0, norm_type=norm_type)
        out.sum().backward()
        tables.append((table.detach().numpy(), out.detach().numpy(), table.grad.numpy()))
    for mine, theirs in zip(*tables):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_padding_may_count_from_the_end():
    table = autograd.ones(3, 2, requires_grad=True)
    F.embedding(autograd.tensor([0, 2, 2]), table, padding_idx=-1).sum().backward()
    assert table.grad.tolist() == [[1, 1], [0, 0], [0, 0]]
    with pytest.raises(AssertionError, match="within the 3 rows"):
        F.embedding(autograd.tensor([0]), table, padding_idx=3)


def test_bilinear_says_what_is_wrong():
    x, weight = autograd.ones(2, 3), autograd.ones(4, 3, 3)
    for arguments, text in (
        ((x, x, autograd.ones(4, 3, 2)), "do not match the weight"),
        ((x, x[:1], weight), "batch dimensions"),
        ((x, x, weight, autograd.ones(3)), "does not match 4 outputs"),
    ):
        with pytest.raises(RuntimeError, match=text):
            F.bilinear(*arguments)
    assert F.bilinear(x[0], x[0], weight).tolist() == [9] * 4
    assert math.isclose(F.bilinear(x, x, weight, autograd.full((4,), 0.5)).sum().item(), 2 * 4 * 9.5)

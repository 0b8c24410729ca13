"""Embedding, attention and bilinear forms in nn.functional, against PyTorch where a table of samples doesn't reach."""

import math

import numpy as np
import pytest

import autograd
import nn

F = nn.functional
X = np.random.default_rng(0).standard_normal((2, 4, 3, 5))


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


MASKS = {
    "bools": X[0, 0, :, :3] > 0,
    "numbers": X[0, 0, :, :3],
    "a row that sees nothing": np.array([[True, False, True], [False, False, False], [True, True, True]]),
    "a mask for each head": X[:, :, :, :3] > -0.5,
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("causal", [False, True])
def test_masked_attention_is_pytorchs(mask, causal):
    torch = pytest.importorskip("torch")
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        q, k, v = (lib.tensor(np.roll(X, shift, 3), requires_grad=True) for shift in range(3))
        allowed = lib.tensor(mask)
        if causal:
            later = lib.tensor(np.triu(np.ones((3, 3)), 1)) > 0
            hidden = lib.tensor(np.where(np.triu(np.ones((3, 3)), 1), -np.inf, 0.0))
            allowed = allowed & ~later if mask.dtype == bool else allowed + hidden
        given = (lib.tensor(mask), True) if lib is autograd and causal else (allowed, False)
        out = functional.scaled_dot_product_attention(q, k, v, given[0], is_causal=given[1], scale=0.7)
        out.sin().sum().backward()
        found.append([out.detach().numpy(), *(x.grad.numpy() for x in (q, k, v))])
    for mine, theirs in zip(*found):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


def test_dropout_of_attention_keeps_the_mean():
    x = autograd.ones(1, 4)
    out = F.scaled_dot_product_attention(x.expand(10000, 1, 4), x, x, dropout_p=0.5)
    assert set(np.unique(out.numpy())) == {0.0, 2.0}
    assert abs(out.mean().item() - 1) < 0.1


@pytest.mark.parametrize(
    "text, call",
    [
        ("at least 2 dimensional", lambda f, x: f(x[0, 0, 0], x, x)),
        ("(..., L, E), (..., S, E)", lambda f, x: f(x, x[..., :3], x)),
        ("(..., L, E), (..., S, E)", lambda f, x: f(x, x, x[..., :2, :])),
        ("expected an attn_mask of bool", lambda f, x: f(x, x, x, autograd.ones(3, 3).long())),
        ("heads of key and value must divide", lambda f, x: f(x, x[:, :3], x[:, :3], enable_gqa=True)),
        ("between 0 and 1", lambda f, x: f(x, x, x, dropout_p=1.5)),
    ],
)
def test_attention_says_what_is_wrong(text, call):
    with pytest.raises(RuntimeError) as caught:
        call(F.scaled_dot_product_attention, autograd.tensor(X))
    assert text in str(caught.value)


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

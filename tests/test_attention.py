"""Attention where a table of samples doesn't reach: long sequences, strides, seeds, memory; and beside PyTorch."""

import tracemalloc

import numpy as np
import pytest

import autograd
import nn
from autograd.kernels import attention as kernels

F = nn.functional
X = np.random.default_rng(0).standard_normal((2, 4, 3, 5))


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


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def by_hand(q, k, v, mask, causal):
    """Attention that keeps all weights, of Tensors of float64."""
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = scores.masked_fill(autograd.ones(*scores.shape[-2:]).triu(1) > 0, -np.inf)
    return scores.softmax(-1) @ v


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("length, seen", [(300, 700), (700, 300), (33, 2)])
@pytest.mark.parametrize("masked, kept", [(False, 0), (True, 0), (True, kernels.KEPT)])
def test_many_blocks_are_what_one_is(monkeypatch, causal, length, seen, masked, kept):
    monkeypatch.setattr(kernels, "KEPT", kept)
    shapes = [(1, 2, length, 8), (1, 2, seen, 8), (1, 2, seen, 6)] + [(2, length, seen)] * masked
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(shapes)]
    upstream = normal(1, 2, length, 6)
    exact = [autograd.tensor(x, requires_grad=True) for x in arrays]
    expected = by_hand(*exact, *[None] * (not masked), causal)
    expected.backward(autograd.tensor(upstream))
    for dtype, tolerance in ((autograd.float64, 1e-12), (autograd.float32, 2e-5)):
        given = [autograd.tensor(x, dtype=dtype, requires_grad=True) for x in arrays]
        out = F.scaled_dot_product_attention(*given, is_causal=causal)
        out.backward(autograd.tensor(upstream, dtype=dtype))
        np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), rtol=0, atol=tolerance)
        for mine, other in zip(given, exact):
            largest = max(1, np.abs(other.grad.numpy()).max())
            np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), rtol=0, atol=tolerance * largest)


def test_heads_are_read_where_they_lie():
    """Queries, keys and values that are parts of one projection, as most programs have them."""
    x = autograd.tensor(normal(2, 5, 24), requires_grad=True)
    apart = [part.reshape(2, 5, 4, 2).transpose(1, 2) for part in x.split(8, 2)]
    out = F.scaled_dot_product_attention(*apart, is_causal=True)
    assert out.transpose(1, 2).is_contiguous()
    joined = F.scaled_dot_product_attention(*[part.contiguous() for part in apart], is_causal=True)
    assert joined.is_contiguous()
    np.testing.assert_array_equal(out.detach().numpy(), joined.detach().numpy())
    upstream = autograd.tensor(normal(2, 4, 5, 2))
    (found,) = autograd.grad(out, x, upstream, retain_graph=True)
    (expected,) = autograd.grad(joined, x, upstream)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("lengths", [(1, 1), (1, 5), (5, 1)])
def test_a_single_row_may_have_any_stride(lengths):
    """As a transposed column has it."""
    q, *others = (autograd.tensor(normal(2, 3, 4, n), requires_grad=True) for n in (lengths[0], lengths[1], lengths[1]))
    found = F.scaled_dot_product_attention(*(x.transpose(2, 3) for x in (q, *others)))
    upstream = autograd.tensor(normal(2, 3, lengths[0], 4))
    copies = [x.transpose(2, 3).detach().clone().contiguous().reshape(2, 3, -1, 4) for x in (q, *others)]
    expected = F.scaled_dot_product_attention(*(x.requires_grad_() for x in copies))
    np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=1e-12)
    gradients = autograd.grad(found, (q, *others), upstream)
    for mine, theirs in zip(gradients, autograd.grad(expected, copies, upstream)):
        np.testing.assert_allclose(mine.transpose(2, 3).numpy(), theirs.numpy(), rtol=1e-12, atol=1e-12)


def test_the_weights_of_long_sequences_are_not_kept():
    q = autograd.randn(1, 1, 4096, 16, requires_grad=True)
    F.scaled_dot_product_attention(q[:, :, :64], q, q).sum().backward()
    tracemalloc.start()
    F.scaled_dot_product_attention(q, q, q).sum().backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4096 * 4096 * 4 / 4


@pytest.mark.parametrize("threads", [1, 3])
def test_heads_that_share_keys_on_several_threads(threads):
    before = autograd.get_num_threads()
    q, k, v = (autograd.tensor(normal(2, heads, 200, 32, seed=heads), requires_grad=True) for heads in (8, 4, 2))
    mask = autograd.tensor(normal(200, 200), requires_grad=True)
    autograd.set_num_threads(threads)
    try:
        F.scaled_dot_product_attention(q, k, v, mask, enable_gqa=True).sin().sum().backward()
    finally:
        autograd.set_num_threads(before)
    found = [x.grad.numpy().copy() for x in (q, k, v, mask)]
    for x in (q, k, v, mask):
        x.grad = None
    by_hand(q, k.repeat_interleave(2, 1), v.repeat_interleave(4, 1), mask, False).sin().sum().backward()
    for mine, x in zip(found, (q, k, v, mask)):
        np.testing.assert_allclose(mine, x.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_a_score_that_overflows_hides_no_other():
    x = autograd.tensor([[[[1.0, 0.0]]]])
    far = autograd.tensor([[[[-np.inf, 0.0], [1.0, 0.0]]]])
    out = F.scaled_dot_product_attention(x, far, autograd.tensor([[[[5.0], [7.0]]]]))
    assert out.item() == 7
    assert F.scaled_dot_product_attention(x, far[:, :, :1], autograd.ones(1, 1, 1, 1)).item() == 0
    assert F.scaled_dot_product_attention(x, far * np.nan, autograd.ones(1, 1, 2, 1)).isnan().item()


def test_dropped_weights_are_pytorchs():
    torch = pytest.importorskip("torch")
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        lib.manual_seed(3)
        q, k, v = (lib.tensor(np.roll(X, shift, 3).astype("float32"), requires_grad=True) for shift in range(3))
        out = functional.scaled_dot_product_attention(q, k, v, dropout_p=0.4, is_causal=True)
        out.sum().backward()
        found.append([out.detach().numpy(), *(x.grad.numpy() for x in (q, k, v))])
    for mine, theirs in zip(*found):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)

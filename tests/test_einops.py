"""einops takes Tensors: the values are those that it finds for arrays, and gradients are right."""

import numpy as np
import pytest

import autograd

pytest.importorskip("einops")

import einops

import autograd.utils.einops

SHAPE = (2, 3, 4, 6)


def given(requires_grad=False):
    array = np.random.default_rng(0).standard_normal(SHAPE)
    return array, autograd.tensor(array, requires_grad=requires_grad)


@pytest.mark.parametrize(
    "function, pattern, options",
    [
        ("rearrange", "a b c d -> d (a c) b", {}),
        ("rearrange", "a b (c p) (d q) -> (a c d) (p q b)", {"p": 2, "q": 3}),
        ("rearrange", "a ... -> ... a", {}),
        ("rearrange", "a b c d -> a 1 b c d 1", {}),
        ("repeat", "a b c d -> a (b n) c d m", {"n": 2, "m": 3}),
        *(
            ("reduce", "a b (c p) d -> b c", {"p": 2, "reduction": how})
            for how in ("min", "max", "sum", "mean", "prod")
        ),
        ("reduce", "... -> ", {"reduction": "sum"}),
    ],
)
def test_patterns(function, pattern, options):
    array, x = given(requires_grad=True)
    apply = getattr(einops, function)
    wanted = apply(array, pattern, **options)
    found = apply(x, pattern, **options)
    assert found.shape == wanted.shape and np.allclose(found.detach().numpy(), wanted)
    assert autograd.gradcheck(lambda x: apply(x, pattern, **options), (x,))


@pytest.mark.parametrize("how", ["any", "all"])
def test_reductions_of_truths(how):
    array, x = given()
    found = einops.reduce(x > 0, "a b c d -> a d", how)
    assert np.array_equal(found.numpy(), einops.reduce(array > 0, "a b c d -> a d", how))


def test_several_tensors():
    array, x = given()
    assert einops.rearrange([x, x], "n a b c d -> (n a) b c d").shape == (4, 3, 4, 6)
    packed, shapes = einops.pack([x, x[..., 0]], "a b *")
    assert packed.shape == (2, 3, 28)
    first, second = einops.unpack(packed, shapes, "a b *")
    assert first.equal(x) and second.equal(x[..., 0])
    wanted = einops.einsum(array, array, "a b c d, e b c d -> a e")
    assert np.allclose(einops.einsum(x, x, "a b c d, e b c d -> a e").numpy(), wanted)
    assert einops.parse_shape(x, "a b _ d") == {"a": 2, "b": 3, "d": 6}
    assert einops.asnumpy(x) is x.array


def test_mistakes_are_named():
    _, x = given()
    with pytest.raises(einops.EinopsError, match="Wrong shape"):
        einops.rearrange(x, "a b -> b a")

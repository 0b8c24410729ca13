"""The same seed gives PyTorch's numbers. The table was printed by PyTorch 2.13 on the CPU."""

import numpy as np
import pytest

import autograd

CALLS = {
    "rand(3)": lambda: autograd.rand(3),
    "rand(2, float64)": lambda: autograd.rand(2, dtype=autograd.float64),
    "randn(3)": lambda: autograd.randn(3),
    "randn(16)[:4]": lambda: autograd.randn(16)[:4],
    "randn(20)[-4:]": lambda: autograd.randn(20)[-4:],
    "randn(3, float64)": lambda: autograd.randn(3, dtype=autograd.float64),
    "randint(10, (5,))": lambda: autograd.randint(10, (5,)),
    "randint(-3, 2**40, (2,))": lambda: autograd.randint(-3, 2**40, (2,)),
    "randperm(6)": lambda: autograd.randperm(6),
    "uniform_(-1, 1)": lambda: autograd.empty(3).uniform_(-1, 1),
    "normal_(1, 2)": lambda: autograd.empty(3).normal_(1, 2),
}
EXPECTED = {
    "rand(3)": [[0.49625659, 0.768221796, 0.088477433], [0.132030487, 0.307422817, 0.634078681]],
    "rand(2, float64)": [[0.970053002, 0.707819864], [0.459382943, 0.920747684]],
    "randn(3)": [[1.540996075, -0.293428898, -2.178789377], [0.568431258, -1.084522367, -1.398595452]],
    "randn(16)[:4]": [
        [-1.125839829, -1.152360201, -0.250578582, -0.433878809],
        [-1.352653742, -1.695931196, 0.566650629, 0.793508351],
    ],
    "randn(20)[-4:]": [
        [0.931826591, 1.259009242, 2.004980564, 0.053736903],
        [-1.495914936, -0.193837121, 0.445512176, 1.325274825],
    ],
    "randn(3, float64)": [[1.540996108, -0.293428906, -2.178789382], [0.568431277, -1.084522342, -1.398595395]],
    "randint(10, (5,))": [[4, 9, 3, 0, 3], [9, 7, 3, 7, 3]],
    "randint(-3, 2**40, (2,))": [[741253000462, 506101270731], [291417319135, 841130116354]],
    "randperm(6)": [[2, 5, 3, 0, 1, 4], [3, 0, 5, 4, 2, 1]],
    "uniform_(-1, 1)": [[-0.00748682, 0.536443591, -0.823045135], [-0.735939026, -0.385154366, 0.268157363]],
    "normal_(1, 2)": [[4.081992149, 0.413142174, -3.357578754], [2.136862516, -1.169044733, -1.797190785]],
}


@pytest.mark.parametrize("name", CALLS)
def test_the_numbers_are_pytorchs(name):
    autograd.manual_seed(0)
    for expected in EXPECTED[name]:
        # The transcendental functions differ in the last bit of float32.
        np.testing.assert_allclose(CALLS[name]().numpy(), expected, rtol=1e-6, atol=1e-6)


def test_the_same_seed_gives_the_same_numbers_again():
    autograd.manual_seed(7)
    first = autograd.randn(40), autograd.randn(3)
    autograd.manual_seed(7)
    assert first[0].equal(autograd.randn(40))
    assert first[1].equal(autograd.randn(3))


def test_a_state_can_be_returned_to():
    autograd.randn(3)
    state = autograd.get_rng_state()
    expected = autograd.randn(2), autograd.rand(2)
    autograd.set_rng_state(state)
    assert autograd.randn(2).equal(expected[0])
    assert autograd.rand(2).equal(expected[1])


def test_a_generator_leaves_the_global_numbers_alone():
    autograd.manual_seed(0)
    expected = autograd.rand(2)
    autograd.manual_seed(0)
    autograd.rand(5, generator=autograd.Generator().manual_seed(1))
    assert autograd.rand(2).equal(expected)


def test_initial_seed():
    autograd.manual_seed(123)
    autograd.rand(2)
    assert autograd.initial_seed() == 123


def test_bernoulli_follows_its_probabilities():
    autograd.manual_seed(0)
    p = autograd.full((20_000,), 0.3)
    # Five standard deviations of the mean.
    assert abs(autograd.bernoulli(p).mean().item() - 0.3) < 5 * (0.3 * 0.7 / 20_000) ** 0.5
    with pytest.raises(RuntimeError, match="probabilities between 0 and 1"):
        autograd.bernoulli(autograd.tensor([1.5]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: autograd.randint(3, 3, (2,)), "randint: expects 'from' to be less than 'to'"),
        (lambda: autograd.empty(2).uniform_(1, 0), "uniform_"),
        (lambda: autograd.empty(2).normal_(0, -1), "normal_ expects std >= 0.0"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(RuntimeError, match=message):
        call()

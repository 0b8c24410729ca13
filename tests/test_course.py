"""Checking answers: what is right, and what is said of each kind of mistake."""

import numpy as np
import pytest

import autograd
from autograd import Scalar
from autograd.course import check

W = np.arange(12.0).reshape(3, 4) + 0.5
SQUARE = W[:3, :3]
UNANSWERED = "Not answered yet: put your answer in place of the ..."

RIGHT = {
    "a number": (0.25, 0.25),
    "rounded": (0.1 + 0.2, 0.3),
    "nothing but rounding": (1e-17, 0.0),
    "a Tensor": (autograd.tensor(W, requires_grad=True), W),
    "float32": (W.astype(np.float32) / 3, W / 3),
    "a Scalar": (Scalar(2.0), 2),
    "a list of Tensors": ([autograd.tensor(row) for row in W], W),
    "a tuple": ((W, 1.0), (autograd.tensor(W), 1.0)),
    "a dict, with more in it": ({"dW": W, "db": 1.0, "z": 2.0}, {"db": 1.0, "dW": W}),
    "a nested tuple": ((W, (1.0, W)), (W, (1.0, W))),
    "a shape": ([8, 4, 4], (8, 4, 4)),
    "a word": ("relu", "relu"),
    "a truth": (np.True_, True),
    "infinite": (np.inf, float("inf")),
    "NaN": (np.nan, float("nan")),
}

# What is given, what is right, and what is said after "Wrong: ".
WRONG = {
    "sign": (-0.25, 0.25, "the sign: it is minus what it should be"),
    "signs": (-W, W, "the sign: every number is minus what it should be"),
    "some signs": (np.abs(W - 3), W - 3, "the sign at [0, 0]"),
    "twice": (0.5, 0.25, "it is 2 times too large"),
    "half": (W / 2, W, "every number is 2 times too small"),
    "a sum for a mean": (32 * W, W, "every number is 32 times too large: a mean over 32 examples?"),
    "a mean for a sum": (W / 32, W, "every number is 32 times too small: a sum, not a mean, over 32 examples?"),
    "sign and factor": (-1.5 * W, W, "the sign, and every number is 1.5 times too large"),
    "zeros": (0 * W, W, "every number is 0"),
    "offset": (W - 1, W, "every number is too small by 1"),
    "too large": (7, 1, "7 is too large"),
    "one place": (W + np.eye(3, 4, 1), W, "3 of 12 are wrong, the first at [0, 1]: 2.5 is too large"),
    "all places": (W.round(), W, "all 12 are wrong, the first at [0, 0]: 0 is too small"),
    "digits": (0.3333, 1 / 3, "nearly right (to 0.01%); more digits are asked for"),
    "NaN": (np.where(W == 1.5, np.nan, W), W, "NaN at [0, 1]"),
    "one NaN": (float("nan"), 1.0, "NaN"),
    "infinite": (np.where(W == 1.5, np.inf, W), W, "infinite at [0, 1]"),
    "no NaN": (1.0, float("nan"), "not 1.0"),
    "transposed": (W.T, W, "transposed: the shape is (4, 3), not (3, 4)"),
    "transposed and wrong": (2 * W.T, W, "the shape is (4, 3), not (3, 4); transposed?"),
    "transposed square": (SQUARE.T, SQUARE, "transposed"),
    "not summed": (W, W.sum(0), "not summed over axis 0: the shape is (3, 4), not (4,)"),
    "not averaged": (W, W.mean(1, keepdims=True), "not averaged over axis 1: the shape is (3, 4), not (3, 1)"),
    "not summed at all": (W, W.sum(), "not summed over the axes (0, 1): the shape is (3, 4), not ()"),
    "no keepdims": (W[0], W[:1], "an axis of length 1 is missing (keepdims?): the shape is (4,), not (1, 4)"),
    "keepdims": (W[:1], W[0], "an axis of length 1 too many: the shape is (1, 4), not (4,)"),
    "another shape": (W[:2], W, "the shape is (2, 4), not (3, 4)"),
    "a shape": ((8, 4, 5), (8, 4, 4), "1 of 3 are wrong, the first at [2]: 5 is too large"),
    "too few": ((W,), (W, W), "2 parts are asked for, not 1"),
    "no parts": (W, (W, W), "2 parts are asked for, not ndarray"),
    "the second": ((W, -W), (W, W), "part 2: the sign: every number is minus what it should be"),
    "within": ((W, (W, 3)), (W, (W, 1.5)), "part 2, part 2: it is 2 times too large"),
    "a missing part": ({"dW": W}, {"dW": W, "db": W}, "db is missing"),
    "a part": ({"dW": W, "db": -W}, {"dW": W, "db": W}, "db: the sign: every number is minus what it should be"),
    "no dict": (W, {"dW": W, "db": W}, "a dict of dW, db is asked for, not ndarray"),
    "None": (None, 1.0, "a number is asked for, not None"),
    "a word for a number": ("one", 1.0, "a number is asked for, not str"),
    "a number for a word": (1, "relu", "a word is asked for, not int"),
    "a ragged list": ([[1.0], [1.0, 2.0]], W, "an array is asked for, not list"),
    "another word": ("tanh", "relu", "not tanh"),
    "truths": ([True, False], [True, True], "1 of 2 are wrong, the first at [1]: not False"),
    "a function": (len, 1.0, "a value is asked for, not a function"),
}

# A function, the right one, and what is printed after both have been called on 1, -2 and 3.
FUNCTIONS = {
    "right": (lambda x: x * x, lambda x: x**2, "Right"),
    "writes to what it gets": (lambda x: x.__imul__(x), lambda x: x**2, "Right"),
    "example": (lambda x: x, lambda x: abs(x), "Wrong: example 2: the sign: it is minus what it should be"),
    "part": (lambda x: (x, x), lambda x: (x, 2 * x), "Wrong: part 2, example 1: it is 2 times too small"),
    "unanswered": (lambda x: ..., lambda x: x, UNANSWERED),
    "half answered": (lambda x: (x, ...), lambda x: (x, x), UNANSWERED),
    "unanswered within": (lambda x: x * ..., lambda x: x, UNANSWERED),
    "unanswered in NumPy": (lambda x: np.exp(...), lambda x: x, UNANSWERED),
    "unanswered in a Tensor": (lambda x: autograd.exp(...), lambda x: x, UNANSWERED),
    "nothing returned": (
        lambda x: None,
        lambda x: x,
        "Not answered yet: the function returns None; put your answer in place of the ... and return it",
    ),
    "an error": (lambda x: 1 // 0, lambda x: x, "Wrong: ZeroDivisionError: integer division or modulo by zero"),
    "no function": (3, lambda x: x, "Wrong: a function is asked for, not int"),
    "no answer": (..., lambda x: x, UNANSWERED),
}


def printed(capsys, *args, **options):
    assert check(*args, **options) is None
    (line,) = capsys.readouterr().out.splitlines()
    return line


@pytest.mark.parametrize("given, right", RIGHT.values(), ids=RIGHT)
def test_right(given, right, capsys):
    assert printed(capsys, given, right) == "Right"


@pytest.mark.parametrize("given, right, said", WRONG.values(), ids=WRONG)
def test_wrong(given, right, said, capsys):
    assert printed(capsys, given, right) == f"Wrong: {said}"


@pytest.mark.parametrize("given, right, said", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.filterwarnings("error")
def test_functions(given, right, said, capsys):
    assert printed(capsys, given, right, *((np.array(x),) for x in (1.0, -2.0, 3.0))) == said


@pytest.mark.parametrize("given", [..., (W, ...), {"dW": ...}, [1, [...]]], ids=["alone", "tuple", "dict", "list"])
def test_not_answered_yet(given, capsys):
    assert printed(capsys, given, W) == UNANSWERED


def test_parts_have_the_names_that_are_given(capsys):
    names = ("dW", "db")
    assert printed(capsys, (W, 2.0), (W, 1.0), names=names) == "Wrong: db: it is 2 times too large"
    assert printed(capsys, (1.0,), (1.0, 2.0), names=names) == "Wrong: 2 parts (dW, db) are asked for, not 1"


def test_hints_come_first(capsys):
    hints = [(0.5, "this is twice the slope"), (-0.25, "downhill, not uphill")]
    assert printed(capsys, -0.25, 0.25, hints=hints) == "Wrong: downhill, not uphill"
    assert printed(capsys, 0.125, 0.25, hints=hints) == "Wrong: it is 2 times too small"
    assert printed(capsys, 0.25, 0.25, hints=hints) == "Right"
    itself = [(np.tanh, "this is tanh itself")]
    slope = lambda x: 1 - np.tanh(x) ** 2
    assert printed(capsys, lambda x: np.tanh(x), slope, (0.5,), (2.0,), hints=itself) == "Wrong: this is tanh itself"
    assert printed(capsys, slope, slope, (0.5,), (2.0,), hints=itself) == "Right"


def test_the_tolerance_is_in_parts_of_the_largest(capsys):
    assert printed(capsys, [1000.0, 0.01], [1000.0, 0.0], tolerance=1e-4) == "Right"
    assert printed(capsys, [1.0, 0.01], [1.0, 0.0], tolerance=1e-4).startswith("Wrong")


def test_a_tensor_that_a_function_gets_is_a_leaf_of_its_own(capsys):
    x = autograd.tensor([1.0, 2.0], requires_grad=True)

    def gradient(x):
        (x**3).sum().backward()
        return x.grad

    assert printed(capsys, gradient, lambda x: 3 * x**2, (x,), (x * 2,)) == "Right"
    assert x.grad is None


def fails(error):
    raise error


@pytest.mark.parametrize(
    "args, options, error",
    [
        ((1.0, 1.0, (2.0,)), {}, TypeError),
        ((abs, abs), {}, TypeError),
        ((1.0, None), {}, TypeError),
        ((1.0, ((), object())), {}, TypeError),
        (((1, 2), (1, 2)), {"names": ("a",)}, ValueError),
        ((2.0, 1.0), {"hints": ["twice"]}, TypeError),
        ((2.0, 1.0), {"hints": [(2.0, 3.0)]}, TypeError),
        ((abs, lambda x: fails(OSError()), (1.0,)), {}, OSError),
        ((abs, lambda x: x, (-1.0,)), {"hints": [(lambda x: fails(OSError()), "")]}, OSError),
    ],
)
def test_mistakes_of_the_author_raise(args, options, error):
    with pytest.raises(error):
        check(*args, **options)

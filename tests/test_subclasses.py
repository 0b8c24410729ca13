"""Classes of Tensors that answer for themselves: they keep their class, and are asked before anything is done."""

import copy
import inspect
import pickle

import pytest

import autograd
import nn
from autograd import Tensor
from autograd.engine.overriding import DisableTorchFunctionSubclass
from nn import functional as F


class Metres(Tensor):
    """Content with the answers that all Tensors have."""


class Logged(Tensor):
    """Writes down what it is asked for."""

    asked: list = []  # noqa: RUF012

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.asked.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs)


class Boxed:
    """No Tensor at all."""

    def __init__(self, value):
        self.value = value

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return cls(func(*[arg.value if isinstance(arg, cls) else arg for arg in args], **(kwargs or {})))


class Silent:
    """Has no answer."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return NotImplemented


@pytest.fixture
def length():
    return autograd.ones(2).as_subclass(Metres)


KEEPING = {
    "add": lambda s: s + 1,
    "reflected": lambda s: 1 + s,
    "beside a plain one": lambda s: autograd.ones(2) + s,
    "function": lambda s: autograd.add(autograd.ones(2), s),
    "neg": lambda s: -s,
    "compared": lambda s: s == s,
    "sum": lambda s: s.sum(),
    "std": lambda s: s.std(),
    "std as a function": lambda s: autograd.std(s),
    "index": lambda s: s[0],
    "view": lambda s: s.view(2, 1),
    "cat": lambda s: autograd.cat([autograd.ones(1), s]),
    "stack": lambda s: autograd.stack([s, s]),
    "clone": lambda s: s.clone(),
    "detach": lambda s: s.detach(),
    "data": lambda s: s.data,
    "T": lambda s: s.T,
    "max": lambda s: s.max(0).values,
    "split": lambda s: s.split(1)[0],
    "unbind": lambda s: s.unbind()[1],
    "iterated": lambda s: next(iter(s)),
    "new_ones": lambda s: s.new_ones(3),
    "double": lambda s: s.double(),
    "relu": lambda s: F.relu(s),
    "softmax": lambda s: F.softmax(s, 0),
    "linear": lambda s: F.linear(s, autograd.ones(3, 2)),
    "loss": lambda s: F.mse_loss(s, autograd.zeros(2)),
    "layer": lambda s: nn.Linear(2, 3)(s),
    "in place": lambda s: s.add_(1),
    "asked to require grad": lambda s: s.requires_grad_(),
    "deep copy": lambda s: copy.deepcopy(s),
    "pickled": lambda s: pickle.loads(pickle.dumps(s)),
}


@pytest.mark.parametrize("make", KEEPING.values(), ids=KEEPING)
def test_what_is_made_of_a_subclass_is_of_that_class(make, length):
    assert type(make(length)) is Metres


def test_values_are_those_of_plain_tensors(length):
    for name, make in KEEPING.items():
        if name != "layer":
            expected = make(autograd.ones(2))
            made = make(autograd.ones(2).as_subclass(Metres))
            assert made.tolist() == expected.tolist(), name


def test_it_is_shown_by_its_name(length):
    assert repr(length) == "Metres([1., 1.])"
    assert repr(nn.Parameter(autograd.ones(1))) == "Parameter containing:\ntensor([1.], requires_grad=True)"


def test_gradients_pass_through_the_class():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = (x.as_subclass(Metres) * 3).sum()
    y.backward()
    assert type(y) is Metres and type(x.grad) is Tensor
    assert x.grad.tolist() == [3, 3]


def test_a_leaf_of_its_own():
    made = Tensor._make_subclass(Metres, autograd.ones(2), True)
    (made * made).sum().backward()
    assert made.is_leaf and made.requires_grad
    assert type(made.grad) is Tensor and made.grad.tolist() == [2, 2]
    assert made.data_ptr() != 0


def test_writes_reach_the_tensor_that_it_sees():
    base = autograd.zeros(2)
    base.as_subclass(Metres).add_(1)
    assert base.tolist() == [1, 1]


def test_who_is_asked_for_what():
    x = autograd.ones(2).as_subclass(Logged)
    Logged.asked.clear()
    autograd.add(x, 1), x + 1, x.sum(), F.relu(x), x.shape, F.mse_loss(x, autograd.ones(2))
    assert Logged.asked[:5] == ["add", "add", "sum", "relu", "__get__"]
    assert len(Logged.asked) > 5


def test_anything_may_answer():
    box = Boxed(autograd.ones(2))
    assert autograd.add(box, 1).value.tolist() == [2, 2]
    assert autograd.add(autograd.ones(2), box).value.tolist() == [2, 2]
    assert autograd.sum(box).value.item() == 2
    assert autograd.std(box).value.item() == 0
    assert F.relu(box).value.tolist() == [1, 1]
    with pytest.raises(TypeError, match="all __torch_function__ handlers returned NotImplemented"):
        autograd.add(Silent(), 1)
    with pytest.raises(TypeError, match="expected a Tensor"):
        autograd.add(object(), autograd.ones(2))


def test_the_most_derived_is_asked_first():
    class Longer(Metres):
        pass

    assert type(autograd.ones(2).as_subclass(Metres) + autograd.ones(2).as_subclass(Longer)) is Longer

    class Other(Tensor):
        pass

    with pytest.raises(TypeError, match="Multiple dispatch failed for 'add'"):
        autograd.ones(2).as_subclass(Metres) + autograd.ones(2).as_subclass(Other)


def test_methods_of_the_class_and_of_its_other_bases_stay():
    class Mixin:
        def mean(self):
            return "mine"

    class Mixed(Mixin, Tensor):
        def sum(self):
            return super().sum() * 10

    x = autograd.ones(2).as_subclass(Mixed)
    assert x.mean() == "mine"
    assert x.sum().item() == 20 and type(x.sum()) is Mixed


def test_where_none_is_asked(length):
    with DisableTorchFunctionSubclass():
        assert type(length + 1) is Tensor
    assert type(length + 1) is Metres


def test_parameters_give_plain_tensors():
    class Scaled(nn.Parameter):
        def __new__(cls, data, scale):
            made = super().__new__(cls, data)
            made.scale = scale
            return made

    layer = nn.Module()
    layer.weight = Scaled(autograd.ones(2), 3)
    assert list(dict(layer.named_parameters())) == ["weight"]
    assert layer.weight.scale == 3 and type(layer.weight * 2) is Tensor
    assert "array" not in vars(Scaled) and "array" not in vars(nn.Parameter)


@pytest.mark.parametrize("wrong", [int, "Tensor", None])
def test_only_a_class_of_tensors_will_do(wrong):
    with pytest.raises(TypeError, match="subclass of Tensor"):
        autograd.ones(1).as_subclass(wrong)


def test_plain_tensors_have_nothing_in_the_way():
    assert inspect.ismemberdescriptor(inspect.getattr_static(nn.Parameter, "array"))
    assert inspect.ismemberdescriptor(inspect.getattr_static(Tensor, "array"))

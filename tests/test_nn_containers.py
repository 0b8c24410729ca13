"""What modules hold under which names, and containers edited like lists and dicts, as PyTorch's are."""

import copy
import pickle
from collections import OrderedDict

import pytest

import autograd
import nn


def names(module):
    return [name for name, _ in module.named_parameters()]


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def test_none_keeps_its_place_in_a_list(package):
    _, nn = package
    layers = nn.ModuleList([None, nn.Linear(1, 1), None])
    assert (len(layers), layers[0], layers[-1]) == (3, None, None)
    assert names(layers) == ["1.weight", "1.bias"]
    assert [name for name, _ in layers.named_modules()] == ["", "1"]
    layers.append(nn.ReLU())
    layers[0] = nn.Linear(1, 1, bias=False)
    layers[1] = None
    assert (names(layers), layers[1]) == (["0.weight"], None)
    assert [type(layer).__name__ for layer in layers] == ["Linear", "NoneType", "NoneType", "ReLU"]
    assert layers.state_dict().keys() == {"0.weight"}
    assert "(1-2): 2 x None" in repr(layers)


def test_none_keeps_its_place_in_a_dict(package):
    _, nn = package
    named = nn.ModuleDict({"a": None, "b": nn.Linear(1, 1), "c": None})
    assert (list(named), named["a"], len(named)) == (["a", "b", "c"], None, 3)
    assert ("c" in named, "d" in named) == (True, False)
    named["a"] = nn.Linear(1, 1)
    named["b"] = None
    assert (list(named), names(named)) == (["a", "b", "c"], ["a.weight", "a.bias"])
    assert list(named.items())[1] == ("b", None)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_copies_keep_places_and_what_is_shared(again):
    layer = nn.Linear(1, 1)
    made = again(nn.ModuleList([None, layer, layer, nn.Sequential(layer, nn.BatchNorm1d(1))]))
    assert (len(made), made[0]) == (4, None)
    assert made[1] is made[2] is made[3][0]
    assert names(made) == ["1.weight", "1.bias", "3.1.weight", "3.1.bias"]
    made[3].add_module("last", None)
    assert len(made[3]) == 3
    assert len(layer._buffers) == 0


def test_what_is_registered_keeps_the_order_of_its_first_assignment(package):
    autograd, nn = package

    class Block(nn.Module):
        def __init__(self, autograd=autograd, nn=nn):
            self.early = 3
            super().__init__()
            self.down = self.scale = None
            self.register_parameter("shift", None)
            self.add_module("up", None)
            self.conv = nn.Linear(1, 1, bias=False)
            self.gain = nn.Parameter(autograd.ones(1))
            self.down = nn.Linear(1, 1, bias=False)
            self.up = nn.Linear(1, 1, bias=False)
            self.scale = nn.Parameter(autograd.ones(1))
            self.shift = nn.Parameter(autograd.ones(1))

    block = Block()
    assert names(block) == ["shift", "gain", "scale", "up.weight", "conv.weight", "down.weight"]
    block.conv = None
    block.shift = None
    assert names(block) == ["gain", "scale", "up.weight", "down.weight"]
    block.conv = nn.Linear(1, 1, bias=False)
    block.shift = nn.Parameter(autograd.ones(1))
    assert names(block) == ["shift", "gain", "scale", "up.weight", "conv.weight", "down.weight"]
    del block.conv, block.shift
    block.conv = nn.Linear(1, 1, bias=False)
    block.shift = nn.Parameter(autograd.ones(1))
    assert names(block) == ["gain", "scale", "shift", "up.weight", "down.weight", "conv.weight"]
    block.up = nn.Parameter(autograd.ones(1))
    assert names(block) == ["gain", "scale", "shift", "up", "down.weight", "conv.weight"]


def test_a_slice_of_a_sequential_keeps_names_and_class(package):
    _, nn = package

    class Stack(nn.Sequential):
        pass

    stack = Stack(OrderedDict(a=nn.Linear(1, 1), b=nn.ReLU(), c=nn.Linear(1, 1)))
    part = stack[1:]
    assert (type(part), [name for name, _ in part.named_children()]) == (Stack, ["b", "c"])
    assert part[1] is stack.c
    assert [name for name, _ in stack[::-2].named_children()] == ["c", "a"]

    class Layers(nn.ModuleList):
        pass

    part = Layers([None, nn.ReLU(), nn.ELU()])[1:]
    assert (type(part), [name for name, _ in part.named_children()]) == (Layers, ["0", "1"])


def test_editing_a_sequential(package):
    _, nn = package
    a, b, c, d = nn.ReLU(), nn.ELU(), nn.Tanh(), nn.SiLU()
    row = nn.Sequential(OrderedDict(a=a, b=b))
    row[0] = c
    assert (row.a, list(row)) == (c, [c, b])
    row.append(a)
    assert [name for name, _ in row.named_children()] == ["a", "b", "2"]
    assert row.pop(-2) is b
    row = nn.Sequential(a, b, c, d)
    del row[1:3]
    assert (list(row), [name for name, _ in row.named_children()]) == ([a, d], ["0", "1"])
    row.insert(1, b)
    row.insert(-1, c)
    assert list(row) == [a, b, c, d]
    assert list(nn.Sequential(a) + nn.Sequential(b, c)) == [a, b, c]
    row = nn.Sequential(a, b)
    row += nn.Sequential(c)
    row *= 2
    assert list(row) == [a, b, c, a, b, c]
    assert len(2 * nn.Sequential(a, b) * 2) == 8
    for index in (7, -7):
        with pytest.raises(IndexError):
            row.insert(index, a)
    for wrong in (0, -1):
        with pytest.raises(ValueError):
            row *= wrong
    with pytest.raises(TypeError):
        row *= 1.5
    assert len(row.extend([d])) == 7


def test_editing_lists_and_dicts(package):
    _, nn = package
    a, b, c = nn.ReLU(), nn.ELU(), nn.Tanh()
    layers = nn.ModuleList([a, b])
    layers[-1] = c
    layers.insert(0, b)
    assert list(layers) == [b, a, c]
    del layers[0], layers[-1]
    layers += [b, None]
    assert list(layers + [c]) == [a, b, None, c]
    assert (layers.pop(-1), layers.pop(0), list(layers)) == (None, a, [b])
    named = nn.ModuleDict([("a", a), ("b", b)])
    named.update({"b": c, "c": b})
    named.update(nn.ModuleDict({"d": a}))
    assert list(named.values()) == [a, c, b, a]
    assert (named.pop("a"), len(named.keys())) == (a, 3)
    del named["b"]
    assert list(named) == ["c", "d"]
    named.clear()
    assert not len(named)
    with pytest.raises(KeyError):
        named["c"]
    with pytest.raises(KeyError):
        named.pop("c")
    with pytest.raises(IndexError):
        layers[5] = a
    with pytest.raises(TypeError):
        nn.ModuleList(3)


def module():
    made = nn.Linear(1, 1)
    made.add_module("child", nn.ReLU())
    made.register_buffer("seen", autograd.ones(1))
    return made


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.ModuleList([nn.ReLU(), lambda x: x]), TypeError, "function is not a Module subclass"),
        (lambda: nn.ModuleDict({"a": 3}), TypeError, "int is not a Module subclass"),
        (lambda: nn.Sequential(nn.ReLU(), autograd.tanh), TypeError, "is not a Module subclass"),
        (lambda: nn.ModuleDict({"keys": nn.ReLU()}), KeyError, "attribute 'keys' already exists"),
        (lambda: nn.ModuleDict({3: nn.ReLU()}), TypeError, "name should be a string. Got int"),
        (lambda: module().register_parameter("scale", autograd.ones(1)), TypeError, r"nn.Parameter\(tensor\)"),
        (lambda: module().register_parameter("seen", None), KeyError, "'seen' already exists"),
        (lambda: module().register_parameter("a.b", None), KeyError, "t contain"),
        (lambda: module().register_buffer("weight", autograd.ones(1)), KeyError, "'weight' already exists"),
        (lambda: module().register_buffer("scale", 3.0), TypeError, "a float as buffer 'scale'"),
        (lambda: module().add_module("a", 3), TypeError, "int is not a Module subclass"),
        (lambda: module().add_module("", nn.ReLU()), KeyError, "t be empty string"),
        (lambda: module().add_module("forward", nn.ReLU()), KeyError, "'forward' already exists"),
        (lambda: setattr(module(), "weight", autograd.ones(1)), TypeError, "a Tensor as parameter 'weight'"),
        (lambda: setattr(module(), "weight", nn.ReLU()), TypeError, "a ReLU as parameter 'weight'"),
        (lambda: setattr(module(), "child", 3), TypeError, "a int as child module 'child'"),
        (lambda: setattr(module(), "seen", 3), TypeError, "a int as buffer 'seen'"),
        (lambda: setattr(nn.Linear(1, 1, bias=False), "bias", autograd.ones(1)), TypeError, "as parameter 'bias'"),
    ],
)
def test_what_does_not_belong_there_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_list_that_refuses_is_unchanged():
    layers = nn.ModuleList([nn.ReLU()])
    for edit in (lambda: layers.extend([nn.ELU(), 3]), lambda: layers.insert(0, 3)):
        with pytest.raises(TypeError):
            edit()
    assert len(layers) == 1

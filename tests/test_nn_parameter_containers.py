"""ParameterList and ParameterDict are edited like lists and dicts, as PyTorch's are."""

import copy
import pickle
from collections import OrderedDict

import pytest

import autograd
import nn


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def names(module):
    return [name for name, _ in module.named_parameters()]


def test_a_list_of_parameters(package):
    lib, nn = package
    given = nn.Parameter(lib.ones(1))
    row = nn.ParameterList([given, lib.zeros(2)])
    assert row[0] is given
    assert isinstance(row[-1], nn.Parameter)
    assert names(row) == ["0", "1"]
    row.append(lib.ones(3)).extend([lib.ones(4)])
    row += [lib.ones(5), 7]
    assert [getattr(p, "shape", (p,))[0] for p in row] == [1, 2, 3, 4, 5, 7]
    assert (len(row), names(row), list(row.state_dict())) == (6, list("01234"), list("01234"))
    part = row[1::2]
    assert (type(part), len(part), part[0] is row[1], part[2]) == (nn.ParameterList, 3, True, 7)
    row[1] = lib.ones(9)
    assert row[1].shape == (9,)
    assert isinstance(row[1], nn.Parameter)
    row.extend(row)
    assert len(row) == 12
    assert not any(name.isdigit() for name in dir(row))


def test_a_dict_of_parameters(package):
    lib, nn = package
    named = nn.ParameterDict({"b": lib.ones(1), "a": lib.ones(2)})
    assert list(named) == list(named.keys()) == names(named) == ["a", "b"]
    named["c"] = 3
    named.update([("e", lib.ones(5)), ["d", lib.ones(4)]])
    named.update(OrderedDict(g=lib.ones(7), f=None))
    assert list(reversed(named)) == ["f", "g", "d", "e", "c", "b", "a"]
    assert [key for key, _ in named.items()] == list("abcedgf")
    assert list(named.values())[2] == 3
    assert ("c" in named, "z" in named, len(named)) == (True, False, 7)
    assert isinstance(named["d"], nn.Parameter)
    assert (named.get("c"), named.get("z"), named.get("z", 1)) == (3, None, 1)
    assert (named.setdefault("c", 8), named.setdefault("z", 8), named["z"]) == (3, 8, 8)
    assert named.popitem() == ("z", 8)
    assert named.pop("c") == 3
    del named["g"], named["f"]
    assert list(named) == ["a", "b", "e", "d"]
    twin = named.copy()
    assert (type(twin), twin["a"] is named["a"], list(twin)) == (nn.ParameterDict, True, list(named))
    both = named | nn.ParameterDict({"h": lib.ones(8), "a": lib.ones(9)})
    assert (list(both), both["a"].shape, len(named)) == (["a", "b", "e", "d", "h"], (9,), 4)
    named |= {"i": 1}
    assert list(named)[-1] == "i"
    assert list(named.fromkeys(["x", "y"], 5).items()) == [("x", 5), ("y", 5)]
    named.clear()
    assert (len(named), names(named)) == (0, [])


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_copies(package, again):
    lib, nn = package
    model = nn.ModuleList([nn.ParameterList([lib.ones(1)]), nn.ParameterDict({"a": lib.ones(2)})])
    twin = again(model)
    assert names(twin) == names(model) == ["0.0", "1.a"]
    twin[0].append(lib.ones(3))
    assert (len(twin[0]), len(model[0]), list(twin[1])) == (2, 1, ["a"])


def test_they_print_as_pytorchs():
    torch = pytest.importorskip("torch")
    for make in (
        lambda lib, nn: nn.ParameterList([lib.ones(2, 3), 3, nn.Parameter(lib.tensor(1.0))]),
        lambda lib, nn: nn.ParameterList([lib.ones(2, 3)]),
        lambda lib, nn: nn.ModuleList([nn.ParameterList([nn.ReLU(), 1])]),
        lambda lib, nn: nn.ParameterDict({"a": 3, "b": "c"}),
        lambda lib, nn: nn.ParameterList(),
    ):
        assert repr(make(autograd, nn)).replace("autograd.", "torch.") == repr(make(torch, torch.nn))


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda lib, nn: nn.ParameterList(lib.ones(2)), TypeError),
        (lambda lib, nn: nn.ParameterList(3), TypeError),
        (lambda lib, nn: nn.ParameterList([lib.ones(1)])[1], IndexError),
        (lambda lib, nn: nn.ParameterList().__setitem__(0, lib.ones(1)), IndexError),
        (lambda lib, nn: nn.ParameterList([lib.ones(1)]).__setitem__(0, 3), TypeError),
        (lambda lib, nn: nn.ParameterList([lib.ones(1)])(1), RuntimeError),
        (lambda lib, nn: nn.ParameterList([lib.tensor([1])]), RuntimeError),
        (lambda lib, nn: nn.ParameterDict()["a"], AttributeError),
        (lambda lib, nn: nn.ParameterDict().pop("a"), AttributeError),
        (lambda lib, nn: nn.ParameterDict().__delitem__("a"), KeyError),
        (lambda lib, nn: nn.ParameterDict().popitem(), KeyError),
        (lambda lib, nn: nn.ParameterDict({"a.b": lib.ones(1)}), KeyError),
        (lambda lib, nn: nn.ParameterDict({"keys": lib.ones(1)}), KeyError),
        (lambda lib, nn: nn.ParameterDict([(3, lib.ones(1))]), TypeError),
        (lambda lib, nn: nn.ParameterDict(3), TypeError),
        (lambda lib, nn: nn.ParameterDict([3]), TypeError),
        (lambda lib, nn: nn.ParameterDict([("a", 1, 2)]), ValueError),
        (lambda lib, nn: nn.ParameterDict()(1), RuntimeError),
    ],
)
def test_what_is_refused(package, edit, error):
    with pytest.raises(error):
        edit(*package)


def test_what_is_refused_is_not_there():
    named, row = nn.ParameterDict(), nn.ParameterList([autograd.ones(1)])
    with pytest.raises(KeyError):
        named["keys"] = autograd.ones(1)
    with pytest.raises(RuntimeError):
        row.append(autograd.tensor([1]))
    assert (len(named), len(row)) == (0, 1)
    assert list({"b": autograd.ones(1)} | nn.ParameterDict({"a": autograd.ones(1)})) == ["b", "a"]

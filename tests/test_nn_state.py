"""What of a module is saved and loaded, with functions called around it, as PyTorch does it."""

import copy
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


def test_a_state_goes_where_it_is_told(package):
    _, nn = package
    model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1, affine=False))
    into = OrderedDict(first=1)
    assert model.state_dict(destination=into, prefix="net.") is into
    assert list(into) == [
        "first",
        "net.0.weight",
        "net.0.bias",
        "net.1.running_mean",
        "net.1.running_var",
        "net.1.num_batches_tracked",
    ]
    assert model.state_dict(prefix="a.", keep_vars=True)["a.0.weight"] is model[0].weight
    assert model[0].state_dict()._metadata == {"": {"version": 1}}


def test_a_subclass_saves_as_it_likes(package):
    _, nn = package

    class Wrapped(nn.Linear):
        def state_dict(self, *args, prefix="", **kwargs):
            state = super().state_dict(*args, prefix=prefix, **kwargs)
            state[prefix + "kernel"] = state.pop(prefix + "weight")
            return state

    assert list(nn.Sequential(Wrapped(1, 1)).state_dict()) == ["0.bias", "0.kernel"]


def test_hooks_around_saving(package):
    _, nn = package
    model, seen = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU()), []

    def add(module, state, prefix, details):
        seen.append(("after", prefix, details["version"]))
        state[prefix + "more"] = 3

    handles = [
        model[0].register_state_dict_pre_hook(lambda module, *given: seen.append(("before", *given))),
        model[0].register_state_dict_post_hook(add),
    ]
    assert list(model.state_dict()) == ["0.weight", "0.more"]
    assert seen == [("before", "0.", False), ("after", "0.", 1)]
    for handle in handles:
        handle.remove()
    assert list(model.state_dict()) == ["0.weight"]
    handle = model._register_state_dict_hook(lambda module, state, prefix, details: {"only": state["0.weight"]})
    inner = model[0]._register_state_dict_hook(lambda *given: None)
    assert list(model.state_dict()) == ["only"] and list(model[0].state_dict()) == ["weight"]
    handle.remove(), inner.remove()
    model.register_state_dict_post_hook(lambda *given: given[1])
    with pytest.raises(RuntimeError, match="post-hook must return None"):
        model.state_dict()


def rename(module, state, prefix, *others):
    state[prefix + "weight"] = state.pop(prefix + "kernel")


def test_hooks_before_loading(package):
    lib, nn = package
    model, seen = nn.Sequential(nn.Linear(1, 1, bias=False)), []
    model[0].register_load_state_dict_pre_hook(rename)
    handle = model.register_load_state_dict_pre_hook(lambda module, *given: seen.append((module, *given[1:])))
    given = {"0.kernel": lib.full((1, 1), 5.0)}
    assert tuple(model.load_state_dict(given, strict=False)) == ([], [])
    assert model[0].weight.item() == 5
    assert list(given) == ["0.kernel"]
    assert seen == [(model, "", {}, True, [], [], [])]
    handle.remove()
    model.register_load_state_dict_pre_hook(lambda module, *given: given[-1].append("not today"))
    with pytest.raises(RuntimeError, match=r"Error\(s\) in loading state_dict for Sequential:\n\tnot today"):
        model.load_state_dict({"0.kernel": lib.ones(1, 1)})


def test_hooks_after_loading(package):
    lib, nn = package
    model, seen = nn.Sequential(nn.Linear(1, 1), nn.ReLU()), []
    for module in (model, model[0]):
        module.register_load_state_dict_post_hook(
            lambda module, keys: seen.append((type(module).__name__, model[0].weight.item(), list(keys.missing_keys)))
        )
    state = {"0.weight": lib.full((1, 1), 5.0), "other": lib.ones(1)}
    keys = model.load_state_dict(state, strict=False)
    assert (keys.missing_keys, keys.unexpected_keys) == (["0.bias"], ["other"])
    assert seen == [("Linear", 5.0, ["0.bias"]), ("Sequential", 5.0, ["0.bias"])]

    def forgive(module, keys):
        keys.missing_keys.clear()
        keys.unexpected_keys.clear()

    handle = model.register_load_state_dict_post_hook(forgive)
    assert tuple(model.load_state_dict(state)) == ([], [])
    handle.remove()
    model.register_load_state_dict_post_hook(lambda module, keys: keys)
    with pytest.raises(AssertionError):
        model.load_state_dict(state, strict=False)


class Stubborn(nn.Linear):
    def get_extra_state(self):
        return 1

    def set_extra_state(self, state):
        raise ValueError("no")


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize(
    ("last", "spoil", "error"),
    [
        (lambda: Stubborn(1, 1), lambda model: None, ValueError),
        (
            lambda: nn.Linear(1, 1),
            lambda model: model.register_load_state_dict_post_hook(lambda *given: given[1].missing_keys.append("x")),
            RuntimeError,
        ),
        (
            lambda: nn.Linear(1, 1),
            lambda model: model.register_load_state_dict_post_hook(lambda *given: 1 / 0),
            ZeroDivisionError,
        ),
    ],
    ids=["extra state", "key", "hook"],
)
def test_what_is_refused_late_is_undone(last, spoil, error, assign):
    model = nn.Sequential(nn.LazyLinear(1), nn.BatchNorm1d(1), last())
    spoil(model)
    before = {
        name: value if nn.parameter.is_lazy(value) else value.tolist()
        for name, value in model.state_dict().items()
        if name[0] != "2"
    }
    own = list(model.parameters())
    other = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1), last())
    with autograd.no_grad():
        for value in other.state_dict().values():
            if isinstance(value, autograd.Tensor):
                value.fill_(9)
    with pytest.raises(error):
        model.load_state_dict(other.state_dict(), assign=assign)
    after = {
        name: value if nn.parameter.is_lazy(value) else value.tolist()
        for name, value in model.state_dict().items()
        if name[0] != "2"
    }
    assert before == after
    assert all(a is b for a, b in zip(own, model.parameters()))
    assert type(model[0].weight) is nn.UninitializedParameter
    model(autograd.ones(2, 3))


def test_extra_state_of_one_side_only(package):
    _, nn = package

    class Gets(nn.Linear):
        def get_extra_state(self):
            return 1

    class Sets(nn.Linear):
        def set_extra_state(self, state):
            pass

    keys = Sets(1, 1).load_state_dict(Sets(1, 1).state_dict(), strict=False)
    assert (keys.missing_keys, keys.unexpected_keys) == (["_extra_state"], [])
    keys = Gets(1, 1).load_state_dict(Gets(1, 1).state_dict(), strict=False)
    assert (keys.missing_keys, keys.unexpected_keys) == ([], ["_extra_state"])


def test_a_number_that_was_saved_as_a_list(package):
    lib, nn = package
    layer = nn.BatchNorm1d(1)
    layer.load_state_dict({**layer.state_dict(), "num_batches_tracked": lib.tensor([7])})
    assert (layer.num_batches_tracked.item(), layer.num_batches_tracked.shape) == (7, ())


def test_all_that_does_not_fit_is_told_at_once(package):
    lib, nn = package
    model = nn.Sequential(nn.Linear(2, 1), nn.Linear(1, 1))
    state = copy.deepcopy(model.state_dict())
    state["2.weight"] = state.pop("1.bias")
    state["0.weight"] = lib.ones(3, 3)
    with pytest.raises(RuntimeError) as raised:
        model.load_state_dict(state)
    first, missing, unexpected, size = str(raised.value).split("\n\t")
    assert first == "Error(s) in loading state_dict for Sequential:"
    assert missing == 'Missing key(s) in state_dict: "1.bias". '
    assert unexpected == 'Unexpected key(s) in state_dict: "2.weight". '
    assert size.startswith("size mismatch for 0.weight: copying a param with shape ")


def in_its_own_way(nn):
    """A class of layers that saves its weight under another name, as libraries do."""

    class Renamed(nn.Linear):
        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "kernel"] = destination.pop(prefix + "weight")

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *others):
            state_dict[prefix + "weight"] = state_dict.pop(prefix + "kernel")
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)
            self.seen = (prefix, local_metadata.get("version"), self.weight.tolist(), others[0])

    return Renamed


def test_a_class_that_saves_and_loads_in_its_own_way(package):
    _, nn = package
    layer = in_its_own_way(nn)
    model, other = (nn.Sequential(nn.BatchNorm1d(1), layer(1, 1, bias=False)) for _ in range(2))
    state = other.state_dict()
    assert list(state)[-1] == "1.kernel"
    assert tuple(model.load_state_dict(state)) == ([], [])
    assert model[1].seen == ("1.", 1, other[1].weight.tolist(), True)
    assert list(state)[-1] == "1.kernel"


def test_what_loads_in_its_own_way_is_undone_too():
    model = nn.Sequential(in_its_own_way(nn)(1, 1, bias=False), nn.Linear(1, 1))
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(RuntimeError, match="Missing"):
        model.load_state_dict({"0.kernel": autograd.ones(1, 1), "1.weight": autograd.ones(1, 1)})
    assert {name: value.tolist() for name, value in before.items()} == {
        name: value.tolist() for name, value in model.state_dict().items()
    }


def test_a_library_may_load_each_module_itself(package):
    lib, nn = package
    layer, lists = nn.Linear(1, 1), ([], [], [])
    state = {"a.weight": lib.full((1, 1), 3.0), "a.x": lib.ones(1), "a.below.y": lib.ones(1), "b": lib.ones(1)}
    layer._load_from_state_dict(state, "a.", {}, True, *lists)
    assert layer.weight.item() == 3
    assert lists == (["a.bias"], ["a.x", "a.below.y"], [])
    layer._load_from_state_dict({"weight": lib.ones(2)}, "", {}, False, *lists)
    assert [len(one) for one in lists] == [1, 2, 1]


@pytest.mark.parametrize("name", ["BatchNorm1d", "BatchNorm2d", "InstanceNorm1d"])
def test_the_number_of_batches_came_later(package, name):
    _, nn = package
    layer = getattr(nn, name)(1, track_running_stats=True)
    state = layer.state_dict()
    assert state._metadata == {"": {"version": 2}}
    del state["num_batches_tracked"]
    assert layer.load_state_dict(state, strict=False).missing_keys == ["num_batches_tracked"]
    assert layer.load_state_dict(dict(state)) == ([], [])


def test_a_hook_may_put_another_in_the_place_of_a_state_dict():
    model = nn.Sequential(nn.Linear(1, 1))
    handle = model._register_state_dict_hook(lambda module, state, prefix, details: state.update(more=1))
    assert list(model.state_dict()) == ["0.weight", "0.bias", "more"]
    handle.remove()
    model._register_state_dict_hook(lambda module, state, prefix, details: {"only": len(state)})
    assert model.state_dict() == {"only": 2}

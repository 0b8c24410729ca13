"""Hooks of modules, and what is saved of modules and loaded into them, as PyTorch's."""

import copy
import pickle

import pytest

import autograd
import nn


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn
    torch = pytest.importorskip("torch")
    return torch, torch.nn


def numbers(gradients):
    return [None if gradient is None else gradient.tolist() for gradient in gradients]


def test_hooks_around_a_forward(package):
    lib, nn = package

    class Scaled(nn.Module):
        def forward(self, x, scale=1):
            return x * scale

    module, seen = Scaled(), []
    module.register_forward_hook(lambda m, args, out: seen.append("second"))
    module.register_forward_hook(lambda m, args, kwargs, out: out + kwargs["scale"], with_kwargs=True, prepend=True)
    before = module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"scale": 3}), with_kwargs=True)
    assert (module(lib.ones(1), scale=2).item(), seen) == (6.0, ["second"])
    before.remove()
    assert module(lib.ones(1), scale=2).item() == 4.0
    module.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        module(lib.ones(1), scale=2)


def test_a_hook_may_take_itself_away(package):
    lib, nn = package
    module, seen = nn.Identity(), []
    handle = module.register_forward_hook(lambda *_: (seen.append("once"), handle.remove())[2:])
    module.register_forward_hook(lambda *_: seen.append("always"))
    module(lib.ones(1))
    module(lib.ones(1))
    assert seen == ["once", "always", "always"]


def test_a_hook_that_is_called_if_something_is_raised(package):
    lib, nn = package
    module, seen = nn.Linear(2, 1), []
    module.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    with pytest.raises(RuntimeError):
        module(lib.ones(3))
    assert seen == [None]


def test_a_hook_that_raises_after_something_was_raised(package):
    lib, nn = package
    module, seen = nn.Linear(2, 1), []
    module.register_forward_hook(lambda m, args, kwargs, out: {}["gone"], with_kwargs=True, always_call=True)
    module.register_forward_hook(lambda m, args, out: 5, always_call=True)
    module.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    silenced = pytest.warns(UserWarning, match="silenced as another error was raised in forward: 'gone'")
    with silenced, pytest.raises(RuntimeError):
        module(lib.ones(3))
    assert seen == [5]


def test_hooks_of_all_modules(package):
    lib, nn = package
    everywhere, seen = nn.modules.module, []
    model = nn.Sequential(nn.Linear(2, 1, bias=False), nn.ReLU())
    with lib.no_grad():
        model[0].weight.fill_(1)
    model[1].register_forward_pre_hook(lambda m, args: seen.append(("own", type(m).__name__, args[0].item())))
    handles = [
        everywhere.register_module_forward_pre_hook(lambda m, args: seen.append(("before", type(m).__name__))),
        everywhere.register_module_forward_hook(
            lambda m, args, kwargs, out: out + 1, with_kwargs=True, always_call=True
        ),
        everywhere.register_module_full_backward_pre_hook(
            lambda m, out: seen.append((type(m).__name__, out[0].item()))
        ),
        everywhere.register_module_full_backward_hook(lambda m, given, out: (given[0] * 2,)),
    ]
    x = lib.ones(1, 2, requires_grad=True)
    out = model(x)
    assert out.item() == 5
    out.backward()
    assert x.grad.tolist() == [[8.0, 8.0]]
    assert seen == [
        ("before", "Sequential"),
        ("before", "Linear"),
        ("before", "ReLU"),
        ("own", "ReLU", 3.0),
        ("Sequential", 1.0),
        ("ReLU", 1.0),
        ("Linear", 2.0),
    ]
    for handle in handles:
        handle.remove()
    seen.clear()
    assert model(x).item() == 2
    assert seen == [("own", "ReLU", 2.0)]


def test_without_hooks_of_all_modules_calls_are_as_short_as_before():
    handle = nn.modules.module.register_module_backward_hook(lambda *_: None)
    assert nn.Identity()._hooks is not None
    handle.remove()
    assert nn.Identity()._hooks is None


def test_hooks_on_what_is_registered(package):
    lib, nn = package
    everywhere, seen = nn.modules.module, []
    other = nn.Tanh()
    with (
        everywhere.register_module_parameter_registration_hook(lambda m, name, value: seen.append((name, value))),
        everywhere.register_module_buffer_registration_hook(lambda m, name, value: value + 1),
        everywhere.register_module_module_registration_hook(lambda m, name, value: other),
    ):
        layer = nn.Linear(1, 1, bias=False)
        layer.register_buffer("seen", lib.zeros(1))
        layer.seen = lib.ones(1)
        layer.child = nn.ReLU()
        layer.add_module("next", nn.ReLU())
    assert seen == [("weight", layer.weight)]
    assert layer.seen.item() == 2
    assert layer.child is layer.next is other
    layer.child = nn.ReLU()
    assert layer.child is not other


def test_a_gradient_for_no_input_is_refused(package):
    lib, nn = package
    module = nn.Linear(1, 1)
    module.register_full_backward_hook(lambda m, given, out: (lib.ones(1, 1),))
    with pytest.raises(RuntimeError, match="return"):
        module(lib.ones(1, 1)).backward()


def test_the_older_backward_hook_sees_what_the_module_was_given():
    module, seen = nn.Sequential(nn.Linear(2, 1, bias=False), nn.ReLU()), []
    module.register_backward_hook(lambda m, given, out: seen.append((given[0].shape, out[0].shape)))
    module(autograd.ones(3, 2, requires_grad=True)).sum().backward()
    assert seen == [((3, 2), (3, 1))]


@pytest.mark.parametrize("needs", [True, False])
def test_hooks_on_the_way_back(package, needs):
    lib, nn = package

    class Two(nn.Module):
        def forward(self, x, factor, y):
            return x * factor * self.scale, y + x

    module, seen = Two(), []
    module.scale = nn.Parameter(lib.full((2,), 2.0))
    module.register_full_backward_pre_hook(lambda m, out: (seen.append(numbers(out)), (out[0] * 10, out[1]))[1])
    module.register_full_backward_hook(lambda m, given, out: seen.append((numbers(given), numbers(out))))
    handle = module.register_full_backward_hook(lambda m, given, out: tuple(g if g is None else g * 2 for g in given))
    x, y = lib.ones(2, requires_grad=needs), lib.ones(2)
    a, b = module(x, 3.0, y)
    (a.sum() + (b * 2).sum()).backward()
    found = seen, module.scale.grad.tolist(), x.grad.tolist() if needs else None
    if needs:
        first = [[1.0, 1.0], [2.0, 2.0]]
        second = [[62.0, 62.0], None, [0.0, 0.0]], [[10.0, 10.0], [2.0, 2.0]]
        assert found == ([first, second], [30.0, 30.0], [124.0, 124.0])
    else:
        assert found[1] == [30.0, 30.0]
        assert seen[0][0] == [1.0, 1.0]
        assert seen[1][0] == [None, None, None]
    handle.remove()


def test_a_result_that_is_not_used_on_the_way_back(package):
    lib, nn = package

    class Two(nn.Module):
        def forward(self, x):
            return x * 2, x * 3

    module, seen = Two(), []
    module.register_full_backward_hook(lambda m, given, out: seen.append((numbers(given), numbers(out))))
    module(lib.ones(1, requires_grad=True))[0].backward()
    assert seen == [([[2.0]], [[1.0], None])]


def test_gradients_of_another_number_are_refused(package):
    lib, nn = package
    module = nn.Linear(1, 1)
    module.register_full_backward_hook(lambda m, given, out: (given[0], given[0]))
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        module(lib.ones(1, requires_grad=True)).backward()


def printing(module, args, output):
    return output + 1


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_copies_have_hooks_of_their_own(package, again):
    lib, nn = package
    module = nn.Sequential(nn.ReLU())
    handle = module[0].register_forward_hook(printing)
    other = again(module)
    handle.remove()
    assert (module(lib.ones(1)).item(), other(lib.ones(1)).item()) == (1.0, 2.0)


def test_hooks_of_gradients_are_of_one_kind(package):
    _, nn = package
    older, newer = nn.ReLU(), nn.ReLU()
    older.register_backward_hook(lambda *arguments: None)
    newer.register_full_backward_hook(lambda *arguments: None)
    for register in (older.register_full_backward_hook, newer.register_backward_hook):
        with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
            register(lambda *arguments: None)


def test_a_module_says_what_it_is_called(package):
    _, nn = package

    class Renamed(nn.ReLU):
        def _get_name(self):
            return "Other"

    assert (nn.ReLU()._get_name(), repr(Renamed())) == ("ReLU", "Other()")


def test_finding_parts_by_name(package):
    nn = package[1]
    layer = nn.Linear(1, 1)
    model = nn.Sequential(layer, nn.Sequential(layer, nn.BatchNorm1d(1)))
    assert model.get_parameter("1.0.weight") is layer.weight
    assert model.get_buffer("1.1.running_mean") is model[1][1].running_mean
    for wrong in (lambda: model.get_parameter("1.1.running_mean"), lambda: model.get_buffer("0.weight")):
        with pytest.raises(AttributeError):
            wrong()
    model.set_submodule("1.0", nn.ReLU())
    assert isinstance(model[1][0], nn.ReLU)
    with pytest.raises(AttributeError):
        model.set_submodule("1.7", nn.ReLU(), strict=True)
    with pytest.raises(ValueError):
        model.set_submodule("", nn.ReLU())
    twice = nn.ModuleList([layer, layer])
    assert [n for n, _ in twice.named_parameters(remove_duplicate=False)] == [
        "0.weight",
        "0.bias",
        "1.weight",
        "1.bias",
    ]
    assert [n for n, _ in twice.named_modules(remove_duplicate=False)] == ["", "0", "1"]


def test_state_that_is_assigned(package):
    lib, nn = package
    model = nn.Linear(2, 1)
    model.bias.requires_grad_(False)
    state = {"weight": lib.ones(1, 2, dtype=lib.float64), "bias": lib.zeros(1)}
    model.load_state_dict(state, assign=True)
    assert (model.weight.dtype, model.weight.requires_grad, model.bias.requires_grad) == (lib.float64, True, False)
    assert [name for name, _ in model.named_parameters()] == ["weight", "bias"]
    assert model.state_dict(keep_vars=True)["weight"] is model.weight
    assert not model.state_dict()["weight"].requires_grad


def test_extra_state(package):
    nn = package[1]

    class Extra(nn.Linear):
        def get_extra_state(self):
            return {"k": 1}

        def set_extra_state(self, state):
            self.got = state

    model = nn.Sequential(Extra(1, 1))
    assert list(model.state_dict()) == ["0.weight", "0.bias", "0._extra_state"]
    model.load_state_dict({**model.state_dict(), "0._extra_state": 7})
    assert model[0].got == 7


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (
            lambda state: {**state, "1.weight": [1.0]},
            RuntimeError,
            "expected a Tensor from checkpoint",
        ),
        (lambda state: {**state, "1.weight": autograd.ones(3)}, RuntimeError, r"mismatch for 1.weight.*Size\(\[3\]\)"),
        (lambda state: {**state, "2.weight": autograd.ones(3)}, RuntimeError, "Unexpected key.*2.weight"),
        (lambda state: {"0.weight": state["0.weight"]}, RuntimeError, 'Missing key.*"0.bias", "1.weight"'),
        (lambda state: list(state), TypeError, "Expected state_dict to be dict-like"),
    ],
)
@pytest.mark.parametrize("assign", [False, True])
def test_what_does_not_fit_loads_nothing(spoil, error, message, assign):
    model, other = (nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1)) for _ in range(2))
    before = {name: value.tolist() for name, value in model.state_dict().items()}
    with pytest.raises(error, match=message):
        model.load_state_dict(spoil(other.state_dict()), assign=assign)
    assert {name: value.tolist() for name, value in model.state_dict().items()} == before


def test_a_parameter_that_can_not_be_written_loads_nothing():
    model = nn.Linear(2, 2)
    model.bias = nn.Parameter(autograd.zeros(1).expand(2))
    before = model.weight.tolist()
    with pytest.raises(RuntimeError, match=r"bias of shape .* use assign=True"):
        model.load_state_dict({"weight": autograd.ones(2, 2), "bias": autograd.ones(2)})
    assert model.weight.tolist() == before


def test_hooks_as_the_dicts_that_libraries_read():
    layer, told = nn.Linear(1, 1), []
    assert len(layer._forward_hooks) == len(layer._backward_hooks) == 0
    layer.register_forward_hook(lambda module, args, out: told.append("after"))
    layer.register_forward_pre_hook(lambda module, args: told.append("before"))
    for key, hook in layer._forward_hooks.items():
        assert layer._forward_hooks[key] is hook
        hook(layer, (), None)
        del layer._forward_hooks[key]
    layer(autograd.ones(1, 1))
    assert told == ["after", "before"]
    layer._forward_pre_hooks = {}
    layer(autograd.ones(1, 1))
    assert told == ["after", "before"] and not layer._forward_pre_hooks
    with pytest.raises(KeyError):
        del layer._forward_hooks[0]


def test_the_older_hook_before_loading_is_not_given_the_module():
    layer = nn.Linear(1, 1, bias=False)
    layer._register_load_state_dict_pre_hook(lambda state, prefix, *others: state.update(weight=state.pop("kernel")))
    layer.load_state_dict({"kernel": autograd.ones(1, 1)})
    assert layer.weight.item() == 1

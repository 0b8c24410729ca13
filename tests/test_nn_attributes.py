"""What is registered, under which names, and what is refused there, as in PyTorch."""

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


def forgetful(nn, value):
    class Forgetful(nn.Module):
        def __init__(self):
            self.plain = 1
            self.value = value

    return Forgetful()


@pytest.mark.parametrize("what", ["parameter", "module", "buffer"])
def test_nothing_is_registered_before_init(package, what):
    lib, nn = package
    value = {"parameter": nn.Parameter(lib.ones(1)), "module": nn.ReLU(), "buffer": None}[what]
    with pytest.raises(AttributeError, match=rf"cannot assign {what}s? before Module.__init__\(\) call"):
        forgetful(nn, value).register_buffer("seen", lib.ones(1))


def test_a_second_init_drops_nothing():
    class Left(nn.Module):
        def __init__(self):
            nn.Module.__init__(self)
            self.left = nn.Linear(1, 1)
            self.register_buffer("seen", autograd.ones(1))
            self.later = nn.Identity()
            self.later = None

    class Right(nn.Module):
        def __init__(self):
            nn.Module.__init__(self)
            self.right = nn.Linear(1, 1)

    class Both(Left, Right):
        def __init__(self):
            Left.__init__(self)
            Right.__init__(self)

    both = Both()
    assert list(both.state_dict()) == ["seen", "left.weight", "left.bias", "right.weight", "right.bias"]
    with pytest.raises(TypeError):
        both.later = 3


NAMES = [(3, TypeError), ("", KeyError), ("a.b", KeyError), ("forward", KeyError), ("plain", KeyError)]


@pytest.mark.parametrize(("name", "error"), NAMES)
@pytest.mark.parametrize("register", ["register_parameter", "register_buffer", "add_module", "register_module"])
def test_names_that_are_refused(package, name, error, register):
    lib, nn = package
    value = {"register_parameter": nn.Parameter(lib.ones(1)), "register_buffer": lib.ones(1)}.get(register, nn.ReLU())
    module = nn.Identity()
    module.plain = 3
    with pytest.raises(error, match=f"{register.split('_')[1]} name" if name in (3, "", "a.b") else "already exists"):
        getattr(module, register)(name, value)
    assert not list(module.named_parameters()) + list(module.named_buffers()) + list(module.children())


@pytest.mark.parametrize("name", ["forward", "a.b"])
def test_a_parameter_is_not_assigned_to_such_names_either(package, name):
    lib, nn = package
    with pytest.raises(KeyError):
        setattr(nn.Identity(), name, nn.Parameter(lib.ones(1)))


def holder(lib, nn):
    module = nn.Identity()
    module.parameter = nn.Parameter(lib.ones(1))
    module.register_buffer("buffer", lib.ones(1))
    module.register_buffer("nothing", None)
    module.child = nn.ReLU()
    module.plain = 3
    return module


@pytest.mark.parametrize("value", ["parameter", "buffer", "tensor", "module", "number", "None"])
@pytest.mark.parametrize("name", ["parameter", "buffer", "nothing", "child", "plain", "new"])
def test_assigning_one_over_another(name, value):
    torch = pytest.importorskip("torch")
    seen = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        module = holder(lib, layers)
        made = {
            "parameter": lambda lib=lib, nn=layers: nn.Parameter(lib.ones(2)),
            "buffer": lambda lib=lib, nn=layers: nn.Buffer(lib.ones(2), persistent=False),
            "tensor": lambda lib=lib: lib.ones(2),
            "module": lambda nn=layers: nn.Tanh(),
            "number": lambda: 4,
            "None": lambda: None,
        }[value]()
        try:
            setattr(module, name, made)
            outcome = None
        except (TypeError, KeyError) as error:
            outcome = type(error)
        held = module.named_parameters, module.named_buffers, module.named_children
        seen.append([outcome, *([key for key, _ in named()] for named in held), list(module.state_dict())])
    assert seen[0] == seen[1]


def test_buffers(package):
    lib, nn = package
    module = nn.Identity()
    module.kept = nn.Buffer(lib.ones(1))
    module.scratch = nn.Buffer(lib.ones(1), persistent=False)
    assert isinstance(module.kept, nn.Buffer)
    assert isinstance(module.kept, lib.Tensor)
    assert not isinstance(lib.ones(1), nn.Buffer)
    assert [name for name, _ in module.named_buffers()] == ["kept", "scratch"]
    module.scratch = lib.zeros(1)
    assert list(module.state_dict()) == ["kept"]
    module.register_buffer("scratch", lib.zeros(1))
    assert list(module.state_dict()) == ["kept", "scratch"]
    assert (nn.Buffer().shape, nn.Parameter().shape) == ((0,), (0,))
    assert type(module.kept) is lib.Tensor


def test_a_parameter_of_a_subclass_stays_of_it(package):
    lib, nn = package

    class Measured(lib.Tensor):
        pass

    module = nn.Identity()
    module.length = nn.Parameter(lib.ones(2).as_subclass(Measured))
    assert type(module.length) is Measured and isinstance(module.length, nn.Parameter)
    assert [name for name, one in module.named_parameters() if one.requires_grad] == ["length"]


def test_a_parameter_that_was_computed_is_refused():
    parameter = nn.Parameter(autograd.ones(1))
    parameter.node = (autograd.ones(1, requires_grad=True) * 2).node
    with pytest.raises(ValueError, match="non-leaf Tensor to parameter 'scale'"):
        nn.Identity().scale = parameter


def test_what_is_registered_as_dicts(package):
    lib, nn = package
    model = holder(lib, nn)
    assert (list(model._parameters), list(model._modules)) == (["parameter"], ["child"])
    assert (list(model._buffers), model._buffers["nothing"]) == (["buffer", "nothing"], None)
    assert (len(nn.Linear(1, 1, bias=False)._parameters), "plain" in model._parameters) == (2, False)
    model._modules["child"] = nn.Tanh()
    model._modules["next"] = nn.SiLU()
    model._parameters["scale"] = nn.Parameter(lib.ones(1))
    model._buffers["seen"] = lib.ones(1)
    del model._parameters["parameter"], model._buffers["buffer"]
    assert isinstance(model.child, nn.Tanh)
    assert [name for name, _ in model.named_children()] == ["child", "next"]
    assert list(model.state_dict()) == ["scale", "seen"]
    assert model._modules.pop("next") is not None
    for name in ("next", "scale"):
        with pytest.raises(KeyError):
            model._modules[name]
        with pytest.raises(KeyError):
            del model._modules[name]
    assert repr(model._modules) == "{'child': Tanh()}"


def test_the_dicts_are_where_libraries_look(package):
    lib, nn = package
    model = holder(lib, nn)
    for name in ("_parameters", "_modules", "_buffers"):
        assert isinstance(getattr(model, name), dict) and isinstance(model.__dict__[name], dict)
        assert model.__dict__[name] == getattr(model, name) == dict(getattr(model, name).items())
    inside = model.__dict__["_parameters"]
    assert inside["parameter"] is model.parameter and inside.get("none") is None
    inside["parameter"] = made = nn.Parameter(lib.zeros(3))
    assert model.parameter is made
    assert {**inside} == {"parameter": made} == inside | {} == {} | inside == copy.copy(inside)
    assert list(reversed(inside)) == ["parameter"]
    for again in (copy.deepcopy(model), copy.copy(model), pickle.loads(pickle.dumps(nn.Linear(2, 1)))):
        for name, parameter in again.__dict__["_parameters"].items():
            assert getattr(again, name) is parameter
    # As libraries do that go through containers and make each anew.
    assert type(inside)(inside.items()) == type(inside)({"parameter": made}) == inside and type(inside)() == {}
    inside.clear()
    assert not hasattr(model, "parameter") and not list(model.parameters(recurse=False))


def test_what_is_put_into_the_dicts_by_hand(package):
    """As libraries do that compute parameters, and those that name what will be there."""
    lib, nn = package
    layer = nn.Linear(2, 1)
    factor = lib.ones(2, requires_grad=True)
    layer._parameters["weight"] = computed = factor[None] * 3
    assert layer.weight is computed and next(layer.named_parameters()) == ("weight", computed)
    layer(lib.ones(1, 2)).sum().backward()
    assert factor.grad.tolist() == [3, 3]
    with pytest.raises(TypeError, match="as parameter 'weight'"):
        layer.weight = lib.ones(1, 2)
    layer._parameters["weight"] = "a name"
    assert (layer.weight, list(layer._parameters)) == ("a name", ["weight", "bias"])
    layer.weight = nn.Parameter(lib.ones(1, 2))
    assert list(layer.state_dict()) == ["weight", "bias"]
    layer.plain = 1
    layer._buffers["seen"] = lib.zeros(1)
    del layer.plain
    layer._buffers["seen"] = lib.ones(1)
    assert layer.seen.item() == 1 and list(layer.state_dict()) == ["weight", "bias", "seen"]
    norm = nn.BatchNorm1d(2)
    norm.register_buffer("hidden", lib.zeros(1), persistent=False)
    norm._buffers["hidden"] = lib.ones(1)
    assert "hidden" not in norm.state_dict()


def test_a_place_for_another_module(package):
    _, nn = package
    model = nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU()))
    model.plain = 3
    model.set_submodule("1.0", nn.Tanh())
    model.set_submodule("1.new", nn.SiLU())
    assert [type(one).__name__ for one in model[1]] == ["Tanh", "SiLU"]
    for target in ("plain", "0.weight", "2.0"):
        with pytest.raises(AttributeError):
            model.set_submodule(target, nn.ReLU())
    for target, value in (("", nn.ReLU()), ("1", 3)):
        with pytest.raises(ValueError):
            model.set_submodule(target, value)
    for target in ("1..0", "plain", "3"):
        with pytest.raises(AttributeError):
            model.get_submodule(target)
    assert model.get_submodule("") is model


def test_walks_over_what_is_used_twice(package):
    _, nn = package
    layer = nn.Linear(1, 1)
    model = nn.Sequential(layer, nn.Sequential(layer, layer))
    assert len(list(model.modules())) == 3
    assert len(list(model.modules(remove_duplicate=False))) == 5
    assert [name for name, _ in model.named_modules(prefix="net")] == ["net", "net.0", "net.1"]
    assert [name for name, _ in model.named_parameters("net", recurse=False)] == []
    assert [name for name, _ in model.named_parameters("net", remove_duplicate=False)][-1] == "net.1.1.bias"
    assert next(name for name, _ in nn.BatchNorm1d(1).named_buffers("x")) == "x.running_mean"


def test_modes_go_down_through_what_subclasses_define(package):
    _, nn = package

    class Frozen(nn.BatchNorm1d):
        def train(self, mode=True):
            return super().train(False)

    model = nn.Sequential(Frozen(1), nn.ReLU())
    assert model.train() is model
    assert [module.training for module in model.modules()] == [True, False, True]
    with pytest.raises(ValueError, match="training mode is expected to be boolean"):
        model.train("yes")


def test_a_model_whose_attribute_is_named_modules(package):
    lib, nn = package

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.modules = [1, 2]
            self.parts = nn.ModuleList([nn.Linear(1, 1)])

    model = Model().eval().double().requires_grad_(False)
    model.zero_grad()
    assert not model.parts[0].training
    assert model.parts[0].weight.dtype is lib.float64
    assert len(model.state_dict()) == len(list(model.parameters())) == 2


def test_what_completion_offers(package):
    _, nn = package
    offered = dir(nn.Sequential(nn.Linear(1, 1)))
    assert not any(name[0].isdigit() for name in offered)
    assert {"forward", "register_module", "zero_grad", "training"} <= set(offered)
    assert "weight" in dir(nn.Linear(1, 1))


def test_a_class_with_a_getattr_of_its_own_sees_each_reading(package):
    """As in PyTorch, where all that is registered is found by it: pyro notes in this way what a guide reads."""
    lib, nn = package

    class Seeing(nn.Module):
        def __init__(self):
            super().__init__()
            self.asked = []
            self.weight, self.layer, self.plain = nn.Parameter(lib.ones(1)), nn.Linear(2, 1), 3
            self.register_buffer("mean", lib.zeros(1))
            self.register_parameter("offset", None)

        def __getattr__(self, name):
            self.__dict__["asked"].append(name)
            try:
                return super().__getattr__(name)
            except AttributeError:
                if "layer" not in self.__dict__["_modules"]:
                    raise
                return getattr(self.layer, name)

    seeing = Seeing()
    seeing.asked.clear()
    assert (seeing.weight, seeing.layer, seeing.mean, seeing.offset, seeing.plain)[3:] == (None, 3)
    assert seeing.asked == ["weight", "layer", "mean", "offset"]
    assert seeing.in_features == 2 and seeing.asked[-2:] == ["in_features", "layer"]
    assert [name for name, _ in seeing.named_parameters()] == ["weight", "layer.weight", "layer.bias"]
    assert len(copy.deepcopy(seeing).state_dict()) == 4
    with pytest.raises(AttributeError, match="nothing"):
        seeing.nothing  # noqa: B018

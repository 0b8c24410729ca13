"""Optimizers beside PyTorch's, on the settings with which PyTorch tests its own; and state dicts that go both ways."""

import copy
import re
import warnings

import numpy as np
import pytest

import autograd
import nn
import optim

torch = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    database = pytest.importorskip("torch.testing._internal.common_optimizers")

INFOS = {info.name: info for info in database.optim_db if hasattr(optim, info.name)}
INPUTS = [(name, given) for name, info in INFOS.items() for given in info.optim_inputs_func("cpu", torch.float64)]
each_input = pytest.mark.parametrize(("name", "given"), INPUTS, ids=[f"{name}: {given.desc}" for name, given in INPUTS])
SHAPES = ((4, 3), (3, 2), (5, 1))


def converted(value, to):
    """``value`` with the Tensors in it as those of the library ``to``."""
    if isinstance(value, (autograd.Tensor, torch.Tensor)):
        array = value.detach().numpy().copy()
        parameter = isinstance(value, (nn.Parameter, torch.nn.Parameter)) or value.requires_grad
        made = to.from_numpy(array)
        return made.requires_grad_() if parameter else made
    if isinstance(value, (list, tuple)):
        return type(value)(converted(part, to) for part in value)
    return {key: converted(part, to) for key, part in value.items()} if isinstance(value, dict) else value


class Training:
    """A small net and its optimizer in one of the two libraries."""

    def __init__(self, library, methods, name, settings, layout=lambda w: w):
        rng = np.random.default_rng(0)
        arrays = [rng.standard_normal(shape) for shape in SHAPES]
        self.library = library
        self.params = [layout(library.from_numpy(x)).requires_grad_() for x in arrays]
        self.x = library.from_numpy(rng.standard_normal((6, 4)))
        self.optimizer = getattr(methods, name)(self.params, **converted(settings, library))

    def closure(self):
        self.optimizer.zero_grad()
        first, second, third = self.params
        loss = ((self.library.tanh(self.x @ first) @ second) ** 2).mean() + (third**4).sum()
        loss.backward()
        return loss

    def train(self, steps):
        for _ in range(steps):
            self.optimizer.step(self.closure)
        return self

    def values(self):
        return np.concatenate([p.detach().numpy().ravel() for p in self.params])


@pytest.fixture(autouse=True)
def exact_products(monkeypatch):
    """PyTorch's Muon rounds to bfloat16, which is not what is compared here."""
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)


def test_all_of_pytorchs_are_here():
    assert {info.name for info in database.optim_db} - set(INFOS) == {"SparseAdam"}


@each_input
def test_twenty_steps_lead_where_pytorchs_do(name, given):
    ours = Training(autograd, optim, name, given.kwargs).train(20)
    theirs = Training(torch, torch.optim, name, given.kwargs).train(20)
    np.testing.assert_allclose(ours.values(), theirs.values(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", INFOS)
def test_signatures_and_settings_are_pytorchs(name):
    import inspect

    parameters = [
        [(p.name, p.default, p.kind) for p in inspect.signature(getattr(methods, name)).parameters.values()]
        for methods in (optim, torch.optim)
    ]
    assert parameters[0] == parameters[1]
    ours, theirs = (Training(*library, name, {}).optimizer for library in ((autograd, optim), (torch, torch.optim)))
    assert list(ours.defaults.items()) == list(theirs.defaults.items())
    assert list(ours.param_groups[0]) == list(theirs.param_groups[0])
    saved = [list(optimizer.state_dict()["param_groups"][0]) for optimizer in (ours, theirs)]
    assert saved[0] == saved[1]


@each_input
def test_a_state_dict_goes_to_pytorch_and_back(name, given):
    ours = Training(autograd, optim, name, given.kwargs).train(3)
    theirs = Training(torch, torch.optim, name, {})
    with torch.no_grad():
        for p, w in zip(theirs.params, ours.params):
            p.copy_(torch.from_numpy(w.detach().numpy()))
    theirs.optimizer.load_state_dict(converted(ours.optimizer.state_dict(), torch))
    theirs.train(5)
    back = Training(autograd, optim, name, {})
    for w, p in zip(back.params, theirs.params):
        w.data = autograd.from_numpy(p.detach().numpy().copy())
    back.optimizer.load_state_dict(converted(theirs.optimizer.state_dict(), autograd))
    back.train(5)
    ours.train(10)
    np.testing.assert_allclose(back.values(), ours.values(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", INFOS)
def test_what_is_remembered_is_what_pytorch_remembers(name):
    if name == "LBFGS":
        pytest.skip("its scratch is remembered too")
    ours, theirs = (
        Training(*library, name, {}).train(2).optimizer.state_dict()
        for library in ((autograd, optim), (torch, torch.optim))
    )
    assert ours["state"].keys() == theirs["state"].keys()
    for number, state in theirs["state"].items():
        found = {k: (tuple(v.shape), str(v.dtype).split(".")[-1]) for k, v in ours["state"][number].items()}
        assert found == {k: (tuple(v.shape), str(v.dtype).split(".")[-1]) for k, v in state.items()}


ERRORS = [
    (name, error)
    for name, info in INFOS.items()
    for error in info.optim_error_inputs_func("cpu", torch.float64)
    if "complex" not in error.optimizer_error_input.desc
]


@pytest.mark.parametrize(("name", "error"), ERRORS, ids=[f"{n}: {e.optimizer_error_input.desc}" for n, e in ERRORS])
def test_what_pytorch_refuses_is_refused(name, error):
    given = error.optimizer_error_input
    if name == "LBFGS" and isinstance(given.params, list) and isinstance(given.params[0], dict):
        pytest.skip("it has no groups")
    w = autograd.ones(1, 1, requires_grad=True)
    known = {}

    def ours(value):
        """Parameters as Tensors of ours, the same for the same."""
        if isinstance(value, torch.Tensor):
            return known.setdefault(id(value), converted(value, autograd).requires_grad_(value.requires_grad))
        if isinstance(value, (list, tuple)):
            return type(value)(map(ours, value))
        return {k: ours(v) for k, v in value.items()} if isinstance(value, dict) else value

    params = [w] if given.params is None else ours(given.params)
    make = lambda: getattr(optim, name)(params, **converted(given.kwargs, autograd))
    if error.error_type is UserWarning:
        with pytest.warns(UserWarning, match=error.error_regex):
            make()
    else:
        with pytest.raises(error.error_type, match=error.error_regex):
            make()


def test_names_and_groups_are_pytorchs():
    saved = []
    for library, modules, methods in ((autograd, nn, optim), (torch, torch.nn, torch.optim)):
        net = modules.Sequential(modules.Linear(2, 3), modules.Linear(3, 1))
        first, second = ([(f"{i}.{n}", p) for n, p in net[i].named_parameters()] for i in (0, 1))
        step = methods.AdamW([{"params": first, "lr": 0.5}, {"params": second}])
        net(library.ones(1, 2)).sum().backward()
        step.step()
        saved.append(step.state_dict())
    assert saved[0]["param_groups"] == saved[1]["param_groups"]
    assert saved[0]["param_groups"][1]["param_names"] == ["1.weight", "1.bias"]


def test_printed_as_in_pytorch():
    for name in INFOS:
        w, p = autograd.ones(1, 1, requires_grad=True), torch.ones(1, 1, requires_grad=True)
        theirs = re.sub(r"tensor\((.*)\)", r"\1", repr(getattr(torch.optim, name)([p])))
        assert repr(getattr(optim, name)([w])) == theirs


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_a_parameter_twice_in_a_group_is_updated_twice(name):
    found = []
    for library, methods in ((autograd, optim), (torch, torch.optim)):
        w = library.tensor([1.0, -2.0], requires_grad=True)
        with pytest.warns(UserWarning, match="duplicate parameters"):
            step = getattr(methods, name)([w, w], lr=0.1)
        for _ in range(3):
            w.grad = w.detach().clone()
            step.step()
        found.append(w.tolist())
    np.testing.assert_allclose(*found, rtol=1e-5)


def test_a_deep_copy_goes_its_own_way_as_in_pytorch():
    for library, methods in ((autograd, optim), (torch, torch.optim)):
        w = library.ones(2, requires_grad=True)
        step = methods.Adam([w], lr=0.1)
        w.grad = library.ones(2)
        step.step()
        again, other = copy.deepcopy((w, step))
        again.grad = library.ones(2)
        other.step()
        assert w.tolist() == pytest.approx([0.9, 0.9]) and again.tolist() == pytest.approx([0.8, 0.8])
        assert float(other.state[again]["step"]) == 2.0

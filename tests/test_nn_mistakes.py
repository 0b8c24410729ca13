"""What goes wrong in networks is told where it did, and in words that help."""

import pickle
import warnings

import pytest

import autograd
import nn
import optim


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(9, 2))
        self.rows = nn.ModuleDict({"one": nn.Linear(1, 1)})

    def forward(self, x):
        return self.f(x) if x.dim() else self.rows["one"](x.expand(2))


@pytest.mark.parametrize(
    ("model", "shape", "note"),
    [
        (nn.Sequential(Branch()), (2, 3), "in 0.f.2 (Linear(in_features=9, out_features=2, bias=True))"),
        (Branch(), (2, 5), "in f.0 (Linear(in_features=3, out_features=4, bias=True))"),
        (Branch(), (), "in rows.one (Linear(in_features=1, out_features=1, bias=True))"),
        (nn.Linear(3, 1), (2,), "in Linear(in_features=3, out_features=1, bias=True)"),
    ],
)
def test_an_error_names_the_layer(model, shape, note):
    with pytest.raises(RuntimeError, match="linear: ") as raised:
        model(autograd.ones(shape))
    assert raised.value.__notes__ == [note]
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), again.__notes__) == (RuntimeError, [note])


def test_an_error_in_a_model_without_its_layers():
    class Calls(nn.Module):
        def forward(self, x):
            return layer(x)

        def extra_repr(self):
            return str(self.missing)

    layer = nn.Linear(2, 2)
    with pytest.raises(RuntimeError) as raised:
        Calls()(autograd.ones(3))
    assert raised.value.__notes__ == ["in Linear(in_features=2, out_features=2, bias=True)"]
    layer = len
    with pytest.raises(TypeError) as raised:
        nn.Sequential(Calls())(autograd.tensor(3.0))
    assert raised.value.__notes__ == ["in 0 (Calls)"]


def test_an_error_of_a_model_that_is_not_whole_stays_what_it_is():
    class Half(nn.Module):
        def __init__(self):
            pass

        def forward(self, x):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Half()(1)


def test_an_error_of_a_hook_names_the_layer_too():
    model = nn.Sequential(nn.Identity())
    model[0].register_forward_hook(lambda *_: {}["x"])
    with pytest.raises(KeyError) as raised:
        model(autograd.ones(1))
    assert raised.value.__notes__ == ["in 0 (Identity())"]


class Hiding(nn.Module):
    def __init__(self, head):
        super().__init__()
        self.layers = [nn.ReLU(), nn.Linear(1, 1)]
        self.table = {"a": (nn.Linear(1, 1),)}
        self.scales = [nn.Parameter(autograd.ones(1))]
        self.names = ["a", 3, nn.ReLU()]
        self.teacher = [nn.Linear(1, 1).requires_grad_(False)]
        self.head = nn.Linear(1, 1) if head else None


HIDDEN = [
    "layers is a plain list, which hides what is in it; make it nn.ModuleList",
    "table is a plain dict, which hides what is in it; make it nn.ModuleDict",
    "scales is a plain list, which hides what is in it; make it nn.ParameterList",
]


@pytest.mark.parametrize("of", [lambda model: model.parameters(), lambda model: model.named_parameters()])
def test_an_optimizer_tells_of_layers_that_are_hidden(of):
    with pytest.raises(ValueError) as raised:
        optim.SGD(of(Hiding(head=False)), lr=0.1)
    text = "; ".join(["optimizer got an empty parameter list", *(f"Hiding.{line}" for line in HIDDEN)])
    assert str(raised.value) == text
    with pytest.warns(UserWarning, match="doesn't get all parameters") as warned:
        optim.Adam(of(nn.Sequential(Hiding(head=True))))
    assert [str(one.message).count(f"Sequential.0.{line}") for one in warned for line in HIDDEN] == [1, 1, 1]
    assert warned[0].filename == __file__


def test_an_optimizer_is_content_with_what_is_registered():
    model = Hiding(head=True)
    model.body = nn.Sequential(*model.layers, *model.table["a"])
    model.kept = nn.ParameterList(model.scales)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optim.SGD(model.parameters(), lr=0.1)
        optim.SGD([{"params": model.head.parameters()}], lr=0.1)
    with pytest.raises(ValueError, match=r"^optimizer got an empty parameter list$"):
        optim.SGD(nn.ReLU().parameters(), lr=0.1)


@pytest.mark.parametrize(
    ("make", "setting"),
    [(nn.ReLU, "inplace"), (nn.Softmax, "dim"), (nn.LeakyReLU, "negative_slope")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_layer_is_made_before_it_is_called(make, setting):
    x = autograd.ones(2)
    with pytest.warns(UserWarning, match=rf"nn.{make.__name__}\(x\) makes a layer .* setting `{setting}`") as warned:
        make(x)
    assert warned[0].filename == __file__


@pytest.mark.parametrize(
    "target", [autograd.tensor([1]), autograd.tensor([[0.5, 0.5]])], ids=["index", "probabilities"]
)
def test_a_softmax_before_cross_entropy(target):
    model, x = nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1)), autograd.ones(1, 2)
    with pytest.warns(UserWarning, match="applies softmax itself"):
        loss = nn.CrossEntropyLoss()(model(x), target)
    loss.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.CrossEntropyLoss()(model[:1](x), target)
        nn.NLLLoss()(model(x).log(), autograd.tensor([1]))

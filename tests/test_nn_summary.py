"""The table of a model: shapes, parameters and multiply-adds, and that nothing of the model changes."""

import sys

import pytest

import autograd
import nn


class Tagger(nn.Module):
    """Shares a weight, calls a part twice and another never, and multiplies matrices of its own."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.head = nn.Sequential(nn.Linear(8, 4, bias=False), nn.BatchNorm1d(4), nn.Dropout())
        self.tied = nn.Linear(8, 10)
        self.tied.weight = self.embedding.weight
        self.unused = nn.Linear(3, 3).requires_grad_(False)

    def forward(self, x):
        h = self.embedding(x)
        scores = self.head(h) + self.head(h * 2)
        return {"scores": scores, "pairs": (scores @ scores.T, [self.tied(h)])}


def rows_of(model, *inputs, **options):
    return {row.name: row for row in nn.utils.summary(model, *inputs, **options).rows}


def test_what_a_model_is_made_of():
    model = Tagger()
    found = nn.utils.summary(model, autograd.zeros(5).long())
    rows = {row.name: row for row in found.rows}
    assert list(rows) == ["", "embedding", "head", "head.0", "head.1", "head.2", "tied", "unused"]
    assert [row.depth for row in found.rows] == [0, 1, 1, 2, 2, 2, 1, 1]
    assert rows[""].output == {"scores": (5, 4), "pairs": [(5, 5), [(5, 10)]]}
    assert (rows["head.0"].calls, rows["unused"].calls, rows["unused"].output) == (2, 0, None)
    assert [rows[name].parameters for name in ("embedding", "head.0", "head.1", "tied", "unused")] == [
        80,
        32,
        8,
        10,
        12,
    ]
    assert [rows[name].multiply_adds for name in ("", "embedding", "head.0", "tied")] == [100, 0, 320, 400]
    assert (found.parameters, found.learned, found.multiply_adds) == (142, 130, 820)
    assert found.size == 142 * 4 + 2 * 4 * 4 + 8


LAYERS = {
    "linear": (lambda: nn.Linear(3, 4), (2, 5, 3), 2 * 5 * 3 * 4),
    "convolution": (lambda: nn.Conv2d(4, 6, 3, stride=2, groups=2), (2, 4, 7, 9), 2 * 6 * 3 * 4 * (2 * 9)),
    "transposed convolution": (lambda: nn.ConvTranspose1d(4, 6, 3, stride=2), (2, 4, 5), 2 * 4 * 5 * 6 * 3),
    "recurrent": (lambda: nn.RNN(3, 4), (5, 2, 3), 5 * 2 * 4 * (3 + 4)),
    "gated, both ways, two layers": (
        lambda: nn.GRU(3, 4, 2, bidirectional=True), (5, 2, 3), 5 * 2 * 2 * 12 * ((3 + 4) + (8 + 4))
    ),
    "long short-term, projected": (
        lambda: nn.LSTM(3, 4, proj_size=2), (5, 2, 3), 5 * 2 * (16 * (3 + 2) + 2 * 4)
    ),
    "a cell": (lambda: nn.LSTMCell(3, 4), (2, 3), 2 * 16 * (3 + 4)),
    "elementwise": (lambda: nn.Sequential(nn.LayerNorm(3), nn.GELU()), (2, 3), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_multiply_adds(name):
    make, shape, expected = LAYERS[name]
    assert nn.utils.summary(make(), autograd.ones(shape)).multiply_adds == expected


def test_multiply_adds_of_packed_sequences():
    lengths = [3, 5]
    packed = nn.utils.rnn.pack_sequence([autograd.ones(n, 3) for n in lengths], enforce_sorted=False)
    assert nn.utils.summary(nn.RNN(3, 4), packed).multiply_adds == sum(lengths) * 4 * (3 + 4)


def test_deeper_rows_count_for_those_above():
    x = autograd.zeros(5).long()
    whole, flat = rows_of(Tagger(), x, depth=0), rows_of(Tagger(), x, depth=1)
    assert [(row.parameters, row.multiply_adds) for row in whole.values()] == [(142, 820)]
    assert list(flat) == ["", "embedding", "head", "tied", "unused"]
    assert (flat["head"].parameters, flat["head"].multiply_adds) == (40, 320)


def test_nothing_changes():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout().eval())
    model[0].register_forward_hook(lambda module, args, out: module.running_mean.fill_(7) * 0 + out)
    model[0].weight.grad = autograd.ones(3)
    autograd.manual_seed(0)
    state = autograd.get_rng_state()
    nn.utils.summary(model, autograd.randn(1, 3))
    autograd.manual_seed(0)
    nn.utils.summary(model, autograd.zeros(1, 3))
    assert autograd.get_rng_state().equal(state)
    assert model[0].running_mean.tolist() == [0] * 3 and model[0].num_batches_tracked == 0
    assert [part.training for part in model.modules()] == [True, True, False]
    assert sys.getprofile() is None


def test_what_a_model_raises_comes_out_and_nothing_is_left_behind():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 5))
    with pytest.raises(RuntimeError, match="linear"):
        nn.utils.summary(model, autograd.ones(1, 2))
    assert sys.getprofile() is None
    assert all(part.training for part in model.modules())
    assert nn.utils.summary(model[0], autograd.ones(1, 2)).multiply_adds == 6


def test_keywords_are_the_models():
    class Scaled(nn.Module):
        def forward(self, x, *, by):
            return x @ x.T * by

    assert nn.utils.summary(Scaled(), autograd.ones(2, 3), by=2.0).multiply_adds == 12


def test_it_prints_as_a_table_that_any_terminal_shows():
    text = repr(nn.utils.summary(Tagger(), autograd.zeros(5).long()))
    assert text.isascii()
    lines = text.splitlines()
    assert lines[0].split() == ["layer", "output", "shape", "parameters", "multiply-adds"]
    assert lines[1].startswith("Tagger ") and "{scores: (5, 4), pairs: [(5, 5), [(5, 10)]]}" in lines[1]
    assert lines[4].startswith("    0: Linear (called 2 times)  ")
    assert lines[-2].split() == ["unused:", "Linear", "not", "called", "12", "0"]
    assert lines[-1] == "142 parameters, 12 of them fixed; 608 bytes with buffers; 820 multiply-adds"


def test_it_is_a_table_in_a_notebook():
    model = nn.ModuleDict({"<b>": nn.ReLU()})
    model.forward = lambda x: model["<b>"](x)
    page = nn.utils.summary(model, autograd.ones(2))._repr_html_()
    assert page.startswith("<table>") and "&lt;b&gt;: ReLU" in page and "<b>" not in page
    assert page.count("<tr>") == 4


def test_lazy_modules_get_their_parameters():
    model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
    found = model.summary(autograd.ones(2, 4))
    assert (found.parameters, found.multiply_adds) == (21, 24)
    assert model[1].num_batches_tracked == 0


def test_a_model_has_it_as_a_method():
    model, x = Tagger(), autograd.zeros(5).long()
    assert repr(model.summary(x)) == repr(nn.utils.summary(model, x))
    assert len(model.summary(x, depth=0).rows) == 1


@pytest.mark.parametrize(
    "register",
    [
        lambda model: setattr(model, "summary", nn.Parameter(autograd.ones(2))),
        lambda model: model.register_buffer("summary", autograd.ones(2)),
        lambda model: model.register_parameter("draw", None),
        lambda model: model.add_module("summary", nn.Linear(2, 2)),
    ],
)
def test_a_model_may_call_something_else_so(register):
    model = nn.Module()
    register(model)
    model.forward = lambda x: x
    assert nn.utils.summary(model, autograd.ones(2)).rows[0].output == (2,)
    with pytest.raises(KeyError, match="already exists"):
        model.plain = 1
        model.register_buffer("plain", autograd.ones(2))

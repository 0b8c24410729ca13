"""The drawing of the graph: what is in its source, and that a program lays it out."""

import os
import re
import shutil
import subprocess
import sys
import time
import types
import weakref
from xml.etree import ElementTree

import numpy as np
import pytest
from graphviz.backend import dot_command

import autograd
import nn
from autograd.engine.walk import FREED
from autograd.ops.arithmetic import mul
from autograd.ops.loss import cross_entropy
from autograd.ops.matmul import linear
from autograd.seeing.dot import PURE, find_program

NASTY = [
    'say "hi"',
    "<script>alert(1)</script>",
    "</FONT>>; evil -> node; <",
    "back\\slash \\N \\G \\",
    "two\nlines\tand\r\nmore",
    "ünï θ 漢字 🙂",
    "&amp; & &#60;",
    "null\0 bell\a escape\x1b surrogate\ud800 noncharacter\uffff",
    "]; }",
]


def scalar(value=2.0):
    return autograd.tensor(value, requires_grad=True)


def matrix(*shape):
    return autograd.ones(*shape).requires_grad_()


def boxes(picture):
    """The texts of each box, by key."""
    found = {}
    for line in picture.body:
        drawn = re.match(r"\s+(\w+) \[label=<(.*)> \w+=", line)
        if drawn and "->" not in line.partition("[")[0]:
            key, label = drawn.groups()
            found[key] = re.findall(r">([^<>]+)</FONT>", label)
    return found


def edges(picture):
    """The pairs of keys that are joined, in order."""
    return [pair.groups() for line in picture.body if (pair := re.match(r"\t(\w+) -> (\w+)", line))]


def look(picture, key):
    (line,) = [line for line in picture.body if line.strip().startswith(f"{key} [")]
    return re.search(r' color="(#\w+)"', line).group(1)


def texts_of_svg(picture):
    svg = ElementTree.fromstring(picture.pipe(format="svg", encoding="utf-8"))
    assert not [e for e in svg.iter() if e.tag.endswith("script")]
    return ["".join(e.itertext()) for e in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_neuron():
    w1, x1, w2, x2, b = (scalar() for _ in range(5))
    out = (w1 * x1 + w2 * x2 + b).tanh()
    picture = autograd.draw(out, names={"w1": w1, "x1": x1, "w2": w2, "x2": x2, "b": b, "out": out})
    found = boxes(picture)
    assert [texts[0] for texts in found.values()] == ["w1", "x1", "×", "w2", "x2", "×", "+", "b", "+", "out"]
    assert found[f"n{out.node.id}"] == ["out", "tanh", "scalar"]
    assert found[f"n{w1.node.id}"] == ["w1", "scalar"]
    total = out.node.parents[0]
    assert found[f"n{total.id}"] == ["+", "add", "scalar"]
    assert len(edges(picture)) == 9
    assert (f"n{total.id}", f"n{out.node.id}") in edges(picture)
    assert (f"n{b.node.id}", f"n{total.id}") in edges(picture)


def test_kinds_look_different():
    x, w = autograd.tensor(3.0), scalar()
    product = x * w
    out = product.tanh()
    picture = autograd.draw(out)
    (constant,) = [key for key in boxes(picture) if "_" in key]
    kinds = [look(picture, key) for key in (f"n{w.node.id}", f"n{product.node.id}", f"n{out.node.id}", constant)]
    assert len(set(kinds)) == 4


def test_a_parent_that_is_used_twice_has_two_edges():
    x = scalar()
    y = x * x
    assert edges(autograd.draw(y)) == [(f"n{x.node.id}", f"n{y.node.id}")] * 2


def test_shapes_and_dtypes():
    x = matrix(2, 3)
    out = x.double().sum(0)
    found = boxes(autograd.draw(out, names={}))
    assert found[f"n{x.node.id}"] == ["2×3"]
    assert found[f"n{out.node.id}"] == ["Σ", "sum", "3 float64"]
    assert next(iter(boxes(autograd.draw(matrix(0, 2).sum())).values())) == ["0×2"]


def test_the_name_of_an_op_is_not_written_twice():
    x = matrix(2, 2)
    assert boxes(autograd.draw(x.relu()))[f"n{x.node.id + 1}"] == ["ReLU", "2×2"]
    y = x.log_softmax(1)
    assert boxes(autograd.draw(y, names={}))[f"n{y.node.id}"] == ["log softmax", "2×2"]


def test_constant_arrays_are_drawn_once():
    x = autograd.ones(4, 3)
    w, v = matrix(3, 2), matrix(3, 2)
    picture = autograd.draw(x @ w + x @ v, names={"x": x})
    constants = [key for key in boxes(picture) if "_" in key]
    assert [boxes(picture)[key] for key in constants] == [["x", "4×3"]]
    assert [tail for tail, _ in edges(picture)].count(constants[0]) == 2
    assert len([line for line in picture.body if "->" in line and "style=dashed" in line]) == 2


def test_arguments_come_in_order():
    x, w, b = autograd.ones(4, 3), matrix(2, 3), matrix(2)
    out = linear(x, w, b)
    names = [texts[0] for texts in boxes(autograd.draw(out, names={"x": x, "b": b, "w": w})).values()]
    assert names == ["x", "w", "b", "x·Wᵀ+b"]


def test_numbers_are_written_where_they_are_used():
    x = scalar()
    found = boxes(autograd.draw((x**2) * 0.3333333 / 2))
    assert [texts for key, texts in found.items() if "_" in key] == [["2"], ["0.3333"], ["2"]]
    found = boxes(autograd.draw(matrix(2, 2).clamp(0, 1)))
    assert [texts for key, texts in found.items() if "_" in key] == [["0"], ["1"]]


def test_settings_are_no_constants():
    picture = autograd.draw(matrix(2, 3).gather(1, autograd.tensor([[0], [1]])))
    assert [texts for key, texts in boxes(picture).items() if "_" in key] == [["index", "2×1 int64"]]


def test_constants_of_which_only_the_shape_is_known():
    picture = autograd.draw(autograd.cat([matrix(2, 3), autograd.ones(1, 3)]))
    assert [texts for key, texts in boxes(picture).items() if "_" in key] == [["1×3"]]


OPERANDS = {
    "a product less its factor": (lambda w, x: w * x - x, ["w", "x", "×", "-"], 4),
    "a way around": (lambda w, x: x + (x * w).tanh(), ["x", "w", "×", "tanh", "+"], 5),
    "numbers": (lambda w, x: (w + 2) - (1 - w), ["w", "2", "+", "1", "-", "-"], 6),
    "an index": (lambda w, x: w[autograd.tensor([0, 1])] + w[autograd.tensor([1]), autograd.tensor([0])],
                 ["w", "key", "[ ]", "key", "key", "[ ]", "+"], 7),
    "a list": (lambda w, x: autograd.stack([x, w, x]), ["x", "w", "stack"], 3),
    "what is kept beside the arguments": (lambda w, x: nn.functional.max_pool2d(w.reshape(1, 1, 2, 2), 2),
                                          ["w", "reshape", "max pool"], 2),
    "targets": (lambda w, x: nn.functional.cross_entropy(w, autograd.tensor([0, 1])),
                ["w", "target", "cross-entropy"], 2),
    "the mean of a batch norm": (lambda w, x: nn.functional.batch_norm(w, None, None, training=True),
                                 ["w", "batch norm"], 1),
}  # fmt: skip


@pytest.mark.parametrize("make, texts, arrows", OPERANDS.values(), ids=OPERANDS)
def test_every_operand_is_drawn(make, texts, arrows):
    w, x = matrix(2, 2), autograd.ones(2, 2)
    picture = autograd.draw(make(w, x), names={"w": w, "x": x})
    assert [found[0] for found in boxes(picture).values()] == texts
    assert len(edges(picture)) == arrows


def test_an_operand_that_is_gone_has_a_box():
    x, w = matrix(2, 3), matrix(2, 3)
    for y in (x + autograd.ones(2, 3), autograd.ones(2, 3) - linear(x, w, None).sum()):
        assert [texts for key, texts in boxes(autograd.draw(y)).items() if "_" in key] == [["not kept"]]


def test_what_is_known_of_constants_keeps_none_alive():
    x, shift = matrix(3), autograd.ones(3)
    array = weakref.ref(shift.array)
    y, z = x + shift, autograd.cat([shift, x])
    del shift
    assert array() is None
    assert autograd.grad((y.sum() + z.sum()), x)[0].tolist() == [2, 2, 2]


def test_conditions_and_targets_are_constants():
    x, y = matrix(4, 3), autograd.tensor([0, 1, 2, 0])
    loss = cross_entropy(autograd.where(x > 0, x, 0.0), y.array)
    constants = [texts for key, texts in boxes(autograd.draw(loss, names={"y": y})).items() if "_" in key]
    assert constants == [["condition", "4×3 bool"], ["0"], ["y", "4 int64"]]


def test_freed_graph():
    x, w = autograd.tensor([1.0, 2.0]), matrix(2)
    loss = (x * w).sum()
    assert len(edges(autograd.draw(loss))) == 3
    loss.backward()
    assert loss.node.parents[0].saved is FREED
    found = autograd.draw(loss)
    assert len(edges(found)) == 3
    assert [texts for key, texts in boxes(found).items() if "_" in key] == [["not kept"]]


def test_names_may_be_pairs_and_the_first_counts():
    w = scalar()
    picture = autograd.draw(w * w, names=iter([("w", w), ("tied", w)]))
    assert boxes(picture)[f"n{w.node.id}"] == ["w", "scalar"]


def test_labels_of_nodes_are_names():
    w = scalar()
    w.node.label = "weight"
    assert boxes(autograd.draw(w * 2, names={}))[f"n{w.node.id}"] == ["weight", "scalar"]
    assert boxes(autograd.draw(w * 2, names={"mine": w}))[f"n{w.node.id}"] == ["mine", "scalar"]


def test_several_outputs_nodes_and_leaves():
    w = scalar()
    y, z = w.exp(), w.tanh()
    picture = autograd.draw([y, z.node])
    assert edges(picture) == [(f"n{w.node.id}", f"n{t.node.id}") for t in (y, z)]
    assert look(picture, f"n{y.node.id}") == look(picture, f"n{z.node.id}")
    assert list(boxes(autograd.draw(w))) == [f"n{w.node.id}"]
    assert look(autograd.draw([w, y]), f"n{w.node.id}") == look(picture, f"n{y.node.id}")


def test_second_derivative_is_a_graph_too():
    x = scalar()
    (slope,) = autograd.grad(x**3, x, create_graph=True)
    assert len(boxes(autograd.draw(slope, names={"x": x}))) > 2


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_direction(direction):
    assert f"rankdir={direction}" in autograd.draw(scalar() * 2, direction=direction).source


def test_the_same_graph_is_drawn_the_same():
    w, x = matrix(3, 3), autograd.ones(3, 3)
    out = ((x @ w).relu() @ w + x).sum()
    first, second = (autograd.draw(out, names={"w": w, "x": x}) for _ in range(2))
    assert first.source == second.source
    assert first.pipe(format="svg") == second.pipe(format="svg")


def test_a_long_chain_needs_no_recursion():
    x = scalar()
    for _ in range(5000):
        x = x.tanh()
    assert len(edges(autograd.draw(x, fold=False))) == 5000


def test_names_are_shown_as_they_are():
    tensors = [scalar() for _ in NASTY]
    out = autograd.stack(tensors)
    picture = autograd.draw(out, names=zip(NASTY, tensors))
    shown = texts_of_svg(picture)
    for name in NASTY[:4] + NASTY[5:7] + NASTY[8:]:
        assert name in shown
    assert "two lines and more" in shown
    assert "null� bell� escape� surrogate� noncharacter�" in shown


def test_names_of_constants_and_results_are_escaped():
    x, w = autograd.tensor(3.0), scalar()
    for name in NASTY:
        out = x * w
        shown = texts_of_svg(autograd.draw(out, names={f"{name} x": x, f"{name} out": out}))
        assert len(shown) == 2 + 1 + 4


@pytest.mark.parametrize("symbol", ["a < b", "x & y", '"', "\\N", "<b>bold</b>"])
def test_symbols_are_escaped(symbol, monkeypatch):
    monkeypatch.setattr(mul, "symbol", symbol)
    assert symbol in texts_of_svg(autograd.draw(scalar() * scalar()))


def test_a_file_of_the_kind_its_suffix_says(tmp_path, capfd):
    picture = autograd.draw(scalar().sigmoid() / 3)
    for suffix, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("jpeg", b"\xff\xd8")):
        path = tmp_path / f"graph.{suffix}"
        picture.render(outfile=path, cleanup=True)
        assert path.read_bytes().startswith(start)
    assert len(list(tmp_path.iterdir())) == 3
    assert capfd.readouterr() == ("", "")


def test_svg_without_a_format(tmp_path):
    picture = autograd.draw(scalar().sigmoid())
    path = picture.render(tmp_path / "graph")
    assert path == str(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_bytes() == picture.pipe() == picture.pipe(format="svg")
    assert (tmp_path / "graph").read_text(encoding="utf-8") == picture.source
    assert picture.copy().format == "svg"
    picture.format = "png"
    assert picture.pipe().startswith(b"\x89PNG")


def test_a_format_that_cannot_be_written_names_those_that_can(tmp_path):
    picture = autograd.draw(scalar().sigmoid())
    renders = (
        lambda: picture.render(tmp_path / "graph", format="vrml"),
        lambda: picture.render(outfile=tmp_path / "g.vrml"),
    )
    for write in (*renders, lambda: picture.pipe("vrml"), lambda: picture.pipe("vrml", encoding="utf-8")):
        with pytest.raises(ValueError, match=r"can't write 'vrml', only .*png.*svg"):
            write()


@pytest.mark.skipif(shutil.which("dot") is not None, reason="Graphviz writes PDF by itself")
def test_pdf_by_cairosvg_or_how_to_get_it(tmp_path, monkeypatch):
    picture = autograd.draw(scalar().sigmoid())
    fake = types.SimpleNamespace(svg2pdf=lambda bytestring: b"%PDF of " + bytestring[:5])
    monkeypatch.setitem(sys.modules, "cairosvg", fake)
    assert picture.pipe("pdf") == b"%PDF of <?xml"
    assert picture.render(outfile=tmp_path / "graph.pdf", cleanup=True) == str(tmp_path / "graph.pdf")
    assert picture.render(tmp_path / "other", format="pdf") == str(tmp_path / "other.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.pdf", "other", "other.pdf"]
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(RuntimeError, match=r"pip install .chalkgrad\[pdf\]"):
        picture.render(outfile=tmp_path / "graph.pdf")


def test_shows_itself_in_a_notebook(capfd):
    bundle = autograd.draw(scalar().sigmoid())._repr_mimebundle_()
    assert "σ" in bundle["image/svg+xml"]
    assert capfd.readouterr() == ("", "")


def test_a_failure_says_what_the_program_said():
    picture = autograd.draw(scalar() * 2)
    picture.body.append("this is [no dot")
    with pytest.raises(subprocess.CalledProcessError, match="syntax error"):
        picture.pipe(format="svg")


def test_no_graph():
    with pytest.raises(RuntimeError, match=r"shape \(2, 3\) that does not require grad has no graph"):
        autograd.draw(autograd.ones(2, 3))
    with autograd.no_grad(), pytest.raises(RuntimeError, match="no_grad"):
        autograd.draw(scalar() * 2)


@pytest.mark.parametrize("output", [3.0, None, np.ones(2), "x", {}, [scalar(), 1]])
def test_wrong_output(output):
    with pytest.raises(TypeError, match="draw: expected a Tensor"):
        autograd.draw(output)


def test_nothing_to_draw():
    with pytest.raises(ValueError, match="empty"):
        autograd.draw([])


@pytest.mark.parametrize("names", ["w", 3, [scalar()], [("w",)], [("w", 1)], {"w": 1}, {1: scalar()}, scalar(), ["wx"]])
def test_wrong_names(names):
    with pytest.raises(TypeError, match="draw: names must be"):
        autograd.draw(scalar() * 2, names=names)


@pytest.mark.parametrize("option", [{"theme": "blue"}, {"show": ["values"]}, {"expand": "mul"}])
def test_wrong_options(option):
    with pytest.raises(ValueError, match="draw: "):
        autograd.draw(scalar() * 2, **option)


def test_names_are_those_of_the_callers_variables():
    weight, xs = scalar(), [scalar(), scalar()]
    out = weight * xs[0] + xs[1]
    found = boxes(autograd.draw(out))
    assert [found[f"n{t.node.id}"][0] for t in (weight, *xs, out)] == ["weight", "xs[0]", "xs[1]", "out"]


def test_names_are_those_of_the_modules_parameters():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    found = boxes(autograd.draw(model(matrix(3, 2)).sum()))
    names = {texts[0] for texts in found.values()}
    assert {"0.weight", "0.bias", "1.weight", "1.bias", "running_mean"} - names == {"running_mean"}
    assert look(autograd.draw(model[0](matrix(3, 2))), f"n{model[0].weight.node.id}") == "#E69F00"


def test_parameters_of_several_modules_are_told_apart():
    encoder = nn.Sequential(nn.Linear(2, 2))
    decoder = nn.Linear(2, 2)
    layer = encoder[0]
    found = boxes(autograd.draw(decoder(layer(matrix(3, 2)))))
    names = {texts[0] for texts in found.values()}
    assert {"encoder.0.weight", "decoder.weight"} <= names


def test_scalars_show_data_and_grad():
    w = autograd.Scalar(2.0, label="w")
    y = w * w
    y.backward()
    found = boxes(autograd.draw(y, names={}))
    assert list(found.values()) == [["w", "2 | 4"], ["×", "mul", "4 | 1"]]


def test_value_grad_and_saved_arrays_on_demand():
    x, w = scalar(3.0), autograd.tensor([1.0, -2.0, 0.5, 7.0, 8.0]).requires_grad_()
    y = (x * w).sum()
    y.backward(retain_graph=True)
    found = boxes(autograd.draw(y, show=["value", "grad", "saved"]))
    assert found[f"n{x.node.id}"] == ["x", "scalar", "value 3", "grad 14.5"]
    assert found[f"n{w.node.id}"] == ["w", "5", "value -2 … 8", "grad 3 … 3"]
    product = y.node.parents[0]
    assert found[f"n{product.id}"][2:] == ["5", "value -6 … 24", "keeps x scalar, y 5"]
    assert found[f"n{y.node.id}"][-2:] == ["value 43.5", "keeps nothing"]


def test_values_that_were_overwritten_are_not_shown():
    x = matrix(3)
    y = (x + 1).sum()
    with autograd.no_grad():
        x.zero_()
    assert boxes(autograd.draw(y, show="value"))[f"n{x.node.id}"] == ["x", "3"]


def recurrent(steps):
    w, u, h = matrix(2, 2), matrix(2, 2), autograd.zeros(1, 2)
    x = autograd.ones(1, 2)
    for _ in range(steps):
        h = (x @ w + h @ u).tanh()
    return h.sum()


def test_a_repeated_block_is_drawn_once_and_it_is_said():
    picture = autograd.draw(recurrent(750))
    assert picture.folded == ("a block of 4 calls that comes 749 times in a row is drawn once",)
    assert "folded: a block of 4 calls" in picture.source
    assert "×749" in picture.source
    assert len(boxes(picture)) == 2 + 2 + 4 + 4 + 1
    assert len([line for line in picture.body if "constraint=false" in line]) == 1
    assert texts_of_svg(picture)


def test_folding_on_demand():
    loss = recurrent(5)
    assert not autograd.draw(loss).folded
    assert len(boxes(autograd.draw(loss, fold=True))) == 2 + 2 + 4 + 4 + 1
    assert len(boxes(autograd.draw(recurrent(100), fold=False))) == 1 + 3 * 100 + 400 + 1


def test_shared_weights_stand_beside_each_use():
    cell, h = nn.RNNCell(2, 3), autograd.zeros(1, 3)
    for _ in range(30):
        h = cell(autograd.ones(1, 2), h)
    picture = autograd.draw(h, names=cell.named_parameters())
    names = [texts[0] for texts in boxes(picture).values()]
    assert [names.count(name) for name, _ in cell.named_parameters()] == [30] * 4
    heads = [head for tail, head in edges(picture) if boxes(picture)[tail][0] == "weight_ih"]
    assert len(set(heads)) == 30
    # What is read often, but all at one place, has one box.
    x = scalar()
    assert len(boxes(autograd.draw(autograd.stack([x * k for k in range(8)])))) == 1 + 8 + 8 + 1


def lstm_cells(steps):
    cell, h, c = nn.LSTMCell(4, 8), autograd.zeros(1, 8), autograd.zeros(1, 8)
    for _ in range(steps):
        h, c = cell(autograd.ones(1, 4), (h, c))
    return h.sum()


# Ten times what they take on a slow machine.
LAID_OUT = {
    "50 cells": (lambda: lstm_cells(50), {}, 10),
    "3,000 calls": (lambda: noise(3000), {}, 10),
    "all of 1,000 calls": (lambda: recurrent(250), {"fold": False}, 20),
    "20,000 calls": (lambda: series(20_000), {}, 40),
}


@pytest.mark.parametrize("make, options, seconds", LAID_OUT.values(), ids=LAID_OUT)
def test_large_graphs_are_laid_out_soon(make, options, seconds):
    output = make()
    began = time.perf_counter()
    assert autograd.draw(output, **options).pipe(format="svg")
    assert time.perf_counter() - began < seconds


def test_a_graph_without_any_order_is_folded_until_it_can_be_read():
    rng = np.random.default_rng(0)
    values = [scalar(), scalar()]
    for _ in range(3000):
        a, b = rng.integers(max(0, len(values) - 9), len(values), 2)
        values.append(values[a] * values[b] if rng.random() < 0.5 else values[a] + values[b])
    picture = autograd.draw(autograd.stack(values).sum())
    assert len(boxes(picture)) <= 200
    assert any("in the middle" in note for note in picture.folded)


def spring(steps):
    """A simulation whose steps differ: now and then there is friction, or a limit."""
    k, x, v = scalar(0.5), autograd.tensor(1.0), autograd.tensor(0.0)
    for i in range(steps):
        if i % 7 == 3:
            v = v * 0.99
        if i % 5 == 2:
            v = v.clamp(-1, 1)
        v = v + -k * x * 0.01
        x = x + v * 0.01
    return x


def series(steps):
    x = y = scalar(1.0)
    for i in range(steps):
        y = (y * 0.999, y + 0.1, y.tanh(), y - x)[(i * i + i // 3) % 4]
    return y


def noise(steps):
    """Calls in a random order, in which each short block comes twice or three times somewhere."""
    y = scalar(1.0)
    for choice in np.random.default_rng(0).integers(0, 2, steps):
        y = y.tanh() if choice else y.sin()
    return y


@pytest.mark.parametrize("make", [spring, series, noise])
@pytest.mark.parametrize("steps", [40, 300, 2000])
def test_an_irregular_graph_is_drawn_and_what_is_folded_is_said(make, steps):
    picture = autograd.draw(make(steps))
    found = boxes(picture)
    assert found.keys() >= {key for pair in edges(picture) for key in pair}
    assert len(picture.source) < 60_000
    assert picture.folded or steps < 2000
    assert all(note in picture.source for note in picture.folded)


def test_the_box_for_the_middle_says_how_many_calls_it_stands_for_and_has_single_arrows():
    picture = autograd.draw(noise(2000))
    (left_out,) = [texts for texts in boxes(picture).values() if texts[0].startswith("⋯")]
    (note,) = [note for note in picture.folded if "in the middle" in note]
    assert note.split()[0] == left_out[0].split()[1]
    around = [pair for pair in edges(picture) if "gap" in pair]
    assert len(set(around)) == len(around) and ("gap", "gap") not in around


def test_the_many_arguments_of_one_call_are_left_out():
    picture = autograd.draw(autograd.stack([scalar() for _ in range(3000)]).sum())
    assert picture.folded == ("2,850 arguments in the middle are one box",)
    assert ["⋯ 2,850 arguments ⋯"] in boxes(picture).values()
    assert len(edges(picture)) == 150 + 1 + 1


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)
        self.norm = nn.BatchNorm1d(size)

    def forward(self, x):
        return x + self.norm(self.fc(x)).relu()


def test_a_model_is_drawn_in_frames():
    model = nn.Sequential(Block(3), nn.Linear(3, 2))
    before = model[0].norm.running_mean.clone()
    picture = model.draw(autograd.ones(4, 3))
    for name in ("model · Sequential", "0 · Block", "0.fc · Linear", "0.norm · BatchNorm1d", "1 · Linear"):
        assert name in picture.source
    assert ["x", "4×3"] in boxes(picture).values() or ["input", "4×3"] in boxes(picture).values()
    assert (model[0].norm.running_mean == before).all()
    assert texts_of_svg(picture)


METHODS = [name for name in vars(nn.Module) if not name.startswith("_") and name not in ("forward", "training")]


@pytest.mark.parametrize("name", METHODS)
def test_a_model_may_call_its_layers_as_a_method_is_called(name):
    class Shadowing(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 2)
            self.norm = nn.BatchNorm1d(2)
            setattr(self, name, [self.inner])

        def forward(self, x):
            return self.norm(getattr(self, name)[0](x))

    model, x = Shadowing(), autograd.ones(4, 2)
    picture = nn.Module.draw(model, x)
    found = boxes(picture).values()
    assert picture.error is None
    assert "inner · Linear" in picture.source and "norm · BatchNorm1d" in picture.source
    assert ["inner.weight", "2×2"] in found and ["x", "4×2"] in found
    assert (model.norm.running_mean == 0).all()
    assert ["inner.weight", "2×2"] in boxes(autograd.draw(model(x))).values()
    with autograd.trace() as steps:
        model(x).sum().backward()
    assert "inner · Linear" in steps.draw().source


def test_depth_folds_modules():
    model = nn.Sequential(Block(3), nn.Linear(3, 2))
    assert len(boxes(model.draw(autograd.ones(4, 3), depth=0))) == 2
    found = list(boxes(model.draw(autograd.ones(4, 3), depth=1)).values())
    assert found[1:] == [["0", "Block", "4 calls, 18 parameters", "4×3"], ["1", "Linear", "8 parameters", "4×2"]]


def test_repeated_modules_are_drawn_once():
    model = nn.Sequential(*[Block(3) for _ in range(6)])
    picture = model.draw(autograd.ones(4, 3), depth=1, fold=True)
    # The first is not like the others: it has the input.
    assert "×5" in picture.source
    assert ["1", "Block", "4 calls, 18 parameters", "4×3"] in boxes(picture).values()
    assert len(boxes(picture)) == 3


def test_the_frame_of_a_repeated_block_is_around_its_module():
    # The first has the input, and the last the result.
    source = nn.Sequential(*[Block(3) for _ in range(40)]).draw(autograd.ones(4, 3)).source
    assert source.index("×38") < source.index("1 · Block") < source.index("1.fc · Linear")


def test_a_forward_pass_that_raises_is_drawn_as_far_as_it_came():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2))
    picture = model.draw(autograd.ones(1, 3))
    assert isinstance(picture.error, RuntimeError)
    failed = boxes(picture)["failed"]
    assert failed[:2] == ["x·Wᵀ+b", "linear"]
    assert failed[2].startswith("RuntimeError")
    assert look(picture, "failed") == "#D00000"
    assert ["ReLU", "1×4"] in boxes(picture).values()
    assert texts_of_svg(picture)


class Raising(nn.Module):
    """Raises in a module inside, before or after its only call of an op."""

    def __init__(self, error, *, after):
        super().__init__()
        self.error, self.after = error, after
        self.first = nn.Linear(2, 3)
        self.inner = nn.Sequential(nn.Tanh())
        self.inner.register_forward_hook(self.hook)

    def hook(self, module, args, output):
        raise self.error

    def forward(self, x):
        if not self.after:
            raise self.error
        return self.inner(self.first(x))


def test_what_raises_between_ops_is_drawn_in_its_module():
    error = KeyError("large <b>")
    picture = Raising(error, after=True).draw(autograd.ones(1, 2))
    assert picture.error is error
    found = boxes(picture)
    assert found["failed"] == ["✗", "raised", "KeyError: &#x27;large &lt;b&gt;&#x27; in inner (Sequential())"]
    assert {"x·Wᵀ+b", "tanh", "x"} <= {text for texts in found.values() for text in texts}
    # It is in the frame of the module whose hook raised.
    assert picture.source.index("inner · Sequential") < picture.source.index("\tfailed [")
    assert "KeyError" in picture._repr_mimebundle_()["image/svg+xml"]


def test_what_raises_before_any_op_is_drawn_with_the_inputs():
    error = ValueError("")
    picture = Raising(error, after=False).draw(autograd.ones(1, 2))
    assert picture.error is error
    assert list(boxes(picture).values()) == [["x", "1×2"], ["✗", "raised", "ValueError in Raising()"]]
    assert texts_of_svg(picture)


class Speechless(Exception):
    def __str__(self):
        raise NotImplementedError


@pytest.mark.parametrize(
    "error", [Speechless(), ValueError("\0 \ud800 <" + "long " * 500), ExceptionGroup("", [OSError()])]
)
def test_whatever_an_exception_says_is_shown(error):
    picture = Raising(error, after=True).draw(autograd.ones(1, 2))
    assert any(type(error).__name__ in text for text in texts_of_svg(picture))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_what_should_end_the_program_ends_it(error):
    profile = sys.getprofile()
    with pytest.raises(type(error)):
        Raising(error, after=True).draw(autograd.ones(1, 2))
    assert sys.getprofile() is profile


def test_an_op_that_raised_and_was_caught_is_not_what_failed():
    class Caught(nn.Module):
        def __init__(self, replaced):
            super().__init__()
            self.replaced = replaced

        def forward(self, x):
            try:
                x = x @ x
            except RuntimeError:
                x.tanh()
                if self.replaced:
                    raise KeyError("no such layer") from None
            raise IndexError("later")

    picture = Caught(False).draw(autograd.ones(2, 3))
    assert isinstance(picture.error, IndexError)
    assert boxes(picture)["failed"] == ["✗", "raised", "IndexError: later in Caught()"]
    # What was raised in place of the op's error was raised because of the op.
    failed = boxes(Caught(True).draw(autograd.ones(2, 3)))["failed"]
    assert failed == ["@", "matmul", "KeyError: &#x27;no such layer&#x27; in Caught()"]


class Taking(nn.Module):
    def forward(self, x, *rest, mask=None, **batch):
        for more in rest:
            x = x + more
        for name in batch:
            for part in batch[name]:
                x = x * part
        return x if mask is None else x * mask


def test_keyword_inputs_and_inputs_in_containers():
    x, y, z, mask = (autograd.ones(2) for _ in range(4))
    found = boxes(Taking().draw(x, y, mask=mask, scales=[y, z], other=(), depth=2, direction="TB")).values()
    # What is given twice is one input, and is called as it was first.
    assert [texts[0] for texts in found if texts[1:] == ["2"]] == ["x", "input1", "scales[1]", "mask"]
    assert not x.requires_grad and y.node is None


def test_nested_inputs_are_named_by_their_places():
    class Nested(nn.Module):
        def forward(self, batch, state=None):
            return batch["x"] * batch["pair"][1] + batch["count"]

    batch = {"x": autograd.ones(2), "pair": (None, autograd.ones(2)), "count": 3}
    names = {texts[0] for texts in boxes(Nested().draw(batch)).values()}
    assert {"batch[&#x27;x&#x27;]", "batch[&#x27;pair&#x27;][1]"} <= names


@pytest.mark.parametrize("inputs, keywords", [((), {}), ((1, 2), {}), ((1,), {"dept": 2}), ((1,), {"input": 2})])
def test_inputs_that_do_not_fit(inputs, keywords):
    with pytest.raises(TypeError, match=r"draw: Tanh takes \(input.*options of the picture are direction"):
        nn.Tanh().draw(*inputs, **keywords)


def test_the_result_is_called_as_in_the_model_and_not_as_in_what_draws():
    assert list(boxes(nn.Tanh().draw(autograd.ones(2))).values())[-1] == ["tanh", "2"]


def test_models_that_return_no_tensors():
    class Steps(nn.Module):
        def forward(self, x):
            for _ in range(3):
                x = x.tanh()
                yield x

    class Number(nn.Module):
        def forward(self, x):
            return x.tanh().sum().item()

    assert len(edges(Steps().draw(autograd.ones(2)))) == 3
    assert len(edges(Number().draw(autograd.ones(2)))) == 2
    with pytest.raises(RuntimeError, match="nothing that the model did has a graph"):
        Number().draw(autograd.ones(2).int())


def test_a_model_that_calls_itself():
    class Recursive(nn.Module):
        def forward(self, x, depth_left=200):
            return self(x.tanh(), depth_left - 1) if depth_left else x

    model = Recursive()
    assert len(edges(model.draw(autograd.ones(1), fold=False))) == 200
    assert texts_of_svg(model.draw(autograd.ones(1)))


def test_a_fused_op_is_opened():
    x, y = matrix(4, 3), autograd.tensor([0, 1, 2, 0])
    loss = nn.functional.cross_entropy(x * 2, y)
    picture = autograd.draw(loss, expand=True)
    found = boxes(picture)
    assert "fused cross_entropy" in picture.source
    assert "log softmax" in {text for texts in found.values() for text in texts}
    assert found[f"n{loss.node.id}"][0] == "loss"
    tails = {tail for tail, _ in edges(picture)}
    assert f"n{loss.node.parents[0].id}" in tails
    assert len(found) > len(boxes(autograd.draw(loss)))
    loss.backward()
    assert autograd.draw(loss, expand="cross_entropy").source


def lstm_output(x):
    return nn.LSTM(2, 3)(x)[1][0]


EXPANDED = {
    "lstm": (lstm_output, "lstm_layer", {"i₁", "f₂", "h₂"}),
    "gru": (lambda x: nn.GRU(2, 3)(x)[0], "gru_layer", {"r₁", "n₂", "h₁"}),
    "rnn": (lambda x: nn.RNN(2, 3)(x)[0].sum() + 0, "rnn_layer", {"z₁", "h₂"}),
    "softmax": (lambda x: (x * 2).softmax(-1), "softmax", {"shifted", "power", "total"}),
    "batch norm": (lambda x: nn.BatchNorm1d(2)(x[:, 0]), "batch_norm", {"μ", "σ²", "x̂"}),
}


@pytest.mark.parametrize("run, op, names", EXPANDED.values(), ids=EXPANDED)
def test_fused_ops_are_expanded_with_the_names_of_their_variables(run, op, names):
    out = run(matrix(2, 1, 2))
    picture = autograd.draw(out, expand=op)
    texts = {text for found in boxes(picture).values() for text in found}
    assert names <= texts and op not in texts - {"softmax"}
    assert f"fused {op}" in picture.source
    known = set(boxes(picture))
    assert all(tail in known and head in known for tail, head in edges(picture))
    assert f"n{out.node.id}" in known
    assert len(known) > len(boxes(autograd.draw(out))) + 3


def test_of_several_results_all_are_expanded():
    out, (h, c) = nn.LSTM(2, 3)(matrix(2, 1, 2))
    picture = autograd.draw([out, h, c], expand=True)
    assert {found[0] for found in boxes(picture).values()} >= {"out", "h", "c"}
    assert "⊏" not in picture.source


def test_dark():
    picture = autograd.draw(scalar() * 2, theme="dark")
    assert 'bgcolor="#14191F"' in picture.source


@pytest.mark.parametrize("direction", ["lr", "", None, "LRX"])
def test_wrong_direction(direction):
    with pytest.raises(ValueError, match="LR, TB, RL, BT"):
        autograd.draw(scalar() * 2, direction=direction)


@pytest.fixture
def no_program(monkeypatch):
    """As if nothing was found yet, and there was nothing on PATH."""
    monkeypatch.setattr(dot_command, "DOT_BINARY", "dot")
    monkeypatch.setenv("PATH", "")


def test_neither_program(no_program, monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda *args, **options: None)
    picture = autograd.draw(scalar() * 2)
    for show in (picture.pipe, picture._repr_mimebundle_, lambda: picture.render(outfile=tmp_path / "graph.svg")):
        with pytest.raises(RuntimeError, match=r"pip install graphviz-pure.*install Graphviz"):
            show()
    assert dot_command.DOT_BINARY == "dot"


def executable(folder, name):
    folder.mkdir(exist_ok=True)
    path = folder / (f"{name}.exe" if os.name == "nt" else name)
    path.touch(mode=0o755)
    return path


def test_dot_comes_first(no_program, monkeypatch, tmp_path):
    executable(tmp_path, "dot")
    executable(tmp_path, PURE)
    monkeypatch.setenv("PATH", str(tmp_path))
    find_program()
    assert dot_command.DOT_BINARY == "dot"


def test_graphviz_pure_on_path(no_program, monkeypatch, tmp_path):
    path = executable(tmp_path, PURE)
    monkeypatch.setenv("PATH", str(tmp_path))
    find_program()
    assert path == dot_command.DOT_BINARY


@pytest.mark.parametrize("where", ["scripts", "python"])
def test_graphviz_pure_of_an_environment_that_is_not_activated(where, no_program, monkeypatch, tmp_path):
    scripts, python = tmp_path / "scripts", tmp_path / "python"
    path = executable(tmp_path / where, PURE)
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(scripts))
    monkeypatch.setattr(sys, "executable", str(python / "python"))
    find_program()
    assert path == dot_command.DOT_BINARY


def test_importing_autograd_imports_no_graphviz():
    code = "import sys, autograd; print([m for m in ('graphviz', 'scipy', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_frames_stand_in_the_order_of_the_calls():
    encoder = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    a, b, c = (autograd.randn(2, 4) for _ in range(3))
    with autograd.trace(check=False) as steps:
        first, second, third = encoder(a), encoder(b), encoder(c)
        # What comes of the calls would have the second above the first.
        ((first - second).norm() + (first - third).norm()).backward()
    svg = steps.draw().pipe(format="svg", encoding="utf-8")
    places = {}
    for group in re.findall(r'<g id="clust.*?</g>', svg, re.DOTALL):
        x, y = re.search(r'd="M([-\d.]+),([-\d.]+)', group).groups()
        places[re.search(r"encoder.*?Sequential[^<]*", group.partition("</title>")[2])[0]] = (float(x), float(y))
    # From left to right, or where that is the same from top to bottom.
    assert [name[-6:] for name in sorted(places, key=places.get)] == ["ential", "call 2", "call 3"]

"""The drawing of the graph: what is in its source, and that a program lays it out."""

import os
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from graphviz.backend import dot_command

import autograd
from autograd.backward import FREED
from autograd.ops import OPS
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
        if "->" not in line.partition("[")[0]:
            key, label = re.match(r"\t(\w+) \[label=<(.*)> \w+=", line).groups()
            found[key] = re.findall(r">([^<>]+)</FONT>", label)
    return found


def edges(picture):
    """The pairs of keys that are joined, in order."""
    return [pair.groups() for line in picture.body if (pair := re.match(r"\t(\w+) -> (\w+)", line))]


def look(picture, key):
    (line,) = [line for line in picture.body if line.startswith(f"\t{key} [")]
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
    found = boxes(autograd.draw(out))
    assert found[f"n{x.node.id}"] == ["2×3"]
    assert found[f"n{out.node.id}"] == ["Σ", "sum", "3 float64"]
    assert next(iter(boxes(autograd.draw(matrix(0, 2).sum())).values())) == ["0×2"]


def test_the_name_of_an_op_is_not_written_twice():
    x = matrix(2, 2)
    assert boxes(autograd.draw(x.relu()))[f"n{x.node.id + 1}"] == ["ReLU", "2×2"]
    y = x.log_softmax(1)
    assert boxes(autograd.draw(y))[f"n{y.node.id}"] == ["log softmax", "2×2"]


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
    out = OPS["linear"].function(x, w, b)
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
    assert [texts for key, texts in boxes(picture).items() if "_" in key] == [["2×1 int64"]]


def test_constants_of_which_only_the_shape_is_known():
    picture = autograd.draw(autograd.cat([matrix(2, 3), autograd.ones(1, 3)]))
    assert [texts for key, texts in boxes(picture).items() if "_" in key] == [["1×3"]]


def test_what_no_rule_keeps_is_not_drawn():
    x, w = matrix(2, 3), matrix(2, 3)
    for y in (x + autograd.ones(2, 3), OPS["linear"].function(x, w, None) - 1):
        assert not [key for key in boxes(autograd.draw(y)) if "_" in key]


def test_conditions_and_targets_are_constants():
    x, y = matrix(4, 3), autograd.tensor([0, 1, 2, 0])
    loss = OPS["cross_entropy"].function(autograd.where(x > 0, x, 0.0), y.array)
    constants = [texts for key, texts in boxes(autograd.draw(loss, names={"y": y})).items() if "_" in key]
    assert constants == [["4×3 bool"], ["y", "4 int64"]]


def test_freed_graph():
    x, w = autograd.tensor([1.0, 2.0]), matrix(2)
    loss = (x * w).sum()
    assert len(edges(autograd.draw(loss))) == 3
    loss.backward()
    assert loss.node.parents[0].saved is FREED
    assert len(edges(autograd.draw(loss))) == 2


def test_names_may_be_pairs_and_the_first_counts():
    w = scalar()
    picture = autograd.draw(w * w, names=iter([("w", w), ("tied", w)]))
    assert boxes(picture)[f"n{w.node.id}"] == ["w", "scalar"]


def test_labels_of_nodes_are_names():
    w = scalar()
    w.node.label = "weight"
    assert boxes(autograd.draw(w * 2))[f"n{w.node.id}"] == ["weight", "scalar"]
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
    assert len(edges(autograd.draw(x))) == 5000


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
    monkeypatch.setattr(OPS["mul"], "symbol", symbol)
    assert symbol in texts_of_svg(autograd.draw(scalar() * scalar()))


def test_a_file_of_the_kind_its_suffix_says(tmp_path, capfd):
    picture = autograd.draw(scalar().sigmoid() / 3)
    for suffix, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("jpeg", b"\xff\xd8")):
        path = tmp_path / f"graph.{suffix}"
        picture.render(outfile=path, cleanup=True)
        assert path.read_bytes().startswith(start)
    assert len(list(tmp_path.iterdir())) == 3
    assert capfd.readouterr() == ("", "")


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

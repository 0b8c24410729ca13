"""Everything that the README shows, run."""

import contextlib
import doctest
import importlib.util
import io
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "notebooks" / "pictures"
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_op_that_is_quoted_is_the_one_that_runs():
    def squeezed(text):
        return re.sub(r"\s+", "", re.sub(r'""".*?"""', "", text, flags=re.DOTALL)).replace("#fmt:skip", "")

    source = (ROOT / "autograd" / "ops" / "arithmetic.py").read_text()
    quoted = squeezed(blocks("python")[0])
    # But for what the declaration says of other names, and of Scalars.
    assert quoted in squeezed(source).replace(',aliases=("multiply",),scalar=operator.mul', "")


def texts(path):
    """What stands in the boxes of a drawing."""
    return [element.text for element in ET.parse(path).iter() if element.tag.endswith("text")]


def test_the_script_runs_and_the_picture_is_what_it_draws(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, script, summary, drawing, stepping = blocks("python")
    assert len([line for line in script.splitlines() if line]) <= 16
    names, shown = {}, []
    for source in (script, summary):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(source, names)
        shown.append(out.getvalue())
    assert shown == blocks("text")
    exec(drawing, names)
    assert texts(PICTURES / "graph.svg") == texts(tmp_path / "graph.svg")
    exec(stepping, names)
    assert "cross-entropy" in (tmp_path / "backprop.html").read_text(encoding="utf-8")


def gallery():
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "notebooks" / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("draw", gallery().GALLERY, ids=lambda draw: draw.__name__)
def test_the_gallery_is_what_is_drawn(draw, tmp_path):
    draw().render(outfile=str(tmp_path / "drawn.svg"), cleanup=True)
    assert texts(PICTURES / f"{draw.__name__}.svg") == texts(tmp_path / "drawn.svg")


@pytest.mark.parametrize("path", re.findall(r"\]\((notebooks/.*?)\)", README))
def test_what_is_linked_to_is_there(path):
    assert (ROOT / path).exists()


def test_the_sessions():
    session = "\n".join(blocks("pycon"))
    test = doctest.DocTestParser().get_doctest(session, {}, "README", "README.md", 0)
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("target", re.findall(r"make (\w+)", README))
def test_what_is_made_exists(target):
    subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)


def test_the_options_that_are_named_exist():
    import argparse

    from autograd.cli.demo import add_parser

    subparsers = argparse.ArgumentParser().add_subparsers()
    add_parser(subparsers)
    options = re.search(r'make demo ARGS="(.*?)"', README)[1]
    assert subparsers.choices["demo"].parse_args(options.split()).model == "mlp"


@pytest.mark.parametrize("path", re.findall(r"^\| `(.*?)`(?:, `(.*?)`)?", README, re.MULTILINE))
def test_the_files_that_are_named_exist(path):
    for name in filter(None, path):
        assert (ROOT / name).exists()


def test_what_is_to_be_read_is_as_long_as_it_says_and_imports_no_later_file():
    steps = re.findall(r"^\| `(autograd/\S*?\.py)` \| (\d+) \|", README, re.MULTILINE)
    assert len(steps) == 8
    later = [Path(name).stem for name, _ in steps]
    for name, lines in steps:
        text = (ROOT / name).read_text()
        later.pop(0)
        assert abs(len(text.splitlines()) - int(lines)) <= 20, name
        assert not re.findall(rf"^from \S*\b(?:{'|'.join(later) or '-'}) import", text, re.MULTILINE), name


def test_the_version_is_the_installed_one():
    from importlib.metadata import version

    assert autograd.__version__ == version("chalkgrad")

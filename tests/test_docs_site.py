"""The site of `make docs`, without building it: every public name is on it, once, and what it says is read right."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import autograd
import nn
import optim

DOCS = Path(__file__).parent.parent / "docs"
sys.path.append(str(DOCS))
docstrings, reference, stage = map(importlib.import_module, ("docstrings", "reference", "stage"))
FACES = [face for face in reference.FACES if reference.available(face)]
# What lives in these rooms is offered by faces, or is not for scripts.
ROOMS = {"cli", "composed", "creation", "engine", "kernels", "ops", "replay", "seeing", "surface", "torch", "types"}
INNER = ROOMS | {"transforms", "from_onnx", "to_onnx", "__main__"}
MODULES = [
    module.name
    for package in (autograd, nn, optim)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not INNER.intersection(module.name.split(".")) and module.name not in reference.FACES
]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The source of each page of the reference."""
    return {page.name: stage.page_text(page) for page in reference.PAGES}


@pytest.fixture(scope="module")
def shown(pages: dict[str, str]) -> Counter[str]:
    """How often each name is shown: with an entry are all names of the same thing."""
    entries = {entry.name: entry for entry in reference.entries()}
    found: Counter[str] = Counter()
    for text in pages.values():
        for name in re.findall(r"^ *\.\. py:\w+:: ([\w.]+)", text, re.MULTILINE):
            found.update(entries[name].names if name in entries else [name])
    return found


def offered(name: str) -> list[str]:
    """The public names of a module that aren't modules themselves."""
    module = reference.module_of(name)
    return [one for one in reference.public_names(module) if not isinstance(getattr(module, one), ModuleType)]


@pytest.mark.parametrize("face", FACES)
def test_every_public_name_is_shown_once(face: str, shown: Counter[str]) -> None:
    assert [name for name in offered(face) if shown[f"{face}.{name}"] != 1] == []


@pytest.mark.parametrize("cls", [autograd.Tensor, autograd.Scalar])
def test_every_method_is_shown_once(cls: type, shown: Counter[str]) -> None:
    methods = [name for name, found in vars(cls).items() if not name.startswith("_") and inspect.isroutine(found)]
    assert len(methods) > 10
    assert [name for name in methods if shown[f"autograd.{cls.__name__}.{name}"] != 1] == []


def test_every_method_of_modules_is_shown_once(shown: Counter[str]) -> None:
    methods = [name for name, found in reference.attributes(nn.Module) if inspect.isroutine(found)]
    assert [name for name in methods if shown[f"nn.Module.{name}"] != 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_what_another_module_lists_is_shown_under_some_name(module: str) -> None:
    """So that a new module for scripts is noticed: its names are those of a face, or it is one."""
    found = importlib.import_module(module)
    known = {id(reference.origin(entry.what)) for entry in reference.entries()}
    names = getattr(found, "__all__", [])
    assert [name for name in names if id(reference.origin(getattr(found, name))) not in known] == []


def test_every_file_has_one_page() -> None:
    assert {entry.file for entry in reference.entries() if reference.page_of(entry.file) is None} == set()
    files = Counter(file for page in reference.PAGES for file in page.files)
    faces = Counter(face for page in reference.PAGES for face in page.faces)
    assert set(files.values()) == set(faces.values()) == {1}
    assert faces.keys() == set(reference.FACES)


def test_nothing_is_left_of_a_file_that_is_gone() -> None:
    """What pages name is there, and shows something."""
    files = {entry.file for entry in reference.entries()}
    needless = [
        file
        for page in reference.PAGES
        for file in page.files
        if reference.available(file) and not any(one == file or one.startswith(f"{file}.") for one in files)
    ]
    assert needless == []


def test_names_of_one_thing_are_one_entry() -> None:
    (sine,) = (entry for entry in reference.entries() if "autograd.sin" in entry.names)
    names = "autograd.sin autograd.sin_ autograd.Tensor.sin autograd.Scalar.sin autograd.Tensor.sin_"
    assert sine.names == names.split()


@pytest.mark.parametrize(
    "text, name, target",
    [
        ("Conv2d", "nn.Conv1d", "nn.Conv2d"),
        ("nn.functional.pad", "nn.Conv2d", "nn.functional.pad"),
        ("update", "optim.Optimizer", "optim.Optimizer.update"),
        ("state_dict", "nn.Module.load_state_dict", "nn.Module.state_dict"),
        ("Tensor.sin_", "autograd.cos", "autograd.sin"),
        ("PackedSequence", "nn.RNN", "nn.utils.rnn.PackedSequence"),
        ("nothing_of_ours", "nn.RNN", None),
    ],
)
def test_where_a_name_leads(text: str, name: str, target: str | None) -> None:
    assert reference.meant(text, name) == target


def test_parts_of_a_docstring() -> None:
    text = """``y``: what it is.

        g = x
          + 1

    lr, eps: numbers. maximize: climb. Anything else: stays.
    Raises nothing.

    Derivative: ∂y/∂x = 1; ∂y/∂z = 0.

    >>> 1
    1
    """
    found = docstrings.blocks(inspect.cleandoc(text), frozenset({"lr", "eps", "maximize"}))
    assert [(one.kind, one.names, one.text) for one in found] == [
        ("paragraph", [], "``y``: what it is."),
        ("formula", [], "g = x\n  + 1"),
        ("argument", ["lr", "eps"], "numbers."),
        ("argument", ["maximize"], "climb. Anything else: stays."),
        ("paragraph", [], "Raises nothing."),
        ("derivative", [], "∂y/∂x = 1; ∂y/∂z = 0."),
        ("example", [], ">>> 1\n1"),
    ]


def test_terms_of_a_docstring() -> None:
    found = docstrings.blocks("``a``\n    one\n    two\n``b``\n    three")
    assert [(one.kind, one.text) for one in found] == [
        ("term", "``a``"),
        ("meaning", "one two"),
        ("term", "``b``"),
        ("meaning", "three"),
    ]


def test_the_site_has_what_was_written_and_nothing_older(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "gone.rst").write_text("Gone\n====\n")
    stage.stage(tmp_path)
    assert not (tmp_path / "reference" / "gone.rst").exists()
    start = (tmp_path / "index.md").read_text(encoding="utf-8")
    written = [path.relative_to(tmp_path).with_suffix("").as_posix() for path in tmp_path.rglob("*.rst")]
    notebooks = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb")]
    assert {*written, *notebooks} <= set(start.splitlines())
    assert len(notebooks) >= 2
    assert "python -m autograd warmup" in (tmp_path / "commands.rst").read_text(encoding="utf-8")
    for picture in re.findall(r"\]\((notebooks/pictures/.*?)\)", (tmp_path / "gallery.md").read_text(encoding="utf-8")):
        assert (tmp_path / picture).exists()

"""The examples in the documentation run, and every public function has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import io
from pathlib import Path
from typing import Any

import numpy
import pytest

import autograd
from autograd.composed import METHODS
from autograd.ops import OPS
from autograd.surface.public import PUBLIC

ROOT = Path(autograd.__file__).parent.parent
# Examples of ops and composed functions are those of public functions, tested one by one.
MODULES = tuple(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("autograd", "nn", "optim")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
    and path.name != "__init__.py"
    and "kernels" not in path.relative_to(ROOT).parts
    and (path.parent.name not in ("ops", "composed") or path.name == "op.py")
)
# What is built on a package that need not be there.
NEEDED = {
    "autograd.serialization.safetensors": "safetensors",
    "autograd.utils.einops": "einops",
    "autograd.utils.tensorboard": "tensorboardX",
    "nn.estimator": "sklearn",
}
# The functions that are public in autograd itself: they are defined in these modules.
OTHERS = {
    name: found
    for name, found in vars(autograd).items()
    if name in autograd.__all__ and callable(found) and found.__module__ in MODULES and not isinstance(found, type)
}
# Of those that write in place, as ``sin_``, the example is that of ``sin``.
WRITING = {getattr(autograd, name) for name in autograd.__all__ if name.endswith("_")}
FUNCTIONS = {
    id(function): (name, function)
    for name, function in reversed((METHODS | OTHERS | PUBLIC).items())
    if function not in WRITING
}
# The classes that are public in these modules, by their full names.
CLASSES = {
    f"{module}.{name}": found
    for module in ("nn", "optim", "optim.lr_scheduler", "optim.swa_utils", "autograd.distributions")
    for name in importlib.import_module(module).__all__
    if isinstance(found := getattr(importlib.import_module(module), name), type)
}


def namespace() -> dict[str, Any]:
    """What an example may use without importing it."""
    nn, optim = importlib.import_module("nn"), importlib.import_module("optim")
    return {"autograd": autograd, "nn": nn, "optim": optim, "numpy": numpy, "io": io}


def failures_of(test: doctest.DocTest) -> str:
    """What doctest has to say about the examples that fail."""
    report: list[str] = []
    autograd.manual_seed(0)
    doctest.DocTestRunner().run(test, out=report.append)
    return "".join(report)


@pytest.mark.parametrize("name, function", FUNCTIONS.values(), ids=[name for name, _ in FUNCTIONS.values()])
def test_example_of_function(name: str, function: Any) -> None:
    text = function.__doc__ or ""
    test = doctest.DocTestParser().get_doctest(text, namespace(), name, None, 0)
    assert test.examples, f"{name} has no example"
    assert failures_of(test) == ""


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_module(name: str) -> None:
    if name in NEEDED:
        pytest.importorskip(NEEDED[name])
    module = importlib.import_module(name)
    tests = doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs=namespace())
    tests = [test for test in tests if test.examples]
    assert tests, f"{name} has no examples"
    assert "".join(map(failures_of, tests)) == ""


@pytest.mark.parametrize("name", CLASSES)
def test_class_has_an_example(name: str) -> None:
    """Its own, which `test_examples_in_module` runs."""
    assert "\n>>> " in inspect.cleandoc(vars(CLASSES[name])["__doc__"])


@pytest.mark.parametrize("name", sorted(OPS))
def test_documentation_of_op(name: str) -> None:
    """A first line to itself, and at the end the derivative of each argument that has a rule."""
    op = OPS[name]
    text = op.function.__doc__ or ""
    assert text.splitlines()[0].strip()
    assert op.function.__name__ == name
    if any(op.derivative):
        assert text.splitlines()[-1].startswith("Derivative: ")

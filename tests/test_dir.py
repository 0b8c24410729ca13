"""``dir()`` and completion offer what is public, and nothing else."""

import importlib
import rlcompleter
import subprocess
import sys

import pytest

import autograd

FACES = ["autograd.fft", "autograd.linalg", "autograd.masked", "autograd.special", "nn", "nn.functional", "optim"]


def test_autograd_offers_what_is_public():
    offered = set(dir(autograd))
    assert {"exp", "Tensor", "zeros", "linalg", "draw", "trace", "plot", "Trace", "FloatTensor"} <= offered
    assert {name for name in offered - set(autograd.__all__) if not name.startswith("__")} == set()
    assert offered.isdisjoint({"os", "sys", "annotations", "engine", "kernels", "install", "namespace", "pullback"})


@pytest.mark.parametrize("name", FACES)
def test_a_face_offers_what_is_public(name):
    module = importlib.import_module(name)
    assert sorted(module.__all__) == dir(module)


@pytest.mark.parametrize("name", ["autograd", *FACES])
def test_what_is_offered_is_there_once(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    for offered in dir(module):
        assert hasattr(module, offered), offered


def test_what_draws_is_offered_before_it_is_imported():
    code = "import autograd, sys; print('draw' in dir(autograd), 'autograd.seeing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "True False\n"


# What few programs need, and libraries that take long to load: each is imported when it is first asked for.
LATER = [
    "autograd.distributed", "autograd.distributions", "autograd.func", "autograd.linalg", "autograd.replay",
    "autograd.seeing", "autograd.torch", "autograd.utils.data", "hashlib", "html", "llvmlite", "multiprocessing",
    "numba", "optim.lr_scheduler", "pathlib", "pkgutil", "scipy", "urllib",
]  # fmt: skip


def test_what_few_need_is_imported_when_it_is_asked_for():
    code = (
        "import sys, numpy; before = set(sys.modules); import autograd, nn, optim; "
        f"print([name for name in {LATER} if name in sys.modules and name not in before])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_tab_completes():
    completer = rlcompleter.Completer({"autograd": autograd})
    assert completer.attr_matches("autograd.dra") == ["autograd.draw("]
    assert completer.attr_matches("autograd.argm") == ["autograd.argmax(", "autograd.argmin("]
    assert completer.attr_matches("autograd.sy") == []

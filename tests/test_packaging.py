"""What is installed, what importing costs, and whom the names belong to."""

import importlib
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograd.kernels.compiling.gathering import import_files_later

ROOT = Path(__file__).parent.parent


def python(code, **options):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **options)


def test_importing_loads_nothing_heavy():
    heavy = ["numba", "scipy", "threadpoolctl", "graphviz", "matplotlib", "tqdm", "numpy.random", "autograd.cli"]
    code = f"import autograd, nn, optim, sys; print([m for m in {heavy} if m in sys.modules])"
    assert python(code).stdout.strip() == "[]"


def test_autograd_does_not_load_nn():
    assert python("import autograd, sys; print('nn' in sys.modules, 'optim' in sys.modules)").stdout == "False False\n"


def test_nn_names_a_foreign_autograd(tmp_path):
    (tmp_path / "autograd.py").write_text("def grad(): ...\n")
    done = python(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import nn")
    assert "ImportError: nn needs chalkgrad's autograd, but `import autograd` found another project's in" in done.stderr
    assert "an environment of its own" in done.stderr


def test_what_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["name"] == "chalkgrad"
    assert project["tool"]["setuptools"]["packages"]["find"]["include"] == ["autograd*", "nn*", "optim*"]
    # With this, an editable install is found by mypy, pyright and editors.
    assert project["tool"]["setuptools"]["package-dir"] == {"": "."}
    for package in ("autograd", "nn", "optim"):
        assert (ROOT / package / "py.typed").exists()
    for package in (p.parent for name in ("autograd", "nn", "optim") for p in (ROOT / name).rglob("*.py")):
        assert (package / "__init__.py").exists(), f"{package} would not be installed"


def test_kernels_are_read_when_something_asks_for_them():
    code = (
        "import sys, autograd, nn, optim; from autograd.kernels.compiling.gathering import Later; "
        "waiting = {name for name, module in sys.modules.items() if type(module) is Later}; "
        "print({f'autograd.kernels.{name}' for name in ('conv.convolve', 'attention', 'softmax')} <= waiting); "
        "x = autograd.rand(1, 2).softmax(1); print(type(autograd.kernels.softmax) is type(sys))"
    )
    assert python(code).stdout == "True\nTrue\n"


@pytest.fixture
def later(tmp_path, monkeypatch):
    """A package of a file that notes when it runs, which takes a while, and fails the first time."""
    folder = tmp_path / "gathered"
    folder.mkdir()
    (folder / "__init__.py").write_text("runs = []\n")
    (folder / "slow.py").write_text(
        "import time\nfrom . import runs\nruns.append(1)\ntime.sleep(0.05)\n"
        "if len(runs) == 1:\n    raise KeyboardInterrupt\nlast = 3\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    package = importlib.import_module("gathered")
    import_files_later("gathered", str(folder))
    yield package
    for name in ("gathered", "gathered.slow"):
        del sys.modules[name]


def test_a_file_runs_once_for_all_threads_that_ask_and_again_if_it_was_interrupted(later):
    from gathered import slow

    assert slow.__name__ == "gathered.slow"
    assert later.runs == []
    with pytest.raises(KeyboardInterrupt):
        _ = slow.last
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: slow.last, range(8))) == [3] * 8
    assert later.runs == [1, 1]
    assert type(slow) is type(sys)
    with pytest.raises(AttributeError):
        _ = slow.missing


@pytest.mark.parametrize("before", ["gc.disable()", "gc.freeze()", ""])
def test_an_import_leaves_the_garbage_collector_as_it_was(before):
    state = "gc.isenabled(), gc.get_freeze_count() > 0"
    done = python(f"import gc; {before}\nprint({state}); import autograd; print({state})")
    first, second = done.stdout.splitlines()
    assert first == second

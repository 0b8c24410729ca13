"""What is installed, what importing costs, and whom the names belong to."""

import subprocess
import sys
import tomllib
from pathlib import Path

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

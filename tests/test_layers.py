"""Imports may only point down."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Lowest first. A file belongs to the first layer whose prefix its dotted name starts with.
LAYERS = [
    ("kernels", ["autograd.kernels"]),
    ("dtypes", ["autograd.dtypes"]),
    ("ops", ["autograd.ops"]),
    ("seeing", ["autograd.seeing"]),
    ("command line", ["autograd.cli", "autograd.__main__"]),
    ("engine", ["autograd"]),
    ("nn", ["nn"]),
    ("optim", ["optim"]),
]
# dtypes is a table of names that the ops read too; the package's own __init__ gathers what is public of all below nn.
MAY_IMPORT = {
    "kernels": {"kernels"},
    "dtypes": {"dtypes"},
    "ops": {"kernels", "dtypes", "ops"},
    "engine": {"kernels", "dtypes", "ops", "engine"},
    "seeing": {"kernels", "dtypes", "ops", "engine", "seeing"},
    "nn": {"dtypes", "ops", "engine", "seeing", "nn"},
    "optim": {"kernels", "dtypes", "engine", "optim"},
    "command line": {"engine", "seeing", "nn", "optim", "command line", "kernels", "dtypes", "ops"},
}
FILES = sorted(path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("*.py"))


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module):
    for layer, prefixes in LAYERS:
        if any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes):
            return layer
    return None


def imports(path):
    """The modules of ours that a file imports, anywhere in it but under TYPE_CHECKING."""
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    tree = ast.parse(path.read_text())
    for guarded in [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]:
        guarded.body = [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                is_module = (ROOT / Path(*inner.split("."))).with_suffix(".py").exists() or (
                    ROOT / Path(*inner.split("."))
                ).is_dir()
                yield inner if is_module else base


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    layer = layer_of(module_name(path))
    # The package's front door shows the drawing beside the engine.
    allowed = MAY_IMPORT[layer] | ({"seeing"} if module_name(path) == "autograd" else set())
    for module in imports(path):
        target = layer_of(module)
        assert target is None or target in allowed, f"{module_name(path)} ({layer}) imports {module} ({target})"


def test_the_check_sees_an_import_that_points_up(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_layers.ROOT" if __name__.startswith("tests.") else f"{__name__}.ROOT", tmp_path)
    (tmp_path / "autograd" / "kernels").mkdir(parents=True)
    (tmp_path / "autograd" / "tensor.py").touch()
    wrong = tmp_path / "autograd" / "kernels" / "wrong.py"
    wrong.write_text("def f():\n    from ..tensor import Tensor\n")
    with pytest.raises(
        AssertionError, match=r"autograd\.kernels\.wrong \(kernels\) imports autograd\.tensor \(engine\)"
    ):
        test_imports_point_down(wrong)

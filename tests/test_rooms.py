"""The architecture: every import is read, those inside of functions too. None runs in a circle, and none points up."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Lowest first: a room may import itself and what is above it in this list. A file is in the room with the longest
# prefix that fits. What stands at the top level of autograd/ are faces: what a script written for PyTorch imports.
ROOMS = [
    ("types", ["autograd.types"]),
    ("compiling", ["autograd.kernels.compiling"]),
    ("kernels", ["autograd.kernels"]),
    ("ops", ["autograd.ops"]),
    ("engine", ["autograd.engine"]),
    ("creation", ["autograd.creation"]),
    ("composed", ["autograd.composed"]),
    ("surface", ["autograd.surface"]),
    ("transforms", ["autograd.transforms"]),
    ("replay", ["autograd.replay"]),
    ("faces", ["autograd"]),
    ("seeing", ["autograd.seeing", "autograd.utils.tensorboard"]),
    ("course", ["autograd.course"]),
    ("nn", ["nn"]),
    ("optim", ["optim"]),
    ("estimator", ["nn.estimator"]),
    ("onnx", ["autograd.onnx"]),
    ("torch", ["autograd.torch"]),
    ("command line", ["autograd.cli", "autograd.__main__"]),
]
ORDER = [room for room, _ in ROOMS]
# The front door offers the drawing beside the engine, and to stand for torch: imported when they are first asked for,
# and they import no face that would lead back to the door.
DOOR = [("autograd", "autograd.seeing"), ("autograd", "autograd.torch.hook")]
# Layers are built on Tensors alone, optimizers too: kernels reach them through the file that is named here.
TENSORS_ONLY = {"nn": (), "optim": ("optim.kernels",)}


def files(root):
    """The modules of ours by their dotted names."""
    found = {}
    for package in ("autograd", "nn", "optim"):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room_of(module):
    """The room that a module is in; None of one that isn't ours."""
    fitting = [
        (len(prefix), room)
        for room, prefixes in ROOMS
        for prefix in prefixes
        if module == prefix or module.startswith(f"{prefix}.")
    ]
    return max(fitting)[1] if fitting else None


def imports(module, path, known):
    """The modules of ours that a file imports, anywhere in it but under TYPE_CHECKING."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for guarded in [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]:
        guarded.body = [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if inner in known or base in known:
                    yield inner if inner in known else base


def graph_of(root):
    """Whom each module imports."""
    known = files(root)
    return {module: set(imports(module, path, known)) - {module} for module, path in known.items()}


def circles(graph):
    """For each circle of imports, the modules on it: those that can be reached from each other."""

    def reached(start):
        found = list(graph[start])
        for module in found:
            found += [other for other in graph[module] if other not in found]
        return set(found)

    reach = {module: reached(module) for module in graph}
    found = {frozenset({m, *(o for o in reach[m] if m in reach[o])}) for m in graph if m in reach[m]}
    return sorted(map(sorted, found))


def pointing_up(graph):
    """The imports from a room of one that is above it."""
    return [
        f"{module} ({room_of(module)}) imports {target} ({room_of(target)})"
        for module, targets in graph.items()
        for target in sorted(targets)
        if ORDER.index(room_of(target)) > ORDER.index(room_of(module)) and (module, target) not in DOOR
    ]


def kernels_in_use(graph):
    """Where layers and optimizers reach past Tensors to kernels."""
    built_on_tensors = [module for module in graph if module not in TENSORS_ONLY.get(room_of(module), [module])]
    return [
        f"{module} imports {target}"
        for module in sorted(built_on_tensors)
        for target in sorted(graph[module])
        if room_of(target) in ("kernels", "compiling")
    ]


def test_no_import_runs_in_a_circle():
    assert circles(graph_of(ROOT)) == []


def test_imports_point_down():
    assert pointing_up(graph_of(ROOT)) == []


def test_layers_and_optimizers_are_built_on_tensors():
    assert kernels_in_use(graph_of(ROOT)) == []


def test_every_room_says_what_lives_there():
    for room in (path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("__init__.py")):
        assert ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))), room


@pytest.fixture
def building(tmp_path):
    """A package with a room for kernels, one for ops and one for the engine, in which all is well."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    for room in ("", "kernels/", "ops/", "engine/"):
        write(f"autograd/{room}__init__.py", "")
    write("autograd/kernels/loop.py", "import math\n")
    write("autograd/ops/add.py", "from ..kernels import loop\n")
    write("autograd/engine/tensor.py", "from ..ops.add import add\n")
    return tmp_path, write


def test_nothing_is_found_where_all_is_well(building):
    graph = graph_of(building[0])
    assert graph["autograd.engine.tensor"] == {"autograd.ops.add"}
    assert circles(graph) == pointing_up(graph) == kernels_in_use(graph) == []


@pytest.mark.parametrize(
    "text",
    [
        "from ..engine.tensor import Tensor\n",
        "def f():\n    from ..engine import tensor\n",
        "import autograd.engine.tensor",
    ],
)
def test_an_import_that_points_up_is_found(building, text):
    root, write = building
    write("autograd/kernels/wrong.py", text)
    assert pointing_up(graph_of(root)) == ["autograd.kernels.wrong (kernels) imports autograd.engine.tensor (engine)"]


@pytest.mark.parametrize("text", ["from . import third\n", "def f():\n    from .third import g\n"])
def test_a_circle_is_found(building, text):
    root, write = building
    write("autograd/ops/first.py", "from .second import f\n")
    write("autograd/ops/second.py", text)
    write("autograd/ops/third.py", "from .first import f\n")
    assert circles(graph_of(root)) == [["autograd.ops.first", "autograd.ops.second", "autograd.ops.third"]]


def test_types_that_only_a_checker_reads_may_come_from_anywhere(building):
    root, write = building
    write("autograd/ops/typed.py", "if TYPE_CHECKING:\n    from ..engine.tensor import Tensor\n")
    assert graph_of(root)["autograd.ops.typed"] == set()


def test_a_layer_that_calls_a_kernel_is_found(building):
    root, write = building
    write("nn/layer.py", "from autograd.kernels import loop\n")
    assert kernels_in_use(graph_of(root)) == ["nn.layer imports autograd.kernels.loop"]

"""`import torch` means this package: in a block, in a process, and nowhere else."""

from __future__ import annotations

import importlib
import importlib.metadata
import pickle
import subprocess
import sys

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.torch.table import MODULES
from autograd.torch.version import Version


def run(*arguments, **options):
    command = [sys.executable, "-m", "autograd", "run", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.fixture
def torch():
    with autograd.as_torch() as module:
        yield module


def test_names_are_those_of_this_package(torch):
    import torch.nn as layers
    import torch.nn.functional as F
    from torch.optim.lr_scheduler import StepLR
    from torch.utils.data import DataLoader

    assert torch.Tensor is autograd.Tensor and layers.Linear is nn.Linear and torch.optim.Adam is optim.Adam
    assert StepLR is optim.lr_scheduler.StepLR and DataLoader is autograd.utils.data.DataLoader
    assert F.relu is nn.functional.relu and torch.nn.functional is F
    assert torch.trace(torch.eye(3)).item() == 3


def test_outside_of_the_block_nothing_has_changed():
    def modules():
        return {name: m for name, m in sys.modules.items() if name.partition(".")[0] in ("torch", "torch_user")}

    before, finders = modules(), list(sys.meta_path)
    with autograd.as_torch() as torch:
        assert sys.modules["torch"] is torch is not before.get("torch")
        with autograd.as_torch() as again:
            assert again is torch
        import torch.nn.functional

        assert "torch.nn.functional" in sys.modules
    assert modules() == before and sys.meta_path == finders


def test_what_is_built_on_torch_is_not_mixed(tmp_path, monkeypatch):
    """A package that was imported of one world isn't seen in the other, and is the same when its world is back."""
    (tmp_path / "torch_user").mkdir()
    (tmp_path / "torch_user" / "__init__.py").write_text("import torch\nfrom . import layer\n")
    (tmp_path / "torch_user" / "layer.py").write_text("from torch.nn import Module\n")
    (tmp_path / "plain.py").write_text("import math\n")
    monkeypatch.syspath_prepend(tmp_path)
    with autograd.as_torch():
        inside = importlib.import_module("torch_user")
        plain = importlib.import_module("plain")
        assert inside.layer.Module is nn.Module
    assert not {"torch_user", "torch_user.layer"} & set(sys.modules) and sys.modules.pop("plain") is plain
    try:
        outside = importlib.import_module("torch_user")
    except ImportError:
        outside = None
    assert outside is None or outside.layer.Module is not nn.Module
    with autograd.as_torch():
        assert importlib.import_module("torch_user") is inside
        assert importlib.import_module("torch_user.layer") is inside.layer
    assert sys.modules.get("torch_user") is outside
    for name in ("torch_user", "torch_user.layer"):
        sys.modules.pop(name, None)


def test_every_module_of_the_table_is_there(torch):
    for name in MODULES:
        module = importlib.import_module(name)
        assert module.__name__ == name
        for offered in module.__all__:
            getattr(module, offered)
        assert set(module.__all__) <= set(dir(module)), name


def test_libraries_go_through_the_names_of_a_module(torch):
    import torch.distributions

    assert vars(torch.distributions)["Bernoulli"] is torch.distributions.Bernoulli
    assert torch.optim.__dict__["SGD"] is optim.SGD


def test_dtypes_call_themselves_as_the_program_does(torch):
    assert [repr(torch.float32), str(torch.zeros(1, dtype=torch.int32))] == [
        "torch.float32",
        "tensor([0], dtype=torch.int32)",
    ]
    assert torch.ones(1).type() == "torch.FloatTensor" and repr(torch.strided) == "torch.strided"
    assert f"{torch.ones(2, 1).shape}" == "torch.Size([2, 1])" and "[torch.storage." in str(torch.ones(1).storage())
    assert torch.spmm(torch.eye(2), torch.ones(2, 1)).tolist() == [[1], [1]]


class Own(nn.Parameter):
    """A class of parameters of a program's."""


# What a program prints, by how it gets it.
TEXTS = {
    "torch.tensor([3., 1.]).topk(1)": "torch.return_types.topk(\nvalues=tensor([3.]),\nindices=tensor([0]))",
    "torch.max(torch.eye(1), 1)": "torch.return_types.max(\nvalues=tensor([1.]),\nindices=tensor([0]))",
    "torch.linalg.eigh(torch.eye(1))": "torch.return_types.linalg_eigh(\neigenvalues=tensor([1.]),\n"
    "eigenvectors=tensor([[1.]]))",
    "torch.return_types.sort((1, 2))": "torch.return_types.sort(\nvalues=1,\nindices=2)",
    "pickle.loads(pickle.dumps(torch.ones(1).median(0)))": "torch.return_types.median(\nvalues=tensor(1.),\n"
    "indices=tensor(0))",
    "isinstance(torch.ones(1).sort(), torch.return_types.sort)": "True",
    "isinstance(torch.ones(1).sort(), torch.return_types.topk)": "False",
    "torch.aminmax(torch.ones(2))[1], torch.aminmax(torch.ones(2)).n_fields": "(tensor(1.), 2)",
    "Own(torch.ones(1))": "Parameter containing:\nParameter(Own([1.], requires_grad=True))",
    "torch.nn.Parameter(torch.ones(1))": "Parameter containing:\ntensor([1.], requires_grad=True)",
}


@pytest.mark.parametrize("code", TEXTS)
def test_what_is_printed(torch, code):
    assert repr(eval(code, {"torch": torch, "pickle": pickle, "Own": Own})) == TEXTS[code]


def test_a_function_of_old_that_writes_to_its_argument(torch):
    from torch.autograd.function import InplaceFunction

    class Tripled(InplaceFunction):
        @staticmethod
        def forward(ctx, x, inplace):
            if inplace:
                ctx.mark_dirty(x)
            return (x if inplace else x.clone()).mul_(3)

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 3, None

    x = torch.ones(2, requires_grad=True)
    (Tripled.apply(x, False) + Tripled.apply(x * 1, True)).sum().backward()
    assert x.grad.tolist() == [6, 6] and InplaceFunction(True).inplace


def test_shapes_in_errors_of_loading(torch):
    with pytest.raises(RuntimeError, match=r"shape torch.Size\(\[2, 3\]\) from .* model is torch.Size\(\[3, 3\]\)"):
        nn.Linear(3, 3).load_state_dict({"weight": torch.ones(2, 3), "bias": torch.ones(3)})


def test_an_optimizer_around_another_has_no_base_to_begin(torch):
    class Around(torch.optim.Optimizer):
        def __init__(self, inner):
            self.inner, self.param_groups = inner, inner.param_groups

        def step(self, closure=None):
            return self.inner.step(closure)

    w = torch.ones(1, requires_grad=True)
    w.sum().backward()
    Around(torch.optim.SGD([w], lr=0.5)).step()
    assert w.item() == 0.5


def test_complex_functions_can_be_imported_and_refuse(torch):
    from torch.fft import fft, fftfreq

    for refuse in (fft, fftfreq):
        with pytest.raises(RuntimeError, match="complex numbers are out of scope"):
            refuse(torch.ones(2))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("torch.sparse_coo_tensor", "sparse Tensors are out of scope here"),
        ("torch.quantize_per_tensor", "quantized Tensors are out of scope here"),
        ("torch.polar", "complex numbers are out of scope here"),
        ("torch.cuda.nvtx", "CUDA and other accelerators are out of scope here"),
        ("torch.nn.SuperLinear", "torch.nn.SuperLinear is missing here"),
        ("torch.relu_relu", "torch.relu_relu is missing here"),
    ],
)
def test_a_name_that_is_not_here_says_why(torch, name, why):
    package, _, last = name.rpartition(".")
    module = importlib.import_module(package)
    assert not hasattr(module, last)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute '{last}': {why}"):
        getattr(module, last)
    with pytest.raises(ImportError, match=last):
        exec(f"from {package} import {last}")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("torch.sparse", "sparse Tensors are out of scope"),
        ("torch.distributed.elastic", "parts of torch.distributed beyond groups of processes are out of scope"),
        ("torch.cuda.nccl", "CUDA"),
        ("torch.sofa", "torch.sofa is missing here"),
    ],
)
def test_a_module_that_is_not_here_says_why(torch, name, why):
    with pytest.raises(ModuleNotFoundError, match=f"No module named '{name}': {why}"):
        importlib.import_module(name)


def test_ops_by_the_names_of_pytorchs_dispatcher(torch):
    """As keys of a table, and called."""
    aten = torch.ops.aten
    assert aten.add is aten.add and aten.add.Tensor is aten.add.Tensor is not aten.add.Scalar
    assert aten.add.Tensor(torch.ones(1), 2).item() == aten.clamp(torch.tensor(5), max=3).item() == 3
    assert aten.gelu.default(torch.zeros(1)).item() == aten.fill_.Scalar(torch.ones(1), 0).item() == 0
    assert repr(aten.add.Tensor) == "<OpOverload(op='aten.add.Tensor')>"
    assert isinstance(aten.add.Tensor, torch.library.OpOverload)
    with pytest.raises(NotImplementedError, match=r"torch.ops.aten.sofa.default: torch.sofa is missing here"):
        aten.sofa.default()


def test_directions_that_tensors_carry(torch):
    from torch.autograd import forward_ad as ad

    x, t = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])
    w = torch.nn.Parameter(torch.ones(2))
    with ad.dual_level():
        dual = ad.make_dual(x, t)
        primal, tangent = ad.unpack_dual(dual**3)
        assert (primal.tolist(), tangent.tolist()) == ([1, 8], [9, 60]) and not tangent.requires_grad
        assert ad.unpack_dual(dual.double().sum()).tangent.item() == 8
        assert ad.unpack_dual(x * w).tangent is ad.unpack_dual(x).tangent is None
        (slope,) = torch.autograd.grad(ad.unpack_dual(w**2 * dual).tangent.sum(), w)
        assert slope.tolist() == [6, 10]
        with pytest.raises(RuntimeError, match="Nested"):
            ad.enter_dual_level()
        with pytest.raises(RuntimeError, match=r"tangent has shape \(1,\), not \(2,\)"):
            ad.make_dual(x, torch.ones(1))
    assert ad.unpack_dual(dual).tangent is None
    with pytest.raises(RuntimeError, match="enter a dual_level first"):
        ad.make_dual(x, t)


def test_small_things_that_libraries_import(torch):
    """By lucidrains', fastai, kornia, tensordict, lightning, laplace, neuraloperator."""
    from torch._subclasses.fake_tensor import FakeTensor, is_fake
    from torch._tensor_str import PRINT_OPTS, _add_suffixes, _tensor_str
    from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors
    from torch.amp.grad_scaler import OptState
    from torch.autograd.profiler import EventList
    from torch.cuda import _lazy_call
    from torch.distributed import rpc
    from torch.distributed.constants import default_pg_timeout
    from torch.distributions.multivariate_normal import MultivariateNormal, _precision_to_scale_tril
    from torch.distributions.transforms import _InverseTransform
    from torch.fx.experimental.proxy_tensor import get_proxy_mode
    from torch.nn.modules.module import _addindent, _global_parameter_registration_hooks
    from torch.utils._contextlib import _DecoratorContextManager
    from torch.utils.checkpoint import detach_variable, get_device_states, set_device_states
    from torch.utils.data.dataloader import _collate_fn_t, _DatasetKind

    assert not is_fake(torch.ones(1)) and not isinstance(torch.ones(1), FakeTensor)
    tensors = [torch.ones(2, 1), torch.zeros(1)]
    flat = _flatten_dense_tensors(tensors)
    assert flat.tolist() == [1, 1, 0] and [t.shape for t in _unflatten_dense_tensors(flat, tensors)] == [(2, 1), (1,)]
    assert OptState.READY.value == _DatasetKind.Map == 0 and EventList().table() == "" and default_pg_timeout.days == 0
    assert _precision_to_scale_tril(torch.eye(2)).equal(torch.eye(2)) and _addindent("a\nb", 2) == "a\n  b"
    assert issubclass(torch.distributions.MultivariateNormal, MultivariateNormal)
    assert _tensor_str(torch.eye(2), 1) == "[[1., 0.],\n  [0., 1.]]" and _tensor_str(torch.ones(0), 1) == "[]"
    assert _add_suffixes("own([1.]", ["size=2"], 4, False) == "own([1.], size=2)" and PRINT_OPTS.edgeitems == 3
    assert get_proxy_mode() is None and torch.torch is torch and not hasattr(rpc, "api")
    assert torch.embedding(torch.eye(2), torch.tensor([1])).tolist() == [[0, 1]]
    assert isinstance(torch.distributions.ExpTransform().inv, _InverseTransform) and _lazy_call(print) is None
    leaf, number = detach_variable((torch.ones(1, requires_grad=True) * 2, 3))
    assert _collate_fn_t and leaf.requires_grad and leaf.is_leaf and number == 3 and leaf.to_dense() is leaf
    set_device_states(*get_device_states(torch.ones(1)))
    with nn.modules.module.register_module_parameter_registration_hook(print):
        assert list(_global_parameter_registration_hooks.values()) == [print]

    class block(_DecoratorContextManager):
        def __enter__(self):
            entered.append(self)

        def __exit__(self, *error): ...

    entered = []
    block()(lambda: None)()
    assert len(entered) == 1


def test_kinds_of_reduction_have_a_class(torch):
    assert isinstance(torch.distributed.ReduceOp.SUM, torch.distributed.ReduceOp.RedOpType)


def test_what_divides_a_model_can_be_imported_and_refuses(torch):
    """As transformers does wherever there is torch.distributed."""
    divided = importlib.import_module("torch.distributed.tensor")
    assert not isinstance(torch.ones(1), divided.DTensor) and issubclass(divided.Shard, divided.Placement)
    assert divided.Shard(1) == divided.Shard(1) != divided.Replicate() and divided.Shard(2).dim == 2
    with pytest.raises(RuntimeError, match="fully_shard: dividing one model among processes is out of scope here"):
        importlib.import_module("torch.distributed.fsdp").fully_shard(None)
    with pytest.raises(RuntimeError, match="FullyShardedDataParallel is a name without anything behind it"):
        importlib.import_module("torch.distributed.fsdp").FullyShardedDataParallel(None)


@pytest.mark.parametrize("name", ["autograd.gradcheck", "nn.utils.weight_norm", "nn.utils.spectral_norm"])
def test_a_function_hides_the_module_that_it_is_in(torch, name):
    module = importlib.import_module(f"torch.{name}")
    package, _, name = name.rpartition(".")
    function = getattr(importlib.import_module(f"torch.{package}"), name)
    assert callable(function) and getattr(module, name) is function


def test_the_version_is_one_that_libraries_understand(torch):
    assert importlib.metadata.version("torch") == torch.__version__ == torch.version.__version__
    assert torch.__version__ >= "2.2" and torch.__version__ > (2, 12) and torch.__version__ < "10.0"
    assert torch.__version__.split("+")[0] == "2.13.0" and not torch.version.cuda
    assert Version("2.13.0") == "2.13.0" and Version("1.9") < Version("1.10.1") and hash(Version("1")) == hash("1")


def test_dtypes_and_devices_that_no_tensor_has_can_be_named(torch):
    for name in ("bfloat16", "complex64", "uint16", "float8_e4m3fn", "quint8"):
        dtype = getattr(torch, name)
        assert isinstance(dtype, torch.dtype) and dtype is not torch.float32
        with pytest.raises(TypeError, match=f"torch.{name} is not supported"):
            torch.zeros(2, dtype=dtype)
        with pytest.raises(TypeError, match=f"torch.{name} is not supported"):
            torch.zeros(2).to(dtype)
        # Without elements there is one, which says how large one would be.
        for none in (torch.empty(0, dtype=dtype), torch.tensor([], dtype=dtype), torch.empty((2, 0), dtype=dtype)):
            assert none.dtype is dtype and none.element_size() == dtype.itemsize and repr(dtype) in repr(none)
    assert torch.sparse_coo != torch.ones(1).layout == torch.strided and isinstance(torch.sparse_coo, torch.layout)
    assert isinstance(torch.__config__.show(), str)
    assert torch.complex64.is_complex and torch.bfloat16.is_floating_point and torch.finfo(torch.bfloat16).eps == 2**-7
    assert torch.device("cuda:3").index == 3 and torch.device("cuda", 1) == torch.device("cuda:1")
    assert torch.device("cuda").type == "cuda" and torch.device("mps") != torch.device("cpu")
    for move in (torch.zeros(2).to, nn.Linear(1, 1).to):
        with pytest.raises(RuntimeError, match="there is no device 'cuda:1'"):
            move(torch.device("cuda:1"))
    with pytest.raises(RuntimeError, match="there is no device 'sofa'"):
        torch.device("sofa")
    with pytest.raises(AssertionError, match="not compiled with CUDA"):
        torch.cuda.current_device()


def test_closeness(torch):
    close = torch.testing.assert_close
    one = torch.tensor([1.0, 2.0])
    close(one, one + 1e-6)
    close({"a": [one, 1]}, {"a": [one, 1]})
    close(torch.tensor(float("nan")), torch.tensor(float("nan")), equal_nan=True)
    close(one, one + 0.1, rtol=0, atol=0.2)
    for other, text in (
        (one + 1e-3, r"Mismatched elements: 2 / 2 \(100.0%\)"),
        (one[:1], "attribute 'shape' do not match"),
        (one.double(), "attribute 'dtype' do not match"),
        (torch.tensor([1.0, float("nan")]), "Mismatched elements: 1 / 2"),
    ):
        with pytest.raises(AssertionError, match=text):
            close(one, other)
    with pytest.raises(AssertionError, match=r"item \['a'\]\[1\]"):
        close({"a": [one, 1]}, {"a": [one, 2]})
    with pytest.raises(TypeError, match="No comparison pair"):
        close(one, 1.0)


def test_trees(torch):
    from torch.utils import _pytree as pytree

    tree = {"a": (1, [2]), "b": None}
    leaves, spec = pytree.tree_flatten(tree)
    assert leaves == [1, 2, None] and spec.num_leaves == 3 and pytree.tree_unflatten("xyz", spec)["a"] == ("x", ["y"])
    assert pytree.tree_map_only(int, lambda x: -x, tree) == {"a": (-1, [-2]), "b": None}
    assert pytree.tree_map(lambda x, y: x + y, [1, 2], [3, 4]) == [4, 6]
    with pytest.raises(ValueError, match="2 leaves for a tree of 3"):
        pytree.tree_unflatten([1, 2], spec)


# A few ways to write a script, each of which ends with a number.
SCRIPTS = {
    "workers that are spawned": """
import torch
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset):
    def __len__(self):
        return 6
    def __getitem__(self, i):
        return torch.full((2,), float(i))

if __name__ == "__main__":
    loader = DataLoader(Numbers(), batch_size=4, num_workers=1, multiprocessing_context="spawn")
    print(torch.cat(list(loader)).sum().item())
""",
    "a script of 2017": """
import torch
from torch.autograd import Variable
import torch.nn as nn
use_cuda = torch.cuda.is_available()
kind = torch.cuda.FloatTensor if use_cuda else torch.FloatTensor
torch.manual_seed(1)
if use_cuda:
    torch.cuda.manual_seed(1)
x = Variable(kind([[1, 2], [3, 4]]), requires_grad=True)
assert isinstance(x, Variable) and not isinstance(3, Variable)
loss = nn.MSELoss()(x * 2, Variable(torch.zeros(2, 2)))
loss.backward()
print(x.grad.data.sum().item())
""",
    "compiled, scaled and cast": """
import warnings
warnings.simplefilter("ignore")
import torch, torch.nn.functional as F
from torch.cuda.amp import GradScaler, autocast
from torch.backends import cudnn
cudnn.benchmark = True
torch.backends.cuda.matmul.allow_tf32 = True
torch.set_float32_matmul_precision("high")
net = torch.compile(torch.nn.Linear(2, 1))
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
net = net.to(device)
torch.nn.init.ones_(net.weight), torch.nn.init.zeros_(net.bias)
optimizer, scaler = torch.optim.SGD(net.parameters(), lr=0.5), GradScaler()
with autocast(), torch.profiler.record_function("step"):
    loss = F.mse_loss(net(torch.ones(1, 2, device=device)), torch.zeros(1, 1))
scaler.scale(loss).backward()
scaler.unscale_(optimizer)
scaler.step(optimizer)
scaler.update()
print(net.weight.sum().item())
""",
    "typed, scripted and of bases": """
import torch
from typing import Optional
from torch import Tensor, nn, jit
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.utils import _pair
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset[int]):
    def __len__(self) -> int:
        return 4
    def __getitem__(self, i: int) -> int:
        return i

class Net(nn.Module):
    scale: torch.jit.Final[int]
    def __init__(self) -> None:
        super().__init__()
        self.scale = 3
        self.norm = nn.BatchNorm1d(1)
    @torch.jit.ignore
    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        return x if torch.jit.is_scripting() else x * self.scale

@torch.jit.script
def half(x: Tensor) -> Tensor:
    return x / 2

net = Net()
assert isinstance(net.norm, _BatchNorm) and _pair(2) == (2, 2)
loader: DataLoader[int] = DataLoader(Numbers(), batch_size=2)
print(sum(half(net(batch)).sum().item() for batch in loader))
""",
    "a function of one's own": """
import torch
from torch.autograd.function import once_differentiable

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        return gradient * 2

x = torch.tensor([1.5], requires_grad=True)
(slope,) = torch.autograd.grad(Double.apply(x).sum(), x)
with torch.no_grad():
    x += torch.pi * 0
print(slope.item() + x.item())
""",
}
ANSWERS = {
    "workers that are spawned": 30.0,
    "a script of 2017": 20.0,
    "compiled, scaled and cast": -2.0,
    "typed, scripted and of bases": 9.0,
    "a function of one's own": 3.5,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_as_it_stands(name, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPTS[name])
    done = run(script)
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) == ANSWERS[name]


@pytest.mark.parametrize("name", SCRIPTS)
def test_pytorch_says_the_same(name, tmp_path):
    pytest.importorskip("torch")
    script = tmp_path / "script.py"
    script.write_text(SCRIPTS[name])
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert float(done.stdout) == ANSWERS[name], done.stderr


def test_run_gives_arguments_and_the_exit_code(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import sys, beside, torch\nprint(__name__, sys.argv[1:], beside.x)\nsys.exit(3)\n")
    (tmp_path / "beside.py").write_text("x = 5\n")
    done = run(script, "-m", "--lr", "1")
    assert (done.returncode, done.stdout) == (3, "__main__ ['-m', '--lr', '1'] 5\n")


def test_run_takes_modules_and_packages(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "__main__.py").write_text(
        "import sys, torch\nprint(torch.ones(2).sum().item(), sys.argv[1:])\n"
    )
    done = run("-m", "package", "--lr", "1", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("2.0 ['--lr', '1']\n", "")


@pytest.mark.parametrize("line", ["", "nowhere.py"])
def test_run_without_a_script(line):
    done = run(*line.split())
    assert done.returncode == 2 and "python -m autograd run: " in done.stderr


CHILDREN = """
import os, subprocess, sys
os.environ["PYTHONPATH"] += os.pathsep + os.getcwd()
for command in (["-c", "import torch.nn as nn; print(nn.Module.__module__)"], ["-m", "child"]):
    print(subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd="/").stdout.strip())
"""


def test_what_a_script_starts_has_the_same_torch(tmp_path):
    (tmp_path / "script.py").write_text(CHILDREN)
    (tmp_path / "child.py").write_text(
        "import importlib.util\nassert importlib.util.find_spec('torch') and importlib.util.find_spec('torch.nn')\n"
        "import torch, autograd\nprint(torch.__version__, torch.Tensor is autograd.Tensor)\n"
    )
    done = run("script.py", cwd=tmp_path)
    assert (done.stdout.split("\n"), done.stderr) == (["nn.module", "2.13.0+chalkgrad True", ""], "")


def test_importing_costs_what_this_package_costs():
    """Until a name of it is asked for, `import torch` imports nothing but itself."""
    code = (
        "import sys, autograd; autograd.as_torch(); before = set(sys.modules); import torch, torch.nn, torch.optim, "
        "torch.nn.functional; print(sorted(m for m in set(sys.modules) - before if m[:5] != 'torch'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def scaled_training(torch):
    """The losses, scales and state of a training in which the third loss is infinite."""
    from torch.amp import GradScaler

    x, y = torch.arange(6.0).reshape(3, 2), torch.tensor([[1.0], [0.0], [2.0]])
    w = torch.full((2, 1), 0.5, requires_grad=True)
    idle = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    optimizer, scaler = torch.optim.SGD([w], lr=0.01), GradScaler("cpu", init_scale=256.0, growth_interval=2)
    seen = []
    for number in range(6):
        optimizer.zero_grad()
        loss = ((x @ w - y) ** 2).mean() * (float("inf") if number == 2 else 1.0)
        first, second = scaler.scale([loss, loss.detach()])
        first.backward()
        if number % 2:
            scaler.unscale_(optimizer)
            seen.append(w.grad.tolist())
        scaler.step(optimizer)
        seen.append(w.tolist())
        errors = [lambda: scaler.step(optimizer), lambda: scaler.unscale_(optimizer), lambda: scaler.step(idle)]
        for error in errors if number == 0 else []:
            with pytest.raises((RuntimeError, AssertionError)) as raised:
                error()
            seen.append(raised.type)
        scaler.update(32.0 if number == 5 else None)
        seen += [second.item(), scaler.get_scale()]
    with pytest.raises(AssertionError):
        scaler.update()
    with pytest.raises(ValueError, match="outputs must be a Tensor or an iterable of Tensors"):
        scaler.scale(3)
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        scaler.load_state_dict({})
    again = GradScaler("cpu")
    again.load_state_dict(scaler.state_dict())
    return seen, again.state_dict(), scaler.is_enabled()


def test_losses_are_scaled_as_in_pytorch(torch):
    seen, state, enabled = scaled_training(torch)
    assert enabled and state["scale"] == 32 and state["growth_factor"] == 2
    assert [scale for scale in seen if isinstance(scale, float)][1::2] == [256, 512, 256, 256, 512, 32]


def test_pytorch_scales_losses_so():
    with autograd.as_torch() as torch:
        ours = scaled_training(torch)
    theirs = scaled_training(pytest.importorskip("torch"))
    assert repr(ours[1:]) == repr(theirs[1:])
    for mine, other in zip(ours[0], theirs[0], strict=True):
        assert mine == other if isinstance(mine, type) else np.allclose(mine, other, rtol=1e-6, equal_nan=True)


def test_a_scaler_for_a_gpu_changes_nothing(torch):
    with pytest.warns(UserWarning, match="CUDA is not available. Disabling"):
        scaler = torch.amp.GradScaler()
    loss = torch.ones(1)
    assert not scaler.is_enabled() and scaler.scale(loss) is loss and scaler.state_dict() == {}

"""Compiled kernels on disk: found again, and whatever happens to them, the result is right."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd.cli import main
from autograd.kernels import KERNELS, activation
from autograd.kernels.compiling import cache
from autograd.kernels.compiling.cache import KernelCache, cache_directory
from autograd.kernels.compiling.jit import numba_or_none

if numba_or_none() is None:
    pytest.skip("nothing is compiled", allow_module_level=True)

# Prints the result, and whether it was compiled or found; warnings go to stderr, exceptions too.
SCRIPT = """
import autograd, numpy as np
from autograd.kernels import activation
x = autograd.tensor([-1.0, 2.0, float("nan")], dtype=autograd.float64)
print(x.relu().tolist(), "found" if sum(activation.relu_into.target.stats.cache_hits.values()) else "compiled")
"""
RIGHT = "[0.0, 2.0, nan]"


def start(home, script=SCRIPT, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "XDG_CACHE_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.removesuffix("\n"), err


def files(home):
    return [path for path in Path(home).rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cache that two processes filled at once."""
    home = tmp_path_factory.mktemp("cache")
    for process in [start(home), start(home)]:
        assert finish(process) in [(f"{RIGHT} compiled", ""), (f"{RIGHT} found", "")]
    assert len(files(home)) == 1
    return home


def test_a_kernel_is_compiled_once(filled):
    assert finish(start(filled)) == (f"{RIGHT} found", "")
    (path,) = files(filled)
    assert path.parent.parent == filled / "chalkgrad"
    assert path.name.startswith("activation.relu_into-")


def test_nothing_is_written_beside_the_sources(filled):
    assert not list(Path(cache.__file__).parent.parent.rglob("*.nb[ci]"))


@pytest.mark.parametrize("damage", ["cut short", "emptied", "a byte changed"])
def test_a_damaged_entry_is_compiled_anew(filled, damage):
    (path,) = files(filled)
    content = path.read_bytes()
    half = len(content) // 2
    changed = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
    path.write_bytes({"cut short": content[:half], "emptied": b"", "a byte changed": changed}[damage])
    out, err = finish(start(filled))
    assert out == f"{RIGHT} compiled"
    assert err.count("Warning") == err.count("is damaged; compiling the kernel anew") == 1
    assert finish(start(filled)) == (f"{RIGHT} found", "")


def test_a_full_disk_costs_the_cache(tmp_path):
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
    out, err = finish(start(tmp_path, full + SCRIPT))
    assert out == f"{RIGHT} compiled"
    assert err.count("Warning") == err.count("can't be kept") == 1
    assert files(tmp_path) == []


def test_a_home_that_cannot_be_written_costs_the_cache(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "chalkgrad").mkdir(0o500)
    # Root may write where permissions forbid it, but nobody into a file.
    for home in [tmp_path / "file", *([tmp_path] if os.getuid() else [])]:
        out, err = finish(start(home))
        assert out == f"{RIGHT} compiled"
        assert err.count("Warning") == err.count("can't be kept") == 1


def test_it_can_be_turned_off(tmp_path):
    assert finish(start(tmp_path, CHALKGRAD_NO_CACHE="1")) == (f"{RIGHT} compiled", "")
    assert files(tmp_path) == []


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_directory.cache_clear()
    yield tmp_path / "chalkgrad"
    cache_directory.cache_clear()


def test_a_new_version_removes_those_not_used_for_long(home):
    for age in range(12):
        (home / f"version{age}").mkdir(parents=True)
        (home / f"version{age}" / "kernel").touch()
        os.utime(home / f"version{age}", times=(1e9 - age,) * 2)
    kept = {cache_directory().name, *(f"version{age}" for age in range(cache.VERSIONS_KEPT - 1))}
    assert {path.name for path in home.iterdir()} == kept


@pytest.fixture
def sources(home, monkeypatch, tmp_path):
    """The folder of the kernels, with a file beside the folders and one in each of two."""
    folder = tmp_path / "kernels"
    for name in ("compiling/cache.py", "helper.py", "conv/helper.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a = 1")
    monkeypatch.setattr(cache, "__file__", str(folder / "compiling" / "cache.py"))
    return folder


@pytest.mark.parametrize("name", ["compiling/cache.py", "helper.py", "conv/helper.py"])
def test_the_directory_is_named_by_all_sources(sources, name):
    before = cache_directory()
    (sources / name).write_text("a = 2")
    cache_directory.cache_clear()
    assert cache_directory() != before


def test_the_directory_is_named_by_where_the_sources_are(sources):
    before = cache_directory()
    (sources / "conv" / "helper.py").rename(sources / "conv" / "renamed.py")
    cache_directory.cache_clear()
    assert cache_directory() != before


def test_entries_are_told_apart_by_folders(tmp_path):
    named = {KernelCache(kernel.__wrapped__, tmp_path).name: kernel for kernel in KERNELS}
    assert len(named) == len(KERNELS)
    assert {"recurrent.lstm.forward", "recurrent.gru.forward", "conv.direct.shifted"} <= set(named)


def test_entries_are_told_apart_by_types_and_processor(tmp_path):
    numba = pytest.importorskip("numba")

    class Codegen:
        def __init__(self, *tuple):
            self.magic_tuple = lambda: tuple

    entries = KernelCache(activation.relu_into.__wrapped__, tmp_path)
    here, elsewhere = Codegen("x86", "cpu", "+avx512"), Codegen("x86", "cpu", "")
    arrays = [numba.typeof(np.zeros((4, 4), t)[a]) for t in (np.float32, np.float64) for a in ((), 0, (..., 0))]
    paths = {entries.path((a, a), codegen) for a in arrays for codegen in (here, elsewhere)}
    assert len(paths) == 12


def test_a_closure_is_no_kernel(tmp_path):
    number = 2

    def loop(x):
        return x * number

    with pytest.raises(TypeError, match=r"kernel .*loop must not be a closure"):
        KernelCache(loop, tmp_path)


WARMUP = """
import autograd
from autograd.cli import main, models
from autograd.kernels import KERNELS
import nn, optim

def types():
    return {kernel: list(kernel.target.signatures) if kernel.target else [] for kernel in KERNELS}

assert main(["warmup"]) == 0
warm = types()
for kernel in KERNELS:
    print(kernel.__name__, *sorted({str(first.dtype) for first, *_ in warm[kernel]}))
for dtype in (autograd.float32, autograd.float64):
    autograd.set_default_dtype(dtype)
    net = models.cnn()
    for step in (optim.SGD(net.parameters(), lr=0.1, momentum=0.9), optim.Adam(net.parameters())):
        step.zero_grad()
        nn.CrossEntropyLoss()(net(autograd.rand(4, 1, 28, 28)), autograd.arange(4)).backward()
        step.step()
print(*[kernel.__name__ for kernel in KERNELS if types()[kernel] != warm[kernel]], sep=", ")
"""


def test_warming_up_compiles_every_kernel_for_both_dtypes_and_what_training_asks_for():
    # In a process of its own: here, other tests have called kernels with types that training may not ask for.
    out, _ = finish(start(cache_directory().parent.parent, WARMUP))
    summary, place, *kernels, unexpected = out.split("\n")
    assert re.fullmatch(r"compiled \d+ kernels, found \d+ compiled before; [0-9.]+ s", summary)
    assert place == f"they are in {cache_directory()}"
    # Winograd's algorithm is not exact enough for float64.
    wanted = lambda kernel: " float32" if kernel.startswith("winograd") else " float32 float64"
    lacking = [kernel for kernel in kernels if not kernel.endswith(wanted(kernel))]
    assert not lacking, f"give autograd/cli/warmup.py a line that calls {', '.join(lacking)}"
    assert not unexpected, f"autograd/cli/warmup.py calls {unexpected} with other types than training does"


def test_without_numba_there_is_nothing_to_warm_up(monkeypatch, capsys):
    monkeypatch.setattr("autograd.kernels.compiling.jit.numba_or_none", lambda: None)
    assert main(["warmup"]) == 2
    assert "there is nothing to compile: Numba is not installed, or NUMBA_DISABLE_JIT is set" in capsys.readouterr().err

"""Compiled kernels on disk: found again, and whatever happens to them, the result is right."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd.cli import main
from autograd.kernels import activation, all_kernels
from autograd.kernels.compiling import cache
from autograd.kernels.compiling.cache import KernelCache, cache_directory
from autograd.kernels.compiling.jit import numba_or_none
from autograd.kernels.products.matrices import MANY_REGISTERS

if numba_or_none() is None:
    pytest.skip("nothing is compiled", allow_module_level=True)

# Prints the result, and whether it was compiled or found; warnings go to stderr, exceptions too.
SCRIPT = """
import autograd, numpy as np
from autograd.kernels import activation
x = autograd.tensor([-1.0, 2.0, float("nan")], dtype=autograd.float64)
print(x.relu().tolist(), "found" if sum(activation.relu.kernel.target.stats.cache_hits.values()) else "compiled")
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


def finish(process, patience=120):
    out, err = process.communicate(timeout=patience)
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
    assert path.name.startswith("activation.relu-")


BITS = """
import hashlib, autograd, nn
autograd.set_num_threads(1)
autograd.manual_seed(0)
layer = nn.GroupNorm(2, 8)
x = autograd.randn(4, 8, 16, 16, requires_grad=True)
(layer(x) * autograd.randn(4, 8, 16, 16)).sum().backward()
print(*[hashlib.sha256(t.grad.numpy().tobytes()).hexdigest() for t in (x, *layer.parameters())])
"""


def test_what_compiles_a_kernel_and_what_loads_it_compute_the_same_bits(tmp_path):
    first, second = (finish(start(tmp_path, BITS)) for _ in range(2))
    assert first == second


STEPS = """
import autograd, nn
from autograd.kernels.recurrent import elman
autograd.manual_seed(0)
layer = nn.RNN(3, 5)
out = layer(autograd.randn(4, 2, 3))[0]
if {backward}:
    out.sum().backward()
print(out.sum().item(), layer.weight_hh_l0.grad)
kernels = elman.forward, elman.backward
print([list(kernel.target.stats.cache_hits.values()) if kernel.target else [] for kernel in kernels])
"""


def test_what_several_kernels_call_is_brought_along_by_each(tmp_path):
    """Compiled by one process with one of them, by the next with the other, and loaded by the third from both."""
    runs = [finish(start(tmp_path, STEPS.format(backward=backward)))[0] for backward in (False, True, True)]
    first, second, third = (run.rpartition("\n")[2] for run in runs)
    assert (first, second, third) == ("[[], []]", "[[1], []]", "[[1], [1]]")
    assert runs[1].rpartition("\n")[0] == runs[2].rpartition("\n")[0]


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


@pytest.mark.parametrize("choice", ["enable", "disable"])
def test_compiling_leaves_the_garbage_collector_as_it_was(tmp_path, choice):
    script = f"import gc; gc.{choice}()\n{SCRIPT}\nprint(gc.isenabled())"
    assert finish(start(tmp_path, script)) == (f"{RIGHT} compiled\n{choice == 'enable'}", "")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_directory.cache_clear()
    yield tmp_path / "chalkgrad"
    cache_directory.cache_clear()


def test_a_new_version_removes_those_not_used_for_long(home):
    make_versions(home, 12)
    kept = {cache_directory().name, *(f"{age:016x}" for age in range(cache.VERSIONS_KEPT - 1))}
    assert {path.name for path in home.iterdir()} == kept


def make_versions(home, count):
    """Versions of the cache with a whole entry and an incomplete one, each older than the one before."""
    home.mkdir(mode=0o700, parents=True)
    for age in range(count):
        (home / f"{age:016x}").mkdir()
        (home / f"{age:016x}" / f"conv.direct.shifted-{age:016x}").touch()
        (home / f"{age:016x}" / f"conv.direct.shifted-{age:016x}.a1_b2c3d").touch()
        os.utime(home / f"{age:016x}", times=(1e9 - age,) * 2)


def test_cleaning_up_leaves_what_the_cache_did_not_make(home, tmp_path):
    make_versions(home, 12)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own = "conv.direct.shifted-0123456789abcdef"
    precious = [
        elsewhere / own,  # which links below lead to
        home / "thesis" / own,
        home / ".git" / "config",
        home / "a file",
        home / f"{9:016x}" / "thesis",
        home / f"{10:016x}" / "folder" / own,
        home / "0123456789abcdef0" / own,
    ]
    for path in precious:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("years of work")
    (home / f"{100:016x}").symlink_to(elsewhere, target_is_directory=True)
    (home / f"{11:016x}" / "0123456789abcdef").symlink_to(elsewhere, target_is_directory=True)
    for path in [*home.iterdir(), *home.glob("*/*")]:
        os.utime(path, times=(1e9 - 100,) * 2, follow_symlinks=False)
    cache_directory()
    assert all(path.read_text() == "years of work" for path in precious)
    assert (home / f"{100:016x}").is_symlink()
    assert not (home / f"{8:016x}").exists()


owners = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no such owners here")
root = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may give files away")


@owners
def test_what_is_made_is_for_this_user_only(tmp_path):
    before = os.umask(0)
    try:
        finish(start(tmp_path))
    finally:
        os.umask(before)
    (path,) = files(tmp_path)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path.parent.parent, path.parent, path)]
    assert modes == [0o700, 0o700, 0o600]


def copied(filled, tmp_path):
    """A cache of its own with the entry of another: the place of XDG_CACHE_HOME, and the entry."""
    shutil.copytree(filled, tmp_path / "cache", copy_function=shutil.copy2)
    (path,) = files(tmp_path / "cache")
    return tmp_path / "cache", path


@owners
@pytest.mark.parametrize("which", ["all versions", "version", "entry"])
@pytest.mark.parametrize("how", ["writable", pytest.param("foreign", marks=root)])
def test_what_others_can_write_to_is_not_read(filled, tmp_path, which, how):
    home, path = copied(filled, tmp_path)
    place = {"all versions": path.parent.parent, "version": path.parent, "entry": path}[which]
    if how == "writable":
        place.chmod(0o722)
    else:
        os.chown(place, 12345, -1)
    out, err = finish(start(home))
    assert out == f"{RIGHT} compiled"
    assert err.count("Warning") == 1 and str(place) in err
    assert ("others can write to" if how == "writable" else "belongs to another user") in err


@root
def test_a_link_of_another_user_is_not_followed(filled, tmp_path):
    (tmp_path / "chalkgrad").symlink_to(filled / "chalkgrad", target_is_directory=True)
    os.chown(tmp_path / "chalkgrad", 12345, -1, follow_symlinks=False)
    out, err = finish(start(tmp_path))
    assert out == f"{RIGHT} compiled" and "belongs to another user" in err


@pytest.mark.parametrize("kind", ["pipe", "directory", "link", "text", "pickle", "unreadable"])
def test_what_is_no_entry_neither_hangs_nor_harms(filled, tmp_path, kind):
    home, path = copied(filled, tmp_path)
    content = path.read_bytes()
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "target").write_bytes(content)
        path.symlink_to(tmp_path / "target")
    elif kind == "unreadable":
        path.write_bytes(content)
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("root reads everything")
    else:
        data = b"not a pickle" if kind == "text" else b"\x80\x04N."  # None
        path.write_bytes(hashlib.sha256(data).digest() + data)
    out, err = finish(start(home))
    assert out == f"{RIGHT} compiled" and "Warning" in err
    expected = "compiled" if kind == "directory" else "found"
    assert finish(start(home))[0] == f"{RIGHT} {expected}"


def test_a_cache_that_cannot_be_written_to_is_read(filled, tmp_path):
    home, path = copied(filled, tmp_path)
    for place in (path, path.parent, path.parent.parent, home):
        place.chmod(0o400 if place == path else 0o500)
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    assert finish(start(home, full + SCRIPT)) == (f"{RIGHT} found", "")


@pytest.mark.parametrize("setting", ["NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_SLP_VECTORIZE"])
def test_settings_that_change_the_machine_code_have_entries_of_their_own(filled, tmp_path, setting):
    home, _ = copied(filled, tmp_path)
    assert finish(start(home, **{setting: "1"})) == (f"{RIGHT} compiled", "")
    assert finish(start(home)) == (f"{RIGHT} found", "")
    assert len(files(home)) == 2


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
    named = {KernelCache(kernel.__wrapped__, tmp_path).name: kernel for kernel in all_kernels()}
    assert len(named) == len(all_kernels())
    assert {"recurrent.lstm.forward", "recurrent.gru.forward", "conv.direct.shifted"} <= set(named)


def test_entries_are_told_apart_by_types_and_processor(tmp_path):
    numba = pytest.importorskip("numba")

    class Codegen:
        def __init__(self, *tuple):
            self.magic_tuple = lambda: tuple

    entries = KernelCache(activation.relu.kernel.__wrapped__, tmp_path)
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
from autograd.cli import main, models, warmup
from autograd.kernels import all_kernels
import nn, optim

def types():
    return {kernel: list(kernel.target.signatures) if kernel.target else [] for kernel in all_kernels()}

assert main(["warmup"]) == 0
again = [warmup.compiled_for(number) for number in range(2 * len(warmup.workloads()))]
assert not any(made for made, _ in again)
warm = types()
for kernel in all_kernels():
    print(kernel.__name__, *sorted({str(first.dtype) for first, *_ in warm[kernel]}))
for dtype in (autograd.float32, autograd.float64):
    autograd.set_default_dtype(dtype)
    net = models.cnn()
    for step in (optim.SGD(net.parameters(), lr=0.1, momentum=0.9), optim.Adam(net.parameters())):
        step.zero_grad()
        nn.CrossEntropyLoss()(net(autograd.rand(4, 1, 28, 28)), autograd.arange(4)).backward()
        step.step()
print(*[kernel.__name__ for kernel in all_kernels() if types()[kernel] != warm[kernel]], sep=", ")
"""


def test_warming_up_compiles_every_kernel_for_both_dtypes_and_what_training_asks_for():
    # In a process of its own: here, other tests have called kernels with types that training may not ask for.
    # On two busy cores, an empty cache is full after some minutes.
    out, _ = finish(start(cache_directory().parent.parent, WARMUP), patience=900)
    summary, place, *kernels, unexpected = out.split("\n")
    assert re.fullmatch(r"compiled \d+ kernels, found \d+ compiled before; [0-9.]+ s", summary)
    assert place == f"they are in {cache_directory()}"
    # Winograd's algorithm is not exact enough for float64, and NumPy's exponentials of that are faster than a kernel's.
    single = ["winograd", "is_ordinary", "softmax", "slope_of_samples"]
    # Its convolutions have the kernels for all shapes only.
    single += [f"{sum}_{lanes}" for sum in ("shifted", "correlated") for lanes in ("in_lanes", "groups", "depthwise")]
    # Its recurrent layers have NumPy only.
    single += ["forward", "backward"]
    # With few registers BLAS multiplies all matrices.
    unused = () if MANY_REGISTERS else ("multiplied",)
    # Few normal numbers are drawn in float64, whatever is asked for.
    types = dict.fromkeys(unused, "") | dict.fromkeys(single, " float32") | {"in_pairs": " float64"}
    wanted = lambda kernel: next((types[name] for name in types if kernel.startswith(name)), " float32 float64")
    lacking = [kernel for kernel in kernels if not kernel.endswith(wanted(kernel))]
    assert not lacking, f"give autograd/cli/warmup.py a line that calls {', '.join(lacking)}"
    assert not unexpected, f"autograd/cli/warmup.py calls {unexpected} with other types than training does"


def test_without_numba_there_is_nothing_to_warm_up(monkeypatch, capsys):
    monkeypatch.setattr("autograd.kernels.compiling.jit.numba_or_none", lambda: None)
    assert main(["warmup"]) == 2
    assert "there is nothing to compile: Numba is not installed, or NUMBA_DISABLE_JIT is set" in capsys.readouterr().err

"""Work divided among threads, how many there are, and the same bits on any number of them."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

import autograd
from autograd.kernels.compiling import blas
from autograd.kernels.compiling import threads as pool
from autograd.kernels.compiling.threads import divided

LONG = 1e9


@pytest.fixture(autouse=True)
def as_before():
    number = autograd.get_num_threads()
    yield
    autograd.set_num_threads(number)
    autograd.use_deterministic_algorithms(False)


def pieces(count, nanoseconds=LONG):
    return divided(count, lambda start, stop: (start, stop), nanoseconds)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 64])
def test_the_pieces_make_up_the_range(threads, count):
    autograd.set_num_threads(threads)
    made = pieces(count)
    assert [i for start, stop in made for i in range(start, stop)] == list(range(count))
    sizes = [stop - start for start, stop in made]
    assert len(sizes) == max(1, min(threads, count))
    assert max(sizes) - min(sizes) <= 1


def test_what_is_soon_done_is_one_piece_here():
    autograd.set_num_threads(4)
    assert pieces(100, pool.WORTHWHILE - 1) == [(0, 100)]
    assert divided(100, lambda *_: threading.current_thread(), 10) == [threading.current_thread()]


def test_pieces_run_at_once_on_threads_that_stay(monkeypatch):
    monkeypatch.setattr(pool, "pool", pool.Pool())
    autograd.set_num_threads(3)
    barrier = threading.Barrier(3)
    seen = set()

    def work(start, stop):
        barrier.wait(20)
        seen.add(threading.current_thread())

    for _ in range(5):
        divided(3, work, LONG)
        assert threading.current_thread() in seen
    assert len(seen) == 3


def test_without_threads_the_caller_does_it_all(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    autograd.set_num_threads(3)
    monkeypatch.setattr(pool, "pool", pool.Pool())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert pieces(6) == [(0, 2), (2, 4), (4, 6)]


def test_a_piece_divides_nothing_further():
    autograd.set_num_threads(2)

    def work(start, stop):
        here = threading.current_thread()
        return divided(4, lambda *_: threading.current_thread() is here, LONG)

    assert divided(2, work, LONG) == [[True, True]] * 2
    assert len(pieces(2)) == 2


@pytest.mark.parametrize("threads", [1, 4])
def test_the_first_piece_that_fails_is_heard_of_when_all_have_ended(threads):
    autograd.set_num_threads(threads)
    ended = []

    def work(start, stop):
        if stop > 4:
            raise ValueError(f"piece {start} to {stop}")
        ended.append(start)

    with pytest.raises(ValueError, match="piece 0 to 8" if threads == 1 else "piece 4 to 6"):
        divided(8, work, LONG)
    assert sorted(ended) == ([] if threads == 1 else [0, 2])
    assert len(pieces(4)) == threads


def test_idle_threads_hold_nothing():
    autograd.set_num_threads(2)
    barrier = threading.Barrier(2)
    array = np.ones(3)
    gone = weakref.ref(array)
    divided(2, lambda start, stop, array=array: barrier.wait(20) and None, LONG)
    pieces(2)
    del array
    gc.collect()
    for _ in range(1000):
        if gone() is None:
            break
        threading.Event().wait(0.01)
    assert gone() is None


def test_numbers_of_threads():
    for setter in (autograd.set_num_threads, autograd.set_num_interop_threads):
        for bad in (0, -1):
            with pytest.raises(RuntimeError, match=f"{setter.__name__} expects a positive integer"):
                setter(bad)
        for bad, kind in ((1.5, "float"), (True, "bool"), ("2", "str")):
            with pytest.raises(RuntimeError, match=f"{setter.__name__} expects an int, but got {kind}"):
                setter(bad)
    autograd.set_num_threads(5)
    assert autograd.get_num_threads() == 5


def test_blas_is_on_one_thread_while_pieces_run_and_then_as_before():
    if not blas.limit.libraries:
        pytest.skip("NumPy's BLAS is none whose threads can be set")

    def numbers(*_):
        return [library.get_num_threads() for library in blas.limit.libraries]

    autograd.set_num_threads(2)
    before = numbers()
    assert min(before) > 1
    assert divided(2, numbers, LONG) == [[1] * len(before)] * 2
    assert numbers() == before

    # Another thread's wish is granted when the pieces have ended.
    def wish(start, stop):
        if start == 0:
            autograd.set_num_threads(1)
        return numbers()

    divided(2, wish, LONG)
    assert max(numbers()) == 1


def test_the_blas_of_kernels_is_on_one_thread():
    numba = pytest.importorskip("numba")
    if numba.config.DISABLE_JIT:
        pytest.skip("kernels are NumPy's")
    kernel_after = "import autograd, nn; nn.Conv2d(3, 3, 3)(autograd.ones(1, 3, 9, 9)); "
    kernel_after += "from autograd.kernels.compiling.blas import *; "
    kernel_after += "print([x.get_num_threads() for x in libraries() if scipys_own(x)])"
    done = run("-c", kernel_after, OPENBLAS_NUM_THREADS="2")
    assert set(eval(done)) <= {1}


def test_deterministic_algorithms_give_the_same_bits_on_any_number_of_threads():
    values = np.random.default_rng(0).standard_normal(40_001).astype(np.float32)

    def total():
        parts = divided(len(values), lambda start, stop: np.cumsum(values[start:stop])[-1], LONG)
        return np.cumsum(parts)[-1].tobytes()

    def totals():
        made = []
        for threads in (1, 2, 5):
            autograd.set_num_threads(threads)
            made.append(total())
            assert made[-1] == total()
        return made

    assert len(set(totals())) > 1  # or the test shows nothing
    autograd.use_deterministic_algorithms(True)
    assert len(set(totals())) == 1
    assert len(pieces(3)) == 3
    assert len(pieces(100)) == pool.FIXED_PIECES
    assert divided(2, lambda *_: len(pieces(100)), LONG) == [pool.FIXED_PIECES] * 2


def test_the_mode_of_deterministic_algorithms():
    assert not autograd.are_deterministic_algorithms_enabled()
    autograd.use_deterministic_algorithms(True, warn_only=True)
    assert autograd.are_deterministic_algorithms_enabled()
    assert autograd.is_deterministic_algorithms_warn_only_enabled()
    autograd.use_deterministic_algorithms(False)
    assert not autograd.is_deterministic_algorithms_warn_only_enabled()
    for bad in (1, "warn", None):
        with pytest.raises(TypeError, match="mode must be bool"):
            autograd.use_deterministic_algorithms(bad)


# Big enough for several threads. What each trainer sees is its own, so all must find the same loss.
TRAINING = """
import multiprocessing, os, sys, threading
import numpy as np
import autograd, nn, optim
from autograd.kernels.compiling.threads import divided

def train():
    assert divided(2, lambda start, stop: stop - start, 1e9) == [1, 1]
    generator = autograd.Generator().manual_seed(0)
    x = autograd.randn(16, 3, 24, 24, generator=generator)
    y = autograd.randint(10, (16,), generator=generator)
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                        nn.Linear(968, 10))
    with autograd.no_grad():
        for p in net.parameters():
            p.copy_(autograd.randn(p.shape, generator=generator) * 0.1)
    step = optim.SGD(net.parameters(), lr=0.1)
    for _ in range(4):
        step.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        step.step()
    return loss.item()

def report(connection):
    connection.send(train())

if __name__ == "__main__":
    autograd.set_num_threads(2)
    losses = [None] * 2
    def work(i):
        losses[i] = train()
    trainers = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for t in trainers: t.start()
    for t in trainers: t.join()
    losses.append(train())
    for method in sys.argv[1:]:
        context = multiprocessing.get_context(method)
        mine, theirs = context.Pipe()
        child = context.Process(target=report, args=(theirs,))
        child.start()
        assert mine.poll(60), method
        losses.append(mine.recv())
        child.join(30)
        assert child.exitcode == 0, method
    assert len(set(losses)) == 1, losses
    print(len(losses))
"""


def run(*command, **environment):
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, *command], env=inherited | environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("layer", ["omp", "workqueue"])
def test_two_threads_train_at_once_and_so_do_their_children(tmp_path, layer):
    script = tmp_path / "training.py"
    script.write_text(TRAINING)
    methods = [m for m in ("fork", "spawn") if hasattr(os, "fork") or m != "fork"]
    assert run(str(script), *methods, NUMBA_THREADING_LAYER=layer) == f"{3 + len(methods)}\n"


def test_the_first_number_of_threads_is_the_environments():
    assert run("-c", "import autograd; print(autograd.get_num_threads())", OMP_NUM_THREADS="3") == "3\n"
    few = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); import autograd; "
    if hasattr(os, "sched_setaffinity"):
        assert run("-c", f"{few}print(autograd.get_num_threads())") == "1\n"


def ends(child: int, seconds: float) -> bool:
    """Whether the forked ``child`` ends by itself, and well, within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.002)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("busy", ["draws", "accumulates", "switches the mode"])
def test_a_child_forked_while_a_thread_holds_a_lock_goes_on(busy):
    w = autograd.ones(200_000, requires_grad=True)
    stop = threading.Event()

    def work():
        while not stop.is_set():
            if busy == "draws":
                autograd.rand(2000)
            elif busy == "accumulates":
                w.sum().backward()
            else:
                with autograd.no_grad():
                    pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    hung = 0
    try:
        for _ in range(15):
            child = os.fork()
            if child == 0:
                try:
                    autograd.manual_seed(1)
                    x = autograd.rand(3, requires_grad=True)
                    (x * 2).sum().backward()
                    os._exit(0 if x.grad.tolist() == [2.0] * 3 else 1)
                finally:
                    os._exit(2)
            hung += not ends(child, 5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not hung


def test_a_fork_waits_for_whoever_holds_a_lock_and_gives_all_back():
    from autograd.kernels.compiling import forks

    lock = forks.new_lock()
    order = []

    def hold():
        with lock:
            held.set()
            time.sleep(0.05)
            order.append("released")

    held = threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    forks._take()
    order.append("taken")
    assert not lock.acquire(blocking=False)
    forks._give_back()
    assert lock.acquire(blocking=False)
    thread.join()
    assert order == ["released", "taken"]

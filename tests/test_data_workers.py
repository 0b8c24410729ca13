"""The processes that load batches: how they start and end, what is sent, and what they draw."""

import gc
import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info, prefetch

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")


@pytest.fixture(autouse=True)
def forked_wherever_that_goes(monkeypatch):
    """Classes inside of tests are unknown to pickle, so workers are forked where that isn't what is usual too."""
    usual = multiprocessing.get_context
    if hasattr(os, "fork"):
        monkeypatch.setattr(multiprocessing, "get_context", lambda method=None: usual(method or "fork"))


@pytest.fixture(autouse=True)
def no_worker_stays():
    yield
    gc.collect()  # What pytest has caught knows the frames that it went through, and they know it.
    assert not [process for process in multiprocessing.active_children() if process.name.startswith("DataLoader")]


class Samples(Dataset):
    """Numbers, which a function given makes of their positions."""

    def __init__(self, size, make):
        self.size, self.make = size, make

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return self.make(index)


def square(index):
    return index**2


def whoami(index):
    return os.getpid()


def refuse(number):
    raise ValueError("not today")


def lists(loader):
    return [batch.tolist() for batch in loader]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_are_not_forked(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    x = autograd.rand(5, 3)
    for context in (method, multiprocessing.get_context(method)):
        loader = DataLoader(TensorDataset(x, autograd.arange(5)), 2, num_workers=1, multiprocessing_context=context)
        batches = list(loader)
        assert autograd.cat([rows for rows, _ in batches]).equal(x)
        assert [numbers.tolist() for _, numbers in batches] == [[0, 1], [2, 3], [4]]
    loader = DataLoader(Samples(3, lambda index: index), num_workers=1, multiprocessing_context=method)
    with pytest.raises((AttributeError, pickle.PicklingError), match="pickle") as caught:
        iter(loader)
    assert f"started by '{method}' is sent the dataset" in caught.value.__notes__[0]


def test_python_code_runs_in_other_processes():
    pids = set(DataLoader(Samples(8, whoami), batch_size=None, num_workers=2))
    assert len(pids) == 2
    assert os.getpid() not in pids


class Drawn(Dataset):
    """What the three sources of random numbers have to give."""

    def __init__(self, lib):
        self.lib = lib

    def __len__(self):
        return 6

    def __getitem__(self, index):
        return np.random.rand(), random.random(), self.lib.rand(1).item()


def seed_all(lib, seed):
    lib.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def test_random_numbers_are_those_of_pytorchs_workers():
    torch = pytest.importorskip("torch")
    drawn = []
    for lib in (autograd, torch):
        seed_all(lib, 3)
        loader = lib.utils.data.DataLoader(Drawn(lib), 2, num_workers=2)
        drawn.append([[part.tolist() for part in batch] for _ in range(2) for batch in loader])
    assert drawn[0] == drawn[1]


def test_random_numbers_of_workers_are_repeated_and_leave_the_main_process_its_own():
    runs = []
    for _ in range(2):
        seed_all(autograd, 0)
        runs.append([[part.tolist() for part in batch] for batch in DataLoader(Drawn(autograd), 1, num_workers=3)])
        after = np.random.rand(), random.random()
        seed_all(autograd, 0)
        assert after == (np.random.rand(), random.random())
    assert runs[0] == runs[1]
    assert len({part[0] for batch in runs[0] for part in batch}) == 18


def test_kernels_of_a_worker_stay_on_its_thread():
    before = autograd.get_num_threads()
    assert lists(DataLoader(Samples(2, lambda index: autograd.get_num_threads()), num_workers=1)) == [[1], [1]]
    assert autograd.get_num_threads() == before


def test_arrays_arrive_as_they_were_and_may_be_written_to():
    def make(index):
        return {
            "floats": np.full((3, 400), index, np.float32),
            "transposed": np.arange(6).reshape(2, 3).T,
            "half": autograd.full((2,), index, dtype=autograd.float16),
            "none": autograd.empty(0, 3),
            "bool": autograd.tensor([True, False]),
            "text": "a",
        }

    there, here = (list(DataLoader(Samples(4, make), batch_size=None, num_workers=n)) for n in (2, 0))
    for found, expected in zip(there, here):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            if name == "text":
                assert found[name] == value
            else:
                assert found[name].equal(value)
                assert found[name].dtype is value.dtype
                found[name].zero_()


def test_what_a_dataset_changes_later_does_not_change_what_was_sent():
    memory = np.zeros(300_000)

    def make(index):
        memory[:] = index
        return memory

    batches = iter(DataLoader(Samples(4, make), batch_size=None, num_workers=1, prefetch_factor=3))
    time.sleep(0.2)
    assert [(batch.min().item(), batch.max().item()) for batch in batches] == [(i, i) for i in range(4)]


def test_neither_side_waits_for_the_other_to_read():
    # Requests and answers of several megabytes each, more than any pipe holds.
    size = 400_000
    loader = DataLoader(range(4 * size), batch_size=size, num_workers=1, prefetch_factor=4)
    assert [int(batch.sum()) for batch in loader] == [sum(range(i * size, (i + 1) * size)) for i in range(4)]


def test_batches_as_they_are_ready():
    class Shares(IterableDataset):
        def __iter__(self):
            number = get_worker_info().id
            for i in range(3):
                time.sleep(1.0 if number == 0 and i == 0 else 0)
                yield 10 * number + i

    def load(in_order):
        return list(DataLoader(Shares(), batch_size=None, num_workers=2, in_order=in_order))

    assert load(True) == [0, 10, 1, 11, 2, 12]
    found = load(False)
    assert sorted(found) == [0, 1, 2, 10, 11, 12]
    assert found.index(12) < found.index(0)


def test_slow_batches_do_not_keep_others_waiting():
    def make(index):
        time.sleep(1.0 if index == 0 else 0)
        return index

    found = list(DataLoader(Samples(12, make), batch_size=None, num_workers=2, in_order=False))
    assert sorted(found) == list(range(12))
    assert found.index(0) >= 9


@FORKS
@pytest.mark.parametrize(
    ("end", "how"),
    [
        (lambda: os._exit(3), "with exit code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "killed by signal 9"),
        (lambda: sys.exit(4), "with exit code 4"),
    ],
)
@pytest.mark.parametrize("persistent", [False, True])
def test_a_worker_that_dies_is_named(end, how, persistent):
    dying = [True]

    def make(index):
        return end() if index == 2 and dying else index

    # A batch that is loaded but not sent yet would die with its worker.
    loader = DataLoader(
        Samples(6, make), batch_size=None, num_workers=2, persistent_workers=persistent, prefetch_factor=1
    )
    batches = iter(loader)
    assert [next(batches), next(batches)] == [0, 1]
    workers = batches.workers
    with pytest.raises(RuntimeError, match=rf"DataLoader worker \(pid \d+\) exited unexpectedly,? {how}") as caught:
        next(batches)
    assert f"(pid {workers[0].process.pid})" in str(caught.value)
    assert next(batches, None) is None
    assert not any(worker.process.is_alive() for worker in workers)
    dying.clear()
    assert list(loader) == [0, 1, 2, 3, 4, 5]


@FORKS
def test_a_worker_that_dies_while_its_child_lives_on():
    def make(index):
        if index == 1:
            if os.fork() == 0:
                time.sleep(6)
                os._exit(0)
            os._exit(5)
        return index

    batches = iter(DataLoader(Samples(3, make), batch_size=None, num_workers=1, prefetch_factor=1))
    assert next(batches) == 0
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="exited unexpectedly with exit code 5"):
        next(batches)
    assert time.monotonic() - start < 5


class Unpicklable(Exception):
    def __init__(self, one, two):
        super().__init__(one)


def test_errors_that_can_not_be_sent():
    def make(index):
        if index == 0:
            raise Unpicklable("odd", 2)
        return (lambda: 0) if index == 1 else index

    batches = iter(DataLoader(Samples(3, make), batch_size=None, num_workers=1))
    with pytest.raises(RuntimeError, match="Unpicklable: odd") as caught:
        next(batches)
    assert 'raise Unpicklable("odd", 2)' in caught.value.__notes__[0]
    with pytest.raises(Exception, match="pickle"):
        next(batches)
    assert next(batches) == 2


def test_an_epoch_that_can_not_begin_is_told_once():
    for persistent in (False, True):
        loader = DataLoader(
            range(8), batch_size=None, num_workers=2, worker_init_fn=refuse, persistent_workers=persistent
        )
        batches, errors = iter(loader), []
        for _ in range(4):
            try:
                assert next(batches, None) is None
            except ValueError as error:
                errors.append((str(error), len(error.__notes__)))
        assert errors == [("not today", 1)] * 2


SCRIPT = """
import os, sys, time
import autograd
from autograd.utils.data import DataLoader, Dataset

class Slow(Dataset):
    def __len__(self):
        return 1000

    def __getitem__(self, index):
        time.sleep(0.05)
        return os.getpid()

loader = DataLoader(Slow(), batch_size=None, num_workers=2, persistent_workers={persistent})
seen = set()
for pid in loader:
    if pid not in seen:
        seen.add(pid)
        print(pid, flush=True)
"""


def alive(pid):
    try:
        # A zombie is one that nobody has asked after, in a container without an init.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("how", ["ctrl-c", "interrupt", "terminate", "kill"])
def test_no_process_outlives_the_main_one(how, persistent):
    script = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(persistent=persistent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    workers = [int(script.stdout.readline()) for _ in range(2)]
    assert all(map(alive, workers))
    if how == "ctrl-c":
        os.killpg(script.pid, signal.SIGINT)  # as a terminal does
    else:
        script.send_signal({"interrupt": signal.SIGINT, "terminate": signal.SIGTERM, "kill": signal.SIGKILL}[how])
    errors = script.communicate(timeout=30)[1]
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(alive, workers))
    if how in ("ctrl-c", "interrupt"):
        assert errors.count("KeyboardInterrupt") == errors.count("Traceback") == 1


@pytest.mark.parametrize("where", ["receive", "send"])
def test_what_is_interrupted_in_the_middle_of_a_message_starts_anew(where, monkeypatch):
    loader = DataLoader(Samples(6, square), 2, num_workers=2, persistent_workers=True)
    expected = lists(loader)
    whole, calls = getattr(prefetch, where), []

    def interrupted(channel, *message):
        calls.append(1)
        if len(calls) != 3:
            return whole(channel, *message)
        if message:
            channel.send(b"half")
        else:
            channel.recv(3)
        raise KeyboardInterrupt

    monkeypatch.setattr(prefetch, where, interrupted)
    with pytest.raises(KeyboardInterrupt):
        lists(loader)
    assert lists(loader) == expected


def test_an_answer_that_can_not_be_read():
    def make(index):
        return Only(index)

    class Only:
        def __init__(self, number):
            self.number = number

        def __reduce__(self):
            return int, ("no number",)

    loader = DataLoader(Samples(2, make), batch_size=None, num_workers=1)
    batches = iter(loader)
    with pytest.raises(ValueError, match="no number"):
        next(batches)
    assert next(batches, None) is None


def test_a_worker_that_takes_long_to_end_is_killed(monkeypatch):
    monkeypatch.setattr(prefetch, "PATIENCE", 0.1)

    def make(index):
        time.sleep(30 if index else 0)
        return index

    batches = iter(DataLoader(Samples(2, make), batch_size=None, num_workers=1))
    assert next(batches) == 0
    (worker,) = batches.workers
    start = time.monotonic()
    del batches
    assert time.monotonic() - start < 10
    assert worker.process.exitcode == -signal.SIGKILL


def test_a_loader_may_be_used_by_any_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(lists(DataLoader(Samples(6, square), 3, num_workers=2))))
    thread.start()
    thread.join(30)
    assert found == [[[0, 1, 4], [9, 16, 25]]]


def test_nothing_of_processes_is_imported_before_there_are_any():
    code = "import autograd.utils.data as d, sys; list(d.DataLoader([1])); print('multiprocessing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

"""Data sets, orders and batches."""

import inspect
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections import OrderedDict, defaultdict, namedtuple
from itertools import islice

import numpy as np
import pytest

import autograd
from autograd.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    StackDataset,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)


@pytest.fixture(autouse=True)
def forked_wherever_that_goes(monkeypatch):
    """Classes inside of tests are unknown to pickle, so workers are forked where that isn't what is usual too."""
    usual = multiprocessing.get_context
    if hasattr(os, "fork"):
        monkeypatch.setattr(multiprocessing, "get_context", lambda method=None: usual(method or "fork"))


def test_a_loader_in_order():
    data = TensorDataset(autograd.arange(10), autograd.arange(10) ** 2)
    batches = list(DataLoader(data, batch_size=4))
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches[2][1].tolist() == [64, 81]
    loader = DataLoader(data, batch_size=4, drop_last=True)
    assert len(loader) == len(list(loader)) == 2


def test_shuffling_takes_each_sample_once_and_differs():
    autograd.manual_seed(0)
    loader = DataLoader(range(50), batch_size=50, shuffle=True)
    first, second = (next(iter(loader)).tolist() for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second


def test_orders_are_pytorchs():
    torch = pytest.importorskip("torch")
    orders = []
    for lib in (autograd, torch):
        data = lib.utils.data
        lib.manual_seed(3)
        seen = [data.random_split(range(10), [0.75, 0.25])[0].indices]
        seen += [[batch.tolist() for batch in data.DataLoader(range(9), batch_size=4, shuffle=True)] for _ in range(2)]
        seen.append(list(data.RandomSampler(range(5), replacement=True, num_samples=7)))
        generator = lib.Generator()
        generator.manual_seed(1)
        seen.append([b.tolist() for b in data.DataLoader(range(6), batch_size=3, shuffle=True, generator=generator)])
        seen.append(lib.rand(1).item())
        orders.append(seen)
    assert orders[0] == orders[1]


def test_a_data_set_of_ones_own():
    class Squares(Dataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return {"x": float(index), "name": str(index)}

    batch = next(iter(DataLoader(Squares(), batch_size=2)))
    assert batch["x"].tolist() == [0.0, 1.0]
    assert batch["name"] == ["0", "1"]
    with pytest.raises(NotImplementedError, match="Dataset must define __getitem__"):
        Dataset()[0]


def test_collating():
    Point = namedtuple("Point", "x y")
    points = default_collate([Point(1, 2.0), Point(3, 4.0)])
    assert isinstance(points, Point)
    assert points.x.tolist() == [1, 3]
    assert default_collate([np.zeros(2), np.ones(2)]).dtype is autograd.float64
    with pytest.raises(TypeError, match="batch must contain tensors"):
        default_collate([object()])
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([(1,), (1, 2)])


def test_samplers():
    assert list(SequentialSampler("abc")) == [0, 1, 2]
    assert list(BatchSampler(SequentialSampler("abcde"), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert len(BatchSampler(SequentialSampler("abcde"), 2, drop_last=False)) == 3
    assert set(RandomSampler("abc", replacement=True, num_samples=50)) == {0, 1, 2}
    assert list(DataLoader("abcd", batch_sampler=[[0, 3], [1]])) == [["a", "d"], ["b"]]
    assert list(DataLoader(np.arange(3.0), batch_size=None, sampler=[2, 0])) == [2.0, 0.0]


def test_splitting():
    parts = random_split(range(10), [0.5, 0.3, 0.2])
    assert [len(part) for part in parts] == [5, 3, 2]
    assert sorted(i for part in parts for i in part) == list(range(10))
    assert Subset("abc", [2, 0])[0] == "c"
    with pytest.raises(ValueError, match="Sum of input lengths 8 does not equal the length 10"):
        random_split(range(10), [4, 4])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "batch_size should be a positive integer"),
        ({"sampler": [0], "shuffle": True}, "sampler option is mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "drop_last option needs batches"),
        ({"num_workers": -1}, "num_workers option should be non-negative"),
        ({"num_workers": 1, "timeout": -1}, "timeout option should be non-negative"),
        ({"num_workers": 1, "prefetch_factor": 0}, "prefetch_factor option should be positive, but got 0"),
        ({"num_workers": 1, "multiprocessing_context": "knife"}, "valid start method in .*, but got 'knife'"),
        ({"prefetch_factor": 2}, "prefetch_factor option needs num_workers > 0"),
        ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
        ({"multiprocessing_context": "spawn"}, "multiprocessing_context option needs num_workers > 0"),
    ],
)
def test_settings_that_exclude_each_other(settings, message):
    with pytest.raises(ValueError, match=message):
        DataLoader(range(3), **settings)


@pytest.mark.parametrize("lengths", [[1], [1, 0], [0.5, 0.5, 0.0], [0.29, 0.71], [11], [0.1] * 10])
def test_parts_are_pytorchs(lengths):
    torch = pytest.importorskip("torch")
    found = []
    for lib in (autograd, torch):
        generator = lib.Generator().manual_seed(0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            parts = lib.utils.data.random_split(range(11), lengths, generator)
        found.append(([list(part) for part in parts], [str(warning.message) for warning in caught]))
    assert found[0] == found[1]


REFUSED = {
    "lengths of Tensors": lambda data, lib: data.TensorDataset(lib.ones(2), lib.ones(3)),
    "a fraction above 1": lambda data, lib: data.random_split(range(5), [1.5, -0.5]),
    "fractions of too little": lambda data, lib: data.random_split(range(5), [0.5, 0.4]),
    "lengths of too little": lambda data, lib: data.random_split(range(5), [2, 2]),
    "a batch size of True": lambda data, lib: data.DataLoader([1], batch_size=True),
    "a batch size of 1.5": lambda data, lib: data.BatchSampler([1], 1.5, False),
    "half of a drop_last": lambda data, lib: data.BatchSampler([1], 2, 0.5),
    "arrays of other sizes": lambda data, lib: data.default_collate([np.ones(2), np.ones(3)]),
    "no samples": lambda data, lib: data.default_collate([]),
    "samples with other keys": lambda data, lib: data.default_collate([{"a": 1}, {"b": 1}]),
    "sets": lambda data, lib: data.default_collate([{1}, {2}]),
    "Nones": lambda data, lib: data.default_collate([None]),
    "more than there are": lambda data, lib: list(data.WeightedRandomSampler([1.0, 1.0], 3, False)),
    "a negative weight": lambda data, lib: list(data.WeightedRandomSampler([-1.0, 1.0], 3)),
    "a number as generator": lambda data, lib: list(data.DataLoader([1, 2], shuffle=True, generator=3)),
    "no datasets": lambda data, lib: data.StackDataset(),
    "datasets with and without names": lambda data, lib: data.StackDataset([1], a=[1]),
    "an empty dataset, shuffled": lambda data, lib: data.DataLoader([], shuffle=True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_as_in_pytorch(name):
    torch = pytest.importorskip("torch")
    kinds = []
    for lib in (autograd, torch):
        with pytest.raises(Exception) as caught:
            REFUSED[name](lib.utils.data, lib)
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]


def test_tensors_of_different_lengths_are_refused():
    with pytest.raises(AssertionError, match=r"Size mismatch between tensors: .*\(2,\), \(3,\)"):
        TensorDataset(autograd.ones(2), autograd.ones(3))


def test_the_next_epochs_of_a_generator_are_pytorchs():
    generator = autograd.Generator().manual_seed(5)
    loader = DataLoader(list(range(8)), batch_size=8, shuffle=True, generator=generator)
    epochs = [batch.tolist() for _ in range(3) for batch in loader]
    assert epochs == [[7, 4, 1, 3, 2, 0, 6, 5], [7, 6, 5, 2, 4, 3, 1, 0], [6, 0, 3, 7, 5, 1, 4, 2]]


@pytest.mark.parametrize("settings", [(False, None), (False, 3), (False, 12), (True, None), (True, 64), (True, 70)])
def test_two_epochs_of_a_sampler_are_pytorchs(settings):
    torch = pytest.importorskip("torch")
    drawn = []
    for library in (torch, autograd):
        for generator in (None, library.Generator().manual_seed(3)):
            library.manual_seed(0)
            sampler = library.utils.data.RandomSampler(range(5), *settings, generator)
            drawn.append([list(sampler), list(sampler), library.rand(2).tolist()])
    assert drawn[:2] == drawn[2:]


@pytest.mark.parametrize(
    "make",
    [
        lambda data: data.SubsetRandomSampler([5, 7, 9, 2]),
        lambda data: data.WeightedRandomSampler([0.1, 0.0, 3.0, 1.0], 20),
        lambda data: data.WeightedRandomSampler([0.1, 0.5, 3.0, 1.0], 4, replacement=False),
    ],
)
def test_other_random_samplers_draw_as_pytorchs(make):
    torch = pytest.importorskip("torch")
    drawn = []
    for library in (torch, autograd):
        library.manual_seed(0)
        sampler = make(library.utils.data)
        drawn.append([list(sampler), list(sampler), len(sampler)])
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("replacement", [True, False])
def test_a_sampler_draws_as_it_is_asked(replacement):
    sampler = RandomSampler(range(10), replacement=replacement, num_samples=10**10)
    loader = DataLoader(range(10), batch_size=4, sampler=sampler)
    assert (len(loader), len(list(islice(loader, 3)))) == (10**10 // 4, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: RandomSampler([]), ValueError, "positive integer value, but got num_samples=0"),
        (lambda: RandomSampler([1], num_samples=1.5), ValueError, "but got num_samples=1.5"),
        (lambda: RandomSampler([1], replacement=1), TypeError, "replacement should be a boolean"),
        (lambda: list(RandomSampler([], num_samples=3)), ValueError, "3 samples to draw, but the dataset is empty"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, r"1d sequence but have the shape \(1, 1\)"),
        (lambda: WeightedRandomSampler([1.0], 0), ValueError, "but got num_samples=0"),
    ],
)
def test_samplers_that_can_not_draw_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_dataset_that_grows_is_seen_by_the_next_epoch():
    items = [0, 1]
    for loader in (DataLoader(items, shuffle=True), DataLoader(items)):
        before = len(items)
        assert len(lists(loader)) == len(loader) == before
        items.append(7)
        assert sorted(map(sum, lists(loader))) == sorted(items)
        assert len(loader) == before + 1


class Squares(Dataset):
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        # Later samples are there sooner.
        time.sleep(0.002 * (index % 3 == 0))
        return index**2


class Flaky(Dataset):
    """0 to 5, of which 2 is missing."""

    def __len__(self):
        return 6

    def __getitem__(self, index):
        if index == 2:
            raise ValueError("2 is missing")
        return index


class Interrupted(IterableDataset):
    """0 to 5; that there is no 2 is found out on the way."""

    def __iter__(self):
        return Steps()


class Steps:
    def __init__(self):
        self.number = -1

    def __next__(self):
        self.number += 1
        if self.number == 2:
            raise ValueError("2 is missing")
        if self.number == 6:
            raise StopIteration
        return self.number

    def __iter__(self):
        return self


def taken(loader):
    """What a loader gives, with the messages of what it raises in their places."""
    batches, found = iter(loader), []
    while True:
        try:
            batch = next(batches)
            found.append(batch.tolist() if isinstance(batch, autograd.Tensor) else batch)
        except StopIteration:
            return found
        except Exception as error:
            found.append(str(error))


def only_even(samples):
    if samples[0] % 2:
        raise ValueError("odd")
    return samples[0]


def numbers_and_an_error():
    yield from (0, 1, 4)
    raise ValueError("the order ends here")


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("dataset", "settings", "expected"),
    [
        (Flaky(), {"batch_size": None}, [0, 1, "2 is missing", 3, 4, 5]),
        (Flaky(), {"batch_size": 2}, [[0, 1], "2 is missing", [4, 5]]),
        (Flaky(), {"batch_size": 4, "drop_last": True}, ["2 is missing"]),
        (range(5), {"collate_fn": only_even}, [0, "odd", 2, "odd", 4]),
        (range(5), {"sampler": [0, 9, 1], "batch_size": None}, [0, "range object index out of range", 1]),
        (
            [[1], [2, 3], [4, 5]],
            {"batch_size": 2},
            ["each element in list of batch should be of equal size", [[4], [5]]],
        ),
    ],
)
def test_after_an_error_comes_the_next_batch(dataset, settings, expected, workers):
    for persistent in {False, workers > 0}:
        loader = DataLoader(dataset, num_workers=workers, persistent_workers=persistent, **settings)
        for _ in range(2):
            found = [
                [part.tolist() for part in batch]
                if isinstance(batch, list) and batch and hasattr(batch[0], "tolist")
                else batch
                for batch in taken(loader)
            ]
            assert found == expected


@pytest.mark.parametrize("workers", [0, 1])
def test_after_an_error_an_iterable_dataset_goes_on(workers):
    assert taken(DataLoader(Interrupted(), batch_size=None, num_workers=workers)) == [0, 1, "2 is missing", 3, 4, 5]
    assert taken(DataLoader(Interrupted(), batch_size=2, num_workers=workers)) == [[0, 1], "2 is missing", [3, 4], [5]]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_what_a_sampler_raises_comes_after_the_batches_before(workers):
    loader = DataLoader(range(5), batch_size=None, sampler=numbers_and_an_error(), num_workers=workers)
    assert taken(loader) == [0, 1, 4, "the order ends here"]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_sample_can_not_end_the_epoch(workers):
    class Ending(Flaky):
        def __getitem__(self, index):
            return next(iter([])) if index == 2 else index

    found = taken(DataLoader(Ending(), batch_size=None, num_workers=workers))
    assert found.pop(2).startswith("DataLoader: a sample or collate_fn raised StopIteration()")
    assert found == [0, 1, 3, 4, 5]


@pytest.mark.parametrize("workers", [0, 2])
def test_two_iterators_at_once(workers):
    loader = DataLoader(range(6), batch_size=2, num_workers=workers)
    assert [(a.tolist(), b.tolist()) for a, b in zip(loader, loader)] == [([i, i + 1],) * 2 for i in (0, 2, 4)]


def test_an_order_from_a_seed_is_the_same_in_every_process():
    program = """
import autograd
autograd.manual_seed(3)
loader = autograd.utils.data.DataLoader(range(20), batch_size=4, shuffle=True, num_workers={workers})
print([batch.tolist() for _ in range(2) for batch in loader])
"""
    printed = {
        subprocess.run([sys.executable, "-c", program.format(workers=n)], capture_output=True, text=True).stdout
        for n in (0, 0, 2)
    }
    assert len(printed) == 1


class Counting(IterableDataset):
    """0 to size, which the workers share among them if they are told to."""

    def __init__(self, size, start=0, step=1):
        self.size, self.start, self.step = size, start, step

    def __iter__(self):
        return iter(range(self.start, self.size, self.step))


def share(number):
    worker = get_worker_info()
    assert worker.id == number
    worker.dataset.start, worker.dataset.step = worker.id, worker.num_workers


def lists(loader):
    return [batch.tolist() for batch in loader]


def workers_alive():
    return [process for process in multiprocessing.active_children() if process.name.startswith("DataLoader")]


@pytest.fixture(autouse=True)
def no_worker_stays():
    yield
    deadline = time.monotonic() + 2
    while workers_alive() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not workers_alive()


@pytest.mark.parametrize(
    "settings", [{}, {"batch_size": 4}, {"batch_size": None}, {"batch_size": 5, "drop_last": True}]
)
@pytest.mark.parametrize("workers", [1, 3, 7])
def test_workers_load_what_the_caller_would(settings, workers):
    for options in (settings, {**settings, "shuffle": True}):
        epochs = []
        for number in (0, workers):
            autograd.manual_seed(0)
            loader = DataLoader(
                Squares(17), num_workers=number, collate_fn=lambda batch: autograd.tensor(batch), **options
            )
            epochs.append([lists(loader), lists(loader), autograd.rand(1).item()])
            assert len(loader) == len(epochs[-1][0])
        assert epochs[0] == epochs[1]


def test_workers_load_ahead_and_at_once():
    loaded, both = multiprocessing.Value("i", 0), multiprocessing.Barrier(2)

    class Recorded(Dataset):
        def __len__(self):
            return 100

        def __getitem__(self, index):
            both.wait(10)
            with loaded.get_lock():
                loaded.value += 1
            return index

    batches = iter(DataLoader(Recorded(), num_workers=2, prefetch_factor=3))
    deadline = time.monotonic() + 10
    while loaded.value < 6 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert loaded.value == 6
    assert next(batches).item() == 0
    both.abort()


def test_an_iterable_dataset():
    assert lists(DataLoader(Counting(5), batch_size=2)) == [[0, 1], [2, 3], [4]]
    assert lists(DataLoader(Counting(5), batch_size=2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Counting(3), batch_size=None)) == [0, 1, 2]
    # Each worker goes through all of it, or through its share.
    twice = DataLoader(Counting(5), batch_size=2, num_workers=2)
    assert lists(twice) == [[0, 1], [0, 1], [2, 3], [2, 3], [4], [4]]
    data = Counting(7)
    shared = DataLoader(data, batch_size=2, num_workers=3, worker_init_fn=share)
    assert lists(shared) == [[0, 3], [1, 4], [2, 5], [6]]
    assert (data.start, data.step) == (0, 1)
    with pytest.raises(TypeError, match="has no len"):
        len(twice)
    for option in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}):
        (name,) = option
        with pytest.raises(ValueError, match=f"with IterableDataset: expected unspecified {name} option"):
            DataLoader(Counting(5), **option)
    with pytest.raises(NotImplementedError, match=r"IterableDataset must define __iter__"):
        iter(IterableDataset())


def test_the_length_of_an_iterable_dataset_that_has_one():
    class Known(Counting):
        def __len__(self):
            return self.size

    lengths = [(2, False, 3), (2, True, 2), (None, False, 5)]
    assert [len(DataLoader(Known(5), size, drop_last=drop)) for size, drop, _ in lengths] == [n for *_, n in lengths]


def test_what_a_worker_raises_arrives_with_where_it_was():
    class Broken(Squares):
        def __getitem__(self, index):
            if index == 3:
                raise KeyError("no such sample")
            return index

    batches = iter(DataLoader(Broken(6), num_workers=2))
    assert [next(batches).item() for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="no such sample") as caught:
        next(batches)
    text = "".join(traceback.format_exception(caught.value))
    assert 'raise KeyError("no such sample")' in text
    assert "This was raised in worker 1 of a DataLoader." in text
    # As in PyTorch, the batches after it are still to be had.
    assert [batch.item() for batch in batches] == [4, 5]

    def refuse(number):
        raise ValueError("not today")

    for data in (Squares(2), Counting(2)):
        with pytest.raises(ValueError, match="not today"):
            next(iter(DataLoader(data, num_workers=1, worker_init_fn=refuse)))

    class Unreadable(IterableDataset):
        def __iter__(self):
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        next(iter(DataLoader(Unreadable(), num_workers=1)))


def test_a_loader_that_is_left_lets_its_workers_go():
    for _ in DataLoader(Squares(1000), num_workers=3):
        assert len(workers_alive()) == 3
        break
    iterator = iter(DataLoader(Squares(4), num_workers=2))
    assert len(list(iterator)) == 4
    assert next(iterator, None) is None


def test_waiting_for_a_batch_may_end():
    release = multiprocessing.Event()

    class Slow(Squares):
        def __getitem__(self, index):
            release.wait(10)
            return index

    batches = iter(DataLoader(Slow(3), num_workers=1, timeout=0.02))
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.02 seconds"):
        next(batches)
    release.set()
    batches.timeout = 10
    assert [batch.item() for batch in batches] == [0, 1, 2]


def test_persistent_workers_stay():
    begun = multiprocessing.Array("i", 2)

    def begin(number):
        begun[number] += 1

    loader = DataLoader(Counting(4), num_workers=2, persistent_workers=True, worker_init_fn=begin, prefetch_factor=1)
    for _ in range(2):
        assert lists(loader) == [[0], [0], [1], [1], [2], [2], [3], [3]]
        # Left in the middle, the next epoch starts over.
        assert next(iter(loader)).item() == 0
    assert list(begun) == [1, 1]
    assert len(workers_alive()) == 2


class Random(Dataset):
    """Samples that are random numbers, of PyTorch or of ours."""

    def __init__(self, lib):
        self.lib = lib

    def __len__(self):
        return 6

    def __getitem__(self, index):
        return self.lib.rand(2)


def test_random_numbers_of_workers_are_pytorchs():
    torch = pytest.importorskip("torch")
    seen = []
    for lib in (autograd, torch):
        lib.manual_seed(5)
        loader = lib.utils.data.DataLoader(Random(lib), batch_size=2, num_workers=2)
        seen.append([[batch.tolist() for batch in loader] for _ in range(2)] + [lib.rand(1).item()])
    assert seen[0] == seen[1]


class Told(Dataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return get_worker_info()


def test_what_a_worker_knows_of_itself():
    data = Told()
    infos = list(DataLoader(data, batch_size=None, num_workers=2, collate_fn=lambda info: info))
    assert [(info.id, info.num_workers) for info in infos] == [(0, 2), (1, 2)]
    assert infos[1].seed == infos[0].seed + 1
    assert isinstance(infos[0].dataset, Told)
    assert infos[0].dataset is not data
    assert get_worker_info() is None
    with pytest.raises(TypeError, match="valid context object or a string"):
        DataLoader(data, num_workers=1, multiprocessing_context=3)


class AtOnce(Dataset):
    """Samples that can only be had several at once."""

    def __len__(self):
        return 4

    def __getitems__(self, indices):
        return [10 * i for i in indices]


@pytest.mark.parametrize("workers", [0, 2])
def test_samples_that_are_taken_at_once(workers):
    load = lambda data: lists(DataLoader(data, batch_size=2, num_workers=workers))
    assert load(AtOnce()) == [[0, 10], [20, 30]]
    assert load(Subset(AtOnce(), [3, 1])) == [[30, 10]]
    both = DataLoader(StackDataset(AtOnce(), range(4)), batch_size=2, num_workers=workers)
    assert [[part.tolist() for part in batch] for batch in both] == [[[0, 10], [0, 1]], [[20, 30], [2, 3]]]

    class Negative(Subset):
        def __getitem__(self, index):
            return -self.indices[index]

    assert load(Negative(AtOnce(), [3, 1])) == [[-3, -1]]


class Doubled(TensorDataset):
    def __getitem__(self, index):
        return tuple(2 * part for part in super().__getitem__(index))


class Reversed(Subset):
    def __getitem__(self, index):
        return super().__getitem__(-1 - index)

    def __getitems__(self, indices):
        return [self[i] for i in indices]


def rows(*shapes):
    return TensorDataset(*(autograd.arange(math.prod(shape)).reshape(shape) * 1.0 for shape in shapes))


@pytest.mark.parametrize(
    "dataset",
    [
        rows((7, 2, 3), (7,)),
        rows((7, 0)),
        Subset(rows((7, 2)), [6, 0, 2]),
        Subset(rows((7, 2)), autograd.tensor([1, 5, 5])),
        Subset(Subset(rows((7, 2)), range(1, 7)), np.array([5, 4, -1])),
        Doubled(autograd.arange(7)),
        Subset(Doubled(autograd.arange(7)), [3, 1]),
        Reversed(rows((7, 2)), [0, 1, 5]),
        TensorDataset(np.arange(7), autograd.arange(7)),
    ],
)
@pytest.mark.parametrize(
    "order",
    [
        lambda n: {"batch_size": 2},
        lambda n: {"batch_size": 5, "shuffle": True},
        lambda n: {"batch_sampler": [np.arange(n), [-1, 0], (0, 0, 1)]},
        lambda n: {"batch_sampler": [[autograd.tensor(1), autograd.tensor(0)], autograd.tensor([0, 1])]},
    ],
)
def test_rows_at_once_are_the_batch_of_one_by_one(dataset, order):
    found = []
    for collate in (default_collate, lambda samples: default_collate(samples)):
        autograd.manual_seed(0)
        batches = DataLoader(dataset, collate_fn=collate, **order(len(dataset)))
        found.append([[(part.dtype, part.tolist()) for part in batch] for batch in batches])
    assert found[0] == found[1]


def test_rows_at_once_have_gradients_and_limits():
    x = autograd.ones(4, 2, requires_grad=True)
    ((batch,),) = DataLoader(TensorDataset(x), batch_sampler=[[1, 1, 3]])
    batch.sum().backward()
    assert x.grad.tolist() == [[0, 0], [2, 2], [0, 0], [1, 1]]
    for indices in ([0, 4], [-5], [0.5]):
        for collate in (default_collate, lambda samples: default_collate(samples)):
            with pytest.raises(IndexError):
                list(DataLoader(TensorDataset(x), batch_sampler=[indices], collate_fn=collate))


def test_tensors_of_other_sizes_or_dtypes_are_stacked_as_ever():
    with pytest.raises(RuntimeError, match="each tensor is expected to be equal size"):
        default_collate([autograd.ones(1), autograd.ones(2)])
    mixed = default_collate([autograd.ones(1), autograd.ones(1, dtype=autograd.float64)])
    assert mixed.dtype is autograd.stack([autograd.ones(1), autograd.ones(1, dtype=autograd.float64)]).dtype
    x = autograd.ones(2, requires_grad=True)
    default_collate([x, autograd.ones(2)]).sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_what_a_loader_is_made_of_stays():
    loader = DataLoader(range(6), batch_size=2)
    for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"):
        with pytest.raises(ValueError, match=f"{name} attribute should not be set after DataLoader is initialized"):
            setattr(loader, name, None)
    loader.collate_fn = sum
    assert list(loader) == [1, 5, 9]


@pytest.mark.parametrize(
    "name",
    [
        *("BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "RandomSampler", "SequentialSampler"),
        *("StackDataset", "Subset", "SubsetRandomSampler", "TensorDataset", "WeightedRandomSampler", "random_split"),
    ],
)
def test_signatures_are_pytorchs(name):
    data = pytest.importorskip("torch").utils.data
    parameters = lambda function: [(p.name, p.kind) for p in inspect.signature(function).parameters.values()]
    assert parameters(getattr(autograd.utils.data, name)) == parameters(getattr(data, name))


def test_datasets_add_up():
    a, b = TensorDataset(autograd.arange(3)), TensorDataset(autograd.arange(10, 12))
    both = a + b
    assert (type(both), len(both), both[3], both[-1]) == (ConcatDataset, 5, b[0], b[1])
    assert lists([sample[0] for sample in DataLoader(both, batch_size=4)]) == [[0, 1, 2, 10], [11]]
    with pytest.raises(ValueError, match="absolute value of index"):
        both[-6]
    with pytest.raises(IndexError, match="index 5 is out of range for 5 samples"):
        both[5]
    streams = Counting(2) + Counting(3)
    assert (type(streams), list(streams), list(streams)) == (ChainDataset, [0, 1, 0, 1, 2], [0, 1, 0, 1, 2])
    with pytest.raises(AssertionError, match="ChainDataset does"):
        ConcatDataset([Counting(2)])
    with pytest.raises(AssertionError, match="only supports IterableDataset"):
        list(ChainDataset([range(3)]))
    assert StackDataset(range(3), "abc")[1] == (1, "b")
    with pytest.raises(ValueError, match=r"Size mismatch between datasets: they have \[3, 2\]"):
        StackDataset(range(3), range(2))


Point = namedtuple("Point", ["x", "y"])
SAMPLES = {
    "NumPy strings": lambda n: list(n.array(["cat", "dog"])),
    "strings": lambda n: ["cat", b"dog"],
    "tuples": lambda n: [(1, "a", n.float32(2)), (2, "b", n.float32(3))],
    "dicts": lambda n: [OrderedDict(a=1, b=2.0), OrderedDict(a=3, b=4.0)],
    "defaultdicts": lambda n: [defaultdict(int, a=1), defaultdict(int, a=2)],
    "named": lambda n: [Point(1, n.ones(2)), Point(2, n.zeros(2))],
    "lists": lambda n: [[1, [2.0]], [3, [4.0]]],
    "ranges": lambda n: [range(2), range(3, 5)],
    "booleans": lambda n: [True, False],
    "NumPy booleans": lambda n: [n.bool_(True), n.bool_(False)],
    "NumPy float64": lambda n: [n.float64(1), n.float64(2)],
}


def plain(value):
    """Tensors as their dtype and values, what holds them by its type."""
    if hasattr(value, "tolist") and not isinstance(value, (np.ndarray, np.generic)):
        return str(value.dtype).split(".")[-1], value.tolist()
    if isinstance(value, dict):
        return type(value), {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, str):
        return [plain(part) for part in value] + [hasattr(value, "_fields")]
    return value


@pytest.mark.parametrize("name", SAMPLES)
def test_collating_and_converting_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    samples = SAMPLES[name](np)
    theirs = torch.utils.data
    assert plain(default_collate(samples)) == plain(theirs.default_collate(samples))
    assert plain(default_convert(samples)) == plain(theirs.default_convert(samples))
    assert plain(default_convert(samples[0])) == plain(theirs.default_convert(samples[0]))


def test_arrays_of_strings_are_refused_and_left():
    texts = np.array(["cat", "dog"])
    with pytest.raises(TypeError, match="found array of dtype <U3"):
        default_collate([texts, texts])
    assert default_convert(texts) is texts


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("persistent", [False, True])
def test_a_forked_child_makes_an_iterator_of_its_own(persistent):
    loader = DataLoader(list(range(8)), batch_size=2, num_workers=2, persistent_workers=persistent)
    batches = iter(loader)
    next(batches)
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            with pytest.raises(RuntimeError, match="forked from; make another with iter"):
                next(batches)
            os._exit(0 if len(list(loader)) == 4 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert len(list(batches)) == 3

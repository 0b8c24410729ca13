"""Data sets, orders and batches."""

from collections import namedtuple

import numpy as np
import pytest

import autograd
from autograd.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
    random_split,
)


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
        ({"num_workers": -1}, "num_workers option should be non-negative"),
    ],
)
def test_settings_that_exclude_each_other(settings, message):
    with pytest.raises(ValueError, match=message):
        DataLoader(range(3), **settings)


def test_tensors_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"Size mismatch between tensors: .*\(2,\), \(3,\)"):
        TensorDataset(autograd.ones(2), autograd.ones(3))

"""Tensors among other libraries: columns of data frames, data sets, and what carries objects to other processes."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.utils.data import DataLoader

FRAMES = ["pandas", "polars"]


@pytest.fixture(params=FRAMES)
def package(request):
    found = pytest.importorskip(request.param)
    if request.param == "polars":
        pytest.importorskip("pyarrow")
    return found


@pytest.mark.parametrize(
    "values, dtype",
    [
        ([1.5, 2.5], "float64"),
        ([1, 2], "int64"),
        ([True, False], "bool"),
        (np.array([1, 2], np.float32), "float32"),
        (np.array([1, 2], np.uint8), "uint8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("make", [autograd.tensor, autograd.as_tensor, autograd.asarray])
def test_a_column_becomes_a_tensor_and_a_column_again(package, make, values, dtype):
    column = package.Series(values)
    x = make(column)
    assert x.dtype is getattr(autograd, dtype) and x.tolist() == list(values)
    again = package.Series(x)
    assert again.dtype == column.dtype and again.to_list() == column.to_list()


def test_a_frame_of_numbers_becomes_a_matrix(package):
    frame = package.DataFrame({"width": [1.0, 2.0], "height": [3.0, 4.0], "kind": ["a", "b"]})
    assert autograd.as_tensor(frame[["width", "height"]]).tolist() == [[1, 3], [2, 4]]
    assert autograd.as_tensor(frame["width"], dtype=autograd.float32).dtype is autograd.float32
    with pytest.raises(TypeError, match="can't make a Tensor of"):
        autograd.as_tensor(frame["kind"])


def test_a_frame_of_tensors(package):
    scores = autograd.tensor([[0.25, 0.75], [0.5, 0.5]])
    frame = package.DataFrame({"first": scores[:, 0], "label": autograd.arange(2)})
    assert np.array_equal(frame["first"], [0.25, 0.5]) and np.array_equal(frame["label"], [0, 1])
    with pytest.raises((RuntimeError, BufferError), match=r"[Uu]se tensor\.detach"):
        package.Series(scores.requires_grad_()[:, 0])


def test_a_missing_number_is_nan(package):
    assert autograd.as_tensor(package.Series([1.0, None])).isnan().tolist() == [False, True]


def test_arrow_knows_columns():
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.array(autograd.arange(3)).to_pylist() == [0, 1, 2]
    with pytest.raises(BufferError, match=r"a column has 1 dimension, not the shape \(2, 3\)"):
        pyarrow.array(autograd.ones(2, 3))


def test_batches_of_a_data_set_of_hugging_face():
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict(
        {"x": [[i, i + 0.5] for i in range(10)], "label": list(range(10)), "text": list("abcdefghij")}
    )
    asked = []

    class Watched:
        def __len__(self):
            return len(data)

        def __getitems__(self, indices):
            asked.append(list(indices))
            return data.with_format("numpy").__getitems__(indices)

    for source in (data.with_format("numpy"), Watched()):
        batches = list(DataLoader(source, batch_size=4))
        assert [len(batch["label"]) for batch in batches] == [4, 4, 2]
        assert batches[1]["x"].tolist() == [[4, 4.5], [5, 5.5], [6, 6.5], [7, 7.5]]
        assert batches[1]["label"].tolist() == [4, 5, 6, 7] and batches[2]["text"] == ["i", "j"]
    # A batch is asked for at once.
    assert asked == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    shuffled = DataLoader(data.with_format("numpy"), batch_size=5, shuffle=True, num_workers=1)
    assert sorted(i for batch in shuffled for i in batch["label"].tolist()) == list(range(10))


def trained():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
    optimizer = optim.Adam(model.parameters())
    model(autograd.randn(8, 3)).square().mean().backward()
    optimizer.step()
    return model.eval(), optimizer


def by_joblib(obj, path):
    joblib = pytest.importorskip("joblib")
    joblib.dump(obj, path, compress=3)
    return joblib.load(path)


@pytest.mark.parametrize(
    "carry",
    [
        by_joblib,
        lambda obj, path: copy.deepcopy(obj),
        *(lambda obj, path, p=p: pickle.loads(pickle.dumps(obj, p)) for p in range(2, 6)),
    ],
    ids=["joblib", "deepcopy", "pickle 2", "pickle 3", "pickle 4", "pickle 5"],
)
def test_a_model_is_carried_elsewhere(carry, tmp_path):
    model, optimizer = trained()
    twin, its_optimizer = carry((model, optimizer), tmp_path / "file")
    x = autograd.randn(5, 3)
    assert twin(x).equal(model(x)) and not twin.training
    # The optimizer came with the parameters of the twin.
    assert its_optimizer.param_groups[0]["params"][0] is twin[0].weight
    twin(x).sum().backward()
    its_optimizer.step()
    assert not twin(x).equal(model(x))


def squared(model, x):
    return model(x).square().sum()


def test_workers_of_joblib():
    joblib = pytest.importorskip("joblib")
    model, _ = trained()
    given = [autograd.full((2, 3), float(i)) for i in range(3)]
    found = joblib.Parallel(n_jobs=2)(joblib.delayed(squared)(model, x) for x in given)
    # The workers may have Numba where it is kept from this process, and round sums differently.
    assert all(y.allclose(squared(model, x)) for x, y in zip(given, found))


def test_progress_bars_know_the_length():
    tqdm = pytest.importorskip("tqdm")
    loader = DataLoader(autograd.utils.data.TensorDataset(autograd.arange(10)), batch_size=3)
    bar = tqdm.tqdm(loader, disable=True)
    assert len(bar) == 4 and len(list(bar)) == 4
    track = pytest.importorskip("rich.progress").track
    assert len(list(track(loader, disable=True))) == 4

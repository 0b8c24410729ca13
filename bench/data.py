"""Batches out of loaders, beside PyTorch's: one batch each, shuffled or in order, loaded here or by workers.

python bench/data.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import numpy as np

import autograd


def batches(data, dataset, **options):
    """A call that takes the next batch, of the next epoch where one has ended."""
    loader = data.DataLoader(dataset, **options)
    iterator = iter(loader)

    def take():
        nonlocal iterator
        batch = next(iterator, None)
        if batch is None:
            iterator = iter(loader)
            batch = next(iterator)
        return batch

    return take


def rows(data, tensors):
    return data.TensorDataset(*tensors)


def part(data, tensors):
    return data.Subset(data.TensorDataset(*tensors), range(0, len(tensors[0]), 2))


def pairs(data, tensors):
    """Samples that a script keeps in a list."""
    return [(image, label) for image, label in zip(tensors[0][:5000], tensors[1][:5000].tolist())]


def main():
    options = arguments("data", __doc__.partition("\n")[0])
    report = Report("one batch out of a loader")
    torch = torch_or_none()
    images = np.random.default_rng(0).random((60_000, 784), np.float32)
    labels = np.random.default_rng(1).integers(0, 10, 60_000)
    libraries = {"ours": (autograd.utils.data, autograd.from_numpy)}
    if torch is not None:
        libraries["torch"] = (torch.utils.data, torch.from_numpy)
    worker = {"num_workers": 1, "persistent_workers": True}
    for name, make, settings, at_most in (
        ("64 rows of (60000, 784), shuffled", rows, {"batch_size": 64, "shuffle": True}, 0.5),
        ("512 rows, shuffled", rows, {"batch_size": 512, "shuffle": True}, 0.5),
        ("64 rows, in order", rows, {"batch_size": 64}, 0.5),
        ("64 rows of a subset, shuffled", part, {"batch_size": 64, "shuffle": True}, 0.5),
        ("64 pairs of a list, shuffled", pairs, {"batch_size": 64, "shuffle": True}, None),
        ("64 pairs of a list, one worker", pairs, {"batch_size": 64, **worker}, None),
    ):
        contenders = {
            library: batches(data, make(data, [tensor(images), tensor(labels)]), **settings)
            for library, (data, tensor) in libraries.items()
        }
        report.add(name, interleaved(contenders, options.seconds), at_most)
    report.save(options.json)


if __name__ == "__main__":
    main()

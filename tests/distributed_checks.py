"""What is checked on several ranks: `test_distributed` starts this file on 2, 3 and 4, and each rank runs all of it.

mpiexec -n 2 python tests/distributed_checks.py
"""

from __future__ import annotations

import copy
import sys
from datetime import timedelta

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd import distributed as dist
from autograd.distributed import ReduceOp
from nn.parallel import DistributedDataParallel

TOLERANCE = {autograd.float32: 1e-6, autograd.float64: 1e-12}
DTYPES = {"f": autograd.float32, "d": autograd.float64}
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def rank():
    return dist.get_rank()


def size():
    return dist.get_world_size()


def mine(*shape, dtype=None):
    """Numbers that are others on each rank."""
    return autograd.arange(int(np.prod(shape))).reshape(shape).to(dtype or autograd.float32) + 100 * rank()


def every(*shape, dtype=None):
    """What `mine` is on each rank, as arrays."""
    one = np.arange(int(np.prod(shape))).reshape(shape)
    return [(one + 100 * r).astype(np.dtype(str(dtype).split(".")[-1]) if dtype else "f") for r in range(size())]


# -- calls of all ranks


@check
def reductions():
    with_numpy = {
        ReduceOp.SUM: np.add.reduce,
        ReduceOp.AVG: lambda parts: np.add.reduce(parts) / size(),
        ReduceOp.MIN: np.minimum.reduce,
        ReduceOp.MAX: np.maximum.reduce,
        ReduceOp.PRODUCT: np.multiply.reduce,
    }
    for op, reduce in with_numpy.items():
        for dtype in (autograd.float32, autograd.float64, autograd.float16, autograd.int64, autograd.uint8):
            if op is ReduceOp.AVG and not dtype.is_floating_point:
                continue
            x = (mine(3, 2) / (100 if dtype.is_floating_point else 1)).to(dtype)
            parts = [None] * size()
            dist.all_gather_object(parts, x.array)
            expected = reduce([part.astype("d" if dtype.is_floating_point else x.array.dtype) for part in parts])
            dist.all_reduce(x, op)
            np.testing.assert_allclose(
                x.array, expected.astype(x.array.dtype), rtol=2e-3 if x.element_size() == 2 else 1e-6
            )


@check
def reduction_in_place_of_what_is_not_contiguous():
    x = mine(3, 4)
    dist.all_reduce(x.t()[1:])
    expected = mine(3, 4).array
    expected[:, 1:] = sum(every(3, 4))[:, 1:]
    assert (x.array == expected).all()
    assert x._version > 0


@check
def truth_and_bits():
    x = autograd.tensor([rank() == 0, True, False])
    y, z = x.clone(), autograd.tensor([1 << rank(), 3])
    dist.all_reduce(x)
    dist.all_reduce(y, ReduceOp.PRODUCT)
    dist.all_reduce(z, ReduceOp.BOR)
    assert x.tolist() == [True, True, False] and y.tolist() == [False, True, False]
    assert z.tolist() == [(1 << size()) - 1, 3]


@check
def one_rank_has_the_result():
    x = mine(2)
    dist.reduce(x, size() - 1, ReduceOp.MAX)
    assert (x.array == (every(2)[-1] if rank() == size() - 1 else mine(2).array)).all()
    x = mine(2, 2, dtype=autograd.int64)
    dist.broadcast(x, 1)
    assert (x.array == every(2, 2)[1]).all()
    parts = [autograd.zeros(2, 2) for _ in range(size())]
    dist.gather(mine(2, 2), parts if rank() == 1 else None, 1)
    assert all((p.array == (e if rank() == 1 else 0)).all() for p, e in zip(parts, every(2, 2)))
    x = autograd.zeros(3)
    dist.scatter(x, [autograd.full((3,), float(r)) for r in range(size())] if rank() == 0 else None)
    assert x.tolist() == [rank()] * 3


@check
def all_have_the_result():
    parts = [autograd.zeros(3, 2).t() for _ in range(size())]
    dist.all_gather(parts, mine(2, 3))
    assert all((p.array == e).all() for p, e in zip(parts, every(2, 3)))
    for shape in ((size() * 2, 3), (size(), 2, 3)):
        whole = autograd.zeros(shape)
        dist.all_gather_into_tensor(whole, mine(2, 3))
        assert (whole.array.reshape(-1, 2, 3) == np.stack(every(2, 3))).all()
    part = autograd.zeros(2)
    dist.reduce_scatter_tensor(part, mine(2 * size()))
    assert (part.array == sum(every(2 * size()))[2 * rank() : 2 * rank() + 2]).all()
    dist.reduce_scatter(part, list(mine(2 * size()).split(2)), ReduceOp.AVG)
    np.testing.assert_allclose(part.array, np.mean(every(2 * size()), 0)[2 * rank() : 2 * rank() + 2])


@check
def everyone_gives_everyone():
    x = autograd.zeros(size() * 2)
    dist.all_to_all_single(x, mine(size() * 2))
    assert (x.array == np.concatenate([e[2 * rank() : 2 * rank() + 2] for e in every(size() * 2)])).all()
    # Rank r gives rank s s + 1 rows.
    giving, arriving = list(range(1, size() + 1)), [rank() + 1] * size()
    x = autograd.zeros(sum(arriving), 2)
    dist.all_to_all_single(x, autograd.full((sum(giving), 2), float(rank())), arriving, giving)
    assert x.array[:, 0].tolist() == [float(r) for r in range(size()) for _ in range(rank() + 1)]
    takes = [autograd.zeros(r + 1) for r in range(size())]
    dist.all_to_all(takes, [autograd.full((rank() + 1,), float(r)) for r in range(size())])
    assert all((t.array == rank()).all() for t in takes)


@check
def from_rank_to_rank():
    after, before = (rank() + 1) % size(), (rank() - 1) % size()
    for length in (3, 100_000):
        arrived = autograd.zeros(length)
        sent, received = dist.isend(autograd.full((length,), float(rank())), after), dist.irecv(arrived, before)
        received.wait(), sent.wait()
        assert (arrived.array == before).all() and received.source_rank() == before
    # In any order, and from whoever comes.
    sent = [dist.isend(autograd.full((4,), i), after, tag=7) for i in range(3)]
    arrived = [autograd.zeros(4, dtype=autograd.int64) for _ in range(3)]
    for work in reversed([dist.irecv(x, None, tag=7) for x in arrived]):
        work.wait()
    for work in sent:
        work.wait()
    assert [x[0].item() for x in arrived] == [0, 1, 2]
    x = autograd.zeros(2)
    ops = [dist.P2POp(dist.isend, mine(2), after), dist.P2POp(dist.irecv, x, before)]
    for work in dist.batch_isend_irecv(ops):
        work.wait()
    assert (x.array == every(2)[before]).all()
    if rank() == 0:
        dist.send_object_list([{"a": 1}, "b"], 1)
    elif rank() == 1:
        found = [None, None]
        assert dist.recv_object_list(found) == 0 and found == [{"a": 1}, "b"]


@check
def objects():
    found = [None] * size()
    dist.all_gather_object(found, ["x" * rank(), rank()])
    assert found == [["x" * r, r] for r in range(size())]
    found = [None] * size() if rank() == 1 else None
    dist.gather_object({"rank": rank()}, found, 1)
    assert rank() != 1 or found == [{"rank": r} for r in range(size())]
    settings = [rank(), {"of": rank()}]
    dist.broadcast_object_list(settings, 1)
    assert settings == [1, {"of": 1}]
    part = [None]
    dist.scatter_object_list(part, [("part", "x" * r) for r in range(size())] if rank() == 0 else None)
    assert part == [("part", "x" * rank())]


@check
def calls_that_are_under_way():
    tensors = [mine(n + 1) for n in range(5)]
    works = [dist.all_reduce(x, async_op=True) for x in tensors]
    assert all(work.wait() and work.is_completed() and work.is_success() for work in reversed(works))
    assert all((x.array == sum(every(n + 1))).all() for n, x in enumerate(tensors))


@check
def groups():
    first, last = dist.new_group([0, 1]), dist.new_group([size() - 1, 0], sort_ranks=False)
    if rank() < 2:
        x = mine(2)
        dist.all_reduce(x, group=first)
        assert (x.array == sum(every(2)[:2])).all() and dist.get_world_size(first) == 2
        dist.broadcast(x, 1, first)
    else:
        assert dist.get_rank(first) == -1
        with pytest.warns(UserWarning, match="does not belong to the given group"):
            dist.all_reduce(mine(2), group=first)
    if rank() in (0, size() - 1):
        assert dist.get_process_group_ranks(last) == [size() - 1, 0]
        x = mine(2)
        dist.broadcast(x, size() - 1, last)
        assert (x.array == every(2)[-1]).all() and dist.get_group_rank(last, 0) == 1


@check
def ranks_that_differ_are_named():
    """Before anything is mixed, on all ranks, and they can go on."""
    odd = rank() == 1
    others = "rank 0" if size() == 2 else f"ranks {', '.join('0234'[: size() - 2])} and {size() - 1}"
    for call, text, named in (
        (lambda: dist.all_reduce(autograd.ones(4 if odd else 3)), "all_reduce SUM of (3,) float32", "(4,) float32"),
        (lambda: dist.all_reduce(autograd.ones(3).to(DTYPES["d" if odd else "f"])), "of (3,) float32", "(3,) float64"),
        (lambda: dist.all_reduce(autograd.ones(3), ReduceOp.MAX if odd else ReduceOp.SUM), "all_reduce SUM", "MAX of"),
        (lambda: dist.broadcast(autograd.ones(3), int(odd)), "broadcast from 0 of (3,)", "broadcast from 1 of (3,)"),
        (lambda: dist.barrier() if odd else dist.all_reduce(autograd.ones(3)), "all_reduce SUM of (3,)", "barrier"),
    ):
        with pytest.raises(dist.DistBackendError) as raised:
            call()
        assert str(raised.value).startswith("ranks don't make the same call: ")
        assert f"{others}: " in str(raised.value) and text in str(raised.value)
        assert named in str(raised.value).split("rank 1: ")[1], raised.value
    with pytest.raises(dist.DistBackendError, match="rank 1 gives rank 0 another number of rows"):
        rows = [2] * size()
        giving = [3, *rows[1:]] if odd else rows
        dist.all_to_all_single(autograd.zeros(sum(rows)), autograd.zeros(sum(giving)), rows, giving)
    x = autograd.ones(2)
    dist.all_reduce(x)
    assert x.tolist() == [size(), size()]


# What one process can do alone.
CALLS = [
    reductions,
    reduction_in_place_of_what_is_not_contiguous,
    all_have_the_result,
    everyone_gives_everyone,
    calls_that_are_under_way,
]

# -- training


class LeNet(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 4, 5, padding=2), nn.SyncBatchNorm(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 5), nn.SyncBatchNorm(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(6, 10),
        )  # fmt: skip


class Reader(nn.Module):
    """An LSTM over sequences of several lengths."""

    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(5, 6, 2, batch_first=True, bidirectional=True), nn.Linear(12, 3)

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.lstm(packed)
        return self.out(autograd.cat([hidden[-2], hidden[-1]], 1))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.out = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True), nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.layer(x).mean(1))


BATCH = 24
NETWORKS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3)), lambda: (autograd.randn(BATCH, 6),)),
    "lenet": (LeNet, lambda: (autograd.randn(BATCH, 1, 12, 12),)),
    "lstm": (Reader, lambda: (autograd.randn(BATCH, 7, 5), autograd.randint(1, 8, (BATCH,)))),
    "transformer": (Attention, lambda: (autograd.randn(BATCH, 5, 8),)),
}


def made(name, dtype):
    """The same network and the same batch on all ranks, and the part of the batch that is this rank's."""
    autograd.manual_seed(3)
    build, draw = NETWORKS[name]
    model = build().to(dtype)
    batch = (*(x.to(dtype) if x.is_floating_point() else x for x in draw()), autograd.randint(0, 3, (BATCH,)))
    return model, batch, [x[rank() :: size()] for x in batch]


def gradients(model):
    return {name.removeprefix("module."): p.grad.array.copy() for name, p in model.named_parameters()}


def loss_of(model, batch):
    return F.cross_entropy(model(*batch[:-1]), batch[-1])


def whole(name, dtype):
    """What one process computes of the whole batch: gradients, and buffers after it."""
    model, batch, _ = made(name, dtype)
    group, dist.group.WORLD = dist.group.WORLD, None
    try:
        loss_of(model, batch).backward()
    finally:
        dist.group.WORLD = group
    return gradients(model), {name: b.array for name, b in model.named_buffers()}


def off(found, expected):
    """The largest error, as a part of the largest number."""
    largest = max(np.abs(e).max() for e in expected.values())
    return max(np.abs(found[name] - e).max() for name, e in expected.items()) / largest


@check
def parts_of_a_batch_give_the_gradients_of_the_whole():
    for name in NETWORKS:
        for dtype, tolerance in TOLERANCE.items():
            expected, buffers = whole(name, dtype)
            for options in ({}, {"overlap": False}, {"gradient_as_bucket_view": True}, {"bucket_cap_mb": 1e-4}):
                model, _, part = made(name, dtype)
                model = DistributedDataParallel(model, **options)
                loss_of(model, part).backward()
                assert off(gradients(model), expected) < tolerance, (name, dtype, options)
                found = {n.removeprefix("module."): b.array for n, b in model.named_buffers()}
                assert not buffers or off(found, buffers) < tolerance, (name, dtype)


def same_everywhere(model):
    """Whether all ranks have the same bits."""
    found = [None] * size()
    dist.all_gather_object(found, [x.array.tobytes() for x in model.state_dict().values()])
    return all(other == found[0] for other in found)


@check
def after_fifty_steps_all_ranks_have_the_same_bits():
    for name in NETWORKS:
        model, _, part = made(name, autograd.float32)
        model = DistributedDataParallel(model, check_every=10)
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        losses = []
        for _ in range(50):
            optimizer.zero_grad()
            loss = loss_of(model, part)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert same_everywhere(model), name
        assert losses[-1] < losses[0]


@check
def all_begin_with_the_parameters_of_rank_0():
    autograd.manual_seed(rank())
    model = DistributedDataParallel(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)))
    autograd.manual_seed(0)
    expected = nn.Linear(2, 3)
    assert (model.module[0].weight.array == expected.weight.array).all()
    assert list(model.state_dict()) == [f"module.{name}" for name in model.module.state_dict()]
    # The statistics of rank 0 are those of all, from the next forward pass on.
    model(mine(4, 2))
    model(mine(4, 2))
    found = [None] * size()
    dist.all_gather_object(found, model.module[1].num_batches_tracked.item())
    assert found == [2] * size()
    model.module[1].running_mean.fill_(float(rank()))
    model.eval()
    with autograd.no_grad():
        model(mine(4, 2))
    assert (model.module[1].running_mean.array == 0).all()


@check
def gradients_that_were_added_up_are_averaged_together():
    model, _, part = made("mlp", autograd.float64)
    model = DistributedDataParallel(model)
    with model.no_sync():
        loss_of(model, part).backward()
    alone, _, _ = made("mlp", autograd.float64)
    loss_of(alone, part).backward()
    assert off(gradients(model), gradients(alone)) == 0
    loss_of(model, part).backward()
    expected, _ = whole("mlp", autograd.float64)
    assert off(gradients(model), {name: 2 * g for name, g in expected.items()}) < 1e-12
    view = DistributedDataParallel(made("mlp", autograd.float64)[0], gradient_as_bucket_view=True)
    loss_of(view, part).backward()
    loss_of(view, part).backward()
    assert off(gradients(view), {name: 2 * g for name, g in expected.items()}) < 1e-12


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.never = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, x, which):
        return self.first(x) if which else self.second(x)


@check
def parameters_without_a_part_in_the_loss():
    model = DistributedDataParallel(Branches(), find_unused_parameters=True)
    for _ in range(2):
        model.zero_grad()
        model(autograd.ones(3, 2), rank() == 0).sum().backward()
        first, second, never = (
            layer.bias.grad for layer in (model.module.first, model.module.second, model.module.never)
        )
        np.testing.assert_allclose(first.array, 3 / size(), rtol=1e-6)
        np.testing.assert_allclose(second.array, 3 * (size() - 1) / size(), rtol=1e-6)
        assert never is None
    strict = DistributedDataParallel(Branches())
    with pytest.raises(RuntimeError, match=r"no part in the loss: second\.weight, second\.bias, never\.weight"):
        strict(autograd.ones(3, 2), True).sum().backward()


@check
def models_that_differ_are_named():
    with pytest.raises(RuntimeError, match=r"rank 1 has weight of \[\(3, 2\).*where rank 0 has weight of \[\(4, 2\)"):
        DistributedDataParallel(nn.Linear(2, 3 if rank() == 1 else 4))
    with pytest.raises(RuntimeError, match="rank 1 has 1 parameters, and rank 0 2"):
        DistributedDataParallel(nn.Linear(2, 3, bias=rank() != 1))


@check
def ranks_that_part_are_found():
    model = DistributedDataParallel(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), check_every=2)
    model(autograd.ones(1, 2))
    with autograd.no_grad():
        model.module[1].bias.add_(1e-7 if rank() == 1 else 0)
    model(autograd.ones(1, 2))
    with pytest.raises(RuntimeError, match=r"ranks have parted: 1\.bias of rank 1 differs from that of rank 0\n"):
        model(autograd.ones(1, 2))


@check
def what_is_let_go_is_awaited_no_longer():
    import gc

    from autograd.engine.backward import awaited

    gc.collect()
    before = len(awaited)
    model = DistributedDataParallel(nn.Linear(2, 2))
    assert len(awaited) == before + 2
    inner = model.module
    del model
    gc.collect()
    assert len(awaited) == before
    inner(autograd.full((1, 2), float(rank()))).sum().backward()
    assert inner.weight.grad[0, 0].item() == rank()


@check
def batch_norm_of_all_ranks():
    """With batches of several sizes, one of them empty, and each form of input."""
    for shape in ((5,), (5, 4), (5, 4, 3)):
        autograd.manual_seed(1)
        x = autograd.randn(12, *shape, dtype=autograd.float64)
        ends = np.cumsum([0, 0, *range(1, size())])[: size() + 1]
        ends = ends * 12 // max(ends[-1], 1)
        part = x[ends[rank()] : ends[rank() + 1]].clone().requires_grad_()
        plain = (nn.BatchNorm1d if len(shape) < 3 else nn.BatchNorm2d)(5, momentum=None, dtype=autograd.float64)
        synchronized = nn.SyncBatchNorm.convert_sync_batchnorm(copy.deepcopy(plain))
        out, all_of_it = synchronized(part), x.clone().requires_grad_()
        expected = plain(all_of_it)
        (out**3).sum().backward()
        (expected**3).sum().backward()
        rows = slice(ends[rank()], ends[rank() + 1])
        np.testing.assert_allclose(out.array, expected.array[rows], atol=1e-12)
        np.testing.assert_allclose(part.grad.array, all_of_it.grad.array[rows], atol=1e-11)
        for name in ("running_mean", "running_var"):
            np.testing.assert_allclose(getattr(synchronized, name).array, getattr(plain, name).array, atol=1e-12)
        for p, q in zip(synchronized.parameters(), plain.parameters()):
            dist.all_reduce(p.grad)
            np.testing.assert_allclose(p.grad.array, q.grad.array, atol=1e-11)
        synchronized.eval(), plain.eval()
        np.testing.assert_allclose(synchronized(x).array, plain(x).array, atol=1e-12)


OPTIMIZERS = {"Adam": (optim.Adam, {"lr": 0.01}), "SGD": (optim.SGD, {"lr": 0.1, "momentum": 0.9})}


class Pair:
    """The same training by an optimizer whose state is divided, and by one that has all of it."""

    def __init__(self, name):
        self.models = [DistributedDataParallel(made("mlp", autograd.float32)[0]) for _ in range(2)]
        self.part = made("mlp", autograd.float32)[2]
        self.method, self.settings = OPTIMIZERS[name]
        self.plain = self.method(self.models[1].parameters(), **self.settings)
        self.divide()

    def divide(self):
        self.divided = optim.ZeroRedundancyOptimizer(self.models[0].parameters(), self.method, **self.settings)
        self.schedules = [optim.lr_scheduler.StepLR(optimizer, 2, 0.5) for optimizer in (self.divided, self.plain)]

    def steps(self, count):
        for _ in range(count):
            for model, optimizer, schedule in zip(self.models, (self.divided, self.plain), self.schedules):
                optimizer.zero_grad()
                loss_of(model, self.part).backward()
                optimizer.step()
                schedule.step()

    def same(self):
        pairs = zip(self.models[0].parameters(), self.models[1].parameters())
        return all((p.array == q.array).all() for p, q in pairs) and same_everywhere(self.models[0])


@check
def divided_optimizers_are_the_whole():
    for name in OPTIMIZERS:
        pair = Pair(name)
        pair.steps(3)
        assert pair.same(), name
        kept = [None] * size()
        dist.all_gather_object(kept, sum(bool(state) for state in pair.divided.optim.state.values()))
        assert sum(kept) == 4 and max(kept) < 4
        with pytest.raises(RuntimeError, match="has not been consolidated on rank"):
            pair.divided.state_dict()
        pair.divided.consolidate_state_dict(to=1)
        saved = [pair.divided.state_dict() if rank() == 1 else None]
        dist.broadcast_object_list(saved, 1)
        expected = pair.plain.state_dict()
        assert saved[0]["state"].keys() == expected["state"].keys()
        for place, state in expected["state"].items():
            assert all((saved[0]["state"][place][key].array == value.array).all() for key, value in state.items())
        # From the state of one process, too.
        pair.divide()
        pair.divided.load_state_dict(expected)
        assert pair.divided.param_groups[0]["lr"] == pair.plain.param_groups[0]["lr"]
        pair.steps(2)
        assert pair.same(), name


@check
def each_rank_takes_its_samples():
    from autograd.utils.data import DistributedSampler

    found = [None] * size()
    sampler = DistributedSampler(range(11), seed=2)
    sampler.set_epoch(1)
    dist.all_gather_object(found, list(sampler))
    assert len({len(part) for part in found}) == 1 and {i for part in found for i in part} == set(range(11))


def main():
    dist.init_process_group("mpi", timeout=timedelta(seconds=120))
    for function in CHECKS if size() > 1 else CALLS:
        try:
            function()
        except Exception:
            print(f"{function.__name__} on rank {rank()}", file=sys.stderr)
            raise
        dist.barrier()
    if rank() == 0:
        print(f"{len(CHECKS)} checks on {size()} ranks")


if __name__ == "__main__":
    main()
